"""The invented county: whole, consistent, and every screen of every role has something to show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.cli.demo.rows import COUNTY
from app.duty_reports.models import DutyReport
from app.extensions import db
from app.kit.audit import verify
from app.kit.clock import SHANGHAI
from app.ledger.models import DutyRecord
from app.ledger.operations import reconcile
from app.oversight.queries.suggestions import get_suggestions_report
from app.registry.models import HandlingUnit, Mandate, Term
from app.registry.queries import get_area
from app.registry.states import Level
from app.suggestions.models import FeedbackSlip, Suggestion, SuggestionStep, SuggestionUnit
from app.suggestions.rules import reply_due_on
from app.suggestions.states import GONE, HandlingState, Step, SuggestionState, UnitPart
from tests.commands import lvzhi

NOW = datetime(2026, 11, 21, 10, tzinfo=SHANGHAI)


@pytest.fixture
def demo(app: Flask) -> Iterator[dict[str, Any]]:
    with time_machine.travel(NOW, tick=True):
        result = app.test_cli_runner().invoke(args=["demo"])
        assert result.exit_code == 0, result.output
        notes = Path(app.config["DATA_DIR"]) / "demo-accounts.json"
        yield json.loads(notes.read_text(encoding="utf-8"))
        notes.unlink()


def test_the_demo_county_is_whole_and_agrees_with_itself(app: Flask, demo: dict[str, Any]) -> None:
    with app.app_context():
        assert reconcile() == []
        checked, breaks = verify(db.session())
        assert breaks == [] and checked > 1000
        assert (db.session.scalar(select(func.count()).select_from(Mandate)) or 0) > 800
        years = set(db.session.scalars(select(func.extract("year", DutyRecord.happened_on)).distinct()))
        assert len(years) >= 4
        db.session.remove()
        _check_what_readers_notice()
        _check_suggestions_at_every_stage()
        db.session.remove()
    runner = app.test_cli_runner()
    for check in (("ledger", "reconcile"), ("audit", "verify")):
        found = lvzhi(app, *check)
        assert found.code == 0, found.output
    assert runner.invoke(args=["demo"]).exit_code == 2, "it goes into an empty database only"
    assert runner.invoke(args=["demo", "--if-empty"]).exit_code == 0
    assert demo["password"] in runner.invoke(args=["demo", "--show-accounts"]).output
    for login, _role in demo["accounts"]:
        browser = app.test_client()
        answer = browser.post("/login", data={"login": login, "password": demo["password"]})
        assert answer.status_code == 303, login
        home = browser.get("/").get_data(as_text=True)
        for link in sorted(set(re.findall(r'<a href="(/[a-z][a-z/-]*)"', home))):
            page = browser.get(link, follow_redirects=True)
            assert page.status_code == 200, (login, link)


def _check_what_readers_notice() -> None:
    terms = {(term.level, term.started_on, term.first_year) for term in db.session.scalars(select(Term))}
    assert (Level.NATIONAL, date(2023, 3, 5), 2023) in terms
    assert (Level.COUNTY, date(2021, 12, 28), 2022) in terms
    assert len(terms) == len(Level)
    began = select(Mandate.began_on, Term.started_on).join(Mandate.term)
    assert all(term and mandate >= term for mandate, term in db.session.execute(began))
    suggestions = db.session.scalars(select(Suggestion).where(Suggestion.assigned_on.is_not(None))).all()
    # Given back by its first unit, the reply is due from the day another one has it.
    straight = [one for one in suggestions if not any(part.state in GONE for part in one.units)]
    assert len(straight) >= len(suggestions) - 2
    assert all(one.due_on == reply_due_on(one.assigned_on) for one in straight if one.assigned_on)
    lead = select(Suggestion.title, HandlingUnit.name).join(Suggestion.units).join(SuggestionUnit.unit)
    rows = db.session.execute(lead.where(SuggestionUnit.part == UnitPart.LEAD)).all()
    assert {unit for title, unit in rows if "用电不稳" in title} == {"县供电公司"}
    rates = get_suggestions_report(get_area(COUNTY), 2025, NOW.date()).by_lead_unit
    assert len({round(unit.satisfied / unit.rated, 2) for unit in rates.values()}) > 3
    assert (db.session.scalar(select(func.sum(DutyReport.dissatisfied))) or 0) > 0


def _check_suggestions_at_every_stage() -> None:
    """4-21: each state has an example to look at; what the steps tell and what the rows say is the same."""
    assert set(db.session.scalars(select(Suggestion.state).distinct())) == set(SuggestionState)
    assert set(db.session.scalars(select(SuggestionUnit.state).distinct())) == set(HandlingState)
    steps = select(SuggestionStep).order_by(SuggestionStep.on, SuggestionStep.id)
    last: dict[tuple[str, int], str] = {}
    for step in db.session.scalars(steps):
        if step.suggestion_unit_id is None:
            last["suggestion", step.suggestion_id] = step.after
        else:
            last["part", step.suggestion_unit_id] = step.after
    for one in db.session.scalars(select(Suggestion)):
        assert last.get(("suggestion", one.id), one.state.value) == one.state.value, one.title
        for part in one.units:
            assert last.get(("part", part.id), part.state.value) == part.state.value, one.title
    slips = select(FeedbackSlip.suggestion_id)
    rated = select(SuggestionStep.suggestion_id).where(SuggestionStep.step == Step.RATE)
    assert set(db.session.scalars(rated)) == set(db.session.scalars(slips))
