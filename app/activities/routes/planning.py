"""The list of activities, one activity, and the forms of its life."""

from __future__ import annotations

import io
from typing import Any

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.activities import operations, queries
from app.activities.columns import ACTIVITIES
from app.activities.documents import record_document
from app.activities.forms import ActivityForm, CancelForm, RecordForm
from app.activities.models import Activity
from app.activities.policy import (
    EDIT_ACTIVITIES,
    OVERSEE_ACTIVITIES,
    RUN_ACTIVITIES,
    VIEW_ACTIVITIES,
)
from app.activities.routes import bp
from app.activities.states import ACTIVITY_TRANSITIONS, ActivityState
from app.groups.queries import leads
from app.kit import attachments, clock
from app.kit.database import row_id
from app.kit.documents import render_docx
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def own_only() -> bool:
    """Whether the viewer sees nothing but their own activities."""
    actor = current_actor()
    return actor.owns(VIEW_ACTIVITIES) and not actor.areas(VIEW_ACTIVITIES)


def crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back to the list, then ``last``."""
    label = _("我的活动") if own_only() else _("活动")
    return [(label, url_for("activities.activities")), *last]


def activity_crumbs(activity: Activity, last: str) -> list[tuple[str, str]]:
    """The way back to the list and the activity."""
    return crumbs((activity.title, url_for("activities.detail", activity_id=activity.id)), (last, ""))


def sent_version() -> int | None:
    """The version a small form was opened on."""
    return row_id(request.form.get("version", ""))


def editable_activity(activity_id: int) -> Activity:
    """The activity, if the viewer may change it."""
    return queries.get_visible_activity(current_actor(), activity_id, EDIT_ACTIVITIES)


def runnable_activity(activity_id: int) -> Activity:
    """The activity, if the viewer keeps it or leads its group."""
    return queries.get_visible_activity(current_actor(), activity_id, RUN_ACTIVITIES)


@bp.get("/")
@requires(VIEW_ACTIVITIES)
def activities() -> ResponseReturnValue:
    """All activities of the viewer's area."""
    if own_only():
        return redirect(url_for("activities.mine"))
    actor = current_actor()
    actions = []
    if actor.may(EDIT_ACTIVITIES):
        waiting = len(queries.list_leave_requests(actor))
        actions = [
            (_("计划活动"), url_for("activities.new"), "primary", "plus"),
            (_("登记已开展的活动"), url_for("activities.new", held=1), "light", "check"),
        ]
        if waiting:
            actions.append(
                (_("请假审批（%(n)s）", n=waiting), url_for("activities.leaves"), "light", "clock")
            )
    if actor.areas(OVERSEE_ACTIVITIES):
        actions += [
            (_("小组计划"), url_for("activities.plans"), "light", "calendar"),
            (_("考勤统计"), url_for("activities.group_attendance"), "light", "stats"),
            (_("保障需求"), url_for("activities.support_needs"), "light", "place"),
        ]
    return list_page(ACTIVITIES, actions=actions)


@bp.get("/<int:activity_id>")
@requires(VIEW_ACTIVITIES)
def detail(activity_id: int) -> ResponseReturnValue:
    """One activity: figures, attendance, record, photographs, history; to a deputy their own part in it."""
    actor = current_actor()
    activity = queries.get_visible_activity(actor, activity_id)
    attendances = queries.list_attendances(activity.id)
    own = queries.list_own_attendances(actor, activity.id)
    in_area = actor.may_in(VIEW_ACTIVITIES, activity.area_code)
    runs = actor.may_in(RUN_ACTIVITIES, activity.area_code) or leads(actor, activity.group_id)
    return render_template(
        "activities/detail.html",
        activity=activity,
        attendances=attendances if in_area or runs else [],
        turnout=queries.turnout_of(attendances),
        person_times=queries.person_times(attendances),
        own=own,
        in_area=in_area,
        runs=runs,
        polling=activity.state is ActivityState.PLANNED and len(activity.date_options) > 1,
        editable=actor.may_in(EDIT_ACTIVITIES, activity.area_code),
        actions_allowed=ACTIVITY_TRANSITIONS.actions(activity.state),
        day_has_come=activity.held_on <= clock.today(),
        is_over=(activity.ends_on or activity.held_on) < clock.today(),
        files=attachments.list_for("activity", activity.id),
        remover=lambda attachment_id: url_for(
            "activities.remove_file", activity_id=activity.id, attachment_id=attachment_id
        ),
        breadcrumbs=crumbs((activity.title, "")),
    )


def _offer(form: ActivityForm) -> ActivityForm:
    actor = current_actor()
    form.offer(queries.list_areas(actor), queries.list_groups(actor))
    return form


@bp.route("/new", methods=["GET", "POST"])
@requires(EDIT_ACTIVITIES)
def new() -> ResponseReturnValue:
    """A plan, or (``held``) an activity that took place already; next comes the list of those invited."""
    held = request.values.get("held") == "1"
    form = _offer(ActivityForm(planned=not held, kind=request.args.get("kind")))
    if request.method == "GET":
        form.group_id.data = row_id(request.args.get("group", ""))
    if form.validate_on_submit():
        done = form.attempt(operations.create_activity, current_actor(), held=held, **form.values())
        if done:
            target = url_for("activities.participants", activity_id=done.id, group=done.group_id)
            return go_back(target, _("已登记，编号 %(number)s。请选择应到代表。", number=done.number))
    heading = _("登记已开展的活动") if held else _("计划活动")
    return answer(
        "activities/edit.html",
        form=form,
        activity=None,
        heading=heading,
        held=held,
        breadcrumbs=crumbs((heading, "")),
    )


@bp.route("/<int:activity_id>/edit", methods=["GET", "POST"])
@requires(EDIT_ACTIVITIES)
def edit(activity_id: int) -> ResponseReturnValue:
    """Changes an activity."""
    activity = editable_activity(activity_id)
    form = _offer(ActivityForm(obj=activity, planned=activity.state is ActivityState.PLANNED))
    if form.validate_on_submit():
        actor = current_actor()
        if form.attempt(
            operations.update_activity, actor, activity, version=form.sent_version, **form.values()
        ):
            return go_back(url_for("activities.detail", activity_id=activity.id), _("已保存。"))
    return answer(
        "activities/edit.html",
        form=form,
        activity=activity,
        heading=_("修改活动"),
        held=activity.state is ActivityState.HELD,
        breadcrumbs=activity_crumbs(activity, _("修改")),
    )


@bp.post("/<int:activity_id>/hold")
@requires(RUN_ACTIVITIES)
def hold(activity_id: int) -> ResponseReturnValue:
    """The plan has become a fact; next comes attendance."""
    activity = runnable_activity(activity_id)
    operations.hold_activity(current_actor(), activity, version=sent_version())
    return go_back(
        url_for("activities.attendance", activity_id=activity_id), _("已登记为已开展，请登记考勤。")
    )


@bp.route("/<int:activity_id>/cancel", methods=["GET", "POST"])
@requires(EDIT_ACTIVITIES)
def cancel(activity_id: int) -> ResponseReturnValue:
    """Cancels a plan, saying why."""
    activity = editable_activity(activity_id)
    form = CancelForm(obj=activity)
    if form.validate_on_submit():
        done = form.attempt(
            operations.cancel_activity,
            current_actor(),
            activity,
            reason=form.reason.data,
            version=form.sent_version,
        )
        if done:
            return go_back(url_for("activities.detail", activity_id=activity_id), _("已取消活动。"))
    return answer(
        "activities/cancel.html",
        form=form,
        activity=activity,
        breadcrumbs=activity_crumbs(activity, _("取消活动")),
    )


@bp.post("/<int:activity_id>/reopen")
@requires(EDIT_ACTIVITIES)
def reopen(activity_id: int) -> ResponseReturnValue:
    """Back to a plan."""
    activity = editable_activity(activity_id)
    operations.reopen_activity(current_actor(), activity, version=sent_version())
    return go_back(url_for("activities.detail", activity_id=activity_id), _("已恢复为计划。"))


@bp.route("/<int:activity_id>/record", methods=["GET", "POST"])
@requires(RUN_ACTIVITIES)
def record(activity_id: int) -> ResponseReturnValue:
    """Record, summary, the gist of speeches, photographs."""
    activity = runnable_activity(activity_id)
    form = RecordForm(obj=activity)
    if form.validate_on_submit() and form.attempt(_write_record, activity, form):
        return go_back(url_for("activities.detail", activity_id=activity_id), _("已保存。"))
    attendances = queries.list_attendances(activity.id)
    return answer(
        "activities/record.html",
        form=form,
        activity=activity,
        speakers=[row for row in attendances if row.spoke],
        speeches=_speeches(),
        breadcrumbs=activity_crumbs(activity, _("活动记录")),
    )


def _speeches() -> dict[int, str]:
    prefix = "speech-"
    sent = {name.removeprefix(prefix): text for name, text in request.form.items() if name.startswith(prefix)}
    return {number: text[:1000] for key, text in sent.items() if (number := row_id(key)) is not None}


def _write_record(activity: Activity, form: RecordForm) -> Activity:
    actor = current_actor()
    operations.write_record(
        actor,
        activity,
        version=form.sent_version,
        record=form.record.data or "",
        summary=form.summary.data or "",
        speeches=_speeches(),
    )
    operations.attach_files(actor, activity, form.uploads)
    return activity


@bp.post("/<int:activity_id>/files/<int:attachment_id>/delete")
@requires(RUN_ACTIVITIES)
def remove_file(activity_id: int, attachment_id: int) -> ResponseReturnValue:
    """Takes a photograph or file away."""
    activity = runnable_activity(activity_id)
    operations.remove_file(current_actor(), activity, attachment_id)
    return go_back(url_for("activities.detail", activity_id=activity_id), _("已删除文件。"))


@bp.get("/<int:activity_id>/sheet")
@requires(RUN_ACTIVITIES)
def sheet(activity_id: int) -> ResponseReturnValue:
    """The sign-in sheet on paper (签到表), with a column for signatures."""
    activity = runnable_activity(activity_id)
    return render_template(
        "activities/sheet.html", activity=activity, attendances=queries.list_attendances(activity.id)
    )


@bp.get("/<int:activity_id>/record.docx")
@requires(RUN_ACTIVITIES)
def record_docx(activity_id: int) -> ResponseReturnValue:
    """The record of the activity as an editable document (活动记录表, forms.md 4.3)."""
    activity = runnable_activity(activity_id)
    document: Any = record_document(activity, queries.list_attendances(activity.id))
    return send_file(
        io.BytesIO(render_docx(document)),
        mimetype=DOCX,
        as_attachment=True,
        download_name=f"{_('活动记录表')}-{activity.number}.docx",
    )
