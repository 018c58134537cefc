"""What a handling unit may not do: beyond its area, after its days, out of its part, over somebody else's words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.extensions import db
from app.kit import clock
from app.suggestions.models import SuggestionClass
from app.suggestions.operations import replies
from app.suggestions.queries.replies import draft_of
from app.suggestions.states import (
    HandlingState,
    SuggestionState,
)
from tests.suggestions.building import build
from tests.suggestions.test_handling import LETTER, SIGNED
from tests.world import COUNTY, LINJIANG, QINGSHAN, World

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
