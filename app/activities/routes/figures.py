"""Attendance at group activities, support needed, training by township, person-times by capacity."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.activities.columns import GROUP_ATTENDANCE, MEMBER_ATTENDANCE, SUPPORT_NEEDS
from app.activities.policy import OVERSEE_ACTIVITIES
from app.activities.queries import figures
from app.activities.queries.plans import OFFICE_DIGITS
from app.activities.routes import bp
from app.activities.routes.planning import crumbs
from app.activities.states import Capacity
from app.activities.years import choose_year
from app.groups.queries import rules_for
from app.kit import clock
from app.kit.authorisation import authorise
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import current_actor, requires
from app.registry.models import Area
from app.registry.queries import get_area


def _tabs(active: str, year: int) -> list[tuple[str, str, bool]]:
    pages = (
        ("group_attendance", _("按小组")),
        ("member_attendance", _("按代表")),
        ("person_times", _("按参加身份")),
        ("training", _("乡镇培训")),
    )
    return [(label, url_for(f"activities.{name}", year=year), name == active) for name, label in pages]


@bp.get("/attendance/groups")
@requires(OVERSEE_ACTIVITIES)
def group_attendance() -> ResponseReturnValue:
    """Attendance rates of the year's group activities by group (2-27)."""
    year = choose_year(request.args.get("year", ""))
    return list_page(
        GROUP_ATTENDANCE,
        page_tabs=_tabs("group_attendance", year),
        intro=_("%(year)s年已开展的小组活动；每个小组每年应不少于 %(n)s 次", year=year, n=_least_a_year()),
        breadcrumbs=crumbs((_("小组活动考勤"), "")),
    )


def _least_a_year() -> int:
    """Activities a group of the viewer's office should hold a year, by its rules."""
    office = min(current_actor().areas(OVERSEE_ACTIVITIES), key=len)[:OFFICE_DIGITS]
    return rules_for(office, clock.today()).activities_per_year_min


@bp.get("/attendance/members")
@requires(OVERSEE_ACTIVITIES)
def member_attendance() -> ResponseReturnValue:
    """The same by deputy: how often invited, present, on leave, absent."""
    year = choose_year(request.args.get("year", ""))
    return list_page(
        MEMBER_ATTENDANCE,
        page_tabs=_tabs("member_attendance", year),
        intro=_("%(year)s年已开展的小组活动", year=year),
        breadcrumbs=crumbs((_("小组活动考勤"), "")),
    )


@bp.get("/support")
@requires(OVERSEE_ACTIVITIES)
def support_needs() -> ResponseReturnValue:
    """What coming activities need of time, funds, vehicles and places (0-07)."""
    return list_page(SUPPORT_NEEDS, breadcrumbs=crumbs((_("活动保障需求"), "")))


def _asked_area() -> Area:
    """The area asked for, else the one chosen in the top bar, else the widest of the viewer."""
    actor = current_actor()
    widest = min(actor.areas(OVERSEE_ACTIVITIES), key=len)
    chosen = request.args.get("area") or session.get("area") or widest
    if not request.args.get("area") and not actor.may_in(OVERSEE_ACTIVITIES, chosen):
        chosen = widest
    authorise(actor, OVERSEE_ACTIVITIES, chosen)
    return get_area(chosen)


def _about(name: str) -> dict[str, Any]:
    year = choose_year(request.args.get("year", ""))
    this = clock.today().year
    return {
        "area": _asked_area(),
        "year": year,
        "years": list(range(this, this - 6, -1)),
        "tabs": _tabs(name, year),
        "breadcrumbs": crumbs((_("小组活动考勤"), "")),
    }


@bp.get("/attendance/capacities")
@requires(OVERSEE_ACTIVITIES)
def person_times() -> ResponseReturnValue:
    """Person-times by capacity and kind of activity (2-21)."""
    about = _about("person_times")
    times = figures.times_by_capacity(about["area"].code, about["year"])
    totals = {capacity: sum(row[capacity] for row in times.values()) for capacity in Capacity}
    return render_template(
        "activities/person_times.html", times=times, totals=totals, capacities=list(Capacity), **about
    )


@bp.get("/training")
@requires(OVERSEE_ACTIVITIES)
def training() -> ResponseReturnValue:
    """Training of township deputies by their presidium (0-03): who has held none yet."""
    about = _about("training")
    rows = figures.township_training(about["area"].code, about["year"], clock.today())
    return render_template("activities/training.html", rows=rows, **about)
