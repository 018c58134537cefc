"""Opinions of citizens. Names, phones and addresses are masked; whoever opens them leaves a trace."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import attachments, clock
from app.kit.database import row_id
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices, chosen_options
from app.stations import queries
from app.stations.columns.opinions import OPINIONS
from app.stations.forms.opinions import OpinionForm
from app.stations.models import Opinion, Reception
from app.stations.operations import opinions as operations
from app.stations.opinion_documents import case_document, registration_document
from app.stations.policy import (
    EDIT_OPINIONS,
    FOLLOW_UP_OPINIONS,
    SEE_CITIZENS,
    VIEW_OPINIONS,
    VIEW_TRANSFERS,
)
from app.stations.queries import opinions as life
from app.stations.routes import bp
from app.stations.routes.surroundings import crumbs, tabs
from app.stations.routes.transfers import send_docx
from app.stations.rules import mask_address, mask_name, mask_phone, stage_of, stages_reached
from app.stations.states import (
    OPINION_TRANSITIONS,
    LoopStage,
    OpinionAction,
    OpinionChannel,
    OpinionState,
)

CITIZEN_FIELDS = frozenset({"citizen_name", "citizen_phone", "citizen_address"})


def opinion_url(opinion_id: int) -> str:
    """The page of an opinion."""
    return url_for("stations.opinion", opinion_id=opinion_id)


def opinion_crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back from an opinion."""
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


def _citizen(found: Opinion) -> operations.Citizen:
    """Who brought it, as everybody may see them."""
    return operations.Citizen(
        mask_name(found.citizen_name), mask_phone(found.citizen_phone), mask_address(found.citizen_address)
    )


def _page(found: Opinion, citizen: operations.Citizen, *, shown: bool) -> ResponseReturnValue:
    actor = current_actor()
    editable = actor.may_in(EDIT_OPINIONS, found.area_code)
    possible = OPINION_TRANSITIONS.actions(found.state)
    undecided = editable and found.state is OpinionState.RECEIVED
    return render_template(
        "stations/opinion.html",
        opinion=found,
        citizen=citizen,
        shown=shown,
        may_show=actor.may_in(SEE_CITIZENS, found.area_code) and any(citizen),
        editable=editable,
        possible=[action.value for action in possible] if editable else [],
        follows=OpinionAction.FOLLOW_UP in possible and actor.may(FOLLOW_UP_OPINIONS),
        stages=[(stage, stage in stages_reached(_stage(found))) for stage in LoopStage],
        steps=life.list_steps(found.id),
        transfers=life.list_transfers_of(found.id),
        sees_transfers=actor.may_in(VIEW_TRANSFERS, found.area_code),
        merged=life.list_merged_into(found.id),
        alike=life.likely_the_same(actor, found) if undecided else [],
        photos=attachments.list_for("opinion", found.id),
        breadcrumbs=opinion_crumbs((found.number, "")),
    )


def _stage(found: Opinion) -> LoopStage:
    return stage_of(found.state, found.topic, found.solved)


@bp.get("/opinions/<int:opinion_id>")
@requires(VIEW_OPINIONS)
def opinion(opinion_id: int) -> ResponseReturnValue:
    """An opinion, its way and its end, and what can be done next; who brought it is masked."""
    found = life.get_followed_opinion(current_actor(), opinion_id, VIEW_OPINIONS)
    return _page(found, _citizen(found), shown=False)


@bp.post("/opinions/<int:opinion_id>/citizen")
@requires(SEE_CITIZENS)
def reveal_citizen(opinion_id: int) -> ResponseReturnValue:
    """Shows name, phone and address in full, this once; the audit trail says who looked."""
    actor = current_actor()
    found = life.get_followed_opinion(actor, opinion_id, SEE_CITIZENS)
    return _page(found, operations.reveal_citizen(actor, found), shown=True)


@bp.get("/opinions/<int:opinion_id>/registration.docx")
@requires(VIEW_OPINIONS)
def opinion_registration(opinion_id: int) -> ResponseReturnValue:
    """接待选民登记表 (forms.md 4.4), the person masked."""
    found = life.get_followed_opinion(current_actor(), opinion_id, VIEW_OPINIONS)
    return _registration(found, _citizen(found))


@bp.post("/opinions/<int:opinion_id>/registration")
@requires(SEE_CITIZENS)
def opinion_registration_in_full(opinion_id: int) -> ResponseReturnValue:
    """The same with name, phone and address for the paper archive; the audit trail says who took it."""
    actor = current_actor()
    found = life.get_followed_opinion(actor, opinion_id, SEE_CITIZENS)
    return _registration(found, operations.reveal_citizen(actor, found))


def _registration(found: Opinion, citizen: operations.Citizen) -> ResponseReturnValue:
    document = registration_document(found, life.list_transfers_of(found.id), citizen)
    return send_docx(document, f"{_('接待选民登记表')}-{found.number}")


@bp.get("/opinions/<int:opinion_id>/case.docx")
@requires(VIEW_OPINIONS)
def opinion_case(opinion_id: int) -> ResponseReturnValue:
    """The matter told from beginning to end (3-13), nobody's name."""
    found = life.get_followed_opinion(current_actor(), opinion_id, VIEW_OPINIONS)
    document = case_document(
        found,
        life.list_steps(found.id),
        life.list_transfers_of(found.id),
        life.list_merged_into(found.id),
    )
    return send_docx(document, f"{_('办理案例')}-{found.number}")


def _opinion_form(found: Opinion | None, reception: Reception | None) -> OpinionForm:
    actor = current_actor()
    if found is not None:
        form = OpinionForm(obj=found)
        for field in (form.citizen_name, form.citizen_phone, form.citizen_address):
            field.data = field.data if field.raw_data else ""
        _say_what_is_kept(form, found)
        if life.has_steps(found.id) or found.state is OpinionState.MERGED:
            # What was done with it is changed by its steps alone.
            del form.route, form.solved, form.closed_on, form.outcome
    elif reception is not None:
        form = OpinionForm(
            data={
                "received_on": reception.held_on,
                "station_id": reception.station_id,
                "channel": OpinionChannel.RECEPTION,
            }
        )
    else:
        given = {"received_on": clock.today(), "station_id": row_id(request.args.get("station", ""))}
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
    if found.citizen_address:
        form.citizen_address.description = _("已登记住址。不改就留空")


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
        known = (reception.station.name, str(reception.held_on), reception.number or "")
        subtitle = " · ".join(filter(None, known))
    chosen = [form.mandate_id.data] if form.mandate_id and form.mandate_id.data else []
    kept = [found.mandate_id] if found is not None and found.mandate_id else []
    return answer(
        "kit/form_page.html",
        form=form,
        chosen={"mandate_id": chosen_options(current_actor(), chosen, kept)},
        differences=form.differences(found, hidden=CITIZEN_FIELDS) if found is not None else [],
        heading=heading,
        subtitle=subtitle,
        known={"topic": queries.list_topics(current_actor())},
        back=back,
        breadcrumbs=opinion_crumbs(*above, (heading, "")),
    )


@bp.route("/opinions/new", methods=["GET", "POST"])
@requires(EDIT_OPINIONS)
def new_opinion() -> ResponseReturnValue:
    """An opinion, taken at a reception (``?reception=``) or directly."""
    actor = current_actor()
    reception_id = row_id(request.args.get("reception", ""))
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
    return _form_page(form, found, found.reception, _("修改意见"))
