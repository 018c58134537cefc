"""On which days of a year a station receives the public: rules of dates, pure functions."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field

from app.stations.states import DateKind, MonthChoice, Shift

DayOfMonth = Annotated[int, Field(ge=1, le=31)]
Nth = Annotated[int, Field(ge=-1, le=5)]
Weekday = Annotated[int, Field(ge=1, le=7)]


class WorkingCalendar(Protocol):
    """What the rules ask of the working-day calendar."""

    def is_working(self, day: date) -> bool: ...

    def name(self, day: date) -> str: ...


class DateRule(BaseModel):
    """Which days of a year, and what becomes of one that falls on a day off (law.md 1.9).

    ``weekends`` receives on Saturdays and Sundays as well: then only holidays move a day. ``nth`` −1 is the
    last of its month; a day of the month that a short month has not is its last day.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: DateKind = DateKind.MONTH_DAYS
    days: Annotated[tuple[DayOfMonth, ...], Field(min_length=1, max_length=31)] = (15,)
    nth: Annotated[tuple[Nth, ...], Field(min_length=1, max_length=6)] = (1,)
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = (3,)
    per_month: Annotated[int, Field(ge=1, le=10)] = 2
    months: MonthChoice = MonthChoice.ALL
    shift: Shift = Shift.AFTER
    weekends: bool = False


@dataclass(frozen=True)
class ReceptionDay:
    """A day of the calendar; ``rule_day`` is the one the rule names, ``why`` what moved it from there."""

    day: date
    rule_day: date
    why: str = ""

    @property
    def moved(self) -> bool:
        """It is not the day the rule names."""
        return self.day != self.rule_day


def rule_days(rule: DateRule, year: int, workdays: WorkingCalendar) -> list[date]:
    """The days the rule names, holidays or not, in order."""
    found: set[date] = set()
    for month in _months(rule.months):
        found.update(_days_of_month(rule, year, month, workdays))
    return sorted(found)


def reception_days(rule: DateRule, year: int, workdays: WorkingCalendar) -> list[ReceptionDay]:
    """The days of a year on which people are received (3-06), in order, no two on one date, all in that year.

    Days that stand as the rule names them are placed first; those that must give way take the nearest free day
    in the direction the rule says (in the other one where the year ends).
    """
    named = rule_days(rule, year, workdays)
    open_ = _opening(rule, workdays)
    placed = {day: ReceptionDay(day, day) for day in named if open_(day)}
    for rule_day in named:
        if open_(rule_day) or rule.shift is Shift.SKIP:
            continue
        day = next((d for d in _ways_out(rule.shift, rule_day) if d not in placed and open_(d)), None)
        if day is not None:
            placed[day] = ReceptionDay(day, rule_day, workdays.name(rule_day))
    return [placed[day] for day in sorted(placed)]


def skipped_days(rule: DateRule, year: int, workdays: WorkingCalendar) -> list[date]:
    """Days the rule names on which nobody is received, because the rule skips days off."""
    kept = {found.rule_day for found in reception_days(rule, year, workdays)}
    return [day for day in rule_days(rule, year, workdays) if day not in kept]


def _months(choice: MonthChoice) -> range:
    return {
        MonthChoice.ALL: range(1, 13),
        MonthChoice.ODD: range(1, 13, 2),
        MonthChoice.EVEN: range(2, 13, 2),
    }[choice]


def _days_of_month(rule: DateRule, year: int, month: int, workdays: WorkingCalendar) -> Iterator[date]:
    last = monthrange(year, month)[1]
    days = [date(year, month, day) for day in range(1, last + 1)]
    match rule.kind:
        case DateKind.MONTH_DAYS:
            yield from (days[min(day, last) - 1] for day in rule.days)
        case DateKind.WEEKDAYS:
            yield from (day for day in days if day.isoweekday() in rule.weekdays)
        case DateKind.NTH_WEEKDAY:
            for weekday in rule.weekdays:
                same = [day for day in days if day.isoweekday() == weekday]
                places = (nth - 1 if nth > 0 else -1 for nth in rule.nth if nth)
                yield from (same[place] for place in places if place < len(same))
        case DateKind.DAYS_A_MONTH:
            open_ = [day for day in days if _opening(rule, workdays)(day)]
            step = len(open_) / rule.per_month
            yield from (open_[int((n + 0.5) * step)] for n in range(rule.per_month if open_ else 0))


def _opening(rule: DateRule, workdays: WorkingCalendar) -> Callable[[date], bool]:
    """Whether people are received on a day: a working day, or a plain weekend where the rule wants weekends."""
    by_weekday = rule.kind in (DateKind.WEEKDAYS, DateKind.NTH_WEEKDAY)
    wanted = {6, 7} if rule.weekends else {6, 7} & set(rule.weekdays) if by_weekday else set()

    def open_(day: date) -> bool:
        return workdays.is_working(day) or (day.isoweekday() in wanted and not workdays.name(day))

    return open_


def _ways_out(shift: Shift, day: date) -> Iterator[date]:
    """Days to move to, the first free open one is taken; never outside the year."""
    ways = {
        Shift.AFTER: (range(1, 367), range(-1, -367, -1)),
        Shift.BEFORE: (range(-1, -367, -1), range(1, 367)),
        # The same weekday while that helps: a Sunday would stay one for ever.
        Shift.WEEK_LATER: (range(7, 28, 7), range(8, 367), range(-1, -367, -1)),
    }
    for distances in ways[shift]:
        for distance in distances:
            moved = day + timedelta(days=distance)
            if moved.year == day.year:
                yield moved
