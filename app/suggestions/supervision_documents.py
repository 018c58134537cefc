"""Papers of supervision: file (4-28), case (4-29), agenda with ballot and tally of the vote (0-11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import format_date

from app.kit import clock
from app.kit.documents import Document, Heading, KeyValues, PageBreak, Paragraph, Signature, Table
from app.kit.documents.model import Block
from app.kit.i18n import _
from app.registry.models import Area
from app.suggestions.models import Suggestion, SuggestionReply, Supervision
from app.suggestions.states import GONE, UnitPart
from app.suggestions.supervision_rules import vote_share


def _day(day: date | None) -> str:
    return str(format_date(day, "long")) if day else ""


def _units(subjects: Sequence[Suggestion]) -> str:
    names = [
        part.unit.name
        for one in subjects
        for part in one.units
        if part.part is UnitPart.LEAD and part.state not in GONE
    ]
    return "、".join(dict.fromkeys(names))


def _title(supervision: Supervision) -> str:
    one = supervision.suggestion or supervision.suggestion_class
    return one.title if one is not None else ""


def _subjects(supervision: Supervision) -> list[Suggestion]:
    if supervision.suggestion is not None:
        return [supervision.suggestion]
    return list(supervision.suggestion_class.suggestions) if supervision.suggestion_class else []


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def _votes(supervision: Supervision) -> tuple[str, str, str, str]:
    counts = (supervision.votes_satisfied, supervision.votes_basically, supervision.votes_dissatisfied)
    shown = ["" if count is None else str(count) for count in counts]
    cast = counts[0] is not None
    return shown[0], shown[1], shown[2], _percent(vote_share(*counts)) if cast else ""


def file_document(supervision: Supervision, subjects: Sequence[Suggestion]) -> Document:
    """建议督办档案: who supervises what, plan, each visit with the five parties, report and vote, result."""
    proposers = "、".join(dict.fromkeys(one.lead_mandate.person.name for one in subjects))
    blocks: list[Block] = [
        KeyValues(
            [
                (_("督办的建议"), _title(supervision)),
                (_("编号"), "、".join(one.shown_number for one in subjects)),
                (_("督办方式"), supervision.kind.label),
                (_("督办人"), supervision.supervisor),
                (_("督办年度"), supervision.year),
                (_("提议代表"), proposers),
                (_("主办单位"), _units(subjects)),
                (_("开始日期"), _day(supervision.began_on)),
                (_("结束日期"), _day(supervision.ended_on)),
            ],
            columns=4,
        ),
        Heading(1, _("一、督办方案")),
        Paragraph(supervision.plan or _("（没有登记）")),
        Heading(1, _("二、督办活动")),
        *_visits(supervision),
    ]
    blocks += _report(supervision)
    last = _("四、督办结果") if supervision.reported_on is not None else _("三、督办结果")
    blocks += [Heading(1, last), Paragraph(supervision.result or _("（没有登记）"))]
    return Document(title=_("建议督办档案"), date_line=_day(clock.today()), blocks=blocks)


def _report(supervision: Supervision) -> list[Block]:
    if supervision.reported_on is None:
        return []
    satisfied, basically, dissatisfied, share = _votes(supervision)
    return [
        Heading(1, _("三、向常委会报告和满意度测评")),
        KeyValues(
            [
                (_("报告日期"), _day(supervision.reported_on)),
                (_("满意票"), satisfied),
                (_("基本满意票"), basically),
                (_("不满意票"), dissatisfied),
                (_("满意率"), share),
            ],
            columns=4,
        ),
    ]


def _visits(supervision: Supervision) -> list[Block]:
    if not supervision.visits:
        return [Paragraph(_("（没有登记）"))]
    headings = [
        _("日期"),
        _("形式"),
        _("地点"),
        _("分管领导"),
        _("提议代表"),
        _("承办单位"),
        _("人大督办"),
        _("新闻媒体"),
        _("五到场"),
    ]
    rows = [
        (
            visit.on.isoformat(),
            visit.kind.label,
            visit.place,
            visit.leader,
            visit.proposers,
            visit.units,
            visit.congress,
            visit.media,
            _("是") if visit.five_present else _("否"),
        )
        for visit in supervision.visits
    ]
    notes = [Paragraph(f"{_day(visit.on)}：{visit.note}") for visit in supervision.visits if visit.note]
    return [Table(headings, rows), *notes]


def case_document(
    supervision: Supervision,
    subjects: Sequence[Suggestion],
    replies: Sequence[SuggestionReply],
    files: Sequence[str],
) -> Document:
    """A case told from beginning to end: what deputies saw, how it was supervised, what came of it (4-29)."""
    solved = bool(subjects) and all(one.problem_solved for one in subjects)
    blocks: list[Block] = [
        Heading(1, _("一、代表提出建议")),
        *(_made(one) for one in subjects),
        Heading(1, _("二、督办经过")),
        *_course(supervision, subjects),
        Heading(1, _("三、办理和督办结果")),
        *(Paragraph(_("%(unit)s答复：%(text)s", unit=reply.unit.name, text=reply.body)) for reply in replies),
        Paragraph(supervision.result or _("（请补充督办结果）")),
        Paragraph(_("问题已经解决。") if solved else _("问题尚未全部解决，继续督办。")),
        Heading(1, _("四、成果文件")),
        Paragraph("\n".join(files) or _("（请附上形成的文件）")),
    ]
    return Document(
        title=_("“%(title)s”督办案例", title=_title(supervision)),
        subtitle=supervision.supervisor,
        date_line=_day(clock.today()),
        blocks=blocks,
    )


def _made(suggestion: Suggestion) -> Block:
    return Paragraph(
        _(
            "%(day)s，%(name)s代表提出“%(title)s”：%(body)s",
            day=_day(suggestion.raised_on),
            name=suggestion.lead_mandate.person.name,
            title=suggestion.title,
            body=suggestion.body or _("（没有登记内容）"),
        )
    )


def _course(supervision: Supervision, subjects: Sequence[Suggestion]) -> list[Block]:
    begun = _(
        "%(day)s，%(who)s（%(kind)s）开始督办，承办单位为%(units)s。%(plan)s",
        day=_day(supervision.began_on),
        who=supervision.supervisor,
        kind=supervision.kind.label,
        units=_units(subjects) or "—",
        plan=supervision.plan,
    )
    course: list[Block] = [Paragraph(begun)]
    for visit in supervision.visits:
        parties = (visit.leader, visit.proposers, visit.units, visit.congress, visit.media)
        came = "、".join(party for party in parties if party)
        text = _(
            "%(day)s在%(place)s开展%(kind)s，到场的有%(came)s。%(note)s",
            day=_day(visit.on),
            place=visit.place or "—",
            kind=visit.kind.label,
            came=came,
            note=visit.note,
        )
        course.append(Paragraph(text))
    return course


def agenda_document(area: Area, year: int, supervisions: Sequence[Supervision]) -> Document:
    """Agenda of the reports on priority suggestions to the standing committee, and a ballot to copy (0-11)."""
    rows = [
        (place, _title(one), _units(_subjects(one)), one.supervisor, _day(one.reported_on))
        for place, one in enumerate(supervisions, 1)
    ]
    headings = [_("序号"), _("重点督办建议"), _("报告单位"), _("督办人"), _("报告日期")]
    ballot_rows = [(place, _title(one), "□", "□", "□") for place, one in enumerate(supervisions, 1)]
    ballot = [_("序号"), _("重点督办建议"), _("满意"), _("基本满意"), _("不满意")]
    blocks: list[Block] = [
        Heading(1, _("一、听取承办单位报告重点督办建议办理情况")),
        Table(headings, rows) if rows else Paragraph(_("这一年还没有确定重点督办建议。")),
        Heading(1, _("二、对办理情况进行满意度测评")),
        Paragraph(_("由常委会组成人员无记名投票，每件建议在“满意、基本满意、不满意”中选择一项。")),
        PageBreak(),
        Heading(1, _("重点督办建议办理情况满意度测评票")),
        Table(ballot, ballot_rows) if ballot_rows else Paragraph(_("这一年还没有确定重点督办建议。")),
        Paragraph(_("说明：每件只能选择一项，多选无效。")),
    ]
    return Document(
        title=_("%(area)s%(year)s年重点督办建议办理情况报告议程", area=area.name, year=year),
        date_line=_day(clock.today()),
        blocks=blocks,
    )


def tally_document(area: Area, year: int, supervisions: Sequence[Supervision]) -> Document:
    """Counts of the votes on each priority suggestion (0-11)."""
    headings = [
        _("重点督办建议"),
        _("报告单位"),
        _("报告日期"),
        _("满意票"),
        _("基本满意票"),
        _("不满意票"),
        _("满意率"),
    ]
    rows = [
        (_title(one), _units(_subjects(one)), _day(one.reported_on), *_votes(one)) for one in supervisions
    ]
    table: Block = Table(headings, rows) if rows else Paragraph(_("这一年还没有确定重点督办建议。"))
    return Document(
        title=_("%(area)s%(year)s年重点督办建议满意度测评汇总表", area=area.name, year=year),
        blocks=[
            table,
            Paragraph(_("满意率为满意票与基本满意票之和占所投票数的比例。")),
            Signature([_("计票人：　　　　监票人："), _day(clock.today())]),
        ],
        landscape=True,
    )
