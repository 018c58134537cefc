"""What the database already holds, as compactly as comparing rows allows: a list of values by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, select

from app.kit.database import Base
from app.kit.intake.rows import RowOutcome
from app.kit.intake.writer import Writer, mark_column


class Shelf:
    """Rows of one table that a run may meet: id → values of ``columns``, in that order.

    Values are compared and kept up to date as the run goes on; the caller keeps its own index from what
    identifies a row to its id.
    """

    def __init__(
        self, writer: Writer, model: type[Base], columns: Sequence[str], *, remember: bool = False
    ) -> None:
        self.writer = writer
        self.table = cast(Table, model.__table__)
        self.columns = tuple(columns)
        self.position = {name: number for number, name in enumerate(self.columns)}
        self.rows: dict[int, list[Any]] = {}
        self._highest = 0
        # SQLite's writer is alone from its first statement on.
        concurrent = writer.writing and writer.session.get_bind().dialect.name != "sqlite"
        self._mark = mark_column(self.table) if concurrent else None
        self._marks: dict[int, Any] = {}
        self._remember = remember
        self._defaults = [_default_of(self.table, name) for name in self.columns]

    def load(self, where: ColumnElement[bool]) -> Iterable[tuple[int, list[Any]]]:
        """Takes the rows from the database; yields (id, values) so that the caller can index them."""
        seen: dict[Any, Any] = {}
        wanted = select(self.table.c.id, *(self.table.c[name] for name in self.columns)).where(where)
        if self._mark is not None:
            wanted = wanted.add_columns(self._mark.label("mark"))
        end = 1 + len(self.columns)
        result = self.writer.session.execute(wanted.execution_options(yield_per=5000))
        for row in result:
            # The same words stand in thousands of rows: keep one copy of each.
            values = [seen.setdefault(value, value) if type(value) is str else value for value in row[1:end]]
            self.rows[row[0]] = values
            if self._mark is not None:
                self._marks[row[0]] = row[end]
            self._highest = max(self._highest, row[0])
            yield row[0], values

    def value(self, row_id: int, column: str) -> Any:
        """One value of a row."""
        return self.rows[row_id][self.position[column]]

    def add(self, values: Mapping[str, Any]) -> int:
        """A new row: what is not given has its default. Its id."""
        row_id = self.writer.insert(self.table, dict(values), remember=self._remember)
        self.rows[row_id] = [
            values.get(name, default) for name, default in zip(self.columns, self._defaults, strict=True)
        ]
        return row_id

    def fresh(self, row_id: int) -> bool:
        """Whether the row was made by this run: numbers are drawn upwards, and those of a preview negative."""
        return row_id < 0 or row_id > self._highest

    def change(
        self, row_id: int, values: Mapping[str, Any], *, clears: Sequence[str] = ()
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Sets values of a known row; what really changed, before and after.

        None leaves a value as it is, except in the columns that ``clears`` names.
        """
        known = self.rows[row_id]
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for name, value in values.items():
            position = self.position[name]
            if (value is not None or name in clears) and value != known[position]:
                before[name] = known[position]
                after[name] = known[position] = value
        if after:
            # From the first change on the row is locked: only that one is checked.
            mark = self._marks.pop(row_id, None)
            self.writer.update(self.table, row_id, before, after, fresh=self.fresh(row_id), mark=mark)
        return before, after

    def remove(self, row_id: int, rest: Mapping[str, Any]) -> None:
        """Removes a row; ``rest`` are the columns that the shelf does not keep."""
        values = self.rows.pop(row_id)
        before = {"id": row_id, **dict(zip(self.columns, values, strict=True)), **rest}
        self.writer.delete(self.table, row_id, before, mark=self._marks.pop(row_id, None))


class Names:
    """Things known by their name within an area (or anything else hashable): name → id, made where new."""

    def __init__(self, writer: Writer, model: type[Base], key: Sequence[str]) -> None:
        self.writer = writer
        self.table = cast(Table, model.__table__)
        self.key = tuple(key)
        self.ids: dict[Any, int] = {}
        self._names: dict[int, str] | None = None

    def load(self, where: ColumnElement[bool]) -> None:
        """Takes the names from the database."""
        wanted = select(self.table.c.id, *(self.table.c[name] for name in self.key)).where(where)
        for row in self.writer.session.execute(wanted):
            self.ids[tuple(row[1:])] = row[0]

    def find(self, *key: Any) -> int | None:
        """The id of what goes by this name."""
        return self.ids.get(key)

    def make(self, key: tuple[Any, ...], values: Mapping[str, Any] | None = None) -> int:
        """A new one; its id."""
        row = {**dict(zip(self.key, key, strict=True)), **(values or {})}
        row_id = self.ids[key] = self.writer.insert(self.table, row)
        self._names = None
        return row_id

    def name_of(self, row_id: int | None) -> str:
        """The name again, for showing a change; the last part of the key is the name."""
        if row_id is None:
            return ""
        if self._names is None:
            self._names = {identity: str(key[-1]) for key, identity in self.ids.items()}
        return self._names.get(row_id, "")


def outcome_of(fresh: bool, *changed: object) -> RowOutcome:
    """New, changed if anything of ``changed`` is not empty, else unchanged."""
    if fresh:
        return RowOutcome.NEW
    return RowOutcome.CHANGED if any(changed) else RowOutcome.UNCHANGED


def _default_of(table: Table, name: str) -> Any:
    default = table.c[name].default
    return default.arg if default is not None and default.is_scalar else None  # type: ignore[attr-defined]
