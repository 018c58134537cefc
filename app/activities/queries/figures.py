"""Figures over activities: training by township (0-03), person-times by capacity (2-21)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.activities.models import Activity, Attendance
from app.activities.states import ActivityKind, ActivityState, AttendanceStatus, Capacity
from app.extensions import db
from app.kit.database import within
from app.registry.models import Area, Mandate
from app.registry.queries import in_office, list_townships
from app.registry.states import Level

TOWNSHIP_DIGITS = 9


@dataclass(frozen=True)
class Training:
    """Training a township's presidium held for its own deputies in a year (0-03)."""

    area: Area
    held: int
    serving: int
    trained: int

    @property
    def rate(self) -> float | None:
        """Share of the township's deputies who took part at least once."""
        return self.trained / self.serving if self.serving else None


def _year(year: int) -> Any:
    return Activity.held_on.between(date(year, 1, 1), date(year, 12, 31))


def township_training(area_code: str, year: int, on: date) -> list[Training]:
    """By township: training held there, its deputies in office on the day, and how many of these took part in
    any training of a township. Three statements, however many townships."""
    studies = [
        Activity.kind == ActivityKind.STUDY,
        Activity.state == ActivityState.HELD,
        func.length(Activity.area_code) >= TOWNSHIP_DIGITS,
        within(Activity.area_code, [area_code]),
        _year(year),
    ]
    held: Counter[str] = Counter()
    for code, count in db.session.execute(
        select(Activity.area_code, func.count(Activity.id)).where(*studies).group_by(Activity.area_code)
    ):
        held[code[:TOWNSHIP_DIGITS]] += count
    own = [in_office(on), Mandate.level == Level.TOWNSHIP, within(Mandate.scope_code, [area_code])]
    per_town = select(Mandate.scope_code, func.count()).where(*own).group_by(Mandate.scope_code)
    serving = dict(db.session.execute(per_town).all())
    present = (
        select(Mandate.scope_code, func.count(Mandate.id.distinct()))
        .join(Attendance, Attendance.mandate_id == Mandate.id)
        .join(Activity, Activity.id == Attendance.activity_id)
        .where(*own, *studies, Attendance.status == AttendanceStatus.PRESENT)
        .group_by(Mandate.scope_code)
    )
    trained = dict(db.session.execute(present).all())
    return [
        Training(area, held[area.code], serving.get(area.code, 0), trained.get(area.code, 0))
        for area in list_townships(area_code)
    ]


def times_by_capacity(area_code: str, year: int) -> dict[ActivityKind, dict[Capacity, int]]:
    """Person-times present at held activities of an area in a year, by kind and capacity (2-21)."""
    rows = db.session.execute(
        select(Activity.kind, Attendance.capacity, func.count(Attendance.id))
        .join(Attendance, Attendance.activity_id == Activity.id)
        .where(
            within(Activity.area_code, [area_code]),
            Activity.state == ActivityState.HELD,
            Attendance.status == AttendanceStatus.PRESENT,
            _year(year),
        )
        .group_by(Activity.kind, Attendance.capacity)
    )
    found: dict[ActivityKind, dict[Capacity, int]] = {}
    for kind, capacity, count in rows:
        found.setdefault(kind, dict.fromkeys(Capacity, 0))[capacity] = count
    return {kind: found[kind] for kind in ActivityKind if kind in found}
