"""What an evaluation gives away and takes in on paper: sheets, ballots, workbooks, the published ranking."""

from __future__ import annotations

import io

from flask import request, send_file
from flask.typing import ResponseReturnValue

from app.kit.documents import Document, render_docx
from app.kit.errors import NotFound
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires
from app.kit.workbook.writing import write_table
from app.registry.queries import MISSING
from app.suggestions import evaluation_documents as papers
from app.suggestions.evaluation.scheme import Scheme
from app.suggestions.forms.evaluations import GridForm, read_counts
from app.suggestions.models import Evaluation
from app.suggestions.operations.ballots import count_sheets, sheet_keys, stamp_of
from app.suggestions.policy import EDIT_EVALUATIONS, VIEW_EVALUATIONS
from app.suggestions.queries.evaluations import (
    get_judged_evaluation,
    get_visible_evaluation,
    results_of,
    scheme_of,
    sheets_of,
    subjects_of,
)
from app.suggestions.routes import bp
from app.suggestions.routes.evaluations import evaluation_crumbs, evaluation_url
from app.suggestions.states import RaterGroup

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _docx(document: Document, name: str) -> ResponseReturnValue:
    stream = io.BytesIO(render_docx(document))
    return send_file(stream, mimetype=DOCX, as_attachment=True, download_name=f"{name}.docx")


def _xlsx(
    found: Evaluation, title: str, table: tuple[papers.Columns, list[list[object]]]
) -> ResponseReturnValue:
    stream = io.BytesIO()
    columns, rows = table
    write_table(stream, title=title, note=found.title, columns=columns, rows=rows, sheet_name=title[:31])
    stream.seek(0)
    name = f"{title}-{found.title}.xlsx"
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=name)


def _asked(found: Evaluation, rater: str) -> tuple[Scheme, RaterGroup]:
    """The scheme, and a group of raters it asks."""
    scheme = scheme_of(found)
    group = next((group for group in scheme.asks if group == rater), None)
    if group is None:
        raise NotFound(MISSING)
    return scheme, group


@bp.route("/suggestions/evaluations/<int:evaluation_id>/sheets/<rater>", methods=["GET", "POST"])
@requires(EDIT_EVALUATIONS)
def evaluation_sheets(evaluation_id: int, rater: str) -> ResponseReturnValue:
    """Counted paper ballots of one group of raters, all units on one page."""
    actor = current_actor()
    found = get_visible_evaluation(actor, evaluation_id, EDIT_EVALUATIONS)
    scheme, group = _asked(found, rater)
    form = GridForm()
    if form.validate_on_submit():
        changed = form.attempt(_count, evaluation_id, group, form.sent_version)
        if changed is not None:
            return go_back(evaluation_url(evaluation_id), _("统计表已保存，改动 %(n)s 行。", n=changed))
    subjects, sheets = subjects_of(found), sheets_of(evaluation_id, group)
    if not form.is_submitted():
        form.version.data = str(stamp_of(sheets.values()))
    heading = _("登记统计表：%(group)s", group=group.label)
    return answer(
        "suggestions/evaluation_sheets.html",
        form=form,
        heading=heading,
        evaluation=found,
        scheme=scheme,
        group=group,
        groups=[one for one in RaterGroup if one in scheme.asks],
        keys=sheet_keys(found, scheme, group),
        labels=papers.labels_of(subjects),
        sheets=sheets,
        sent=request.form,
        points=papers.weight_text_of,
        back=evaluation_url(evaluation_id),
        breadcrumbs=evaluation_crumbs((found.title, evaluation_url(evaluation_id)), (heading, "")),
    )


def _count(evaluation_id: int, group: RaterGroup, version: int | None) -> int:
    rows = read_counts(request.form.items())
    return count_sheets(current_actor(), evaluation_id, group, rows, version=version)


@bp.get("/suggestions/evaluations/<int:evaluation_id>/sheets/<rater>.docx")
@requires(VIEW_EVALUATIONS)
def evaluation_tally(evaluation_id: int, rater: str) -> ResponseReturnValue:
    """测评统计表 of one group of raters."""
    found = get_judged_evaluation(current_actor(), evaluation_id)
    scheme, group = _asked(found, rater)
    keys = sheet_keys(found, scheme, group)
    sheets = sheets_of(evaluation_id, group)
    document = papers.tally_document(found, scheme, group, subjects_of(found), keys, sheets)
    return _docx(document, f"{_('测评统计表')}-{group.label}")


@bp.get("/suggestions/evaluations/<int:evaluation_id>/ballots/<rater>.docx")
@requires(VIEW_EVALUATIONS)
def evaluation_ballot(evaluation_id: int, rater: str) -> ResponseReturnValue:
    """A paper ballot of one group of raters."""
    found = get_visible_evaluation(current_actor(), evaluation_id)
    scheme, group = _asked(found, rater)
    document = papers.ballot_document(
        found, scheme, group, subjects_of(found), sheet_keys(found, scheme, group)
    )
    return _docx(document, f"{_('测评票')}-{group.label}")


@bp.get("/suggestions/evaluations/<int:evaluation_id>/ranking.docx")
@requires(VIEW_EVALUATIONS)
def evaluation_ranking(evaluation_id: int) -> ResponseReturnValue:
    """The ranking for publication (4-15)."""
    found = get_judged_evaluation(current_actor(), evaluation_id)
    return _docx(papers.ranking_document(found, results_of(found)), f"{_('测评结果')}-{found.title}")


@bp.get("/suggestions/evaluations/<int:evaluation_id>/appraisal.xlsx")
@requires(VIEW_EVALUATIONS)
def evaluation_appraisal(evaluation_id: int) -> ResponseReturnValue:
    """For the appraisal office: 2 % points, the unqualified (0-09, 4-16, 4-17)."""
    found = get_judged_evaluation(current_actor(), evaluation_id)
    return _xlsx(found, _("绩效考核计分表"), papers.appraisal_table(results_of(found)))


@bp.get("/suggestions/evaluations/<int:evaluation_id>/lines.xlsx")
@requires(VIEW_EVALUATIONS)
def evaluation_lines(evaluation_id: int) -> ResponseReturnValue:
    """The whole computation, line by line (4-14)."""
    found = get_judged_evaluation(current_actor(), evaluation_id)
    return _xlsx(found, _("测评计分明细"), papers.lines_table(results_of(found)))
