"""The year's figures of an area: the eight lines of the county's bulletin (2-07), by month and by township.

Everything counts from confirmed facts: activities held, receptions, opinions taken, and ledger rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, extract, func, or_, select

from app.activities.models import Activity, Attendance
from app.activities.states import ActivityKind, ActivityState, AttendanceStatus
from app.extensions import db
from app.kit import clock
from app.kit.database import within
from app.ledger.models import DutyRecord
from app.ledger.states import DutyKind, DutyState
from app.registry.models import Area, Mandate
from app.registry.queries import in_office, list_townships
from app.stations.models import Opinion, Reception, Station
from app.stations.queries import HELD_FOR_PUBLIC

STUDY = (ActivityKind.STUDY,)
GROUP_ACTIVITY = (ActivityKind.GROUP_ACTIVITY,)
# 调研视察 of the bulletin: inspections and research that deputies went on.
INSPECTION = (ActivityKind.INSPECTION, ActivityKind.FIELD_RESEARCH)

LINES = (
    "study",
    "group_activity",
    "inspection",
    "voters_visited",
    "people_received",
    "opinions",
    "opinions_solved",
    "problems_solved",
)
ATTENDANCE = {
    AttendanceStatus.PRESENT: "present",
    AttendanceStatus.LEAVE: "leave",
    AttendanceStatus.ABSENT: "absent",
}
_TOWNSHIP_DIGITS = 9


@dataclass(frozen=True)
class Statistics:
    """Figures of one year. ``months`` holds twelve numbers a line; ``townships`` one a line and area code.
    Deputies and stations are those of the year's last day, or of today in a running year."""

    area: Area
    year: int
    last_day: date
    deputies: int
    stations: int
    totals: Mapping[str, int]
    months: Mapping[str, Sequence[int]]
    townships: Sequence[tuple[Area, Mapping[str, int]]]
    attendance: Mapping[str, int]


def get_statistics(area: Area, year: int) -> Statistics:
    """The figures of an area for a calendar year."""
    last_day = min(date(year, 12, 31), clock.today())
    months: dict[str, list[int]] = {line: [0] * 12 for line in LINES}
    by_place: dict[tuple[str, str], int] = {}
    for line, statement in _lines(area.code, year).items():
        for place, month, amount in db.session.execute(statement):
            months[line][int(month) - 1] += int(amount)
            key = (line, place[:_TOWNSHIP_DIGITS])
            by_place[key] = by_place.get(key, 0) + int(amount)
    return Statistics(
        area=area,
        year=year,
        last_day=last_day,
        deputies=_count_deputies(area.code, last_day),
        stations=_count_stations(area.code, last_day),
        totals={line: sum(months[line]) for line in LINES},
        months=months,
        townships=[
            (township, {line: by_place.get((line, township.code), 0) for line in LINES})
            for township in list_townships(area.code)
        ],
        attendance=_count_attendance(area.code, year),
    )


def _lines(code: str, year: int) -> dict[str, Select[Any]]:
    """For each line a statement of (area code, month, amount)."""
    return {
        "study": _activities(code, year, STUDY),
        "group_activity": _activities(code, year, GROUP_ACTIVITY),
        "inspection": _activities(code, year, INSPECTION),
        "voters_visited": _ledger(code, year, DutyKind.VOTER_VISIT),
        "people_received": _by_month(
            Reception.area_code, Reception.held_on, func.sum(Reception.people_received), code, year
        ).where(HELD_FOR_PUBLIC),
        "opinions": _by_month(Opinion.area_code, Opinion.received_on, func.count(), code, year),
        "opinions_solved": _by_month(Opinion.area_code, Opinion.received_on, func.count(), code, year).where(
            Opinion.solved
        ),
        "problems_solved": _ledger(code, year, DutyKind.PROBLEM_SOLVED),
    }


def _by_month(place: Any, day: Any, amount: Any, code: str, year: int) -> Select[Any]:
    month = extract("month", day)
    return (
        select(place, month, amount)
        .where(day.between(date(year, 1, 1), date(year, 12, 31)), within(place, [code]))
        .group_by(place, month)
    )


def _activities(code: str, year: int, kinds: Sequence[ActivityKind]) -> Select[Any]:
    counted = _by_month(Activity.area_code, Activity.held_on, func.count(), code, year)
    return counted.where(Activity.kind.in_(kinds), Activity.state == ActivityState.HELD)


def _ledger(code: str, year: int, kind: DutyKind) -> Select[Any]:
    counted = _by_month(Mandate.scope_code, DutyRecord.happened_on, func.sum(DutyRecord.quantity), code, year)
    return (
        counted.select_from(DutyRecord)
        .join(Mandate, Mandate.id == DutyRecord.mandate_id)
        .where(DutyRecord.kind == kind, DutyRecord.state == DutyState.CONFIRMED)
    )


def _count_attendance(code: str, year: int) -> dict[str, int]:
    rows = db.session.execute(
        select(Attendance.status, func.count())
        .join(Activity, Activity.id == Attendance.activity_id)
        .where(
            Activity.held_on.between(date(year, 1, 1), date(year, 12, 31)),
            Activity.state == ActivityState.HELD,
            within(Activity.area_code, [code]),
        )
        .group_by(Attendance.status)
    )
    counts = {ATTENDANCE[row[0]]: int(row[1]) for row in rows if row[0] in ATTENDANCE}
    return {word: counts.get(word, 0) for word in ATTENDANCE.values()}


def _count_deputies(code: str, on: date) -> int:
    """Deputies of all levels kept in the area and in office on the day."""
    kept = select(func.count()).select_from(Mandate).where(within(Mandate.scope_code, [code]))
    return db.session.scalar(kept.where(in_office(on))) or 0


def _count_stations(code: str, on: date) -> int:
    opened = or_(Station.closed_on.is_(None), Station.closed_on > on)
    kept = select(func.count()).select_from(Station)
    return db.session.scalar(kept.where(within(Station.area_code, [code]), opened)) or 0


def statistics_json(found: Statistics) -> dict[str, Any]:
    """As other offices' programs read it (``lvzhi report statistics --format json``)."""
    return {
        "area": {"code": found.area.code, "name": found.area.name},
        "year": found.year,
        **{line: found.totals[line] for line in LINES},
        "attendance": dict(found.attendance),
    }
