"""What is to be divided, by which wishes, and how well a division does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from app.groups.composing.words import Criterion

# One township more torn apart weighs as much as eight people more or fewer than the average somewhere.
WEIGHT_OF_SPLIT = 8

Division = dict[int, int]  # member → place of the group, from 0
Trait = tuple[Criterion, str]


@dataclass(frozen=True)
class Member:
    """A deputy to be placed: one person, by one mandate. ``township`` is empty for who sits in none."""

    key: int
    name: str
    township: str
    traits: Mapping[Criterion, str]


@dataclass(frozen=True)
class Problem:
    """Members and wishes. ``least`` and ``most`` are sizes of a group; all rules are hard except balance."""

    members: tuple[Member, ...]
    groups: int
    least: int
    most: int
    criteria: tuple[Criterion, ...] = tuple(Criterion)
    together: tuple[tuple[int, ...], ...] = ()
    apart: tuple[tuple[int, ...], ...] = ()
    whole_townships: bool = False
    mixed: tuple[Criterion, ...] = ()
    township_names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_key(self) -> dict[int, Member]:
        """Members by number."""
        return {member.key: member for member in self.members}

    @cached_property
    def townships(self) -> dict[str, list[int]]:
        """Members of each township."""
        found: dict[str, list[int]] = defaultdict(list)
        for member in self.members:
            if member.township:
                found[member.township].append(member.key)
        return dict(found)

    @cached_property
    def totals(self) -> Counter[Trait]:
        """How many members there are of each kind, by the criteria wished for."""
        return Counter(trait for member in self.members for trait in self.traits_of(member))

    @cached_property
    def ranges(self) -> dict[Trait, tuple[int, int]]:
        """Between how many of each kind an even division has in a group: the average, rounded down and up."""
        return {
            trait: (total // self.groups, -(-total // self.groups)) for trait, total in self.totals.items()
        }

    def traits_of(self, member: Member) -> list[Trait]:
        """A member's kinds, by the criteria wished for."""
        return [
            (criterion, member.traits[criterion]) for criterion in self.criteria if criterion in member.traits
        ]

    def parts_needed(self, township: str) -> int:
        """Into how many groups a township must go at least: one, unless it is larger than a group may be."""
        return max(1, -(-len(self.townships[township]) // max(self.most, 1)))

    def kept_whole(self) -> list[str]:
        """Townships that the rule of whole townships binds: those that fit into a group."""
        if not self.whole_townships:
            return []
        return [code for code, keys in self.townships.items() if len(keys) <= self.most]


def gap(count: int, bounds: tuple[int, int]) -> int:
    """How many people more or fewer than an even division has."""
    low, high = bounds
    return max(0, count - high, low - count)


def counts_of(problem: Problem, keys: Iterable[int]) -> Counter[Trait]:
    """How many of each kind are among these members."""
    return Counter(trait for key in keys for trait in problem.traits_of(problem.by_key[key]))


def members_of(division: Mapping[int, int], groups: int) -> list[list[int]]:
    """The members of each group."""
    found: list[list[int]] = [[] for _ in range(groups)]
    for key, place in division.items():
        if 0 <= place < groups:
            found[place].append(key)
    return found


@dataclass(frozen=True)
class Score:
    """How far a division is from an even one: 0 and 0 is perfect."""

    gaps: int
    splits: int

    @property
    def total(self) -> int:
        """One figure to compare by; lower is better."""
        return self.gaps + WEIGHT_OF_SPLIT * self.splits


def gaps_of(problem: Problem, keys: Iterable[int]) -> int:
    """How far one group is from an even share, over all kinds."""
    counts = counts_of(problem, keys)
    return sum(gap(counts[trait], bounds) for trait, bounds in problem.ranges.items())


def splits_of(problem: Problem, division: Mapping[int, int]) -> dict[str, int]:
    """Townships in more groups than they need, and by how many."""
    found = {}
    for code, keys in problem.townships.items():
        parts = len({division[key] for key in keys if key in division})
        if parts > problem.parts_needed(code):
            found[code] = parts - problem.parts_needed(code)
    return found


def score_of(problem: Problem, division: Mapping[int, int]) -> Score:
    """How even a division is, and how many townships it tears apart needlessly."""
    groups: Sequence[list[int]] = members_of(division, problem.groups)
    return Score(sum(gaps_of(problem, keys) for keys in groups), sum(splits_of(problem, division).values()))
