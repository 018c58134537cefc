"""Objects around ended suggestions: publication, selection, the special fund; and rows enough to fill their lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from app.extensions import db
from app.registry.models import Mandate
from app.suggestions.models import (
    ExcellentSuggestion,
    FundAllocation,
    Publication,
    Suggestion,
    SuggestionFund,
)
from app.suggestions.states import ExcellenceKind, Occasion, PublishedPart, SuggestionState
from tests.world import COUNTY, QINGSHAN

DAY = date(2025, 3, 1)


def _ended(area: str, mandate: Mandate, number: str, on: date = DAY) -> Suggestion:
    return Suggestion(
        office_code=area[:6],
        area_code=area,
        number=number,
        title=f"办结-{number}",
        state=SuggestionState.CONCLUDED,
        lead_mandate=mandate,
        raised_on=on,
        occasion=Occasion.BETWEEN_SESSIONS,
    )


def _around(suggestion: Suggestion, year: int) -> tuple[Publication, ExcellentSuggestion, FundAllocation]:
    area = suggestion.area_code
    fund = SuggestionFund(area_code=area, year=year, total_fen=100)
    criteria = dict.fromkeys(
        ("no_project_money", "small_sum", "hard_to_raise", "vital_interest", "urgent"), True
    )
    return (
        Publication(suggestion=suggestion, part=PublishedPart.PROCESS, on=DAY),
        ExcellentSuggestion(suggestion=suggestion, kind=ExcellenceKind.WELL_MADE, year=2025),
        FundAllocation(fund=fund, suggestion=suggestion, amount_fen=1, on=DAY, **criteria),
    )


def keep_publicity(maker: Any, place: str, area: str, mandate: Mandate) -> None:
    """A published, selected and paid suggestion at a place."""
    suggestion = _ended(area, mandate, f"SP-{place}")
    year = 2000 + len(maker.things.get("fund", ()))
    publication, excellent, allocation = rows = _around(suggestion, year)
    db.session.add_all(rows)
    db.session.flush()
    maker.keep("publication", place, publication_id=publication.id)
    maker.keep("excellent", place, excellent_id=excellent.id)
    maker.keep("allocation", place, allocation_id=allocation.id)
    maker.keep("public_suggestion", place, suggestion_id=suggestion.id)
    # A township sees its county's fund: its suggestions are paid from it.
    shown = (area,) if len(area) == 6 else ()
    maker.add_seen("fund", place, area, shown, fund_id=allocation.fund_id)


def publicity_crowd(mandate: Mandate, n: int) -> Iterable[Any]:
    """One more of each, in another township."""
    suggestion = _ended(QINGSHAN, mandate, f"众SP{n}", date(2024, 1, 1) + timedelta(days=n))
    yield Publication(suggestion=suggestion, part=PublishedPart.PROCESS, on=DAY)
    yield ExcellentSuggestion(suggestion=suggestion, kind=ExcellenceKind.WELL_MADE, year=2025)
    yield SuggestionFund(area_code=COUNTY, year=2100 + n, total_fen=100)
