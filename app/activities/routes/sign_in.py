"""Sign-in: the page with the QR code that staff show, and the phones of the deputies."""

from __future__ import annotations

import io

import segno
from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.activities import operations, queries
from app.activities.forms import CodeForm
from app.activities.models import Activity
from app.activities.policy import RUN_ACTIVITIES, SIGN_IN
from app.activities.routes import bp
from app.activities.routes.planning import activity_crumbs, runnable_activity
from app.activities.rules import runs_on
from app.activities.states import ActivityState, AttendanceStatus, SignInWay
from app.kit import clock
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _, _l
from app.kit.web import answer, current_actor, go_back, requires, site_url

CLOSED = _l("这个签到码已经失效。请扫现场最新的二维码，或告诉工作人员。")


# --- staff ------------------------------------------------------------------------------------------------


@bp.get("/<int:activity_id>/sign-in")
@requires(RUN_ACTIVITIES)
def desk(activity_id: int) -> ResponseReturnValue:
    """The page on the screen at the venue: QR code, six digits, who has signed in."""
    activity = runnable_activity(activity_id)
    return render_template(
        "activities/desk.html",
        activity=activity,
        today=runs_on(activity.held_on, activity.ends_on, clock.today()),
        is_over=(activity.ends_on or activity.held_on) < clock.today(),
        breadcrumbs=activity_crumbs(activity, _("签到")),
        **_signed(activity),
    )


def _signed(activity: Activity) -> dict[str, object]:
    attendances = queries.list_attendances(activity.id)
    present = [row for row in attendances if row.status is AttendanceStatus.PRESENT]
    present.sort(key=lambda row: row.signed_in_at or row.updated_at, reverse=True)
    return {
        "present": present,
        "missing": [row for row in attendances if row.status is not AttendanceStatus.PRESENT],
        "expected": len(attendances),
    }


@bp.get("/<int:activity_id>/signed-in")
@requires(RUN_ACTIVITIES)
def signed_in_list(activity_id: int) -> ResponseReturnValue:
    """The live part of that page, asked for every few seconds."""
    activity = runnable_activity(activity_id)
    return render_template("activities/_signed_in.html", activity=activity, **_signed(activity))


@bp.get("/<int:activity_id>/qr.svg")
@requires(RUN_ACTIVITIES)
def qr(activity_id: int) -> ResponseReturnValue:
    """The QR code: the address under which deputies sign in."""
    activity = runnable_activity(activity_id)
    if activity.sign_in_token is None:
        raise NotFound(_l("签到还没有开始。"))
    stream = io.BytesIO()
    address = site_url("activities.sign_in", token=activity.sign_in_token)
    segno.make(address, error="m").save(stream, kind="svg", border=2, omitsize=True)
    return Response(stream.getvalue(), mimetype="image/svg+xml")


@bp.post("/<int:activity_id>/sign-in/open")
@requires(RUN_ACTIVITIES)
def open_sign_in(activity_id: int) -> ResponseReturnValue:
    """Opens sign-in."""
    operations.open_sign_in(current_actor(), runnable_activity(activity_id))
    return go_back(url_for("activities.desk", activity_id=activity_id))


@bp.post("/<int:activity_id>/sign-in/close")
@requires(RUN_ACTIVITIES)
def close_sign_in(activity_id: int) -> ResponseReturnValue:
    """Closes sign-in."""
    operations.close_sign_in(current_actor(), runnable_activity(activity_id))
    return go_back(url_for("activities.desk", activity_id=activity_id), _("签到已结束。"))


@bp.post("/<int:activity_id>/sign-in/<int:attendance_id>/<any(tick, untick):change>")
@requires(RUN_ACTIVITIES)
def call_roll(activity_id: int, attendance_id: int, change: str) -> ResponseReturnValue:
    """Ticks somebody who has no phone at hand, or takes a tick back."""
    activity = runnable_activity(activity_id)
    carry_out = operations.sign_in_from_list if change == "tick" else operations.undo_sign_in
    carry_out(current_actor(), activity, attendance_id)
    return go_back(url_for("activities.desk", activity_id=activity_id))


# --- deputies ---------------------------------------------------------------------------------------------


def _open_activity(token: str) -> Activity:
    activity = queries.find_by_token(token)
    if activity is None:
        raise NotFound(CLOSED)
    return activity


@bp.get("/sign-in/<token>")
@requires(SIGN_IN)
def sign_in(token: str) -> ResponseReturnValue:
    """What the phone shows after scanning: the activity and one big button."""
    activity = _open_activity(token)
    own = queries.list_own_attendances(current_actor(), activity.id)
    return render_template(
        "activities/sign_in.html",
        activity=activity,
        own=own,
        token=token,
        today=runs_on(activity.held_on, activity.ends_on, clock.today()),
        cancelled=activity.state is ActivityState.CANCELLED,
    )


@bp.post("/sign-in/<token>")
@requires(SIGN_IN)
def sign_in_now(token: str) -> ResponseReturnValue:
    """Signs in."""
    operations.sign_in(current_actor(), _open_activity(token), SignInWay.QR)
    return redirect(url_for("activities.sign_in", token=token), code=303)


@bp.route("/sign-in", methods=["GET", "POST"])
@requires(SIGN_IN)
def sign_in_by_code() -> ResponseReturnValue:
    """For whoever cannot scan: the six digits shown at the venue."""
    form = CodeForm()
    if form.validate_on_submit():
        done = form.attempt(_sign_in_by_code, form.digits)
        if done:
            return go_back(url_for("activities.sign_in", token=done.sign_in_token))
    return answer("activities/code.html", form=form)


def _sign_in_by_code(digits: str) -> Activity:
    activity = queries.find_by_code(digits, clock.today()) if len(digits) == 6 else None
    actor = current_actor()
    if activity is None or not queries.list_own_attendances(actor, activity.id):
        raise DomainError(_l("签到码不对，或您不在这次活动的应到名单中。请核对现场的六位数字。"), "code")
    operations.sign_in(actor, activity, SignInWay.CODE)
    return activity
