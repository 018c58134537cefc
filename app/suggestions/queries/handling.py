"""Reading what is in the hands of units: staff see their area's, a unit its own and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import HandlingUnit, Mandate
from app.registry.queries import MISSING
from app.suggestions.models import (
    MonthItem,
    Suggestion,
    SuggestionClock,
    SuggestionContact,
    SuggestionReply,
    SuggestionUnit,
)
from app.suggestions.policy import HANDLE_SUGGESTIONS, SIGN_REPLIES
from app.suggestions.states import (
    GONE,
    IN_HAND,
    ClockKind,
    CosignState,
    HandlingState,
    ReplyState,
    SuggestionState,
    UnitPart,
)

# Deadlines by which a unit must have done something; the one for objecting it may let go by.
DUTIES = (ClockKind.CONTACT, ClockKind.CO_OPINION, ClockKind.REPLY, ClockKind.REHANDLE)
REPLY_CLOCKS = (ClockKind.REPLY, ClockKind.REHANDLE)


def visible_parts(actor: Actor, action: Action = HANDLE_SUGGESTIONS) -> ColumnElement[bool]:
    """Parts of units in the actor's areas; for a unit its own, unless it gave them back or they were taken back.

    Statements join :class:`Suggestion`.
    """
    seen = [
        and_(within(Suggestion.area_code, actor.areas(action)), Suggestion.state != SuggestionState.DRAFT)
    ]
    unit_id = actor.unit_for(action)
    if unit_id is not None:
        seen.append(and_(SuggestionUnit.unit_id == unit_id, SuggestionUnit.state.not_in(GONE)))
    return or_(*seen)


def get_visible_part(actor: Actor, part_id: int, action: Action = HANDLE_SUGGESTIONS) -> SuggestionUnit:
    """The unit's part with its suggestion; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(SuggestionUnit)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(SuggestionUnit.id == part_id, visible_parts(actor, action))
        .options(
            joinedload(SuggestionUnit.unit),
            joinedload(SuggestionUnit.suggestion)
            .joinedload(Suggestion.lead_mandate)
            .joinedload(Mandate.person),
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def may_handle(actor: Actor, part: SuggestionUnit) -> bool:
    """The unit itself, or staff who write down what came on paper."""
    if actor.may_in(HANDLE_SUGGESTIONS, part.suggestion.area_code):
        return True
    return actor.unit_for(HANDLE_SUGGESTIONS) == part.unit_id


def may_sign(actor: Actor, part: SuggestionUnit) -> bool:
    """The head of the unit, or staff; never the clerk (law.md 1.5)."""
    if actor.may_in(SIGN_REPLIES, part.suggestion.area_code):
        return True
    return actor.unit_for(SIGN_REPLIES) == part.unit_id


# --- days -------------------------------------------------------------------------------------------------


def due_on() -> ColumnElement[Any]:
    """SQL: the next day by which the unit must do something; none once it has answered or has it no more.

    Rows of the paper register have no clock of the unit: their reply is due on the suggestion's own day.
    """
    running = (
        select(func.min(SuggestionClock.due_on))
        .where(
            SuggestionClock.suggestion_unit_id == SuggestionUnit.id,
            SuggestionClock.ended_on.is_(None),
            SuggestionClock.kind.in_(DUTIES),
        )
        .correlate(SuggestionUnit)
        .scalar_subquery()
    )
    leads = case((SuggestionUnit.part == UnitPart.LEAD, Suggestion.due_on))
    return case((SuggestionUnit.state.in_(IN_HAND), func.coalesce(running, leads)))


def overdue(today: date) -> ColumnElement[bool]:
    """SQL: something the unit had to do is late. Statements join :class:`Suggestion`."""
    return func.coalesce(due_on() < today, False)


def unplanned() -> ColumnElement[bool]:
    """SQL: being handled, and nobody has said what is done in which month (4-22)."""
    planned = exists().where(MonthItem.suggestion_unit_id == SuggestionUnit.id)
    return and_(SuggestionUnit.state == HandlingState.SIGNED, ~planned)


def uncontacted() -> ColumnElement[bool]:
    """SQL: in hand, and the unit has not spoken with the proposer yet (4-19)."""
    return and_(SuggestionUnit.state.in_(IN_HAND), SuggestionUnit.first_contact_on.is_(None))


def clocks_of(part: SuggestionUnit) -> Sequence[SuggestionClock]:
    """Deadlines of this unit's part, running ones first."""
    wanted = select(SuggestionClock).where(
        SuggestionClock.suggestion_id == part.suggestion_id,
        or_(
            SuggestionClock.suggestion_unit_id == part.id,
            and_(
                SuggestionClock.suggestion_unit_id.is_(None),
                SuggestionClock.kind.in_(REPLY_CLOCKS if part.part is UnitPart.LEAD else ()),
            ),
        ),
    )
    ordered = wanted.order_by(SuggestionClock.ended_on.is_not(None), SuggestionClock.due_on)
    return db.session.scalars(ordered).all()


def running_clock(part: SuggestionUnit, *kinds: ClockKind) -> SuggestionClock | None:
    """The running deadline of one of these kinds."""
    return next((one for one in clocks_of(part) if one.kind in kinds and one.ended_on is None), None)


# --- counts -----------------------------------------------------------------------------------------------


def select_parts(actor: Actor) -> Select[Any]:
    """Numbers of the parts the actor handles."""
    return (
        select(SuggestionUnit.id)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(visible_parts(actor))
    )


def count_handling(actor: Actor, today: date) -> dict[str, int]:
    """What waits for a unit: to sign for, to speak with the proposer, overdue, being handled, letters to sign."""
    counts = db.session.execute(
        select(
            func.count(SuggestionUnit.id).filter(SuggestionUnit.state == HandlingState.SENT).label("sent"),
            func.count(SuggestionUnit.id)
            .filter(SuggestionUnit.state == HandlingState.SIGNED)
            .label("signed"),
            func.count(SuggestionUnit.id).filter(uncontacted()).label("uncontacted"),
            func.count(SuggestionUnit.id).filter(overdue(today)).label("overdue"),
        )
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(visible_parts(actor))
    ).one()
    found = dict(counts._mapping)
    letters = select(func.count()).select_from(select_drafts(actor).subquery())
    found["letters"] = (db.session.scalar(letters) or 0) if actor.unit_for(SIGN_REPLIES) else 0
    return found


def has_draft() -> ColumnElement[bool]:
    """SQL: a reply letter of a unit that leads is drafted and waits for the head's signature."""
    drafted = exists().where(
        SuggestionReply.suggestion_unit_id == SuggestionUnit.id, SuggestionReply.state == ReplyState.DRAFT
    )
    return and_(SuggestionUnit.part == UnitPart.LEAD, drafted)


def select_drafts(actor: Actor) -> Select[Any]:
    """Parts of the head's unit whose letter waits for a signature."""
    return select_parts(actor).where(has_draft(), SuggestionUnit.unit_id == actor.unit_for(SIGN_REPLIES))


# --- around a part ----------------------------------------------------------------------------------------


def list_contacts(suggestion_id: int) -> Sequence[SuggestionContact]:
    """Talks with the proposers, the latest first (4-08)."""
    wanted = select(SuggestionContact).where(SuggestionContact.suggestion_id == suggestion_id)
    wanted = wanted.options(
        joinedload(SuggestionContact.suggestion_unit).joinedload(SuggestionUnit.unit),
        joinedload(SuggestionContact.mandate).joinedload(Mandate.person),
    )
    return db.session.scalars(wanted.order_by(SuggestionContact.on.desc(), SuggestionContact.id.desc())).all()


def list_month_items(part_id: int) -> Sequence[MonthItem]:
    """The part's plan, month by month."""
    wanted = select(MonthItem).where(MonthItem.suggestion_unit_id == part_id)
    return db.session.scalars(wanted.order_by(MonthItem.month, MonthItem.id)).all()


def get_visible_item(actor: Actor, item_id: int) -> MonthItem:
    """An item of a plan whose part the actor handles."""
    found = db.session.scalar(
        select(MonthItem)
        .join(SuggestionUnit, SuggestionUnit.id == MonthItem.suggestion_unit_id)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(MonthItem.id == item_id, visible_parts(actor))
        .options(joinedload(MonthItem.suggestion_unit).joinedload(SuggestionUnit.suggestion))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def proposers(suggestion: Suggestion) -> list[Mandate]:
    """Who made it: the leading one first, then those who signed with them."""
    signed = [row.mandate for row in suggestion.cosigners if row.state is CosignState.CONFIRMED]
    return [suggestion.lead_mandate, *sorted(signed, key=lambda mandate: mandate.person.pinyin)]


def list_handlers(actor: Actor) -> list[str]:
    """People of the unit who handle suggestions, for the form."""
    parts = (
        select(SuggestionUnit.handler)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(visible_parts(actor), SuggestionUnit.handler != "")
    )
    return list(db.session.scalars(parts.distinct().order_by(SuggestionUnit.handler).limit(200)))


def list_months(actor: Actor, year: int, unit_id: int | None = None) -> Sequence[Any]:
    """(handler, month, items, done) of a year's plans: split to persons and months (4-22)."""
    wanted = (
        select(
            MonthItem.handler,
            MonthItem.month,
            func.count(MonthItem.id).label("items"),
            func.count(MonthItem.done_on).label("done"),
        )
        .join(SuggestionUnit, SuggestionUnit.id == MonthItem.suggestion_unit_id)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(visible_parts(actor), MonthItem.month.between(date(year, 1, 1), date(year, 12, 31)))
    )
    if unit_id is not None:
        wanted = wanted.where(SuggestionUnit.unit_id == unit_id)
    grouped = wanted.group_by(MonthItem.handler, MonthItem.month)
    return db.session.execute(grouped.order_by(MonthItem.handler, MonthItem.month)).all()


def list_planning_units(actor: Actor) -> list[tuple[int, str]]:
    """Units with plans the actor sees."""
    wanted = (
        select(HandlingUnit.id, HandlingUnit.name)
        .join(SuggestionUnit, SuggestionUnit.unit_id == HandlingUnit.id)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .join(MonthItem, MonthItem.suggestion_unit_id == SuggestionUnit.id)
        .where(visible_parts(actor))
    )
    return [(row[0], row[1]) for row in db.session.execute(wanted.distinct().order_by(HandlingUnit.name))]
