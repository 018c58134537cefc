"""A division as staff see it: groups with their people, figures per group before and after, rules broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.groups.composing.problem import Division, Problem, Score, counts_of, gap, members_of, score_of
from app.groups.composing.reading import (
    Seat,
    as_present,
    division_of,
    list_present_groups,
    list_seats,
    present_division,
    problem_of,
)
from app.groups.composing.rules import broken_rules, impossible_wishes
from app.groups.composing.wishes import Wishes
from app.groups.composing.words import VALUES, Criterion
from app.groups.models import GroupComposition

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Heading:
    """A column of the figures: one value of a criterion."""

    criterion: Criterion
    value: str
    label: str
    total: int
    low: int
    high: int


@dataclass(frozen=True)
class Figure:
    """How many of a kind a group has, and by how many that is off an even share."""

    heading: Heading
    count: int
    off: int


@dataclass(frozen=True)
class GroupFigures:
    """One group's line."""

    place: int
    name: str
    size: int
    size_kept: bool
    figures: tuple[Figure, ...]

    @property
    def off(self) -> int:
        """By how many people the group is off an even share, over all kinds."""
        return sum(figure.off for figure in self.figures)


@dataclass(frozen=True)
class Figures:
    """The figures of a division: per group and kind, and its score."""

    side: str
    headings: tuple[Heading, ...]
    groups: tuple[GroupFigures, ...]
    score: Score
    people: int

    @property
    def by_criterion(self) -> list[tuple[Criterion, int]]:
        """(criterion, number of its columns) for the upper line of the heading."""
        found: dict[Criterion, int] = {}
        for heading in self.headings:
            found[heading.criterion] = found.get(heading.criterion, 0) + 1
        return list(found.items())

    def off_by(self, criterion: Criterion) -> int:
        """By how many people in all the groups are off an even share of this criterion."""
        return sum(f.off for group in self.groups for f in group.figures if f.heading.criterion is criterion)


class Board:
    """Everything the page of a composition shows. Reads the people as they are today on the composition's day."""

    def __init__(self, composition: GroupComposition) -> None:
        self.composition = composition
        self.wishes = Wishes.read(composition.wishes)
        self.seats = {
            seat.member.key: seat
            for seat in list_seats(composition.area_code, self.wishes.levels, composition.on)
        }
        self.problem: Problem = problem_of(composition, list(self.seats.values()))
        kept = division_of(composition)
        self.division: Division = {
            key: place for key, place in kept.items() if key in self.seats and place < self.wishes.groups
        }
        self.names = list(composition.names)

    @property
    def groups(self) -> list[list[Seat]]:
        """People of each group, by township, level and name."""
        places = members_of(self.division, self.wishes.groups)
        return [self._sorted(keys) for keys in places]

    @property
    def unplaced(self) -> list[Seat]:
        """People who are in no group of the division yet."""
        return self._sorted([key for key in self.seats if key not in self.division])

    def _sorted(self, keys: Sequence[int]) -> list[Seat]:
        return sorted(
            (self.seats[key] for key in keys),
            key=lambda seat: (seat.member.township, seat.level.rank, seat.member.key),
        )

    @property
    def broken(self) -> list[str]:
        """Hard rules the division breaks."""
        return broken_rules(self.problem, self.division, self.names)

    @property
    def impossible(self) -> list[str]:
        """Wishes nobody could keep, as far as the numbers alone tell."""
        return impossible_wishes(self.problem)

    def after(self) -> Figures:
        """Figures of the division."""
        return figures_of(AFTER, self.problem, self.division, self.names)

    def before(self) -> Figures | None:
        """Figures of the groups of this kind as they are; None where there are none."""
        composition = self.composition
        groups = list_present_groups(composition.area_code, composition.kind, composition.on)
        if not groups:
            return None
        present = present_division(groups, list(self.seats.values()), composition.on)
        problem = as_present(self.problem, len(groups))
        return figures_of(BEFORE, problem, present, [group.name for group in groups])

    def people(self, side: str, place: int | None, criterion: str, value: str) -> list[Seat]:
        """Those under a number: of one group or of all, of one kind or of every kind."""
        division = self.division
        if side == BEFORE:
            composition = self.composition
            groups = list_present_groups(composition.area_code, composition.kind, composition.on)
            division = present_division(groups, list(self.seats.values()), composition.on)
        chosen = [
            key
            for key, seat in self.seats.items()
            if (place is None or division.get(key) == place)
            and (not criterion or seat.member.traits.get(Criterion(criterion)) == value)
        ]
        return self._sorted(chosen)


def figures_of(side: str, problem: Problem, division: Division, names: Sequence[str]) -> Figures:
    """The figures of any division of these people."""
    headings = tuple(
        Heading(criterion, each.value, each.label, problem.totals[criterion, each.value], *bounds)
        for criterion in problem.criteria
        for each in VALUES[criterion]
        if (bounds := problem.ranges.get((criterion, each.value)))
    )
    groups = []
    for place, keys in enumerate(members_of(division, problem.groups)):
        counts = counts_of(problem, keys)
        figures = tuple(
            Figure(h, counts[h.criterion, h.value], gap(counts[h.criterion, h.value], (h.low, h.high)))
            for h in headings
        )
        size_kept = problem.least <= len(keys) <= problem.most
        groups.append(GroupFigures(place, names[place], len(keys), size_kept, figures))
    return Figures(side, headings, tuple(groups), score_of(problem, division), len(problem.members))
