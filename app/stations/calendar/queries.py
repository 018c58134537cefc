"""Reading reception calendars, who is on them, wishes and requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.extensions import db
from app.kit import jobs
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import Mandate, Person
from app.registry.queries import MISSING
from app.stations.models import (
    CalendarFeed,
    Opinion,
    Reception,
    ReceptionCalendar,
    ReceptionDeputy,
    ReceptionRequest,
    ReceptionWish,
    Station,
    Visitor,
)
from app.stations.policy import (
    EDIT_CALENDARS,
    GIVE_WISHES,
    OWN_DUTY,
    VIEW_CALENDARS,
)
from app.stations.states import DutyStanding, ReceptionKind, ReceptionState, RequestState

# Who counts as being on a day: replaced ones stay as a trace, those on leave do not come.
ON_THE_ROTA = (DutyStanding.ASSIGNED, DutyStanding.PRESENT)
TO_COME = (ReceptionState.DRAFT, ReceptionState.PLANNED)
OPEN_REQUESTS = (RequestState.ASKED, RequestState.AGREED)


# --- calendars ------------------------------------------------------------------------------------------


def visible_calendars(actor: Actor, action: Action = VIEW_CALENDARS) -> ColumnElement[bool]:
    """Calendars of the actor's areas, and those of an office above with days at stations in these areas."""
    areas = actor.areas(action)
    days_here = exists().where(
        Reception.calendar_id == ReceptionCalendar.id, within(Reception.area_code, areas)
    )
    return or_(within(ReceptionCalendar.area_code, areas), days_here)


def get_visible_calendar(actor: Actor, calendar_id: int) -> ReceptionCalendar:
    """The calendar; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(ReceptionCalendar).where(ReceptionCalendar.id == calendar_id, visible_calendars(actor))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def get_editable_calendar(actor: Actor, calendar_id: int) -> ReceptionCalendar:
    """The calendar, where the actor arranges it as a whole; NotFound otherwise."""
    found = db.session.scalar(
        select(ReceptionCalendar).where(
            ReceptionCalendar.id == calendar_id,
            within(ReceptionCalendar.area_code, actor.areas(EDIT_CALENDARS)),
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def find_calendar(area_code: str, year: int, name: str) -> ReceptionCalendar | None:
    """The area's calendar of this year and name."""
    return db.session.scalar(select(ReceptionCalendar).filter_by(area_code=area_code, year=year, name=name))


def calendar_job(calendar: ReceptionCalendar) -> jobs.JobStatus | None:
    """How far the computation of its rota is; None where none was asked for."""
    return jobs.job_status(calendar.job_id) if calendar.job_id else None


@dataclass(frozen=True)
class Narrowing:
    """What of a calendar is looked at."""

    area: str = ""
    station: str = ""
    deputy: str = ""
    short: bool = False

    def conditions(self, per_day: int) -> list[ColumnElement[bool]]:
        """The receptions meant."""
        found: list[ColumnElement[bool]] = []
        if self.area:
            found.append(within(Reception.area_code, [self.area]))
        if self.station:
            named = select(Station.id).where(Station.name.contains(self.station, autoescape=True))
            found.append(Reception.station_id.in_(named))
        if self.deputy:
            found.append(Reception.id.in_(_receptions_of(self.deputy)))
        if self.short:
            found.append(_people_on(Reception.id) < per_day)
        return found


def _receptions_of(name: str) -> Any:
    return (
        select(ReceptionDeputy.reception_id)
        .join(Mandate, Mandate.id == ReceptionDeputy.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            or_(Person.name.contains(name, autoescape=True), Mandate.card_no == name),
            ReceptionDeputy.standing.in_(ON_THE_ROTA),
        )
    )


def _people_on(reception_id: Any) -> Any:
    return (
        select(func.count(ReceptionDeputy.id))
        .where(ReceptionDeputy.reception_id == reception_id, ReceptionDeputy.standing.in_(ON_THE_ROTA))
        .scalar_subquery()
    )


def list_calendar_days(
    actor: Actor, calendar: ReceptionCalendar, narrowing: Narrowing, per_day: int
) -> list[Reception]:
    """The calendar's days the actor may see, with stations and deputies, by station and date."""
    wanted = (
        select(Reception)
        .join(Station, Station.id == Reception.station_id)
        .where(
            Reception.calendar_id == calendar.id,
            within(Reception.area_code, actor.areas(VIEW_CALENDARS)),
            *narrowing.conditions(per_day),
        )
        .options(
            joinedload(Reception.station),
            selectinload(Reception.deputies).joinedload(ReceptionDeputy.mandate).joinedload(Mandate.person),
        )
        .order_by(Station.area_code, Station.name, Station.id, Reception.held_on)
    )
    return list(db.session.scalars(wanted))


def count_days(calendar: ReceptionCalendar) -> dict[ReceptionState, int]:
    """How many of the calendar's days stand where."""
    rows = db.session.execute(
        select(Reception.state, func.count())
        .where(Reception.calendar_id == calendar.id)
        .group_by(Reception.state)
    )
    return {row[0]: row[1] for row in rows}


def has_begun(calendar_id: int) -> bool:
    """Whether something was taken down on the spot on a day of the calendar: somebody came, or was heard."""
    present = ReceptionDeputy.standing == DutyStanding.PRESENT
    begun = or_(
        Reception.people_received > 0,
        exists().where(ReceptionDeputy.reception_id == Reception.id, present),
        exists().where(Visitor.reception_id == Reception.id),
        exists().where(Opinion.reception_id == Reception.id),
    )
    wanted = select(Reception.id).where(Reception.calendar_id == calendar_id, begun)
    return db.session.scalar(wanted.limit(1)) is not None


def list_rota_people(calendar_id: int) -> list[int]:
    """Persons who are on a calendar's days to come."""
    wanted = (
        select(Mandate.person_id)
        .join(ReceptionDeputy, ReceptionDeputy.mandate_id == Mandate.id)
        .join(Reception, Reception.id == ReceptionDeputy.reception_id)
        .where(Reception.calendar_id == calendar_id, ReceptionDeputy.standing == DutyStanding.ASSIGNED)
        .distinct()
    )
    return list(db.session.scalars(wanted))


# --- days -----------------------------------------------------------------------------------------------

_WITH_PEOPLE = (
    joinedload(Reception.station),
    joinedload(Reception.calendar),
    selectinload(Reception.deputies).joinedload(ReceptionDeputy.mandate).joinedload(Mandate.person),
)


def get_planned_day(actor: Actor, reception_id: int, action: Action = EDIT_CALENDARS) -> Reception:
    """A day with its station and people, in the actor's areas; NotFound otherwise."""
    found = db.session.scalar(
        select(Reception)
        .where(Reception.id == reception_id, within(Reception.area_code, actor.areas(action)))
        .options(*_WITH_PEOPLE)
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def get_own_day(actor: Actor, reception_id: int) -> Reception:
    """A published day on which the actor is on duty; NotFound for anybody else."""
    found = db.session.scalar(
        select(Reception)
        .where(
            Reception.id == reception_id,
            Reception.state != ReceptionState.DRAFT,
            Reception.id.in_(_own_days(actor)),
        )
        .options(*_WITH_PEOPLE)
    )
    if found is None or not actor.owns(OWN_DUTY):
        raise NotFound(MISSING)
    return found


def _own_days(actor: Actor) -> Any:
    return (
        select(ReceptionDeputy.reception_id)
        .join(Mandate, Mandate.id == ReceptionDeputy.mandate_id)
        .where(Mandate.person_id == actor.person_id, ReceptionDeputy.standing != DutyStanding.REPLACED)
    )


def list_days_of_person(person_id: int, since: date) -> list[Reception]:
    """A person's published days from a day on, in order."""
    wanted = (
        select(Reception)
        .join(ReceptionDeputy, ReceptionDeputy.reception_id == Reception.id)
        .join(Mandate, Mandate.id == ReceptionDeputy.mandate_id)
        .where(
            Mandate.person_id == person_id,
            Reception.state != ReceptionState.DRAFT,
            Reception.held_on >= since,
            ReceptionDeputy.standing != DutyStanding.REPLACED,
        )
        .options(*_WITH_PEOPLE)
        .distinct()
        .order_by(Reception.held_on, Reception.id)
    )
    return list(db.session.scalars(wanted).unique())


def list_days_of_station(station_id: int, since: date, until: date) -> list[Reception]:
    """A station's published days in a time, in order, with who receives."""
    wanted = (
        select(Reception)
        .where(
            Reception.station_id == station_id,
            Reception.state != ReceptionState.DRAFT,
            Reception.held_on.between(since, until),
        )
        .options(*_WITH_PEOPLE)
        .order_by(Reception.held_on, Reception.id)
    )
    return list(db.session.scalars(wanted))


@dataclass(frozen=True)
class Duty:
    """A person's being on a day: where, when, and whether the day stands."""

    person_id: int
    mandate_id: int
    reception_id: int
    station_id: int
    calendar_id: int | None
    held_on: date
    state: ReceptionState


def list_duties(person_ids: Sequence[int], first: date, last: date) -> list[Duty]:
    """Days these persons are on, drafts included, over all their mandates and stations (3-49)."""
    found: list[Duty] = []
    for start in range(0, len(person_ids), 500):
        rows = db.session.execute(
            select(
                Mandate.person_id,
                ReceptionDeputy.mandate_id,
                Reception.id,
                Reception.station_id,
                Reception.calendar_id,
                Reception.held_on,
                Reception.state,
            )
            .select_from(ReceptionDeputy)
            .join(Mandate, Mandate.id == ReceptionDeputy.mandate_id)
            .join(Reception, Reception.id == ReceptionDeputy.reception_id)
            .where(
                Mandate.person_id.in_(person_ids[start : start + 500]),
                Reception.held_on.between(first, last),
                Reception.state != ReceptionState.CANCELLED,
                Reception.kind != ReceptionKind.OFFICIALS,
                ReceptionDeputy.standing.in_(ON_THE_ROTA),
            )
        )
        found += [Duty(*row) for row in rows]
    return found


# --- wishes ---------------------------------------------------------------------------------------------


def visible_wishes(actor: Actor) -> ColumnElement[bool]:
    """Wishes of deputies of the actor's areas, or their own."""
    scope = within(Mandate.scope_code, actor.areas(GIVE_WISHES))
    return or_(scope, Mandate.person_id == actor.person_id) if actor.owns(GIVE_WISHES) else scope


def get_wish(actor: Actor, wish_id: int) -> ReceptionWish:
    """The wish; NotFound outside the actor's scope."""
    wanted = select(ReceptionWish).join(Mandate, Mandate.id == ReceptionWish.mandate_id)
    found = db.session.scalar(wanted.where(ReceptionWish.id == wish_id, visible_wishes(actor)))
    if found is None:
        raise NotFound(MISSING)
    return found


def list_wishes_of_person(person_id: int, since: date) -> list[ReceptionWish]:
    """A person's wishes that are not over."""
    wanted = (
        select(ReceptionWish)
        .join(Mandate, Mandate.id == ReceptionWish.mandate_id)
        .where(Mandate.person_id == person_id, ReceptionWish.until_on >= since)
        .order_by(ReceptionWish.from_on, ReceptionWish.id)
    )
    return list(db.session.scalars(wanted))


def list_wishes(person_ids: Sequence[int], first: date, last: date) -> list[tuple[int, ReceptionWish]]:
    """(person, wish) of what these persons asked for in a time."""
    found: list[tuple[int, ReceptionWish]] = []
    for start in range(0, len(person_ids), 500):
        rows = db.session.execute(
            select(Mandate.person_id, ReceptionWish)
            .join(Mandate, Mandate.id == ReceptionWish.mandate_id)
            .where(
                Mandate.person_id.in_(person_ids[start : start + 500]),
                ReceptionWish.from_on <= last,
                ReceptionWish.until_on >= first,
            )
        )
        found += [(row[0], row[1]) for row in rows]
    return found


def covers(wish: ReceptionWish, day: date) -> bool:
    """Whether a wish speaks of that day."""
    if not wish.from_on <= day <= wish.until_on:
        return False
    return wish.weekday is None or day.isoweekday() == wish.weekday


# --- requests -------------------------------------------------------------------------------------------


def visible_requests(actor: Actor, action: Action = EDIT_CALENDARS) -> ColumnElement[bool]:
    """Requests about days in the actor's areas."""
    return within(ReceptionRequest.area_code, actor.areas(action))


_REQUEST_LOADED = (
    joinedload(ReceptionRequest.reception).options(*_WITH_PEOPLE),
    joinedload(ReceptionRequest.other_reception).options(*_WITH_PEOPLE),
    joinedload(ReceptionRequest.mandate).joinedload(Mandate.person),
    joinedload(ReceptionRequest.colleague).joinedload(Mandate.person),
)


def get_request(actor: Actor, request_id: int) -> ReceptionRequest:
    """A request about a day in the actor's areas."""
    return _one_request(and_(ReceptionRequest.id == request_id, visible_requests(actor)))


def get_request_for(actor: Actor, request_id: int, *, colleague: bool) -> ReceptionRequest:
    """A request the actor made, or one in which they are the colleague asked."""
    side = ReceptionRequest.colleague_id if colleague else ReceptionRequest.mandate_id
    own = select(Mandate.id).where(Mandate.person_id == actor.person_id)
    if not actor.owns(OWN_DUTY):
        raise NotFound(MISSING)
    return _one_request(and_(ReceptionRequest.id == request_id, side.in_(own)))


def _one_request(condition: ColumnElement[bool]) -> ReceptionRequest:
    found = db.session.scalar(select(ReceptionRequest).where(condition).options(*_REQUEST_LOADED))
    if found is None:
        raise NotFound(MISSING)
    return found


def list_requests(actor: Actor, ids: Sequence[int]) -> list[ReceptionRequest]:
    """These requests, as far as the actor decides them, the earliest day first."""
    wanted = select(ReceptionRequest).where(ReceptionRequest.id.in_(ids), visible_requests(actor))
    found = db.session.scalars(wanted.options(*_REQUEST_LOADED)).unique()
    return sorted(found, key=lambda one: (one.reception.held_on, one.id))


def list_requests_of_person(person_id: int, since: date) -> list[ReceptionRequest]:
    """Requests a person made, or was asked about, for days from a day on; the newest first."""
    own = select(Mandate.id).where(Mandate.person_id == person_id)
    wanted = (
        select(ReceptionRequest)
        .join(Reception, Reception.id == ReceptionRequest.reception_id)
        .where(
            or_(ReceptionRequest.mandate_id.in_(own), ReceptionRequest.colleague_id.in_(own)),
            Reception.held_on >= since,
        )
        .options(*_REQUEST_LOADED)
        .order_by(ReceptionRequest.id.desc())
    )
    return list(db.session.scalars(wanted).unique())


def list_requests_about(reception_ids: Sequence[int]) -> list[ReceptionRequest]:
    """Requests about these days, or to exchange for one of them."""
    found: dict[int, ReceptionRequest] = {}
    for start in range(0, len(reception_ids), 500):
        some = reception_ids[start : start + 500]
        about = or_(ReceptionRequest.reception_id.in_(some), ReceptionRequest.other_reception_id.in_(some))
        found |= {one.id: one for one in db.session.scalars(select(ReceptionRequest).where(about))}
    return list(found.values())


def find_open_request(reception_id: int, mandate_ids: Sequence[int]) -> ReceptionRequest | None:
    """A request of these mandates about a day that is still open."""
    wanted = select(ReceptionRequest).where(
        ReceptionRequest.reception_id == reception_id,
        ReceptionRequest.mandate_id.in_(mandate_ids),
        ReceptionRequest.state.in_(OPEN_REQUESTS),
    )
    return db.session.scalar(wanted.limit(1))


def count_waiting_requests(actor: Actor) -> int:
    """Requests that wait for the actor's decision."""
    wanted = select(func.count(ReceptionRequest.id)).where(
        visible_requests(actor), ReceptionRequest.state == RequestState.AGREED
    )
    return db.session.scalar(wanted) or 0


# --- feeds ----------------------------------------------------------------------------------------------


def find_feed(token: str) -> CalendarFeed | None:
    """The feed of a secret address; a deputy's goes with their account."""
    return db.session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.token == token, CalendarFeed.person_id.is_(None) | ~_shut_out()
        )
    )


def _shut_out() -> ColumnElement[bool]:
    """SQL: every account of the feed's person was closed."""
    of_person = User.person_id == CalendarFeed.person_id
    return and_(
        exists().where(of_person, User.disabled_at.is_not(None)),
        ~exists().where(of_person, User.disabled_at.is_(None)),
    )


def find_feed_of(*, person_id: int | None = None, station_id: int | None = None) -> CalendarFeed | None:
    """The feed of a person or a station."""
    wanted = select(CalendarFeed).filter_by(person_id=person_id, station_id=station_id)
    return db.session.scalar(wanted)
