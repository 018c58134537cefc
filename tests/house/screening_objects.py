"""A class with a suggestion of every place's deputy, in the hands of the unit whose accounts are tried at one place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from app.extensions import db
from app.kit import clock
from app.registry.models import HandlingUnit, Mandate
from app.suggestions.models import Suggestion, SuggestionClass, SuggestionUnit
from app.suggestions.states import HandlingState, Occasion, SuggestionState, UnitPart
from tests.world import UNITS

if TYPE_CHECKING:
    from tests.house.objects import Maker


def keep_screening(maker: Maker, place: str, area: str, mandate: Mandate) -> None:
    """The class is kept where its suggestion is."""
    from tests.house.objects import Thing

    own = place == "here"
    unit = db.session.get_one(HandlingUnit, maker.world.units[UNITS[0 if own else 1]])
    group = SuggestionClass(
        office_code=area[:6],
        area_code=area,
        number=f"L-{place}",
        title=f"类-{place}",
        formed_on=date(2025, 1, 9),
    )
    maker._save(group)
    member = Suggestion(
        office_code=area[:6],
        area_code=area,
        number=f"SC-{place}",
        title=f"同类建议-{place}",
        lead_mandate=mandate,
        raised_on=date(2025, 1, 9),
        occasion=Occasion.IN_SESSION,
        state=SuggestionState.ASSIGNED,
        assigned_on=date(2025, 1, 20),
        class_id=group.id,
        units=[
            SuggestionUnit(
                unit=unit, part=UnitPart.LEAD, state=HandlingState.SIGNED, pre_assigned_at=clock.now()
            )
        ],
    )
    maker._save(member)
    users = frozenset({"unit", "unit_head"}) if own else frozenset()
    maker.add("class", Thing(place, {"class_id": group.id}, area, frozenset({mandate.person_id}), users))


def screening_crowd(lead: Mandate, area: str, n: int) -> Iterator[Any]:
    """More of the same, for lists that must not ask more often where they are longer."""
    unit = HandlingUnit(area_code=area[:6], name=f"众预交办单位{n}")
    for state in (SuggestionState.SUBMITTED, SuggestionState.ACCEPTED):
        part = SuggestionUnit(unit=unit, part=UnitPart.LEAD, pre_assigned_at=clock.now())
        yield Suggestion(
            office_code=area[:6],
            area_code=area,
            number=None if state is SuggestionState.SUBMITTED else f"众SC{n}",
            title=f"众建议{state.value}{n}",
            lead_mandate=lead,
            raised_on=date(2025, 1, 9),
            submitted_on=date(2025, 1, 9),
            occasion=Occasion.IN_SESSION,
            state=state,
            units=[part] if state is SuggestionState.ACCEPTED else [],
        )
    yield SuggestionClass(
        office_code=area[:6], area_code=area, number=f"众L{n}", title=f"众类{n}", formed_on=date(2025, 1, 9)
    )
