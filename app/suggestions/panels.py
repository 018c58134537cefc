"""What the deputy's page shows of suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _l
from app.registry.models import Mandate
from app.registry.panels import Panel, known_as, register_panel
from app.suggestions.policy import VIEW_SUGGESTIONS
from app.suggestions.queries import list_suggestions_of
from app.suggestions.rules import standing_of

SHOWN = 10


def _load(actor: Actor, mandates: Sequence[Mandate]) -> dict[str, Any]:
    mandate_ids = [mandate.id for mandate in mandates]
    suggestions, total = list_suggestions_of(actor, mandate_ids, SHOWN)
    today = clock.today()
    return {
        "suggestions": suggestions,
        "total": total,
        "led": set(mandate_ids),
        "standings": {s.id: standing_of(s.assigned_on, s.due_on, s.replied_on, today) for s in suggestions},
        "known_as": known_as(mandates),
    }


register_panel(
    Panel("suggestions", _l("代表建议"), 50, VIEW_SUGGESTIONS.name, "suggestions/_panel.html", _load)
)
