"""Reading deadlines and urging letters: who sees which, what is overdue and whose it is (4-05, 4-07)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import RoleGrant, User
from app.extensions import db
from app.groups.models import DeputyGroup
from app.kit.authorisation import Action, Actor, Role
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import HandlingUnit, Mandate, Person
from app.registry.queries import MISSING
from app.suggestions.clock_rules import SOON_DAYS
from app.suggestions.models import (
    Suggestion,
    SuggestionClock,
    SuggestionUnit,
    SupervisingBody,
    Supervision,
    Urge,
)
from app.suggestions.policy import ASSIGN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import visible_suggestions
from app.suggestions.states import GONE, ClockStanding, SuggestionState, SupervisorKind


def visible_clocks(actor: Actor, action: Action = VIEW_SUGGESTIONS) -> ColumnElement[bool]:
    """SQL: deadlines on the suggestions of the actor's areas; of a deputy those on their own, of a unit its own.

    The statement has joined the suggestion.
    """
    handed_in = Suggestion.state != SuggestionState.DRAFT
    seen = [and_(within(SuggestionClock.area_code, actor.areas(action)), handed_in)]
    if actor.owns(action):
        seen.append(and_(visible_suggestions(actor, action), handed_in))
    unit_id = actor.unit_for(action)
    if unit_id is not None:
        own = select(SuggestionUnit.id).where(
            SuggestionUnit.unit_id == unit_id, SuggestionUnit.state.not_in(GONE)
        )
        seen.append(SuggestionClock.suggestion_unit_id.in_(own))
    return or_(*seen)


def select_clocks(actor: Actor, action: Action = VIEW_SUGGESTIONS) -> Select[Any]:
    """Visible deadlines with their suggestion and unit."""
    return (
        select(SuggestionClock)
        .join(Suggestion, Suggestion.id == SuggestionClock.suggestion_id)
        .where(visible_clocks(actor, action))
        .options(
            joinedload(SuggestionClock.suggestion)
            .joinedload(Suggestion.lead_mandate)
            .joinedload(Mandate.person),
            joinedload(SuggestionClock.suggestion_unit).joinedload(SuggestionUnit.unit),
        )
    )


def get_visible_clock(actor: Actor, clock_id: int, action: Action = VIEW_SUGGESTIONS) -> SuggestionClock:
    """A deadline; NotFound outside the actor's scope."""
    found: SuggestionClock | None = db.session.scalar(
        select_clocks(actor, action).where(SuggestionClock.id == clock_id)
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def list_clocks_of(actor: Actor, suggestion_id: int) -> list[SuggestionClock]:
    """The deadlines of a suggestion the actor sees: running ones first, the next due first."""
    wanted = select_clocks(actor).where(SuggestionClock.suggestion_id == suggestion_id)
    ended = case((SuggestionClock.ended_on.is_(None), 0), else_=1)
    return list(db.session.scalars(wanted.order_by(ended, SuggestionClock.due_on, SuggestionClock.id)))


# --- where a deadline stands ----------------------------------------------------------------------------


def clock_stands(on: date) -> ColumnElement[str]:
    """SQL: where a running deadline stands on a day (as :func:`clock_rules.clock_standing`)."""
    due = SuggestionClock.due_on
    return case(
        (due < on, ClockStanding.OVERDUE.value),
        (due <= on + timedelta(days=SOON_DAYS), ClockStanding.SOON.value),
        else_=ClockStanding.RUNNING.value,
    )


def stands_in(values: Sequence[str], on: date) -> ColumnElement[bool]:
    """SQL: running deadlines that stand so, as ranges of days that an index serves."""
    due, soon = SuggestionClock.due_on, on + timedelta(days=SOON_DAYS)
    ranges = {
        ClockStanding.OVERDUE.value: due < on,
        ClockStanding.SOON.value: and_(due >= on, due <= soon),
        ClockStanding.RUNNING.value: due > soon,
    }
    return or_(*(ranges[value] for value in values if value in ranges))


def overdue(on: date) -> ColumnElement[bool]:
    """SQL: still running after the day it was due."""
    return and_(SuggestionClock.ended_on.is_(None), SuggestionClock.due_on < on)


# --- whose it is ------------------------------------------------------------------------------------------


def of_unit(names: Sequence[str]) -> ColumnElement[bool]:
    """SQL: deadlines these units must keep."""
    parts = (
        select(SuggestionUnit.id)
        .join(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .where(HandlingUnit.name.in_(names))
    )
    return SuggestionClock.suggestion_unit_id.in_(parts)


def supervisor_name() -> Any:
    """SQL: the name of who supervises: a person, a body or a group."""
    return func.coalesce(Person.name, SupervisingBody.name, DeputyGroup.name, "")


def with_supervisors(wanted: Select[Any], *, government: bool) -> Select[Any]:
    """Supervisions that have not ended, with who supervises: leaders of the government, or all others."""
    kind = Supervision.kind == SupervisorKind.GOVERNMENT
    return (
        wanted.outerjoin(Person, Person.id == Supervision.person_id)
        .outerjoin(SupervisingBody, SupervisingBody.id == Supervision.body_id)
        .outerjoin(DeputyGroup, DeputyGroup.id == Supervision.group_id)
        .where(kind if government else ~kind, Supervision.ended_on.is_(None))
    )


def supervised_by(names: Sequence[str], *, government: bool) -> ColumnElement[bool]:
    """SQL: on suggestions these supervise (or lead, for leaders of the government), alone or as a class."""

    def found(column: Any) -> Any:
        wanted = with_supervisors(select(column).select_from(Supervision), government=government)
        return wanted.where(supervisor_name().in_(names), column.is_not(None))

    return or_(
        Suggestion.id.in_(found(Supervision.suggestion_id)),
        Suggestion.class_id.in_(found(Supervision.class_id)),
    )


def count_by_standing(actor: Actor, on: date) -> dict[str, int]:
    """How many running deadlines the actor sees are overdue, due soon, further off."""
    stands = clock_stands(on)
    wanted = (
        select(stands, func.count())
        .select_from(SuggestionClock)
        .join(Suggestion, Suggestion.id == SuggestionClock.suggestion_id)
        .where(visible_clocks(actor), SuggestionClock.ended_on.is_(None))
        .group_by(stands)
    )
    found = {row[0]: row[1] for row in db.session.execute(wanted)}
    return {stand.value: found.get(stand.value, 0) for stand in ClockStanding}


# --- urging letters ---------------------------------------------------------------------------------------


def visible_urges(actor: Actor, action: Action = VIEW_SUGGESTIONS) -> ColumnElement[bool]:
    """SQL: urging letters on the suggestions of the actor's areas; to a unit those it was sent."""
    seen = [within(Suggestion.area_code, actor.areas(action))]
    if actor.owns(action):
        seen.append(visible_suggestions(actor, action))
    unit_id = actor.unit_for(action)
    if unit_id is not None:
        seen.append(Urge.unit_id == unit_id)
    return or_(*seen)


def get_visible_urge(actor: Actor, urge_id: int) -> Urge:
    """An urging letter; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(Urge)
        .join(Suggestion, Suggestion.id == Urge.suggestion_id)
        .where(Urge.id == urge_id, visible_urges(actor))
        .options(
            joinedload(Urge.suggestion).joinedload(Suggestion.lead_mandate).joinedload(Mandate.person),
            joinedload(Urge.clock),
            joinedload(Urge.unit),
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def list_urges_of(actor: Actor, suggestion_id: int) -> list[Urge]:
    """Urging letters on a suggestion, latest first."""
    wanted = (
        select(Urge)
        .join(Suggestion, Suggestion.id == Urge.suggestion_id)
        .where(Urge.suggestion_id == suggestion_id, visible_urges(actor))
        .options(joinedload(Urge.unit))
        .order_by(Urge.id.desc())
    )
    return list(db.session.scalars(wanted))


def list_urgeable(actor: Actor, clock_ids: Sequence[int]) -> list[SuggestionClock]:
    """Of these deadlines those of the actor's areas that still run, in order."""
    wanted = select_clocks(actor, ASSIGN_SUGGESTIONS).where(
        SuggestionClock.id.in_(clock_ids), SuggestionClock.ended_on.is_(None)
    )
    return list(db.session.scalars(wanted.order_by(SuggestionClock.due_on, SuggestionClock.id)))


def list_assigners(area_code: str) -> list[int]:
    """Users of the assigning office of an area: the nearest there is."""
    wanted = select(RoleGrant.area_code, RoleGrant.user_id).join(User, User.id == RoleGrant.user_id)
    rows = db.session.execute(
        wanted.where(
            RoleGrant.role == Role.ASSIGNMENT_OFFICE,
            RoleGrant.area_code.in_([area_code[:n] for n in (2, 4, 6, 9, 12) if n <= len(area_code)]),
            User.disabled_at.is_(None),
        )
    ).all()
    nearest = max((len(row.area_code) for row in rows), default=0)
    return sorted({row.user_id for row in rows if len(row.area_code) == nearest})


def list_chosen(statement: Select[Any], limit: int) -> list[int]:
    """Numbers of the deadlines a list shows under its filters (for "select all")."""
    wanted = statement.with_only_columns(SuggestionClock.id).order_by(SuggestionClock.id)
    return list(db.session.scalars(wanted.limit(limit)))
