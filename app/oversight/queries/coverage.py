"""Coverage of duty reports for any area and day: one statement counts, the fold in ``rules`` adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, func, literal, select, type_coerce

from app.duty_reports.models import DutyReport
from app.duty_reports.queries import RuleBook, RulesInForce, load_rule_book
from app.duty_reports.rules import DutyReportRules
from app.duty_reports.states import ReportMode
from app.extensions import db
from app.kit.database import within
from app.oversight.queries.remembered import Remembered
from app.oversight.rules import BY_TOWNSHIP, Counted, DeputyGroup, Figures, count_up
from app.registry.models import Area, Mandate, Term
from app.registry.queries import get_area, in_office
from app.registry.states import Level

COUNTY_DIGITS, TOWNSHIP_DIGITS = 6, 9


def since() -> Any:
    """SQL: the day from which a mandate's reports count."""
    return func.coalesce(Term.started_on, Mandate.began_on)


def _counts(on: date) -> ColumnElement[bool]:
    return and_(DutyReport.mandate_id == Mandate.id, DutyReport.reported_on.between(since(), on))


def reported_by(on: date) -> ColumnElement[bool]:
    """SQL: the mandate's deputy has reported in the term by that day."""
    return select(DutyReport.mandate_id).where(_counts(on)).exists()


def met_by(on: date) -> ColumnElement[bool]:
    """SQL: at least one of these reports was at a meeting."""
    at_meeting = DutyReport.mode == ReportMode.MEETING
    return select(DutyReport.mandate_id).where(_counts(on), at_meeting).exists()


def select_groups(area_code: str, on: date, *, look_up: bool) -> Select[Any]:
    """Deputies in office in an area, counted by what decides their standing.

    With ``look_up`` each deputy's reports are looked up in an index, in the order the statement counts in:
    right for SQLite, and for an area of any size. Without it all reports are joined as one set, for a
    prefecture or province on PostgreSQL; those in office are then told apart by the last column rather than
    filtered, for a planner without statistics takes the filter to leave a single row and would read all
    reports once per deputy.
    """
    here = within(Mandate.area_code, [area_code])
    keys = [Mandate.area_code, Mandate.level, Mandate.term_id, Mandate.re_elected, Mandate.office_holder]
    counted: Any
    if look_up:
        counted = (
            select(*keys, func.min(Term.first_year), func.count(), _sum(reported_by(on)), _sum(met_by(on)))
            .add_columns(literal(1))
            .join(Term, Term.id == Mandate.term_id)
            .where(here, in_office(on))
            .group_by(*keys)
        )
    else:
        last_on, met_on, mandate_id, reports = _reports_by(on)
        serving = case((in_office(on), 1), else_=0).label("serving")
        counted = (
            select(*keys, func.min(Term.first_year), func.count())
            .add_columns(_sum(last_on >= since()), _sum(met_on >= since()), serving)
            .join(Term, Term.id == Mandate.term_id)
            .outerjoin(reports, mandate_id == Mandate.id)
            .where(here)
            .group_by(*keys, serving)
        )
    area, level, _term, *rest = counted.selected_columns
    # The level as its bare key: there are thousands of rows.
    groups: Select[Any] = counted.with_only_columns(area, type_coerce(level, String), *rest)
    return groups


def _reports_by(on: date) -> tuple[Any, Any, Any, Any]:
    """SQL: the last report of every mandate by a day and the last one at a meeting, as one set."""
    at_meeting = case((DutyReport.mode == ReportMode.MEETING, DutyReport.reported_on))
    reports = (
        select(
            DutyReport.mandate_id,
            func.max(DutyReport.reported_on).label("last_on"),
            func.max(at_meeting).label("met_on"),
        )
        .where(DutyReport.reported_on <= on)
        .group_by(DutyReport.mandate_id)
        .subquery()
    )
    return reports.c.last_on, reports.c.met_on, reports.c.mandate_id, reports


def _sum(condition: ColumnElement[bool]) -> Any:
    return func.sum(case((condition, 1), else_=0))


_LEVELS = {level.value: level for level in Level}


def list_groups(area_code: str, on: date) -> list[DeputyGroup]:
    """The counted groups of an area on a day."""
    look_up = db.session.get_bind().dialect.name == "sqlite" or len(area_code) >= COUNTY_DIGITS
    rows = db.session.execute(select_groups(area_code, on, look_up=look_up)).all()
    return [
        DeputyGroup(area, _LEVELS[level], again, holder, first_year, in_office, reported, met)
        for area, level, again, holder, first_year, in_office, reported, met, serving in rows
        if serving
    ]


@dataclass(frozen=True)
class Coverage:
    """Coverage of an area on a day."""

    area: Area
    as_of: date
    groups: Sequence[DeputyGroup]
    counted: Counted
    book: RuleBook

    @property
    def rules(self) -> RulesInForce:
        """Rules of the area itself: the line for meetings is drawn from them."""
        return self.book.of(self.area.code)

    def rules_of(self, area_code: str) -> DutyReportRules:
        """Rules in force where a mandate is held."""
        return self.book.of(area_code).rules

    def figures(self, level: Level) -> Figures:
        """Figures of a level in the whole area."""
        return self.counted.total(level, self.area.code)


def get_coverage(area_code: str, on: date) -> Coverage:
    """Who in an area has reported on duty by a day. NotFound for an area that does not exist."""
    area = get_area(area_code)
    return Coverage(area, on, *COUNTED.get(area_code, on, lambda: _count(area_code, on)))


COUNTED: Remembered[tuple[Sequence[DeputyGroup], Counted, RuleBook]] = Remembered(32)


def _count(area_code: str, on: date) -> tuple[Sequence[DeputyGroup], Counted, RuleBook]:
    book = load_rule_book(area_code, on)
    groups = list_groups(area_code, on)
    return groups, count_up(groups, on, lambda code: book.of(code).rules), book


PART_DIGITS = {0: 2, 2: 4, 4: COUNTY_DIGITS, COUNTY_DIGITS: TOWNSHIP_DIGITS}


def figures_of_parts(coverage: Coverage, level: Level) -> list[tuple[Area, Figures]]:
    """Figures of a level in the areas directly below; none for a level whose mandates are not held there.

    The area itself comes last where some of the level's mandates are held in none of its parts.
    """
    area = coverage.area
    digits = PART_DIGITS.get(len(area.code))
    if digits is None or level.rank < area.level.rank:
        return []
    parts = list_below(area, digits)
    figures = coverage.counted.by_area(level, [part.code for part in parts])
    rows = [(part, figures[part.code]) for part in parts]
    elsewhere = coverage.counted.cells.get((level, area.code))
    return [*rows, (area, elsewhere)] if elsewhere is not None and elsewhere.in_office else rows


def list_below(area: Area, length: int) -> list[Area]:
    """Areas of a code length inside an area, or the area itself; in the order the office listed them."""
    if len(area.code) >= length:
        return [area] if len(area.code) == length else []
    wanted = select(Area).where(within(Area.code, [area.code]), func.length(Area.code) == length)
    return list(db.session.scalars(wanted.order_by(Area.created_at, Area.code)))


def coverage_as_json(coverage: Coverage) -> dict[str, Any]:
    """The figures as other offices' scripts read them; names that occur twice carry their county's name."""
    area, counted = coverage.area, coverage.counted
    townships = list_below(area, TOWNSHIP_DIGITS)
    counties = list_below(area, COUNTY_DIGITS) if len(area.code) < COUNTY_DIGITS else []
    levels: dict[str, Any] = {}
    for level in counted.levels():
        found = levels[level.value] = _plain(coverage.figures(level))
        if level in BY_TOWNSHIP:
            found["by_township"] = _by_name(counted, level, townships)
        if counties:
            found["by_county"] = _by_name(counted, level, counties)
    return {
        "area": {"code": area.code, "name": area.name},
        "as_of": coverage.as_of.isoformat(),
        "levels": levels,
    }


def _by_name(counted: Counted, level: Level, areas: Sequence[Area]) -> dict[str, Any]:
    names = Counter(area.name for area in areas)
    twice = [area.parent_code for area in areas if names[area.name] > 1]
    above = dict(db.session.execute(select(Area.code, Area.name).where(Area.code.in_(set(twice)))).all())
    figures = counted.by_area(level, [area.code for area in areas])
    return {
        (above.get(area.parent_code or "", "") if names[area.name] > 1 else "") + area.name: _plain(
            figures[area.code]
        )
        for area in areas
    }


def _plain(figures: Figures) -> dict[str, Any]:
    rate, share = figures.rate, figures.meeting_share
    return {
        "in_office": figures.in_office,
        "reported": figures.reported,
        "by_meeting": figures.by_meeting,
        "overdue": figures.overdue,
        "due_now": figures.due_now,
        "upcoming": figures.upcoming,
        "rate": None if rate is None else round(rate, 4),
        "meeting_share": None if share is None else round(share, 4),
    }
