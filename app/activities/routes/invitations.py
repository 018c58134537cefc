"""The group leader's own pages, convening, and the poll of dates: made for the phone (2-18, 3-33)."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.activities import operations, queries
from app.activities.forms import ConveneForm, ReplyForm
from app.activities.models import Activity
from app.activities.policy import EDIT_PLANS, REPLY_DATES, RUN_ACTIVITIES, VIEW_ACTIVITIES
from app.activities.queries import dates as date_queries
from app.activities.queries import plans as plan_queries
from app.activities.routes import bp
from app.activities.routes.planning import activity_crumbs, crumbs, runnable_activity
from app.activities.states import ActivityState, DateAnswer, PlanScope
from app.groups import queries as groups
from app.kit import clock
from app.kit.forms import BaseForm
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires


@bp.get("/groups/<int:group_id>")
@requires(EDIT_PLANS)
def group_desk(group_id: int) -> ResponseReturnValue:
    """What the leader has to do for the group: its plans, the next activities, what awaits its record."""
    group = groups.get_plannable_group(current_actor(), group_id)
    today = clock.today()
    year = plan_queries.find_plan(group.id, PlanScope.YEAR, today.year)
    return render_template(
        "activities/group_desk.html",
        group=group,
        year=today.year,
        plan=year,
        term_plan=next((p for p in plan_queries.list_plans_of(group.id) if p.scope is PlanScope.TERM), None),
        coming=queries.list_of_group(group.id, today, past=False),
        unrecorded=queries.list_of_group(group.id, today, past=True),
        due=groups.rules_for(group.area_code, today).plan_due(today.year),
        today=today,
        breadcrumbs=crumbs((group.name, "")),
    )


@bp.route("/<int:activity_id>/convene", methods=["GET", "POST"])
@requires(RUN_ACTIVITIES)
def convene(activity_id: int) -> ResponseReturnValue:
    """Whom of the group to invite, and which dates to propose."""
    activity = runnable_activity(activity_id)
    today = clock.today()
    members = date_queries.list_group_members(activity.group_id, today) if activity.group_id else []
    invited = {row.mandate_id for row in queries.list_attendances(activity.id)}
    form = ConveneForm(data={"mandate_ids": list(invited) or [mandate.id for mandate in members]})
    if form.validate_on_submit() and form.attempt(_convene, activity, form, {m.id for m in members}):
        return go_back(url_for("activities.dates", activity_id=activity_id), _("已发出邀请。"))
    return answer(
        "activities/convene.html",
        form=form,
        activity=activity,
        members=members,
        others=len(invited - {mandate.id for mandate in members}),
        pairs=[(form.day_1, form.at_1), (form.day_2, form.at_2), (form.day_3, form.at_3)],
        breadcrumbs=activity_crumbs(activity, _("召集")),
    )


def _convene(activity: Activity, form: ConveneForm, members: set[int]) -> Activity:
    chosen = [identity for identity in form.mandate_ids.data or [] if identity in members]
    return operations.convene(
        current_actor(), activity, mandate_ids=chosen, offered=members, proposed=form.proposed
    )


@bp.get("/<int:activity_id>/dates")
@requires(VIEW_ACTIVITIES)
def dates(activity_id: int) -> ResponseReturnValue:
    """The proposed dates: to a deputy three buttons each, to the leader who can come when."""
    return _dates_page(queries.get_visible_activity(current_actor(), activity_id), ReplyForm())


def _dates_page(activity: Activity, form: BaseForm) -> ResponseReturnValue:
    actor = current_actor()
    runs = actor.may_in(RUN_ACTIVITIES, activity.area_code) or groups.leads(actor, activity.group_id)
    return answer(
        "activities/dates.html",
        form=form,
        activity=activity,
        poll=date_queries.read_poll(actor, activity),
        answers=list(DateAnswer),
        runs=runs and activity.state is ActivityState.PLANNED,
        breadcrumbs=activity_crumbs(activity, _("活动时间")),
    )


@bp.post("/<int:activity_id>/dates")
@requires(REPLY_DATES)
def reply_dates(activity_id: int) -> ResponseReturnValue:
    """A deputy says to each date: yes, perhaps, no."""
    actor = current_actor()
    activity = queries.get_visible_activity(actor, activity_id)
    form = ReplyForm()
    if form.validate_on_submit() and form.attempt(
        operations.reply_dates, actor, activity, form.answers(request.form)
    ):
        return go_back(url_for("activities.mine"), _("已答复，谢谢。"))
    return _dates_page(activity, form)


@bp.post("/<int:activity_id>/dates/<int:option_id>/choose")
@requires(RUN_ACTIVITIES)
def choose_date(activity_id: int, option_id: int) -> ResponseReturnValue:
    """Fixes the day; everyone invited is told."""
    activity = runnable_activity(activity_id)
    operations.choose_date(current_actor(), activity, date_queries.get_option(activity, option_id))
    return go_back(url_for("activities.detail", activity_id=activity_id), _("时间已定，已通知应到代表。"))
