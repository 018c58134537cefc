"""What the office screens: suggestions handed in, what helps to judge them, which numbers are next."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, func, select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.registry.models import Area, Mandate
from app.registry.queries import find_area
from app.registry.states import Level
from app.suggestions.models import Suggestion
from app.suggestions.numbers import number_prefix
from app.suggestions.policy import SCREEN_SUGGESTIONS
from app.suggestions.queries import visible_suggestions
from app.suggestions.queries.supervisors import committee_for as committee_by_field
from app.suggestions.states import Occasion, SuggestionState
from app.suggestions.suggestion_rules import rules_area, suggestion_rules


def to_screen(actor: Actor) -> ColumnElement[bool]:
    """SQL: handed in, in the actor's area, and not decided about."""
    return and_(visible_suggestions(actor, SCREEN_SUGGESTIONS), Suggestion.state == SuggestionState.SUBMITTED)


def count_to_screen(actor: Actor) -> int:
    """How many wait to be screened."""
    return db.session.scalar(select(func.count(Suggestion.id)).where(to_screen(actor))) or 0


def usual_session(suggestion: Suggestion) -> int:
    """The session it belongs to: as its proposer said, else the latest of the term that has one, else the first."""
    if suggestion.session_ordinal:
        return suggestion.session_ordinal
    term_id = select(Mandate.term_id).where(Mandate.id == suggestion.lead_mandate_id).scalar_subquery()
    latest = (
        select(func.max(Suggestion.session_ordinal))
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .where(Suggestion.office_code == suggestion.office_code, Mandate.term_id == term_id)
    )
    return db.session.scalar(latest) or 1


def prefix_of(suggestion: Suggestion, occasion: Occasion, session: int, on: date) -> str:
    """How the number of a suggestion begins, by the rules in force."""
    lead: Mandate = suggestion.lead_mandate
    rules = suggestion_rules(rules_area(suggestion.area_code, lead.level), on)
    pattern = rules.number_in_session if occasion is Occasion.IN_SESSION else rules.number_between
    area: Area | None = find_area(lead.area_code) if lead.level is Level.TOWNSHIP else None
    return number_prefix(
        pattern,
        area=area.name if area is not None else "",
        term=lead.term.ordinal,
        session=session,
        year=suggestion.raised_on.year,
    )


def committee_for(suggestion: Suggestion) -> str:
    """The committee in whose field its category lies (4-26), else the one that latest had a suggestion of the same
    category in this office; empty where none had."""
    if not suggestion.category:
        return ""
    by_field = committee_by_field(suggestion.area_code, suggestion.category, clock.today())
    if by_field:
        return by_field
    latest = (
        select(Suggestion.committee)
        .where(
            Suggestion.office_code == suggestion.office_code,
            Suggestion.category == suggestion.category,
            Suggestion.committee != "",
        )
        .order_by(Suggestion.id.desc())
        .limit(1)
    )
    return db.session.scalar(latest) or ""


def list_committees(office_code: str) -> list[str]:
    """Committees suggestions of this office were given to so far."""
    wanted = select(Suggestion.committee).where(
        Suggestion.office_code == office_code, Suggestion.committee != ""
    )
    return list(db.session.scalars(wanted.distinct().order_by(Suggestion.committee).limit(50)))
