"""Global search: the same lists people know, each searched for what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.kit.authorisation import ACTIONS, Actor
from app.kit.listing import LISTINGS, ListQuery, Row

SHOWN = 8
# list, page it lives on, action it needs
SEARCHED = (
    ("mandates", "registry.mandates", "registry.list"),
    ("groups", "groups.groups", "groups.view"),
    ("activities", "activities.activities", "activities.view"),
    ("stations", "stations.stations", "stations.view"),
    ("suggestions", "suggestions.suggestions", "suggestions.view"),
    ("opinions", "stations.opinions", "opinions.view"),
)


def may_search(actor: Actor) -> bool:
    """Whether any of the lists searched is open to them."""
    return any(actor.may(ACTIONS[action]) for _name, _endpoint, action in SEARCHED)


@dataclass(frozen=True)
class Found:
    """What one list holds of the words."""

    title: str
    headings: list[Any]
    rows: list[Row]
    more_url: str


def search(actor: Actor, q: str) -> list[Found]:
    """Up to :data:`SHOWN` rows of every list the viewer may see, and where the rest is."""
    results = []
    for name, endpoint, action in SEARCHED:
        listing = LISTINGS.get(name)
        if listing is None or not actor.may(ACTIONS[action]):
            continue
        path = url_for(endpoint)
        view = ListQuery(listing, actor, MultiDict({"q": q, "size": "20"}), path).view()
        if view.rows:
            more = f"{path}?{urlencode({'q': q})}" if view.total > SHOWN else ""
            results.append(Found(view.title, view.columns[:4], view.rows[:SHOWN], more))
    return results
