"""Convening: whom to invite, which dates to propose, what each says to them, and which day it becomes (3-33)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.activities.models import Activity, Attendance, DateOption, DateReply
from app.activities.operations.ground import authorise_run, lock
from app.activities.operations.participants import invite, remove_participants
from app.activities.queries.activities import list_not_in_office, list_own_attendances
from app.activities.queries.dates import list_options
from app.activities.rules import ProposedDate
from app.activities.states import ActivityState, AttendanceStatus, DateAnswer
from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import Conflict, DomainError, Forbidden
from app.kit.i18n import _l
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.registry.models import Mandate

FEWEST, MOST = 2, 6


def convene(
    actor: Actor,
    activity: Activity,
    *,
    mandate_ids: Collection[int],
    offered: Collection[int],
    proposed: Sequence[ProposedDate] = (),
) -> Activity:
    """Invites these of the members ``offered``, takes the others of them off the list, and asks everybody
    which of the proposed dates suits them; without dates the invitation is to the day already fixed."""
    _begin(actor, activity)
    rows = {row.mandate_id: row for row in _rows(activity)}
    invite(actor, activity, [one for one in mandate_ids if one not in rows])
    unticked = [rows[one] for one in offered if one in rows and one not in mandate_ids]
    gone = [row.id for row in unticked if row.status is AttendanceStatus.INVITED and not row.leave_state]
    if gone:
        remove_participants(actor, activity, gone)
    if not _rows(activity):
        raise DomainError(_l("请勾选要邀请的成员。"), "mandate_ids")
    if proposed:
        return propose_dates(actor, activity, proposed)
    _tell(activity, f"invited:{activity.held_on}", _l("请您参加活动：%(title)s", title=activity.title))
    return activity


def propose_dates(actor: Actor, activity: Activity, proposed: Sequence[ProposedDate]) -> Activity:
    """Puts these dates to everyone invited; replies to dates proposed before and kept stay."""
    _begin(actor, activity)
    wanted = {(one.day, one.starts_at): one for one in proposed}
    if not FEWEST <= len(wanted) <= MOST:
        raise DomainError(
            _l("请提出 %(least)s 到 %(most)s 个不同的时间供选择。", least=FEWEST, most=MOST), "dates"
        )
    if min(day for day, _at in wanted) <= clock.today():
        raise DomainError(_l("供选择的日期要在今天之后。"), "dates")
    for option in list_options(activity.id):
        if (option.day, option.starts_at) not in wanted:
            drop_option(option)
        else:
            del wanted[option.day, option.starts_at]
    for day, starts_at in wanted:
        db.session.add(DateOption(activity=activity, day=day, starts_at=starts_at))
    db.session.flush()
    days = ",".join(f"{one.day:%m%d}{one.starts_at:%H%M}" for one in sorted(proposed, key=lambda p: p.day))
    _tell(
        activity,
        f"dates:{days}",
        _l("请答复活动时间：%(title)s", title=activity.title),
        "；".join(f"{one.day:%Y-%m-%d} {one.starts_at:%H:%M}" for one in proposed),
    )
    return activity


def reply_dates(actor: Actor, activity: Activity, answers: Mapping[int, DateAnswer]) -> list[DateReply]:
    """What an invited deputy says to each proposed date; a later word takes the place of the earlier."""
    lock(activity)
    own = list_own_attendances(actor, activity.id)
    if not own:
        raise Forbidden(_l("您不在这次活动的应到名单中，不用答复时间。"))
    options = {option.id: option for option in list_options(activity.id)}
    if activity.state is not ActivityState.PLANNED or len(options) < FEWEST:
        raise Conflict(_l("活动时间已经定了，不用再答复。请看活动页上的时间。"))
    if set(options) - set(answers):
        raise DomainError(_l("请为每个时间选择：可以、尽量或不行。"), "dates")
    mandate_id = own[0].mandate_id
    replies = []
    for option in options.values():
        reply = next((row for row in option.replies if row.mandate_id == mandate_id), None)
        if reply is None:
            reply = DateReply(option=option, mandate_id=mandate_id, answer=answers[option.id])
            db.session.add(reply)
        reply.answer = answers[option.id]
        replies.append(reply)
    db.session.flush()
    return replies


def choose_date(actor: Actor, activity: Activity, option: DateOption) -> Activity:
    """The leader picks the day: it becomes the activity's, the other proposals go, everyone invited is told."""
    _begin(actor, activity)
    options = list_options(activity.id)
    if option not in options or len(options) < FEWEST:
        raise Conflict(_l("活动时间已经定了。请刷新页面看最新情况。"))
    if option.day < clock.today():
        raise DomainError(_l("这个时间已经过去，请选别的时间，或重新提议。"))
    away = list_not_in_office(activity.id, option.day)
    if away:
        raise DomainError(_l("%(names)s 这一天不在任，请先从应到名单中去掉。", names="、".join(away[:5])))
    activity.held_on, activity.starts_at, activity.ends_on = option.day, option.starts_at, None
    for other in options:
        if other is not option:
            drop_option(other)
    db.session.flush()
    when = f"{option.day:%Y-%m-%d} {option.starts_at:%H:%M}"
    _tell(
        activity,
        f"fixed:{option.day:%Y%m%d}{option.starts_at:%H%M}",
        _l("活动时间已定：%(title)s", title=activity.title),
        f"{when} {activity.venue}".strip(),
    )
    return activity


def _begin(actor: Actor, activity: Activity) -> None:
    authorise_run(actor, activity)
    lock(activity)
    if activity.state is not ActivityState.PLANNED:
        raise Conflict(_l("活动现在是“%(state)s”，只有计划中的活动才能召集。", state=activity.state.label))


def _rows(activity: Activity) -> list[Attendance]:
    return list(db.session.scalars(select(Attendance).where(Attendance.activity_id == activity.id)))


def drop_option(option: DateOption) -> None:
    """Takes a proposed date away with what was said to it, each by itself, so that the trail has it."""
    for reply in list(option.replies):
        db.session.delete(reply)
    db.session.flush()
    db.session.delete(option)


def _tell(activity: Activity, occasion: str, title: Any, body: str = "") -> None:
    persons = db.session.scalars(
        select(Mandate.person_id)
        .join(Attendance, Attendance.mandate_id == Mandate.id)
        .where(Attendance.activity_id == activity.id)
    )
    tell(
        key=f"activity:{activity.id}:{occasion}",
        kind=NoticeKind.INVITATION,
        area_code=activity.area_code,
        person_ids=list(persons),
        title=title,
        body=body or _when(activity),
        url=f"/activities/{activity.id}/dates",
    )


def _when(activity: Activity) -> str:
    day: date = activity.held_on
    at = f" {activity.starts_at:%H:%M}" if activity.starts_at else ""
    return f"{day:%Y-%m-%d}{at} {activity.venue}".strip()
