"""Until when a suggestion must be answered."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Any

from app.kit.i18n import _l
from app.suggestions.states import SuggestionStanding

REPLY_MONTHS = 3
LATEST_MONTHS = 6


def reply_due_on(assigned_on: date) -> date:
    """The last day for the reply: three months after the suggestion was handed over (代表法 art. 51).

    The day of the month stays the same, or becomes the month's last where it has no such day.
    """
    return months_after(assigned_on, REPLY_MONTHS)


def latest_due_on(assigned_on: date) -> date:
    """The furthest day for the reply where the matter is wide or difficult: six months (art. 51)."""
    return months_after(assigned_on, LATEST_MONTHS)


def due_reason(assigned_on: date | None, due_on: date | None) -> Any:
    """How the day for the reply came about, in a sentence; empty where there is none yet."""
    if assigned_on is None or due_on is None:
        return ""
    if due_on == reply_due_on(assigned_on):
        return _l("自交办之日 %(day)s 起三个月（代表法第五十一条）", day=assigned_on)
    if due_on == latest_due_on(assigned_on):
        return _l("涉及面广、处理难度大，自交办之日 %(day)s 起六个月（代表法第五十一条）", day=assigned_on)
    return _l("按登记的期限；法定期限为 %(day)s（代表法第五十一条）", day=reply_due_on(assigned_on))


def standing_of(
    assigned_on: date | None, due_on: date | None, replied_on: date | None, on: date
) -> SuggestionStanding:
    """Where a suggestion stands with its reply on a day; late is after the day it was due."""
    late = due_on is not None and (replied_on or on) > due_on
    if replied_on is not None:
        return SuggestionStanding.REPLIED_LATE if late else SuggestionStanding.REPLIED
    if assigned_on is None:
        return SuggestionStanding.UNASSIGNED
    return SuggestionStanding.OVERDUE if late else SuggestionStanding.OPEN


def unit_names(text: str) -> list[str]:
    """Names of units as people list them, one each."""
    parts = (part.strip() for part in re.split(r"[、，,；;\n]", text))
    return list(dict.fromkeys(part for part in parts if part))


def months_after(day: date, count: int) -> date:
    """The same day of the month ``count`` months later, or that month's last."""
    months = day.month - 1 + count
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
