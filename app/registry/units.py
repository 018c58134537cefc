"""Handling units (承办单位): an office knows its own; a township uses its county's."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import HandlingUnit
from app.registry.policy import VIEW_UNITS
from app.registry.queries import MISSING

OFFICE_DIGITS = 6


def visible_units(actor: Actor, action: Action = VIEW_UNITS) -> ColumnElement[bool]:
    """Units known to the offices of the actor's areas; a township uses its county's units."""
    areas = actor.areas(action)
    offices = [prefix[:OFFICE_DIGITS] for prefix in areas if len(prefix) > OFFICE_DIGITS]
    return or_(within(HandlingUnit.area_code, areas), HandlingUnit.area_code.in_(offices))


def get_visible_unit(actor: Actor, unit_id: int) -> HandlingUnit:
    """The unit; NotFound where it does not exist or belongs to another office."""
    found = db.session.scalar(select(HandlingUnit).where(HandlingUnit.id == unit_id, visible_units(actor)))
    if found is None:
        raise NotFound(MISSING)
    return found


def find_unit(office_code: str, name: str) -> HandlingUnit | None:
    """The office's unit of this name."""
    return db.session.scalar(select(HandlingUnit).filter_by(area_code=office_code, name=name))


def list_unit_names(actor: Actor) -> list[str]:
    """Names of the units that still exist, for the form."""
    wanted = select(HandlingUnit.name).where(visible_units(actor), HandlingUnit.closed_on.is_(None))
    return list(db.session.scalars(wanted.order_by(HandlingUnit.name).distinct().limit(500)))


def unit_named(office_code: str, name: str) -> HandlingUnit:
    """The office's unit of this name, made where the name is new."""
    found = find_unit(office_code, name)
    if found is not None:
        return found
    try:
        with db.session.begin_nested():
            unit = HandlingUnit(area_code=office_code, name=name)
            db.session.add(unit)
    except IntegrityError:
        # A colleague entered the same new unit at this moment.
        unit = find_unit(office_code, name)  # type: ignore[assignment]
    return unit
