"""The main job on real input: from a county's workbooks to the figures its bulletin printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table, func, select, text

from app.extensions import db
from app.kit.audit import AuditEvent, verify
from app.kit.database import set_reading
from app.ledger.operations import reconcile
from app.registry.models import Mandate, Person
from app.registry.queries import in_office
from app.stations.models import Station
from tests.commands import lvzhi
from tests.conftest import DATA

COUNTY = DATA / "huarong"
EXPECTED: dict[str, Any] = json.loads((COUNTY / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def loaded(app: Flask) -> Iterator[Flask]:
    """The application with the sample county set up and its workbooks imported."""
    assert lvzhi(app, "setup", COUNTY / "county.yaml").code == 0
    answer = lvzhi(app, "import", COUNTY, "--json")
    assert answer.code == 0, answer.output
    yield app


def _key(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.primary_key)


def _everything(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Every row as the database keeps it."""
    with app.app_context():
        set_reading(False)
        content = {
            table.name: [
                tuple(row)
                for row in db.session.execute(text(f'SELECT * FROM "{table.name}" ORDER BY {_key(table)}'))
            ]
            for table in db.metadata.sorted_tables
        }
        db.session.remove()
    return content


def test_the_sample_county_gives_its_bulletins_figures(loaded: Flask) -> None:
    as_of = EXPECTED["as_of"]
    with loaded.app_context():
        count = db.session.scalar
        assert count(select(func.count()).select_from(Mandate)) == EXPECTED["mandates"]
        assert count(select(func.count()).select_from(Person)) == EXPECTED["persons"]
        assert count(select(func.count()).select_from(Station)) == EXPECTED["stations"]
        on = date.fromisoformat(as_of)
        assert count(select(func.count()).where(in_office(on)).select_from(Mandate)) == EXPECTED["in_office"]
        assert reconcile() == []
        checked, breaks = verify(db.session())
        assert checked > 40_000 and breaks == []
        db.session.remove()

    before = _everything(loaded)
    _importing_again_finds_nothing_new(loaded)
    _wrong_roster_gives_its_errors(loaded)
    assert _everything(loaded) == before

    area = ("--area", "430623")
    coverage = lvzhi(loaded, "report", "coverage", *area, "--as-of", as_of, "--format", "json").json
    assert coverage["area"] == {"code": "430623", "name": EXPECTED["county"]}
    assert coverage["levels"] == EXPECTED["coverage"]
    year = ("--year", EXPECTED["year"], "--format", "json")
    statistics = lvzhi(loaded, "report", "statistics", *area, *year).json
    assert {key: statistics[key] for key in EXPECTED["statistics"]} == EXPECTED["statistics"]
    suggestions = lvzhi(loaded, "report", "suggestions", *area, *year).json
    assert {key: suggestions[key] for key in EXPECTED["suggestions"]} == EXPECTED["suggestions"]


def _importing_again_finds_nothing_new(app: Flask) -> None:
    answer = lvzhi(app, "import", COUNTY, "--json")
    assert answer.code == 0
    for sheet in answer.json["sheets"]:
        assert (sheet["created"], sheet["updated"], sheet["errors"]) == (0, 0, [])
        assert sheet["unchanged"] == sheet["rows"]


def _wrong_roster_gives_its_errors(app: Flask) -> None:
    answer = lvzhi(app, "import", COUNTY / "含错误的名册.xlsx", "--json")
    assert answer.code == 3
    _check_the_twelve(answer.json)


def _check_the_twelve(answer: dict[str, Any]) -> None:
    expected = json.loads((COUNTY / "含错误的名册.expected.json").read_text(encoding="utf-8"))
    (sheet,) = answer["sheets"]
    assert sheet["kind"] == "roster"
    found = [[error["row"], error["column"]] for error in sheet["errors"]]
    assert found == [[row, column] for row, column, _why in expected]
    assert all(error["message"] for error in sheet["errors"])


def test_the_wrong_roster_gives_its_twelve_errors_on_an_empty_database(app: Flask) -> None:
    lvzhi(app, "setup", COUNTY / "county.yaml")
    before = _everything(app)
    answer = lvzhi(app, "import", COUNTY / "含错误的名册.xlsx", "--json")
    assert answer.code == 3
    _check_the_twelve(answer.json)
    assert _everything(app) == before


def test_rows_are_skipped_only_when_asked(app: Flask) -> None:
    lvzhi(app, "setup", COUNTY / "county.yaml")
    answer = lvzhi(app, "import", COUNTY / "含错误的名册.xlsx", "--json", "--skip-bad-rows")
    assert answer.code == 3
    _check_the_twelve(answer.json)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Mandate)) == 188
        created = db.session.scalar(
            select(func.count()).where(AuditEvent.tag == "import:mandate:create").select_from(AuditEvent)
        )
        assert created == 188
        db.session.remove()
