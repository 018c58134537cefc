"""Reading what units ask for: the assigning office and staff their area's, a unit its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit.authorisation import Action, Actor
from app.kit.errors import NotFound
from app.registry.queries import MISSING
from app.suggestions.models import Suggestion, SuggestionUnit, UnitAsk
from app.suggestions.policy import ASSIGN_SUGGESTIONS
from app.suggestions.queries.handling import visible_parts
from app.suggestions.states import AskKind, AskState, HandlingState

# The only state in which a decision on each still means something: a recalled part needs none.
_DECIDABLE = or_(
    and_(UnitAsk.kind == AskKind.OBJECTION, SuggestionUnit.state == HandlingState.OBJECTED),
    and_(UnitAsk.kind == AskKind.EXTENSION, SuggestionUnit.state == HandlingState.SIGNED),
)


def waits() -> ColumnElement[bool]:
    """SQL: somebody must decide about it. Statements join :class:`SuggestionUnit`."""
    return and_(UnitAsk.state == AskState.ASKED, _DECIDABLE)


def get_visible_ask(actor: Actor, ask_id: int, action: Action = ASSIGN_SUGGESTIONS) -> UnitAsk:
    """What a unit asks for, with its part and suggestion; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(UnitAsk)
        .join(SuggestionUnit, SuggestionUnit.id == UnitAsk.suggestion_unit_id)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(UnitAsk.id == ask_id, visible_parts(actor, action))
        .options(joinedload(UnitAsk.suggestion_unit).joinedload(SuggestionUnit.suggestion))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def list_asks(part_ids: Sequence[int]) -> Sequence[UnitAsk]:
    """Everything these units asked for, the latest first."""
    wanted = select(UnitAsk).where(UnitAsk.suggestion_unit_id.in_(part_ids))
    wanted = wanted.options(joinedload(UnitAsk.suggestion_unit).joinedload(SuggestionUnit.unit))
    return db.session.scalars(wanted.order_by(UnitAsk.id.desc())).all()


def list_waiting(suggestion_id: int) -> Sequence[UnitAsk]:
    """What somebody must decide about in a suggestion."""
    wanted = select(UnitAsk).join(SuggestionUnit, SuggestionUnit.id == UnitAsk.suggestion_unit_id)
    wanted = wanted.where(SuggestionUnit.suggestion_id == suggestion_id, waits())
    return db.session.scalars(wanted.order_by(UnitAsk.id.desc())).all()


def waiting_ask(part: SuggestionUnit, kind: AskKind) -> UnitAsk | None:
    """The unit's ask of a kind nobody has decided about."""
    return db.session.scalar(
        select(UnitAsk)
        .where(UnitAsk.suggestion_unit_id == part.id, UnitAsk.kind == kind, UnitAsk.state == AskState.ASKED)
        .order_by(UnitAsk.id.desc())
        .limit(1)
    )


def count_waiting_asks(actor: Actor) -> int:
    """How many asks wait for the actor's decision."""
    wanted = (
        select(func.count(UnitAsk.id))
        .join(SuggestionUnit, SuggestionUnit.id == UnitAsk.suggestion_unit_id)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(visible_parts(actor, ASSIGN_SUGGESTIONS), waits())
    )
    return db.session.scalar(wanted) or 0
