"""Opinions of citizens. Names and phones are masked; whoever opens them leaves a trace."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices
from app.stations import operations, queries
from app.stations.columns import OPINIONS
from app.stations.forms import OpinionForm
from app.stations.models import Opinion, Reception
from app.stations.policy import EDIT_OPINIONS, SEE_CITIZENS, VIEW_OPINIONS
from app.stations.routes import bp
from app.stations.routes.surroundings import crumbs, tabs
from app.stations.rules import mask_name, mask_phone
from app.stations.states import OpinionChannel

CITIZEN_FIELDS = frozenset({"citizen_name", "citizen_phone"})


def opinion_url(opinion_id: int) -> str:
    """The page of an opinion."""
    return url_for("stations.opinion", opinion_id=opinion_id)


def _crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs((_("群众意见"), url_for("stations.opinions")), *last)


@bp.get("/opinions")
@requires(VIEW_OPINIONS)
def opinions() -> ResponseReturnValue:
    """Opinions; a deputy sees those taken at receptions they took part in."""
    actions = []
    if current_actor().may(EDIT_OPINIONS):
        actions = [(_("登记意见"), url_for("stations.new_opinion"), "primary", "plus")]
    return list_page(
        OPINIONS,
        actions=actions,
        page_tabs=tabs("stations.opinions"),
        breadcrumbs=crumbs((_("群众意见"), "")),
    )


def _page(found: Opinion, name: str, phone: str, *, shown: bool) -> ResponseReturnValue:
    actor = current_actor()
    return render_template(
        "stations/opinion.html",
        opinion=found,
        citizen_name=name,
        citizen_phone=phone,
        shown=shown,
        may_show=actor.may_in(SEE_CITIZENS, found.area_code) and bool(name or phone),
        editable=actor.may_in(EDIT_OPINIONS, found.area_code),
        breadcrumbs=_crumbs((found.number, "")),
    )


@bp.get("/opinions/<int:opinion_id>")
@requires(VIEW_OPINIONS)
def opinion(opinion_id: int) -> ResponseReturnValue:
    """An opinion, its way and its end; who brought it is masked."""
    found = queries.get_visible_opinion(current_actor(), opinion_id)
    return _page(found, mask_name(found.citizen_name), mask_phone(found.citizen_phone), shown=False)


@bp.post("/opinions/<int:opinion_id>/citizen")
@requires(SEE_CITIZENS)
def reveal_citizen(opinion_id: int) -> ResponseReturnValue:
    """Shows name and phone in full, this once; the audit trail says who looked."""
    actor = current_actor()
    found = queries.get_visible_opinion(actor, opinion_id, SEE_CITIZENS)
    name, phone = operations.reveal_citizen(actor, found)
    return _page(found, name, phone, shown=True)


def _opinion_form(found: Opinion | None, reception: Reception | None) -> OpinionForm:
    actor = current_actor()
    if found is not None:
        form = OpinionForm(obj=found)
        for field in (form.citizen_name, form.citizen_phone):
            field.data = field.data if field.raw_data else ""
        _say_what_is_kept(form, found)
    elif reception is not None:
        form = OpinionForm(
            data={
                "received_on": reception.held_on,
                "station_id": reception.station_id,
                "channel": OpinionChannel.RECEPTION,
            }
        )
    else:
        given = {"received_on": clock.today(), "station_id": request.args.get("station", type=int)}
        form = OpinionForm(data=given)
    areas = area_choices(actor, EDIT_OPINIONS)
    form.area_code.choices = areas if len(areas) == 1 else [("", "—"), *areas]
    if reception is not None:
        # Place and channel are the reception's.
        del form.station_id, form.area_code, form.channel
    else:
        stations = queries.list_stations(actor, EDIT_OPINIONS)
        form.station_id.choices = [("", "—"), *((place.id, place.name) for place in stations)]
    return form


def _say_what_is_kept(form: OpinionForm, found: Opinion) -> None:
    """The form does not show who it was, only that it is known."""
    if found.citizen_name:
        form.citizen_name.description = _("已登记：%(name)s。不改就留空", name=mask_name(found.citizen_name))
    if found.citizen_phone:
        phone = mask_phone(found.citizen_phone)
        form.citizen_phone.description = _("已登记：%(phone)s。不改就留空", phone=phone)


def _values(form: OpinionForm, reception: Reception | None) -> dict[str, Any]:
    values = form.values()
    if reception is not None:
        values |= {"channel": OpinionChannel.RECEPTION, "station_id": None, "area_code": ""}
    return values


def _form_page(
    form: OpinionForm, found: Opinion | None, reception: Reception | None, heading: str
) -> ResponseReturnValue:
    back = opinion_url(found.id) if found is not None else url_for("stations.opinions")
    if found is None and reception is not None:
        back = url_for("stations.reception", reception_id=reception.id)
    above = [(found.number, back)] if found is not None else []
    subtitle = ""
    if reception is not None:
        subtitle = f"{reception.station.name} · {reception.held_on} · {reception.number}"
    return answer(
        "kit/form_page.html",
        form=form,
        differences=form.differences(found, hidden=CITIZEN_FIELDS) if found is not None else [],
        heading=heading,
        subtitle=subtitle,
        known={"topic": queries.list_topics(current_actor())},
        back=back,
        breadcrumbs=_crumbs(*above, (heading, "")),
    )


@bp.route("/opinions/new", methods=["GET", "POST"])
@requires(EDIT_OPINIONS)
def new_opinion() -> ResponseReturnValue:
    """An opinion, taken at a reception (``?reception=``) or directly."""
    actor = current_actor()
    reception_id = request.args.get("reception", type=int)
    reception = None
    if reception_id is not None:
        reception = queries.get_visible_reception(actor, reception_id, EDIT_OPINIONS)
    form = _opinion_form(None, reception)
    if form.validate_on_submit():
        values = _values(form, reception)
        made = form.attempt(operations.create_opinion, actor, reception_id=reception_id, **values)
        if made:
            return go_back(opinion_url(made.id), _("已登记意见%(number)s。", number=made.number))
    return _form_page(form, None, reception, _("登记意见"))


@bp.route("/opinions/<int:opinion_id>/edit", methods=["GET", "POST"])
@requires(EDIT_OPINIONS)
def edit_opinion(opinion_id: int) -> ResponseReturnValue:
    """Corrects an opinion, or records where it went and how it ended."""
    actor = current_actor()
    found = queries.get_visible_opinion(actor, opinion_id, EDIT_OPINIONS)
    form = _opinion_form(found, found.reception)
    if form.validate_on_submit():
        values = _values(form, found.reception)
        done = form.attempt(operations.update_opinion, actor, found, version=form.sent_version, **values)
        if done:
            return go_back(opinion_url(opinion_id), _("已保存。"))
    return _form_page(form, found, found.reception, _("办理意见"))
