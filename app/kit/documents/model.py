"""What a formal document consists of, without a word on how it is printed.

Every text is plain text: no markup is read from it, so names and reports typed by people print as typed.
Words that the document itself needs (a total's label, a target's name) are given by whoever builds it, in
the language of the reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from app.kit.charts import Bar, heat_peak

Align = Literal["left", "center", "right"]
Cell = str | int
Paper = Literal["a4", "a3"]

CELL_PADDING = 1.1
"""Room a cell takes beside its text, in characters of the table."""

# What neither Word's XML nor a page can hold; line ends and tabs stay.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Nine digits at most: longer runs are telephone and card numbers, not quantities.
_FIGURE = re.compile(r"[+\-−]?\d{1,9}(?:,\d{3})*(?:\.\d+)?\s*%?|[—–-]|")


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 (一、黑体), 2 (（一）楷体) or 3 (1. 仿宋); the number is part of the text."""

    level: Literal[1, 2, 3]
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; line ends in it begin new paragraphs. ``indent`` is the usual two characters."""

    text: str
    indent: bool = True


@dataclass(frozen=True, slots=True)
class KeyValues:
    """A bordered form such as 代表登记表 in 2 or 4 columns of names and values; a long value takes a line."""

    rows: Sequence[tuple[str, Cell]]
    columns: Literal[2, 4] = 2


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose heading repeats on every page. ``widths`` are proportions; without them, and without
    ``align``, columns follow their content: wide for long texts, right for figures."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[float] = ()
    align: Sequence[Align] = ()
    caption: str = ""
    total_row: Sequence[Cell] = ()


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Counts by row (kind) and column (month), shaded by size, figure in every cell; nothing stays blank.
    With a ``total_label`` sums are added at the right and at the foot."""

    row_labels: Sequence[str]
    column_labels: Sequence[str]
    counts: Sequence[Sequence[int]]
    caption: str = ""
    total_label: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Shares of a whole as bars in the order given, with a dashed line at ``target`` (0 to 1)."""

    items: Sequence[Bar]
    target: float | None = 0.30
    target_label: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a new page."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Closing lines (office, date) at the right, four characters from the edge."""

    lines: Sequence[str]


Block = Heading | Paragraph | KeyValues | Table | HeatMap | Bars | PageBreak | Signature


@dataclass(frozen=True, slots=True)
class Cover:
    """A front page with the document's title, these lines under it, and office and date at its foot."""

    rows: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of a letter an organ sends: its name in red over a red line, the letter's number, and what the
    receiver must see at once at the top right of the first page (the class of a reply)."""

    organ: str
    number: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document. ``organ`` is the office it comes from, ``date_line`` its day in words,
    ``footer_note`` a small line at every foot (when and from what it was made). ``contents_title`` asks for a
    table of the first-level headings after the cover. ``paper`` A3 is for what hangs on a wall. With a
    ``letterhead`` the organ stands there, and not under the title."""

    title: str
    subtitle: str = ""
    organ: str = ""
    date_line: str = ""
    blocks: Sequence[Block] = ()
    cover: Cover | None = None
    landscape: bool = False
    paper: Paper = "a4"
    footer_note: str = ""
    contents_title: str = ""
    language: Literal["zh", "en"] = "zh"
    letterhead: Letterhead | None = None


def plain(value: Cell) -> str:
    """The text of a value as it can be printed: composed (NFC), without control characters."""
    text = unicodedata.normalize("NFC", str(value))
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def text_width(text: str) -> float:
    """Width of the longest line in characters of Chinese. Letters and figures count a little over half; where
    they meet Chinese, Word leaves a gap."""
    return max(map(_line_width, text.split("\n")))


def _line_width(line: str) -> float:
    wide = [unicodedata.east_asian_width(char) in "WFA" for char in line]
    meetings = sum(before != after for before, after in pairwise(wide))
    return sum(wide) + 0.53 * (len(wide) - sum(wide)) + 0.22 * meetings


def text_width_mm(landscape: bool, paper: Paper = "a4") -> int:
    """Width of the text block; A3 has the margins of A4."""
    if paper == "a3":
        return 348 if landscape else 243
    return 225 if landscape else 156


def characters_across(landscape: bool, paper: Paper = "a4") -> float:
    """Characters of table text (10.5 pt) that fit side by side in the text block."""
    return text_width_mm(landscape, paper) / 25.4 * 72 / 10.5


def is_figure(text: str) -> bool:
    """Whether a cell is a number, a percentage, a dash or empty: what stands at the right of its column."""
    return _FIGURE.fullmatch(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class FormCell:
    """One name and value of a form; ``whole`` lines hold only this one."""

    label: str
    value: str
    whole: bool


def form_lines(block: KeyValues) -> list[list[FormCell]]:
    """The lines of a form: pairs side by side where both are short, long values and odd ones alone."""
    widest = 14.0
    lines: list[list[FormCell]] = []
    for name, value in block.rows:
        label, text = plain(name), plain(value)
        whole = block.columns == 2 or text_width(text) > widest or "\n" in text
        last = lines[-1] if lines else []
        if not whole and len(last) == 1 and not last[0].whole:
            last.append(FormCell(label, text, False))
        else:
            if last and len(last) == 1 and not last[0].whole:
                lines[-1] = [FormCell(last[0].label, last[0].value, True)]
            lines.append([FormCell(label, text, whole)])
    if lines and len(lines[-1]) == 1:
        lines[-1] = [FormCell(lines[-1][0].label, lines[-1][0].value, True)]
    return lines


@dataclass(frozen=True, slots=True)
class Grid:
    """A table ready for printing: texts, the share of the width of each column, its alignment."""

    headings: list[str]
    rows: list[list[str]]
    total: list[str]
    widths: list[float]
    align: list[Align]


def table_grid(block: Table, across: float) -> Grid:
    """The table's texts with widths (summing to 1) and alignments filled in from its content.

    ``across`` is the room for the whole table, in characters.

    Raises ``ValueError`` where a row has more or fewer cells than there are headings.
    """
    headings = [plain(heading) for heading in block.headings]
    rows = [[plain(cell) for cell in row] for row in block.rows]
    total = [plain(cell) for cell in block.total_row]
    wrong = next((row for row in [*rows, total] if row and len(row) != len(headings)), None)
    if wrong is not None:
        raise ValueError(f"a row of {len(wrong)} cells under {len(headings)} headings: {wrong!r}")
    columns = [[row[place] for row in rows] for place in range(len(headings))]
    align = list(block.align) or [_usual_align(cells) for cells in columns]
    widths = list(block.widths) or _usual_widths(headings, columns, across)
    whole = sum(widths) or 1.0
    return Grid(headings, rows, total, [width / whole for width in widths], align)


def _usual_align(cells: list[str]) -> Align:
    if any(cells) and all(is_figure(cell) for cell in cells):
        return "right"
    return "center" if max(map(text_width, cells), default=0) <= 6 else "left"


def _usual_widths(headings: list[str], columns: list[list[str]], across: float) -> list[float]:
    """Widths by content: headings on one line where all fits, else in two, and long texts give way."""
    measured = [sorted(map(text_width, cells)) for cells in columns]
    short = [max((width for width in widths if width <= 9.5), default=0.0) for widths in measured]
    usual = [max(_nine_in_ten(widths), least) for widths, least in zip(measured, short, strict=True)]
    named = [text_width(heading) for heading in headings]
    wanted = [max(width, name, 2.0) + CELL_PADDING for width, name in zip(usual, named, strict=True)]
    if sum(wanted) <= across:
        return wanted
    least = [max(width, name / 2, 2.0) + CELL_PADDING for width, name in zip(short, named, strict=True)]
    wanted = [max(width + CELL_PADDING, low) for width, low in zip(usual, least, strict=True)]
    return _shared_out(least, wanted, across)


def _nine_in_ten(widths: list[float]) -> float:
    """The width that nine cells in ten fit: a single long remark must not starve the other columns."""
    return widths[(len(widths) - 1) * 9 // 10] if widths else 0.0


def _shared_out(least: list[float], wanted: list[float], across: float) -> list[float]:
    """Each column between what it needs and what it wants, filled to one level like a set of jars."""
    low, high = 0.0, max(wanted)
    for _halving in range(30):
        level = (low + high) / 2
        filled = sum(min(max(level, floor), ceiling) for floor, ceiling in zip(least, wanted, strict=True))
        low, high = (level, high) if filled <= across else (low, level)
    return [min(max(low, floor), ceiling) for floor, ceiling in zip(least, wanted, strict=True)]


@dataclass(frozen=True, slots=True)
class HeatGrid:
    """A heat map ready for printing; totals are empty where no label asks for them."""

    columns: list[str]
    rows: list[tuple[str, list[int], int]]
    foot: list[int]
    peak: int
    total_label: str


def heat_grid(block: HeatMap) -> HeatGrid:
    """Rows with their sums, sums per column, and the busiest cell.

    Raises ``ValueError`` where the counts do not fit the labels.
    """
    counts = [list(row) for row in block.counts]
    if len(counts) != len(block.row_labels) or any(len(row) != len(block.column_labels) for row in counts):
        raise ValueError("the counts of a heat map do not fit its labels")
    rows = [(plain(label), row, sum(row)) for label, row in zip(block.row_labels, counts, strict=True)]
    foot = [sum(column) for column in zip(*counts, strict=True)] or [0] * len(block.column_labels)
    columns = [plain(label) for label in block.column_labels]
    return HeatGrid(columns, rows, foot, heat_peak(counts), plain(block.total_label))


def all_text(document: Document) -> str:
    """Every character the document will print, for checking against the fonts."""
    pieces: list[str] = [
        document.title,
        document.subtitle,
        document.organ,
        document.date_line,
        document.footer_note,
        document.contents_title,
    ]
    for name, value in document.cover.rows if document.cover else ():
        pieces += [name, value]
    if document.letterhead is not None:
        pieces += [document.letterhead.organ, document.letterhead.number, document.letterhead.mark]
    for block in document.blocks:
        pieces += _block_text(block)
    return plain("\n".join(pieces))


def _block_text(block: Block) -> list[str]:
    match block:
        case Heading() | Paragraph():
            return [block.text]
        case KeyValues():
            return [str(part) for row in block.rows for part in row]
        case Table():
            cells = [str(cell) for row in (*block.rows, block.total_row) for cell in row]
            return [block.caption, *block.headings, *cells]
        case HeatMap():
            return [block.caption, block.total_label, *block.row_labels, *block.column_labels]
        case Bars():
            texts = [text for bar in block.items for text in (bar.label, bar.note)]
            return [block.caption, block.target_label, *texts]
        case Signature():
            return list(block.lines)
        case PageBreak():
            return []
