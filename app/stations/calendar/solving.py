"""The rota, computed: station by station where no person belongs to two, by OR-Tools CP-SAT from a first draft."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from typing import Any

from app.stations.calendar.rota import Month, Problem, Receiver, Rota, Slot

Progress = Callable[[int, int], None]
SECONDS = 7.0  # of computing for the whole calendar; reading and writing come on top
LARGEST = 25_000  # places (person × day) computed at once; beyond it stations follow one another

# What it costs to miss something, dearest first: everyone serves, every day has its people, loads are even.
BELOW_MINIMUM, TOO_FEW, EXTRA_LOAD, NOT_LIKED, ONE_LEVEL, LEADERS_ALONE, CLOSE_TOGETHER, CROWDED = (
    3000,
    1000,
    12,
    9,
    6,
    6,
    2,
    8,
)


def solve(
    problem: Problem, *, seconds: float = SECONDS, workers: int = 2, report: Progress | None = None
) -> Rota:
    """A rota that breaks no hard rule, and as few of the others as the time allows.

    ``report`` is told how many of the parts are done.
    """
    parts = list(_parts(problem))
    # Imported once, by this thread: the parts are computed beside each other.
    from ortools.sat.python import cp_model

    total = sum(_size(part) for part in parts) or 1
    rota: dict[int, frozenset[int]] = {}
    with ThreadPoolExecutor(workers) as pool:
        running = {
            pool.submit(_solve_part, cp_model, part, _share(seconds * workers, _size(part), total)): part
            for part in parts
        }
        for done, ended in enumerate(as_completed(running), 1):
            rota.update(ended.result())
            if report is not None:
                try:
                    report(done, len(parts))
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
    return rota


def _share(seconds: float, size: int, total: int) -> float:
    """The part's share of the time; a small one has found its best long before."""
    return min(max(0.05, seconds * size / total), 0.05 + size / 500)


def _size(problem: Problem) -> int:
    return sum(len(problem.open_to.get(slot.key, ())) for slot in problem.slots)


# --- parts ----------------------------------------------------------------------------------------------


def _parts(problem: Problem) -> Iterable[Problem]:
    """The stations whose people overlap, together; the others each by itself."""
    group: dict[int, int] = {slot.station: slot.station for slot in problem.slots}

    def root(station: int) -> int:
        while group[station] != station:
            station = group[station]
        return station

    home: dict[int, int] = {}
    for slot in problem.slots:
        for person in (*problem.open_to.get(slot.key, ()), *problem.fixed.get(slot.key, ())):
            first = home.setdefault(person, slot.station)
            group[root(slot.station)] = root(first)
    together: dict[int, list[Slot]] = {}
    for slot in problem.slots:
        together.setdefault(root(slot.station), []).append(slot)
    for slots in together.values():
        yield _narrowed(problem, slots)


def _narrowed(problem: Problem, slots: Sequence[Slot]) -> Problem:
    keys = {slot.key for slot in slots}
    open_to = {key: problem.open_to.get(key, {}) for key in keys}
    fixed = {key: problem.fixed.get(key, frozenset()) for key in keys}
    inside = {person for people in open_to.values() for person in people}
    return replace(
        problem,
        slots=tuple(slots),
        people={person: one for person, one in problem.people.items() if person in inside},
        open_to=open_to,
        fixed=fixed,
    )


def _solve_part(cp_model: Any, problem: Problem, seconds: float) -> Rota:
    if _size(problem) <= LARGEST:
        return _improve(cp_model, problem, draft(problem), seconds)
    return _one_after_another(cp_model, problem, seconds)


def _one_after_another(cp_model: Any, problem: Problem, seconds: float) -> Rota:
    """Station after station: what earlier ones took of a person's months and times is gone for later ones."""
    stations: dict[int, list[Slot]] = {}
    for slot in problem.slots:
        stations.setdefault(slot.station, []).append(slot)
    rota: dict[int, frozenset[int]] = {}
    for slots in stations.values():
        part = _after(_narrowed(problem, slots), problem, rota)
        if _size(part) <= LARGEST:
            rota.update(_improve(cp_model, part, draft(part), seconds / len(stations)))
        else:
            rota.update(draft(part))
    return rota


def _after(part: Problem, whole: Problem, rota: Rota) -> Problem:
    """The part, knowing what is on the rota already and what is fixed at other stations."""
    here = {slot.key for slot in part.slots}
    busy: dict[int, set[Month]] = {person: set(months) for person, months in whole.busy.items()}
    times: dict[int, int] = {}
    for slot in whole.slots:
        if slot.key in here:
            continue
        for person in rota.get(slot.key, whole.fixed.get(slot.key, frozenset())):
            busy.setdefault(person, set()).add(slot.month)
            times[person] = times.get(person, 0) + 1
    people = {
        person: replace(one, minimum=max(0, one.minimum - times.get(person, 0)))
        for person, one in part.people.items()
    }
    return replace(part, people=people, busy={p: frozenset(months) for p, months in busy.items()})


# --- the first draft ------------------------------------------------------------------------------------


class _Board:
    """A rota being filled in, with what is taken."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.there = {slot.key: set(problem.fixed.get(slot.key, ())) for slot in problem.slots}
        self.times: dict[int, int] = dict.fromkeys(problem.people, 0)
        self.taken: dict[int, set[Month]] = {p: set(months) for p, months in problem.busy.items()}
        self.levels: dict[int, set[int]] = {slot.key: set() for slot in problem.slots}
        for slot in problem.slots:
            for person in self.there[slot.key]:
                self._note(slot, person)

    def _note(self, slot: Slot, person: int) -> None:
        self.times[person] = self.times.get(person, 0) + 1
        self.taken.setdefault(person, set()).add(slot.month)
        if person in self.problem.people:
            self.levels[slot.key].add(self.problem.people[person].level)

    def put(self, slot: Slot, person: int) -> None:
        self.there[slot.key].add(person)
        self._note(slot, person)

    def free(self, slot: Slot, person: int) -> bool:
        return person not in self.there[slot.key] and slot.month not in self.taken.get(person, ())

    def room(self, slot: Slot) -> bool:
        return len(self.there[slot.key]) < self.problem.at_most(slot)

    def nearest(self, person: int, slot: Slot) -> int:
        """Months to the person's nearest other day."""
        at = slot.day.year * 12 + slot.day.month
        return min((abs(year * 12 + month - at) for year, month in self.taken.get(person, ())), default=12)


def draft(problem: Problem) -> Rota:
    """A rota put together in one go: first those with least choice, then days with too few people."""
    board = _Board(problem)
    by_choice = sorted(
        problem.people.values(),
        key=lambda one: (len(problem.chances(one.person)) - one.minimum, -one.minimum, one.person),
    )
    for one in by_choice:
        while board.times[one.person] < one.minimum:
            slot = _best_day(board, one)
            if slot is None:
                break
            board.put(slot, one.person)
    for slot in problem.slots:
        while len(board.there[slot.key]) < problem.per_day:
            person = _best_person(board, slot)
            if person is None:
                break
            board.put(slot, person)
    return {key: frozenset(there) for key, there in board.there.items()}


def _best_day(board: _Board, one: Receiver) -> Slot | None:
    liked = board.problem.liked
    slots = [
        slot
        for month in board.problem.chances(one.person).values()
        for slot in month
        if board.room(slot) and board.free(slot, one.person)
    ]
    return min(
        slots,
        key=lambda slot: (
            (slot.key, one.person) not in liked,
            len(board.there[slot.key]),
            one.level in board.levels[slot.key],
            -board.nearest(one.person, slot),
            slot.day,
            slot.key,
        ),
        default=None,
    )


def _best_person(board: _Board, slot: Slot) -> int | None:
    people = board.problem.people
    free = [p for p in board.problem.open_to.get(slot.key, ()) if p in people and board.free(slot, p)]
    return min(
        free,
        key=lambda person: (
            board.times[person] - people[person].minimum,
            people[person].level in board.levels[slot.key],
            -board.nearest(person, slot),
            person,
        ),
        default=None,
    )


# --- improving it ---------------------------------------------------------------------------------------


def _improve(cp_model: Any, problem: Problem, hint: Rota, seconds: float) -> Rota:
    """The draft improved by CP-SAT within the time; the draft itself where it finds nothing better."""
    model = _Model(cp_model, problem)
    model.hint(hint)
    model.complete_hint(cp_model)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    status = solver.solve(model.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return hint
    return model.read(solver)


class _Model:
    """The problem in the words of CP-SAT. Minima and full days are dear rather than hard, so that there always
    is a rota, and what could not be kept can be named."""

    def __init__(self, cp_model: Any, problem: Problem) -> None:
        self.model = cp_model.CpModel()
        self.problem = problem
        self.costs: list[Any] = []
        self.places: dict[tuple[int, int], Any] = {}
        self.by_slot: dict[int, list[int]] = {}
        for slot in problem.slots:
            self._add_places(slot)
        for slot in problem.slots:
            self._add_slot(slot)
        for one in problem.people.values():
            self._add_person(one)
        self.model.minimize(sum(self.costs))

    def _fixed(self, slot: Slot) -> frozenset[int]:
        return self.problem.fixed.get(slot.key, frozenset())

    def _add_places(self, slot: Slot) -> None:
        taken = {
            person
            for person in self.problem.open_to.get(slot.key, ())
            if slot.month in self.problem.busy.get(person, ())
        }
        there = [
            person
            for person in self.problem.open_to.get(slot.key, ())
            if person in self.problem.people and person not in self._fixed(slot) and person not in taken
        ]
        self.by_slot[slot.key] = there
        for person in there:
            self.places[slot.key, person] = place = self.model.new_bool_var("")
            if (slot.key, person) in self.problem.liked:
                self.costs.append(NOT_LIKED - NOT_LIKED * place)

    def _add_slot(self, slot: Slot) -> None:
        model, problem = self.model, self.problem
        standing = len(self._fixed(slot))
        places = {person: self.places[slot.key, person] for person in self.by_slot[slot.key]}
        model.add(sum(places.values()) <= max(0, problem.at_most(slot) - standing))
        wanted = max(0, problem.per_day - standing)
        if wanted:
            short = model.new_int_var(0, wanted, "")
            model.add(sum(places.values()) + short >= wanted)
            self.costs.append(TOO_FEW * short)
        crowd = problem.at_most(slot) - max(problem.per_day, standing)
        for nth in range(crowd):
            # The second too many on one day is worse than the first on another: days stay even.
            over = model.new_bool_var("")
            model.add(sum(places.values()) + standing <= problem.per_day + nth + (crowd - nth) * over)
            self.costs.append((CROWDED + nth) * over)
        self._mix(slot, places)

    def _mix(self, slot: Slot, places: Mapping[int, Any]) -> None:
        """Several levels on a day, and leaders beside other deputies (3-42)."""
        people, fixed = self.problem.people, self._fixed(slot) & self.problem.people.keys()
        levels: dict[int, list[Any]] = {}
        for person, place in places.items():
            levels.setdefault(people[person].level, []).append(place)
        there = {people[person].level for person in fixed}
        if len(levels.keys() | there) > 1 and len(there) < 2 and self.problem.per_day > 1:
            present = []
            for level in levels.keys() - there:
                here = self.model.new_bool_var("")
                self.model.add(here <= sum(levels[level]))
                present.append(here)
            alone = self.model.new_bool_var("")
            self.model.add(sum(present) + alone >= 2 - len(there))
            self.costs.append(ONE_LEVEL * alone)
        others = [place for person, place in places.items() if not people[person].leader]
        if others and len(others) < len(places) and all(people[person].leader for person in fixed):
            alone = self.model.new_bool_var("")
            self.model.add(sum(others) + alone >= 1)
            self.costs.append(LEADERS_ALONE * alone)

    def _add_person(self, one: Receiver) -> None:
        model = self.model
        months: dict[Month, list[Any]] = {}
        standing: set[Month] = set()
        fixed = 0
        for slot in self.problem.slots:
            if (slot.key, one.person) in self.places:
                months.setdefault(slot.month, []).append(self.places[slot.key, one.person])
            if one.person in self._fixed(slot):
                standing.add(slot.month)
                fixed += 1
        for month, places in months.items():
            if month in standing:
                model.add(sum(places) == 0)
            elif len(places) > 1:
                model.add_at_most_one(places)
        served = sum(place for places in months.values() for place in places)
        reach = len(months.keys() - standing)
        wanted = min(reach, max(0, one.minimum - fixed))
        if wanted:
            lacking = model.new_int_var(0, wanted, "")
            model.add(served + lacking >= wanted)
            self.costs.append(BELOW_MINIMUM * lacking)
        self._weigh(served, max(0, one.minimum - fixed), reach)
        if one.minimum > 1 or reach * 2 < self.problem.per_day * len(self.problem.slots):
            self._spread(months, standing)

    def _weigh(self, served: Any, expected: int, reach: int) -> None:
        """Each time beyond what is expected costs more than the one before: loads come out even."""
        beyond = [self.model.new_bool_var("") for _nth in range(max(0, min(reach - expected, 4)))]
        if not beyond:
            return
        rest = self.model.new_int_var(0, max(0, reach - expected), "")
        self.model.add(served <= expected + sum(beyond) + rest)
        self.costs += [EXTRA_LOAD * (2 * nth + 1) * over for nth, over in enumerate(beyond)]
        self.costs.append(EXTRA_LOAD * 10 * rest)

    def _spread(self, months: Mapping[Month, list[Any]], standing: set[Month]) -> None:
        """Not in two months running, where it can be helped."""
        for (year, month), places in months.items():
            following = (year, month + 1)
            after = months.get(following, [])
            if following in standing or after:
                close = self.model.new_bool_var("")
                self.model.add(sum(places) + sum(after) + (following in standing) <= 1 + close)
                self.costs.append(CLOSE_TOGETHER * close)

    def hint(self, rota: Rota) -> None:
        """Where the search begins."""
        for (key, person), place in self.places.items():
            self.model.add_hint(place, person in rota.get(key, ()))

    def complete_hint(self, cp_model: Any) -> None:
        """What follows from the draft for the other variables: so the search begins no worse than it."""
        solver = cp_model.CpSolver()
        solver.parameters.fix_variables_to_their_hinted_value = True
        solver.parameters.max_time_in_seconds = 1.0
        solver.parameters.num_workers = 1
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return
        self.model.clear_hints()
        for index, value in enumerate(solver.response_proto.solution):
            self.model.add_hint(self.model.get_int_var_from_proto_index(index), value)

    def read(self, solver: Any) -> Rota:
        """The rota the solver found."""
        found = {slot.key: set(self._fixed(slot)) for slot in self.problem.slots}
        for (key, person), place in self.places.items():
            if solver.boolean_value(place):
                found[key].add(person)
        return {key: frozenset(there) for key, there in found.items()}
