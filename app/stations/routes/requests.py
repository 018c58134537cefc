"""Staff decide on leave, swaps and substitutes."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.kit.database import row_ids
from app.kit.i18n import _, _l
from app.kit.listing import ListQuery
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.ledger.queries import chosen_ids
from app.stations.calendar import queries
from app.stations.calendar.checking import proposals
from app.stations.calendar.columns import REQUESTS
from app.stations.calendar.forms import DecisionForm
from app.stations.models import ReceptionRequest
from app.stations.operations import requests as operations
from app.stations.policy import EDIT_CALENDARS
from app.stations.routes import bp
from app.stations.routes.calendars import calendar_crumbs, calendar_tabs
from app.stations.states import RequestKind, RequestState

MOST_AT_ONCE = 500


@bp.get("/reception-requests")
@requires(EDIT_CALENDARS)
def duty_requests() -> ResponseReturnValue:
    """Requests about days in the viewer's areas."""
    waiting = queries.count_waiting_requests(current_actor())
    actions = []
    if waiting:
        label = _("待审批 %(n)s 份", n=waiting)
        actions = [(label, url_for("stations.duty_requests", state=RequestState.AGREED.value), "primary")]
    return list_page(
        REQUESTS,
        actions=actions,
        page_tabs=calendar_tabs("stations.duty_requests"),
        breadcrumbs=calendar_crumbs((_("换班和请假"), "")),
    )


def _form(found: ReceptionRequest) -> DecisionForm:
    form = DecisionForm()
    some = proposals(found.reception, without=found.mandate.person_id)
    form.substitute_id.choices = [
        ("", _l("不安排代班")),
        *(
            (
                str(one.mandate.id),
                "，".join((_("%(name)s（今年 %(n)s 次）", name=one.mandate.person.name, n=one.times), *one.against)),
            )
            for one in some
        ),
    ]  # fmt: skip
    if request.method == "GET" and found.kind is RequestKind.LEAVE:
        form.substitute_id.data = some[0].mandate.id if some and not some[0].against else None
    return form


def _page(found: ReceptionRequest, form: DecisionForm) -> ResponseReturnValue:
    return answer(
        "stations/duty_request.html",
        form=form,
        found=found,
        waiting=found.state is RequestState.AGREED,
        leave=found.kind is RequestKind.LEAVE,
        breadcrumbs=calendar_crumbs((_("换班和请假"), url_for("stations.duty_requests")), (found.mandate.person.name, "")),
    )  # fmt: skip


@bp.get("/reception-requests/<int:request_id>")
@requires(EDIT_CALENDARS)
def duty_request(request_id: int) -> ResponseReturnValue:
    """One request, with the substitute who fits best."""
    found = queries.get_request(current_actor(), request_id)
    return _page(found, _form(found))


@bp.post("/reception-requests/<int:request_id>")
@requires(EDIT_CALENDARS)
def decide_request(request_id: int) -> ResponseReturnValue:
    """Approves, or refuses with the reason."""
    actor = current_actor()
    found = queries.get_request(actor, request_id)
    form = _form(found)
    if form.validate_on_submit():
        if request.form.get("decision") == "refuse":
            done = form.attempt(operations.refuse_request, actor, found, words=form.words.data or "")
        else:
            substitute = form.substitute_id.data if found.kind is RequestKind.LEAVE else None
            ids = [found.id]
            done = form.attempt(operations.approve_requests, actor, ids, substitute_id=substitute)  # type: ignore[assignment]
        if done:
            return go_back(url_for("stations.duty_requests"), _("已处理，双方都已通知。"))
        found = queries.get_request(actor, request_id)
    return _page(found, form)


@bp.post("/reception-requests/approve")
@requires(EDIT_CALENDARS)
def approve_requests() -> ResponseReturnValue:
    """Approves all that were ticked."""
    ids = row_ids(request.form.getlist("ids")[:MOST_AT_ONCE])
    if "all" in request.form:
        query = ListQuery(REQUESTS, current_actor(), request.form, url_for("stations.duty_requests"))
        ids = chosen_ids(query.statement(), REQUESTS.identity, MOST_AT_ONCE)
    done = operations.approve_requests(current_actor(), ids)
    return go_back(url_for("stations.duty_requests"), _("已批准 %(n)s 份申请，双方都已通知。", n=len(done)))
