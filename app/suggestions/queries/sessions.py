"""Before a session: what was done to make good suggestions, and who is to be told (4-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from app.activities.models import Activity
from app.activities.queries.activities import visible_activities
from app.activities.states import ActivityKind
from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.clock import local
from app.kit.database import within
from app.notices.models import Notice
from app.registry.models import Mandate
from app.registry.queries import in_office
from app.stations.models import Opinion
from app.stations.queries import visible_opinions
from app.suggestions.models import ExcellentSuggestion, Suggestion
from app.suggestions.queries import counted, visible_suggestions

YEAR = timedelta(days=365)
RESEARCH = (ActivityKind.FIELD_RESEARCH, ActivityKind.INSPECTION)


@dataclass(frozen=True)
class Checklist:
    """What the year before a session brought, and when its notice went out."""

    since: date
    training: int
    research: int
    opinions: int
    suggestions: int
    excellent: int
    notified_on: date | None
    notified: int


def notice_key(area_code: str) -> str:
    """How the notices of an area's sessions begin."""
    return f"session-notice:{area_code}:"


def list_to_notify(area_code: str, on: date) -> list[int]:
    """Persons in office in an area."""
    wanted = select(Mandate.person_id).where(in_office(on), within(Mandate.scope_code, [area_code]))
    return list(db.session.scalars(wanted.distinct().order_by(Mandate.person_id)))


def checklist(actor: Actor, area_code: str, today: date) -> Checklist:
    """Figures of the twelve months before today in an area."""
    since = today - YEAR
    held = [
        visible_activities(actor),
        within(Activity.area_code, [area_code]),
        Activity.held_on.between(since, today),
    ]
    heard = [
        visible_opinions(actor),
        within(Opinion.area_code, [area_code]),
        Opinion.received_on.between(since, today),
    ]
    raised = [visible_suggestions(actor), counted(), within(Suggestion.area_code, [area_code])]
    # All who are told at once are told under one key, but for the person at its end.
    last = db.session.scalar(
        select(Notice)
        .where(Notice.key.startswith(notice_key(area_code), autoescape=True))
        .order_by(Notice.id.desc())
        .limit(1)
    )
    return Checklist(
        since=since,
        training=_count(Activity.id, *held, Activity.kind == ActivityKind.STUDY),
        research=_count(Activity.id, *held, Activity.kind.in_(RESEARCH)),
        opinions=_count(Opinion.id, *heard),
        suggestions=_count(Suggestion.id, *raised, Suggestion.raised_on.between(since, today)),
        excellent=db.session.scalar(
            select(func.count(ExcellentSuggestion.id))
            .join(Suggestion, Suggestion.id == ExcellentSuggestion.suggestion_id)
            .where(*raised, ExcellentSuggestion.year >= today.year - 1)
        )
        or 0,
        notified_on=local(last.at).date() if last is not None else None,
        notified=_count(Notice.id, Notice.key.startswith(last.key.rpartition(":")[0], autoescape=True))
        if last is not None
        else 0,
    )


def _count(column: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count(column)).where(*conditions)) or 0
