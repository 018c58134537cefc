"""The table of holidays and worked weekends: entered, imported, taken away; a year nobody knows says so."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kit import clock
from app.kit.audit import AuditEvent
from app.kit.errors import DomainError, Forbidden
from app.kit.workdays import DayKind, SpecialDay, load
from app.registry import special_days
from tests.world import World

SignIn = Callable[[str], FlaskClient]
YEAR_2031: list[list[Any]] = [
    ["2031年放假安排", None, None],
    ["日期", "放假/上班", "名称"],
    ["2031-01-01", "放假", "元旦"],
    *[[f"2031.1.{day}", "放假", "春节"] for day in range(22, 31)],
    ["2031年1月19日", "调休上班", "春节调休"],
    [None, None, None],
]


def _workbook(rows: list[list[Any]]) -> io.BytesIO:
    stream, workbook = io.BytesIO(), openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for row in rows:
        sheet.append(row)
    workbook.save(stream)
    stream.seek(0)
    return stream


def _file(tmp_path: Path, rows: list[list[Any]]) -> Path:
    path = tmp_path / "days.xlsx"
    path.write_bytes(_workbook(rows).getvalue())
    return path


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2030, 11, 5))


def test_a_year_is_imported_and_then_known(session: Any, world: World, tmp_path: Path) -> None:
    clerk = world.actor("county")
    assert not load().known(2031)
    days = special_days.import_special_days(clerk, _file(tmp_path, YEAR_2031))
    assert len(days) == 11
    calendar = load()
    assert calendar.known(2031)
    assert not calendar.is_working(date(2031, 1, 22))
    assert calendar.is_working(date(2031, 1, 19))
    # Again it changes nothing, and corrects what differs.
    special_days.import_special_days(clerk, _file(tmp_path, [["2031-01-01", "上班", "值班"]]))
    assert len(list(session.scalars(select(SpecialDay)))) == 11
    assert load().is_working(date(2031, 1, 1))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["日期", "类别"]], "没有找到日期"),
        ([["日期", "类别"], ["2031-01-32", "放假"], ["2031-01-02", "放假"]], "第 2 行"),
        ([["2031-01-01", "不知道"], ["2031-01-02", "放假"]], "第 1 行"),
        ([["2031-01-01", "放假"], ["不是日期", "放假"]], "第 2 行"),
        ([["2031-01-01", "放假"], ["2031-01-02", "不知道"]], "第 2 行"),
        ([["2031-01-01", "放假"], ["2031-01-02", None]], "第 2 行"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_kept(
    session: Any, world: World, tmp_path: Path, rows: list[list[Any]], words: str
) -> None:
    with pytest.raises(DomainError, match=words):
        special_days.import_special_days(world.actor("county"), _file(tmp_path, rows))
    assert list(session.scalars(select(SpecialDay))) == []


def test_a_file_that_is_no_workbook_is_refused(session: Any, world: World, tmp_path: Path) -> None:
    path = tmp_path / "days.xlsx"
    path.write_bytes(b"no workbook at all")
    with pytest.raises(DomainError):
        special_days.import_special_days(world.actor("county"), path)


def test_a_township_changes_no_holidays(session: Any, world: World) -> None:
    with pytest.raises(Forbidden):
        special_days.save_special_day(
            world.actor("township"), day=date(2031, 1, 1), kind=DayKind.HOLIDAY, name="元旦"
        )


def test_days_are_entered_and_taken_away_on_the_page(sign_in: SignIn, session: Any) -> None:
    browser = sign_in("county")
    page = browser.get("/settings/holidays").get_data(as_text=True)
    assert "2031年的放假安排还没有登记" in page
    sent = {"day": "2030.12.24", "kind": "holiday", "name": "县庆"}
    answer = browser.post("/settings/holidays/new", data=sent)
    assert answer.location == "/settings/holidays?year=2030"
    page = browser.get(answer.location).get_data(as_text=True)
    assert "县庆" in page
    assert "本系统登记" in page
    row = session.scalars(select(SpecialDay)).one()
    assert browser.post(f"/settings/holidays/{row.id}/remove").status_code == 303
    session.rollback()
    assert list(session.scalars(select(SpecialDay.id))) == []
    tags = set(session.scalars(select(AuditEvent.tag).where(AuditEvent.subject_kind == "special_day")))
    assert {tag.rsplit(":", 1)[1] for tag in tags} == {"create", "delete"}


def test_a_refused_day_keeps_what_was_typed(sign_in: SignIn) -> None:
    browser = sign_in("county")
    answer = browser.post("/settings/holidays/new", data={"day": "明天", "kind": "holiday", "name": "县庆"})
    assert answer.status_code == 422
    assert "县庆" in answer.get_data(as_text=True)


def test_a_workbook_is_imported_on_the_page(sign_in: SignIn) -> None:
    browser = sign_in("county")
    answer = browser.post("/settings/holidays/import", data={"file": (_workbook(YEAR_2031), "2031.xlsx")})
    assert answer.location == "/settings/holidays?year=2031"
    page = browser.get(answer.location).get_data(as_text=True)
    assert "已导入 11 天。" in page
    assert "2031年的放假安排还没有登记" not in page
    empty = browser.post("/settings/holidays/import", data={})
    assert empty.status_code == 422
    assert "请先选择" in empty.get_data(as_text=True)


def test_2026_shows_what_was_announced(sign_in: SignIn) -> None:
    page = sign_in("leader").get("/settings/holidays?year=2026").get_data(as_text=True)
    assert "国庆节调休" in page
    assert "国务院公布" in page
    assert "登记一天" not in page
