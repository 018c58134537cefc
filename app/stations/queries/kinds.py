"""Stations by kind and township: what kinds there are, which townships have no studio (0-19, 3-41, 3-44)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from app.extensions import db
from app.kit.authorisation import Actor
from app.registry.models import Area
from app.registry.queries import list_townships
from app.stations.models import Station
from app.stations.policy import VIEW_STATIONS
from app.stations.queries import visible_stations
from app.stations.states import StationKind


@dataclass(frozen=True)
class TownshipStations:
    """Open stations of a township by kind."""

    area: Area
    counts: dict[StationKind, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def has_studio(self) -> bool:
        """A studio, shared or not (0-19: each township is guided to build one)."""
        return any(self.counts.get(kind) for kind in (StationKind.STUDIO, StationKind.SHARED))


def count_kinds(actor: Actor, on: date) -> list[TownshipStations]:
    """One row for each township of the actor's areas."""
    is_open = or_(Station.closed_on.is_(None), Station.closed_on > on)
    township = func.substr(Station.area_code, 1, 9)
    counted = (
        select(township, Station.kind, func.count())
        .where(visible_stations(actor), is_open)
        .group_by(township, Station.kind)
    )
    by_area: dict[str, dict[StationKind, int]] = {}
    for code, kind, n in db.session.execute(counted):
        by_area.setdefault(code, {})[kind] = n
    areas = [area for prefix in actor.areas(VIEW_STATIONS) for area in list_townships(prefix)]
    return [TownshipStations(area, by_area.get(area.code, {})) for area in areas]
