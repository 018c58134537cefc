"""What people type into cells, turned into values. Every parser takes a cell and gives None for a blank one.

A parser that cannot read its cell raises :class:`CellError`, whose message says what is wrong and what to
write instead. Nothing is guessed: 约20 is no number, 也许 is neither yes nor no.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from app.kit.i18n import _l
from app.kit.workbook.cell_text import NOTHING, SEPARATORS, UNSEEN, CellError, as_text, plain, shown
from app.kit.workbook.dates import PartialDate, date_, partial_date
from app.kit.workbook.people import id_number, name, names_list, nation, phone, sex
from app.kit.workbook.reading import Cell

__all__ = [
    "CellError",
    "PartialDate",
    "choice",
    "date_",
    "digits_text",
    "id_number",
    "money",
    "name",
    "names_list",
    "nation",
    "numbers_list",
    "ordinal",
    "partial_date",
    "phone",
    "sex",
    "text",
    "whole_number",
    "yes_no",
]

_Value = TypeVar("_Value", bound=Hashable)

MAX_CODE = 64

_ANSWERS = dict.fromkeys(
    ("是", "√", "✓", "✔", "☑", "■", "✅", "有", "y", "yes", "t", "true", "1", "对"), True
)
_ANSWERS |= dict.fromkeys(("否", "不是", "×", "✗", "✘", "✕", "x", "☐", "□", "无", "没有"), False)
_ANSWERS |= dict.fromkeys(("n", "no", "f", "false", "0", "错"), False)
_UNITS = "人次|人|次|名|位|件|条|个|份|户|票|场|期|天|日|小时|学时|篇|项|起|处|岁|届|年|月|组|站|家|元"
_WHOLE = re.compile(rf"\+?(\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.0+)?(?:{_UNITS})?", re.ASCII)
_MONEY = re.compile(
    r"(?:人民币|rmb|cny|[¥￥])?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(万元|亿元|万|亿|元整|元|圆)?", re.ASCII
)
_ORDINAL = re.compile(r"第?([0-9]{1,3}|[零〇一二两三四五六七八九十百]{1,5})")
_MAX_WHOLE = 10**9
_LONGEST = 200  # of a text that is looked up: what is longer is wrong, and not worth remembering


def text(max_length: int = 255) -> Callable[[Cell], str | None]:
    """A parser of free text up to so many characters; control characters go, every other one stays."""

    def parse(cell: Cell) -> str | None:
        value = cell.strip() if type(cell) is str else as_text(cell)
        if not value:
            return None
        if not value.isprintable():
            value = UNSEEN.sub("", value).strip()
        if len(value) > max_length:
            raise CellError(
                _l(
                    "文字过长（%(length)d 字）；请缩短到 %(most)d 字以内。",
                    length=len(value),
                    most=max_length,
                )
            )
        return value or None

    return parse


def digits_text(cell: Cell) -> str | None:
    """A card number or code as text, at most 64 characters; leading zeros stay where the cell is text.

    In a numeric cell (623400074.0) Excel has already dropped them: whoever looks the number up must allow
    for that.
    """
    if type(cell) is str and cell.isalnum() and cell.isascii() and len(cell) <= MAX_CODE:
        return cell
    if isinstance(cell, bool | date) or (isinstance(cell, float) and not cell.is_integer()):
        raise CellError(_l("“%(value)s”不是号码；请把单元格设为文本格式后填写。", value=shown(cell)))
    value = plain(cell)
    if len(value) > MAX_CODE:
        raise CellError(_l("号码过长；请只填写一个号码，不超过 %(most)d 个字符。", most=MAX_CODE))
    return None if value in NOTHING else value


def yes_no(cell: Cell) -> bool | None:
    """是, √, 有, Y, 1 … or 否, ×, 无, N, 0 …; None where the cell is blank or only a dash."""
    if cell is None:
        return None
    if type(cell) is str and cell in _ANSWERS:
        return _ANSWERS[cell]
    value = plain(cell).casefold()
    if value in NOTHING:
        return None
    if value in _ANSWERS:
        return _ANSWERS[value]
    raise CellError(_l("“%(value)s”既不是“是”也不是“否”；请填写“是”或“否”。", value=shown(cell)))


def whole_number(cell: Cell) -> int | None:
    """A count: 5.0, 5人次, １２, 1,200. Approximations (约20, 20余), fractions and negatives are errors."""
    if type(cell) is float and 0 <= cell <= _MAX_WHOLE and cell.is_integer():
        return int(cell)
    value = plain(cell)
    if value in NOTHING:
        return None
    match = _WHOLE.fullmatch(value)
    if match is None:
        raise CellError(_l("“%(value)s”不是整数；请填写不小于 0 的整数，如 20。", value=shown(cell)))
    number = int(match[1].replace(",", "")) if len(match[1]) <= 13 else _MAX_WHOLE + 1
    if number > _MAX_WHOLE:
        raise CellError(_l("“%(value)s”数目过大；请检查后重新填写。", value=shown(cell)))
    return number


def money(cell: Cell) -> int | None:
    """An amount in yuan (1,234.50, ¥12, 1.2万元) as whole fen; never rounded."""
    if isinstance(cell, float):
        amount = Decimal(repr(round(cell, 6)))
    else:
        value = plain(cell).casefold()
        if value in NOTHING:
            return None
        match = _MONEY.fullmatch(value)
        if match is None or len(value) > 24:
            raise CellError(
                _l("“%(value)s”不是金额；请填写以元为单位的数字，如 1234.50。", value=shown(cell))
            )
        amount = Decimal(match[1].replace(",", "") + (match[2] or ""))
        amount *= {"万": 10_000, "亿": 100_000_000}.get((match[3] or "")[:1], 1)
    fen = amount * 100
    if not fen.is_finite() or fen < 0 or fen != fen.to_integral_value() or fen > 10**15:
        raise CellError(_l("“%(value)s”不是金额；请填写不小于 0、最多两位小数的数字。", value=shown(cell)))
    return int(fen)


def numbers_list(cell: Cell) -> tuple[str, ...]:
    """Card numbers or codes parted by 、 ， ; / a new line or blanks, each once."""
    if cell is None:
        return ()
    if not isinstance(cell, str):
        number = digits_text(cell)
        return (number,) if number else ()
    pieces = (digits_text(word) for piece in SEPARATORS.split(cell) for word in piece.split())
    return tuple(dict.fromkeys(filter(None, pieces)))


def choice(
    values: Mapping[str, _Value], *, accepted: Sequence[str] | None = None
) -> Callable[[Cell], _Value | None]:
    """A parser of one of the given texts, which may be several for one value.

    The message lists ``accepted``, else the first text of every value.
    """
    known = {_folded(label): value for label, value in values.items()}
    first: dict[Any, str] = {}
    for label, value in values.items():
        first.setdefault(value, label)
    names = accepted if accepted is not None else tuple(first.values())

    def parse(cell: Cell) -> _Value | None:
        if type(cell) is str and (value := values.get(cell)) is not None:
            return value
        folded = _folded(as_text(cell)[:_LONGEST])
        if folded in known:
            return known[folded]
        if folded in NOTHING:
            return None
        listed = "、".join(map(str, names))
        raise CellError(
            _l("“%(value)s”不在可填内容中；请填写：%(accepted)s。", value=shown(cell), accepted=listed)
        )

    return parse


@lru_cache(maxsize=4096)
def _folded(value: str) -> str:
    return plain(value).casefold()


def ordinal(cell: Cell) -> int | None:
    """The number of a term or session: 第十八届, 18届, 华容县第十八届 and 十八 are 18."""
    value = plain(cell)
    if value in NOTHING:
        return None
    return _ordinal(value[:_LONGEST])


@lru_cache(maxsize=1024)
def _ordinal(value: str) -> int:
    before, mark, _after = value.partition("届")
    found = list(_ORDINAL.finditer(before)) if mark else [m for m in [_ORDINAL.fullmatch(value)] if m]
    if not found or (mark and found[-1].end() != len(before)):
        raise CellError(_l("“%(value)s”看不出是第几届；请填写如“第十八届”。", value=shown(value)))
    digits = found[-1][1]
    if digits.isdigit() and digits.isascii():
        return int(digits)
    import cn2an  # takes a third of a second, and few need it

    try:
        return int(cn2an.cn2an(digits.replace("〇", "零"), "smart"))
    except ValueError:
        raise CellError(_l("“%(value)s”看不出是第几届；请填写如“第十八届”。", value=shown(value))) from None
