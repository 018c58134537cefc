"""The performance file as a formal document and as JSON (forms.md 4.2)."""

from __future__ import annotations

from typing import Any

from app.kit.documents import (
    Block,
    Cover,
    Document,
    HeatMap,
    KeyValues,
    Paragraph,
    Signature,
    Table,
)
from app.kit.documents import (
    Heading as Title,
)
from app.kit.documents.model import Cell
from app.kit.i18n import _
from app.ledger.states import Heading
from app.performance_file.queries import FileRow, PerformanceFile

_NUMERALS = "一二三四五六七八九十"


def performance_document(file: PerformanceFile, *, english: bool = False) -> Document:
    """Cover, basics, overview with heat maps, then each heading year by year."""
    blocks: list[Block] = [
        Title(1, _numbered(0, _("基本情况"), english)),
        KeyValues(_basics(file), columns=4),
    ]
    blocks += [Title(1, _numbered(1, _("履职概况"), english)), *_overview(file)]
    for number, heading in enumerate(Heading, 2):
        blocks.append(Title(1, _numbered(number, heading.label, english)))
        blocks += _records(file, heading, english) or [Paragraph(_("截至该日无记录。"))]
    blocks.append(Signature([_("截至 %(day)s", day=file.as_of.isoformat())]))
    terms = _("、").join(dict.fromkeys(mandate.term.name for mandate in file.mandates))
    return Document(
        title=_("人大代表履职档案"),
        cover=Cover(
            [(_("姓名"), file.person.name), (_("届次"), terms), (_("截至日期"), file.as_of.isoformat())]
        ),
        blocks=blocks,
        footer_note=_("由履职台账按记录生成，截至 %(day)s", day=file.as_of.isoformat()),
        contents_title=_("目录"),
        language="en" if english else "zh",
    )


def _numbered(number: int, text: str, english: bool) -> str:
    return f"{number + 1}. {text}" if english else f"{_NUMERALS[number]}、{text}"


def _basics(file: PerformanceFile) -> list[tuple[str, str]]:
    person = file.person
    rows = [
        (_("姓名"), person.name),
        (_("性别"), person.sex.label if person.sex else ""),
        (_("民族"), person.nation or ""),
        (_("出生年月"), person.born or ""),
        (_("政治面貌"), person.party or ""),
        (_("学历"), person.education or ""),
        (_("工作单位及职务"), person.work_unit_post or ""),
        (_("联系电话"), person.phone or ""),
    ]
    for mandate in file.mandates:
        ended = mandate.ended_on is not None and mandate.ended_on <= file.as_of
        flags = [_("连任")] * mandate.re_elected + [_("职务代表")] * mandate.office_holder
        span = f"{mandate.began_on.isoformat()} — {mandate.ended_on.isoformat() if ended and mandate.ended_on else _('今')}"
        words = [mandate.term.name, mandate.elected_by, mandate.card_no or "", *flags, span]
        rows.append((f"{mandate.level.label}{_('代表')}", " · ".join(word for word in words if word)))
    rows += [
        (_("代表小组"), _("、").join(file.groups)),
        (_("联络站"), _("、").join(file.stations)),
        (_("担任职务"), _("、").join(file.posts)),
    ]
    return rows


def _overview(file: PerformanceFile) -> list[Block]:
    attendance = file.attendance()
    rate = f"{attendance.rate:.1%}" if attendance.rate is not None else "—"
    text = _(
        "截至%(day)s，履职%(days)s天；应参加活动%(invited)s次，出席%(present)s次，请假%(leave)s次，缺席%(absent)s次，出勤率%(rate)s。",
        day=file.as_of.isoformat(), days=file.days(), invited=attendance.invited, present=attendance.present,
        leave=attendance.leave, absent=attendance.absent, rate=rate,
    )  # fmt: skip
    blocks: list[Block] = [Paragraph(text)]
    totals = file.totals()
    if totals:
        headings = [_("履职内容"), _("次数"), _("数量"), *(str(year) for year in sorted(file.years))]
        yearly = {year: {kind: times for kind, times, _q in file.totals(year)} for year in file.years}
        rows: list[list[Cell]] = [
            [kind.label, times, quantity, *(yearly[year].get(kind, 0) for year in sorted(file.years))]
            for kind, times, quantity in totals
        ]
        blocks.append(Table(headings, rows, caption=_("履职次数")))
    for year in file.years:
        months = file.months(year)
        if months:
            blocks.append(
                HeatMap(
                    [kind.label for kind, _counts in months],
                    [_("%(month)s月", month=month) for month in range(1, 13)],
                    [counts for _kind, counts in months],
                    caption=_("%(year)s年各月履职次数", year=year),
                    total_label=_("合计"),
                )
            )
    return blocks


def _records(file: PerformanceFile, heading: Heading, english: bool) -> list[Block]:
    blocks: list[Block] = []
    several = len(file.mandates) > 1
    levels = {mandate.id: mandate.level.label for mandate in file.mandates}
    for year, rows in file.by_year(heading):
        blocks.append(Title(2, str(year) if english else f"{year}年"))
        headings = [_("日期"), _("内容"), _("事项"), _("参加情况"), _("数量")] + [_("层级")] * several
        blocks.append(
            Table(
                headings,
                [[*_cells(row), *([levels[row.mandate_id]] if several else [])] for row in reversed(rows)],
            )
        )
    return blocks


def _cells(row: FileRow) -> list[Cell]:
    return [row.happened_on.isoformat(), row.kind.label, row.title, row.part.label, row.quantity]


def performance_json(file: PerformanceFile) -> dict[str, Any]:
    """The file for other programs: facts with their source, totals, attendance."""
    attendance = file.attendance()
    cards = {mandate.id: mandate.card_no for mandate in file.mandates}
    return {
        "name": file.person.name,
        "as_of": file.as_of.isoformat(),
        "mandates": [
            {
                "card": mandate.card_no,
                "level": mandate.level.value,
                "term": mandate.term.name,
                "began_on": mandate.began_on.isoformat(),
                "ended_on": mandate.ended_on.isoformat()
                if mandate.ended_on and mandate.ended_on <= file.as_of
                else None,
                "re_elected": mandate.re_elected,
                "office_holder": mandate.office_holder,
            }
            for mandate in file.mandates
        ],
        "groups": list(file.groups),
        "stations": list(file.stations),
        "days": file.days(),
        "attendance": {"present": attendance.present, "leave": attendance.leave, "absent": attendance.absent},
        "totals": {
            kind.value: {"times": times, "quantity": quantity} for kind, times, quantity in file.totals()
        },
        "records": [
            {
                "on": row.happened_on.isoformat(),
                "heading": row.kind.heading.value,
                "kind": row.kind.value,
                "part": row.part.value,
                "quantity": row.quantity,
                "title": row.title,
                "card": cards[row.mandate_id],
                "source": {"kind": row.source_kind, "id": row.source_id},
            }
            for row in file.rows
        ],
    }
