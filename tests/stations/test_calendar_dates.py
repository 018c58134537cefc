"""3-06, 3-37, law.md 1.9: the days of a reception calendar, as truth tables and properties."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stations.calendar.dates import DateRule, reception_days, rule_days, skipped_days
from app.stations.states import DateKind, MonthChoice, Shift


@dataclass(frozen=True)
class Days:
    """Weekends and some holidays off, some weekends worked."""

    holidays: dict[date, str] = field(default_factory=dict)
    worked: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day in self.worked or (day.isoweekday() < 6 and day not in self.holidays)

    def name(self, day: date) -> str:
        return self.holidays.get(day, "")


def golden_week(year: int) -> dict[date, str]:
    return {date(year, 10, day): "国庆节" for day in range(1, 8)}


SPRING = {date(2026, 2, day): "春节" for day in range(15, 24)}
PLAIN = Days()


def days_of(rule: DateRule, year: int, workdays: Days = PLAIN) -> list[str]:
    return [found.day.isoformat()[5:] for found in reception_days(rule, year, workdays)]


def test_3_06_the_15th_of_every_month_moves_to_the_next_working_day() -> None:
    """湘潭: twelve dates a year; in 2026 the 15th of February, March, August and November are weekends."""
    expected = "01-15 02-24 03-16 04-15 05-15 06-15 07-15 08-17 09-15 10-15 11-16 12-15"
    found = reception_days(DateRule(), 2026, Days(SPRING))
    assert [one.day.isoformat()[5:] for one in found] == expected.split()
    assert found[1].rule_day == date(2026, 2, 15)
    assert (found[1].moved, found[1].why) == (True, "春节")
    assert (found[0].moved, found[0].why) == (False, "")


@pytest.mark.parametrize(
    ("shift", "february"),
    [
        (Shift.AFTER, ["02-24"]),
        (Shift.BEFORE, ["02-13"]),
        (Shift.SKIP, []),
        (Shift.WEEK_LATER, ["03-02"]),
    ],
)
def test_3_06_a_day_in_the_holidays_is_shifted_as_the_rule_says(shift: Shift, february: list[str]) -> None:
    rule = DateRule(days=(16,), shift=shift)
    found = reception_days(rule, 2026, Days(SPRING))
    assert [one.day.isoformat()[5:] for one in found if one.rule_day == date(2026, 2, 16)] == february


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # 武穴: the 9th and the 19th.
        (DateRule(days=(9, 19)), "01-09 01-19 02-09 02-19"),
        # 郭家堡: Friday of the first week.
        (DateRule(kind=DateKind.NTH_WEEKDAY, nth=(1,), weekdays=(5,)), "01-02 02-06"),
        (DateRule(kind=DateKind.NTH_WEEKDAY, nth=(1, 3), weekdays=(3,)), "01-07 01-21 02-04 02-18"),
        (DateRule(kind=DateKind.NTH_WEEKDAY, nth=(-1,), weekdays=(1,)), "01-26 02-23"),
        # 小冀: every Monday and Wednesday; 胡集乡: every Tuesday.
        (DateRule(kind=DateKind.WEEKDAYS, weekdays=(2,)), "01-06 01-13 01-20 01-27 02-03 02-10 02-17 02-24"),
        # Guangzhou: the 15th of odd months.
        (DateRule(months=MonthChoice.ODD), "01-15"),
        (DateRule(months=MonthChoice.EVEN, shift=Shift.BEFORE), "02-13"),
        # A month without a 31st has its last day.
        (DateRule(days=(31,), weekends=True), "01-31 02-28"),
        (DateRule(days=(31,), shift=Shift.BEFORE), "01-30 02-27"),
        # A market station receives on Saturdays.
        (DateRule(kind=DateKind.NTH_WEEKDAY, nth=(2,), weekdays=(6,)), "01-10 02-14"),
    ],
)
def test_dates_by_rule(rule: DateRule, expected: str) -> None:
    found = [day for day in days_of(rule, 2026) if day < "03-01"]
    assert found == expected.split()


def test_3_06_a_saturday_rule_gives_way_to_holidays_only() -> None:
    rule = DateRule(kind=DateKind.NTH_WEEKDAY, nth=(1,), weekdays=(6,), months=MonthChoice.EVEN)
    october = [d for d in days_of(rule, 2026, Days(golden_week(2026))) if d.startswith("10")]
    assert october == ["10-08"]


def test_3_37_two_days_a_month_for_the_chairpersons_meeting() -> None:
    """芦淞: two days of every month, spread over it, on working days."""
    found = reception_days(DateRule(kind=DateKind.DAYS_A_MONTH, per_month=2), 2026, Days(golden_week(2026)))
    assert len(found) == 24
    for month in range(1, 13):
        first, second = (one.day for one in found if one.day.month == month)
        assert (second - first).days >= 7


def test_two_dates_never_collide() -> None:
    """The whole golden week of a weekly rule lands on different days behind it."""
    rule = DateRule(kind=DateKind.WEEKDAYS, weekdays=(1, 2, 3, 4, 5))
    found = days_of(rule, 2026, Days(golden_week(2026)))
    assert len(found) == len(set(found))
    assert not {f"10-{day:02}" for day in range(1, 8)} & set(found)


def test_no_date_leaves_its_year() -> None:
    holidays = {date(2026, 12, day): "年终" for day in range(25, 32)}
    rule = DateRule(days=(31,), shift=Shift.AFTER)
    assert days_of(rule, 2026, Days(holidays))[-1] == "12-24"
    new_year = {date(2026, 1, day): "元旦" for day in range(1, 4)}
    assert days_of(DateRule(days=(1,), shift=Shift.BEFORE), 2026, Days(new_year))[0] == "01-05"


def test_skipped_days_are_named() -> None:
    rule = DateRule(shift=Shift.SKIP)
    assert skipped_days(rule, 2026, PLAIN) == [date(2026, 2, 15), date(2026, 3, 15), date(2026, 8, 15), date(2026, 11, 15)]  # fmt: skip


RULES = st.builds(
    DateRule,
    kind=st.sampled_from(DateKind),
    days=st.lists(st.integers(1, 31), min_size=1, max_size=6).map(tuple),
    nth=st.lists(st.sampled_from([-1, 1, 2, 3, 4, 5]), min_size=1, max_size=3).map(tuple),
    weekdays=st.lists(st.integers(1, 7), min_size=1, max_size=4).map(tuple),
    per_month=st.integers(1, 5),
    months=st.sampled_from(MonthChoice),
    shift=st.sampled_from(Shift),
    weekends=st.booleans(),
)
HOLIDAYS = st.builds(
    lambda begins, length: {date(2026, 1, 1) + timedelta(days=begins + n): "放假" for n in range(length)},
    st.integers(0, 355),
    st.integers(0, 10),
)


@given(rule=RULES, holidays=HOLIDAYS)
def test_whatever_the_rule_no_two_dates_collide_and_none_is_on_a_holiday(
    rule: DateRule, holidays: dict[date, str]
) -> None:
    workdays = Days(holidays)
    found = reception_days(rule, 2026, workdays)
    days = [one.day for one in found]
    assert days == sorted(set(days))
    assert all(one.day not in holidays and one.day.year == 2026 for one in found)
    named = rule_days(rule, 2026, workdays)
    assert {one.rule_day for one in found} <= set(named)
    assert len({one.rule_day for one in found}) == len(found)
    if rule.shift is not Shift.SKIP:
        assert len(found) == len(named)
