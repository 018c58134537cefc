"""A station's calendar: page, paper, subscription; and the feeds themselves, open to whoever has the address."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.i18n import _
from app.kit.web import current_actor, go_back, public, requires, site_url
from app.stations.calendar import queries
from app.stations.calendar.checking import people_on
from app.stations.calendar.documents import station_calendar
from app.stations.calendar.feed import as_icalendar
from app.stations.operations import feeds
from app.stations.policy import EDIT_CALENDARS, VIEW_CALENDARS
from app.stations.queries import get_visible_station
from app.stations.routes import bp
from app.stations.routes.calendars import send_document
from app.stations.routes.surroundings import crumbs

KEPT_BACK = timedelta(days=366)
AHEAD = timedelta(days=800)


@bp.get("/stations/<int:station_id>/calendar")
@requires(VIEW_CALENDARS)
def station_days(station_id: int) -> ResponseReturnValue:
    """A station's days of a year, with paper and subscription."""
    actor = current_actor()
    station = get_visible_station(actor, station_id, VIEW_CALENDARS)
    year = _year()
    editable = actor.may_in(EDIT_CALENDARS, station.area_code)
    feed = queries.find_feed_of(station_id=station_id) if editable else None
    return render_template(
        "stations/station_days.html",
        station=station,
        year=year,
        days=queries.list_days_of_station(station_id, date(year, 1, 1), date(year, 12, 31)),
        people_on=people_on,
        editable=editable,
        feed_url=site_url("stations.feed", token=feed.token) if feed else "",
        breadcrumbs=crumbs(
            (station.name, url_for("stations.station", station_id=station_id)), (_("接待日历"), "")
        ),
    )


def _year() -> int:
    asked = request.args.get("year", type=int) or clock.today().year
    return asked if 2000 <= asked <= 2100 else clock.today().year


@bp.get("/stations/<int:station_id>/calendar.<any(pdf, docx):format>")
@requires(VIEW_CALENDARS)
def station_wall(station_id: int, format: str) -> ResponseReturnValue:
    """A station's year for its notice board (3-10)."""
    station = get_visible_station(current_actor(), station_id, VIEW_CALENDARS)
    year = _year()
    days = queries.list_days_of_station(station_id, date(year, 1, 1), date(year, 12, 31))
    document = station_calendar(station, year, days)
    return send_document(document, document.title, format)


@bp.post("/stations/<int:station_id>/feed")
@requires(EDIT_CALENDARS)
def renew_station_feed(station_id: int) -> ResponseReturnValue:
    """A new secret address for the station's days; the old one stops working."""
    actor = current_actor()
    feeds.renew_feed(actor, get_visible_station(actor, station_id, EDIT_CALENDARS))
    return go_back(
        url_for("stations.station_days", station_id=station_id), _("订阅地址已生成，原来的地址不再有效。")
    )


@bp.post("/stations/<int:station_id>/feed/revoke")
@requires(EDIT_CALENDARS)
def revoke_station_feed(station_id: int) -> ResponseReturnValue:
    """No address any more."""
    actor = current_actor()
    feeds.revoke_feed(actor, get_visible_station(actor, station_id, EDIT_CALENDARS))
    return go_back(url_for("stations.station_days", station_id=station_id), _("订阅地址已停用。"))


@bp.get("/feeds/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """The days of a deputy or a station for a calendar program: whoever has the address may read them."""
    found = queries.find_feed(token)
    if found is None:
        abort(404)
    since = clock.today() - KEPT_BACK
    if found.station is not None:
        days = queries.list_days_of_station(found.station.id, since, clock.today() + AHEAD)
        title = found.station.name
    else:
        days = queries.list_days_of_person(found.person_id or 0, since)
        title = _("我的接待日")
    return Response(as_icalendar(title, days), mimetype="text/calendar")
