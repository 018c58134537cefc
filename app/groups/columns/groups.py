"""The list of deputy groups, declared once for page and export."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, func, or_, select

from app.groups.models import DeputyGroup
from app.groups.policy import EDIT_GROUPS, VIEW_GROUPS
from app.groups.queries import count_members, is_vacant, post_holders, visible_groups
from app.groups.states import GroupKind, GroupRole
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area

# The day on which the list is asked for, not the one on which the program started.
TODAY: Any = bindparam("group_day", callable_=lambda: clock.today(), type_=Date())


def _select(actor: Actor) -> Select[Any]:
    return (
        select(DeputyGroup.id)
        .select_from(DeputyGroup)
        .join(Area, Area.code == DeputyGroup.area_code)
        .where(visible_groups(actor))
    )


def _vacant(values: list[str]) -> ColumnElement[bool]:
    roles = list(GroupRole) if "any" in values else [GroupRole(value) for value in values]
    return or_(*(is_vacant(role, clock.today()) for role in roles))


def _standing(values: list[str]) -> ColumnElement[bool]:
    ended = DeputyGroup.ended_on <= clock.today()
    still = or_(DeputyGroup.ended_on.is_(None), DeputyGroup.ended_on > clock.today())
    return or_(*(still if value == "running" else ended for value in values))


def _holder_or_vacant(name: str) -> str:
    return name or _("空缺")


def _empty(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_GROUPS):
        return (
            _("还没有代表小组。代表名册里填了小组的，导入名册就会建立；也可以逐个登记。"),
            "/groups/new",
            _("登记小组"),
        )
    return _("您还没有编入代表小组。编组之后这里会显示。"), "", ""


_MEMBERS = count_members(TODAY)

GROUPS = Listing(
    name="groups",
    title=_l("代表小组"),
    noun=_l("小组"),
    select_visible=_select,
    identity=DeputyGroup.id,
    url=lambda identity: f"/groups/{identity}",
    search=lambda q: DeputyGroup.name.contains(q, autoescape=True),
    search_hint=_l("小组名称"),
    order="area",
    columns=(
        Column("name", _l("小组名称"), DeputyGroup.name, sort=DeputyGroup.name),
        Column("kind", _l("小组类别"), DeputyGroup.kind, "enum", sort=DeputyGroup.kind),
        Column("area", _l("所属地区"), Area.name, sort=DeputyGroup.area_code),
        Column("members", _l("在任成员"), _MEMBERS, "number", sort=_MEMBERS),
        Column("leader", _l("组长"), post_holders(GroupRole.LEADER, TODAY), show=_holder_or_vacant),
        Column(
            "vice_leader", _l("副组长"), post_holders(GroupRole.VICE_LEADER, TODAY), show=_holder_or_vacant
        ),
        Column(
            "linked_member",
            _l("联系的主任会议成员"),
            post_holders(GroupRole.LINKED_MEMBER, TODAY),
            show=_holder_or_vacant,
        ),
        Column(
            "liaison_head",
            _l("联络组长"),
            post_holders(GroupRole.LIAISON_HEAD, TODAY),
            show=_holder_or_vacant,
            visible=False,
        ),
        Column(
            "liaison_officer",
            _l("联络员"),
            post_holders(GroupRole.LIAISON_OFFICER, TODAY),
            show=_holder_or_vacant,
            visible=False,
        ),
        Column(
            "guided_by", _l("指导单位"), DeputyGroup.guided_by, sort=func.coalesce(DeputyGroup.guided_by, "")
        ),
        Column("began_on", _l("成立日期"), DeputyGroup.began_on, "date", visible=False),
        Column("ended_on", _l("撤销日期"), DeputyGroup.ended_on, "date", visible=False),
        Column("note", _l("备注"), DeputyGroup.note, visible=False),
    ),
    filters=(
        enum_filter("kind", _l("小组类别"), DeputyGroup.kind, GroupKind),
        area_filter(DeputyGroup.area_code, VIEW_GROUPS),
        Filter(
            "vacant",
            _l("职务空缺"),
            "choice",
            _vacant,
            lambda _actor: [("any", _("任何一项")), *GroupRole.choices()],
        ),
        Filter(
            "standing",
            _l("状态"),
            "choice",
            _standing,
            lambda _actor: [("running", _("活动中")), ("ended", _("已撤销"))],
        ),
    ),
    empty=_empty,
)
