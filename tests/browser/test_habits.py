"""What people rely on everywhere: the keyboard, nothing typed is lost, big text, their language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor


def test_slash_goes_to_the_search_and_enter_finds(visit: Callable[..., Visitor]) -> None:
    clerk = visit("desktop")
    page = clerk.page
    clerk.sign_in("county")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="全站搜索").first
    expect(search).to_be_focused()
    page.keyboard.insert_text("oygy")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    clerk.sees("欧阳谷雨")
    clerk.check()
    clerk.follow("欧阳谷雨")
    clerk.heading("欧阳谷雨")
    clerk.check()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_refused_form_keeps_what_was_typed(visit: Callable[..., Visitor], size: str) -> None:
    clerk = visit(size)
    page = clerk.page
    clerk.come_as("county")
    clerk.goto("/activities/new")
    page.fill("[name=title]", "视察青山乡饮水工程")
    page.fill("[name=held_on]", "2026年13月8日")
    page.fill("[name=content]", "看水厂，听群众意见")
    clerk.press("保存，下一步选择代表")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(page.locator("[name=title]")).to_have_value("视察青山乡饮水工程")
    expect(page.locator("[name=held_on]")).to_have_value("2026年13月8日")
    expect(page.locator("[name=content]")).to_have_value("看水厂，听群众意见")
    clerk.check()
    summary.get_by_role("link", name="活动日期").click()
    expect(page.locator("[name=held_on]")).to_be_focused()


def test_an_unfinished_form_is_offered_again(visit: Callable[..., Visitor]) -> None:
    clerk = visit("desktop")
    page = clerk.page
    clerk.come_as("county")
    clerk.goto("/receptions/new")
    page.locator("[name=note]").press_sequentially("群众反映路灯不亮")
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿")
    page.on("dialog", lambda dialog: dialog.accept())
    clerk.goto("/")
    clerk.goto("/receptions/new")
    page.get_by_role("button", name="恢复内容").click()
    expect(page.locator("[name=note]")).to_have_value("群众反映路灯不亮")
    clerk.check()


def test_lists_keep_their_filters_and_can_be_saved(visit: Callable[..., Visitor]) -> None:
    clerk = visit("desktop")
    page = clerk.page
    clerk.come_as("county")
    clerk.goto("/deputies?level=county")
    clerk.check()
    expect(page.locator(".chip").first).to_contain_text("县级")
    page.locator("summary", has_text="常用筛选").click()
    page.get_by_label("把现在的筛选和排序存为").fill("县级代表")
    clerk.press("保存")
    page.locator("summary", has_text="常用筛选").click()
    clerk.follow("县级代表")
    expect(page.locator(".chip").first).to_contain_text("县级")
    page.locator("summary", has_text="列").last.click()
    clerk.check()
    page.keyboard.press("Escape")
    page.locator("table.grid tbody input[name=ids]").first.check()
    expect(page.locator("[data-batch]")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="导出所选").click()
    assert download.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_english_and_back_and_big_text(visit: Callable[..., Visitor], size: str) -> None:
    leader = visit(size)
    page = leader.page
    leader.come_as("leader")
    leader.goto("/account")
    leader.press("English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    leader.heading("My account")
    leader.check()
    leader.press("中文")
    leader.heading("我的账号")
    leader.press("大字模式")
    expect(page.locator("html")).to_have_class("big-text")
    for path in ("/", "/coverage", "/deputies", "/account"):
        leader.goto(path)
        leader.check()
    leader.press("大字模式")
    expect(page.locator("html")).not_to_have_class("big-text")
