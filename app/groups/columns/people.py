"""Lists of deputies as groups and links know them: who is in none, who comes from above, who is visited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from app.groups.models import CareNote, DeputyGroup, DeputyLink, GroupMembership
from app.groups.policy import EDIT_GROUPS, OVERSEE_GROUPS, VIEW_CARE
from app.groups.queries import in_a_group, is_linked, rules_for, running, unvisited_since
from app.groups.states import GroupKind
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Mandate, Person
from app.registry.queries import in_office, search_person
from app.registry.states import Level

OFFICE_DIGITS = 6


def _mandates(actor: Actor, *conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(Mandate.id)
        .select_from(Mandate)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Mandate.scope_code)
        .where(within(Mandate.scope_code, actor.areas(OVERSEE_GROUPS)), in_office(clock.today()), *conditions)
    )


def _deputy_columns() -> tuple[Column, ...]:
    return (
        Column("name", _l("姓名"), Person.name, sort=Person.pinyin),
        Column("level", _l("层级"), Mandate.level, "enum", sort=Mandate.level),
        Column("area", _l("所在地区"), Area.name, sort=Mandate.scope_code),
        Column("card_no", _l("代表证号"), Mandate.card_no),
        Column("work_unit", _l("工作单位及职务"), Person.work_unit_post),
        Column("leader", _l("领导干部"), Mandate.leader, "yes_no"),
        Column("office_holder", _l("职务代表"), Mandate.office_holder, "yes_no"),
        Column("phone", _l("电话"), Person.phone, visible=False),
    )


UNGROUPED_LEADERS = Listing(
    name="leaders_without_group",
    title=_l("没有编组的领导干部代表"),
    noun=_l("代表"),
    select_visible=lambda actor: _mandates(
        actor, or_(Mandate.leader, Mandate.office_holder), ~in_a_group(clock.today())
    ),
    identity=Mandate.id,
    url=lambda identity: f"/deputies/{identity}",
    search=search_person,
    search_hint=_l("姓名、拼音首字母、证号或电话"),
    order="area",
    columns=_deputy_columns(),
    filters=(
        enum_filter("level", _l("层级"), Mandate.level, Level),
        area_filter(Mandate.scope_code, OVERSEE_GROUPS),
    ),
    empty=lambda _actor: (_("领导干部代表都已编入小组。"), "", ""),
)

UNLINKED = Listing(
    name="unlinked_deputies",
    title=_l("还没有上级代表联系的代表"),
    noun=_l("代表"),
    select_visible=lambda actor: _mandates(
        actor, Mandate.level.in_([Level.COUNTY, Level.TOWNSHIP]), ~is_linked(clock.today())
    ),
    identity=Mandate.id,
    url=lambda identity: f"/deputies/{identity}",
    search=search_person,
    search_hint=_l("姓名、拼音首字母、证号或电话"),
    order="area",
    columns=_deputy_columns(),
    filters=(
        enum_filter("level", _l("层级"), Mandate.level, Level),
        area_filter(Mandate.scope_code, OVERSEE_GROUPS),
    ),
    empty=lambda _actor: (_("代表都有上级代表联系。"), "", ""),
)


def _select_upper(actor: Actor) -> Select[Any]:
    """Members of levels above the congress of the area that keeps the group (3-30)."""
    length = func.length(DeputyGroup.area_code)
    above = or_(
        Mandate.level.in_([Level.NATIONAL, Level.PROVINCE]) & (length >= 4),
        (Mandate.level == Level.CITY) & (length >= 6),
        (Mandate.level == Level.COUNTY) & (length >= 9),
    )
    today = clock.today()
    return (
        select(GroupMembership.id)
        .select_from(GroupMembership)
        .join(DeputyGroup, DeputyGroup.id == GroupMembership.group_id)
        .join(Mandate, Mandate.id == GroupMembership.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == DeputyGroup.area_code)
        .where(
            within(DeputyGroup.area_code, actor.areas(OVERSEE_GROUPS)),
            running(GroupMembership.joined_on, GroupMembership.left_on, today),
            or_(DeputyGroup.ended_on.is_(None), DeputyGroup.ended_on > today),
            in_office(today),
            above,
        )
    )


UPPER_DEPUTIES = Listing(
    name="upper_deputies",
    title=_l("编入小组的上级代表"),
    noun=_l("成员"),
    select_visible=_select_upper,
    identity=GroupMembership.id,
    url=lambda identity: f"/groups/members/{identity}",
    search=lambda q: or_(
        Person.name.startswith(q, autoescape=True), DeputyGroup.name.contains(q, autoescape=True)
    ),
    search_hint=_l("姓名或小组名称"),
    order="level",
    columns=(
        Column("name", _l("姓名"), Person.name, sort=Person.pinyin),
        Column("level", _l("层级"), Mandate.level, "enum", sort=Mandate.level),
        Column("group", _l("代表小组"), DeputyGroup.name, sort=DeputyGroup.name),
        Column("kind", _l("小组类别"), DeputyGroup.kind, "enum"),
        Column("area", _l("小组所属地区"), Area.name, sort=DeputyGroup.area_code),
        Column(
            "joined_on", _l("加入日期"), GroupMembership.joined_on, "date", sort=GroupMembership.joined_on
        ),
        Column("card_no", _l("代表证号"), Mandate.card_no, visible=False),
    ),
    filters=(
        enum_filter("level", _l("层级"), Mandate.level, Level),
        enum_filter("kind", _l("小组类别"), DeputyGroup.kind, GroupKind),
        area_filter(DeputyGroup.area_code, OVERSEE_GROUPS),
    ),
    empty=lambda _actor: (_("还没有上级代表编入小组。在小组页加入成员时选择上级代表。"), "", ""),
)

# --- links ------------------------------------------------------------------------------------------------

_UPPER, _LOWER = aliased(Mandate, name="upper_mandate"), aliased(Mandate, name="lower_mandate")
_ABOVE, _BELOW = aliased(Person, name="upper_person"), aliased(Person, name="lower_person")


def _select_links(actor: Actor) -> Select[Any]:
    return (
        select(DeputyLink.id)
        .select_from(DeputyLink)
        .join(_UPPER, _UPPER.id == DeputyLink.upper_id)
        .join(_ABOVE, _ABOVE.id == _UPPER.person_id)
        .join(_LOWER, _LOWER.id == DeputyLink.lower_id)
        .join(_BELOW, _BELOW.id == _LOWER.person_id)
        .outerjoin(Area, Area.code == DeputyLink.area_code)
        .where(within(DeputyLink.area_code, actor.areas(OVERSEE_GROUPS)))
    )


def _standing(values: list[str]) -> ColumnElement[bool]:
    today = clock.today()
    over = DeputyLink.ended_on <= today
    still = or_(DeputyLink.ended_on.is_(None), DeputyLink.ended_on > today)
    return or_(*(still if value == "running" else over for value in values))


def _may_enter(actor: Actor, sentence: str, url: str, label: str) -> tuple[str, str, str]:
    return (sentence, url, label) if actor.may(EDIT_GROUPS) else (sentence, "", "")


DEPUTY_LINKS = Listing(
    name="deputy_links",
    title=_l("上级代表联系下级代表"),
    noun=_l("联系关系"),
    select_visible=_select_links,
    identity=DeputyLink.id,
    url=lambda identity: f"/groups/links/{identity}",
    search=lambda q: or_(
        _ABOVE.name.startswith(q, autoescape=True), _BELOW.name.startswith(q, autoescape=True)
    ),
    search_hint=_l("代表姓名"),
    order="area",
    columns=(
        Column("upper", _l("上级代表"), _ABOVE.name, sort=_ABOVE.pinyin),
        Column("upper_level", _l("上级代表层级"), _UPPER.level, "enum", sort=_UPPER.level),
        Column("lower", _l("联系的代表"), _BELOW.name, sort=_BELOW.pinyin),
        Column("lower_level", _l("联系的代表层级"), _LOWER.level, "enum", sort=_LOWER.level),
        Column("area", _l("所在地区"), Area.name, sort=DeputyLink.area_code),
        Column("began_on", _l("开始"), DeputyLink.began_on, "date", sort=DeputyLink.began_on),
        Column("ended_on", _l("结束"), DeputyLink.ended_on, "date"),
    ),
    filters=(
        enum_filter("upper_level", _l("上级代表层级"), _UPPER.level, Level),
        enum_filter("lower_level", _l("联系的代表层级"), _LOWER.level, Level),
        area_filter(DeputyLink.area_code, OVERSEE_GROUPS),
        Filter(
            "standing",
            _l("状态"),
            "choice",
            _standing,
            lambda _actor: [("running", _("正在联系")), ("ended", _("已结束"))],
        ),
    ),
    empty=lambda actor: _may_enter(
        actor, _("还没有登记上级代表联系下级代表。"), "/groups/links/new", _("登记联系")
    ),
)

# --- care -------------------------------------------------------------------------------------------------


def _waiting(values: list[str]) -> ColumnElement[bool]:
    unvisited = CareNote.visited_on.is_(None)
    return or_(*(unvisited if value == "1" else ~unvisited for value in values))


def _older(values: list[str]) -> ColumnElement[bool]:
    """Noted longer ago than the fewest of the chosen days, and nobody has visited."""
    days = min(int(value) for value in values)
    return unvisited_since(clock.today() - timedelta(days=days))


def _days_choices(actor: Actor) -> list[tuple[str, str]]:
    areas = actor.areas(VIEW_CARE) or ("",)
    usual = rules_for(areas[0][:OFFICE_DIGITS], clock.today()).care_days
    return [(str(n), _("%(n)s 天以上", n=n)) for n in sorted({7, 15, 30, 60, usual})]


CARE_NOTES = Listing(
    name="care_notes",
    title=_l("走访慰问困难代表"),
    noun=_l("记录"),
    select_visible=lambda actor: (
        select(CareNote.id)
        .select_from(CareNote)
        .join(Mandate, Mandate.id == CareNote.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == CareNote.area_code)
        .where(within(CareNote.area_code, actor.areas(VIEW_CARE)))
    ),
    identity=CareNote.id,
    url=lambda identity: f"/groups/care/{identity}",
    search=search_person,
    search_hint=_l("姓名、拼音首字母、证号或电话"),
    order="-noted_on",
    columns=(
        Column("name", _l("姓名"), Person.name, sort=Person.pinyin),
        Column("level", _l("层级"), Mandate.level, "enum"),
        Column("area", _l("所在地区"), Area.name, sort=CareNote.area_code),
        Column("reason", _l("困难情况"), CareNote.reason),
        Column("noted_on", _l("登记日期"), CareNote.noted_on, "date", sort=CareNote.noted_on),
        Column(
            "state",
            _l("走访"),
            case((CareNote.visited_on.is_not(None), "visited"), else_="waiting"),
            show=lambda value: _("已走访") if value == "visited" else _("还没有走访"),
        ),
        Column("visited_on", _l("走访日期"), CareNote.visited_on, "date"),
        Column("visitors", _l("走访人"), CareNote.visitors),
        Column("help_given", _l("帮助情况"), CareNote.help_given, visible=False),
    ),
    filters=(
        Filter("waiting", _l("还没有走访"), "yes_no", _waiting),
        Filter("older", _l("登记后没有走访"), "choice", _older, _days_choices),
        dates_filter("noted_on", _l("登记日期"), CareNote.noted_on),
        area_filter(CareNote.area_code, VIEW_CARE),
    ),
    empty=lambda actor: _may_enter(actor, _("没有登记困难代表。"), "/groups/care/new", _("登记困难代表")),
)
