"""What the deputy's page shows of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kit.authorisation import Actor
from app.kit.i18n import _l
from app.ledger.policy import VIEW_LEDGER
from app.ledger.queries import DONE, count_by_heading
from app.registry.models import Mandate
from app.registry.panels import Panel, known_as, register_panel


def _load(actor: Actor, mandates: Sequence[Mandate]) -> dict[str, Any]:
    mandate_ids = [mandate.id for mandate in mandates]
    return {
        "counts": count_by_heading(mandate_ids),
        "done": [part.value for part in DONE],
        "in_lists": bool(actor.areas(VIEW_LEDGER)),
        "known_as": known_as(mandates),
    }


register_panel(Panel("ledger", _l("履职台账"), 10, VIEW_LEDGER.name, "ledger/_panel.html", _load))
