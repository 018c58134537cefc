"""Partners of deputies: “人大代表+N” (2-24)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import Mandate
from app.registry.queries import MISSING
from app.stations.models import Partner
from app.stations.policy import VIEW_STATIONS


def visible_partners(actor: Actor, action: Action = VIEW_STATIONS) -> ColumnElement[bool]:
    """Pairings in the actor's areas; for a deputy their own."""
    scope = within(Partner.area_code, actor.areas(action))
    if not actor.owns(action):
        return scope
    own = select(Mandate.id).where(Mandate.person_id == actor.person_id)
    return or_(scope, Partner.mandate_id.in_(own))


def get_visible_partner(actor: Actor, partner_id: int, action: Action = VIEW_STATIONS) -> Partner:
    """The pairing with its deputy; NotFound outside the actor's scope."""
    wanted = select(Partner).where(Partner.id == partner_id, visible_partners(actor, action))
    found = db.session.scalar(wanted.options(joinedload(Partner.mandate).joinedload(Mandate.person)))
    if found is None:
        raise NotFound(MISSING)
    return found


def count_partners(mandate_ids: Sequence[int]) -> int:
    """How many people work beside whoever holds these mandates."""
    running = Partner.mandate_id.in_(mandate_ids), Partner.ended_on.is_(None)
    return db.session.scalar(select(func.count(Partner.id)).where(*running)) or 0
