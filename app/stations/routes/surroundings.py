"""Tabs and the way back, shared by the pages of this feature."""

from __future__ import annotations

from flask import url_for

from app.kit.i18n import _
from app.kit.web import current_actor
from app.registry.policy import LIST_DEPUTIES
from app.stations.policy import OWN_DUTY, VIEW_CALENDARS, VIEW_TRANSFERS


def crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back: home, stations, and what follows."""
    return [(_("首页"), url_for("home.index")), (_("联络站"), url_for("stations.stations")), *last]


def tabs(chosen: str) -> list[tuple[str, str, bool]]:
    """The lists of this feature the viewer may open."""
    places = [
        (_("联络站"), "stations.stations"),
        (_("接待"), "stations.receptions"),
        (_("群众意见"), "stations.opinions"),
        (_("代表+N"), "stations.partners"),
    ]
    if current_actor().may(VIEW_CALENDARS):
        places.insert(2, (_("接待日历"), "stations.calendars"))
    if current_actor().owns(OWN_DUTY):
        places.insert(0, (_("我的接待日"), "stations.my_duty"))
    if current_actor().areas(VIEW_TRANSFERS):
        places += [(_("意见交办"), "stations.transfers"), (_("意见闭环"), "stations.opinion_loop")]
    if current_actor().may(LIST_DEPUTIES):
        places += [(_("进站全员"), "stations.unassigned"), (_("分类与覆盖"), "stations.kinds")]
    return [(label, url_for(endpoint), endpoint == chosen) for label, endpoint in places]
