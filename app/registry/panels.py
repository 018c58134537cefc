"""The deputy's page gathers what other features know of the person: each registers a panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.kit.authorisation import Actor


@dataclass(frozen=True)
class Panel:
    """Part of a deputy's page. ``load(actor, person_id, mandate_ids)`` gives the template's context."""

    key: str
    label: Any
    order: int
    action: str
    template: str
    load: Callable[[Actor, int, Sequence[int]], dict[str, Any]]


PANELS: dict[str, Panel] = {}


def register_panel(panel: Panel) -> None:
    """Adds a panel to the deputy's page."""
    PANELS[panel.key] = panel
