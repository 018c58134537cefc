"""Papers of a suggestion: its sheet (forms.md 4.6), the slip (4.7), how it was handled, and the bundle's index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import format_date

from app.kit import clock
from app.kit.documents import Cell, Document, Heading, KeyValues, Paragraph, Signature, Table
from app.kit.documents.model import Block
from app.kit.i18n import _
from app.registry.models import Mandate
from app.suggestions.models import (
    FeedbackSlip,
    Promise,
    Suggestion,
    SuggestionContact,
    SuggestionStep,
)
from app.suggestions.queries.feedback import signers
from app.suggestions.states import GONE, Satisfaction, UnitPart

GRADES = tuple(Satisfaction)


def long_day(day: date | None) -> str:
    """A day as papers write it; nothing where it is not known."""
    return str(format_date(day, "long")) if day else ""


def units_of(suggestion: Suggestion, part: UnitPart) -> str:
    """Names of the units that lead, or help."""
    return "、".join(row.unit.name for row in suggestion.units if row.part is part and row.state not in GONE)


def _proposer_rows(suggestion: Suggestion, *, reachable: bool) -> list[tuple[str, Cell]]:
    lead = suggestion.lead_mandate
    person = lead.person
    rows: list[tuple[str, Cell]] = [
        (_("领衔代表"), person.name),
        (_("代表证号"), lead.card_no or ""),
        (_("代表团"), lead.delegation.name if lead.delegation else ""),
        (_("工作单位及职务"), person.work_unit_post or ""),
    ]
    if reachable:
        rows += [(_("联系电话"), person.phone or ""), (_("通讯地址"), person.address or "")]
    return rows


def _sheet_facts(suggestion: Suggestion, *, reachable: bool) -> list[tuple[str, Cell]]:
    return [
        (_("编号"), suggestion.number or ""),
        (_("届次"), suggestion.lead_mandate.term.name),
        (_("提出时间"), suggestion.occasion.label),
        (_("类别"), suggestion.category),
        *_proposer_rows(suggestion, reachable=reachable),
        (_("提出日期"), long_day(suggestion.raised_on)),
        (_("公开意愿"), suggestion.public_choice.label),
        (_("希望当面沟通"), _("是") if suggestion.wants_talk else _("否")),
        (_("仅供参考"), _("是") if suggestion.reference_only else _("否")),
        (_("建议承办单位"), suggestion.proposed_units),
        (_("来源"), " ".join(filter(None, (suggestion.source.label, suggestion.source_note)))),
    ]


def sheet_document(suggestion: Suggestion, *, reachable: bool) -> Document:
    """代表建议专用纸 (forms.md 4.6). ``reachable``: with the proposer's telephone and address, for who must reach them."""
    facts = _sheet_facts(suggestion, reachable=reachable)
    blocks: list[Block] = [KeyValues(facts, columns=4)]
    others = signers(suggestion)[1:]
    if others:
        blocks.append(
            Table(
                [_("序号"), _("联名代表"), _("代表证号"), _("签名")],
                [(n, one.person.name, one.card_no or "", "") for n, one in enumerate(others, 1)],
                caption=_("联名代表"),
            )
        )
    blocks += [
        Heading(1, _("一、情况与问题")),
        Paragraph(suggestion.body or _("（没有登记内容）")),
        Heading(1, _("二、具体建议")),
        Paragraph(suggestion.proposals or _("（未单独填写）")),
        KeyValues(
            [
                (_("审查意见"), suggestion.committee),
                (
                    _("交办意见"),
                    _("主办：%(lead)s 协办：%(co)s", lead=units_of(suggestion, UnitPart.LEAD) or "—",
                      co=units_of(suggestion, UnitPart.CO) or "—"),
                ),
            ]
        ),
        Signature([_("领衔代表签名："), long_day(suggestion.raised_on)]),
    ]  # fmt: skip
    return Document(title=_("代表建议、批评和意见专用纸"), subtitle=suggestion.title, blocks=blocks)


def _boxes(chosen: object, options: Sequence[tuple[object, str]]) -> str:
    return "  ".join(f"{'☑' if value == chosen else '□'}{label}" for value, label in options)


def slip_document(
    suggestion: Suggestion, mandate: Mandate, slip: FeedbackSlip | None, due_on: date | None
) -> Document:
    """征询意见表 (forms.md 4.7): filled in where the slip came back, else to be filled in by hand."""
    grades = [(grade, grade.label) for grade in GRADES]

    def said(name: str) -> str:
        return _boxes(getattr(slip, name, None), grades)

    facts: list[tuple[str, Cell]] = [
        (_("建议编号"), suggestion.shown_number),
        (_("建议标题"), suggestion.title),
        (_("主办单位"), units_of(suggestion, UnitPart.LEAD)),
        (_("答复日期"), long_day(suggestion.replied_on)),
        (_("办理轮次"), _("第 %(n)s 轮", n=slip.round if slip else suggestion.round)),
        (_("沟通方式"), slip.contact_way.label if slip and slip.contact_way else ""),
        (_("对办理态度"), said("attitude")),
        (_("对办理过程"), said("handling")),
        (_("对办理结果"), said("result")),
        (_("总体评价"), said("overall")),
        (
            _("问题是否解决"),
            _boxes(slip.solved if slip else None, [(True, _("已经解决")), (False, _("还没有解决"))]),
        ),
        (_("理由和意见"), slip.reason if slip else ""),
    ]
    returned = long_day(slip.returned_on) if slip else ""
    blocks: list[Block] = [
        KeyValues(facts),
        Paragraph(_("满意与否、问题是否解决是两件事，请分别填写。有“不满意”的，请写明理由。")),
    ]
    if due_on is not None and slip is None:
        blocks.append(Paragraph(_("请于 %(day)s 前返回。", day=long_day(due_on))))
    blocks.append(Signature([_("代表签名：%(name)s", name=mandate.person.name if slip else ""), returned]))
    return Document(
        title=_("代表建议办理情况征询意见表"),
        subtitle=_("%(name)s代表", name=mandate.person.name),
        blocks=blocks,
    )


def course_document(
    suggestion: Suggestion,
    steps: Sequence[SuggestionStep],
    contacts: Sequence[SuggestionContact],
    promises: Sequence[Promise],
) -> Document:
    """How a suggestion was handled: every step, every talk, every promise with its progress."""
    blocks: list[Block] = [Heading(1, _("一、办理经过"))]
    done = [
        (str(step.on), step.step.label, step.unit.name if step.unit else step.by_name, step.note)
        for step in steps
    ]
    blocks.append(
        Table([_("日期"), _("步骤"), _("经办"), _("情况")], done, widths=(1.3, 1.3, 1.6, 4))
        if done
        else Paragraph(_("按纸质台账登记，没有分步记录。"))
    )
    blocks.append(Heading(1, _("二、与代表联系")))
    talks = [
        (str(row.on), row.way.label, row.suggestion_unit.unit.name, row.spoke, row.note) for row in contacts
    ]
    blocks.append(
        Table([_("日期"), _("方式"), _("单位"), _("联系人"), _("情况")], talks, widths=(1.3, 1, 1.6, 1.2, 4))
        if talks
        else Paragraph(_("没有登记。"))
    )
    blocks.append(Heading(1, _("三、承诺事项")))
    kept = [
        (row.content, row.unit.name, str(row.due_on), f"{row.percent}%", row.state.label) for row in promises
    ]
    columns = [_("承诺内容"), _("责任单位"), _("落实时限"), _("进度"), _("落实情况")]
    blocks.append(Table(columns, kept, widths=(4, 1.6, 1.3, 0.9, 1.4)) if kept else Paragraph(_("没有。")))
    return Document(title=_("代表建议办理情况记录"), subtitle=suggestion.title, blocks=blocks)


def index_document(suggestion: Suggestion, papers: Sequence[tuple[str, str]]) -> Document:
    """The first paper of the bundle: what it is, how it ended, and what lies in it."""
    facts: list[tuple[str, Cell]] = [
        (_("建议编号"), suggestion.shown_number),
        (_("领衔代表"), suggestion.lead_mandate.person.name),
        (_("提出日期"), long_day(suggestion.raised_on)),
        (_("主办单位"), units_of(suggestion, UnitPart.LEAD)),
        (_("交办日期"), long_day(suggestion.assigned_on)),
        (_("答复日期"), long_day(suggestion.replied_on)),
        (_("答复类别"), suggestion.reply_class.label if suggestion.reply_class else ""),
        (_("办理轮次"), str(suggestion.round)),
        (_("代表评价"), suggestion.satisfaction.label if suggestion.satisfaction else _("征询意见表未返回")),
        (_("问题已解决"), _("是") if suggestion.problem_solved else _("否")),
        (_("状态"), suggestion.state.label),
    ]
    rows = [(n, name, file) for n, (name, file) in enumerate(papers, 1)]
    return Document(
        title=_("代表建议归档材料目录"),
        subtitle=suggestion.title,
        blocks=[
            KeyValues(facts, columns=4),
            Table([_("序号"), _("材料"), _("文件名")], rows, widths=(0.6, 3, 4), caption=_("目录")),
        ],
        footer_note=_("%(day)s由履职台账生成", day=clock.today().isoformat()),
    )
