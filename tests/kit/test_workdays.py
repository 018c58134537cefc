"""Working days: what was announced, an office's own days over it, years nobody knows yet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.kit import workdays
from app.kit.workdays import DayKind, SpecialDay, WorkingDays, combine

CALENDAR = combine({})
DAYS = st.dates(date(2004, 1, 1), date(2035, 12, 31))
SPECIAL = st.dictionaries(DAYS, st.tuples(st.sampled_from(DayKind), st.just("")), max_size=5)


def test_announced_holidays_and_worked_weekends() -> None:
    assert not CALENDAR.is_working(date(2026, 10, 1))
    assert CALENDAR.name(date(2026, 10, 1)) == "国庆节"
    assert CALENDAR.is_working(date(2026, 10, 10))
    assert CALENDAR.name(date(2026, 10, 10)) == "国庆节调休"
    assert CALENDAR.name(date(2026, 11, 16)) == ""
    assert CALENDAR.next(date(2026, 9, 30)) == date(2026, 10, 8)
    assert CALENDAR.previous(date(2026, 10, 8)) == date(2026, 9, 30)
    assert CALENDAR.add(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert CALENDAR.add(date(2026, 10, 10), -3) == date(2026, 9, 30)
    assert CALENDAR.add(date(2026, 10, 1), 0) == date(2026, 10, 1)


def test_a_year_is_known_once_its_days_are_announced() -> None:
    assert CALENDAR.known(2026)
    assert not CALENDAR.known(2031)
    one_day = combine({date(2031, 1, 1): (DayKind.HOLIDAY, "元旦")})
    assert not one_day.known(2031)
    assert not one_day.is_working(date(2031, 1, 1))
    whole = {date(2031, 1, 22) + timedelta(days=n): (DayKind.HOLIDAY, "春节") for n in range(13)}
    assert combine(whole).known(2031)


def test_an_office_has_the_last_word_on_a_day(session: Any) -> None:
    session.add(SpecialDay(day=date(2026, 10, 1), kind=DayKind.WORKING, name="值班"))
    session.add(SpecialDay(day=date(2026, 11, 16), kind=DayKind.HOLIDAY))
    session.flush()
    calendar = workdays.load()
    assert calendar.is_working(date(2026, 10, 1))
    assert calendar.name(date(2026, 10, 1)) == "值班"
    assert not calendar.is_working(date(2026, 11, 16))
    assert calendar.name(date(2026, 11, 16)) == "放假"


def test_the_calendar_is_read_in_one_statement(session: Any, queries: list[str]) -> None:
    queries.clear()
    workdays.load()
    assert len([sent for sent in queries if sent.startswith("SELECT")]) == 1


@given(SPECIAL, DAYS, st.integers(-15, 15))
def test_adding_working_days_lands_on_working_days_and_goes_back(
    special: dict[date, tuple[DayKind, str]], day: date, n: int
) -> None:
    calendar: WorkingDays = combine(special)
    there = calendar.add(day, n)
    assert n == 0 or calendar.is_working(there)
    between = (day + timedelta(days=d + 1) for d in range((there - day).days))
    if n > 0:
        assert sum(map(calendar.is_working, between)) == n
    if calendar.is_working(day):
        assert calendar.add(there, -n) == day
