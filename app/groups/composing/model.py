"""The CP-SAT model of some groups of a division: who of their members goes into which of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from app.groups.composing.problem import WEIGHT_OF_SPLIT, Division, Problem, Trait, counts_of
from app.groups.composing.rules import Unit, apart_pairs, names_of, units_of
from app.groups.composing.words import VALUES
from app.kit.i18n import _l


class Model:
    """Divides the members of ``groups`` anew among them; everybody else stays as ``division`` has them.

    ``balanced`` asks for the most even one. ``relaxed`` allows every wish to be given up and asks for the
    fewest; the sentences of those are in ``given_up`` afterwards.
    """

    def __init__(
        self,
        problem: Problem,
        groups: Iterable[int],
        division: Division,
        *,
        balanced: bool = False,
        relaxed: bool = False,
    ) -> None:
        from ortools.sat.python import cp_model  # costs a second: only those who solve pay it

        self.cp: Any = cp_model
        self.model: Any = cp_model.CpModel()
        self.problem = problem
        self.groups = list(groups)
        self.division = division
        self.relaxed = relaxed
        self.wishes: list[tuple[Any, Any]] = []  # (kept?, sentence)
        self.given_up: list[str] = []
        self.units = self._units()
        self.unit_of = {key: n for n, unit in enumerate(self.units) for key in unit.keys}
        self.at: list[list[Any]] = [[self.model.new_bool_var("") for _ in self.groups] for _ in self.units]
        self._rules()
        self._hint()
        if balanced:
            self.model.minimize(sum(self._gaps()) + WEIGHT_OF_SPLIT * sum(self._splits()))
        elif relaxed:
            kept: list[Any] = [literal for literal, _sentence in self.wishes]
            self.model.maximize(sum(kept))

    def _units(self) -> list[Unit]:
        inside = set(self.groups)
        if self.relaxed:
            return [Unit((member.key,)) for member in self.problem.members]
        return [unit for unit in units_of(self.problem) if self.division[unit.keys[0]] in inside]

    def solve(self, seconds: float, workers: int, seed: int = 1) -> tuple[str, Division | None]:
        """CP-SAT's word on it (OPTIMAL, FEASIBLE, INFEASIBLE, UNKNOWN), and the division it found."""
        solver = self.cp.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed
        status = solver.solve(self.model)
        if status not in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            return solver.status_name(status), None
        found = dict(self.division)
        for unit, row in zip(self.units, self.at, strict=True):
            place = next(g for g, var in zip(self.groups, row, strict=True) if solver.boolean_value(var))
            found.update(dict.fromkeys(unit.keys, place))
        self.given_up = [str(sentence) for kept, sentence in self.wishes if not solver.boolean_value(kept)]
        return solver.status_name(status), found

    # --- hard rules ------------------------------------------------------------------------------------------

    def _rules(self) -> None:
        for row in self.at:
            self.model.add_exactly_one(row)
        self._sizes()
        for one, other in sorted(apart_pairs(self.problem)):
            if one in self.unit_of and other in self.unit_of:
                wish = self._wish(_l("%(names)s不同组。", names=names_of(self.problem, (one, other))))
                self._enforce([self._not_both(one, other, place) for place in range(len(self.groups))], wish)
        self._mixed()
        if self.relaxed:
            self._loose_blocks()

    def _wish(self, sentence: Any) -> Any:
        """A literal saying that the wish is kept; None where every wish must be."""
        if not self.relaxed:
            return None
        kept = self.model.new_bool_var("")
        self.wishes.append((kept, sentence))
        return kept

    def _enforce(self, expressions: Iterable[Any], wish: Any) -> None:
        for expression in expressions:
            constraint = self.model.add(expression)
            if wish is not None:
                constraint.only_enforce_if(wish)

    def _not_both(self, one: int, other: int, place: int) -> Any:
        return self.at[self.unit_of[one]][place] + self.at[self.unit_of[other]][place] <= 1

    def _sizes(self) -> None:
        problem = self.problem
        least = self._wish(_l("每组至少 %(n)s 人。", n=problem.least)) if problem.least else None
        most = self._wish(_l("每组至多 %(n)s 人。", n=problem.most))
        for place in range(len(self.groups)):
            size = sum(len(unit.keys) * row[place] for unit, row in zip(self.units, self.at, strict=True))
            self._enforce([size >= problem.least], least)
            self._enforce([size <= problem.most], most)

    def _mixed(self) -> None:
        for criterion in self.problem.mixed:
            for value in VALUES[criterion]:
                wish = self._wish(_l("每组都有%(kind)s。", kind=value.label))
                holders = {
                    self.unit_of[member.key]
                    for member in self.problem.members
                    if member.key in self.unit_of and member.traits.get(criterion) == value.value
                }
                for place in range(len(self.groups)):
                    self._enforce([sum(self.at[n][place] for n in sorted(holders)) >= 1], wish)

    def _loose_blocks(self) -> None:
        """What otherwise makes one unit of several members, as wishes that may be given up."""
        blocks = [
            (block, _l("%(names)s同组。", names=names_of(self.problem, block)))
            for block in self.problem.together
        ]
        for code in self.problem.kept_whole():
            name = self.problem.township_names.get(code, code)
            blocks.append((tuple(self.problem.townships[code]), _l("%(township)s不拆开。", township=name)))
        for block, sentence in blocks:
            wish = self._wish(sentence)
            rows = [self.at[self.unit_of[key]] for key in block if key in self.unit_of]
            for row in rows[1:]:
                self._enforce([mine == first for mine, first in zip(row, rows[0], strict=True)], wish)

    def _hint(self) -> None:
        for unit, row in zip(self.units, self.at, strict=True):
            here = self.division[unit.keys[0]]
            for group, var in zip(self.groups, row, strict=True):
                self.model.add_hint(var, here == group)

    # --- balance ---------------------------------------------------------------------------------------------

    def _gaps(self) -> list[Any]:
        """One figure per group and kind: how many people more or fewer than an even share."""
        shares: dict[Trait, list[tuple[int, int]]] = defaultdict(list)
        for number, unit in enumerate(self.units):
            for trait, count in counts_of(self.problem, unit.keys).items():
                shares[trait].append((number, count))
        gaps = []
        for trait, (low, high) in self.problem.ranges.items():
            held = shares.get(trait, [])
            most = sum(count for _number, count in held)
            for place, group in enumerate(self.groups):
                here: Any = sum(n * self.at[number][place] for number, n in held)
                gap = self.model.new_int_var(0, max(most, low), "")
                self.model.add(gap >= here - high)
                self.model.add(gap >= low - here)
                self._hint_gap(gap, trait, group, (low, high))
                gaps.append(gap)
        return gaps

    def _hint_gap(self, gap: Any, trait: Trait, group: int, bounds: tuple[int, int]) -> None:
        count = self._now().get((group, trait), 0)
        self.model.add_hint(gap, max(0, count - bounds[1], bounds[0] - count))

    def _now(self) -> Mapping[tuple[int, Trait], int]:
        """How many of each kind the groups have before."""
        if not hasattr(self, "_counted"):
            counted: Counter[tuple[int, Trait]] = Counter()
            for unit in self.units:
                place = self.division[unit.keys[0]]
                for trait, count in counts_of(self.problem, unit.keys).items():
                    counted[place, trait] += count
            self._counted = counted
        return self._counted

    def _splits(self) -> list[Any]:
        """One figure per township: in how many groups more than it needs it is."""
        inside = set(self.groups)
        found = []
        for code, keys in self.problem.townships.items():
            numbers = sorted({self.unit_of[key] for key in keys if key in self.unit_of})
            outside = len({self.division[key] for key in keys} - inside)
            needed = self.problem.parts_needed(code)
            if not numbers or outside + min(len(numbers), len(self.groups)) <= needed:
                continue
            present = []
            now = {self.division[self.units[n].keys[0]] for n in numbers}
            for place, group in enumerate(self.groups):
                here = self.model.new_bool_var("")
                for number in numbers:
                    self.model.add_implication(self.at[number][place], here)
                self.model.add_hint(here, group in now)
                present.append(here)
            extra = self.model.new_int_var(0, self.problem.groups, "")
            self.model.add(extra >= sum(present) + outside - needed)
            self.model.add_hint(extra, max(0, len(now) + outside - needed))
            found.append(extra)
        return found
