"""Receptions of the public."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.database import row_id
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import chosen_options
from app.stations import operations, queries
from app.stations.columns import RECEPTIONS
from app.stations.forms import ReceptionForm
from app.stations.models import Reception
from app.stations.policy import EDIT_OPINIONS, EDIT_STATIONS, RECEIVE_PUBLIC, VIEW_STATIONS
from app.stations.routes import bp
from app.stations.routes.surroundings import crumbs, tabs


def reception_url(reception_id: int) -> str:
    """The page of a reception."""
    return url_for("stations.reception", reception_id=reception_id)


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs((_("接待"), url_for("stations.receptions")), *last)


@bp.get("/receptions")
@requires(VIEW_STATIONS)
def receptions() -> ResponseReturnValue:
    """Receptions; a deputy sees those they took part in."""
    actions: list[tuple[str, ...]] = []
    if current_actor().may(EDIT_STATIONS):
        actions = [
            (_("安排接待"), url_for("stations.plan_reception")),
            (_("登记接待"), url_for("stations.new_reception"), "primary", "plus"),
        ]
    return list_page(
        RECEPTIONS,
        actions=actions,
        page_tabs=tabs("stations.receptions"),
        breadcrumbs=crumbs((_("接待"), "")),
    )


@bp.get("/receptions/<int:reception_id>")
@requires(VIEW_STATIONS)
def reception(reception_id: int) -> ResponseReturnValue:
    """A reception with its deputies and the opinions taken."""
    actor = current_actor()
    found = queries.get_visible_reception(actor, reception_id)
    return render_template(
        "stations/reception.html",
        reception=found,
        opinions=queries.list_opinions_of(actor, reception_id),
        editable=actor.may_in(EDIT_STATIONS, found.area_code),
        on_site=actor.may(RECEIVE_PUBLIC) and found.held_on <= clock.today(),
        takes_opinions=actor.may_in(EDIT_OPINIONS, found.area_code),
        breadcrumbs=_crumbs((found.audit_label, "")),
    )


def _received(found: Reception) -> list[int]:
    return [row.mandate_id for row in found.deputies if row.standing in queries.ON_DUTY]


def _reception_form(found: Reception | None) -> ReceptionForm:
    actor = current_actor()
    if found is not None:
        form = ReceptionForm(obj=found, mandate_ids=_received(found))
    else:
        station_id = row_id(request.args.get("station", ""))
        form = ReceptionForm(data={"station_id": station_id, "held_on": clock.today()})
    places = [(place.id, place.name) for place in queries.list_stations(actor, EDIT_STATIONS)]
    if found is not None and found.station_id not in dict(places):
        places.insert(0, (found.station_id, found.station.name))
    form.station_id.choices = places
    return form


def _form_page(form: ReceptionForm, found: Reception | None, heading: str) -> ResponseReturnValue:
    kept = _received(found) if found is not None else []
    chosen = chosen_options(current_actor(), form.mandate_ids.data or [], kept)
    back = reception_url(found.id) if found is not None else url_for("stations.receptions")
    above = [(found.audit_label, back)] if found is not None else []
    return answer(
        "kit/form_page.html",
        form=form,
        differences=form.differences(found) if found is not None else [],
        heading=heading,
        subtitle=found.audit_label if found is not None else "",
        chosen={"mandate_ids": chosen},
        back=back,
        breadcrumbs=_crumbs(*above, (heading, "")),
    )


@bp.route("/receptions/new", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def new_reception() -> ResponseReturnValue:
    """A reception that was held."""
    form = _reception_form(None)
    if form.validate_on_submit():
        made = form.attempt(operations.create_reception, current_actor(), **form.values())
        if made:
            return go_back(reception_url(made.id), _("已登记接待%(number)s。", number=made.number))
    return _form_page(form, None, _("登记接待"))


@bp.route("/receptions/<int:reception_id>/edit", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def edit_reception(reception_id: int) -> ResponseReturnValue:
    """Corrects a reception; the ledger follows."""
    actor = current_actor()
    found = queries.get_visible_reception(actor, reception_id, EDIT_STATIONS)
    form = _reception_form(found)
    if form.validate_on_submit():
        values: dict[str, Any] = form.values()
        done = form.attempt(operations.update_reception, actor, found, version=form.sent_version, **values)
        if done:
            return go_back(reception_url(reception_id), _("已保存。"))
    return _form_page(form, found, _("修改接待"))


@bp.post("/receptions/<int:reception_id>/delete")
@requires(EDIT_STATIONS)
def delete_reception(reception_id: int) -> ResponseReturnValue:
    """Deletes a reception entered by mistake."""
    actor = current_actor()
    found = queries.get_visible_reception(actor, reception_id, EDIT_STATIONS)
    number = found.audit_label
    operations.delete_reception(actor, found)
    return go_back(url_for("stations.receptions"), _("已删除接待%(number)s。", number=number))
