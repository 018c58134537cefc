"""What this system writes for Excel: tables to print and count with, templates, marked copies, CSV cells."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Literal

import xlsxwriter

from app.kit.workbook.marked_copies import MarkedSheet, write_marked_copy
from app.kit.workbook.sheet_rows import (
    FORMULA_LETTERS,
    LAST_ROW,
    Body,
    Write,
    column_letters,
    day,
    fen,
    fill,
    inline_text,
    number,
)
from app.kit.workbook.skeletons import FONT, SAFE, sheet_title
from app.kit.workbook.templates import write_template

__all__ = ["Kind", "MarkedSheet", "safe_csv_cell", "write_marked_copy", "write_table", "write_template"]

Kind = Literal["text", "integer", "number", "date", "percent", "money"]
"""How a column's values are written: percent takes ratios (0.25), money takes fen."""

_NUMBER_FORMATS: dict[str, str] = {
    "text": "@",
    "integer": "0",
    "number": "General",
    "date": "yyyy-mm-dd",
    "percent": "0.00%",
    "money": "#,##0.00",
}
_WRITERS = {"integer": number, "number": number, "date": day, "percent": number, "money": fen}


def write_table(
    stream: IO[bytes],
    *,
    title: str,
    note: str,
    columns: Sequence[tuple[str, Kind, float]],
    rows: Iterable[Sequence[object]],
    sheet_name: str,
) -> None:
    """A table with its title and a line under it, both left out where empty, to be printed on A4 landscape.

    ``columns`` are (label, kind, width in characters). Rows are taken one at a time: a hundred thousand cost
    no more memory than ten. Raises DomainError past Excel's last row.
    """
    skeleton = io.BytesIO()
    with xlsxwriter.Workbook(skeleton, {**SAFE, "in_memory": True}) as book:
        sheet = book.add_worksheet(sheet_title(sheet_name))
        heading_row = _write_head(book, sheet, title, note, columns)
        sheet.freeze_panes(heading_row + 1, 0)
        sheet.autofilter(heading_row, 0, LAST_ROW - 1, len(columns) - 1)
        _set_up_print(sheet, heading_row)
        _probe(book, sheet, heading_row + 1)
    skeleton.seek(0)
    first = heading_row + 2
    fill(skeleton, stream, {1: Body(first, lambda styles: _rows(rows, columns, styles, first))})


def safe_csv_cell(text: str) -> str:
    """A text that a spreadsheet program opening a CSV file will show and not calculate."""
    return f"'{text}" if text.startswith(FORMULA_LETTERS) else text


def _write_head(
    book: Any, sheet: Any, title: str, note: str, columns: Sequence[tuple[str, Kind, float]]
) -> int:
    """Title, note and headings; the index of the heading row."""
    row = 0
    styles = (
        (title, {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}, 30),
        (note, {"align": "left", "valign": "vcenter", "text_wrap": True}, 20),
    )
    for text, style, height in styles:
        if text:
            form = book.add_format(FONT | style)
            if len(columns) > 1:
                sheet.merge_range(row, 0, row, len(columns) - 1, "", form)
            sheet.write_string(row, 0, str(text), form)
            sheet.set_row(row, height)
            row += 1
    heading = book.add_format(
        FONT
        | {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        | {"bg_color": "#EDEDED"}
    )
    for column, (label, _kind, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(row, column, str(label), heading)
    return row


def _set_up_print(sheet: Any, heading_row: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heading_row)
    sheet.center_horizontally()
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&C&P / &N")


def _probe(book: Any, sheet: Any, row: int) -> None:
    """One cell of every format, in the order of ``_NUMBER_FORMATS``, then text with the quote prefix."""
    forms = [FONT | {"border": 1, "num_format": form} for form in _NUMBER_FORMATS.values()]
    forms.append(forms[0] | {"quote_prefix": True})
    for column, form in enumerate(forms):
        sheet.write_blank(row, column, None, book.add_format(form))


def _rows(
    rows: Iterable[Sequence[object]],
    columns: Sequence[tuple[str, Kind, float]],
    styles: list[int],
    first_row: int,
) -> Iterator[str]:
    by_kind = dict(zip(_NUMBER_FORMATS, styles, strict=False))
    text = inline_text(styles[0], styles[-1])
    writers: list[tuple[str, Write]] = []
    for column, (_label, kind, _width) in enumerate(columns):
        write = _WRITERS[kind](by_kind[kind], text) if kind in _WRITERS else text
        writers.append((column_letters(column), write))
    for row_number, row in enumerate(rows, start=first_row):
        cells = [
            write(f"{letters}{row_number}", value)
            for (letters, write), value in zip(writers, row, strict=True)
        ]
        yield f'<row r="{row_number}">{"".join(cells)}</row>'
