"""Keeping the index in step: with every change made by the session, after imports, and nightly what slipped by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, event, exists, inspect, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapper

from app.extensions import db
from app.kit.database import chunks
from app.kit.intake.follow_ups import register_follow_up
from app.kit.jobs import register_chore
from app.suggestions.models import Suggestion, SuggestionWords
from app.suggestions.postings import SOURCE
from app.suggestions.similar.bigrams import bigrams

TEXTS = ("title", "body", "proposals")
# The longest suggestions are told apart by their beginnings; what lies beyond would only make the index slow.
INDEXED = 4000
_AT_ONCE = 2000


def words_of(title: str | None, body: str | None, proposals: str | None) -> str:
    """What the index keeps of a suggestion."""
    text = "\n".join((title or "", body or "", proposals or ""))
    return " ".join(bigrams(text[:INDEXED]))


def _upsert(connection: Any, rows: list[dict[str, Any]]) -> None:
    insert = pg_insert if connection.dialect.name == "postgresql" else sqlite_insert
    added = insert(SuggestionWords)
    same = added.on_conflict_do_update(
        index_elements=["suggestion_id"],
        set_={"words": added.excluded.words},
        # Written anew only where it differs: triggers and the index are what costs.
        where=SuggestionWords.words != added.excluded.words,
    )
    connection.execute(same, rows)


@event.listens_for(Suggestion, "after_insert")
def _added(_mapper: Mapper[Any], connection: Connection, target: Suggestion) -> None:
    words = words_of(target.title, target.body, target.proposals)
    _upsert(connection, [{"suggestion_id": target.id, "words": words}])


@event.listens_for(Suggestion, "after_update")
def _changed(mapper: Mapper[Any], connection: Connection, target: Suggestion) -> None:
    state = inspect(target)
    if any(state.attrs[name].history.has_changes() for name in TEXTS):
        _added(mapper, connection, target)


def reindex(ids: Iterable[int]) -> None:
    """Puts these suggestions into the index as they stand now; those deleted are out of it already."""
    columns = (Suggestion.id, Suggestion.title, Suggestion.body, Suggestion.proposals)
    for some in chunks(list(ids)):
        found = db.session.execute(select(*columns).where(Suggestion.id.in_(some)))
        rows = [{"suggestion_id": row.id, "words": words_of(*row[1:])} for row in found]
        if rows:
            _upsert(db.session.connection(), rows)


def index_missing() -> None:
    """What came into the register by another way than the session or an import."""
    last = 0
    while True:
        known = exists().where(SuggestionWords.suggestion_id == Suggestion.id)
        wanted = select(Suggestion.id).where(Suggestion.id > last, ~known).order_by(Suggestion.id)
        missing = list(db.session.scalars(wanted.limit(_AT_ONCE)))
        if not missing:
            return
        reindex(missing)
        last = missing[-1]


register_follow_up(SOURCE, reindex)
register_chore(index_missing)
