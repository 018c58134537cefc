"""A copy of an uploaded workbook with the wrong cells marked and the reasons beside their rows."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter

from app.kit.workbook.kinds import REASON_HEADING, normalise_heading
from app.kit.workbook.reading import Cell, Row
from app.kit.workbook.rows import Merged, MergedDown, squeezed
from app.kit.workbook.sheet_rows import Body, column_letters, day, fill, inline_text, instant, number
from app.kit.workbook.skeletons import FONT, SAFE, sheet_title

_MAX_COMMENTS = 2_000  # each costs Excel a drawing; beyond, the reason beside the row must do
_RED = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
_FORMS: tuple[dict[str, object], ...] = (
    {},
    {"quote_prefix": True},
    {"num_format": "yyyy-mm-dd"},
    {"num_format": "yyyy-mm-dd hh:mm"},
)


@dataclass(frozen=True)
class MarkedSheet:
    """One sheet to copy. ``rows`` begin at row 1; errors are (Excel's row, heading or column index, message).

    ``merged`` are the uploaded sheet's merged ranges, so that a copy that is mended and uploaded again reads
    the same.
    """

    name: str
    rows: Iterable[Row]
    heading_row: int
    errors: Sequence[tuple[int, str | int | None, object]]
    heading_rows: int = 1
    merged: Sequence[Merged] = ()


def write_marked_copy(stream: IO[bytes], sheets: Iterable[MarkedSheet], *, only_wrong: bool = False) -> None:
    """Write the sheets with wrong cells red, a comment on each, and a last column 错误原因.

    ``only_wrong``: just the headings and the wrong rows, to be mended and uploaded by themselves.
    """
    copies = [_Copy(sheet, only_wrong) for sheet in sheets]
    skeleton = io.BytesIO()
    with xlsxwriter.Workbook(skeleton, {**SAFE, "in_memory": True}) as book:
        forms = [book.add_format(FONT | form | red) for red in ({}, _RED) for form in _FORMS]
        forms.append(book.add_format(FONT | {"font_color": "#9C0006", "bold": True}))
        taken: set[str] = set()
        for copy in copies:
            copy.write_skeleton(book.add_worksheet(sheet_title(copy.sheet.name, taken)), forms)
    skeleton.seek(0)
    fill(skeleton, stream, {index: copy.body() for index, copy in enumerate(copies, start=1)})


class _Copy:
    """One sheet of the copy: where its errors and its column of reasons are."""

    def __init__(self, sheet: MarkedSheet, only_wrong: bool) -> None:
        self.sheet = sheet
        self.only_wrong = only_wrong
        self.rows = iter(sheet.rows)
        self.head = list(itertools.islice(self.rows, sheet.heading_row + sheet.heading_rows - 1))
        self.columns = _columns(self.head[sheet.heading_row - 1 :])
        self.inserted = REASON_HEADING not in self.columns
        self.reason = self.columns.get(REASON_HEADING, max(self.columns.values(), default=-1) + 1)
        self.errors: dict[int, dict[int | None, list[str]]] = {}
        for row, where, message in sheet.errors:
            column = self._column(where)
            self.errors.setdefault(row, {}).setdefault(column, []).append(str(message))
        self.kept = self._kept()

    def _column(self, where: str | int | None) -> int | None:
        return self.columns.get(normalise_heading(where)) if isinstance(where, str) else where

    def _kept(self) -> Mapping[int, int] | None:
        """New row number by old one where only some rows are kept."""
        if not self.only_wrong:
            return None
        headings = range(self.sheet.heading_row, self.sheet.heading_row + self.sheet.heading_rows)
        return {row: new for new, row in enumerate(sorted({*headings, *self.errors}), start=1)}

    def write_skeleton(self, sheet: Any, forms: Sequence[Any]) -> None:
        """Everything but the rows, and the probe that carries the formats."""
        for probe, form in enumerate(forms):
            sheet.write_blank(0, probe, None, form)
        sheet.set_column(0, max(0, self.reason - 1), 14)
        sheet.set_column(self.reason, self.reason, 60)
        top = self.sheet.heading_rows if self.kept else self.sheet.heading_row + self.sheet.heading_rows - 1
        if top:
            sheet.freeze_panes(top, 0)
        left = _MAX_COMMENTS
        for row, wrong in sorted(self.errors.items()):
            for column, messages in wrong.items():
                if column is not None and left > 0:
                    at = self.kept[row] if self.kept else row
                    sheet.write_comment(
                        f"{self._letters(column)}{at}", "\n".join(messages), {"author": "", "x_scale": 1.6}
                    )
                    left -= 1

    def body(self) -> Body:
        """The rows; the merged ranges too where every row keeps its place."""
        areas = () if self.kept else [area for area in self.sheet.merged if area[:2] != area[2:]]
        ranges = "".join(
            f'<mergeCell ref="{self._letters(left)}{top + 1}:{self._letters(right)}{bottom + 1}"/>'
            for top, left, bottom, right in areas
        )
        after = f'<mergeCells count="{len(areas)}">{ranges}</mergeCells>' if areas else ""
        return Body(1, self._lines, after)

    def _lines(self, styles: list[int]) -> Iterator[str]:
        plain, red = _Writers(styles[:4]), _Writers(styles[4:8])
        reason = inline_text(styles[8], styles[8])
        merged_down = MergedDown(self.sheet.merged if self.kept else ())
        for old, row in enumerate(itertools.chain(self.head, self.rows), start=1):
            row = merged_down.apply(old - 1, row)
            if self.kept is not None and old not in self.kept:
                continue
            new = self.kept[old] if self.kept is not None else old
            wrong = self.errors.get(old, {})
            cells = [
                (red if column in wrong else plain).cell(f"{self._letters(column)}{new}", value)
                for column, value in enumerate(row)
                if (value is not None or column in wrong) and (self.inserted or column != self.reason)
            ]
            if text := self._reason(old, wrong):
                left = enumerate(row[: self.reason])
                before = sum(1 for column, value in left if value is not None or column in wrong)
                cells.insert(before, reason(f"{column_letters(self.reason)}{new}", text))
            yield f'<row r="{new}">{"".join(cells)}</row>'

    def _letters(self, column: int) -> str:
        """Letters in the copy of a column of the upload: those beyond the inserted one move by one."""
        return column_letters(column + 1 if self.inserted and column >= self.reason else column)

    def _reason(self, row: int, wrong: Mapping[int | None, list[str]]) -> str:
        if row == self.sheet.heading_row:
            return REASON_HEADING
        return "".join(message for messages in wrong.values() for message in messages)


class _Writers:
    """Writes any cell value with the formats of one colour."""

    def __init__(self, styles: Sequence[int]) -> None:
        self._text = inline_text(styles[0], styles[1])
        self._number = number(styles[0], self._text)
        self._day = day(styles[2], self._text)
        self._instant = instant(styles[3], self._text)

    def cell(self, reference: str, value: Cell) -> str:
        """The XML of one cell, of the type the value had in the upload."""
        if type(value) is str:
            return self._text(reference, value)
        if isinstance(value, bool):
            return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
        if isinstance(value, datetime):
            return self._instant(reference, value)
        if isinstance(value, date):
            return self._day(reference, value)
        return self._number(reference, value)


def _columns(headings: Sequence[Row]) -> dict[str, int]:
    """Column by normalised heading, of two rows of headings the lower first."""
    columns: dict[str, int] = {}
    for row in reversed(headings):
        for column, cell in enumerate(row):
            if heading := normalise_heading(squeezed(cell)):
                columns.setdefault(heading, column)
    return columns
