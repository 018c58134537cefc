"""Letters of handling units: the reply to the deputy with its class at the top right, the helper's opinion (forms.md 4.7)."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date

from app.kit.documents import Document, Heading, Letterhead, Paragraph, Signature
from app.kit.documents.model import Block
from app.kit.i18n import _
from app.suggestions.models import Suggestion, SuggestionReply, SuggestionUnit
from app.suggestions.queries.handling import proposers
from app.suggestions.states import Occasion

NAMED = 5


def _day(day: date | None) -> str:
    return str(format_date(day, "long")) if day else _("　　年　　月　　日")


def named_suggestion(suggestion: Suggestion) -> str:
    """The suggestion as letters name it: congress, session and number."""
    term = suggestion.lead_mandate.term.name
    congress = term if "人" in term else _("%(term)s人大", term=term)
    if suggestion.occasion is Occasion.BETWEEN_SESSIONS:
        return _("%(congress)s闭会期间第%(number)s号建议", congress=congress, number=suggestion.shown_number)
    if suggestion.session_ordinal is None:
        return _("%(congress)s第%(number)s号建议", congress=congress, number=suggestion.shown_number)
    return _(
        "%(congress)s第%(n)s次会议第%(number)s号建议",
        congress=congress,
        n=suggestion.session_ordinal,
        number=suggestion.shown_number,
    )


def salutation(suggestion: Suggestion) -> str:
    """Everybody who signed, or the leading one and how many."""
    names = [mandate.person.name for mandate in proposers(suggestion)]
    if len(names) > NAMED:
        return _("%(name)s等 %(n)s 名代表：", name=names[0], n=len(names))
    return _("%(names)s代表：", names="、".join(names))


def reply_letter(reply: SuggestionReply) -> Document:
    """答复函: class at the top right of the first page, number, title, answer, promises, room for the seal."""
    suggestion = reply.suggestion
    blocks: list[Block] = [
        Paragraph(salutation(suggestion), indent=False),
        Paragraph(_("您提出的《%(title)s》收悉。现答复如下：", title=suggestion.title)),
        Paragraph(reply.body),
    ]
    if reply.promised:
        blocks.append(Heading(1, _("承诺事项")))
        blocks += [
            Paragraph(
                _("%(n)s. %(content)s（%(day)s前）", n=n, content=content, day=_day(date.fromisoformat(due)))
            )
            for n, (content, due) in enumerate(reply.promised, 1)
        ]
    blocks += [
        Paragraph(_("感谢您对我们工作的关心和支持，欢迎继续提出宝贵意见。")),
        Signature([_("%(unit)s（盖章）", unit=reply.unit.name), _day(reply.replied_on)]),
        Paragraph(_signed(reply)),
        Paragraph(
            _("抄送：%(organs)s", organs=reply.copied_to or _("人大常委会代表工作机构、人民政府办公室")),
            indent=False,
        ),
    ]
    return Document(
        title=_("关于%(suggestion)s的答复", suggestion=named_suggestion(suggestion)),
        organ=reply.unit.name,
        letterhead=Letterhead(
            reply.unit.name, reply.number, _("类别：%(letter)s", letter=reply.reply_class.value.upper())
        ),
        blocks=blocks,
    )


def _signed(reply: SuggestionReply) -> str:
    return _(
        "（签发人：%(head)s　联系人：%(name)s　电话：%(phone)s）",
        head=reply.signed_by or "　　　",
        name=reply.handler,
        phone=reply.handler_phone,
    )


def _contact(handler: str, phone: str) -> str:
    return _("（联系人：%(name)s　联系电话：%(phone)s）", name=handler, phone=phone)


def co_opinion_letter(part: SuggestionUnit, leads: list[str]) -> Document:
    """会办函: what a unit that helps writes to the lead unit."""
    suggestion = part.suggestion
    blocks: list[Block] = [
        Paragraph(_("%(units)s：", units="、".join(leads)), indent=False),
        Paragraph(_("现就《%(title)s》提出协办意见如下：", title=suggestion.title)),
        Paragraph(part.opinion),
        Signature([_("%(unit)s（盖章）", unit=part.unit.name), _day(part.answered_on)]),
        Paragraph(_contact(part.handler, part.handler_phone), indent=True),
    ]
    return Document(
        title=_("关于%(suggestion)s的会办意见", suggestion=named_suggestion(suggestion)),
        organ=part.unit.name,
        letterhead=Letterhead(part.unit.name),
        blocks=blocks,
    )
