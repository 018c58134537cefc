"""An opinion from the QR code on the door to its end and the citizen's word on it (1-11, 2-25, 3-34)."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import expect

from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.stations.models import Station
from tests.browser.conftest import Site, Visitor

STAGES = ("联系群众", "汇集民意", "监督落实", "解决问题")


@pytest.fixture(scope="module")
def code(site: Site) -> str:
    """The code on the poster of the station."""
    with site.session() as session, acting_as(operator("tests")):
        station = session.get_one(Station, site.world.stations["临江镇人大代表联络站"])
        station.public_code, station.address = "lqrk2m8zpw", "临江镇文化路11号"
    return "lqrk2m8zpw"


def _photo() -> dict[str, object]:
    picture = io.BytesIO()
    Image.new("RGB", (800, 600), "steelblue").save(picture, "JPEG")
    return {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def _hand_in(visitor: Visitor, code: str, words: str) -> str:
    """From the poster to the receipt; the code to follow it."""
    page = visitor.page
    visitor.goto(f"/s/{code}")
    visitor.heading("临江镇人大代表联络站")
    visitor.check()
    visitor.follow("我要反映意见")
    visitor.check()
    visitor.press("提交")
    visitor.sees("请填写")
    visitor.check()
    page.fill("[name=content]", words)
    page.fill("[name=citizen_name]", "郭立冬")
    page.fill("[name=citizen_phone]", "13900001234")
    page.set_input_files("[name=photos]", _photo())  # type: ignore[arg-type]
    visitor.press("提交")
    visitor.heading("已收到您的意见")
    visitor.check()
    return page.locator(".receipt-code").inner_text()


def _follow(visitor: Visitor, receipt: str) -> None:
    visitor.goto("/s/follow")
    visitor.page.fill("[name=code]", receipt)
    visitor.press("查询")
    visitor.check()


def _funnel(staff: Visitor) -> list[int]:
    staff.goto("/opinions/loop")
    staff.check()
    return [int(text) for text in staff.page.locator(".funnel strong").all_inner_texts()]


def _open_opinion(staff: Visitor, words: str) -> None:
    staff.goto("/opinions")
    staff.check()
    row = staff.page.get_by_role("row").filter(has_text=words[:12])
    with staff.page.expect_navigation():
        row.get_by_role("link").first.click()
    staff.sees(words)


def _transfer(staff: Visitor, words: str) -> None:
    _open_opinion(staff, words)
    expect(staff.page.locator("#page")).to_contain_text("郭**")
    expect(staff.page.locator("#page")).not_to_contain_text("郭立冬")
    staff.check()
    staff.follow("交办给单位")
    staff.check()
    staff.page.select_option("[name=unit_id]", label="岳湖县城管局")
    staff.page.fill("[name=requirement]", "请到现场查看，五个工作日内答复")
    staff.press("交办给单位")
    staff.sees("已交办，单位会收到通知。")
    staff.check()


def _answer(unit: Visitor, words: str) -> None:
    unit.sign_in("unit")
    unit.check()
    unit.goto("/transfers")
    unit.check()
    row = unit.page.get_by_role("row").filter(has_text=words[:8])
    with unit.page.expect_navigation():
        row.get_by_role("link").first.click()
    unit.sees(words)
    expect(unit.page.locator("#page")).not_to_contain_text("郭")
    unit.check()
    unit.follow("签收")
    unit.page.fill("[name=handler]", "市容股")
    unit.check()
    unit.press("签收")
    unit.check()
    unit.follow("答复")
    unit.page.fill("[name=answer]", "已新增垃圾桶四个，每天清运两次。")
    unit.page.fill("[name=answered_on]", clock.today().isoformat())
    unit.page.set_input_files("[name=files]", _photo())  # type: ignore[arg-type]
    unit.check()
    unit.press("答复")
    unit.sees("已新增垃圾桶四个，每天清运两次。")
    unit.check()


def _close(staff: Visitor, words: str) -> None:
    _open_opinion(staff, words)
    staff.check()
    staff.follow("办结")
    staff.page.select_option("[name=ended_as]", "solved")
    staff.page.fill("[name=outcome]", "城管局已新增垃圾桶并每天清运。")
    staff.check()
    staff.press("办结")
    staff.sees("已办结，请反馈群众。")
    staff.check()
    staff.follow("反馈群众")
    staff.page.fill("[name=told_way]", "电话")
    staff.check()
    staff.press("反馈群众")
    staff.sees("已登记反馈。")
    staff.check()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_1_11_from_the_qr_code_to_the_citizens_word(
    site: Site, visit: Callable[..., Visitor], code: str, size: str
) -> None:
    words = {"desktop": "集贸市场南门垃圾堆了三天没人清运", "phone": "沿河步道垃圾桶满了一周，气味很大"}[size]
    staff = visit(size)
    staff.come_as("county")
    before = _funnel(staff)

    visitor = visit("phone")
    receipt = _hand_in(visitor, code, words)
    _follow(visitor, receipt)
    visitor.sees("现在：已收集")

    _transfer(staff, words)
    _follow(visitor, receipt)
    visitor.sees("岳湖县城管局")
    _answer(visit(size), words)
    _close(staff, words)

    _follow(visitor, receipt)
    visitor.sees("城管局已新增垃圾桶并每天清运。")
    visitor.press("满意")
    visitor.sees("您的评价")
    visitor.check()

    assert [after - then for after, then in zip(_funnel(staff), before, strict=True)] == [1, 1, 1, 1]
    _open_opinion(staff, words)
    staff.sees("满意")


def test_the_public_pages_are_whole_in_english(visit: Callable[..., Visitor], code: str) -> None:
    for size in ("phone", "desktop"):
        visitor = visit(size, "en")
        for path in (f"/s/{code}", f"/s/{code}/opinion", "/s/follow"):
            visitor.goto(path)
            visitor.check()
