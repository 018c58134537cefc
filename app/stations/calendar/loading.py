"""The problem of a calendar's rota as the records put it, and what a rota could not keep, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.extensions import db
from app.kit.i18n import _
from app.registry.models import Mandate, Post
from app.registry.queries import standing_of
from app.registry.states import MandateStanding, PostKind
from app.stations.calendar.queries import ON_THE_ROTA, Duty, covers, list_duties, list_wishes
from app.stations.calendar.rota import (
    BreachKind,
    Problem,
    Receiver,
    Rota,
    Slot,
    breaches,
)
from app.stations.calendar.settings import CalendarRules, rules_of
from app.stations.models import (
    Reception,
    ReceptionCalendar,
    ReceptionDeputy,
    ReceptionWish,
    StationAssignment,
)
from app.stations.states import ReceptionKind, ReceptionState, WishKind

NAMED_AT_MOST = 20


def load_problem(calendar: ReceptionCalendar) -> Problem:
    """Who may come to which of the calendar's drafted days, and how often everyone should (3-07, 3-42)."""
    rules = rules_of(calendar)
    days = _drafted(calendar)
    slots = tuple(Slot(day.id, day.station_id, day.held_on) for day in days)
    if not slots:
        return Problem((), {}, {}, rules.per_day, rules.per_day_max)
    first, last = date(calendar.year, 1, 1), date(calendar.year, 12, 31)
    eligible = _Eligible(calendar, days, first, last)
    persons = sorted(eligible.persons)
    wishes = _by_person(list_wishes(persons, first, last))
    elsewhere = _elsewhere(list_duties(persons, first, last), {slot.key for slot in slots})
    away = {
        day.id: {row.mandate.person_id for row in day.deputies if row.standing not in ON_THE_ROTA}
        for day in days
    }
    open_to = {
        slot.key: {p: m for p, m in eligible.on(slot, wishes).items() if p not in away[slot.key]}
        for slot in slots
    }
    return Problem(
        slots=slots,
        people={p: _receiver(one, rules, len(elsewhere.get(p, ()))) for p, one in eligible.persons.items()},
        open_to=open_to,
        per_day=rules.per_day,
        per_day_max=rules.per_day_max,
        fixed={
            day.id: frozenset(by_hand)
            for day in days
            if (
                by_hand := [
                    r.mandate.person_id for r in day.deputies if r.fixed and r.standing in ON_THE_ROTA
                ]
            )
        },
        liked=_liked(slots, open_to, wishes),
        busy={person: frozenset((on.year, on.month) for on in held) for person, held in elsewhere.items()},
    )


def _drafted(calendar: ReceptionCalendar) -> list[Reception]:
    wanted = (
        select(Reception)
        .where(Reception.calendar_id == calendar.id, Reception.state == ReceptionState.DRAFT)
        .options(selectinload(Reception.deputies).joinedload(ReceptionDeputy.mandate))
        .order_by(Reception.station_id, Reception.held_on, Reception.id)
    )
    return list(db.session.scalars(wanted))


class _Eligible:
    """Mandates assigned to the calendar's stations, or held by members of the chairpersons' meeting (3-37)."""

    def __init__(
        self, calendar: ReceptionCalendar, days: Sequence[Reception], first: date, last: date
    ) -> None:
        self.by_station: dict[int, list[tuple[Mandate, date, date | None]]] = {}
        stations = {day.station_id for day in days}
        if calendar.kind is ReceptionKind.CHAIRPERSONS:
            pool = _chairpersons(calendar.area_code, first, last)
            self.by_station = dict.fromkeys(stations, pool)
        else:
            for row in _assigned(stations, first, last):
                entry = row.mandate, row.began_on, row.ended_on
                self.by_station.setdefault(row.station_id, []).append(entry)
        # Under which mandate somebody comes where they hold several: that of the highest level.
        for entries in self.by_station.values():
            entries.sort(key=lambda entry: (entry[0].level.rank, entry[0].id))
        self.persons: dict[int, Mandate] = {}
        for entries in self.by_station.values():
            for mandate, _began, _ended in entries:
                known = self.persons.setdefault(mandate.person_id, mandate)
                if mandate.leader and not known.leader:
                    self.persons[mandate.person_id] = mandate

    def on(self, slot: Slot, wishes: Mapping[int, Sequence[ReceptionWish]]) -> dict[int, int]:
        """Who may come on a day, with the mandate they come under."""
        found: dict[int, int] = {}
        for mandate, began, ended in self.by_station.get(slot.station, ()):
            person = mandate.person_id
            runs = began <= slot.day and (ended is None or ended > slot.day)
            if person in found or not runs or standing_of(mandate, slot.day) is not MandateStanding.IN_OFFICE:
                continue
            if not any(w.kind is WishKind.ABSENT and covers(w, slot.day) for w in wishes.get(person, ())):
                found[person] = mandate.id
        return found


def _assigned(stations: Iterable[int], first: date, last: date) -> Iterable[StationAssignment]:
    return db.session.scalars(
        select(StationAssignment)
        .join(StationAssignment.mandate)
        .where(
            StationAssignment.station_id.in_(list(stations)),
            StationAssignment.began_on <= last,
            or_(StationAssignment.ended_on.is_(None), StationAssignment.ended_on > first),
        )
        .options(
            contains_eager(StationAssignment.mandate).options(
                joinedload(Mandate.person), selectinload(Mandate.suspensions)
            )
        )
    )


def _chairpersons(area_code: str, first: date, last: date) -> list[tuple[Mandate, date, date | None]]:
    """Mandates of the office's chairpersons'-meeting members, for as long as they hold the post."""
    rows = db.session.execute(
        select(Mandate, Post.began_on, Post.ended_on)
        .join(Post, Post.person_id == Mandate.person_id)
        .where(
            Post.kind == PostKind.CHAIRPERSONS_MEETING_MEMBER,
            Post.area_code == area_code[:6],
            Post.began_on <= last,
            or_(Post.ended_on.is_(None), Post.ended_on > first),
            or_(Mandate.ended_on.is_(None), Mandate.ended_on > first),
        )
        .options(joinedload(Mandate.person), selectinload(Mandate.suspensions))
    ).unique()
    return [(row[0], row[1], row[2]) for row in rows]


def _receiver(mandate: Mandate, rules: CalendarRules, served_elsewhere: int) -> Receiver:
    wanted = rules.leaders_min if mandate.leader else rules.times_min
    return Receiver(
        person=mandate.person_id,
        name=mandate.person.name,
        leader=mandate.leader,
        level=mandate.level.rank,
        minimum=max(0, wanted - served_elsewhere),
    )


def _by_person(wishes: Iterable[tuple[int, ReceptionWish]]) -> dict[int, list[ReceptionWish]]:
    found: dict[int, list[ReceptionWish]] = {}
    for person, wish in wishes:
        found.setdefault(person, []).append(wish)
    return found


def _elsewhere(duties: Iterable[Duty], slots: set[int]) -> dict[int, list[date]]:
    """Days people are on beside the ones now arranged: held this year, or of another calendar."""
    found: dict[int, list[date]] = {}
    for duty in duties:
        if duty.reception_id not in slots:
            found.setdefault(duty.person_id, []).append(duty.held_on)
    return found


def _liked(
    slots: Sequence[Slot],
    open_to: Mapping[int, Mapping[int, int]],
    wishes: Mapping[int, Sequence[ReceptionWish]],
) -> frozenset[tuple[int, int]]:
    preferred = {p: [w for w in some if w.kind is WishKind.PREFER] for p, some in wishes.items()}
    return frozenset(
        (slot.key, person)
        for slot in slots
        for person in open_to[slot.key]
        if any(covers(wish, slot.day) for wish in preferred.get(person, ()))
    )


def rota_of(calendar: ReceptionCalendar) -> Rota:
    """Who is on the calendar's drafted days now."""
    return {
        day.id: frozenset(row.mandate.person_id for row in day.deputies if row.standing in ON_THE_ROTA)
        for day in _drafted(calendar)
    }


def shortcomings(problem: Problem, rota: Rota, stations: Mapping[int, str]) -> list[str]:
    """What a rota could not keep, by name, with the reason: wishes and numbers that do not go together."""
    found = breaches(problem, rota)
    slots = {slot.key: slot for slot in problem.slots}
    notes = [
        _few(problem, slots[breach.slot], breach.missing, stations)
        for breach in found
        if breach.kind is BreachKind.TOO_FEW and breach.slot is not None
    ]
    notes += [
        _seldom(problem, breach.person, breach.missing)
        for breach in found
        if breach.kind is BreachKind.BELOW_MINIMUM and breach.person is not None
    ]
    if len(notes) <= NAMED_AT_MOST:
        return notes
    return [*notes[:NAMED_AT_MOST], _("还有 %(n)s 处没有排满。", n=len(notes) - NAMED_AT_MOST)]


def _few(problem: Problem, slot: Slot, missing: int, stations: Mapping[int, str]) -> str:
    able = len(problem.open_to.get(slot.key, {}))
    return _(
        "%(station)s %(day)s差 %(n)s 人：当天能来的代表有 %(able)s 名，其余的当月已在别处接待。",
        station=stations.get(slot.station, ""), day=slot.day, n=missing, able=able,
    ) if able else _(
        "%(station)s %(day)s差 %(n)s 人：没有能来的代表，请调整日期、派驻或不能来的登记。",
        station=stations.get(slot.station, ""), day=slot.day, n=missing,
    )  # fmt: skip


def _seldom(problem: Problem, person: int, missing: int) -> str:
    one, reach = problem.people[person], problem.reachable(person)
    if reach < one.minimum:
        return _(
            "%(name)s应接待 %(wanted)s 次，按任期、派驻和不能来的日子只有 %(reach)s 个月可排，少 %(n)s 次。",
            name=one.name, wanted=one.minimum, reach=reach, n=missing,
        )  # fmt: skip
    return _(
        "%(name)s应接待 %(wanted)s 次，还少 %(n)s 次：每次接待的人数不够分，请增加每次人数或接待日。",
        name=one.name, wanted=one.minimum, n=missing,
    )  # fmt: skip


def mandates_at(station_id: int, on: date) -> list[Mandate]:
    """Mandates in office and assigned to a station on a day, one for each person, by level and name."""
    rows = [row for row in _assigned([station_id], on, on) if row.ended_on is None or row.ended_on > on]
    found: dict[int, Mandate] = {}
    for row in sorted(rows, key=lambda row: (row.mandate.level.rank, row.mandate.person.pinyin, row.id)):
        if standing_of(row.mandate, on) is MandateStanding.IN_OFFICE:
            found.setdefault(row.mandate.person_id, row.mandate)
    return list(found.values())


def chairpersons_on(area_code: str, on: date) -> list[Mandate]:
    """Mandates of the chairpersons'-meeting members in office on a day, one for each person."""
    found: dict[int, Mandate] = {}
    rows = sorted(_chairpersons(area_code, on, on), key=lambda row: (row[0].level.rank, row[0].id))
    for mandate, began, ended in rows:
        runs = began <= on and (ended is None or ended > on)
        if runs and standing_of(mandate, on) is MandateStanding.IN_OFFICE:
            found.setdefault(mandate.person_id, mandate)
    return list(found.values())
