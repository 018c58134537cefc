"""Classes of similar suggestions, their members, and what could still be put together (4-24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import Mandate
from app.registry.queries import MISSING
from app.suggestions.clusters import clusters
from app.suggestions.models import Suggestion, SuggestionClass, SuggestionUnit
from app.suggestions.policy import SCREEN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import visible_suggestions
from app.suggestions.states import SuggestionState

# What is being handled or will be; what has been answered stays by itself.
GROUPED = (SuggestionState.ACCEPTED, SuggestionState.ASSIGNED)
# How far back the finder looks, and at how many of them.
FINDER_DAYS = 540
FINDER_LIMIT = 3000
SHOWN = 30


def visible_classes(actor: Actor, action: Action = VIEW_SUGGESTIONS) -> ColumnElement[bool]:
    """SQL: classes of the actor's areas; deputies and units see those with a suggestion they see."""
    scope = within(SuggestionClass.area_code, actor.areas(action))
    if not actor.owns(action) and actor.unit_for(action) is None:
        return scope
    seen = select(Suggestion.class_id).where(
        Suggestion.class_id.is_not(None), visible_suggestions(actor, action)
    )
    return or_(scope, SuggestionClass.id.in_(seen))


def get_visible_class(actor: Actor, class_id: int, action: Action = VIEW_SUGGESTIONS) -> SuggestionClass:
    """The class; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(SuggestionClass).where(SuggestionClass.id == class_id, visible_classes(actor, action))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def members_of(found: SuggestionClass) -> list[Suggestion]:
    """What is in a class, by number, with proposers and units."""
    wanted = select(Suggestion).where(Suggestion.class_id == found.id)
    return _with_people(wanted)


def seen_members(actor: Actor, found: SuggestionClass) -> list[Suggestion]:
    """What of a class the actor may see: deputies and units only their own."""
    wanted = select(Suggestion).where(Suggestion.class_id == found.id, visible_suggestions(actor))
    return _with_people(wanted)


def list_for_class(actor: Actor, ids: Sequence[int]) -> list[Suggestion]:
    """Those of the chosen ones the actor may put into a class; NotFound where one is outside their area."""
    wanted = list(dict.fromkeys(ids))
    found = _with_people(
        select(Suggestion).where(Suggestion.id.in_(wanted), visible_suggestions(actor, SCREEN_SUGGESTIONS))
    )
    if len(found) != len(wanted):
        raise NotFound(MISSING)
    return found


def _with_people(wanted: Select[Any]) -> list[Suggestion]:
    rows = wanted.options(
        joinedload(Suggestion.lead_mandate).joinedload(Mandate.person),
        joinedload(Suggestion.units).joinedload(SuggestionUnit.unit),
    ).order_by(Suggestion.number, Suggestion.id)
    return list(db.session.scalars(rows).unique())


def find_alike(actor: Actor) -> list[list[Suggestion]]:
    """Groups of similar suggestions nobody has put together: the finder of 4-24, the largest first."""
    since = clock.today() - timedelta(days=FINDER_DAYS)
    rows = db.session.execute(
        select(Suggestion.id, Suggestion.title)
        .where(
            visible_suggestions(actor, SCREEN_SUGGESTIONS),
            Suggestion.state.in_(GROUPED),
            Suggestion.class_id.is_(None),
            Suggestion.raised_on >= since,
        )
        .order_by(Suggestion.id.desc())
        .limit(FINDER_LIMIT)
    ).all()
    groups = clusters((row.id, row.title) for row in rows)[:SHOWN]
    known = {one.id: one for one in list_for_class(actor, [one for group in groups for one in group])}
    return [sorted((known[one] for one in group), key=lambda one: one.id) for group in groups]


def alike_to_class(actor: Actor, found: SuggestionClass) -> list[Suggestion]:
    """Single ones whose title is like one in the class, or like the class's own."""
    members = members_of(found)
    taken = {one.id for one in members}
    since = clock.today() - timedelta(days=FINDER_DAYS)
    rows = db.session.execute(
        select(Suggestion.id, Suggestion.title)
        .where(
            visible_suggestions(actor, SCREEN_SUGGESTIONS),
            Suggestion.state.in_(GROUPED),
            Suggestion.class_id.is_(None),
            Suggestion.raised_on >= since,
            within(Suggestion.area_code, [found.area_code]),
        )
        .order_by(Suggestion.id.desc())
        .limit(FINDER_LIMIT)
    ).all()
    titles = [(0, found.title), *((one.id, one.title) for one in members)]
    groups = clusters([*titles, *((row.id, row.title) for row in rows)])
    own = {0, *taken}
    alike = [one for group in groups if own & set(group) for one in group if one not in own]
    return list_for_class(actor, alike[:SHOWN])
