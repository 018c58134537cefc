"""Lists of groups' plans against what was done, and of groups without a plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, String, bindparam, case, cast, func, or_, select

from app.activities.models import GroupPlan
from app.activities.policy import EDIT_PLANS, OVERSEE_ACTIVITIES, VIEW_PLANS
from app.activities.queries.plans import (
    count_items,
    is_running,
    lacks_plan,
    plan_state,
    visible_plans,
)
from app.activities.states import PlanScope, PlanState, Progress
from app.groups.columns import TODAY as GROUP_DAY
from app.groups.models import DeputyGroup
from app.groups.queries import post_holders
from app.groups.states import GroupKind, GroupRole
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import row_ids, within
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area

TODAY: Any = bindparam("plan_day", callable_=lambda: clock.today(), type_=Date())
YEAR: Any = bindparam("plan_year", callable_=lambda: clock.today().year, type_=Integer())


def _select(actor: Actor) -> Select[Any]:
    return (
        select(GroupPlan.id)
        .select_from(GroupPlan)
        .join(DeputyGroup, DeputyGroup.id == GroupPlan.group_id)
        .outerjoin(Area, Area.code == GroupPlan.area_code)
        .where(visible_plans(actor))
    )


def _years(values: list[str]) -> ColumnElement[bool]:
    return GroupPlan.year.in_([int(value) for value in values])


def _year_choices(_actor: Actor) -> Sequence[tuple[str, str]]:
    this = clock.today().year
    return [(str(year), str(year)) for year in range(this + 1, this - 6, -1)]


def _late(values: list[str]) -> ColumnElement[bool]:
    late = count_items(Progress.LATE, clock.today())
    return or_(*((late > 0) if value == "1" else (late == 0) for value in values))


def _empty(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_PLANS):
        return _("还没有小组计划。打开小组，从那里制定届次规划和年度计划。"), "/groups", _("打开小组")
    return _("还没有小组计划。"), "", ""


_ALL = count_items(None, TODAY)
_DONE = count_items(Progress.DONE, TODAY)

GROUP_PLANS = Listing(
    name="group_plans",
    title=_l("小组计划"),
    noun=_l("计划"),
    select_visible=_select,
    identity=GroupPlan.id,
    url=lambda identity: f"/activities/plans/{identity}",
    search=lambda q: DeputyGroup.name.contains(q, autoescape=True),
    search_hint=_l("小组名称"),
    order="-year",
    columns=(
        Column("group", _l("代表小组"), DeputyGroup.name, sort=DeputyGroup.name),
        Column("year", _l("年度"), GroupPlan.year, "number", sort=GroupPlan.year),
        Column("scope", _l("计划种类"), GroupPlan.scope, "enum", sort=GroupPlan.scope),
        Column("kind", _l("小组类别"), DeputyGroup.kind, "enum", visible=False),
        Column("area", _l("所属地区"), Area.name),
        Column("state", _l("状态"), GroupPlan.state, "enum", sort=GroupPlan.state),
        Column("items", _l("计划活动"), _ALL, "number"),
        Column("done", _l("已开展"), _DONE, "number"),
        Column("to_come", _l("未到时间"), count_items(Progress.TO_COME, TODAY), "number"),
        Column("late", _l("逾期未开展"), count_items(Progress.LATE, TODAY), "number"),
        Column("cancelled", _l("已取消"), count_items(Progress.CANCELLED, TODAY), "number"),
        Column("draft", _l("未批准"), count_items(Progress.DRAFT, TODAY), "number", visible=False),
        Column("share", _l("完成率"), case((_ALL > 0, 1.0 * _DONE / func.nullif(_ALL, 0))), "percent"),
        Column("consulted_on", _l("征求意见日期"), GroupPlan.consulted_on, "date", visible=False),
        Column("submitted_at", _l("提交时间"), GroupPlan.submitted_at, "instant", visible=False),
        Column("approved_at", _l("批准时间"), GroupPlan.approved_at, "instant", visible=False),
    ),
    filters=(
        Filter("year", _l("年度"), "choice", _years, _year_choices),
        enum_filter("scope", _l("计划种类"), GroupPlan.scope, PlanScope),
        enum_filter("state", _l("状态"), GroupPlan.state, PlanState),
        enum_filter("kind", _l("小组类别"), DeputyGroup.kind, GroupKind),
        area_filter(GroupPlan.area_code, VIEW_PLANS),
        Filter("late", _l("有逾期活动"), "yes_no", _late),
        Filter("group", _l("代表小组"), "hidden", lambda values: GroupPlan.group_id.in_(row_ids(values))),
    ),
    empty=_empty,
)


def _select_without(actor: Actor) -> Select[Any]:
    today: date = clock.today()
    return (
        select(DeputyGroup.id)
        .select_from(DeputyGroup)
        .outerjoin(Area, Area.code == DeputyGroup.area_code)
        .where(
            within(DeputyGroup.area_code, actor.areas(OVERSEE_ACTIVITIES)),
            is_running(today),
            or_(lacks_plan(PlanScope.YEAR, today.year, today), lacks_plan(PlanScope.TERM, today.year, today)),
        )
    )


def _lacking(values: list[str]) -> ColumnElement[bool]:
    today = clock.today()
    return or_(*(lacks_plan(PlanScope(value), today.year, today) for value in values))


def _state_or_none(value: str) -> str:
    return PlanState(value).label if value else _("没有计划")


def _state(scope: PlanScope) -> Any:
    return func.coalesce(cast(plan_state(scope, YEAR, TODAY), String), "")


MISSING_PLANS = Listing(
    name="missing_plans",
    title=_l("还没有计划的小组"),
    noun=_l("小组"),
    select_visible=_select_without,
    identity=DeputyGroup.id,
    url=lambda identity: f"/groups/{identity}",
    search=lambda q: DeputyGroup.name.contains(q, autoescape=True),
    search_hint=_l("小组名称"),
    order="area",
    columns=(
        Column("group", _l("代表小组"), DeputyGroup.name, sort=DeputyGroup.name),
        Column("area", _l("所属地区"), Area.name, sort=DeputyGroup.area_code),
        Column("kind", _l("小组类别"), DeputyGroup.kind, "enum", sort=DeputyGroup.kind),
        Column("leader", _l("组长"), post_holders(GroupRole.LEADER, GROUP_DAY)),
        Column("year_plan", _l("今年的计划"), _state(PlanScope.YEAR), show=_state_or_none),
        Column("term_plan", _l("本届的规划"), _state(PlanScope.TERM), show=_state_or_none),
    ),
    filters=(
        Filter("lacks", _l("缺"), "choice", _lacking, lambda _actor: PlanScope.choices()),
        enum_filter("kind", _l("小组类别"), DeputyGroup.kind, GroupKind),
        area_filter(DeputyGroup.area_code, OVERSEE_ACTIVITIES),
    ),
    empty=lambda _actor: (_("每个小组都有了本届规划和今年的计划。"), "", ""),
)
