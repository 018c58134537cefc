"""One activity and one visit from the clerk's list to the deputy's record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.groups.models import DeputyGroup, GroupMembership
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.registry.models import Mandate, Person
from app.registry.names import name_columns
from app.registry.states import Level, Sex
from tests.browser.conftest import Site, Visitor
from tests.world import BEGAN, COUNTY, LINJIANG

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦"


def _forty(site: Site, name: str) -> list[str]:
    """A group of 陈秋禾 and 39 township deputies; their names."""
    names = [f"{surname}{name}" for surname in SURNAMES[:39]]
    with site.session() as session, acting_as(operator("tests")):
        group = DeputyGroup(area_code=LINJIANG, name=f"{name}代表小组")
        session.add(group)
        mandates = [session.get_one(Mandate, site.world.mandates["C001"])]
        for index, full in enumerate(names):
            person = Person(**name_columns(full), area_code=LINJIANG, sex=Sex.MALE, nation="汉族")
            mandate = Mandate(
                person=person,
                office_code=COUNTY,
                area_code=LINJIANG,
                scope_code=LINJIANG,
                card_no=f"{name}{index:02}",
                level=Level.TOWNSHIP,
                term_id=site.world.terms["临江镇第十九届"],
                began_on=BEGAN,
            )
            session.add(mandate)
            mandates.append(mandate)
        session.flush()
        session.add_all(
            GroupMembership(group=group, mandate_id=mandate.id, joined_on=BEGAN) for mandate in mandates
        )
    return names


def _mark(clerk: Visitor, size: str, names: list[str]) -> None:
    """Three exceptions: with the keyboard at a desk, with the finger on a phone."""
    page = clerk.page
    on_leave, absent, spoke = (page.locator("[data-row]", has_text=name) for name in names)
    if size == "desktop":
        page.get_by_placeholder("输入姓名或拼音首字母").fill(names[0])
        expect(page.locator("[data-row]:visible")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("l")
        expect(on_leave.locator(".reason")).to_be_focused()
        page.keyboard.insert_text("外出学习")
        page.get_by_placeholder("输入姓名或拼音首字母").fill("")
        absent.locator("input[type=radio]:checked").focus()
        page.keyboard.press("a")
        page.keyboard.press("ArrowDown")
        spoke.locator("input[type=radio]:checked").focus()
        page.keyboard.press("s")
    else:
        on_leave.get_by_role("radio", name="请假").tap()
        on_leave.locator(".reason").fill("外出学习")
        absent.get_by_role("radio", name="缺席").tap()
        spoke.get_by_role("checkbox", name="发言").tap()
    expect(on_leave).to_have_attribute("data-status", "leave")
    expect(absent).to_have_attribute("data-status", "absent")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_clerk_logs_an_activity_for_forty_and_the_deputy_has_it(
    site: Site, visit: Callable[..., Visitor], size: str
) -> None:
    name = {"desktop": "秋分", "phone": "霜月"}[size]
    forty = _forty(site, name)
    title = f"{name}代表小组视察乡村道路"
    clerk = visit(size)
    page = clerk.page
    clerk.sign_in("township")
    clerk.check()
    clerk.goto("/activities/")
    clerk.check()
    clerk.follow("登记已开展的活动")
    page.fill("[name=title]", title)
    page.select_option("[name=kind]", "inspection")
    day = clock.today() - timedelta(days=1)
    page.fill("[name=held_on]", f"{day.year}.{day.month}.{day.day}")
    page.fill("[name=venue]", "临江镇沿江村")
    clerk.check()
    clerk.press("保存，下一步选择代表")
    page.get_by_role("group", name="代表小组").get_by_label(f"{name}代表小组").check()
    clerk.press("加入名单")
    clerk.sees("应到 40 人")
    clerk.check()
    clerk.follow("下一步：登记考勤")
    _mark(clerk, size, [forty[4], forty[11], forty[20]])
    counts = page.locator(".attendance-counts")
    expect(counts).to_have_text("应到 40出席 38请假 1缺席 1发言 1")
    clerk.check()
    clerk.press("保存考勤")
    clerk.sees("应到 40 人，出席 38 人，请假 1 人，缺席 1 人")
    clerk.sees("95.0%")
    clerk.sees("外出学习")
    clerk.check()

    deputy = visit("phone")
    deputy.sign_in("deputy")
    deputy.check()
    deputy.goto("/ledger/mine")
    row = deputy.page.locator(".fact-list li", has_text=title)
    expect(row).to_contain_text("参加")
    deputy.check()
    row.get_by_role("link").click()
    deputy.heading(title)
    deputy.check()
    deputy.goto("/activities/mine")
    deputy.sees(title)
    deputy.check()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_deputy_reports_a_visit_and_staff_confirm_it(
    site: Site, visit: Callable[..., Visitor], size: str
) -> None:
    words = {"desktop": "走访沿江村六户选民，了解春耕用水", "phone": "走访河西村选民，了解道路照明"}[size]
    deputy = visit("phone")
    deputy.come_as("deputy")
    deputy.goto("/ledger/mine")
    deputy.follow("上报履职")
    deputy.check()
    deputy.follow("走访选民")
    deputy.page.check(f"[name=mandate_id][value='{site.world.mandates['C001']}']")
    day = clock.today() - timedelta(days={"desktop": 2, "phone": 3}[size])
    deputy.page.fill("[name=happened_on]", day.isoformat())
    deputy.page.fill("[name=quantity]", "6")
    deputy.page.fill("[name=place]", "沿江村")
    deputy.page.fill("[name=description]", words)
    deputy.check()
    deputy.press("提交")
    deputy.sees("已上报，工作人员确认后计入您的履职记录。")
    deputy.goto(f"/ledger/mine?year={day.year}")
    mine = deputy.page.locator(".fact-list li", has_text=words)
    expect(mine).to_contain_text("待确认")
    deputy.check()

    staff = visit(size)
    staff.sign_in("county")
    staff.sees("条代表自报的履职等待确认")
    staff.check()
    staff.goto("/ledger/review")
    waiting = staff.page.get_by_role("row").filter(has_text=words)
    staff.check()
    with staff.page.expect_navigation():
        waiting.get_by_role("button", name="确认").click()
    staff.sees("已确认 1 条履职。")
    expect(staff.page.get_by_role("row").filter(has_text=words)).to_have_count(0)
    staff.check()

    deputy.page.reload()
    expect(mine).not_to_contain_text("待确认")
    expect(mine).to_contain_text("走访选民")
    mine.get_by_role("link").click()
    deputy.sees("已确认")
    deputy.check()
