"""Groups' plans: drawing up, handing in, approving; what became of them; who has none."""

from __future__ import annotations

import io
from typing import Any

from flask import request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.activities import operations
from app.activities.columns import GROUP_PLANS, MISSING_PLANS
from app.activities.documents import plan_document
from app.activities.forms import NewPlanForm, PlanItemForm, PlanTextForm, ReturnPlanForm
from app.activities.models import GroupPlan
from app.activities.operations.plans import first_day_of
from app.activities.policy import APPROVE_PLANS, EDIT_PLANS, OVERSEE_ACTIVITIES, VIEW_PLANS
from app.activities.queries import plans as plan_queries
from app.activities.routes import bp
from app.activities.routes.planning import DOCX, crumbs, sent_version
from app.activities.states import PLAN_TRANSITIONS, PlanAction, PlanScope, PlanState
from app.groups import queries as groups
from app.kit import clock
from app.kit.documents import render_docx
from app.kit.forms import BaseForm
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires


def _plan_crumbs(plan: GroupPlan, last: str = "") -> list[tuple[str, str]]:
    way = crumbs((_("小组计划"), url_for("activities.plans")))
    title = plan.audit_label
    return (
        [*way, (title, url_for("activities.plan", plan_id=plan.id)), (last, "")]
        if last
        else [
            *way,
            (title, ""),
        ]
    )


def _editable(plan_id: int) -> GroupPlan:
    return plan_queries.get_visible_plan(current_actor(), plan_id, EDIT_PLANS)


@bp.get("/plans")
@requires(VIEW_PLANS)
def plans() -> ResponseReturnValue:
    """Plans of the viewer's groups against what was done."""
    actions = []
    if current_actor().areas(OVERSEE_ACTIVITIES):
        actions = [(_("还没有计划的小组"), url_for("activities.missing_plans"), "light", "clock")]
    return list_page(GROUP_PLANS, actions=actions, breadcrumbs=crumbs((_("小组计划"), "")))


@bp.get("/plans/missing")
@requires(OVERSEE_ACTIVITIES)
def missing_plans() -> ResponseReturnValue:
    """Running groups without a plan for the term or for this year (0-05, 2-19)."""
    today = clock.today()
    due = plan_queries.plan_due(current_actor(), today)
    sentence = (
        _("%(year)s年计划应在%(day)s前提交，现已过期。", year=today.year, day=due)
        if today > due
        else _("%(year)s年计划应在%(day)s前提交。", year=today.year, day=due)
    )
    way = crumbs((_("小组计划"), url_for("activities.plans")), (_("还没有计划的小组"), ""))
    return list_page(MISSING_PLANS, intro=sentence, breadcrumbs=way)


@bp.get("/plans/<int:plan_id>")
@requires(VIEW_PLANS)
def plan(plan_id: int) -> ResponseReturnValue:
    """One plan: its text, its activities with what is missing or became of them, its steps."""
    return _show(plan_queries.get_visible_plan(current_actor(), plan_id), BaseForm())


def _show(plan: GroupPlan, form: BaseForm) -> ResponseReturnValue:
    actor = current_actor()
    today = clock.today()
    view = plan_queries.look_at_plan(plan, today)
    plannable = actor.may_in(EDIT_PLANS, plan.area_code) or groups.leads(actor, plan.group_id)
    steps = {action.value for action in PLAN_TRANSITIONS.actions(plan.state)}
    if not actor.may_in(APPROVE_PLANS, plan.area_code):
        steps -= {PlanAction.APPROVE.value, PlanAction.RETURN.value}
    return answer(
        "activities/plan.html",
        form=form,
        plan=plan,
        view=view,
        yearly=plan.scope is PlanScope.YEAR,
        editable=plannable and plan.state is PlanState.DRAFT,
        plannable=plannable,
        steps=steps if plannable else set(),
        in_area=actor.may_in(VIEW_PLANS, plan.area_code),
        breadcrumbs=_plan_crumbs(plan),
    )


@bp.route("/groups/<int:group_id>/plans/new", methods=["GET", "POST"])
@requires(EDIT_PLANS)
def new_plan(group_id: int) -> ResponseReturnValue:
    """Begins a plan for the group."""
    actor = current_actor()
    group = groups.get_plannable_group(actor, group_id)
    wanted = request.args.get("scope", "")
    scope = PlanScope(wanted) if wanted in list(PlanScope) else PlanScope.YEAR
    form = NewPlanForm(data={"scope": scope, "year": clock.today().year})
    if form.validate_on_submit():
        values = form.values()
        values["year"] = values["year"] or clock.today().year
        made = form.attempt(operations.create_plan, actor, group, **values)
        if made:
            return go_back(url_for("activities.plan", plan_id=made.id), _("已建立计划草案，请添加活动。"))
    return answer(
        "activities/plan_edit.html",
        form=form,
        heading=_("制定小组计划"),
        subtitle=group.name,
        back=url_for("groups.detail", group_id=group.id),
        breadcrumbs=crumbs(
            (_("小组计划"), url_for("activities.plans")), (group.name, ""), (_("制定小组计划"), "")
        ),
    )


@bp.route("/plans/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(EDIT_PLANS)
def edit_plan(plan_id: int) -> ResponseReturnValue:
    """The words of the plan, and how the deputies were consulted."""
    plan = _editable(plan_id)
    form = PlanTextForm(obj=plan)
    if form.validate_on_submit():
        done = form.attempt(
            operations.update_plan, current_actor(), plan, version=form.sent_version, **form.values()
        )
        if done:
            return go_back(url_for("activities.plan", plan_id=plan_id), _("已保存。"))
    return answer(
        "activities/plan_edit.html",
        form=form,
        heading=_("修改计划文字和征求意见情况"),
        subtitle=plan.audit_label,
        back=url_for("activities.plan", plan_id=plan_id),
        breadcrumbs=_plan_crumbs(plan, _("修改")),
    )


@bp.route("/plans/<int:plan_id>/items/new", methods=["GET", "POST"])
@requires(EDIT_PLANS)
def new_item(plan_id: int) -> ResponseReturnValue:
    """An activity for the plan."""
    plan = _editable(plan_id)
    form = PlanItemForm(data={"held_on": first_day_of(plan, clock.today()), "kind": "group_activity"})
    if form.validate_on_submit() and form.attempt(
        operations.add_item, current_actor(), plan, **form.values()
    ):
        return go_back(url_for("activities.plan", plan_id=plan_id), _("已添加活动。"))
    return _item_page(plan, form, _("添加计划活动"))


@bp.route("/plans/<int:plan_id>/items/<int:activity_id>", methods=["GET", "POST"])
@requires(EDIT_PLANS)
def edit_item(plan_id: int, activity_id: int) -> ResponseReturnValue:
    """Changes an activity of a draft."""
    activity = plan_queries.get_plan_item(current_actor(), plan_id, activity_id)
    form = PlanItemForm(obj=activity)
    if form.validate_on_submit():
        done = form.attempt(
            operations.update_item, current_actor(), activity, version=form.sent_version, **form.values()
        )
        if done:
            return go_back(url_for("activities.plan", plan_id=plan_id), _("已保存。"))
    return _item_page(plan_queries.get_visible_plan(current_actor(), plan_id), form, _("修改计划活动"))


def _item_page(plan: GroupPlan, form: PlanItemForm, heading: str) -> ResponseReturnValue:
    return answer(
        "activities/plan_item.html",
        form=form,
        plan=plan,
        heading=heading,
        breadcrumbs=_plan_crumbs(plan, heading),
    )


@bp.post("/plans/<int:plan_id>/items/<int:activity_id>/delete")
@requires(EDIT_PLANS)
def delete_item(plan_id: int, activity_id: int) -> ResponseReturnValue:
    """Strikes an activity from a draft."""
    activity = plan_queries.get_plan_item(current_actor(), plan_id, activity_id)
    operations.remove_item(current_actor(), activity)
    return go_back(url_for("activities.plan", plan_id=plan_id), _("已从计划中去掉。"))


# --- steps ------------------------------------------------------------------------------------------------


def _step(plan: GroupPlan, operation: Any, done: str) -> ResponseReturnValue:
    form = BaseForm()
    if form.attempt(operation, current_actor(), plan, version=sent_version()):
        return go_back(url_for("activities.plan", plan_id=plan.id), done)
    return _show(plan_queries.get_visible_plan(current_actor(), plan.id), form)


@bp.post("/plans/<int:plan_id>/submit")
@requires(EDIT_PLANS)
def submit_plan(plan_id: int) -> ResponseReturnValue:
    """Hands a draft in."""
    return _step(_editable(plan_id), operations.submit_plan, _("计划已提交，等待批准。"))


@bp.post("/plans/<int:plan_id>/revise")
@requires(EDIT_PLANS)
def revise_plan(plan_id: int) -> ResponseReturnValue:
    """Opens an approved plan again."""
    return _step(_editable(plan_id), operations.revise_plan, _("计划已转为草案，改完后请重新提交。"))


@bp.post("/plans/<int:plan_id>/approve")
@requires(APPROVE_PLANS)
def approve_plan(plan_id: int) -> ResponseReturnValue:
    """Approves a plan whose activities are complete (0-06)."""
    return _step(_editable(plan_id), operations.approve_plan, _("计划已批准，活动已列入安排。"))


@bp.route("/plans/<int:plan_id>/return", methods=["GET", "POST"])
@requires(APPROVE_PLANS)
def return_plan(plan_id: int) -> ResponseReturnValue:
    """Gives a plan back, saying why."""
    plan = _editable(plan_id)
    form = ReturnPlanForm()
    if form.validate_on_submit():
        done = form.attempt(
            operations.return_plan, current_actor(), plan, reason=form.reason.data or "", version=None
        )
        if done:
            return go_back(url_for("activities.plan", plan_id=plan_id), _("计划已退回小组。"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("退回计划"),
        subtitle=plan.audit_label,
        primary=_("退回"),
        back=url_for("activities.plan", plan_id=plan_id),
        breadcrumbs=_plan_crumbs(plan, _("退回计划")),
    )


@bp.get("/plans/<int:plan_id>/plan.docx")
@requires(VIEW_PLANS)
def plan_docx(plan_id: int) -> ResponseReturnValue:
    """The plan as an editable document (forms.md 4.3)."""
    plan = plan_queries.get_visible_plan(current_actor(), plan_id)
    view = plan_queries.look_at_plan(plan, clock.today())
    document: Any = plan_document(plan, view.items)
    return send_file(
        io.BytesIO(render_docx(document)),
        mimetype=DOCX,
        as_attachment=True,
        download_name=f"{plan.audit_label}.docx",
    )
