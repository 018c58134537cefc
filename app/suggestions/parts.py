"""The page of a suggestion gathers what its rooms know of it: each registers a part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.kit.authorisation import Actor
from app.suggestions.models import Suggestion


@dataclass(frozen=True)
class Part:
    """Part of a suggestion's page: shown where ``load`` gives a context, not where it gives None.

    ``beside`` puts it into the narrow column on the right.
    """

    key: str
    order: int
    template: str
    load: Callable[[Actor, Suggestion], dict[str, Any] | None]
    beside: bool = False


@dataclass(frozen=True)
class Deed:
    """Something the reader may do with a suggestion now: a link of the page's head (label, address, style, icon)."""

    label: Any
    url: str
    style: str = ""
    icon: str = ""


PARTS: dict[str, Part] = {}
DEEDS: list[Callable[[Actor, Suggestion], list[Deed]]] = []


def register_part(part: Part) -> None:
    """Adds a part to the page of a suggestion."""
    PARTS[part.key] = part


def register_deeds(offered: Callable[[Actor, Suggestion], list[Deed]]) -> None:
    """Adds what ``offered(actor, suggestion)`` gives to the actions of the page, in the order of registration."""
    if offered not in DEEDS:
        DEEDS.append(offered)
