"""Coverage of duty reports: the picture of an area on a day, and the deputies behind each figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.duty_reports.states import ReportStatus
from app.duty_reports.words import day_in_words, windows_in_words, years_in_words
from app.kit import clock
from app.kit.charts import Bar
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import current_actor, requires
from app.oversight import documents
from app.oversight.columns import coverage_deputies as deputies_listing
from app.oversight.policy import VIEW_COVERAGE
from app.oversight.queries.coverage import PART_DIGITS, Coverage, figures_of_parts, get_coverage
from app.oversight.queries.progress import term_progress
from app.oversight.routes import bp
from app.oversight.routes.asked import (
    area_choices,
    asked_area,
    asked_day,
    in_english,
    send,
    wanted_format,
)
from app.oversight.rules import Figures, by_category
from app.registry.models import Area
from app.registry.queries import find_area
from app.registry.states import Level

STATUSES = (ReportStatus.REPORTED, ReportStatus.OVERDUE, ReportStatus.DUE_NOW, ReportStatus.UPCOMING)
MOST_RULE_LINES = 8


@bp.get("/coverage")
@requires(VIEW_COVERAGE)
def coverage() -> ResponseReturnValue:
    """Who has reported on duty and who has not, for an area and any past day (2-05, 2-12)."""
    area, on = asked_area(VIEW_COVERAGE), asked_day()
    found = get_coverage(area.code, on)
    if kind := wanted_format():
        return send(
            f"{_('述职覆盖')}-{area.name}-{on:%Y%m%d}",
            kind,
            lambda: documents.coverage_sheets(found),
            lambda: documents.coverage_document(found, english=in_english()),
        )
    levels = found.counted.levels()
    level = _asked_level(found, levels)
    parts = figures_of_parts(found, level)
    serving = [(part, figures) for part, figures in parts if figures.in_office]
    lines = by_category(found.groups, level, on, found.rules_of)
    return render_template(
        "oversight/coverage.html",
        area=area,
        on=on,
        day=day_in_words(on),
        levels=[(item, found.figures(item)) for item in levels],
        level=level,
        figures=found.figures(level),
        rows=serving,
        without=[part.name for part, figures in parts if not figures.in_office],
        part_word=documents.part_word(area),
        part_name=documents.part_name,
        rate_bars=[_bar(area, part, figures, on, level, "rate") for part, figures in serving],
        meeting_bars=[_bar(area, part, figures, on, level, "meeting") for part, figures in serving],
        lines=[] if len(lines) > MOST_RULE_LINES else lines,
        windows_in_words=windows_in_words,
        years_in_words=years_in_words,
        rule=_rule_in_words(found),
        target=found.rules.rules.meeting_share_min,
        years=_years(found, level),
        quick_days=_quick_days(),
        choices=area_choices(VIEW_COVERAGE, area),
        statuses=STATUSES,
        percent=documents.percent,
        listed=_listed,
        breadcrumbs=_crumbs(area, on, level),
    )


def _crumbs(area: Area, on: date, level: Level) -> list[tuple[str, str]]:
    """The way down to the area, through those above it that are in the viewer's scope."""
    actor = current_actor()
    above = [code for n in PART_DIGITS if (code := area.code[:n]) != area.code and n < len(area.code)]
    crumbs = [(_("首页"), url_for("home.index"))]
    for code in above:
        if actor.may_in(VIEW_COVERAGE, code) and (higher := find_area(code)) is not None:
            url = url_for("oversight.coverage", area=code, on=on.isoformat(), level=level.value)
            crumbs.append((_("%(area)s述职覆盖", area=higher.name), url))
    return [*crumbs, (_("%(area)s述职覆盖", area=area.name), "")]


def _asked_level(found: Coverage, levels: Sequence[Level]) -> Level:
    """The level asked for, else the one of the area's own congress, else the first that has deputies."""
    asked = next((level for level in levels if level.value == request.args.get("level")), None)
    if asked is not None:
        return asked
    having = [level for level in levels if found.figures(level).in_office] or list(levels)
    return found.area.level if found.area.level in having else having[0]


def _listed(area: Area, on: date, level: Level, **filters: Any) -> str:
    """The list behind a figure."""
    where: dict[str, Any] = {"area": area.code, "on": on.isoformat(), "level": level.value}
    return url_for("oversight.coverage_deputies", **where, **filters)


def _bar(area: Area, part: Area, figures: Figures, on: date, level: Level, what: str) -> Bar:
    itself = {"itself": "1"} if part.code == area.code else {}
    if what == "rate":
        href = _listed(part, on, level, status=ReportStatus.REPORTED.value, **itself)
        return Bar(documents.part_name(area, part), figures.reported, figures.in_office, href=href)
    href = _listed(part, on, level, mode="meeting", **itself)
    return Bar(documents.part_name(area, part), figures.by_meeting, figures.in_office, href=href)


def _rule_in_words(found: Coverage) -> str:
    in_force = found.rules
    if in_force.document:
        return in_force.document
    return _("本地规则") if in_force.area_code is not None else _("系统默认规则")


def _years(found: Coverage, level: Level) -> list[tuple[str, dict[str, int]]]:
    """Columns of the chart of the term's years."""
    columns = []
    for year in term_progress(found, level):
        ended = year.on == date(year.year, 12, 31)
        label = _("%(year)s年末", year=year.year) if ended else year.on.isoformat()
        columns.append((label, {status.value: getattr(year.figures, status.value) for status in STATUSES}))
    return columns


def _quick_days() -> list[tuple[str, date]]:
    """Days leaders and bulletins ask about."""
    today = clock.today()
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return [
        (_("今天"), today),
        (_("上月末"), today.replace(day=1) - timedelta(days=1)),
        (_("上季度末"), quarter - timedelta(days=1)),
        (_("去年末"), date(today.year - 1, 12, 31)),
        (_("前年末"), date(today.year - 2, 12, 31)),
    ]


@bp.get("/coverage/deputies")
@requires(VIEW_COVERAGE)
def coverage_deputies() -> ResponseReturnValue:
    """The deputies behind a figure, each with the reason for where they stand."""
    area, on = asked_area(VIEW_COVERAGE), asked_day()
    where: dict[str, Any] = {"area": area.code, "on": on.isoformat()}
    back = url_for("oversight.coverage", **where, level=request.args.get("level"))
    crumbs = [(_("首页"), url_for("home.index")), (_("述职覆盖"), back), (_("名单"), "")]
    intro = _("%(area)s，截至%(day)s在任的代表", area=area.name, day=day_in_words(on))
    return list_page(deputies_listing(area.code, on), breadcrumbs=crumbs, intro=intro)
