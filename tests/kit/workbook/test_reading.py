"""What comes back from healthy workbooks."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from app.kit.workbook.inspection import inspect
from app.kit.workbook.reading import read_sheets

SAMPLE = Path(__file__).parents[2] / "data" / "huarong"


def saved(book, path: Path) -> Path:
    book.save(path)
    return path


def test_rows_begin_at_row_1_and_keep_their_types(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "登记"
    values: dict[str, Any] = {
        "B3": "龑䶮𬭎", "C3": 5, "D3": 1.5, "E3": True, "B4": date(2024, 3, 5), "E4": "",
        "C4": datetime.fromisoformat("2024-03-05T08:30"), "D4": time(8, 30),
    }  # fmt: skip
    for place, value in values.items():
        sheet[place] = value
    sheet.merge_cells("B3:B3")
    sheet.merge_cells("A6:C7")
    sheets = read_sheets([saved(book, tmp_path / "任意名字.xlsx")])
    found = next(sheets)
    assert (found.file, found.name, found.hidden) == ("任意名字.xlsx", "登记", False)
    assert (5, 0, 6, 2) in found.merged
    assert list(found.rows)[:4] == [
        (None,) * 5,
        (None,) * 5,
        (None, "龑䶮𬭎", 5.0, 1.5, True),
        (None, date(2024, 3, 5), datetime.fromisoformat("2024-03-05T08:30"), "08:30:00", None),
    ]


def test_the_old_format(tmp_path):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名册")
    sheet.write_merge(0, 0, 0, 1, "某县代表名册")
    sheet.write(1, 0, "姓名")
    sheet.write(1, 1, "当选日期")
    sheet.write(2, 0, "王波")
    sheet.write(2, 1, date(2021, 12, 28), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    path = saved(book, tmp_path / "旧.xlsx")  # the name lies; the content counts
    assert inspect(path).format == "xls"
    [(merged, rows)] = [(sheet.merged, list(sheet.rows)) for sheet in read_sheets([path])]
    assert merged == [(0, 0, 0, 1)]
    assert rows[1:] == [("姓名", "当选日期"), ("王波", date(2021, 12, 28))]


def test_sheets_come_in_order_whether_read_or_not(tmp_path):
    book = openpyxl.Workbook()
    for name in ("一", "二", "三", "四"):
        sheet = book.create_sheet(name)
        for number in range(3000):
            sheet.append([name, number])
    book.create_chartsheet("图")
    book["二"].sheet_state = "hidden"
    del book["Sheet"]
    path = saved(book, tmp_path / "a.xlsx")
    seen = []
    for found in read_sheets([path, path]):
        if found.name == "二":
            assert found.hidden
            assert next(found.rows) == ("二", 0.0)  # and the rest is left
        elif found.name != "三":
            assert found.head(2) == [(found.name, 0.0), (found.name, 1.0)]
            seen.append((found.name, sum(1 for _row in found.rows)))
    assert seen == [("一", 3000), ("四", 3000)] * 2


def test_rows_out_of_turn_are_a_mistake_in_the_program():
    sheets = list(read_sheets([SAMPLE / "代表名册.xlsx"]))
    assert [sheet.name for sheet in sheets] == ["填表说明", "县级以上代表", "乡镇代表"]
    for sheet in sheets:
        with pytest.raises(RuntimeError):
            next(sheet.rows)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_no_child_is_left_behind():
    before = children()
    sheets = read_sheets([SAMPLE / "代表活动登记.xlsx"])
    next(next(sheets).rows)
    assert len(children()) == len(before) + 1
    sheets.close()  # type: ignore[attr-defined]
    assert children() == before


def children() -> set[str]:
    """Processes this one has started (Linux)."""
    return {
        pid for listing in Path("/proc/self/task").glob("*/children") for pid in listing.read_text().split()
    }
