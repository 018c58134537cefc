"""Main paths in a real Chromium, phone and desktop, Chinese and English, with axe and no console error."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.extensions import db
from app.kit.database import set_reading
from tests import world as invented

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, else Playwright's own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    own = Path(playwright.chromium.executable_path)
    if path is None and not own.exists():
        pytest.skip("no Chromium: `apt-get install chromium` lets these tests run")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    browser = playwright.chromium.launch(
        executable_path=path, args=[*flags, "--no-first-run", "--disable-sync"]
    )
    yield browser
    browser.close()


@dataclass
class Site:
    """A running site with the invented county."""

    app: Flask
    url: str
    world: invented.World


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The application served for real, CSRF and all, on its own SQLite database."""
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'lvzhi.sqlite3'}",
            "DATA_DIR": tmp_path,
            "SECRET_KEY": "only for tests, not a secret",
            "JOBS_IMMEDIATE": True,
        }
    )
    with app.app_context():
        set_reading(False)
        db.create_all()
        world = invented.build()
        db.session.commit()
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{server.server_port}", world)
    server.shutdown()
    thread.join()
    with app.app_context():
        db.engine.dispose()


class Visitor:
    """Somebody at a screen: what they see is checked as they go."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.site = site
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        # A refused form answers 422; the browser logs that status by itself.
        if message.type in {"error", "warning"} and "422" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self, login: str, password: str = invented.PASSWORD) -> None:
        self.goto("/login")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.page.click("form [type=submit] >> nth=0")
        self.page.wait_for_load_state()
        assert "/login" not in self.page.url, self.page.content()[:2000]

    def goto(self, path: str) -> None:
        self.page.goto(self.site.url + path)

    def check(self) -> None:
        """Nothing on the page that axe finds, no complaint in the console, no sideways scroll."""
        self.page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
        found = self.page.evaluate(
            """async () => {
                const result = await window.axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']});
                return result.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' | '));
            }"""
        )
        assert found == [], f"{self.page.url}: {found}"
        wider = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{self.page.url} scrolls sideways by {wider}px"
        assert self.complaints == [], self.complaints


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Opens a screen: ``visit("phone", "zh")``."""
    contexts: list[Any] = []

    def open_screen(size: str = "desktop", language: str = "zh") -> Visitor:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            bypass_csp=False,
            has_touch=size == "phone",
            is_mobile=size == "phone",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Visitor(context.new_page(), site)

    yield open_screen
    for context in contexts:
        context.close()
