"""Reading groups' plans: who sees which, what they hold, what became of it, who has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.activities.models import Activity, GroupPlan
from app.activities.policy import EDIT_PLANS, VIEW_PLANS
from app.activities.rules import missing_elements, progress_of
from app.activities.states import ActivityState, PlanScope, PlanState, Progress
from app.extensions import db
from app.groups.models import DeputyGroup
from app.groups.queries import plannable_groups, rules_for, visible_groups
from app.kit.authorisation import Action, Actor
from app.kit.errors import NotFound
from app.registry.models import Term
from app.registry.queries import MISSING, find_term
from app.registry.states import LEVEL_OF_CODE_LENGTH

OFFICE_DIGITS = 6


def visible_plans(actor: Actor, action: Action = VIEW_PLANS) -> ColumnElement[bool]:
    """Plans of the groups the actor sees; to change them, of the groups the actor keeps or leads."""
    groups = visible_groups(actor) if action is VIEW_PLANS else plannable_groups(actor)
    return GroupPlan.group_id.in_(select(DeputyGroup.id).where(groups))


def get_visible_plan(actor: Actor, plan_id: int, action: Action = VIEW_PLANS) -> GroupPlan:
    """The plan; NotFound where it does not exist or its group is none of the actor's."""
    found = db.session.scalar(select(GroupPlan).where(GroupPlan.id == plan_id, visible_plans(actor, action)))
    if found is None:
        raise NotFound(MISSING)
    return found


def get_plan_item(actor: Actor, plan_id: int, activity_id: int) -> Activity:
    """An activity of a plan the actor may change."""
    plan = get_visible_plan(actor, plan_id, EDIT_PLANS)
    found = db.session.scalar(select(Activity).where(Activity.id == activity_id, Activity.plan_id == plan.id))
    if found is None:
        raise NotFound(MISSING)
    return found


def find_plan(group_id: int, scope: PlanScope, year: int) -> GroupPlan | None:
    """The group's plan for the term begun in a year, or for the year."""
    return db.session.scalar(select(GroupPlan).filter_by(group_id=group_id, scope=scope, year=year))


def list_plans_of(group_id: int) -> list[GroupPlan]:
    """All plans of a group, the latest first."""
    wanted = select(GroupPlan).where(GroupPlan.group_id == group_id)
    return list(db.session.scalars(wanted.order_by(GroupPlan.year.desc(), GroupPlan.scope.desc())))


def list_items(plan_id: int) -> list[Activity]:
    """Activities of a plan by day."""
    wanted = select(Activity).where(Activity.plan_id == plan_id)
    return list(db.session.scalars(wanted.order_by(Activity.held_on, Activity.id)))


def term_of_group(group: DeputyGroup, on: date) -> Term | None:
    """The term of the congress of the group's area that runs on a day."""
    return find_term(group.area_code, LEVEL_OF_CODE_LENGTH[len(group.area_code)], on)


@dataclass(frozen=True)
class Item:
    """An activity of a plan: where it stands, and which of its five elements are missing (0-06)."""

    activity: Activity
    progress: Progress
    missing: list[str]


@dataclass(frozen=True)
class PlanView:
    """A plan against what was done."""

    items: list[Item]
    counts: dict[Progress, int]
    unplanned: int


def look_at_plan(plan: GroupPlan, today: date) -> PlanView:
    """Planned, done, cancelled, late; and what the group held in the year without having planned it."""
    items = [item_of(activity, today) for activity in list_items(plan.id)]
    found = Counter(item.progress for item in items)
    return PlanView(items, {progress: found[progress] for progress in Progress}, _count_unplanned(plan))


def item_of(activity: Activity, today: date) -> Item:
    """An activity of a plan as it stands on a day."""
    values = {name: getattr(activity, name) for name in ("content", "form", "held_on", "goal", "lead_person")}
    last_day = activity.ends_on or activity.held_on
    return Item(activity, progress_of(activity.state, last_day, today), missing_elements(values))


def incomplete(items: Iterable[Item]) -> list[Item]:
    """Those that cannot be approved yet."""
    return [item for item in items if item.missing]


def _count_unplanned(plan: GroupPlan) -> int:
    if plan.scope is PlanScope.TERM:
        return 0
    wanted = select(func.count(Activity.id)).where(
        Activity.group_id == plan.group_id,
        Activity.plan_id.is_(None),
        Activity.state == ActivityState.HELD,
        Activity.held_on.between(date(plan.year, 1, 1), date(plan.year, 12, 31)),
    )
    return db.session.scalar(wanted) or 0


def in_progress(progress: Progress, today: Any) -> ColumnElement[bool]:
    """SQL: the activity of a plan stands so on a day; the same as ``rules.progress_of``."""
    last_day = func.coalesce(Activity.ends_on, Activity.held_on)
    if progress is Progress.LATE:
        return and_(Activity.state == ActivityState.PLANNED, last_day < today)
    if progress is Progress.TO_COME:
        return and_(Activity.state == ActivityState.PLANNED, last_day >= today)
    state = {
        Progress.DRAFT: ActivityState.DRAFT,
        Progress.DONE: ActivityState.HELD,
        Progress.CANCELLED: ActivityState.CANCELLED,
    }[progress]
    return Activity.state == state


def count_items(progress: Progress | None, today: Any) -> Any:
    """SQL: how many activities of the plan of the row stand so."""
    wanted = select(func.count(Activity.id)).where(Activity.plan_id == GroupPlan.id)
    if progress is not None:
        wanted = wanted.where(in_progress(progress, today))
    return wanted.correlate(GroupPlan).scalar_subquery()


# --- who has no plan --------------------------------------------------------------------------------------


def plan_state(scope: PlanScope, year: Any, on: Any) -> Any:
    """SQL: state of the plan of the group of the row, for a year or for the running term."""
    wanted = select(GroupPlan.state).where(GroupPlan.group_id == DeputyGroup.id, GroupPlan.scope == scope)
    if scope is PlanScope.YEAR:
        wanted = wanted.where(GroupPlan.year == year)
    else:
        wanted = wanted.join(Term, Term.id == GroupPlan.term_id).where(
            or_(Term.ended_on.is_(None), Term.ended_on > on)
        )
    return wanted.order_by(GroupPlan.id.desc()).limit(1).correlate(DeputyGroup).scalar_subquery()


def lacks_plan(scope: PlanScope, year: Any, on: Any) -> ColumnElement[bool]:
    """SQL: the group of the row has no plan that was at least handed in (0-05, 2-19)."""
    handed_in = select(GroupPlan.group_id).where(
        GroupPlan.scope == scope, GroupPlan.state.in_([PlanState.SUBMITTED, PlanState.APPROVED])
    )
    if scope is PlanScope.YEAR:
        handed_in = handed_in.where(GroupPlan.year == year)
    else:
        handed_in = handed_in.join(Term, Term.id == GroupPlan.term_id).where(
            or_(Term.ended_on.is_(None), Term.ended_on > on)
        )
    return DeputyGroup.id.not_in(handed_in)


def is_running(on: Any) -> ColumnElement[bool]:
    """SQL: the group of the row exists on a day."""
    return or_(DeputyGroup.ended_on.is_(None), DeputyGroup.ended_on > on)


def plan_due(actor: Actor, on: date) -> date:
    """The day by which the groups of the actor's office should have this year's plan."""
    areas = actor.areas(VIEW_PLANS) or ("",)
    return rules_for(areas[0][:OFFICE_DIGITS], on).plan_due(on.year)


def select_without_plan(actor: Actor, on: date) -> Any:
    """Running groups the actor keeps that have no plan for this year (to-do list)."""
    return select(DeputyGroup.id).where(
        plannable_groups(actor), is_running(on), lacks_plan(PlanScope.YEAR, on.year, on)
    )
