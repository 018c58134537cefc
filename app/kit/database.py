"""Database ground: base class, column types, and SQLite set up so that no writer loses to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    and_,
    event,
    false,
    func,
    or_,
    select,
    text,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column

from app.kit import clock
from app.kit.states import LabelledEnum

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the house. The naming convention lets SQLite's batch migrations find constraints."""

    metadata = MetaData(naming_convention=NAMING)


@event.listens_for(Table, "after_parent_attach")
def _never_reuse_ids(table: Table, _metadata: MetaData) -> None:
    """A deleted row's number is never given out again: the audit trail still speaks of it."""
    table.dialect_options["sqlite"]["autoincrement"] = True


# Digits of the first number that no BIGINT holds.
LONGEST_ID = 19
# SQLite only counts up by itself on a column typed exactly INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")
Id = Annotated[int, mapped_column(BigId, primary_key=True)]
# Codes of areas and offices. A linguistic collation sorts ':' before the digits, and :func:`within` would
# find nothing in an area whose code ends in 9: PostgreSQL keeps and compares codes byte by byte, as SQLite does.
CodeType = String(12).with_variant(String(12, collation="C"), "postgresql")
AreaCode = Annotated[str, mapped_column(CodeType)]


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python, naive UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def enum_type(enum: type[LabelledEnum], name: str = "") -> SqlEnum:
    """A state column: its English keys as text, held by a CHECK constraint.

    Two columns of one enum in one table need a ``name`` each.
    """
    name = name or "".join("_" + c.lower() if c.isupper() else c for c in enum.__name__).lstrip("_")
    return SqlEnum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


class Stamped:
    """When the row was made and last changed."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now, onupdate=clock.now)


class Versioned:
    """Optimistic locking: a save from a stale form is refused instead of overwriting a colleague's work."""

    version: Mapped[int] = mapped_column(Integer, default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


def row_id(value: str) -> int | None:
    """The number of a row (or its version) as a request sent it; None where no column holds such a number."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < LONGEST_ID else None


def row_ids(values: Iterable[str]) -> list[int]:
    """The numbers of rows among what a request sent."""
    return [number for value in values if (number := row_id(value)) is not None]


_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def read_only() -> Iterator[None]:
    """Transactions begun inside take no write lock on SQLite (a GET request)."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def set_reading(value: bool) -> None:
    """The request's edge says whether this request only reads."""
    _reading.set(value)


_hurried: ContextVar[bool] = ContextVar("hurried", default=False)
LOCK_TIMEOUT = 15


def set_hurried(value: bool) -> None:
    """The request's edge says that somebody waits at a screen: no lock is waited for longer than
    :data:`LOCK_TIMEOUT` seconds."""
    _hurried.set(value)


def hold(session: Session, name: str) -> None:
    """Until the transaction ends, nobody else holds this name: who checks and then writes under it is alone.

    On SQLite every writer holds the database's only write lock already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def work_alone(session: Session, office: str) -> None:
    """Until the transaction ends, no second import of this office; waits for the one that runs.

    SQLite has one writer at a time as it is.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL lock_timeout = 0"))
    hold(session, f"lvzhi import {office}")


def prepare_engine(engine: Engine) -> None:
    """SQLite loses updates silently as it comes: take the write lock at BEGIN, wait for it, sync fully.

    The driver's own transaction handling is switched off and ``BEGIN IMMEDIATE`` emitted for every
    transaction that may write; WAL lets readers go on meanwhile; ``synchronous=FULL`` because with NORMAL
    an acknowledged write may still be lost at power failure.
    """
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "begin")
        def limit_waiting(connection: Any) -> None:
            if _hurried.get():
                with connection.connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}s'")

    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA busy_timeout=15000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.execute("PRAGMA mmap_size=268435456")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")


def one_snapshot(session: Session) -> None:
    """Every statement of the transaction about to begin sees the database as it was at its first one.

    SQLite's always do; PostgreSQL's see what others have committed by then, and two readings need not agree.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def within(column: Any, prefixes: Iterable[str]) -> ColumnElement[bool]:
    """``column`` begins with one of ``prefixes``, written as ranges so that an index serves it.

    Area codes nest by prefix; the empty prefix is the whole country.
    """
    ranges: list[ColumnElement[bool]] = []
    for prefix in prefixes:
        if prefix == "":
            return column.is_not(None)  # type: ignore[no-any-return]
        ranges.append(and_(column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1)))
    return or_(*ranges) if ranges else false()


T = TypeVar("T")


def chunks(ids: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """The ids, or keys, in pieces of which a statement can name each: SQLite takes 32,766 values, and short lists plan well."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def reserve_ids(session: Session, table: Table, count: int) -> list[int]:
    """``count`` unused primary keys of ``table`` for rows about to be inserted in bulk.

    On PostgreSQL they are drawn from the sequence; on SQLite the writer holds the only write lock, so
    counting on from the highest is safe.
    """
    if count <= 0:
        return []
    if session.get_bind().dialect.name == "postgresql":
        sequence = f"{table.name}_id_seq"
        rows = session.execute(
            text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :count)"),
            {"sequence": sequence, "count": count},
        )
        return [int(row[0]) for row in rows]
    given_out = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    highest = max(
        session.scalar(select(func.max(table.c.id))) or 0,
        session.scalar(given_out, {"name": table.name}) or 0,
    )
    return list(range(highest + 1, highest + 1 + count))


def analyse(session: Session) -> None:
    """Refreshes the planner's statistics; a missing ANALYZE has cost plans thousands of times their time."""
    if session.get_bind().dialect.name == "sqlite":
        # A sample of each index will do, and does not read the whole file into memory.
        session.execute(text("PRAGMA analysis_limit=1000"))
    session.execute(text("ANALYZE"))
