"""Long work: my jobs, how far they are, their results."""

from __future__ import annotations

from pathlib import Path

from flask import render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app.accounts.routes import bp
from app.kit import jobs as kit_jobs
from app.kit.errors import NotFound
from app.kit.i18n import _, _l
from app.kit.web import current_actor, go_back, signed_in


@bp.get("/jobs")
@signed_in
def jobs() -> ResponseReturnValue:
    """The latest jobs of this person."""
    return render_template("accounts/jobs.html", jobs=kit_jobs.list_own_jobs(current_actor()))


@bp.get("/jobs/<int:job_id>")
@signed_in
def job(job_id: int) -> ResponseReturnValue:
    """A job with its progress; the page can be left."""
    return render_template("accounts/job.html", status=kit_jobs.get_own_job(current_actor(), job_id))


@bp.get("/jobs/<int:job_id>/status")
@signed_in
def job_status(job_id: int) -> ResponseReturnValue:
    """The part of the page that asks again every second."""
    return render_template("accounts/_job.html", status=kit_jobs.get_own_job(current_actor(), job_id))


@bp.post("/jobs/<int:job_id>/cancel")
@signed_in
def job_cancel(job_id: int) -> ResponseReturnValue:
    """Calls a job off."""
    kit_jobs.cancel_job(current_actor(), job_id)
    return go_back(url_for("accounts.job", job_id=job_id), _("正在停止。"))


@bp.get("/jobs/<int:job_id>/result")
@signed_in
def job_result(job_id: int) -> ResponseReturnValue:
    """The file a job made, for its owner."""
    row = kit_jobs.get_own_job(current_actor(), job_id).job
    if not row.result_path or not Path(row.result_path).is_file():
        raise NotFound(_l("这个任务没有结果文件，或者已过保存期限，请重新提交一次。"))
    return send_file(row.result_path, as_attachment=True, download_name=row.result_name)
