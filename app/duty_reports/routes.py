"""Pages of reports on duty."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.duty_reports import operations, panels, queries, words
from app.duty_reports.columns import DUTY_REPORTS
from app.duty_reports.forms import DutyReportForm, MeetingForm
from app.duty_reports.models import DutyReport
from app.duty_reports.operations import Ballots
from app.duty_reports.policy import EDIT_REPORTS, VIEW_REPORTS
from app.duty_reports.states import ReportMode, ReportStatus
from app.kit import clock
from app.kit.database import row_ids
from app.kit.errors import DomainError
from app.kit.i18n import _, _l
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import chosen_options
from app.registry.queries import get_visible_mandate

bp = Blueprint("duty_reports", __name__, template_folder="templates")

__all__ = ["bp", "panels"]

BALLOTS = (
    ("satisfied", _l("满意")),
    ("basically_satisfied", _l("基本满意")),
    ("dissatisfied", _l("不满意")),
)


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    home = (_("首页"), url_for("home.index"))
    return [home, (_("述职"), url_for("duty_reports.duty_reports")), *last]


@bp.get("/duty-reports")
@requires(VIEW_REPORTS)
def duty_reports() -> ResponseReturnValue:
    """Reports on duty; beside them the deputies who still have to report."""
    actor = current_actor()
    tabs: list[tuple[str, str, bool]] = []
    if actor.areas(VIEW_REPORTS):
        waiting = (ReportStatus.OVERDUE, ReportStatus.DUE_NOW, ReportStatus.UPCOMING)
        tabs = [(_("述职记录"), url_for("duty_reports.duty_reports"), True)]
        tabs += [
            (status.label, url_for("oversight.coverage_deputies", status=status.value), False)
            for status in waiting
        ]
    actions = []
    if actor.areas(EDIT_REPORTS):
        actions = [(_("登记述职"), url_for("duty_reports.new"), "primary", "plus")]
    return list_page(
        DUTY_REPORTS, page_tabs=tabs, actions=actions, breadcrumbs=[*_crumbs()[:-1], (_("述职"), "")]
    )


@bp.get("/duty-reports/<int:report_id>")
@requires(VIEW_REPORTS)
def detail(report_id: int) -> ResponseReturnValue:
    """One report with its ballots and its history."""
    actor = current_actor()
    report = queries.get_visible_report(actor, report_id)
    ballots = [(label, getattr(report, key) or 0) for key, label in BALLOTS]
    name = report.mandate.person.name
    return render_template(
        "duty_reports/detail.html",
        report=report,
        ballots=ballots,
        total=sum(count for _label, count in ballots),
        editable=actor.may_in(EDIT_REPORTS, report.scope_code),
        breadcrumbs=_crumbs((_("%(name)s %(day)s", name=name, day=report.reported_on), "")),
    )


@bp.get("/duty-reports/deputies/<int:mandate_id>")
@requires(VIEW_REPORTS)
def deputy(mandate_id: int) -> ResponseReturnValue:
    """Where one deputy stands on a day and why, with all their reports."""
    actor = current_actor()
    mandate = get_visible_mandate(actor, mandate_id, VIEW_REPORTS)
    on = _day()
    standing = queries.duty_standing(mandate, on)
    return render_template(
        "duty_reports/deputy.html",
        mandate=mandate,
        standing=standing,
        windows=words.windows_in_words(standing.windows),
        rule=words.rule_in_words(standing),
        day=words.day_in_words(on),
        is_today=on == clock.today(),
        reports=queries.list_reports(mandate.id),
        editable=actor.may_in(EDIT_REPORTS, mandate.scope_code),
        breadcrumbs=_crumbs((mandate.person.name, "")),
    )


def _day() -> date:
    try:
        return min(date.fromisoformat(request.args.get("on", "")), clock.today())
    except ValueError:
        return clock.today()


@bp.route("/duty-reports/new", methods=["GET", "POST"])
@requires(EDIT_REPORTS)
def new() -> ResponseReturnValue:
    """Reports of one occasion: the day and the meeting once, the deputies and their ballots below."""
    actor = current_actor()
    asked = row_ids(request.args.getlist("mandate"))
    form = MeetingForm(data={"reported_on": clock.today(), "mode": ReportMode.MEETING, "mandate_ids": asked})
    wants_ballots = "ballots" in request.form
    if form.validate_on_submit() and not wants_ballots:
        made = form.attempt(_record, form)
        if made:
            one = url_for("duty_reports.detail", report_id=made[0].id)
            back = one if len(made) == 1 else url_for("duty_reports.duty_reports")
            return go_back(back, _("已登记 %(n)s 名代表的述职。", n=len(made)))
    chosen = chosen_options(actor, form.mandate_ids.data or [])
    return answer(
        "duty_reports/new.html",
        form=form,
        chosen=chosen,
        rows=chosen if wants_ballots or _typed_ballots() else [],
        ballots=BALLOTS,
        typed=request.form,
        back=url_for("duty_reports.duty_reports"),
        breadcrumbs=_crumbs((_("登记述职"), "")),
    )


def _typed_ballots() -> bool:
    return any(key.partition("-")[0] in dict(BALLOTS) for key in request.form)


def _record(form: MeetingForm) -> list[DutyReport]:
    values = form.values()
    deputies = [
        Ballots(mandate_id, *(_ballot(f"{key}-{mandate_id}") for key, _label in BALLOTS))
        for mandate_id in dict.fromkeys(values.pop("mandate_ids"))
    ]
    return operations.record_meeting(current_actor(), deputies=deputies, **values)


def _ballot(field: str) -> int | None:
    typed = request.form.get(field, "").strip()
    if not typed:
        return None
    if not (typed.isdecimal() and len(typed) < 8):
        raise DomainError(_l("票数请填写整数。"), "mandate_ids")
    return int(typed)


@bp.route("/duty-reports/<int:report_id>/edit", methods=["GET", "POST"])
@requires(EDIT_REPORTS)
def edit(report_id: int) -> ResponseReturnValue:
    """Corrects a report."""
    actor = current_actor()
    report = queries.get_visible_report(actor, report_id, EDIT_REPORTS)
    form = DutyReportForm(obj=report)
    back = url_for("duty_reports.detail", report_id=report.id)
    if form.validate_on_submit():
        done = form.attempt(
            operations.update_duty_report, actor, report, version=form.sent_version, **form.values()
        )
        if done:
            return go_back(back, _("已保存。"))
    name = report.mandate.person.name
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("修改述职记录"),
        subtitle=f"{name} · {report.mandate.level.label} · {report.addressee.label}",
        back=back,
        wide=("text", "note"),
        breadcrumbs=_crumbs((name, back), (_("修改"), "")),
    )


@bp.post("/duty-reports/<int:report_id>/delete")
@requires(EDIT_REPORTS)
def delete(report_id: int) -> ResponseReturnValue:
    """Takes back a report entered by mistake."""
    actor = current_actor()
    report = queries.get_visible_report(actor, report_id, EDIT_REPORTS)
    operations.delete_duty_report(actor, report)
    return go_back(url_for("duty_reports.duty_reports"), _("已删除这条述职记录，变更记录仍然保留。"))
