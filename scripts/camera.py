"""A browser that takes pictures of pages, and of papers the pages give out, into docs/images."""

from __future__ import annotations

import io
import subprocess
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
TODAY = date(2026, 11, 21)
# Nine in the morning in Shanghai.
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 1, 0, tzinfo=UTC)
PASSWORD = "Qinglan-2026!"
DESKTOP, PHONE = (1440, 900), (390, 844)
MOST_BYTES = 200 * 1024


class Camera:
    """A screen of one user; takes pictures of what is on it."""

    taken: list[str] = []  # noqa: RUF012 - one list for all cameras

    def __init__(self, browser: Browser, url: str, login: str, size: tuple[int, int]) -> None:
        self.url = url
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            is_mobile=size is PHONE,
            has_touch=size is PHONE,
            reduced_motion="reduce",
        )
        self.page: Page = context.new_page()
        # Pages tell the day by the server's clock; what the browser itself says must agree.
        self.page.clock.set_fixed_time(NOW)
        if login:
            self.goto("/login")
            self.page.fill("[name=login]", login)
            self.page.fill("[name=password]", PASSWORD)
            self.send(self.page.locator("form [type=submit]").first)

    def goto(self, path: str) -> None:
        answer = self.page.goto(self.url + path)
        if answer is None or answer.status != 200:
            raise SystemExit(f"{path}: {answer.status if answer else 'no answer'}")

    def send(self, target: Locator) -> None:
        with self.page.expect_navigation():
            target.click()

    def press(self, name: str) -> None:
        content = self.page.locator("#page")
        self.send(content.get_by_role("button", name=name, exact=True).first)

    def follow(self, name: str) -> None:
        content = self.page.locator("#page")
        self.send(content.get_by_role("link", name=name, exact=True).first)

    def open_menu(self, words: str) -> None:
        self.page.locator("details.menu > summary", has_text=words).first.click()

    def shoot(self, name: str, path: str | None = None, *, height: int | None = None) -> None:
        """Saves what is seen as docs/images/<name>.png, at most :data:`MOST_BYTES`."""
        if path is not None:
            self.goto(path)
        size = self.page.viewport_size
        if height and size:
            self.page.set_viewport_size({"width": size["width"], "height": height})
        self.page.evaluate("document.querySelectorAll('[data-toast]').forEach(note => note.remove())")
        picture = Image.open(io.BytesIO(self.page.screenshot(animations="disabled", caret="hide")))
        if height and size:
            self.page.set_viewport_size(size)
        self._keep(name, picture)

    def paper(self, name: str, path: str, dots: int = 60) -> None:
        """The first page of a .pdf that a page gives out, ``dots`` to the inch."""
        answer = self.page.context.request.get(self.url + path)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "paper.pdf"
            file.write_bytes(answer.body())
            subprocess.run(
                ["pdftoppm", "-png", "-singlefile", "-r", str(dots), file, file.with_suffix("")], check=True
            )
            with Image.open(file.with_suffix(".png")) as sheet:
                framed = Image.new("RGB", (sheet.width + 2, sheet.height + 2), "#b8b8b8")
                framed.paste(sheet, (1, 1))
        self._keep(name, framed)

    def _keep(self, name: str, picture: Image.Image) -> None:
        file = IMAGES / f"{name}.png"
        for colours in (128, 64, 32):
            picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(file, optimize=True)
            if file.stat().st_size < MOST_BYTES:
                break
        self.taken.append(file.name)
