"""Deputies report what they did, from the phone."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires
from app.ledger import operations, queries
from app.ledger.forms import ReportForm
from app.ledger.models import DutyEntry
from app.ledger.policy import SELF_REPORT
from app.ledger.routes import bp
from app.ledger.states import ENTRY_KINDS, REPORT_KINDS


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [(_("我的履职"), url_for("ledger.mine")), (last, "")]


@bp.get("/report")
@requires(SELF_REPORT)
def report() -> ResponseReturnValue:
    """Big buttons: what did you do?"""
    others = [kind for kind in ENTRY_KINDS if kind not in REPORT_KINDS]
    return render_template(
        "ledger/report.html",
        kinds=REPORT_KINDS,
        others=others,
        returned=queries.list_returned(current_actor()),
        breadcrumbs=_crumbs(_("上报履职")),
    )


@bp.route("/report/new", methods=["GET", "POST"])
@requires(SELF_REPORT)
def new_report() -> ResponseReturnValue:
    """A fact in the deputy's words, waiting for staff to confirm it."""
    form = ReportForm(kind=request.args.get("kind"))
    form.offer(queries.list_own_mandates(current_actor(), clock.today()))
    if form.validate_on_submit() and form.attempt(_report, form):
        return go_back(url_for("ledger.mine"), _("已上报，工作人员确认后计入您的履职记录。"))
    return answer("ledger/report_form.html", form=form, entry=None, breadcrumbs=_crumbs(_("上报履职")))


def _report(form: ReportForm) -> DutyEntry:
    actor = current_actor()
    made = operations.report_entry(actor, **form.details())
    operations.attach_files(actor, made, form.uploads)
    return made


@bp.route("/report/<int:entry_id>", methods=["GET", "POST"])
@requires(SELF_REPORT)
def edit_report(entry_id: int) -> ResponseReturnValue:
    """Changes a report nobody has confirmed; a returned one is handed in again by saving it."""
    found = queries.get_visible_entry(current_actor(), entry_id, SELF_REPORT)
    form = ReportForm(obj=found)
    form.offer(queries.list_own_mandates(current_actor()))
    if form.validate_on_submit() and form.attempt(_update, form, found):
        return go_back(url_for("ledger.entry", entry_id=entry_id), _("已重新提交，等待工作人员确认。"))
    return answer("ledger/report_form.html", form=form, entry=found, breadcrumbs=_crumbs(_("修改上报内容")))


def _update(form: ReportForm, found: DutyEntry) -> DutyEntry:
    actor = current_actor()
    operations.update_report(actor, found, version=form.sent_version, **form.details())
    operations.attach_files(actor, found, form.uploads)
    return found


@bp.post("/report/<int:entry_id>/withdraw")
@requires(SELF_REPORT)
def withdraw_report(entry_id: int) -> ResponseReturnValue:
    """Takes a report back."""
    found = queries.get_visible_entry(current_actor(), entry_id, SELF_REPORT)
    operations.withdraw_report(current_actor(), found)
    return go_back(url_for("ledger.mine"), _("已撤回。"))
