"""3-07, 3-42: no rota breaks a hard rule; everyone serves, loads are even, what cannot be kept is named."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.stations.calendar.rota import (
    HARD,
    BreachKind,
    Problem,
    Receiver,
    Slot,
    breaches,
    times_served,
)
from app.stations.calendar.solving import draft, solve


def station(
    number: int, people: dict[int, tuple[int, ...]], months: range = range(1, 13)
) -> tuple[list[Slot], dict[int, dict[int, int]]]:
    """A station's day in each month, and who may come: all but those away in it."""
    slots = [Slot(number * 100 + month, number, date(2027, month, 15)) for month in months]
    return slots, {
        slot.key: {person: person for person, away in people.items() if slot.day.month not in away}
        for slot in slots
    }


def receivers(count: int, *, leaders: int = 0, minimum: int = 1) -> dict[int, Receiver]:
    return {
        person: Receiver(person, f"代表{person}", person < leaders, 4 + person % 2, 2 if person < leaders else minimum)
        for person in range(count)
    }  # fmt: skip


def kinds(problem: Problem, rota) -> set[BreachKind]:
    return {breach.kind for breach in breaches(problem, rota)}


def test_3_07_leaders_twice_everyone_once_nobody_twice_a_month() -> None:
    slots, open_to = station(1, dict.fromkeys(range(20), ()))
    problem = Problem(tuple(slots), receivers(20, leaders=3), open_to, per_day=2)
    rota = solve(problem, seconds=0.4)
    assert breaches(problem, rota) == []
    served = times_served(problem, rota)
    assert all(served[leader] >= 2 for leader in range(3))
    assert max(served[person] for person in range(3, 20)) - min(served[p] for p in range(3, 20)) <= 1


def test_3_42_leaders_beside_other_deputies_and_levels_mixed() -> None:
    slots, open_to = station(1, dict.fromkeys(range(12), ()))
    problem = Problem(tuple(slots), receivers(12, leaders=6), open_to, per_day=2)
    rota = solve(problem, seconds=0.8)
    for slot in slots:
        people = [problem.people[person] for person in rota[slot.key]]
        assert not all(one.leader for one in people)
        assert len({one.level for one in people}) > 1


def test_absences_are_hard_and_wishes_kept_where_they_can_be() -> None:
    away = dict.fromkeys(range(8), ()) | {7: tuple(range(1, 12))}
    slots, open_to = station(1, away)
    liked = frozenset({(103, 0), (105, 1)})
    problem = Problem(tuple(slots), receivers(8), open_to, per_day=1, liked=liked)
    rota = solve(problem, seconds=0.4)
    assert breaches(problem, rota) == []
    assert 7 in rota[112]
    assert 0 in rota[103]
    assert 1 in rota[105]


def test_rows_put_there_by_hand_stay() -> None:
    slots, open_to = station(1, dict.fromkeys(range(6), ()))
    fixed = {101: frozenset({0, 99}), 102: frozenset({0})}
    problem = Problem(tuple(slots), receivers(6), open_to, per_day=2, fixed=fixed)
    rota = solve(problem, seconds=0.4)
    assert rota[101] >= {0, 99}
    assert 0 in rota[102]
    assert breaches(problem, rota) == []


def test_a_person_at_two_stations_is_one_person() -> None:
    first, open_first = station(1, {0: (), 1: (), 2: ()})
    second, open_second = station(2, {0: (), 3: (), 4: ()})
    problem = Problem((*first, *second), receivers(5), open_first | open_second, per_day=1)
    rota = solve(problem, seconds=0.4)
    assert not kinds(problem, rota) & HARD
    for month in range(1, 13):
        assert (0 in rota[100 + month]) + (0 in rota[200 + month]) <= 1


def test_months_taken_elsewhere_stay_free() -> None:
    slots, open_to = station(1, {0: (), 1: ()})
    busy = {0: frozenset({(2027, month) for month in range(1, 12)})}
    problem = Problem(tuple(slots), receivers(2), open_to, per_day=1, busy=busy)
    rota = solve(problem, seconds=0.4)
    assert times_served(problem, rota)[0] == 1
    assert 0 in rota[112]


@pytest.mark.parametrize("largest", [25_000, 30])
def test_stations_that_share_people_one_after_another_break_nothing(
    monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    """Where one pool serves every station the parts are too large for one computation."""
    monkeypatch.setattr("app.stations.calendar.solving.LARGEST", largest)
    everyone: dict[int, tuple[int, ...]] = dict.fromkeys(range(30), ())
    slots: list[Slot] = []
    open_to: dict[int, dict[int, int]] = {}
    for number in range(1, 4):
        some, open_ = station(number, everyone)
        slots += some
        open_to |= open_
    problem = Problem(tuple(slots), receivers(30, leaders=4), open_to, per_day=2, fixed={301: frozenset({5})})
    rota = solve(problem, seconds=0.8)
    assert breaches(problem, rota) == []


def test_what_cannot_be_kept_is_a_named_breach() -> None:
    """Somebody away all year, and a day on which nobody can come."""
    slots, open_to = station(1, {0: tuple(range(1, 13)), 1: (6,)})
    problem = Problem(tuple(slots), receivers(2), open_to, per_day=1)
    found = breaches(problem, solve(problem, seconds=0.4))
    assert {(b.kind, b.slot, b.person) for b in found} == {
        (BreachKind.BELOW_MINIMUM, None, 0),
        (BreachKind.TOO_FEW, 106, None),
    }
    assert problem.reachable(0) == 0


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Any stations, people of two, absences, wishes, hand-made rows, months taken."""
    count = draw(st.integers(1, 12))
    leaders = draw(st.integers(0, count))
    people = receivers(count, leaders=leaders, minimum=draw(st.integers(0, 2)))
    slots: list[Slot] = []
    open_to: dict[int, dict[int, int]] = {}
    for number in range(1, draw(st.integers(1, 3)) + 1):
        for day in draw(st.sets(st.dates(date(2027, 1, 1), date(2027, 6, 30)), min_size=1, max_size=6)):
            slot = Slot(number * 1000 + day.timetuple().tm_yday, number, day)
            slots.append(slot)
            open_to[slot.key] = {p: p for p in draw(st.sets(st.integers(0, count - 1)))}
    keys = [slot.key for slot in slots]
    fixed = draw(
        st.dictionaries(st.sampled_from(keys), st.frozensets(st.integers(0, count), max_size=3), max_size=3)
    )
    liked = draw(st.frozensets(st.tuples(st.sampled_from(keys), st.integers(0, count - 1)), max_size=5))
    months = st.frozensets(st.tuples(st.just(2027), st.integers(1, 6)), max_size=3)
    busy = draw(st.dictionaries(st.integers(0, count - 1), months, max_size=4))
    per_day = draw(st.integers(1, 3))
    per_day_max = draw(st.none() | st.integers(1, 4))
    return Problem(tuple(slots), people, open_to, per_day, per_day_max, fixed, liked, busy)  # fmt: skip


@given(problem=problems())
@settings(max_examples=40)
def test_no_rota_breaks_a_hard_rule(problem: Problem) -> None:
    for rota in (draft(problem), solve(problem, seconds=0.1, workers=1)):
        assert not kinds(problem, rota) & HARD
        assert set(rota) == {slot.key for slot in problem.slots}


@given(seed=st.integers(0, 10_000), count=st.integers(4, 14))
@settings(max_examples=15)
def test_everyone_serves_whenever_a_rota_with_everyone_exists(seed: int, count: int) -> None:
    """The wishes are made from a rota that exists: the one computed keeps every minimum too."""
    import random

    chance = random.Random(seed)
    people = receivers(count)
    months = {person: chance.randint(1, 12) for person in people}
    slots, open_to = station(1, {p: tuple(m for m in range(1, 13) if m != months[p]) for p in people})
    problem = Problem(tuple(slots), people, open_to, per_day=1, per_day_max=count)
    rota = solve(problem, seconds=0.4, workers=1)
    assert BreachKind.BELOW_MINIMUM not in kinds(problem, rota)
