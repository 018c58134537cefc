"""What the deputy's page shows of activities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.activities.policy import VIEW_ACTIVITIES
from app.activities.queries import count_by_status, list_latest_attendances
from app.activities.states import AttendanceStatus
from app.kit.authorisation import Actor
from app.kit.i18n import _l
from app.ledger.policy import VIEW_LEDGER
from app.ledger.states import Part
from app.registry.models import Mandate
from app.registry.panels import Panel, known_as, register_panel

# The facts of the ledger behind each count.
PARTS = {
    AttendanceStatus.PRESENT: [Part.TOOK_PART.value, Part.SPOKE.value],
    AttendanceStatus.LEAVE: [Part.ON_LEAVE.value],
    AttendanceStatus.ABSENT: [Part.ABSENT.value],
}


def _load(actor: Actor, mandates: Sequence[Mandate]) -> dict[str, Any]:
    mandate_ids = [mandate.id for mandate in mandates]
    return {
        "parts": PARTS,
        "known_as": known_as(mandates),
        "in_lists": bool(actor.areas(VIEW_LEDGER)),
        "counts": count_by_status(mandate_ids),
        "latest": list_latest_attendances(actor, mandate_ids),
    }


register_panel(Panel("activities", _l("参加活动"), 30, VIEW_ACTIVITIES.name, "activities/_panel.html", _load))
