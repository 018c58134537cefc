"""The life of an opinion: the table, who may do what, units, the same matter twice, figures, erasure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.kit import clock
from app.kit.audit import AuditEvent
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.notices.models import Notice
from app.registry.models import RuleSet
from app.stations.models import Opinion, OpinionTransfer, Reception, ReceptionDeputy, Visitor
from app.stations.operations import opinion_handling as handling
from app.stations.operations import transfers
from app.stations.operations.erasure import erase_old
from app.stations.operations.opinion_life import take_step
from app.stations.operations.opinions import create_opinion, update_opinion
from app.stations.policy import VIEW_OPINIONS
from app.stations.queries import opinions as life
from app.stations.queries.loop import LoopFigures, Period, loop_figures, loop_rows
from app.stations.queries.transfers import get_visible_transfer
from app.stations.rules import stage_of, stages_reached, standing_from_columns
from app.stations.states import (
    OPINION_TRANSITIONS,
    CitizenWord,
    LoopStage,
    NotAccepted,
    OpinionAction,
    OpinionChannel,
    OpinionOutcome,
    OpinionRoute,
    OpinionState,
    TransferState,
)
from tests.world import COUNTY, LINJIANG, QINGSHAN

S, E, R = OpinionState, OpinionOutcome, OpinionRoute
DAY = date(2026, 3, 16)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def taken(world: Any, **values: Any) -> Opinion:
    given = {
        "area_code": LINJIANG,
        "received_on": DAY,
        "content": "3组的路灯不亮半年了，晚上出门看不见路",
        "citizen_name": "赵群众",
        "citizen_phone": "13511112222",
        "topic": "路灯",
        **values,
    }
    return create_opinion(world.actor("county"), **given)


def handed(world: Any, opinion: Opinion, unit: str = "岳湖县城管局", **values: Any) -> OpinionTransfer:
    return transfers.transfer_opinion(
        world.actor("county"), opinion.id, unit_id=world.units[unit], requirement="请尽快修复", **values
    )


def closed(world: Any, opinion: Opinion, ended_as: OpinionOutcome = E.SOLVED) -> Opinion:
    return handling.close_opinion(
        world.actor("county"), opinion.id, ended_as=ended_as, outcome="已换新灯", closed_on=DAY
    )


@pytest.mark.parametrize(
    ("route", "solved", "closed_on", "state", "ended_as"),
    [
        (None, False, None, S.RECEIVED, None),
        (R.ON_THE_SPOT, False, None, S.ANSWERED, None),
        (R.SUGGESTION, False, None, S.SUGGESTED, None),
        (R.TRANSFER, False, None, S.TRANSFERRED, None),
        *((route, True, None, S.CLOSED, E.SOLVED) for route in (None, *R)),
        *((route, True, DAY, S.CLOSED, E.SOLVED) for route in (None, *R)),
        *((route, False, DAY, S.CLOSED, E.EXPLAINED) for route in (None, *R)),
    ],
)
def test_what_the_columns_of_a_register_say(route, solved, closed_on, state, ended_as):
    found = standing_from_columns(route, solved, closed_on)
    assert (found.state, found.ended_as) == (state, ended_as)


@pytest.mark.parametrize(
    ("state", "topic", "solved", "stage"),
    [
        (S.RECEIVED, "", False, LoopStage.CONTACTED),
        (S.RECEIVED, "路灯", False, LoopStage.COLLECTED),
        (S.MERGED, "", False, LoopStage.COLLECTED),
        (S.ANSWERED, "", False, LoopStage.SUPERVISED),
        (S.CLOSED, "路灯", False, LoopStage.SUPERVISED),
        (S.TOLD, "路灯", True, LoopStage.SOLVED),
        (S.MERGED, "", True, LoopStage.SOLVED),
    ],
)
def test_1_11_every_opinion_has_a_stage(state, topic, solved, stage):
    assert stage_of(state, topic, solved) is stage
    assert stages_reached(stage)[-1] is stage


def test_0_15_from_receipt_to_the_persons_word(world, session):
    """Collected, transferred, followed up, answered, closed, told, rated: each step dated, by whom, with words."""
    county = world.actor("county")
    opinion = taken(world)
    slip = handed(world, opinion)
    handling.follow_up(county, opinion.id, note="已到现场看过")
    transfers.sign_for(world.actor("unit"), slip.id, handler="王科员 0730-1234567")
    transfers.answer_transfer(world.actor("unit"), slip.id, answer="已更换路灯 6 盏")
    closed(world, opinion)
    handling.tell_person(county, opinion.id, told_on=DAY + timedelta(days=2), told_way="电话")
    handling.rate_opinion(county, opinion.id, citizen_word=CitizenWord.SATISFIED)
    assert [step.action for step in life.list_steps(opinion.id)] == [
        OpinionAction.TRANSFER,
        OpinionAction.FOLLOW_UP,
        OpinionAction.REPLY,
        OpinionAction.CLOSE,
        OpinionAction.TELL,
        OpinionAction.RATE,
    ]
    assert (opinion.state, opinion.route, opinion.solved) == (S.TOLD, R.TRANSFER, True)
    assert (opinion.ended_as, opinion.citizen_word) == (E.SOLVED, CitizenWord.SATISFIED)
    handling.reopen_opinion(county, opinion.id, note="又不亮了")
    ending = (opinion.closed_on, opinion.ended_as, opinion.told_on, opinion.citizen_word, opinion.route)
    assert ending == (None, None, None, None, None)
    assert (opinion.state, opinion.solved) == (S.RECEIVED, False)


def test_a_deputy_never_closes_a_matter_alone(world, session):
    """代表法 art. 31: a deputy follows up what they took down; answering, handing over and closing is the office's."""
    opinion = taken(world, mandate_id=world.mandates["C001"])
    deputy = world.actor("deputy")
    for action in OPINION_TRANSITIONS.actions(S.RECEIVED):
        with pytest.raises(Forbidden):
            take_step(deputy, opinion, action)
    for refused in (
        lambda: handling.answer_opinion(deputy, opinion.id, note="我来办"),
        lambda: handling.close_opinion(deputy, opinion.id, ended_as=E.SOLVED, outcome="办好了"),
        lambda: transfers.transfer_opinion(deputy, opinion.id, unit_id=world.units["岳湖县城管局"]),
    ):
        with pytest.raises((Forbidden, NotFound)):
            refused()
    handed(world, opinion)
    handling.follow_up(deputy, opinion.id, note="已提醒单位")
    with pytest.raises(NotFound):
        handling.follow_up(world.actor("other_deputy"), opinion.id, note="看看")
    with pytest.raises((Forbidden, NotFound)):
        handling.follow_up(world.actor("leader"), opinion.id, note="看看")
    assert opinion.state is S.TRANSFERRED


def test_not_accepted_needs_a_reason_of_the_list(world, session):
    """law.md 1.9: litigation, review, arbitration and the like are not taken up, and the person is told why."""
    opinion = taken(world)
    with pytest.raises(DomainError) as refused:
        closed(world, opinion)
    assert refused.value.field == "ended_as"
    with pytest.raises(DomainError) as refused:
        closed(world, opinion, E.NOT_ACCEPTED)
    assert refused.value.field == "not_accepted"
    handling.close_opinion(
        world.actor("county"), opinion.id, ended_as=E.NOT_ACCEPTED, not_accepted=NotAccepted.LITIGATION,
        outcome="请通过法院解决",
    )  # fmt: skip
    assert (opinion.state, opinion.solved, opinion.not_accepted) == (S.CLOSED, False, NotAccepted.LITIGATION)


def test_a_unit_sees_and_handles_only_what_it_was_given(world, session):
    """A handling unit's account: its own slips, no opinion page, no other unit's."""
    unit = world.actor("unit")
    slip, other = handed(world, taken(world)), handed(world, taken(world), "岳湖县水利局")
    assert get_visible_transfer(unit, slip.id).number == slip.number
    for call in (
        lambda: get_visible_transfer(unit, other.id),
        lambda: transfers.sign_for(unit, other.id),
        lambda: life.get_followed_opinion(unit, slip.opinion_id, VIEW_OPINIONS),
    ):
        with pytest.raises(NotFound):
            call()
    told = session.scalars(select(Notice).where(Notice.user_id == world.users["unit"])).all()
    assert [notice.url for notice in told] == [f"/transfers/{slip.id}"]
    with pytest.raises(DomainError):
        transfers.answer_transfer(unit, slip.id, answer="没有签收就答复")
    transfers.sign_for(unit, slip.id)
    transfers.return_transfer(unit, slip.id, reason="属于水利局职责")
    assert (slip.state, slip.opinion.state, slip.opinion.route) == (TransferState.RETURNED, S.RECEIVED, None)
    assert life.list_steps(slip.opinion_id)[-1].by_name == unit.name


def test_3_34_the_third_route_has_a_slip_with_a_due_day_in_working_days(world, session):
    session.add(
        RuleSet(area_code=COUNTY, topic="opinions", valid_from=DAY, content={"transfer_working_days": 5})
    )
    session.flush()
    slip = handed(world, taken(world))
    assert slip.due_on == transfers.usual_due_day(LINJIANG, clock.today())
    assert slip.due_on >= clock.today() + timedelta(days=5)
    again = handed(world, slip.opinion, "岳湖县水利局", due_on=clock.today())
    assert (slip.state, again.number[:2]) == (TransferState.WITHDRAWN, "JB")
    transfers.take_back(world.actor("county"), slip.opinion_id, note="另行研究")
    assert (again.state, slip.opinion.state) == (TransferState.WITHDRAWN, S.RECEIVED)


def test_the_same_matter_twice_is_hinted_and_put_together(world, session):
    county = world.actor("county")
    main = taken(world)
    same = taken(world, content="晚上出门看不见路，3组路灯半年不亮了", received_on=DAY + timedelta(days=9))
    taken(world, content="水库大坝渗水，请水利部门来看一看", topic="水利")
    taken(world, area_code=QINGSHAN)
    assert [found.opinion.id for found in life.likely_the_same(county, same)] == [main.id]
    handling.merge_opinion(county, same.id, into_number=main.number)
    assert (same.state, same.merged_into_id) == (S.MERGED, main.id)
    with pytest.raises(DomainError):
        handling.merge_opinion(county, main.id, into_number=same.number)
    handling.answer_opinion(county, main.id, note="已通知维修")
    closed(world, main)
    assert (same.solved, same.closed_on) == (True, same.received_on)
    handling.unmerge_opinion(county, same.id)
    assert (same.state, same.solved, same.closed_on, same.merged_into_id) == (S.RECEIVED, False, None, None)


def test_once_begun_a_life_is_changed_by_its_steps_alone(world, session):
    county = world.actor("county")
    opinion = taken(world)
    handling.answer_opinion(county, opinion.id, note="已解释")
    kept: dict[str, Any] = {
        "version": None,
        "content": opinion.content,
        "station_id": None,
        "area_code": LINJIANG,
    }
    with pytest.raises(DomainError) as refused:
        update_opinion(county, opinion, **kept, received_on=DAY, solved=True)
    assert refused.value.field == "solved"
    update_opinion(county, opinion, **kept, received_on=DAY, topic="照明", citizen_address="3组12号")
    assert (opinion.state, opinion.topic) == (S.ANSWERED, "照明")
    with pytest.raises(Conflict):
        handling.follow_up(county, opinion.id, note="过时的页面", version=1)


def _several(world: Any, session: Any) -> list[Opinion]:
    reception = Reception(
        office_code=COUNTY, area_code=LINJIANG, number="JD1", station_id=world.stations["临江镇人大代表联络站"],
        held_on=DAY, deputies=[ReceptionDeputy(mandate_id=world.mandates["C001"])],
    )  # fmt: skip
    session.add(reception)
    session.flush()
    made = [
        taken(world, reception_id=reception.id, area_code=""),
        taken(world, mandate_id=world.mandates["C001"], channel=OpinionChannel.VISIT, topic=""),
        taken(world, channel=OpinionChannel.ONLINE, topic="饮水"),
        taken(world, area_code=QINGSHAN, topic="饮水"),
    ]
    handling.answer_opinion(world.actor("county"), made[0].id, note="已答复")
    closed(world, made[0])
    handed(world, made[2])
    return made


def test_1_11_and_3_34_the_loop_counts_by_place_topic_deputy_and_channel(world, session):
    _several(world, session)
    county = world.actor("county")
    whole = loop_figures(county, COUNTY, YEAR)
    assert list(whole.stages.values()) == [4, 3, 2, 1]
    assert whole.routes == {R.ON_THE_SPOT: 1, R.SUGGESTION: 0, R.TRANSFER: 1, None: 2}
    assert whole.rate == 0.25
    rows = {row.label: row.figures.collected for row in loop_rows(county, COUNTY, YEAR, "township")}
    assert rows == {"临江镇": 3, "青山乡": 1}
    assert {r.label: r.figures.collected for r in loop_rows(county, COUNTY, YEAR, "topic")} == {
        "路灯": 1,
        "": 1,
        "饮水": 2,
    }
    assert len(loop_rows(county, COUNTY, YEAR, "station")) == 1
    assert loop_figures(world.actor("township"), COUNTY, YEAR).collected == 3


def test_2_25_online_and_offline_are_told_apart(world, session):
    _several(world, session)
    rows = loop_rows(world.actor("county"), COUNTY, YEAR, "channel")
    counted = {row.filters["channel"]: row.figures.collected for row in rows}
    assert counted == {"reception": 2, "visit": 1, "online": 1}


@pytest.mark.parametrize(("collected", "solved"), [(1672, 904), (1820, 890)])
def test_3_14_and_3_15_solved_rate(collected, solved):
    figures = LoopFigures({**dict.fromkeys(LoopStage, collected), LoopStage.SOLVED: solved}, {}, 0, 0)
    assert f"{figures.rate:.1%}" == {1672: "54.1%", 1820: "48.9%"}[collected]


def test_3_16_a_deputys_counters_and_the_list_agree(world, session):
    _several(world, session)
    county = world.actor("county")
    counted = life.counters_of(county, [world.mandates["C001"]])
    assert (counted.collected, counted.on_the_spot, counted.transferred, counted.solved) == (2, 1, 0, 1)
    (row,) = loop_rows(county, COUNTY, YEAR, "deputy")
    assert (row.filters, row.figures.collected, row.figures.solved) == ({"deputy": "C001"}, 2, 1)
    found = session.scalars(select(Opinion.id).where(life.taken_by(["C001"]))).all()
    assert len(found) == 2


def test_0_15_what_does_not_move_is_stuck(world, session):
    today = clock.today()
    fresh, old = taken(world, received_on=today), taken(world)
    slip = handed(world, taken(world))
    county = world.actor("county")

    def found() -> set[int]:
        return {opinion.id for opinion, _since in life.list_stuck(COUNTY, county, today)}

    assert found() == {old.id}
    slip.sent_on, slip.due_on = today - timedelta(days=3), today - timedelta(days=1)
    session.flush()
    assert found() == {old.id, slip.opinion_id}
    rules = {"stuck_received_days": 3660}
    session.add(RuleSet(area_code=COUNTY, topic="opinions", valid_from=DAY, content=rules))
    session.flush()
    assert found() == {slip.opinion_id}
    assert fresh.id not in found()


def test_names_are_erased_after_the_offices_time_and_that_is_recorded(world, session):
    county = world.actor("county")
    old, ended, recent = (taken(world, citizen_address="3组") for _n in range(3))
    ended.received_on = old.received_on = date(2020, 1, 1)
    handling.answer_opinion(county, ended.id, note="已答复")
    closed(world, ended)
    reception = Reception(
        office_code=COUNTY, area_code=LINJIANG, number="JD9", station_id=world.stations["临江镇人大代表联络站"],
        held_on=date(2020, 1, 1), visitors=[Visitor(name="钱群众", phone="13511113333", matter="路灯")],
    )  # fmt: skip
    session.add(reception)
    session.flush()
    assert erase_old(clock.today()) == (1, 1)
    session.expire_all()
    assert (old.citizen_name, old.citizen_phone, old.citizen_address) == ("", "", "")
    assert old.erased_at is not None and recent.citizen_name == ended.citizen_name == "赵群众"
    assert (reception.visitors[0].name, reception.visitors[0].matter) == ("", "路灯")
    tags = session.scalars(select(AuditEvent.tag).where(AuditEvent.tag.like("%:erase"))).all()
    assert sorted(tag.split(":")[1] for tag in tags) == ["opinion", "reception"]
    assert erase_old(clock.today()) == (0, 0)
