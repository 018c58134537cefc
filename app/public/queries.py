"""Counting the uses of public pages, and following an opinion by its code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.stations.models import Opinion, OpinionTransfer, PublicUse
from app.stations.states import OpinionState, TransferState


def count_uses(
    kind: str, since: datetime, *, address: str | None = None, station_id: int | None = None
) -> int:
    """Uses of a kind since a moment, from an address or at a station."""
    wanted = select(func.count(PublicUse.id)).where(PublicUse.kind == kind, PublicUse.at > since)
    if address is not None:
        wanted = wanted.where(PublicUse.address == address)
    if station_id is not None:
        wanted = wanted.where(PublicUse.station_id == station_id)
    return db.session.scalar(wanted) or 0


def find_followed(digest: str) -> Opinion | None:
    """The opinion with this follow code."""
    wanted = select(Opinion).where(Opinion.follow_code == digest)
    loaded = wanted.options(
        joinedload(Opinion.station),
        joinedload(Opinion.merged_into),
        selectinload(Opinion.transfers).joinedload(OpinionTransfer.unit),
    )
    return db.session.scalar(loaded)


@dataclass(frozen=True)
class Progress:
    """What whoever has the code is told: where it stands, never who said it or what was noted inside."""

    number: str
    received_on: date
    station: str
    topic: str
    state: OpinionState
    units: tuple[tuple[str, date | None], ...]
    ended_as: Any
    not_accepted: Any
    outcome: str
    closed_on: date | None
    may_rate: bool
    citizen_word: Any


_ENDED = (OpinionState.CLOSED, OpinionState.TOLD)
_IN_HAND = (TransferState.SENT, TransferState.SIGNED, TransferState.ANSWERED)


def progress_of(opinion: Opinion) -> Progress:
    """An opinion's progress; one put together with another goes the other's way."""
    led = opinion
    if opinion.state is OpinionState.MERGED and opinion.merged_into is not None:
        led = opinion.merged_into
    ended = led.state in _ENDED
    return Progress(
        number=opinion.number,
        received_on=opinion.received_on,
        station=opinion.station.name if opinion.station else "",
        topic=opinion.topic,
        state=led.state,
        units=tuple((t.unit.name, t.due_on) for t in led.transfers if t.state in _IN_HAND),
        ended_as=led.ended_as if ended else None,
        not_accepted=led.not_accepted if ended else None,
        outcome=led.outcome if ended else "",
        closed_on=led.closed_on if ended else None,
        may_rate=opinion.state is OpinionState.TOLD and opinion.citizen_word is None,
        citizen_word=opinion.citizen_word,
    )
