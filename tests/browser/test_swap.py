"""A deputy swaps a date with a colleague, phone to phone, and the roster changes (3-37)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.stations.models import Reception, ReceptionDeputy
from app.stations.states import DutyStanding, ReceptionState
from tests.browser.conftest import Site, Visitor
from tests.world import COUNTY, LINJIANG

STATION = "临江镇人大代表联络站"
YEAR = clock.today().year + 1


def _planned(site: Site, card: str, day: date) -> int:
    """A published reception day of one deputy."""
    with site.session() as session, acting_as(operator("tests")):
        row = ReceptionDeputy(mandate_id=site.world.mandates[card], standing=DutyStanding.ASSIGNED)
        reception = Reception(
            office_code=COUNTY, area_code=LINJIANG, station_id=site.world.stations[STATION],
            held_on=day, state=ReceptionState.PLANNED, deputies=[row],
        )  # fmt: skip
        session.add(reception)
        session.flush()
        return reception.id


def _ask(deputy: Visitor, own: date, other: date, reason: str) -> None:
    page = deputy.page
    deputy.goto("/reception-duty")
    deputy.check()
    day = page.locator(".duty-list li", has_text=f"{own.month}月{own.day}日")
    with page.expect_navigation():
        day.get_by_role("link", name="请假或换人").click()
    deputy.check()
    page.select_option("[name=kind]", label="换班")
    page.select_option("[name=swap]", label=f"龑小满 {other.isoformat()}")
    page.fill("[name=reason]", reason)
    deputy.press("提交申请")
    deputy.sees("待对方同意")
    deputy.check()


@pytest.mark.parametrize(("size", "month"), [("desktop", 3), ("phone", 6)])
def test_3_37_a_swap_is_asked_agreed_approved_and_in_the_roster(
    site: Site, visit: Callable[..., Visitor], size: str, month: int
) -> None:
    own, other = date(YEAR, month, 15), date(YEAR, month + 1, 15)
    mine, theirs = _planned(site, "C001", own), _planned(site, "T002", other)
    reason = f"{month}月外出培训"
    deputy = visit("phone")
    deputy.come_as("deputy")
    _ask(deputy, own, other, reason)

    colleague = visit("phone")
    colleague.come_as("other_deputy")
    colleague.goto("/notices")
    colleague.sees("换班")
    colleague.check()
    colleague.goto("/reception-duty")
    colleague.sees(reason)
    colleague.check()
    colleague.press("同意")
    colleague.sees("已同意，等待审批。")
    colleague.check()

    staff = visit(size)
    staff.sign_in("county")
    staff.check()
    staff.goto("/reception-requests")
    staff.check()
    with staff.page.expect_navigation():
        staff.page.get_by_role("row").filter(has_text=reason).get_by_role("link").first.click()
    staff.sees(reason)
    staff.check()
    staff.press("批准")
    staff.sees("已处理，双方都已通知。")
    for reception, name in ((mine, "龑小满"), (theirs, "陈秋禾")):
        staff.goto(f"/receptions/{reception}/roster")
        there = staff.page.locator("section", has=staff.page.get_by_role("heading", name="当天的代表"))
        expect(there.locator("strong")).to_have_text([name])
        staff.check()

    deputy.goto("/reception-duty")
    coming = deputy.page.locator(".duty-list li")
    expect(coming.filter(has_text=f"{other.month}月{other.day}日")).to_have_count(1)
    expect(coming.filter(has_text=f"{own.month}月{own.day}日")).to_have_count(0)
    deputy.check()
