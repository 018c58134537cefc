"""The group leader agrees dates beforehand: proposes, the members reply, the leader picks (3-33)."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.activities import operations
from app.activities.models import Activity, DateOption, DateReply
from app.activities.queries.dates import list_options, read_poll
from app.activities.rules import ProposedDate
from app.activities.states import ActivityKind, DateAnswer
from app.extensions import db
from app.groups import operations as group_operations
from app.groups.models import DeputyGroup
from app.groups.states import GroupRole
from app.kit import clock
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.notices.models import Notice
from tests.world import BEGAN, COUNTY

NAME = "第1代表小组"
NINE = time(9, 0)


def _day(days: int) -> ProposedDate:
    return ProposedDate(clock.today() + timedelta(days=days), NINE)


@pytest.fixture
def activity(world, session) -> Activity:
    return _make(world)


def _make(world: Any) -> Activity:
    county = world.actor("county")
    group = db.session.get_one(DeputyGroup, world.groups[NAME])
    group_operations.create_post(
        county, group, role=GroupRole.LEADER, mandate_id=world.mandates["C001"], began_on=BEGAN
    )
    return operations.create_activity(
        county, area_code=COUNTY, kind=ActivityKind.INSPECTION, title="视察村道",
        held_on=clock.today() + timedelta(days=30), group_id=group.id,
        content="看路", form="视察", goal="完工", lead_person="陈秋禾",
    )  # fmt: skip


def _convene(world: Any, activity: Activity, cards: tuple[str, ...] = ("C002", "T002"), *days: int) -> None:
    members = [world.mandates[card] for card in ("C001", "C002", "T002")]
    operations.convene(
        world.actor("deputy"),
        activity,
        mandate_ids=[world.mandates[card] for card in cards],
        offered=members,
        proposed=[_day(n) for n in days],
    )


def test_3_33_dates_are_proposed_answered_and_one_becomes_the_activitys(world, session, activity):
    _convene(world, activity, ("C002", "T002"), 10, 11)
    first, second = list_options(activity.id)
    deputy = world.actor("other_deputy")
    operations.reply_dates(deputy, activity, {first.id: DateAnswer.NO, second.id: DateAnswer.MAYBE})
    operations.reply_dates(deputy, activity, {first.id: DateAnswer.NO, second.id: DateAnswer.YES})
    poll = read_poll(world.actor("deputy"), activity)
    assert poll.is_open and poll.silent == ["单立春"]
    assert [choice.count("yes") for choice in poll.choices] == [0, 1]
    assert poll.choices[1].names[DateAnswer.YES] == ["龑小满"]
    operations.choose_date(world.actor("deputy"), activity, second)
    assert (activity.held_on, activity.starts_at) == (second.day, NINE)
    session.expire_all()
    assert list_options(activity.id) == [second], "who agreed to the day stays on record"
    with pytest.raises(Conflict):
        operations.reply_dates(deputy, activity, {second.id: DateAnswer.NO})


def test_a_day_that_is_over_is_not_chosen(world, session, activity, monkeypatch):
    _convene(world, activity, ("C002", "T002"), 10, 11)
    first, second = list_options(activity.id)
    monkeypatch.setattr(clock, "today", lambda: second.day)
    with pytest.raises(DomainError, match="已经过去"):
        operations.choose_date(world.actor("deputy"), activity, first)
    assert operations.choose_date(world.actor("deputy"), activity, second).held_on == second.day


def test_3_33_everyone_invited_is_told_once(world, session, activity):
    _convene(world, activity, ("C002", "T002"), 10, 11)
    _convene(world, activity, ("C002", "T002"), 10, 11)
    told = session.scalars(select(Notice)).all()
    assert {notice.person_id for notice in told} == {world.persons["单立春"], world.persons["龑小满"]}
    assert len(told) == 2 and told[0].url == f"/activities/{activity.id}/dates"
    operations.choose_date(world.actor("deputy"), activity, list_options(activity.id)[0])
    assert len(session.scalars(select(Notice)).all()) == 4


def test_without_dates_the_invitation_is_to_the_day_fixed(world, session, activity):
    _convene(world, activity, ("C002",))
    assert list_options(activity.id) == []
    assert activity.held_on.isoformat() in session.scalars(select(Notice.body)).one()


def test_who_is_unticked_is_taken_off_unless_something_is_recorded_of_them(world, session, activity):
    _convene(world, activity)
    operations.ask_leave(world.actor("other_deputy"), activity, reason="出差")
    _convene(world, activity, ("C001",))
    session.expire_all()
    assert {row.mandate_id for row in activity.attendances} == {
        world.mandates["C001"],
        world.mandates["T002"],
    }
    with pytest.raises(DomainError):
        operations.convene(
            world.actor("county"), activity, mandate_ids=[], offered=[world.mandates["C001"]],
            proposed=[_day(3)],
        )  # fmt: skip


@pytest.mark.parametrize("days", [(10,), (10, 10), (0, 5), (1, 2, 3, 4, 5, 6, 7)])
def test_proposals_are_two_to_six_different_days_to_come(world, session, activity, days):
    with pytest.raises(DomainError) as refused:
        _convene(world, activity, ("C002",), *days)
    assert refused.value.field == "dates"


def test_a_changed_proposal_keeps_the_replies_to_what_stays(world, session, activity):
    _convene(world, activity, ("T002",), 10, 11)
    answers = dict.fromkeys((option.id for option in list_options(activity.id)), DateAnswer.YES)
    operations.reply_dates(world.actor("other_deputy"), activity, answers)
    _convene(world, activity, ("T002",), 11, 12)
    session.expire_all()
    assert [len(option.replies) for option in list_options(activity.id)] == [1, 0]
    assert session.scalar(select(db.func.count(DateReply.id))) == 1


def test_every_date_wants_an_answer_and_only_from_the_invited(world, session, activity):
    _convene(world, activity, ("T002",), 10, 11)
    first = list_options(activity.id)[0]
    with pytest.raises(DomainError):
        operations.reply_dates(world.actor("other_deputy"), activity, {first.id: DateAnswer.YES})
    with pytest.raises(Forbidden):
        operations.reply_dates(world.actor("deputy"), activity, {first.id: DateAnswer.YES})


def test_only_the_leader_or_the_office_convenes(world, session, activity):
    for login in ("other_deputy", "township", "neighbour"):
        with pytest.raises(NotFound):
            operations.propose_dates(world.actor(login), activity, [_day(3), _day(4)])


def test_convening_and_replying_on_the_phone(app, world, sign_in):
    with app.app_context():
        activity = _make(world)
        db.session.commit()
        url = f"/activities/{activity.id}"
    leader, member = sign_in("deputy"), sign_in("other_deputy")
    page = leader.get(f"{url}/convene").get_data(as_text=True)
    assert "单立春" in page and "龑小满" in page
    days = [(clock.today() + timedelta(days=n)).isoformat() for n in (8, 9)]
    sent = {
        "mandate_ids": [world.mandates["C002"], world.mandates["T002"]],
        "day_1": days[0],
        "at_1": "9:00",
        "day_2": days[1],
        "at_2": "下午3点",
    }
    assert leader.post(f"{url}/convene", data=sent).status_code == 303
    assert "答复时间" in member.get("/activities/mine").get_data(as_text=True)
    with app.app_context():
        options = [option.id for option in db.session.scalars(select(DateOption).order_by(DateOption.day))]
    refused = member.post(f"{url}/dates", data={f"answer-{options[0]}": "yes"})
    assert refused.status_code == 422 and "请为每个时间选择" in refused.get_data(as_text=True)
    answers = {f"answer-{options[0]}": "no", f"answer-{options[1]}": "yes"}
    assert member.post(f"{url}/dates", data=answers).status_code == 303
    assert "龑小满" in leader.get(f"{url}/dates").get_data(as_text=True)
    assert member.post(f"{url}/dates/{options[1]}/choose").status_code == 404
    assert leader.post(f"{url}/dates/{options[1]}/choose").status_code == 303
    with app.app_context():
        fixed = db.session.scalars(select(Activity)).one()
        assert (fixed.held_on.isoformat(), fixed.starts_at) == (days[1], time(15, 0))
    assert "活动时间已经定了" in member.get(f"{url}/dates").get_data(as_text=True)
