"""Which of many suggestions are about the same: by the pairs of characters in their titles. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

# Every title is a “关于……的建议”: these words tell nothing.
_FRAME = re.compile(r"关于|的建议|的意见|的批评|建议|进一步|加强|尽快|加快|有关|问题|[\W_]+")
ALIKE = 0.5
# A pair of characters of so many titles is a common word.
COMMON = 200


def pairs_of(title: str) -> frozenset[str]:
    """Pairs of neighbouring characters of what a title is about."""
    parts = [part for part in _FRAME.split(title) if part]
    return frozenset(part[i : i + 2] for part in parts for i in range(max(len(part) - 1, 1)))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of common pairs, 0 to 1 (Dice)."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


def clusters(titles: Iterable[tuple[int, str]], alike: float = ALIKE) -> list[list[int]]:
    """Groups of at least two whose titles are alike, the largest first; each number in one group at most."""
    found = [(identity, pairs_of(title)) for identity, title in titles]
    by_pair: dict[str, list[int]] = defaultdict(list)
    for index, (_identity, pairs) in enumerate(found):
        for pair in pairs:
            by_pair[pair].append(index)
    roots = list(range(len(found)))
    for index, (_identity, pairs) in enumerate(found):
        for other in _candidates(index, pairs, by_pair):
            if likeness(pairs, found[other][1]) >= alike:
                roots[_root(roots, other)] = _root(roots, index)
    return _groups([identity for identity, _pairs in found], roots)


def _candidates(index: int, pairs: frozenset[str], by_pair: dict[str, list[int]]) -> list[int]:
    """Later ones with at least two pairs in common."""
    met: Counter[int] = Counter()
    for pair in pairs:
        if len(by_pair[pair]) <= COMMON:
            met.update(other for other in by_pair[pair] if other > index)
    return [other for other, count in met.items() if count > 1]


def _root(roots: list[int], index: int) -> int:
    while roots[index] != index:
        roots[index] = roots[roots[index]]
        index = roots[index]
    return index


def _groups(identities: Sequence[int], roots: list[int]) -> list[list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for index, identity in enumerate(identities):
        groups[_root(roots, index)].append(identity)
    several = [group for group in groups.values() if len(group) > 1]
    return sorted(several, key=lambda group: (-len(group), group))
