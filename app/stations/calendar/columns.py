"""Lists of calendars, requests, wishes, missed days and leaders' receptions, for page and export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, false, func, or_, select

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.i18n import _, _l
from app.kit.listing import BatchAction, Column, Filter, Listing, dates_filter, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Mandate, Person
from app.registry.policy import LIST_DEPUTIES
from app.registry.queries import in_office, search_person, visible_mandates
from app.registry.states import Level
from app.stations.calendar.queries import (
    ON_THE_ROTA,
    visible_calendars,
    visible_requests,
    visible_wishes,
)
from app.stations.models import (
    Reception,
    ReceptionCalendar,
    ReceptionDeputy,
    ReceptionRequest,
    ReceptionWish,
    Station,
)
from app.stations.policy import EDIT_CALENDARS, GIVE_WISHES, VIEW_CALENDARS
from app.stations.states import (
    CalendarState,
    DutyStanding,
    ReceptionKind,
    ReceptionState,
    RequestKind,
    RequestState,
    WishKind,
)

# --- calendars ------------------------------------------------------------------------------------------


def _days_of(*states: ReceptionState) -> Any:
    wanted = select(func.count(Reception.id)).where(Reception.calendar_id == ReceptionCalendar.id)
    if states:
        wanted = wanted.where(Reception.state.in_(states))
    return wanted.correlate(ReceptionCalendar).scalar_subquery()


def _select_calendars(actor: Actor) -> Select[Any]:
    return (
        select(ReceptionCalendar.id)
        .select_from(ReceptionCalendar)
        .join(Area, Area.code == ReceptionCalendar.area_code)
        .where(visible_calendars(actor))
    )


def _no_calendars(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_CALENDARS):
        return _("还没有接待日历。按规则生成全年的接待日，并排好轮值。"), "/calendars/new", _("编排接待日历")
    return _("还没有接待日历。"), "", ""


CALENDARS = Listing(
    name="reception_calendars",
    title=_l("接待日历"),
    noun=_l("接待日历"),
    select_visible=_select_calendars,
    identity=ReceptionCalendar.id,
    url=lambda identity: f"/calendars/{identity}",
    search=lambda q: ReceptionCalendar.name.contains(q, autoescape=True),
    search_hint=_l("日历名称"),
    order="-year",
    columns=(
        Column("name", _l("名称"), ReceptionCalendar.name, sort=ReceptionCalendar.name),
        Column("year", _l("年份"), ReceptionCalendar.year, show=str, sort=ReceptionCalendar.year),
        Column("kind", _l("类别"), ReceptionCalendar.kind, "enum"),
        Column("area", _l("所在地区"), Area.name, sort=ReceptionCalendar.area_code),
        Column("state", _l("状态"), ReceptionCalendar.state, "enum", sort=ReceptionCalendar.state),
        Column("days", _l("接待日"), _days_of(), "number"),
        Column("held", _l("已开展"), _days_of(ReceptionState.HELD), "number"),
        Column("published", _l("公布时间"), ReceptionCalendar.published_at, "instant"),
    ),
    filters=(
        enum_filter("state", _l("状态"), ReceptionCalendar.state, CalendarState),
        enum_filter("kind", _l("类别"), ReceptionCalendar.kind, ReceptionKind),
        area_filter(ReceptionCalendar.area_code, VIEW_CALENDARS),
    ),
    empty=_no_calendars,
)


# --- requests -------------------------------------------------------------------------------------------

_Asker = Person.__table__.alias("asker")


def _select_requests(actor: Actor) -> Select[Any]:
    return (
        select(ReceptionRequest.id)
        .select_from(ReceptionRequest)
        .join(Reception, Reception.id == ReceptionRequest.reception_id)
        .join(Station, Station.id == Reception.station_id)
        .join(Mandate, Mandate.id == ReceptionRequest.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(visible_requests(actor))
    )


def _colleague_name() -> Any:
    theirs = Mandate.__table__.alias("colleague_mandate")
    return (
        select(_Asker.c.name)
        .select_from(theirs.join(_Asker, _Asker.c.id == theirs.c.person_id))
        .where(theirs.c.id == ReceptionRequest.colleague_id)
        .correlate(ReceptionRequest)
        .scalar_subquery()
    )


REQUESTS = Listing(
    name="reception_requests",
    title=_l("换班和请假"),
    noun=_l("申请"),
    select_visible=_select_requests,
    identity=ReceptionRequest.id,
    url=lambda identity: f"/reception-requests/{identity}",
    search=lambda q: or_(
        Person.name.contains(q, autoescape=True), Station.name.contains(q, autoescape=True)
    ),
    search_hint=_l("代表或联络站"),
    order="held_on",
    columns=(
        Column("name", _l("代表"), Person.name, sort=Person.pinyin),
        Column("held_on", _l("接待日期"), Reception.held_on, "date", sort=Reception.held_on),
        Column("station", _l("联络站"), Station.name, sort=Station.name),
        Column("kind", _l("申请"), ReceptionRequest.kind, "enum", sort=ReceptionRequest.kind),
        Column("colleague", _l("对方"), _colleague_name()),
        Column("reason", _l("事由"), ReceptionRequest.reason),
        Column("state", _l("状态"), ReceptionRequest.state, "enum", sort=ReceptionRequest.state),
        Column("asked_at", _l("提出时间"), ReceptionRequest.created_at, "instant", sort=ReceptionRequest.created_at),
        Column("answer", _l("答复"), ReceptionRequest.answer, visible=False),
    ),
    filters=(
        enum_filter("state", _l("状态"), ReceptionRequest.state, RequestState),
        enum_filter("kind", _l("申请"), ReceptionRequest.kind, RequestKind),
        dates_filter("held_on", _l("接待日期"), Reception.held_on),
        area_filter(ReceptionRequest.area_code, EDIT_CALENDARS),
    ),
    batch=lambda _actor: (BatchAction(_l("批准所选"), "/reception-requests/approve"),),
    empty=lambda _actor: (_("还没有换班和请假的申请。"), "", ""),
)  # fmt: skip


# --- wishes ---------------------------------------------------------------------------------------------

WEEKDAYS = (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))


def _select_wishes(actor: Actor) -> Select[Any]:
    return (
        select(ReceptionWish.id)
        .select_from(ReceptionWish)
        .join(Mandate, Mandate.id == ReceptionWish.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .join(Area, Area.code == Mandate.scope_code)
        .where(visible_wishes(actor))
    )


WISHES = Listing(
    name="reception_wishes",
    title=_l("不能来和希望的日子"),
    noun=_l("意愿"),
    select_visible=_select_wishes,
    identity=ReceptionWish.id,
    url=lambda identity: f"/reception-wishes/{identity}",
    search=search_person,
    search_hint=_l("姓名、拼音首字母、证号或手机"),
    order="-from_on",
    columns=(
        Column("name", _l("代表"), Person.name, sort=Person.pinyin),
        Column("kind", _l("意愿"), ReceptionWish.kind, "enum", sort=ReceptionWish.kind),
        Column("from_on", _l("从"), ReceptionWish.from_on, "date", sort=ReceptionWish.from_on),
        Column("until_on", _l("到"), ReceptionWish.until_on, "date", sort=ReceptionWish.until_on),
        Column("weekday", _l("只在"), ReceptionWish.weekday, show=lambda n: str(WEEKDAYS[n - 1])),
        Column("note", _l("说明"), ReceptionWish.note),
        Column("area", _l("所在地区"), Area.name, sort=Mandate.scope_code, visible=False),
    ),
    filters=(
        enum_filter("kind", _l("意愿"), ReceptionWish.kind, WishKind),
        dates_filter("from_on", _l("从"), ReceptionWish.from_on),
        area_filter(Mandate.scope_code, GIVE_WISHES),
    ),
    empty=lambda _actor: (_("还没有代表登记不能来或希望安排的日子。"), "/reception-wishes/new", _("登记")),
)


# --- missed days (3-37) ---------------------------------------------------------------------------------


def _select_missed(actor: Actor) -> Select[Any]:
    return (
        select(Reception.id)
        .select_from(Reception)
        .join(Station, Station.id == Reception.station_id)
        .join(Area, Area.code == Reception.area_code)
        .where(
            within(Reception.area_code, actor.areas(VIEW_CALENDARS)),
            Reception.state == ReceptionState.PLANNED,
            Reception.held_on < clock.today(),
        )
    )


_ASSIGNED_NAMES = (
    select(func.aggregate_strings(Person.name, "、"))
    .select_from(ReceptionDeputy)
    .join(Mandate, Mandate.id == ReceptionDeputy.mandate_id)
    .join(Person, Person.id == Mandate.person_id)
    .where(ReceptionDeputy.reception_id == Reception.id, ReceptionDeputy.standing.in_(ON_THE_ROTA))
    .correlate(Reception)
    .scalar_subquery()
)

MISSED = Listing(
    name="missed_receptions",
    title=_l("未登记的接待日"),
    noun=_l("接待日"),
    select_visible=_select_missed,
    identity=Reception.id,
    url=lambda identity: f"/receptions/{identity}",
    search=lambda q: Station.name.contains(q, autoescape=True),
    search_hint=_l("联络站"),
    order="held_on",
    columns=(
        Column("held_on", _l("接待日期"), Reception.held_on, "date", sort=Reception.held_on),
        Column("station", _l("联络站"), Station.name, sort=Station.name),
        Column("kind", _l("类别"), Reception.kind, "enum", sort=Reception.kind),
        Column("deputies", _l("应接待的代表"), _ASSIGNED_NAMES),
        Column("area", _l("所在地区"), Area.name, sort=Reception.area_code),
    ),
    filters=(
        enum_filter("kind", _l("类别"), Reception.kind, ReceptionKind),
        dates_filter("held_on", _l("接待日期"), Reception.held_on),
        area_filter(Reception.area_code, VIEW_CALENDARS),
    ),
    empty=lambda _actor: (_("过去的接待日都已登记开展情况。"), "", ""),
)


# --- leaders' receptions (3-07) -------------------------------------------------------------------------

_FIRST: Any = bindparam(
    "first_of_year", callable_=lambda: clock.today().replace(month=1, day=1), type_=Date()
)
_LAST: Any = bindparam(
    "last_of_year", callable_=lambda: clock.today().replace(month=12, day=31), type_=Date()
)


def _times(held: bool) -> Any:
    own = Mandate.__table__.alias("own_mandate")
    standing = DutyStanding.PRESENT if held else DutyStanding.ASSIGNED
    state = ReceptionState.HELD if held else ReceptionState.PLANNED
    return (
        select(func.count(Reception.id.distinct()))
        .select_from(ReceptionDeputy)
        .join(Reception, Reception.id == ReceptionDeputy.reception_id)
        .join(own, own.c.id == ReceptionDeputy.mandate_id)
        .where(
            own.c.person_id == Mandate.person_id,
            Reception.held_on.between(_FIRST, _LAST),
            Reception.state == state,
            Reception.kind != ReceptionKind.OFFICIALS,
            ReceptionDeputy.standing == standing,
        )
        .correlate(Mandate)
        .scalar_subquery()
    )


_HELD, _PLANNED = _times(True), _times(False)


def _select_leaders(actor: Actor) -> Select[Any]:
    return (
        select(Mandate.id)
        .select_from(Mandate)
        .join(Person, Person.id == Mandate.person_id)
        .join(Area, Area.code == Mandate.scope_code)
        .where(visible_mandates(actor, LIST_DEPUTIES), Mandate.leader, in_office(clock.today()))
    )


def _held_times(values: list[str]) -> ColumnElement[bool]:
    conditions = {"0": _HELD == 0, "1": _HELD == 1, "2": _HELD >= 2}
    return or_(false(), *(conditions[value] for value in values if value in conditions))


def _expected_times(values: list[str]) -> ColumnElement[bool]:
    conditions = {"0": _HELD + _PLANNED == 0, "1": _HELD + _PLANNED == 1, "2": _HELD + _PLANNED >= 2}
    return or_(false(), *(conditions[value] for value in values if value in conditions))


def _times_choices(_actor: Actor) -> Sequence[tuple[str, str]]:
    return [("0", _("没有")), ("1", _("一次")), ("2", _("两次以上"))]


LEADERS = Listing(
    name="leaders_receptions",
    title=_l("领导接待次数"),
    noun=_l("领导干部代表"),
    select_visible=_select_leaders,
    identity=Mandate.id,
    url=lambda identity: f"/deputies/{identity}",
    search=search_person,
    search_hint=_l("姓名、拼音首字母、证号或手机"),
    order="name",
    columns=(
        Column("name", _l("姓名"), Person.name, sort=Person.pinyin),
        Column("level", _l("层级"), Mandate.level, "enum", sort=Mandate.level),
        Column("area", _l("所在地区"), Area.name, sort=Mandate.scope_code),
        Column("work", _l("工作单位及职务"), Person.work_unit_post),
        Column("held", _l("今年已接待"), _HELD, "number", sort=_HELD),
        Column("planned", _l("已安排"), _PLANNED, "number", sort=_PLANNED),
    ),
    filters=(
        Filter("held", _l("今年已接待"), "choice", _held_times, _times_choices),
        Filter("expected", _l("已接待和已安排"), "choice", _expected_times, _times_choices),
        enum_filter("level", _l("层级"), Mandate.level, Level),
        area_filter(Mandate.scope_code, LIST_DEPUTIES),
    ),
    empty=lambda _actor: (_("名册里没有标为领导干部的代表。"), "", ""),
)
