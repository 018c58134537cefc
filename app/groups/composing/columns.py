"""The list of compositions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from app.groups.composing.reading import visible_compositions
from app.groups.models import GroupComposition
from app.groups.policy import COMPOSE_GROUPS
from app.groups.states import CompositionState, GroupKind
from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import Column, Listing, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area


def _select(actor: Actor) -> Select[Any]:
    return (
        select(GroupComposition.id)
        .select_from(GroupComposition)
        .join(Area, Area.code == GroupComposition.area_code)
        .where(visible_compositions(actor))
    )


def _empty(_actor: Actor) -> tuple[str, str, str]:
    return (
        _("还没有编组方案。填好地区、层级和小组个数，就能提出一个均衡的方案。"),
        "/groups/compositions/new",
        _("新的编组"),
    )


COMPOSITIONS = Listing(
    name="compositions",
    title=_l("编组方案"),
    noun=_l("方案"),
    select_visible=_select,
    identity=GroupComposition.id,
    url=lambda identity: f"/groups/compositions/{identity}",
    search=lambda q: GroupComposition.name.contains(q, autoescape=True),
    search_hint=_l("方案名称"),
    order="-on",
    columns=(
        Column("name", _l("方案名称"), GroupComposition.name, sort=GroupComposition.name),
        Column("kind", _l("小组类别"), GroupComposition.kind, "enum", sort=GroupComposition.kind),
        Column("area", _l("所属地区"), Area.name, sort=GroupComposition.area_code),
        Column("on", _l("编组日期"), GroupComposition.on, "date", sort=GroupComposition.on),
        Column("state", _l("状态"), GroupComposition.state, "enum", sort=GroupComposition.state),
        Column("effective_on", _l("生效日期"), GroupComposition.effective_on, "date"),
    ),
    filters=(
        enum_filter("state", _l("状态"), GroupComposition.state, CompositionState),
        enum_filter("kind", _l("小组类别"), GroupComposition.kind, GroupKind),
        area_filter(GroupComposition.area_code, COMPOSE_GROUPS),
    ),
    empty=_empty,
)
