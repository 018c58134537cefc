"""Papers of an evaluation: the published ranking (4-15), ballots to print, the tally sheet, the appraisal sheet (0-09)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from flask_babel import format_date

from app.kit.documents import Cell, Document, Heading, Paragraph, Signature, Table
from app.kit.documents.model import Block
from app.kit.i18n import _
from app.kit.workbook.writing import Kind
from app.suggestions.evaluation.counting import WHOLE, Tally, appraisal_points
from app.suggestions.evaluation.scheme import Scheme
from app.suggestions.evaluation.showing import points_text, share_text, weight_text, weights_text
from app.suggestions.evaluation.subjects import Subject
from app.suggestions.models import CountedSheet, Evaluation
from app.suggestions.queries.evaluations import Results, UnitResult
from app.suggestions.states import RaterGroup, Satisfaction

Columns = list[tuple[str, Kind, float]]
Keys = Sequence[tuple[int, int, str]]


def _day(day: date | None) -> str:
    return str(format_date(day, "long")) if day else ""


def figure(one: UnitResult) -> str:
    """A unit's score or grade, as shown."""
    if one.graded is not None:
        return one.grade.label if one.grade is not None else "—"
    return points_text(one.score)


def standing(one: UnitResult) -> str:
    """Qualified or not (4-17); a dash where there is nothing to judge by."""
    if one.qualified is None:
        return "—"
    return _("合格") if one.qualified else _("不合格")


def missing_words(results: Results) -> str:
    """Whose word is missing, with how many units; empty where nobody's is."""
    return "；".join(
        _("%(group)s缺 %(n)s 个单位的票", group=group.label, n=count) for group, count in results.missing
    )


def silent_words(results: Results) -> str:
    """Units that answered nothing, with how many they led; empty where there is none."""
    return _("、").join(
        _("%(unit)s（主办 %(n)s 件）", unit=one.name, n=len(one.led)) for one in results.unanswered
    )


def ranking_document(evaluation: Evaluation, results: Results) -> Document:
    """The published ranking: all units, best first; how it was counted; what was missing (4-15)."""
    rows = [
        (one.rank or "—", one.subject.name, len(one.subject.led), figure(one), standing(one))
        for one in results.units
    ]
    headings = [
        _("名次"),
        _("承办单位"),
        _("主办件数"),
        _("得分") if results.scheme.raters else _("等次"),
        _("评定"),
    ]
    blocks: list[Block] = [Table(headings, rows, widths=(1, 5, 1.4, 1.6, 1.4))]
    silent = silent_words(results)
    if silent:
        blocks.append(Paragraph(_("没有答复任何建议、未计分的承办单位：%(units)s。", units=silent)))
    blocks.append(Heading(1, _("计分办法")))
    blocks += [Paragraph(sentence) for sentence in method(results.scheme)]
    missing = missing_words(results)
    if missing:
        blocks.append(
            Paragraph(
                _("缺票情况：%(missing)s。%(how)s。", missing=missing, how=results.scheme.missing.label)
            )
        )
    blocks.append(Signature([_day(evaluation.published_on)]))
    return Document(title=evaluation.title, subtitle=_("测评结果"), blocks=blocks)


def method(scheme: Scheme) -> Iterator[str]:
    """How the scheme counts, in sentences."""
    if scheme.indicators:
        labels = _("、").join(indicator.label for indicator in scheme.indicators)
        yield _("按%(labels)s评定等次；有一项不合格的，总评不合格。", labels=labels)
        return
    plain = _("、").join(
        f"{r.group.label} {weight_text(r.weight_where(False))}" for r in scheme.groups(False)
    )
    yield _("各测评主体的权重：%(weights)s。", weights=plain)
    shared = _("、").join(f"{r.group.label} {weight_text(r.weight_where(True))}" for r in scheme.groups(True))
    if shared != plain:
        yield _("有代表小组督办的：%(weights)s。", weights=shared)
    if scheme.by_marks:
        items = _("、").join(f"{item.label} {item.marks:f}" for item in scheme.items)
        yield _("评分项目：%(items)s。", items=items)
    else:
        words = _("、").join(f"{word.label} {weight_text(scheme.factors.of(word))}" for word in Satisfaction)
        yield _("计分系数：%(words)s。", words=words)
    yield _("缺少测评主体的：%(how)s。", how=scheme.missing.label)
    yield _("一个单位有几件的：%(how)s。", how=scheme.several.label)
    yield _("%(line)s 分以下为不合格。", line=f"{scheme.line.normalize():f}")


# --- workbooks -------------------------------------------------------------------------------------------


def appraisal_table(results: Results) -> tuple[Columns, list[list[object]]]:
    """For the appraisal office: place, score, the 2 % points, points off for the unqualified (0-09, 4-16, 4-17)."""
    scheme = results.scheme
    percent = f"{scheme.appraisal_percent.normalize():f}"
    columns: Columns = [
        (_("名次"), "integer", 8),
        (_("承办单位"), "text", 32),
        (_("主办件数"), "integer", 10),
        (_("得分") if scheme.raters else _("等次"), "number" if scheme.raters else "text", 10),
        (_("评定"), "text", 10),
        (_("计入绩效考核（%(percent)s%%）", percent=percent), "number", 16),
        (_("不合格扣分"), "number", 12),
        (_("缺票"), "text", 36),
    ]
    rows = [_appraisal_row(scheme, one) for one in results.units]
    rows += [
        [None, one.name, len(one.led), None, _("没有答复"), None, None, ""] for one in results.unanswered
    ]
    return columns, rows


def _appraisal_row(scheme: Scheme, one: UnitResult) -> list[object]:
    worth = float(appraisal_points(scheme, one.score)) if one.score is not None else None
    score: object = one.grade.label if one.grade is not None else None
    if one.score is not None:
        score = float(one.score)
    off = float(scheme.deduction) if one.qualified is False else None
    missing = _("、").join(group.label for group in one.scored.missing) if one.scored is not None else ""
    return [
        one.rank,
        one.subject.name,
        len(one.subject.led),
        score,
        standing(one),
        worth,
        off,
        missing,
    ]


def lines_table(results: Results) -> tuple[Columns, list[list[object]]]:
    """The whole computation, line by line (4-14)."""
    columns: Columns = [
        (_("承办单位"), "text", 28),
        (_("建议编号"), "text", 16),
        (_("测评主体"), "text", 18),
        (_("评分项目"), "text", 16),
        (_("满意"), "integer", 8),
        (_("基本满意"), "integer", 8),
        (_("不满意"), "integer", 8),
        (_("打分份数"), "integer", 8),
        (_("总分"), "number", 10),
        (_("得分率"), "text", 10),
        (_("权重"), "text", 14),
        (_("得分"), "text", 10),
    ]
    return columns, [row for one in results.units for row in _rows_of(results.scheme, one)]


def _rows_of(scheme: Scheme, one: UnitResult) -> Iterator[list[object]]:
    numbers = {led.suggestion_id: led.number for led in one.subject.led}
    for sheet in one.scored.sheets if one.scored is not None else ():
        for line in sheet.lines:
            item, tally = scheme.item(line.item), line.tally
            yield [
                one.subject.name,
                numbers.get(sheet.suggestion_id, ""),
                line.rater.label,
                item.label if item is not None else "",
                tally.satisfied,
                tally.basically,
                tally.dissatisfied,
                tally.marked,
                tally.marks / 100,
                share_text(line.share),
                weights_text(line),
                points_text(line.points),
            ]


# --- ballots and sheets ------------------------------------------------------------------------------------


def labels_of(subjects: Sequence[Subject]) -> dict[tuple[int, int], str]:
    """What stands in a line's first column: the unit, or the unit with the suggestion."""
    found = {}
    for subject in subjects:
        found[subject.unit_id, WHOLE] = subject.name
        for one in subject.led:
            found[subject.unit_id, one.suggestion_id] = f"{subject.name}：{one.number}《{one.title}》"
    return found


def _criteria(scheme: Scheme) -> list[str]:
    if scheme.by_marks:
        return [f"{item.label}（{item.marks:f}）" for item in scheme.items]
    return [word.label for word in Satisfaction]


def ballot_document(
    evaluation: Evaluation, scheme: Scheme, rater: RaterGroup, subjects: Sequence[Subject], keys: Keys
) -> Document:
    """A paper ballot of a group of raters: every unit, a box for every word (4-12)."""
    labels = labels_of(subjects)
    lines = list(dict.fromkeys((unit, number) for unit, number, _item in keys))
    criteria = _criteria(scheme)
    blank: list[Cell] = ["" if scheme.by_marks else "□"] * len(criteria)
    rows = [[place, labels[line], *blank] for place, line in enumerate(lines, 1)]
    how = (
        _("请在每一项后填写分数。")
        if scheme.by_marks
        else _("请在同意的一栏打“√”，每行只选一项，多选的作废。")
    )
    blocks: list[Block] = [
        Paragraph(how),
        Table([_("序号"), _("承办单位"), *criteria], rows, widths=(0.8, 5, *[1.3] * len(criteria))),
        Paragraph(_("本票不记名。")),
    ]
    return Document(
        title=_("办理代表建议工作测评票"), subtitle=f"{evaluation.title}（{rater.label}）", blocks=blocks
    )


def tally_document(
    evaluation: Evaluation,
    scheme: Scheme,
    rater: RaterGroup,
    subjects: Sequence[Subject],
    keys: Keys,
    sheets: dict[tuple[int, int, str], CountedSheet],
) -> Document:
    """测评统计表: counts of one group of raters as entered, with room for who counted and who watched."""
    labels = labels_of(subjects)
    headings = [
        _("承办单位"),
        *([_("评分项目"), _("打分份数"), _("总分")] if scheme.by_marks else _criteria(scheme)),
    ]
    rows: list[list[Cell]] = []
    for key in keys:
        item, sheet = scheme.item(key[2]), sheets.get(key)
        tally = tally_of(sheet)
        if item is not None:
            total = weight_text_of(tally.marks) if sheet else ""
            rows.append([labels[key[:2]], item.label, tally.marked if sheet else "", total])
        else:
            words = (tally.satisfied, tally.basically, tally.dissatisfied)
            rows.append([labels[key[:2]], *(words if sheet else ("", "", ""))])
    blocks: list[Block] = [
        Paragraph(_("发出测评票      张，收回      张，其中有效票      张，无效票      张。")),
        Table(headings, rows),
        Signature([_("计票人："), _("监票人："), _("        年    月    日")]),
    ]
    return Document(title=_("测评统计表"), subtitle=f"{evaluation.title}（{rater.label}）", blocks=blocks)


def tally_of(sheet: CountedSheet | None) -> Tally:
    """A counted sheet's figures."""
    if sheet is None:
        return Tally()
    return Tally(sheet.satisfied, sheet.basically, sheet.dissatisfied, sheet.marked, sheet.marks)


def weight_text_of(hundredths: int) -> str:
    """Hundredths of a point as points."""
    return f"{Decimal(hundredths) / 100:f}"
