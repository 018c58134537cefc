"""A group's plan: drawn up with its deputies consulted, handed in, approved item by item, returned, revised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.activities.models import Activity, GroupPlan
from app.activities.operations.dates import drop_option
from app.activities.operations.ground import move, next_number
from app.activities.policy import APPROVE_PLANS
from app.activities.postings import SOURCE
from app.activities.queries.dates import list_options
from app.activities.queries.plans import find_plan, incomplete, item_of, list_items, term_of_group
from app.activities.rules import elements_in_words
from app.activities.states import (
    PLAN_TRANSITIONS,
    ActivityAction,
    ActivityState,
    PlanAction,
    PlanScope,
    PlanState,
)
from app.extensions import db
from app.groups.models import DeputyGroup
from app.groups.queries import authorise_planning, list_leader_persons
from app.kit import attachments, clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import Conflict, DomainError
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.registry.operations import check_version, office_of

ITEM_TEXTS = frozenset(
    {
        *("title", "venue", "lead_person", "content", "form", "goal"),
        *("need_time", "need_funds", "need_vehicle", "need_venue"),
    }
)
ITEM_FIELDS = ITEM_TEXTS | {"kind", "held_on", "starts_at", "ends_on", "topics", "levels_invited"}
CONSULTATION_FIELDS = ("consulted_on", "consulted_way", "consulted_who", "consultation")


def create_plan(
    actor: Actor,
    group: DeputyGroup,
    *,
    scope: PlanScope,
    year: int,
    guidelines: str = "",
    requirements: str = "",
    **consulted: Any,
) -> GroupPlan:
    """A draft for a year, or for the running term of the group's congress (0-05). One of each."""
    authorise_planning(actor, group.area_code, group.id)
    if group.ended_on is not None and group.ended_on <= clock.today():
        raise DomainError(_l("小组已经撤销，不能再制定计划。"), "year")
    term = None
    if scope is PlanScope.TERM:
        term = term_of_group(group, clock.today())
        if term is None or term.started_on is None:
            raise DomainError(_l("还没有登记本届的起始日期，请工作人员先在设置中登记届次。"), "scope")
        year = term.first_year or term.started_on.year
    if not 1979 <= year <= clock.today().year + 5:
        raise DomainError(_l("年度不对，请填写四位数的年份。"), "year")
    if find_plan(group.id, scope, year) is not None:
        raise DomainError(_l("这个小组已经有%(year)s年的%(scope)s。", year=year, scope=scope.label), "year")
    plan = GroupPlan(
        area_code=group.area_code,
        group=group,
        scope=scope,
        year=year,
        term=term,
        state=PlanState.DRAFT,
        guidelines=(guidelines or "").strip(),
        requirements=(requirements or "").strip(),
    )
    _fill_consultation(plan, consulted)
    db.session.add(plan)
    db.session.flush()
    return plan


def update_plan(
    actor: Actor,
    plan: GroupPlan,
    *,
    version: int | None,
    guidelines: str,
    requirements: str,
    **consulted: Any,
) -> GroupPlan:
    """Changes a draft: guiding ideas, requirements, and how the deputies were consulted (2-19)."""
    _begin(actor, plan, version)
    plan.guidelines, plan.requirements = (guidelines or "").strip(), (requirements or "").strip()
    _fill_consultation(plan, consulted)
    db.session.flush()
    return plan


def _fill_consultation(plan: GroupPlan, consulted: Mapping[str, Any]) -> None:
    unknown = set(consulted) - set(CONSULTATION_FIELDS)
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    on = consulted.get("consulted_on")
    if on is not None and on > clock.today():
        raise DomainError(_l("征求意见的日期还没到，请核对。"), "consulted_on")
    for name, value in consulted.items():
        setattr(plan, name, value if name == "consulted_on" else (value or "").strip())


def add_item(actor: Actor, plan: GroupPlan, **values: Any) -> Activity:
    """An activity the plan proposes; its five elements may still be open, its day is the one aimed at."""
    _begin(actor, plan, None)
    if plan.scope is PlanScope.TERM:
        raise DomainError(_l("具体活动写在年度计划里，届次规划只写指导思想和要求。"))
    kept = _checked_item(plan, values)
    office = office_of(plan.area_code)
    activity = Activity(
        office_code=office,
        area_code=plan.area_code,
        number=next_number(office, kept["held_on"].year),
        state=ActivityState.DRAFT,
        group_id=plan.group_id,
        plan=plan,
        organiser=plan.group.name,
        **kept,
    )
    db.session.add(activity)
    db.session.flush()
    return activity


def update_item(actor: Actor, activity: Activity, *, version: int | None, **values: Any) -> Activity:
    """Changes an activity that is not approved yet."""
    plan = _draft_plan_of(actor, activity)
    check_version(activity, version)
    for name, value in _checked_item(plan, values).items():
        if getattr(activity, name) != value:
            setattr(activity, name, value)
    db.session.flush()
    return activity


def remove_item(actor: Actor, activity: Activity) -> None:
    """Strikes an activity from a draft."""
    _draft_plan_of(actor, activity)
    if activity.attendances:
        raise DomainError(_l("这项活动已经有应到名单，不能删除；请在活动页取消。"))
    for option in list_options(activity.id):
        drop_option(option)
    for attachment in attachments.list_for(SOURCE, activity.id):
        attachments.remove(attachment)
    db.session.flush()
    db.session.delete(activity)
    db.session.flush()


def _draft_plan_of(actor: Actor, activity: Activity) -> GroupPlan:
    plan = activity.plan
    if plan is None:
        raise DomainError(_l("这项活动不在小组计划中。"))
    _begin(actor, plan, None)
    if activity.state is not ActivityState.DRAFT:
        raise Conflict(_l("这项活动已经批准，请在活动页修改或取消。"))
    return plan


def _checked_item(plan: GroupPlan, values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - ITEM_FIELDS
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    kept: dict[str, Any] = {
        name: (value or "").strip() if name in ITEM_TEXTS else value for name, value in values.items()
    }
    for name in ("title", "kind", "held_on"):
        if not kept.get(name):
            raise DomainError(_l("请填写这一项。"), name)
    if kept["held_on"].year != plan.year:
        raise DomainError(_l("活动时间要在%(year)s年内。", year=plan.year), "held_on")
    if kept.get("ends_on") is not None and kept["ends_on"] < kept["held_on"]:
        raise DomainError(_l("结束日期不能早于开始日期。"), "ends_on")
    return kept


# --- the steps --------------------------------------------------------------------------------------------


def submit_plan(actor: Actor, plan: GroupPlan, *, version: int | None = None) -> GroupPlan:
    """Hands the draft in. The deputies have been consulted (2-19), and an annual plan holds something."""
    authorise_planning(actor, plan.area_code, plan.group_id)
    check_version(plan, version)
    if plan.consulted_on is None or not plan.consultation:
        raise DomainError(_l("请先登记征求小组代表意见的日期和情况，再提交计划。"), "consultation")
    if plan.scope is PlanScope.YEAR and not list_items(plan.id):
        raise DomainError(_l("计划里还没有活动，请先添加。"))
    if plan.scope is PlanScope.TERM and not plan.guidelines:
        raise DomainError(_l("届次规划还没有内容，请先填写。"), "guidelines")
    _move(plan, PlanAction.SUBMIT)
    plan.submitted_at, plan.returned_reason = clock.now(), ""
    db.session.flush()
    return plan


def approve_plan(actor: Actor, plan: GroupPlan, *, version: int | None = None) -> GroupPlan:
    """Approves the plan: its drafts become planned activities. Refuses, by name, those without their five
    elements (0-06)."""
    authorise(actor, APPROVE_PLANS, plan.area_code)
    check_version(plan, version)
    drafts = [activity for activity in list_items(plan.id) if activity.state is ActivityState.DRAFT]
    wanting = incomplete(item_of(activity, clock.today()) for activity in drafts)
    if wanting:
        named = "；".join(
            f"“{item.activity.title}”：{elements_in_words(item.missing)}" for item in wanting[:10]
        )
        raise DomainError(_l("以下活动五要素不全，不能批准。%(items)s", items=named))
    _move(plan, PlanAction.APPROVE)
    for activity in drafts:
        move(activity, ActivityAction.APPROVE)
    plan.approved_at, plan.approved_by = clock.now(), actor.user_id
    db.session.flush()
    _tell_leaders(plan, "approved", _l("小组计划已批准：%(plan)s", plan=plan.audit_label))
    return plan


def return_plan(actor: Actor, plan: GroupPlan, *, reason: str, version: int | None = None) -> GroupPlan:
    """Gives the plan back to the group, saying why."""
    authorise(actor, APPROVE_PLANS, plan.area_code)
    check_version(plan, version)
    reason = (reason or "").strip()
    if not reason:
        raise DomainError(_l("请写明退回原因，小组会看到。"), "reason")
    _move(plan, PlanAction.RETURN)
    plan.returned_reason = reason
    db.session.flush()
    _tell_leaders(
        plan, "returned", _l("小组计划被退回：%(plan)s", plan=plan.audit_label), plan.returned_reason
    )
    return plan


def revise_plan(actor: Actor, plan: GroupPlan, *, version: int | None = None) -> GroupPlan:
    """Opens an approved plan again. Activities to come that nobody has been invited to go back to drafts;
    what is under way or done stays as it is."""
    authorise_planning(actor, plan.area_code, plan.group_id)
    check_version(plan, version)
    _move(plan, PlanAction.REVISE)
    today = clock.today()
    for activity in list_items(plan.id):
        to_come = activity.state is ActivityState.PLANNED and activity.held_on >= today
        if to_come and not activity.attendances:
            move(activity, ActivityAction.WITHDRAW)
    plan.approved_at = plan.approved_by = None
    db.session.flush()
    return plan


def _begin(actor: Actor, plan: GroupPlan, version: int | None) -> None:
    authorise_planning(actor, plan.area_code, plan.group_id)
    check_version(plan, version)
    db.session.refresh(plan, with_for_update=True)
    if plan.state is not PlanState.DRAFT:
        raise Conflict(
            _l("计划现在是“%(state)s”，不能修改。需要改动请先退回或修订。", state=plan.state.label)
        )


def _move(plan: GroupPlan, action: PlanAction) -> None:
    after = PLAN_TRANSITIONS.after(plan.state, action)
    if after is None:
        raise Conflict(
            _l(
                "计划现在是“%(state)s”，不能%(action)s。请刷新页面看最新情况。",
                state=plan.state.label,
                action=action.label,
            )
        )
    plan.state = after


def _tell_leaders(plan: GroupPlan, occasion: str, title: Any, body: str = "") -> None:
    tell(
        key=f"plan:{plan.id}:{occasion}:{plan.version}",
        kind=NoticeKind.GROUP_PLAN,
        area_code=plan.area_code,
        person_ids=list_leader_persons(plan.group_id, clock.today()),
        title=title,
        body=body,
        url=f"/activities/plans/{plan.id}",
    )


def first_day_of(plan: GroupPlan, today: date) -> date:
    """The day offered for a new activity: today in the running year, else the first of the plan's."""
    return today if today.year == plan.year else date(plan.year, 1, 1)
