"""Suggestions of a year: replied, solved, satisfied, late; by lead unit."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.oversight.queries.suggestions import get_suggestions_report, suggestions_json
from app.registry.models import Area, HandlingUnit
from app.suggestions.models import Suggestion, SuggestionUnit
from app.suggestions.states import Occasion, ReplyClass, Satisfaction, SuggestionSource, UnitPart
from tests.world import COUNTY, World

A, B, SATISFIED = ReplyClass.A, ReplyClass.B, Satisfaction.SATISFIED
DUE, IN_TIME, LATE = date(2023, 6, 30), date(2023, 6, 30), date(2023, 7, 1)


def test_counts(session: Any, world: World) -> None:
    unit = HandlingUnit(area_code=COUNTY, name="县水利局")
    session.add(unit)
    session.flush()
    rows = (
        # raised, replied, class, satisfaction, marked solved, lead unit
        (date(2023, 1, 1), IN_TIME, A, SATISFIED, False, True),
        (date(2023, 12, 31), LATE, B, Satisfaction.DISSATISFIED, True, True),
        (date(2023, 5, 5), None, None, None, False, True),
        (date(2023, 5, 5), IN_TIME, B, SATISFIED, False, False),
        (date(2022, 12, 31), IN_TIME, A, SATISFIED, True, True),
    )
    for number, (raised, replied, reply_class, satisfaction, solved, led) in enumerate(rows):
        suggestion = Suggestion(
            office_code=COUNTY,
            area_code=COUNTY,
            number=f"J{number}",
            title="修桥",
            lead_mandate_id=world.mandates["C001"],
            raised_on=raised,
            occasion=Occasion.IN_SESSION,
            source=SuggestionSource.RECEPTION if number == 0 else SuggestionSource.OTHER,
            due_on=DUE,
            replied_on=replied,
            reply_class=reply_class,
            satisfaction=satisfaction,
            solved=solved,
        )
        session.add(suggestion)
        session.flush()
        part = UnitPart.LEAD if led else UnitPart.CO
        session.add(SuggestionUnit(suggestion_id=suggestion.id, unit_id=unit.id, part=part))
    session.flush()
    area = session.get_one(Area, COUNTY)
    assert suggestions_json(get_suggestions_report(area, 2023, date(2023, 7, 1))) == {
        "area": {"code": COUNTY, "name": "岳湖县"},
        "year": 2023,
        "total": 4,
        "replied": 3,
        "solved": 2,
        "satisfied": 2,
        "from_reception": 1,
        "by_lead_unit": {
            "县水利局": {"total": 3, "replied": 2, "late": 2, "solved": 2, "satisfied": 1, "rated": 2}
        },
    }
    # On the last day of the term nobody is late yet.
    on_time = get_suggestions_report(area, 2023, date(2023, 6, 30))
    assert on_time.by_lead_unit["县水利局"].late == 1
