"""What the deputy's page shows of stations, receptions and opinions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kit.authorisation import Actor
from app.kit.i18n import _l
from app.registry.models import Mandate
from app.registry.panels import Panel, known_as, register_panel
from app.stations.policy import VIEW_STATIONS
from app.stations.queries import figures_of, list_stations_of
from app.stations.queries.opinions import counters_of
from app.stations.queries.partners import count_partners


def _load(actor: Actor, mandates: Sequence[Mandate]) -> dict[str, Any]:
    mandate_ids = [mandate.id for mandate in mandates]
    return {
        "assignments": list_stations_of(actor, mandate_ids),
        "counters": counters_of(actor, mandate_ids),
        "figures": figures_of(actor, mandate_ids=mandate_ids),
        "known_as": known_as(mandates),
        "person": mandates[0].person if mandates else None,
        "partners": count_partners(mandate_ids),
    }


register_panel(Panel("stations", _l("联络站与接待"), 40, VIEW_STATIONS.name, "stations/_panel.html", _load))
