"""The words of every suggestion as pairs of characters, and the index over them that each database makes its own way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Table, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.database import Base, BigId

# What belongs to the index without being a table or an index of the models: alembic leaves it alone.
SEARCH_INDEX = "suggestion_fts"
SEARCH_VECTOR = "ix_suggestion_words_vector"
VECTOR = "array_to_tsvector(string_to_array(words, ' '))"


class SuggestionWords(Base):
    """Pairs of characters in a suggestion's title, facts and proposals, each once, with blanks between.

    Gone with its suggestion, whoever deletes that. On SQLite an FTS5 table follows by triggers, on PostgreSQL a
    GIN index over a tsvector; neither knows Chinese, and with pairs for words neither needs to.
    """

    __tablename__ = "suggestion_words"

    suggestion_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("suggestion.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    words: Mapped[str] = mapped_column(Text)


# No positions and no lengths: only which suggestion holds a pair is ever asked.
SQLITE = (
    """CREATE VIRTUAL TABLE suggestion_fts USING fts5(
        words, content='suggestion_words', content_rowid='suggestion_id',
        tokenize='unicode61 remove_diacritics 0', detail=none, columnsize=0)""",
    """CREATE TRIGGER suggestion_words_added AFTER INSERT ON suggestion_words BEGIN
        INSERT INTO suggestion_fts(rowid, words) VALUES (new.suggestion_id, new.words); END""",
    """CREATE TRIGGER suggestion_words_gone AFTER DELETE ON suggestion_words BEGIN
        INSERT INTO suggestion_fts(suggestion_fts, rowid, words)
        VALUES ('delete', old.suggestion_id, old.words); END""",
    """CREATE TRIGGER suggestion_words_changed AFTER UPDATE OF words ON suggestion_words BEGIN
        INSERT INTO suggestion_fts(suggestion_fts, rowid, words)
        VALUES ('delete', old.suggestion_id, old.words);
        INSERT INTO suggestion_fts(rowid, words) VALUES (new.suggestion_id, new.words); END""",
)
POSTGRESQL = (f"CREATE INDEX {SEARCH_VECTOR} ON suggestion_words USING gin ({VECTOR})",)


def is_index_part(name: str | None) -> bool:
    """Made by the statements above, not by the models: alembic compares models without it."""
    return name == SEARCH_VECTOR or bool(name and name.startswith(SEARCH_INDEX))


@event.listens_for(SuggestionWords.__table__, "after_create")
def _make_index(_table: Table, connection: Any, **_kw: Any) -> None:
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)


@event.listens_for(SuggestionWords.__table__, "before_drop")
def _drop_index(_table: Table, connection: Any, **_kw: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {SEARCH_INDEX}")
