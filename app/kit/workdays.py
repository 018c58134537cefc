"""Working days: the State Council's holidays, with an office's own table over them.

Years nobody has announced yet count weekends only; :meth:`WorkingDays.known` says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import chinese_calendar
from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.kit.audit import Audited
from app.kit.database import Base, Id, Stamped, enum_type
from app.kit.i18n import _l
from app.kit.states import LabelledEnum

SATURDAY = 5
ONE_DAY = timedelta(days=1)
# The year's announcement names at least the eleven statutory days (thirteen since 2025); a few days entered by
# hand, or 1 January named in the announcement of the year before, do not make a year known.
ANNOUNCED = 10
FESTIVALS = {
    "元旦": _l("元旦"),
    "春节": _l("春节"),
    "清明": _l("清明"),
    "劳动节": _l("劳动节"),
    "端午": _l("端午"),
    "国庆节": _l("国庆节"),
    "中秋": _l("中秋"),
}
# What a weekend worked for a holiday is called.
EXCHANGED = "调休"


class DayKind(LabelledEnum):
    """What a special day is."""

    HOLIDAY = "holiday", _l("放假")
    WORKING = "working", _l("调休上班")


class SpecialDay(Stamped, Audited, Base):
    """A day that is not what its weekday says: a holiday, or a weekend that is worked (调休)."""

    __tablename__ = "special_day"
    __table_args__ = (Index("uq_special_day_day", "day", unique=True),)
    audit_kind = "special_day"

    id: Mapped[Id]
    day: Mapped[date]
    kind: Mapped[DayKind] = mapped_column(enum_type(DayKind))
    name: Mapped[str] = mapped_column(String(40), default="")

    @property
    def audit_area(self) -> str:
        return ""

    @property
    def audit_label(self) -> str:
        return f"{self.day} {self.kind.label}"


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked: holidays and worked weekends by name; every other day is what its weekday says."""

    holidays: Mapping[date, str]
    worked: Mapping[date, str]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether the office works on that day."""
        if day in self.worked:
            return True
        return day not in self.holidays and day.weekday() < SATURDAY

    def next(self, day: date) -> date:
        """The first working day after ``day`` (never ``day`` itself)."""
        return self._step(day, ONE_DAY)

    def previous(self, day: date) -> date:
        """The last working day before ``day`` (never ``day`` itself)."""
        return self._step(day, -ONE_DAY)

    def add(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day`` (before it for a negative ``n``); ``day`` itself for 0."""
        for _count in range(abs(n)):
            day = self.next(day) if n > 0 else self.previous(day)
        return day

    def known(self, year: int) -> bool:
        """Whether the year's holidays have been announced and are known here; else only weekends count."""
        return year in self.years

    def name(self, day: date) -> str:
        """What a special day is called (春节, 国庆节调休 …); empty for an ordinary day."""
        return spoken(self.worked.get(day) or self.holidays.get(day) or "")

    def _step(self, day: date, step: timedelta) -> date:
        day += step
        while not self.is_working(day):
            day += step
        return day


def spoken(name: str) -> str:
    """The name of a special day in the reader's language; one that an office gave stays as it is."""
    festival = name.removesuffix(EXCHANGED)
    if festival not in FESTIVALS:
        return name
    if festival == name:
        return str(FESTIVALS[festival])
    return str(_l("%(festival)s调休", festival=FESTIVALS[festival]))


@cache
def announced() -> tuple[Mapping[date, str], Mapping[date, str]]:
    """The State Council's announcements as the installed calendar knows them: holidays, worked weekends."""
    names = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    holidays = {day: names.get(name, name) for day, name in chinese_calendar.constants.holidays.items()}
    worked = {
        day: f"{names.get(name, name)}{EXCHANGED}"
        for day, name in chinese_calendar.constants.workdays.items()
    }
    return holidays, worked


def combine(special: Mapping[date, tuple[DayKind, str]]) -> WorkingDays:
    """The announced days with an office's own over them: its word on a day is the last."""
    holidays, worked = (dict(days) for days in announced())
    for day, (kind, name) in special.items():
        holidays.pop(day, None)
        worked.pop(day, None)
        (holidays if kind is DayKind.HOLIDAY else worked)[day] = name or kind.label
    counted = Counter(day.year for day in holidays)
    return WorkingDays(
        holidays, worked, frozenset(year for year, days in counted.items() if days >= ANNOUNCED)
    )


def load() -> WorkingDays:
    """The calendar as it stands: announced days and the table of special days, read in one statement."""
    rows = db.session.execute(select(SpecialDay.day, SpecialDay.kind, SpecialDay.name))
    return combine({row.day: (row.kind, row.name) for row in rows})
