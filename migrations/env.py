"""Alembic's environment: migrations run on the application's own engine, SQLite in batch mode."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from app.kit.database import UtcDateTime
from app.suggestions.models.similar import is_index_part

config = context.config
database = current_app.extensions["migrate"].db


def _skip_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """No revision is written when nothing has changed."""
    if getattr(config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def _render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """A revision stands by itself: our own types are written as what they are in the database."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def _include_name(name: str | None, _kind: str, _parents: Any) -> bool:
    """What a database makes for itself, written by hand in a revision, is no concern of the models."""
    return not is_index_part(name)


def _run_offline() -> None:
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        target_metadata=database.metadata,
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_online() -> None:
    options = {
        **current_app.extensions["migrate"].configure_args,
        "process_revision_directives": _skip_empty,
        "render_item": _render_item,
        "include_name": _include_name,
    }
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Batch mode rebuilds tables; references to them must not fire meanwhile.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
        context.configure(connection=connection, target_metadata=database.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    _run_offline()
else:
    _run_online()
