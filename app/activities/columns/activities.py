"""The list of activities, declared once for page and export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, false, func, or_, select

from app.activities.models import Activity, Attendance
from app.activities.policy import EDIT_ACTIVITIES, VIEW_ACTIVITIES
from app.activities.queries import count_of, has_attendance, list_groups, visible_activities
from app.activities.queries.plans import in_progress
from app.activities.states import ActivityKind, ActivityState, AttendanceStatus, Capacity, Progress
from app.groups.models import DeputyGroup
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import row_ids, within
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter, enum_filter, said_yes
from app.registry.models import Area
from app.registry.queries import list_areas


def _select(actor: Actor) -> Select[Any]:
    return (
        select(Activity.id)
        .select_from(Activity)
        .outerjoin(DeputyGroup, DeputyGroup.id == Activity.group_id)
        .outerjoin(Area, Area.code == Activity.area_code)
        .where(visible_activities(actor))
    )


def _search(q: str) -> ColumnElement[bool]:
    return or_(
        Activity.title.contains(q, autoescape=True),
        Activity.venue.contains(q, autoescape=True),
        Activity.number.startswith(q.upper(), autoescape=True),
    )


def _attended(values: list[str]) -> ColumnElement[bool]:
    conditions = {"1": has_attendance(), "0": ~has_attendance()}
    return or_(false(), *(conditions[value] for value in values if value in conditions))


def _past(values: list[str]) -> ColumnElement[bool]:
    today = clock.today()
    conditions = {"1": Activity.held_on < today, "0": Activity.held_on >= today}
    return or_(false(), *(conditions[value] for value in values if value in conditions))


def _planned(values: list[str]) -> ColumnElement[bool]:
    conditions = {"1": Activity.plan_id.is_not(None), "0": Activity.plan_id.is_(None)}
    return or_(false(), *(conditions[value] for value in values))


def _progress(values: list[str]) -> ColumnElement[bool]:
    return or_(*(in_progress(Progress(value), clock.today()) for value in values))


def _capacity(values: list[str]) -> ColumnElement[bool]:
    """Somebody took part in this capacity (2-21)."""
    return exists().where(
        Attendance.activity_id == Activity.id,
        Attendance.status == AttendanceStatus.PRESENT,
        Attendance.capacity.in_([Capacity(value) for value in values]),
    )


def _in_capacity(capacity: Capacity) -> Any:
    wanted = select(func.count(Attendance.id)).where(
        Attendance.activity_id == Activity.id,
        Attendance.status == AttendanceStatus.PRESENT,
        Attendance.capacity == capacity,
    )
    return wanted.correlate(Activity).scalar_subquery()


def _area_choices(actor: Actor) -> Sequence[tuple[str, str]]:
    areas = list_areas(actor.areas(VIEW_ACTIVITIES))[:400]
    return [(area.code, area.name) for area in areas if len(area.code) > 2]


def _group_choices(actor: Actor) -> Sequence[tuple[str, str]]:
    return [(str(group.id), group.name) for group in list_groups(actor)][:400]


def _empty(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_ACTIVITIES):
        return _("还没有活动。计划一次活动，或把已经开展的登记进来。"), "/activities/new", _("计划活动")
    return _("还没有活动。"), "", ""


def _rate(value: Any) -> str:
    return f"{value * 100:.1f}%"


ACTIVITIES = Listing(
    name="activities",
    title=_l("代表活动"),
    noun=_l("活动"),
    select_visible=_select,
    identity=Activity.id,
    url=lambda identity: f"/activities/{identity}",
    search=_search,
    search_hint=_l("活动名称、地点或编号"),
    order="-held_on",
    columns=(
        Column("title", _l("活动名称"), Activity.title, sort=Activity.title),
        Column("held_on", _l("日期"), Activity.held_on, "date", sort=Activity.held_on),
        Column("number", _l("编号"), Activity.number, sort=Activity.number, kind="code"),
        Column("kind", _l("类别"), Activity.kind, "enum", sort=Activity.kind),
        Column("venue", _l("地点"), Activity.venue),
        Column("organiser", _l("组织单位"), Activity.organiser),
        Column("group", _l("代表小组"), DeputyGroup.name, visible=False),
        Column("lead_person", _l("牵头人"), Activity.lead_person),
        Column("area", _l("所属地区"), Area.name, visible=False),
        Column("invited", _l("应到"), count_of(), "number"),
        Column("present", _l("出席"), count_of(AttendanceStatus.PRESENT), "number"),
        Column("leave", _l("请假"), count_of(AttendanceStatus.LEAVE), "number", visible=False),
        Column("absent", _l("缺席"), count_of(AttendanceStatus.ABSENT), "number", visible=False),
        Column(
            "rate",
            _l("出席率"),
            case((has_attendance(), 1.0 * count_of(AttendanceStatus.PRESENT) / func.nullif(count_of(), 0))),
            "percent",
            show=_rate,
            visible=False,
        ),
        Column("leaders", _l("领导干部人次"), _in_capacity(Capacity.LEADER), "number", visible=False),
        Column(
            "specially_invited",
            _l("特邀代表人次"),
            _in_capacity(Capacity.INVITED_DEPUTY),
            "number",
            visible=False,
        ),
        Column("state", _l("状态"), Activity.state, "enum", sort=Activity.state),
    ),
    filters=(
        enum_filter("kind", _l("类别"), Activity.kind, ActivityKind),
        enum_filter("state", _l("状态"), Activity.state, ActivityState),
        dates_filter("held_on", _l("日期"), Activity.held_on),
        Filter(
            "group",
            _l("代表小组"),
            "choice",
            lambda values: Activity.group_id.in_([int(value) for value in values]),
            _group_choices,
        ),
        Filter(
            "area", _l("地区"), "choice", lambda values: within(Activity.area_code, values), _area_choices
        ),
        Filter("plan", _l("小组计划"), "hidden", lambda values: Activity.plan_id.in_(row_ids(values))),
        Filter("planned", _l("列入计划"), "yes_no", _planned),
        Filter("progress", _l("计划执行"), "choice", _progress, lambda _actor: Progress.choices()),
        Filter("capacity", _l("参加身份"), "choice", _capacity, lambda _actor: Capacity.choices()),
        Filter("attended", _l("已登记考勤"), "yes_no", _attended),
        Filter("past", _l("日期已过"), "hidden", _past, named=said_yes),
        Filter(
            "batch",
            _l("导入批次"),
            "hidden",
            lambda values: Activity.import_batch_id.in_(row_ids(values)),
        ),
    ),
    empty=_empty,
)
