"""Leave: asked for before the activity begins, decided by staff."""

from __future__ import annotations

from app.activities.models import Activity, Attendance
from app.activities.operations.ground import authorise_run, lock
from app.activities.policy import ASK_LEAVE
from app.activities.postings import SOURCE
from app.activities.queries import list_own_attendances
from app.activities.rules import has_begun
from app.activities.states import (
    LEAVE_TRANSITIONS,
    ActivityState,
    AttendanceStatus,
    LeaveAction,
    LeaveState,
)
from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import Conflict, DomainError, Forbidden
from app.kit.i18n import _l
from app.ledger.operations import post


def ask_leave(actor: Actor, activity: Activity, *, reason: str) -> list[Attendance]:
    """The deputy asks for leave, for every mandate they are invited with."""
    rows = _own_rows(actor, activity)
    reason = (reason or "").strip()
    if not reason:
        raise DomainError(_l("请写明请假事由。"), "reason")
    if any(row.status is AttendanceStatus.PRESENT for row in rows):
        raise DomainError(_l("您已经签到，不用请假。"))
    for row in rows:
        row.leave_state, row.leave_reason = LeaveState.REQUESTED, reason[:200]
        row.leave_asked_at, row.leave_decided_by = clock.now(), None
        row.status = AttendanceStatus.INVITED
    _posted(activity)
    return rows


def withdraw_leave(actor: Actor, activity: Activity) -> list[Attendance]:
    """The deputy will come after all."""
    rows = _own_rows(actor, activity)
    for row in rows:
        if row.status is not AttendanceStatus.PRESENT:
            row.leave_state = row.leave_asked_at = row.leave_decided_by = None
            row.leave_reason, row.status = "", AttendanceStatus.INVITED
    _posted(activity)
    return rows


def decide_leave(actor: Actor, row: Attendance, action: LeaveAction) -> Attendance:
    """Staff approve or refuse; as long as the activity is planned the decision may be changed."""
    activity = row.activity
    authorise_run(actor, activity)
    lock(activity)
    db.session.refresh(row)
    after = LEAVE_TRANSITIONS.after(row.leave_state, action) if row.leave_state is not None else None
    if after is None or activity.state is not ActivityState.PLANNED:
        raise Conflict(_l("这条请假已经处理，或活动已经登记考勤。请刷新页面看最新情况。"))
    row.leave_state, row.leave_decided_by = after, actor.user_id
    if row.status is not AttendanceStatus.PRESENT:
        approved = after is LeaveState.APPROVED
        row.status = AttendanceStatus.LEAVE if approved else AttendanceStatus.INVITED
    _posted(activity)
    return row


def _own_rows(actor: Actor, activity: Activity) -> list[Attendance]:
    lock(activity)
    rows = list_own_attendances(actor, activity.id)
    if not actor.may(ASK_LEAVE) or not rows:
        raise Forbidden(_l("您不在这次活动的应到名单中，不用请假。"))
    if activity.state is not ActivityState.PLANNED:
        raise DomainError(_l("活动已经开展或取消，不能再请假。有出入请联系工作人员。"))
    if has_begun(activity.held_on, activity.starts_at, clock.local(clock.now())):
        raise DomainError(_l("活动已经开始，请假要在开始之前。请直接联系工作人员。"))
    return rows


def _posted(activity: Activity) -> None:
    db.session.flush()
    post(SOURCE, [activity.id])
