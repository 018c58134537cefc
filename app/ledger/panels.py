"""What the deputy's page shows of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kit.authorisation import Actor
from app.kit.i18n import _l
from app.ledger.policy import VIEW_LEDGER
from app.ledger.queries import DONE, count_by_heading
from app.registry.panels import Panel, register_panel
from app.registry.queries import list_visible_mandates


def _load(actor: Actor, person_id: int, mandate_ids: Sequence[int]) -> dict[str, Any]:
    mandates = list_visible_mandates(actor, person_id)
    return {
        "counts": count_by_heading(mandate_ids),
        "done": [part.value for part in DONE],
        "in_lists": bool(actor.areas(VIEW_LEDGER)),
        # The list knows a deputy by card number, or by name where there is none.
        "known_as": list(dict.fromkeys(mandate.card_no or mandate.person.name for mandate in mandates)),
    }


register_panel(Panel("ledger", _l("履职台账"), 10, VIEW_LEDGER.name, "ledger/_panel.html", _load))
