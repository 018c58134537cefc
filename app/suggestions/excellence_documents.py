"""The yearly booklet of excellent suggestions (2-30, 4-18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import format_date, get_locale

from app.kit import clock
from app.kit.documents import Cell, Cover, Document, Heading, KeyValues, PageBreak, Paragraph
from app.kit.documents.model import Block
from app.kit.i18n import _
from app.registry.models import Area
from app.suggestions.models import ExcellentSuggestion, Suggestion, SuggestionReply
from app.suggestions.states import GONE, CosignState, ExcellenceKind, UnitPart


def booklet_document(
    area: Area,
    year: int,
    chosen: Sequence[ExcellentSuggestion],
    replies: Mapping[int, Sequence[SuggestionReply]],
) -> Document:
    """Cover, contents, and each suggestion under what it was chosen for: its text, its reply, why it was chosen."""
    blocks: list[Block] = []
    for kind in ExcellenceKind:
        rows = [row for row in chosen if row.kind is kind]
        if not rows:
            continue
        if blocks:
            blocks.append(PageBreak())
        blocks.append(Heading(1, _("“%(kind)s”的建议（%(n)s 件）", kind=kind.label, n=len(rows))))
        for number, row in enumerate(rows, 1):
            blocks += _one(number, row, replies.get(row.suggestion_id, ()))
    if not blocks:
        blocks = [Paragraph(_("这一年还没有评选优秀建议。"))]
    return Document(
        title=_("%(area)s%(year)s年优秀代表建议汇编", area=area.name, year=year),
        cover=Cover([(_("入选"), _("%(n)s 件", n=len(chosen)))]),
        contents_title=_("目录"),
        date_line=str(format_date(clock.today(), "long")),
        blocks=blocks,
        language="en" if str(get_locale()).startswith("en") else "zh",
    )


def _names(suggestion: Suggestion) -> str:
    confirmed = [row.mandate.person for row in suggestion.cosigners if row.state is CosignState.CONFIRMED]
    people = [suggestion.lead_mandate.person, *sorted(confirmed, key=lambda person: person.pinyin)]
    return "、".join(person.name for person in people)


def _units(suggestion: Suggestion) -> str:
    handled = [row for row in suggestion.units if row.state not in GONE]
    leads = [row.unit.name for row in handled if row.part is UnitPart.LEAD]
    return "、".join([*leads, *(row.unit.name for row in handled if row.part is not UnitPart.LEAD)])


def _one(number: int, row: ExcellentSuggestion, replies: Sequence[SuggestionReply]) -> list[Block]:
    suggestion = row.suggestion
    facts: list[tuple[str, Cell]] = [
        (_("建议编号"), suggestion.number or ""),
        (_("提出日期"), suggestion.raised_on.isoformat()),
        (_("提出代表"), _names(suggestion)),
        (_("办理单位"), _units(suggestion)),
        (_("答复类别"), suggestion.reply_class.label if suggestion.reply_class else ""),
        (_("代表评价"), suggestion.satisfaction.label if suggestion.satisfaction else ""),
    ]
    blocks: list[Block] = [Heading(2, f"{number}. {suggestion.title}"), KeyValues(facts, columns=2)]
    for heading, text in ((_("情况与问题"), suggestion.body), (_("建议"), suggestion.proposals)):
        if text:
            blocks += [Heading(3, heading), Paragraph(text)]
    for reply in replies:
        blocks += [Heading(3, _("%(unit)s的答复", unit=reply.unit.name)), Paragraph(reply.body)]
    if row.reason:
        blocks += [Heading(3, _("入选理由")), Paragraph(row.reason)]
    return blocks
