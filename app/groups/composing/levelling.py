"""Evening out a valid division by exchanging two units at a time, before CP-SAT takes groups apart.

Thousands of small exchanges a second bring a rough start near a good one sooner than any model does; what
takes several people at once to improve is left to CP-SAT. Every exchange keeps every hard rule. Some that
worsen the score are taken at first, fewer and fewer as the time runs out (simulated annealing).
"""

from __future__ import annotations

import math
import random
import time
from collections import defaultdict

from app.groups.composing.problem import WEIGHT_OF_SPLIT, Division, Problem, counts_of
from app.groups.composing.rules import apart_pairs, units_of

WARM, COLD = 0.8, 0.1
BETWEEN_LOOKS = 200


class Levelling:
    """A division being evened out; :attr:`division` is what it has come to."""

    def __init__(self, problem: Problem, division: Division, seed: int) -> None:
        self.problem = problem
        self.random = random.Random(seed)  # noqa: S311 - chooses what to try next, nothing secret
        self.units = units_of(problem)
        self.place = [division[unit.keys[0]] for unit in self.units]
        self.bounds = list(problem.ranges.values())
        number = {trait: n for n, trait in enumerate(problem.ranges)}
        self.kinds = [
            {number[trait]: count for trait, count in counts_of(problem, unit.keys).items()}
            for unit in self.units
        ]
        self.size = [len(unit.keys) for unit in self.units]
        self.needed = [n for trait, n in number.items() if trait[0] in problem.mixed]
        self._townships()
        self._foes()
        self._count()

    def _townships(self) -> None:
        codes = {code: n for n, code in enumerate(self.problem.townships)}
        self.homes = [
            sorted(
                {
                    codes[self.problem.by_key[key].township]
                    for key in unit.keys
                    if self.problem.by_key[key].township
                }
            )
            for unit in self.units
        ]
        self.parts_needed = [self.problem.parts_needed(code) for code in codes]
        self.of_township: list[list[int]] = [[] for _ in codes]
        for unit, homes in enumerate(self.homes):
            for home in homes:
                self.of_township[home].append(unit)

    def _foes(self) -> None:
        unit_of = {key: n for n, unit in enumerate(self.units) for key in unit.keys}
        self.foes: dict[int, set[int]] = defaultdict(set)
        for one, other in apart_pairs(self.problem):
            self.foes[unit_of[one]].add(unit_of[other])
            self.foes[unit_of[other]].add(unit_of[one])

    def _count(self) -> None:
        groups = self.problem.groups
        self.counts = [[0] * len(self.bounds) for _ in range(groups)]
        self.sizes = [0] * groups
        self.present = [[0] * groups for _ in self.of_township]
        for unit, place in enumerate(self.place):
            self._move(unit, place, 1)
        self.parts = [sum(n > 0 for n in row) for row in self.present]

    def _move(self, unit: int, place: int, sign: int) -> None:
        self.sizes[place] += sign * self.size[unit]
        for kind, count in self.kinds[unit].items():
            self.counts[place][kind] += sign * count
        for home in self.homes[unit]:
            self.present[home][place] += sign

    @property
    def division(self) -> Division:
        """Every member's group."""
        return {key: self.place[n] for n, unit in enumerate(self.units) for key in unit.keys}

    def run(self, seconds: float, warmth: float) -> None:
        """Exchanges for some seconds; ``warmth`` as in :meth:`exchange`."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.exchange(BETWEEN_LOOKS, warmth)

    def exchange(self, times: int, warmth: float) -> None:
        """Tries so many exchanges; ``warmth`` from 1 (bold) to 0 (only what does not worsen)."""
        if self.problem.groups < 2 or not self.units:
            return
        heat = COLD + (WARM - COLD) * warmth if warmth else 0.0
        for _ in range(times):
            self._try(heat)

    def _try(self, heat: float) -> None:
        one = self.random.randrange(len(self.units))
        there = self._target(one)
        here = self.place[one]
        if there == here:
            return
        other = self._partner(there) if self.random.random() < 0.8 else None
        if not self._allowed(one, here, there, other):
            return
        worse = self._change(one, here, there, other)
        if worse <= 0 or (heat and self.random.random() < math.exp(-worse / heat)):
            self._apply(one, here, there, other)

    def _target(self, unit: int) -> int:
        """Another group: often one that has some of the unit's township already."""
        if self.homes[unit] and self.random.random() < 0.6:
            return self.place[self.random.choice(self.of_township[self.homes[unit][0]])]
        return self.random.randrange(self.problem.groups)

    def _partner(self, group: int) -> int | None:
        for _ in range(4 * self.problem.groups):
            other = self.random.randrange(len(self.units))
            if self.place[other] == group:
                return other
        return None

    def _allowed(self, one: int, here: int, there: int, other: int | None) -> bool:
        back = self.size[other] if other is not None else 0
        grown, left = self.sizes[there] + self.size[one] - back, self.sizes[here] - self.size[one] + back
        least, most = self.problem.least, self.problem.most
        if not (least <= left <= most and least <= grown <= most):
            return False
        if any(foe != other and self.place[foe] == there for foe in self.foes.get(one, ())):
            return False
        if other is not None and any(
            foe != one and self.place[foe] == here for foe in self.foes.get(other, ())
        ):
            return False
        mine, theirs = self.kinds[one], self.kinds[other] if other is not None else {}
        return all(
            self.counts[here][n] - mine.get(n, 0) + theirs.get(n, 0) > 0
            and self.counts[there][n] + mine.get(n, 0) - theirs.get(n, 0) > 0
            for n in self.needed
        )

    def _change(self, one: int, here: int, there: int, other: int | None) -> int:
        """By how much the score grows."""
        mine, theirs = self.kinds[one], self.kinds[other] if other is not None else {}
        total = 0
        for kind in mine.keys() | theirs.keys():
            moved = mine.get(kind, 0) - theirs.get(kind, 0)
            if not moved:
                continue
            low, high = self.bounds[kind]
            for place, step in ((here, -moved), (there, moved)):
                count = self.counts[place][kind]
                after = count + step
                total += max(0, after - high, low - after) - max(0, count - high, low - count)
        return total + WEIGHT_OF_SPLIT * self._torn(one, here, there, other)

    def _torn(self, one: int, here: int, there: int, other: int | None) -> int:
        back = self.homes[other] if other is not None else []
        total = 0
        for home in {*self.homes[one], *back}:
            moved = (home in self.homes[one]) - (home in back)
            if not moved:
                continue
            row, parts, needed = self.present[home], self.parts[home], self.parts_needed[home]
            after = parts
            for place, step in ((here, -moved), (there, moved)):
                after += (row[place] + step > 0) - (row[place] > 0)
            total += max(after, needed) - max(parts, needed)
        return total

    def _apply(self, one: int, here: int, there: int, other: int | None) -> None:
        moves = [(one, here, there)] + ([(other, there, here)] if other is not None else [])
        for unit, old, new in moves:
            self._move(unit, old, -1)
            self._move(unit, new, 1)
            self.place[unit] = new
        for unit, _old, _new in moves:
            for home in self.homes[unit]:
                self.parts[home] = sum(n > 0 for n in self.present[home])
