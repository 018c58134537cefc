"""A batch from upload to undo."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.exchange import operations, queries
from app.exchange.columns import BATCHES
from app.exchange.forms import UploadForm
from app.exchange.kinds import IMPORTERS
from app.exchange.models import ImportBatch
from app.exchange.policy import IMPORT
from app.exchange.routes import bp
from app.exchange.states import BATCH_TRANSITIONS, BatchState, BatchStep
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires


def crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back to the list of batches, then ``last``."""
    return [(_("导入表格"), url_for("exchange.imports")), *last]


def batch_title(batch: ImportBatch) -> str:
    """What a batch is called on its pages."""
    return _("第 %(number)s 批导入", number=batch.id)


@bp.get("/")
@requires(IMPORT)
def imports() -> ResponseReturnValue:
    """All batches of the viewer's area."""
    return list_page(
        BATCHES,
        actions=[
            (_("下载模板"), url_for("exchange.blanks"), "light", "download"),
            (_("导入表格"), url_for("exchange.new"), "primary", "upload"),
        ],
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(IMPORT)
def new() -> ResponseReturnValue:
    """Several workbooks at once; their preview starts by itself."""
    actor = current_actor()
    form = UploadForm()
    form.area_code.choices = queries.list_offices(actor)
    if form.validate_on_submit():
        batch = form.attempt(
            operations.create_batch, actor, area_code=form.area_code.data, files=form.files.data or []
        )
        if batch:
            return redirect(url_for("exchange.batch", batch_id=batch.id), code=303)
    return answer("exchange/new.html", form=form, breadcrumbs=crumbs((_("上传"), "")))


@bp.get("/<int:batch_id>")
@requires(IMPORT)
def batch(batch_id: int) -> ResponseReturnValue:
    """Where a batch stands: progress, preview, result."""
    found = queries.get_batch(current_actor(), batch_id)
    status = queries.job_of(found)
    standing = queries.standing_of(found, status)
    may = {step.value: BATCH_TRANSITIONS.after(standing, step) is not None for step in BatchStep}
    return render_template(
        "exchange/batch.html",
        batch=found,
        standing=standing,
        working=standing in queries.ACTIVE,
        status=status,
        message=found.message or (status.job.error if status and standing is BatchState.FAILED else ""),
        sheets=(found.preview or {}).get("sheets", []),
        kinds=IMPORTERS,
        may=may,
        has_files=queries.has_files(found),
        nothing=queries.why_nothing(found) if standing is BatchState.PREVIEWED else None,
        title=batch_title(found),
        breadcrumbs=crumbs((batch_title(found), "")),
    )


@bp.get("/<int:batch_id>/progress")
@requires(IMPORT)
def progress(batch_id: int) -> ResponseReturnValue:
    """The part of the page that asks again every second; when the work is over the page is loaded anew."""
    found = queries.get_batch(current_actor(), batch_id)
    status = queries.job_of(found)
    if status is None or status.finished:
        return Response(headers={"HX-Refresh": "true"})
    return render_template("exchange/_progress.html", batch=found, status=status)


@bp.post("/<int:batch_id>/preview")
@requires(IMPORT)
def preview(batch_id: int) -> ResponseReturnValue:
    """Reads the workbooks anew."""
    operations.preview_again(current_actor(), batch_id)
    return go_back(url_for("exchange.batch", batch_id=batch_id))


@bp.post("/<int:batch_id>/headings")
@requires(IMPORT)
def headings(batch_id: int) -> ResponseReturnValue:
    """What unknown headings of a sheet mean; remembered for the office."""
    sent = request.form
    kind = IMPORTERS.get(sent.get("kind", ""))
    fields: Any = kind.kind.by_key if kind else {}
    choices = {
        name.removeprefix("heading-"): value
        for name, value in sent.items()
        if name.startswith("heading-") and (value in fields or value == "-")
    }
    operations.map_headings(
        current_actor(),
        batch_id,
        sheet=sent.get("sheet", ""),
        kind=sent.get("kind", ""),
        choices={heading: "" if field == "-" else field for heading, field in choices.items()},
        skip=sent.get("skip") == "1",
    )
    return go_back(url_for("exchange.batch", batch_id=batch_id), _("已记住，正在重新预览。"))


@bp.post("/<int:batch_id>/confirm")
@requires(IMPORT)
def confirm(batch_id: int) -> ResponseReturnValue:
    """Takes the batch in."""
    skip = request.form.get("skip_bad_rows") == "1"
    operations.confirm_batch(current_actor(), batch_id, skip_bad_rows=skip)
    return go_back(url_for("exchange.batch", batch_id=batch_id))


@bp.post("/<int:batch_id>/undo")
@requires(IMPORT)
def undo(batch_id: int) -> ResponseReturnValue:
    """Takes the batch back as a whole."""
    operations.request_undo(current_actor(), batch_id)
    return go_back(url_for("exchange.batch", batch_id=batch_id))


@bp.post("/<int:batch_id>/discard")
@requires(IMPORT)
def discard(batch_id: int) -> ResponseReturnValue:
    """Gives the batch up."""
    operations.discard_batch(current_actor(), batch_id)
    return go_back(url_for("exchange.imports"), _("已放弃这一批，没有写入任何内容。"))
