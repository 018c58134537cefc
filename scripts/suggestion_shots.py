"""Pictures of suggestions: drafting, screening, assignment, deadlines, the unit's desk, slip, supervision, figures."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from scripts.camera import DESKTOP, PHONE, Camera

COUNTY = "999010"
SPLIT = (("县住房和城乡建设局", "管网改造"), ("县城市管理局", "清理沿街化粪池"))


def drafting(browser: Browser, url: str) -> None:
    """A deputy writes on the phone and sees what was proposed before; says what they think of a reply."""
    phone = Camera(browser, url, "daibiao", PHONE)
    phone.shoot("suggestions-phone", "/suggestions/mine")
    phone.goto("/suggestions/drafts/new")
    phone.page.locator("[name=title]").press_sequentially("关于解决石桥镇农村饮水问题的建议")
    similar = phone.page.locator("[data-hints=similar] li").first
    expect(similar).to_be_visible()
    phone.page.evaluate("document.activeElement.blur()")
    phone.page.evaluate("document.querySelector('[name=title]').closest('.field').scrollIntoView()")
    phone.page.evaluate("window.scrollBy(0, -90)")
    phone.shoot("suggestion-draft-phone")
    phone.page.fill("[name=body]", "石桥镇三个村饮用水源地没有护栏。")
    expect(phone.page.locator("[data-hints=checks] .is-bad").first).to_be_visible()
    phone.page.evaluate("document.activeElement.blur()")
    phone.page.evaluate("document.querySelector('[data-hints=checks]').scrollIntoView()")
    phone.page.evaluate("window.scrollBy(0, -360)")
    phone.shoot("suggestion-check-phone")
    phone.goto("/suggestions/feedback/waiting")
    phone.send(phone.page.locator(".cards-list a").first)
    for name in ("attitude", "handling", "result", "overall"):
        phone.page.locator(f"[name={name}]").first.evaluate("box => box.click()")
    phone.page.evaluate("document.activeElement.blur()")
    phone.page.evaluate("document.querySelector('[name=attitude]').closest('form').scrollIntoView()")
    phone.page.evaluate("window.scrollBy(0, -90)")
    phone.shoot("suggestion-slip-phone", height=1100)


def office(browser: Browser, url: str) -> None:
    """Staff screen what was handed in, assign it, and look after deadlines and supervision."""
    desk = Camera(browser, url, "xianren", DESKTOP)
    desk.goto("/suggestions/screening")
    desk.send(desk.page.locator("table.grid tbody th a", has_text="高岸片区").first)
    hints = desk.page.get_by_role("heading", name="审查提示")
    hints.evaluate("heading => heading.closest('section').scrollIntoView({block: 'center'})")
    desk.shoot("suggestion-screening-desktop")
    desk.goto("/suggestions/assigning")
    desk.send(desk.page.locator("table.grid tbody th a", has_text="排水管网").first)
    desk.follow("交办")
    names, tasks = desk.page.locator("[name*=unit]:visible"), desk.page.locator("[name*=task]:visible")
    for row, (name, task) in enumerate(SPLIT):
        names.nth(row).fill(name)
        tasks.nth(row).fill(task)
    desk.page.evaluate("document.activeElement.blur()")
    desk.shoot("suggestion-assign-desktop", height=900)
    desk.shoot("suggestion-overdue-desktop", "/suggestions/overdue", height=820)
    desk.shoot("supervision-board-desktop", "/supervision/board")
    desk.goto("/suggestions/evaluations")
    desk.send(desk.page.locator("table.grid tbody th a", has_text="2025").first)
    desk.send(desk.page.locator("#ranking table tbody a").first)
    desk.shoot("suggestion-evaluation-desktop")
    desk.shoot("suggestion-figures-desktop", f"/suggestions/figures?area={COUNTY}&year=2026", height=1000)
    Camera(browser, url, "", PHONE).shoot("public-suggestions-phone", "/public/suggestions", height=1100)


def unit(browser: Browser, url: str) -> None:
    """The unit's desk: what it is to handle; its head signs the letter."""
    clerk = Camera(browser, url, "danwei", DESKTOP)
    clerk.shoot("handling-desktop", "/handling", height=760)
    head = Camera(browser, url, "juzhang", DESKTOP)
    head.goto("/handling?draft=1")
    head.send(head.page.locator("table.grid tbody th a").first)
    head.follow("审阅签发")
    head.shoot("reply-sign-desktop", height=860)
