"""A reception on its day, on the phone of whoever is on duty."""

from __future__ import annotations

from typing import Any

from flask import current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.database import row_id
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import chosen_options
from app.stations import queries
from app.stations.forms.day import (
    CancelReceptionForm,
    PlanReceptionForm,
    TakeForm,
    VisitorForm,
    hold_form,
)
from app.stations.models import Reception, Visitor
from app.stations.operations import day as operations
from app.stations.operations.taking import Taken, Words, take_opinion
from app.stations.policy import EDIT_STATIONS, RECEIVE_PUBLIC, SEE_CITIZENS
from app.stations.queries.day import get_duty, list_visitors, usual_topics
from app.stations.routes import bp
from app.stations.routes.surroundings import crumbs
from app.stations.rules import mask_name, mask_phone
from app.stations.states import DutyStanding, ReceptionState


def day_url(reception_id: int) -> str:
    """The page for the day itself."""
    return url_for("stations.day", reception_id=reception_id)


def _record_url(reception_id: int) -> str:
    return url_for("stations.reception", reception_id=reception_id)


def _crumbs(found: Reception, *last: tuple[str, str]) -> list[tuple[str, str]]:
    above = (_("接待"), url_for("stations.receptions"))
    return crumbs(above, (found.audit_label, _record_url(found.id)), *last)


def _on_duty(found: Reception) -> list[Any]:
    rows = [row for row in found.deputies if row.standing is not DutyStanding.REPLACED]
    return sorted(rows, key=lambda row: (row.mandate.level.rank, row.mandate.person.pinyin))


@bp.get("/receptions/<int:reception_id>/day")
@requires(RECEIVE_PUBLIC)
def day(reception_id: int) -> ResponseReturnValue:
    """Check-in, visitors (masked), opinions, and for staff at the end the record."""
    found = get_duty(current_actor(), reception_id)
    visitors = [(v, mask_name(v.name), mask_phone(v.phone)) for v in list_visitors(reception_id)]
    return _day_page(found, visitors, shown=False)


@bp.post("/receptions/<int:reception_id>/visitors/reveal")
@requires(SEE_CITIZENS)
def reveal_visitors(reception_id: int) -> ResponseReturnValue:
    """Shows the visitors' names and phones in full, this once; the audit trail says who looked."""
    actor = current_actor()
    found = queries.get_visible_reception(actor, reception_id, SEE_CITIZENS)
    operations.reveal_visitors(actor, found)
    return _day_page(found, [(v, v.name, v.phone) for v in list_visitors(reception_id)], shown=True)


def _day_page(
    found: Reception, visitors: list[tuple[Visitor, str, str]], *, shown: bool
) -> ResponseReturnValue:
    actor = current_actor()
    return render_template(
        "stations/day.html",
        reception=found,
        rows=_on_duty(found),
        visitors=visitors,
        shown=shown,
        may_show=actor.may_in(SEE_CITIZENS, found.area_code)
        and any(name or phone for _visitor, name, phone in visitors),
        records=actor.may_in(EDIT_STATIONS, found.area_code),
        opinions=queries.count_opinions_of(found.id),
        open=found.state is ReceptionState.PLANNED and found.held_on <= clock.today(),
        early=found.state is ReceptionState.PLANNED and found.held_on > clock.today(),
        may_take=found.state in (ReceptionState.PLANNED, ReceptionState.HELD)
        and found.held_on <= clock.today(),
        breadcrumbs=_crumbs(found, (_("现场"), "")),
    )


@bp.post("/receptions/<int:reception_id>/duty/<int:duty_id>/<any(in, out):change>")
@requires(RECEIVE_PUBLIC)
def check_in(reception_id: int, duty_id: int, change: str) -> ResponseReturnValue:
    """A deputy is there, or the tap is taken back."""
    actor = current_actor()
    carry_out = operations.check_in if change == "in" else operations.undo_check_in
    carry_out(actor, get_duty(actor, reception_id), duty_id)
    return go_back(day_url(reception_id))


@bp.post("/receptions/<int:reception_id>/people/<any(more, fewer):change>")
@requires(RECEIVE_PUBLIC)
def count_people(reception_id: int, change: str) -> ResponseReturnValue:
    """One more visitor, or one less."""
    actor = current_actor()
    operations.count_visitors(actor, get_duty(actor, reception_id), 1 if change == "more" else -1)
    return go_back(day_url(reception_id))


@bp.route("/receptions/<int:reception_id>/visitors/new", methods=["GET", "POST"])
@requires(RECEIVE_PUBLIC)
def new_visitor(reception_id: int) -> ResponseReturnValue:
    """A visitor taken down one by one."""
    actor = current_actor()
    found = get_duty(actor, reception_id)
    form = VisitorForm()
    if form.validate_on_submit() and form.attempt(operations.add_visitor, actor, found, **form.values()):
        return go_back(day_url(reception_id), _("已登记来访人。"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("登记来访人"),
        back=day_url(reception_id),
        breadcrumbs=_crumbs(found, (_("现场"), day_url(reception_id)), (_("登记来访人"), "")),
    )


@bp.post("/receptions/<int:reception_id>/visitors/<int:visitor_id>/remove")
@requires(RECEIVE_PUBLIC)
def remove_visitor(reception_id: int, visitor_id: int) -> ResponseReturnValue:
    """Takes back a visitor taken down by mistake."""
    actor = current_actor()
    operations.remove_visitor(actor, get_duty(actor, reception_id), visitor_id)
    return go_back(day_url(reception_id), _("已删除这位来访人。"))


# --- opinions -------------------------------------------------------------------------------------------


def _take_form(found: Reception) -> TakeForm:
    form = TakeForm()
    on_duty = [row for row in _on_duty(found) if row.standing in queries.ON_DUTY]
    own = [row.mandate_id for row in on_duty if row.mandate.person_id == current_actor().person_id]
    form.mandate_id.choices = [("", "—"), *((row.mandate_id, row.mandate.person.name) for row in on_duty)]
    if own:
        # Who hears it on their own phone need not say who they are.
        del form.mandate_id
    return form


def _take(form: TakeForm, found: Reception) -> Taken:
    values = form.values()
    words = Words(
        *(values[key] for key in ("content", "topic", "anonymous", "citizen_name", "citizen_phone"))
    )
    return take_opinion(
        current_actor(),
        found,
        words,
        draft_key=values["draft_key"],
        secret=current_app.config["SECRET_KEY"],
        mandate_id=values.get("mandate_id"),
        photos=form.uploads,
    )


@bp.route("/receptions/<int:reception_id>/take", methods=["GET", "POST"])
@requires(RECEIVE_PUBLIC)
def take(reception_id: int) -> ResponseReturnValue:
    """An opinion in the visitor's own words. The phone's script sends drafts here and is answered in JSON."""
    found = get_duty(current_actor(), reception_id)
    form = _take_form(found)
    by_script = request.accept_mimetypes.best == "application/json"
    if form.validate_on_submit():
        taken = form.attempt(_take, form, found)
        if taken and by_script:
            number, code = taken.opinion.number, taken.code
            return jsonify(number=number, code=code, again=taken.again)
        if taken:
            note = _("已登记意见%(number)s，查询码 %(code)s。", number=taken.opinion.number, code=taken.code)
            return go_back(url_for("stations.take", reception_id=reception_id), note)
    if by_script and request.method == "POST":
        errors = [str(e) for field in form.errors.values() for e in field]
        return jsonify(errors=errors, fields={n: str(e[0]) for n, e in form.errors.items() if n}), 422
    return answer(
        "stations/take.html",
        form=form,
        reception=found,
        topics=usual_topics(found.area_code),
        taken=queries.count_opinions_of(reception_id),
        breadcrumbs=_crumbs(found, (_("现场"), day_url(reception_id)), (_("记意见"), "")),
    )


# --- before and after -----------------------------------------------------------------------------------


@bp.route("/receptions/<int:reception_id>/hold", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def hold(reception_id: int) -> ResponseReturnValue:
    """What became of a planned reception: it gets its number, the deputies their ledger rows."""
    actor = current_actor()
    found = queries.get_visible_reception(actor, reception_id, EDIT_STATIONS)
    data = {"people_received": found.people_received, "note": found.note, "version": str(found.version)}
    form = hold_form(_on_duty(found), data=data)
    if form.validate_on_submit():
        done = form.attempt(
            operations.hold_reception,
            actor,
            found,
            version=form.sent_version,
            people_received=form.people_received.data,
            standings=form.standings,
            note=form.note.data or "",
        )
        if done:
            note = _("已登记接待%(number)s，代表的履职台账已经记入。", number=done.number)
            return go_back(_record_url(reception_id), note)
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("登记开展情况"),
        subtitle=f"{found.station.name} · {found.held_on}",
        primary=_("登记为已开展"),
        back=day_url(reception_id),
        breadcrumbs=_crumbs(found, (_("登记开展情况"), "")),
    )


@bp.route("/receptions/plan", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def plan_reception() -> ResponseReturnValue:
    """A reception to come outside the calendar, also officials receiving deputies (1-22)."""
    actor = current_actor()
    form = PlanReceptionForm(data={"station_id": row_id(request.args.get("station", ""))})
    places = queries.list_stations(actor, EDIT_STATIONS)
    form.station_id.choices = [(place.id, place.name) for place in places]
    if form.validate_on_submit():
        made = form.attempt(operations.plan_reception, actor, **form.values())
        if made:
            return go_back(_record_url(made.id), _("已安排接待。"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("安排接待"),
        chosen={"mandate_ids": chosen_options(actor, form.mandate_ids.data or [])},
        back=url_for("stations.receptions"),
        breadcrumbs=crumbs((_("接待"), url_for("stations.receptions")), (_("安排接待"), "")),
    )


@bp.route("/receptions/<int:reception_id>/cancel", methods=["GET", "POST"])
@requires(EDIT_STATIONS)
def cancel_reception(reception_id: int) -> ResponseReturnValue:
    """A planned reception does not take place."""
    actor = current_actor()
    found = queries.get_visible_reception(actor, reception_id, EDIT_STATIONS)
    form = CancelReceptionForm(obj=found)
    if form.validate_on_submit():
        reason = form.cancel_reason.data or ""
        done = form.attempt(
            operations.cancel_reception, actor, found, version=form.sent_version, reason=reason
        )
        if done:
            return go_back(_record_url(reception_id), _("已取消这次接待。"))
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("取消接待"),
        subtitle=f"{found.station.name} · {found.held_on}",
        primary=_("取消这次接待"),
        back=_record_url(reception_id),
        breadcrumbs=_crumbs(found, (_("取消接待"), "")),
    )


@bp.post("/receptions/<int:reception_id>/restore")
@requires(EDIT_STATIONS)
def restore_reception(reception_id: int) -> ResponseReturnValue:
    """A cancelled reception is planned again."""
    actor = current_actor()
    operations.restore_reception(actor, queries.get_visible_reception(actor, reception_id, EDIT_STATIONS))
    return go_back(_record_url(reception_id), _("已恢复安排。"))
