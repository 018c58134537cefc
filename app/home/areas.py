"""The area a viewer looks at: chosen in the top bar, kept in the session, always inside their scope."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from app.kit.authorisation import Actor
from app.registry.policy import VIEW_DEPUTIES
from app.registry.queries import list_areas

KEY = "area"


@dataclass(frozen=True)
class CurrentArea:
    """The chosen area with the areas above it that are still in scope."""

    code: str
    name: str
    path: tuple[tuple[str, str], ...]


def choices(actor: Actor) -> list[tuple[str, str]]:
    """Areas the viewer may look at, down to townships."""
    prefixes = tuple(grant.area_code for grant in actor.grants if actor.areas(VIEW_DEPUTIES))
    return [(area.code, area.name) for area in list_areas(prefixes) if area.code] if prefixes else []


def current(actor: Actor) -> tuple[CurrentArea | None, list[tuple[str, str]]]:
    """The chosen area (the widest by default) and what else may be chosen."""
    offered = choices(actor)
    if not offered:
        return None, []
    names = dict(offered)
    wanted = session.get(KEY)
    code = wanted if wanted in names else min(names, key=len)
    path = tuple((c, names[c]) for c in sorted(names, key=len) if code.startswith(c))
    return CurrentArea(code, names[code], path), offered


def choose(actor: Actor, code: str) -> bool:
    """Looks at another area from now on; False where it lies outside the scope."""
    if code not in dict(choices(actor)):
        return False
    session[KEY] = code
    return True
