"""Coverage of duty reports as arithmetic: counted groups of deputies in, figures out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.duty_reports.rules import DueWindow, DutyReportRules, category_of, due_windows, status_on
from app.duty_reports.states import Category, ReportStatus
from app.registry.states import Level

ALWAYS_SHOWN = (Level.CITY, Level.COUNTY, Level.TOWNSHIP)
BY_TOWNSHIP = (Level.COUNTY, Level.TOWNSHIP)


class DeputyGroup(NamedTuple):
    """Deputies in office that are alike for coverage, counted."""

    area_code: str
    level: Level
    re_elected: bool
    office_holder: bool
    first_year: int | None
    in_office: int
    reported: int
    by_meeting: int

    def windows(self, rules: DutyReportRules) -> list[DueWindow]:
        """When these deputies are due."""
        category = category_of(self.re_elected, self.office_holder, rules)
        return due_windows(category, self.level, self.first_year, rules)


@dataclass(slots=True)
class Figures:
    """How many are in office, have reported, and where the others stand. Numbers of deputies."""

    in_office: int = 0
    reported: int = 0
    by_meeting: int = 0
    overdue: int = 0
    due_now: int = 0
    upcoming: int = 0

    @property
    def rate(self) -> float | None:
        """Part of those in office who reported; None where nobody is in office."""
        return self.reported / self.in_office if self.in_office else None

    @property
    def meeting_share(self) -> float | None:
        """Part of those in office who reported at a meeting (2-12)."""
        return self.by_meeting / self.in_office if self.in_office else None

    @property
    def written(self) -> int:
        """Those who reported in writing only."""
        return self.reported - self.by_meeting

    def add(self, other: Figures) -> None:
        """Adds deputies of another group."""
        self.in_office += other.in_office
        self.reported += other.reported
        self.by_meeting += other.by_meeting
        self.overdue += other.overdue
        self.due_now += other.due_now
        self.upcoming += other.upcoming


@dataclass(frozen=True)
class Counted:
    """Figures of every level and every area at which a mandate is held."""

    cells: dict[tuple[Level, str], Figures] = field(default_factory=dict)

    def levels(self) -> list[Level]:
        """Levels to show: city, county and township always, those above where there are such deputies."""
        found = {level for level, _area in self.cells}
        return [level for level in Level if level in found or level in ALWAYS_SHOWN]

    def total(self, level: Level, prefix: str = "") -> Figures:
        """Figures of a level in the area whose code is ``prefix``."""
        return self.by_area(level, (prefix,))[prefix]

    def by_area(self, level: Level, codes: Iterable[str]) -> dict[str, Figures]:
        """Figures of a level in each of these areas (of one length, so that none holds another)."""
        found = {code: Figures() for code in codes}
        length = max(map(len, found), default=0)
        for (of_level, area_code), figures in self.cells.items():
            if of_level is level and (inside := found.get(area_code[:length])) is not None:
                inside.add(figures)
        return found


def count_up(
    groups: Iterable[DeputyGroup], as_of: date, rules_of: Callable[[str], DutyReportRules]
) -> Counted:
    """Adds groups up by level and area; who has not reported stands where their windows put them."""
    cells: dict[tuple[Level, str], Figures] = {}
    known: dict[tuple[object, ...], ReportStatus] = {}
    for group in groups:
        area_code, level, re_elected, office_holder, first_year, in_office, reported, by_meeting = group
        figures = cells.get((level, area_code))
        if figures is None:
            figures = cells[level, area_code] = Figures()
        figures.in_office += in_office
        figures.reported += reported
        figures.by_meeting += by_meeting
        waiting = in_office - reported
        if not waiting:
            continue
        rules = rules_of(area_code)
        key = (id(rules), level, re_elected, office_holder, first_year)
        status = known.get(key)
        if status is None:
            status = known[key] = status_on(as_of, False, group.windows(rules))
        if status is ReportStatus.OVERDUE:
            figures.overdue += waiting
        elif status is ReportStatus.DUE_NOW:
            figures.due_now += waiting
        else:
            figures.upcoming += waiting
    return Counted(cells)


@dataclass(frozen=True)
class YearOfTerm:
    """How those in office today stood at the end of a year of the term, or on the day looked at."""

    year: int
    on: date
    figures: Figures


def years_of_term(
    rows: Sequence[tuple[DeputyGroup, int | None]],
    as_of: date,
    rules_of: Callable[[str], DutyReportRules],
) -> list[YearOfTerm]:
    """Rows are groups with the year in which their deputies first reported; None: not yet."""
    first_years = [group.first_year for group, _year in rows if group.first_year is not None]
    if not first_years:
        return []
    years = []
    for year in range(max(min(first_years), as_of.year - 4), as_of.year + 1):
        day = min(date(year, 12, 31), as_of)
        figures = Figures()
        for group, reported_in in rows:
            figures.in_office += group.in_office
            if reported_in is not None and reported_in <= year:
                figures.reported += group.in_office
                continue
            match status_on(day, False, group.windows(rules_of(group.area_code))):
                case ReportStatus.OVERDUE:
                    figures.overdue += group.in_office
                case ReportStatus.DUE_NOW:
                    figures.due_now += group.in_office
                case _:
                    figures.upcoming += group.in_office
        years.append(YearOfTerm(year, day, figures))
    return years


@dataclass(frozen=True)
class CategoryLine:
    """Deputies of one category and term at a level: when they are due, and where they stand."""

    category: Category
    windows: Sequence[DueWindow]
    in_office: int
    reported: int
    waiting_as: ReportStatus

    @property
    def waiting(self) -> int:
        """Those who have not reported."""
        return self.in_office - self.reported


def by_category(
    groups: Iterable[DeputyGroup],
    level: Level,
    as_of: date,
    rules_of: Callable[[str], DutyReportRules],
) -> list[CategoryLine]:
    """A level's deputies by category and windows, those due first on top."""
    found: dict[tuple[Category, tuple[DueWindow, ...]], list[int]] = {}
    for group in groups:
        if group.level is level and group.in_office:
            rules = rules_of(group.area_code)
            category = category_of(group.re_elected, group.office_holder, rules)
            counts = found.setdefault((category, tuple(group.windows(rules))), [0, 0])
            counts[0] += group.in_office
            counts[1] += group.reported
    lines = [
        CategoryLine(category, windows, in_office, reported, status_on(as_of, False, windows))
        for (category, windows), (in_office, reported) in found.items()
    ]
    return sorted(
        lines, key=lambda line: (line.windows[0].start if line.windows else date.max, line.category)
    )
