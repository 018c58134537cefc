"""Reading activities. What a person may see is :func:`select_visible_activities`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from app.activities.models import Activity, Attendance
from app.activities.policy import EDIT_ACTIVITIES, RUN_ACTIVITIES, VIEW_ACTIVITIES
from app.activities.rules import Turnout
from app.activities.states import ActivityState, AttendanceStatus, Capacity, LeaveState
from app.extensions import db
from app.groups.models import DeputyGroup, GroupMembership
from app.groups.queries import plannable_groups, select_led_groups, visible_groups
from app.kit import attachments, clock
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import Area, Delegation, Mandate, Person
from app.registry.queries import MISSING, in_office, visible_mandates
from app.registry.states import LEVEL_OF_CODE_LENGTH, Level

LATELY = timedelta(days=60)

# --- what the actor may see -------------------------------------------------------------------------------


def visible_activities(actor: Actor, action: Action = VIEW_ACTIVITIES) -> ColumnElement[bool]:
    """Activities of the actor's areas; for a deputy those they are invited to and those of their groups.

    What a plan only proposes is shown to the group, not to others invited. To run an activity a deputy must
    lead its group.
    """
    scope = within(Activity.area_code, actor.areas(action))
    if not actor.owns(action):
        return scope
    led = Activity.group_id.in_(select_led_groups(actor.person_id, clock.today()))
    if action is RUN_ACTIVITIES:
        return or_(scope, led)
    own = select(Mandate.id).where(Mandate.person_id == actor.person_id)
    invited = select(Attendance.activity_id).where(Attendance.mandate_id.in_(own))
    groups = select(GroupMembership.group_id).where(
        GroupMembership.mandate_id.in_(own), GroupMembership.left_on.is_(None)
    )
    known = and_(Activity.id.in_(invited), Activity.state != ActivityState.DRAFT)
    return or_(scope, known, Activity.group_id.in_(groups), led)


def select_visible_activities(actor: Actor, action: Action = VIEW_ACTIVITIES) -> Select[Any]:
    """Activities the actor may see for this action."""
    return select(Activity).where(visible_activities(actor, action))


def get_visible_activity(actor: Actor, activity_id: int, action: Action = VIEW_ACTIVITIES) -> Activity:
    """The activity; NotFound where it does not exist or lies outside the actor's scope."""
    found = db.session.scalar(select_visible_activities(actor, action).where(Activity.id == activity_id))
    if found is None:
        raise NotFound(MISSING)
    return found  # type: ignore[no-any-return]


def get_visible_attendance(actor: Actor, attendance_id: int, action: Action) -> Attendance:
    """An invitation to an activity the actor may see for this action."""
    found = db.session.get(Attendance, attendance_id)
    if found is None:
        raise NotFound(MISSING)
    get_visible_activity(actor, found.activity_id, action)
    return found


# --- attendance -------------------------------------------------------------------------------------------


def list_attendances(activity_id: int) -> list[Attendance]:
    """Everyone invited, leaders first, then by level and name."""
    rows = db.session.scalars(
        select(Attendance)
        .join(Attendance.mandate)
        .join(Mandate.person)
        .where(Attendance.activity_id == activity_id)
        .options(contains_eager(Attendance.mandate).contains_eager(Mandate.person))
        .options(contains_eager(Attendance.mandate).selectinload(Mandate.area))
    )
    capacities = list(Capacity)
    return sorted(
        rows,
        key=lambda row: (
            row.capacity is not Capacity.LEADER,
            capacities.index(row.capacity),
            row.mandate.level.rank,
            row.mandate.person.pinyin,
            row.id,
        ),
    )


def list_own_attendances(actor: Actor, activity_id: int) -> list[Attendance]:
    """The actor's own invitations to an activity (one per mandate invited, 3-49)."""
    if actor.person_id is None:
        return []
    return list(
        db.session.scalars(
            select(Attendance)
            .join(Attendance.mandate)
            .where(Attendance.activity_id == activity_id, Mandate.person_id == actor.person_id)
            .order_by(Attendance.id)
        )
    )


def turnout_of(attendances: Iterable[Attendance]) -> Turnout:
    """Attendance in figures."""
    counts: dict[AttendanceStatus, int] = defaultdict(int)
    spoke = 0
    for row in attendances:
        counts[row.status] += 1
        spoke += row.spoke
    return Turnout(
        expected=sum(counts.values()),
        present=counts[AttendanceStatus.PRESENT],
        leave=counts[AttendanceStatus.LEAVE],
        absent=counts[AttendanceStatus.ABSENT],
        spoke=spoke,
    )


def person_times(attendances: Iterable[Attendance]) -> dict[Capacity, int]:
    """How many took part in each capacity (2-21)."""
    counts = dict.fromkeys(Capacity, 0)
    for row in attendances:
        if row.status is AttendanceStatus.PRESENT:
            counts[row.capacity] += 1
    return counts


def count_of(status: AttendanceStatus | None = None) -> Any:
    """SQL: how many are invited to the activity of the row, or stand at one status."""
    wanted = select(func.count(Attendance.id)).where(Attendance.activity_id == Activity.id)
    if status is not None:
        wanted = wanted.where(Attendance.status == status)
    return wanted.correlate(Activity).scalar_subquery()


def has_attendance() -> ColumnElement[bool]:
    """SQL: somebody's attendance at the activity of the row is recorded."""
    return exists().where(
        Attendance.activity_id == Activity.id, Attendance.status != AttendanceStatus.INVITED
    )


def awaits_attendance(on: date) -> ColumnElement[bool]:
    """SQL: the day has passed, and attendance is missing or the plan was neither held nor cancelled."""
    incomplete = exists().where(
        Attendance.activity_id == Activity.id, Attendance.status == AttendanceStatus.INVITED
    )
    return and_(
        Activity.held_on < on,
        or_(
            Activity.state == ActivityState.PLANNED,
            and_(Activity.state == ActivityState.HELD, or_(incomplete, ~has_attendance())),
        ),
    )


def list_awaiting_attendance(actor: Actor, on: date, limit: int = 20) -> list[Activity]:
    """Past activities the actor has still to complete, the oldest first (to-do list)."""
    wanted = select_visible_activities(actor, EDIT_ACTIVITIES).where(awaits_attendance(on))
    return list(db.session.scalars(wanted.order_by(Activity.held_on, Activity.id).limit(limit)))


def count_by_status(mandate_ids: Sequence[int]) -> dict[AttendanceStatus, int]:
    """How often these mandates were present, on leave and absent at held activities."""
    counts = dict.fromkeys(AttendanceStatus, 0)
    rows = db.session.execute(
        select(Attendance.status, func.count(Attendance.id))
        .join(Attendance.activity)
        .where(Attendance.mandate_id.in_(mandate_ids), Activity.state == ActivityState.HELD)
        .group_by(Attendance.status)
    )
    counts.update((status, count) for status, count in rows)
    return counts


def list_latest_attendances(actor: Actor, mandate_ids: Sequence[int], limit: int = 8) -> list[Attendance]:
    """The latest activities these mandates were invited to, as far as the actor may see them."""
    wanted = (
        select(Attendance)
        .join(Attendance.activity)
        .where(Attendance.mandate_id.in_(mandate_ids), visible_activities(actor))
        .options(contains_eager(Attendance.activity))
        .order_by(Activity.held_on.desc(), Activity.id.desc())
    )
    return list(db.session.scalars(wanted.limit(limit)))


# --- leave and sign-in ------------------------------------------------------------------------------------


def awaits_decision() -> ColumnElement[bool]:
    """SQL: leave is asked for and still to be decided; an activity held or cancelled leaves nothing to decide,
    nor does a deputy who signed in after all."""
    return and_(
        Attendance.leave_state == LeaveState.REQUESTED,
        Attendance.status != AttendanceStatus.PRESENT,
        Activity.state == ActivityState.PLANNED,
    )


def list_leave_requests(actor: Actor) -> list[Attendance]:
    """Requests for leave waiting for the actor's decision, by day of the activity."""
    wanted = _select_leave(actor).where(awaits_decision())
    return list(db.session.scalars(wanted.order_by(Activity.held_on, Attendance.leave_asked_at).limit(500)))


def list_settled_leave(actor: Actor, on: date) -> list[Attendance]:
    """Leave that waits no longer, of planned activities and those of the two months before a day; the latest
    first. What staff wrote down at the activity was never asked for, and is not among it."""
    wanted = _select_leave(actor).where(
        Attendance.leave_state.is_not(None),
        not_(awaits_decision()),
        or_(
            Activity.state == ActivityState.PLANNED,
            and_(Attendance.leave_asked_at.is_not(None), Activity.held_on >= on - LATELY),
        ),
    )
    return list(db.session.scalars(wanted.order_by(Activity.held_on.desc(), Attendance.id).limit(200)))


def _select_leave(actor: Actor) -> Select[Any]:
    return (
        select(Attendance)
        .join(Attendance.activity)
        .where(visible_activities(actor, RUN_ACTIVITIES))
        .options(contains_eager(Attendance.activity))
        .options(selectinload(Attendance.mandate).selectinload(Mandate.person))
    )


def find_by_token(token: str) -> Activity | None:
    """The activity whose sign-in is open under this token."""
    return db.session.scalar(select(Activity).where(Activity.sign_in_token == token))


def find_by_code(code: str, on: date) -> Activity | None:
    """The activity of that day whose sign-in is open under this code."""
    return db.session.scalar(
        select(Activity).where(
            Activity.sign_in_code == code,
            Activity.held_on <= on,
            func.coalesce(Activity.ends_on, Activity.held_on) >= on,
        )
    )


@dataclass(frozen=True)
class Mine:
    """One of the deputy's own activities; their group's may have no invitation for them."""

    activity: Activity
    attendances: list[Attendance] = field(default_factory=list)

    @property
    def attendance(self) -> Attendance | None:
        """The invitation, the first of several mandates'."""
        return self.attendances[0] if self.attendances else None


def list_mine(actor: Actor, on: date, *, past: bool, limit: int = 100) -> list[Mine]:
    """The deputy's own activities: those to come (the next first), or those past (the latest first)."""
    last_day = func.coalesce(Activity.ends_on, Activity.held_on)
    wanted = select_visible_activities(actor).limit(limit)
    if past:
        wanted = wanted.where(last_day < on, Activity.state != ActivityState.DRAFT)
        wanted = wanted.order_by(Activity.held_on.desc(), Activity.id.desc())
    else:
        wanted = wanted.where(last_day >= on, Activity.state.in_([ActivityState.PLANNED, ActivityState.HELD]))
        wanted = wanted.order_by(Activity.held_on, Activity.starts_at, Activity.id)
    activities = list(db.session.scalars(wanted))
    invitations: dict[int, list[Attendance]] = defaultdict(list)
    rows = select(Attendance).join(Attendance.mandate).where(Mandate.person_id == actor.person_id)
    for row in db.session.scalars(rows.where(Attendance.activity_id.in_([a.id for a in activities]))):
        invitations[row.activity_id].append(row)
    return [Mine(activity, invitations[activity.id]) for activity in activities]


# --- whom to invite ---------------------------------------------------------------------------------------


def invitable(actor: Actor, on: date) -> ColumnElement[bool]:
    """Mandates in office that day which the actor keeps, or which sit in a group the actor keeps or leads."""
    in_groups = (
        select(GroupMembership.mandate_id)
        .join(DeputyGroup, DeputyGroup.id == GroupMembership.group_id)
        .where(plannable_groups(actor), _member_on(on))
    )
    return and_(in_office(on), or_(visible_mandates(actor, EDIT_ACTIVITIES), Mandate.id.in_(in_groups)))


def _member_on(on: date) -> ColumnElement[bool]:
    return and_(
        GroupMembership.joined_on <= on,
        or_(GroupMembership.left_on.is_(None), GroupMembership.left_on > on),
    )


def list_invitable(actor: Actor, mandate_ids: Sequence[int], on: date) -> list[int]:
    """Those of the mandates the actor may invite to an activity on that day."""
    found: list[int] = []
    for start in range(0, len(mandate_ids), 500):
        wanted = select(Mandate.id).where(
            Mandate.id.in_(mandate_ids[start : start + 500]), invitable(actor, on)
        )
        found += db.session.scalars(wanted)
    return found


def list_names(mandate_ids: Sequence[int]) -> list[str]:
    """Names of these deputies, for a sentence."""
    wanted = select(Person.name).join(Mandate).where(Mandate.id.in_(mandate_ids[:500])).order_by(Mandate.id)
    return list(db.session.scalars(wanted))


def list_not_in_office(activity_id: int, on: date) -> list[str]:
    """Names of the invited who are not in office on that day."""
    wanted = (
        select(Person.name)
        .join(Mandate)
        .join(Attendance, Attendance.mandate_id == Mandate.id)
        .where(Attendance.activity_id == activity_id, ~in_office(on))
    )
    return list(db.session.scalars(wanted.order_by(Attendance.id)))


def find_deputies(
    actor: Actor,
    on: date,
    *,
    group_ids: Sequence[int] = (),
    area_codes: Sequence[str] = (),
    delegation_ids: Sequence[int] = (),
    levels: Sequence[Level] = (),
) -> list[Mandate]:
    """Deputies of the groups, areas and delegations together, of these levels (all if none is named).

    With nothing but levels it is everyone of these levels the actor keeps. A person with several fitting
    mandates is found once, see :func:`one_per_person` (3-49).
    """
    sources: list[ColumnElement[bool]] = []
    if group_ids:
        members = select(GroupMembership.mandate_id).where(
            GroupMembership.group_id.in_(group_ids), _member_on(on)
        )
        sources.append(Mandate.id.in_(members))
    if area_codes:
        sources.append(within(Mandate.area_code, area_codes))
    if delegation_ids:
        sources.append(Mandate.delegation_id.in_(delegation_ids))
    if not sources and not levels:
        return []
    wanted = select(Mandate).where(invitable(actor, on))
    if sources:
        wanted = wanted.where(or_(*sources))
    if levels:
        wanted = wanted.where(Mandate.level.in_(levels))
    return list(db.session.scalars(wanted.order_by(Mandate.id)))


def one_per_person(mandates: Iterable[Mandate], area_code: str, invited: Mapping[int, int]) -> list[Mandate]:
    """One mandate for each person, so that nobody is counted twice (3-49).

    A mandate of the level of the area that holds the activity comes first, else the highest level. Persons
    already invited (``invited``: person → mandate) are left out.
    """
    own_level = LEVEL_OF_CODE_LENGTH.get(len(area_code))
    best: dict[int, Mandate] = {}
    for mandate in sorted(mandates, key=lambda m: (m.level is not own_level, m.level.rank, m.id)):
        if mandate.person_id not in invited:
            best.setdefault(mandate.person_id, mandate)
    return sorted(best.values(), key=lambda m: m.id)


@dataclass
class Resolved:
    """A pasted list made out: who is meant, which names fit several people, which fit nobody."""

    mandates: list[Mandate] = field(default_factory=list)
    ambiguous: dict[str, list[Mandate]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def resolve_pasted(actor: Actor, text: str, on: date, area_code: str) -> Resolved:
    """Makes out a pasted list of names or card numbers, however it is separated or spread."""
    pieces = [piece.strip() for piece in re.split(r"[、，,;；/\r\n\t]+", text) if piece.strip()][:2000]
    words = {piece: piece.split() for piece in pieces}
    candidates = {"".join(parts) for parts in words.values()} | {w for parts in words.values() for w in parts}
    found = _by_name_or_card(actor, sorted(candidates), on)
    resolved = Resolved()
    for piece in pieces:
        joined = "".join(words[piece])
        for word in [joined] if found.get(joined) else words[piece]:
            _resolve(resolved, word, found.get(word, []), area_code)
    return resolved


def _by_name_or_card(actor: Actor, words: Sequence[str], on: date) -> dict[str, list[Mandate]]:
    found: dict[str, list[Mandate]] = defaultdict(list)
    for start in range(0, len(words), 400):
        chunk = words[start : start + 400]
        wanted = (
            select(Mandate)
            .join(Mandate.person)
            .where(invitable(actor, on), or_(Person.name.in_(chunk), Mandate.card_no.in_(chunk)))
            .options(contains_eager(Mandate.person), selectinload(Mandate.area))
            .order_by(Mandate.id)
        )
        for mandate in db.session.scalars(wanted):
            card = mandate.card_no or ""
            found[card if card in chunk else mandate.person.name].append(mandate)
    return found


def _resolve(resolved: Resolved, word: str, mandates: list[Mandate], area_code: str) -> None:
    if not mandates:
        resolved.unknown.append(word)
    elif len({mandate.person_id for mandate in mandates}) > 1:
        resolved.ambiguous[word] = mandates
    else:
        resolved.mandates += one_per_person(mandates, area_code, {})


# --- choices of the forms ---------------------------------------------------------------------------------


def list_groups(actor: Actor, on: date | None = None) -> list[DeputyGroup]:
    """Groups the actor sees that exist on a day; a township sees those its deputies sit in too."""
    wanted = select(DeputyGroup).where(visible_groups(actor))
    if on is not None:
        wanted = wanted.where(or_(DeputyGroup.ended_on.is_(None), DeputyGroup.ended_on > on))
    return list(db.session.scalars(wanted.order_by(DeputyGroup.area_code, DeputyGroup.id)))


def list_areas(actor: Actor) -> list[Area]:
    """Areas in which the actor may register activities."""
    wanted = select(Area).where(within(Area.code, actor.areas(EDIT_ACTIVITIES)), func.length(Area.code) > 2)
    return list(
        db.session.scalars(wanted.order_by(func.length(Area.code), Area.created_at, Area.code).limit(400))
    )


def list_delegations(actor: Actor) -> list[Delegation]:
    """Delegations of the actor's areas."""
    wanted = select(Delegation).where(within(Delegation.area_code, actor.areas(EDIT_ACTIVITIES)))
    return list(db.session.scalars(wanted.order_by(Delegation.area_code, Delegation.id).limit(400)))


def _may_view_files(actor: Actor, activity_id: int) -> bool:
    return db.session.scalar(select_visible_activities(actor).where(Activity.id == activity_id)) is not None


attachments.register_subject("activity", _may_view_files)


def list_of_group(group_id: int, on: date, *, past: bool) -> list[Activity]:
    """A group's activities to come, the next first; or those past that still lack attendance or a record."""
    wanted = select(Activity).where(Activity.group_id == group_id)
    if past:
        lacking = or_(
            Activity.state == ActivityState.PLANNED,
            and_(Activity.state == ActivityState.HELD, or_(~has_attendance(), Activity.record == "")),
        )
        wanted = wanted.where(Activity.held_on < on, lacking).order_by(Activity.held_on.desc())
    else:
        wanted = wanted.where(Activity.held_on >= on, Activity.state != ActivityState.CANCELLED)
        wanted = wanted.order_by(Activity.held_on, Activity.id)
    return list(db.session.scalars(wanted.limit(30)))


def list_groups_in(prefixes: Sequence[str]) -> list[DeputyGroup]:
    """Groups kept in these areas, for a filter."""
    wanted = select(DeputyGroup).where(within(DeputyGroup.area_code, prefixes))
    return list(db.session.scalars(wanted.order_by(DeputyGroup.area_code, DeputyGroup.id).limit(400)))
