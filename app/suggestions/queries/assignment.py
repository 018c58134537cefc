"""Handing over: what waits for it, to which units it may go, who was not contacted in session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, select

from app.extensions import db
from app.kit.authorisation import Actor
from app.registry.models import HandlingUnit
from app.stations.queries.transfers import list_units_for
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit
from app.suggestions.policy import ASSIGN_SUGGESTIONS
from app.suggestions.queries import counted, visible_suggestions
from app.suggestions.states import GONE, ClockKind, HandlingState, SuggestionState, UnitPart


def to_assign(actor: Actor) -> ColumnElement[bool]:
    """SQL: accepted, in the actor's area, and not yet handed to a unit (4-20)."""
    return and_(visible_suggestions(actor, ASSIGN_SUGGESTIONS), Suggestion.state == SuggestionState.ACCEPTED)


def count_to_assign(actor: Actor) -> int:
    """How many wait to be handed over."""
    return db.session.scalar(select(func.count(Suggestion.id)).where(to_assign(actor))) or 0


def count_late_to_assign(actor: Actor, today: date) -> int:
    """How many of these wait longer than the office's rules allow."""
    late = exists().where(
        SuggestionClock.suggestion_id == Suggestion.id,
        SuggestionClock.kind == ClockKind.ASSIGN,
        SuggestionClock.ended_on.is_(None),
        SuggestionClock.due_on < today,
    )
    return db.session.scalar(select(func.count(Suggestion.id)).where(to_assign(actor), late)) or 0


def list_to_assign(actor: Actor, ids: Sequence[int]) -> list[Suggestion]:
    """Those of the chosen ones that wait to be handed over, with what a form shows of them."""
    wanted = select(Suggestion).where(Suggestion.id.in_(ids), to_assign(actor))
    return list(db.session.scalars(wanted.order_by(Suggestion.number, Suggestion.id)))


def unit_choices(area_codes: Sequence[str]) -> list[HandlingUnit]:
    """Open units every one of these areas may use."""
    offered = [list_units_for(code) for code in dict.fromkeys(area_codes)]
    if not offered:
        return []
    common = set.intersection(*({unit.id for unit in units} for units in offered))
    return [unit for unit in offered[0] if unit.id in common]


def pre_assigned() -> ColumnElement[bool]:
    """SQL: handed over in advance during a session (4-19), and neither taken back since nor never a suggestion."""
    return and_(SuggestionUnit.pre_assigned_at.is_not(None), SuggestionUnit.state.not_in(GONE), counted())


def without_contact() -> ColumnElement[bool]:
    """SQL: the unit has not spoken with the deputy yet."""
    return SuggestionUnit.first_contact_on.is_(None)


def count_without_contact(actor: Actor) -> int:
    """Lead units with a pre-assigned suggestion that have not contacted its proposer (4-19)."""
    wanted = (
        select(func.count(SuggestionUnit.id))
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(
            visible_suggestions(actor, ASSIGN_SUGGESTIONS),
            pre_assigned(),
            without_contact(),
            SuggestionUnit.part == UnitPart.LEAD,
            SuggestionUnit.state != HandlingState.ANSWERED,
            Suggestion.state.in_((SuggestionState.ACCEPTED, SuggestionState.ASSIGNED)),
        )
    )
    return db.session.scalar(wanted) or 0
