"""Reading reports on duty: who sees which, the rules in force, where one deputy stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import contains_eager

from app.duty_reports.models import DutyReport
from app.duty_reports.policy import VIEW_REPORTS
from app.duty_reports.rules import (
    TOPIC,
    DueWindow,
    DutyReportRules,
    category_of,
    default_rules,
    due_windows,
    status_on,
)
from app.duty_reports.states import Category, ReportStatus
from app.extensions import db
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import Mandate, Person, RuleSet
from app.registry.queries import MISSING


def visible_reports(actor: Actor, action: Action = VIEW_REPORTS) -> ColumnElement[bool]:
    """Reports of deputies in the actor's areas, or the actor's own."""
    scope = within(DutyReport.scope_code, actor.areas(action))
    if actor.owns(action):
        own = select(Mandate.id).where(Mandate.person_id == actor.person_id)
        return or_(scope, DutyReport.mandate_id.in_(own))
    return scope


def select_visible_reports(actor: Actor, action: Action = VIEW_REPORTS) -> Select[Any]:
    """Reports with their mandates and persons."""
    return (
        select(DutyReport)
        .join(Mandate, Mandate.id == DutyReport.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(visible_reports(actor, action))
    )


def get_visible_report(actor: Actor, report_id: int, action: Action = VIEW_REPORTS) -> DutyReport:
    """The report; NotFound where it does not exist or lies outside the actor's scope."""
    wanted = select_visible_reports(actor, action).where(DutyReport.id == report_id)
    mandate = contains_eager(DutyReport.mandate)
    found = db.session.scalar(wanted.options(mandate, mandate.contains_eager(Mandate.person)))
    if found is None:
        raise NotFound(MISSING)
    return found  # type: ignore[no-any-return]


def find_report(mandate_id: int, on: date) -> DutyReport | None:
    """The deputy's report of that day."""
    return db.session.scalar(
        select(DutyReport).where(DutyReport.mandate_id == mandate_id, DutyReport.reported_on == on)
    )


def list_reporters(mandate_ids: Sequence[int], on: date) -> Sequence[int]:
    """Those of these mandates who have a report of that day."""
    wanted = select(DutyReport.mandate_id).where(DutyReport.mandate_id.in_(mandate_ids))
    return db.session.scalars(wanted.where(DutyReport.reported_on == on)).all()


def list_reports(mandate_id: int) -> Sequence[DutyReport]:
    """A deputy's reports, the latest first."""
    wanted = select(DutyReport).where(DutyReport.mandate_id == mandate_id)
    return db.session.scalars(wanted.order_by(DutyReport.reported_on.desc())).all()


@dataclass(frozen=True)
class RulesInForce:
    """Rules with the area they are for (None: the shipped ones) and the document they come from."""

    rules: DutyReportRules
    area_code: str | None
    document: str


class RuleBook:
    """The rules of every office of an area on a day: each area's own, else those of the nearest above it."""

    def __init__(self, by_area: dict[str, RulesInForce]) -> None:
        self._by_area = by_area
        self._found: dict[str, RulesInForce] = {}
        self._default = RulesInForce(default_rules(), None, default_rules().document)

    def of(self, area_code: str) -> RulesInForce:
        """The rules in force for an area."""
        found = self._found.get(area_code)
        if found is None:
            above = (area_code[:n] for n in range(len(area_code), -1, -1))
            found = next((self._by_area[code] for code in above if code in self._by_area), self._default)
            self._found[area_code] = found
        return found


def load_rule_book(area_code: str, on: date) -> RuleBook:
    """The rules in force on a day for an area, for those in it and those above it."""
    above = [area_code[:n] for n in range(len(area_code))]
    rows = db.session.execute(
        select(RuleSet.area_code, RuleSet.content, RuleSet.document)
        .where(RuleSet.topic == TOPIC, RuleSet.valid_from <= on)
        .where(or_(within(RuleSet.area_code, [area_code]), RuleSet.area_code.in_(above)))
        .order_by(RuleSet.valid_from)
    )
    by_area = {}
    for code, content, document in rows:
        rules = DutyReportRules.model_validate(content)
        by_area[code] = RulesInForce(rules, code, document or rules.document)
    return RuleBook(by_area)


@dataclass(frozen=True)
class DutyStanding:
    """Where one deputy stands on a day, and by which rule."""

    category: Category
    windows: Sequence[DueWindow]
    status: ReportStatus
    rules: RulesInForce


def duty_standing(mandate: Mandate, on: date, reports: Sequence[DutyReport] | None = None) -> DutyStanding:
    """Where a deputy stands on a day, with the windows and the rule that decide it; ``reports`` are the mandate's
    where they have been read already."""
    in_force = load_rule_book(mandate.area_code, on).of(mandate.area_code)
    category = category_of(mandate.re_elected, mandate.office_holder, in_force.rules)
    windows = due_windows(category, mandate.level, mandate.term.first_year, in_force.rules)
    since = mandate.term.started_on or mandate.began_on
    known = list_reports(mandate.id) if reports is None else reports
    reported = any(since <= report.reported_on <= on for report in known)
    return DutyStanding(category, windows, status_on(on, reported, windows), in_force)
