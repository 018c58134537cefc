"""Papers of opinions: registration form and slip (forms.md 4.4), case story (3-13), quarterly digest (0-15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date

from app.kit import clock
from app.kit.documents import Cell, Document, Heading, KeyValues, Paragraph, Signature, Table
from app.kit.documents.model import Block
from app.kit.i18n import _
from app.registry.models import Area
from app.stations.models import Opinion, OpinionStep, OpinionTransfer
from app.stations.queries.loop import LoopFigures, LoopRow, Period
from app.stations.states import LoopStage, OpinionOutcome, OpinionRoute


def warning() -> str:
    """What every paper of an opinion reminds of (代表法 art. 31)."""
    return _("代表听取、反映群众意见，不直接处理问题（代表法第三十一条）；请按规定转交有关机关、组织办理。")


def _day(day: date | None) -> str:
    return str(format_date(day, "long")) if day else ""


def _deputies(opinion: Opinion) -> str:
    names = [row.mandate.person.name for row in opinion.reception.deputies] if opinion.reception else []
    if opinion.mandate:
        names.insert(0, opinion.mandate.person.name)
    return "、".join(dict.fromkeys(names))


def registration_document(
    opinion: Opinion, transfers: Sequence[OpinionTransfer], citizen: Sequence[str]
) -> Document:
    """接待选民登记表; ``citizen`` is name, telephone and address as the reader may see them."""
    name, phone, address = citizen
    last = transfers[-1] if transfers else None
    facts: list[tuple[str, Cell]] = [
        (_("编号"), opinion.number),
        (_("反映日期"), _day(opinion.received_on)),
        (_("地点（联络站）"), opinion.station.name if opinion.station else ""),
        (_("接待代表"), _deputies(opinion)),
        (_("反映人"), _("匿名") if opinion.anonymous else name),
        (_("电话"), phone),
        (_("住址"), address),
        (_("类别"), opinion.topic),
        (_("反映渠道"), opinion.channel.label),
        (_("处理途径"), opinion.route.label if opinion.route else ""),
        (_("承办单位"), last.unit.name if last else ""),
        (_("办理时限"), _day(last.due_on) if last else ""),
        (_("办结日期"), _day(opinion.closed_on)),
        (_("办结方式"), opinion.ended_as.label if opinion.ended_as else ""),
        (_("反馈日期"), _day(opinion.told_on)),
        (_("反馈方式"), opinion.told_way),
        (_("群众评价"), opinion.citizen_word.label if opinion.citizen_word else ""),
        (_("归档"), ""),
    ]
    blocks: list[Block] = [
        KeyValues(facts, columns=4),
        Heading(1, _("一、反映内容（原话）")),
        Paragraph(opinion.content),
        Heading(1, _("二、拟办意见")),
        Paragraph(last.requirement if last and last.requirement else _("（未填写）")),
        Heading(1, _("三、办理结果")),
        Paragraph(opinion.outcome or _("（未填写）")),
        Paragraph(warning()),
        Paragraph(_("保密要求：反映人的姓名、电话、住址只供办理和反馈使用，不得外传。")),
        Signature([_("登记人："), _("接待代表："), _day(opinion.received_on)]),
    ]
    return Document(title=_("接待选民登记表"), blocks=blocks)


def slip_document(transfer: OpinionTransfer) -> Document:
    """群众意见交办单: what, to whom, until when; rooms for signing and for the answer. No name of the citizen."""
    opinion = transfer.opinion
    facts: list[tuple[str, Cell]] = [
        (_("交办单号"), transfer.number),
        (_("意见编号"), opinion.number),
        (_("承办单位"), transfer.unit.name),
        (_("交办日期"), _day(transfer.sent_on)),
        (_("办理时限"), _day(transfer.due_on)),
        (_("类别"), opinion.topic),
        (_("签收日期"), _day(transfer.signed_on)),
        (_("经办人"), transfer.handler),
        (_("回复日期"), _day(transfer.answered_on)),
        (_("审核"), ""),
    ]
    blocks: list[Block] = [
        KeyValues(facts, columns=4),
        Heading(1, _("一、事由")),
        Paragraph(opinion.content),
        Heading(1, _("二、办理要求")),
        Paragraph(transfer.requirement or _("请依法依规办理，并在时限内书面回复办理情况。")),
        Heading(1, _("三、办理情况")),
        Paragraph(transfer.answer or transfer.returned_reason or _("（由承办单位填写）")),
        Paragraph(warning()),
        Signature([_("交办机关（盖章）"), _day(transfer.sent_on)]),
    ]
    return Document(title=_("群众意见交办单"), blocks=blocks)


def case_document(
    opinion: Opinion,
    steps: Sequence[OpinionStep],
    transfers: Sequence[OpinionTransfer],
    merged: Sequence[Opinion],
) -> Document:
    """A case told from beginning to end: what was said, who did what, how it ended, what else followed (3-13)."""
    subject = opinion.topic or _("群众意见")
    blocks: list[Block] = [
        Heading(1, _("一、群众反映")),
        Paragraph(
            _(
                "%(day)s，群众通过%(channel)s%(place)s反映：“%(content)s”",
                day=_day(opinion.received_on),
                channel=opinion.channel.label,
                place=_("在%(station)s", station=opinion.station.name) if opinion.station else "",
                content=opinion.content,
            )
        ),
    ]
    if merged:
        blocks.append(Paragraph(_("同一问题先后有 %(n)s 条意见，一并办理。", n=len(merged) + 1)))
    blocks.append(Heading(1, _("二、办理经过")))
    done = [(_day(step.on), step.action.label, step.note) for step in steps if step.note]
    if done:
        blocks.append(Table([_("日期"), _("步骤"), _("情况")], done, widths=(1.4, 1, 4)))
    for transfer in transfers:
        if transfer.answer:
            blocks.append(
                Paragraph(_("%(unit)s答复：%(answer)s", unit=transfer.unit.name, answer=transfer.answer))
            )
    ended = opinion.ended_as.label if opinion.ended_as else _("正在办理")
    blocks += [
        Heading(1, _("三、办理结果")),
        Paragraph(f"{ended}。{opinion.outcome}".strip()),
    ]
    if opinion.citizen_word:
        blocks.append(Paragraph(_("群众评价：%(word)s。", word=opinion.citizen_word.label)))
    after = [step for step in steps if opinion.closed_on and step.on >= opinion.closed_on and step.note]
    blocks += [
        Heading(1, _("四、举一反三")),
        Paragraph("\n".join(step.note for step in after[1:]) or _("（请补充由此推动的相关措施）")),
    ]
    return Document(
        title=_("“%(subject)s”办理案例", subject=subject), date_line=_day(clock.today()), blocks=blocks
    )


@dataclass(frozen=True)
class Digest:
    """What the chairpersons' meeting is told of a quarter (0-15)."""

    area: Area
    period: Period
    title: str
    figures: LoopFigures
    ends: Mapping[OpinionOutcome, int]
    townships: Sequence[LoopRow]
    topics: Sequence[LoopRow]
    channels: Sequence[LoopRow]
    ended: Sequence[Opinion]
    stuck: Sequence[tuple[Opinion, date]]


def percent(share: float | None) -> str:
    """A share as people read it, — where there is nothing to share."""
    return "—" if share is None else f"{share:.1%}"


def digest_document(digest: Digest) -> Document:
    """群众意见办理情况专报: figures, places, topics, what was ended, what is stuck; nobody's name."""
    figures = digest.figures
    routes = "、".join(
        f"{route.label} {figures.routes[route]}" for route in OpinionRoute if figures.routes[route]
    )
    blocks: list[Block] = [
        Heading(1, _("一、总体情况")),
        Paragraph(
            _(
                "%(first)s至%(last)s共收集群众意见 %(n)s 条，已解决 %(solved)s 条，解决率 %(rate)s；仍在办理 %(open)s 条。",
                first=_day(digest.period.first),
                last=_day(digest.period.last),
                n=figures.collected,
                solved=figures.solved,
                rate=percent(figures.rate),
                open=figures.open,
            )
        ),
        Table(
            [stage.label for stage in LoopStage],
            [[figures.stages[stage] for stage in LoopStage]],
            caption=_("闭环四阶段（达到该阶段的条数）"),
        ),
        Paragraph(_("处理途径：%(routes)s。", routes=routes or _("无"))),
        Paragraph(
            _(
                "办结方式：%(ends)s。",
                ends="、".join(f"{e.label} {n}" for e, n in digest.ends.items() if n) or _("无"),
            )
        ),
        Heading(1, _("二、分乡镇情况")),
        _split(_("乡镇"), digest.townships),
        Heading(1, _("三、反映集中的问题")),
        _split(_("类别"), digest.topics[:15]),
        _split(_("反映渠道"), digest.channels),
        Heading(1, _("四、本期办结的意见")),
        _listed(
            [_("编号"), _("类别"), _("办结方式"), _("办理结果")],
            [
                (o.number, o.topic, o.ended_as.label if o.ended_as else "", o.outcome[:120])
                for o in digest.ended[:40]
            ],
        ),
        Heading(1, _("五、超期停留的意见")),
        _listed(
            [_("编号"), _("类别"), _("状态"), _("停留天数")],
            [
                (o.number, o.topic, o.state.label, (clock.today() - since).days)
                for o, since in digest.stuck[:60]
            ],
        ),
    ]
    return Document(
        title=digest.title, subtitle=digest.area.name, date_line=_day(clock.today()), blocks=blocks
    )


def _split(first: str, rows: Sequence[LoopRow]) -> Block:
    return _listed(
        [first, *(stage.label for stage in LoopStage), _("解决率")],
        [
            (
                row.label or _("未分类"),
                *(row.figures.stages[stage] for stage in LoopStage),
                percent(row.figures.rate),
            )
            for row in rows
        ],
    )


def _listed(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Block:
    return Table(headings, rows) if rows else Paragraph(_("无。"))
