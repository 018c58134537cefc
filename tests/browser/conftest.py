"""Main paths in a real Chromium, phone and desktop, Chinese and English, with axe and no console error."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, expect, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from app.extensions import db
from app.kit.database import set_reading
from tests import world as invented

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
WAIT = 15_000  # ms, for a state that must come on a busy machine

expect.set_options(timeout=WAIT)


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
    """Debian's Chromium, without its own windows where it is there so; else Playwright's own."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    path = next(filter(None, map(shutil.which, names)), None)
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
    """A running site and what is known of its county."""

    app: Flask
    url: str
    world: invented.World

    @contextmanager
    def session(self) -> Iterator[Any]:
        """The site's own database, to prepare or to look; commits at the end."""
        with self.app.app_context():
            set_reading(False)
            yield db.session
            db.session.commit()
            db.session.remove()


@contextmanager
def serve(folder: Path, fill: Callable[[Flask], invented.World]) -> Iterator[Site]:
    """The application served for real, CSRF and all, on its own SQLite database, filled by ``fill``."""
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'lvzhi.sqlite3'}",
            "DATA_DIR": folder,
            "SECRET_KEY": "only for tests, not a secret",
            "JOBS_IMMEDIATE": True,
        }
    )
    with app.app_context():
        set_reading(False)
        db.create_all()
    world = fill(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{server.server_port}", world)
    server.shutdown()
    thread.join()
    with app.app_context():
        db.engine.dispose()


def _invent(app: Flask) -> invented.World:
    with app.app_context():
        set_reading(False)
        world = invented.build()
        db.session.commit()
        db.session.remove()
    return world


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The invented county, one site for all tests of a file: each test keeps to records of its own."""
    with serve(tmp_path_factory.mktemp("site"), _invent) as running:
        yield running


class Visitor:
    """Somebody at a screen: what they see is checked as they go."""

    def __init__(self, page: Page, site: Site, *, axe: bool) -> None:
        self.page = page
        self.site = site
        self.axe = axe
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
        self._go(self.page.locator("form [type=submit]").first)
        assert "/login" not in self.page.url, self.page.content()[:2000]

    def come_as(self, login: str, password: str = invented.PASSWORD) -> None:
        """Signed in, without a look at the log-in page and the home page."""
        ask = self.page.context.request
        token = TOKEN.search(ask.get(f"{self.site.url}/login").text())
        assert token is not None
        form = {"login": login, "password": password, "csrf_token": token[1]}
        answer = ask.post(f"{self.site.url}/login", form=form, max_redirects=0)
        assert answer.status == 303, answer.text()[:2000]

    def goto(self, path: str) -> None:
        answer = self.page.goto(self.site.url + path)
        assert answer is not None, path
        assert answer.status == 200, f"{path}: {answer.status}"

    def follow(self, name: str, *, exact: bool = True) -> None:
        """Clicks the link of that name in the content and waits for the page behind it."""
        self._go(self.page.locator("#page").get_by_role("link", name=name, exact=exact).first)

    def press(self, name: str) -> None:
        """Clicks the button of that name in the content and waits for the answer."""
        self._go(self.page.locator("#page").get_by_role("button", name=name, exact=True).first)

    def _go(self, target: Locator) -> None:
        with self.page.expect_navigation():
            target.click()

    def sees(self, text: str) -> None:
        """The words are on the page, visible."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def heading(self, text: str) -> None:
        """The page's title is this."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def check(self) -> None:
        """Nothing on the page that axe finds, no complaint in the console, no sideways scroll."""
        if self.axe:
            self._ask_axe()
        self.fits()
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"

    def _ask_axe(self) -> None:
        self.page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
        found = self.page.evaluate(
            """async () => {
                const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
                const result = await window.axe.run(document, {runOnly: tags, resultTypes: ['violations']});
                return result.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' | '));
            }"""
        )
        assert found == [], f"{self.page.url}: {found}"

    def fits(self) -> None:
        """Nothing makes the page scroll sideways."""
        wider = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{self.page.url} scrolls sideways by {wider}px"


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Opens a screen: ``visit("phone", "zh")``."""
    yield from screens(chromium, site)


def screens(chromium: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Opens screens of a site; all close at the end."""
    contexts: list[Any] = []

    def open_screen(size: str = "desktop", language: str = "zh", *, axe: bool = True) -> Visitor:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            bypass_csp=False,
            has_touch=size == "phone",
            is_mobile=size == "phone",
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        return Visitor(context.new_page(), site, axe=axe)

    yield open_screen
    for context in contexts:
        context.close()
