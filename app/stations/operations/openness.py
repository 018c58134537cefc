"""What a station shows in public, who runs it, who works beside its deputies."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l
from app.registry.models import Mandate, Person
from app.registry.operations import check_version
from app.registry.queries import MISSING
from app.stations.models import Partner, Station, StationPost
from app.stations.policy import EDIT_STATIONS, SHOW_PUBLICLY
from app.stations.states import PartnerKind, PublicDetail, StationRole

# Without letters and digits that look alike on a poster.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def open_public_page(actor: Actor, station: Station) -> str:
    """Gives the station a public page under a new code; an earlier code leads nowhere any more."""
    authorise(actor, EDIT_STATIONS, station.area_code)
    if station.closed_on is not None and station.closed_on <= clock.today():
        raise DomainError(_l("联络站已经撤销，不能开通公开页。"))
    station.public_code = "".join(secrets.choice(_ALPHABET) for _n in range(10))
    db.session.flush()
    return station.public_code


def close_public_page(actor: Actor, station: Station) -> None:
    """Takes the public page away."""
    authorise(actor, EDIT_STATIONS, station.area_code)
    station.public_code = None
    db.session.flush()


def agree_to_show(
    actor: Actor, person: Person, details: Sequence[PublicDetail], *, version: int | None
) -> Person:
    """What the person agrees to be shown on their stations' public pages; they say so, or staff for them."""
    if not any(actor.may_in(SHOW_PUBLICLY, mandate.scope_code, person.id) for mandate in person.mandates):
        authorise(actor, SHOW_PUBLICLY, person.area_code, person.id)
    check_version(person, version)
    agreed = [detail.value for detail in PublicDetail if detail in details]
    if agreed != person.shown_publicly:
        person.shown_publicly = agreed
    db.session.flush()
    return person


def add_post(
    actor: Actor,
    station: Station,
    *,
    role: StationRole,
    began_on: date,
    mandate: Mandate | None = None,
    holder_name: str = "",
    phone: str = "",
) -> StationPost:
    """Somebody takes a post at a station: a deputy of the roster, or staff known by name (law.md 1.9)."""
    authorise(actor, EDIT_STATIONS, station.area_code)
    if mandate is None and not holder_name:
        raise DomainError(_l("请选择代表，或填写姓名。"), "holder_name")
    made = StationPost(
        station=station,
        role=role,
        began_on=began_on,
        person=mandate.person if mandate else None,
        holder_name="" if mandate else holder_name,
        phone=phone,
    )
    db.session.add(made)
    db.session.flush()
    return made


def end_post(actor: Actor, station: Station, post_id: int, *, ended_on: date) -> StationPost:
    """Somebody leaves a post; that they held it stays on record."""
    authorise(actor, EDIT_STATIONS, station.area_code)
    found = db.session.get(StationPost, post_id)
    if found is None or found.station_id != station.id:
        raise NotFound(MISSING)
    if ended_on < found.began_on:
        raise DomainError(_l("卸任日期早于任职日期，请核对。"), "ended_on")
    found.ended_on = ended_on
    db.session.flush()
    return found


def add_partner(
    actor: Actor, mandate: Mandate, *, name: str, kind: PartnerKind, began_on: date, note: str = ""
) -> Partner:
    """Somebody is paired with a deputy: “人大代表+N” (2-24)."""
    authorise(actor, EDIT_STATIONS, mandate.scope_code)
    same = select(Partner.id).where(
        Partner.mandate_id == mandate.id,
        Partner.name == name,
        Partner.kind == kind,
        Partner.ended_on.is_(None),
    )
    if db.session.scalar(same) is not None:
        raise DomainError(_l("%(name)s已经与这位代表结对。", name=name), "name")
    made = Partner(
        area_code=mandate.scope_code, mandate=mandate, name=name, kind=kind, began_on=began_on, note=note
    )
    db.session.add(made)
    db.session.flush()
    return made


def end_partner(actor: Actor, partner: Partner) -> Partner:
    """A pairing ends today; it stays on record."""
    authorise(actor, EDIT_STATIONS, partner.area_code)
    if partner.ended_on is None:
        partner.ended_on = max(clock.today(), partner.began_on)
    db.session.flush()
    return partner
