"""Blank templates: one heading row that :func:`~app.kit.workbook.headings.recognise` knows again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO, Any

import xlsxwriter

from app.kit.i18n import _
from app.kit.workbook.headings import Field, SheetKind
from app.kit.workbook.sheet_rows import column_letters
from app.kit.workbook.skeletons import FONT, SAFE, sheet_title

_PREPARED_ROWS = 5_000
_LONGEST_LIST = 255  # what Excel takes as a list inside a rule; longer ones stand on a hidden sheet
_LISTS_SHEET = "选项"


def write_template(
    stream: IO[bytes], kind: SheetKind, *, choices: Mapping[str, Sequence[str]] | None = None
) -> None:
    """A blank sheet to fill in: required headings marked *, drop-down lists, text columns, notes as comments.

    ``choices`` gives lists for this office (its townships, say) by field key, in place of the fields' own.
    The example of a field stands in the comment, never as a row that would be imported.
    """
    with xlsxwriter.Workbook(stream, {**SAFE, "in_memory": True}) as book:
        sheet = book.add_worksheet(sheet_title(str(kind.label), {_LISTS_SHEET}))
        lists: list[Sequence[str]] = []
        heading = FONT | {"bold": True, "border": 1, "align": "center", "bg_color": "#EDEDED"}
        plain, needed = book.add_format(heading), book.add_format(heading | {"font_color": "#C00000"})
        as_text = book.add_format(FONT | {"num_format": "@"})
        for column, field in enumerate(kind.fields):
            label = str(field.label)
            wide = max(10, 2 * len(label) + 4, 2 * len(field.example) + 2)
            sheet.set_column(column, column, min(wide, 40), as_text if field.text else None)
            must = field.key in kind.needed
            sheet.write_string(0, column, f"{label}*" if must else label, needed if must else plain)
            if comment := _comment(field):
                sheet.write_comment(0, column, comment, {"x_scale": 1.6, "author": ""})
            accepted = [str(each) for each in (choices or {}).get(field.key, field.choices)]
            if accepted:
                _offer(sheet, column, accepted, lists)
        sheet.freeze_panes(1, 0)
        if lists:
            _write_lists(book, lists)


def _comment(field: Field) -> str:
    lines = [str(field.note)] if field.note else []
    if field.example:
        lines.append(_("例：%(example)s", example=str(field.example)))
    return "\n".join(lines)


def _offer(sheet: Any, column: int, accepted: list[str], lists: list[Sequence[str]]) -> None:
    """A drop-down list under a heading; it allows nothing else."""
    if len(",".join(accepted)) <= _LONGEST_LIST and not any("," in each for each in accepted):
        source: object = accepted
    else:
        letters = column_letters(len(lists))
        source = f"='{_LISTS_SHEET}'!${letters}$1:${letters}${len(accepted)}"
        lists.append(accepted)
    sheet.data_validation(
        1,
        column,
        _PREPARED_ROWS,
        column,
        {
            "validate": "list",
            "source": source,
            "error_title": _("不在可选内容中"),
            "error_message": _("请从下拉列表中选择。"),
        },
    )


def _write_lists(book: Any, lists: list[Sequence[str]]) -> None:
    hidden = book.add_worksheet(_LISTS_SHEET)
    for column, accepted in enumerate(lists):
        for row, each in enumerate(accepted):
            hidden.write_string(row, column, each)
    hidden.hide()
