"""Coverage, statistics and suggestions as formal documents, tables and text: what is on screen, on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.kit.charts import Bar, sorted_bars
from app.kit.documents import Bars, Document, Heading, Paragraph, Signature, Table
from app.kit.i18n import _, _l
from app.ledger.states import DutyKind
from app.oversight.queries.coverage import Coverage, figures_of_parts
from app.oversight.queries.statistics import GROUP_ACTIVITY, INSPECTION, LINES, STUDY, Statistics
from app.oversight.queries.suggestions import SuggestionCounts, SuggestionsReport
from app.oversight.rules import Figures
from app.registry.models import Area

LINE_WORDS: dict[str, Any] = {
    "study": _l("集中学习（次）"),
    "group_activity": _l("代表小组活动（次）"),
    "inspection": _l("视察调研（次）"),
    "voters_visited": _l("走访选民（人次）"),
    "people_received": _l("接待群众（人次）"),
    "opinions": _l("收集意见建议（条）"),
    "opinions_solved": _l("其中已解决（条）"),
    "problems_solved": _l("督促解决矛盾问题（个）"),
}

SHORT_WORDS: dict[str, Any] = {
    "study": _l("学习"),
    "group_activity": _l("小组活动"),
    "inspection": _l("视察调研"),
    "voters_visited": _l("走访选民"),
    "people_received": _l("接待群众"),
    "opinions": _l("意见建议"),
    "opinions_solved": _l("其中已解决"),
    "problems_solved": _l("解决问题"),
}

# What a line counts, so that its figure opens the same rows.
ACTIVITY_KINDS = {"study": STUDY, "group_activity": GROUP_ACTIVITY, "inspection": INSPECTION}
DUTY_KINDS = {"voters_visited": DutyKind.VOTER_VISIT, "problems_solved": DutyKind.PROBLEM_SOLVED}


@dataclass(frozen=True)
class Sheet:
    """A table for .xlsx and for the terminal: (label, kind) columns and rows."""

    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Any]]


def percent(share: float | None) -> str:
    """A share as people read it, — where nobody is counted."""
    return "—" if share is None else f"{share:.1%}"


_FIGURES = ("in_office", "reported", "by_meeting", "overdue", "due_now", "upcoming")


def _headings(first: str) -> list[tuple[str, str]]:
    words = (_("在任"), _("已报告"), _("会议报告"), _("逾期未报告"), _("应报告"), _("未到期"))
    return [
        (first, "text"),
        *((word, "integer") for word in words),
        (_("报告率"), "percent"),
        (_("会议比例"), "percent"),
    ]


def _cells(label: str, figures: Figures) -> list[Any]:
    return [label, *(getattr(figures, key) for key in _FIGURES), figures.rate, figures.meeting_share]


def part_word(area: Area) -> str:
    """What the parts of an area are called."""
    words = {0: _("省份"), 2: _("市（州）"), 4: _("县（市、区）"), 6: _("乡镇")}
    return words.get(len(area.code), "")


def part_name(area: Area, part: Area) -> str:
    """Name of a part; deputies held in none of them stand under the area itself."""
    return _("未划到%(part)s", part=part_word(area)) if part.code == area.code else part.name


def coverage_sheets(coverage: Coverage) -> list[Sheet]:
    """All levels, then the parts of the area for each level that has deputies there."""
    area = coverage.area
    levels = coverage.counted.levels()
    title = _("%(area)s述职覆盖情况", area=area.name)
    sheets = [
        Sheet(title, _headings(_("层级")), [_cells(level.label, coverage.figures(level)) for level in levels])
    ]
    for level in levels:
        rows = [_cells(part_name(area, part), figures) for part, figures in figures_of_parts(coverage, level)]
        if rows:
            sheets.append(Sheet(_("%(level)s代表", level=level.label), _headings(part_word(area)), rows))
    return sheets


def coverage_document(coverage: Coverage, *, english: bool = False) -> Document:
    """The coverage of an area on a day: a sentence per level, tables, bars of townships with the line."""
    blocks: list[Any] = []
    for level in coverage.counted.levels():
        figures = coverage.figures(level)
        blocks.append(
            Paragraph(
                _(
                    "%(level)s代表在任%(in_office)s名，已报告履职情况%(reported)s名，报告率%(rate)s；以会议方式报告%(by_meeting)s名，占%(share)s；逾期未报告%(overdue)s名，应报告%(due_now)s名，未到期%(upcoming)s名。",
                    level=level.label,
                    in_office=figures.in_office,
                    reported=figures.reported,
                    rate=percent(figures.rate),
                    by_meeting=figures.by_meeting,
                    share=percent(figures.meeting_share),
                    overdue=figures.overdue,
                    due_now=figures.due_now,
                    upcoming=figures.upcoming,
                )
            )
        )
    for number, sheet in enumerate(coverage_sheets(coverage), 1):
        blocks += [
            Heading(
                1,
                f"{number}. {sheet.title}"
                if english
                else f"{'一二三四五六七八九十'[number - 1]}、{sheet.title}",
            ),
            _table(sheet),
        ]
    target = coverage.rules.rules.meeting_share_min
    for level in coverage.counted.levels():
        parts = figures_of_parts(coverage, level)
        bars = [
            Bar(part_name(coverage.area, part), figures.by_meeting, figures.in_office)
            for part, figures in parts
            if figures.in_office
        ]
        if len(bars) > 1:
            caption = _("%(level)s代表会议报告比例", level=level.label)
            blocks.append(Bars(sorted_bars(bars), target, _("规定"), caption))
    day = coverage.as_of.isoformat()
    return Document(
        title=_("%(area)s人大代表报告履职情况统计", area=coverage.area.name),
        subtitle=_("（截至%(day)s）", day=day),
        blocks=[*blocks, Signature([day])],
        footer_note=_("由履职台账按记录生成"),
        language="en" if english else "zh",
    )


def _table(sheet: Sheet) -> Table:
    rows = [
        [
            percent(value) if kind == "percent" else value
            for value, (_label, kind) in zip(row, sheet.columns, strict=True)
        ]
        for row in sheet.rows
    ]
    return Table([label for label, _kind in sheet.columns], rows)


def statistics_sheets(found: Statistics) -> list[Sheet]:
    """The eight lines of the year by month, then by township, and attendance."""
    months = [(_("%(month)s月", month=month), "integer") for month in range(1, 13)]
    by_month = [[str(LINE_WORDS[line]), *found.months[line], found.totals[line]] for line in LINES]
    sheets = [
        Sheet(
            _("%(area)s%(year)s年履职统计", area=found.area.name, year=found.year),
            [(_("项目"), "text"), *months, (_("全年"), "integer")],
            by_month,
        )
    ]
    if len(found.townships) > 1:
        sheets.append(
            Sheet(
                _("按乡镇"),
                [(_("乡镇"), "text"), *((str(LINE_WORDS[line]), "integer") for line in LINES)],
                [[area.name, *(figures[line] for line in LINES)] for area, figures in found.townships],
            )
        )
    attendance = found.attendance
    sheets.append(
        Sheet(
            _("活动出勤"),
            [(_("出席"), "integer"), (_("请假"), "integer"), (_("缺席"), "integer")],
            [[attendance["present"], attendance["leave"], attendance["absent"]]],
        )
    )
    return sheets


def statistics_document(found: Statistics, *, english: bool = False) -> Document:
    """The year's table on a landscape page."""
    sentence = _(
        "%(year)s年，%(deputies)s名人大代表进驻%(stations)s个代表联络站，参加集中学习%(study)s次，代表小组活动%(group_activity)s次，调研视察%(inspection)s次，走访选民%(voters_visited)s人次，接待群众%(people_received)s人次，收集意见建议%(opinions)s条，督促解决矛盾问题%(problems_solved)s个。",
        year=found.year,
        deputies=found.deputies,
        stations=found.stations,
        **{line: found.totals[line] for line in LINES if line != "opinions_solved"},
    )
    blocks: list[Any] = [Paragraph(sentence)]
    for sheet in statistics_sheets(found):
        blocks += [Heading(2, sheet.title), _table(sheet)]
    return Document(
        title=_("%(area)s%(year)s年人大代表履职统计", area=found.area.name, year=found.year),
        blocks=blocks,
        landscape=True,
        footer_note=_("由履职台账按记录生成"),
        language="en" if english else "zh",
    )


def suggestions_sheets(found: SuggestionsReport) -> list[Sheet]:
    """Suggestions of the year by lead unit, the whole area last."""
    words = (_("总数"), _("已答复"), _("逾期"), _("已解决"), _("满意"), _("已评价"))
    columns = [
        (_("主办单位"), "text"),
        *((word, "integer") for word in words),
        (_("解决率"), "percent"),
        (_("满意率"), "percent"),
    ]
    rows = [_suggestion_cells(name, counts) for name, counts in found.by_lead_unit.items()]
    title = _("%(area)s%(year)s年代表建议办理情况", area=found.area.name, year=found.year)
    return [Sheet(title, columns, [*rows, _suggestion_cells(_("合计"), found.counts)])]


def _suggestion_cells(name: str, counts: SuggestionCounts) -> list[Any]:
    solved = counts.solved / counts.total if counts.total else None
    satisfied = counts.satisfied / counts.rated if counts.rated else None
    return [
        name,
        counts.total,
        counts.replied,
        counts.late,
        counts.solved,
        counts.satisfied,
        counts.rated,
        solved,
        satisfied,
    ]


def suggestions_document(found: SuggestionsReport, *, english: bool = False) -> Document:
    """The year's suggestions by lead unit."""
    (sheet,) = suggestions_sheets(found)
    return Document(
        title=sheet.title,
        blocks=[_table(sheet)],
        landscape=True,
        footer_note=_("由履职台账按记录生成"),
        language="en" if english else "zh",
    )
