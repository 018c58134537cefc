"""the index over the words of suggestions, which each database has in its own way

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

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
POSTGRESQL = (
    "CREATE INDEX ix_suggestion_words_vector ON suggestion_words "
    "USING gin (array_to_tsvector(string_to_array(words, ' ')))",
)


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if on_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("added", "gone", "changed"):
            op.execute(f"DROP TRIGGER suggestion_words_{name}")
        op.execute("DROP TABLE suggestion_fts")
    else:
        op.execute("DROP INDEX ix_suggestion_words_vector")
