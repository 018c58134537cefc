"""What a sheet holds, told by its headings: offices never agree on file names, sheet names or wording.

Columns count from 0; rows count from 1, as Excel shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from app.kit.i18n import _l
from app.kit.workbook.cells import CellError
from app.kit.workbook.kinds import (
    REASON_HEADING,
    SERIAL_HEADINGS,
    Field,
    SheetKind,
    bare_heading,
    normalise_heading,
)
from app.kit.workbook.reading import Cell, Row
from app.kit.workbook.rows import Merged, MergedDown, Surroundings, has_value, squeezed

__all__ = [
    "REASON_HEADING",
    "Field",
    "Merged",
    "Recognition",
    "SheetKind",
    "bare_heading",
    "data_rows",
    "guess",
    "normalise_heading",
    "parse_row",
    "recognise",
]

_ROWS_LOOKED_AT = 30
_MIN_GUESS = 2


@dataclass(frozen=True)
class Recognition:
    """How one sheet is to be read. ``missing``: labels of columns that are needed and not there."""

    kind: SheetKind
    heading_row: int
    heading_rows: int
    columns: Mapping[int, str]
    headings: Mapping[int, str]
    unknown: tuple[tuple[int, str], ...]
    missing: tuple[str, ...] = ()
    merged: tuple[Merged, ...] = ()
    above: frozenset[str] = frozenset()

    @property
    def first_row(self) -> int:
        """The first row under the headings."""
        return self.heading_row + self.heading_rows

    @cached_property
    def serial_columns(self) -> frozenset[int]:
        """Columns that only number the rows (序号)."""
        return frozenset(
            column for column, text in self.headings.items() if normalise_heading(text) in SERIAL_HEADINGS
        )

    def heading_of(self, key: str) -> str:
        """The heading of a field as it stands in the file, or the field's label where it has no column."""
        for column, found in self.columns.items():
            if found == key:
                return self.headings[column]
        return str(self.kind.by_key[key].label)

    def complaint(self) -> str:
        """A sentence about the missing columns."""
        names = "".join(f"“{label}”" for label in self.missing)
        return str(_l("缺少%(names)s列；请补上这一列，或指定用哪一列代替。", names=names))


@dataclass
class _Heads:
    """One way of taking the headings: at this row (from 0), one or two rows high."""

    row: int
    height: int
    spellings: dict[int, list[str]] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)


def recognise(
    first_rows: Sequence[Row],
    merged: Sequence[Merged],
    kinds: Sequence[SheetKind],
    remembered: Mapping[str, str] | None = None,
) -> Recognition | None:
    """The kind of the sheet and what each column is, or None where no kind has all its columns.

    ``first_rows`` are the first (at most 30) rows. ``remembered`` maps normalised headings to the field key
    somebody once chose by hand; the empty key means that the column is to be left out.
    """
    best = guess(first_rows, merged, kinds, remembered)
    return best if best and not best.missing else None


def guess(
    first_rows: Sequence[Row],
    merged: Sequence[Merged],
    kinds: Sequence[SheetKind],
    remembered: Mapping[str, str] | None = None,
) -> Recognition | None:
    """The best reading of the sheet, a complete one first; None where hardly a heading is known."""
    best: tuple[tuple[int, ...], Recognition] | None = None
    upper_merged = [area for area in merged if area[0] < _ROWS_LOOKED_AT]
    for heads in _ways(first_rows[:_ROWS_LOOKED_AT], upper_merged):
        for kind in kinds:
            columns, ignored = _match(heads, kind, remembered or {})
            missing = tuple(key for key in kind.needed if key not in columns.values())
            if len(columns) < min(_MIN_GUESS, len(kind.fields)):
                continue
            score = (not missing, len(columns), -heads.height, -kind.order, -heads.row)
            if best is None or score > best[0]:
                found = _recognition(heads, kind, columns, ignored, missing, merged, first_rows)
                best = (score, found)
    return best[1] if best else None


def _recognition(
    heads: _Heads,
    kind: SheetKind,
    columns: dict[int, str],
    ignored: set[int],
    missing: tuple[str, ...],
    merged: Sequence[Merged],
    first_rows: Sequence[Row],
) -> Recognition:
    unknown = tuple(
        (column, text)
        for column, text in heads.texts.items()
        if column not in columns and column not in ignored
    )
    above = frozenset(squeezed(cell) for row in first_rows[: heads.row] for cell in row if squeezed(cell))
    below = heads.row + heads.height
    return Recognition(
        kind=kind,
        heading_row=heads.row + 1,
        heading_rows=heads.height,
        columns=columns,
        headings=heads.texts,
        unknown=unknown,
        missing=tuple(str(kind.by_key[key].label) for key in missing),
        merged=tuple(area for area in merged if area[0] >= below),
        above=above,
    )


def _match(heads: _Heads, kind: SheetKind, remembered: Mapping[str, str]) -> tuple[dict[int, str], set[int]]:
    """Column to field key, surest spellings first; and the columns that are to be left out."""
    columns: dict[int, str] = {}
    left_out: set[int] = set()

    def take(column: int, key: str | None) -> None:
        if key is None or key not in kind.by_key or key in columns.values():
            return
        if column not in columns and column not in left_out:
            columns[column] = key

    for column, spellings in heads.spellings.items():
        if any(remembered.get(each) == "" or each == REASON_HEADING for each in spellings):
            left_out.add(column)
        for spelling in spellings:
            take(column, remembered.get(spelling))
    for known, reduce in ((kind.exact, normalise_heading), (kind.bare, bare_heading)):
        for rank in range(2):
            for column, spellings in heads.spellings.items():
                if rank < len(spellings):
                    take(column, known.get(reduce(spellings[rank])))
    numbering = {column for column, text in heads.spellings.items() if text[-1] in SERIAL_HEADINGS}
    return dict(sorted(columns.items())), left_out | (numbering - columns.keys())


def _ways(rows: Sequence[Row], merged: Sequence[Merged]) -> Iterator[_Heads]:
    texts = [[_shown(cell) for cell in row] for row in rows]
    for number, row in enumerate(texts):
        if sum(map(bool, row)) == 0:
            continue
        single = _Heads(number, 1)
        for column, text in enumerate(row):
            _add(single, column, (text,), text)
        yield single
        if number + 1 < len(texts):
            yield _two_rows(number, row, texts[number + 1], merged)


def _two_rows(number: int, upper: list[str], lower: list[str], merged: Sequence[Merged]) -> _Heads:
    """Headings of two rows: an upper cell spans the lower cells that have no upper cell of their own."""
    spans = {
        column: (first_column, last_row)
        for first_row, first_column, last_row, last_column in merged
        if first_row == number
        for column in range(first_column, last_column + 1)
    }
    heads = _Heads(number, 2)
    group = ""
    for column in range(max(len(upper), len(lower))):
        over = upper[column] if column < len(upper) else ""
        under = lower[column] if column < len(lower) else ""
        if column in spans:
            group = upper[spans[column][0]]
        elif over or not under:
            group = over
        if under:
            _add(heads, column, (group + under, under) if group else (under,), under)
        else:
            _add(heads, column, (over,), over)
    return heads


def _add(heads: _Heads, column: int, spellings: Sequence[str], text: str) -> None:
    if text and normalise_heading(text):
        heads.spellings[column] = [normalise_heading(each) for each in spellings]
        heads.texts[column] = text


def _shown(cell: Cell) -> str:
    """A heading cell as one line of text; dates and the like are no headings."""
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def data_rows(rows: Iterable[Row], recognition: Recognition) -> Iterator[tuple[int, dict[str, Cell], Row]]:
    """(Excel's row number, cells by field key, the whole row) for every row that holds data.

    ``rows`` begin at row 1. Blank rows, totals, signatures, notes, section titles and repeated headings are
    left out. A row with nothing but a serial number is blank; a row with anything else under a known heading
    is data, however much it lacks. A cell merged downwards counts for all its rows.
    """
    mapped = list(recognition.columns.items())
    telling = [column for column, _key in mapped if column not in recognition.serial_columns]
    surroundings = Surroundings(
        headings=recognition.headings,
        above=recognition.above,
        merged=recognition.merged,
    )
    merged_down = MergedDown(recognition.merged)
    for number, row in enumerate(rows, start=1):
        if number < recognition.first_row:
            continue
        width = len(row)
        filled = merged_down.apply(number - 1, row)
        if surroundings.holds(number - 1, row):
            continue
        if not any(column < width and has_value(row[column]) for column in telling):
            continue
        yield number, {key: filled[column] if column < width else None for column, key in mapped}, filled


def parse_row(
    recognition: Recognition, cells: Mapping[str, Cell]
) -> tuple[dict[str, object], list[tuple[str, CellError]]]:
    """Every field's value (None where there is no column) and (key, error) for each cell that is wrong."""
    values: dict[str, object] = {}
    errors: list[tuple[str, CellError]] = []
    for each in recognition.kind.fields:
        key = each.key
        try:
            value = values[key] = each.parse(cells.get(key))
            if each.required and (value is None or value == "" or value == ()):
                raise CellError(_l("“%(column)s”不能为空，请填写。", column=recognition.heading_of(key)))
        except CellError as error:
            values[key] = None
            errors.append((key, error))
    return values, errors
