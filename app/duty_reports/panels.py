"""What the deputy's page shows of reports on duty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.duty_reports.policy import VIEW_REPORTS
from app.duty_reports.queries import duty_standing, list_reports
from app.duty_reports.words import rule_in_words, windows_in_words
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _l
from app.registry.models import Mandate
from app.registry.panels import Panel, register_panel
from app.registry.queries import standing_of
from app.registry.states import MandateStanding


def _load(_actor: Actor, mandates: Sequence[Mandate]) -> dict[str, Any]:
    today = clock.today()
    lines: list[tuple[Any, ...]] = []
    for mandate in mandates:
        reports = list_reports(mandate.id)
        if standing_of(mandate, today) is MandateStanding.IN_OFFICE:
            standing = duty_standing(mandate, today, reports)
            due = windows_in_words(standing.windows)
            lines.append((mandate, standing, due, rule_in_words(standing), reports))
        elif reports:
            lines.append((mandate, None, "", "", reports))
    return {"lines": lines}


register_panel(Panel("duty_reports", _l("述职"), 60, VIEW_REPORTS.name, "duty_reports/_panel.html", _load))
