"""Accounts for a whole roster, and their slips."""

from __future__ import annotations

import io

from flask import redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries, slips
from app.accounts.forms import RosterForm
from app.accounts.operations import roster as operations
from app.accounts.policy import CREATE_DEPUTY_ACCOUNTS
from app.accounts.routes import bp
from app.kit import clock
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires, site_url

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.route("/accounts/roster", methods=["GET", "POST"])
@requires(CREATE_DEPUTY_ACCOUNTS)
def user_roster() -> ResponseReturnValue:
    """Opens accounts for the deputies of an area who have none: queued, with progress."""
    actor = current_actor()
    form = RosterForm()
    form.area_code.choices = [(area.code, area.name) for area in queries.list_roster_areas(actor)]
    if form.validate_on_submit():
        job = form.attempt(
            operations.open_accounts, actor, area_code=form.area_code.data, level=form.level.data
        )
        if job:
            return redirect(url_for("accounts.job", job_id=job.id), code=303)
    return answer("accounts/roster.html", form=form)


@bp.get("/accounts/roster/<int:job_id>")
@requires(CREATE_DEPUTY_ACCOUNTS)
def user_slips(job_id: int) -> ResponseReturnValue:
    """Slips to print, eight on a page."""
    found = operations.list_slips(current_actor(), job_id)
    size, path = slips.qr_path(site_url("home.index"))
    return render_template(
        "accounts/slips.html",
        job_id=job_id,
        pages=[found[start : start + slips.PER_PAGE] for start in range(0, len(found), slips.PER_PAGE)],
        count=len(found),
        address=site_url("home.index"),
        qr_size=size,
        qr_path=path,
    )


@bp.get("/accounts/roster/<int:job_id>/slips.docx")
@requires(CREATE_DEPUTY_ACCOUNTS)
def user_slips_docx(job_id: int) -> ResponseReturnValue:
    """The same slips for Word."""
    found = operations.list_slips(current_actor(), job_id)
    stream = io.BytesIO(slips.render_docx(found, site_url("home.index")))
    name = f"{_('代表账号条')}-{clock.today():%Y%m%d}.docx"
    return send_file(stream, mimetype=DOCX, as_attachment=True, download_name=name)


@bp.post("/accounts/roster/<int:job_id>/forget")
@requires(CREATE_DEPUTY_ACCOUNTS)
def user_slips_forget(job_id: int) -> ResponseReturnValue:
    """The slips are handed out."""
    operations.forget_slips(current_actor(), job_id)
    return go_back(url_for("accounts.jobs"), _("已删除这批初始密码，不能再打印。"))
