"""``lvzhi import`` at the edges: previews, marked copies, unrecognised sheets, a killed process."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.activities.models import Attendance
from app.activities.states import LeaveState, SignInWay
from app.exchange.models import ImportBatch
from app.extensions import db
from app.kit.audit import AuditEvent
from app.registry.models import Mandate
from app.suggestions.rules import reply_due_on
from benchmarks.bench_import import write_profile, write_roster
from config import ROOT
from tests.commands import lvzhi
from tests.exchange.workbooks import ROSTER, roster, roster_row, save
from tests.world import COUNTY, World

AREA = ("--area", COUNTY)


def _mandates(app: Flask) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(Mandate)) or 0
        db.session.remove()
    return found


def test_a_dry_run_tells_and_writes_nothing(app: Flask, world: World, tmp_path: Path) -> None:
    before = _mandates(app)
    path = roster(tmp_path / "名册.xlsx", roster_row("X1", "唐立春"))
    answer = lvzhi(app, "import", path, *AREA, "--dry-run")
    assert answer.code == 0
    assert "名册：代表名册 1 行，新增 1" in answer.output
    assert "这是预览，没有写入" in answer.output
    assert _mandates(app) == before
    assert "批次号" in lvzhi(app, "import", path, *AREA).output
    assert "没有新内容" in lvzhi(app, "import", path, *AREA).output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 1
        db.session.remove()


def test_json_has_the_agreed_shape(app: Flask, world: World, tmp_path: Path) -> None:
    path = save(
        tmp_path / "名册.xlsx",
        ("填表说明", [["一、一人一行。"]]),
        ("名册", [ROSTER, roster_row("X1", "唐立春", 是否连任="也许")]),
    )
    answer = lvzhi(app, "import", path, *AREA, "--json")
    assert answer.code == 3
    notes, sheet = answer.json["sheets"]
    assert notes == {
        "file": "名册.xlsx", "sheet": "填表说明", "kind": None, "rows": 0, "created": 0, "updated": 0, "unchanged": 0,
        "errors": [],
    }  # fmt: skip
    (error,) = sheet["errors"]
    assert (error["row"], error["column"], error["value"]) == (2, "是否连任", "也许")
    assert sheet["kind"] == "roster"


def test_wrong_rows_come_back_marked_and_are_left_out_of_a_folder(
    app: Flask, world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "表"
    folder.mkdir()
    roster(folder / "名册.xlsx", roster_row("X1", "唐立春"), roster_row("X2", "唐雨水", 性别="不明"))
    returned = folder / "含错误的名册.xlsx"
    answer = lvzhi(app, "import", folder, *AREA, "--errors", returned)
    assert answer.code == 3
    assert "全部没有写入" in answer.output
    assert returned.exists()
    answer = lvzhi(app, "import", folder, *AREA, "--skip-bad-rows", "--json")
    assert [sheet["file"] for sheet in answer.json["sheets"]] == ["名册.xlsx"]
    assert answer.json["sheets"][0]["created"] == 1
    again = lvzhi(app, "import", returned, *AREA, "--json").json["sheets"][0]
    assert (again["unchanged"], [error["column"] for error in again["errors"]]) == (1, ["性别"])


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        ([["随便", "什么"], [1, 2]], "找不到能识别的表头"),
        ([["日期", "姓名", "代表证号", "数量"], ["2023-01-01", "龑小满", "T002", 1]], "缺少“事项”列"),
    ],
)
def test_nothing_recognised_is_one_sentence(
    app: Flask, world: World, tmp_path: Path, sheet: list[list[object]], sentence: str
) -> None:
    answer = lvzhi(app, "import", save(tmp_path / "表.xlsx", ("表", sheet)), *AREA)
    assert answer.code == 2
    assert sentence in answer.errors


def test_a_file_that_is_no_workbook_and_an_area_that_is_not_there(
    app: Flask, world: World, tmp_path: Path
) -> None:
    path = tmp_path / "表.xlsx"
    path.write_text("no workbook")
    assert "不是 Excel 工作簿" in lvzhi(app, "import", path, *AREA).errors
    good = roster(tmp_path / "名册.xlsx", roster_row("X1", "唐立春"))
    assert "没有代码为“123456”的行政区划" in lvzhi(app, "import", good, "--area", "123456").errors
    assert "多个县" in lvzhi(app, "import", good).errors
    (tmp_path / "空").mkdir()
    assert "没有 Excel 工作簿" in lvzhi(app, "import", tmp_path / "空", *AREA).errors


def test_the_only_county_need_not_be_named(app: Flask, tmp_path: Path) -> None:
    good = roster(tmp_path / "名册.xlsx", roster_row("X1", "唐立春"))
    assert "还没有建立行政区划" in lvzhi(app, "import", good).errors
    profile = tmp_path / "county.yaml"
    write_profile(profile)
    lvzhi(app, "setup", profile)
    write_roster(tmp_path / "大名册.xlsx", 25)
    assert lvzhi(app, "import", tmp_path / "大名册.xlsx").code == 0
    assert _mandates(app) == 25


def test_the_trail_names_the_operator_and_every_row(app: Flask, world: World, tmp_path: Path) -> None:
    lvzhi(app, "import", roster(tmp_path / "名册.xlsx", roster_row("X1", "唐立春")), *AREA)
    with app.app_context():
        tags = list(db.session.scalars(select(AuditEvent.tag).where(AuditEvent.tag.startswith("import:"))))
        (event,) = db.session.scalars(select(AuditEvent).where(AuditEvent.tag == "import:mandate:create"))
        assert {"import:import_batch:create", "import:station:create", "import:deputy_group:create"} <= set(
            tags
        )
        assert event.after is not None
        assert event.after["name"] == "唐立春"
        assert event.subject_label == "唐立春 X1"
        db.session.remove()


def test_whoever_the_corrected_list_says_was_absent_neither_spoke_nor_signed_in(
    app: Flask, world: World, tmp_path: Path
) -> None:
    """And whoever it says was there did sign in, by the workbook; on the same list again nothing changes."""

    def bring(**cells: str) -> str:
        row = {
            "活动编号": "HD1",
            "代表证号": "C001",
            "姓名": "陈秋禾",
            "出勤情况": "出席",
            "发言内容": "水渠",
            **cells,
        }
        path = save(tmp_path / "签到.xlsx", ("签到", [list(row), list(row.values())]))
        answer = lvzhi(app, "import", path, *AREA)
        assert answer.code == 0, answer.output + answer.errors
        return answer.output

    held = {
        "活动编号": "HD1",
        "活动日期": "2024-05-06",
        "活动名称": "走访",
        "活动类型": "视察调研",
        "组织单位": "岳湖县",
    }
    path = save(tmp_path / "活动.xlsx", ("活动", [list(held), list(held.values())]))
    assert lvzhi(app, "import", path, *AREA).code == 0
    for status, spoke, way, leave in (
        ("出席", "水渠", SignInWay.WORKBOOK, None),
        ("缺席", "", None, None),
        ("请假", "", None, LeaveState.APPROVED),
        ("出席", "水渠", SignInWay.WORKBOOK, LeaveState.APPROVED),
    ):
        cells = {"出勤情况": status, "发言内容": spoke}
        bring(**cells)
        with app.app_context():
            row = db.session.scalars(select(Attendance)).one()
            assert (row.speech, row.signed_in_by, row.leave_state) == (spoke, way, leave), status
            db.session.remove()
        assert "没有新内容" in bring(**cells)


@pytest.mark.sqlite_only
def test_a_killed_import_leaves_nothing(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    database = folder / "lvzhi.sqlite3"
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "LVZHI_DATA_DIR": str(folder)}
    environment["PYTHONPATH"] = str(ROOT)
    make = "from app import create_app\nfrom app.extensions import db\nwith create_app().app_context(): db.create_all()"
    subprocess.run([sys.executable, "-c", make], env=environment, check=True)
    write_profile(tmp_path / "county.yaml")
    write_roster(tmp_path / "名册.xlsx", 6_000)
    lvzhi_command = [sys.executable, "-m", "app.cli"]
    subprocess.run([*lvzhi_command, "setup", str(tmp_path / "county.yaml")], env=environment, check=True)
    before = _content(database)
    running = subprocess.Popen([*lvzhi_command, "import", str(tmp_path / "名册.xlsx")], env=environment)
    log = database.with_name(f"{database.name}-wal")
    deadline = time.monotonic() + 120
    # Rows have been written, none is committed.
    while running.poll() is None and not (log.exists() and log.stat().st_size > 1_000_000):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert running.poll() is None
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert _content(database) == before


def _content(database: Path) -> dict[str, int]:
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in names}


@given(st.dates(max_value=date(9999, 9, 30)))
def test_a_reply_is_due_three_months_later(day: date) -> None:
    due = reply_due_on(day)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == 3
    next_day = due + timedelta(days=1)
    assert due.day == day.day or (due.day < day.day and next_day.day == 1)
