"""Supervision on site: the list, recording and correcting a visit with its photographs (0-10, 4-28)."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from app.activities.years import choose_year
from app.kit import clock
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.suggestions.columns.supervising import VISITS
from app.suggestions.forms.supervision import VisitForm
from app.suggestions.models import Supervision, SupervisionVisit
from app.suggestions.operations import visits as operations
from app.suggestions.policy import EDIT_SUPERVISION, RECORD_VISITS, VIEW_SUPERVISION
from app.suggestions.queries.supervision import (
    get_visible_supervision,
    get_visible_visit,
    subjects_of,
)
from app.suggestions.routes import bp
from app.suggestions.routes.supervision import subject_title, supervision_crumbs, supervision_url
from app.suggestions.routes.surroundings import tabs
from app.suggestions.states import UnitPart


@bp.get("/supervision/visits")
@requires(VIEW_SUPERVISION)
def supervision_visits() -> ResponseReturnValue:
    """Visits on site; how many had all five parties is a filter away (0-10)."""
    choose_year(request.args.get("year", ""))
    return list_page(
        VISITS,
        page_tabs=tabs("suggestions.supervision_visits"),
        breadcrumbs=supervision_crumbs((_("督办活动"), "")),
    )


@bp.get("/supervision/visits/<int:visit_id>")
@requires(VIEW_SUPERVISION)
def supervision_visit(visit_id: int) -> ResponseReturnValue:
    """Where the visit stands on the page of its supervision."""
    found = get_visible_visit(current_actor(), visit_id)
    return redirect(f"{supervision_url(found.supervision_id)}#visit-{visit_id}")


def _known(supervision: Supervision) -> dict[str, list[str]]:
    """Names offered while typing: who proposed, which units have it, who leads. Nothing is filled in by itself."""
    subjects = subjects_of(supervision)
    units = {part.unit.name for one in subjects for part in one.units if part.part is UnitPart.LEAD}
    proposers = "、".join(dict.fromkeys(one.lead_mandate.person.name for one in subjects))
    return {
        "proposers": [proposers] if proposers else [],
        "units": sorted(units),
        "congress": [supervision.supervisor],
    }


def _form_page(
    supervision: Supervision, visit: SupervisionVisit | None, form: VisitForm, heading: str
) -> ResponseReturnValue:
    back = supervision_url(supervision.id)
    return answer(
        "suggestions/supervision_form.html",
        form=form,
        differences=form.differences(visit) if visit is not None else [],
        known=_known(supervision),
        heading=heading,
        subtitle=f"{supervision.kind.label} · {supervision.supervisor} · {subject_title(supervision)}",
        back=back,
        breadcrumbs=supervision_crumbs((subject_title(supervision), back), (heading, "")),
    )


@bp.route("/supervision/<int:supervision_id>/visits/new", methods=["GET", "POST"])
@requires(RECORD_VISITS)
def supervision_visit_new(supervision_id: int) -> ResponseReturnValue:
    """What was done on site, and who of the five parties came."""
    actor = current_actor()
    found = get_visible_supervision(actor, supervision_id, RECORD_VISITS)
    form = VisitForm(data={"on": clock.today()})
    if form.validate_on_submit():
        made: Any = form.attempt(operations.record_visit, actor, supervision_id, **form.values())
        if made:
            message = (
                _("已登记，五方到场。") if made.five_present else _("已登记，五方没有到齐，不计入“五到场”。")
            )
            return go_back(supervision_url(supervision_id), message)
    return _form_page(found, None, form, _("登记督办活动"))


@bp.route("/supervision/visits/<int:visit_id>/edit", methods=["GET", "POST"])
@requires(RECORD_VISITS)
def supervision_visit_edit(visit_id: int) -> ResponseReturnValue:
    """Corrects a visit, or adds photographs."""
    actor = current_actor()
    visit = get_visible_visit(actor, visit_id, RECORD_VISITS)
    form = VisitForm(obj=visit)
    if form.validate_on_submit():
        done = form.attempt(
            operations.update_visit, actor, visit_id, version=form.sent_version, **form.values()
        )
        if done:
            return go_back(supervision_url(visit.supervision_id), _("已保存。"))
    return _form_page(visit.supervision, visit, form, _("修改督办活动"))


@bp.post("/supervision/visits/<int:visit_id>/delete")
@requires(EDIT_SUPERVISION)
def supervision_visit_delete(visit_id: int) -> ResponseReturnValue:
    """Takes back a visit entered by mistake."""
    supervision_id = operations.delete_visit(current_actor(), visit_id)
    return go_back(supervision_url(supervision_id), _("已删除。"))


@bp.post("/supervision/visits/<int:visit_id>/photos/<int:attachment_id>/delete")
@requires(RECORD_VISITS)
def supervision_photo_delete(visit_id: int, attachment_id: int) -> ResponseReturnValue:
    """Takes one photograph or file of a visit away."""
    supervision_id = operations.remove_photo(current_actor(), visit_id, attachment_id)
    return go_back(supervision_url(supervision_id), _("已删除。"))
