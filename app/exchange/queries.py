"""Reading batches: who sees which, where they stand, what somebody has told about their headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.exchange.files import batch_folder, workbook_path
from app.exchange.kinds import KINDS
from app.exchange.models import HeadingChoice, ImportBatch
from app.exchange.policy import IMPORT
from app.exchange.running import Amendments
from app.exchange.sheets import SheetRef, look_at
from app.exchange.states import BATCH_TRANSITIONS, BatchState, BatchStep
from app.extensions import db
from app.groups.models import DeputyGroup
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.kit.i18n import Words, _l
from app.kit.jobs import JobState, JobStatus, job_status
from app.registry.models import Area
from app.registry.queries import MISSING
from app.stations.models import Station

ACTIVE = frozenset({BatchState.PREVIEWING, BatchState.QUEUED, BatchState.UNDOING})


def visible_batches(actor: Actor) -> ColumnElement[bool]:
    """Batches imported for the actor's areas."""
    return within(ImportBatch.area_code, actor.areas(IMPORT))


def select_batches(actor: Actor) -> Select[Any]:
    """Batches the actor may see."""
    return select(ImportBatch).where(visible_batches(actor))


def get_batch(actor: Actor, batch_id: int) -> ImportBatch:
    """The batch; NotFound where it does not exist or was imported for another area."""
    found = db.session.scalar(select_batches(actor).where(ImportBatch.id == batch_id))
    if found is None:
        raise NotFound(MISSING)
    return found  # type: ignore[no-any-return]


def job_of(batch: ImportBatch) -> JobStatus | None:
    """The job that last worked on the batch."""
    return job_status(batch.job_id) if batch.job_id is not None else None


def standing_of(batch: ImportBatch, status: JobStatus | None) -> BatchState:
    """Where the batch stands. A job that died with its worker leaves the batch as it was before."""
    if batch.state not in ACTIVE or status is None:
        return batch.state
    if status.job.state in (JobState.FAILED, JobState.CANCELLED):
        return BATCH_TRANSITIONS.after(batch.state, BatchStep.FAIL) or batch.state
    return batch.state


def why_nothing(batch: ImportBatch) -> Words | None:
    """Why a previewed batch has nothing to confirm, and what to do about it; None where it has."""
    if batch.created + batch.updated:
        return None
    sheets = (batch.preview or {}).get("sheets", [])
    if not any(sheet["kind"] for sheet in sheets):
        return _l("没有认出可以导入的表，什么也没有读到。请检查表头，或者下载模板填好后重新上传。")
    if batch.wrong and batch.unchanged:
        return _l(
            "没有可以导入的行：%(wrong)d 行有误，%(unchanged)d 行与已有记录相同。请先改正有误的行，或者放弃这一批。",
            wrong=batch.wrong,
            unchanged=batch.unchanged,
        )
    if batch.wrong:
        return _l(
            "没有可以导入的行：%(wrong)d 行全部有误。请先改正（可以在下面的表里直接改），或者放弃这一批。",
            wrong=batch.wrong,
        )
    if not batch.unchanged:
        return _l("认出了表头，但是表里没有填写内容。请填好后重新上传。")
    return _l("这些表里没有新增或更新的内容，不需要导入。")


def list_offices(actor: Actor) -> list[tuple[str, str]]:
    """Areas the actor may import for: their own, or the counties inside a wider one. (code, name)"""
    areas: dict[str, str] = {}
    for prefix in actor.areas(IMPORT):
        wanted = select(Area.code, Area.name).order_by(Area.code)
        if len(prefix) >= 6:
            wanted = wanted.where(Area.code == prefix)
        else:
            wanted = wanted.where(within(Area.code, [prefix]), func.length(Area.code) == 6).limit(300)
        areas |= {row.code: row.name for row in db.session.execute(wanted)}
    return list(areas.items())


def remembered_headings(area_code: str) -> dict[str, str]:
    """Headings the office has once mapped by hand: normalised heading → field."""
    wanted = select(HeadingChoice.heading, HeadingChoice.field).where(
        HeadingChoice.area_code == area_code[:6]
    )
    return {row.heading: row.field for row in db.session.execute(wanted)}


def sheets_of(batch: ImportBatch) -> list[SheetRef]:
    """The batch's sheets as they are to be read now, those left out without recognition."""
    office = remembered_headings(batch.area_code)
    chosen: Mapping[str, Any] = batch.mapping or {}
    skipped = set(chosen.get("skip", ()))
    paths = [workbook_path(batch.id, n, file["name"]) for n, file in enumerate(batch.files)]
    refs = look_at(paths, lambda sheet: {**office, **chosen.get(sheet, {})})
    return [ref.left_out() if ref.key in skipped else ref for ref in refs]


def amendments_of(batch: ImportBatch) -> Amendments:
    """What people have corrected and answered so far."""
    made = batch.corrections or {}
    return Amendments(made.get("cells", {}), made.get("answers", {}))


def has_files(batch: ImportBatch) -> bool:
    """Whether the workbooks are still kept."""
    return batch_folder(batch.id).is_dir()


def list_expired(before: datetime) -> list[int]:
    """Batches whose files need no longer be kept."""
    return list(db.session.scalars(select(ImportBatch.id).where(ImportBatch.created_at < before)))


def office_choices(area_code: str) -> dict[str, dict[str, Sequence[str]]]:
    """Drop-down lists of an office's templates, by kind and field."""
    office = area_code[:6]
    townships = _names(Area.name, within(Area.code, [area_code]), func.length(Area.code) == 9)
    stations = _names(Station.name, within(Station.area_code, [area_code]), Station.closed_on.is_(None))
    groups = _names(DeputyGroup.name, within(DeputyGroup.area_code, [office]), DeputyGroup.ended_on.is_(None))
    known: dict[str, Sequence[str]] = {"township": townships, "station": stations, "group": groups}
    return {
        kind.key: {key: names for key, names in known.items() if key in kind.by_key and names}
        for kind in KINDS
    }


def _names(column: Any, *conditions: ColumnElement[bool]) -> list[str]:
    return list(db.session.scalars(select(column).where(*conditions).order_by(column).limit(1000)))
