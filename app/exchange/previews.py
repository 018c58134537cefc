"""Rows of a run, kept in a small SQLite file beside the workbooks, so that any page of them opens at once."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.exchange.running import RowError, RowResult
from app.exchange.sheets import SheetRef
from app.kit.intake.rows import RowOutcome
from app.kit.workbook.reading import Cell

PAGE = 50
_CHUNK = 500
_TABLES = """
CREATE TABLE row (
  sheet TEXT, number INTEGER, outcome TEXT, asked INTEGER, kind TEXT, subject INTEGER, label TEXT, data TEXT
);
CREATE INDEX row_by_outcome ON row (sheet, outcome, number);
CREATE INDEX row_by_number ON row (sheet, number);
"""


@dataclass(frozen=True)
class KeptRow:
    """One row of a run as pages show it."""

    number: int
    outcome: RowOutcome
    kind: str
    subject_id: int | None
    label: str
    cells: dict[str, str]
    changes: list[dict[str, str]]
    errors: list[dict[str, str]]
    question: dict[str, Any] | None


class Recorder:
    """Watches a run and keeps its rows; ``report`` is told how many rows have been decided."""

    def __init__(self, path: Path, report: Callable[[int], None]) -> None:
        self.path = path
        self.report = report
        self._fresh = path.with_suffix(".new")
        self._fresh.unlink(missing_ok=True)
        self._fresh.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(self._fresh, check_same_thread=False)
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.executescript(_TABLES)
        self._rows: list[tuple[Any, ...]] = []

    def row(self, ref: SheetRef, result: RowResult) -> None:
        """Keeps a row."""
        decision = result.decision
        data: dict[str, Any] = {"cells": {key: cell_text(cell) for key, cell in result.cells.items()}}
        if decision is not None and decision.outcome is RowOutcome.CHANGED:
            data["changes"] = [
                {"key": change.key, "before": change.before, "after": change.after}
                for change in decision.changes
            ]
        if result.errors:
            data["errors"] = [
                {"key": error.key, "column": error.column, "value": error.value, "message": error.message}
                for error in result.errors
            ]
        if result.question is not None:
            answers = {key: str(text) for key, text in result.question.answers.items()}
            data["question"] = {"text": str(result.question.text), "answers": answers}
        self._rows.append(
            (
                ref.key,
                result.number,
                result.outcome.value,
                int(result.question is not None),
                decision.kind if decision else "",
                decision.subject_id if decision else None,
                decision.label if decision else "",
                json.dumps(data, ensure_ascii=False),
            )
        )
        if len(self._rows) >= _CHUNK:
            self._flush()

    def progress(self, rows: int) -> None:
        """Passes on how far the run is."""
        self.report(rows)

    def _flush(self) -> None:
        self._database.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self._rows)
        self._rows.clear()

    def keep(self) -> None:
        """The run went to its end: its rows replace those of the run before."""
        self._flush()
        self._database.commit()
        self._database.close()
        os.replace(self._fresh, self.path)

    def drop(self) -> None:
        """The run broke off: what was kept of it goes."""
        self._database.close()
        self._fresh.unlink(missing_ok=True)


def cell_text(cell: Cell) -> str:
    """A cell as it is shown in a field to be corrected."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)[:2000]


class Preview:
    """The kept rows of a batch's latest run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether there are any."""
        return self.path.is_file()

    def _select(self, sql: str, arguments: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        if not self.exists:
            return []
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as database:
            return database.execute(sql, arguments).fetchall()

    def counts(self, sheet: str) -> dict[str, int]:
        """How many rows of a sheet have each outcome."""
        sql = "SELECT outcome, COUNT(*) FROM row WHERE sheet = ? GROUP BY outcome"
        return dict(self._select(sql, (sheet,)))

    def asked(self, sheet: str) -> int:
        """How many rows of a sheet wait for an answer."""
        return int(self._select("SELECT COUNT(*) FROM row WHERE sheet = ? AND asked", (sheet,))[0][0])

    def page(self, sheet: str, outcome: RowOutcome | None, page: int) -> list[KeptRow]:
        """Rows of a sheet with an outcome (or all), 50 to a page; pages count from 1."""
        where, arguments = "sheet = ?", (sheet,)
        if outcome is not None:
            where, arguments = "sheet = ? AND outcome = ?", (sheet, outcome.value)  # type: ignore[assignment]
        sql = f"""SELECT number, outcome, kind, subject, label, data FROM row WHERE {where}
                  ORDER BY number LIMIT {PAGE} OFFSET ?"""  # noqa: S608 - no value in it came from outside
        return [_kept(row) for row in self._select(sql, (*arguments, (page - 1) * PAGE))]

    def row(self, sheet: str, number: int) -> KeptRow | None:
        """One row."""
        sql = "SELECT number, outcome, kind, subject, label, data FROM row WHERE sheet = ? AND number = ?"
        found = self._select(sql, (sheet, number))
        return _kept(found[0]) if found else None

    def errors(self, sheet: str) -> Iterator[RowError]:
        """Everything that is wrong in a sheet."""
        sql = "SELECT number, data FROM row WHERE sheet = ? AND outcome = 'wrong' ORDER BY number"
        for number, data in self._select(sql, (sheet,)):
            for error in json.loads(data).get("errors", ()):
                yield RowError(number, error["key"], error["column"], error["value"], error["message"])


def _kept(row: tuple[Any, ...]) -> KeptRow:
    number, outcome, kind, subject_id, label, data = row
    content: Mapping[str, Any] = json.loads(data)
    return KeptRow(
        number,
        RowOutcome(outcome),
        kind,
        subject_id,
        label,
        content["cells"],
        content.get("changes", []),
        content.get("errors", []),
        content.get("question"),
    )
