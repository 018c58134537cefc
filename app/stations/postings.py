"""Ledger rows of receptions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import literal, null, select

from app.kit.i18n import _l
from app.ledger.sources import LedgerSource, Rows, register
from app.ledger.states import DutyKind, DutyState, Part
from app.stations.models import Reception, ReceptionDeputy, Station

SOURCE = "reception"


def select_rows(ids: Sequence[int] | None) -> Rows:
    """One row per deputy who received the public that day."""
    statement = select(
        ReceptionDeputy.mandate_id,
        literal(DutyKind.RECEPTION.value).label("kind"),
        Reception.held_on.label("happened_on"),
        literal(1).label("quantity"),
        literal(Part.TOOK_PART.value).label("part"),
        literal(SOURCE).label("source_kind"),
        Reception.id.label("source_id"),
        literal(DutyState.CONFIRMED.value).label("state"),
        null().label("recorded_by"),
    ).join(Reception, Reception.id == ReceptionDeputy.reception_id)
    return statement if ids is None else statement.where(Reception.id.in_(ids))


def select_titles(ids: Sequence[int]) -> Rows:
    """(id, station name) of these receptions."""
    return select(Reception.id, Station.name).join(Station).where(Reception.id.in_(ids))


register(LedgerSource(SOURCE, _l("接待群众"), select_rows, "stations.reception", select_titles))
