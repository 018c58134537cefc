"""What the public may know of a station: its deputies as they agreed to be shown, its coming receptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.registry.models import Mandate
from app.registry.queries import in_office
from app.registry.states import Level
from app.stations.models import Reception, ReceptionDeputy, Station, StationAssignment, StationPost
from app.stations.queries import ON_DUTY, assigned
from app.stations.states import PublicDetail, ReceptionKind, ReceptionState


@dataclass(frozen=True)
class PublicDeputy:
    """A deputy as the public sees them: name and levels, and what they agreed to."""

    name: str
    levels: tuple[str, ...]
    details: tuple[tuple[PublicDetail, str], ...]


@dataclass(frozen=True)
class PublicReception:
    """A coming reception day as the public sees it."""

    on: date
    starts_at: time | None
    ends_at: time | None
    kind: ReceptionKind
    topic: str
    deputies: tuple[str, ...]


def find_public_station(code: str, on: date) -> Station | None:
    """The station with this public page, while it is open."""
    is_open = or_(Station.closed_on.is_(None), Station.closed_on > on)
    wanted = select(Station).where(Station.public_code == code, is_open)
    return db.session.scalar(wanted.options(joinedload(Station.area)))


def list_public_deputies(station_id: int, on: date) -> list[PublicDeputy]:
    """Deputies in office assigned to a station, one line for each person, by level and name."""
    wanted = (
        select(Mandate)
        .join(StationAssignment, StationAssignment.mandate_id == Mandate.id)
        .where(StationAssignment.station_id == station_id, assigned(on), in_office(on))
        .options(joinedload(Mandate.person), joinedload(Mandate.electoral_district))
    )
    by_person: dict[int, list[Mandate]] = {}
    for mandate in db.session.scalars(wanted).unique():
        by_person.setdefault(mandate.person_id, []).append(mandate)
    held = [sorted(mandates, key=lambda m: m.level.rank) for mandates in by_person.values()]
    held.sort(key=lambda mandates: (mandates[0].level.rank, mandates[0].person.pinyin))
    return [_public_deputy(mandates) for mandates in held]


def _public_deputy(mandates: list[Mandate]) -> PublicDeputy:
    person = mandates[0].person
    districts = [m.electoral_district.name for m in mandates if m.electoral_district is not None]
    known = {
        PublicDetail.WORK: person.work_unit_post or "",
        PublicDetail.PHONE: person.phone or "",
        PublicDetail.DISTRICT: "、".join(districts),
    }
    shown = [
        (detail, known[detail]) for detail in PublicDetail if detail.value in (person.shown_publicly or [])
    ]
    levels: dict[Level, str] = {mandate.level: mandate.level.label for mandate in mandates}
    return PublicDeputy(person.name, tuple(levels.values()), tuple((d, text) for d, text in shown if text))


def list_coming_receptions(station_id: int, since: date, until: date) -> list[PublicReception]:
    """Published reception days of the public at a station, from a day to a day."""
    wanted = (
        select(Reception)
        .where(
            Reception.station_id == station_id,
            Reception.state == ReceptionState.PLANNED,
            Reception.kind != ReceptionKind.OFFICIALS,
            Reception.held_on.between(since, until),
        )
        .order_by(Reception.held_on, Reception.id)
        .options(
            joinedload(Reception.deputies).joinedload(ReceptionDeputy.mandate).joinedload(Mandate.person)
        )
    )
    return [
        PublicReception(
            row.held_on,
            row.starts_at,
            row.ends_at,
            row.kind,
            row.topic,
            tuple(sorted(duty.mandate.person.name for duty in row.deputies if duty.standing in ON_DUTY)),
        )
        for row in db.session.scalars(wanted).unique()
    ]


def list_posts_of(station_id: int, on: date | None = None) -> list[StationPost]:
    """Who runs a station, heads first; with a day those of that day only."""
    wanted = select(StationPost).where(StationPost.station_id == station_id)
    if on is not None:
        still = or_(StationPost.ended_on.is_(None), StationPost.ended_on > on)
        wanted = wanted.where(StationPost.began_on <= on, still)
    found = db.session.scalars(wanted.options(joinedload(StationPost.person)).order_by(StationPost.id))
    order = ["head", "vice_head", "liaison_officer"]
    return sorted(found, key=lambda post: (order.index(post.role.value), post.id))
