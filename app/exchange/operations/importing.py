"""Taking workbooks in: one transaction, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from app.exchange.models import ImportBatch, ImportChange
from app.exchange.running import Amendments, Run, SheetReport, Watcher
from app.exchange.sheets import SheetRef
from app.exchange.states import BatchState
from app.extensions import db
from app.kit.audit import Happening, acting, acting_as, plain_values, record
from app.kit.authorisation import Actor
from app.kit.database import analyse, work_alone
from app.kit.errors import Conflict
from app.kit.i18n import _l
from app.kit.intake.follow_ups import follow_up
from app.kit.intake.intake import Intake
from app.kit.intake.writer import BatchRecord
from app.ledger.operations import post, post_all

ANALYSE_FROM = 5_000
_POST_ALL_FROM = 20_000
# PostgreSQL: a deadlock, a lock that could not be had in time.
_IN_EACH_OTHERS_WAY = frozenset({"40P01", "55P03"})


@dataclass(frozen=True)
class Outcome:
    """What a run did. ``batch_id`` is None where nothing was written."""

    reports: list[SheetReport]
    batch_id: int | None

    @property
    def wrong(self) -> int:
        """How many rows are wrong."""
        return sum(report.wrong for report in self.reports)

    @property
    def written(self) -> int:
        """How many rows were made or changed."""
        return sum(report.created + report.updated for report in self.reports)


def preview_workbooks(
    actor: Actor,
    *,
    office: str,
    areas: tuple[str, ...],
    refs: Sequence[SheetRef],
    amendments: Amendments | None = None,
    watcher: Watcher | None = None,
) -> Outcome:
    """What an import would do. Nothing is written; the caller's transaction need not be able to write."""
    intake = Intake(db.session(), actor, office, areas, None)
    reports = Run(intake, amendments=amendments, watcher=watcher).take(refs)
    return Outcome(reports, None)


def import_workbooks(
    actor: Actor,
    *,
    office: str,
    areas: tuple[str, ...],
    refs: Sequence[SheetRef],
    batch: ImportBatch | None = None,
    amendments: Amendments | None = None,
    watcher: Watcher | None = None,
    skip_bad_rows: bool = False,
) -> Outcome:
    """Takes the sheets in. A single wrong row undoes everything, unless ``skip_bad_rows``.

    Where nothing is new or changed, nothing at all is written: no batch is made for it either.
    """
    with acting_as(actor), _said_plainly():
        work_alone(db.session(), office)
        return _import(actor, office, areas, refs, batch, amendments, watcher, skip_bad_rows)


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) in _IN_EACH_OTHERS_WAY:
            message = _l("导入时正好有人在保存同样的记录，没有写入任何内容；请稍后再导入一次。")
            raise Conflict(message) from error
        raise


def _import(
    actor: Actor,
    office: str,
    areas: tuple[str, ...],
    refs: Sequence[SheetRef],
    batch: ImportBatch | None,
    amendments: Amendments | None,
    watcher: Watcher | None,
    skip_bad_rows: bool,
) -> Outcome:
    savepoint = db.session.begin_nested()
    noted = _Record(actor, office, refs, batch)
    intake = Intake(db.session(), actor, office, areas, BatchRecord(noted.open, ImportChange.__table__))  # type: ignore[arg-type]
    run = Run(intake, amendments=amendments, watcher=watcher, stop_writing=not skip_bad_rows)
    try:
        reports = run.take(refs)
        if run.wrong and not skip_bad_rows:
            savepoint.rollback()
            return Outcome(reports, None)
        if intake.writer.batch_id is not None:
            _post(intake)
            noted.close(intake, reports)
        savepoint.commit()
    except BaseException:
        savepoint.rollback()
        raise
    return Outcome(reports, intake.writer.batch_id)


def refresh_statistics(outcome: Outcome) -> None:
    """After a big import the planner must know the new sizes; called once the import is committed."""
    if outcome.written >= ANALYSE_FROM:
        analyse(db.session())


def _post(intake: Intake) -> None:
    """Brings the ledger, and what else follows, in line with every source the run touched."""
    for kind, ids in sorted(intake.touched.items()):
        follow_up(kind, ids)
        if len(ids) > _POST_ALL_FROM:
            post_all(kind)
        else:
            post(kind, sorted(ids))


class _Record:
    """The batch of a run: made with its first row, or given."""

    def __init__(
        self, actor: Actor, office: str, refs: Sequence[SheetRef], batch: ImportBatch | None
    ) -> None:
        self.actor = actor
        self.office = office
        self.refs = refs
        self.batch = batch
        self.made = False

    def open(self) -> int:
        """The batch's number."""
        if self.batch is None:
            files = [{"name": name} for name in dict.fromkeys(ref.file for ref in self.refs)]
            values = {"area_code": self.office, "user_id": self.actor.user_id, "state": BatchState.RUNNING}
            # Not through the session: its event would lock the county's chain for as long as the import takes.
            made = db.session.execute(
                insert(ImportBatch).values(**values, files=files).returning(ImportBatch.id)
            )
            self.batch = db.session.get_one(ImportBatch, made.scalar_one())
            self.made = True
        return self.batch.id

    def close(self, intake: Intake, reports: Sequence[SheetReport]) -> None:
        """Notes what the batch did. ``finished_at`` is the instant its rows bear: undo goes by it."""
        batch = self.batch
        assert batch is not None  # noqa: S101 - a writer that wrote has opened it
        if self.made:
            told = plain_values({"area_code": batch.area_code, "state": batch.state, "files": batch.files})
            tag = f"{acting().source}:import_batch:create"
            created = Happening(tag, batch.area_code, "import_batch", batch.id, batch.audit_label, None, told)
            record(db.session(), [created])
        intake.writer.record_events()
        batch.created = sum(report.created for report in reports)
        batch.updated = sum(report.updated for report in reports)
        batch.unchanged = sum(report.unchanged for report in reports)
        batch.wrong = sum(report.wrong for report in reports)
        batch.finished_at = intake.writer.stamp
        batch.state = BatchState.DONE
        db.session.flush()
