"""The coverage picture on the home page, and the deputies whose turn to report is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from app.duty_reports.states import ReportStatus
from app.kit.authorisation import Actor
from app.kit.i18n import ngettext
from app.oversight.policy import VIEW_COVERAGE
from app.oversight.queries.coverage import get_coverage


@dataclass(frozen=True)
class LevelPicture:
    """One level of the area."""

    label: str
    in_office: int
    reported: int
    rate_text: str
    url: str
    overdue: int
    overdue_url: str


@dataclass(frozen=True)
class Picture:
    """Coverage of an area at a glance, and what its staff should see to."""

    levels: list[LevelPicture]
    due_now: int
    overdue: int
    due_url: str
    overdue_url: str

    @property
    def due_text(self) -> str:
        """The to-do line for deputies whose window is open."""
        n = self.due_now
        return ngettext(
            "%(num)s 名代表正在应报告期内，还没有报告履职情况",
            "%(num)s 名代表正在应报告期内，还没有报告履职情况",
            n,
        )

    @property
    def overdue_text(self) -> str:
        """The to-do line for deputies whose window has closed."""
        n = self.overdue
        return ngettext("%(num)s 名代表逾期未报告履职情况", "%(num)s 名代表逾期未报告履职情况", n)


def coverage_picture(actor: Actor, area_code: str, on: date) -> Picture | None:
    """The picture of an area on a day, for whoever may see its coverage."""
    if not actor.may_in(VIEW_COVERAGE, area_code):
        return None
    coverage = get_coverage(area_code, on)
    where: dict[str, Any] = {"area": area_code, "on": on.isoformat()}
    levels = []
    for level in coverage.counted.levels():
        figures = coverage.figures(level)
        if not figures.in_office:
            continue
        overdue: dict[str, Any] = {"level": level.value, "status": ReportStatus.OVERDUE.value}
        levels.append(
            LevelPicture(
                label=level.label,
                in_office=figures.in_office,
                reported=figures.reported,
                rate_text=f"{figures.rate:.1%}" if figures.rate is not None else "—",
                url=url_for("oversight.coverage", level=level.value, **where),
                overdue=figures.overdue,
                overdue_url=url_for("oversight.coverage_deputies", **where, **overdue),
            )
        )
    totals = [coverage.figures(level) for level in coverage.counted.levels()]
    return Picture(
        levels=levels,
        due_now=sum(figures.due_now for figures in totals),
        overdue=sum(figures.overdue for figures in totals),
        due_url=url_for("oversight.coverage_deputies", status=ReportStatus.DUE_NOW.value, **where),
        overdue_url=url_for("oversight.coverage_deputies", status=ReportStatus.OVERDUE.value, **where),
    )
