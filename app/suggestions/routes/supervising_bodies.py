"""Government leaders and special committees, and the government's yearly hearing (4-09, 4-10, 4-26)."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.activities.years import choose_year
from app.kit import clock
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices
from app.suggestions.columns.supervising import BODIES_LIST, HEARINGS
from app.suggestions.forms.supervision import BodyForm, HearingForm
from app.suggestions.operations import supervising_bodies as operations
from app.suggestions.policy import EDIT_SUPERVISION, VIEW_SUGGESTION_FIGURES
from app.suggestions.queries import supervising_bodies as queries
from app.suggestions.routes import bp
from app.suggestions.routes.supervision import supervision_crumbs
from app.suggestions.routes.surroundings import tabs
from app.suggestions.states import SupervisorKind
from app.suggestions.supervision_rules import key_of


def _bodies_crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    above = (_("政府领导和专门委员会"), url_for("suggestions.supervising_bodies") if last else "")
    return supervision_crumbs(above, *last)


def _hearings_crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return supervision_crumbs((_("政府常务会议"), url_for("suggestions.hearings") if last else ""), *last)


@bp.get("/supervision/bodies")
@requires(VIEW_SUGGESTION_FIGURES)
def supervising_bodies() -> ResponseReturnValue:
    """Leaders of the government and special committees with their fields."""
    actions = []
    if current_actor().may(EDIT_SUPERVISION):
        actions = [(_("登记"), url_for("suggestions.supervising_body_new"), "primary", "plus")]
    return list_page(
        BODIES_LIST,
        actions=actions,
        page_tabs=tabs("suggestions.committees"),
        breadcrumbs=_bodies_crumbs(),
    )


@bp.get("/supervision/bodies/<int:body_id>")
@requires(VIEW_SUGGESTION_FIGURES)
def supervising_body(body_id: int) -> ResponseReturnValue:
    """One of them, and what they supervise."""
    actor = current_actor()
    found = queries.get_visible_body(actor, body_id)
    return render_template(
        "suggestions/supervising_body.html",
        body=found,
        key=key_of(found.kind, found.id),
        year=clock.today().year,
        is_committee=found.kind is SupervisorKind.COMMITTEE,
        figures=queries.count_of_body(found),
        editable=actor.may_in(EDIT_SUPERVISION, found.area_code),
        breadcrumbs=_bodies_crumbs((found.name, "")),
    )


def _body_page(form: BodyForm, found: Any, heading: str) -> ResponseReturnValue:
    back = (
        url_for("suggestions.supervising_body", body_id=found.id)
        if found is not None
        else url_for("suggestions.supervising_bodies")
    )
    return answer(
        "kit/form_page.html",
        form=form,
        differences=form.differences(found) if found is not None else [],
        heading=heading,
        subtitle=found.name if found is not None else "",
        back=back,
        breadcrumbs=_bodies_crumbs((heading, "")),
    )


@bp.route("/supervision/bodies/new", methods=["GET", "POST"])
@requires(EDIT_SUPERVISION)
def supervising_body_new() -> ResponseReturnValue:
    """A new leader or committee."""
    return _save_body(BodyForm(data={"kind": SupervisorKind.GOVERNMENT}), None, _("登记督办主体"))


@bp.route("/supervision/bodies/<int:body_id>/edit", methods=["GET", "POST"])
@requires(EDIT_SUPERVISION)
def supervising_body_edit(body_id: int) -> ResponseReturnValue:
    """Corrects one, or notes that they left."""
    found = queries.get_visible_body(current_actor(), body_id, EDIT_SUPERVISION)
    return _save_body(BodyForm(obj=found), found, _("修改督办主体"))


def _save_body(form: BodyForm, found: Any, heading: str) -> ResponseReturnValue:
    actor = current_actor()
    form.area_code.choices = area_choices(actor, EDIT_SUPERVISION)
    if form.validate_on_submit():
        identity = found.id if found is not None else None
        done = form.attempt(operations.save_body, actor, identity, version=form.sent_version, **form.values())
        if done:
            return go_back(url_for("suggestions.supervising_body", body_id=done.id), _("已保存。"))
    return _body_page(form, found, heading)


# --- hearings -------------------------------------------------------------------------------------------


@bp.get("/supervision/hearings")
@requires(VIEW_SUGGESTION_FIGURES)
def hearings() -> ResponseReturnValue:
    """When the government's executive meeting heard how suggestions are handled."""
    choose_year(request.args.get("year", ""))
    actions = []
    if current_actor().may(EDIT_SUPERVISION):
        actions = [(_("登记会议"), url_for("suggestions.hearing_new"), "primary", "plus")]
    return list_page(
        HEARINGS,
        actions=actions,
        page_tabs=tabs("suggestions.hearings"),
        breadcrumbs=_hearings_crumbs(),
    )


@bp.get("/supervision/hearings/<int:hearing_id>")
@requires(VIEW_SUGGESTION_FIGURES)
def hearing(hearing_id: int) -> ResponseReturnValue:
    """One hearing."""
    actor = current_actor()
    found = queries.get_visible_hearing(actor, hearing_id)
    return render_template(
        "suggestions/hearing.html",
        hearing=found,
        editable=actor.may_in(EDIT_SUPERVISION, found.area_code),
        breadcrumbs=_hearings_crumbs((found.body, "")),
    )


@bp.route("/supervision/hearings/new", methods=["GET", "POST"])
@requires(EDIT_SUPERVISION)
def hearing_new() -> ResponseReturnValue:
    """A new hearing."""
    return _save_hearing(HearingForm(data={"on": clock.today()}), None, _("登记会议"))


@bp.route("/supervision/hearings/<int:hearing_id>/edit", methods=["GET", "POST"])
@requires(EDIT_SUPERVISION)
def hearing_edit(hearing_id: int) -> ResponseReturnValue:
    """Corrects a hearing."""
    found = queries.get_visible_hearing(current_actor(), hearing_id, EDIT_SUPERVISION)
    return _save_hearing(HearingForm(obj=found), found, _("修改会议"))


def _save_hearing(form: HearingForm, found: Any, heading: str) -> ResponseReturnValue:
    actor = current_actor()
    form.area_code.choices = area_choices(actor, EDIT_SUPERVISION)
    if form.validate_on_submit():
        identity = found.id if found is not None else None
        done = form.attempt(
            operations.save_hearing, actor, identity, version=form.sent_version, **form.values()
        )
        if done:
            return go_back(url_for("suggestions.hearing", hearing_id=done.id), _("已保存。"))
    return answer(
        "kit/form_page.html",
        form=form,
        differences=form.differences(found) if found is not None else [],
        heading=heading,
        back=url_for("suggestions.hearings"),
        breadcrumbs=_hearings_crumbs((heading, "")),
    )


@bp.post("/supervision/hearings/<int:hearing_id>/delete")
@requires(EDIT_SUPERVISION)
def hearing_delete(hearing_id: int) -> ResponseReturnValue:
    """Takes back a hearing entered by mistake."""
    operations.delete_hearing(current_actor(), hearing_id)
    return go_back(url_for("suggestions.hearings"), _("已删除。"))
