"""The figures of a year's suggestions as a table to take away and as a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from flask_babel import format_date, get_locale

from app.kit import clock
from app.kit.charts import Bar, percent_text
from app.kit.documents import Bars, Document, Heading, Paragraph, Table
from app.kit.documents.model import Block
from app.kit.i18n import _
from app.kit.workbook.writing import Kind
from app.registry.models import Area
from app.suggestions.columns.figures import FIGURE_WORDS, SPLIT_WORDS, nothing_word
from app.suggestions.figure_rules import FigureRow, Figures, ReplyTimes

_COUNTS = tuple(field.name for field in fields(Figures))


@dataclass(frozen=True)
class YearOfSuggestions:
    """Everything the page shows of a year in an area."""

    area: Area
    year: int
    by: str
    figures: Figures
    rows: Sequence[FigureRow]
    times: ReplyTimes
    left_out: int = 0

    @property
    def title(self) -> str:
        return _("%(area)s%(year)s年代表建议统计", area=self.area.name, year=self.year)


def rates_in_words() -> str:
    """How the two rates are computed; under the table and in every file."""
    return _(
        "问题解决率＝已解决÷总数；满意率＝满意÷已答复。两项分开统计，按问题解决率排序；未反馈的单列，计入满意率的分母。"
    )


def left_out_words(found: YearOfSuggestions) -> str:
    """That the table was cut, and where the rest is; empty where it is whole."""
    if not found.left_out:
        return ""
    return _(
        "这里列出问题解决率居前的 %(n)s 项，另有 %(left)s 项见导出的 Excel 表。",
        n=len(found.rows),
        left=found.left_out,
    )


def figure_columns(by: str) -> list[tuple[str, Kind, float]]:
    """Columns of the table for .xlsx."""
    counts: list[tuple[str, Kind, float]] = [(str(FIGURE_WORDS[key]), "number", 0) for key in _COUNTS]
    rates: list[tuple[str, Kind, float]] = [(_("问题解决率"), "percent", 0), (_("满意率"), "percent", 0)]
    return [(str(SPLIT_WORDS[by]), "text", 24), *counts, *rates]


def figure_cells(found: YearOfSuggestions) -> list[list[Any]]:
    """The rows of the table and the area as a whole below them; rates as numbers."""
    rows = [_cells(row.label or nothing_word(found.by), row.figures) for row in found.rows]
    return [*rows, _cells(_("合计"), found.figures)]


def _cells(label: str, figures: Figures) -> list[Any]:
    counts = [getattr(figures, key) for key in _COUNTS]
    return [label, *counts, figures.resolution_rate, figures.satisfaction_rate]


def time_bars(times: ReplyTimes, links: Sequence[str] = ()) -> list[Bar]:
    """The time to the first reply as bars, in the order of the days."""
    return [
        Bar(time.label, amount, times.total, href=links[place] if links else "")
        for place, (time, amount) in enumerate(times.counts.items())
    ]


def figures_document(found: YearOfSuggestions) -> Document:
    """A sentence, the table, the time to reply."""
    figures = found.figures
    sentence = _(
        "共有代表建议 %(total)s 件，已答复 %(replied)s 件，逾期 %(late)s 件；问题已解决 %(solved)s 件，问题解决率 %(resolution)s；代表满意 %(satisfied)s 件，满意率 %(satisfaction)s；未反馈 %(unreturned)s 件。",
        total=figures.total,
        replied=figures.replied,
        late=figures.late,
        solved=figures.solved,
        resolution=percent_text(figures.resolution_rate),
        satisfied=figures.satisfied,
        satisfaction=percent_text(figures.satisfaction_rate),
        unreturned=figures.unreturned,
    )
    *rows, total = [[_cell(value) for value in row] for row in figure_cells(found)]
    blocks: list[Block] = [
        Paragraph(sentence),
        Heading(1, _("一、分项情况")),
        Table([column[0] for column in figure_columns(found.by)], rows, total_row=total),
        Paragraph(rates_in_words() + left_out_words(found)),
        Heading(1, _("二、答复用时")),
    ]
    if found.times.total:
        blocks.append(Bars(time_bars(found.times), target=None, caption=_("从交办到首次答复的天数")))
        blocks.append(Paragraph(_("中位数 %(n)s 天。", n=found.times.median)))
    else:
        blocks.append(Paragraph(_("还没有答复的建议。")))
    return Document(
        title=found.title,
        blocks=blocks,
        landscape=True,
        date_line=str(format_date(clock.today(), "long")),
        footer_note=_("由履职台账按记录生成"),
        language="en" if str(get_locale()).startswith("en") else "zh",
    )


def _cell(value: Any) -> str | int:
    if isinstance(value, float) or value is None:
        return percent_text(value)
    return int(value) if isinstance(value, int) else str(value)
