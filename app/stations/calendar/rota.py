"""Who receives on which day: the problem of the rota, its hard rules, and what cannot be kept (3-42)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property

Month = tuple[int, int]
Rota = Mapping[int, frozenset[int]]
"""For each slot the persons who receive then."""


@dataclass(frozen=True)
class Slot:
    """A reception day of one station."""

    key: int
    station: int
    day: date

    @property
    def month(self) -> Month:
        """Year and month of the day."""
        return self.day.year, self.day.month


@dataclass(frozen=True)
class Receiver:
    """Somebody who receives the public: under several mandates they are one person still (3-49).

    ``minimum`` is how often they should serve on these days; ``level`` the rank of the level they serve at.
    """

    person: int
    name: str
    leader: bool
    level: int
    minimum: int


@dataclass(frozen=True)
class Problem:
    """What a rota is made from.

    ``open_to`` says for each slot who may come, with the mandate they come under: assigned to the station, in
    office, not away. ``fixed`` were put there by hand and stay. ``busy`` are months taken by other days.
    """

    slots: tuple[Slot, ...]
    people: Mapping[int, Receiver]
    open_to: Mapping[int, Mapping[int, int]]
    per_day: int
    per_day_max: int | None = None
    fixed: Mapping[int, frozenset[int]] = field(default_factory=dict)
    liked: frozenset[tuple[int, int]] = frozenset()
    busy: Mapping[int, frozenset[Month]] = field(default_factory=dict)

    def at_most(self, slot: Slot) -> int:
        """How many may be put on a day: as said, else as many as the station's people need to serve their times."""
        if self.per_day_max is not None:
            return max(self.per_day_max, self.per_day)
        return max(self.per_day, self._needed.get(slot.station, 0))

    @cached_property
    def _needed(self) -> dict[int, int]:
        return _needed_a_day(self)

    @cached_property
    def _chances(self) -> dict[int, dict[Month, list[Slot]]]:
        found: dict[int, dict[Month, list[Slot]]] = {}
        for slot in self.slots:
            for person in self.open_to.get(slot.key, ()):
                if slot.month not in self.busy.get(person, ()):
                    found.setdefault(person, {}).setdefault(slot.month, []).append(slot)
        return found

    def chances(self, person: int) -> dict[Month, list[Slot]]:
        """The days on which a person may be put, by month; months taken elsewhere are left out."""
        return self._chances.get(person, {})

    def reachable(self, person: int) -> int:
        """How often somebody can serve at all: once in each month with a day they may come on."""
        months = set(self.chances(person))
        months |= {slot.month for slot in self.slots if person in self.fixed.get(slot.key, ())}
        return len(months)


def _needed_a_day(problem: Problem) -> dict[int, int]:
    """Places a day that a station's people need for everyone to serve the least number of times, and one to spare."""
    times: dict[int, int] = {}
    slots: dict[int, int] = {}
    at: dict[int, set[int]] = {}
    for slot in problem.slots:
        slots[slot.station] = slots.get(slot.station, 0) + 1
        at.setdefault(slot.station, set()).update(problem.open_to.get(slot.key, ()))
    for station, people in at.items():
        times[station] = sum(problem.people[p].minimum for p in people if p in problem.people)
    return {station: -(-times[station] // slots[station]) + 1 for station in slots}


class BreachKind(Enum):
    """What a rota may do wrong: the first four never, the last two only where there is no way round."""

    NOT_OPEN = "not_open"
    TWICE_A_MONTH = "twice_a_month"
    TOO_MANY = "too_many"
    FIXED_LOST = "fixed_lost"
    TOO_FEW = "too_few"
    BELOW_MINIMUM = "below_minimum"


HARD = frozenset({BreachKind.NOT_OPEN, BreachKind.TWICE_A_MONTH, BreachKind.TOO_MANY, BreachKind.FIXED_LOST})


@dataclass(frozen=True)
class Breach:
    """A rule broken: on which day, by whom, and by how much it misses."""

    kind: BreachKind
    slot: int | None = None
    person: int | None = None
    missing: int = 0


def breaches(problem: Problem, rota: Rota) -> list[Breach]:
    """Everything a rota does against the rules. Who was put there by hand breaks none by being there."""
    found: list[Breach] = []
    for slot in problem.slots:
        found += _at_slot(problem, slot, rota.get(slot.key, frozenset()))
    served = times_served(problem, rota)
    found += _twice_a_month(problem, rota)
    for person in problem.people.values():
        missing = person.minimum - served.get(person.person, 0)
        if missing > 0:
            found.append(Breach(BreachKind.BELOW_MINIMUM, person=person.person, missing=missing))
    return found


def _at_slot(problem: Problem, slot: Slot, there: frozenset[int]) -> Iterator[Breach]:
    fixed = problem.fixed.get(slot.key, frozenset())
    welcome = problem.open_to.get(slot.key, {})
    for person in there - fixed:
        if person not in welcome:
            yield Breach(BreachKind.NOT_OPEN, slot.key, person)
    for person in fixed - there:
        yield Breach(BreachKind.FIXED_LOST, slot.key, person)
    if len(there) > max(problem.at_most(slot), len(fixed)):
        yield Breach(BreachKind.TOO_MANY, slot.key)
    if len(there) < problem.per_day:
        yield Breach(BreachKind.TOO_FEW, slot.key, missing=problem.per_day - len(there))


def _twice_a_month(problem: Problem, rota: Rota) -> Iterator[Breach]:
    by_hand: dict[tuple[int, Month], int] = {}
    computed: dict[tuple[int, Month], list[int]] = {}
    for slot in problem.slots:
        fixed = problem.fixed.get(slot.key, frozenset())
        for person in rota.get(slot.key, frozenset()):
            place = person, slot.month
            if person in fixed:
                by_hand[place] = by_hand.get(place, 0) + 1
            else:
                computed.setdefault(place, []).append(slot.key)
    for (person, month), keys in computed.items():
        if len(keys) > 1 or (person, month) in by_hand or month in problem.busy.get(person, ()):
            yield Breach(BreachKind.TWICE_A_MONTH, keys[-1], person)


def times_served(problem: Problem, rota: Rota) -> dict[int, int]:
    """How often each person is on the rota."""
    times = dict.fromkeys(problem.people, 0)
    for slot in problem.slots:
        for person in rota.get(slot.key, frozenset()):
            times[person] = times.get(person, 0) + 1
    return times
