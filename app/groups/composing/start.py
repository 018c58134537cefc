"""A quick first division: township after township into the group with most room, then mended."""

from __future__ import annotations

from collections import defaultdict

from app.groups.composing.problem import Division, Problem
from app.groups.composing.rules import Unit, apart_pairs, units_of
from app.groups.composing.words import VALUES


class Start:
    """Groups being filled with units. What it makes keeps most rules; whoever uses it checks all of them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.units = units_of(problem)
        self.sizes = [0] * problem.groups
        self.place: dict[int, int] = {}  # unit → group
        unit_of = {key: number for number, unit in enumerate(self.units) for key in unit.keys}
        self.foes: dict[int, set[int]] = defaultdict(set)
        for one, other in apart_pairs(problem):
            self.foes[unit_of[one]].add(unit_of[other])
            self.foes[unit_of[other]].add(unit_of[one])

    def division(self) -> Division:
        """The division, every member in some group."""
        for township in self._by_township():
            self._place_township(township)
        self._fill_small()
        self._mix()
        return {key: self.place[n] for n, unit in enumerate(self.units) for key in unit.keys}

    def _by_township(self) -> list[list[int]]:
        home: dict[str, list[int]] = defaultdict(list)
        for number, unit in enumerate(self.units):
            townships = {self.problem.by_key[key].township for key in unit.keys}
            home[townships.pop() if len(townships) == 1 else ""].append(number)
        free = home.pop("", [])
        # Units of no township or of several come last, one by one: they fill the gaps.
        ordered = sorted(home.values(), key=lambda block: -self._size(block))
        hard = [n for n in free if len(self.units[n].keys) > 1 or self.foes[n]]
        loose = [n for n in free if n not in set(hard)]
        return [[n] for n in sorted(hard, key=self._rank)] + ordered + [[n] for n in loose]

    def _rank(self, number: int) -> tuple[int, int]:
        return -len(self.units[number].keys), -len(self.foes[number])

    def _size(self, block: list[int]) -> int:
        return sum(len(self.units[number].keys) for number in block)

    def _even(self) -> int:
        return min(-(-len(self.problem.members) // self.problem.groups), self.problem.most)

    def _place_township(self, block: list[int]) -> None:
        waiting = sorted(block, key=self._rank)
        while waiting:
            target = min(range(self.problem.groups), key=lambda g: self.sizes[g])
            room = max(self._even() - self.sizes[target], 1)
            if self._size(waiting) <= self.problem.most - self.sizes[target]:
                room = self._size(waiting)
            rest = []
            for number in waiting:
                size = len(self.units[number].keys)
                if size <= room and self._welcome(number, target):
                    self._put(number, target)
                    room -= size
                else:
                    rest.append(number)
            if len(rest) == len(waiting):
                self._put(rest[0], self._best_for(rest[0]))
                rest = rest[1:]
            waiting = rest

    def _welcome(self, number: int, group: int) -> bool:
        return all(self.place.get(foe) != group for foe in self.foes[number])

    def _best_for(self, number: int) -> int:
        size = len(self.units[number].keys)

        def cost(group: int) -> tuple[bool, bool, int]:
            over = self.sizes[group] + size > self.problem.most
            return not self._welcome(number, group), over, self.sizes[group]

        return min(range(self.problem.groups), key=cost)

    def _put(self, number: int, group: int) -> None:
        if number in self.place:
            self.sizes[self.place[number]] -= len(self.units[number].keys)
        self.place[number] = group
        self.sizes[group] += len(self.units[number].keys)

    def _fill_small(self) -> None:
        """Groups too small take single units from the largest."""
        for group in range(self.problem.groups):
            for _ in range(self.problem.least):
                if self.sizes[group] >= self.problem.least:
                    break
                movable = [
                    n
                    for n, unit in enumerate(self.units)
                    if self.place[n] != group
                    and self.sizes[self.place[n]] - len(unit.keys) >= self.problem.least
                    and self.sizes[group] + len(unit.keys) <= self.problem.most
                    and self._welcome(n, group)
                ]
                if not movable:
                    return
                self._put(max(movable, key=lambda n: self.sizes[self.place[n]]), group)

    def _mix(self) -> None:
        """A group without newcomers, say, gets one for one of its others from a group that has two."""
        for criterion in self.problem.mixed:
            for value in VALUES[criterion]:
                having = [self._count(unit, criterion, value.value) for unit in self.units]
                for group in range(self.problem.groups):
                    self._give_one(group, having)

    def _count(self, unit: Unit, criterion: object, value: str) -> int:
        traits = (self.problem.by_key[key].traits for key in unit.keys)
        return sum(each.get(criterion) == value for each in traits)  # type: ignore[call-overload]

    def _give_one(self, group: int, having: list[int]) -> None:
        totals = [0] * self.problem.groups
        for number, place in self.place.items():
            totals[place] += having[number]
        if totals[group]:
            return
        for giver, place in list(self.place.items()):
            size = len(self.units[giver].keys)
            if not having[giver] or totals[place] <= having[giver] or not self._welcome(giver, group):
                continue
            for taker, there in list(self.place.items()):
                if there == group and len(self.units[taker].keys) == size and self._welcome(taker, place):
                    self._put(giver, group)
                    self._put(taker, place)
                    return
