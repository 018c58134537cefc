"""Supervision of a class: who reads what of it, and that it does not lose what it is about."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.extensions import db
from app.kit import clock
from app.kit.errors import DomainError, NotFound
from app.registry.models import Mandate, Post
from app.registry.states import PostKind
from app.suggestions.models import Suggestion, SuggestionClass, Supervision
from app.suggestions.operations.classes import dissolve_class
from app.suggestions.operations.supervision import arrange_supervision, update_supervision
from app.suggestions.operations.visits import record_visit
from app.suggestions.queries.supervision import get_visible_supervision, shown_subjects_of
from app.suggestions.states import SuggestionState, SupervisorKind, VisitKind
from app.suggestions.supervision_rules import key_of
from tests.suggestions.building import build
from tests.world import BEGAN, COUNTY, LINJIANG, QINGSHAN, World

TODAY = clock.today()


@pytest.fixture
def room(app: Any, world: World) -> Any:
    """A supervised class: a suggestion of C001, and one of C002 that is confidential."""
    with app.app_context():
        made = SuggestionClass(
            office_code=COUNTY, area_code=COUNTY, number="L-1", title="灌渠", formed_on=TODAY
        )
        db.session.add(made)
        db.session.flush()
        for lead, confidential in (("C001", False), ("C002", True)):
            one = build(world, SuggestionState.CONCLUDED, lead=lead, body=f"{lead}的全文")
            one.class_id, one.confidential = made.id, confidential
        db.session.add(
            Supervision(
                area_code=COUNTY,
                year=TODAY.year,
                kind=SupervisorKind.CHAIRPERSONS,
                class_id=made.id,
                person_id=world.persons["解霜降"],
                began_on=TODAY,
            )
        )
        db.session.flush()
        yield world
        db.session.rollback()


def _supervision() -> Supervision:
    return db.session.scalars(select(Supervision)).one()


def _shown(world: World, login: str) -> list[str]:
    found = get_visible_supervision(world.actor(login), _supervision().id)
    return sorted(one.body for one in shown_subjects_of(world.actor(login), found))


def test_a_class_does_not_open_the_suggestions_of_others(room: World) -> None:
    """Who signed one of a supervised class reads that one; staff of the area read them all."""
    assert _shown(room, "deputy") == ["C001的全文"]
    with pytest.raises(NotFound):
        _shown(room, "other_deputy")
    for one in db.session.scalars(select(Suggestion)):
        one.confidential = True
    db.session.flush()
    assert _shown(room, "deputy") == ["C001的全文"]
    assert _shown(room, "county") == ["C001的全文", "C002的全文"]


def test_a_township_opens_the_supervision_of_a_class_with_its_suggestion(room: World) -> None:
    supervision = _supervision()
    for one in supervision.suggestion_class.suggestions if supervision.suggestion_class else []:
        one.area_code = QINGSHAN
    db.session.flush()
    with pytest.raises(NotFound):
        get_visible_supervision(room.actor("township"), supervision.id)
    lead = select(Mandate.id).where(Mandate.card_no == "C001")
    one = db.session.scalars(select(Suggestion).where(Suggestion.lead_mandate_id.in_(lead))).one()
    one.area_code = LINJIANG
    db.session.flush()
    assert _shown(room, "township") == ["C001的全文"]


def test_a_supervised_class_is_dissolved_after_its_supervision(room: World) -> None:
    """Without its class a supervision would be about nothing."""
    supervision = _supervision()
    with pytest.raises(DomainError, match="解霜降"):
        dissolve_class(room.actor("county"), supervision.class_id or 0)
    supervision.ended_on = TODAY
    db.session.flush()
    assert dissolve_class(room.actor("county"), supervision.class_id or 0).dissolved_on == TODAY


def test_days_of_a_supervision_fit_each_other(room: World) -> None:
    """Corrected, it begins in its year and not tomorrow; nobody goes on site after it has ended."""
    supervision, county = _supervision(), room.actor("county")
    correct = partial(update_supervision, county, supervision.id, version=None, plan="", result="好")
    for day in (TODAY + timedelta(1), TODAY.replace(year=TODAY.year - 2, day=1)):
        with pytest.raises(DomainError, match="开始日期"):
            correct(began_on=day, ended_on=None)
    correct(began_on=TODAY - timedelta(9), ended_on=TODAY - timedelta(2))
    visit = partial(record_visit, county, supervision.id, kind=next(iter(VisitKind)), congress="人大")
    with pytest.raises(DomainError, match="结束"):
        visit(on=TODAY)
    assert visit(on=TODAY - timedelta(3)).on == TODAY - timedelta(3)


def test_two_clerks_do_not_both_find_room(database: str, room: World) -> None:
    """Whoever arranges for an area's year counts and writes alone; another area does not wait."""
    if database == "sqlite":
        pytest.skip("one writer at a time")
    key = key_of(SupervisorKind.MEMBER, room.persons["陈秋禾"])
    post = PostKind.STANDING_COMMITTEE_MEMBER
    db.session.add(Post(area_code=COUNTY, person_id=room.persons["陈秋禾"], kind=post, began_on=BEGAN))
    one = build(room, SuggestionState.ASSIGNED)
    arrange_supervision(room.actor("county"), who=key, number=one.number or "", year=TODAY.year)
    free = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
    names = [f"supervision:{area}:{TODAY.year}" for area in (COUNTY, "999002")]
    with Session(db.engine) as other:
        assert [other.scalar(free, {"name": name}) for name in names] == [False, True]
