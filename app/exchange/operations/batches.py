"""Steps of a batch in the web: uploaded, previewed, put right, confirmed, undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from sqlalchemy import select

from app.exchange.files import check_workbooks, drop_folder, safe_name, workbook_path
from app.exchange.models import HeadingChoice, ImportBatch
from app.exchange.policy import IMPORT
from app.exchange.queries import get_batch, job_of, standing_of, why_nothing
from app.exchange.states import BATCH_TRANSITIONS, BatchState, BatchStep
from app.extensions import db
from app.kit import attachments
from app.kit.authorisation import Actor, authorise
from app.kit.errors import Conflict, DomainError
from app.kit.i18n import _l
from app.kit.jobs import enqueue
from app.kit.workbook.kinds import normalise_heading

PREVIEW_JOB, IMPORT_JOB, UNDO_JOB = "import_preview", "import_apply", "import_undo"
LONGEST_CELL = 2000


class Upload(Protocol):
    """A file as it arrives."""

    filename: str | None

    def save(self, _path: str, /) -> None:
        """Writes it to a path."""
        ...


def create_batch(actor: Actor, *, area_code: str, files: Sequence[Upload]) -> ImportBatch:
    """A new batch of uploaded workbooks; its preview starts by itself. HostileWorkbook names a file that
    cannot be opened; then nothing is kept."""
    authorise(actor, IMPORT, area_code)
    if len(area_code) < 6:
        raise DomainError(_l("请选择要导入到哪个县（市、区）。"), "area_code")
    named = attachments.chosen(files)
    if not named:
        raise DomainError(_l("请选择要导入的 Excel 文件。"), "files")
    names = [safe_name(file.filename or "") for file in named]
    batch = ImportBatch(
        area_code=area_code,
        user_id=actor.user_id,
        state=BatchState.UPLOADED,
        files=[{"name": name} for name in names],
    )
    db.session.add(batch)
    db.session.flush()
    drop_folder(batch.id)
    try:
        check_workbooks(_save(batch.id, named, names))
    except DomainError as error:
        drop_folder(batch.id)
        raise DomainError(error.message, "files") from error
    _start(actor, batch, BatchStep.PREVIEW, PREVIEW_JOB, _l("预览导入"))
    return batch


def _save(batch_id: int, files: Sequence[Upload], names: Sequence[str]) -> list[Path]:
    paths = []
    for number, (file, name) in enumerate(zip(files, names, strict=True)):
        path = workbook_path(batch_id, number, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        file.save(str(path))
        paths.append(path)
    return paths


def _start(
    actor: Actor, batch: ImportBatch, step: BatchStep, kind: str, label: object, **arguments: bool
) -> None:
    """Moves the batch on and queues the job that does the work."""
    status = job_of(batch)
    after = BATCH_TRANSITIONS.after(standing_of(batch, status), step)
    if after is None:
        raise Conflict(_l("这个批次现在是“%(state)s”，不能这样做；请刷新页面。", state=batch.state.label))
    batch.state = after
    batch.message = ""
    job = enqueue(actor, kind, label, {"batch_id": batch.id, **arguments}, batch.area_code)
    batch.job_id = job.id
    db.session.flush()


def preview_again(actor: Actor, batch_id: int) -> ImportBatch:
    """Reads the batch's workbooks anew."""
    batch = get_batch(actor, batch_id)
    _start(actor, batch, BatchStep.PREVIEW, PREVIEW_JOB, _l("预览导入"))
    return batch


def map_headings(
    actor: Actor, batch_id: int, *, sheet: str, kind: str, choices: Mapping[str, str], skip: bool
) -> ImportBatch:
    """Says what unknown headings of a sheet mean (field, or "" to leave the column out), or leaves the whole
    sheet out. Choices are remembered for the office."""
    batch = get_batch(actor, batch_id)
    mapping = {key: value for key, value in (batch.mapping or {}).items() if key != "skip"}
    left_out = set((batch.mapping or {}).get("skip", ()))
    left_out = left_out | {sheet} if skip else left_out - {sheet}
    made = {normalise_heading(heading): field for heading, field in choices.items()}
    mapping[sheet] = {**mapping.get(sheet, {}), **made}
    batch.mapping = {**mapping, "skip": sorted(left_out)}
    for heading, field in made.items():
        _remember(batch.area_code[:6], kind, heading, field)
    return preview_again(actor, batch_id)


def _remember(office: str, kind: str, heading: str, field: str) -> None:
    key = {"area_code": office, "sheet_kind": kind, "heading": heading[:80]}
    found = db.session.scalar(select(HeadingChoice).filter_by(**key))
    if found is None:
        db.session.add(HeadingChoice(**key, field=field))
    else:
        found.field = field


def answer_and_correct(
    actor: Actor,
    batch_id: int,
    *,
    sheet: str,
    cells: Mapping[str, Mapping[str, str]],
    answers: Mapping[str, str],
) -> ImportBatch:
    """Puts cells right (row → field → text) and answers questions (row → answer); then previews again. The
    workbook itself stays as it was uploaded."""
    batch = get_batch(actor, batch_id)
    made = batch.corrections or {}
    rows = {row: dict(values) for row, values in made.get("cells", {}).get(sheet, {}).items()}
    for row, values in cells.items():
        rows.setdefault(row, {}).update({key: text[:LONGEST_CELL] for key, text in values.items()})
    answered = {**made.get("answers", {}).get(sheet, {}), **answers}
    batch.corrections = {
        "cells": {**made.get("cells", {}), sheet: rows},
        "answers": {**made.get("answers", {}), sheet: answered},
    }
    return preview_again(actor, batch_id)


def confirm_batch(actor: Actor, batch_id: int, *, skip_bad_rows: bool) -> ImportBatch:
    """Takes the batch in as previewed. Wrong rows hold it up, unless they are to be skipped."""
    batch = get_batch(actor, batch_id)
    if (nothing := why_nothing(batch)) is not None:
        raise DomainError(nothing)
    if batch.wrong and not skip_bad_rows:
        raise DomainError(
            _l("还有 %(count)d 行有误；请先改正，或选择跳过这些行。", count=batch.wrong), "skip_bad_rows"
        )
    _start(actor, batch, BatchStep.CONFIRM, IMPORT_JOB, _l("导入表格"), skip_bad_rows=skip_bad_rows)
    return batch


def request_undo(actor: Actor, batch_id: int) -> ImportBatch:
    """Asks for the batch to be undone as a whole; what rests on it may refuse."""
    batch = get_batch(actor, batch_id)
    _start(actor, batch, BatchStep.UNDO, UNDO_JOB, _l("撤销导入"))
    return batch


def discard_batch(actor: Actor, batch_id: int) -> ImportBatch:
    """Gives up a batch that has not been imported; its files go."""
    batch = get_batch(actor, batch_id)
    standing = standing_of(batch, job_of(batch))
    if standing is not BatchState.FAILED and BATCH_TRANSITIONS.after(standing, BatchStep.DISCARD) is None:
        raise Conflict(_l("这个批次现在是“%(state)s”，不能放弃；请刷新页面。", state=batch.state.label))
    batch.state = BatchState.FAILED
    batch.message = str(_l("已放弃，没有写入任何内容。"))
    drop_folder(batch.id)
    db.session.flush()
    return batch
