"""What all cell parsers share: their error, and cells as plain text."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from app.kit.i18n import _l
from app.kit.workbook.reading import Cell

_MOST_SHOWN = 40
_EXACT_FLOAT = 1e15

UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
SEPARATORS = re.compile(r"[、，,;；/／|\r\n]+")
NOTHING = frozenset({"", "-", "--", "—", "——", "–", "/", "\\", "―", "ー"})


class CellError(Exception):
    """A cell that cannot be read; ``message`` (translated when shown) says what to write instead."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


def shown(cell: object) -> str:
    """A cell's value as a message quotes it: at most 40 characters on one line."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    value = " ".join(str(cell).split())
    return value if len(value) <= _MOST_SHOWN else f"{value[:_MOST_SHOWN]}…"


def as_text(cell: Cell) -> str:
    """Any cell as the text a reader sees: whole numbers without decimals, days as 2024-03-05."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        if abs(cell) >= _EXACT_FLOAT:
            raise CellError(_l("这一格是数字，末尾几位已被 Excel 改成 0；请把单元格设为文本格式后重新填写。"))
        return str(int(cell))
    if isinstance(cell, datetime) and (cell.hour or cell.minute or cell.second):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def plain(cell: Cell) -> str:
    """The text of a cell, full-width letters and digits made ordinary and all white space dropped."""
    value = cell if type(cell) is str else as_text(cell)
    if not (value.isascii() and value.isprintable()):
        value = unicodedata.normalize("NFKC", UNSEEN.sub("", value))
    return "".join(value.split())
