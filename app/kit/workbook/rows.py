"""Which rows of an office's table are no data: totals, signatures, notes, section titles, headings again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.kit.workbook.kinds import normalise_heading
from app.kit.workbook.reading import Cell, Row

Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, all counted from 0."""

_WORDS = "合计|总计|小计|共计|累计|总数|总人数|汇总"
_TOTAL = re.compile(
    rf"(?:(?:本页|本表|以上)?(?:{_WORDS})(?:[:：(（\d].*)?|.{{1,12}}(?:{_WORDS})(?:[:：\d].*)?)"
)
_COUNT = re.compile(r"(?:合计|总计|小计|共计|共|男|女)?[:：]?[\d.,%％/—-]+\D{0,3}")
_SIGNATURE = re.compile(
    r"(?:制表|填表|填报|审核|审批|复核|经办|统计|录入|负责|分管|单位负责|部门负责|主管|报送|打印|联系|签字|签章)"
    r"(?:人|单位|日期|时间|领导|电话|方式)?(?:[(（].{2,4}[)）])?[:：].*"
)
_NOTES = re.compile(r"(?:备注|说明|填表说明|填报说明|填写说明|注|附注|备考|注意事项)(?:\d?[:：].*)?")
_FIRST_LETTERS = frozenset("合总小共累汇本以制填审复经统录负分单部主报打联签备说注")
_MOST_NOTES = 2


def has_value(cell: Cell) -> bool:
    """Whether a cell holds anything but white space."""
    return cell is not None and not (isinstance(cell, str) and (not cell or cell.isspace()))


def squeezed(cell: Cell) -> str:
    """The text of a cell without any white space; nothing for other cells."""
    return "".join(cell.split()) if isinstance(cell, str) else ""


class MergedDown:
    """Gives every row the value of the cells merged into it from above. Rows must come in order."""

    def __init__(self, merged: Sequence[Merged]) -> None:
        self._starts: dict[int, list[Merged]] = {}
        for area in merged:
            if area[2] > area[0]:
                self._starts.setdefault(area[0], []).append(area)
        self._open: dict[int, tuple[Cell, int]] = {}

    def apply(self, index: int, row: Row) -> Row:
        """The row at this index (from 0) with the cells filled that a merged cell covers."""
        if self._open:
            self._open = {column: held for column, held in self._open.items() if held[1] >= index}
            if self._open:
                cells = list(row)
                for column, (value, _last) in self._open.items():
                    if column < len(cells):
                        cells[column] = value
                row = tuple(cells)
        for _first_row, column, last, _last_column in self._starts.get(index, ()):
            if column < len(row) and has_value(row[column]):
                self._open[column] = (row[column], last)
        return row


class Surroundings:
    """Knows the rows around and between the data of one sheet. Rows must come in order."""

    def __init__(self, headings: Mapping[int, str], above: frozenset[str], merged: Sequence[Merged]) -> None:
        """``headings`` by column; ``above``: texts over the headings, without white space."""
        self._columns = {column: normalise_heading(text) for column, text in headings.items()}
        self._headings = frozenset(map(squeezed, headings.values()))
        self._above = above
        span = max(3, (max(headings, default=0) + 1) // 2)
        self._titles = {area[0] for area in merged if area[0] == area[2] and area[3] - area[1] + 1 >= span}
        self._in_notes = False

    def holds(self, index: int, row: Row) -> bool:
        """Whether the row at this index (from 0) belongs to the surroundings, not to the data."""
        first = squeezed(next((cell for cell in row if isinstance(cell, str) and not cell.isspace()), None))
        if (
            first[:1] not in _FIRST_LETTERS
            and "计" not in first
            and not self._in_notes
            and index not in self._titles
            and first not in self._above
            and first not in self._headings
        ):
            return False
        return self._judge(index, row, first)

    def _judge(self, index: int, row: Row, first: str) -> bool:
        values = [cell for cell in row if has_value(cell)]
        few = len(values) <= _MOST_NOTES
        if _NOTES.fullmatch(first) and few:
            self._in_notes = True
            return True
        if len(values) == 1 and (self._in_notes or index in self._titles):
            return True
        if not few:
            self._in_notes = False
        return (
            _is_total(first, values)
            or bool(_SIGNATURE.fullmatch(first))
            or (few and first in self._above)
            or self._repeats_headings(row)
        )

    def _repeats_headings(self, row: Row) -> bool:
        filled = [column for column in self._columns if column < len(row) and has_value(row[column])]
        same = sum(
            1 for column in filled if normalise_heading(squeezed(row[column])) == self._columns[column]
        )
        return same > 0 and same >= 0.6 * len(filled)


def _is_total(first: str, values: Sequence[Cell]) -> bool:
    """A total word first, and beside it hardly anything but numbers."""
    if not _TOTAL.fullmatch(first):
        return False
    others = [squeezed(cell) for cell in values if isinstance(cell, str)]
    return sum(1 for text in others if text != first and not _COUNT.fullmatch(text)) <= 1
