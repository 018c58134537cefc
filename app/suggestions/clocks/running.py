"""Clocks as they run: started and ended by the steps of a suggestion, extended by the assigning office."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit import workdays
from app.suggestions.clocks.reckoning import Reckoned, reckon
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit
from app.suggestions.states import ClockKind
from app.suggestions.suggestion_rules import ClockRule, suggestion_rules


def start_clock(
    suggestion: Suggestion, kind: ClockKind, on: date, *, unit: SuggestionUnit | None = None
) -> SuggestionClock | None:
    """Starts a deadline; None where the office's rules have none of this kind.

    The lead unit's reply clock is also the suggestion's ``due_on``.
    """
    rule = suggestion_rules(suggestion.area_code, on).clocks.get(kind)
    if rule is None:
        return None
    reckoned = reckon(on, rule, workdays.load())
    running = SuggestionClock(
        suggestion=suggestion,
        suggestion_unit=unit,
        area_code=suggestion.area_code,
        kind=kind,
        round=suggestion.round,
        started_on=on,
        due_on=reckoned.due_on,
        working=working_of(rule, reckoned),
    )
    db.session.add(running)
    if kind is ClockKind.REPLY:
        suggestion.due_on = reckoned.due_on
    db.session.flush()
    return running


def end_clocks(
    suggestion: Suggestion, *kinds: ClockKind, on: date, unit: SuggestionUnit | None = None
) -> list[SuggestionClock]:
    """Ends the running clocks of these kinds, of one unit's part or of all; what they waited for happened ``on``."""
    wanted = select(SuggestionClock).where(
        SuggestionClock.suggestion_id == suggestion.id,
        SuggestionClock.kind.in_(kinds),
        SuggestionClock.ended_on.is_(None),
    )
    if unit is not None:
        wanted = wanted.where(SuggestionClock.suggestion_unit_id == unit.id)
    ended = list(db.session.scalars(wanted))
    for running in ended:
        running.ended_on = max(on, running.started_on)
    return ended


def working_of(rule: ClockRule, reckoned: Reckoned) -> dict[str, Any]:
    """How a due day came about, as the clock keeps it."""
    return {
        "length": rule.length,
        "unit": rule.unit.value,
        "longest": rule.longest,
        "roll": rule.roll.value,
        "document": rule.document,
        "skipped": [[day.isoformat(), name] for day, name in reckoned.skipped],
        "rolled_from": reckoned.rolled_from.isoformat() if reckoned.rolled_from else None,
        "unknown_years": list(reckoned.unknown_years),
    }
