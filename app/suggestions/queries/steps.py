"""Reading the log of steps: everything that was done with a suggestion (4-21)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
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


def list_steps(suggestion_id: int) -> Sequence[SuggestionStep]:
    """The steps of a suggestion in the order they were taken."""
    wanted = select(SuggestionStep).where(SuggestionStep.suggestion_id == suggestion_id)
    ordered = wanted.options(joinedload(SuggestionStep.unit)).order_by(SuggestionStep.id)
    return db.session.scalars(ordered).all()


def seen_steps(actor: Actor, suggestion: Suggestion) -> Sequence[SuggestionStep]:
    """The steps a reader sees: offices all of them; nobody else what a unit prepares, but for the unit itself.

    Proposers do not read what units ask the office for either.
    """
    steps = list_steps(suggestion.id)
    if actor.may_in(VIEW_SUGGESTIONS, suggestion.area_code):
        return steps
    unit_id = actor.unit_for(VIEW_SUGGESTIONS)
    hidden = INSIDE_THE_UNIT if unit_id is not None else (*INSIDE_THE_UNIT, *BETWEEN_UNIT_AND_OFFICE)
    own = {part.id for part in suggestion.units if unit_id is not None and part.unit_id == unit_id}
    return [step for step in steps if step.step not in hidden or step.suggestion_unit_id in own]
