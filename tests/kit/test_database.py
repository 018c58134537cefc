"""The ground: writers that lose nothing to each other, SQLite's settings, columns, prefixes, numbers reserved."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, CheckConstraint, String, Time, column, inspect, select, text
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateColumn

from app.extensions import db
from app.kit import audit, clock
from app.kit.database import Base, UtcDateTime, enum_type, one_snapshot, read_only, reserve_ids, within
from app.kit.jobs import Job, JobState
from app.registry.models import Area, Person
from tests import world as invented

ROOT = Path(__file__).parents[2]
WRITERS, TIMES = 4, 60


# --- writers -------------------------------------------------------------------------------------------------


@pytest.mark.timeout(240)
def test_four_processes_writing_what_they_read_lose_nothing(
    app: Flask, world: invented.World, tmp_path: Path
) -> None:
    """Each of 240 transactions reads a number and writes the next one; every one of them is counted and audited."""
    with app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
        db.engine.dispose()
    command = [sys.executable, "-m", "tests.kit.writers", url, str(tmp_path), str(world.persons["单立春"])]
    running = [
        subprocess.Popen([*command, str(TIMES)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _writer in range(WRITERS)
    ]
    ended = [(writer.communicate(), writer.returncode) for writer in running]
    assert [code for _output, code in ended] == [0] * WRITERS, [output[1].decode() for output, _code in ended]
    with app.app_context():
        person = db.session.get_one(Person, world.persons["单立春"])
        assert (person.note, person.version) == (str(WRITERS * TIMES), 1 + WRITERS * TIMES)
        written = select(audit.AuditEvent.id).where(audit.AuditEvent.tag == "cli:person:update")
        assert len(db.session.scalars(written).all()) == WRITERS * TIMES
        assert audit.verify(db.session())[1] == []
        db.session.remove()


@pytest.mark.sqlite_only
def test_a_writer_waits_for_another_and_readers_do_not(app: Flask, world: invented.World) -> None:
    release, holding = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context():
            db.session.execute(text("UPDATE person SET note = 'held'"))
            holding.set()
            release.wait(10)
            db.session.commit()

    holder = threading.Thread(target=hold)
    holder.start()
    assert holding.wait(10)
    with app.app_context(), read_only():
        began = time.monotonic()
        assert db.session.scalar(select(Person.note).limit(1)) is None
        assert time.monotonic() - began < 2
        db.session.remove()
    threading.Timer(0.3, release.set).start()
    with app.app_context():
        person = db.session.get_one(Person, world.persons["单立春"])
        assert person.note == "held", "a writer reads only what is there once it holds the lock"
        person.note = "after"
        db.session.commit()
        db.session.remove()
    holder.join()


def test_two_readings_in_one_snapshot_agree(app: Flask) -> None:
    """The ledger is compared with its sources while others write to both."""
    wanted = select(Area.code).order_by(Area.code)
    with app.app_context(), read_only():
        one_snapshot(db.session())
        assert db.session.scalars(wanted).all() == []
        with Session(db.engine) as other, other.begin():
            other.add(Area(code="99", name="甲省", kind="province"))
        assert db.session.scalars(wanted).all() == []
        db.session.remove()
        assert db.session.scalars(wanted).all() == ["99"]
        db.session.remove()


def test_two_people_saving_one_form(app: Flask, sign_in: Callable[[str], FlaskClient]) -> None:
    """The second is told, keeps what was typed, and overwrites nothing."""
    with app.app_context():
        version = db.session.scalar(select(Person.version).where(Person.name == "单立春"))
        identity = db.session.scalar(select(Person.id).where(Person.name == "单立春"))
        db.session.remove()
    first, second = sign_in("county"), sign_in("township")
    form = {"name": "单立春", "version": str(version), "nation": "汉族"}
    saved = first.post(f"/persons/{identity}/edit", data={**form, "work_unit_post": "甲厂"})
    assert saved.status_code == 303, saved.get_data(as_text=True)
    late = second.post(f"/persons/{identity}/edit", data={**form, "work_unit_post": "乙厂"})
    assert late.status_code == 422
    page = late.get_data(as_text=True)
    assert "乙厂" in page and "修改过" in page
    with app.app_context():
        assert db.session.get_one(Person, identity).work_unit_post == "甲厂"
        db.session.remove()


@pytest.mark.sqlite_only
def test_settings_of_sqlite(session: Any) -> None:
    def pragma(name: str) -> Any:
        return session.execute(text(f"PRAGMA {name}")).scalar()

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2, "FULL: what was acknowledged survives a power failure"
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") >= 10_000


@pytest.mark.sqlite_only
def test_a_post_takes_the_write_lock_first_and_a_get_takes_none(
    sign_in: Callable[[str], FlaskClient], queries: list[str]
) -> None:
    browser = sign_in("county")
    queries.clear()
    browser.get("/groups")
    assert [sent for sent in queries if sent.startswith("BEGIN")] == ["BEGIN"]
    queries.clear()
    browser.post("/groups/new", data={"name": ""})
    assert queries[0] == "BEGIN IMMEDIATE"


def test_foreign_keys_are_enforced(session: Any) -> None:
    session.add(Area(code="1234", name="甲", kind="city", parent_code="99"))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


# --- columns -------------------------------------------------------------------------------------------------


def test_instants_come_back_as_they_went(session: Any) -> None:
    here = timezone(timedelta(hours=8))
    at = datetime(2026, 3, 5, 7, 30, 15, 123456, tzinfo=here)
    job = Job(actor={}, kind="k", label="l", arguments={}, started_at=at)
    session.add(job)
    session.flush()
    session.expire(job)
    assert job.started_at == at
    assert job.started_at is not None and job.started_at.utcoffset() == timedelta(0)


def test_an_instant_needs_its_zone(session: Any) -> None:
    with pytest.raises(StatementError, match="time zone"):
        session.scalar(select(Job.id).where(Job.started_at == datetime(2026, 3, 5)))  # noqa: DTZ001
    assert UtcDateTime().process_result_value(None, None) is None


def test_a_state_is_kept_by_its_key_and_by_nothing_else(session: Any) -> None:
    assert enum_type(JobState).enums == [state.value for state in JobState]
    session.add(Job(actor={}, kind="k", label="l", arguments={}, state=JobState.FAILED))
    session.flush()
    assert session.execute(text("SELECT state FROM job")).scalar() == "failed"
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE job SET state = 'lost'"))
    session.rollback()


def test_every_table_is_made_by_the_rules_of_the_house() -> None:
    """Constraints have names (SQLite's migrations look for them), states a check, money and numbers room."""
    for table in db.metadata.sorted_tables:
        for constraint in table.constraints:
            assert constraint.name or isinstance(constraint, CheckConstraint), f"{table.name}: {constraint!r}"
        for one in table.columns:
            if isinstance(one.type, SqlEnum):
                assert not one.type.native_enum, one
                assert one.type.create_constraint, one
            if one.name.endswith("_fen"):
                assert isinstance(one.type, BigInteger), one
            if one.name.endswith("_at"):
                assert isinstance(one.type, UtcDateTime | Time), one
            if isinstance(one.type, String) and one.name == "area_code":
                assert (one.type.length or 0) >= 12, one


def test_codes_are_compared_byte_by_byte_whatever_the_collation_of_the_database() -> None:
    """A linguistic collation sorts ':' before the digits: the ranges of a code ending in 9 were empty."""
    checked = set()
    words = {"public_code", "sign_in_code", "follow_code"}  # said or scanned, no codes of areas
    for table in db.metadata.sorted_tables:
        for one in table.columns:
            if one.name == "code" or (one.name.endswith("_code") and one.name not in words):
                made = str(CreateColumn(one).compile(dialect=postgresql.dialect()))
                assert 'COLLATE "C"' in made, f"{table.name}: {made}"
                checked.add(f"{table.name}.{one.name}")
    assert checked >= {"area.code", "area.parent_code", "person.area_code", "mandate.scope_code"}


def test_foreign_keys_that_are_followed_have_an_index() -> None:
    """A list of one record's rows must not read a whole table."""
    few = {"import_batch.user_id"}  # an office imports a few times a year
    bare = []
    for table in db.metadata.sorted_tables:
        leading = {next(iter(index.columns)).name for index in table.indexes if len(index.columns)}
        leading |= {one.name for one in table.columns if one.primary_key or one.unique}
        for key in table.foreign_keys:
            if key.parent.name not in leading and key.parent.name.endswith("_id"):
                bare.append(f"{table.name}.{key.parent.name}")
    assert set(bare) - few == set()


def test_whatever_a_record_holds_comes_in_a_fixed_order() -> None:
    """PostgreSQL gives rows as they lie on the disk, and a changed row lies elsewhere."""
    free = [
        str(held)
        for mapper in Base.registry.mappers
        for held in mapper.relationships
        if held.uselist and not held.order_by
    ]
    assert free == []


def test_numbers_are_never_given_twice(session: Any) -> None:
    """A number the audit trail speaks of does not come back for another record."""
    first = Job(actor={}, kind="k", label="l", arguments={})
    session.add(first)
    session.flush()
    number = first.id
    session.delete(first)
    session.flush()
    again = Job(actor={}, kind="k", label="l", arguments={})
    session.add(again)
    session.flush()
    assert again.id > number


def test_reserved_numbers_are_free_and_stay_so(session: Any) -> None:
    table: Any = Job.__table__
    session.add(Job(actor={}, kind="k", label="l", arguments={}))
    session.flush()
    taken = set(session.scalars(select(Job.id)))
    reserved = reserve_ids(session, table, 500)
    assert len(set(reserved)) == 500
    assert not taken & set(reserved)
    now = clock.now()
    session.execute(
        table.insert(),
        [
            {
                "id": n,
                "actor": {},
                "kind": "k",
                "label": "l",
                "arguments": {},
                "state": "queued",
                "created_at": now,
            }
            | {"progress": 0, "message": "", "area_code": ""}
            for n in reserved
        ],
    )
    later = Job(actor={}, kind="k", label="l", arguments={})
    session.add(later)
    session.flush()
    assert later.id not in reserved
    assert reserve_ids(session, table, 0) == []


# --- prefixes ------------------------------------------------------------------------------------------------

codes = st.lists(st.from_regex(r"\A[0-9]{0,12}\Z"), min_size=1, max_size=8)


@given(all_codes=codes, prefixes=st.lists(st.from_regex(r"\A[0-9]{0,9}\Z"), max_size=4))
def test_a_scope_is_everything_that_begins_with_it(all_codes: list[str], prefixes: list[str]) -> None:
    """The ranges an index serves say the same as ``startswith``."""
    import sqlite3

    condition = within(column("code", String), prefixes)
    compiled = condition.compile(compile_kwargs={"literal_binds": True})
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (code TEXT)")
    connection.executemany("INSERT INTO t VALUES (?)", [(code,) for code in all_codes])
    found = [row[0] for row in connection.execute(f"SELECT code FROM t WHERE {compiled}")]
    assert sorted(found) == sorted(
        code for code in all_codes if any(code.startswith(prefix) for prefix in prefixes)
    )


def test_nobody_s_scope_is_nothing(session: Any) -> None:
    session.add(Area(code="99", name="甲省", kind="province"))
    session.flush()
    assert session.scalars(select(Area.code).where(within(Area.code, []))).all() == []
    assert session.scalars(select(Area.code).where(within(Area.code, [""]))).all() == ["99"]


def test_a_scope_is_read_from_an_index(session: Any, database: str) -> None:
    if database != "sqlite":
        pytest.skip("the planner of PostgreSQL reads small tables whole")
    plan = session.execute(
        text("EXPLAIN QUERY PLAN SELECT id FROM person WHERE area_code >= '999' AND area_code < '99:'")
    ).all()
    assert "USING" in str(plan) and "INDEX" in str(plan)


def test_the_schema_is_the_models_(session: Any) -> None:
    assert {table.name for table in db.metadata.sorted_tables} <= set(
        inspect(session.connection()).get_table_names()
    )
    assert clock.now().tzinfo is UTC
