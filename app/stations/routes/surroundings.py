"""Tabs and the way back, shared by the pages of this feature."""

from __future__ import annotations

from flask import url_for

from app.kit.i18n import _
from app.kit.web import current_actor
from app.registry.policy import LIST_DEPUTIES


def crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back: home, stations, and what follows."""
    return [(_("首页"), url_for("home.index")), (_("联络站"), url_for("stations.stations")), *last]


def tabs(chosen: str) -> list[tuple[str, str, bool]]:
    """The lists of this feature the viewer may open."""
    places = [
        (_("联络站"), "stations.stations"),
        (_("接待"), "stations.receptions"),
        (_("群众意见"), "stations.opinions"),
    ]
    if current_actor().may(LIST_DEPUTIES):
        places.append((_("进站全员"), "stations.unassigned"))
    return [(label, url_for(endpoint), endpoint == chosen) for label, endpoint in places]
