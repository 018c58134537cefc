"""A deputy takes down an opinion on the phone where the network fails: kept, and sent once (0-15, 1-11)."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Route, expect
from sqlalchemy import select

from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.stations.models import Opinion, Reception, ReceptionDeputy
from app.stations.states import DutyStanding, ReceptionState
from tests.browser.conftest import Site, Visitor
from tests.world import COUNTY, LINJIANG

STATION = "临江镇人大代表联络站"


def _today(site: Site) -> int:
    """A reception today with 陈秋禾 on duty."""
    with site.session() as session, acting_as(operator("tests")):
        row = ReceptionDeputy(mandate_id=site.world.mandates["C001"], standing=DutyStanding.ASSIGNED)
        reception = Reception(
            office_code=COUNTY, area_code=LINJIANG, station_id=site.world.stations[STATION],
            held_on=clock.today(), state=ReceptionState.PLANNED, deputies=[row],
        )  # fmt: skip
        session.add(reception)
        session.flush()
        return reception.id


def _kept(site: Site, words: str) -> list[str]:
    with site.session() as session:
        return list(session.scalars(select(Opinion.content).where(Opinion.content == words)))


def _fails(text: str) -> bool:
    """A line of the browser about the network that was taken away."""
    return "ERR_INTERNET_DISCONNECTED" in text or "ERR_FAILED" in text


def test_an_opinion_taken_down_without_network_is_sent_once(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    reception = _today(site)
    deputy = visit("phone")
    page = deputy.page
    deputy.sign_in("deputy")
    deputy.check()
    deputy.goto(f"/receptions/{reception}/day")
    deputy.check()
    deputy.press("签到")
    deputy.check()
    with page.expect_navigation():
        page.get_by_role("link", name="记意见").click()
    deputy.check()

    words = "河西村口的桥栏杆断了三根，孩子上学走那儿不放心"
    page.fill("[name=content]", words)
    page.get_by_label("匿名反映").check()
    page.reload()
    expect(page.locator("[name=content]")).to_have_value(words)
    expect(page.get_by_label("匿名反映")).to_be_checked()
    deputy.check()

    page.context.set_offline(True)
    deputy.sees("没有网络")
    page.get_by_role("button", name="记下这条").click()
    waiting = page.locator("[data-sending] li", has_text=words[:10])
    expect(waiting.locator("[data-state=waiting]")).to_be_visible()
    expect(page.locator("[name=content]")).to_have_value("")
    assert _kept(site, words) == []
    page.context.set_offline(False)
    expect(waiting.locator("[data-state=sent]")).to_be_visible()
    page.reload()
    assert _kept(site, words) == [words]
    deputy.complaints[:] = [text for text in deputy.complaints if not _fails(text)]
    deputy.check()


def test_an_opinion_whose_receipt_was_lost_is_not_kept_twice(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    reception = _today(site)
    deputy = visit("phone")
    page = deputy.page
    deputy.come_as("deputy")
    deputy.goto(f"/receptions/{reception}/take")
    lost: list[int] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/take", lose_the_answer)
    words = "码头路灯坏了半个月，晚上接孩子看不见路"
    page.fill("[name=content]", words)
    page.get_by_role("button", name="记下这条").click()
    line = page.locator("[data-sending] li", has_text=words[:10])
    expect(line.locator("[data-state=waiting]")).to_be_visible()
    assert lost == [200]
    line.get_by_role("button").click()
    expect(line.locator("[data-state=again]")).to_be_visible()
    assert _kept(site, words) == [words]
    deputy.complaints[:] = [text for text in deputy.complaints if not _fails(text)]
    deputy.check()
