"""The three notices of every reception day, and the reminder to leaders (3-11, 3-07), told when they are due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.kit import clock
from app.kit.i18n import _l
from app.notices.announcing import register_announcer
from app.notices.operations import tell
from app.notices.queries import get_rules
from app.notices.rules import NoticeRules, receptions_due
from app.notices.states import NoticeKind
from app.registry.models import Mandate, Person
from app.registry.queries import in_office
from app.stations.calendar.queries import ON_THE_ROTA
from app.stations.calendar.settings import office_rules
from app.stations.models import Reception, ReceptionDeputy
from app.stations.states import DutyStanding, ReceptionKind, ReceptionState

LOOK_AHEAD = timedelta(days=120)
SECOND_HALF = 7  # July: from then on a leader who has fallen behind is reminded


def announce_receptions(now: datetime) -> int:
    """Tells everybody on duty what is due at ``now``: early, periodic, reminder; how many were told.

    The key names the day too: a reception moved to another date is announced anew.
    """
    today, hour = clock.local(now).date(), clock.local(now).hour
    rules: dict[str, NoticeRules] = {}
    told = 0
    for reception in _to_come(today):
        office = reception.area_code
        if office not in rules:
            rules[office] = get_rules(office)
        for kind in receptions_due(rules[office], reception.held_on, today, hour):
            told += _tell(reception, kind)
    return told


def _to_come(today: date) -> Iterable[Reception]:
    wanted = (
        select(Reception)
        .where(
            Reception.state == ReceptionState.PLANNED,
            Reception.held_on.between(today, today + LOOK_AHEAD),
        )
        .options(
            joinedload(Reception.station),
            selectinload(Reception.deputies).joinedload(ReceptionDeputy.mandate),
        )
        .order_by(Reception.held_on, Reception.id)
    )
    return db.session.scalars(wanted)


def _tell(reception: Reception, kind: NoticeKind) -> int:
    people = [row.mandate.person_id for row in reception.deputies if row.standing is DutyStanding.ASSIGNED]
    if not people:
        return 0
    station, day = reception.station, reception.held_on
    hours = "—".join(at.strftime("%H:%M") for at in (reception.starts_at, reception.ends_at) if at)
    titles = {
        NoticeKind.RECEPTION_EARLY: _l("预告：%(day)s请到%(station)s接待", day=day, station=station.name),
        NoticeKind.RECEPTION_PERIODIC: _l("本月接待安排：%(day)s %(station)s", day=day, station=station.name),
        NoticeKind.RECEPTION_REMINDER: _l("提醒：%(day)s请到%(station)s接待", day=day, station=station.name),
    }
    return tell(
        key=f"reception:{reception.id}:{day}:{kind.value}",
        kind=kind,
        area_code=reception.area_code,
        person_ids=people,
        title=titles[kind],
        body=_l("时间：%(day)s %(hour)s。地点：%(place)s。有事不能来，请尽早在系统里请假、换班或请人代班。",
               day=day, hour=hours, place=station.address or station.name),
        url="/reception-duty",
    )  # fmt: skip


def remind_leaders(now: datetime) -> int:
    """From July on, leaders with fewer receptions held and planned than the rule says are told once a year (3-07)."""
    local = clock.local(now)
    if local.month < SECOND_HALF:
        return 0
    today = local.date()
    told = 0
    for area_code, people in _behind(today).items():
        if local.hour < get_rules(area_code).from_hour:
            continue
        least = office_rules(area_code, today).leaders_per_year_min
        short = [person for person, times in people if times < least]
        told += tell(
            key=f"leader-receptions:{today.year}",
            kind=NoticeKind.RECEPTION_REMINDER,
            area_code=area_code,
            person_ids=short,
            title=_l("今年的接待次数还不够"),
            body=_l("领导干部代表每年至少接待 %(n)s 次，请与人大工作机构商定下半年的接待日。", n=least),
            url="/reception-duty",
        )
    return told


def receptions_of_year(first: date, last: date) -> object:
    """SQL: how many days of a year a person was on or is to be on, over all their mandates."""
    other = Mandate.__table__.alias("own_mandate")
    return (
        select(func.count(Reception.id.distinct()))
        .select_from(ReceptionDeputy)
        .join(Reception, Reception.id == ReceptionDeputy.reception_id)
        .join(other, other.c.id == ReceptionDeputy.mandate_id)
        .where(
            other.c.person_id == Mandate.person_id,
            Reception.held_on.between(first, last),
            or_(
                Reception.state == ReceptionState.PLANNED,
                Reception.state == ReceptionState.HELD,
            ),
            Reception.kind != ReceptionKind.OFFICIALS,
            ReceptionDeputy.standing.in_(ON_THE_ROTA),
        )
        .correlate(Mandate)
        .scalar_subquery()
    )


def _behind(today: date) -> dict[str, list[tuple[int, int]]]:
    """(person, times) of leaders in office by keeping area."""
    first, last = today.replace(month=1, day=1), today.replace(month=12, day=31)
    times: object = receptions_of_year(first, last)
    rows = db.session.execute(
        select(Mandate.scope_code, Mandate.person_id, times)  # type: ignore[call-overload]
        .join(Person, Person.id == Mandate.person_id)
        .where(Mandate.leader, in_office(today))
        .order_by(Mandate.scope_code, Mandate.person_id)
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for area_code, person, count in rows:
        found.setdefault(area_code, []).append((person, count))
    return found


register_announcer("receptions", announce_receptions)
register_announcer("leader_receptions", remind_leaders)
