"""Lists of attendance at group activities by group and by deputy, and of the support coming activities need."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select

from app.activities.models import Activity, Attendance
from app.activities.policy import OVERSEE_ACTIVITIES
from app.activities.queries.activities import list_groups_in
from app.activities.states import ActivityKind, ActivityState, AttendanceStatus
from app.activities.years import FIRST_DAY, LAST_DAY, chosen_year
from app.groups.columns import TODAY
from app.groups.models import DeputyGroup, GroupMembership
from app.groups.queries import count_members, running
from app.groups.states import GroupKind
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import row_ids, within
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Mandate, Person
from app.registry.queries import in_office, search_person
from app.registry.states import Level


def _year_filter() -> Filter:
    """The year is no condition on the rows: the figures beside them are of it."""

    def choices(_actor: Actor) -> list[tuple[str, str]]:
        this = clock.today().year
        return [(str(year), str(year)) for year in range(max(this, chosen_year()), this - 6, -1)]

    return Filter("year", _l("年度"), "choice", lambda _values: None, choices)


def _held() -> list[ColumnElement[bool]]:
    return [Activity.state == ActivityState.HELD, Activity.held_on.between(FIRST_DAY, LAST_DAY)]


def _of_group(status: AttendanceStatus | None = None) -> Any:
    """SQL: person-times at the held activities of the group of the row in the year."""
    wanted = (
        select(func.count(Attendance.id))
        .join(Activity, Activity.id == Attendance.activity_id)
        .where(Activity.group_id == DeputyGroup.id, *_held())
    )
    if status is not None:
        wanted = wanted.where(Attendance.status == status)
    return wanted.correlate(DeputyGroup).scalar_subquery()


def _activities_of_group() -> Any:
    wanted = select(func.count(Activity.id)).where(Activity.group_id == DeputyGroup.id, *_held())
    return wanted.correlate(DeputyGroup).scalar_subquery()


def _share(part: Any, whole: Any) -> Any:
    return case((whole > 0, 1.0 * part / func.nullif(whole, 0)))


def _select_groups(actor: Actor) -> Select[Any]:
    return (
        select(DeputyGroup.id)
        .select_from(DeputyGroup)
        .outerjoin(Area, Area.code == DeputyGroup.area_code)
        .where(within(DeputyGroup.area_code, actor.areas(OVERSEE_ACTIVITIES)))
    )


def _idle(values: list[str]) -> ColumnElement[bool]:
    count = _activities_of_group()
    return or_(false(), *((count == 0) if value == "1" else (count > 0) for value in values))


GROUP_ATTENDANCE = Listing(
    name="group_attendance",
    title=_l("小组活动考勤（按小组）"),
    noun=_l("小组"),
    select_visible=_select_groups,
    identity=DeputyGroup.id,
    url=lambda identity: (
        f"/activities/?group={identity}&state=held"
        f"&held_on_from={chosen_year()}-01-01&held_on_to={chosen_year()}-12-31"
    ),
    search=lambda q: DeputyGroup.name.contains(q, autoescape=True),
    search_hint=_l("小组名称"),
    order="area",
    columns=(
        Column("group", _l("代表小组"), DeputyGroup.name, sort=DeputyGroup.name),
        Column("area", _l("所属地区"), Area.name, sort=DeputyGroup.area_code),
        Column("kind", _l("小组类别"), DeputyGroup.kind, "enum", sort=DeputyGroup.kind),
        Column("members", _l("在任成员"), count_members(TODAY), "number"),
        Column("activities", _l("已开展活动"), _activities_of_group(), "number", sort=_activities_of_group()),
        Column("invited", _l("应到人次"), _of_group(), "number"),
        Column("present", _l("出席"), _of_group(AttendanceStatus.PRESENT), "number"),
        Column("leave", _l("请假"), _of_group(AttendanceStatus.LEAVE), "number"),
        Column("absent", _l("缺席"), _of_group(AttendanceStatus.ABSENT), "number"),
        Column("rate", _l("出席率"), _share(_of_group(AttendanceStatus.PRESENT), _of_group()), "percent"),
    ),
    filters=(
        _year_filter(),
        Filter("idle", _l("今年没有开展活动"), "yes_no", _idle),
        enum_filter("kind", _l("小组类别"), DeputyGroup.kind, GroupKind),
        area_filter(DeputyGroup.area_code, OVERSEE_ACTIVITIES),
    ),
    empty=lambda _actor: (_("还没有代表小组。"), "", ""),
)

# --- by deputy --------------------------------------------------------------------------------------------


def _of_member(status: AttendanceStatus | None = None) -> Any:
    """SQL: how often the person of the row was invited to, or stood so at, the group's activities in the year."""
    same = select(Mandate.id).where(Mandate.person_id == Person.id).correlate(Person)
    wanted = (
        select(func.count(Attendance.activity_id.distinct()))
        .join(Activity, Activity.id == Attendance.activity_id)
        .where(Activity.group_id == GroupMembership.group_id, Attendance.mandate_id.in_(same), *_held())
    )
    if status is not None:
        wanted = wanted.where(Attendance.status == status)
    return wanted.correlate(GroupMembership, Person).scalar_subquery()


def _select_members(actor: Actor) -> Select[Any]:
    today = clock.today()
    return (
        select(GroupMembership.id)
        .select_from(GroupMembership)
        .join(DeputyGroup, DeputyGroup.id == GroupMembership.group_id)
        .join(Mandate, Mandate.id == GroupMembership.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(
            within(DeputyGroup.area_code, actor.areas(OVERSEE_ACTIVITIES)),
            running(GroupMembership.joined_on, GroupMembership.left_on, today),
            or_(DeputyGroup.ended_on.is_(None), DeputyGroup.ended_on > today),
            in_office(today),
        )
    )


def _never(values: list[str]) -> ColumnElement[bool]:
    present = _of_member(AttendanceStatus.PRESENT)
    return or_(false(), *((present == 0) if value == "1" else (present > 0) for value in values))


def _group_choices(actor: Actor) -> list[tuple[str, str]]:
    return [(str(group.id), group.name) for group in list_groups_in(actor.areas(OVERSEE_ACTIVITIES))]


MEMBER_ATTENDANCE = Listing(
    name="member_attendance",
    title=_l("小组活动考勤（按代表）"),
    noun=_l("成员"),
    select_visible=_select_members,
    identity=GroupMembership.id,
    url=lambda identity: f"/groups/members/{identity}",
    search=search_person,
    search_hint=_l("姓名、拼音首字母、证号或电话"),
    order="name",
    columns=(
        Column("name", _l("姓名"), Person.name, sort=Person.pinyin),
        Column("level", _l("层级"), Mandate.level, "enum", sort=Mandate.level),
        Column("group", _l("代表小组"), DeputyGroup.name, sort=DeputyGroup.name),
        Column("invited", _l("应到"), _of_member(), "number"),
        Column("present", _l("出席"), _of_member(AttendanceStatus.PRESENT), "number"),
        Column("leave", _l("请假"), _of_member(AttendanceStatus.LEAVE), "number"),
        Column("absent", _l("缺席"), _of_member(AttendanceStatus.ABSENT), "number"),
        Column("rate", _l("出席率"), _share(_of_member(AttendanceStatus.PRESENT), _of_member()), "percent"),
    ),
    filters=(
        _year_filter(),
        Filter("never", _l("一次没有出席"), "yes_no", _never),
        Filter(
            "group",
            _l("代表小组"),
            "choice",
            lambda values: GroupMembership.group_id.in_(row_ids(values)),
            _group_choices,
        ),
        enum_filter("level", _l("层级"), Mandate.level, Level),
        area_filter(DeputyGroup.area_code, OVERSEE_ACTIVITIES),
    ),
    empty=lambda _actor: (_("小组里还没有成员。"), "", ""),
)

# --- support ----------------------------------------------------------------------------------------------

NEEDS = {
    "time": (_l("时间"), Activity.need_time),
    "funds": (_l("经费"), Activity.need_funds),
    "vehicle": (_l("车辆"), Activity.need_vehicle),
    "venue": (_l("场地"), Activity.need_venue),
}


def _select_needs(actor: Actor) -> Select[Any]:
    return (
        select(Activity.id)
        .select_from(Activity)
        .outerjoin(DeputyGroup, DeputyGroup.id == Activity.group_id)
        .outerjoin(Area, Area.code == Activity.area_code)
        .where(
            within(Activity.area_code, actor.areas(OVERSEE_ACTIVITIES)),
            Activity.state == ActivityState.PLANNED,
            Activity.held_on >= clock.today(),
            or_(*(column != "" for _label, column in NEEDS.values())),
        )
    )


SUPPORT_NEEDS = Listing(
    name="support_needs",
    title=_l("活动保障需求"),
    noun=_l("活动"),
    select_visible=_select_needs,
    identity=Activity.id,
    url=lambda identity: f"/activities/{identity}",
    search=lambda q: Activity.title.contains(q, autoescape=True),
    search_hint=_l("活动名称"),
    order="held_on",
    columns=(
        Column("title", _l("活动名称"), Activity.title, sort=Activity.title),
        Column("held_on", _l("日期"), Activity.held_on, "date", sort=Activity.held_on),
        Column("group", _l("代表小组"), DeputyGroup.name),
        Column("area", _l("所属地区"), Area.name, sort=Activity.area_code),
        Column("lead_person", _l("牵头人"), Activity.lead_person),
        *(Column(f"need_{key}", label, column) for key, (label, column) in NEEDS.items()),
    ),
    filters=(
        Filter(
            "need",
            _l("需要"),
            "choice",
            lambda values: or_(*(NEEDS[value][1] != "" for value in values)),
            lambda _actor: [(key, str(label)) for key, (label, _column) in NEEDS.items()],
        ),
        dates_filter("held_on", _l("日期"), Activity.held_on),
        enum_filter("kind", _l("类别"), Activity.kind, ActivityKind),
        area_filter(Activity.area_code, OVERSEE_ACTIVITIES),
    ),
    empty=lambda _actor: (_("近期没有需要保障的活动。计划活动时填写保障需求，会列在这里。"), "", ""),
)
