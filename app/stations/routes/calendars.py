"""The year's reception calendar: list, making it, its page, publishing, paper."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date

from flask import Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.documents import Document, render_docx, render_pdf
from app.kit.i18n import _
from app.kit.listing_web import list_page
from app.kit.web import answer, current_actor, go_back, requires
from app.registry.choosing import area_choices
from app.registry.queries import find_area
from app.stations.calendar import queries
from app.stations.calendar.checking import people_on
from app.stations.calendar.columns import CALENDARS, LEADERS, MISSED
from app.stations.calendar.documents import wall_calendar
from app.stations.calendar.forms import CalendarForm, filled_in
from app.stations.calendar.settings import CalendarRules, office_rules, rules_of
from app.stations.models import Reception, ReceptionCalendar, Station
from app.stations.operations import calendars as operations
from app.stations.policy import EDIT_CALENDARS, VIEW_CALENDARS
from app.stations.queries import list_stations
from app.stations.routes import bp
from app.stations.routes.surroundings import crumbs, tabs
from app.stations.states import CalendarState, DateKind, ReceptionKind, ReceptionState

PAGE = 20  # stations on one page of the calendar
NARROWING = ("area", "station", "deputy", "short")


def calendar_crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back to the calendars."""
    return crumbs((_("接待日历"), url_for("stations.calendars")), *last)


def calendar_tabs(chosen: str) -> list[tuple[str, str, bool]]:
    """The lists around the calendar."""
    actor = current_actor()
    places = [(_("接待日历"), "stations.calendars")]
    if actor.areas(EDIT_CALENDARS):
        places += [(_("换班和请假"), "stations.duty_requests"), (_("代表意愿"), "stations.duty_wishes")]
    places += [(_("未登记的接待日"), "stations.missed"), (_("领导接待次数"), "stations.leaders_receptions")]
    return [(label, url_for(endpoint), endpoint == chosen) for label, endpoint in places]


@bp.get("/calendars")
@requires(VIEW_CALENDARS)
def calendars() -> ResponseReturnValue:
    """Calendars of the viewer's areas."""
    actions = []
    if current_actor().may(EDIT_CALENDARS):
        actions = [(_("编排接待日历"), url_for("stations.new_calendar"), "primary", "plus")]
    return list_page(
        CALENDARS,
        actions=actions,
        page_tabs=calendar_tabs("stations.calendars"),
        breadcrumbs=crumbs((_("接待日历"), "")),
    )


@bp.get("/receptions/missed")
@requires(VIEW_CALENDARS)
def missed() -> ResponseReturnValue:
    """Days that are over and nobody has said whether they were held (3-37)."""
    return list_page(
        MISSED,
        intro=_("日期已过、仍是“已安排”的接待日。请登记开展情况，或取消并写明原因。"),
        page_tabs=calendar_tabs("stations.missed"),
        breadcrumbs=calendar_crumbs((_("未登记的接待日"), "")),
    )


@bp.get("/receptions/leaders")
@requires(VIEW_CALENDARS)
def leaders_receptions() -> ResponseReturnValue:
    """How often leaders have received this year; fewer than the rule says stand out by filter (3-07)."""
    area = next(iter(current_actor().areas(VIEW_CALENDARS)), "")
    least = office_rules(area).leaders_per_year_min
    return list_page(
        LEADERS,
        intro=_("领导干部代表每年至少接待 %(n)s 次。", n=least),
        actions=[
            (_("次数不够的"), url_for("stations.leaders_receptions", held=list("01")[:least])),
            (_("已安排也不够的"), url_for("stations.leaders_receptions", expected=list("01")[:least])),
        ],
        page_tabs=calendar_tabs("stations.leaders_receptions"),
        breadcrumbs=calendar_crumbs((_("领导接待次数"), "")),
    )


# --- making it ------------------------------------------------------------------------------------------


def _new_form() -> CalendarForm:
    actor = current_actor()
    areas = area_choices(actor, EDIT_CALENDARS)
    area = request.args.get("area") or (areas[0][0] if areas else "")
    year = request.args.get("year", type=int) or clock.today().year + (clock.today().month >= 11)
    rules = office_rules(area)
    place = find_area(area)
    stations = [one for one in list_stations(actor, EDIT_CALENDARS) if one.area_code.startswith(area)]
    beginning = CalendarRules(
        station_ids=tuple(station.id for station in stations),
        from_on=operations.first_day(year) if 2000 <= year <= 2100 else clock.today(),
        starts_at=rules.starts_at,
        ends_at=rules.ends_at,
        per_day=rules.deputies_per_day,
        times_min=rules.per_year_min,
        leaders_min=rules.leaders_per_year_min,
    )
    filled = filled_in(beginning)
    form = CalendarForm(
        data={
            **filled,
            "dates_kind": DateKind.MONTH_DAYS,
            "days": str(rules.day_of_month),
            "shift": rules.shift,
            "area_code": area,
            "year": year,
            "name": operations.calendar_name(place.name if place else "", year),
        }
    )
    form.area_code.choices = areas
    form.kind.choices = [kind for kind in ReceptionKind.choices() if kind[0] != ReceptionKind.OFFICIALS.value]
    form.station_ids.choices = [
        (station.id, station.name) for station in list_stations(actor, EDIT_CALENDARS)
    ]
    return form


@bp.route("/calendars/new", methods=["GET", "POST"])
@requires(EDIT_CALENDARS)
def new_calendar() -> ResponseReturnValue:
    """A year's days by rule; the rota is computed at once."""
    form = _new_form()
    if form.validate_on_submit():
        made = form.attempt(
            operations.create_calendar,
            current_actor(),
            area_code=form.area_code.data,
            year=form.year.data,
            name=form.name.data,
            kind=form.kind.data,
            rules=form.rules(),
        )
        if made:
            return go_back(
                url_for("stations.calendar", calendar_id=made.id), _("已生成接待日，正在编排轮值。")
            )
    return _form_page(form, None, _("编排接待日历"))


@bp.route("/calendars/<int:calendar_id>/edit", methods=["GET", "POST"])
@requires(EDIT_CALENDARS)
def edit_calendar(calendar_id: int) -> ResponseReturnValue:
    """Other rules for a draft; who was put there by hand stays."""
    actor = current_actor()
    found = queries.get_editable_calendar(actor, calendar_id)
    filled = {**filled_in(rules_of(found)), "name": found.name, "version": str(found.version)}
    form = CalendarForm(data=filled)
    for name in ("area_code", "year", "kind"):
        del form[name]
    stations = [
        one for one in list_stations(actor, EDIT_CALENDARS) if one.area_code.startswith(found.area_code)
    ]
    form.station_ids.choices = [(station.id, station.name) for station in stations]
    if form.validate_on_submit():
        done = form.attempt(
            operations.update_calendar,
            actor,
            found,
            version=form.sent_version,
            name=form.name.data,
            rules=form.rules(),
        )
        if done:
            return go_back(
                url_for("stations.calendar", calendar_id=calendar_id), _("已按新规则生成，正在编排轮值。")
            )
    return _form_page(form, found, _("修改日历规则"))


def _form_page(form: CalendarForm, found: ReceptionCalendar | None, heading: str) -> ResponseReturnValue:
    back = url_for("stations.calendar", calendar_id=found.id) if found else url_for("stations.calendars")
    return answer(
        "kit/form_page.html",
        form=form,
        heading=heading,
        subtitle=found.name if found else _("按规则生成全年的接待日，再自动排好轮值；生成后可以手工调整"),
        wide=("station_ids", "name"),
        primary=_("生成并排班"),
        back=back,
        breadcrumbs=calendar_crumbs((heading, "")),
    )


# --- its page -------------------------------------------------------------------------------------------


@dataclass
class Line:
    """A station's line of the grid: its days by month."""

    station: Station
    months: dict[int, list[Reception]] = field(default_factory=dict)


@dataclass
class Load:
    """How often a deputy is on the calendar, and in which months."""

    person_id: int
    mandate_id: int
    name: str
    level: str
    leader: bool
    days: list[date] = field(default_factory=list)


def _lines(days: list[Reception]) -> list[Line]:
    lines: dict[int, Line] = {}
    for day in days:
        line = lines.setdefault(day.station_id, Line(day.station))
        line.months.setdefault(day.held_on.month, []).append(day)
    return list(lines.values())


def _loads(days: list[Reception]) -> list[Load]:
    found: dict[int, Load] = {}
    for day in days:
        for row in people_on(day):
            one = row.mandate
            load = found.setdefault(
                one.person_id, Load(one.person_id, one.id, one.person.name, one.level.label, one.leader)
            )
            load.days.append(day.held_on)
    return sorted(found.values(), key=lambda load: (-len(load.days), not load.leader, load.name))


def _narrowing() -> queries.Narrowing:
    asked = request.args
    return queries.Narrowing(
        area=asked.get("area", "")[:12],
        station=asked.get("station", "").strip()[:80],
        deputy=asked.get("deputy", "").strip()[:30],
        short="short" in asked,
    )


@bp.get("/calendars/<int:calendar_id>")
@requires(VIEW_CALENDARS)
def calendar(calendar_id: int) -> ResponseReturnValue:
    """Month × station with who receives, and how often each deputy does."""
    actor = current_actor()
    found = queries.get_visible_calendar(actor, calendar_id)
    rules = rules_of(found)
    narrowing = _narrowing()
    days = queries.list_calendar_days(actor, found, narrowing, rules.per_day)
    lines = _lines(days)
    page = min(max(request.args.get("page", 1, type=int), 1), max(1, -(-len(lines) // PAGE)))
    status = queries.calendar_job(found)
    whole = actor.may_in(EDIT_CALENDARS, found.area_code)
    arranging = status is not None and not status.finished
    if "waiting" in request.args and not arranging:
        return Response("", headers={"HX-Refresh": "true"})
    return render_template(
        "stations/calendar.html",
        calendar=found,
        rules=rules,
        lines=lines[(page - 1) * PAGE : page * PAGE],
        stations=len(lines),
        page=page,
        pages=max(1, -(-len(lines) // PAGE)),
        months=sorted({day.held_on.month for day in days}),
        days=days,
        loads=_loads(days),
        people_on=people_on,
        counts=queries.count_days(found),
        narrowing=narrowing,
        narrowed=narrowing != queries.Narrowing(),
        kept={key: request.args[key] for key in NARROWING if request.args.get(key)},
        areas=area_choices(actor, VIEW_CALENDARS),
        status=status,
        arranging=arranging,
        whole=whole,
        is_draft=found.state is CalendarState.DRAFT,
        hand={day.id for day in days if _by_hand(day)},
        open_states=(ReceptionState.DRAFT, ReceptionState.PLANNED),
        today=clock.today(),
        page_tabs=tabs("stations.calendars"),
        breadcrumbs=calendar_crumbs((found.name, "")),
    )


def _by_hand(day: Reception) -> bool:
    """Whether the viewer may change who receives on this day."""
    open_ = day.state in (ReceptionState.DRAFT, ReceptionState.PLANNED)
    return open_ and current_actor().may_in(EDIT_CALENDARS, day.area_code)


@bp.post("/calendars/<int:calendar_id>/arrange")
@requires(EDIT_CALENDARS)
def arrange_calendar(calendar_id: int) -> ResponseReturnValue:
    """Computes the rota anew."""
    actor = current_actor()
    operations.compute_rota(actor, queries.get_editable_calendar(actor, calendar_id))
    return go_back(url_for("stations.calendar", calendar_id=calendar_id), _("正在编排轮值。"))


@bp.post("/calendars/<int:calendar_id>/publish")
@requires(EDIT_CALENDARS)
def publish_calendar(calendar_id: int) -> ResponseReturnValue:
    """Announces the year's days (3-10)."""
    actor = current_actor()
    told = operations.publish_calendar(actor, queries.get_editable_calendar(actor, calendar_id))
    return go_back(
        url_for("stations.calendar", calendar_id=calendar_id), _("已公布，通知了 %(n)s 名代表。", n=told)
    )


@bp.post("/calendars/<int:calendar_id>/unpublish")
@requires(EDIT_CALENDARS)
def unpublish_calendar(calendar_id: int) -> ResponseReturnValue:
    """Back to the draft."""
    actor = current_actor()
    operations.unpublish_calendar(actor, queries.get_editable_calendar(actor, calendar_id))
    return go_back(url_for("stations.calendar", calendar_id=calendar_id), _("已撤回公布，可以重新调整。"))


@bp.post("/calendars/<int:calendar_id>/delete")
@requires(EDIT_CALENDARS)
def delete_calendar(calendar_id: int) -> ResponseReturnValue:
    """Throws a draft away."""
    actor = current_actor()
    found = queries.get_editable_calendar(actor, calendar_id)
    name = found.name
    operations.delete_calendar(actor, found)
    return go_back(url_for("stations.calendars"), _("已删除%(name)s。", name=name))


@bp.get("/calendars/<int:calendar_id>/wall.<any(pdf, docx):format>")
@requires(VIEW_CALENDARS)
def wall(calendar_id: int, format: str) -> ResponseReturnValue:
    """The calendar for the wall, A4 or (``?paper=a3``) A3 lying, of what is on screen."""
    actor = current_actor()
    found = queries.get_visible_calendar(actor, calendar_id)
    days = queries.list_calendar_days(actor, found, _narrowing(), rules_of(found).per_day)
    area = find_area(found.area_code)
    organ = _("%(area)s人大", area=area.name) if area else ""
    document = wall_calendar(found, days, organ, large=request.args.get("paper") == "a3")
    return send_document(document, found.name, format)


def send_document(document: Document, name: str, format: str) -> ResponseReturnValue:
    """A document to download, editable or for printing."""
    content = render_docx(document) if format == "docx" else render_pdf(document)
    return send_file(io.BytesIO(content), as_attachment=True, download_name=f"{name}.{format}")
