"""What a handling unit may not do: beyond its area, after its days, out of its part, over somebody else's words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.errors import Conflict, DomainError, NotFound
from app.suggestions.models import SuggestionClass, SuggestionClock, UnitAsk
from app.suggestions.operations import asks, assignment, conclusion, handling, replies
from app.suggestions.operations.publication import publish, set_openness
from app.suggestions.operations.replies import Letter
from app.suggestions.queries.handling import count_handling, running_clock
from app.suggestions.queries.replies import draft_of
from app.suggestions.queries.steps import seen_steps
from app.suggestions.states import (
    AskKind,
    AskState,
    ClockKind,
    HandlingState,
    PublicChoice,
    PublishedPart,
    ReplyClass,
    ReplyState,
    ReplyWay,
    Satisfaction,
    Step,
    SuggestionState,
    UnitPart,
)
from tests.suggestions.building import build
from tests.suggestions.test_handling import LETTER, SIGNED, _clock, handed
from tests.world import COUNTY, LINJIANG, QINGSHAN, UNITS, World

S, H = SuggestionState, HandlingState
TODAY = clock.today()


def _of_class(world: World, *leads: str) -> list[Any]:
    """One suggestion of each of these deputies, all of a class, in the hands of the same unit."""
    group = SuggestionClass(office_code=COUNTY, area_code=COUNTY, number="L1", title="灌溉", formed_on=TODAY)
    db.session.add(group)
    db.session.flush()
    sent = TODAY - timedelta(days=5)
    made = [
        build(world, S.ASSIGNED, part_state=H.SIGNED, raised_on=sent, assigned_on=sent, lead=one)
        for one in leads
    ]
    for one in made:
        one.class_id = group.id
    db.session.flush()
    return made


def test_4_24_a_letter_to_the_class_stays_in_the_actors_area(session: Any, world: World) -> None:
    """Staff of a township answer for their township only, though a class spans several."""
    mine, other = _of_class(world, "C001", "C002")
    mine.area_code, other.area_code = LINJIANG, QINGSHAN
    session.flush()
    township = world.actor("township")
    if township.grants[0].area_code != LINJIANG:
        mine, other = other, mine
    drafted = replies.draft_reply(township, mine.units[0].id, LETTER, to_class=True)
    assert draft_of(other.units[0], 1) is None
    replies.draft_reply(world.actor("county"), other.units[0].id, LETTER)
    replies.sign_reply(township, drafted.id, **SIGNED, to_class=True)
    assert (mine.state, other.state) == (S.REPLIED, S.ASSIGNED)


def test_4_20_a_refused_objection_gives_no_more_time(session: Any, world: World) -> None:
    """The last day for objecting is the same before and after the office refused (4-20)."""
    _, part = handed(world, days=40, clocks=(ClockKind.OBJECT,))
    office, unit, county = world.actor("assigner"), world.actor("unit"), world.actor("county")
    asked = asks.object_to(county, part.id, reason="不属我单位职责")
    asks.decide_ask(office, asked.id, grant=False, answer="属于")
    with pytest.raises(DomainError):
        asks.object_to(unit, part.id, reason="仍不属我单位职责")
    running = session.scalars(select(SuggestionClock).where(SuggestionClock.kind == ClockKind.OBJECT)).one()
    running.due_on = TODAY
    assert asks.object_to(unit, part.id, reason="仍不属我单位职责").state is AskState.ASKED


def test_3_35_a_unit_that_no_longer_leads_signs_no_letter(session: Any, world: World) -> None:
    """The draft of a unit that became a helper waits for nobody and cannot go out (3-35)."""
    made, part = handed(world, H.SIGNED)
    unit, head, units = world.actor("unit"), world.actor("unit_head"), world.units
    drafted = replies.draft_reply(unit, part.id, LETTER)
    assert count_handling(head, TODAY)["letters"] == 1
    assignment.assign_suggestion(
        world.actor("assigner"), made.id, lead_unit_ids=[units[UNITS[1]]], co_unit_ids=[units[UNITS[0]]]
    )
    handling.sign_part(unit, part.id, handler="王科长")
    assert count_handling(head, TODAY)["letters"] == 0
    with pytest.raises(DomainError):
        replies.sign_reply(head, drafted.id, **SIGNED)
    assert (part.state, drafted.state) == (H.SIGNED, ReplyState.DRAFT)


def test_4_21_each_reads_the_steps_that_concern_them(session: Any, world: World) -> None:
    """A proposer reads no helper's opinion and no reason for objecting, a unit no other's preparation (4-21)."""
    made, part = handed(world, H.SIGNED, co=(UNITS[1],), clocks=(ClockKind.REPLY,))
    helper = next(row for row in made.units if row.part is UnitPart.CO)
    helper.state = H.SIGNED
    session.flush()
    unit, other = world.actor("unit"), world.actor("other_unit")
    replies.draft_reply(unit, part.id, LETTER)
    handling.give_opinion(other, helper.id, opinion="内部意见")
    asked = asks.object_to(unit, part.id, reason="内部理由")
    asks.decide_ask(world.actor("assigner"), asked.id, grant=False, answer="内部答复")

    def seen(login: str) -> tuple[set[Step], str]:
        steps = seen_steps(world.actor(login), made)
        return {one.step for one in steps}, "".join(one.note for one in steps)

    kinds, words = seen("deputy")
    assert "内部" not in words
    assert Step.ANSWER in kinds
    assert Step.DRAFT_REPLY in seen("unit")[0]
    assert Step.DRAFT_REPLY in seen("county")[0]
    assert Step.DRAFT_REPLY not in seen("other_unit")[0]
    assert "内部理由" in seen("unit")[1]


def test_4_20_a_request_for_time_ends_with_the_reply(session: Any, world: World) -> None:
    """In the next round nobody has to decide about it, and the unit may ask anew (4-20)."""
    made, part = handed(world, H.SIGNED, clocks=(ClockKind.REPLY,))
    unit = world.actor("unit")
    until = TODAY + timedelta(days=120)
    asked = asks.ask_extension(unit, part.id, until=until, reason="等汛期过后")
    drafted = replies.draft_reply(unit, part.id, LETTER)
    replies.sign_reply(world.actor("unit_head"), drafted.id, **SIGNED)
    assert asked.state is AskState.WITHDRAWN
    made.state, made.satisfaction = S.RATED, Satisfaction.DISSATISFIED
    conclusion.handle_again(world.actor("county"), made, reason="没有实质内容")
    if running_clock(part, ClockKind.REHANDLE) is None:
        session.add(_clock(made, part, ClockKind.REHANDLE, TODAY))
    assert asks.ask_extension(unit, part.id, until=until, reason="管线正在迁改").state is AskState.ASKED


def test_3_35_a_unit_that_helped_becomes_the_one_that_leads(session: Any, world: World) -> None:
    """It gets the suggestion anew and keeps the opinion it gave; who led and answered stays so (3-35)."""
    made, part = handed(world, H.SENT, unit=UNITS[1], co=(UNITS[0],))
    helper = next(row for row in made.units if row.part is UnitPart.CO)
    unit, office = world.actor("unit"), world.actor("assigner")
    helper.state = H.SENT
    session.flush()
    handling.sign_part(unit, helper.id, handler="王科长")
    handling.give_opinion(unit, helper.id, opinion="由我局牵头更合适")
    leads, helps = world.units[UNITS[0]], world.units[UNITS[1]]
    assignment.assign_suggestion(office, made.id, lead_unit_ids=[leads])
    assert (helper.part, helper.state, part.state) == (UnitPart.LEAD, H.SENT, H.WITHDRAWN)
    assert (helper.answered_on, helper.handler, helper.opinion) == (None, "", "由我局牵头更合适")
    handling.sign_part(unit, helper.id, handler="李科长")
    drafted = replies.draft_reply(unit, helper.id, LETTER)
    replies.sign_reply(world.actor("unit_head"), drafted.id, **SIGNED)
    made.state = S.ASSIGNED
    with pytest.raises(DomainError):
        assignment.assign_suggestion(office, made.id, lead_unit_ids=[helps], co_unit_ids=[leads])


def test_4_07_a_unit_is_not_punctual_by_writing_an_earlier_day(session: Any, world: World) -> None:
    """Letters, opinions and talks of a unit end deadlines the day they are written down (4-07)."""
    made, part = handed(world, H.SIGNED, days=40, co=(UNITS[1],), clocks=(ClockKind.REPLY, ClockKind.CONTACT))
    helper = next(row for row in made.units if row.part is UnitPart.CO)
    helper.state = H.SIGNED
    session.flush()
    unit, head, early = world.actor("unit"), world.actor("unit_head"), TODAY - timedelta(days=30)
    handling.record_contact(unit, part.id, on=early, way=ReplyWay.PHONE, note="补记")
    talked = session.scalars(select(SuggestionClock).where(SuggestionClock.kind == ClockKind.CONTACT)).one()
    assert (part.first_contact_on, talked.ended_on) == (early, TODAY)
    with pytest.raises(DomainError):
        handling.give_opinion(world.actor("other_unit"), helper.id, opinion="同意", answered_on=early)
    drafted = replies.draft_reply(unit, part.id, LETTER)
    with pytest.raises(DomainError):
        replies.sign_reply(head, drafted.id, **SIGNED, replied_on=early)
    replies.sign_reply(world.actor("county"), drafted.id, **SIGNED, replied_on=early)
    assert part.answered_on == early


def test_4_21_nothing_is_left_with_units_after_the_end(session: Any, world: World) -> None:
    """Concluding takes it back from helpers; before that they cannot object once the slip is back (4-21)."""
    made = build(world, S.REPLIED, unit=UNITS[1], co=(UNITS[0],))
    helper = next(row for row in made.units if row.part is UnitPart.CO)
    helper.state, made.state = H.SIGNED, S.RATED
    made.satisfaction = Satisfaction.SATISFIED
    session.flush()
    unit = world.actor("unit")
    with pytest.raises(DomainError):
        asks.object_to(unit, helper.id, reason="不属我单位职责")
    with pytest.raises(DomainError):
        handling.give_opinion(unit, helper.id, opinion="同意")
    helper.state = H.OBJECTED
    asked = UnitAsk(suggestion_unit=helper, kind=AskKind.OBJECTION, asked_on=TODAY, reason="不属我单位职责")
    session.add(asked)
    session.flush()
    with pytest.raises(DomainError):
        asks.decide_ask(world.actor("assigner"), asked.id, grant=True)
    conclusion.conclude(world.actor("county"), made.id, note="已解决")
    assert (made.state, helper.state, asked.state) == (S.CONCLUDED, H.WITHDRAWN, AskState.WITHDRAWN)
    assert sum(count_handling(unit, TODAY).values()) == 0
    with pytest.raises(NotFound):
        asks.object_to(unit, helper.id, reason="不属我单位职责")


def test_4_24_no_draft_is_written_over_unseen(session: Any, world: World) -> None:
    """A second form for the first draft is refused, a text written for one of the class stays as it is (4-24)."""
    first, second, third = _of_class(world, "C001", "C002", "C003")
    unit = world.actor("unit")
    own = replies.draft_reply(unit, second.units[0].id, Letter(ReplyClass.A, "专门写给这件建议的。"))
    drafted = replies.draft_reply(unit, first.units[0].id, LETTER, to_class=True)
    with pytest.raises(Conflict):
        replies.draft_reply(unit, first.units[0].id, Letter(ReplyClass.A, "另一份"))
    better = Letter(ReplyClass.A, "已经办完。")
    replies.draft_reply(unit, first.units[0].id, better, to_class=True, version=drafted.version)
    copied = draft_of(third.units[0], 1)
    assert copied is not None
    assert [one.body for one in (drafted, own, copied)] == [
        "已经办完。",
        "专门写给这件建议的。",
        "已经办完。",
    ]


def test_the_log_is_in_chinese_whatever_the_clerk_reads(app: Any, session: Any, world: World) -> None:
    """What was done is written down in the language of the records."""
    made, part = handed(world, H.SIGNED)
    unit = world.actor("unit")
    with force_locale("en"):
        handling.record_contact(unit, part.id, on=TODAY, way=ReplyWay.PHONE, note="已商定")
        drafted = replies.draft_reply(unit, part.id, LETTER)
        replies.sign_reply(world.actor("unit_head"), drafted.id, **SIGNED)
        county = world.actor("county")
        publish(county, made, {PublishedPart.PROCESS: ""})
        set_openness(county, made, public_choice=PublicChoice.NONE, confidential=True, note="涉及个人隐私")
    notes = [one.note for one in seen_steps(world.actor("county"), made)]
    assert {"电话：已商定", "不宜公开：涉及个人隐私"} <= set(notes)
    assert not [note for note in notes if re.search("[A-Za-z]{2}", note)]


def test_a_later_letter_is_not_older_than_the_last(session: Any, world: World) -> None:
    """In the third round the second letter counts; the suggestion's own reply day is the first's."""
    made, part = handed(world, H.SIGNED, days=40)
    county = world.actor("county")
    drafted = replies.draft_reply(county, part.id, LETTER)
    for days in (30, 10):
        replies.sign_reply(county, drafted.id, **SIGNED, replied_on=TODAY - timedelta(days=days))
        made.state, made.satisfaction = S.RATED, Satisfaction.DISSATISFIED
        conclusion.handle_again(county, made, reason="没有实质内容")
        drafted = replies.draft_reply(county, part.id, LETTER)
    with pytest.raises(DomainError):
        replies.sign_reply(county, drafted.id, **SIGNED, replied_on=TODAY - timedelta(days=20))
    replies.sign_reply(county, drafted.id, **SIGNED, replied_on=TODAY - timedelta(days=9))


@pytest.mark.sqlite_only
def test_two_clerks_first_drafts_stand_beside_each_other(app: Any, sign_in: Any, world: World) -> None:
    """The second form shows the colleague's text, and is saved once its writer has seen both."""
    with app.app_context():
        _made, part = handed(world, H.SIGNED)
        part_id = part.id
        db.session.commit()
    clerk = sign_in("unit")
    letter = {"reply_class": "b", "reply_way": "in_person", "fulfilment": "within_reply", "handler": "王科长"}
    assert clerk.post(f"/handling/{part_id}/reply", data=letter | {"body": "第一份"}).status_code == 303
    again = clerk.post(f"/handling/{part_id}/reply", data=letter | {"body": "第二份"})
    page = again.get_data(as_text=True)
    assert again.status_code == 422
    assert "第一份" in page and "第二份" in page
    [version] = re.findall(r'name="version"[^>]*value="([^"]*)"', page)
    seen = letter | {"body": "合在一起", "version": version}
    assert clerk.post(f"/handling/{part_id}/reply", data=seen).status_code == 303
