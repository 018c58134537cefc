"""Selecting excellent suggestions (2-30, 4-18)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.suggestions.models import ExcellentSuggestion, Suggestion
from app.suggestions.policy import SELECT_EXCELLENT
from app.suggestions.states import ENDED, ExcellenceKind


def select_excellent(
    actor: Actor, suggestion: Suggestion, *, kind: ExcellenceKind, year: int, reason: str = ""
) -> ExcellentSuggestion:
    """A suggestion is chosen as well made, well handled or well supervised in a year."""
    authorise(actor, SELECT_EXCELLENT, suggestion.area_code)
    if suggestion.state not in ENDED:
        raise DomainError(_l("建议办结以后才能评选。"))
    if not suggestion.raised_on.year <= year <= clock.today().year:
        raise DomainError(_l("评选年份应在提出之年和今年之间。"), "year")
    twice = select(ExcellentSuggestion.id).filter_by(suggestion_id=suggestion.id, kind=kind, year=year)
    if db.session.scalar(twice) is not None:
        raise DomainError(_l("这件建议已经入选%(year)s年“%(kind)s”。", year=year, kind=kind.label), "kind")
    made = ExcellentSuggestion(suggestion=suggestion, kind=kind, year=year, reason=reason.strip())
    db.session.add(made)
    db.session.flush()
    return made


def select_many(actor: Actor, suggestions: Iterable[Suggestion], *, kind: ExcellenceKind, year: int) -> int:
    """Several at once, this year; those chosen already stay as they are. How many are new."""
    made = 0
    for suggestion in suggestions:
        twice = select(ExcellentSuggestion.id).filter_by(suggestion_id=suggestion.id, kind=kind, year=year)
        if db.session.scalar(twice) is None:
            select_excellent(actor, suggestion, kind=kind, year=year)
            made += 1
    return made


def give_reason(actor: Actor, excellent: ExcellentSuggestion, reason: str) -> ExcellentSuggestion:
    """Why it was chosen, for the booklet."""
    authorise(actor, SELECT_EXCELLENT, excellent.suggestion.area_code)
    excellent.reason = reason.strip()
    db.session.flush()
    return excellent


def remove_excellent(actor: Actor, excellent: ExcellentSuggestion) -> None:
    """Takes a selection back; the audit trail keeps it."""
    authorise(actor, SELECT_EXCELLENT, excellent.suggestion.area_code)
    db.session.delete(excellent)
    db.session.flush()
