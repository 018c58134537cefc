"""Objects of what follows a reply, for the house the structural tests walk through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.extensions import db
from app.registry.models import HandlingUnit, Mandate
from app.suggestions.models import (
    FeedbackSlip,
    LookBack,
    LookBackItem,
    Promise,
    Suggestion,
    SuggestionUnit,
)
from app.suggestions.states import (
    HandlingState,
    Occasion,
    ReplyClass,
    Satisfaction,
    SuggestionState,
    UnitPart,
)
from tests.world import UNITS

DAY = date(2025, 5, 6)
GRADES = dict.fromkeys(("attitude", "handling", "result", "overall"), Satisfaction.SATISFIED)


def _answered(number: str, area: str, mandate: Mandate, unit: HandlingUnit) -> Suggestion:
    return Suggestion(
        office_code=area[:6],
        area_code=area,
        number=number,
        title=f"答复后的建议{number}",
        lead_mandate=mandate,
        raised_on=date(2025, 1, 9),
        occasion=Occasion.IN_SESSION,
        state=SuggestionState.REPLIED,
        assigned_on=date(2025, 1, 20),
        due_on=date(2025, 4, 20),
        replied_on=date(2025, 4, 1),
        reply_class=ReplyClass.B,
        units=[SuggestionUnit(unit=unit, part=UnitPart.LEAD, state=HandlingState.ANSWERED)],
    )


def _promise(suggestion: Suggestion, unit: HandlingUnit, area: str) -> Promise:
    return Promise(
        suggestion=suggestion,
        unit=unit,
        area_code=area,
        content="年内修好三公里灌渠",
        promised_on=date(2025, 4, 1),
        due_on=date(2025, 12, 1),
    )


def _campaign(area: str, title: str, suggestion: Suggestion) -> LookBack:
    item = LookBackItem(suggestion=suggestion)
    return LookBack(
        office_code=area[:6], area_code=area, title=title, opened_on=date(2025, 11, 1), items=[item]
    )


def keep_after_reply(maker: Any, place: str, area: str, mandate: Mandate) -> None:
    """An answered suggestion, a slip, a promise, a look-back: of the unit whose accounts are tried at one place."""
    from tests.house.objects import FIXED, Thing

    own = place == "here"
    unit = db.session.get_one(HandlingUnit, maker.world.units[UNITS[0 if own else 1]])
    suggestion = _answered(f"SA-{place}", area, mandate, unit)
    slip = FeedbackSlip(suggestion=suggestion, mandate=mandate, returned_on=DAY, **GRADES)
    promise = _promise(suggestion, unit, area)
    look_back = _campaign(area, f"回头看-{place}", suggestion)
    maker._save(suggestion, slip, promise, look_back)
    users = frozenset({"unit", "unit_head"}) if own else frozenset()
    persons = frozenset({mandate.person_id})
    for kind, args in (
        ("answered", {"suggestion_id": suggestion.id}),
        ("slip", {"slip_id": slip.id}),
        ("promise", {"promise_id": promise.id}),
    ):
        maker.add(kind, Thing(place, {**FIXED, **args}, area, persons, users))
    item = look_back.items[0]
    maker.keep("look_back", place, look_back_id=look_back.id, item_id=item.id)


def after_reply_crowd(mandate: Mandate, area: str, n: int) -> Iterator[Any]:
    """One more slip, promise, look-back with something looked at."""
    unit = HandlingUnit(area_code=area, name=f"众答复单位{n}")
    suggestion = _answered(f"众答复{n}", area, mandate, unit)
    yield suggestion
    yield FeedbackSlip(suggestion=suggestion, mandate=mandate, returned_on=DAY, **GRADES)
    yield _promise(suggestion, unit, area)
    yield _campaign(area, f"众回头看{n}", suggestion)
