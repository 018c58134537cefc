"""Ledger rows of directly recorded facts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import literal, select

from app.kit.i18n import _l
from app.ledger.models import DutyEntry
from app.ledger.sources import LedgerSource, Rows, register
from app.ledger.states import Part

SOURCE = "entry"


def select_rows(ids: Sequence[int] | None) -> Rows:
    """One row per entry, in the entry's own state."""
    statement = select(
        DutyEntry.mandate_id,
        DutyEntry.kind,
        DutyEntry.happened_on,
        DutyEntry.quantity,
        literal(Part.DID.value).label("part"),
        literal(SOURCE).label("source_kind"),
        DutyEntry.id.label("source_id"),
        DutyEntry.state,
        DutyEntry.recorded_by,
    )
    return statement if ids is None else statement.where(DutyEntry.id.in_(ids))


def select_titles(ids: Sequence[int]) -> Rows:
    """(id, words) of these entries."""
    return select(DutyEntry.id, DutyEntry.description).where(DutyEntry.id.in_(ids))


register(LedgerSource(SOURCE, _l("履职登记"), select_rows, "ledger.entry", select_titles))
