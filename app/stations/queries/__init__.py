"""Reading stations, receptions and opinions: who sees which, and the figures on their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.extensions import db
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import Mandate, Person
from app.registry.policy import LIST_DEPUTIES
from app.registry.queries import MISSING, in_office, visible_mandates
from app.stations.models import Opinion, Reception, ReceptionDeputy, Station, StationAssignment
from app.stations.policy import EDIT_STATIONS, VIEW_OPINIONS, VIEW_STATIONS
from app.stations.states import DutyStanding, ReceptionKind, ReceptionState


def assigned(on: Any) -> ColumnElement[bool]:
    """The assignment runs on that day."""
    return and_(
        StationAssignment.began_on <= on,
        or_(StationAssignment.ended_on.is_(None), StationAssignment.ended_on > on),
    )


def _took_part(person_id: int | None) -> Select[*tuple[Any, ...]]:
    """Receptions a person is to take part in or took part in, under any of their mandates; no drafts."""
    return (
        select(ReceptionDeputy.reception_id)
        .join(Mandate, Mandate.id == ReceptionDeputy.mandate_id)
        .join(Reception, Reception.id == ReceptionDeputy.reception_id)
        .where(
            Mandate.person_id == person_id,
            Reception.state != ReceptionState.DRAFT,
            ReceptionDeputy.standing != DutyStanding.REPLACED,
        )
    )


# --- stations -------------------------------------------------------------------------------------------


def visible_stations(actor: Actor, action: Action = VIEW_STATIONS) -> ColumnElement[bool]:
    """Stations in the actor's areas; for a deputy those they are or were assigned to."""
    scope = within(Station.area_code, actor.areas(action))
    if not actor.owns(action):
        return scope
    own = (
        select(StationAssignment.station_id)
        .join(Mandate, Mandate.id == StationAssignment.mandate_id)
        .where(Mandate.person_id == actor.person_id)
    )
    return or_(scope, Station.id.in_(own))


def get_visible_station(actor: Actor, station_id: int, action: Action = VIEW_STATIONS) -> Station:
    """The station; NotFound where it does not exist or lies outside the actor's scope."""
    wanted = select(Station).where(Station.id == station_id, visible_stations(actor, action))
    found = db.session.scalar(wanted.options(joinedload(Station.area)))
    if found is None:
        raise NotFound(MISSING)
    return found


def list_stations(actor: Actor, action: Action) -> list[Station]:
    """Stations of the actor's areas that are open, by area and name."""
    wanted = select(Station).where(within(Station.area_code, actor.areas(action)))
    open_ones = wanted.where(Station.closed_on.is_(None))
    return list(db.session.scalars(open_ones.order_by(Station.area_code, Station.name)))


def find_station(office_code: str, name: str) -> Station | None:
    """The office's station of this name."""
    return db.session.scalar(select(Station).filter_by(office_code=office_code, name=name))


def count_assigned(on: Any) -> Any:
    """SQL: how many persons in office are assigned to a station on a day."""
    return (
        select(func.count(Mandate.person_id.distinct()))
        .select_from(StationAssignment)
        .join(Mandate, Mandate.id == StationAssignment.mandate_id)
        .where(StationAssignment.station_id == Station.id, assigned(on), in_office(on))
        .correlate(Station)
        .scalar_subquery()
    )


def list_assignments(station_id: int) -> list[StationAssignment]:
    """Everyone who is or was assigned to a station, by level and name."""
    found = db.session.scalars(
        select(StationAssignment)
        .where(StationAssignment.station_id == station_id)
        .options(
            joinedload(StationAssignment.mandate).joinedload(Mandate.person),
            joinedload(StationAssignment.mandate).joinedload(Mandate.area),
            joinedload(StationAssignment.mandate).selectinload(Mandate.suspensions),
        )
    ).all()
    return sorted(
        found, key=lambda a: (a.mandate.level.rank, a.mandate.person.pinyin, a.mandate_id, a.began_on)
    )


def list_running_assignments(station_id: int, on: date) -> list[StationAssignment]:
    """Assignments to a station that run on the day or begin later, with mandate and person."""
    wanted = select(StationAssignment).where(StationAssignment.station_id == station_id)
    running = wanted.where(or_(StationAssignment.ended_on.is_(None), StationAssignment.ended_on > on))
    loaded = running.options(
        joinedload(StationAssignment.station),
        joinedload(StationAssignment.mandate).joinedload(Mandate.person),
    )
    return list(db.session.scalars(loaded))


def list_stations_of(actor: Actor, mandate_ids: Sequence[int]) -> list[StationAssignment]:
    """Assignments of these mandates to stations the actor may see, the running ones first."""
    found = db.session.scalars(
        select(StationAssignment)
        .join(StationAssignment.station)
        .where(StationAssignment.mandate_id.in_(mandate_ids), visible_stations(actor))
        .options(contains_eager(StationAssignment.station))
        .order_by(StationAssignment.began_on.desc(), StationAssignment.id)
    ).all()
    return sorted(found, key=lambda a: a.ended_on is not None)


def without_station(on: date) -> ColumnElement[bool]:
    """SQL: none of this person's mandates is assigned to a station on the day (2-31)."""
    own = aliased(Mandate)
    running = (
        select(StationAssignment.id)
        .join(own, own.id == StationAssignment.mandate_id)
        .where(own.person_id == Mandate.person_id, assigned(on))
        .correlate(Mandate)
    )
    return ~exists(running)


@dataclass(frozen=True)
class StationCoverage:
    """Persons in office, and how many of them have a station (2-31 全员进站)."""

    in_office: int
    with_station: int

    @property
    def without(self) -> int:
        return self.in_office - self.with_station

    @property
    def rate(self) -> float | None:
        """Share with a station; None where nobody is in office."""
        return self.with_station / self.in_office if self.in_office else None


def station_coverage(actor: Actor, on: date) -> StationCoverage:
    """How far every deputy of the actor's roster has a station on a day."""
    persons = select(func.count(Mandate.person_id.distinct())).where(
        visible_mandates(actor, LIST_DEPUTIES), in_office(on)
    )
    total = db.session.scalar(persons) or 0
    without = db.session.scalar(persons.where(without_station(on))) or 0
    return StationCoverage(total, total - without)


def list_unassigned(actor: Actor, area_code: str, on: date) -> list[int]:
    """Mandates in office in an area whose holders have no station: one for each person."""
    rows = db.session.execute(
        select(func.min(Mandate.id), Mandate.person_id)
        .where(
            within(Mandate.scope_code, [area_code]),
            visible_mandates(actor, LIST_DEPUTIES),
            in_office(on),
            without_station(on),
        )
        .group_by(Mandate.person_id)
    )
    return [row[0] for row in rows]


# --- receptions -----------------------------------------------------------------------------------------


HELD_FOR_PUBLIC = and_(Reception.state == ReceptionState.HELD, Reception.kind != ReceptionKind.OFFICIALS)
"""What counts as a reception of the public: it took place, and not officials received deputies (1-22)."""

ON_DUTY = (DutyStanding.ASSIGNED, DutyStanding.PRESENT)


def visible_receptions(actor: Actor, action: Action = VIEW_STATIONS) -> ColumnElement[bool]:
    """Receptions in the actor's areas, drafts of the calendar for staff only; for a deputy their own."""
    shown = or_(
        Reception.state != ReceptionState.DRAFT, within(Reception.area_code, actor.areas(EDIT_STATIONS))
    )
    scope = and_(within(Reception.area_code, actor.areas(action)), shown)
    if actor.owns(action):
        return or_(scope, Reception.id.in_(_took_part(actor.person_id)))
    return scope


def get_visible_reception(actor: Actor, reception_id: int, action: Action = VIEW_STATIONS) -> Reception:
    """The reception with its station and deputies; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(Reception)
        .where(Reception.id == reception_id, visible_receptions(actor, action))
        .options(
            joinedload(Reception.station),
            joinedload(Reception.deputies).joinedload(ReceptionDeputy.mandate).joinedload(Mandate.person),
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def deputy_names(reception: Any) -> Any:
    """SQL: names of the deputies who are to receive, or received, the public on that day."""
    return (
        select(func.aggregate_strings(Person.name, "、"))
        .select_from(ReceptionDeputy)
        .join(Mandate, Mandate.id == ReceptionDeputy.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(ReceptionDeputy.reception_id == reception, ReceptionDeputy.standing.in_(ON_DUTY))
        .scalar_subquery()
    )


def received_by(values: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Receptions with deputies of these card numbers or names."""
    return (
        select(ReceptionDeputy.reception_id)
        .join(Mandate, Mandate.id == ReceptionDeputy.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            or_(Mandate.card_no.in_(values), Person.name.in_(values)), ReceptionDeputy.standing.in_(ON_DUTY)
        )
    )


# --- opinions -------------------------------------------------------------------------------------------


def visible_opinions(actor: Actor, action: Action = VIEW_OPINIONS) -> ColumnElement[bool]:
    """Opinions in the actor's areas; for a deputy those they took down, or taken at receptions they took part in."""
    scope = within(Opinion.area_code, actor.areas(action))
    if actor.owns(action):
        own = select(Mandate.id).where(Mandate.person_id == actor.person_id)
        taken = Opinion.reception_id.in_(_took_part(actor.person_id))
        return or_(scope, taken, Opinion.mandate_id.in_(own))
    return scope


def get_visible_opinion(actor: Actor, opinion_id: int, action: Action = VIEW_OPINIONS) -> Opinion:
    """The opinion with its reception and station; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(Opinion)
        .where(Opinion.id == opinion_id, visible_opinions(actor, action))
        .options(joinedload(Opinion.reception), joinedload(Opinion.station))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def find_opinion(actor: Actor, office_code: str, number: str) -> Opinion | None:
    """The office's opinion of this number, if the actor may see it."""
    wanted = select(Opinion).filter_by(office_code=office_code, number=number)
    return db.session.scalar(wanted.where(visible_opinions(actor)))


def list_opinions_of(actor: Actor, reception_id: int) -> list[Opinion]:
    """Opinions taken at a reception, as far as the actor may see them."""
    wanted = select(Opinion).where(Opinion.reception_id == reception_id, visible_opinions(actor))
    return list(db.session.scalars(wanted.order_by(Opinion.number)))


def count_planned(station_id: int, since: date) -> int:
    """Receptions a station still has before it, from a day on."""
    wanted = select(func.count(Reception.id)).where(
        Reception.station_id == station_id,
        Reception.state == ReceptionState.PLANNED,
        Reception.held_on >= since,
    )
    return db.session.scalar(wanted) or 0


def count_opinions_of(reception_id: int) -> int:
    """How many opinions rest on a reception."""
    return db.session.scalar(select(func.count(Opinion.id)).where(Opinion.reception_id == reception_id)) or 0


def list_topics(actor: Actor) -> list[str]:
    """Topics used so far in the actor's areas, the most frequent first."""
    wanted = select(Opinion.topic).where(within(Opinion.area_code, actor.areas(VIEW_OPINIONS)))
    grouped = wanted.where(Opinion.topic != "").group_by(Opinion.topic).order_by(func.count().desc())
    return list(db.session.scalars(grouped.limit(30)))


# --- figures --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReceptionFigures:
    """Receptions, people received at them, opinions taken, and how many of these are solved."""

    receptions: int
    people: int
    opinions: int
    solved: int


def figures_of(
    actor: Actor, *, station_id: int | None = None, mandate_ids: Sequence[int] | None = None
) -> ReceptionFigures:
    """What the actor may see of a station, or of the receptions of some mandates."""
    receptions = and_(visible_receptions(actor), HELD_FOR_PUBLIC)
    opinions = visible_opinions(actor)
    if station_id is not None:
        receptions = and_(receptions, Reception.station_id == station_id)
        opinions = and_(opinions, Opinion.station_id == station_id)
    if mandate_ids is not None:
        took = select(ReceptionDeputy.reception_id).where(
            ReceptionDeputy.mandate_id.in_(mandate_ids), ReceptionDeputy.standing.in_(ON_DUTY)
        )
        receptions = and_(receptions, Reception.id.in_(took))
        opinions = and_(opinions, Opinion.reception_id.in_(took))
    counted = select(func.count(Reception.id), func.coalesce(func.sum(Reception.people_received), 0))
    held = db.session.execute(counted.where(receptions)).one()
    taken = db.session.execute(
        select(func.count(Opinion.id), func.count(Opinion.id).filter(Opinion.solved)).where(opinions)
    ).one()
    return ReceptionFigures(held[0], held[1], taken[0], taken[1])
