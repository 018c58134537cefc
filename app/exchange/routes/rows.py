"""The rows of a batch's sheet: what each one does, wrong cells to be put right, questions to be answered."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.exchange import operations, queries
from app.exchange.files import preview_file
from app.exchange.kinds import IMPORTERS
from app.exchange.marked import write_marked
from app.exchange.models import ImportBatch
from app.exchange.policy import IMPORT
from app.exchange.previews import PAGE, KeptRow, Preview
from app.exchange.routes import bp
from app.exchange.routes.batches import batch_title, crumbs
from app.exchange.states import BATCH_TRANSITIONS, BatchState, BatchStep, RowOutcome
from app.kit.errors import NotFound
from app.kit.i18n import _, _l
from app.kit.listing_web import XLSX
from app.kit.web import current_actor, go_back, requires

_RECORDS = {
    "mandate": ("registry.mandate", "mandate_id"),
    "activity": ("activities.detail", "activity_id"),
    "duty_report": ("duty_reports.detail", "report_id"),
    "reception": ("stations.reception", "reception_id"),
    "opinion": ("stations.opinion", "opinion_id"),
    "station": ("stations.station", "station_id"),
    "suggestion": ("suggestions.detail", "suggestion_id"),
    "duty_entry": ("ledger.entry", "entry_id"),
    "deputy_group": ("groups.detail", "group_id"),
}
_SHOWN = 6


def record_url(row: KeptRow) -> str:
    """Address of the record a row has made or changed; empty before the import."""
    endpoint = _RECORDS.get(row.kind)
    if endpoint is None or row.subject_id is None or row.subject_id < 0:
        return ""
    number: dict[str, Any] = {endpoint[1]: row.subject_id}
    return url_for(endpoint[0], **number)


def _sheet_of(batch: ImportBatch, key: str) -> dict[str, Any]:
    for sheet in (batch.preview or {}).get("sheets", []):
        if sheet["key"] == key and sheet["kind"]:
            return dict(sheet)
    raise NotFound(_l("这一批里没有这张表，请返回批次页面。"))


@bp.get("/<int:batch_id>/sheets/<sheet>")
@requires(IMPORT)
def rows(batch_id: int, sheet: str) -> ResponseReturnValue:
    """Rows of a sheet by outcome, fifty to a page."""
    batch = queries.get_batch(current_actor(), batch_id)
    described = _sheet_of(batch, sheet)
    preview = Preview(preview_file(batch.id))
    counts = preview.counts(sheet)
    outcome = _outcome(request.args.get("outcome", ""), counts)
    total = counts.get(outcome.value, 0) if outcome else sum(counts.values())
    pages = max(1, -(-total // PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    standing = queries.standing_of(batch, queries.job_of(batch))
    fields = IMPORTERS[described["kind"]].kind.by_key
    columns = [(key, heading) for heading, key in described["columns"]]
    return render_template(
        "exchange/rows.html",
        batch=batch,
        sheet=described,
        rows=preview.page(sheet, outcome, number),
        columns=columns[:_SHOWN],
        headings={key: str(field.label) for key, field in fields.items()} | dict(columns),
        fields=fields,
        counts=counts,
        outcome=outcome,
        outcomes=RowOutcome,
        page=number,
        pages=pages,
        address=_address(batch_id, sheet, outcome),
        editable=standing is BatchState.PREVIEWED or _may_preview(standing),
        record_url=record_url if standing is BatchState.DONE else lambda _row: "",
        title=described["sheet"],
        breadcrumbs=crumbs(
            (batch_title(batch), url_for("exchange.batch", batch_id=batch.id)), (described["sheet"], "")
        ),
    )


def _may_preview(standing: BatchState) -> bool:
    return BATCH_TRANSITIONS.after(standing, BatchStep.PREVIEW) is not None


def _outcome(asked: str, counts: dict[str, int]) -> RowOutcome | None:
    if asked in {outcome.value for outcome in RowOutcome}:
        return RowOutcome(asked)
    return RowOutcome.WRONG if counts.get("wrong") and asked != "all" else None


def _address(batch_id: int, sheet: str, outcome: RowOutcome | None) -> Callable[[int], str]:
    chosen = outcome.value if outcome else "all"

    def address(page: int) -> str:
        return url_for("exchange.rows", batch_id=batch_id, sheet=sheet, outcome=chosen, page=page)

    return address


@bp.post("/<int:batch_id>/sheets/<sheet>")
@requires(IMPORT)
def correct(batch_id: int, sheet: str) -> ResponseReturnValue:
    """Cells put right (``cell-<row>-<field>``) and questions answered (``answer-<row>``)."""
    batch = queries.get_batch(current_actor(), batch_id)
    described = _sheet_of(batch, sheet)
    fields = IMPORTERS[described["kind"]].kind.by_key
    preview = Preview(preview_file(batch.id))
    cells: dict[str, dict[str, str]] = {}
    answers: dict[str, str] = {}
    for name, value in request.form.items():
        what, _dash, rest = name.partition("-")
        row, _dash, key = rest.partition("-")
        if not (row.isascii() and row.isdigit() and len(row) < 9):
            continue
        if what == "answer" and value:
            answers[row] = value[:40]
        elif what == "cell" and key in fields:
            kept = preview.row(sheet, int(row))
            if kept is not None and kept.cells.get(key, "") != value.strip():
                cells.setdefault(row, {})[key] = value.strip()
    operations.answer_and_correct(current_actor(), batch_id, sheet=sheet, cells=cells, answers=answers)
    return go_back(url_for("exchange.batch", batch_id=batch_id), _("已记下，正在重新预览。"))


@bp.get("/<int:batch_id>/marked.xlsx")
@requires(IMPORT)
def marked(batch_id: int) -> ResponseReturnValue:
    """The uploaded sheets with the wrong cells marked and the reasons beside their rows."""
    batch = queries.get_batch(current_actor(), batch_id)
    if not batch.wrong or not queries.has_files(batch):
        raise NotFound(_l("这一批没有有误的行，或者文件已过保存期限。"))
    preview = Preview(preview_file(batch.id))
    refs = [replace(ref, skipped=False) for ref in queries.sheets_of(batch) if ref.kind]
    stream = io.BytesIO()
    only_wrong = request.args.get("only") == "wrong"
    write_marked(stream, [(ref, list(preview.errors(ref.key))) for ref in refs], only_wrong=only_wrong)
    stream.seek(0)
    name = f"含错误的{batch.files[0]['name'].rsplit('.', 1)[0]}.xlsx"
    return send_file(stream, mimetype=XLSX, as_attachment=True, download_name=name)
