"""A group leader convenes from the phone, a member says when they can, the day is chosen (3-33)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.activities import operations
from app.activities.models import Activity
from app.activities.states import ActivityKind
from app.extensions import db
from app.groups import operations as groups
from app.groups.models import DeputyGroup
from app.groups.states import GroupRole
from app.kit import clock
from tests.browser.conftest import Site, Visitor
from tests.world import BEGAN, COUNTY

GROUP = "第1代表小组"


@pytest.fixture(scope="module", autouse=True)
def _leader(site: Site) -> None:
    """陈秋禾 leads the group."""
    with site.session():
        groups.create_post(
            site.world.actor("county"),
            db.session.get_one(DeputyGroup, site.world.groups[GROUP]),
            role=GroupRole.LEADER,
            mandate_id=site.world.mandates["C001"],
            began_on=BEGAN,
        )


def _activity(site: Site, title: str) -> int:
    with site.session():
        made: Activity = operations.create_activity(
            site.world.actor("county"), area_code=COUNTY, kind=ActivityKind.INSPECTION, title=title,
            held_on=clock.today() + timedelta(days=40), group_id=site.world.groups[GROUP],
            content="看村道", form="视察", goal="完工", lead_person="陈秋禾",
        )  # fmt: skip
        return made.id


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_3_33_a_day_is_proposed_answered_and_chosen(
    site: Site, visit: Callable[..., Visitor], size: str
) -> None:
    title = {"desktop": "视察沿江村道", "phone": "视察河西桥梁"}[size]
    activity = _activity(site, title)
    first, second = (clock.today() + timedelta(days=days) for days in (20, 21))
    leader = visit(size)
    page = leader.page
    leader.come_as("deputy")
    leader.goto(f"/activities/groups/{site.world.groups[GROUP]}")
    leader.check()
    card = page.locator(".activity-cards li", has_text=title)
    with page.expect_navigation():
        card.get_by_role("link", name="召集").click()
    leader.check()
    page.fill("[name=day_1]", first.isoformat())
    page.fill("[name=at_1]", "9:00")
    page.fill("[name=day_2]", second.isoformat())
    page.fill("[name=at_2]", "14:30")
    leader.press("发出邀请")
    leader.sees("已发出邀请。")
    leader.check()

    member = visit("phone")
    member.sign_in("other_deputy")
    member.check()
    member.goto("/notices")
    member.sees(title)
    member.check()
    member.goto("/activities/mine")
    member.check()
    line = member.page.locator("li", has_text=title)
    with member.page.expect_navigation():
        line.get_by_role("link", name="答复时间").click()
    member.check()
    for day, answer in ((first, "不行"), (second, "可以")):
        asked = member.page.get_by_role("group", name=f"{day.month}月{day.day}日")
        asked.get_by_label(answer, exact=True).check()
    member.press("答复")
    member.sees("已答复，谢谢。")
    member.check()

    leader.goto(f"/activities/{activity}/dates")
    row = page.get_by_role("row").filter(has_text=f"{second.month}月{second.day}日")
    expect(row).to_contain_text("龑小满")
    leader.check()
    row.get_by_role("button", name="就定这天").click()
    with page.expect_navigation():
        page.locator("dialog[open]").get_by_role("button", name="确定").click()
    leader.sees("时间已定，已通知应到代表。")
    leader.check()

    member.goto("/activities/mine")
    expect(line.first).to_contain_text("14:30")
    member.check()
