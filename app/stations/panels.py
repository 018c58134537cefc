"""What the deputy's page shows of stations, receptions and opinions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kit.authorisation import Actor
from app.kit.i18n import _l
from app.registry.panels import Panel, register_panel
from app.registry.queries import list_visible_mandates
from app.stations.policy import VIEW_STATIONS
from app.stations.queries import figures_of, list_stations_of


def _load(actor: Actor, person_id: int, mandate_ids: Sequence[int]) -> dict[str, Any]:
    mandates = list_visible_mandates(actor, person_id)
    return {
        "assignments": list_stations_of(actor, person_id),
        "figures": figures_of(actor, mandate_ids=mandate_ids),
        # The lists know a deputy by card number, or by name where there is none.
        "known_as": list(dict.fromkeys(mandate.card_no or mandate.person.name for mandate in mandates)),
    }


register_panel(Panel("stations", _l("联络站与接待"), 40, VIEW_STATIONS.name, "stations/_panel.html", _load))
