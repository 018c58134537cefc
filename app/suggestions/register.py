"""The paper register: rows that came by form or workbook are where their columns say they are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update

from app.extensions import db
from app.kit.database import chunks
from app.kit.intake.follow_ups import register_follow_up
from app.suggestions.clocks.register_rows import keep_register_clocks
from app.suggestions.models import Suggestion, SuggestionStep, SuggestionUnit
from app.suggestions.postings import SOURCE
from app.suggestions.states import HandlingState, Satisfaction, SuggestionState


def has_steps(suggestion_id: int) -> bool:
    """Whether its life has begun in the system: its columns then follow from the steps, not the other way."""
    return bool(db.session.scalar(select(exists().where(SuggestionStep.suggestion_id == suggestion_id))))


def state_of_columns() -> ColumnElement[str]:
    """SQL: where a row of the register stands, by its days and the deputy's word."""
    content = Suggestion.satisfaction.in_((Satisfaction.SATISFIED, Satisfaction.BASICALLY))
    return case(
        (and_(Suggestion.replied_on.is_not(None), content), SuggestionState.CONCLUDED.value),
        (
            and_(Suggestion.replied_on.is_not(None), Suggestion.satisfaction.is_not(None)),
            SuggestionState.RATED.value,
        ),
        (Suggestion.replied_on.is_not(None), SuggestionState.REPLIED.value),
        (Suggestion.assigned_on.is_not(None), SuggestionState.ASSIGNED.value),
        else_=SuggestionState.ACCEPTED.value,
    )


def settle(ids: Sequence[int]) -> None:
    """Puts rows of the register, and the units' parts in them, where their columns say."""
    without_life = ~exists().where(SuggestionStep.suggestion_id == Suggestion.id)
    counted = or_(Suggestion.number.is_not(None), Suggestion.state == SuggestionState.ACCEPTED)
    replied = select(Suggestion.id).where(Suggestion.replied_on.is_not(None))
    assigned = select(Suggestion.id).where(Suggestion.assigned_on.is_not(None))
    for some in chunks(ids):
        moved = update(Suggestion).where(Suggestion.id.in_(some), without_life, counted)
        # The trail has what a person entered; where it stands follows from that.
        db.session.execute(
            moved.values(state=state_of_columns(), updated_at=Suggestion.updated_at),
            execution_options={"synchronize_session": "fetch"},
        )
        lives = select(SuggestionStep.suggestion_id).where(SuggestionStep.suggestion_id.in_(some))
        db.session.execute(
            update(SuggestionUnit)
            .where(SuggestionUnit.suggestion_id.in_(some), SuggestionUnit.suggestion_id.not_in(lives))
            .values(
                state=case(
                    (SuggestionUnit.suggestion_id.in_(replied), HandlingState.ANSWERED.value),
                    (SuggestionUnit.suggestion_id.in_(assigned), HandlingState.SIGNED.value),
                    else_=HandlingState.PRE_ASSIGNED.value,
                ),
                updated_at=SuggestionUnit.updated_at,
            ),
            execution_options={"synchronize_session": "fetch"},
        )
    keep_register_clocks(ids)


register_follow_up(SOURCE, settle)
