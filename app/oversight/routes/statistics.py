"""Statistics of the year: the eight lines of the bulletin, each figure opening to the rows it counts."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.activities.states import ActivityState
from app.kit import clock
from app.kit.i18n import _
from app.kit.web import requires
from app.ledger.states import DutyState
from app.oversight import documents
from app.oversight.policy import VIEW_STATISTICS
from app.oversight.queries.statistics import LINES, get_statistics
from app.oversight.routes import bp
from app.oversight.routes.asked import (
    area_choices,
    asked_area,
    asked_year,
    in_english,
    send,
    wanted_format,
)


@bp.get("/statistics")
@requires(VIEW_STATISTICS)
def statistics() -> ResponseReturnValue:
    """The year's eight lines by month and by township (2-07)."""
    area, year = asked_area(VIEW_STATISTICS), asked_year()
    found = get_statistics(area, year)
    if kind := wanted_format():
        return send(
            f"{_('履职统计')}-{area.name}-{year}",
            kind,
            lambda: documents.statistics_sheets(found),
            lambda: documents.statistics_document(found, english=in_english()),
        )
    this_year = clock.today().year
    return render_template(
        "oversight/statistics.html",
        area=area,
        year=year,
        found=found,
        lines=[(line, documents.LINE_WORDS[line]) for line in LINES],
        short=documents.SHORT_WORDS,
        link=line_link,
        activities_url=_held_activities(area.code, year),
        percent=documents.percent,
        choices=area_choices(VIEW_STATISTICS, area),
        years=list(range(this_year, this_year - 6, -1)),
        breadcrumbs=[(_("首页"), url_for("home.index")), (_("统计"), "")],
    )


def _held_activities(area_code: str, year: int) -> str:
    days = {"held_on_from": f"{year}-01-01", "held_on_to": f"{year}-12-31"}
    held: dict[str, Any] = {"state": ActivityState.HELD.value, **days}
    return url_for("activities.activities", area=area_code, **held)


def line_link(line: str, area_code: str, year: int, month: int | None = None) -> str:
    """The list behind a figure: of the year, or of one month."""
    last_month = month or 12
    first, last = date(year, month or 1, 1), date(year, last_month, monthrange(year, last_month)[1])

    def days(key: str) -> dict[str, Any]:
        return {"area": area_code, f"{key}_from": first.isoformat(), f"{key}_to": last.isoformat()}

    if line in documents.ACTIVITY_KINDS:
        kinds = [kind.value for kind in documents.ACTIVITY_KINDS[line]]
        held = ActivityState.HELD.value
        return url_for("activities.activities", kind=kinds, state=held, **days("held_on"))
    if line in documents.DUTY_KINDS:
        kind = documents.DUTY_KINDS[line].value
        confirmed = DutyState.CONFIRMED.value
        return url_for("ledger.records", kind=kind, state=confirmed, **days("happened_on"))
    if line == "people_received":
        return url_for(
            "stations.receptions", state="held", kind=["public", "chairpersons"], **days("held_on")
        )
    solved: dict[str, Any] = {"solved": "1"} if line == "opinions_solved" else {}
    return url_for("stations.opinions", **days("received_on"), **solved)
