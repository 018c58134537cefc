"""Reading the log of steps: everything that was done with a suggestion (4-21)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit.authorisation import Actor
from app.suggestions.models import Suggestion, SuggestionStep
from app.suggestions.policy import VIEW_SUGGESTIONS
from app.suggestions.states import Step

# What a unit prepares before it speaks; the proposer hears the reply when it is signed.
INSIDE_THE_UNIT = (Step.DRAFT_REPLY, Step.PLAN, Step.NOTE)


def list_steps(suggestion_id: int, without: Collection[Step] = ()) -> Sequence[SuggestionStep]:
    """The steps of a suggestion in the order they were taken."""
    wanted = select(SuggestionStep).where(SuggestionStep.suggestion_id == suggestion_id)
    if without:
        wanted = wanted.where(SuggestionStep.step.not_in(without))
    ordered = wanted.options(joinedload(SuggestionStep.unit)).order_by(SuggestionStep.id)
    return db.session.scalars(ordered).all()


def seen_steps(actor: Actor, suggestion: Suggestion) -> Sequence[SuggestionStep]:
    """The steps a reader sees: offices and units all of them, a proposer not what a unit prepares."""
    office = actor.may_in(VIEW_SUGGESTIONS, suggestion.area_code)
    unit = actor.unit_for(VIEW_SUGGESTIONS) is not None
    return list_steps(suggestion.id, () if office or unit else INSIDE_THE_UNIT)
