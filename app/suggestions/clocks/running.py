"""Clocks as they run: started and ended by the steps of a suggestion, extended by the assigning office."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit import workdays
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.models import Mandate
from app.registry.states import Level
from app.suggestions.clocks.book import OFFICE_DIGITS
from app.suggestions.clocks.reckoning import Reckoned, furthest, reckon
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit
from app.suggestions.rules import reply_due_on
from app.suggestions.states import ClockKind, LengthUnit, Roll
from app.suggestions.suggestion_rules import ClockRule, suggestion_rules


def clock_rule(suggestion: Suggestion, kind: ClockKind, on: date) -> ClockRule | None:
    """The office's rule for a deadline of a suggestion that starts on a day; None where it has none of the kind."""
    mandate = suggestion.lead_mandate or db.session.get_one(Mandate, suggestion.lead_mandate_id)
    township = mandate.level is Level.TOWNSHIP
    code = suggestion.area_code if township else suggestion.area_code[:OFFICE_DIGITS]
    return suggestion_rules(code, on).clocks_of(mandate.level).get(kind)


def usual_due_day(area_code: str, level: Level, assigned_on: date) -> date:
    """Until when the reply of a suggestion of the register is due where nothing else was written down."""
    code = area_code if level is Level.TOWNSHIP else area_code[:OFFICE_DIGITS]
    rule = suggestion_rules(code, assigned_on).clocks_of(level).get(ClockKind.REPLY)
    if rule is None:
        return reply_due_on(assigned_on)
    return reckon(assigned_on, rule, workdays.load()).due_on


def start_clock(
    suggestion: Suggestion, kind: ClockKind, on: date, *, unit: SuggestionUnit | None = None
) -> SuggestionClock | None:
    """Starts a deadline; None where the office's rules have none of this kind.

    The lead unit's reply clock is also the suggestion's ``due_on``.
    """
    rule = clock_rule(suggestion, kind, on)
    if rule is None:
        return None
    reckoned = reckon(on, rule, workdays.load())
    running = SuggestionClock(
        suggestion=suggestion,
        suggestion_unit=unit,
        area_code=suggestion.area_code,
        kind=kind,
        round=suggestion.round or 1,
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
    ended = running_clocks(suggestion, *kinds, unit=unit)
    for running in ended:
        running.ended_on = max(on, running.started_on)
    return ended


def running_clocks(
    suggestion: Suggestion, *kinds: ClockKind, unit: SuggestionUnit | None = None
) -> list[SuggestionClock]:
    """The clocks of these kinds that still run, of one unit's part or of all."""
    wanted = select(SuggestionClock).where(
        SuggestionClock.suggestion_id == suggestion.id,
        SuggestionClock.kind.in_(kinds),
        SuggestionClock.ended_on.is_(None),
    )
    if unit is not None:
        wanted = wanted.where(SuggestionClock.suggestion_unit_id == unit.id)
    return list(db.session.scalars(wanted.order_by(SuggestionClock.id)))


def latest_day(running: SuggestionClock) -> date | None:
    """The last day this clock could be extended to, by the rule it was started under; None without extension."""
    rule = rule_of(running)
    return furthest(running.started_on, rule, workdays.load()) if rule is not None else None


def extend_clock(running: SuggestionClock, until: date) -> SuggestionClock:
    """Gives more time, at most as much as the rule allows in all (代表法 art. 51: six months).

    DomainError (field ``until``) where it has ended, would not be later, or would be longer than that.
    """
    if running.ended_on is not None:
        raise DomainError(_l("这个期限已经办结，不用延期。"), "until")
    last = latest_day(running)
    if last is None:
        raise DomainError(_l("按现行规则，“%(kind)s”的期限不能延长。", kind=running.kind.label), "until")
    if until <= running.due_on:
        raise DomainError(_l("延期后的日期应晚于现在的期限 %(day)s。", day=running.due_on), "until")
    if until > last:
        raise DomainError(_l("最长可以延期到 %(day)s，请改早一些。", day=last), "until")
    running.first_due_on = running.first_due_on or running.due_on
    running.due_on = until
    if running.kind is ClockKind.REPLY:
        running.suggestion.due_on = until
    db.session.flush()
    return running


def rule_of(running: SuggestionClock) -> ClockRule | None:
    """The rule a clock was started under; None where only the register says when it is due."""
    kept = running.working or {}
    if "length" not in kept:
        return None
    return ClockRule(
        length=kept["length"],
        unit=LengthUnit(kept["unit"]),
        longest=kept.get("longest"),
        roll=Roll(kept.get("roll") or Roll.NONE),
        document=kept.get("document", ""),
    )


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
