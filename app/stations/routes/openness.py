"""What a station shows in public, who runs it, partners of deputies, and stations by kind."""

from __future__ import annotations

import io
from typing import Any

import segno
from flask import Response, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.errors import NotFound
from app.kit.forms import BaseForm
from app.kit.i18n import _, _l
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires, site_url
from app.registry.choosing import chosen_options
from app.registry.policy import LIST_DEPUTIES
from app.registry.queries import get_visible_mandate, get_visible_person
from app.stations import papers, queries
from app.stations.columns.partners import PARTNERS
from app.stations.forms.day import PartnerForm, ShownForm, StationPostForm
from app.stations.models import Station
from app.stations.operations import openness as operations
from app.stations.policy import EDIT_STATIONS, SHOW_PUBLICLY, VIEW_STATIONS
from app.stations.queries.kinds import count_kinds
from app.stations.queries.partners import get_visible_partner
from app.stations.routes import bp
from app.stations.routes.surroundings import crumbs, tabs
from app.stations.states import PublicDetail, StationKind


def _station_url(station_id: int) -> str:
    return url_for("stations.station", station_id=station_id)


def _editable(station_id: int) -> Station:
    return queries.get_visible_station(current_actor(), station_id, EDIT_STATIONS)


# --- stations by kind (0-19, 3-41) ----------------------------------------------------------------------


@bp.get("/stations/kinds")
@requires(LIST_DEPUTIES)
def kinds() -> ResponseReturnValue:
    """Stations of each kind in each township; townships without a studio stand out (0-19, 3-41, 3-44)."""
    return render_template(
        "stations/kinds.html",
        rows=count_kinds(current_actor(), clock.today()),
        kinds=list(StationKind),
        page_tabs=tabs("stations.kinds"),
        breadcrumbs=crumbs((_("分类与覆盖"), "")),
    )


# --- partners (2-24) --------------------------------------------------------------------------------------


@bp.get("/partners")
@requires(VIEW_STATIONS)
def partners() -> ResponseReturnValue:
    """“人大代表+N”: who works beside which deputy (2-24)."""
    actions = []
    if current_actor().may(EDIT_STATIONS):
        actions = [(_("登记结对"), url_for("stations.new_partner"), "primary", "plus")]
    return list_page(
        PARTNERS,
        actions=actions,
        page_tabs=tabs("stations.partners"),
        breadcrumbs=crumbs((_("代表+N"), "")),
    )


@bp.get("/partners/<int:partner_id>")
@requires(VIEW_STATIONS)
def partner(partner_id: int) -> ResponseReturnValue:
    """One pairing."""
    actor = current_actor()
    found = get_visible_partner(actor, partner_id)
    return render_template(
        "stations/partner.html",
        partner=found,
        editable=actor.may_in(EDIT_STATIONS, found.area_code),
        breadcrumbs=crumbs((_("代表+N"), url_for("stations.partners")), (found.name, "")),
    )


@bp.route("/partners/new", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def new_partner() -> ResponseReturnValue:
    """Somebody is paired with a deputy."""
    form = PartnerForm(data={"began_on": clock.today()})
    if form.validate_on_submit() and form.attempt(_add_partner, form):
        return go_back(url_for("stations.partners"), _("已登记结对。"))
    chosen = {"mandate_id": chosen_options(current_actor(), [form.mandate_id.data or 0])}
    return _page(form, _("登记结对"), url_for("stations.partners"), chosen=chosen)


def _add_partner(form: PartnerForm) -> Any:
    values = form.values()
    mandate = get_visible_mandate(current_actor(), values.pop("mandate_id"), LIST_DEPUTIES)
    return operations.add_partner(current_actor(), mandate, **values)


@bp.post("/partners/<int:partner_id>/end")
@requires(EDIT_STATIONS)
def end_partner(partner_id: int) -> ResponseReturnValue:
    """A pairing ends today."""
    actor = current_actor()
    operations.end_partner(actor, get_visible_partner(actor, partner_id, EDIT_STATIONS))
    return go_back(url_for("stations.partner", partner_id=partner_id), _("已结束结对，记录保留。"))


# --- posts ----------------------------------------------------------------------------------------------


def _page(form: BaseForm, heading: str, back: str, **context: Any) -> ResponseReturnValue:
    return answer(
        "kit/form_page.html",
        form=form,
        heading=heading,
        back=back,
        breadcrumbs=crumbs((heading, "")),
        **context,
    )


@bp.route("/stations/<int:station_id>/posts/new", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def new_post(station_id: int) -> ResponseReturnValue:
    """Head, vice-head or liaison officer of a station."""
    found = _editable(station_id)
    form = StationPostForm(data={"began_on": clock.today()})
    if form.validate_on_submit() and form.attempt(_add_post, found, form):
        return go_back(_station_url(station_id), _("已登记。"))
    chosen = {"mandate_id": chosen_options(current_actor(), [form.mandate_id.data or 0])}
    return _page(form, _("登记站内职务"), _station_url(station_id), chosen=chosen, subtitle=found.name)


def _add_post(found: Station, form: StationPostForm) -> Any:
    values = form.values()
    mandate_id = values.pop("mandate_id")
    mandate = get_visible_mandate(current_actor(), mandate_id, LIST_DEPUTIES) if mandate_id else None
    return operations.add_post(current_actor(), found, mandate=mandate, **values)


@bp.post("/stations/<int:station_id>/posts/<int:station_post_id>/end")
@requires(EDIT_STATIONS)
def end_post(station_id: int, station_post_id: int) -> ResponseReturnValue:
    """Somebody leaves a post today."""
    operations.end_post(current_actor(), _editable(station_id), station_post_id, ended_on=clock.today())
    return go_back(_station_url(station_id), _("已登记卸任，任职记录保留。"))


# --- the public page -------------------------------------------------------------------------------------


@bp.post("/stations/<int:station_id>/public/<any(open, close):change>")
@requires(EDIT_STATIONS)
def public_page(station_id: int, change: str) -> ResponseReturnValue:
    """Opens a public page under a new code, or takes it away."""
    found = _editable(station_id)
    if change == "open":
        operations.open_public_page(current_actor(), found)
        return go_back(_station_url(station_id), _("公开页已开通，可以下载二维码海报。"))
    operations.close_public_page(current_actor(), found)
    return go_back(_station_url(station_id), _("公开页已关闭，原来的二维码不再有效。"))


def _public_address(found: Station) -> str:
    if found.public_code is None:
        raise NotFound(_l("这个联络站还没有开通公开页。"))
    return site_url("public.station", code=found.public_code)


@bp.get("/stations/<int:station_id>/qr.svg")
@requires(VIEW_STATIONS)
def public_qr(station_id: int) -> ResponseReturnValue:
    """The QR code of the public page."""
    found = queries.get_visible_station(current_actor(), station_id)
    stream = io.BytesIO()
    code = segno.make(_public_address(found), error="m")
    code.save(stream, kind="svg", border=2, omitsize=True)
    return Response(stream.getvalue(), mimetype="image/svg+xml")


@bp.get("/stations/<int:station_id>/<any(poster, board):paper>.pdf")
@requires(VIEW_STATIONS)
def paper(station_id: int, paper: str) -> ResponseReturnValue:
    """The poster with the QR code, or the notice board (公示牌, forms.md 4.5), on A4."""
    found = queries.get_visible_station(current_actor(), station_id)
    if paper == "poster":
        made, name = papers.poster(found, _public_address(found)), _("二维码海报")
    else:
        address = _public_address(found) if found.public_code else ""
        made, name = papers.board(found, address), _("公示牌")
    return send_file(
        io.BytesIO(made),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{name}-{found.name}.pdf",
    )


@bp.route("/deputies/person/<int:person_id>/shown", methods=["GET", "POST"])
@requires(SHOW_PUBLICLY)
def shown_publicly(person_id: int) -> ResponseReturnValue:
    """What a deputy agrees to be shown of them in public."""
    actor = current_actor()
    person = get_visible_person(actor, person_id, SHOW_PUBLICLY)
    known = [PublicDetail(value) for value in person.shown_publicly or [] if value in set(PublicDetail)]
    form = ShownForm(data={"details": known, "version": str(person.version)})
    if form.validate_on_submit():
        details = form.details.data or []
        if form.attempt(operations.agree_to_show, actor, person, details, version=form.sent_version):
            return go_back(url_for("stations.shown_publicly", person_id=person_id), _("已保存。"))
    back = url_for("registry.person", person_id=person_id)
    return _page(form, _("公开页公示内容"), back, subtitle=person.name, wide=("details",))
