"""Attendance as the clerk keeps it, and decisions on leave."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.activities import operations, queries
from app.activities.models import Activity, Attendance
from app.activities.operations import Mark
from app.activities.policy import RUN_ACTIVITIES
from app.activities.routes import bp
from app.activities.routes.planning import activity_crumbs, crumbs, runnable_activity
from app.activities.states import AttendanceStatus, LeaveAction
from app.kit import clock
from app.kit.forms import BaseForm
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires


@dataclass(frozen=True)
class SheetRow:
    """A line of the attendance list."""

    id: int
    name: str
    note: str
    initials: str
    status: str
    spoke: bool
    reason: str


def _sheet_row(row: Attendance, *, signed: bool) -> SheetRow:
    status = row.status
    if status is AttendanceStatus.INVITED:
        # Where people signed in, whoever did not is taken for absent until the clerk says otherwise.
        status = AttendanceStatus.ABSENT if signed else AttendanceStatus.PRESENT
    mandate = row.mandate
    note = " · ".join(
        part for part in (mandate.level.label, mandate.area.name, mandate.card_no or "") if part
    )
    if row.capacity is not row.capacity.DEPUTY:
        note = f"{row.capacity.label} · {note}"
    person = mandate.person
    return SheetRow(row.id, person.name, note, person.initials, status.value, row.spoke, row.leave_reason)


@bp.route("/<int:activity_id>/attendance", methods=["GET", "POST"])
@requires(RUN_ACTIVITIES)
def attendance(activity_id: int) -> ResponseReturnValue:
    """Everyone is present until marked otherwise; the whole list is saved at once (2-27)."""
    activity = runnable_activity(activity_id)
    attendances = queries.list_attendances(activity.id)
    form = BaseForm()
    if form.validate_on_submit() and form.attempt(_record, activity, attendances):
        turnout = queries.turnout_of(attendances)
        sentence = _(
            "考勤已登记：应到 %(expected)s 人，出席 %(present)s 人，请假 %(leave)s 人，缺席 %(absent)s 人。",
            expected=turnout.expected,
            present=turnout.present,
            leave=turnout.leave,
            absent=turnout.absent,
        )
        return go_back(url_for("activities.detail", activity_id=activity_id), sentence)
    signed = sum(1 for row in attendances if row.signed_in_at is not None)
    return answer(
        "activities/attendance.html",
        form=form,
        activity=activity,
        rows=[_sheet_row(row, signed=signed > 0) for row in attendances],
        signed=signed,
        day_has_come=activity.held_on <= clock.today(),
        breadcrumbs=activity_crumbs(activity, _("登记考勤")),
    )


def _record(activity: Activity, attendances: list[Attendance]) -> Activity:
    marks = {}
    for row in attendances:
        status = request.form.get(f"status-{row.id}", "")
        if status in list(AttendanceStatus):
            marks[row.mandate_id] = Mark(
                AttendanceStatus(status),
                f"spoke-{row.id}" in request.form,
                request.form.get(f"reason-{row.id}", "").replace("\x00", ""),
            )
    return operations.record_attendance(current_actor(), activity, marks)


@bp.get("/leaves")
@requires(RUN_ACTIVITIES)
def leaves() -> ResponseReturnValue:
    """Requests for leave waiting for a decision, and what became of the others."""
    actor = current_actor()
    return render_template(
        "activities/leaves.html",
        requests=queries.list_leave_requests(actor),
        settled=queries.list_settled_leave(actor, clock.today()),
        breadcrumbs=crumbs((_("请假审批"), "")),
    )


@bp.post("/leaves/<int:attendance_id>/<any(approve, refuse):decision>")
@requires(RUN_ACTIVITIES)
def decide_leave(attendance_id: int, decision: str) -> ResponseReturnValue:
    """Approves or refuses leave."""
    actor = current_actor()
    row = queries.get_visible_attendance(actor, attendance_id, RUN_ACTIVITIES)
    operations.decide_leave(actor, row, LeaveAction(decision))
    name = row.mandate.person.name
    sentence = (
        _("已准%(name)s的假。", name=name) if decision == "approve" else _("未准%(name)s的假。", name=name)
    )
    return go_back(url_for("activities.leaves"), sentence)
