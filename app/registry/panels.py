"""The deputy's page gathers what other features know of the person: each registers a panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.kit.authorisation import Actor
from app.registry.models import Mandate


@dataclass(frozen=True)
class Panel:
    """Part of a deputy's page. ``load(actor, mandates)`` gives the template's context; the mandates are those of
    the person that the actor may see, loaded already with their terms, areas and suspensions."""

    key: str
    label: Any
    order: int
    action: str
    template: str
    load: Callable[[Actor, Sequence[Mandate]], dict[str, Any]]


PANELS: dict[str, Panel] = {}


def register_panel(panel: Panel) -> None:
    """Adds a panel to the deputy's page."""
    PANELS[panel.key] = panel


def known_as(mandates: Sequence[Mandate]) -> list[str]:
    """How lists find the deputy: by card number, or by name where there is none."""
    return list(dict.fromkeys(mandate.card_no or mandate.person.name for mandate in mandates))
