"""A year of reception days: dates by rule, the rota, changes by hand, published (3-06, 3-10, 3-37)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from app.kit import clock
from tests.browser.conftest import Visitor

YEAR = clock.today().year + 1
ALL = {"陈秋禾", "单立春", "龑小满"}


def _on(clerk: Visitor, month: int) -> Locator:
    """Who receives in a month."""
    return clerk.page.locator(f"td[data-label='{month}月'] li:not(.muted)")


def _move_by_dragging(clerk: Visitor, _name: str) -> None:
    """Somebody comes in February instead of in their own month; what it breaks is said first."""
    page = clerk.page
    missing = min(ALL - set(_on(clerk, 2).all_inner_texts()))
    giver = next(month for month in range(1, 13) if missing in _on(clerk, month).all_inner_texts())
    count = _on(clerk, giver).count()
    person = _on(clerk, giver).filter(has_text=missing)
    with page.expect_response("**/roster/check?*"):
        person.drag_to(page.locator("td[data-label='2月'] .cal-day"))
    ask = page.locator("dialog[open]")
    moved = _on(clerk, 2).filter(has_text=missing)
    expect(ask.or_(moved).first).to_be_visible()
    if ask.count():
        ask.get_by_role("button", name="确定").click()
    expect(moved).to_be_visible()
    expect(_on(clerk, giver)).to_have_count(count - 1)


def _move_by_picking(clerk: Visitor, name: str) -> None:
    """Takes somebody off a day and puts somebody else on, on the day's own page."""
    page = clerk.page
    with page.expect_navigation():
        page.locator("td[data-label='3月'] .cal-date a").click()
    clerk.check()
    there = page.locator("section", has=page.get_by_role("heading", name="当天的代表")).locator("strong")
    off = there.first.inner_text()
    put = min(ALL - set(there.all_inner_texts()))
    for button in (f"移出 {off}", f"安排 {put}"):
        clerk.press(button)
        if page.get_by_role("alert").filter(visible=True).count():
            clerk.check()
            clerk.press("知道了，仍要调整")
    expect(there.filter(has_text=put)).to_be_visible()
    expect(there.filter(has_text=off)).to_have_count(0)
    clerk.check()
    with page.expect_navigation():
        page.get_by_role("navigation", name="当前位置").get_by_role("link", name=name).click()
    expect(_on(clerk, 3).filter(has_text=put)).to_be_visible()


@pytest.mark.parametrize(("size", "move"), [("desktop", _move_by_dragging), ("phone", _move_by_picking)])
def test_3_06_a_calendar_is_made_adjusted_and_published(
    visit: Callable[..., Visitor], size: str, move: Callable[[Visitor, str], None]
) -> None:
    clerk = visit(size)
    page = clerk.page
    clerk.come_as("county")
    clerk.goto("/calendars")
    clerk.check()
    clerk.follow("编排接待日历")
    name = {"desktop": "临江镇接待日历", "phone": "临江镇第二本日历"}[size]
    page.fill("[name=year]", str(YEAR))
    page.fill("[name=name]", name)
    page.fill("[name=from_on]", f"{YEAR}-01-01")
    page.fill("[name=per_day]", "1")
    page.fill("[name=days]", {"desktop": "15", "phone": "20"}[size])
    clerk.check()
    clerk.press("生成并排班")
    clerk.heading(name)
    clerk.sees("12 个接待日")
    clerk.sees("草案")
    clerk.check()
    here = page.url.removeprefix(clerk.site.url)
    # What the address says besides the filters does not reach the links of the page.
    for asked in ("format=docx", "calendar_id=9", "format=docx&deputy=陈&_external=1"):
        clerk.goto(f"{here}?{asked}")
    clerk.goto(here)
    move(clerk, name)
    clerk.check()
    page.get_by_role("button", name="公布", exact=True).click()
    ask = page.locator("dialog[open]")
    with page.expect_navigation():
        ask.get_by_role("button", name="确定").click()
    clerk.sees("已公布，通知了")
    clerk.check()

    deputy = visit("phone")
    deputy.come_as("deputy")
    deputy.goto("/reception-duty")
    expect(deputy.page.locator(".duty-list li").first).to_contain_text("临江镇人大代表联络站")
    deputy.check()
    deputy.goto("/notices")
    deputy.sees("接待")
    deputy.check()
