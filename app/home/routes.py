"""The to-do page, global search, the area switcher."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.home import areas, queries
from app.home.coverage import coverage_picture
from app.home.own_tasks import deputy_tasks
from app.home.search import search as search_everything
from app.home.tasks import describe
from app.kit import clock
from app.kit.authorisation import STAFF_ROLES, UNIT_ROLES, Role
from app.kit.errors import NotFound
from app.kit.i18n import _, _l
from app.kit.web import current_actor, go_back, signed_in
from app.stations.policy import RECEIVE_PUBLIC
from app.stations.queries.day import list_duties
from app.suggestions.queries.clocks import count_by_standing

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """What waits for this person: staff their to-do list, leaders the coverage picture, deputies their record."""
    actor = current_actor()
    today = clock.today()
    staff = bool(actor.roles & STAFF_ROLES)
    area, _offered = areas.current(actor)
    picture = (
        coverage_picture(actor, area.code, today) if area and (staff or Role.LEADER in actor.roles) else None
    )
    unit = bool(UNIT_ROLES & actor.roles)
    if staff:
        tasks = queries.staff_tasks(actor, today)
    else:
        tasks = queries.unit_tasks(actor, today) if unit else deputy_tasks(actor, today)
        tasks += queries.office_tasks(actor, today)
    return render_template(
        "home/index.html",
        today=today,
        staff=staff or unit,
        leader=Role.LEADER in actor.roles,
        tasks=[describe(task) for task in tasks],
        coming=queries.coming_activities(actor, today) if staff or Role.LEADER in actor.roles else [],
        picture=picture,
        deadlines=count_by_standing(actor, today) if Role.LEADER in actor.roles else None,
        own=queries.own_record(actor.person_id, today) if actor.person_id else None,
        duties=list_duties(actor, today) if actor.owns(RECEIVE_PUBLIC) else [],
    )


@bp.get("/search")
@signed_in
def search() -> ResponseReturnValue:
    """Finds people, groups, activities, stations, suggestions and opinions by words."""
    q = request.args.get("q", "").replace("\x00", "").strip()[:60]
    results = search_everything(current_actor(), q) if q else []
    crumbs = [(_("首页"), url_for("home.index")), (_("搜索"), "")]
    return render_template("home/search.html", q=q, results=results, breadcrumbs=crumbs)


@bp.post("/area")
@signed_in
def area() -> ResponseReturnValue:
    """Looks at another area from now on."""
    if not areas.choose(current_actor(), request.form.get("area", "")):
        raise NotFound(_l("没有找到这个地区，或者它不在您的管理范围内。"))
    return go_back(url_for("home.index"))
