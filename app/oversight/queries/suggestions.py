"""How suggestions of a year stand: replied, solved, satisfied, late; by lead unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.kit.database import within
from app.registry.models import Area, HandlingUnit
from app.suggestions.models import Suggestion, SuggestionUnit
from app.suggestions.queries import counted, problem_solved, reply_late
from app.suggestions.states import GONE, Satisfaction, SuggestionSource, UnitPart


@dataclass(frozen=True)
class SuggestionCounts:
    """Numbers of suggestions. Solved: reply class A or marked solved. Late: replied after the deadline, or
    still open when it had passed. Rated: the deputy has given a word on the reply."""

    total: int = 0
    replied: int = 0
    late: int = 0
    solved: int = 0
    satisfied: int = 0
    rated: int = 0
    from_reception: int = 0


@dataclass(frozen=True)
class SuggestionsReport:
    """Suggestions raised in one year in an area."""

    area: Area
    year: int
    counts: SuggestionCounts
    by_lead_unit: Mapping[str, SuggestionCounts]


def _sums(as_of: date) -> list[Any]:
    conditions = {
        "total": Suggestion.id.is_not(None),
        "replied": Suggestion.replied_on.is_not(None),
        "late": reply_late(as_of),
        "solved": problem_solved(),
        "satisfied": Suggestion.satisfaction == Satisfaction.SATISFIED,
        "rated": Suggestion.satisfaction.is_not(None),
        "from_reception": Suggestion.source == SuggestionSource.RECEPTION,
    }
    return [
        func.coalesce(func.sum(case((conditions[field.name], 1), else_=0)), 0).label(field.name)
        for field in fields(SuggestionCounts)
    ]


def get_suggestions_report(area: Area, year: int, as_of: date) -> SuggestionsReport:
    """Counts of the suggestions raised in a calendar year, as they stand on ``as_of``."""
    raised = and_(
        Suggestion.raised_on.between(date(year, 1, 1), date(year, 12, 31)),
        within(Suggestion.area_code, [area.code]),
        counted(),
    )
    lead = aliased(SuggestionUnit)
    by_unit = db.session.execute(
        select(HandlingUnit.name, *_sums(as_of))
        .join(
            lead, and_(lead.unit_id == HandlingUnit.id, lead.part == UnitPart.LEAD, lead.state.not_in(GONE))
        )
        .join(Suggestion, Suggestion.id == lead.suggestion_id)
        .where(raised)
        .group_by(HandlingUnit.name)
        .order_by(HandlingUnit.name)
    )
    return SuggestionsReport(
        area=area,
        year=year,
        counts=SuggestionCounts(*map(int, db.session.execute(select(*_sums(as_of)).where(raised)).one())),
        by_lead_unit={row[0]: SuggestionCounts(*map(int, row[1:])) for row in by_unit},
    )


def suggestions_json(found: SuggestionsReport) -> dict[str, Any]:
    """As other offices' programs read it (``lvzhi report suggestions --format json``)."""
    counts = found.counts
    per_unit = ("total", "replied", "late", "solved", "satisfied", "rated")
    return {
        "area": {"code": found.area.code, "name": found.area.name},
        "year": found.year,
        "total": counts.total,
        "replied": counts.replied,
        "solved": counts.solved,
        "satisfied": counts.satisfied,
        "from_reception": counts.from_reception,
        "by_lead_unit": {
            name: {key: getattr(unit, key) for key in per_unit} for name, unit in found.by_lead_unit.items()
        },
    }
