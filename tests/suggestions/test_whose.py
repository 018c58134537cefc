"""Whose suggestions are counted and listed: who signed, and which units have them in hand."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.extensions import db
from app.kit import clock
from app.registry.models import Mandate
from app.suggestions.models import Cosigner, Suggestion, SuggestionClass, Supervision
from app.suggestions.operations.register import correct_suggestion
from app.suggestions.queries import figures_of_unit, handled_by, led_by, list_suggestions_of, signed_by
from app.suggestions.queries.overdue import overdue_board
from app.suggestions.states import (
    ClockKind,
    CosignState,
    HandlingState,
    SuggestionState,
    SupervisorKind,
    UnitPart,
)
from tests.suggestions.building import build, run_clock
from tests.world import COUNTY, UNITS


def test_who_did_not_sign_is_not_listed_as_signer(world, session):
    """Asked, or unwilling, is not signed; what was withdrawn is nobody's any more."""
    made = build(world, SuggestionState.ACCEPTED)
    build(world, SuggestionState.WITHDRAWN, lead="C002", title="撤回的建议")
    mandate = world.mandates["C002"]
    row = Cosigner(mandate_id=mandate, state=CosignState.DECLINED)
    made.cosigners.append(row)
    for state, listed in (
        (CosignState.DECLINED, 0),
        (CosignState.INVITED, 0),
        (CosignState.CONFIRMED, 1),
    ):
        row.state = state
        session.flush()
        assert list_suggestions_of(world.actor("county"), [mandate], 10)[1] == listed, state
        signed = select(func.count(Suggestion.id)).where(signed_by(["C002"]), Suggestion.id == made.id)
        assert db.session.scalar(signed) == listed, state
    assert db.session.scalars(select(Suggestion.title).where(led_by(["C002"]))).all() == ["撤回的建议"]


def test_a_unit_that_gave_it_back_has_it_neither_in_its_figures_nor_in_its_list(world, session):
    build(world, SuggestionState.ASSIGNED, part_state=HandlingState.RETURNED)
    figures = figures_of_unit(world.actor("county"), world.units[UNITS[0]], clock.today())
    listed = select(func.count(Suggestion.id)).where(handled_by([UNITS[0]], UnitPart.LEAD))
    assert figures["leads"] == db.session.scalar(listed) == 0


def test_numbers_of_the_overdue_board_open_their_lists(world, session, app, sign_in):
    """A colleague's late suggestion that a deputy only co-signed is not in the number of what they lead."""
    day = clock.today() - timedelta(days=200)
    for lead in ("C001", "C002"):
        made = build(world, SuggestionState.ASSIGNED, lead=lead, title=f"{lead}的建议", raised_on=day)
        run_clock(made, ClockKind.REPLY, day, unit=made.units[0])
    made.cosigners.append(Cosigner(mandate_id=world.mandates["C001"], state=CosignState.CONFIRMED))
    session.commit()
    browser = sign_in("county")
    page = browser.get("/suggestions/overdue").get_data(as_text=True)
    assert "lead=C001" in page and f"area={COUNTY}" in page
    listed = browser.get("/suggestions/deadlines?standing=overdue&lead=C001").get_data(as_text=True)
    assert "C001的建议" in listed and "C002的建议" not in listed


def test_a_supervisor_answers_once_for_what_is_late_alone_and_with_its_class(world, session):
    """4-20: the board counts a deadline with each who supervises the suggestion, and only once with each."""
    day = clock.today() - timedelta(days=200)
    made = build(world, SuggestionState.ASSIGNED, raised_on=day)
    run_clock(made, ClockKind.REPLY, day, unit=made.units[0])
    made.suggestion_class = SuggestionClass(
        office_code=COUNTY, area_code=COUNTY, number="L-1", title="灌渠", formed_on=day
    )
    session.flush()
    led = {"area_code": COUNTY, "year": day.year, "began_on": day, "kind": SupervisorKind.CHAIRPERSONS}
    for subject in ({"suggestion_id": made.id}, {"class_id": made.class_id}):
        session.add(Supervision(person_id=world.persons["解霜降"], **subject, **led))
    over = {**led, "ended_on": clock.today()}
    session.add(Supervision(person_id=world.persons["单立春"], suggestion_id=made.id, **over))
    session.flush()
    board = overdue_board(world.actor("county"), clock.today())
    assert [(row.name, row.count) for row in board.supervisors] == [("解霜降", 1)]
    assert board.leaders == []


def test_another_leader_takes_deadlines_along_and_signs_once(world, session):
    """The colleague who was asked to sign leads it now: no invitation is left, the deadline is their township's."""
    made = build(world, SuggestionState.ASSIGNED)
    running = run_clock(made, ClockKind.REPLY, clock.today(), unit=made.units[0])
    lead = db.session.get_one(Mandate, world.mandates["C003"])
    made.cosigners.append(Cosigner(mandate=lead, state=CosignState.INVITED))
    session.flush()
    assert running.area_code != lead.scope_code
    correct_suggestion(
        world.actor("county"), made, version=made.version, lead_mandate_id=lead.id, cosigner_ids=[],
        raised_on=made.raised_on, number=made.number or "", title=made.title,
    )  # fmt: skip
    session.flush()
    assert (made.area_code, running.area_code, made.cosigners) == (lead.scope_code, lead.scope_code, [])
