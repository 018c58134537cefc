"""Supervision of a class: who reads what of it, and that it does not lose what it is about."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.errors import NotFound
from app.registry.models import Mandate
from app.suggestions.models import Suggestion, SuggestionClass, Supervision
from app.suggestions.queries.supervision import get_visible_supervision, shown_subjects_of
from app.suggestions.states import SuggestionState, SupervisorKind
from tests.suggestions.building import build
from tests.world import COUNTY, LINJIANG, QINGSHAN, World

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
