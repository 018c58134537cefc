"""The audit trail: every change is an event in a hash chain per root area.

An event says who, when, from which address and request, did what (``source:subject:action``) to which
record, with the values before and after. Each event's hash covers its content and the hash before it, so
that a changed, removed or inserted event is found by :func:`verify`. The chain's root is the county (the
first six digits of the area code): counties do not wait for each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, and_, event, func, insert, inspect, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit import clock
from app.kit.authorisation import Actor, operator
from app.kit.database import Base, CodeType, Id, UtcDateTime
from app.kit.i18n import _l

ROOT_DIGITS = 6
GENESIS = "0" * 64


class AuditEvent(Base):
    """One event of the trail. Rows are only ever inserted."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("uq_audit_event_chain_seq", "chain", "seq", unique=True),
        Index("ix_audit_event_subject", "subject_kind", "subject_id"),
        Index("ix_audit_event_actor", "actor_id", "at"),
        Index("ix_audit_event_at", "at"),
    )

    id: Mapped[Id]
    chain: Mapped[str] = mapped_column(String(6))
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(40))
    tag: Mapped[str] = mapped_column(String(120))
    area_code: Mapped[str] = mapped_column(CodeType)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    subject_label: Mapped[str] = mapped_column(String(200))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditChain(Base):
    """Head of a chain; its row lock makes writers of one county queue, and its count shows a cut-off tail."""

    __tablename__ = "audit_chain"

    chain: Mapped[str] = mapped_column(String(6), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, default=0)
    head: Mapped[str] = mapped_column(String(64), default=GENESIS)
    algorithm: Mapped[str] = mapped_column(String(10), default="sha256")


@dataclass(frozen=True)
class Happening:
    """An event before it has its place in the chain."""

    tag: str
    area_code: str
    subject_kind: str
    subject_id: int | None
    subject_label: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class Audited:
    """Mixin: changes of this model made through the session are recorded by themselves.

    A model names its kind in ``audit_kind`` and answers ``audit_area`` (the area code whose chain it
    belongs to) and ``audit_label``; columns in ``audit_hidden`` are recorded as changed, never by value.
    """

    audit_kind: str
    audit_hidden: frozenset[str] = frozenset()

    @property
    def audit_area(self) -> str:
        return str(getattr(self, "scope_code", None) or getattr(self, "area_code", None) or "")

    @property
    def audit_label(self) -> str:
        return str(getattr(self, "name", "") or getattr(self, "title", "") or "")

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        """The record in whose history this change shows; a detail row answers with its owner."""
        return self.audit_kind, getattr(self, "id", None)


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Changes inside are recorded under this actor."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def set_actor(actor: Actor | None) -> None:
    """The request's edge says who acts in this request."""
    _actor.set(actor)


def acting() -> Actor:
    """Who is acting; the operator where nobody said."""
    return _actor.get() or operator("system", "system")


_SKIPPED = frozenset({"created_at", "updated_at", "version", "id"})


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, str | int | float | bool | list | dict):
        return value
    return str(value)


def plain_values(values: dict[str, Any]) -> dict[str, Any]:
    """Values as they are kept in the trail: JSON, empty ones left out."""
    return {key: _plain(value) for key, value in values.items() if value not in (None, "")}


def _column_values(instance: Audited) -> dict[str, Any]:
    state = inspect(instance)
    hidden = instance.audit_hidden
    values = {}
    for attribute in state.mapper.column_attrs:
        key = attribute.key
        if key in _SKIPPED:
            continue
        value = state.dict.get(key)
        if value is not None and value != "":
            values[key] = "***" if key in hidden else _plain(value)
    return values


def _changed_values(instance: Audited) -> tuple[dict[str, Any], dict[str, Any]]:
    state = inspect(instance)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for attribute in state.mapper.column_attrs:
        key = attribute.key
        history = state.attrs[key].load_history()
        if key in _SKIPPED or not history.has_changes():
            continue
        if key in instance.audit_hidden:
            before[key] = after[key] = "***"
            continue
        before[key] = _plain(history.deleted[0]) if history.deleted else None
        after[key] = _plain(history.added[0]) if history.added else None
        if before[key] == after[key]:
            del before[key], after[key]
    return before, after


def _collect(session: Session, _context: Any, _instances: Any) -> None:
    pending: list[tuple[str, Audited, dict[str, Any] | None, dict[str, Any] | None]]
    # What still waits belongs to a flush that failed: it was rolled back and never happened.
    pending = session.info["audit_pending"] = []
    for instance in session.new:
        if isinstance(instance, Audited):
            pending.append(("create", instance, None, None))
    for instance in session.dirty:
        if isinstance(instance, Audited) and session.is_modified(instance):
            before, after = _changed_values(instance)
            if after:
                pending.append(("update", instance, before, after))
    for instance in session.deleted:
        if isinstance(instance, Audited):
            pending.append(("delete", instance, _column_values(instance), None))


def _write(session: Session, _context: Any) -> None:
    pending = session.info.pop("audit_pending", [])
    if not pending:
        return
    source = acting().source
    happenings = []
    for verb, instance, before, after in pending:
        kind, subject_id = instance.audit_subject
        happenings.append(
            Happening(
                tag=f"{source}:{instance.audit_kind}:{verb}",
                area_code=instance.audit_area,
                subject_kind=kind,
                subject_id=subject_id,
                subject_label=instance.audit_label,
                before=before,
                after=_column_values(instance) if verb == "create" else after,
            )
        )
    record(session, happenings)


def install(session_factory: Any) -> None:
    """Makes a session record the changes of audited models."""
    event.listen(session_factory, "before_flush", _collect)
    event.listen(session_factory, "after_flush", _write)


def digest(algorithm: str, row: dict[str, Any]) -> str:
    """Hash of an event's content and of the event before it (SHA-256, or SM3 where the office asks)."""
    content = json.dumps(
        [
            row["chain"],
            row["seq"],
            row["at"].isoformat(),
            row["actor_id"],
            row["actor_name"],
            row["address"],
            row["request_id"],
            row["tag"],
            row["area_code"],
            row["subject_kind"],
            row["subject_id"],
            row["subject_label"],
            row["before"],
            row["after"],
            row["previous_hash"],
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.new(algorithm, content.encode()).hexdigest()


def record(session: Session, happenings: Sequence[Happening], actor: Actor | None = None) -> None:
    """Appends events to their chains, in the caller's transaction."""
    who = actor or acting()
    at = clock.now()
    by_chain: dict[str, list[Happening]] = {}
    for happening in happenings:
        by_chain.setdefault(happening.area_code[:ROOT_DIGITS], []).append(happening)
    connection = session.connection()
    for chain in sorted(by_chain):
        head = _lock_chain(connection, chain)
        seq, previous, algorithm = head
        rows = []
        for happening in by_chain[chain]:
            seq += 1
            row: dict[str, Any] = {
                "chain": chain,
                "seq": seq,
                "at": at,
                "actor_id": who.user_id,
                "actor_name": who.name[:80],
                "address": who.address,
                "request_id": who.request_id,
                "tag": happening.tag,
                "area_code": happening.area_code,
                "subject_kind": happening.subject_kind,
                "subject_id": happening.subject_id,
                "subject_label": happening.subject_label[:200],
                "before": happening.before,
                "after": happening.after,
                "previous_hash": previous,
            }
            row["hash"] = previous = digest(algorithm, row)
            rows.append(row)
        for start in range(0, len(rows), 2000):
            connection.execute(insert(AuditEvent), rows[start : start + 2000])
        connection.execute(update(AuditChain).where(AuditChain.chain == chain).values(seq=seq, head=previous))


def _lock_chain(connection: Any, chain: str) -> tuple[int, str, str]:
    wanted = select(AuditChain.seq, AuditChain.head, AuditChain.algorithm).where(AuditChain.chain == chain)
    row = connection.execute(wanted.with_for_update()).first()
    if row is None:
        values = {"chain": chain, "seq": 0, "head": GENESIS, "algorithm": _algorithm}
        if connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as pg_insert

            connection.execute(pg_insert(AuditChain).values(**values).on_conflict_do_nothing())
        else:
            connection.execute(insert(AuditChain).values(**values))
        row = connection.execute(wanted.with_for_update()).one()
    return row.seq, row.head, row.algorithm


_algorithm = "sha256"


def use_algorithm(name: str) -> None:
    """Digest for chains begun from now on: ``sha256`` or ``sm3``; a chain keeps the one it began with."""
    global _algorithm
    hashlib.new(name)
    _algorithm = name


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold."""

    chain: str
    seq: int
    reason: Any


def verify(session: Session) -> tuple[int, list[Break]]:
    """Reads every chain from its beginning: how many events hold, and the first break of each chain."""
    checked = 0
    breaks: list[Break] = []
    table = AuditEvent.__table__
    # Others go on writing meanwhile, and on PostgreSQL every statement sees what is committed by then: first the
    # events' chains, then the heads, then of each chain the events up to that head.
    chains = set(session.scalars(select(AuditEvent.chain).distinct()))
    wanted = select(AuditChain.chain, AuditChain.seq, AuditChain.head, AuditChain.algorithm)
    heads = {head.chain: head for head in session.execute(wanted)}
    for chain in sorted(set(heads) | chains):
        if chain not in heads:
            breaks.append(Break(chain, 1, _l("这条链的链头被删除")))
            continue
        head = heads[chain]
        found = _first_break(
            head,
            session.execute(
                select(table)
                .where(table.c.chain == chain, table.c.seq <= head.seq)
                .order_by(table.c.seq)
                .execution_options(yield_per=2000)
            ).mappings(),
        )
        checked += found[0]
        broken = found[1] or _event_beyond_head(session, chain)
        if broken is not None:
            breaks.append(broken)
    return checked, breaks


def _event_beyond_head(session: Session, chain: str) -> Break | None:
    """An event somebody put behind the last one; head and events are read in one statement, at one moment."""
    last = select(func.max(AuditEvent.seq)).where(AuditEvent.chain == chain).scalar_subquery()
    row = session.execute(select(AuditChain.seq, last).where(AuditChain.chain == chain)).one_or_none()
    if row is None or (row[1] or 0) <= row[0]:
        return None
    return Break(chain, row[0] + 1, _l("第 %(seq)s 条记录被改动", seq=row[0] + 1))


def _first_break(head: Any, rows: Iterable[Any]) -> tuple[int, Break | None]:
    seq, previous = 0, GENESIS
    for row in rows:
        seq += 1
        if row["seq"] != seq:
            return seq - 1, Break(head.chain, seq, _l("第 %(seq)s 条记录被删除或次序被改动", seq=seq))
        if row["previous_hash"] != previous or digest(head.algorithm, dict(row)) != row["hash"]:
            return seq - 1, Break(head.chain, seq, _l("第 %(seq)s 条记录被改动", seq=seq))
        previous = row["hash"]
    if seq != head.seq or previous != head.head:
        return seq, Break(head.chain, seq + 1, _l("第 %(seq)s 条之后的记录被删除", seq=seq))
    return seq, None


def history_of(
    session: Session, kind: str, subject_id: int, limit: int = 50, also: Sequence[tuple[str, int]] = ()
) -> list[AuditEvent]:
    """The latest events about one record, and about others (kind, number) that belong to it, newest first."""
    about = [
        and_(AuditEvent.subject_kind == kind, AuditEvent.subject_id == number)
        for kind, number in [(kind, subject_id), *also]
    ]
    return list(
        session.scalars(select(AuditEvent).where(or_(*about)).order_by(AuditEvent.id.desc()).limit(limit))
    )
