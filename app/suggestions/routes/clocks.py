"""Deadlines: what runs, what is overdue, urging letters (4-05, 4-07, 4-20)."""

from __future__ import annotations

import io
from typing import Any

from flask import render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import row_ids
from app.kit.documents import render_docx
from app.kit.i18n import _, ngettext
from app.kit.listing import ListQuery
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.queries import find_area
from app.stations.routes.transfers import DOCX
from app.suggestions.clock_rules import clock_standing
from app.suggestions.clocks import announcing  # noqa: F401 - registers what the worker calls
from app.suggestions.clocks.explaining import explain
from app.suggestions.columns.clocks import SUGGESTION_CLOCKS, SUGGESTION_URGES
from app.suggestions.forms.clocks import UrgeForm
from app.suggestions.models import Suggestion, SuggestionClock
from app.suggestions.operations import clocks as operations
from app.suggestions.parts import Part, register_part
from app.suggestions.policy import ASSIGN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import clocks as queries
from app.suggestions.queries.overdue import SHOWN, overdue_board
from app.suggestions.routes import bp
from app.suggestions.routes.surroundings import crumbs, suggestion_url, tabs
from app.suggestions.states import ClockStanding
from app.suggestions.urging_document import urge_document

MOST_AT_ONCE = 500
KINDS = {
    ClockStanding.RUNNING: "info",
    ClockStanding.SOON: "warn",
    ClockStanding.OVERDUE: "bad",
    ClockStanding.ON_TIME: "good",
    ClockStanding.LATE: "bad",
}


def clock_crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """Home, suggestions, deadlines, and where the reader is."""
    return crumbs((_("期限"), url_for("suggestions.deadlines") if last else ""), *last)


def shown_clock(running: SuggestionClock, actor: Actor) -> dict[str, Any]:
    """A deadline as pages show it: where it stands, the sentence under it, whether the reader may press for it."""
    today = clock.today()
    stands = clock_standing(running.due_on, running.ended_on, today)
    return {
        "clock": running,
        "standing": stands,
        "badge": KINDS[stands],
        "days": ((running.ended_on or today) - running.due_on).days,
        "explained": explain(running),
        "urgeable": operations.may_be_urged(running) and actor.may_in(ASSIGN_SUGGESTIONS, running.area_code),
    }


def _load_part(actor: Actor, suggestion: Suggestion) -> dict[str, Any] | None:
    found = queries.list_clocks_of(actor, suggestion.id)
    if not found:
        return None
    return {
        "clocks": [shown_clock(running, actor) for running in found],
        "urges": queries.list_urges_of(actor, suggestion.id),
    }


register_part(Part("clocks", 20, "suggestions/_clocks.html", _load_part))


@bp.get("/suggestions/deadlines")
@requires(VIEW_SUGGESTIONS)
def deadlines() -> ResponseReturnValue:
    """Running deadlines, the next due first; a unit sees its own, a deputy those on their suggestions."""
    return list_page(SUGGESTION_CLOCKS, page_tabs=tabs("suggestions.deadlines"), breadcrumbs=clock_crumbs())


@bp.get("/suggestions/overdue")
@requires(VIEW_SUGGESTIONS)
def overdue() -> ResponseReturnValue:
    """What is overdue by unit, proposer, supervisor and leader; every number opens its list."""
    actor, today = current_actor(), clock.today()
    board = overdue_board(actor, today)
    return render_template(
        "suggestions/overdue.html",
        today=today,
        counts=queries.count_by_standing(actor, today),
        kinds=board.kinds,
        most=SHOWN,
        boards=[
            (_("承办单位"), "unit", board.units),
            (_("提出建议的代表"), "lead", board.proposers),
            (_("督办人"), "supervisor", board.supervisors),
            (_("领办的政府领导"), "leader", board.leaders),
        ],
        page_tabs=tabs("suggestions.overdue"),
        breadcrumbs=clock_crumbs((_("逾期看板"), "")),
    )


@bp.get("/suggestions/deadlines/<int:clock_id>")
@requires(VIEW_SUGGESTIONS)
def deadline(clock_id: int) -> ResponseReturnValue:
    """One deadline: how it was computed, and the letters that were written about it."""
    actor = current_actor()
    found = queries.get_visible_clock(actor, clock_id)
    return render_template(
        "suggestions/deadline.html",
        shown=shown_clock(found, actor),
        suggestion=found.suggestion,
        urges=[
            urge for urge in queries.list_urges_of(actor, found.suggestion_id) if urge.clock_id == found.id
        ],
        breadcrumbs=clock_crumbs((f"{found.suggestion.shown_number} {found.kind.label}", "")),
    )


@bp.route("/suggestions/deadlines/<int:clock_id>/urge", methods=["GET", "POST"])
@requires(ASSIGN_SUGGESTIONS)
def urge_unit(clock_id: int) -> ResponseReturnValue:
    """Presses a unit, with a letter (4-07)."""
    actor = current_actor()
    found = queries.get_visible_clock(actor, clock_id, ASSIGN_SUGGESTIONS)
    form = UrgeForm()
    back = suggestion_url(found.suggestion_id)
    if form.validate_on_submit():
        made = form.attempt(operations.urge_unit, actor, clock_id, note=form.note.data or "")
        if made:
            return go_back(
                url_for("suggestions.urge", urge_id=made.id),
                _("已催办，编号%(number)s。", number=made.number),
            )
    return answer(
        "kit/form_page.html",
        form=form,
        heading=_("催办"),
        subtitle=f"{found.suggestion.shown_number} {found.suggestion.title} · {found.kind.label} {found.due_on}",
        primary=_("发出催办"),
        back=back,
        breadcrumbs=clock_crumbs((_("催办"), "")),
    )


@bp.post("/suggestions/deadlines/urge")
@requires(ASSIGN_SUGGESTIONS)
def urge_units() -> ResponseReturnValue:
    """Presses the units of all ticked deadlines, or of all under the list's filters."""
    actor = current_actor()
    if "all" in request.form:
        query = ListQuery(SUGGESTION_CLOCKS, actor, request.form, url_for("suggestions.deadlines"))
        ids = queries.list_chosen(query.statement(), MOST_AT_ONCE)
    else:
        ids = row_ids(request.form.getlist("ids")[:MOST_AT_ONCE])
    made = operations.urge_units(actor, ids)
    said = ngettext("已发出 %(num)s 份催办函。", "已发出 %(num)s 份催办函。", len(made))
    return go_back(url_for("suggestions.urges"), said)


@bp.get("/suggestions/urges")
@requires(VIEW_SUGGESTIONS)
def urges() -> ResponseReturnValue:
    """Urging letters: to whom, about what, and when it was done at last (4-07)."""
    return list_page(
        SUGGESTION_URGES,
        page_tabs=tabs("suggestions.urges"),
        breadcrumbs=clock_crumbs((_("催办记录"), "")),
    )


@bp.get("/suggestions/urges/<int:urge_id>")
@requires(VIEW_SUGGESTIONS)
def urge(urge_id: int) -> ResponseReturnValue:
    """One urging letter."""
    actor = current_actor()
    found = queries.get_visible_urge(actor, urge_id)
    return render_template(
        "suggestions/urge.html",
        urge=found,
        suggestion=found.suggestion,
        shown=shown_clock(found.clock, actor) if found.clock else None,
        breadcrumbs=clock_crumbs((_("催办记录"), url_for("suggestions.urges")), (found.number, "")),
    )


@bp.get("/suggestions/urges/<int:urge_id>/letter.docx")
@requires(VIEW_SUGGESTIONS)
def urge_letter(urge_id: int) -> ResponseReturnValue:
    """The letter to print and seal."""
    found = queries.get_visible_urge(current_actor(), urge_id)
    area = find_area(found.office_code)
    letter = urge_document(found, _("%(area)s人大常委会", area=area.name) if area else "")
    name = f"{_('催办函')}-{found.number}.docx"
    return send_file(io.BytesIO(render_docx(letter)), mimetype=DOCX, as_attachment=True, download_name=name)
