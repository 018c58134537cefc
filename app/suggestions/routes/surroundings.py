"""What the pages of suggestions have around them."""

from __future__ import annotations

from flask import url_for

from app.kit.authorisation import ACTIONS
from app.kit.i18n import _, _l
from app.kit.web import current_actor

# Word, endpoint, action: the tabs above the lists of suggestions, as far as the reader may open them.
_TABS = (
    (_l("代表建议"), "suggestions.suggestions", "suggestions.view"),
    (_l("承办单位"), "suggestions.units", "registry.view_units"),
)


def crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """Home, suggestions, and where the reader is."""
    return [(_("首页"), url_for("home.index")), (_("建议"), url_for("suggestions.suggestions")), *last]


def tabs(chosen: str) -> list[tuple[str, str, bool]]:
    """The tabs; none for who may open only one of them."""
    places = [(label, endpoint) for label, endpoint, name in _TABS if current_actor().may(ACTIONS[name])]
    if len(places) == 1:
        return []
    return [(str(label), url_for(endpoint), endpoint == chosen) for label, endpoint in places]


def suggestion_url(suggestion_id: int) -> str:
    """The page of a suggestion."""
    return url_for("suggestions.detail", suggestion_id=suggestion_id)
