"""The office screens what deputies hand in: accepted with a number, returned, or not made a suggestion."""

from __future__ import annotations

from datetime import date

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.kit.numbering import claim_number
from app.ledger.operations.posting import post
from app.registry.operations import check_version
from app.suggestions.clocks.running import end_clocks, start_clock
from app.suggestions.life import take_step
from app.suggestions.models import Suggestion, SuggestionStep
from app.suggestions.operations.proposing import lead_opinion_here
from app.suggestions.operations.telling import tell_assigners, tell_lead, tell_proposers
from app.suggestions.policy import SCREEN_SUGGESTIONS
from app.suggestions.postings import SOURCE
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.screening import prefix_of, usual_session
from app.suggestions.states import ClockKind, Inadmissible, Occasion, Step


def accept_suggestion(
    actor: Actor,
    suggestion_id: int,
    *,
    occasion: Occasion | None = None,
    session_ordinal: int | None = None,
    number: str = "",
    category: str | None = None,
    committee: str | None = None,
    confidential: bool | None = None,
    on: date | None = None,
    version: int | None = None,
) -> Suggestion:
    """Makes it a suggestion: numbered by term, session and serial, counted in the ledger, due to be assigned (4-20).

    What is not given stays as the proposer wrote it. ``number`` is one from a paper register.
    """
    found = _screened(actor, suggestion_id, version)
    session = session_ordinal or usual_session(found)
    if session < 1:
        raise DomainError(_l("会次从 1 开始。"), "session_ordinal")
    step = take_step(actor, found, Step.ACCEPT, on=_day(found, on))
    found.occasion = occasion or found.occasion
    found.session_ordinal = session
    found.category = found.category if category is None else category
    found.committee = found.committee if committee is None else committee
    found.confidential = found.confidential if confidential is None else confidential
    found.number = claim_number(
        Suggestion,
        found.office_code,
        number,
        prefix=prefix_of(found, found.occasion, session, step.on),
        digits=3,
    )
    step.note = found.number
    lead_opinion_here(actor, found)
    db.session.flush()
    end_clocks(found, ClockKind.SCREEN, on=step.on)
    start_clock(found, ClockKind.ASSIGN, step.on)
    post(SOURCE, [found.id])
    _tell_accepted(found, step)
    return found


def _tell_accepted(found: Suggestion, step: SuggestionStep) -> None:
    words = {"title": found.title, "number": found.number}
    tell_proposers(found, step, _l("建议已立案，编号%(number)s", **words), _l("《%(title)s》", **words))
    tell_assigners(found, step, _l("建议%(number)s等待交办", **words), _l("《%(title)s》", **words))


def return_suggestion(
    actor: Actor, suggestion_id: int, *, reason: str, version: int | None = None
) -> Suggestion:
    """Gives it back to its proposer to be made better; the reason is shown on the draft (4-18)."""
    found = _screened(actor, suggestion_id, version)
    step = take_step(actor, found, Step.RETURN, note=_reason(reason))
    found.submitted_on = None
    db.session.flush()
    end_clocks(found, ClockKind.SCREEN, on=step.on)
    said = _l("《%(title)s》：%(reason)s", title=found.title, reason=step.note)
    tell_lead(found, step, _l("您的建议请修改后重新提交"), said)
    return found


def decline_suggestion(
    actor: Actor,
    suggestion_id: int,
    *,
    inadmissible: Inadmissible,
    reason: str,
    version: int | None = None,
) -> Suggestion:
    """Says that it is no matter for a suggestion, of what kind and why (law.md 1.5); its proposers are told."""
    found = _screened(actor, suggestion_id, version)
    step = take_step(actor, found, Step.DECLINE, note=_reason(reason))
    found.inadmissible = inadmissible
    db.session.flush()
    end_clocks(found, ClockKind.SCREEN, on=step.on)
    said = _l("《%(title)s》：%(reason)s", title=found.title, reason=step.note)
    tell_proposers(found, step, _l("您的建议不作为代表建议处理"), said)
    return found


def _screened(actor: Actor, suggestion_id: int, version: int | None) -> Suggestion:
    found = get_visible_suggestion(actor, suggestion_id, SCREEN_SUGGESTIONS)
    check_version(found, version)
    return found


def _reason(reason: str) -> str:
    if not reason.strip():
        raise DomainError(_l("请写明理由，代表会看到。"), "reason")
    return reason.strip()


def _day(found: Suggestion, on: date | None) -> date:
    """The day of acceptance: today, or an earlier one written down later."""
    day = on or clock.today()
    if day > clock.today() or (found.submitted_on is not None and day < found.submitted_on):
        raise DomainError(_l("立案日期应在提交之日到今天之间，请核对。"), "on")
    return day
