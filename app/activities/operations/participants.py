"""Whom an activity invites, and in what capacity (2-21)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select

from app.activities.models import Activity, Attendance
from app.activities.operations.ground import authorise_run, lock
from app.activities.postings import SOURCE
from app.activities.queries import list_invitable, list_names
from app.activities.states import ActivityState, AttendanceStatus, Capacity
from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.ledger.operations import post


def invite(
    actor: Actor, activity: Activity, mandate_ids: Iterable[int], capacity: Capacity = Capacity.DEPUTY
) -> int:
    """Adds deputies to the list; how many are new. Those on it already stay as they are.

    Refuses, by name, deputies outside the actor's scope or not in office on the day of the activity.
    """
    _begin(actor, activity)
    added = _add(actor, activity, dict.fromkeys(mandate_ids, capacity))
    return _posted(activity, added)


def remove_participants(actor: Actor, activity: Activity, attendance_ids: Collection[int]) -> int:
    """Takes deputies off the list, with whatever was recorded of them; how many."""
    _begin(actor, activity)
    removed = 0
    for row in _rows(activity):
        if row.id in attendance_ids:
            db.session.delete(row)
            removed += 1
    return _posted(activity, removed)


def set_capacities(actor: Actor, activity: Activity, capacities: Mapping[int, Capacity]) -> int:
    """Changes in what capacity some take part, by invitation; how many changed."""
    _begin(actor, activity)
    changed = 0
    for row in _rows(activity):
        wanted = capacities.get(row.id, row.capacity)
        if row.capacity is not wanted:
            row.capacity = wanted
            changed += 1
    return _posted(activity, changed)


def set_participants(actor: Actor, activity: Activity, wanted: Mapping[int, Capacity]) -> None:
    """Makes the list exactly this (mandate → capacity); who stays keeps what was recorded."""
    _begin(actor, activity)
    for row in _rows(activity):
        if row.mandate_id not in wanted:
            db.session.delete(row)
        elif row.capacity is not wanted[row.mandate_id]:
            row.capacity = wanted[row.mandate_id]
    db.session.flush()
    _add(actor, activity, wanted)
    _posted(activity, 0)


def _begin(actor: Actor, activity: Activity) -> None:
    authorise_run(actor, activity)
    lock(activity)
    if activity.state is ActivityState.CANCELLED:
        raise DomainError(_l("活动已取消，不能再改应到名单。需要时请先恢复为计划。"))


def _rows(activity: Activity) -> list[Attendance]:
    return list(db.session.scalars(select(Attendance).where(Attendance.activity_id == activity.id)))


def _add(actor: Actor, activity: Activity, wanted: Mapping[int, Capacity]) -> int:
    present = {row.mandate_id for row in _rows(activity)}
    new = [mandate_id for mandate_id in wanted if mandate_id not in present]
    refused = set(new) - set(list_invitable(actor, new, activity.held_on))
    if refused:
        names = "、".join(list_names(sorted(refused))[:5]) or str(len(refused))
        raise DomainError(
            _l("%(names)s 在活动当天不在任，或不在您的管理范围内，不能列入应到名单。", names=names),
            "mandate_ids",
        )
    for mandate_id in new:
        db.session.add(
            Attendance(
                activity=activity,
                mandate_id=mandate_id,
                status=AttendanceStatus.INVITED,
                capacity=wanted[mandate_id],
            )
        )
    return len(new)


def _posted(activity: Activity, count: int) -> int:
    db.session.flush()
    post(SOURCE, [activity.id])
    return count
