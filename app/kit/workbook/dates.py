"""Days as people write them: 2024.3.5, 2024年3月5日, 20240305, Excel's own; and birth dates without a day."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, total_ordering

from app.kit.i18n import _l
from app.kit.workbook.cell_text import CellError, shown
from app.kit.workbook.reading import Cell

EARLIEST = date(1900, 1, 1)
LATEST = date(2100, 12, 31)

# An unformatted day is a count from 1899-12-30. Below 10,000 (1927) it would be taken for a year or a count.
_SERIALS = range(10_000, 73_051)
_LONGEST = 60
_EPOCH = date(1899, 12, 30)

_TIME = re.compile(r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))
_SEPARATED = re.compile(
    r"(\d{4})(?:[-/.、](\d{1,2})(?:[-/.、](\d{1,2}))?|年(?:(\d{1,2})月(?:份|(\d{1,2})[日号]?)?)?)?"
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})?", re.ASCII)
_WEEKDAY = re.compile(r"\((?:星期|周)[一二三四五六日天]\)$|(?:星期|周)[一二三四五六日天]$")
_BLANKS = frozenset({"", "-", "--", "/", "\\"})

_Parts = tuple[int, int | None, int | None]


@total_ordering
@dataclass(frozen=True)
class PartialDate:
    """A day of which the day, or month and day, may be unknown. ValueError where it cannot exist."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("a day without a month")
        date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)

    @classmethod
    def fromisoformat(cls, text: str) -> PartialDate:
        """From 1975, 1975-03 or 1975-03-12."""
        if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", text, re.ASCII):
            raise ValueError(text)
        return cls(*map(int, text.split("-")))

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """From a whole day."""
        return cls(day.year, day.month, day.day)

    def isoformat(self) -> str:
        """1975, 1975-03 or 1975-03-12."""
        month = "" if self.month is None else f"-{self.month:02d}"
        return f"{self.year:04d}{month}" + ("" if self.day is None else f"-{self.day:02d}")

    __str__ = isoformat

    def __lt__(self, other: PartialDate) -> bool:
        return self._key() < other._key()

    def _key(self) -> tuple[int, int, int]:
        return self.year, self.month or 0, self.day or 0

    def agrees_with(self, other: PartialDate) -> bool:
        """Whether both may be the same day: nothing that both know differs."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(mine == theirs or mine is None or theirs is None for mine, theirs in pairs)

    @property
    def first(self) -> date:
        """The earliest day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The latest day it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def date_(cell: Cell, *, earliest: date = EARLIEST, latest: date = LATEST) -> date | None:
    """A whole day, both bounds included; None for a blank cell."""
    if type(cell) is date:
        day = cell
    else:
        parts = _parts(cell)
        if parts is None:
            return None
        year, month, day_of_month = parts
        if month is None or day_of_month is None:
            raise CellError(_l("“%(value)s”缺少具体日期；请写明年月日，如 2024-03-05。", value=shown(cell)))
        day = date(year, month, day_of_month)
    if not earliest <= day <= latest:
        raise _out_of_bounds(cell, earliest, latest)
    return day


def partial_date(cell: Cell, *, earliest: date = EARLIEST, latest: date = LATEST) -> PartialDate | None:
    """A birth date or other day of which only the year or month may be known; both bounds included.

    A number is read as it is written: 1975.1 is January even where October's zero was lost by Excel.
    For births the caller gives today as ``latest``, at the time of parsing.
    """
    parts = _parts(cell)
    if parts is None:
        return None
    found = _partial(parts)
    if found.last < earliest or found.first > latest:
        raise _out_of_bounds(cell, earliest, latest)
    return found


@lru_cache(maxsize=8192)
def _partial(parts: _Parts) -> PartialDate:
    return PartialDate(*parts)


def _out_of_bounds(cell: Cell, earliest: date, latest: date) -> CellError:
    return CellError(
        _l("日期“%(value)s”不在 %(earliest)s 至 %(latest)s 之间；请核对年份。",
           value=shown(cell), earliest=earliest.isoformat(), latest=latest.isoformat())
    )  # fmt: skip


def _parts(cell: Cell) -> _Parts | None:
    """Year, month, day of a cell, checked to exist; None for a blank cell."""
    if cell is None:
        return None
    if isinstance(cell, date):
        return cell.year, cell.month, cell.day
    if isinstance(cell, str):
        if len(cell) > _LONGEST and cell.strip():
            raise _not_a_date(cell)
        return _parts_of_text(cell[:_LONGEST])
    if isinstance(cell, bool) or not 0 < cell < 1e9:
        raise _not_a_date(cell)
    if int(cell) in _SERIALS:
        day = _EPOCH + timedelta(days=int(cell))
        return day.year, day.month, day.day
    return _parts_of_text(repr(int(cell) if cell == int(cell) else cell))


@lru_cache(maxsize=16384)
def _parts_of_text(text: str) -> _Parts | None:
    plain = _TIME.sub("", unicodedata.normalize("NFKC", text).strip())
    plain = _WEEKDAY.sub("", "".join(plain.split())).translate(_DASHES).rstrip(".。")
    if plain in _BLANKS:
        return None
    match = _SEPARATED.fullmatch(plain) or _DIGITS.fullmatch(plain)
    if match is None:
        raise _not_a_date(text)
    year, *others = (int(group) for group in match.groups() if group is not None)
    month = others[0] if others else None
    day = others[1] if len(others) > 1 else None
    try:
        date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise CellError(_l("日期“%(value)s”不存在；请核对年、月、日。", value=shown(text))) from None
    return year, month, day


def _not_a_date(cell: Cell) -> CellError:
    return CellError(_l("“%(value)s”不是日期；请写成 2024-03-05 或 2024年3月5日。", value=shown(cell)))
