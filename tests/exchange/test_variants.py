"""The same county as other offices would write it: other headings, order, forms, file types. Nothing may differ."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlwt
from flask import Flask
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from tests.commands import lvzhi
from tests.conftest import DATA

COUNTY = DATA / "huarong"
Table = tuple[list[Any], list[list[Any]]]

OTHER_HEADINGS = {
    "代表证号": "代表证号码", "手机号码": "联系电话", "所在乡镇": "乡镇（街道）", "是否连任": "连任", "是否职务代表": "职务代表",
    "当选日期": "任职日期", "选区（选举单位）": "选区", "代表层级": "层级", "届次": "届别", "出生年月": "出生日期", "代表小组": "所在小组",
    "联络站": "所在联络站", "代表团": "所在代表团", "终止日期": "终止时间", "报告日期": "述职时间", "报告方式": "述职方式",
    "参会选民人数": "到会选民人数", "满意": "满意票数", "基本满意": "基本满意票数", "不满意": "不满意票数", "活动编号": "编号",
    "接待编号": "接待登记编号", "接待日期": "接待时间", "接待群众人次": "接待人次", "事项": "履职事项", "日期": "时间", "反映内容": "反映问题",
    "意见编号": "意见建议编号", "活动名称": "活动主题", "类别": "类型", "建议编号": "建议号", "标题": "建议标题", "主办单位": "承办单位",
    "协办单位": "会办单位", "答复日期": "办复日期", "代表评价": "满意度", "领衔代表": "领衔人", "附议代表证号": "联名代表证号",
    "提出日期": "提交日期", "处理途径": "办理途径", "办结日期": "办结时间",
}  # fmt: skip


def _tables(path: Path) -> Iterator[tuple[str, Table]]:
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        heading = next((n for n, row in enumerate(rows) if sum(cell != "" for cell in row) >= 5), None)
        if heading is not None:
            yield name, (rows[heading], rows[heading + 1 :])


def _other_headings(table: Table, rng: random.Random) -> Table:
    headings, rows = table
    return [OTHER_HEADINGS.get(heading, heading) for heading in headings], rows


def _shuffled(table: Table, rng: random.Random) -> Table:
    headings, rows = table
    order = list(range(len(headings)))
    rng.shuffle(order)
    return [headings[n] for n in order], [[row[n] for n in order] for row in rows]


def _other_forms(table: Table, rng: random.Random) -> Table:
    """Days, yes and no, names written otherwise; no is left empty, blanks are dashes."""
    headings, rows = table
    return headings, [
        [_other_form(heading, cell, rng) for heading, cell in zip(headings, row, strict=True)] for row in rows
    ]


def _other_form(heading: str, cell: Any, rng: random.Random) -> Any:
    if isinstance(cell, date):
        return rng.choice(
            (
                f"{cell.year}/{cell.month}/{cell.day}",
                f"{cell:%Y%m%d}",
                f"{cell.year}年{cell.month:02d}月{cell.day:02d}日",
            )
        )
    if cell in ("是", "√"):
        return rng.choice(("是", "√", "Y", "有"))
    if cell == "否":
        return rng.choice(("", "×", "否", "无"))
    if heading == "姓名" and len(cell) == 2:
        return f"{cell[0]}　{cell[1]}"
    return cell


def _write_xlsx(path: Path, name: str, table: Table) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in (["某某县登记表"], [], table[0], *table[1]):
        sheet.append([None if cell == "" else cell for cell in row])
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def _write_two_rows(path: Path, name: str, table: Table) -> Path:
    """Headings in two rows: a common one over the first columns, the others merged downwards."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    headings, rows = table
    sheet.append(["某某县登记表"])
    sheet.append(["基本情况", *([None] * 2), *headings[3:]])
    sheet.append([*headings[:3]])
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=3)
    for column in range(4, len(headings) + 1):
        sheet.merge_cells(start_row=2, start_column=column, end_row=3, end_column=column)
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def _write_xls(path: Path, name: str, table: Table) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(name)
    days = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number, row in enumerate([["某某县登记表"], table[0], *table[1]]):
        for column, cell in enumerate(row):
            if cell != "":
                sheet.write(
                    number, column, cell, days if isinstance(cell, date) else xlwt.Style.default_style
                )
    book.save(str(path.with_suffix(".xls")))
    return path.with_suffix(".xls")


VARIANTS: dict[str, tuple[tuple[Callable[[Table, random.Random], Table], ...], Callable[..., Path]]] = {
    "other headings, shuffled": ((_other_headings, _shuffled), _write_xlsx),
    "two rows of headings": ((), _write_two_rows),
    "an old .xls, other forms": ((_other_forms,), _write_xls),
    "all at once": ((_other_forms, _other_headings, _shuffled), _write_xls),
}
# All kinds but the 44,000 rows of attendance, which have no column that the others do not have.
SOURCES = (
    "代表名册",
    "报告履职情况登记表",
    "联络站接待登记",
    "走访选民和办实事登记",
    "代表建议台账",
    "代表活动登记",
)


@pytest.mark.sqlite_only
@pytest.mark.timeout(600)
def test_the_same_county_written_otherwise_changes_nothing(app: Flask, tmp_path: Path) -> None:
    lvzhi(app, "setup", COUNTY / "county.yaml")
    tables = [
        (file, name, table)
        for file in SOURCES
        for name, table in _tables(COUNTY / f"{file}.xlsx")
        if name != "签到"
    ]
    original = tmp_path / "original"
    original.mkdir()
    for number, (_file, name, table) in enumerate(tables):
        _write_xlsx(original / str(number), name, table)
    first = lvzhi(app, "import", original, "--json").json["sheets"]
    assert all(sheet["created"] == sheet["rows"] > 0 for sheet in first), first
    kinds = sorted((sheet["kind"], sheet["rows"]) for sheet in first)
    for label, (changes, write) in VARIANTS.items():
        rng = random.Random(label)
        folder = tmp_path / label.replace(" ", "_")
        folder.mkdir()
        for number, (_file, _name, table) in enumerate(tables):
            for change in changes:
                table = change(table, rng)
            write(folder / f"表{number}", f"Sheet{number}", table)
        sheets = lvzhi(app, "import", folder, "--json").json["sheets"]
        assert sorted((sheet["kind"], sheet["rows"]) for sheet in sheets) == kinds, label
        for sheet in sheets:
            assert sheet["errors"] == [], (label, sheet["file"], sheet["errors"][:3])
            assert sheet["unchanged"] == sheet["rows"], (label, sheet)
