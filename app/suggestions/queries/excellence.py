"""Excellent suggestions of a year, and which might become one (2-30, 4-18)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import Mandate
from app.registry.queries import MISSING
from app.suggestions.models import (
    Cosigner,
    ExcellentSuggestion,
    Suggestion,
    SuggestionReply,
    SuggestionUnit,
    Supervision,
    SupervisionVisit,
)
from app.suggestions.policy import SELECT_EXCELLENT, VIEW_SUGGESTION_FIGURES
from app.suggestions.queries import counted
from app.suggestions.states import ENDED, ReplyState, Satisfaction


def visible_excellent(actor: Actor, action: Action = VIEW_SUGGESTION_FIGURES) -> ColumnElement[bool]:
    """Selections of the actor's areas; the statement must have joined the suggestion."""
    return and_(within(Suggestion.area_code, actor.areas(action)), counted())


def get_visible_excellent(
    actor: Actor, excellent_id: int, action: Action = VIEW_SUGGESTION_FIGURES
) -> ExcellentSuggestion:
    """A selection with its suggestion; NotFound outside the actor's areas."""
    found = db.session.scalar(
        select(ExcellentSuggestion)
        .join(Suggestion, Suggestion.id == ExcellentSuggestion.suggestion_id)
        .where(ExcellentSuggestion.id == excellent_id, visible_excellent(actor, action))
        .options(joinedload(ExcellentSuggestion.suggestion))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def list_excellent_of(suggestion_id: int) -> list[ExcellentSuggestion]:
    """For what a suggestion was selected."""
    wanted = select(ExcellentSuggestion).where(ExcellentSuggestion.suggestion_id == suggestion_id)
    return list(db.session.scalars(wanted.order_by(ExcellentSuggestion.year, ExcellentSuggestion.id)))


def list_for_booklet(actor: Actor, area_code: str, year: int) -> list[ExcellentSuggestion]:
    """Selections of a year for the booklet, with all it prints; what is confidential is left out."""
    wanted = (
        select(ExcellentSuggestion)
        .join(Suggestion, Suggestion.id == ExcellentSuggestion.suggestion_id)
        .where(
            visible_excellent(actor),
            within(Suggestion.area_code, [area_code]),
            ExcellentSuggestion.year == year,
            ~Suggestion.confidential,
        )
        .options(_whole())
        .order_by(ExcellentSuggestion.kind, Suggestion.raised_on, Suggestion.id)
    )
    return list(db.session.scalars(wanted))


def _whole() -> Any:
    suggestion = joinedload(ExcellentSuggestion.suggestion)
    return suggestion.options(
        joinedload(Suggestion.lead_mandate).joinedload(Mandate.person),
        selectinload(Suggestion.cosigners).joinedload(Cosigner.mandate).joinedload(Mandate.person),
        selectinload(Suggestion.units).joinedload(SuggestionUnit.unit),
    )


def replies_of(suggestion_ids: Sequence[int]) -> dict[int, list[SuggestionReply]]:
    """Signed letters by suggestion, in the order of the rounds."""
    wanted = (
        select(SuggestionReply)
        .where(SuggestionReply.suggestion_id.in_(suggestion_ids), SuggestionReply.state == ReplyState.SIGNED)
        .options(joinedload(SuggestionReply.unit))
        .order_by(SuggestionReply.round, SuggestionReply.id)
    )
    found: dict[int, list[SuggestionReply]] = {}
    for row in db.session.scalars(wanted):
        found.setdefault(row.suggestion_id, []).append(row)
    return found


def could_be_excellent(actor: Actor) -> ColumnElement[bool]:
    """SQL: ended in the actor's areas, and the deputy was not dissatisfied."""
    return and_(
        Suggestion.state.in_(ENDED),
        within(Suggestion.area_code, actor.areas(SELECT_EXCELLENT)),
        or_(Suggestion.satisfaction.is_(None), Suggestion.satisfaction != Satisfaction.DISSATISFIED),
    )


def is_selected() -> ColumnElement[bool]:
    """SQL: selected in some year."""
    return exists().where(ExcellentSuggestion.suggestion_id == Suggestion.id)


def visits_on_site() -> Any:
    """SQL: how often somebody supervised its handling, itself or its class, on site."""
    return (
        select(func.count(SupervisionVisit.id))
        .join(Supervision, Supervision.id == SupervisionVisit.supervision_id)
        .where(
            or_(
                Supervision.suggestion_id == Suggestion.id,
                and_(Supervision.class_id.is_not(None), Supervision.class_id == Suggestion.class_id),
            )
        )
        .correlate(Suggestion)
        .scalar_subquery()
    )


def list_candidates(actor: Actor, ids: Sequence[int]) -> list[Suggestion]:
    """Those of the chosen that may be selected."""
    wanted = select(Suggestion).where(could_be_excellent(actor), Suggestion.id.in_(ids[:200]))
    return list(db.session.scalars(wanted.order_by(Suggestion.id)))
