"""Who is told of the steps of a suggestion: its proposers, the units that have it, the office's staff."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.extensions import db
from app.notices.operations import tell
from app.notices.queries import list_staff
from app.notices.states import NoticeKind
from app.stations.queries.transfers import users_of_unit
from app.suggestions.models import Suggestion, SuggestionStep
from app.suggestions.queries.clocks import list_assigners
from app.suggestions.states import CosignState


def proposers(suggestion: Suggestion) -> list[int]:
    """Persons who lead it or have signed it too."""
    signed = [row.mandate.person_id for row in suggestion.cosigners if row.state is CosignState.CONFIRMED]
    return list(dict.fromkeys([suggestion.lead_mandate.person_id, *signed]))


def assigners(area_code: str) -> list[int]:
    """Users who hand suggestions over: the government's office of the area, and its staff."""
    return sorted({*list_assigners(area_code), *list_staff(area_code)})


def _tell(suggestion: Suggestion, what: str, title: Any, body: Any, **whom: Iterable[int]) -> None:
    tell(
        key=f"suggestion:{suggestion.id}:{what}",
        kind=NoticeKind.SUGGESTION,
        area_code=suggestion.area_code,
        title=title,
        body=body,
        url=f"/suggestions/{suggestion.id}",
        **whom,
    )


def tell_proposers(suggestion: Suggestion, step: SuggestionStep, title: Any, body: Any = "") -> None:
    """Tells those who signed; once for each step, however often the request is sent."""
    _tell(suggestion, _name(step, "proposers"), title, body, person_ids=proposers(suggestion))


def tell_lead(suggestion: Suggestion, step: SuggestionStep, title: Any, body: Any = "") -> None:
    """Tells the leading proposer alone."""
    _tell(suggestion, _name(step, "lead"), title, body, person_ids=[suggestion.lead_mandate.person_id])


def tell_unit(suggestion: Suggestion, step: SuggestionStep, unit_id: int, title: Any, body: Any = "") -> None:
    """Tells the accounts of a unit."""
    _tell(suggestion, _name(step, f"unit:{unit_id}"), title, body, user_ids=users_of_unit(unit_id))


def tell_assigners(suggestion: Suggestion, step: SuggestionStep, title: Any, body: Any = "") -> None:
    """Tells who hands over next."""
    _tell(suggestion, _name(step, "assigners"), title, body, user_ids=assigners(suggestion.area_code))


def _name(step: SuggestionStep, audience: str) -> str:
    """One step is told in different words to different people, and one account may be several of them."""
    if step.id is None:
        db.session.flush()
    return f"step:{step.id}:{audience}"
