"""The schema: one head, models equal to migrations on both databases, up and down again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app import create_app
from app.extensions import db
from app.suggestions.models.similar import SEARCH_INDEX, SEARCH_VECTOR, is_index_part

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bare(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Flask:
    """The application on a database without any table."""
    url = f"sqlite:///{tmp_path / 'bare.sqlite3'}"
    if database == "postgresql":
        server: Any = request.getfixturevalue("postgres_server")
        name = f"bare_{tmp_path.name.replace('-', '_')}"[:60].lower()
        server.psql(f'DROP DATABASE IF EXISTS "{name}";')
        server.psql(f'CREATE DATABASE "{name}";')
        url = server.get_uri(name).replace("postgresql://", "postgresql+psycopg://", 1)
    return create_app({"SQLALCHEMY_DATABASE_URI": url, "DATA_DIR": tmp_path, "SECRET_KEY": "tests"})


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def test_models_equal_migrations_and_every_step_goes_back(bare: Flask) -> None:
    with bare.app_context():
        upgrade()
        with db.engine.connect() as connection:
            ours = {"compare_type": True, "include_name": lambda name, *_rest: not is_index_part(name)}
            context = MigrationContext.configure(connection, opts=ours)
            assert compare_metadata(context, db.metadata) == []
            made = set(inspect(connection).get_table_names())
            written = "SELECT name FROM sqlite_master" if _is_sqlite() else "SELECT indexname FROM pg_indexes"
            assert {SEARCH_INDEX, SEARCH_VECTOR} & set(connection.scalars(text(written)))
        assert {table.name for table in db.metadata.sorted_tables} <= made
        downgrade(revision="base")
        with db.engine.connect() as connection:
            assert inspect(connection).get_table_names() == ["alembic_version"]
            assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 0
        db.engine.dispose()
