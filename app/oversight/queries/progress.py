"""How coverage grew over the years of the term."""

from __future__ import annotations

from sqlalchemy import extract, func, select

from app.duty_reports.models import DutyReport
from app.extensions import db
from app.kit.database import within
from app.oversight.queries.coverage import Coverage, since
from app.oversight.queries.remembered import Remembered
from app.oversight.rules import DeputyGroup, YearOfTerm, years_of_term
from app.registry.models import Mandate, Term
from app.registry.queries import in_office
from app.registry.states import Level


def term_progress(coverage: Coverage, level: Level) -> list[YearOfTerm]:
    """Where the deputies in office on the day stood at each year's end of their term, and on the day itself."""
    area_code, on = coverage.area.code, coverage.as_of
    return YEARS.get(area_code, (level, on), lambda: _years(coverage, level))


YEARS: Remembered[list[YearOfTerm]] = Remembered(32)


def _years(coverage: Coverage, level: Level) -> list[YearOfTerm]:
    on = coverage.as_of
    first = (
        select(func.min(DutyReport.reported_on))
        .where(DutyReport.mandate_id == Mandate.id, DutyReport.reported_on.between(since(), on))
        .scalar_subquery()
    )
    keys = (Mandate.area_code, Mandate.re_elected, Mandate.office_holder)
    deputies = (
        select(*keys, Term.first_year, first.label("first_on"))
        .join(Term, Term.id == Mandate.term_id)
        .where(within(Mandate.area_code, [coverage.area.code]), Mandate.level == level, in_office(on))
        .subquery()
    )
    c = deputies.c
    alike = (
        c.area_code,
        c.re_elected,
        c.office_holder,
        c.first_year,
        extract("year", c.first_on).label("reported_in"),
    )
    rows = [
        (DeputyGroup(area, level, re_elected, office_holder, first_year, count, 0, 0), reported_in)
        for area, re_elected, office_holder, first_year, reported_in, count in db.session.execute(
            select(*alike, func.count()).group_by(*alike)
        )
    ]
    return years_of_term(rows, on, coverage.rules_of)
