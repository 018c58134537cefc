"""Who came: the clerk's list, sign-in by QR code or by number, and calling the roll."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.activities.models import Activity, Attendance
from app.activities.operations.ground import authorise_run, lock, move
from app.activities.policy import SIGN_IN
from app.activities.postings import SOURCE
from app.activities.queries import list_attendances, list_own_attendances
from app.activities.rules import runs_on
from app.activities.states import (
    ActivityAction,
    ActivityState,
    AttendanceStatus,
    LeaveState,
    SignInWay,
)
from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError, Forbidden
from app.kit.i18n import _l
from app.ledger.operations import post


@dataclass(frozen=True)
class Mark:
    """What the clerk noted of one deputy."""

    status: AttendanceStatus
    spoke: bool = False
    leave_reason: str = ""


def record_attendance(
    actor: Actor,
    activity: Activity,
    marks: Mapping[int, Mark],
    *,
    others: AttendanceStatus | None = None,
) -> Activity:
    """The whole list at once (2-27): marks by mandate; ``others`` is for invited deputies not named in it.

    A planned activity whose day has come is held by this. Sign-in is closed, so that nobody overwrites the
    clerk's list. Refuses deputies who were not invited.
    """
    authorise_run(actor, activity)
    lock(activity)
    if activity.held_on > clock.today():
        raise DomainError(_l("活动日期还没到，不能登记考勤。"))
    if activity.state is not ActivityState.HELD:
        move(activity, ActivityAction.HOLD)
    rows = {row.mandate_id: row for row in list_attendances(activity.id)}
    if set(marks) - set(rows):
        raise DomainError(_l("名单中有没有被邀请的代表，请先列入应到名单。"))
    for mandate_id, row in rows.items():
        if mandate_id in marks:
            _mark(actor, row, marks[mandate_id])
        elif others is not None and row.status is AttendanceStatus.INVITED:
            _mark(actor, row, Mark(others))
    activity.sign_in_token = activity.sign_in_code = None
    return _posted(activity)


def _mark(actor: Actor, row: Attendance, mark: Mark) -> None:
    if mark.status is AttendanceStatus.INVITED:
        raise DomainError(_l("请为每位代表选择出席、请假或缺席。"))
    present = mark.status is AttendanceStatus.PRESENT
    if row.status is not mark.status:
        row.status = mark.status
        if present and row.signed_in_at is None:
            row.signed_in_by = SignInWay.LIST
        elif not present:
            row.signed_in_at = row.signed_in_by = None
    if mark.status is AttendanceStatus.LEAVE:
        row.leave_reason = mark.leave_reason.strip()[:200] or row.leave_reason
        if row.leave_state is not LeaveState.APPROVED:
            row.leave_state, row.leave_decided_by = LeaveState.APPROVED, actor.user_id
    row.spoke = present and mark.spoke
    if not row.spoke:
        row.speech = ""


def open_sign_in(actor: Actor, activity: Activity) -> Activity:
    """Makes the QR code and the six-digit code deputies sign in with on the day."""
    authorise_run(actor, activity)
    lock(activity)
    if activity.state is ActivityState.CANCELLED:
        raise DomainError(_l("活动已取消，不能签到。"))
    if activity.state is ActivityState.DRAFT:
        raise DomainError(_l("计划还没有批准，不能签到。"))
    if clock.today() > (activity.ends_on or activity.held_on):
        raise DomainError(_l("活动已经结束，请直接登记考勤。"))
    if activity.sign_in_token is None:
        activity.sign_in_token = secrets.token_urlsafe(16)
        activity.sign_in_code = _free_code(activity.held_on)
    return _posted(activity)


def close_sign_in(actor: Actor, activity: Activity) -> Activity:
    """From now on nobody can sign in; both codes are worthless."""
    authorise_run(actor, activity)
    lock(activity)
    activity.sign_in_token = activity.sign_in_code = None
    return _posted(activity)


def _free_code(on: date) -> str:
    taken = set(
        db.session.scalars(
            select(Activity.sign_in_code).where(
                Activity.sign_in_code.is_not(None), func.coalesce(Activity.ends_on, Activity.held_on) >= on
            )
        )
    )
    while (code := f"{secrets.randbelow(10**6):06d}") in taken:
        pass
    return code


def sign_in(actor: Actor, activity: Activity, way: SignInWay) -> list[Attendance]:
    """The deputy signs in, under every mandate they are invited with (3-49); a second time changes nothing.

    Refuses with a sentence: on another day, after sign-in was closed, and whoever is not invited.
    """
    lock(activity)
    rows = list_own_attendances(actor, activity.id)
    if not actor.may(SIGN_IN) or not rows:
        raise Forbidden(_l("您不在这次活动的应到名单中，不能签到。如有疑问，请联系现场工作人员。"))
    if activity.sign_in_token is None or activity.state is ActivityState.CANCELLED:
        raise DomainError(_l("签到已经结束。如果您到场了，请告诉现场工作人员。"))
    if not runs_on(activity.held_on, activity.ends_on, clock.today()):
        raise DomainError(
            _l("只能在活动当天签到。这次活动的日期是 %(day)s。", day=activity.held_on.isoformat())
        )
    for row in rows:
        _sign(row, way)
    _posted(activity)
    return rows


def sign_in_from_list(actor: Actor, activity: Activity, attendance_id: int) -> Attendance:
    """Staff tick a deputy who is there but has no phone at hand."""
    row = _row(actor, activity, attendance_id)
    _sign(row, SignInWay.LIST)
    _posted(activity)
    return row


def undo_sign_in(actor: Actor, activity: Activity, attendance_id: int) -> Attendance:
    """Staff take back a sign-in made by mistake, before the attendance list is saved."""
    row = _row(actor, activity, attendance_id)
    if row.status is AttendanceStatus.PRESENT:
        row.status = AttendanceStatus.INVITED
        row.signed_in_at = row.signed_in_by = None
        row.spoke, row.speech = False, ""
    _posted(activity)
    return row


def _row(actor: Actor, activity: Activity, attendance_id: int) -> Attendance:
    authorise_run(actor, activity)
    lock(activity)
    if activity.state is ActivityState.CANCELLED or activity.held_on > clock.today():
        raise DomainError(
            _l("只能在活动当天签到。这次活动的日期是 %(day)s。", day=activity.held_on.isoformat())
        )
    for row in list_attendances(activity.id):
        if row.id == attendance_id:
            return row
    raise DomainError(_l("名单中没有这位代表，请刷新页面。"))


def _sign(row: Attendance, way: SignInWay) -> None:
    if row.status is AttendanceStatus.PRESENT and row.signed_in_at is not None:
        return
    row.status = AttendanceStatus.PRESENT
    row.signed_in_at, row.signed_in_by = clock.now(), way


def _posted(activity: Activity) -> Activity:
    db.session.flush()
    post(SOURCE, [activity.id])
    return activity
