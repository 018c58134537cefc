"""Who receives on a day, changed by hand: by dragging on the calendar, or by picking on the day's page."""

from __future__ import annotations

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit.database import row_id
from app.kit.errors import DomainError
from app.kit.i18n import _
from app.kit.web import current_actor, go_back, requires
from app.stations.calendar.checking import people_on, proposals
from app.stations.calendar.queries import get_planned_day
from app.stations.models import Reception
from app.stations.operations import roster as operations
from app.stations.policy import EDIT_CALENDARS
from app.stations.routes import bp
from app.stations.routes.calendars import calendar_crumbs


def _leaving() -> Reception | None:
    number = row_id(request.values.get("leaving", ""))
    return get_planned_day(current_actor(), number) if number else None


@bp.get("/receptions/<int:reception_id>/roster")
@requires(EDIT_CALENDARS)
def roster(reception_id: int) -> ResponseReturnValue:
    """Who is on the day, and who could be, best first."""
    return _page(get_planned_day(current_actor(), reception_id))


def _page(found: Reception, trouble: str = "", pending: dict[str, str] | None = None) -> ResponseReturnValue:
    above = []
    if found.calendar is not None:
        url = url_for("stations.calendar", calendar_id=found.calendar_id)
        above = [(found.calendar.name, url)]
    return render_template(
        "stations/roster.html",
        reception=found,
        there=people_on(found),
        proposals=proposals(found),
        trouble=trouble,
        pending=pending,
        breadcrumbs=calendar_crumbs(*above, (_("调整人员"), "")),
    ), 422 if trouble else 200


@bp.get("/receptions/<int:reception_id>/roster/check")
@requires(EDIT_CALENDARS)
def check_roster(reception_id: int) -> ResponseReturnValue:
    """What a change would break: asked while somebody drags."""
    actor = current_actor()
    found = get_planned_day(actor, reception_id)
    mandate_id = row_id(request.args.get("mandate", "")) or 0
    try:
        findings = operations.check_change(
            actor, found, mandate_id=mandate_id, leaving=_leaving(), off="off" in request.args
        )
    except DomainError as error:
        return jsonify(refusals=[str(error)], warnings=[])
    return jsonify(refusals=findings.refusals, warnings=findings.warnings)


@bp.post("/receptions/<int:reception_id>/roster")
@requires(EDIT_CALENDARS)
def change_roster(reception_id: int) -> ResponseReturnValue:
    """Puts somebody on the day, moves them here from another, or takes them off."""
    actor = current_actor()
    found = get_planned_day(actor, reception_id)
    leaving = _leaving()
    mandate_id = row_id(request.form.get("mandate", "")) or 0
    confirmed, off = "confirmed" in request.form, "off" in request.form
    try:
        if off:
            operations.take_off(actor, found, mandate_id=mandate_id, confirmed=confirmed)
        else:
            operations.put_on(actor, found, mandate_id=mandate_id, leaving=leaving, confirmed=confirmed)
    except operations.NeedsConfirmation as error:
        pending = {"mandate": str(mandate_id), **({"off": "1"} if off else {})}
        return _page(found, str(error), pending)
    except DomainError as error:
        return _page(found, str(error))
    return go_back(url_for("stations.roster", reception_id=reception_id), _("已调整。"))
