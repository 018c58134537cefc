"""A leader asks who was overdue at last year's end and takes the list along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from app.duty_reports.models import DutyReport
from app.duty_reports.states import Addressee, ReportMode
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from tests.browser.conftest import Site, Visitor
from tests.world import LINJIANG

REPORTED, OVERDUE = "单立春", "陈秋禾"


@pytest.fixture(scope="module")
def reported(site: Site) -> None:
    """One of the two county deputies of 临江镇 reported in the term's second year."""
    with site.session() as session, acting_as(operator("tests")):
        session.add(
            DutyReport(
                mandate_id=site.world.mandates["C002"],
                scope_code=LINJIANG,
                reported_on=date(2023, 11, 8),
                mode=ReportMode.MEETING,
                addressee=Addressee.VOTERS,
                meeting="选民大会",
                voters_present=60,
                satisfied=50,
                basically_satisfied=8,
                dissatisfied=2,
            )
        )


@pytest.mark.usefixtures("reported")
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_the_county_to_the_overdue_of_a_township(
    visit: Callable[..., Visitor], tmp_path: Path, size: str
) -> None:
    leader = visit(size)
    page = leader.page
    leader.sign_in("leader")
    leader.check()
    leader.goto("/coverage")
    leader.check()
    leader.follow("去年末")
    expect(page.locator("[name=on]")).to_have_value(f"{clock.today().year - 1}-12-31")
    with page.expect_navigation():
        page.locator("a.level", has_text="县级代表").click()
    leader.check()
    row = page.get_by_role("row").filter(has_text="临江镇")
    expect(row).to_contain_text("50.0%")
    with page.expect_navigation():
        row.locator("a[href*='status=overdue']").click()
    leader.heading("述职情况名单")
    people = page.locator("table.grid tbody th")
    expect(people).to_have_text([OVERDUE])
    leader.sees("逾期未报告")
    leader.sees("2022年10月1日至12月31日")
    leader.check()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    sheet = load_workbook(file).active
    assert sheet is not None
    cells = {str(value) for row in sheet.iter_rows(values_only=True) for value in row if value}
    assert {OVERDUE, "C001", "逾期未报告"} <= cells
    assert REPORTED not in cells


@pytest.mark.usefixtures("reported")
def test_the_whole_picture_is_a_workbook_and_a_document(visit: Callable[..., Visitor]) -> None:
    leader = visit("desktop")
    leader.come_as("leader")
    leader.goto("/coverage")
    for word, ending in (("导出 Excel", ".xlsx"), ("导出 Word", ".docx")):
        with leader.page.expect_download() as download:
            leader.page.get_by_role("link", name=word).click()
        assert download.value.suggested_filename.endswith(ending)
    leader.goto("/statistics")
    leader.check()
