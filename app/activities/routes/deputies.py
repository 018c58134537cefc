"""Deputies on the phone: their activities, and asking for leave."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.activities import operations, queries
from app.activities.forms import LeaveForm
from app.activities.policy import ASK_LEAVE, SIGN_IN
from app.activities.queries.dates import list_polled
from app.activities.routes import bp
from app.activities.routes.planning import crumbs
from app.activities.rules import has_begun, runs_on
from app.activities.states import ActivityState, AttendanceStatus
from app.groups.queries import list_led_groups
from app.kit import clock
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires


@bp.get("/mine")
@requires(SIGN_IN)
def mine() -> ResponseReturnValue:
    """What is to come, with buttons to sign in and to ask for leave; what was, with how it stands."""
    actor = current_actor()
    today = clock.today()
    now = clock.local(clock.now())
    coming = queries.list_mine(actor, today, past=False)
    return render_template(
        "activities/mine.html",
        coming=coming,
        past=queries.list_mine(actor, today, past=True),
        led=list_led_groups(actor),
        polled=list_polled([one.activity.id for one in coming if one.attendance]),
        signable={
            one.activity.id
            for one in coming
            if one.attendance
            and one.attendance.status is not AttendanceStatus.PRESENT
            and one.activity.sign_in_token
            and runs_on(one.activity.held_on, one.activity.ends_on, today)
        },
        excusable={
            one.activity.id
            for one in coming
            if one.attendance
            and one.activity.state is ActivityState.PLANNED
            and one.attendance.status in (AttendanceStatus.INVITED, AttendanceStatus.LEAVE)
            and not has_begun(one.activity.held_on, one.activity.starts_at, now)
        },
    )


@bp.route("/<int:activity_id>/leave", methods=["GET", "POST"])
@requires(ASK_LEAVE)
def leave(activity_id: int) -> ResponseReturnValue:
    """Asks for leave."""
    actor = current_actor()
    activity = queries.get_visible_activity(actor, activity_id)
    own = queries.list_own_attendances(actor, activity.id)
    form = LeaveForm(reason=own[0].leave_reason if own else "")
    if form.validate_on_submit():
        done = form.attempt(operations.ask_leave, actor, activity, reason=form.reason.data or "")
        if done:
            return go_back(url_for("activities.mine"), _("请假已提交，等待审批。"))
    return answer(
        "activities/leave.html", form=form, activity=activity, own=own, breadcrumbs=crumbs((_("请假"), ""))
    )


@bp.post("/<int:activity_id>/leave/withdraw")
@requires(ASK_LEAVE)
def withdraw_leave(activity_id: int) -> ResponseReturnValue:
    """Will come after all."""
    actor = current_actor()
    operations.withdraw_leave(actor, queries.get_visible_activity(actor, activity_id))
    return go_back(url_for("activities.mine"), _("已撤回请假。"))
