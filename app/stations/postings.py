"""Ledger rows of receptions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, literal, null, select

from app.kit.i18n import _l
from app.ledger.sources import LedgerSource, Rows, register
from app.ledger.states import DutyKind, DutyState, Part
from app.stations.models import Reception, ReceptionDeputy, Station
from app.stations.states import DutyStanding, ReceptionKind, ReceptionState

SOURCE = "reception"


def select_rows(ids: Sequence[int] | None) -> Rows:
    """One row per deputy of a reception that was held; leave and absence are facts too, but no duty done."""
    part = case(
        (ReceptionDeputy.standing == DutyStanding.LEAVE, Part.ON_LEAVE.value),
        (ReceptionDeputy.standing == DutyStanding.ABSENT, Part.ABSENT.value),
        else_=Part.TOOK_PART.value,
    )
    statement = (
        select(
            ReceptionDeputy.mandate_id,
            literal(DutyKind.RECEPTION.value).label("kind"),
            Reception.held_on.label("happened_on"),
            literal(1).label("quantity"),
            part.label("part"),
            literal(SOURCE).label("source_kind"),
            Reception.id.label("source_id"),
            literal(DutyState.CONFIRMED.value).label("state"),
            null().label("recorded_by"),
        )
        .join(Reception, Reception.id == ReceptionDeputy.reception_id)
        .where(
            Reception.state == ReceptionState.HELD,
            Reception.kind != ReceptionKind.OFFICIALS,
            ReceptionDeputy.standing.in_((DutyStanding.PRESENT, DutyStanding.LEAVE, DutyStanding.ABSENT)),
        )
    )
    return statement if ids is None else statement.where(Reception.id.in_(ids))


def select_titles(ids: Sequence[int]) -> Rows:
    """(id, station name) of these receptions."""
    return select(Reception.id, Station.name).join(Station).where(Reception.id.in_(ids))


register(LedgerSource(SOURCE, _l("接待群众"), select_rows, "stations.reception", select_titles))
