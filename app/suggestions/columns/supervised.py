"""SQL of what a supervision is about: a suggestion, or a class of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.registry.models import HandlingUnit
from app.suggestions.models import Suggestion, SuggestionClass, SuggestionUnit, Supervision
from app.suggestions.queries import problem_solved
from app.suggestions.states import GONE, UnitPart

SUBJECT_TITLE = func.coalesce(Suggestion.title, SuggestionClass.title, "")
SUBJECT_NUMBER = func.coalesce(Suggestion.number, SuggestionClass.number, "")
_Member = aliased(Suggestion, name="member")


def unit_names() -> Any:
    """Names of the units that lead in handling what is supervised, each once."""
    of_class = select(_Member.id).where(_Member.class_id == Supervision.class_id)
    units = select(SuggestionUnit.unit_id).where(
        or_(
            SuggestionUnit.suggestion_id == Supervision.suggestion_id,
            SuggestionUnit.suggestion_id.in_(of_class.correlate(Supervision)),
        ),
        SuggestionUnit.part == UnitPart.LEAD,
        SuggestionUnit.state.not_in(GONE),
    )
    names = select(func.aggregate_strings(HandlingUnit.name, "、"))
    return names.where(HandlingUnit.id.in_(units.correlate(Supervision))).scalar_subquery()


def subject_solved() -> ColumnElement[bool]:
    """The problem is solved: of the suggestion, or of every one of the class."""
    of_class = exists().where(_Member.class_id == Supervision.class_id)
    unsolved = exists().where(and_(_Member.class_id == Supervision.class_id, ~problem_solved(_Member)))
    own = select(problem_solved(_Member)).where(_Member.id == Supervision.suggestion_id)
    found: ColumnElement[bool] = case(
        (Supervision.suggestion_id.is_not(None), own.correlate(Supervision).scalar_subquery()),
        else_=and_(of_class, ~unsolved),
    )
    return found
