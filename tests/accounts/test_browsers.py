"""Names of browsers in the list of one's own sessions."""

import pytest
from flask import Flask

from app.accounts.browsers import browser_name

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome · Windows"),
        (CHROME + " Edg/130.0", "Edge · Windows"),
        (CHROME + " QIHU 360SE", "360 浏览器 · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari MicroMessenger/8.0", "微信 · 安卓"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("", "未知浏览器"),
        (None, "未知浏览器"),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(app: Flask, agent: str | None, name: str) -> None:
    with app.app_context():
        assert browser_name(agent) == name
