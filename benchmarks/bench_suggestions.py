"""Pages of 100,000 suggestions with a million steps: ``python -m benchmarks.bench_suggestions [--full]``.

The list, the stage board, running deadlines, what is overdue, and one suggestion, asked for through the application
in this process (no server beside it), and the hand-written SQL that a page cannot do without. The ratio holds on any
machine. The invented suggestions are made by the database itself and carry steps, units and clocks.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, literal, select, text
from sqlalchemy import insert as sql_insert

from app.extensions import db
from app.kit import clock
from app.kit.database import analyse
from app.registry.models import HandlingUnit, Mandate
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionStep, SuggestionUnit
from app.suggestions.states import (
    ClockKind,
    HandlingState,
    Occasion,
    Step,
    SuggestionSource,
    SuggestionState,
    UnitPart,
)
from benchmarks import data

ROOT = Path(__file__).resolve().parent.parent
STEPS = 10  # of each suggestion
UNITS = 40  # of each county
OPEN_OF = 20  # one suggestion in so many is still being handled
BOARD = "suggestions.stages"

HERE = "c.area_code >= :low AND c.area_code < :high"
LIST = """SELECT s.id, s.title, s.number, s.raised_on, s.due_on, p.name FROM suggestion s
    JOIN mandate m ON m.id = s.lead_mandate_id JOIN person p ON p.id = m.person_id
    WHERE s.area_code >= :low AND s.area_code < :high AND s.state <> 'draft'
    ORDER BY s.raised_on DESC, s.id DESC LIMIT 51"""
BOARD_SQL = """SELECT s.state, count(*) FROM suggestion s
    WHERE s.area_code >= :low AND s.area_code < :high GROUP BY s.state"""
DEADLINES = f"""SELECT c.id, c.due_on, s.title, u.name FROM suggestion_clock c
    JOIN suggestion s ON s.id = c.suggestion_id
    LEFT JOIN suggestion_unit w ON w.id = c.suggestion_unit_id LEFT JOIN handling_unit u ON u.id = w.unit_id
    WHERE c.ended_on IS NULL AND {HERE} AND s.state <> 'draft' ORDER BY c.due_on, c.id LIMIT 51"""
OVERDUE = f"""SELECT u.name, count(*), min(c.due_on) FROM suggestion_clock c
    JOIN suggestion s ON s.id = c.suggestion_id
    JOIN suggestion_unit w ON w.id = c.suggestion_unit_id JOIN handling_unit u ON u.id = w.unit_id
    WHERE c.ended_on IS NULL AND c.due_on < :today AND {HERE} AND s.state <> 'draft' GROUP BY u.name"""
ONE = "SELECT * FROM suggestion_step WHERE suggestion_id = :one ORDER BY id"


def fill(suggestions: int) -> None:
    """Suggestions of all mandates in turn, a unit each, steps, and a clock for the reply."""
    with db.engine.begin() as connection:
        if connection.scalar(select(func.count()).select_from(Suggestion)) == suggestions:
            return
        if connection.scalar(select(func.count()).select_from(Suggestion)):
            raise SystemExit("another number of suggestions is there: remove the folder build/benchmarks")
        _units(connection)
        mandates = connection.scalar(select(func.count()).select_from(Mandate)) or 1
        _put(connection, suggestions, mandates)
    with db.session() as session:
        analyse(session)
        session.commit()


def _units(connection: Connection) -> None:
    codes = connection.scalars(select(Mandate.office_code).distinct().order_by(Mandate.office_code)).all()
    rows = [{"area_code": code, "name": f"第{n}局", "version": 1} for code in codes for n in range(UNITS)]
    now = clock.now()
    connection.execute(
        sql_insert(HandlingUnit), [{**row, "created_at": now, "updated_at": now} for row in rows]
    )


def _put(connection: Connection, suggestions: int, mandates: int) -> None:
    today, now = clock.today(), clock.now()
    rows: list[dict[str, Any]] = []
    known = connection.execute(select(Mandate.id, Mandate.office_code, Mandate.scope_code)).all()
    units: dict[str, list[int]] = {}
    for row in connection.execute(select(HandlingUnit.id, HandlingUnit.area_code)):
        units.setdefault(row.area_code, []).append(row.id)
    parts, clocks = [], []
    stamp = {"created_at": now, "updated_at": now}
    for n in range(suggestions):
        mandate = known[n * 7919 % mandates]
        raised = today - timedelta(days=n * 1500 // suggestions)
        handled = n % OPEN_OF != 0
        due = raised + timedelta(days=100)
        rows.append({
            "id": n + 1, "office_code": mandate.office_code, "area_code": mandate.scope_code,
            "state": SuggestionState.CONCLUDED if handled else SuggestionState.ASSIGNED,
            "number": f"B-{n}", "title": f"关于第{n}号道路硬化的建议", "body": "", "proposals": "",
            "category": "交通", "lead_mandate_id": mandate.id, "raised_on": raised,
            "occasion": Occasion.IN_SESSION, "source": SuggestionSource.RESEARCH, "source_note": "",
            "public_choice": "full", "wants_talk": False, "reference_only": False, "open_to_cosigners": False,
            "proposed_units": "", "committee": "", "confidential": False, "round": 1,
            "assigned_on": raised + timedelta(days=8), "due_on": due,
            "replied_on": raised + timedelta(days=90) if handled else None, "solved": handled, "version": 1, **stamp,
        })  # fmt: skip
        unit = units[mandate.office_code][n % UNITS]
        parts.append({
            "id": n + 1, "suggestion_id": n + 1, "unit_id": unit, "part": UnitPart.LEAD,
            "state": HandlingState.ANSWERED if handled else HandlingState.SIGNED, "handler": "",
            "handler_phone": "", "task": "", "opinion": "", **stamp,
        })  # fmt: skip
        clocks.append({
            "suggestion_id": n + 1, "suggestion_unit_id": n + 1, "area_code": mandate.scope_code,
            "kind": ClockKind.REPLY, "round": 1, "started_on": raised + timedelta(days=8), "due_on": due,
            "ended_on": raised + timedelta(days=90) if handled else None, "working": {}, **stamp,
        })  # fmt: skip
    for model, made in ((Suggestion, rows), (SuggestionUnit, parts), (SuggestionClock, clocks)):
        for start in range(0, len(made), 5000):
            connection.execute(sql_insert(model), made[start : start + 5000])
    _steps(connection, now)


def _steps(connection: Connection, now: Any) -> None:
    names = ("suggestion_id", "step", "before", "after", "on", "at", "by_name", "note")
    for n in range(STEPS):
        step = (Step.SUBMIT, Step.ACCEPT, Step.ASSIGN)[n] if n < 3 else Step.CONTACT
        wanted = select(
            Suggestion.id,
            literal(step.value),
            literal(""),
            literal(""),
            Suggestion.raised_on,
            literal(now, SuggestionStep.__table__.c.at.type),
            literal("县人大"),
            literal(""),
        )
        connection.execute(sql_insert(SuggestionStep).from_select(names, wanted, include_defaults=False))


def median(runs: int, work: Callable[[], object]) -> float:
    """Median milliseconds after one run to fill the caches."""
    work()
    taken = []
    for _run in range(runs):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def sign_in(app: Flask, login: str) -> FlaskClient:
    """A browser with a session."""
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    answer = browser.post("/login", data={"login": login, "password": data.PASSWORD})
    assert answer.status_code == 303, answer.status_code
    return browser


def pages(app: Flask) -> list[tuple[str, str, str]]:
    """(name, address, the SQL it cannot do without)."""
    found = [
        ("list", "/suggestions", LIST),
        ("list, one unit's overdue", "/suggestions?standing=overdue&lead_unit=第1局", LIST),
        ("running deadlines", "/suggestions/deadlines", DEADLINES),
        ("overdue deadlines", "/suggestions/deadlines?standing=overdue", DEADLINES),
        ("overdue board", "/suggestions/overdue", OVERDUE),
        ("one suggestion", "/suggestions/50001", ONE),
    ]
    board = next((rule.rule for rule in app.url_map.iter_rules() if rule.endpoint == BOARD), "")
    return [*found[:2], ("stage board", board, BOARD_SQL), *found[2:]] if board else found


def measure(app: Flask, login: str, area: str, runs: int) -> None:
    """Prints one line per page."""
    browser = sign_in(app, login)
    values = {
        "low": area,
        "high": f"{area[:-1]}{chr(ord(area[-1]) + 1)}",
        "today": clock.today(),
        "one": 50001,
    }
    print(f"{'as ' + login:28}{'page ms':>10}{'SQL ms':>10}{'ratio':>8}")
    for name, address, statement in pages(app):

        def ask(address: str = address) -> None:
            answer = browser.get(address)
            assert answer.status_code in (200, 404), (address, answer.status_code)

        with app.app_context(), db.engine.connect() as connection:
            used = {key: value for key, value in values.items() if f":{key}" in statement}

            def by_hand(statement: str = statement, used: dict[str, Any] = used) -> None:
                connection.execute(text(statement), used).all()

            hand = median(runs, by_hand)
        own = median(runs, ask)
        print(f"{name:28}{own:10.1f}{hand:10.1f}{own / hand:8.1f}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="100,000 suggestions and a million steps")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--data", type=Path, default=ROOT / "build" / "benchmarks" / "suggestions")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    count = 100_000 if options.full else 10_000
    print(f"{options.database}: {count:,} suggestions, {count * STEPS:,} steps")
    with data.province(options.data / str(count), data.SMALL, options.database) as app:
        with app.app_context():
            fill(count)
            db.session.remove()
        measure(app, "province", data.PROVINCE, options.runs)
        measure(app, "county", data.county_code(0), options.runs)


if __name__ == "__main__":
    main()
