"""What a person prefers: language, big text, columns and saved filters of lists.

These change how pages look to one person and no record, so they are not events of the audit trail, and they
do not touch the version of the account somebody may be editing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, update

from app.accounts.models import User
from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l
from app.kit.listing import LISTINGS, Listing

VIEWS_KEPT = 30
QUERY_LENGTH = 1500
LANGUAGES = frozenset({"zh", "en"})


def set_preference(actor: Actor, key: str, value: Any) -> None:
    """Keeps one preference of the actor."""

    def change(preferences: dict[str, Any]) -> None:
        preferences[key] = value

    _change(actor, change)


def choose_columns(actor: Actor, name: str, columns: Sequence[str]) -> None:
    """Which columns of a list are shown, in this order; none goes back to the usual ones."""
    listing = _listing(name)
    known = [key for key in dict.fromkeys(columns) if listing.column(key) is not None]

    def change(preferences: dict[str, Any]) -> None:
        chosen = _of_list(preferences, name)
        chosen.pop("columns", None)
        if known:
            chosen["columns"] = known

    _change(actor, change)


def save_view(actor: Actor, name: str, view: str, query: str) -> None:
    """Keeps a list's filters and order under a name; the same name again replaces it."""
    _listing(name)
    if not view:
        raise DomainError(_l("请给这个常用筛选起个名字。"))
    if len(view) > 30:
        raise DomainError(_l("名字不能超过 30 个字，请缩短。"))
    if len(query) > QUERY_LENGTH:
        raise DomainError(_l("筛选条件太多，存不下，请减少后再存。"))

    def change(preferences: dict[str, Any]) -> None:
        views = _of_list(preferences, name).setdefault("views", {})
        views[view] = query
        if len(views) > VIEWS_KEPT:
            raise DomainError(_l("每个列表最多存 %(n)s 个常用筛选，请先删掉不用的。", n=VIEWS_KEPT))

    _change(actor, change)


def delete_view(actor: Actor, name: str, view: str) -> None:
    """Forgets a saved filter."""
    _listing(name)

    def change(preferences: dict[str, Any]) -> None:
        _of_list(preferences, name).get("views", {}).pop(view, None)

    _change(actor, change)


def _listing(name: str) -> Listing:
    if name not in LISTINGS:
        raise NotFound(_l("没有这个列表。"))
    return LISTINGS[name]


def _of_list(preferences: dict[str, Any], name: str) -> dict[str, Any]:
    chosen: dict[str, Any] = preferences.setdefault("lists", {}).setdefault(name, {})
    return chosen


def _change(actor: Actor, change: Callable[[dict[str, Any]], None]) -> None:
    """Reads and writes under a row lock, so that two windows do not undo each other."""
    kept = db.session.scalar(select(User.preferences).where(User.id == actor.user_id).with_for_update())
    preferences = _copy(kept or {})
    change(preferences)
    db.session.execute(update(User).where(User.id == actor.user_id).values(preferences=preferences))


def _copy(value: Any) -> Any:
    return {key: _copy(inner) for key, inner in value.items()} if isinstance(value, dict) else value
