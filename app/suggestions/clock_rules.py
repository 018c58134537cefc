"""Where a deadline stands, when to remind of it and when to urge. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from app.suggestions.states import ClockKind, ClockStanding

SOON_DAYS = 7
# A reminder or an urging letter whose day has passed is still sent so many days later, and not after: a worker that
# stood still is forgiven, an old register that is read in does not set off hundreds of letters.
GRACE_DAYS = 3

# Deadlines a handling unit must keep. Its objection is not urged: late means that it keeps the suggestion.
OF_UNITS = (ClockKind.OBJECT, ClockKind.CONTACT, ClockKind.CO_OPINION, ClockKind.REPLY, ClockKind.REHANDLE)
URGED = (ClockKind.CONTACT, ClockKind.CO_OPINION, ClockKind.REPLY, ClockKind.REHANDLE)
OF_OFFICE = (ClockKind.SCREEN, ClockKind.ASSIGN, ClockKind.REASSIGN)


def clock_standing(due_on: date, ended_on: date | None, on: date) -> ClockStanding:
    """Where a deadline stands on a day; late is after the day it was due."""
    if ended_on is not None:
        return ClockStanding.LATE if ended_on > due_on else ClockStanding.ON_TIME
    if on > due_on:
        return ClockStanding.OVERDUE
    return ClockStanding.SOON if on + timedelta(days=SOON_DAYS) >= due_on else ClockStanding.RUNNING


def reminder_due(due_on: date, before: Sequence[int], today: date) -> int | None:
    """The distance whose reminder is due today: the nearest one that has come within the days of grace."""
    left = (due_on - today).days
    come = [n for n in before if 0 <= n - left < GRACE_DAYS and left >= 0]
    return min(come) if come else None


def urge_due(due_on: date, after: Sequence[int], today: date) -> int | None:
    """The distance whose urging letter is due today: the furthest that has come within the days of grace."""
    over = (today - due_on).days
    come = [n for n in after if 0 <= over - n < GRACE_DAYS]
    return max(come) if come else None
