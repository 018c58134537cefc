"""Settings: rules in force and to come, and entering local ones."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from app.duty_reports.rules import DEFAULT_TEXT
from app.extensions import db
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.registry.models import RuleSet
from tests.world import COUNTY, DUTY_REPORT_RULES, LINJIANG, World

pytestmark = pytest.mark.usefixtures("world")


def page_of(browser: Any, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def box_of(page: str) -> str:
    return page.split("<textarea", 1)[1].split(">", 1)[1].split("</textarea>")[0].strip()


def test_the_box_holds_the_rules_in_force_and_the_sample_stands_under_it(
    app: Flask, world: World, sign_in: Any
) -> None:
    browser = sign_in("sysadmin")
    own = page_of(browser, f"/settings/rules/{COUNTY}/duty_reports")
    assert "due_years:" in box_of(own) and "2000-01-01" in own and "沿用的规则" not in own
    inherited = page_of(browser, f"/settings/rules/{LINJIANG}/duty_reports")
    assert box_of(inherited) == box_of(own)
    assert "沿用的规则" in inherited and "2000-01-01" not in inherited
    with app.app_context(), acting_as(operator("tests")):
        db.session.execute(delete(RuleSet))
        db.session.commit()
    default = page_of(browser, f"/settings/rules/{COUNTY}/duty_reports")
    assert box_of(default) == DEFAULT_TEXT.strip()
    for page in (own, inherited, default):
        assert DEFAULT_TEXT in page.split("</textarea>")[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("随便写写", "若干行"),
        ("due_years: {re_elected: [1], office_holder: [2], other: [九]}\nwindows: {}", "“九”应是数字"),
        ("due_years: {re_elected: [1], office_holder: [2], other: [9]}\nwindows: {}", "不能大于 5"),
        ("windows: {}", "“due_years”的内容不对：缺少这一项"),
    ],
)
def test_what_is_wrong_with_rules_is_said_in_a_sentence(sign_in: Any, content: str, words: str) -> None:
    answer = sign_in("sysadmin").post(
        f"/settings/rules/{COUNTY}/duty_reports", data={"content": content, "valid_from": "2026-01-01"}
    )
    assert answer.status_code == 422
    page = unescape(answer.get_data(as_text=True))
    assert words in page
    assert "should be" not in page and "Input" not in page


def test_settings_show_the_rules_in_force_today_and_those_to_come(app: Flask, sign_in: Any) -> None:
    coming = clock.today() + timedelta(days=30)
    with app.app_context(), acting_as(operator("tests")):
        for day, document in ((date(2020, 1, 1), "现行办法"), (coming, "新办法")):
            db.session.add(
                RuleSet(
                    area_code=COUNTY,
                    topic="duty_reports",
                    valid_from=day,
                    content=DUTY_REPORT_RULES,
                    document=document,
                )
            )
        db.session.commit()
    browser = sign_in("sysadmin")
    page = page_of(browser, "/settings")
    in_force, to_come = page.index("自 2020-01-01"), page.index(f"自 {coming}")
    assert in_force < page.index("现行办法") < to_come < page.index("未生效") < page.index("新办法")
    assert "2000-01-01" not in page
    opened = page_of(browser, f"/settings/rules/{COUNTY}/duty_reports?on={coming}")
    assert str(coming) in opened and "新办法" in opened
