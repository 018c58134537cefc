"""From a start, a rule and a calendar to the due day, with every day off that was skipped. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from app.kit.workdays import WorkingDays
from app.suggestions.rules import months_after
from app.suggestions.states import LengthUnit, Roll
from app.suggestions.suggestion_rules import ClockRule


@dataclass(frozen=True)
class Reckoned:
    """A due day and how it came about: named days off among those counted over, and the day before rolling."""

    due_on: date
    skipped: tuple[tuple[date, str], ...] = ()
    rolled_from: date | None = None
    unknown_years: tuple[int, ...] = field(default=())


def reckon(started_on: date, rule: ClockRule, days: WorkingDays, *, length: int | None = None) -> Reckoned:
    """When a deadline that starts on a day is due; ``length`` instead of the rule's for an extension.

    The day it starts on does not count. Only working days skip days off; the last day of the other units rolls as
    the rule says. Names of days off are those of the calendar, in Chinese.
    """
    count = length or rule.length
    if rule.unit is LengthUnit.WORKING_DAYS:
        due = days.add(started_on, count)
    elif rule.unit is LengthUnit.MONTHS:
        due = months_after(started_on, count)
    else:
        due = started_on + timedelta(days=count)
    rolled_from = None
    if rule.roll is not Roll.NONE and not days.is_working(due):
        rolled_from, due = due, _rolled(started_on, due, rule.roll, days)
    span = [started_on + timedelta(days=n) for n in range(1, (due - started_on).days + 1)]
    if rolled_from is not None and rolled_from > due:
        span.append(rolled_from)
    matters = rule.unit is LengthUnit.WORKING_DAYS or rolled_from is not None
    if not matters:
        return Reckoned(due)
    skipped = tuple(
        (day, days.holidays[day]) for day in span if day in days.holidays and not days.is_working(day)
    )
    years = tuple(sorted({day.year for day in span if not days.known(day.year)}))
    return Reckoned(due, skipped, rolled_from, years)


def _rolled(started_on: date, due: date, roll: Roll, days: WorkingDays) -> date:
    """The working day beside a day off; never brought forward to the day of the start or before it."""
    if roll is Roll.BEFORE and (before := days.previous(due)) > started_on:
        return before
    return days.next(due)


def furthest(started_on: date, rule: ClockRule, days: WorkingDays) -> date | None:
    """The last day an extension may reach; None where the rule has no extension."""
    if rule.longest is None:
        return None
    return reckon(started_on, rule, days, length=rule.longest).due_on
