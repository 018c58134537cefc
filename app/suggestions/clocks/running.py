"""Clocks as they run: started and ended by the steps of a suggestion, extended by the assigning office."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select

from app.extensions import db
from app.kit import workdays
from app.kit.database import chunks
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.models import Mandate
from app.registry.states import Level
from app.suggestions.clocks.reckoning import Reckoned, furthest, reckon
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit
from app.suggestions.rules import latest_due_on, reply_due_on
from app.suggestions.states import GONE, ClockKind, LengthUnit, Roll
from app.suggestions.suggestion_rules import ClockRule, rules_area, suggestion_rules


def clock_rule(suggestion: Suggestion, kind: ClockKind, on: date) -> ClockRule | None:
    """The office's rule for a deadline of a suggestion that starts on a day; None where it has none of the kind."""
    mandate = suggestion.lead_mandate or db.session.get_one(Mandate, suggestion.lead_mandate_id)
    return rule_for(suggestion.area_code, mandate.level, kind, on)


def rule_for(area_code: str, level: Level, kind: ClockKind, on: date) -> ClockRule | None:
    """The same by area and level."""
    return suggestion_rules(rules_area(area_code, level), on).clocks_of(level).get(kind)


def usual_due_day(area_code: str, level: Level, assigned_on: date) -> date:
    """Until when the reply of a suggestion of the register is due where nothing else was written down."""
    rule = rule_for(area_code, level, ClockKind.REPLY, assigned_on)
    if rule is None:
        return reply_due_on(assigned_on)
    return reckon(assigned_on, rule, workdays.load()).due_on


def latest_reply_day(area_code: str, level: Level, assigned_on: date) -> date:
    """The furthest day a reply of the register may be due: by the office's rules, else by the law."""
    rule = rule_for(area_code, level, ClockKind.REPLY, assigned_on)
    last = furthest(assigned_on, rule, workdays.load()) if rule is not None else None
    return last or latest_due_on(assigned_on)


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
    db.session.flush()
    if kind is ClockKind.REPLY:
        keep_due_day(suggestion)
    return running


def end_clocks(
    suggestion: Suggestion, *kinds: ClockKind, on: date, unit: SuggestionUnit | None = None
) -> list[SuggestionClock]:
    """Ends the running clocks of these kinds, of one unit's part or of all; what they waited for happened ``on``."""
    ended = running_clocks(suggestion, *kinds, unit=unit)
    for running in ended:
        running.ended_on = max(on, running.started_on)
    if any(running.kind is ClockKind.REPLY for running in ended):
        db.session.flush()
        keep_due_day(suggestion)
    return ended


def keep_due_day(*suggestions: Suggestion) -> None:
    """A suggestion is due when the last of its lead units is: of those whose time runs, else of those that ended.

    A unit that gave it back, or from which it was taken, has no say.
    """
    by_id = {suggestion.id: suggestion for suggestion in suggestions}
    running = SuggestionClock.ended_on.is_(None)
    last = func.coalesce(func.max(case((running, SuggestionClock.due_on))), func.max(SuggestionClock.due_on))
    for some in chunks(sorted(by_id)):
        wanted = (
            select(SuggestionClock.suggestion_id, last)
            .outerjoin(SuggestionUnit, SuggestionUnit.id == SuggestionClock.suggestion_unit_id)
            .where(
                SuggestionClock.suggestion_id.in_(some),
                SuggestionClock.kind == ClockKind.REPLY,
                or_(SuggestionUnit.id.is_(None), SuggestionUnit.state.not_in(GONE)),
            )
            .group_by(SuggestionClock.suggestion_id)
        )
        for identity, due_on in db.session.execute(wanted):
            if by_id[identity].due_on != due_on:
                by_id[identity].due_on = due_on


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
    db.session.flush()
    if running.kind is ClockKind.REPLY:
        keep_due_day(running.suggestion)
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
