"""Several tables of a report in one workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import xlsxwriter

from app.oversight.documents import Sheet

_FORMATS = {"integer": "0", "percent": "0.00%", "text": "@"}


def write_sheets(stream: IO[bytes], sheets: Sequence[Sheet]) -> None:
    """One worksheet per table, ready to print; texts are never formulas."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        bold = book.add_format(
            {"bold": True, "bg_color": "#F1ECE6", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        title_format = book.add_format({"bold": True, "font_size": 14})
        formats = {
            kind: book.add_format({"num_format": code, "border": 1}) for kind, code in _FORMATS.items()
        }
        for number, sheet in enumerate(sheets, 1):
            page = book.add_worksheet(
                f"{number} {sheet.title}"[:31].translate(str.maketrans("", "", "[]:*?/\\"))
            )
            page.write_string(0, 0, sheet.title, title_format)
            for column, (label, kind) in enumerate(sheet.columns):
                page.write_string(1, column, label, bold)
                page.set_column(column, column, 18 if kind == "text" else 12)
            for line, row in enumerate(sheet.rows, 2):
                for column, (value, (_label, kind)) in enumerate(zip(row, sheet.columns, strict=True)):
                    if value is None:
                        page.write_blank(line, column, None, formats[kind])
                    elif kind == "text":
                        page.write_string(line, column, str(value), formats[kind])
                    else:
                        page.write_number(line, column, value, formats[kind])
            page.freeze_panes(2, 1)
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.repeat_rows(0, 1)
