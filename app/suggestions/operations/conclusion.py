"""After the slip: handled again, concluded, archived, taken out of the archive."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.words import in_chinese
from app.registry.operations import check_version
from app.suggestions.clocks.running import end_clocks, start_clock
from app.suggestions.life import take_step, take_unit_step
from app.suggestions.models import Suggestion
from app.suggestions.operations.handling import drop_asks
from app.suggestions.operations.telling import tell_proposers, tell_unit
from app.suggestions.policy import SCREEN_SUGGESTIONS
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.feedback import feedback_due
from app.suggestions.states import (
    IN_HAND,
    SUGGESTION_TRANSITIONS,
    ClockKind,
    HandlingState,
    Satisfaction,
    Step,
    SuggestionState,
    UnitPart,
)


def why_not_yet(
    state: SuggestionState,
    round_: int,
    satisfaction: Satisfaction | None,
    slip_due_on: date | None,
    today: date,
) -> Any:
    """Why concluding asks for a reason now, in a sentence; None where it does not."""
    if state is SuggestionState.RATED and satisfaction is Satisfaction.DISSATISFIED and round_ < 2:
        return _l("代表不满意，应当先重新办理；不再办理的，请写明理由。")
    if state is SuggestionState.REPLIED and slip_due_on is not None and slip_due_on >= today:
        return _l("征询意见表的返回期限是 %(day)s，还没有到；现在办结的，请写明理由。", day=slip_due_on)
    return None


def conclude(actor: Actor, suggestion_id: int, *, note: str = "", version: int | None = None) -> Suggestion:
    """Ends a suggestion. A slip that did not come back stays unreturned; every clock stops.

    Straight from acceptance only where the deputy asked for no reply, and none was given. A dissatisfied first round, or a slip that
    may still come in time, asks for a reason.
    """
    suggestion = get_visible_suggestion(actor, suggestion_id, SCREEN_SUGGESTIONS)
    check_version(suggestion, version)
    if suggestion.state is SuggestionState.ACCEPTED:
        _refuse_unanswered(suggestion)
    today = clock.today()
    missing = why_not_yet(
        suggestion.state, suggestion.round, suggestion.satisfaction, feedback_due(suggestion.id), today
    )
    if missing is not None and not note.strip():
        raise DomainError(missing, "note")
    step = take_step(actor, suggestion, Step.CONCLUDE, note=note)
    for part in suggestion.units:
        if part.state in IN_HAND:
            take_unit_step(actor, part, Step.RECALL)
            drop_asks(part)
    end_clocks(suggestion, *ClockKind, on=today)
    db.session.flush()
    tell_proposers(suggestion, step, _l("您的建议%(number)s已办结", number=suggestion.shown_number), note)
    return suggestion


def _refuse_unanswered(suggestion: Suggestion) -> None:
    if not suggestion.reference_only:
        raise DomainError(_l("没有交办和答复的建议不能办结；只有代表注明“仅供参考”的可以。"))
    if suggestion.assigned_on is not None:
        raise DomainError(_l("这件建议交办后被收回，请重新交办，答复后再办结。"))


def rehandle(actor: Actor, suggestion_id: int, *, reason: str, version: int | None = None) -> Suggestion:
    """Has a suggestion handled again: after a dissatisfied slip, or when a look-back found it not done."""
    suggestion = get_visible_suggestion(actor, suggestion_id, SCREEN_SUGGESTIONS)
    check_version(suggestion, version)
    return handle_again(actor, suggestion, reason=reason)


def handle_again(actor: Actor, suggestion: Suggestion, *, reason: str) -> Suggestion:
    """Another round for every lead unit that answered, each with a deadline of its own; the caller has authorised.

    The last word of the proposer stays on record until they have heard the new reply.
    """
    if not reason.strip():
        raise DomainError(_l("请写明重新办理的原因和要求。"), "reason")
    leads = [
        part
        for part in suggestion.units
        if part.part is UnitPart.LEAD and part.state is HandlingState.ANSWERED
    ]
    if SUGGESTION_TRANSITIONS.after(suggestion.state, Step.REHANDLE) is not None and not leads:
        raise DomainError(_l("没有答复过的主办单位，不能重新办理。请先登记主办单位。"), "reason")
    today = clock.today()
    step = take_step(actor, suggestion, Step.REHANDLE, note=_with_last_word(suggestion, reason))
    suggestion.round += 1
    end_clocks(suggestion, ClockKind.FEEDBACK, on=today)
    number = suggestion.shown_number
    for part in leads:
        again = take_unit_step(actor, part, Step.REHANDLE)
        part.answered_on = None
        start_clock(suggestion, ClockKind.REHANDLE, today, unit=part)
        tell_unit(
            suggestion, again, part.unit_id, _l("建议%(number)s要求重新办理", number=number), reason.strip()
        )
    db.session.flush()
    tell_proposers(suggestion, step, _l("您的建议%(number)s已交承办单位重新办理", number=number))
    return suggestion


def archive(actor: Actor, suggestion_id: int, *, version: int | None = None) -> Suggestion:
    """Puts a concluded suggestion into the archive (4-21): neither round nor slip changes from now on.

    Promises and look-backs go on across years, it may still be made public, and what it says be corrected.
    """
    suggestion = get_visible_suggestion(actor, suggestion_id, SCREEN_SUGGESTIONS)
    check_version(suggestion, version)
    take_step(actor, suggestion, Step.ARCHIVE)
    db.session.flush()
    return suggestion


def take_out(actor: Actor, suggestion_id: int, *, reason: str, version: int | None = None) -> Suggestion:
    """Takes a suggestion out of the archive, to correct it or to have it handled again."""
    suggestion = get_visible_suggestion(actor, suggestion_id, SCREEN_SUGGESTIONS)
    check_version(suggestion, version)
    if not reason.strip():
        raise DomainError(_l("请写明从归档中取出的原因。"), "reason")
    take_step(actor, suggestion, Step.REOPEN, note=reason)
    db.session.flush()
    return suggestion


def _with_last_word(suggestion: Suggestion, reason: str) -> str:
    """The reason, and the word on the reply so far: a row of the paper register has no slip that keeps it."""
    if suggestion.satisfaction is None:
        return reason
    said = _l("上一轮评价：%(word)s", word=in_chinese(suggestion.satisfaction))
    return f"{reason.strip()[:800]}（{in_chinese(said)}）"
