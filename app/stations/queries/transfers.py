"""Reading slips: staff see those of their area, a handling unit its own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.extensions import db
from app.kit import attachments
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import HandlingUnit
from app.registry.queries import MISSING
from app.registry.units import OFFICE_DIGITS
from app.stations.models import Opinion, OpinionTransfer
from app.stations.policy import EDIT_OPINIONS, HANDLE_TRANSFERS, VIEW_TRANSFERS
from app.stations.queries import visible_opinions
from app.stations.queries.opinions import IN_HAND
from app.stations.states import TransferState


def visible_transfers(actor: Actor, action: Action = VIEW_TRANSFERS) -> ColumnElement[bool]:
    """Slips of the actor's areas; for a handling unit those made out to it, without what was taken back."""
    scope = within(OpinionTransfer.area_code, actor.areas(action))
    unit_id = actor.unit_for(action)
    if unit_id is None:
        return scope
    own = and_(OpinionTransfer.unit_id == unit_id, OpinionTransfer.state != TransferState.WITHDRAWN)
    return or_(scope, own)


def get_visible_transfer(actor: Actor, transfer_id: int, action: Action = VIEW_TRANSFERS) -> OpinionTransfer:
    """The slip with its opinion and unit; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(OpinionTransfer)
        .where(OpinionTransfer.id == transfer_id, visible_transfers(actor, action))
        .options(
            joinedload(OpinionTransfer.opinion).joinedload(Opinion.station), joinedload(OpinionTransfer.unit)
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def may_handle(actor: Actor, transfer: OpinionTransfer) -> bool:
    """Staff of the area write down what came on paper; the unit does it itself."""
    if actor.may_in(EDIT_OPINIONS, transfer.area_code):
        return True
    return actor.unit_for(HANDLE_TRANSFERS) == transfer.unit_id


def may_see_files(actor: Actor, transfer_id: int) -> bool:
    """Files of an answer are seen by who sees the slip."""
    wanted = select(exists().where(OpinionTransfer.id == transfer_id, visible_transfers(actor)))
    return bool(db.session.scalar(wanted))


def may_see_photographs(actor: Actor, opinion_id: int) -> bool:
    """Photographs of an opinion are seen by who sees it, and by the unit it was handed to."""
    handed = select(OpinionTransfer.opinion_id).where(visible_transfers(actor))
    seen = or_(visible_opinions(actor), Opinion.id.in_(handed))
    return bool(db.session.scalar(select(exists().where(Opinion.id == opinion_id, seen))))


attachments.register_subject("opinion_transfer", may_see_files)
attachments.register_subject("opinion", may_see_photographs)


def overdue(today: date) -> ColumnElement[bool]:
    """SQL: not answered although the due day is over."""
    return and_(OpinionTransfer.state.in_(IN_HAND), OpinionTransfer.due_on < today)


def count_transfers(actor: Actor, today: date) -> tuple[int, int, int]:
    """(to be signed for, being handled, overdue) of the slips the actor handles."""
    counts = db.session.execute(
        select(
            func.count(OpinionTransfer.id).filter(OpinionTransfer.state == TransferState.SENT),
            func.count(OpinionTransfer.id).filter(OpinionTransfer.state == TransferState.SIGNED),
            func.count(OpinionTransfer.id).filter(overdue(today)),
        ).where(visible_transfers(actor, HANDLE_TRANSFERS))
    ).one()
    return counts[0], counts[1], counts[2]


def list_units_for(area_code: str) -> list[HandlingUnit]:
    """Units an opinion of this area can be handed to: those of its office, and of the township itself."""
    codes = {area_code, area_code[:OFFICE_DIGITS]}
    wanted = select(HandlingUnit).where(HandlingUnit.area_code.in_(codes), HandlingUnit.closed_on.is_(None))
    return list(db.session.scalars(wanted.order_by(HandlingUnit.name).limit(500)))


def users_of_unit(unit_id: int) -> list[int]:
    """Open accounts of a unit."""
    wanted = select(User.id).where(User.unit_id == unit_id, User.disabled_at.is_(None))
    return list(db.session.scalars(wanted))
