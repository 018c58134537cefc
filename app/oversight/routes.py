"""Coverage and statistics: pages, lists behind the figures, and what is on screen as .xlsx and .docx."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, send_file, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from app.duty_reports.states import ReportStatus
from app.kit import clock
from app.kit.authorisation import Action, authorise
from app.kit.charts import Bar
from app.kit.documents import Document, render_docx
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import current_actor, requires
from app.oversight import documents
from app.oversight.columns import coverage_deputies as deputies_listing
from app.oversight.documents import Sheet
from app.oversight.policy import VIEW_COVERAGE, VIEW_STATISTICS
from app.oversight.queries.coverage import Coverage, get_coverage
from app.oversight.queries.statistics import LINES, get_statistics
from app.oversight.rules import BY_TOWNSHIP, Figures
from app.oversight.workbook import write_sheets
from app.registry.models import Area
from app.registry.queries import get_area, list_areas
from app.registry.states import Level

bp = Blueprint("oversight", __name__, template_folder="templates")
STATUSES = (ReportStatus.REPORTED, ReportStatus.OVERDUE, ReportStatus.DUE_NOW, ReportStatus.UPCOMING)


def _area(action: Action) -> Area:
    """The area asked for, else the one chosen in the top bar, else the widest of the viewer."""
    actor = current_actor()
    prefixes = [prefix for prefix in actor.areas(action) if prefix] or ["43"]
    chosen = request.args.get("area") or session.get("area") or min(prefixes, key=len)
    if not request.args.get("area") and not actor.may_in(action, chosen):
        chosen = min(prefixes, key=len)
    found = get_area(chosen)
    authorise(actor, action, found.code)
    return found


def _day() -> date:
    try:
        return min(date.fromisoformat(request.args.get("on", "")), clock.today())
    except ValueError:
        return clock.today()


def _year() -> int:
    sent = request.args.get("year", "")
    year = int(sent) if sent.isascii() and sent.isdigit() and len(sent) == 4 else clock.today().year
    return min(max(year, 1990), clock.today().year)


def _choices(action: Action) -> list[tuple[str, str]]:
    return [(area.code, area.name) for area in list_areas(current_actor().areas(action)) if area.code]


def _english() -> bool:
    return str(get_locale()).startswith("en")


def _send(
    name: str, format: str, sheets: Sequence[Sheet], document: Callable[[], Document]
) -> ResponseReturnValue:
    stream = io.BytesIO()
    if format == "xlsx":
        write_sheets(stream, sheets)
    else:
        stream.write(render_docx(document()))
    stream.seek(0)
    return send_file(stream, as_attachment=True, download_name=f"{name}.{format}")


@bp.get("/coverage")
@requires(VIEW_COVERAGE)
def coverage() -> ResponseReturnValue:
    """Who has reported on duty and who has not, for an area and any past day (2-05)."""
    area, on = _area(VIEW_COVERAGE), _day()
    found = get_coverage(area.code, on)
    if request.args.get("format") in {"xlsx", "docx"}:
        return _send(
            f"{_('述职覆盖')}-{area.name}-{on:%Y%m%d}",
            request.args["format"],
            documents.coverage_sheets(found),
            lambda: documents.coverage_document(found, english=_english()),
        )
    levels = found.counted.levels()
    wanted = request.args.get("level", "")
    level = next((item for item in levels if item.value == wanted), _fullest(found, levels))
    return render_template(
        "oversight/coverage.html",
        area=area,
        on=on,
        coverage=found,
        level=level,
        figures=found.figures(level),
        townships=documents.township_figures(found, level) if level in BY_TOWNSHIP else [],
        bars=_bars(found, level, on),
        rate_bars=_bars(found, level, on, meetings=False),
        statuses=STATUSES,
        status_words={status.value: status.label for status in STATUSES},
        tab_items=[
            (
                item.label,
                url_for("oversight.coverage", area=area.code, on=on.isoformat(), level=item.value),
                item is level,
                found.figures(item).in_office,
            )
            for item in levels
        ],
        target=found.rules.rules.meeting_share_min,
        years=_years(area, level, on),
        quick_days=_quick_days(),
        choices=_choices(VIEW_COVERAGE),
        percent=documents.percent,
        breadcrumbs=[(_("首页"), url_for("home.index")), (_("述职覆盖"), "")],
    )


def _fullest(found: Coverage, levels: Sequence[Level]) -> Level:
    return max(levels, key=lambda item: (found.figures(item).in_office, item.rank))


def _bars(found: Coverage, level: Level, on: date, *, meetings: bool = True) -> list[Bar]:
    if level not in BY_TOWNSHIP:
        return []
    bars = []
    for area, figures in documents.township_figures(found, level):
        if not figures.in_office:
            continue
        where = {"area": area.code, "on": on.isoformat(), "level": level.value}
        only = {"mode": "meeting"} if meetings else {"status": ReportStatus.REPORTED.value}
        href = url_for("oversight.coverage_deputies", **where, **only)
        value = figures.by_meeting if meetings else figures.reported
        bars.append(Bar(area.name, value, figures.in_office, href=href))
    return bars if len(bars) > 1 else []


def _years(area: Area, level: Level, on: date) -> list[tuple[str, dict[str, int]]]:
    """Where the deputies of a level stood at each year's end of the term so far, and on the day itself."""
    days = [date(year, 12, 31) for year in range(on.year - 4, on.year)] + [on]
    columns = []
    for day in days:
        figures: Figures = get_coverage(area.code, day).figures(level)
        if figures.in_office:
            label = str(day.year) if day != on else day.isoformat()
            columns.append((label, {status.value: getattr(figures, status.value) for status in STATUSES}))
    return columns


def _quick_days() -> list[tuple[str, date]]:
    """Days leaders ask about: today, the ends of last quarter, last year and the year before."""
    today = clock.today()
    quarter_begins = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return [
        (_("今天"), today),
        (_("上季度末"), quarter_begins - timedelta(days=1)),
        (_("去年末"), date(today.year - 1, 12, 31)),
        (_("前年末"), date(today.year - 2, 12, 31)),
    ]


@bp.get("/coverage/deputies")
@requires(VIEW_COVERAGE)
def coverage_deputies() -> ResponseReturnValue:
    """The deputies behind a figure, each with the reason for where they stand."""
    area, on = _area(VIEW_COVERAGE), _day()
    back = url_for("oversight.coverage", area=area.code, on=on.isoformat(), level=request.args.get("level"))
    crumbs = [(_("首页"), url_for("home.index")), (_("述职覆盖"), back), (_("名单"), "")]
    intro = _("%(area)s，截至 %(day)s 在任的代表", area=area.name, day=on.isoformat())
    return list_page(deputies_listing(area.code, on), breadcrumbs=crumbs, intro=intro)


@bp.get("/statistics")
@requires(VIEW_STATISTICS)
def statistics() -> ResponseReturnValue:
    """The year's eight lines by month and by township (2-07), each figure opening to its list."""
    area, year = _area(VIEW_STATISTICS), _year()
    found = get_statistics(area, year)
    if request.args.get("format") in {"xlsx", "docx"}:
        return _send(
            f"{_('履职统计')}-{area.name}-{year}",
            request.args["format"],
            documents.statistics_sheets(found),
            lambda: documents.statistics_document(found, english=_english()),
        )
    return render_template(
        "oversight/statistics.html",
        area=area,
        year=year,
        found=found,
        lines=[(line, documents.LINE_WORDS[line]) for line in LINES],
        link=_line_link,
        choices=_choices(VIEW_STATISTICS),
        years=list(range(clock.today().year, clock.today().year - 6, -1)),
        breadcrumbs=[(_("首页"), url_for("home.index")), (_("统计"), "")],
    )


def _line_link(line: str, area_code: str, year: int, month: int | None = None) -> str:
    """The list behind a figure of the statistics."""
    first = date(year, month or 1, 1)
    last = date(year + (month or 12) // 12, (month or 12) % 12 + 1, 1) - timedelta(days=1)
    where: dict[str, Any] = {"area": area_code}

    def days(column: str) -> dict[str, str]:
        return {f"{column}_from": first.isoformat(), f"{column}_to": last.isoformat()}

    if line in documents.ACTIVITY_KINDS:
        kinds = [kind.value for kind in documents.ACTIVITY_KINDS[line]]
        return url_for("activities.activities", kind=kinds, state="held", **where, **days("held_on"))
    if line in documents.DUTY_KINDS:
        kind = documents.DUTY_KINDS[line].value
        return url_for("ledger.records", kind=kind, state="confirmed", **where, **days("happened_on"))
    if line == "people_received":
        return url_for("stations.receptions", **where, **days("held_on"))
    if line == "opinions_solved":
        where["solved"] = "1"
    return url_for("stations.opinions", **where, **days("received_on"))
