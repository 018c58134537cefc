"""A year's reception calendar: its days by rule, its rota, published and taken back (3-06, 3-10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, authorise
from app.kit.database import reserve_ids
from app.kit.errors import Conflict, DomainError
from app.kit.i18n import _, _l
from app.kit.jobs import JobContext, enqueue, register_job
from app.kit.workdays import load as load_workdays
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.registry.operations import check_version, office_of
from app.registry.queries import get_area
from app.stations.calendar.dates import ReceptionDay, reception_days, skipped_days
from app.stations.calendar.loading import load_problem, shortcomings
from app.stations.calendar.queries import (
    ON_THE_ROTA,
    calendar_job,
    count_days,
    find_calendar,
    has_begun,
    list_requests_about,
    list_rota_people,
)
from app.stations.calendar.rota import Problem, Rota
from app.stations.calendar.settings import CalendarRules, rules_of
from app.stations.calendar.solving import solve
from app.stations.models import Reception, ReceptionCalendar, ReceptionDeputy, Station
from app.stations.operations.setting import assign_values
from app.stations.policy import EDIT_CALENDARS
from app.stations.queries import list_stations
from app.stations.states import (
    RECEPTION_TRANSITIONS,
    CalendarState,
    DutyStanding,
    ReceptionAction,
    ReceptionKind,
    ReceptionState,
)

ROTA_JOB = "reception_rota"
NOT_A_DRAFT = _l("接待日历已经公布。要重新编排，请先撤回公布。")


def create_calendar(
    actor: Actor, *, area_code: str, year: int, name: str, kind: ReceptionKind, rules: CalendarRules
) -> ReceptionCalendar:
    """A draft of the year's days at the chosen stations, and the computation of its rota (3-10)."""
    authorise(actor, EDIT_CALENDARS, area_code)
    get_area(area_code)
    if find_calendar(area_code, year, name) is not None:
        raise DomainError(
            _l("%(year)s年已有叫“%(name)s”的接待日历，请换一个名称。", year=year, name=name), "name"
        )
    calendar = ReceptionCalendar(
        office_code=office_of(area_code),
        area_code=area_code,
        year=year,
        name=name,
        kind=kind,
        rules=rules.model_dump(mode="json"),
        notes=[],
    )
    db.session.add(calendar)
    db.session.flush()
    _lay_out(actor, calendar, rules)
    compute_rota(actor, calendar)
    return calendar


def update_calendar(
    actor: Actor,
    calendar: ReceptionCalendar,
    *,
    version: int | None,
    name: str,
    rules: CalendarRules,
) -> ReceptionCalendar:
    """Other rules for a draft: days that stay keep who was put there by hand; the rota is computed anew."""
    authorise(actor, EDIT_CALENDARS, calendar.area_code)
    check_version(calendar, version)
    _must_be_draft(calendar)
    other = find_calendar(calendar.area_code, calendar.year, name)
    if other is not None and other is not calendar:
        raise DomainError(_l("这一年已有叫“%(name)s”的接待日历，请换一个名称。", name=name), "name")
    assign_values(calendar, {"name": name, "rules": rules.model_dump(mode="json")})
    db.session.flush()
    _lay_out(actor, calendar, rules)
    compute_rota(actor, calendar)
    return calendar


def delete_calendar(actor: Actor, calendar: ReceptionCalendar) -> None:
    """Throws a draft away with its days."""
    authorise(actor, EDIT_CALENDARS, calendar.area_code)
    _must_be_draft(calendar)
    if set(count_days(calendar)) - {ReceptionState.DRAFT}:
        raise DomainError(_l("有的接待日已经开展或取消，不能删除这份日历。"))
    _drop_days(calendar.receptions)
    db.session.delete(calendar)
    db.session.flush()


def _drop_days(receptions: Sequence[Reception]) -> None:
    """Throws drafted days away, with what was asked about them while they were published."""
    for request in list_requests_about([reception.id for reception in receptions]):
        db.session.delete(request)
    db.session.flush()
    for reception in list(receptions):
        db.session.delete(reception)
    db.session.flush()


def _must_be_draft(calendar: ReceptionCalendar) -> None:
    if calendar.state is not CalendarState.DRAFT:
        raise DomainError(NOT_A_DRAFT)


# --- days -----------------------------------------------------------------------------------------------


def plan_days(rules: CalendarRules, year: int) -> list[ReceptionDay]:
    """The dates the rules give for a year, from the day on which the calendar begins."""
    return [day for day in reception_days(rules.dates, year, load_workdays()) if day.day >= rules.from_on]


def day_notes(rules: CalendarRules, year: int) -> list[str]:
    """What is to be known about the dates: holidays not announced yet, dates that fall away."""
    workdays = load_workdays()
    notes = []
    if not workdays.known(year):
        notes.append(_("%(year)s年的放假安排还没有公布，日期只避开了周末；公布后请重新生成一次。", year=year))
    gone = [str(day) for day in skipped_days(rules.dates, year, workdays) if day >= rules.from_on]
    if gone:
        notes.append(_("逢节假日取消 %(n)s 次：%(days)s。", n=len(gone), days="、".join(gone[:12])))
    return notes


def _lay_out(actor: Actor, calendar: ReceptionCalendar, rules: CalendarRules) -> None:
    """Makes the drafted days equal to what the rules say; days that stay are not touched."""
    stations = _stations(actor, calendar, rules.station_ids)
    days = plan_days(rules, calendar.year)
    if not days:
        raise DomainError(_l("按这条规则这一年没有接待日，请检查日期规则和开始日期。"), "from_on")
    wanted = {(station.id, day.day): (station, day) for station, day in _pairs(rules, stations, days)}
    gone = []
    for reception in list(calendar.receptions):
        planned = wanted.pop((reception.station_id, reception.held_on), None)
        if planned is not None:
            moved_from = planned[1].rule_day if planned[1].moved else None
            times = {"starts_at": rules.starts_at, "ends_at": rules.ends_at, "rule_day": moved_from}
            assign_values(reception, times)
        elif reception.state is ReceptionState.DRAFT:
            gone.append(reception)
    _drop_days(gone)
    for station, day in wanted.values():
        db.session.add(_drafted_day(calendar, rules, station, day))
    db.session.flush()
    db.session.expire(calendar, ["receptions"])
    calendar.notes = day_notes(rules, calendar.year)


def _stations(actor: Actor, calendar: ReceptionCalendar, ids: Sequence[int]) -> list[Station]:
    """The chosen stations, in the order chosen; each open and in the calendar's area."""
    known = {
        station.id: station
        for station in list_stations(actor, EDIT_CALENDARS)
        if station.area_code.startswith(calendar.area_code)
    }
    if not ids or not set(ids) <= known.keys():
        raise DomainError(_l("请选择联络站；只能选择日历所在地区内开放的联络站。"), "station_ids")
    return [known[identity] for identity in dict.fromkeys(ids)]


def _pairs(
    rules: CalendarRules, stations: Sequence[Station], days: Sequence[ReceptionDay]
) -> Iterator[tuple[Station, ReceptionDay]]:
    for number, day in enumerate(days):
        if rules.take_turns:
            yield stations[number % len(stations)], day
        else:
            yield from ((station, day) for station in stations)


def _drafted_day(
    calendar: ReceptionCalendar, rules: CalendarRules, station: Station, day: ReceptionDay
) -> Reception:
    return Reception(
        office_code=station.office_code,
        area_code=station.area_code,
        station=station,
        calendar=calendar,
        kind=calendar.kind,
        state=ReceptionState.DRAFT,
        held_on=day.day,
        rule_day=day.rule_day if day.moved else None,
        starts_at=rules.starts_at,
        ends_at=rules.ends_at,
    )


# --- the rota -------------------------------------------------------------------------------------------


def compute_rota(actor: Actor, calendar: ReceptionCalendar) -> None:
    """Asks the worker for a new rota of the drafted days; who was put there by hand stays."""
    authorise(actor, EDIT_CALENDARS, calendar.area_code)
    _must_be_draft(calendar)
    label = _("%(name)s：编排轮值", name=calendar.name)
    job = enqueue(actor, ROTA_JOB, label, {"calendar_id": calendar.id}, calendar.area_code)
    calendar.job_id = job.id
    db.session.flush()


def make_rota(context: JobContext, calendar_id: int) -> str:
    """The job: reads who may come, computes without holding the database, writes the rota in one go."""
    context.report(2, _("读取联络站、派驻和登记的意愿"))
    with context.reading():
        calendar = db.session.get_one(ReceptionCalendar, calendar_id)
        problem = load_problem(calendar)
        names = {row.id: row.name for row in db.session.execute(select(Station.id, Station.name))}
    context.report(10, _("开始编排"))

    def report(done: int, of: int) -> None:
        context.report(10 + 80 * done // of, _("已排好 %(n)s 组，共 %(all)s 组", n=done, **{"all": of}))

    rota = solve(problem, report=report)
    context.report(92, _("保存"))
    calendar = db.session.get_one(ReceptionCalendar, calendar_id)
    authorise(context.actor, EDIT_CALENDARS, calendar.area_code)
    if calendar.job_id != context.job_id or calendar.state is not CalendarState.DRAFT:
        raise DomainError(_l("日历在编排时有变动，这次的结果没有采用。"))
    _write_rota(calendar, problem, rota)
    short = shortcomings(problem, rota, names)
    calendar.notes = [*day_notes(rules_of(calendar), calendar.year), *short]
    context.result_url = f"/calendars/{calendar_id}"
    if short:
        return _("编排完成，有 %(n)s 处没有排满，见日历页的说明。", n=len(short))
    return _("编排完成，每名代表都已排到，没有违反规则的地方。")


register_job(ROTA_JOB, make_rota)


def _write_rota(calendar: ReceptionCalendar, problem: Problem, rota: Rota) -> None:
    drafted = select(Reception.id).where(
        Reception.calendar_id == calendar.id, Reception.state == ReceptionState.DRAFT
    )
    if set(db.session.scalars(drafted)) != {slot.key for slot in problem.slots} or _by_hand(drafted) != dict(
        problem.fixed
    ):
        raise Conflict(_l("编排的同时有人手工调整了日历，请重新编排一次。"))
    ours = ReceptionDeputy.reception_id.in_(drafted), ReceptionDeputy.fixed.is_(False)
    db.session.execute(delete(ReceptionDeputy).where(*ours))
    rows = [
        {
            "reception_id": key,
            "mandate_id": problem.open_to[key][person],
            "standing": DutyStanding.ASSIGNED,
            "fixed": False,
        }
        for key, people in rota.items()
        for person in sorted(people - problem.fixed.get(key, frozenset()))
    ]
    ids = reserve_ids(db.session(), ReceptionDeputy.__table__, len(rows))  # type: ignore[arg-type]
    filled = [{"id": number, **row} for number, row in zip(ids, rows, strict=True)]
    for start in range(0, len(filled), 2000):
        db.session.execute(insert(ReceptionDeputy), filled[start : start + 2000])
    db.session.expire_all()
    record_calendar(calendar, "rota", {"places": len(rows)})


def _by_hand(drafted: Any) -> dict[int, frozenset[int]]:
    rows = db.session.execute(
        select(ReceptionDeputy).where(
            ReceptionDeputy.reception_id.in_(drafted),
            ReceptionDeputy.fixed,
            ReceptionDeputy.standing.in_(ON_THE_ROTA),
        )
    ).scalars()
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row.reception_id, set()).add(row.mandate.person_id)
    return {key: frozenset(people) for key, people in found.items()}


def record_calendar(calendar: ReceptionCalendar, what: str, after: dict[str, Any]) -> None:
    """An event of the calendar as a whole in its history."""
    happening = audit.Happening(
        tag=f"{audit.acting().source}:reception_calendar:{what}",
        area_code=calendar.area_code,
        subject_kind="reception_calendar",
        subject_id=calendar.id,
        subject_label=calendar.name,
        after=after,
    )
    audit.record(db.session(), [happening])


# --- publishing -----------------------------------------------------------------------------------------


def publish_calendar(actor: Actor, calendar: ReceptionCalendar) -> int:
    """The whole year is announced beforehand (3-10 年预安排、年预告); how many deputies were told."""
    authorise(actor, EDIT_CALENDARS, calendar.area_code)
    _must_be_draft(calendar)
    status = calendar_job(calendar)
    if status is not None and not status.finished:
        raise DomainError(_l("正在编排轮值，请等编排完成后再公布。"))
    days = _step(calendar, ReceptionAction.PUBLISH)
    if not days:
        raise DomainError(_l("日历里还没有接待日，不能公布。"))
    calendar.state = CalendarState.PUBLISHED
    calendar.published_at = clock.now()
    db.session.flush()
    return tell(
        key=f"calendar:{calendar.id}:{clock.now():%Y%m%d%H%M%S}",
        kind=NoticeKind.RECEPTION_EARLY,
        area_code=calendar.area_code,
        person_ids=list_rota_people(calendar.id),
        title=_l("%(name)s已公布", name=calendar.name),
        body=_l("%(year)s年接待安排已经公布，请查看您的接待日；有事不能来的，可以在系统里请假、换班或请人代班。",
               year=calendar.year),
        url="/reception-duty",
    )  # fmt: skip


def unpublish_calendar(actor: Actor, calendar: ReceptionCalendar) -> None:
    """Back to the draft; refused once a day of it was held or cancelled."""
    authorise(actor, EDIT_CALENDARS, calendar.area_code)
    if calendar.state is not CalendarState.PUBLISHED:
        raise DomainError(_l("这份日历还没有公布。"))
    if set(count_days(calendar)) & {ReceptionState.HELD, ReceptionState.CANCELLED}:
        raise DomainError(_l("有的接待日已经开展或取消，不能撤回公布。可以直接调整以后的接待日。"))
    if has_begun(calendar.id):
        raise DomainError(
            _l("有的接待日已有现场登记，不能撤回公布。请先登记开展情况，或直接调整以后的接待日。")
        )
    people = list_rota_people(calendar.id)
    _step(calendar, ReceptionAction.UNPUBLISH)
    calendar.state = CalendarState.DRAFT
    calendar.published_at = None
    db.session.flush()
    tell(
        key=f"calendar:{calendar.id}:back:{clock.now():%Y%m%d%H%M%S}",
        kind=NoticeKind.RECEPTION_CHANGED,
        area_code=calendar.area_code,
        person_ids=people,
        title=_l("%(name)s已撤回，正在调整", name=calendar.name),
        body=_l("原来公布的接待安排暂不作数，重新公布后会再通知您。"),
        url="/reception-duty",
    )


def _step(calendar: ReceptionCalendar, action: ReceptionAction) -> list[Reception]:
    moved = []
    for reception in calendar.receptions:
        after = RECEPTION_TRANSITIONS.after(reception.state, action)
        if after is not None:
            reception.state = after
            moved.append(reception)
    db.session.flush()
    return moved


def calendar_name(area_name: str, year: int, kind: ReceptionKind = ReceptionKind.PUBLIC) -> str:
    """What a calendar is called unless somebody says otherwise."""
    if kind is ReceptionKind.CHAIRPERSONS:
        return _("%(area)s%(year)s年主任接待日安排", area=area_name, year=year)
    return _("%(area)s%(year)s年代表接待日历", area=area_name, year=year)


def first_day(year: int) -> date:
    """From when a new calendar of a year begins: its first day, or tomorrow when the year runs already."""
    today = clock.today()
    return date.fromordinal(max(date(year, 1, 1).toordinal(), min(today.toordinal() + 1, date(year, 12, 31).toordinal())))  # fmt: skip
