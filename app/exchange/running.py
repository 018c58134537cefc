"""One run over the sheets of a batch: the same for a preview and for the import itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.exchange.kinds import IMPORTERS
from app.exchange.sheets import SheetRef, in_order, rows_of
from app.kit.audit import Happening, plain_values
from app.kit.i18n import _l
from app.kit.intake.importer import Importer
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Asked, Decision, Question, RowOutcome, SheetRow, Wrong
from app.kit.workbook.cell_text import CellError
from app.kit.workbook.headings import Recognition
from app.kit.workbook.reading import Cell

PROGRESS_EVERY = 500
MOST_ERRORS = 20_000


@dataclass(frozen=True)
class RowError:
    """What is wrong with a cell of a row: Excel's row, the field, the heading in the file, the value."""

    row: int
    key: str
    column: str
    value: str
    message: str


@dataclass
class SheetReport:
    """What became of a sheet's rows."""

    ref: SheetRef
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    wrong: int = 0
    errors: list[RowError] = field(default_factory=list)

    def count(self, outcome: RowOutcome) -> None:
        """One more row with this outcome."""
        self.rows += 1
        if outcome is RowOutcome.NEW:
            self.created += 1
        elif outcome is RowOutcome.CHANGED:
            self.updated += 1
        elif outcome is RowOutcome.UNCHANGED:
            self.unchanged += 1
        else:
            self.wrong += 1


@dataclass
class RowResult:
    """Everything about one row, for those who watch a run."""

    number: int
    cells: Mapping[str, Cell]
    outcome: RowOutcome
    decision: Decision | None
    errors: Sequence[RowError]
    question: Question | None = None


class Watcher(Protocol):
    """Follows a run: every row's result, and how far it has got."""

    def row(self, ref: SheetRef, result: RowResult) -> None:
        """A row has been decided."""
        ...

    def progress(self, rows: int) -> None:
        """So many rows have been decided in all."""
        ...


class Unwatched:
    """Nobody looks."""

    def row(self, ref: SheetRef, result: RowResult) -> None:
        """Nothing."""

    def progress(self, rows: int) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Amendments:
    """What people put right before an import: cells by sheet, row and field; answers by sheet and row."""

    cells: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of_row(self, sheet: str, row: int) -> Mapping[str, str]:
        """Corrected cells of a row by field."""
        return self.cells.get(sheet, {}).get(str(row), {})

    def answer(self, sheet: str, row: int) -> str | None:
        """The answer to the question about a row."""
        return self.answers.get(sheet, {}).get(str(row))


class Run:
    """Takes sheets in, in the order of their dependence. ``stop_writing`` after the first wrong row: the
    caller will roll back, so writing on would be wasted."""

    def __init__(
        self,
        intake: Intake,
        *,
        amendments: Amendments | None = None,
        watcher: Watcher | None = None,
        stop_writing: bool = True,
    ) -> None:
        self.intake = intake
        self.amendments = amendments or Amendments()
        self.watcher = watcher or Unwatched()
        self.stop_writing = stop_writing
        self.reports: list[SheetReport] = []
        self._importers: dict[str, Importer] = {}
        self._rows = 0

    @property
    def wrong(self) -> int:
        """How many rows are wrong so far."""
        return sum(report.wrong for report in self.reports)

    def take(self, refs: Sequence[SheetRef]) -> list[SheetReport]:
        """Takes the sheets in; their reports in the order of ``refs``."""
        by_ref = {id(ref): SheetReport(ref) for ref in refs}
        self.reports = [by_ref[id(ref)] for ref in refs]
        for ref in in_order(refs):
            self._take_sheet(ref, by_ref[id(ref)])
        self.intake.writer.flush()
        self.watcher.progress(self._rows)
        return self.reports

    def _take_sheet(self, ref: SheetRef, report: SheetReport) -> None:
        recognition = ref.recognition
        assert recognition is not None  # noqa: S101 - in_order gives recognised sheets only
        key = recognition.kind.key
        if key not in self._importers:
            self._importers[key] = IMPORTERS[key](self.intake)
        take = self._row_taker(ref, recognition, self._importers[key])
        for number, cells, _row in rows_of(ref):
            result = take(number, cells)
            report.count(result.outcome)
            if result.outcome is RowOutcome.WRONG:
                if len(report.errors) < MOST_ERRORS:
                    report.errors += result.errors
                if self.stop_writing and self.intake.writer.writing:
                    self.intake.writer.abandon()
            self.watcher.row(ref, result)
            self._rows += 1
            if self._rows % PROGRESS_EVERY == 0:
                self.watcher.progress(self._rows)

    def _row_taker(
        self, ref: SheetRef, recognition: Recognition, importer: Importer
    ) -> Callable[[int, dict[str, Cell]], RowResult]:
        present = set(recognition.columns.values())
        fields = [each for each in recognition.kind.fields if each.key in present]
        amended = ref.key in self.amendments.cells
        name = str(_l("%(file)s“%(sheet)s”", file=ref.file, sheet=ref.sheet))

        def take(number: int, cells: dict[str, Cell]) -> RowResult:
            wanted = fields
            if amended and (corrected := self.amendments.of_row(ref.key, number)):
                cells = {**cells, **corrected}
                wanted = [each for each in recognition.kind.fields if each.key in present | corrected.keys()]
            values: dict[str, Any] = {}
            errors: list[RowError] = []
            for each in wanted:
                key = each.key
                try:
                    values[key] = value = each.parse(cells[key])
                    if each.required and (value is None or value == ()):
                        heading = recognition.heading_of(key)
                        message = _l("“%(column)s”不能为空，请填写。", column=heading)
                        errors.append(self._error(recognition, number, key, cells, message))
                except CellError as error:
                    errors.append(self._error(recognition, number, key, cells, error.message))
            if errors:
                return RowResult(number, cells, RowOutcome.WRONG, None, errors)
            row = SheetRow(number, values, name, self.amendments.answer(ref.key, number))
            try:
                decision = importer.take(row)
            except Wrong as wrong:
                found = self._error(recognition, number, wrong.key, cells, wrong.message)
                question = wrong.question if isinstance(wrong, Asked) else None
                return RowResult(number, cells, RowOutcome.WRONG, None, [found], question)
            self._record(importer, decision, values)
            return RowResult(number, cells, decision.outcome, decision, ())

        return take

    def _record(self, importer: Importer, decision: Decision, values: dict[str, Any]) -> None:
        """The row's event in the audit trail."""
        writer = self.intake.writer
        if decision.outcome is RowOutcome.UNCHANGED or not writer.writing:
            return
        if decision.outcome is RowOutcome.NEW:
            verb, before = "create", None
            kept = {key: value for key, value in values.items() if key not in importer.private}
            after = _told(kept)
        else:
            verb, before, after = "update", plain_values(decision.before), _told(decision.after)
        tag = f"import:{decision.noun or decision.kind}:{verb}"
        writer.happened(
            Happening(
                tag, decision.area_code, decision.kind, decision.subject_id, decision.label, before, after
            )
        )

    def _error(
        self, recognition: Recognition, number: int, key: str, cells: Mapping[str, Cell], message: Any
    ) -> RowError:
        value = cells.get(key)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        shown = "" if value is None else str(value)[:200]
        return RowError(number, key, recognition.heading_of(key), shown, str(message))


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a row for the trail: lists of names as one text, what says nothing left out."""
    texts = {key: "、".join(value) if isinstance(value, tuple) else value for key, value in values.items()}
    return plain_values({key: value for key, value in texts.items() if value is not False})
