"""The long steps of a batch, done by the worker: preview, import, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.exchange.files import KEPT, drop_folder, preview_file
from app.exchange.models import ImportBatch
from app.exchange.operations import import_workbooks, preview_workbooks, refresh_statistics, undo_batch
from app.exchange.operations.batches import IMPORT_JOB, PREVIEW_JOB, UNDO_JOB
from app.exchange.operations.importing import Outcome
from app.exchange.previews import Preview, Recorder
from app.exchange.queries import amendments_of, list_expired, sheets_of
from app.exchange.running import SheetReport
from app.exchange.states import BATCH_TRANSITIONS, BatchState, BatchStep
from app.extensions import db
from app.kit import clock
from app.kit.errors import DomainError
from app.kit.i18n import _
from app.kit.jobs import JobContext, register_job
from app.kit.workbook.kinds import SERIAL_HEADINGS, normalise_heading

_HALFWAY = 20_000


def preview(context: JobContext, batch_id: int) -> str | None:
    """Reads the workbooks and decides every row, writing nothing."""
    recorder = Recorder(preview_file(batch_id), _reporter(context, None))
    try:
        with context.reading():
            batch = db.session.get_one(ImportBatch, batch_id)
            refs = sheets_of(batch)
            outcome = preview_workbooks(
                context.actor,
                office=batch.area_code[:6],
                areas=(batch.area_code,),
                refs=refs,
                amendments=amendments_of(batch),
                watcher=recorder,
            )
    except DomainError as error:
        recorder.drop()
        _fail(context, batch_id, error)
        return None
    except BaseException:
        recorder.drop()
        raise
    batch = db.session.get_one(ImportBatch, batch_id)
    if batch.job_id != context.job_id:  # another preview has been asked for meanwhile
        recorder.drop()
        return None
    recorder.keep()
    _note(batch, outcome)
    batch.state = _after(batch, BatchStep.SHOW)
    _drop_expired()
    context.result_url = f"/imports/{batch_id}"
    return _("预览完成：新增 %(created)s 行，更新 %(updated)s 行，有误 %(wrong)s 行。",
             created=batch.created, updated=batch.updated, wrong=batch.wrong)  # fmt: skip


def apply(context: JobContext, batch_id: int, skip_bad_rows: bool = False) -> str | None:
    """Takes the batch in, all of it or nothing."""
    batch = db.session.get_one(ImportBatch, batch_id)
    total = batch.created + batch.updated + batch.unchanged + batch.wrong
    recorder = Recorder(preview_file(batch_id), _reporter(context, total))
    try:
        refs = sheets_of(batch)
        outcome = import_workbooks(
            context.actor,
            office=batch.area_code[:6],
            areas=(batch.area_code,),
            refs=refs,
            batch=batch,
            amendments=amendments_of(batch),
            watcher=recorder,
            skip_bad_rows=skip_bad_rows,
        )
    except DomainError as error:
        recorder.drop()
        _fail(context, batch_id, error)
        return None
    except BaseException:
        recorder.drop()
        raise
    recorder.keep()
    context.result_url = f"/imports/{batch_id}"
    _note(batch, outcome)
    if outcome.wrong and not skip_bad_rows:
        batch.state = _after(batch, BatchStep.SHOW)
        batch.message = _(
            "数据有了变化，又有 %(count)s 行有误，没有写入；请改正后再确认。", count=outcome.wrong
        )
        context.complaint = batch.message
        return None
    batch.state = BatchState.DONE
    batch.finished_at = batch.finished_at or clock.now()
    refresh_statistics(outcome)
    return _(
        "已导入：新增 %(created)s 行，更新 %(updated)s 行。", created=batch.created, updated=batch.updated
    )


def undo(context: JobContext, batch_id: int) -> str | None:
    """Takes the batch back, or says what rests on it."""
    batch = db.session.get_one(ImportBatch, batch_id)
    context.report(5, _("正在检查后续记录"))
    try:
        undo_batch(context.actor, batch)
    except DomainError as error:
        _fail(context, batch_id, error, BatchStep.REFUSE)
        return None
    batch.state = _after(batch, BatchStep.FINISH)
    db.session.commit()
    drop_folder(batch_id)
    context.result_url = f"/imports/{batch_id}"
    return _("已撤销这一批导入。")


def _after(batch: ImportBatch, step: BatchStep) -> BatchState:
    return BATCH_TRANSITIONS.after(batch.state, step) or batch.state


def _fail(context: JobContext, batch_id: int, error: DomainError, step: BatchStep = BatchStep.FAIL) -> None:
    """Takes back what was written and leaves the reason with the batch."""
    db.session.rollback()
    batch = db.session.get_one(ImportBatch, batch_id)
    batch.state = _after(batch, step)
    batch.message = context.complaint = str(error)[:500]
    context.result_url = f"/imports/{batch_id}"


def _reporter(context: JobContext, total: int | None) -> Callable[[int], None]:
    def report(rows: int) -> None:
        share = rows / total if total else rows / (rows + _HALFWAY)
        context.report(min(int(share * 95), 95), _("已处理 %(rows)s 行", rows=rows))

    return report


def _note(batch: ImportBatch, outcome: Outcome) -> None:
    """The batch's counts, and what each sheet was recognised as."""
    reports = outcome.reports
    batch.created = sum(report.created for report in reports)
    batch.updated = sum(report.updated for report in reports)
    batch.unchanged = sum(report.unchanged for report in reports)
    batch.wrong = sum(report.wrong for report in reports)
    kept = Preview(preview_file(batch.id))
    batch.preview = {
        "sheets": [{**_described(report), "asked": kept.asked(report.ref.key)} for report in reports]
    }


def _described(report: SheetReport) -> dict[str, Any]:
    ref = report.ref
    found = ref.recognition or ref.nearest
    sheet: dict[str, Any] = {"key": ref.key, "file": ref.file, "sheet": ref.sheet, "hidden": ref.hidden}
    sheet["kind"] = ref.kind.key if ref.kind else None
    sheet["skipped"] = ref.skipped
    sheet |= {"rows": report.rows, "created": report.created, "updated": report.updated}
    sheet |= {"unchanged": report.unchanged, "wrong": report.wrong}
    if found is not None:
        sheet["nearest"] = found.kind.key
        sheet["missing"] = list(found.missing)
        sheet["columns"] = [[found.headings[column], key] for column, key in found.columns.items()]
        sheet["unknown"] = [
            text for _column, text in found.unknown if normalise_heading(text) not in SERIAL_HEADINGS
        ]
    return sheet


def _drop_expired() -> None:
    for batch_id in list_expired(clock.now() - KEPT):
        drop_folder(batch_id)


register_job(PREVIEW_JOB, preview)
register_job(IMPORT_JOB, apply)
register_job(UNDO_JOB, undo)
