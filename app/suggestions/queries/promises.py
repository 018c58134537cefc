"""Reading the promise ledger (承诺事项台账): what units promised, across years, and how far it has come."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit import attachments
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import HandlingUnit
from app.registry.queries import MISSING
from app.suggestions.models import Promise, PromiseProgress, Suggestion, SuggestionUnit
from app.suggestions.policy import FOLLOW_PROMISES, VIEW_SUGGESTIONS
from app.suggestions.promise_rules import PromiseFigures
from app.suggestions.queries import visible_suggestions
from app.suggestions.states import GONE, PromiseState

FILES = "promise_progress"


def visible_promises(actor: Actor, action: Action = VIEW_SUGGESTIONS) -> ColumnElement[bool]:
    """Promises of the actor's areas; a deputy's those made to them, a unit's its own."""
    seen = [within(Promise.area_code, actor.areas(action))]
    if actor.owns(action):
        own = select(Suggestion.id).where(visible_suggestions(actor, action))
        seen.append(Promise.suggestion_id.in_(own))
    unit_id = actor.unit_for(action)
    if unit_id is not None:
        seen.append(Promise.unit_id == unit_id)
    return or_(*seen)


def get_visible_promise(actor: Actor, promise_id: int, action: Action = VIEW_SUGGESTIONS) -> Promise:
    """The promise with its suggestion, unit and progress; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(Promise)
        .where(Promise.id == promise_id, visible_promises(actor, action))
        .options(joinedload(Promise.suggestion), joinedload(Promise.unit))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def overdue(today: Any) -> ColumnElement[bool]:
    """SQL: still open although its day has passed."""
    return and_(Promise.state == PromiseState.OPEN, Promise.due_on < today)


def list_promises_of(suggestion_id: int) -> list[Promise]:
    """What was promised in the replies to a suggestion."""
    wanted = select(Promise).where(Promise.suggestion_id == suggestion_id).options(joinedload(Promise.unit))
    return list(db.session.scalars(wanted.order_by(Promise.due_on, Promise.id)))


def count_overdue(actor: Actor, today: date) -> int:
    """Overdue promises the actor has to see to: staff of their area, a unit its own."""
    wanted = select(func.count(Promise.id)).where(visible_promises(actor, FOLLOW_PROMISES), overdue(today))
    return db.session.scalar(wanted) or 0


def promising_units(suggestion: Suggestion, unit_id: int | None) -> list[HandlingUnit]:
    """Units a promise can be written down for: those that handle it; for a unit's account only its own."""
    rows = [row for row in suggestion.units if row.state not in GONE]
    return [row.unit for row in rows if unit_id is None or row.unit_id == unit_id]


def part_of(promise: Promise) -> SuggestionUnit | None:
    """The unit's part in the suggestion the promise belongs to."""
    return db.session.scalar(
        select(SuggestionUnit).where(
            SuggestionUnit.suggestion_id == promise.suggestion_id, SuggestionUnit.unit_id == promise.unit_id
        )
    )


def may_see_proof(actor: Actor, progress_id: int) -> bool:
    """Proof is seen by who sees the promise."""
    wanted = select(
        exists().where(
            PromiseProgress.id == progress_id,
            PromiseProgress.promise_id == Promise.id,
            visible_promises(actor),
        )
    )
    return bool(db.session.scalar(wanted))


attachments.register_subject(FILES, may_see_proof)


def promise_figures(actor: Actor, today: date) -> PromiseFigures:
    """Where the promises the actor sees stand on a day."""
    late = overdue(today)
    counts = db.session.execute(
        select(
            func.count(Promise.id).filter(Promise.state == PromiseState.OPEN, ~late),
            func.count(Promise.id).filter(late),
            func.count(Promise.id).filter(Promise.state == PromiseState.KEPT),
            func.count(Promise.id).filter(Promise.state == PromiseState.NOT_POSSIBLE),
        ).where(visible_promises(actor))
    ).one()
    return PromiseFigures(*counts)
