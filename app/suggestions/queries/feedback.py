"""Reading feedback slips: who may give one, what came back, who has not answered yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit import attachments
from app.kit.authorisation import Actor
from app.kit.errors import NotFound
from app.registry.models import Mandate
from app.registry.queries import MISSING
from app.suggestions.models import Cosigner, FeedbackSlip, Suggestion, SuggestionClock, SuggestionReply
from app.suggestions.policy import GIVE_FEEDBACK, SCREEN_SUGGESTIONS
from app.suggestions.queries import visible_suggestions
from app.suggestions.states import ENDED, ClockKind, CosignState, ReplyState, Satisfaction, SuggestionState

FILES = "feedback_slip"
# The reply is there, and the bundle is not closed: a word on it can still be taken down.
OPEN_FOR_WORDS = (SuggestionState.REPLIED, SuggestionState.RATED, SuggestionState.CONCLUDED)


def signers(suggestion: Suggestion) -> list[Mandate]:
    """The leading proposer first, then the co-signers who confirmed."""
    confirmed = [row.mandate for row in suggestion.cosigners if row.state is CosignState.CONFIRMED]
    return [suggestion.lead_mandate, *sorted(confirmed, key=lambda mandate: mandate.person.pinyin)]


def may_speak_for(actor: Actor, suggestion: Suggestion) -> list[Mandate]:
    """Proposers whose slip the actor may give: their own, or any that reached the office on paper."""
    if actor.may_in(GIVE_FEEDBACK, suggestion.area_code):
        return signers(suggestion)
    if not actor.owns(GIVE_FEEDBACK):
        return []
    return [mandate for mandate in signers(suggestion) if mandate.person_id == actor.person_id]


def list_slips(suggestion_id: int) -> list[FeedbackSlip]:
    """All slips of a suggestion, round after round."""
    wanted = (
        select(FeedbackSlip)
        .where(FeedbackSlip.suggestion_id == suggestion_id)
        .options(joinedload(FeedbackSlip.mandate).joinedload(Mandate.person))
        .order_by(FeedbackSlip.round, FeedbackSlip.id)
    )
    return list(db.session.scalars(wanted))


def find_slip(suggestion: Suggestion, mandate_id: int) -> FeedbackSlip | None:
    """The slip of one proposer in the present round."""
    return db.session.scalar(
        select(FeedbackSlip).where(
            FeedbackSlip.suggestion_id == suggestion.id,
            FeedbackSlip.round == suggestion.round,
            FeedbackSlip.mandate_id == mandate_id,
        )
    )


def reply_day(suggestion: Suggestion) -> date | None:
    """The day of the present round's last reply; for a row of the paper register the day it has."""
    letters = select(func.max(SuggestionReply.replied_on)).where(
        SuggestionReply.suggestion_id == suggestion.id,
        SuggestionReply.round == suggestion.round,
        SuggestionReply.state == ReplyState.SIGNED,
    )
    return db.session.scalar(letters) or suggestion.replied_on


def feedback_due(suggestion_id: int) -> date | None:
    """Until when the slip is expected; None where the rules say nothing, or it came back."""
    return db.session.scalar(
        select(func.max(SuggestionClock.due_on)).where(
            SuggestionClock.suggestion_id == suggestion_id,
            SuggestionClock.kind == ClockKind.FEEDBACK,
            SuggestionClock.ended_on.is_(None),
        )
    )


def dissatisfied_rounds(slips: Sequence[FeedbackSlip], lead_mandate_id: int) -> int:
    """In how many rounds the leading proposer was not satisfied; twice asks for another way (law.md 1.5, Henan)."""
    return sum(
        slip.mandate_id == lead_mandate_id and slip.overall is Satisfaction.DISSATISFIED for slip in slips
    )


# --- what waits -----------------------------------------------------------------------------------------


def unreturned() -> ColumnElement[bool]:
    """SQL: answered, and the leading proposer's word is not there; concluding it does not make it returned."""
    return and_(
        Suggestion.replied_on.is_not(None),
        Suggestion.satisfaction.is_(None),
        Suggestion.state.in_((SuggestionState.REPLIED, *ENDED)),
    )


def select_awaiting(actor: Actor) -> Select[Any]:
    """Suggestions of a deputy whose reply is there and whose slip of this round is not: led or co-signed."""
    own = select(Mandate.id).where(Mandate.person_id == actor.person_id)
    signed = select(Cosigner.suggestion_id).where(
        Cosigner.mandate_id.in_(own), Cosigner.state == CosignState.CONFIRMED
    )
    given = exists().where(
        FeedbackSlip.suggestion_id == Suggestion.id,
        FeedbackSlip.round == Suggestion.round,
        FeedbackSlip.mandate_id.in_(own),
    )
    return select(Suggestion.id).where(
        or_(
            and_(Suggestion.state == SuggestionState.REPLIED, Suggestion.lead_mandate_id.in_(own)),
            and_(
                Suggestion.state.in_((SuggestionState.REPLIED, SuggestionState.RATED)),
                Suggestion.id.in_(signed),
            ),
        ),
        ~given,
    )


def list_awaiting(actor: Actor) -> list[tuple[Suggestion, date | None]]:
    """Those suggestions, the next due first, with the day the slip is expected."""
    due = (
        select(func.max(SuggestionClock.due_on))
        .where(
            SuggestionClock.suggestion_id == Suggestion.id,
            SuggestionClock.kind == ClockKind.FEEDBACK,
            SuggestionClock.ended_on.is_(None),
        )
        .correlate(Suggestion)
        .scalar_subquery()
    )
    wanted = (
        select(Suggestion, due)
        .where(Suggestion.id.in_(select_awaiting(actor)))
        .order_by(due.is_(None), due, Suggestion.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def select_to_decide(actor: Actor) -> Select[Any]:
    """Rated suggestions the office has to conclude, or to have handled again."""
    return select(Suggestion.id).where(
        Suggestion.state == SuggestionState.RATED, visible_suggestions(actor, SCREEN_SUGGESTIONS)
    )


def may_see_slip_files(actor: Actor, slip_id: int) -> bool:
    """Scans of a slip are seen by who sees the suggestion."""
    wanted = select(
        exists().where(
            FeedbackSlip.id == slip_id,
            FeedbackSlip.suggestion_id == Suggestion.id,
            visible_suggestions(actor),
        )
    )
    return bool(db.session.scalar(wanted))


attachments.register_subject(FILES, may_see_slip_files)


def get_visible_slip(actor: Actor, slip_id: int) -> FeedbackSlip:
    """One slip with its suggestion and proposer; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(FeedbackSlip)
        .join(Suggestion, Suggestion.id == FeedbackSlip.suggestion_id)
        .where(FeedbackSlip.id == slip_id, visible_suggestions(actor))
        .options(
            joinedload(FeedbackSlip.suggestion), joinedload(FeedbackSlip.mandate).joinedload(Mandate.person)
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found
