"""Ledger rows of reports on duty."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import literal, null, select

from app.duty_reports.models import DutyReport
from app.kit.i18n import _l
from app.ledger.sources import LedgerSource, Rows, register
from app.ledger.states import DutyKind, DutyState, Part

SOURCE = "duty_report"


def select_rows(ids: Sequence[int] | None) -> Rows:
    """One row per report."""
    statement = select(
        DutyReport.mandate_id,
        literal(DutyKind.DUTY_REPORT.value).label("kind"),
        DutyReport.reported_on.label("happened_on"),
        literal(1).label("quantity"),
        literal(Part.REPORTED.value).label("part"),
        literal(SOURCE).label("source_kind"),
        DutyReport.id.label("source_id"),
        literal(DutyState.CONFIRMED.value).label("state"),
        null().label("recorded_by"),
    )
    return statement if ids is None else statement.where(DutyReport.id.in_(ids))


def select_titles(ids: Sequence[int]) -> Rows:
    """(id, meeting) of these reports."""
    return select(DutyReport.id, DutyReport.meeting).where(DutyReport.id.in_(ids))


register(LedgerSource(SOURCE, _l("述职"), select_rows, "duty_reports.detail", select_titles))
