"""Suggestions and what of them is public: which are, which wait, which are kept back (0-12)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.queries import MISSING
from app.suggestions.models import Publication, Suggestion, SuggestionReply
from app.suggestions.policy import PUBLISH_SUGGESTIONS
from app.suggestions.publication_rules import PublicationStanding, without_numbers
from app.suggestions.states import ENDED, PublicChoice, PublishedPart, ReplyState

# What numbers and addresses that are taken out of a title may be made of.
_MASKED = re.compile(r"[0-9A-Za-z@.+_-]")
_LOOKED_THROUGH = 2000


def may_be_public() -> ColumnElement[bool]:
    """SQL: neither secret nor against the proposer's wish."""
    return and_(~Suggestion.confidential, Suggestion.public_choice != PublicChoice.NONE)


def is_published(part: PublishedPart) -> ColumnElement[bool]:
    """SQL: this part of it is public, here or elsewhere."""
    return exists().where(
        Publication.suggestion_id == Suggestion.id, Publication.part == part, Publication.ended_on.is_(None)
    )


def publication_standing() -> ColumnElement[Any]:
    """SQL: kept back; public when both process and result are; else waiting."""
    both = and_(is_published(PublishedPart.PROCESS), is_published(PublishedPart.RESULT))
    return case(
        (~may_be_public(), PublicationStanding.KEPT.value),
        (both, PublicationStanding.PUBLISHED.value),
        else_=PublicationStanding.WAITING.value,
    )


def ended_in_reach(actor: Actor) -> ColumnElement[bool]:
    """SQL: ended suggestions of the areas whose office the actor publishes for."""
    return and_(Suggestion.state.in_(ENDED), within(Suggestion.area_code, actor.areas(PUBLISH_SUGGESTIONS)))


def count_standings(actor: Actor) -> dict[PublicationStanding, int]:
    """How many ended suggestions stand where: the office's share of “every one”."""
    standing = publication_standing().label("standing")
    rows = select(standing).where(ended_in_reach(actor)).subquery()
    counted = select(rows.c.standing, func.count()).group_by(rows.c.standing)
    found = {PublicationStanding(row[0]): row[1] for row in db.session.execute(counted)}
    return {standing: found.get(standing, 0) for standing in PublicationStanding}


def list_publications(suggestion_id: int) -> list[Publication]:
    """What was made public of a suggestion, what was taken down as well."""
    wanted = select(Publication).where(Publication.suggestion_id == suggestion_id)
    return list(db.session.scalars(wanted.order_by(Publication.on, Publication.id)))


def list_shown_here(suggestion_ids: Sequence[int]) -> dict[int, dict[PublishedPart, Publication]]:
    """Per suggestion the parts that are on the public page of this system."""
    wanted = select(Publication).where(
        Publication.suggestion_id.in_(suggestion_ids),
        Publication.medium == "",
        Publication.ended_on.is_(None),
    )
    found: dict[int, dict[PublishedPart, Publication]] = {}
    for row in db.session.scalars(wanted):
        found.setdefault(row.suggestion_id, {})[row.part] = row
    return found


def get_visible_publication(actor: Actor, publication_id: int) -> Publication:
    """The record; NotFound outside the areas the actor publishes for."""
    found = db.session.scalar(
        select(Publication)
        .join(Suggestion, Suggestion.id == Publication.suggestion_id)
        .where(
            Publication.id == publication_id,
            within(Suggestion.area_code, actor.areas(PUBLISH_SUGGESTIONS)),
        )
        .options(joinedload(Publication.suggestion))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def reply_text(suggestion_id: int) -> str:
    """What the latest signed letter says; of several lead units each one's."""
    latest = (
        select(func.max(SuggestionReply.round))
        .where(SuggestionReply.suggestion_id == suggestion_id, SuggestionReply.state == ReplyState.SIGNED)
        .scalar_subquery()
    )
    wanted = (
        select(SuggestionReply.body)
        .where(
            SuggestionReply.suggestion_id == suggestion_id,
            SuggestionReply.state == ReplyState.SIGNED,
            SuggestionReply.round == latest,
        )
        .order_by(SuggestionReply.id)
    )
    return "\n\n".join(db.session.scalars(wanted))


def search_text(q: str) -> ColumnElement[bool]:
    """SQL: the title, or the text, as either is shown in public, holds these words."""
    shown = select(Publication.suggestion_id).where(
        Publication.medium == "",
        Publication.ended_on.is_(None),
        Publication.redacted.contains(q, autoescape=True),
    )
    title = Suggestion.title.contains(q, autoescape=True)
    if _MASKED.search(q):
        # A number that is taken out of the title is not found out by asking for it piece by piece.
        title = Suggestion.id.in_(_titles_showing(q, title))
    return or_(title, Suggestion.id.in_(shown))


def _titles_showing(q: str, holds: ColumnElement[bool]) -> list[int]:
    public = exists().where(
        Publication.suggestion_id == Suggestion.id, Publication.medium == "", Publication.ended_on.is_(None)
    )
    wanted = select(Suggestion.id, Suggestion.title).where(holds, public)
    rows = db.session.execute(wanted.order_by(Suggestion.id.desc()).limit(_LOOKED_THROUGH))
    return [row.id for row in rows if q.casefold() in without_numbers(row.title).casefold()]


def list_chosen(actor: Actor, chosen: Select[Any] | Sequence[int], most: int) -> list[Suggestion]:
    """Ended suggestions in reach among chosen numbers, or those a list's statement finds."""
    ids = chosen.with_only_columns(Suggestion.id) if isinstance(chosen, Select) else list(chosen)[:most]
    wanted = select(Suggestion).where(ended_in_reach(actor), Suggestion.id.in_(ids))
    return list(db.session.scalars(wanted.order_by(Suggestion.id).limit(most)))
