"""The handling unit: signs, speaks with the proposer, plans by month, helps, objects, asks for time, answers."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select

from app.extensions import db
from app.home.queries import unit_tasks
from app.kit import clock
from app.kit.authorisation import Role
from app.kit.errors import DomainError, NotFound
from app.notices.models import Notice
from app.stations.operations.opinions import create_opinion
from app.stations.operations.transfers import transfer_opinion
from app.suggestions.clocks.running import start_clock
from app.suggestions.models import (
    Promise,
    Suggestion,
    SuggestionClass,
    SuggestionClock,
    SuggestionReply,
    SuggestionUnit,
    UnitAsk,
)
from app.suggestions.operations import asks, handling, month_plan, replies
from app.suggestions.operations.conclusion import handle_again
from app.suggestions.operations.replies import Letter
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.handling import count_handling, list_contacts, list_months
from app.suggestions.queries.replies import draft_of, get_visible_reply
from app.suggestions.states import (
    AskState,
    ClockKind,
    Fulfilment,
    HandlingState,
    ReplyClass,
    ReplyState,
    ReplyWay,
    Satisfaction,
    SuggestionState,
    UnitPart,
)
from tests.suggestions.building import build
from tests.world import COUNTY, UNITS, World

S, H = SuggestionState, HandlingState
TODAY = clock.today()
LETTER = Letter(
    ReplyClass.B, "一、已列入今冬清淤计划。\n二、管护责任落实到村。", number="岳城管函〔2026〕1号"
)
PROMISED = Letter(
    ReplyClass.B,
    "已列入计划。",
    fulfilment=Fulfilment.WITHIN_YEAR,
    promises=[("清淤三公里", TODAY + timedelta(days=60))],
)


SIGNED: dict[str, Any] = {"signed_by": "李局长", "number": "岳城管函〔2026〕1号"}


def handed(
    world: World,
    state: HandlingState = H.SENT,
    *,
    days: int = 5,
    clocks: tuple[ClockKind, ...] = (),
    **more: Any,
) -> tuple[Suggestion, SuggestionUnit]:
    """A suggestion sent to the unit some days ago, with these deadlines of its lead part running."""
    sent = TODAY - timedelta(days=days)
    made = build(
        world,
        S.ASSIGNED,
        part_state=state,
        raised_on=sent,
        assigned_on=sent,
        due_on=sent + timedelta(90),
        **more,
    )
    part = next(row for row in made.units if row.part is UnitPart.LEAD)
    for kind in clocks:
        if start_clock(made, kind, sent, unit=part) is None:
            db.session.add(_clock(made, part, kind, sent))
    db.session.flush()
    return made, part


def _clock(made: Suggestion, part: SuggestionUnit, kind: ClockKind, on: date) -> SuggestionClock:
    return SuggestionClock(
        suggestion=made,
        suggestion_unit=part,
        area_code=made.area_code,
        kind=kind,
        started_on=on,
        due_on=on + timedelta(days=14),
        working={},
    )


def _open(made: Suggestion) -> set[ClockKind]:
    wanted = select(SuggestionClock.kind).where(
        SuggestionClock.suggestion_id == made.id, SuggestionClock.ended_on.is_(None)
    )
    return set(db.session.scalars(wanted))


def _answer(world: World, part: SuggestionUnit, letter: Letter = LETTER, **more: Any) -> SuggestionReply:
    drafted = replies.draft_reply(world.actor("unit"), part.id, letter)
    # An earlier day is written down by staff only.
    signer = world.actor("county" if "replied_on" in more else "unit_head")
    return replies.sign_reply(signer, drafted.id, **SIGNED | more)


# --- signing, talking, planning -----------------------------------------------------------------------------


def test_4_08_a_unit_signs_and_speaks_with_the_proposer(session: Any, world: World) -> None:
    """Each talk is on record with way and words, the first one ends the deadline for it (4-08, 4-19)."""
    made, part = handed(world, clocks=(ClockKind.CONTACT, ClockKind.REPLY))
    unit = world.actor("unit")
    with pytest.raises(DomainError):
        handling.sign_part(unit, part.id, handler=" ")
    handling.sign_part(unit, part.id, handler="王科长", handler_phone="0730-5550001")
    assert (part.state, part.signed_on) == (H.SIGNED, TODAY)
    lead, stranger = world.mandates["C001"], world.mandates["C003"]
    said: dict[str, Any] = {"on": TODAY, "way": ReplyWay.IN_PERSON, "note": "到田头看了三处漏水点"}
    for wrong in ({"on": TODAY + timedelta(1)}, {"note": " "}, {"mandate_id": stranger}):
        with pytest.raises(DomainError):
            handling.record_contact(unit, part.id, **{**said, **wrong})
    handling.record_contact(unit, part.id, mandate_id=lead, spoke="王科长", **said)
    handling.record_contact(unit, part.id, **{**said, "on": TODAY - timedelta(1), "way": ReplyWay.PHONE})
    assert part.first_contact_on == TODAY - timedelta(1)
    assert _open(made) == {ClockKind.REPLY}
    assert [talk.way for talk in list_contacts(made.id)] == [ReplyWay.IN_PERSON, ReplyWay.PHONE]


def test_4_19_contact_in_session_before_it_is_handed_over(session: Any, world: World) -> None:
    """4-19: a pre-assigned suggestion cannot be signed for, but the deputy is contacted in session."""
    made, part = handed(world, H.PRE_ASSIGNED)
    unit = world.actor("unit")
    with pytest.raises(DomainError):
        handling.sign_part(unit, part.id, handler="王科长")
    assert count_handling(unit, TODAY)["uncontacted"] == 1
    handling.record_contact(unit, part.id, on=TODAY, way=ReplyWay.PHONE, note="已电话联系")
    assert (part.state, part.first_contact_on) == (H.PRE_ASSIGNED, TODAY)
    assert count_handling(unit, TODAY)["uncontacted"] == 0
    assert made.state is S.ASSIGNED


def test_4_22_split_to_person_and_month(session: Any, world: World) -> None:
    """4-22: items name month and person; without a name the handler does it; the year adds them up."""
    _made, part = handed(world, H.SIGNED)
    unit = world.actor("unit")
    with pytest.raises(DomainError):
        month_plan.add_month_item(unit, part.id, month=date(TODAY.year, 3, 9), work="现场测量")
    handling.change_handler(unit, part.id, handler="王科长")
    first = month_plan.add_month_item(unit, part.id, month=date(TODAY.year, 3, 9), work="现场测量")
    other = month_plan.add_month_item(
        unit, part.id, month=date(TODAY.year, 4, 1), work="清淤", handler="李工"
    )
    assert (first.month, first.handler) == (date(TODAY.year, 3, 1), "王科长")
    month_plan.finish_month_item(unit, first.id)
    rows = [tuple(row) for row in list_months(unit, TODAY.year)]
    assert rows == [("李工", date(TODAY.year, 4, 1), 1, 0), ("王科长", date(TODAY.year, 3, 1), 1, 1)]
    month_plan.delete_month_item(unit, other.id)
    assert len(list_months(unit, TODAY.year)) == 1
    with pytest.raises(NotFound):
        month_plan.finish_month_item(world.actor("other_unit"), first.id)


def test_3_35_helpers_give_their_opinion_to_the_lead(session: Any, world: World) -> None:
    """3-35: the helper's opinion is no reply; it goes to the lead unit, who is told."""
    made, part = handed(world, H.SIGNED, co=[UNITS[1]])
    helper = next(row for row in made.units if row.part is UnitPart.CO)
    other = world.actor("other_unit")
    with pytest.raises(DomainError):
        handling.give_opinion(other, helper.id, opinion="  ")
    with pytest.raises(NotFound):
        handling.give_opinion(world.actor("unit"), helper.id, opinion="代写")
    with pytest.raises(DomainError):
        handling.give_opinion(world.actor("unit"), part.id, opinion="主办单位没有协办意见")
    handling.give_opinion(other, helper.id, opinion="水源调度由我局负责，十月前完成。")
    assert (helper.state, helper.answered_on, made.state) == (H.ANSWERED, TODAY, S.ASSIGNED)
    told = db.session.scalars(select(Notice.user_id).where(Notice.url == f"/handling/{part.id}")).all()
    assert set(told) == {world.users["unit"], world.users["unit_head"]}


# --- objections and extensions ------------------------------------------------------------------------------


def test_an_objection_inside_the_deadline_and_its_grant(session: Any, world: World) -> None:
    """Granted, the last lead unit is gone: the suggestion waits to be handed over again."""
    made, part = handed(world, co=[UNITS[1]], clocks=(ClockKind.OBJECT, ClockKind.REPLY))
    unit, office = world.actor("unit"), world.actor("assigner")
    asked = asks.object_to(unit, part.id, reason="属水利部门职责", proposed_unit=UNITS[1])
    assert part.state is H.OBJECTED and ClockKind.OBJECT not in _open(made)
    told = db.session.scalars(select(Notice.user_id).where(Notice.url == f"/asks/{asked.id}")).all()
    assert world.users["assigner"] in told
    with pytest.raises(DomainError):
        asks.decide_ask(office, asked.id, grant=False)
    with pytest.raises(DomainError):
        asks.withdraw_ask(unit, asked.id)
    asks.decide_ask(office, asked.id, grant=True, answer="改由水利局主办")
    assert (made.state, part.state, asked.state) == (S.ACCEPTED, H.RETURNED, AskState.GRANTED)
    assert {row.state for row in made.units} == {H.RETURNED, H.WITHDRAWN}
    assert _open(made) <= {ClockKind.ASSIGN}
    with pytest.raises(DomainError):
        asks.decide_ask(office, asked.id, grant=True)
    with pytest.raises(NotFound):
        handling.record_contact(unit, part.id, on=TODAY, way=ReplyWay.PHONE, note="不再是我们的")


def test_a_refused_objection_leaves_it_with_the_unit(session: Any, world: World) -> None:
    made, part = handed(world, clocks=(ClockKind.REPLY,))
    asked = asks.object_to(world.actor("unit"), part.id, reason="不属本单位")
    asks.decide_ask(world.actor("county"), asked.id, grant=False, answer="三定方案写明由你局负责")
    assert (part.state, part.signed_on, made.state) == (H.SIGNED, TODAY, S.ASSIGNED)
    assert _open(made) == {ClockKind.REPLY}


def test_after_the_deadline_only_staff_write_an_objection_down(session: Any, world: World) -> None:
    made, part = handed(world, days=40)
    db.session.add(_clock(made, part, ClockKind.OBJECT, TODAY - timedelta(days=40)))
    db.session.flush()
    with pytest.raises(DomainError, match="期限"):
        asks.object_to(world.actor("unit"), part.id, reason="不属本单位")
    asks.object_to(world.actor("county"), part.id, reason="单位来函说明")
    assert part.state is H.OBJECTED


def test_more_time_is_asked_for_and_granted(session: Any, world: World) -> None:
    """代表法 art. 51: three months, six at most; the deputy is told of a later day."""
    made, part = handed(world, H.SIGNED, clocks=(ClockKind.REPLY,))
    unit, office = world.actor("unit"), world.actor("assigner")
    due = made.due_on
    assert due is not None
    with pytest.raises(DomainError):
        asks.ask_extension(unit, part.id, until=due, reason="工程量大")
    first = asks.ask_extension(unit, part.id, until=due + timedelta(days=20), reason="工程量大")
    with pytest.raises(DomainError):
        asks.ask_extension(unit, part.id, until=due + timedelta(days=30), reason="再要几天")
    asks.withdraw_ask(unit, first.id)
    asked = asks.ask_extension(unit, part.id, until=due + timedelta(days=400), reason="涉及多个部门")
    with pytest.raises(DomainError):
        asks.decide_ask(office, asked.id, grant=True)
    asked = asks.decide_ask(office, asked.id, grant=True, until=due + timedelta(days=30))
    assert made.due_on == due + timedelta(days=30) == asked.until
    told = db.session.scalars(
        select(Notice.person_id).where(Notice.key.startswith(f"unit_ask:{asked.id}:extended"))
    ).all()
    assert told == [world.persons["陈秋禾"]]
    refused = asks.ask_extension(unit, part.id, until=due + timedelta(days=40), reason="还要")
    asks.decide_ask(office, refused.id, grant=False, answer="已经延过一次")
    assert made.due_on == due + timedelta(days=30)


# --- letters ------------------------------------------------------------------------------------------------


def test_the_clerk_drafts_and_only_the_head_signs(session: Any, world: World) -> None:
    """law.md 1.5: signed by the head of the unit; promises enter the ledger that day, the deputy is told."""
    made, part = handed(world, H.SIGNED, clocks=(ClockKind.CONTACT, ClockKind.REPLY, ClockKind.OBJECT))
    clerk, head = world.actor("unit"), world.actor("unit_head")
    with pytest.raises(DomainError):
        replies.draft_reply(clerk, part.id, Letter(ReplyClass.A, "好", fulfilment=Fulfilment.MULTI_YEAR))
    drafted = replies.draft_reply(clerk, part.id, PROMISED)
    again = replies.draft_reply(clerk, part.id, PROMISED, version=drafted.version)
    assert again is drafted and made.state is S.ASSIGNED
    with pytest.raises(NotFound):
        replies.sign_reply(clerk, drafted.id, signed_by="王科员", number="1号")
    with pytest.raises(NotFound):
        get_visible_reply(world.actor("deputy"), drafted.id)
    assert count_handling(head, TODAY)["letters"] == 1 and count_handling(clerk, TODAY)["letters"] == 0
    mistakes: list[dict[str, Any]] = [
        {"number": " "},
        {"signed_by": ""},
        {"replied_on": TODAY + timedelta(1)},
    ]
    for wrong in mistakes:
        with pytest.raises(DomainError):
            replies.sign_reply(head, drafted.id, **SIGNED | wrong)
    replies.sign_reply(head, drafted.id, signed_by="李局长", number="岳城管函〔2026〕3号")
    assert (made.state, made.replied_on, made.reply_class) == (S.REPLIED, TODAY, ReplyClass.B)
    assert (part.state, part.answered_on, part.first_contact_on) == (H.ANSWERED, TODAY, TODAY)
    assert not _open(made) & {ClockKind.REPLY, ClockKind.CONTACT, ClockKind.OBJECT}
    promise = db.session.scalars(select(Promise)).one()
    assert (promise.content, promise.due_on, promise.unit_id) == (
        "清淤三公里",
        TODAY + timedelta(days=60),
        part.unit_id,
    )
    assert get_visible_reply(world.actor("deputy"), drafted.id) is drafted
    for late in (
        lambda: replies.draft_reply(clerk, part.id, LETTER),
        lambda: asks.object_to(clerk, part.id, reason="x"),
    ):
        with pytest.raises(DomainError):
            late()


def test_separate_handling_is_answered_when_all_leads_have(session: Any, world: World) -> None:
    """分别办理: two letters; the class farthest from solved is the suggestion's; the last one makes it replied."""
    made, _part = handed(world, H.SIGNED, unit=list(UNITS))
    mine, other = sorted(made.units, key=lambda row: row.unit_id)
    _answer(world, mine, Letter(ReplyClass.C, "暂时做不到。"))
    assert made.state is S.ASSIGNED and made.replied_on is None
    drafted = replies.draft_reply(world.actor("other_unit"), other.id, Letter(ReplyClass.A, "办好了。"))
    replies.sign_reply(world.actor("county"), drafted.id, signed_by="周局长", number="水函1号")
    assert (made.state, made.reply_class) == (S.REPLIED, ReplyClass.C)


def test_the_lateness_stands_on_the_first_reply(session: Any, world: World) -> None:
    """Handled again: another letter of another round, class and way are its; the reply day stays the first."""
    made, part = handed(world, H.SIGNED, days=30, satisfaction=None)
    early = TODAY - timedelta(days=10)
    first = _answer(world, part, replied_on=early)
    made.state, made.satisfaction = S.RATED, Satisfaction.DISSATISFIED
    handle_again(world.actor("county"), made, reason="只写了计划，没有行动")
    second = _answer(world, part, Letter(ReplyClass.A, "已经办完。", reply_way=ReplyWay.SYMPOSIUM))
    assert first.round == 1 and second.round == 2
    assert (made.state, made.replied_on, made.reply_class) == (S.REPLIED, early, ReplyClass.A)
    assert made.reply_way is ReplyWay.SYMPOSIUM
    made.state = S.ARCHIVED
    with pytest.raises(DomainError, match="归档"):
        handling.record_contact(world.actor("unit"), part.id, on=TODAY, way=ReplyWay.PHONE, note="补登")


def test_4_24_one_text_answers_every_proposer_of_a_class(session: Any, world: World) -> None:
    """4-24: assigned as a class, each member gets a reply of its own."""
    grouped = SuggestionClass(
        office_code=COUNTY, area_code=COUNTY, number="L1", title="灌渠整修", formed_on=TODAY
    )
    db.session.add(grouped)
    db.session.flush()
    made, part = handed(world, H.SIGNED, class_id=grouped.id)
    twin, _twin_part = handed(world, H.SIGNED, lead="C002", class_id=grouped.id)
    alone, _alone_part = handed(world, H.SIGNED, lead="C003")
    drafted = replies.draft_reply(world.actor("unit"), part.id, LETTER, to_class=True)
    replies.sign_reply(world.actor("unit_head"), drafted.id, signed_by="李局长", number="1号", to_class=True)
    assert [one.state for one in (made, twin, alone)] == [S.REPLIED, S.REPLIED, S.ASSIGNED]
    letters = db.session.scalars(select(SuggestionReply)).all()
    assert {one.suggestion_id for one in letters} == {made.id, twin.id}
    assert {one.state for one in letters} == {ReplyState.SIGNED}


# --- whose it is, and pages ---------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_a_unit_reaches_its_own_parts_only(session: Any, world: World) -> None:
    made, part = handed(world)
    for login in ("other_unit", "deputy", "assigner", "leader"):
        with pytest.raises(NotFound):
            handling.sign_part(world.actor(login), part.id, handler="别人")
    assert get_visible_suggestion(world.actor("unit"), made.id) is made
    with pytest.raises(NotFound):
        get_visible_suggestion(world.actor("other_unit"), made.id)
    assert world.actor("unit").roles == {Role.HANDLING_UNIT}


def test_a_unit_s_day_at_its_desk(app: Any, sign_in: Any, world: World) -> None:
    """List, sign, talk, plan, draft; the head signs; the deputy reads the letter and takes it away as .docx."""
    with app.app_context():
        made, part = handed(world, clocks=(ClockKind.REPLY,), wants_talk=True)
        suggestion_id, part_id = made.id, part.id
        db.session.commit()
    clerk, head, deputy = sign_in("unit"), sign_in("unit_head"), sign_in("deputy")
    address = f"/handling/{part_id}"
    assert "1 件建议等待签收" in clerk.get("/").get_data(as_text=True)
    assert "关于整修灌渠的建议" in clerk.get("/handling?state=sent&uncontacted=1").get_data(as_text=True)
    assert clerk.post(f"{address}/sign", data={"handler": ""}).status_code == 422
    done = clerk.post(f"{address}/sign", data={"handler": "王科长", "handler_phone": "0730-5550001"})
    assert done.status_code == 303
    talk = {"on": TODAY.isoformat(), "way": "in_person", "note": "商定今冬清淤"}
    assert clerk.post(f"{address}/contact", data=talk).status_code == 303
    item = {"month": f"{TODAY:%Y-%m}", "work": "现场测量", "handler": ""}
    assert clerk.post(f"{address}/plan", data=item).status_code == 303
    assert "0/1" in clerk.get(f"/handling/months?year={TODAY.year}").get_data(as_text=True)
    letter = {
        "reply_class": "b",
        "reply_way": "in_person",
        "body": "一、已列入今冬清淤计划。",
        "fulfilment": "within_year",
        "handler": "王科长",
    }
    missing = clerk.post(f"{address}/reply", data=letter)
    assert missing.status_code == 422 and "承诺事项" in missing.get_data(as_text=True)
    until = (TODAY + timedelta(days=60)).isoformat()
    promised = {"promises-0-content": "清淤三公里", "promises-0-due_on": until}
    assert clerk.post(f"{address}/reply", data=letter | promised).status_code == 303
    page = clerk.get(address).get_data(as_text=True)
    assert "13900000001" in page and "希望当面沟通" in page and "等待本单位负责人签发" in page
    assert "清淤三公里" in clerk.get(f"{address}/reply").get_data(as_text=True)
    with app.app_context():
        draft = draft_of(db.session.get_one(SuggestionUnit, part_id), 1)
        assert draft is not None
        reply_id = draft.id
    assert clerk.get(f"/replies/{reply_id}/sign").status_code == 403
    assert deputy.get(f"/replies/{reply_id}/letter.docx").status_code == 404
    assert "1 封答复函等待签发" in head.get("/").get_data(as_text=True)
    signed = {"signed_by": "李局长", "number": "岳城管函〔2026〕8号", "replied_on": TODAY.isoformat()}
    assert head.post(f"/replies/{reply_id}/sign", data=signed).status_code == 303
    seen = deputy.get(f"/suggestions/{suggestion_id}").get_data(as_text=True)
    assert "一、已列入今冬清淤计划。" in seen and "商定今冬清淤" in seen and "0730-5550001" in seen
    assert "13900000001" not in seen
    word = Document(io.BytesIO(deputy.get(f"/replies/{reply_id}/letter.docx").data))
    lines = [paragraph.text for paragraph in word.paragraphs if paragraph.text]
    assert lines[:3] == ["类别：B", UNITS[0], "岳城管函〔2026〕8号"]
    assert lines[4] == "陈秋禾代表：" and any("清淤三公里" in line for line in lines)


def test_suggestions_stand_among_a_unit_s_other_business(app: Any, session: Any, world: World) -> None:
    """4-11: one list of what waits, in one order of urgency; a late suggestion comes before fresh slips."""
    made, part = handed(world, clocks=(ClockKind.REPLY,))
    part.state, part.signed_on = H.SIGNED, TODAY
    [running] = session.scalars(select(SuggestionClock).filter_by(suggestion_id=made.id))
    running.started_on, running.due_on = TODAY - timedelta(days=99), TODAY - timedelta(days=9)
    opinion = create_opinion(
        world.actor("county"), area_code=COUNTY, received_on=TODAY, content="夜里没有路灯", topic="路灯"
    )
    transfer_opinion(world.actor("county"), opinion.id, unit_id=part.unit_id)
    session.flush()
    waiting = [task.kind for task in unit_tasks(world.actor("unit"), TODAY)]
    assert waiting[0] == "handling_overdue" and "transfers_sent" in waiting


def test_the_office_decides_on_its_list(app: Any, sign_in: Any, world: World) -> None:
    with app.app_context():
        made, part = handed(world)
        suggestion_id, part_id = made.id, part.id
        db.session.commit()
    unit, office = sign_in("unit"), sign_in("assigner")
    asked = {"reason": "属水利部门职责", "proposed_unit": UNITS[1]}
    assert unit.post(f"/handling/{part_id}/object", data=asked).status_code == 303
    with app.app_context():
        ask_id = db.session.scalars(select(UnitAsk.id)).one()
    assert UNITS[0] in office.get("/asks?waiting=1").get_data(as_text=True)
    assert f"/asks/{ask_id}" in office.get(f"/suggestions/{suggestion_id}").get_data(as_text=True)
    assert office.post(f"/asks/{ask_id}", data={"decision": "refuse"}).status_code == 422
    assert office.post(f"/asks/{ask_id}", data={"decision": "grant"}).status_code == 303
    with app.app_context():
        found = db.session.get_one(Suggestion, suggestion_id)
        assert found.state is S.ACCEPTED
    assert unit.get(f"/handling/{part_id}").status_code == 404
    assert unit.get(f"/asks/{ask_id}").status_code == 403
