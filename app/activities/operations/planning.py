"""The life of an activity: planned with its five elements, held, cancelled; its record and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.activities.models import Activity
from app.activities.operations.ground import authorise_run, lock, move, next_number
from app.activities.policy import EDIT_ACTIVITIES
from app.activities.postings import SOURCE
from app.activities.queries import list_attendances, list_groups, list_not_in_office
from app.activities.rules import missing_elements
from app.activities.states import ActivityAction, ActivityState, AttendanceStatus
from app.extensions import db
from app.kit import attachments, clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.ledger.operations import post
from app.registry.operations import check_version, office_of
from app.registry.queries import find_area

FIELDS = frozenset(
    {
        *(
            "kind",
            "title",
            "held_on",
            "starts_at",
            "ends_on",
            "venue",
            "organiser",
            "lead_person",
            "group_id",
        ),
        *("content", "form", "goal", "topics", "levels_invited"),
        *("need_time", "need_funds", "need_vehicle", "need_venue"),
    }
)
NOT_YET = _l("活动日期还没到，不能登记为已开展。")


def create_activity(actor: Actor, *, area_code: str, held: bool = False, **values: Any) -> Activity:
    """A planned activity with its five required elements (0-06), or one that was ``held`` already.

    ``values``: see :data:`FIELDS`; ``title``, ``kind`` and ``held_on`` are always needed. The system gives
    the number. Refusals name the field they belong to.
    """
    authorise(actor, EDIT_ACTIVITIES, area_code)
    if find_area(area_code) is None:
        raise DomainError(_l("没有代码为“%(code)s”的行政区划，请核对区划代码。", code=area_code), "area_code")
    state = ActivityState.HELD if held else ActivityState.PLANNED
    values = _checked(actor, values, state)
    activity = Activity(
        office_code=office_of(area_code),
        area_code=area_code,
        number=next_number(office_of(area_code), values["held_on"].year),
        state=state,
        **values,
    )
    db.session.add(activity)
    return _posted(activity)


def update_activity(actor: Actor, activity: Activity, *, version: int | None, **values: Any) -> Activity:
    """Changes what is known of an activity; its number stays. Conflict when somebody changed it meanwhile."""
    authorise(actor, EDIT_ACTIVITIES, activity.area_code)
    check_version(activity, version)
    area_code = values.pop("area_code", activity.area_code)
    if area_code != activity.area_code:
        authorise(actor, EDIT_ACTIVITIES, area_code)
        if office_of(area_code) != activity.office_code:
            raise DomainError(_l("活动不能移到另一个县（市、区）。"), "area_code")
        activity.area_code = area_code
    values = _checked(actor, values, activity.state, activity)
    for name, value in values.items():
        if getattr(activity, name) != value:
            setattr(activity, name, value)
    return _posted(activity)


def hold_activity(actor: Actor, activity: Activity, *, version: int | None = None) -> Activity:
    """The planned activity has taken place."""
    authorise_run(actor, activity)
    check_version(activity, version)
    lock(activity)
    if activity.held_on > clock.today():
        raise DomainError(NOT_YET, "held_on")
    move(activity, ActivityAction.HOLD)
    return _posted(activity)


def cancel_activity(actor: Actor, activity: Activity, *, reason: str, version: int | None = None) -> Activity:
    """The planned activity will not take place, and why."""
    _begin(actor, activity, version)
    if not (reason or "").strip():
        raise DomainError(_l("请写明取消原因，被邀请的代表会看到。"), "reason")
    move(activity, ActivityAction.CANCEL)
    activity.cancel_reason = reason.strip()
    activity.sign_in_token = activity.sign_in_code = None
    return _posted(activity)


def reopen_activity(actor: Actor, activity: Activity, *, version: int | None = None) -> Activity:
    """Back to a plan: it was cancelled, or registered as held, by mistake."""
    _begin(actor, activity, version)
    move(activity, ActivityAction.REOPEN)
    activity.cancel_reason = ""
    return _posted(activity)


def write_record(
    actor: Actor,
    activity: Activity,
    *,
    version: int | None,
    record: str,
    summary: str,
    speeches: Mapping[int, str] | None = None,
) -> Activity:
    """The record (what was done and said), the summary, and the gist of speeches by invitation."""
    authorise_run(actor, activity)
    check_version(activity, version)
    activity.record, activity.summary = record.strip(), summary.strip()
    if speeches:
        for row in list_attendances(activity.id):
            text = speeches.get(row.id, row.speech).strip()
            if text != row.speech:
                _refuse_speech_of_absent(row.status, text)
                row.speech = text
                row.spoke = row.spoke or bool(text)
    return _posted(activity)


def attach_files(actor: Actor, activity: Activity, files: Iterable[attachments.Upload]) -> None:
    """Keeps photographs and files with an activity."""
    authorise_run(actor, activity)
    attachments.store_all(
        files, subject_kind=SOURCE, subject_id=activity.id, scope_code=activity.area_code, actor=actor
    )


def remove_file(actor: Actor, activity: Activity, attachment_id: int) -> None:
    """Takes a photograph or file away from an activity."""
    authorise_run(actor, activity)
    for attachment in attachments.list_for(SOURCE, activity.id):
        if attachment.id == attachment_id:
            attachments.remove(attachment)


def _begin(actor: Actor, activity: Activity, version: int | None) -> None:
    authorise(actor, EDIT_ACTIVITIES, activity.area_code)
    check_version(activity, version)
    lock(activity)


def _posted(activity: Activity) -> Activity:
    db.session.flush()
    post(SOURCE, [activity.id])
    return activity


def _refuse_speech_of_absent(status: AttendanceStatus, text: str) -> None:
    if text and status is not AttendanceStatus.PRESENT:
        raise DomainError(_l("没有出席的代表不能有发言要点，请先改考勤。"))


def _checked(
    actor: Actor, values: Mapping[str, Any], state: ActivityState, activity: Activity | None = None
) -> dict[str, Any]:
    unknown = set(values) - FIELDS
    if unknown:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    kept = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    whole: dict[str, Any] = {name: getattr(activity, name) for name in FIELDS} if activity else {}
    whole |= kept
    for name in ("title", "kind", "held_on"):
        if not whole.get(name):
            raise DomainError(_l("请填写这一项。"), name)
    if state is ActivityState.PLANNED and (missing := missing_elements(whole)):
        raise DomainError(_l("计划的活动必须写明内容、形式、时间、目标和牵头人。"), missing[0])
    _check_days(whole["held_on"], whole.get("ends_on"), state, activity)
    group_id = kept.get("group_id")
    changed = group_id is not None and (activity is None or activity.group_id != group_id)
    if changed and group_id not in {group.id for group in list_groups(actor)}:
        raise DomainError(_l("请从列表中选择代表小组。"), "group_id")
    return kept


def _check_days(held_on: date, ends_on: date | None, state: ActivityState, activity: Activity | None) -> None:
    if ends_on is not None and ends_on < held_on:
        raise DomainError(_l("结束日期不能早于开始日期。"), "ends_on")
    if state is ActivityState.HELD and held_on > clock.today():
        raise DomainError(NOT_YET, "held_on")
    if activity is not None and activity.held_on != held_on:
        names = list_not_in_office(activity.id, held_on)
        if names:
            sentence = _l("%(names)s 这一天不在任，请先从应到名单中去掉。", names="、".join(names[:5]))
            raise DomainError(sentence, "held_on")
