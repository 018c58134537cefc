"""Imports while others work on the same county: nobody waits long, nobody's save is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.exchange.operations import import_workbooks
from app.exchange.sheets import look_at
from app.extensions import db
from app.kit.audit import AuditEvent, Happening, record, verify
from app.kit.authorisation import operator
from app.kit.database import LOCK_TIMEOUT, set_hurried
from app.kit.errors import Conflict
from app.registry.models import Person
from tests.exchange.workbooks import roster, roster_row
from tests.world import COUNTY, World

CLERK = operator("李干事")


class _Meanwhile:
    """Does something else once the last row has been written, before the import ends."""

    def __init__(self, act: Callable[[Session], None]) -> None:
        self.act = act

    def row(self, ref: Any, result: Any) -> None:
        """Nothing: rows may still wait to be written."""

    def progress(self, rows: int) -> None:
        """Every row is written now."""
        with Session(db.engine) as other:
            other.execute(text("SET LOCAL lock_timeout = '2s'"))
            self.act(other)
            other.commit()


@pytest.fixture
def on_postgresql(database: str) -> None:
    """SQLite has one writer at a time."""
    if database == "sqlite":
        pytest.skip("one writer at a time")


def _take(tmp_path: Path, watcher: Any, *rows: list[Any]) -> Any:
    refs = look_at([roster(tmp_path / "名册.xlsx", *rows)])
    return import_workbooks(
        operator(source="import"), office=COUNTY, areas=(COUNTY,), refs=refs, watcher=watcher
    )


def test_others_save_while_rows_are_written(
    on_postgresql: None, session: Any, world: World, tmp_path: Path
) -> None:
    def save(other: Session) -> None:
        record(other, [Happening("web:area:update", COUNTY, "area", 1)], CLERK)

    _take(tmp_path, _Meanwhile(save), roster_row("X1", "唐立春"), roster_row("X2", "唐雨水"))
    session.commit()
    assert verify(session())[1] == []
    tags = list(session.scalars(select(AuditEvent.tag).order_by(AuditEvent.seq)))
    saved = tags.index("web:area:update")
    assert tags[saved + 1] == "import:import_batch:create"
    assert tags[saved + 2 :].count("import:mandate:create") == 2


def test_a_save_made_meanwhile_is_not_overwritten(
    on_postgresql: None, session: Any, world: World, tmp_path: Path
) -> None:
    number = world.persons["单立春"]

    class Colleague(_Meanwhile):
        def row(self, ref: Any, result: Any) -> None:
            super().progress(0)

        def progress(self, rows: int) -> None:
            """Too late."""

    def save(other: Session) -> None:
        other.get_one(Person, number).address = "临江镇新街 1 号"

    row = roster_row(
        "C002", "单立春", 性别="男", 出生年月="1969.11.02", 手机号码="13900000002", 代表层级="县",
        届次="岳湖县第十八届",
    )  # fmt: skip
    with pytest.raises(Conflict, match="没有写入任何内容"):
        _take(tmp_path, Colleague(save), row)
    session.rollback()
    person = session.get_one(Person, number)
    assert (person.address, person.born) == ("临江镇新街 1 号", "1969-11")


def test_one_import_of_an_office_at_a_time(
    on_postgresql: None, session: Any, world: World, tmp_path: Path
) -> None:
    got = []

    def begin(other: Session) -> None:
        for office in (COUNTY, "999002"):
            key = {"key": f"lvzhi import {office}"}
            got.append(other.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))"), key))

    _take(tmp_path, _Meanwhile(begin), roster_row("X1", "唐立春"))
    assert got == [False, True]


def test_a_deadlock_is_one_sentence(session: Any, world: World, tmp_path: Path) -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    def fall(rows: int) -> None:
        raise OperationalError("UPDATE", {}, Deadlock())

    watcher = _Meanwhile(lambda other: None)
    watcher.progress = fall  # type: ignore[method-assign]
    with pytest.raises(Conflict, match="请稍后再导入一次"):
        _take(tmp_path, watcher, roster_row("X1", "唐立春"))


def test_a_request_waits_for_a_lock_only_so_long(on_postgresql: None, app: Flask) -> None:
    with app.app_context():
        waits = []
        for hurried in (True, False):
            set_hurried(hurried)
            waits.append(db.session.scalar(text("SHOW lock_timeout")))
            db.session.rollback()
        db.session.remove()
    assert waits == [f"{LOCK_TIMEOUT}s", "0"]
