"""A clerk imports a roster with two wrong cells, mends them on the page and confirms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.registry.models import Mandate
from tests.browser.conftest import Site, Visitor

HEADINGS = ("序号", "姓  名", "性别", "民族", "出生年月", "政治面貌", "文化程度", "工作单位及职务", "联系电话", "代表层级", "所在乡镇", "选区", "代表证号", "是否连任", "当选时间")  # fmt: skip
NAMES = ("龚知秋", "覃小寒", "解春山", "欧阳立夏", "单远帆", "曾雨水", "区惊蛰", "仇清明", "查小满", "盖芒种", "乐大暑", "尉迟白")  # fmt: skip
UNCLEAR, REPAIRED = 3, 7  # the rows whose cells are wrong, counted from 0


def _roster(path: Path, prefix: str) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "人大代表花名册"
    sheet.append(["岳湖县临江镇人大代表花名册"])
    sheet.append(["填报单位：临江镇人大", "", "", "", "", "填报日期：2022年1月5日"])
    sheet.append(HEADINGS)
    for index, name in enumerate(NAMES):
        sheet.append(
            [
                index + 1,
                name,
                "男" if index % 2 else "女",
                "汉",
                "1980.05",
                "中共党员",
                "大专",
                "临江镇卫生院医生",
                f"1380000{ord(prefix) % 10}{index:03}",
                "镇代表" if index != UNCLEAR else "班代表",
                "临江镇",
                "第9选区",
                f"{prefix}{index:03}",
                "是" if index % 3 == 0 else "否",
                "2021.12.28" if index != REPAIRED else "2021.13.28",
            ]
        )
    sheet.append(["合计", "12人"])
    book.save(path)
    return path


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_wrong_cells_are_mended_on_the_page(
    site: Site, visit: Callable[..., Visitor], tmp_path: Path, size: str
) -> None:
    prefix = {"desktop": "D", "phone": "P"}[size]
    file = _roster(tmp_path / "临江镇花名册.xlsx", prefix)
    clerk = visit(size)
    page = clerk.page
    clerk.come_as("township")
    clerk.goto("/imports/")
    clerk.check()
    clerk.follow("导入表格")
    clerk.check()
    page.set_input_files("input[type=file]", file)
    clerk.press("上传并预览")
    clerk.sees("已预览")
    expect(page.locator(".stat", has_text="新增")).to_contain_text("10")
    expect(page.locator(".stat", has_text="有误")).to_contain_text("2")
    clerk.sees("代表名册")
    clerk.check()

    page.get_by_role("row").filter(has_text="人大代表花名册").get_by_role(
        "link", name="2", exact=True
    ).click()
    wrong = page.locator("input[aria-invalid=true]")
    expect(wrong).to_have_count(2)
    clerk.sees("班代表")
    clerk.check()
    page.get_by_label("代表层级").fill("镇代表")
    page.get_by_label("当选时间").fill("2021.12.28")
    clerk.press("保存改正并重新预览")
    expect(page.locator("#page")).not_to_contain_text("班代表")
    clerk.goto(page.url.split("/sheets")[0].removeprefix(site.url))
    expect(page.locator(".stat", has_text="新增")).to_contain_text("12")
    expect(page.locator(".stat", has_text="有误")).to_contain_text("0")
    clerk.press("确认导入")
    clerk.sees("已导入")
    clerk.check()

    page.get_by_role("row").filter(has_text="人大代表花名册").get_by_role("link").first.click()
    for name in ("龚知秋", "欧阳立夏", "尉迟白"):
        clerk.sees(name)
    clerk.check()
    with site.session() as session:
        taken_in = select(func.count()).select_from(Mandate).where(Mandate.card_no.startswith(prefix + "0"))
        assert session.scalar(taken_in) == 12
