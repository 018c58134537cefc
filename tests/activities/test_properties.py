"""Whatever staff and deputies do to activities, the ledger agrees with them; numbers never collide."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.activities import operations
from app.activities.models import Activity, Attendance
from app.activities.operations import Mark
from app.activities.rules import has_begun, missing_elements, number_of, runs_on, serial_of
from app.activities.states import ActivityKind, AttendanceStatus, Capacity, LeaveAction, SignInWay
from app.extensions import db
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.kit.database import set_reading
from app.kit.errors import DomainError
from app.ledger.models import DutyRecord
from app.ledger.operations import reconcile
from tests.world import COUNTY, World

CARDS = ("C001", "T001", "C002", "C003", "T004", "S001")
VERBS = (
    *("plan", "held", "invite", "drop", "attend", "hold", "cancel", "reopen", "move", "kind"),
    *("open", "sign", "tick", "untick", "ask", "withdraw", "decide"),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(VERBS),
        st.integers(0, 3),
        st.sampled_from(CARDS),
        st.sampled_from(list(AttendanceStatus)),
    ),
    max_size=16,
)


def _create(world: World, *, held: bool, offset: int) -> Activity:
    return operations.create_activity(
        world.actor("county"),
        area_code=COUNTY,
        held=held,
        kind=list(ActivityKind)[offset],
        title="活动",
        held_on=clock.today() - timedelta(days=offset - 1),
        content="内容",
        form="座谈",
        goal="目标",
        lead_person="单立春",
    )


def _step(world: World, verb: str, which: int, card: str, status: AttendanceStatus) -> None:
    staff, deputy = world.actor("county"), world.actor("deputy")
    activities = list(db.session.scalars(select(Activity).order_by(Activity.id)))
    if verb in ("plan", "held") or not activities:
        _create(world, held=verb == "held", offset=which)
        return
    activity = activities[which % len(activities)]
    rows = list(db.session.scalars(select(Attendance).where(Attendance.activity_id == activity.id)))
    row = rows[which % len(rows)] if rows else None
    mandate = world.mandates[card]
    change = {"version": activity.version}
    {
        "invite": lambda: operations.invite(staff, activity, [mandate], Capacity.LEADER),
        "drop": lambda: operations.remove_participants(staff, activity, [row.id] if row else []),
        "attend": lambda: operations.record_attendance(
            staff, activity, {r.mandate_id: Mark(status, spoke=True) for r in rows[:which]}, others=status
        ),
        "hold": lambda: operations.hold_activity(staff, activity),
        "cancel": lambda: operations.cancel_activity(staff, activity, reason="暴雨"),
        "reopen": lambda: operations.reopen_activity(staff, activity),
        "move": lambda: operations.update_activity(
            staff, activity, held_on=clock.today() - timedelta(days=which), **change
        ),
        "kind": lambda: operations.update_activity(staff, activity, kind=ActivityKind.SESSION, **change),
        "open": lambda: operations.open_sign_in(staff, activity),
        "sign": lambda: operations.sign_in(deputy, activity, SignInWay.QR),
        "tick": lambda: operations.sign_in_from_list(staff, activity, row.id if row else 0),
        "untick": lambda: operations.undo_sign_in(staff, activity, row.id if row else 0),
        "ask": lambda: operations.ask_leave(deputy, activity, reason="住院"),
        "withdraw": lambda: operations.withdraw_leave(deputy, activity),
        "decide": lambda: operations.decide_leave(staff, row, LeaveAction.APPROVE) if row else None,
    }[verb]()


@settings(max_examples=25)
@given(steps=STEPS)
def test_whatever_is_done_the_ledger_agrees_with_its_sources(app, world, steps):
    with app.app_context():
        for step in steps:
            try:
                with db.session.begin_nested():
                    _step(world, *step)
            except DomainError:
                db.session.expire_all()
            assert not reconcile()
        _check_facts()
        db.session.rollback()
        db.session.remove()


def _check_facts() -> None:
    """Facts are there for held activities and known attendance only, once each."""
    facts = {(fact.source_id, fact.mandate_id) for fact in db.session.scalars(select(DutyRecord))}
    known = {
        (row.activity_id, row.mandate_id)
        for row in db.session.scalars(select(Attendance))
        if row.activity.state.value == "held" and row.status is not AttendanceStatus.INVITED
    }
    assert facts == known


def test_clerks_at_the_same_moment_get_different_numbers(app, world):
    def register(_n: int) -> str:
        with app.app_context(), acting_as(operator("tests")):
            set_reading(False)
            activity = operations.create_activity(
                operator(),
                area_code=COUNTY,
                held=True,
                kind=ActivityKind.STUDY,
                title="培训",
                held_on=clock.today(),
            )
            db.session.commit()
            number = activity.number
            db.session.remove()
            return number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(register, range(20)))
    year = clock.today().year
    assert sorted(numbers) == [number_of(year, n + 1) for n in range(20)]


@given(st.integers(1, 9999), st.integers(1, 10**6))
def test_a_number_reads_back(year, serial):
    assert serial_of(number_of(year, serial), year) == serial
    assert serial_of(number_of(year, serial), year + 1) is None


@given(st.text())
def test_numbers_of_another_make_are_passed_over(text):
    serial = serial_of(text, 2024)
    assert serial is None or number_of(2024, serial) == text or text.startswith("HD2024")


@given(st.dates(), st.one_of(st.none(), st.integers(0, 30)), st.integers(-3, 40))
def test_an_activity_runs_from_its_first_day_to_its_last(first, days, offset):
    try:
        last = None if days is None else first + timedelta(days=days)
        day = first + timedelta(days=offset)
    except OverflowError:
        return
    assert runs_on(first, last, day) == (0 <= offset <= (days or 0))


@given(st.datetimes(), st.times())
def test_leave_ends_when_the_activity_begins(now, starts_at):
    assert has_begun(now.date(), None, now)
    assert has_begun(now.date(), starts_at, now) == (now.time() >= starts_at)


def test_missing_elements_are_named():
    """0-06."""
    assert missing_elements({}) == ["content", "form", "held_on", "goal", "lead_person"]
    assert missing_elements({"content": " "})[0] == "content"
