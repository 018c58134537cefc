"""What waits for a person: counted, and each count opening the list behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, false, func, or_, select

from app.activities.models import Activity, Attendance, GroupPlan
from app.activities.policy import APPROVE_PLANS, EDIT_ACTIVITIES, VIEW_ACTIVITIES
from app.activities.queries import awaits_decision
from app.activities.queries.plans import OFFICE_DIGITS, is_running, select_without_plan
from app.activities.states import ActivityState, AttendanceStatus, LeaveState, PlanState
from app.exchange.models import ImportBatch
from app.exchange.policy import IMPORT
from app.exchange.states import BatchState
from app.extensions import db
from app.groups.models import CareNote, DeputyGroup
from app.groups.policy import EDIT_GROUPS
from app.groups.queries import is_vacant, rules_for, unvisited_since
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.policy import REVIEW_ENTRIES
from app.ledger.states import DutyKind, DutyState, Part
from app.registry.models import Mandate
from app.registry.policy import EDIT_DEPUTIES
from app.registry.queries import in_office
from app.stations.models import Reception, StationAssignment
from app.stations.policy import EDIT_OPINIONS, EDIT_STATIONS
from app.stations.queries.opinions import count_stuck, count_waiting
from app.stations.queries.transfers import count_transfers
from app.stations.states import ReceptionState
from app.suggestions.policy import ASSIGN_SUGGESTIONS, SCREEN_SUGGESTIONS
from app.suggestions.queries.asks import count_waiting_asks
from app.suggestions.queries.assignment import count_late_to_assign, count_to_assign, count_without_contact
from app.suggestions.queries.feedback import select_to_decide
from app.suggestions.queries.handling import count_handling
from app.suggestions.queries.promises import count_overdue
from app.suggestions.queries.screening import count_to_screen

SOON = timedelta(days=14)


@dataclass(frozen=True)
class Task:
    """Something to do: how many, how pressing (overdue, soon, open), and the list behind it. ``detail`` is what that
    list is narrowed by where an office's rules say so."""

    kind: str
    count: int
    urgency: str
    detail: str = ""


URGENCIES = ("overdue", "soon", "open")


def pressing_first(tasks: list[Task]) -> list[Task]:
    return sorted((task for task in tasks if task.count), key=lambda task: URGENCIES.index(task.urgency))


def count_rows(statement: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def _inside(actor: Actor, action: Action, column: Any) -> Any:
    return within(column, actor.areas(action))


def staff_tasks(actor: Actor, today: date) -> list[Task]:
    """Waiting for staff: self-reports to review, records without attendance, leave to decide, imports to confirm."""
    tasks = []
    if actor.areas(REVIEW_ENTRIES):
        pending = select(DutyEntry.id).where(
            DutyEntry.state == DutyState.PENDING, _inside(actor, REVIEW_ENTRIES, DutyEntry.scope_code)
        )
        tasks.append(Task("self_reports", count_rows(pending), "open"))
    if actor.areas(EDIT_ACTIVITIES):
        mine = _inside(actor, EDIT_ACTIVITIES, Activity.area_code)
        tasks.append(
            Task("without_attendance", count_rows(_without_attendance(today).where(mine)), "overdue")
        )
        leave = (
            select(Attendance.id)
            .join(Activity, Activity.id == Attendance.activity_id)
            .where(awaits_decision(), mine)
        )
        tasks.append(Task("leave_requests", count_rows(leave), "soon"))
        tasks += _group_tasks(actor, today)
    if actor.may(IMPORT):
        batches = select(ImportBatch.id).where(
            ImportBatch.state == BatchState.PREVIEWED,
            ImportBatch.user_id == actor.user_id,
            ImportBatch.created + ImportBatch.updated > 0,
        )
        tasks.append(Task("imports", count_rows(batches), "open"))
    if actor.areas(EDIT_DEPUTIES):
        assigned = exists().where(
            StationAssignment.mandate_id == Mandate.id,
            or_(StationAssignment.ended_on.is_(None), StationAssignment.ended_on > today),
        )
        homeless = select(Mandate.id).where(
            in_office(today), ~assigned, _inside(actor, EDIT_DEPUTIES, Mandate.scope_code)
        )
        tasks.append(Task("without_station", count_rows(homeless), "open"))
    tasks += _opinion_tasks(actor, today)
    tasks += _reception_tasks(actor, today)
    tasks += assigning_tasks(actor, today)
    tasks += after_reply_tasks(actor, today)
    return pressing_first(tasks)


def office_tasks(actor: Actor, today: date) -> list[Task]:
    """Waiting for the government's office: what to hand over, what units ask for."""
    return pressing_first(assigning_tasks(actor, today))


def assigning_tasks(actor: Actor, today: date) -> list[Task]:
    """To screen, to hand over, units that have not contacted the deputy in session (4-18, 4-19, 4-20)."""
    tasks = ask_tasks(actor)
    if actor.areas(SCREEN_SUGGESTIONS):
        tasks.append(Task("suggestions_submitted", count_to_screen(actor), "soon"))
    if actor.areas(ASSIGN_SUGGESTIONS):
        late = count_late_to_assign(actor, today)
        tasks += [
            Task("suggestions_late_to_assign", late, "overdue"),
            Task("suggestions_accepted", count_to_assign(actor), "soon"),
            Task("suggestions_pre_assigned", count_without_contact(actor), "soon"),
        ]
    return tasks


def _opinion_tasks(actor: Actor, today: date) -> list[Task]:
    """Opinions nobody has decided about, those stuck at a step, slips units have not answered in time (0-15)."""
    if not actor.areas(EDIT_OPINIONS):
        return []
    _sent, _signed, overdue = count_transfers(actor, today)
    return [
        Task("opinions_received", count_waiting(actor, EDIT_OPINIONS), "open"),
        Task("opinions_stuck", count_stuck(actor, EDIT_OPINIONS, today), "overdue"),
        Task("transfers_overdue", overdue, "overdue"),
    ]


def _reception_tasks(actor: Actor, today: date) -> list[Task]:
    """Reception days of today, and those gone by of which nobody has told what became of them (3-37)."""
    if not actor.areas(EDIT_STATIONS):
        return []
    planned = select(Reception.id).where(
        Reception.state == ReceptionState.PLANNED, _inside(actor, EDIT_STATIONS, Reception.area_code)
    )
    return [
        Task("receptions_untold", count_rows(planned.where(Reception.held_on < today)), "overdue"),
        Task("receptions_today", count_rows(planned.where(Reception.held_on == today)), "soon"),
    ]


def unit_tasks(actor: Actor, today: date) -> list[Task]:
    """Waiting for a handling unit: slips and suggestions to sign for, to answer, overdue; letters for its head."""
    sent, signed, overdue = count_transfers(actor, today)
    handling = count_handling(actor, today)
    tasks = [
        Task("handling_overdue", handling["overdue"], "overdue"),
        Task("transfers_overdue", overdue, "overdue"),
        Task("handling_letters", handling["letters"], "soon"),
        Task("handling_sent", handling["sent"], "soon"),
        Task("transfers_sent", sent, "soon"),
        Task("handling_uncontacted", handling["uncontacted"], "soon"),
        Task("handling_signed", handling["signed"], "open"),
        Task("promises_overdue", count_overdue(actor, today), "overdue"),
        Task("transfers_signed", signed, "open"),
    ]
    return pressing_first(tasks)


def after_reply_tasks(actor: Actor, today: date) -> list[Task]:
    """Slips the office has to act upon, promises whose day has passed (4-02, 4-04)."""
    if not actor.areas(SCREEN_SUGGESTIONS):
        return []
    return [
        Task("slips_to_decide", count_rows(select_to_decide(actor)), "soon"),
        Task("promises_overdue", count_overdue(actor, today), "overdue"),
    ]


def ask_tasks(actor: Actor) -> list[Task]:
    """What units ask to give back or to have more time for, where the actor decides (law.md 1.5)."""
    return [Task("asks", count_waiting_asks(actor), "soon")] if actor.areas(ASSIGN_SUGGESTIONS) else []


def _group_tasks(actor: Actor, today: date) -> list[Task]:
    """Of groups: plans handed in, groups without a plan after its day (2-19), vacant posts (2-17, 3-09), deputies in
    difficulty nobody has visited (0-14)."""
    rules = rules_for(actor.areas(EDIT_GROUPS)[0][:OFFICE_DIGITS], today)
    handed_in = select(GroupPlan.id).where(
        GroupPlan.state == PlanState.SUBMITTED, _inside(actor, APPROVE_PLANS, GroupPlan.area_code)
    )
    kept = [_inside(actor, EDIT_GROUPS, DeputyGroup.area_code), is_running(today)]
    vacant = select(DeputyGroup.id).where(
        *kept, or_(false(), *(is_vacant(role, today) for role in rules.expected_posts))
    )
    unvisited = select(CareNote.id).where(
        _inside(actor, EDIT_GROUPS, CareNote.area_code),
        unvisited_since(today - timedelta(days=rules.care_days)),
    )
    tasks = [Task("plans_to_approve", count_rows(handed_in), "soon")]
    if today > rules.plan_due(today.year):
        tasks.append(Task("missing_plans", count_rows(select_without_plan(actor, today)), "overdue"))
    return [
        *tasks,
        Task("care", count_rows(unvisited), "overdue", str(rules.care_days)),
        Task("vacant_posts", count_rows(vacant), "open", ",".join(rules.expected_posts)),
    ]


def _without_attendance(today: date) -> Any:
    """Activities whose day is over and whose attendance nobody entered."""
    known = exists().where(
        Attendance.activity_id == Activity.id, Attendance.status != AttendanceStatus.INVITED
    )
    return select(Activity.id).where(
        Activity.state.in_([ActivityState.PLANNED, ActivityState.HELD]), Activity.held_on < today, ~known
    )


def coming_activities(actor: Actor, today: date, limit: int = 6) -> Sequence[Activity]:
    """Planned activities of the next two weeks in the viewer's areas."""
    wanted = (
        select(Activity)
        .where(Activity.held_on.between(today, today + SOON), Activity.state == ActivityState.PLANNED)
        .where(_inside(actor, VIEW_ACTIVITIES, Activity.area_code))
        .order_by(Activity.held_on, Activity.id)
        .limit(limit)
    )
    return db.session.scalars(wanted).all()


@dataclass(frozen=True)
class OwnActivity:
    """An activity a deputy is invited to."""

    activity: Activity
    status: AttendanceStatus
    leave: LeaveState | None


@dataclass(frozen=True)
class OwnRecord:
    """A deputy's own year."""

    mandates: Sequence[Mandate]
    coming: Sequence[OwnActivity]
    totals: Sequence[tuple[DutyKind, int]]
    pending: int
    returned: Sequence[DutyEntry]


def own_record(person_id: int, today: date) -> OwnRecord:
    """What a deputy opens the phone for: what am I asked to do, is my record right."""
    mandates = db.session.scalars(
        select(Mandate).where(Mandate.person_id == person_id).order_by(Mandate.began_on.desc())
    ).all()
    ids = [mandate.id for mandate in mandates]
    coming = db.session.execute(
        select(Activity, Attendance.status, Attendance.leave_state)
        .join(Attendance, Attendance.activity_id == Activity.id)
        .where(
            Attendance.mandate_id.in_(ids),
            func.coalesce(Activity.ends_on, Activity.held_on) >= today,
            Activity.state.in_([ActivityState.PLANNED, ActivityState.HELD]),
            # Held is what has its attendance; a deputy has nothing left to do there, unless they may sign in.
            or_(Activity.state == ActivityState.PLANNED, Activity.sign_in_token.is_not(None)),
        )
        .order_by(Activity.held_on)
        .limit(5)
    ).all()
    totals = db.session.execute(
        select(DutyRecord.kind, func.count())
        .where(
            DutyRecord.mandate_id.in_(ids),
            DutyRecord.state == DutyState.CONFIRMED,
            DutyRecord.part.not_in([Part.ABSENT, Part.ON_LEAVE]),
            DutyRecord.happened_on.between(date(today.year, 1, 1), today),
        )
        .group_by(DutyRecord.kind)
    ).all()
    waiting = db.session.scalars(
        select(DutyEntry).where(
            DutyEntry.mandate_id.in_(ids), DutyEntry.state.in_([DutyState.PENDING, DutyState.REJECTED])
        )
    ).all()
    return OwnRecord(
        mandates=mandates,
        coming=[OwnActivity(row[0], row[1], row[2]) for row in coming],
        totals=sorted(((row[0], row[1]) for row in totals), key=lambda pair: -pair[1]),
        pending=sum(entry.state is DutyState.PENDING for entry in waiting),
        returned=[entry for entry in waiting if entry.state is DutyState.REJECTED],
    )
