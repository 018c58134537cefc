"""Screening, numbers, handing over, objections' way back, classes, the six procedures (4-18 … 4-21, 4-24, 3-35, 3-36)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.database import set_reading
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.kit.numbering import claim_number
from app.ledger.models import DutyRecord
from app.ledger.operations.posting import reconcile
from app.notices.models import Notice
from app.registry.models import RuleSet
from app.stations.operations import create_opinion
from app.stations.states import OpinionState
from app.suggestions import operations as register
from app.suggestions.clusters import clusters
from app.suggestions.life import take_unit_step
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionStep
from app.suggestions.numbers import BETWEEN_SESSIONS, IN_SESSION, check_pattern, number_prefix
from app.suggestions.operations import assignment, classes, screening
from app.suggestions.queries.classes import find_alike
from app.suggestions.queries.stages import board
from app.suggestions.states import (
    ClockKind,
    HandlingState,
    Inadmissible,
    Occasion,
    Procedure,
    ReplyClass,
    Satisfaction,
    Step,
    SuggestionSource,
    SuggestionState,
    UnitPart,
)
from tests.suggestions.building import build
from tests.world import COUNTY, LINJIANG, NEIGHBOUR, UNITS

S, H = SuggestionState, HandlingState
IN, BETWEEN = Occasion.IN_SESSION, Occasion.BETWEEN_SESSIONS


def _accept(world, found, **values) -> Suggestion:
    return screening.accept_suggestion(world.actor("county"), found.id, **values)


def _assign(world, found, lead=UNITS[:1], co=(), login="assigner", **values) -> Suggestion:
    return assignment.assign_suggestion(
        world.actor(login),
        found.id,
        lead_unit_ids=[world.units[name] for name in lead],
        co_unit_ids=[world.units[name] for name in co],
        **values,
    )


def _parts(found) -> dict[str, tuple[UnitPart, HandlingState]]:
    db.session.refresh(found)
    return {row.unit.name: (row.part, row.state) for row in found.units}


def _steps(found) -> list[Step]:
    wanted = select(SuggestionStep.step).where(SuggestionStep.suggestion_id == found.id)
    return list(db.session.scalars(wanted.order_by(SuggestionStep.id)))


def _running(found) -> set[ClockKind]:
    wanted = select(SuggestionClock.kind).where(
        SuggestionClock.suggestion_id == found.id, SuggestionClock.ended_on.is_(None)
    )
    return set(db.session.scalars(wanted))


def _told(found) -> list[Notice]:
    wanted = select(Notice).where(Notice.url == f"/suggestions/{found.id}")
    return list(db.session.scalars(wanted.order_by(Notice.id)))


def _rules(**clocks: int) -> None:
    content = {"clocks": {kind: {"length": length} for kind, length in clocks.items()}}
    db.session.add(
        RuleSet(area_code=COUNTY, topic="suggestions", valid_from=date(2000, 1, 1), content=content)
    )
    db.session.flush()


def _commit() -> None:
    db.session.commit()
    db.session.remove()


# --- numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "area", "prefix"),
    [
        (IN_SESSION, "", "18-2-"),
        (BETWEEN_SESSIONS, "", "18-2-闭"),
        (IN_SESSION, "临江镇", "临江镇18-2-"),
        ("第{term}届{session}次{year}", "", "第18届2次2026"),
    ],
)
def test_a_number_is_of_term_session_and_serial(pattern, area, prefix):
    assert number_prefix(check_pattern(pattern), area=area, term=18, session=2, year=2026) == prefix


@pytest.mark.parametrize("pattern", ["{office}-", "{term:>99}-", "{term!r}", "{}"])
def test_a_pattern_names_known_places_only(pattern):
    with pytest.raises(ValueError, match="place"):
        check_pattern(pattern)


def test_a_slip_of_the_keyboard_does_not_lead_the_numbers_on(world, session):
    """A number typed with dozens of digits would make the next one too long for its column."""
    build(world, S.ACCEPTED, number="18-2-" + "9" * 35)
    build(world, S.ACCEPTED, number="18-2-007")
    assert claim_number(Suggestion, COUNTY, "", prefix="18-2-", digits=3) == "18-2-008"


def test_series_in_session_and_between_do_not_mix(world, session):
    made = [
        _accept(world, build(world, S.SUBMITTED, lead=lead, occasion=occasion), session_ordinal=2)
        for lead, occasion in (("C001", IN), ("C002", BETWEEN), ("C003", IN), ("C001", BETWEEN), ("T001", IN))
    ]
    assert [one.number for one in made] == [
        "18-2-001",
        "18-2-闭001",
        "18-2-002",
        "18-2-闭002",
        "临江镇19-2-001",
    ]
    # The next one needs not be told which session it is.
    assert _accept(world, build(world, S.SUBMITTED, occasion=IN)).number == "18-2-003"
    with pytest.raises(DomainError, match="已经用过"):
        _accept(world, build(world, S.SUBMITTED), number="18-2-001")


# --- screening ----------------------------------------------------------------------------------------------


def test_accepting_counts_it_and_starts_the_next_clock(world, session):
    """4-18, 4-20, 3-36: it is a suggestion from here on; the opinion it grew from goes its way."""
    _rules(screen=7, assign=10, reply=60)
    opinion = create_opinion(
        world.actor("county"),
        area_code=LINJIANG,
        received_on=date(2026, 1, 5),
        content="没有路灯",
        topic="路灯",
    )
    found = build(world, S.SUBMITTED, source=SuggestionSource.RECEPTION, source_opinion=opinion)
    assert session.scalars(select(DutyRecord)).all() == []
    _accept(world, found, committee="农业与农村委员会", category="水利", version=found.version)
    assert (found.state, found.number, found.session_ordinal) == (S.ACCEPTED, "18-1-闭001", 1)
    assert _running(found) == {ClockKind.ASSIGN}
    assert opinion.state is OpinionState.SUGGESTED
    assert session.scalars(select(DutyRecord.mandate_id)).all() == [world.mandates["C001"]]
    assert reconcile() == []
    person = world.persons["陈秋禾"]
    assert [one.title for one in _told(found) if one.person_id == person] == ["建议已立案，编号18-1-闭001"]
    assert world.users["assigner"] in {one.user_id for one in _told(found)}
    with pytest.raises(DomainError, match="不能“审查立案”"):
        _accept(world, found)


def test_what_does_not_pass_goes_back_or_ends_with_a_reason(world, session):
    """4-18: the proposer reads why; nothing of it is counted."""
    county = world.actor("county")
    first, second = build(world, S.SUBMITTED), build(world, S.SUBMITTED, lead="C002")
    with pytest.raises(DomainError):
        screening.return_suggestion(county, first.id, reason=" ")
    screening.return_suggestion(county, first.id, reason="请写明是哪一条渠")
    assert (first.state, first.submitted_on, first.number) == (S.DRAFT, None, None)
    screening.decline_suggestion(
        county, second.id, inadmissible=Inadmissible.JUDICIAL, reason="案件正在审理", version=second.version
    )
    assert (second.state, second.inadmissible) == (S.DECLINED, Inadmissible.JUDICIAL)
    assert "请写明是哪一条渠" in _told(first)[0].body and "案件正在审理" in _told(second)[0].body
    assert session.scalars(select(DutyRecord)).all() == []


def test_who_screens_and_who_assigns(world, session):
    found = build(world, S.SUBMITTED, lead="C003")
    for login, error in (
        ("assigner", Forbidden),
        ("deputy", Forbidden),
        ("township", NotFound),
        ("neighbour", NotFound),
    ):
        with pytest.raises((error, NotFound)):
            screening.accept_suggestion(world.actor(login), found.id)
    with pytest.raises(Conflict):
        _accept(world, found, version=99)
    _accept(world, found)
    for login in ("unit", "deputy", "leader", "township", "neighbour"):
        with pytest.raises((Forbidden, NotFound)):
            _assign(world, found, login=login)


# --- handing over -------------------------------------------------------------------------------------------


def test_one_leads_others_help_and_the_deputy_is_told(world, session):
    """3-35: lead and helping units, each with its own deadlines and tasks."""
    _rules(assign=10, object=10, contact=20, co_opinion=30, reply=60)
    found = _accept(world, build(world, S.SUBMITTED))
    tasks = {world.units[UNITS[1]]: "渠首闸门"}
    _assign(world, found, co=UNITS[1:], tasks=tasks, note="请面商")
    assert found.state is S.ASSIGNED and found.assigned_on == clock.today()
    assert _parts(found) == {UNITS[0]: (UnitPart.LEAD, H.SENT), UNITS[1]: (UnitPart.CO, H.SENT)}
    assert _running(found) == {ClockKind.OBJECT, ClockKind.CONTACT, ClockKind.CO_OPINION, ClockKind.REPLY}
    due = session.scalar(select(SuggestionClock.due_on).where(SuggestionClock.kind == ClockKind.REPLY))
    assert found.due_on == due and due > clock.today()
    assert next(row.task for row in found.units if row.unit.name == UNITS[1]) == "渠首闸门"
    told = {one.user_id or one.person_id: one for one in _told(found)}
    assert f"由{UNITS[0]}主办，{UNITS[1]}协办" in told[world.persons["陈秋禾"]].body
    assert world.users["unit"] in told and world.users["other_unit"] in told
    assert _steps(found)[-3:] == [Step.ASSIGN, Step.SEND, Step.SEND]


@pytest.mark.parametrize(
    ("lead", "co", "said"),
    [((), UNITS[1:], "主办单位"), (UNITS[:1], UNITS[:1], "不用再列入"), (("别处",), (), "重新选择")],
)
def test_units_that_do_not_fit_are_refused(world, session, lead, co, said):
    world.units["别处"] = 999_999
    with pytest.raises(DomainError, match=said):
        _assign(world, build(world, S.ACCEPTED), lead, co)


def test_it_goes_to_others_and_comes_back(world, session):
    """Reassigned after a return, taken back from all: parts and clocks follow, nothing is lost."""
    _rules(assign=10, object=10, reply=60)
    found = _assign(world, build(world, S.ACCEPTED))
    part = found.units[0]
    take_unit_step(world.actor("unit"), part, Step.OBJECT, note="不归我们管")
    take_unit_step(world.actor("assigner"), part, Step.GRANT)
    assignment.settle_after_leaving(world.actor("assigner"), found)
    assert (found.state, found.due_on) == (S.ACCEPTED, None)
    assert ClockKind.ASSIGN in _running(found)
    _assign(world, found, UNITS[1:], UNITS[:1])
    assert _parts(found) == {UNITS[0]: (UnitPart.CO, H.SENT), UNITS[1]: (UnitPart.LEAD, H.SENT)}
    # Handed to the first alone: the other loses it, and its deadlines end.
    _assign(world, found, UNITS[:1])
    assert _parts(found) == {UNITS[0]: (UnitPart.LEAD, H.SENT), UNITS[1]: (UnitPart.LEAD, H.WITHDRAWN)}
    assignment.recall_part(world.actor("assigner"), found.units[0].id, note="另有安排")
    assert found.state is S.ACCEPTED and _running(found) == {ClockKind.ASSIGN}
    with pytest.raises((Forbidden, NotFound)):
        assignment.recall_part(world.actor("unit"), found.units[0].id)


def test_separate_handling_ends_when_the_last_who_has_not_answered_leaves(world, session):
    """分别办理: two lead; one answers, the other is taken back: then it is answered."""
    found = build(world, S.ASSIGNED, unit=UNITS, replied_on=None)
    answered, other = found.units
    take_unit_step(world.actor("unit"), answered, Step.ANSWER)
    answered.answered_on = clock.today()
    with pytest.raises(DomainError, match="已经答复"):
        assignment.take_back(world.actor("assigner"), found.id)
    assignment.recall_part(world.actor("assigner"), other.id)
    assert found.state is S.REPLIED


def test_pre_assigned_in_session_and_sent_afterwards(world, session, sign_in):
    """4-19: units are told at once and contact the deputy; who has not is on a list."""
    _rules(reply=60, contact=5)
    found = build(world, S.ACCEPTED, occasion=IN)
    actor = world.actor("assigner")
    ids = [world.units[UNITS[0]]]
    assignment.pre_assign(actor, found.id, lead_unit_ids=ids)
    part = found.units[0]
    assert (found.state, part.state) == (S.ACCEPTED, H.PRE_ASSIGNED)
    assert part.pre_assigned_at is not None and _running(found) == set()
    with pytest.raises(DomainError, match="会议期间"):
        assignment.pre_assign(actor, build(world, S.ACCEPTED).id, lead_unit_ids=ids)
    title, number = found.title, found.number
    _commit()
    listed = sign_in("assigner").get("/suggestions/pre-assigned?contacted=0").get_data(as_text=True)
    assert title in listed and number in listed
    set_reading(False)
    found = db.session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
    found.units[0].first_contact_on = clock.today()
    _assign(world, found)
    assert _parts(found)[UNITS[0]] == (UnitPart.LEAD, H.SENT)
    assert _running(found) == {ClockKind.REPLY}
    _commit()
    assert title not in sign_in("assigner").get("/suggestions/pre-assigned?contacted=0").get_data(
        as_text=True
    )


# --- classes ------------------------------------------------------------------------------------------------


def test_titles_about_the_same_are_found():
    """4-24: the finder of similar ones."""
    titles = [
        (1, "关于加强农村饮水安全的建议"),
        (2, "关于解决青山乡农村饮水安全问题的建议"),
        (3, "关于增设校园周边斑马线的建议"),
        (4, "关于农村饮水安全工程的建议"),
        (5, "关于完善养老服务的建议"),
    ]
    assert clusters(titles) == [[1, 2, 4]]
    assert clusters([]) == [] and clusters([(1, "建议"), (2, "建议")]) == []


def test_similar_ones_are_handled_as_a_class_and_each_is_answered(world, session):
    """4-24: grouped, told, assigned together; each keeps its own parts, clocks and reply."""
    county = world.actor("county")
    made = [
        build(world, S.ACCEPTED, lead=lead, title=title)
        for lead, title in (("C001", "关于农村饮水安全的建议"), ("C002", "关于解决农村饮水安全问题的建议"))
    ]
    other = build(world, S.ACCEPTED, lead="C003", title="关于修建停车场的建议")
    assert [[one.id for one in group] for group in find_alike(county)] == [[one.id for one in made]]
    ids = [one.id for one in made]
    with pytest.raises(DomainError, match="至少有两件"):
        classes.form_class(county, area_code=COUNTY, title="饮水", suggestion_ids=ids[:1])
    group = classes.form_class(
        county, area_code=COUNTY, title="农村饮水安全类", suggestion_ids=ids, plan="统一改造"
    )
    assert group.number == f"L{clock.today().year}-001"
    assert all(one.class_id == group.id and _steps(one)[-1] is Step.GROUP for one in made)
    assert any("一起办理、分别答复" in one.body for one in _told(made[0]))
    with pytest.raises(DomainError, match="已在另一类"):
        classes.form_class(county, area_code=COUNTY, title="又一类", suggestion_ids=[made[0].id, other.id])
    classes.add_to_class(county, group.id, [other.id])
    classes.remove_from_class(county, group.id, other.id, note="不同事项")
    assert other.class_id is None
    done = classes.assign_class(
        world.actor("assigner"), group.id, version=group.version, lead_unit_ids=[world.units[UNITS[0]]]
    )
    assert [one.id for one in done] == ids
    assert all(_parts(one) == {UNITS[0]: (UnitPart.LEAD, H.SENT)} for one in made)
    assert len({one.units[0].id for one in made}) == 2
    classes.dissolve_class(county, group.id)
    assert group.dissolved_on == clock.today() and all(one.class_id is None for one in made)
    with pytest.raises(DomainError, match="解散"):
        classes.add_to_class(county, group.id, ids)


def test_a_class_of_a_township_takes_none_of_another(world, session):
    here = [build(world, S.ACCEPTED, lead=lead, title=f"建议{lead}") for lead in ("C001", "C002")]
    there = build(world, S.ACCEPTED, lead="C003")
    township = world.actor("township")
    made = classes.form_class(
        township, area_code=LINJIANG, title="一类", suggestion_ids=[one.id for one in here]
    )
    with pytest.raises(NotFound):
        classes.add_to_class(township, made.id, [there.id])
    with pytest.raises(DomainError, match="不属于"):
        classes.add_to_class(world.actor("county"), made.id, [there.id])
    with pytest.raises(NotFound):
        classes.form_class(
            world.actor("neighbour"), area_code=NEIGHBOUR, title="x", suggestion_ids=[there.id]
        )


# --- the board ----------------------------------------------------------------------------------------------


def test_the_six_procedures_count_what_their_lists_show(world, session, sign_in):
    """4-21: 交办、承办、联络、督查、总结、归档, each number opening exactly its list."""
    day = date(clock.today().year, 1, 1)
    for state in (S.DRAFT, S.SUBMITTED, S.ACCEPTED, S.ASSIGNED, S.REPLIED, S.RATED, S.CONCLUDED, S.ARCHIVED):
        build(world, state, title=f"建议-{state.value}", raised_on=day, due_on=date(2099, 1, 1))
    build(world, S.ASSIGNED, title="建议-late", raised_on=day, due_on=day)
    found = board(world.actor("leader"), COUNTY, day.year, None)
    assert found.total == 7  # neither the draft nor what is not accepted yet
    stages = {one.procedure: (one.waiting, one.done) for one in found.stages}
    assert stages == {
        Procedure.ASSIGNING: (1, 6),
        Procedure.HANDLING: (2, 4),
        Procedure.CONTACTING: (2, 4),
        Procedure.SUPERVISING: (1 if clock.today() > day else 0, 0),
        Procedure.SUMMARISING: (2, 2),
        Procedure.ARCHIVING: (1, 1),
    }
    _commit()
    browser = sign_in("leader")
    page = browser.get(f"/suggestions/stages?year={day.year}").get_data(as_text=True)
    for procedure, counts in stages.items():
        for side, count in zip(("waiting", "done"), counts, strict=True):
            address = f"procedure={procedure.value}:{side}"
            assert address.replace(":", "%3A") in page or address in page
            listed = browser.get(f"/suggestions?{address}&size=50").get_data(as_text=True)
            assert listed.count('<th scope="row"><a href="/suggestions/') == count, address


# --- the register beside the steps --------------------------------------------------------------------------


def test_what_has_steps_is_corrected_without_its_handling(world, session):
    """The register's form keeps away from what the steps tell; a row without steps is edited as before."""
    county = world.actor("county")
    living = build(world, S.ASSIGNED)
    values = {"lead_mandate_id": world.mandates["C001"], "cosigner_ids": [], "raised_on": living.raised_on}
    with pytest.raises(DomainError, match="按步骤登记"):
        register.update_suggestion(
            county, living, version=None, number="", opinion_number="", lead_unit="", co_units=[], **values
        )
    register.correct_suggestion(county, living, version=living.version, title="关于清淤的建议", **values)
    assert (living.title, living.state, len(living.units)) == ("关于清淤的建议", S.ASSIGNED, 1)
    with pytest.raises(DomainError, match="不能删除"):
        register.delete_suggestion(county, living)


def test_a_row_of_the_paper_register_goes_on_in_the_system(world, session):
    """Entered without units, then handed over: from there on its steps tell."""
    county = world.actor("county")
    made = register.create_suggestion(
        county, lead_mandate_id=world.mandates["C001"], raised_on=clock.today() - timedelta(days=3),
        title="关于路灯的建议", occasion=BETWEEN, lead_unit=UNITS[0],
    )  # fmt: skip
    assert _parts(made) == {UNITS[0]: (UnitPart.LEAD, H.PRE_ASSIGNED)}
    _assign(world, made)
    assert _parts(made) == {UNITS[0]: (UnitPart.LEAD, H.SENT)}
    row = register.create_suggestion(
        county, lead_mandate_id=world.mandates["C001"], raised_on=date(2024, 3, 1), title="旧件",
        occasion=BETWEEN, lead_unit=UNITS[0], assigned_on=date(2024, 3, 2), replied_on=date(2024, 4, 2),
        reply_class=ReplyClass.A, satisfaction=Satisfaction.SATISFIED,
    )  # fmt: skip
    register.update_suggestion(
        county, row, version=None, lead_mandate_id=world.mandates["C001"], cosigner_ids=[],
        raised_on=date(2024, 3, 1), number="", opinion_number="", lead_unit=UNITS[1], co_units=[],
        title="旧件", occasion=BETWEEN, assigned_on=date(2024, 3, 2),
    )  # fmt: skip
    assert list(_parts(row)) == [UNITS[1]]
    register.delete_suggestion(county, row)


# --- pages --------------------------------------------------------------------------------------------------


def test_from_the_queue_to_the_unit_by_the_pages(world, session, sign_in):
    """4-18, 4-20, 4-24: hints, acceptance, a class out of the list, batch assignment, recall."""
    ids = [
        build(world, S.SUBMITTED, lead=lead, title=title).id
        for lead, title in (("C001", "关于农村饮水安全的建议"), ("C002", "关于解决农村饮水安全问题的建议"))
    ]
    _commit()
    browser = sign_in("county")
    assert "关于农村饮水安全的建议" in browser.get("/suggestions/screening").get_data(as_text=True)
    page = browser.get(f"/suggestions/{ids[0]}").get_data(as_text=True)
    assert (
        "审查提示" in page
        and "关于解决农村饮水安全问题的建议" in page
        and f"/suggestions/{ids[0]}/accept" in page
    )
    for one in ids:
        form = {
            "occasion": "in_session",
            "session_ordinal": "2",
            "number": "",
            "category": "水利",
            "committee": "",
        }
        assert browser.post(f"/suggestions/{one}/accept", data=form).status_code == 303
    empty = browser.post(f"/suggestions/{ids[0]}/decline", data={"inadmissible": "other", "reason": ""})
    assert empty.status_code == 422
    finder = browser.get("/suggestions/classes/alike").get_data(as_text=True)
    assert "18-2-001" in finder and "把勾选的归为一类" in finder
    asked = browser.post("/suggestions/classes/choose", data={"ids": ids})
    assert asked.status_code == 200 and "归为一类" in asked.get_data(as_text=True)
    made = browser.post("/suggestions/classes/choose", data={"ids": ids, "title": "饮水安全类", "plan": ""})
    assert made.status_code == 303, made.get_data(as_text=True)
    group = made.headers["Location"]
    office = sign_in("assigner")
    assert "18-2-001" in office.get(group).get_data(as_text=True)
    assert "18-2-002" in office.get("/suggestions/assigning").get_data(as_text=True)
    asked = office.post("/suggestions/assigning/batch", data={"ids": ids})
    assert asked.status_code == 200 and UNITS[0] in asked.get_data(as_text=True)
    rows = {
        "shares-0-unit": UNITS[0],
        "shares-0-part": "lead",
        "shares-1-unit": UNITS[1],
        "shares-1-part": "co",
    }
    refused = office.post(
        "/suggestions/assigning/batch", data={"ids": ids, "note": "", **rows, "shares-2-unit": "没有的局"}
    )
    assert refused.status_code == 422 and "没有的局" in refused.get_data(as_text=True)
    done = office.post("/suggestions/assigning/batch", data={"ids": ids, "note": "", **rows})
    assert done.status_code == 303, done.get_data(as_text=True)
    told = sign_in("deputy").get(f"/suggestions/{ids[0]}").get_data(as_text=True)
    assert UNITS[0] in told and "饮水安全类" in told
    office = sign_in("assigner")
    assert office.get(f"/suggestions/{ids[0]}/assign").status_code == 200
    back = office.post(f"/suggestions/{ids[0]}/take-back", data={"note": "另行研究"})
    assert back.status_code == 303
    assert "18-2-001" in office.get("/suggestions/assigning").get_data(as_text=True)
    one = office.post(f"/suggestions/{ids[0]}/assign", data={"note": "", **rows, "version": "1"})
    assert one.status_code == 422 and "刚刚" in one.get_data(as_text=True)


def test_before_a_session_everybody_is_told_once(world, session, sign_in):
    """4-18: the checklist of the year, and the notice to all deputies in office."""
    _commit()
    browser = sign_in("county")
    page = browser.get("/suggestions/session-notice").get_data(as_text=True)
    assert "还没有发会前通知" in page and "held_on_from=" in page
    form = {"title": "会前通知", "text": "请走访选区", "due_on": ""}
    assert browser.post("/suggestions/session-notice", data=form).status_code == 303
    set_reading(False)
    told = db.session.scalars(select(Notice.person_id).where(Notice.title == "会前通知")).all()
    assert len(told) == len(set(told)) == 7
    again = browser.post("/suggestions/session-notice", data=form)
    assert again.status_code == 422 and "不会重复发送" in again.get_data(as_text=True)
    assert "通知 7 名代表" in browser.get("/suggestions/session-notice").get_data(as_text=True)


def test_what_waits_is_on_the_desk_of_who_does_it(world, session, sign_in):
    """4-19, 4-20: to screen for staff, to hand over for the office too, late ones first."""
    _rules(assign=5)
    build(world, S.SUBMITTED)
    late = build(world, S.SUBMITTED, submitted_on=clock.today() - timedelta(days=60))
    _accept(world, late, on=clock.today() - timedelta(days=59))
    assignment.pre_assign(
        world.actor("assigner"),
        build(world, S.ACCEPTED, occasion=IN).id,
        lead_unit_ids=[world.units[UNITS[0]]],
    )
    _commit()
    home = sign_in("county").get("/").get_data(as_text=True)
    assert "1 件建议等待审查" in home and "2 件建议等待交办" in home
    browser = sign_in("assigner")
    home = browser.get("/").get_data(as_text=True)
    assert "1 件建议已过交办期限" in home and "单位还没有联系代表" in home and "等待审查" not in home
    listed = browser.get("/suggestions/assigning?overdue=1").get_data(as_text=True)
    assert listed.count('<th scope="row"><a href="/suggestions/') == 1
