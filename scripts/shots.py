"""Pictures of groups, stations, reception days, opinions and notices."""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from scripts.camera import DESKTOP, PHONE, Camera

# What is random on the page would change the picture each time.
CODE = "482 915 307 664"
COUNTY = "999010"


def composing(browser: Browser, url: str) -> None:
    """County staff divide deputies into groups."""
    desk = Camera(browser, url, "xianren", DESKTOP)
    desk.shoot("composition-new-desktop", "/groups/compositions/new", height=1080)
    desk.goto("/groups/compositions")
    desk.send(desk.page.locator("table.grid tbody th a").first)
    desk.shoot("composition-desktop", height=1180)
    desk.page.evaluate("document.querySelector('#people').scrollIntoView()")
    groups = desk.page.locator("#board details.composition-group")
    for place in range(2):
        if groups.nth(place).get_attribute("open") is None:
            groups.nth(place).locator("summary").click()
    for place in (1, 2):
        groups.first.locator("input[name=member]").nth(place).check()
    desk.shoot("composition-people-desktop")
    desk.goto(desk.page.url.removeprefix(url).split("#")[0] + "/effect")
    desk.shoot("composition-effect-desktop", height=480)


def plans(browser: Browser, url: str) -> None:
    """A group's plan for the year; its leader convenes by dates the members choose."""
    desk = Camera(browser, url, "xianren", DESKTOP)
    desk.shoot("plans-desktop", "/activities/plans?state=submitted", height=640)
    desk.send(desk.page.locator("table.grid tbody th a").first)
    desk.shoot("plan-desktop", height=1000)
    phone = Camera(browser, url, "daibiao", PHONE)
    phone.goto("/activities/mine")
    phone.send(phone.page.locator("ul.big-buttons a").first)
    phone.shoot("group-desk-phone")
    phone.follow("召集")
    phone.page.evaluate("document.querySelector('#dates').scrollIntoView({block: 'end'})")
    for n, (day, hour) in enumerate((("2026-12-05", "9:00"), ("2026-12-06", "14:30")), 1):
        phone.page.fill(f"[name=day_{n}]", day)
        phone.page.fill(f"[name=at_{n}]", hour)
    phone.page.evaluate("document.activeElement.blur()")
    phone.shoot("convene-phone")
    phone.press("发出邀请")
    phone.goto("/activities/mine")
    phone.follow("答复时间")
    phone.shoot("dates-phone")


def station(browser: Browser, url: str) -> None:
    """A station: who runs it, its public page, poster and notice board."""
    desk = Camera(browser, url, "xianren", DESKTOP)
    desk.shoot("station-desktop", "/stations/1", height=1180)
    desk.paper("station-poster-paper", "/stations/1/poster.pdf")
    desk.paper("station-board-paper", "/stations/1/board.pdf")


def calendar(browser: Browser, url: str) -> None:
    """The year's reception calendar: rules, draft, changes by hand, the wall calendar; requests of deputies."""
    desk = Camera(browser, url, "xianren", DESKTOP)
    desk.shoot("calendar-new-desktop", "/calendars/new", height=1900)
    desk.goto("/calendars?state=draft")
    desk.send(desk.page.locator("table.grid tbody th a").first)
    desk.shoot("calendar-desktop", height=1080)
    here = desk.page.url.removeprefix(url).partition("?")[0]
    desk.send(desk.page.locator(".cal-date a").first)
    desk.shoot("roster-desktop", height=760)
    desk.paper("calendar-wall-paper", here + "/wall.pdf?paper=a3", dots=64)
    desk.shoot("duty-requests-desktop", "/reception-requests", height=640)
    desk.shoot("holidays-desktop", "/settings/holidays?year=2026", height=760)
    phone = Camera(browser, url, "daibiao", PHONE)
    phone.shoot("duty-phone", "/reception-duty")
    phone.follow("请假或换人")
    phone.page.select_option("[name=kind]", "substitute")
    phone.page.fill("[name=reason]", "当天在外地出差")
    phone.page.evaluate("document.activeElement.blur()")
    phone.shoot("duty-request-phone")
    phone.goto("/reception-wishes/new")
    _wish(phone.page)
    phone.shoot("duty-wish-phone")


def _wish(page: Page) -> None:
    page.fill("[name=from_on]", "2027-07-01")
    page.fill("[name=until_on]", "2027-07-20")
    page.fill("[name=note]", "夏收农忙")
    page.evaluate("document.activeElement.blur()")


def reception_day(browser: Browser, url: str) -> None:
    """The day itself, on a deputy's phone: checking in, counting, taking down; staff record it."""
    phone = Camera(browser, url, "daibiao", PHONE)
    phone.goto("/")
    own_name = phone.page.locator("#page h1").inner_text().partition("，")[0]
    phone.follow("进入现场")
    own_row = phone.page.locator(".on-duty li", has_text=own_name)
    phone.send(own_row.get_by_role("button", name="签到", exact=True))
    for _n in range(3):
        phone.press("+")
    phone.shoot("reception-day-phone")
    phone.page.locator("#page").get_by_role("link", name="记意见").first.click()
    phone.page.wait_for_url("**/take")
    phone.page.fill("[name=content]", "桥头那一段路灯坏了半个多月，孩子下晚自习看不见路，请催一催。")
    phone.page.fill("[name=topic]", "照明")
    phone.page.check("[name=anonymous]")
    phone.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    phone.shoot("reception-take-phone")
    staff = Camera(browser, url, "xianren", PHONE)
    staff.shoot("reception-hold-phone", phone.page.url.removeprefix(url).replace("/take", "/hold"))


def public(browser: Browser, url: str) -> None:
    """Somebody scans the station's code: its page, an opinion handed in, its progress."""
    desk = Camera(browser, url, "xianren", DESKTOP)
    desk.goto("/stations/1")
    path = desk.page.locator("a[href^='/s/']").first.get_attribute("href")
    visitor = Camera(browser, url, "", PHONE)
    visitor.shoot("public-station-phone", path)
    visitor.goto(f"{path}/opinion")
    page = visitor.page
    page.fill("[name=content]", "文化路早上七点到八点一直堵，学校门口能不能加一个协管员？")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    visitor.shoot("public-opinion-phone")
    visitor.press("提交")
    page.evaluate(f"document.querySelector('.receipt-code').textContent = '{CODE}'")
    visitor.shoot("public-receipt-phone")
    visitor.goto("/s/follow")
    page.fill("[name=code]", "000000000002")
    visitor.press("查询")
    visitor.shoot("public-follow-phone")


def opinions(browser: Browser, url: str) -> None:
    """An opinion's way: what may be done next, the slip, the unit's answer, the figures of the loop."""
    desk = Camera(browser, url, "xianren", DESKTOP)
    desk.goto("/opinions?state=received&channel=visit")
    desk.send(desk.page.locator("table.grid tbody th a").first)
    desk.shoot("opinion-desktop", height=1080)
    desk.follow("交办给单位")
    unit = Camera(browser, url, "danwei", DESKTOP)
    own_name = unit.page.locator(".account-menu > summary").inner_text()
    units = desk.page.locator("[name=unit_id] option").all_inner_texts()
    desk.page.select_option("[name=unit_id]", label=next(name for name in units if name in own_name))
    desk.page.fill("[name=requirement]", "请现场核实后尽快修复，书面回复办理情况。")
    desk.page.evaluate("document.activeElement.blur()")
    desk.shoot("opinion-transfer-desktop", height=760)
    desk.send(desk.page.locator("#page form [type=submit]").first)
    desk.shoot("transfers-desktop", "/transfers", height=640)
    desk.shoot("loop-desktop", f"/opinions/loop?area={COUNTY}&year=2026", height=1240)
    unit.shoot("home-unit-desktop", "/", height=560)
    unit.goto("/transfers?state=sent")
    unit.send(unit.page.locator("table.grid tbody th a").first)
    unit.shoot("transfer-unit-desktop", height=860)
    unit.follow("签收")
    unit.page.fill("[name=handler]", "办公室 小李 0999-8810311")
    unit.press("签收")
    unit.follow("答复")
    unit.page.fill("[name=answer]", "已到现场查看，在三处连续弯道加装反光镜，今日完工。")
    unit.page.evaluate("document.activeElement.blur()")
    unit.shoot("transfer-answer-desktop", height=860)


def notices(browser: Browser, url: str) -> None:
    """What people are told, and the record of it."""
    Camera(browser, url, "daibiao", PHONE).shoot("notices-phone", "/notices")
    desk = Camera(browser, url, "xianren", DESKTOP)
    desk.shoot("notice-log-desktop", "/notices/log?kind=reception_reminder", height=760)
    desk.shoot("notice-settings-desktop", f"/notices/settings/{COUNTY}", height=820)
