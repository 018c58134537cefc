"""The auditor reads the trail, opens an event and has the chain verified."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_trail_is_read_opened_and_verified(visit: Callable[..., Visitor], size: str) -> None:
    auditor = visit(size)
    page = auditor.page
    auditor.sign_in("auditor")
    auditor.check()
    auditor.goto("/audit?q=陈秋禾")
    auditor.check()
    with page.expect_navigation():
        page.locator("table.grid tbody tr").first.get_by_role("link").click()
    auditor.sees("在链上的位置")
    auditor.sees("改动内容")
    auditor.check()
    auditor.follow("回到审计日志")
    auditor.press("校验完整性")
    expect(page.locator("#page")).to_contain_text("没有发现改动、删除或插入")
    auditor.check()
