"""The deputies behind the figures of coverage: the same conditions, as a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, extract, false, func, not_, or_, select

from app.duty_reports.models import DutyReport
from app.duty_reports.queries import RuleBook, RulesInForce, load_rule_book
from app.duty_reports.rules import status_on
from app.duty_reports.states import ReportStatus
from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.database import within
from app.oversight.policy import VIEW_COVERAGE
from app.oversight.queries.coverage import list_groups, met_by, reported_by, since
from app.oversight.rules import DeputyGroup, YearOfTerm, years_of_term
from app.registry.models import Area, Mandate, Person, Term
from app.registry.queries import in_office
from app.registry.states import Level


def select_deputies(area_code: str, on: date) -> Select[Any]:
    """Deputies of an area in office on a day, with persons, terms and areas."""
    return (
        select(Mandate.id)
        .select_from(Mandate)
        .join(Person, Person.id == Mandate.person_id)
        .join(Term, Term.id == Mandate.term_id)
        .join(Area, Area.code == Mandate.area_code)
        .where(within(Mandate.area_code, [area_code]), in_office(on))
    )


def having_status(statuses: Iterable[ReportStatus], area_code: str, on: date) -> ColumnElement[bool]:
    """SQL: the deputy stands so on the day. Which categories of which terms that means follows from the
    rules and from the groups there are; it needs :func:`select_deputies`."""
    wanted = set(statuses)
    conditions: list[ColumnElement[bool]] = []
    if ReportStatus.REPORTED in wanted:
        conditions.append(reported_by(on))
    waiting = wanted - {ReportStatus.REPORTED}
    if waiting:
        book = load_rule_book(area_code, on)
        alike = _waiting_groups(list_groups(area_code, on), book, waiting, on)
        conditions.append(and_(not_(reported_by(on)), _any_of(alike, book)))
    return or_(false(), *conditions)


_Kind = tuple[Level, bool, bool, int | None]


def _waiting_groups(
    groups: Iterable[DeputyGroup], book: RuleBook, waiting: set[ReportStatus], on: date
) -> list[tuple[RulesInForce, set[_Kind]]]:
    found: dict[str | None, tuple[RulesInForce, set[_Kind]]] = {}
    for group in groups:
        in_force = book.of(group.area_code)
        kinds = found.setdefault(in_force.area_code, (in_force, set()))[1]
        kind = (group.level, group.re_elected, group.office_holder, group.first_year)
        if kind not in kinds and status_on(on, False, group.windows(in_force.rules)) in waiting:
            kinds.add(kind)
    return list(found.values())


def _any_of(alike: list[tuple[RulesInForce, set[_Kind]]], book: RuleBook) -> ColumnElement[bool]:
    conditions = []
    for in_force, kinds in alike:
        same = or_(
            false(),
            *(
                and_(
                    Mandate.level == level,
                    Mandate.re_elected == re_elected,
                    Mandate.office_holder == office_holder,
                    Term.first_year.is_(None) if first_year is None else Term.first_year == first_year,
                )
                for level, re_elected, office_holder, first_year in kinds
            ),
        )
        if len(alike) > 1:
            base, excepted = book.areas_under(in_force)
            same = and_(same, within(Mandate.area_code, [base]), not_(within(Mandate.area_code, excepted)))
        conditions.append(same)
    return or_(false(), *conditions)


def having_met(on: date) -> ColumnElement[bool]:
    """SQL: the deputy reported at a meeting at least once."""
    return met_by(on)


def last_report(column: Any, on: date) -> Any:
    """SQL: a column of the deputy's latest report that counts on the day."""
    return (
        select(column)
        .where(DutyReport.mandate_id == Mandate.id, DutyReport.reported_on.between(since(), on))
        .order_by(DutyReport.reported_on.desc())
        .limit(1)
        .scalar_subquery()
    )


def term_progress(area_code: str, level: Level, on: date) -> list[YearOfTerm]:
    """Where the deputies in office on a day stood at each year's end of their term, and on the day itself."""
    first = (
        select(func.min(DutyReport.reported_on))
        .where(DutyReport.mandate_id == Mandate.id, DutyReport.reported_on.between(since(), on))
        .scalar_subquery()
    )
    keys = (Mandate.area_code, Mandate.re_elected, Mandate.office_holder, Mandate.term_id)
    deputies = (
        select(*keys, Term.first_year, first.label("first_on"))
        .join(Term, Term.id == Mandate.term_id)
        .where(within(Mandate.area_code, [area_code]), Mandate.level == level, in_office(on))
        .subquery()
    )
    c = deputies.c
    year = extract("year", c.first_on)
    same = (c.area_code, c.re_elected, c.office_holder, c.first_year, year)
    book = load_rule_book(area_code, on)
    rows = [
        (DeputyGroup(area, level, re_elected, office_holder, first_year, count, 0, 0), reported_in)
        for area, re_elected, office_holder, first_year, reported_in, count in db.session.execute(
            select(*same, func.count()).group_by(*same)
        )
    ]
    return years_of_term(rows, on, lambda code: book.of(code).rules)


@dataclass(frozen=True)
class Due:
    """Deputies of one level who have not reported and are to report between two days."""

    level: Level
    status: ReportStatus
    starts_on: date | None
    ends_on: date | None
    count: int


def becoming_due(area_codes: Sequence[str], on: date, within_days: int) -> list[Due]:
    """Deputies overdue, due now, or whose first window opens within so many days; overdue first."""
    found: Counter[tuple[Level, ReportStatus, date | None, date | None]] = Counter()
    for code in area_codes:
        book = load_rule_book(code, on)
        for group in list_groups(code, on):
            waiting = group.in_office - group.reported
            windows = group.windows(book.of(group.area_code).rules)
            status = status_on(on, False, windows)
            soon = bool(windows) and windows[0].start <= on + timedelta(days=within_days)
            if waiting and (status is not ReportStatus.UPCOMING or soon):
                key = (group.level, status, windows[0].start, windows[-1].end)
                found[key] += waiting
    order = {status: place for place, status in enumerate(ReportStatus)}
    rows = [Due(*key, count) for key, count in found.items()]
    return sorted(rows, key=lambda due: (order[due.status], due.level.rank, due.starts_on or on))


def becoming_due_for(actor: Actor, on: date, within_days: int) -> list[Due]:
    """The same for the areas whose coverage the actor may see."""
    return becoming_due(actor.areas(VIEW_COVERAGE), on, within_days)
