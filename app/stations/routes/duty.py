"""A deputy's own reception days on the phone: what is to come, leave, swap, substitute, wishes, subscription."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.database import row_id
from app.kit.i18n import _
from app.kit.web import answer, current_actor, go_back, requires, site_url
from app.stations.calendar import queries
from app.stations.calendar.checking import people_on, proposals
from app.stations.calendar.forms import RequestForm
from app.stations.models import Reception
from app.stations.operations import feeds, requests
from app.stations.policy import OWN_DUTY
from app.stations.routes import bp
from app.stations.routes.surroundings import crumbs, tabs
from app.stations.states import ReceptionState, RequestKind, RequestState


@bp.get("/reception-duty")
@requires(OWN_DUTY)
def my_duty() -> ResponseReturnValue:
    """The deputy's days, requests by and to them, wishes, and the address to subscribe to."""
    actor = current_actor()
    today = clock.today()
    person = actor.person_id or 0
    days = queries.list_days_of_person(person, today.replace(month=1, day=1))
    asked = queries.list_requests_of_person(person, today)
    feed = queries.find_feed_of(person_id=person)
    return render_template(
        "stations/duty.html",
        coming=[day for day in days if day.held_on >= today],
        past=[day for day in reversed(days) if day.held_on < today],
        today=today,
        people_on=people_on,
        to_answer=[
            one for one in asked if one.state is RequestState.ASKED and one.mandate.person_id != person
        ],
        mine=[one for one in asked if one.mandate.person_id == person],
        open_states=queries.OPEN_REQUESTS,
        changeable={day.id for day in days if day.state is ReceptionState.PLANNED and day.held_on >= today},
        wishes=queries.list_wishes_of_person(person, today),
        feed_url=site_url("stations.feed", token=feed.token) if feed else "",
        page_tabs=tabs("stations.my_duty"),
        breadcrumbs=crumbs((_("我的接待日"), "")),
    )


def _choices(reception: Reception) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Whom to ask to stand in, best first; and which dates of colleagues could be swapped."""
    actor = current_actor()
    stand_in = [
        (
            str(one.mandate.id),
            "".join(
                (
                    _("%(name)s（今年 %(n)s 次）", name=one.mandate.person.name, n=one.times),
                    "，".join(one.against),
                )
            ),
        )
        for one in proposals(reception, without=actor.person_id)
    ]
    swap = [
        (
            f"{one.colleague.id}:{one.other.id}",
            _("%(name)s %(day)s", name=one.colleague.person.name, day=one.other.held_on),
        )
        for one in requests.list_exchanges(actor, reception)
    ]
    return stand_in, swap


@bp.route("/reception-duty/<int:reception_id>/request", methods=["GET", "POST"])
@requires(OWN_DUTY)
def ask_change(reception_id: int) -> ResponseReturnValue:
    """Asks for leave, a swap or a substitute; the best fitting colleague is proposed."""
    actor = current_actor()
    found = queries.get_own_day(actor, reception_id)
    requests.own_row(actor, found)
    stand_in, swap = _choices(found)
    form = RequestForm(
        data={"kind": RequestKind.SUBSTITUTE if stand_in else RequestKind.LEAVE, "choice": _first(stand_in)}
    )
    form.choice.choices = [*stand_in, *swap]
    if form.validate_on_submit():
        values = _asked(form)
        if form.attempt(requests.ask, actor, found, reason=form.reason.data or "", **values):
            return go_back(url_for("stations.my_duty"), _("申请已提交。"))
    return answer(
        "stations/ask_change.html",
        form=form,
        reception=found,
        stand_in=stand_in,
        swap=swap,
        breadcrumbs=crumbs((_("我的接待日"), url_for("stations.my_duty")), (_("请假或换人"), "")),
    )


def _first(choices: list[tuple[str, str]]) -> str:
    return choices[0][0] if choices else ""


def _asked(form: RequestForm) -> dict[str, Any]:
    """What was chosen: a colleague, for a swap with their date."""
    kind: RequestKind = form.kind.data
    name = {RequestKind.SWAP: "swap", RequestKind.SUBSTITUTE: "stand_in"}.get(kind, "")
    colleague, _colon, other = request.form.get(name, "").partition(":")
    values: dict[str, Any] = {"kind": kind, "colleague_id": row_id(colleague)}
    if kind is RequestKind.SWAP and row_id(other):
        actor = current_actor()
        own = queries.get_own_day(actor, int((request.view_args or {})["reception_id"]))
        day = next(
            (one for one in requests.list_exchanges(actor, own) if one.other.id == row_id(other)), None
        )
        values["other"] = day.other if day is not None else None
    return values


@bp.post("/reception-duty/requests/<int:request_id>/answer")
@requires(OWN_DUTY)
def answer_change(request_id: int) -> ResponseReturnValue:
    """The colleague agrees or declines."""
    actor = current_actor()
    found = queries.get_request_for(actor, request_id, colleague=True)
    agreed = request.form.get("agreed") == "1"
    requests.answer_request(actor, found, agreed=agreed)
    done = _("已同意，等待审批。") if agreed else _("已回绝。")
    return go_back(url_for("stations.my_duty"), done)


@bp.post("/reception-duty/requests/<int:request_id>/withdraw")
@requires(OWN_DUTY)
def withdraw_change(request_id: int) -> ResponseReturnValue:
    """Will come after all."""
    actor = current_actor()
    requests.withdraw_request(actor, queries.get_request_for(actor, request_id, colleague=False))
    return go_back(url_for("stations.my_duty"), _("已撤回申请。"))


@bp.post("/reception-duty/feed")
@requires(OWN_DUTY)
def renew_own_feed() -> ResponseReturnValue:
    """A new secret address for subscribing; the old one stops working."""
    feeds.renew_feed(current_actor())
    return go_back(url_for("stations.my_duty"), _("订阅地址已生成，原来的地址不再有效。"))


@bp.post("/reception-duty/feed/revoke")
@requires(OWN_DUTY)
def revoke_own_feed() -> ResponseReturnValue:
    """No address any more."""
    feeds.revoke_feed(current_actor())
    return go_back(url_for("stations.my_duty"), _("订阅地址已停用。"))
