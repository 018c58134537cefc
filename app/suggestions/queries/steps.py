"""Reading the log of steps: everything that was done with a suggestion (4-21)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit.authorisation import Actor
from app.suggestions.models import Suggestion, SuggestionStep
from app.suggestions.policy import VIEW_SUGGESTIONS
from app.suggestions.states import Step

# What a unit prepares before it speaks; the proposer hears the reply when it is signed.
INSIDE_THE_UNIT = (Step.DRAFT_REPLY, Step.PLAN, Step.NOTE)
# What a unit asks the office for, with its reasons; of an extension the proposer is told when it is granted.
BETWEEN_UNIT_AND_OFFICE = (Step.OBJECT, Step.REFUSE, Step.ASK_EXTENSION, Step.REFUSE_EXTENSION)


def list_steps(
    suggestion_id: int, without: Collection[Step] = (), *, but_of_unit: int | None = None
) -> Sequence[SuggestionStep]:
    """The steps of a suggestion in the order they were taken; of those left out, one unit's own stay."""
    wanted = select(SuggestionStep).where(SuggestionStep.suggestion_id == suggestion_id)
    if without:
        seen = SuggestionStep.step.not_in(without)
        wanted = wanted.where(
            seen if but_of_unit is None else or_(seen, SuggestionStep.unit_id == but_of_unit)
        )
    ordered = wanted.options(joinedload(SuggestionStep.unit)).order_by(SuggestionStep.id)
    return db.session.scalars(ordered).all()


def seen_steps(actor: Actor, suggestion: Suggestion) -> Sequence[SuggestionStep]:
    """The steps a reader sees: offices all of them, a unit what it prepares itself, a proposer only what concerns
    them: neither what units prepare nor what they ask the office for."""
    if actor.may_in(VIEW_SUGGESTIONS, suggestion.area_code):
        return list_steps(suggestion.id)
    unit_id = actor.unit_for(VIEW_SUGGESTIONS)
    if unit_id is not None:
        return list_steps(suggestion.id, INSIDE_THE_UNIT, but_of_unit=unit_id)
    return list_steps(suggestion.id, (*INSIDE_THE_UNIT, *BETWEEN_UNIT_AND_OFFICE))
