"""Small workbooks of the invented county, as its office would keep them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

ROSTER = (
    "序号", "代表证号", "姓名", "性别", "出生年月", "手机号码", "代表层级", "届次", "选区（选举单位）", "所在乡镇", "代表小组",
    "联络站", "是否连任", "是否职务代表", "当选日期", "备注",
)  # fmt: skip


def roster_row(card: str, name: str, **cells: Any) -> list[Any]:
    """A township deputy's row of the roster; ``cells`` by heading replace what stands in it."""
    row: dict[str, Any] = {
        "序号": 1,
        "代表证号": card,
        "姓名": name,
        "性别": "女",
        "出生年月": "1980.05",
        "手机号码": f"138{sum(map(ord, card + name)):08d}",
        "代表层级": "乡镇级",
        "届次": "临江镇第十九届",
        "选区（选举单位）": "临江镇第5选区",
        "所在乡镇": "临江镇",
        "代表小组": "第2代表小组",
        "联络站": "临江镇第2联络站",
        "是否连任": "否",
        "是否职务代表": "",
        "当选日期": "2021.12.28",
        "备注": "",
    }
    return [{**row, **cells}[heading] for heading in ROSTER]


def save(path: Path, *sheets: tuple[str, Sequence[Any]]) -> Path:
    """Writes a workbook with these sheets."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def roster(path: Path, *rows: Sequence[Any]) -> Path:
    """A roster with its title and filling-in line."""
    return save(path, ("名册", [["岳湖县代表名册"], ["填报单位：人大办"], ROSTER, *rows]))
