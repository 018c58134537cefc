"""Activities: planned, held, cancelled; who is invited, who came, who was excused."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from app.activities import operations, queries
from app.activities.models import Activity, Attendance
from app.activities.operations import Mark
from app.activities.states import (
    ACTIVITY_TRANSITIONS,
    ActivityAction,
    ActivityKind,
    ActivityState,
    AttendanceStatus,
    Capacity,
    LeaveAction,
    LeaveState,
    SignInWay,
)
from app.groups.models import GroupMembership
from app.home.queries import own_record, staff_tasks
from app.kit import clock
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.ledger.models import DutyRecord
from app.ledger.operations import reconcile
from app.ledger.states import DutyKind, Part
from app.registry.states import Level
from tests.world import COUNTY, LINJIANG, QINGSHAN, World

PAST = date(2024, 3, 5)
PRESENT, LEAVE, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.LEAVE, AttendanceStatus.ABSENT
PLAN = {
    "kind": ActivityKind.INSPECTION,
    "title": "视察乡村道路",
    "content": "察看临江镇三条村道",
    "form": "集中视察",
    "goal": "督促年内完工",
    "lead_person": "单立春",
}


def planned(world: World, day: date | None = None, login: str = "county", **changes) -> Activity:
    values = {**PLAN, "area_code": COUNTY, "held_on": day or clock.today(), **changes}
    return operations.create_activity(world.actor(login), **values)


def held(world: World, cards: tuple[str, ...] = ("C001", "C002", "C003"), **changes) -> Activity:
    values = {
        "kind": ActivityKind.STUDY,
        "title": "代表培训",
        "area_code": COUNTY,
        "held_on": PAST,
        "held": True,
        **changes,
    }
    activity = operations.create_activity(world.actor("county"), **values)
    operations.invite(world.actor("county"), activity, [world.mandates[card] for card in cards])
    return activity


def rows_by_card(session, activity: Activity) -> dict[str, Attendance]:
    rows = session.scalars(select(Attendance).where(Attendance.activity_id == activity.id))
    return {row.mandate.card_no: row for row in rows}


def facts(session) -> dict[str, DutyRecord]:
    return {fact.mandate.card_no: fact for fact in session.scalars(select(DutyRecord))}


# --- planning ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("element", ["content", "form", "goal", "lead_person"])
def test_a_plan_needs_its_five_elements(world, session, element):
    """0-06: content, form, time, goal, lead person."""
    with pytest.raises(DomainError) as refused:
        planned(world, None, "county", **{element: " "})
    assert refused.value.field == element


def test_what_was_held_already_needs_no_plan(world, session):
    assert held(world).state is ActivityState.HELD
    with pytest.raises(DomainError) as refused:
        held(world, held_on=clock.today() + timedelta(days=1))
    assert refused.value.field == "held_on"


def test_numbers_count_up_per_office_and_year(world, session):
    numbers = [held(world, cards=(), held_on=day).number for day in (PAST, PAST, date(2023, 1, 1))]
    assert numbers == ["HD20240001", "HD20240002", "HD20230001"]
    session.get_one(Activity, 1).number = "HD20249999"
    session.get_one(Activity, 2).number = "HD2024-旧"
    session.flush()
    assert held(world, cards=()).number == "HD202410000"
    assert held(world, cards=()).number == "HD202410001"


def test_a_township_keeps_to_its_area(world, session):
    assert planned(world, login="township", area_code=LINJIANG).office_code == COUNTY
    for area in (QINGSHAN, COUNTY):
        with pytest.raises(NotFound):
            planned(world, login="township", area_code=area)


def test_a_township_uses_the_countys_group_its_deputies_sit_in(world, session):
    group = world.groups["第1代表小组"]
    township = world.actor("township")
    activity = planned(world, login="township", area_code=LINJIANG, group_id=group)
    assert activity.group_id == group and [found.id for found in queries.list_groups(township, PAST)] == [
        group
    ]
    session.add(GroupMembership(group_id=group, mandate_id=world.mandates["T003"], joined_on=PAST))
    session.flush()
    found = queries.find_deputies(township, clock.today(), group_ids=[group])
    assert {mandate.card_no for mandate in found} == {"C001", "C002", "T002"}


def test_a_group_the_clerk_does_not_see_is_refused(world, session):
    with pytest.raises(DomainError) as refused:
        planned(world, login="other_township", area_code=QINGSHAN, group_id=world.groups["第1代表小组"])
    assert refused.value.field == "group_id"


def test_a_stale_form_overwrites_nothing(world, session):
    activity = planned(world)
    operations.update_activity(world.actor("county"), activity, version=activity.version, title="视察水利")
    with pytest.raises(Conflict):
        operations.update_activity(world.actor("county"), activity, version=1, title="视察学校")


def test_the_day_cannot_move_to_one_when_the_invited_are_out_of_office(world, session):
    activity = held(world)
    with pytest.raises(DomainError) as refused:
        operations.update_activity(
            world.actor("county"), activity, version=activity.version, held_on=date(2021, 1, 1)
        )
    assert refused.value.field == "held_on"
    assert "陈秋禾" in str(refused.value)


def test_changing_day_and_kind_corrects_the_ledger(world, session):
    activity = held(world)
    operations.record_attendance(world.actor("county"), activity, {}, others=PRESENT)
    operations.update_activity(
        world.actor("county"),
        activity,
        version=activity.version,
        held_on=date(2024, 4, 1),
        kind=ActivityKind.SESSION,
    )
    found = facts(session)
    assert {fact.happened_on for fact in found.values()} == {date(2024, 4, 1)}
    assert {fact.kind for fact in found.values()} == {DutyKind.SESSION_ATTENDANCE}


# --- the table of states ----------------------------------------------------------------------------------


@pytest.mark.sqlite_only
@pytest.mark.parametrize("state", list(ActivityState))
# Approving and withdrawing are steps of the plan, see test_plans.py.
@pytest.mark.parametrize("action", [ActivityAction.HOLD, ActivityAction.CANCEL, ActivityAction.REOPEN])
def test_what_the_table_of_states_does_not_hold_is_refused(world, session, state, action):
    activity = planned(world)
    activity.state = state
    session.flush()
    actor = world.actor("county")
    carry_out = {
        ActivityAction.HOLD: lambda: operations.hold_activity(actor, activity),
        ActivityAction.CANCEL: lambda: operations.cancel_activity(actor, activity, reason="暴雨"),
        ActivityAction.REOPEN: lambda: operations.reopen_activity(actor, activity),
    }[action]
    after = ACTIVITY_TRANSITIONS.after(state, action)
    if after is None:
        with pytest.raises(Conflict):
            carry_out()
        assert activity.state is state
    else:
        carry_out()
        assert activity.state is after


def test_cancelling_says_why(world, session):
    activity = planned(world)
    with pytest.raises(DomainError) as refused:
        operations.cancel_activity(world.actor("county"), activity, reason="")
    assert refused.value.field == "reason"


def test_reopening_takes_the_facts_out_of_the_ledger_until_it_is_held_again(world, session):
    activity = planned(world, PAST)
    operations.invite(world.actor("county"), activity, [world.mandates["C001"]])
    operations.record_attendance(world.actor("county"), activity, {}, others=PRESENT)
    assert activity.state is ActivityState.HELD
    assert set(facts(session)) == {"C001"}
    operations.reopen_activity(world.actor("county"), activity)
    assert not facts(session)
    operations.hold_activity(world.actor("county"), activity)
    assert set(facts(session)) == {"C001"}


# --- whom to invite ---------------------------------------------------------------------------------------


def test_a_group_is_invited_with_its_members_of_that_day(world, session):
    group = world.groups["第1代表小组"]
    found = queries.find_deputies(world.actor("county"), PAST, group_ids=[group])
    assert {mandate.card_no for mandate in found} == {"C001", "C002", "T002"}
    assert not queries.find_deputies(world.actor("county"), date(2021, 1, 1), group_ids=[group])


def test_townships_and_levels_narrow_each_other(world, session):
    county = world.actor("county")
    found = queries.find_deputies(county, PAST, area_codes=[QINGSHAN], levels=[Level.TOWNSHIP])
    assert {mandate.card_no for mandate in found} == {"T003", "T004"}
    everyone = queries.find_deputies(county, PAST, levels=list(Level))
    assert {mandate.card_no for mandate in everyone} == {
        *("C001", "C002", "C003"),
        *("T001", "T002", "T003", "T004", "S001"),
    }
    assert {
        m.card_no for m in queries.find_deputies(world.actor("township"), PAST, levels=[Level.COUNTY])
    } == {
        "C001",
        "C002",
    }


def test_one_person_is_invited_once(world, session):
    """3-49: of several mandates the one of the organising level, else the highest."""
    found = queries.find_deputies(world.actor("county"), PAST, area_codes=[LINJIANG])
    by_county = queries.one_per_person(found, COUNTY, {})
    assert [m.card_no for m in by_county if m.person.name == "陈秋禾"] == ["C001"]
    by_township = queries.one_per_person(found, LINJIANG, {})
    assert [m.card_no for m in by_township if m.person.name == "陈秋禾"] == ["T001"]
    person = world.persons["陈秋禾"]
    assert person not in {m.person_id for m in queries.one_per_person(found, COUNTY, {person: 1})}


def test_pasted_names_are_made_out_and_nothing_is_lost(world, session):
    pasted = "单立春、龑 小满\n欧阳谷雨　曾白露，查无此人；S001\t陈秋禾"
    resolved = queries.resolve_pasted(world.actor("county"), pasted, PAST, COUNTY)
    assert [m.card_no for m in resolved.mandates] == ["C002", "T002", "C003", "T003", "S001"]
    assert resolved.unknown == ["查无此人"]
    assert {m.card_no for m in resolved.ambiguous["陈秋禾"]} == {"C001", "T001", "T004"}
    by_township = queries.resolve_pasted(world.actor("township"), "陈秋禾", PAST, LINJIANG)
    assert [m.card_no for m in by_township.mandates] == ["T001"]


def test_deputies_out_of_scope_or_out_of_office_are_refused_by_name(world, session):
    activity = planned(world, login="township", area_code=LINJIANG)
    with pytest.raises(DomainError) as refused:
        operations.invite(world.actor("township"), activity, [world.mandates["C003"]])
    assert "欧阳谷雨" in str(refused.value)
    assert not rows_by_card(session, activity)


def test_the_list_of_participants_can_be_set_as_a_whole(world, session):
    """2-21: leaders and invited deputies are counted in their capacity."""
    activity = held(world)
    actor, cards = world.actor("county"), world.mandates
    operations.record_attendance(actor, activity, {}, others=PRESENT)
    operations.set_participants(
        actor, activity, {cards["C002"]: Capacity.LEADER, cards["S001"]: Capacity.INVITED_DEPUTY}
    )
    rows = rows_by_card(session, activity)
    assert {card: row.status for card, row in rows.items()} == {
        "C002": PRESENT,
        "S001": AttendanceStatus.INVITED,
    }
    assert set(facts(session)) == {"C002"}
    assert queries.person_times(rows.values())[Capacity.LEADER] == 1


# --- attendance -------------------------------------------------------------------------------------------


def test_the_whole_list_is_recorded_at_once(world, session):
    """2-27: present, on leave, absent; everyone present unless marked."""
    activity = held(world)
    marks = {
        world.mandates["C002"]: Mark(LEAVE, leave_reason="出差"),
        world.mandates["C003"]: Mark(ABSENT, spoke=True),
    }
    operations.record_attendance(
        world.actor("county"), activity, {world.mandates["C001"]: Mark(PRESENT, True), **marks}
    )
    found = facts(session)
    assert {card: fact.part for card, fact in found.items()} == {
        "C001": Part.SPOKE,
        "C002": Part.ON_LEAVE,
        "C003": Part.ABSENT,
    }
    rows = rows_by_card(session, activity)
    assert (rows["C002"].leave_reason, rows["C002"].leave_state) == ("出差", LeaveState.APPROVED)
    assert not rows["C003"].spoke
    turnout = queries.turnout_of(rows.values())
    assert (turnout.expected, turnout.present, turnout.unknown) == (3, 1, 0)
    assert turnout.rate == pytest.approx(1 / 3)


def test_attendance_can_be_corrected(world, session):
    activity = held(world, cards=("C001",))
    actor, mandate = world.actor("county"), world.mandates["C001"]
    operations.record_attendance(actor, activity, {mandate: Mark(PRESENT, True)})
    operations.write_record(
        actor,
        activity,
        version=activity.version,
        record="听取汇报",
        summary="提出三条建议",
        speeches={rows_by_card(session, activity)["C001"].id: "建议加固路肩"},
    )
    operations.record_attendance(actor, activity, {mandate: Mark(ABSENT)})
    row = rows_by_card(session, activity)["C001"]
    assert (row.spoke, row.speech) == (False, "")
    assert facts(session)["C001"].part is Part.ABSENT


def test_nobody_who_was_not_invited_is_recorded(world, session):
    activity = held(world)
    with pytest.raises(DomainError):
        operations.record_attendance(world.actor("county"), activity, {world.mandates["T003"]: Mark(PRESENT)})
    with pytest.raises(NotFound):
        operations.record_attendance(world.actor("township"), activity, {})


def test_attendance_before_the_day_is_refused(world, session):
    activity = planned(world, clock.today() + timedelta(days=1))
    with pytest.raises(DomainError):
        operations.record_attendance(world.actor("county"), activity, {})


# --- sign-in ----------------------------------------------------------------------------------------------


def _signable(world: World, **changes) -> Activity:
    activity = planned(world, **changes)
    operations.invite(
        world.actor("county"),
        activity,
        [world.mandates["C001"], world.mandates["T001"], world.mandates["C002"]],
    )
    return operations.open_sign_in(world.actor("county"), activity)


def test_signing_in_counts_for_every_mandate_invited_and_only_once(world, session):
    """3-49: one person, several mandates."""
    activity = _signable(world)
    code = activity.sign_in_code or ""
    assert len(code) == 6
    assert queries.find_by_token(activity.sign_in_token or "") is activity
    assert queries.find_by_code(code, clock.today()) is activity
    rows = operations.sign_in(world.actor("deputy"), activity, SignInWay.QR)
    at = rows[0].signed_in_at
    assert {row.status for row in rows} == {PRESENT}
    assert len(rows) == 2
    again = operations.sign_in(world.actor("deputy"), activity, SignInWay.CODE)
    assert (again[0].signed_in_at, again[0].signed_in_by) == (at, SignInWay.QR)
    assert not facts(session)


def test_only_the_invited_sign_in(world, session):
    activity = _signable(world)
    with pytest.raises(Forbidden):
        operations.sign_in(world.actor("other_deputy"), activity, SignInWay.QR)
    with pytest.raises(Forbidden):
        operations.sign_in(world.actor("county"), activity, SignInWay.QR)


def test_nobody_signs_in_on_another_day(world, session):
    activity = _signable(world, day=clock.today() + timedelta(days=1))
    with pytest.raises(DomainError, match="当天"):
        operations.sign_in(world.actor("deputy"), activity, SignInWay.QR)
    long = _signable(world, day=clock.today() - timedelta(days=1), ends_on=clock.today() + timedelta(days=1))
    assert operations.sign_in(world.actor("deputy"), long, SignInWay.QR)


def test_saving_the_list_closes_sign_in(world, session):
    activity = _signable(world)
    operations.sign_in(world.actor("deputy"), activity, SignInWay.QR)
    operations.record_attendance(world.actor("county"), activity, {}, others=ABSENT)
    assert {card: row.status for card, row in rows_by_card(session, activity).items()} == {
        "C001": PRESENT,
        "T001": PRESENT,
        "C002": ABSENT,
    }
    assert activity.sign_in_token is None
    with pytest.raises(DomainError, match="结束"):
        operations.sign_in(world.actor("deputy"), activity, SignInWay.QR)


def test_staff_tick_and_untick(world, session):
    activity = _signable(world)
    row = rows_by_card(session, activity)["C002"]
    operations.sign_in_from_list(world.actor("county"), activity, row.id)
    assert (row.status, row.signed_in_by) == (PRESENT, SignInWay.LIST)
    operations.undo_sign_in(world.actor("county"), activity, row.id)
    assert (row.status, row.signed_in_at) == (AttendanceStatus.INVITED, None)
    with pytest.raises(NotFound):
        operations.sign_in_from_list(world.actor("township"), activity, row.id)


# --- leave ------------------------------------------------------------------------------------------------


def _coming(world: World, **changes) -> Activity:
    activity = planned(world, **{"day": clock.today() + timedelta(days=2), **changes})
    operations.invite(world.actor("county"), activity, [world.mandates["C001"], world.mandates["C002"]])
    return activity


def test_leave_is_asked_for_and_decided(world, session):
    activity = _coming(world)
    with pytest.raises(DomainError) as refused:
        operations.ask_leave(world.actor("deputy"), activity, reason="")
    assert refused.value.field == "reason"
    (row,) = operations.ask_leave(world.actor("deputy"), activity, reason="住院")
    assert row.leave_state is LeaveState.REQUESTED
    assert [r.id for r in queries.list_leave_requests(world.actor("county"))] == [row.id]
    assert not queries.list_leave_requests(world.actor("township"))
    operations.decide_leave(world.actor("county"), row, LeaveAction.APPROVE)
    assert (row.status, row.leave_state) == (LEAVE, LeaveState.APPROVED)
    operations.decide_leave(world.actor("county"), row, LeaveAction.REFUSE)
    assert (row.status, row.leave_state) == (AttendanceStatus.INVITED, LeaveState.REFUSED)
    with pytest.raises(Conflict):
        operations.decide_leave(world.actor("county"), row, LeaveAction.REFUSE)


@pytest.mark.parametrize("end", ["cancelled", "held", "signed in"])
def test_leave_nobody_decided_waits_no_longer_than_the_activity_is_planned(world, session, end):
    staff, deputy = world.actor("county"), world.actor("deputy")
    activity = _coming(world, day=clock.today(), starts_at=time(23, 59))
    (row,) = operations.ask_leave(deputy, activity, reason="住院")
    assert [task.kind for task in staff_tasks(staff, clock.today())].count("leave_requests") == 1
    if end == "cancelled":
        operations.cancel_activity(staff, activity, reason="天气")
    elif end == "held":
        operations.record_attendance(staff, activity, {}, others=ABSENT)
    else:
        operations.sign_in_from_list(staff, activity, row.id)
    assert not queries.list_leave_requests(staff)
    assert "leave_requests" not in [task.kind for task in staff_tasks(staff, clock.today())]
    assert queries.list_settled_leave(staff, clock.today()) == [row]
    assert queries.list_settled_leave(world.actor("township"), clock.today()) == []


def test_leave_can_be_withdrawn(world, session):
    activity = _coming(world)
    (row,) = operations.ask_leave(world.actor("deputy"), activity, reason="住院")
    operations.decide_leave(world.actor("county"), row, LeaveAction.APPROVE)
    operations.withdraw_leave(world.actor("deputy"), activity)
    assert (row.status, row.leave_state) == (AttendanceStatus.INVITED, None)


def test_leave_after_the_activity_has_begun_is_refused(world, session):
    activity = _coming(world, day=clock.today(), starts_at=time(0, 0))
    with pytest.raises(DomainError, match="开始"):
        operations.ask_leave(world.actor("deputy"), activity, reason="住院")


def test_nobody_asks_leave_from_what_they_are_not_invited_to(world, session):
    with pytest.raises(Forbidden):
        operations.ask_leave(world.actor("other_deputy"), _coming(world), reason="住院")


# --- what deputies see ------------------------------------------------------------------------------------


def test_a_deputy_sees_invitations_and_the_groups_activities(world, session):
    invited = _coming(world)
    of_group = planned(world, group_id=world.groups["第1代表小组"], title="小组活动")
    planned(world, title="别人的活动")
    deputy = world.actor("deputy")
    assert {one.activity.id for one in queries.list_mine(deputy, clock.today(), past=False)} == {
        invited.id,
        of_group.id,
    }
    assert not queries.list_mine(deputy, clock.today(), past=True)
    visible = session.scalars(queries.select_visible_activities(world.actor("other_township"))).all()
    assert not visible


def test_the_deputys_home_asks_only_to_what_is_still_to_come(world, session):
    today, deputy = clock.today(), world.persons["陈秋禾"]
    coming = _coming(world)
    over = held(world, ("C001",), held_on=today)
    assert [item.activity for item in own_record(deputy, today).coming] == [coming]
    operations.open_sign_in(world.actor("county"), over)
    assert {item.activity for item in own_record(deputy, today).coming} == {coming, over}


def test_past_activities_without_attendance_wait_on_the_to_do_list(world, session):
    missing = planned(world, PAST)
    operations.invite(world.actor("county"), missing, [world.mandates["C001"]])
    done = held(world)
    operations.record_attendance(world.actor("county"), done, {}, others=PRESENT)
    waiting = queries.list_awaiting_attendance(world.actor("county"), clock.today())
    assert [activity.id for activity in waiting] == [missing.id]
    assert not reconcile()
