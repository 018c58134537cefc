"""Writing many rows: ids drawn ahead, rows sent in bulk, parents before children, each change remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.kit import clock
from app.kit.audit import Happening
from app.kit.authorisation import Actor
from app.kit.database import Base, reserve_ids
from app.kit.errors import Conflict
from app.kit.i18n import _l
from app.kit.intake.spool import Spool

CHUNK = 2000
_LOOKED_AT = 500


@dataclass(frozen=True)
class BatchRecord:
    """Where a run is recorded: ``open`` makes the batch when the first row is written and gives its number;
    ``changes`` is the table that remembers rows as they were."""

    open: Callable[[], int]
    changes: Table


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Column values as JSON holds them, empty ones too: what undo puts back must be complete."""
    return {key: _as_json(value) for key, value in values.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def mark_column(table: Table) -> Any:
    """The column by which a change of a row shows; None where the table has none."""
    return table.c.get("version", table.c.get("updated_at"))


class Writer:
    """Rows on their way into the database. Without a ``batch`` nothing is written: a preview.

    In a preview ids are negative numbers, so that the same code runs and no lock is taken.
    """

    def __init__(self, session: Session, actor: Actor, batch: BatchRecord | None) -> None:
        self.session = session
        self.actor = actor
        self.stamp: datetime = clock.now()
        self._batch = batch
        self._batch_id: int | None = None
        self._given = 0
        self._ids: dict[str, list[int]] = {}
        self._templates: dict[str, Callable[[], dict[str, Any]]] = {}
        self._inserts: dict[str, list[dict[str, Any]]] = {}
        self._updates: dict[tuple[str, int], dict[str, Any]] = {}
        self._deletes: dict[str, list[int]] = {}
        self._marks: dict[str, dict[int, Any]] = {}
        self._events: list[Happening] = []
        self._spool = Spool()
        self._waiting = 0

    @property
    def writing(self) -> bool:
        """Whether rows go into the database."""
        return self._batch is not None

    @property
    def batch_id(self) -> int | None:
        """Number of the batch; None while nothing has been written."""
        return self._batch_id

    def abandon(self) -> None:
        """From now on only pretends: the caller will roll back, so more writing is wasted."""
        self._batch = None
        for waiting in (self._inserts, self._updates, self._deletes):
            waiting.clear()
        self._marks.clear()
        self._events.clear()
        self._spool.clear()

    def insert(self, table: Table, values: dict[str, Any], *, remember: bool = False) -> int:
        """A new row; its id. ``remember``: the table has no batch column, so undo must be told of the row."""
        if self._batch is None:
            self._given -= 1
            return self._given
        self._open()
        row = self._template(table)
        row.update(values)
        row["id"] = identity = self._next_id(table)
        self._inserts.setdefault(table.name, []).append(row)
        if remember:
            self._remember(table, identity, {}, {})
        self._wait()
        return identity

    def update(
        self,
        table: Table,
        row_id: int,
        before: dict[str, Any],
        after: dict[str, Any],
        *,
        fresh: bool,
        mark: Any = None,
    ) -> None:
        """Changes columns of a row; ``fresh`` rows were made by this run and need not be remembered.

        ``mark``: the row's :func:`mark_column` as it was read; Conflict at the next flush if it is another now.
        """
        if self._batch is None:
            return
        self._open()
        if not fresh:
            self._remember(table, row_id, as_json(before), as_json(after))
        if mark is not None:
            self._marks.setdefault(table.name, {})[row_id] = mark
        self._updates.setdefault((table.name, row_id), {}).update(after)
        self._wait()

    def delete(self, table: Table, row_id: int, before: dict[str, Any], *, mark: Any = None) -> None:
        """Removes a row; ``before`` holds all its columns, so that undo can put it back."""
        if self._batch is None:
            return
        self._open()
        self._remember(table, row_id, as_json(before), {})
        if mark is not None:
            self._marks.setdefault(table.name, {})[row_id] = mark
        self._deletes.setdefault(table.name, []).append(row_id)
        self._wait()

    def happened(self, happening: Happening) -> None:
        """An event for the audit trail."""
        if self._batch is not None:
            self._events.append(happening)

    def flush(self) -> None:
        """Sends everything that waits: inserts with parents first, then updates and deletes."""
        self._check_marks()
        self._note_last_changes()
        for table in Base.metadata.sorted_tables:
            rows = self._inserts.pop(table.name, None)
            if rows:
                self.session.execute(insert(table), rows)
        alike: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
        for (name, row_id), values in self._updates.items():
            alike.setdefault((name, tuple(sorted(values))), []).append({"the_id": row_id, **values})
        self._updates.clear()
        for (name, columns), rows in alike.items():
            self.session.execute(self._update_statement(Base.metadata.tables[name], columns), rows)
        for name, ids in self._deletes.items():
            table = Base.metadata.tables[name]
            self.session.execute(
                delete(table).where(table.c.id == bindparam("the_id")), [{"the_id": i} for i in ids]
            )
        self._deletes.clear()
        self._spool.add(self._events)
        self._events.clear()
        self._waiting = 0

    def record_events(self) -> None:
        """Writes the run's events, as its last step: until then others of the office can save."""
        self._spool.record(self.session, self.actor)

    def _check_marks(self) -> None:
        """Locks rows about to change and refuses where a colleague has changed one since it was read."""
        for name in sorted(self._marks):
            table, marks = Base.metadata.tables[name], self._marks[name]
            ids = sorted(marks)
            for start in range(0, len(ids), _LOOKED_AT):
                chunk = ids[start : start + _LOOKED_AT]
                wanted = select(table.c.id, mark_column(table)).where(table.c.id.in_(chunk))
                rows = self.session.execute(wanted.order_by(table.c.id).with_for_update())
                standing = {row[0]: row[1] for row in rows}
                if any(standing.get(row_id) != marks[row_id] for row_id in chunk):
                    raise Conflict(
                        _l("导入期间有人改动了表中的记录，没有写入任何内容；请重新预览，再导入一次。")
                    )
        self._marks.clear()

    def _note_last_changes(self) -> None:
        """Adds to what undo will put back when each row had last been changed."""
        if self._batch is None:
            return
        waiting: dict[str, dict[int, list[dict[str, Any]]]] = {}
        for change in self._inserts.get(self._batch.changes.name, ()):
            if change["before"] and change["after"]:
                rows = waiting.setdefault(change["table_name"], {})
                rows.setdefault(change["row_id"], []).append(change["before"])
        for name, rows in waiting.items():
            table = Base.metadata.tables[name]
            if "updated_at" not in table.c:
                continue
            ids = sorted(rows)
            for start in range(0, len(ids), 500):
                wanted = select(table.c.id, table.c.updated_at).where(
                    table.c.id.in_(ids[start : start + 500])
                )
                for row_id, at in self.session.execute(wanted):
                    for before in rows[row_id]:
                        before["updated_at"] = at.isoformat()

    def _open(self) -> None:
        if self._batch_id is None and self._batch is not None:
            self._batch_id = self._batch.open()

    def _wait(self) -> None:
        self._waiting += 1
        if self._waiting >= CHUNK:
            self.flush()

    def _remember(self, table: Table, row_id: int, before: dict[str, Any], after: dict[str, Any]) -> None:
        assert self._batch is not None  # noqa: S101 - the callers have looked
        changes = self._batch.changes
        row: dict[str, Any] = {"batch_id": self._batch_id, "table_name": table.name, "row_id": row_id}
        row |= {"before": before, "after": after, "id": self._next_id(changes)}
        self._inserts.setdefault(changes.name, []).append(row)

    def _update_statement(self, table: Table, columns: tuple[str, ...]) -> Any:
        values: dict[str, Any] = {name: bindparam(name) for name in columns}
        if "updated_at" in table.c:
            values["updated_at"] = self.stamp
        if "version" in table.c:
            values["version"] = table.c.version + 1
        return update(table).where(table.c.id == bindparam("the_id")).values(values)

    def _next_id(self, table: Table) -> int:
        pool = self._ids.get(table.name)
        if not pool:
            # On SQLite numbers are counted on from the highest, so earlier ones must have been used.
            if self._inserts.get(table.name):
                self.flush()
            pool = self._ids[table.name] = reserve_ids(self.session, table, CHUNK)
            pool.reverse()
        return pool.pop()

    def _template(self, table: Table) -> dict[str, Any]:
        make = self._templates.get(table.name)
        if make is None:
            make = self._templates[table.name] = self._make_template(table)
        return make()

    def _make_template(self, table: Table) -> Callable[[], dict[str, Any]]:
        fixed: dict[str, Any] = {}
        lists: list[str] = []
        for column in table.c:
            if column.name in ("created_at", "updated_at"):
                fixed[column.name] = self.stamp
            elif column.name == "import_batch_id":
                fixed[column.name] = self._batch_id
            elif isinstance(column.type, JSON) and not column.nullable:
                lists.append(column.name)
            elif column.default is not None and column.default.is_scalar:
                fixed[column.name] = column.default.arg  # type: ignore[attr-defined]
            else:
                fixed[column.name] = None
        if not lists:
            return fixed.copy
        return lambda: {**fixed, **{name: [] for name in lists}}
