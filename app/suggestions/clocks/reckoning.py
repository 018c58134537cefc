"""From a start, a rule and a calendar to the due day, with every day off that was skipped. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.kit.workdays import WorkingDays
from app.suggestions.states import LengthUnit, Roll
from app.suggestions.suggestion_rules import ClockRule


@dataclass(frozen=True)
class Reckoned:
    """A due day and how it came about: named days off among those counted over, and the day before rolling."""

    due_on: date
    skipped: tuple[tuple[date, str], ...] = ()
    rolled_from: date | None = None
    unknown_years: tuple[int, ...] = field(default=())


def months_after(day: date, count: int) -> date:
    """The same day of the month ``count`` months later, or that month's last."""
    months = day.month - 1 + count
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def reckon(started_on: date, rule: ClockRule, days: WorkingDays, *, length: int | None = None) -> Reckoned:
    """When a deadline that starts on a day is due; ``length`` instead of the rule's for an extension.

    The day it starts on does not count. Only working days skip days off; the last day of the other units rolls as
    the rule says.
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
        rolled_from, due = due, days.next(due) if rule.roll is Roll.AFTER else days.previous(due)
    span = [started_on + timedelta(days=n) for n in range(1, (due - started_on).days + 1)]
    matters = rule.unit is LengthUnit.WORKING_DAYS or rolled_from is not None
    skipped = tuple((day, days.name(day)) for day in span if not days.is_working(day) and days.name(day))
    years = tuple(sorted({day.year for day in span if not days.known(day.year)}))
    return Reckoned(due, skipped if matters else (), rolled_from, years if matters else ())
