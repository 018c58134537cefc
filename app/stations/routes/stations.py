"""Stations, who is assigned to them, and who has none."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices, chosen_options
from app.registry.policy import LIST_DEPUTIES
from app.registry.queries import standing_of
from app.stations import operations, queries
from app.stations.columns import STATIONS, UNASSIGNED
from app.stations.forms import AssignmentForm, StationForm, UnassignmentForm
from app.stations.models import Station
from app.stations.policy import EDIT_STATIONS, VIEW_STATIONS
from app.stations.queries.public import list_posts_of
from app.stations.routes import bp
from app.stations.routes.surroundings import crumbs, tabs


def station_url(station_id: int) -> str:
    """The page of a station."""
    return url_for("stations.station", station_id=station_id)


@bp.get("/stations")
@requires(VIEW_STATIONS)
def stations() -> ResponseReturnValue:
    """Stations of every kind (3-41)."""
    actions = []
    if current_actor().may(EDIT_STATIONS):
        actions = [(_("登记联络站"), url_for("stations.new_station"), "primary", "plus")]
    return list_page(
        STATIONS,
        actions=actions,
        page_tabs=tabs("stations.stations"),
        breadcrumbs=[*crumbs()[:-1], (_("联络站"), "")],
    )


@bp.get("/stations/unassigned")
@requires(LIST_DEPUTIES)
def unassigned() -> ResponseReturnValue:
    """Deputies in office without a station (2-31: every deputy has one)."""
    coverage = queries.station_coverage(current_actor(), clock.today())
    intro = ""
    if coverage.rate is not None:
        intro = _(
            "在任代表 %(all)s 人，已进站 %(with)s 人（%(rate)s%%），未进站 %(without)s 人。",
            **{
                "all": coverage.in_office,
                "with": coverage.with_station,
                "rate": f"{coverage.rate * 100:.1f}",
                "without": coverage.without,
            },
        )
    return list_page(
        UNASSIGNED,
        intro=intro,
        page_tabs=tabs("stations.unassigned"),
        breadcrumbs=crumbs((_("进站全员"), "")),
    )


@bp.get("/stations/<int:station_id>")
@requires(VIEW_STATIONS)
def station(station_id: int) -> ResponseReturnValue:
    """A station: where and when, who is assigned, what happened there."""
    actor = current_actor()
    found = queries.get_visible_station(actor, station_id)
    today = clock.today()
    assignments = queries.list_assignments(station_id)
    running = [row for row in assignments if row.ended_on is None or row.ended_on > today]
    return render_template(
        "stations/station.html",
        station=found,
        running=running,
        former=[row for row in assignments if row not in running],
        standings={row.id: standing_of(row.mandate, today) for row in assignments},
        figures=queries.figures_of(actor, station_id=station_id),
        posts=list_posts_of(station_id),
        editable=actor.may_in(EDIT_STATIONS, found.area_code),
        breadcrumbs=crumbs((found.name, "")),
    )


def _form_page(form: Any, found: Station | None, heading: str, **context: Any) -> ResponseReturnValue:
    back = station_url(found.id) if found is not None else url_for("stations.stations")
    above = [(found.name, back)] if found is not None else []
    return answer(
        "kit/form_page.html",
        form=form,
        differences=form.differences(found) if found is not None else [],
        heading=heading,
        subtitle=found.name if found is not None else "",
        back=back,
        breadcrumbs=crumbs(*above, (heading, "")),
        **context,
    )


def _station_form(found: Station | None) -> StationForm:
    form = StationForm(obj=found)
    form.area_code.choices = area_choices(current_actor(), EDIT_STATIONS)
    return form


@bp.route("/stations/new", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def new_station() -> ResponseReturnValue:
    """A new station."""
    form = _station_form(None)
    if form.validate_on_submit():
        made = form.attempt(operations.create_station, current_actor(), **form.values())
        if made:
            return go_back(station_url(made.id), _("已登记%(name)s。", name=made.name))
    return _form_page(form, None, _("登记联络站"))


@bp.route("/stations/<int:station_id>/edit", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def edit_station(station_id: int) -> ResponseReturnValue:
    """Corrects a station."""
    actor = current_actor()
    found = queries.get_visible_station(actor, station_id, EDIT_STATIONS)
    form = _station_form(found)
    if form.validate_on_submit():
        done = form.attempt(
            operations.update_station, actor, found, version=form.sent_version, **form.values()
        )
        if done:
            return go_back(station_url(station_id), _("已保存。"))
    return _form_page(form, found, _("修改联络站"))


@bp.route("/stations/<int:station_id>/deputies/assign", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def assign(station_id: int) -> ResponseReturnValue:
    """Deputies are assigned to the station, some or all who have none."""
    actor = current_actor()
    found = queries.get_visible_station(actor, station_id, EDIT_STATIONS)
    form = AssignmentForm(data={"began_on": clock.today()})
    waiting = len(queries.list_unassigned(actor, found.area_code, clock.today()))
    if waiting:
        form.all_unassigned.description = _(
            "%(area)s现有 %(n)s 名在任代表尚未进站", area=found.area.name, n=waiting
        )
    else:
        del form.all_unassigned
    if form.validate_on_submit():
        made = form.attempt(operations.assign_deputies, actor, found, **form.values())
        if made:
            return go_back(station_url(station_id), _("已派驻 %(n)s 名代表。", n=len(made)))
    chosen = {"mandate_ids": chosen_options(actor, form.mandate_ids.data or [])}
    return _form_page(form, found, _("派驻代表"), chosen=chosen, primary=_("派驻"))


@bp.route("/stations/<int:station_id>/deputies/end", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def end_assignments(station_id: int) -> ResponseReturnValue:
    """Assignments end; the time at the station stays on record."""
    actor = current_actor()
    found = queries.get_visible_station(actor, station_id, EDIT_STATIONS)
    running = [row for row in queries.list_assignments(station_id) if row.ended_on is None]
    chosen = request.args.getlist("assignment", type=int)
    form = UnassignmentForm(data={"ended_on": clock.today(), "assignment_ids": chosen})
    form.assignment_ids.choices = [
        (row.id, f"{row.mandate.person.name}（{row.mandate.level.label}）") for row in running
    ]
    if form.validate_on_submit():
        gone = form.attempt(operations.end_assignments, actor, found, **form.values())
        if gone:
            return go_back(station_url(station_id), _("已移出 %(n)s 名代表，此前的记录保留。", n=len(gone)))
    return _form_page(form, found, _("移出代表"), primary=_("移出"), wide=("assignment_ids",))
