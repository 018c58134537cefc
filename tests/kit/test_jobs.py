"""Long work: started after the commit, with progress, cancelled, left behind by a dead worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select, update

from app.extensions import db
from app.kit import clock, jobs
from app.kit.audit import AuditEvent
from app.kit.authorisation import Actor, Grant, Role
from app.kit.errors import Conflict, DomainError, NotFound
from app.kit.jobs import JobContext, JobState
from app.registry.models import Delegation
from tests.world import COUNTY, World

CLERK = Actor(
    7, "李干事", (Grant(Role.COUNTY_STAFF, COUNTY),), address="10.0.0.1", preferences={"language": "zh"}
)


def _add_delegation(context: JobContext, *, name: str) -> str:
    assert context.actor == CLERK
    context.report(40, "正在写入")
    db.session.add(Delegation(area_code=COUNTY, name=name))
    return "写好了"


def _refuse(_context: JobContext) -> None:
    db.session.add(Delegation(area_code=COUNTY, name="不该留下"))
    db.session.flush()
    raise DomainError("第 3 行不对。")


def _crash(_context: JobContext) -> None:
    db.session.add(Delegation(area_code=COUNTY, name="不该留下"))
    db.session.flush()
    raise RuntimeError("secret detail")


def _write_file(context: JobContext) -> None:
    context.result_file("../../名册.txt").write_text("内容")


def _complain(context: JobContext) -> None:
    db.session.add(Delegation(area_code=COUNTY, name="留下"))
    context.complaint = "写好了，但有一处要看。"


def _called_off(context: JobContext) -> None:
    db.session.add(Delegation(area_code=COUNTY, name="不该留下"))
    db.session.flush()
    jobs._queue(current_app).put(f"cancel:{context.job_id}", True)
    context.report(50)


KINDS: dict[str, Callable[..., Any]] = {
    "test_add": _add_delegation,
    "test_refuse": _refuse,
    "test_crash": _crash,
    "test_file": _write_file,
    "test_complain": _complain,
    "test_called_off": _called_off,
}


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    for kind, function in KINDS.items():
        jobs.register_job(kind, function)
    yield
    for kind in KINDS:
        jobs._functions.pop(kind)


def _names() -> list[str]:
    return list(db.session.scalars(select(Delegation.name).where(Delegation.name != "临江镇代表团")))


def _do(kind: str, **arguments: Any) -> jobs.JobStatus:
    job = jobs.enqueue(CLERK, kind, "一件事", arguments, COUNTY)
    db.session.commit()
    db.session.expire_all()
    status = jobs.job_status(job.id)
    assert status is not None
    return status


def test_a_job_starts_only_once_it_is_committed(session: Any, world: World) -> None:
    """Whoever asked may still be refused: then nothing must have been done."""
    jobs.enqueue(CLERK, "test_add", "一件事", {"name": "甲代表团"}, COUNTY)
    assert _names() == []
    session.rollback()
    assert _names() == []
    session.commit()
    assert _names() == []
    status = _do("test_add", name="乙代表团")
    assert _names() == ["乙代表团"]
    assert (status.job.state, status.percent, status.message) == (JobState.DONE, 100, "写好了")
    assert status.finished


def test_a_savepoint_starts_nothing(session: Any, world: World) -> None:
    jobs.enqueue(CLERK, "test_add", "一件事", {"name": "甲代表团"}, COUNTY)
    with session.begin_nested():
        session.add(Delegation(area_code=COUNTY, name="丙代表团"))
    assert _names() == ["丙代表团"]
    session.commit()
    session.expire_all()
    assert sorted(_names()) == ["丙代表团", "甲代表团"]


def test_what_a_job_changes_is_recorded_under_whoever_asked(session: Any, world: World) -> None:
    _do("test_add", name="甲代表团")
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.actor_name, event.actor_id, event.address) == ("李干事", 7, "10.0.0.1")


def test_a_refusal_is_shown_as_its_sentence_and_nothing_stays(session: Any, world: World) -> None:
    status = _do("test_refuse")
    assert (status.job.state, status.job.error) == (JobState.FAILED, "第 3 行不对。")
    assert _names() == []


def test_a_crash_is_a_sentence_without_inner_details(session: Any, world: World) -> None:
    status = _do("test_crash")
    assert status.job.state is JobState.FAILED
    assert "没有保存任何内容" in (status.job.error or "")
    assert "secret" not in (status.job.error or "")
    assert _names() == []


def test_a_complaint_keeps_what_was_written(session: Any, world: World) -> None:
    status = _do("test_complain")
    assert (status.job.state, status.job.error) == (JobState.FAILED, "写好了，但有一处要看。")
    assert _names() == ["留下"]


def test_a_running_job_stops_at_its_next_report(session: Any, world: World) -> None:
    status = _do("test_called_off")
    assert status.job.state is JobState.CANCELLED
    assert _names() == []


def test_a_finished_job_cannot_be_called_off(session: Any, world: World) -> None:
    job = _do("test_add", name="甲代表团").job
    with pytest.raises(Conflict):
        jobs.cancel_job(CLERK, job.id)


def test_a_result_file_stays_in_the_jobs_own_folder(app: Flask, session: Any, world: World) -> None:
    job = _do("test_file").job
    assert job.result_name == "名册.txt"
    assert Path(job.result_path or "") == Path(app.config["DATA_DIR"]) / "jobs" / str(job.id) / "名册.txt"


def test_results_are_dropped_after_a_week(session: Any, world: World) -> None:
    job = _do("test_file").job
    session.execute(update(jobs.Job).values(finished_at=clock.now() - timedelta(days=8)))
    jobs.drop_old_results()
    session.commit()
    session.expire_all()
    assert not jobs.job_folder(job.id).exists()
    assert session.get_one(jobs.Job, job.id).result_path is None


def test_a_chore_that_fails_does_not_keep_the_others_from_being_done(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def broken() -> None:
        raise OSError("disk")

    monkeypatch.setattr(jobs, "_chores", [broken, lambda: done.append("second")])
    jobs.do_chores()
    assert done == ["second"]


def test_jobs_belong_to_whoever_asked(session: Any, world: World) -> None:
    job = _do("test_add", name="甲代表团").job
    assert jobs.get_own_job(CLERK, job.id).job.id == job.id
    for stranger in (Actor(8, "别人"), Actor(None, "")):
        with pytest.raises(NotFound):
            jobs.get_own_job(stranger, job.id)
    assert [status.job.id for status in jobs.list_own_jobs(CLERK)] == [job.id]
    assert jobs.list_own_jobs(Actor(8, "别人")) == []


def test_jobs_of_a_dead_worker_are_marked_failed(session: Any, world: World) -> None:
    job = _do("test_add", name="甲代表团").job
    session.execute(update(jobs.Job).values(state=JobState.RUNNING, finished_at=None))
    assert jobs.fail_orphans() == 1
    session.commit()
    session.expire_all()
    found = session.get_one(jobs.Job, job.id)
    assert found.state is JobState.FAILED
    assert "请重新提交一次" in (found.error or "")


def test_job_pages(app: Flask, sign_in: Any, world: World) -> None:
    browser, stranger = sign_in("county"), sign_in("leader")
    with app.app_context():
        actor = Actor(world.users["county"], "县级", (), preferences={})
        job = jobs.enqueue(actor, "test_file", "写一个文件", {}, COUNTY)
        db.session.commit()
        number = job.id
        waiting = jobs.Job(
            user_id=actor.user_id, actor=jobs._pack(actor), kind="test_add", label="等着的", arguments={}
        )
        db.session.add(waiting)
        db.session.commit()
        queued = waiting.id
    assert "写一个文件" in browser.get("/jobs").get_data(as_text=True)
    page = browser.get(f"/jobs/{number}").get_data(as_text=True)
    assert "hx-get" not in page
    answer = browser.get(f"/jobs/{number}/result")
    assert answer.data.decode() == "内容"
    assert "filename*=UTF-8''%E5%90%8D%E5%86%8C.txt" in answer.headers["Content-Disposition"]
    for path in (f"/jobs/{number}", f"/jobs/{number}/status", f"/jobs/{number}/result"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/jobs/{queued}/cancel").status_code == 404
    assert 'hx-trigger="every 1s"' in browser.get(f"/jobs/{queued}/status").get_data(as_text=True)
    assert browser.get(f"/jobs/{queued}/result").status_code == 404
    assert browser.post(f"/jobs/{queued}/cancel").status_code == 303
    assert "已取消" in browser.get(f"/jobs/{queued}").get_data(as_text=True)


WORKER = """
import sys
from app import create_app
from app.extensions import db
from app.kit import jobs
from app.registry.models import Delegation
import time

def slow(context, *, name, seconds):
    db.session.add(Delegation(area_code="999001", name=name))
    db.session.flush()
    context.report(50, "一半")
    time.sleep(seconds)

jobs.register_job("test_slow", slow)
jobs.run_worker(create_app())
"""


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_goes_on(
    app: Flask, world: World, tmp_path: Path
) -> None:
    """A real worker process, killed while it works; its successor marks that job and does the waiting one."""
    jobs.register_job("test_slow", lambda _context: None)
    environment = {
        **os.environ,
        "LVZHI_DATA_DIR": str(tmp_path),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
    }
    from app import create_app

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LVZHI_DATA_DIR", str(tmp_path))
        patch.setenv("DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
        web = create_app()
    with web.app_context():
        for name, seconds in (("甲代表团", 600), ("乙代表团", 0)):
            jobs.enqueue(CLERK, "test_slow", name, {"name": name, "seconds": seconds}, COUNTY)
        db.session.commit()
        first, second = db.session.scalars(select(jobs.Job.id).order_by(jobs.Job.id))

        def wait_for(what: Any) -> None:
            deadline = time.monotonic() + 60
            while not what():
                assert time.monotonic() < deadline
                db.session.rollback()
                time.sleep(0.05)

        def status(number: int) -> jobs.JobStatus:
            db.session.expire_all()
            found = jobs.job_status(number)
            assert found is not None
            return found

        worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment)
        try:
            # Progress comes through although the worker holds SQLite's write lock.
            db.session.rollback()
            wait_for(lambda: jobs._queue(web).get(f"progress:{first}", peek=True) == (50, "一半"))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment)
            wait_for(lambda: status(second).finished)
            assert status(first).job.state is JobState.FAILED
            assert status(second).job.state is JobState.DONE
            assert _names() == ["乙代表团"]
        finally:
            db.session.rollback()
            worker.kill()
            worker.wait()
            jobs._functions.pop("test_slow")
