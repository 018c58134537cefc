"""Photographs the pages of the user guide into docs/images: the demo county on a fixed day, at a desk and on a phone.

Run by ``make docs``. Pictures change only where pages do; the guide must use every one of them.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import time_machine
from flask import Flask
from openpyxl import Workbook
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import update
from werkzeug.serving import make_server

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app import create_app  # noqa: E402
from app.accounts.models import User  # noqa: E402
from app.accounts.passwords import hash_password  # noqa: E402
from app.extensions import db  # noqa: E402
from app.kit.database import set_reading  # noqa: E402
from scripts.camera import DESKTOP, IMAGES, MOST_BYTES, NOW, PASSWORD, PHONE, TODAY, Camera  # noqa: E402
from scripts.shots import calendar, composing, notices, opinions, plans, public, reception_day, station  # noqa: E402
from scripts.suggestion_shots import drafting, office, unit  # noqa: E402

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

GUIDE = ROOT / "docs" / "guide.zh-CN.md"
ADDRESS = "lvzhi.qinglan.example"
PRINTED = re.compile(
    r"/accounts/roster/\d+|/activities/\d+/qr\.svg|/stations/\d+(/qr\.svg|/poster\.pdf|/board\.pdf)?"
)
MOST_IN_ALL = 6 * 1024 * 1024
ROSTER = ("序号", "姓名", "性别", "民族", "出生年月", "政治面貌", "文化程度", "工作单位及职务", "联系电话", "代表层级",
          "所在乡镇", "选区", "代表证号", "当选时间")  # fmt: skip


@contextmanager
def county(folder: Path) -> Iterator[str]:
    """The demo county, served; its address."""
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'lvzhi.sqlite3'}",
            "DATA_DIR": folder,
            "SECRET_KEY": "for pictures only",
            "JOBS_IMMEDIATE": True,
            # The browser's clock is the real one: a cookie without an end is never too old for it.
            "PERMANENT_SESSION_LIFETIME": 10 * 365 * 86_400,
        }
    )
    _fill(app)
    _give_address(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _give_address(app: Flask) -> None:
    """Slips and QR codes bear the office's address, not that of the server taking pictures."""
    answer = app.wsgi_app

    def named(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if PRINTED.fullmatch(environ["PATH_INFO"]):
            environ |= {"HTTP_HOST": ADDRESS, "wsgi.url_scheme": "https"}
        return answer(environ, start_response)

    app.wsgi_app = named  # type: ignore[method-assign] # as Flask's documentation has it


def _fill(app: Flask) -> None:
    with app.app_context():
        set_reading(False)
        db.create_all()
    done = app.test_cli_runner().invoke(args=["demo"])
    if done.exit_code:
        raise SystemExit(done.output)
    with app.app_context():
        set_reading(False)
        db.session.execute(update(User).values(password_hash=hash_password(PASSWORD)))
        db.session.commit()
        db.session.remove()


def wrong_roster(folder: Path) -> Path:
    """A township's roster with two cells that cannot be right."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "代表名册"
    sheet.append(["白沙镇补选代表名册"])
    sheet.append(ROSTER)
    for index, name in enumerate(("柳春生", "欧阳晴", "覃立冬", "单晓芸", "解文涛", "尉迟敏")):
        level = "乡代表" if index != 2 else "班代表"
        day = "2026.9.28" if index != 4 else "2026.9.31"
        phone = f"1990000{9001 + index}"
        sheet.append(
            [index + 1, name, "女" if index % 2 else "男", "汉族", "1985.06", "群众", "大专", "村委会委员", phone,
             level, "白沙镇", "第3选区", f"QL59{index:03}", day]
        )  # fmt: skip
    path = folder / "白沙镇补选代表名册.xlsx"
    book.save(path)
    return path


def staff(browser: Browser, url: str, folder: Path) -> None:
    """County staff at their desk: to-do, lists, import, registers, coverage, statistics."""
    desk = Camera(browser, url, "xianren", DESKTOP)
    desk.shoot("home-desktop", "/")
    _lists(desk)
    _import(desk, wrong_roster(folder))
    for name, path in (
        ("groups-desktop", "/groups/1"),
        ("stations-desktop", "/stations"),
        ("receptions-desktop", "/receptions/new"),
        ("opinions-desktop", "/opinions"),
        ("suggestions-desktop", "/suggestions"),
        ("duty-reports-desktop", "/duty-reports"),
        ("duty-report-new-desktop", "/duty-reports/new"),
        ("review-desktop", "/ledger/review"),
        ("leaves-desktop", "/activities/leaves"),
        ("statistics-desktop", "/statistics"),
    ):
        desk.shoot(name, path)
    desk.shoot("settings-desktop", "/settings", height=1240)
    desk.goto("/suggestions?state=assigned&q=学校课后服务")
    desk.send(desk.page.locator("table.grid tbody th a").first)
    desk.shoot("suggestion-desktop", height=1080)
    desk.shoot("coverage-desktop", "/coverage?on=2025-12-31", height=1100)
    desk.send(desk.page.locator("a.stat[href*='status=overdue']").first)
    desk.shoot("coverage-deputies-desktop")
    desk.goto("/deputies?level=county")
    desk.send(desk.page.locator("table.grid tbody th a").first)
    desk.shoot("deputy-desktop")
    desk.follow("履职档案")
    desk.shoot("file-desktop", height=1100)


def _lists(desk: Camera) -> None:
    desk.goto("/deputies?level=county&re_elected=1")
    desk.shoot("list-desktop")
    desk.open_menu("常用筛选")
    desk.page.get_by_label("把现在的筛选和排序存为").fill("连任的县级代表")
    desk.shoot("list-saved-desktop", height=560)
    desk.page.keyboard.press("Escape")
    desk.open_menu("列")
    desk.shoot("list-columns-desktop", height=760)
    desk.page.keyboard.press("Escape")
    for box in desk.page.locator("table.grid tbody input[name=ids]").all()[:3]:
        box.check()
    desk.shoot("list-selected-desktop", height=760)


def _import(desk: Camera, file: Path) -> None:
    desk.shoot("templates-desktop", "/imports/templates")
    desk.goto("/imports/new")
    desk.page.set_input_files("input[type=file]", file)
    desk.shoot("import-upload-desktop", height=560)
    desk.press("上传并预览")
    expect(desk.page.locator(".stat").first).to_be_visible()
    desk.shoot("import-preview-desktop", height=860)
    batch = desk.page.url.removeprefix(desk.url)
    desk.send(desk.page.locator("td.num[data-label=有误] a").first)
    desk.shoot("import-mend-desktop", height=620)
    desk.page.locator("input[aria-invalid=true]").nth(0).fill("乡代表")
    desk.page.locator("input[aria-invalid=true]").nth(1).fill("2026.9.28")
    desk.press("保存改正并重新预览")
    desk.goto(batch)
    desk.press("确认导入")
    expect(desk.page.locator("#page")).to_contain_text("已导入")
    desk.shoot("import-done-desktop", height=760)
    desk.shoot("imports-desktop", "/imports/", height=420)


def activity(browser: Browser, url: str) -> None:
    """A township clerk and a deputy: an activity from its plan to the record."""
    desk = Camera(browser, url, "xiangzhen", DESKTOP)
    desk.shoot("home-township-desktop", "/")
    desk.goto("/activities/new")
    page = desk.page
    page.fill("[name=title]", "澜城街道人大代表视察老旧小区改造")
    page.select_option("[name=kind]", "inspection")
    page.fill("[name=held_on]", TODAY.isoformat())
    page.fill("[name=starts_at]", "14:30")
    page.fill("[name=venue]", "澜城街道文化路社区")
    page.fill("[name=lead_person]", "单桐")
    page.fill("[name=form]", "集中视察")
    page.fill("[name=goal]", "了解改造进度，提出意见建议")
    page.fill("[name=content]", "实地察看文化路三个小区，听取街道汇报，座谈交流。")
    desk.shoot("activity-new-desktop")
    desk.press("保存，下一步选择代表")
    page.get_by_role("group", name="乡镇（地区）").get_by_label("澜城街道").check()
    page.get_by_role("group", name="层级").get_by_label("县级").check()
    desk.shoot("participants-desktop")
    desk.press("加入名单")
    desk.follow("完成")
    detail = page.url.removeprefix(url)
    desk.follow("签到")
    desk.press("开始签到")
    phone = Camera(browser, url, "daibiao", PHONE)
    _deputy(phone)
    phone.shoot("activities-mine-phone", "/activities/mine")
    phone.goto("/activities/sign-in")
    phone.page.fill("[name=code]", page.locator(".desk-digits").inner_text())
    phone.shoot("sign-in-code-phone")
    phone.press("签到")
    if phone.page.get_by_role("button", name="签到", exact=True).count():
        phone.press("签到")
    phone.shoot("signed-in-phone")
    desk.goto(detail + "/sign-in")
    expect(page.locator(".roll .here").first).to_be_visible()
    desk.shoot("sign-in-desktop")
    _attendance(browser, url, desk, detail)


def _attendance(browser: Browser, url: str, desk: Camera, detail: str) -> None:
    desk.goto(detail + "/attendance")
    rows = desk.page.locator("[data-row]")
    for index in range(rows.count()):
        row = rows.nth(index)
        word = "出席"
        if index == 3:
            word = "请假"
        elif index == 6:
            word = "缺席"
        row.get_by_role("radio", name=word).check(force=True)
        if index == 3:
            row.locator(".reason").fill("外出学习")
    rows.nth(1).get_by_role("checkbox", name="发言").check(force=True)
    desk.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    desk.shoot("attendance-desktop")
    phone = Camera(browser, url, "xiangzhen", PHONE)
    phone.shoot("attendance-phone", detail + "/attendance")
    phone.shoot("home-township-phone", "/")
    desk.press("保存考勤")
    desk.shoot("activity-desktop")


def _deputy(phone: Camera) -> None:
    phone.shoot("home-deputy-phone", "/")
    phone.shoot("report-phone", "/ledger/report")
    phone.follow("走访选民")
    phone.page.fill("[name=quantity]", "6")
    phone.page.fill("[name=place]", "文化路社区")
    phone.page.fill("[name=description]", "走访六户居民，了解小区充电桩安装情况，已向社区反映。")
    phone.shoot("report-form-phone")
    phone.press("提交")
    phone.shoot("mine-phone", "/ledger/mine")
    phone.goto("/activities/mine")
    leave = phone.page.get_by_role("link", name="请假", exact=True).first
    if leave.count():
        phone.send(leave)
        phone.page.fill("[name=reason]", "当天参加县里培训")
        phone.shoot("leave-phone")
    phone.goto("/")
    phone.follow("我的履职档案")
    phone.shoot("file-phone")


def others(browser: Browser, url: str) -> None:
    """Leader, auditor, security administrator; big text and English; the first log-in."""
    gate = Camera(browser, url, "", DESKTOP)
    gate.shoot("login-desktop", "/login", height=640)
    leader = Camera(browser, url, "lingdao", DESKTOP)
    leader.shoot("home-leader-desktop", "/")
    Camera(browser, url, "lingdao", PHONE).shoot("coverage-phone", "/coverage?on=2025-12-31")
    auditor = Camera(browser, url, "shenji", DESKTOP)
    auditor.shoot("audit-desktop", "/audit")
    auditor.press("校验完整性")
    auditor.shoot("audit-verified-desktop", height=480)
    guard = Camera(browser, url, "anquan", DESKTOP)
    guard.shoot("accounts-desktop", "/accounts", height=560)
    guard.goto("/accounts/roster")
    guard.page.select_option("[name=area_code]", "999010101")
    guard.page.select_option("[name=level]", "county")
    guard.shoot("accounts-roster-desktop", height=480)
    guard.press("开通账号")
    guard.follow("查看结果")
    # The passwords in the picture are random; it is a picture of how slips look.
    guard.page.evaluate(
        "document.querySelectorAll('.slip code').forEach(c => { c.textContent = 'Kx7-mP2q-9w' })"
    )
    guard.shoot("slips-desktop", height=760)
    first = Camera(browser, url, "", PHONE)
    first.shoot("login-phone", "/login")
    deputy = Camera(browser, url, "daibiao", PHONE)
    deputy.shoot("password-phone", "/password")
    deputy.goto("/account")
    deputy.press("大字模式")
    deputy.shoot("big-text-phone", "/")
    deputy.goto("/account")
    deputy.press("大字模式")
    leader.goto("/account")
    leader.page.locator(".account-menu > summary").click()
    leader.shoot("account-menu-desktop", height=560)
    leader.page.keyboard.press("Escape")
    leader.press("English")
    leader.shoot("english-desktop", "/coverage?on=2025-12-31")


def check() -> None:
    """Every picture is small enough and used by the guide or the README; none is left from before."""
    kept = set(Camera.taken)
    for old in IMAGES.glob("*.png"):
        if old.name not in kept:
            old.unlink()
    texts = "".join(path.read_text(encoding="utf-8") for path in (GUIDE, ROOT / "README.md") if path.exists())
    used = set(re.findall(r"images/([\w-]+\.png)", texts))
    sizes = {name: (IMAGES / name).stat().st_size for name in kept}
    faults = [f"{name} is used but not taken" for name in sorted(used - kept)]
    faults += [f"{name} is taken but not used" for name in sorted(kept - used)]
    faults += [f"{name} has {size} bytes" for name, size in sizes.items() if size > MOST_BYTES]
    if sum(sizes.values()) > MOST_IN_ALL:
        faults.append(f"{sum(sizes.values())} bytes in all")
    print(f"{len(kept)} pictures, {sum(sizes.values()) // 1024} KB")
    if faults:
        raise SystemExit("\n".join(faults))


def main() -> None:
    """Makes the county, takes the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    # The browser's own words (file field, date field) come from its environment, not from the page's locale.
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--lang=zh-CN",
        "--force-color-profile=srgb",
        "--hide-scrollbars",
    ]
    words: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "zh_CN", "LC_ALL": "C.UTF-8"}
    with (
        sync_playwright() as play,
        tempfile.TemporaryDirectory() as folder,
        time_machine.travel(NOW, tick=True),
        county(Path(folder)) as url,
    ):
        browser = play.chromium.launch(executable_path=chromium, args=flags, env=words)
        staff(browser, url, Path(folder))
        activity(browser, url)
        composing(browser, url)
        plans(browser, url)
        station(browser, url)
        calendar(browser, url)
        reception_day(browser, url)
        public(browser, url)
        opinions(browser, url)
        notices(browser, url)
        drafting(browser, url)
        office(browser, url)
        unit(browser, url)
        others(browser, url)
        browser.close()
    check()


if __name__ == "__main__":
    main()
