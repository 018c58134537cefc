"""Lists of stations, receptions and opinions, and of deputies without a station; for page and export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter, enum_filter, yes_no_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Mandate, Person
from app.registry.policy import LIST_DEPUTIES
from app.registry.queries import in_office, search_person, visible_mandates
from app.registry.states import Level
from app.stations.models import Opinion, Reception, Station
from app.stations.policy import EDIT_STATIONS, VIEW_STATIONS
from app.stations.queries import (
    HELD_FOR_PUBLIC,
    count_assigned,
    deputy_names,
    received_by,
    visible_receptions,
    visible_stations,
    without_station,
)
from app.stations.states import ReceptionKind, ReceptionState, StationKind

# The day on which the list is asked for, not the one on which the program started.
TODAY: Any = bindparam("station_day", callable_=lambda: clock.today(), type_=Date())
_NAMED = aliased(Station)


def station_named(values: Sequence[str]) -> ColumnElement[bool]:
    """The station of exactly this name, or where there is none those that contain it."""
    return or_(
        *(
            or_(
                Station.name == value,
                and_(Station.name.contains(value, autoescape=True), ~exists().where(_NAMED.name == value)),
            )
            for value in values
        )
    )


def _year_start() -> date:
    return clock.today().replace(month=1, day=1)


# --- stations -------------------------------------------------------------------------------------------


def _select_stations(actor: Actor) -> Select[Any]:
    return (
        select(Station.id)
        .select_from(Station)
        .join(Area, Area.code == Station.area_code)
        .where(visible_stations(actor))
    )


def _open(values: list[str]) -> ColumnElement[bool]:
    closed = Station.closed_on <= clock.today()
    still = or_(Station.closed_on.is_(None), Station.closed_on > clock.today())
    return or_(*(still if value == "open" else closed for value in values))


def _no_stations(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_STATIONS):
        return (
            _("还没有联络站。代表名册里填了联络站的，导入名册就会建立；也可以逐个登记。"),
            "/stations/new",
            _("登记联络站"),
        )
    return _("您还没有派驻联络站。派驻之后这里会显示。"), "", ""


def _receptions_this_year() -> Any:
    this_year: Any = bindparam("station_year", callable_=_year_start, type_=Date())
    return (
        select(func.count(Reception.id))
        .where(Reception.station_id == Station.id, Reception.held_on >= this_year, HELD_FOR_PUBLIC)
        .correlate(Station)
        .scalar_subquery()
    )


_ASSIGNED = count_assigned(TODAY)

STATIONS = Listing(
    name="stations",
    title=_l("代表联络站"),
    noun=_l("联络站"),
    select_visible=_select_stations,
    identity=Station.id,
    url=lambda identity: f"/stations/{identity}",
    search=lambda q: or_(
        Station.name.contains(q, autoescape=True), Station.address.contains(q, autoescape=True)
    ),
    search_hint=_l("站名或地址"),
    order="area",
    columns=(
        Column("name", _l("联络站名称"), Station.name, sort=Station.name),
        Column("kind", _l("类别"), Station.kind, "enum", sort=Station.kind),
        Column("area", _l("所在地区"), Area.name, sort=Station.area_code),
        Column("deputies", _l("派驻代表"), _ASSIGNED, "number", sort=_ASSIGNED),
        Column("receptions", _l("今年接待"), _receptions_this_year(), "number"),
        Column("head_name", _l("站长"), Station.head_name),
        Column("phone", _l("联系电话"), Station.phone),
        Column("opening", _l("开放时间"), Station.opening),
        Column("address", _l("地址"), Station.address, visible=False),
        Column("model", _l("示范站"), Station.model, "yes_no"),
        Column("closed_on", _l("撤销日期"), Station.closed_on, "date", visible=False),
    ),
    filters=(
        enum_filter("kind", _l("类别"), Station.kind, StationKind),
        area_filter(Station.area_code, VIEW_STATIONS),
        yes_no_filter("model", _l("示范站"), Station.model),
        Filter(
            "standing",
            _l("状态"),
            "choice",
            _open,
            lambda _actor: [("open", _("开放中")), ("closed", _("已撤销"))],
        ),
    ),
    empty=_no_stations,
)


# --- deputies without a station (2-31) ------------------------------------------------------------------


def _select_unassigned(actor: Actor) -> Select[Any]:
    today = clock.today()
    return (
        select(Mandate.id)
        .select_from(Mandate)
        .join(Person, Person.id == Mandate.person_id)
        .join(Area, Area.code == Mandate.scope_code)
        .where(visible_mandates(actor, LIST_DEPUTIES), in_office(today), without_station(today))
    )


UNASSIGNED = Listing(
    name="deputies_without_station",
    title=_l("尚未进站的代表"),
    noun=_l("代表"),
    select_visible=_select_unassigned,
    identity=Mandate.id,
    url=lambda identity: f"/deputies/{identity}",
    search=search_person,
    search_hint=_l("姓名、拼音首字母、证号或手机"),
    order="area",
    columns=(
        Column("name", _l("姓名"), Person.name, sort=Person.pinyin),
        Column("card", _l("代表证号"), Mandate.card_no, sort=func.coalesce(Mandate.card_no, "")),
        Column("level", _l("层级"), Mandate.level, "enum", sort=Mandate.level),
        Column("area", _l("所在地区"), Area.name, sort=Mandate.scope_code),
        Column("phone", _l("手机号码"), Person.phone),
        Column("work", _l("工作单位及职务"), Person.work_unit_post),
    ),
    filters=(
        enum_filter("level", _l("层级"), Mandate.level, Level),
        area_filter(Mandate.scope_code, LIST_DEPUTIES),
    ),
    empty=lambda _actor: (_("在任代表都已进站。"), "", ""),
)


# --- receptions -----------------------------------------------------------------------------------------


def _select_receptions(actor: Actor) -> Select[Any]:
    return (
        select(Reception.id)
        .select_from(Reception)
        .join(Station, Station.id == Reception.station_id)
        .outerjoin(Area, Area.code == Reception.area_code)
        .where(visible_receptions(actor))
    )


def _no_receptions(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_STATIONS):
        return _("还没有接待登记。可以导入现有的接待登记表，或逐次登记。"), "/receptions/new", _("登记接待")
    return _("您还没有参加接待的记录。参加接待日之后这里会显示。"), "", ""


_OPINIONS_TAKEN = (
    select(func.count(Opinion.id))
    .where(Opinion.reception_id == Reception.id)
    .correlate(Reception)
    .scalar_subquery()
)

RECEPTIONS = Listing(
    name="receptions",
    title=_l("接待群众"),
    noun=_l("接待"),
    select_visible=_select_receptions,
    identity=Reception.id,
    url=lambda identity: f"/receptions/{identity}",
    search=lambda q: or_(
        func.coalesce(Reception.number, "").startswith(q, autoescape=True),
        Station.name.contains(q, autoescape=True),
    ),
    search_hint=_l("接待编号或联络站"),
    order="-held_on",
    columns=(
        Column(
            "number", _l("接待编号"), Reception.number, sort=func.coalesce(Reception.number, ""), kind="code"
        ),
        Column("held_on", _l("接待日期"), Reception.held_on, "date", sort=Reception.held_on),
        Column("station", _l("联络站"), Station.name, sort=Station.name),
        Column("state", _l("情况"), Reception.state, "enum", sort=Reception.state),
        Column("kind", _l("类别"), Reception.kind, "enum", visible=False),
        Column("deputies", _l("接待代表"), deputy_names(Reception.id).correlate(Reception)),
        Column(
            "people", _l("接待群众人次"), Reception.people_received, "number", sort=Reception.people_received
        ),
        Column("opinions", _l("意见"), _OPINIONS_TAKEN, "number"),
        Column("area", _l("所在地区"), Area.name, sort=Reception.area_code, visible=False),
        Column("note", _l("备注"), Reception.note, visible=False),
    ),
    filters=(
        dates_filter("held_on", _l("接待日期"), Reception.held_on),
        enum_filter("state", _l("情况"), Reception.state, ReceptionState),
        enum_filter("kind", _l("类别"), Reception.kind, ReceptionKind),
        area_filter(Reception.area_code, VIEW_STATIONS),
        Filter("station", _l("联络站"), "text", station_named),
        Filter("deputy", _l("代表"), "text", lambda values: Reception.id.in_(received_by(values))),
    ),
    empty=_no_receptions,
)
