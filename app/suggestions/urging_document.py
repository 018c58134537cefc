"""The urging letter (催办函, 4-07)."""

from __future__ import annotations

from flask_babel import format_date

from app.kit.documents import Cell, Document, KeyValues, Paragraph, Signature
from app.kit.documents.model import Block
from app.kit.i18n import _
from app.suggestions.clocks.explaining import explain
from app.suggestions.models import Urge


def _day(day: object) -> str:
    return str(format_date(day, "long")) if day else ""


def urge_document(urge: Urge, organ: str) -> Document:
    """建议办理催办函: to the unit, which suggestion, which deadline and how it was computed, what is asked."""
    suggestion, running = urge.suggestion, urge.clock
    unit = urge.unit.name if urge.unit else ""
    facts: list[tuple[str, Cell]] = [
        (_("催办编号"), urge.number),
        (_("建议编号"), suggestion.shown_number),
        (_("标题"), suggestion.title),
        (_("领衔代表"), suggestion.lead_mandate.person.name),
        (_("承办单位"), unit),
    ]
    late = 0
    if running is not None:
        facts += [
            (_("催办事项"), running.kind.label),
            (_("起算日"), _day(running.started_on)),
            (_("到期日"), _day(running.due_on)),
        ]
        late = (urge.on - running.due_on).days
    blocks: list[Block] = [Paragraph(_("%(unit)s：", unit=unit), indent=False)]
    opening = _(
        "你单位承办的代表建议%(number)s“%(title)s”", number=suggestion.shown_number, title=suggestion.title
    )
    if late > 0:
        blocks.append(Paragraph(_("%(opening)s已逾期 %(n)s 天，至今没有办结。", opening=opening, n=late)))
    else:
        blocks.append(Paragraph(_("%(opening)s即将到期。", opening=opening)))
    blocks.append(KeyValues(facts, columns=2))
    if running is not None:
        blocks.append(Paragraph(_("期限的计算：%(how)s", how=explain(running))))
    if urge.note:
        blocks.append(Paragraph(urge.note))
    blocks += [
        Paragraph(
            _("请抓紧办理，与代表当面沟通，并及时书面答复；确有困难需要延期的，请在期限内书面说明理由。")
        ),
        Signature([organ, _day(urge.on)]),
    ]
    return Document(
        title=_("代表建议办理催办函"),
        date_line=_day(urge.on),
        blocks=blocks,
    )
