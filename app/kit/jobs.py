"""Long work: done by a worker beside the web server, with progress, and left without being lost.

A job is a row, so that it is listed, owned and answered for; the queue and the progress live in huey's own
storage (a SQLite file in the data folder, or PostgreSQL), because a long import holds SQLite's one write lock
and could not report through the database it is writing to.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import force_locale
from huey import PostgresHuey, SqliteHuey, crontab
from sqlalchemy import JSON, Index, String, delete, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, Grant, Role
from app.kit.database import Base, BigId, CodeType, Id, UtcDateTime, enum_type, read_only, set_reading
from app.kit.errors import Conflict, DomainError, NotFound
from app.kit.i18n import _, _l
from app.kit.states import LabelledEnum, Transitions

log = logging.getLogger("lvzhi.jobs")
RESULTS_KEPT = timedelta(days=7)
_PENDING = "jobs_to_start"


class JobState(LabelledEnum):
    """Where a job stands."""

    QUEUED = "queued", _l("排队中")
    RUNNING = "running", _l("进行中")
    DONE = "done", _l("已完成")
    FAILED = "failed", _l("没有完成")
    CANCELLED = "cancelled", _l("已取消")


class JobStep(LabelledEnum):
    """What can happen to a job."""

    START = "start", _l("开始")
    FINISH = "finish", _l("完成")
    FAIL = "fail", _l("失败")
    CANCEL = "cancel", _l("取消")


TRANSITIONS = Transitions(
    (JobState.QUEUED, JobStep.START, JobState.RUNNING),
    (JobState.QUEUED, JobStep.FAIL, JobState.FAILED),
    (JobState.QUEUED, JobStep.CANCEL, JobState.CANCELLED),
    (JobState.RUNNING, JobStep.FINISH, JobState.DONE),
    (JobState.RUNNING, JobStep.FAIL, JobState.FAILED),
    (JobState.RUNNING, JobStep.CANCEL, JobState.CANCELLED),
)


class Job(Base):
    """One piece of long work somebody asked for. ``actor`` is who they were when they asked."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_user_created", "user_id", "created_at"), Index("ix_job_state", "state"))

    id: Mapped[Id]
    user_id: Mapped[int | None] = mapped_column(BigId)
    actor: Mapped[dict[str, Any]] = mapped_column(JSON)
    kind: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(200))
    area_code: Mapped[str] = mapped_column(CodeType, default="")
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[JobState] = mapped_column(enum_type(JobState), default=JobState.QUEUED)
    progress: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(String(300), default="")
    result_path: Mapped[str | None] = mapped_column(String(300))
    result_name: Mapped[str | None] = mapped_column(String(200))
    result_url: Mapped[str | None] = mapped_column(String(300))
    error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def finished(self) -> bool:
        """Nothing more will happen to it."""
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Cancelled(Exception):
    """The owner asked the job to stop; everything it did is taken back."""


@dataclass
class JobContext:
    """What a job's function gets: who asked, a place for its result, a way to say how far it is.

    A result is a file (:meth:`result_file`) or a page of this site (``result_url``, a path). A ``complaint``
    shows the job as failed although what it wrote is kept.
    """

    job_id: int
    actor: Actor
    folder: Path
    result: Path | None = field(default=None, init=False)
    result_url: str | None = field(default=None, init=False)
    complaint: str | None = field(default=None, init=False)
    last_message: str = field(default="", init=False)

    def report(self, percent: int, message: Any = "") -> None:
        """Says how far the work is (0–100) and what is being done; raises Cancelled if it was called off."""
        self.last_message = str(message)[:300]
        queue = _queue(current_app)
        queue.put(f"progress:{self.job_id}", (max(0, min(100, int(percent))), self.last_message))
        if queue.get(f"cancel:{self.job_id}", peek=True):
            raise Cancelled

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A part that only reads: it neither waits for SQLite's write lock nor keeps others from it."""
        with read_only():
            try:
                yield
            finally:
                db.session.rollback()

    def result_file(self, name: str) -> Path:
        """Path of the file the owner will be offered under ``name``; the job writes it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.result = self.folder / Path(name).name
        return self.result


JobFunction = Callable[..., Any]
_functions: dict[str, JobFunction] = {}
_chores: list[Callable[[], object]] = []
_rounds: dict[Callable[[], object], int] = {}


def register_job(kind: str, function: JobFunction) -> None:
    """Says what jobs of a kind do: ``function(context, **arguments)``.

    The worker commits once when it returns; a text it returns is shown as the job's closing message.
    """
    _functions[kind] = function


def register_chore(function: Callable[[], object]) -> None:
    """Something the worker does at its start and every night: dropping what nobody needs any more."""
    if function not in _chores:
        _chores.append(function)


def register_round(function: Callable[[], object], *, minutes: int) -> None:
    """Something the worker does every so many minutes (a divisor of 60); it may be done by two workers at once."""
    _rounds[function] = minutes


def do_round(function: Callable[[], object]) -> None:
    """One round, in a transaction of its own unless it commits by itself; its failure is logged, and the next
    round comes all the same."""
    try:
        function()
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("round %s failed", function.__name__)


def do_chores() -> None:
    """Every chore in a transaction of its own; one that fails does not keep the others from being done."""
    for chore in _chores:
        try:
            chore()
            db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("chore %s failed", chore.__name__)


def job_folder(job_id: int) -> Path:
    """Where a job keeps its files; dropped with them after :data:`RESULTS_KEPT`."""
    return Path(current_app.config["DATA_DIR"]) / "jobs" / str(job_id)


def enqueue(actor: Actor, kind: str, label: Any, arguments: dict[str, Any], area_code: str = "") -> Job:
    """Queues a job; it starts once the current transaction is committed, never before."""
    if kind not in _functions:
        raise ValueError(f"no job of kind {kind}")
    job = Job(
        user_id=actor.user_id,
        actor=_pack(actor),
        kind=kind,
        label=str(label)[:200],
        area_code=area_code,
        arguments=arguments,
    )
    db.session.add(job)
    db.session.flush()
    db.session().info.setdefault(_PENDING, []).append(job.id)
    return job


def _pack(actor: Actor) -> dict[str, Any]:
    return {
        "user_id": actor.user_id,
        "name": actor.name,
        "grants": [[grant.role.value, grant.area_code] for grant in actor.grants],
        "person_id": actor.person_id,
        "unit_id": actor.unit_id,
        "address": actor.address,
        "request_id": actor.request_id,
        "source": actor.source,
        "trusted": actor.trusted,
        "language": actor.preferences.get("language"),
    }


def _unpack(kept: dict[str, Any]) -> Actor:
    values = {key: value for key, value in kept.items() if key not in {"grants", "language"}}
    grants = tuple(Grant(Role(role), area) for role, area in kept["grants"])
    return Actor(grants=grants, preferences={"language": kept.get("language")}, **values)


def _start_committed(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for job_id in session.info.pop(_PENDING, []):
        current_app.extensions["start_job"](job_id)


def _forget_pending(session: Session) -> None:
    session.info.pop(_PENDING, None)


event.listen(db.session, "after_commit", _start_committed)
event.listen(db.session, "after_rollback", _forget_pending)


# --- the queue ------------------------------------------------------------------------------------------


def _queue(app: Flask) -> Any:
    """This application's huey; made at first use."""
    if "jobs_queue" not in app.extensions:
        immediate = bool(app.config.get("JOBS_IMMEDIATE"))
        url = app.config.get("JOBS_URL")
        if url and not immediate:
            queue = PostgresHuey("lvzhi", dsn=url)
        else:
            file = Path(app.config["DATA_DIR"]) / "jobs.sqlite3"
            queue = SqliteHuey("lvzhi", filename=str(file), fsync=True, immediate=immediate)
        app.extensions["jobs_queue"] = queue
        app.extensions["run_job"] = queue.task(name="run_job")(lambda job_id: _run_in(app, job_id))
        # 3:10 at night in the office; huey counts in UTC.
        queue.periodic_task(crontab(hour="19", minute="10"), name="chores")(lambda: _chores_in(app))
        for function, minutes in _rounds.items():
            every = crontab(minute="*" if minutes == 1 else f"*/{minutes}")
            queue.periodic_task(every, name=function.__name__)(partial(_round_in, app, function))
    return app.extensions["jobs_queue"]


def init_app(app: Flask) -> None:
    """Connects the application with its queue."""

    def start(job_id: int) -> None:
        _queue(app)
        app.extensions["run_job"](job_id)

    app.extensions["start_job"] = start


def run_worker(app: Flask) -> None:
    """Works off the queue until it is told to stop; the child process of ``lvzhi serve``."""
    queue = _queue(app)
    with app.app_context():
        set_reading(False)
        fail_orphans()
        db.session.commit()
        do_chores()
    queue.create_consumer(workers=1, worker_type="thread", periodic=True, max_delay=1.0).run()


def fail_orphans() -> int:
    """Jobs left "running" by a worker that died are marked failed; what they did was never committed.

    Called at worker start; jobs still queued that the queue no longer knows are queued again.
    """
    result = db.session.execute(
        update(Job)
        .where(Job.state == JobState.RUNNING)
        .values(
            state=JobState.FAILED,
            error=_("系统在处理过程中停止了，已做的部分没有保存，请重新提交一次。"),
            finished_at=clock.now(),
        )
    )
    queue = _queue(current_app)
    if queue.pending_count() == 0:
        waiting = db.session.scalars(select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.id))
        db.session().info.setdefault(_PENDING, []).extend(waiting)
    return int(result.rowcount)  # type: ignore[attr-defined]


def drop_old_results() -> None:
    """Removes result files that nobody can still be waiting for."""
    old = clock.now() - RESULTS_KEPT
    finished = select(Job.id).where(Job.finished_at < old, Job.result_path.is_not(None))
    ids = list(db.session.scalars(finished))
    for job_id in ids:
        shutil.rmtree(job_folder(job_id), ignore_errors=True)
    for start in range(0, len(ids), 500):
        chosen = Job.id.in_(ids[start : start + 500])
        db.session.execute(update(Job).where(chosen).values(result_path=None))
    db.session.execute(delete(Job).where(Job.finished_at < clock.now() - timedelta(days=365)))


register_chore(drop_old_results)


def _chores_in(app: Flask) -> None:
    with app.app_context():
        set_reading(False)
        do_chores()


def _round_in(app: Flask, function: Callable[[], object]) -> None:
    with app.app_context():
        set_reading(False)
        try:
            do_round(function)
        finally:
            db.session.remove()


def _run_in(app: Flask, job_id: int) -> None:
    with app.app_context():
        set_reading(False)
        try:
            _run(job_id)
        finally:
            db.session.remove()


def _run(job_id: int) -> None:
    job = db.session.get(Job, job_id)
    if job is None or TRANSITIONS.after(job.state, JobStep.START) is None:
        db.session.rollback()
        return
    kind, arguments, actor = job.kind, dict(job.arguments), _unpack(job.actor)
    job.state, job.started_at = JobState.RUNNING, clock.now()
    db.session.commit()
    context = JobContext(job_id, actor, job_folder(job_id))
    ended = _carry_out(kind, context, arguments)
    db.session.execute(update(Job).where(Job.id == job_id).values(finished_at=clock.now(), **ended))
    db.session.commit()
    queue = _queue(current_app)
    for key in ("progress", "cancel"):
        queue.get(f"{key}:{job_id}")


def _carry_out(kind: str, context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Does the work; how it ended, in the columns of the job. Work that did not end well is taken back."""
    language = "en" if context.actor.preferences.get("language") == "en" else "zh_Hans_CN"
    with audit.acting_as(context.actor), force_locale(language):
        try:
            closing = _functions[kind](context, **arguments)
            db.session.flush()
        except Cancelled:
            db.session.rollback()
            return {"state": JobState.CANCELLED, "message": _("已按要求停止，没有保存任何内容。")}
        except DomainError as error:
            db.session.rollback()
            return {"state": JobState.FAILED, "error": str(error)[:500]}
        except Exception:
            db.session.rollback()
            log.exception("job %s (%s) failed", context.job_id, kind)
            sentence = _("处理时出错，没有保存任何内容。请重试；仍不行请把任务编号告诉管理员。")
            return {"state": JobState.FAILED, "error": sentence}
    message = closing if isinstance(closing, str) else context.last_message
    ended: dict[str, Any] = {"state": JobState.DONE, "progress": 100, "message": message[:300]}
    ended["result_url"] = context.result_url
    if context.complaint is not None:
        ended |= {"state": JobState.FAILED, "error": context.complaint[:500]}
    if context.result is not None:
        ended |= {"result_path": str(context.result), "result_name": context.result.name}
    return ended


# --- for pages ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class JobStatus:
    """A job as its page shows it: the row, with the progress of a job that is still running."""

    job: Job
    percent: int
    message: str

    @property
    def finished(self) -> bool:
        """Nothing more will happen to it."""
        return self.job.finished


def job_status(job_id: int) -> JobStatus | None:
    """How far a job is; None where there is none."""
    job = db.session.get(Job, job_id)
    if job is None:
        return None
    if job.finished:
        return JobStatus(job, 100 if job.state is JobState.DONE else job.progress, job.message)
    percent, message = _queue(current_app).get(f"progress:{job_id}", peek=True) or (0, "")
    return JobStatus(job, percent, message or job.state.label)


def get_own_job(actor: Actor, job_id: int) -> JobStatus:
    """The status of a job of this user; NotFound for anybody else."""
    status = job_status(job_id)
    if status is None or actor.user_id is None or status.job.user_id != actor.user_id:
        raise NotFound(_l("没有找到这个任务，或者它不是您提交的。"))
    return status


def list_own_jobs(actor: Actor, limit: int = 50) -> list[JobStatus]:
    """The latest jobs of this user, newest first."""
    wanted = select(Job).where(Job.user_id == actor.user_id).order_by(Job.id.desc()).limit(limit)
    jobs = list(db.session.scalars(wanted))
    return [status for job in jobs if (status := job_status(job.id)) is not None]


def cancel_job(actor: Actor, job_id: int) -> Job:
    """Calls a job off: a queued one at once, a running one at its next report."""
    job = get_own_job(actor, job_id).job
    if TRANSITIONS.after(job.state, JobStep.CANCEL) is None:
        raise Conflict(_l("这个任务已经结束，不用再取消。"))
    if job.state is JobState.QUEUED:
        job.state, job.finished_at = JobState.CANCELLED, clock.now()
    else:
        _queue(current_app).put(f"cancel:{job_id}", True)
    db.session.flush()
    return job
