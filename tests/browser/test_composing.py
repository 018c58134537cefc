"""Composing groups and adjusting by hand: dragging on a computer, choosing on the phone (2-15, 2-16)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor


def _standing(page: Page, place: int) -> str:
    return page.locator(f"[data-place='{place}'] [data-standing-of]").inner_text()


def _move_by_choice(page: Page) -> None:
    page.locator("[data-place='0'] input[name=member]").first.check()
    page.select_option("#place", "1")
    page.get_by_role("button", name="移到这一组").click()


def _move_by_dragging(page: Page) -> None:
    page.locator("[data-place='0'] [data-key]").first.drag_to(page.locator("[data-place='1'] summary"))


@pytest.mark.parametrize(
    ("size", "move"),
    [("desktop", _move_by_dragging), ("desktop", _move_by_choice), ("phone", _move_by_choice)],
)
def test_2_15_groups_are_composed_adjusted_and_take_effect(
    visit: Callable[..., Visitor], size: str, move: Callable[[Page], None]
) -> None:
    clerk = visit(size)
    page = clerk.page
    clerk.come_as("county")
    clerk.goto("/groups/compositions/new")
    clerk.check()
    name = f"编组{size}{move.__name__}"
    for field, value in {"name": name, "groups": "2", "least": "3", "most": "4"}.items():
        page.fill(f"[name={field}]", value)
    page.fill("[name=names]", f"{name}东组\n{name}西组")
    page.uncheck("[name=mixed]")
    clerk.press("保存")
    clerk.press("提出方案")
    clerk.sees("全部要求都已满足")
    clerk.check()
    before = [_standing(page, 0), _standing(page, 1)]
    assert sorted(text[0] for text in before) == ["3", "4"]
    with page.expect_response("**/move"):
        move(page)
    expect(page.locator("[data-place='0'] [data-standing-of]")).not_to_have_text(before[0])
    expect(page.locator("[data-place='1'] [data-standing-of]")).not_to_have_text(before[1])
    clerk.check()
    clerk.follow("生效")
    clerk.check()
    if page.locator("[name=despite]").count():
        page.check("[name=despite]")
    clerk.press("生效")
    clerk.sees("已生效")
    clerk.goto("/groups?q=" + name)
    clerk.sees(f"{name}东组")
