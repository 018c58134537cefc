"""What every page shows around its content: navigation by the words of the work, areas, the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from werkzeug.routing import BuildError

from app.home import areas
from app.home.search import may_search
from app.kit.authorisation import ACTIONS, Role
from app.kit.i18n import _l
from app.kit.web import current_actor
from app.notices.queries import count_unread


@dataclass(frozen=True)
class Place:
    """An entry of the navigation: its word, the page behind it, the action it needs."""

    label: Any
    endpoint: str
    action: str
    icon: str
    prefixes: tuple[str, ...] = ()
    # Who may do this finds the same word leading elsewhere.
    unless: str = ""


DESKTOP = (
    Place(_l("首页"), "home.index", "signed_in", "home"),
    Place(
        _l("代表"),
        "registry.mandates",
        "registry.list",
        "people",
        ("registry.mandate", "registry.person", "performance_file.show"),
    ),
    Place(_l("小组"), "groups.groups", "groups.view", "group", ("groups.",)),
    Place(_l("活动"), "activities.activities", "activities.view", "activity", ("activities.",)),
    Place(_l("联络站"), "stations.stations", "stations.view", "station", ("stations.",)),
    Place(_l("交办意见"), "stations.transfers", "transfers.own", "inbox", ("stations.",)),
    Place(
        _l("办理建议"),
        "suggestions.handling",
        "suggestions.own_handling",
        "edit",
        ("suggestions.handling", "suggestions.reply_sign"),
    ),
    Place(_l("建议"), "suggestions.mine", "suggestions.draft", "suggestion", ("suggestions.",)),
    Place(
        _l("建议"),
        "suggestions.suggestions",
        "suggestions.view",
        "suggestion",
        ("suggestions.",),
        unless="suggestions.draft",
    ),
    Place(_l("述职"), "duty_reports.duty_reports", "duty_reports.view", "report", ("duty_reports.",)),
    Place(_l("履职台账"), "ledger.records", "ledger.view", "file", ("ledger.",)),
    Place(_l("覆盖与合规"), "oversight.coverage", "oversight.coverage", "coverage", ("oversight.coverage",)),
    Place(
        _l("统计与简报"),
        "oversight.statistics",
        "oversight.statistics",
        "stats",
        ("oversight.statistics",),
    ),
    Place(_l("导入表格"), "exchange.imports", "exchange.import", "upload", ("exchange.",)),
    Place(
        _l("通知"),
        "notices.log",
        "notices.log",
        "bell",
        ("notices.log", "notices.notice", "notices.settings"),
    ),
    Place(_l("账号"), "accounts.users", "accounts.manage", "user", ("accounts.user",)),
    Place(_l("审计"), "accounts.audit_events", "audit.read", "clock", ("accounts.audit",)),
    Place(
        _l("设置"),
        "registry.settings",
        "registry.view_settings",
        "settings",
        ("registry.area", "registry.term", "registry.setting", "registry.rule", "registry.holiday"),
    ),
)
PHONE = (
    Place(_l("首页"), "home.index", "signed_in", "home"),
    Place(_l("履职"), "ledger.mine", "ledger.self_report", "activity", ("ledger.", "activities.")),
    Place(_l("建议"), "suggestions.mine", "suggestions.draft", "suggestion", ("suggestions.",)),
    Place(
        _l("建议"),
        "suggestions.suggestions",
        "suggestions.view",
        "suggestion",
        ("suggestions.",),
        unless="suggestions.draft",
    ),
    Place(_l("接待"), "stations.receptions", "stations.view", "station", ("stations.",)),
    Place(_l("我的"), "accounts.me", "signed_in", "user", ("accounts.me", "accounts.change_password")),
)


def _items(places: tuple[Place, ...]) -> list[dict[str, Any]]:
    actor = current_actor()
    endpoint = request.endpoint or ""
    items: list[dict[str, Any]] = []
    fits: list[int] = []
    for place in places:
        action = ACTIONS.get(place.action)
        if action is None or not actor.may(action):
            continue
        if place.unless and actor.may(ACTIONS[place.unless]):
            continue
        try:
            url = url_for(place.endpoint)
        except BuildError:
            continue
        items.append(
            {"label": str(place.label), "url": url, "active": False, "icon": place.icon, "children": []}
        )
        fits.append(_fit(place, endpoint))
    # One entry at most is where the reader is: the one that names it most closely.
    best = max(fits, default=0)
    if best:
        items[fits.index(best)]["active"] = True
    return items


def _fit(place: Place, endpoint: str) -> int:
    """How closely an entry names a page; 0 where it does not."""
    if endpoint == place.endpoint:
        return 1000
    return max((len(prefix) for prefix in place.prefixes if endpoint.startswith(prefix)), default=0)


def _around() -> dict[str, Any]:
    """Context of base.html."""
    # A page of panels renders a dozen templates; its surroundings are the same for all of them.
    around: dict[str, Any] | None = g.get("around")
    if around is None:
        around = g.around = _surroundings()
    return around


def _surroundings() -> dict[str, Any]:
    actor = current_actor()
    if actor.user_id is None:
        return {"actor": actor, "navigation": [], "phone_navigation": []}
    area, offered = areas.current(actor)
    places = _items(DESKTOP)
    on_phone = _items(PHONE) if Role.DEPUTY in actor.roles else [*places[:4], *_items(PHONE[-1:])]
    return {
        "actor": actor,
        "navigation": places,
        "phone_navigation": on_phone,
        "current_area": area,
        "area_choices": offered,
        # Asked only by a whole page, not by the parts of one that are fetched again.
        "count_unread": lambda: count_unread(actor),
        "searches": may_search(actor),
    }


def may(action: str, area_code: str | None = None, person_id: int | None = None) -> bool:
    """For templates: may the viewer do this (there, to this person's record)?"""
    actor = current_actor()
    wanted = ACTIONS[action]
    return actor.may(wanted) if area_code is None else actor.may_in(wanted, area_code, person_id)


def init_app(app: Flask) -> None:
    """Gives every page its surroundings."""
    app.context_processor(_around)
    app.jinja_env.globals.update(may=may)
