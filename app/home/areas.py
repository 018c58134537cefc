"""The area a viewer looks at: chosen in the top bar, kept in the session, always inside their scope."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from app.kit.authorisation import Actor
from app.registry.policy import VIEW_DEPUTIES
from app.registry.queries import list_areas_around

KEY = "area"


@dataclass(frozen=True)
class CurrentArea:
    """The chosen area with the areas above it that are still in scope."""

    code: str
    name: str
    path: tuple[tuple[str, str], ...]


def _scope(actor: Actor) -> tuple[str, ...]:
    return tuple(grant.area_code for grant in actor.grants if actor.areas(VIEW_DEPUTIES))


def current(actor: Actor) -> tuple[CurrentArea | None, list[tuple[str, str]]]:
    """The chosen area (the widest by default) and where to go from it: the areas one level below, or beside it.

    A province has thousands of townships: they are reached level by level, so that a page never lists them all.
    """
    scope = _scope(actor)
    if not scope:
        return None, []
    wanted = session.get(KEY) or min(scope, key=len)
    names = dict(list_areas_around(scope, around=wanted))
    if not names:
        return None, []
    code = wanted if wanted in names else min(names, key=len)
    path = tuple((above, names[above]) for above in sorted(names, key=len) if code.startswith(above))
    below = {c for c in names if c != code and c.startswith(code)}
    beside = {c for c in names if c == code or not code.startswith(c)}
    offered = (below or beside) | (beside & set(scope))
    return CurrentArea(code, names[code], path), [(c, name) for c, name in names.items() if c in offered]


def choose(actor: Actor, code: str) -> bool:
    """Looks at another area from now on; False where it lies outside the scope."""
    if code not in dict(list_areas_around(_scope(actor), around=code)):
        return False
    session[KEY] = code
    return True
