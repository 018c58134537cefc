"""The hard rules of a division: which it breaks, and which wishes nobody could keep. One sentence each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from app.groups.composing.problem import Problem, members_of
from app.groups.composing.words import VALUES
from app.kit.i18n import _l

MOST_NAMED = 8


@dataclass(frozen=True)
class Unit:
    """Members who go together: a single one, people bound by wishes, a township kept whole."""

    keys: tuple[int, ...]


def units_of(problem: Problem) -> list[Unit]:
    """Members joined by the rules that hold them together."""
    root = {member.key: member.key for member in problem.members}

    def find(key: int) -> int:
        while root[key] != key:
            root[key] = root[root[key]]
            key = root[key]
        return key

    blocks: list[Sequence[int]] = [*problem.together]
    blocks += [problem.townships[code] for code in problem.kept_whole()]
    for block in blocks:
        known = [key for key in block if key in root]
        for key in known[1:]:
            root[find(key)] = find(known[0])
    joined: dict[int, list[int]] = defaultdict(list)
    for member in problem.members:
        joined[find(member.key)].append(member.key)
    return [Unit(tuple(keys)) for keys in joined.values()]


def apart_pairs(problem: Problem) -> set[tuple[int, int]]:
    """Every two members who must not share a group."""
    known = problem.by_key
    pairs = set()
    for block in problem.apart:
        for one, other in combinations(sorted(set(block) & known.keys()), 2):
            pairs.add((one, other))
    return pairs


def names_of(problem: Problem, keys: Sequence[int]) -> str:
    """Names of members, the first few of many."""
    names = [problem.by_key[key].name for key in keys if key in problem.by_key]
    shown = "、".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown}…"


def broken_rules(problem: Problem, division: Mapping[int, int], names: Sequence[str]) -> list[str]:
    """The hard rules this division breaks, in sentences; none for a division that may take effect."""
    groups = members_of(division, problem.groups)
    found = [*_unplaced(problem, division), *_sizes(problem, groups, names)]
    found += _pairs(problem, division, names)
    found += _torn(problem, division)
    found += _unmixed(problem, groups, names)
    return [str(sentence) for sentence in found]


def _unplaced(problem: Problem, division: Mapping[int, int]) -> Iterator[Any]:
    missing = [m.key for m in problem.members if not 0 <= division.get(m.key, -1) < problem.groups]
    if missing:
        yield _l(
            "还有 %(n)s 名代表没有编入小组：%(names)s。", n=len(missing), names=names_of(problem, missing)
        )


def _sizes(problem: Problem, groups: Sequence[list[int]], names: Sequence[str]) -> Iterator[Any]:
    for place, keys in enumerate(groups):
        if len(keys) < problem.least:
            yield _l("%(group)s有 %(n)s 人，少于每组最少的 %(least)s 人。",
                     group=names[place], n=len(keys), least=problem.least)  # fmt: skip
        if len(keys) > problem.most:
            yield _l("%(group)s有 %(n)s 人，多于每组最多的 %(most)s 人。",
                     group=names[place], n=len(keys), most=problem.most)  # fmt: skip


def _pairs(problem: Problem, division: Mapping[int, int], names: Sequence[str]) -> Iterator[Any]:
    for block in problem.together:
        placed = [key for key in block if key in problem.by_key and key in division]
        if len({division[key] for key in placed}) > 1:
            yield _l("%(names)s应当同组，现在不在一个小组。", names=names_of(problem, placed))
    for one, other in sorted(apart_pairs(problem)):
        if one in division and division.get(one) == division.get(other):
            yield _l("%(names)s不应同组，现在都在%(group)s。",
                     names=names_of(problem, (one, other)), group=names[division[one]])  # fmt: skip


def _torn(problem: Problem, division: Mapping[int, int]) -> Iterator[Any]:
    for code in problem.kept_whole():
        parts = {division[key] for key in problem.townships[code] if key in division}
        if len(parts) > 1:
            name = problem.township_names.get(code, code)
            yield _l("%(township)s应当整体编在一组，现在分在 %(n)s 个小组。", township=name, n=len(parts))


def _unmixed(problem: Problem, groups: Sequence[list[int]], names: Sequence[str]) -> Iterator[Any]:
    for criterion in problem.mixed:
        for value in VALUES[criterion]:
            for place, keys in enumerate(groups):
                if all(problem.by_key[key].traits.get(criterion) != value.value for key in keys):
                    yield _l("%(group)s没有%(kind)s。", group=names[place], kind=value.label)


# --- wishes nobody could keep ------------------------------------------------------------------------------


def impossible_wishes(problem: Problem) -> list[str]:
    """Wishes that contradict the numbers or each other, whatever the division; one sentence each.

    Every sentence is true by itself; that there is none does not mean yet that a division exists.
    """
    found = [*_numbers(problem), *_strangers(problem), *_blocks(problem), *_too_few(problem)]
    return [str(sentence) for sentence in found]


def _numbers(problem: Problem) -> Iterator[Any]:
    n = len(problem.members)
    if not n:
        yield _l("这一天没有符合条件的在任代表，请核对地区、层级和日期。")
    if problem.least > problem.most:
        yield _l("每组最少 %(least)s 人，比最多 %(most)s 人还多。", least=problem.least, most=problem.most)
    if n and problem.least * problem.groups > n:
        yield _l("%(groups)s 个小组每组至少 %(least)s 人，需要 %(needed)s 人，只有 %(n)s 名代表。",
                 groups=problem.groups, least=problem.least, needed=problem.least * problem.groups, n=n)  # fmt: skip
    if problem.most * problem.groups < n:
        yield _l("%(groups)s 个小组每组至多 %(most)s 人，最多容纳 %(room)s 人，却有 %(n)s 名代表。",
                 groups=problem.groups, most=problem.most, room=problem.most * problem.groups, n=n)  # fmt: skip


def _strangers(problem: Problem) -> Iterator[Any]:
    unknown = sum(
        key not in problem.by_key for block in (*problem.together, *problem.apart) for key in set(block)
    )
    if unknown:
        yield _l("同组或不同组的要求里有 %(n)s 处提到的代表不在这次编组的范围内，请修改这些要求。", n=unknown)


def _blocks(problem: Problem) -> Iterator[Any]:
    pairs = apart_pairs(problem)
    for unit in units_of(problem):
        if len(unit.keys) > problem.most:
            yield _l("%(names)s等 %(n)s 人要求编在一组，超过每组最多的 %(most)s 人。",
                     names=names_of(problem, unit.keys), n=len(unit.keys), most=problem.most)  # fmt: skip
        inside = set(unit.keys)
        for one, other in sorted(pairs):
            if one in inside and other in inside:
                yield _l("%(names)s既要求同组（直接或因乡镇不拆开、他人的要求而相连），又要求不同组。",
                         names=names_of(problem, (one, other)))  # fmt: skip
    for block in problem.apart:
        known = sorted(set(block) & problem.by_key.keys())
        if len(known) > problem.groups:
            yield _l("%(names)s等 %(n)s 人要求两两不同组，只有 %(groups)s 个小组。",
                     names=names_of(problem, known), n=len(known), groups=problem.groups)  # fmt: skip


def _too_few(problem: Problem) -> Iterator[Any]:
    unit_of = {key: place for place, unit in enumerate(units_of(problem)) for key in unit.keys}
    for criterion in problem.mixed:
        holders: dict[str, set[int]] = defaultdict(set)
        people: Counter[str] = Counter()
        for member in problem.members:
            value = member.traits.get(criterion, "")
            holders[value].add(unit_of[member.key])
            people[value] += 1
        for each in VALUES[criterion]:
            n = len(holders[each.value])
            if n < problem.groups and problem.members:
                if n < people[each.value]:
                    yield _l("%(kind)s有 %(n)s 人，但因同组的要求只能分到 %(parts)s 处，不够 %(groups)s 个小组每组一人。",
                             kind=each.label, n=people[each.value], parts=n, groups=problem.groups)  # fmt: skip
                else:
                    yield _l("%(kind)s只有 %(n)s 人，不够 %(groups)s 个小组每组一人。",
                             kind=each.label, n=n, groups=problem.groups)  # fmt: skip
