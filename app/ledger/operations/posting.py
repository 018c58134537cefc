"""Posting facts to the ledger, and comparing the ledger with its sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from app.extensions import db
from app.kit.database import reserve_ids
from app.ledger.models import DutyRecord
from app.ledger.sources import COLUMNS, SOURCES

_KEY = ("source_id", "mandate_id", "kind")
_VALUES = ("happened_on", "quantity", "part", "state", "recorded_by")
_CHUNK = 500
_WINDOW = 1000


@dataclass(frozen=True)
class Drift:
    """How the rows of one source kind differ from what its sources say."""

    source_kind: str
    missing: int
    surplus: int
    different: int

    @property
    def total(self) -> int:
        return self.missing + self.surplus + self.different


def post(source_kind: str, source_ids: Sequence[int]) -> None:
    """Brings the ledger rows of these sources in line with them, in the caller's transaction.

    Called by every operation that makes, corrects or withdraws a fact, after its flush.
    """
    db.session.flush()
    for start in range(0, len(source_ids), _CHUNK):
        ids = source_ids[start : start + _CHUNK]
        _apply(*_differences(source_kind, ids))


def post_all(source_kind: str) -> None:
    """The same for every source of a kind (after an import)."""
    db.session.flush()
    for ids in _windows(source_kind):
        _apply(*_differences(source_kind, ids))


def _windows(source_kind: str) -> Iterator[Sequence[int]]:
    """All source numbers of a kind in runs, so that millions of rows are never held at once."""
    expected = SOURCES[source_kind].select_rows(None).subquery()
    posted = select(func.max(DutyRecord.source_id)).where(DutyRecord.source_kind == source_kind)
    last = max(db.session.scalar(select(func.max(expected.c.source_id))) or 0, db.session.scalar(posted) or 0)
    for start in range(1, last + 1, _WINDOW):
        yield list(range(start, min(start + _WINDOW, last + 1)))


def _expected(source_kind: str, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    statement = SOURCES[source_kind].select_rows(ids)
    for row in db.session.execute(statement):
        yield dict(zip(COLUMNS, row, strict=True))


def _differences(
    source_kind: str, ids: Sequence[int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[int]]:
    table = DutyRecord.__table__
    posted = select(
        table.c.id, *(table.c[name] for name in _KEY), *(table.c[name] for name in _VALUES)
    ).where(table.c.source_kind == source_kind, table.c.source_id.in_(ids))
    standing = {tuple(row[1:4]): (row[0], tuple(row[4:])) for row in db.session.execute(posted)}
    missing, different = [], []
    for row in _expected(source_kind, ids):
        found = standing.pop(tuple(row[name] for name in _KEY), None)
        values = tuple(row[name] for name in _VALUES)
        if found is None:
            missing.append(row)
        elif found[1] != values:
            different.append({"id": found[0], **dict(zip(_VALUES, values, strict=True))})
    return missing, different, [identity for identity, _values in standing.values()]


def _apply(missing: list[dict[str, Any]], different: list[dict[str, Any]], surplus: list[int]) -> None:
    table = DutyRecord.__table__
    for start in range(0, len(surplus), _CHUNK):
        db.session.execute(delete(DutyRecord).where(table.c.id.in_(surplus[start : start + _CHUNK])))
    if different:
        db.session.execute(update(DutyRecord), different)
    for start in range(0, len(missing), 5000):
        rows = missing[start : start + 5000]
        for row, identity in zip(rows, reserve_ids(db.session, table, len(rows)), strict=True):  # type: ignore[arg-type]
            row["id"] = identity
        db.session.execute(insert(DutyRecord), rows)


def reconcile(*, fix: bool = False) -> list[Drift]:
    """Rebuilds the ledger from its sources and compares; with ``fix`` puts right what differs."""
    drifts = []
    for kind in SOURCES:
        counts = [0, 0, 0]
        for ids in _windows(kind):
            missing, different, surplus = _differences(kind, ids)
            found = (len(missing), len(surplus), len(different))
            counts = [count + more for count, more in zip(counts, found, strict=True)]
            if fix:
                _apply(missing, different, surplus)
        if any(counts):
            drifts.append(Drift(kind, *counts))
    return drifts
