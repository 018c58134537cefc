"""Many invented deputies with every kind of standing, and who of them has reported, worked out one by one."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

from app.duty_reports.models import DutyReport
from app.duty_reports.queries import load_rule_book
from app.duty_reports.rules import category_of, due_windows, status_on
from app.duty_reports.states import ReportMode, addressee_of
from app.extensions import db
from app.registry.models import Mandate, Person, RuleSet, Suspension, Term
from app.registry.names import name_columns
from app.registry.states import Level, SuspensionReason
from tests.world import BEGAN, COUNTY, DUTY_REPORT_RULES, LINJIANG, NEIGHBOUR, QINGSHAN, World

HEKOU = "999002101"
# The neighbour's deputies report in other years and months than those of the county.
NEIGHBOURS_RULES = {
    **DUTY_REPORT_RULES,
    "due_years": {"re_elected": [2], "office_holder": [3], "other": [1, 4]},
    "precedence": "latest",
    "windows": {**DUTY_REPORT_RULES["windows"], "county": {"months": [11, 1], "year_offset": 0}},  # type: ignore[dict-item]
}
HELD_AT = {
    Level.PROVINCE: ("9990",),
    Level.CITY: (COUNTY, NEIGHBOUR),
    Level.COUNTY: (LINJIANG, QINGSHAN, HEKOU, COUNTY),
    Level.TOWNSHIP: (LINJIANG, QINGSHAN, HEKOU),
}


def make_crowd(world: World, seed: int, size: int = 150) -> None:
    """Deputies of four levels in all of 东湖市, some ended, suspended or in an earlier term, with reports."""
    chance = random.Random(seed)
    db.session.add(
        RuleSet(
            area_code=NEIGHBOUR, topic="duty_reports", valid_from=date(2000, 1, 1), content=NEIGHBOURS_RULES
        )
    )
    terms = [
        Term(level=level, area_code="9990", name=f"{level.value}{year}", ordinal=year, first_year=year)
        for level in HELD_AT
        for year in (2017, 2022)
    ]
    for term in terms:
        term.started_on = date((term.first_year or 0) - 1, 12, 28)
    terms.append(Term(level=Level.COUNTY, area_code=NEIGHBOUR, name="未知", ordinal=1))
    person = Person(**name_columns("众多"), area_code=COUNTY)
    db.session.add_all([*terms, person])
    db.session.flush()
    for number in range(size):
        level = chance.choice(list(HELD_AT))
        area = chance.choice(HELD_AT[level])
        mandate = Mandate(
            person=person,
            office_code=area[:6],
            area_code=area,
            scope_code=area,
            card_no=f"X{number:04d}",
            level=level,
            term=chance.choice([term for term in terms if term.level is level]),
            re_elected=chance.random() < 0.3,
            office_holder=chance.random() < 0.3,
            began_on=BEGAN + timedelta(chance.choice([0, 0, 0, 400])),
        )
        if chance.random() < 0.15:
            mandate.ended_on = mandate.began_on + timedelta(chance.randrange(900))
        db.session.add(mandate)
        db.session.flush()
        if chance.random() < 0.1:
            began = BEGAN + timedelta(chance.randrange(700))
            ended = began + timedelta(200) if chance.random() < 0.5 else None
            db.session.add(
                Suspension(mandate=mandate, reason=SuspensionReason.DETAINED, began_on=began, ended_on=ended)
            )
        _report(mandate, chance)
    db.session.flush()


def _report(mandate: Mandate, chance: random.Random) -> None:
    # Some before the term's start, which do not count for it.
    for day in chance.sample(range(-60, 900), chance.choice([0, 0, 1, 1, 2])):
        db.session.add(
            DutyReport(
                mandate=mandate,
                scope_code=mandate.scope_code,
                reported_on=BEGAN + timedelta(day),
                mode=chance.choice(list(ReportMode)),
                addressee=addressee_of(mandate.level),
            )
        )


def count_one_by_one(area_code: str, on: date) -> dict[Level, Counter[str]]:
    """The figures of each level, by the plain definition."""
    book = load_rule_book(area_code, on)
    found: dict[Level, Counter[str]] = {}
    for mandate in db.session.query(Mandate):
        if not mandate.area_code.startswith(area_code) or not _in_office(mandate, on):
            continue
        since = mandate.term.started_on or mandate.began_on
        reports = [
            report
            for report in db.session.query(DutyReport).filter_by(mandate_id=mandate.id)
            if since <= report.reported_on <= on
        ]
        rules = book.of(mandate.area_code).rules
        category = category_of(mandate.re_elected, mandate.office_holder, rules)
        windows = due_windows(category, mandate.level, mandate.term.first_year, rules)
        counts = found.setdefault(mandate.level, Counter())
        counts["in_office"] += 1
        counts[status_on(on, bool(reports), windows).value] += 1
        counts["by_meeting"] += any(report.mode is ReportMode.MEETING for report in reports)
    return found


def _in_office(mandate: Mandate, on: date) -> bool:
    suspended = any(s.began_on <= on and (s.ended_on is None or s.ended_on > on) for s in mandate.suspensions)
    ended = mandate.ended_on is not None and mandate.ended_on <= on
    return mandate.began_on <= on and not ended and not suspended
