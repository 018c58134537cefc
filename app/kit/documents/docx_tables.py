"""Forms, tables, heat maps and bars of a Word file: all are ordinary tables, so an office can edit them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from docx.shared import Length, Mm

from app.kit.charts import Bar, heat_step, target_text
from app.kit.documents.docx_styles import CELL, COVER_LABEL, COVER_VALUE, FORM, FORM_HEAD, HEAD
from app.kit.documents.model import (
    Bars,
    HeatMap,
    KeyValues,
    Paper,
    Table,
    characters_across,
    form_lines,
    heat_grid,
    plain,
    table_grid,
    text_width,
    text_width_mm,
)
from app.kit.documents.wordxml import INK, Box, Edge, Line, WordTable

LABEL_FILL = "F2F2F2"
HEAT_FILLS = ("", "FBEAE9", "F2C1BD", "DC8480", "B4232A")
RED, PALE_RED, TRACK = "B4232A", "F2C1BD", "F4F4F4"
# A bar is a row of 2 % steps: Word allows 63 columns, so one per cent each would be too many.
STEPS = 50
# A chart of more bars than this may go on over the page.
BARS_KEPT = 20


def text_block(landscape: bool, paper: Paper = "a4") -> Length:
    """Width of the text block."""
    return Mm(text_width_mm(landscape, paper))


def cover_table(rows: Sequence[tuple[str, str]]) -> WordTable:
    """Names and underlined values, in the middle of a cover."""
    under: dict[str, Edge] = {"bottom": ("single", 6, INK)}
    lines = [
        Line([Box(plain(name), COVER_LABEL, "right"), Box(plain(value), COVER_VALUE, edges=under)])
        for name, value in rows
    ]
    return WordTable(lines, (34, 80), Mm(114), bordered=False)


def form_table(block: KeyValues, landscape: bool) -> WordTable:
    """A form in two or four columns."""
    four = block.columns == 4
    lines = [
        Line(
            [
                box
                for cell in line
                for box in (
                    Box(cell.label, FORM_HEAD, fill=LABEL_FILL),
                    Box(cell.value, FORM, span=3 if four and cell.whole else 1),
                )
            ]
        )
        for line in form_lines(block)
    ]
    return WordTable(lines, (27, 51, 27, 51) if four else (36, 120), text_block(landscape), padding=(110, 70))


def data_table(block: Table, landscape: bool, paper: Paper = "a4") -> WordTable:
    """A table whose heading repeats on every page and never stands alone with one row; nor does the total."""
    grid = table_grid(block, characters_across(landscape, paper))
    lines = [Line([Box(text, HEAD, fill=LABEL_FILL) for text in grid.headings], heading=True)]
    for place, row in enumerate(grid.rows):
        boxes = [Box(text, CELL, align) for text, align in zip(row, grid.align, strict=True)]
        first, last = place == 0, place == len(grid.rows) - 1
        lines.append(Line(boxes, keep=bool(grid.total) if last else first))
    if grid.total:
        total = zip(grid.total, grid.align, strict=True)
        lines.append(Line([Box(text, HEAD, align, fill=LABEL_FILL) for text, align in total]))
    return WordTable(lines, grid.widths, text_block(landscape, paper))


def heat_table(block: HeatMap, landscape: bool) -> WordTable:
    """Counts shaded by size, with sums where a label for them is given."""
    grid = heat_grid(block)
    summed = [grid.total_label] if grid.total_label else []

    def head(text: str) -> Box:
        return Box(text, HEAD, fill=LABEL_FILL)

    def count_box(count: int) -> Box:
        step = heat_step(count, grid.peak)
        colour = "FFFFFF" if step == len(HEAT_FILLS) - 1 else ""
        return Box(str(count) if count else "", CELL, "center", fill=HEAT_FILLS[step], colour=colour)

    lines = [Line([head(text) for text in ("", *grid.columns, *summed)], heading=True)]
    for label, counts, total in grid.rows:
        row = [Box(label, HEAD, "left", fill=LABEL_FILL), *map(count_box, counts)]
        lines.append(Line([*row, *(Box(str(total), HEAD) for _sum in summed)], keep=True))
    if summed:
        foot = [head(str(count)) for count in (*grid.foot, sum(grid.foot))]
        lines.append(Line([Box(grid.total_label, HEAD, "left", fill=LABEL_FILL), *foot]))
    label_width = _label_width([label for label, _counts, _total in grid.rows], 9.0)
    each = (characters_across(landscape) - label_width) / max(len(grid.columns) + 1.25 * len(summed), 1)
    widths = [label_width, *[each] * len(grid.columns), *[1.25 * each] * len(summed)]
    return WordTable(lines, widths, text_block(landscape), padding=(20, 50))


def bars_table(block: Bars, landscape: bool) -> WordTable:
    """Bars as shaded cells between the name and the figures, with a dashed edge at the target."""
    noted = any(bar.note for bar in block.items)
    keep = len(block.items) <= BARS_KEPT
    lines = [] if block.target is None else [_target_line(block.target, plain(block.target_label), noted)]
    lines += [_bar_line(bar, block.target, noted, keep and bar is not block.items[-1]) for bar in block.items]
    label_width = _label_width([plain(bar.label) for bar in block.items], 12.0)
    figures = [5.0, 4.2, *([7.0] if noted else [])]
    each = (characters_across(landscape) - label_width - sum(figures)) / STEPS
    widths = [label_width, *[each] * STEPS, *figures]
    return WordTable(lines, widths, text_block(landscape), bordered=False, padding=(60, 0))


def _label_width(labels: Sequence[str], most: float) -> float:
    return min(max(map(text_width, labels), default=2.0), most) + 1.4


def _target_line(target: float, label: str, noted: bool) -> Line:
    """The target's name, centred over its dashed edge."""
    place = round(target * STEPS)
    half = max(min(place, STEPS - place), 1)
    named = Box(f"{label} {target_text(target)}".strip(), CELL, "center", span=2 * half)
    after = [_empty(1)] * (3 if noted else 2)
    boxes = [_empty(1), _empty(place - half), named, _empty(STEPS - place - half), *after]
    return Line([box for box in boxes if box.span], keep=True)


def _empty(span: int) -> Box:
    return Box("", CELL, span=span)


def _bar_line(bar: Bar, target: float | None, noted: bool, keep: bool) -> Line:
    filled = max(round(bar.percent / 100 * STEPS), 1 if bar.percent else 0)
    fill = RED if target is None or (bar.share or 0.0) >= target else PALE_RED
    dash = None if target is None else round(target * STEPS)
    ends = sorted({0, filled, STEPS, 0 if dash is None else dash})
    boxes = [Box(plain(bar.label), CELL, "right")]
    for start, end in pairwise(ends):
        # White edges keep the bars of two lines apart.
        edges: dict[str, Edge] = {"top": ("single", 24, "FFFFFF"), "bottom": ("single", 24, "FFFFFF")}
        if dash and end == dash:
            edges["right"] = ("dashed", 8, INK)
        if dash and start == dash:
            edges["left"] = ("dashed", 8, INK)
        boxes.append(Box("", CELL, span=end - start, fill=fill if end <= filled else TRACK, edges=edges))
    boxes += [Box(f"{bar.value}/{bar.of}", CELL, "right"), Box(bar.share_text, CELL, "right")]
    if noted:
        boxes.append(Box(plain(bar.note), CELL, "left"))
    return Line(boxes, keep=keep, height=20)
