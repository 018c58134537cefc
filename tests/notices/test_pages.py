"""A person's own notices with the bell, and the log for staff: to whom, when, how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.extensions import db
from app.kit.database import set_reading
from app.notices.models import Notice, NoticeDelivery
from app.notices.operations import tell
from app.notices.queries import get_rules
from app.notices.states import DeliveryState, NoticeKind
from app.registry.models import Person
from tests.notices.sink import Sink
from tests.world import COUNTY, LINJIANG, QINGSHAN, World

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def told(app: Flask, world: World, sink: Sink) -> dict[str, int]:
    """Notices for the deputy, the township and a deputy of the other township; by key."""
    with app.app_context():
        set_reading(False)
        deputy, other = world.persons["陈秋禾"], world.persons["欧阳谷雨"]
        for person_id in (deputy, other):
            db.session.get_one(Person, person_id).email = f"p{person_id}@lvzhi.test"
        kind = NoticeKind.RECEPTION_REMINDER
        tell(
            key="a",
            kind=kind,
            area_code=LINJIANG,
            person_ids=[deputy],
            title="明天接待",
            url="/stations/receptions",
        )
        tell(key="b", kind=kind, area_code=QINGSHAN, person_ids=[other], title="后天接待")
        staff = [world.users["township"]]
        tell(key="c", kind=NoticeKind.RECEPTION_REQUEST, area_code=LINJIANG, user_ids=staff, title="有人请假")
        db.session.commit()
        ids = {row.key[0]: row.id for row in db.session.execute(select(Notice.key, Notice.id))}
        db.session.remove()
    return ids


def _text(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_the_bell_counts_what_is_unread(sign_in: SignIn, told: dict[str, int]) -> None:
    browser = sign_in("deputy")
    assert "我的通知，1 条未读" in _text(browser, "/")
    answer = browser.post(f"/notices/{told['a']}/open")
    assert answer.location == "/stations/receptions"
    page = _text(browser, "/notices")
    assert "明天接待" in page
    assert "条未读" not in page
    assert "后天接待" not in page
    assert "没有未读的通知" in _text(browser, "/notices?unread=1")


def test_reading_one_and_reading_all(sign_in: SignIn, told: dict[str, int], app: Flask, world: World) -> None:
    with app.app_context():
        set_reading(False)
        for n in range(40):
            tell(
                key=f"more:{n}",
                kind=NoticeKind.OTHER,
                area_code=LINJIANG,
                user_ids=[world.users["deputy"]],
                title=f"第{n}件",
            )
        db.session.commit()
    browser = sign_in("deputy")
    first = _text(browser, "/notices")
    assert "41 条未读" in first
    assert first.count("told-meta") == 30
    assert _text(browser, f"/notices?before={told['a'] + 12}").count("told-meta") > 1
    assert browser.post(f"/notices/{told['a']}/read").status_code == 303
    assert "40 条未读" in _text(browser, "/notices")
    assert browser.post("/notices/read").status_code == 303
    assert "条未读" not in _text(browser, "/notices")


def test_the_bell_costs_a_page_one_query_and_none_without_an_account(
    sign_in: SignIn, client: FlaskClient, told: dict[str, int], queries: list[str]
) -> None:
    browser = sign_in("deputy")
    queries.clear()
    _text(browser, "/")
    assert sum("notice" in statement for statement in queries) == 1
    queries.clear()
    client.get("/login")
    assert not any("notice" in statement for statement in queries)


def test_nobody_reads_or_opens_the_notices_of_others(sign_in: SignIn, told: dict[str, int]) -> None:
    browser = sign_in("other_deputy")
    for way in ("open", "read"):
        assert browser.post(f"/notices/{told['a']}/{way}").status_code == 404
    assert "明天接待" not in _text(browser, "/notices")


def test_3_11_the_log_shows_to_whom_and_when(sign_in: SignIn, told: dict[str, int], world: World) -> None:
    browser = sign_in("township")
    page = _text(browser, "/notices/log")
    assert "明天接待" in page
    assert "陈秋禾" in page
    assert f"p{world.persons['陈秋禾']}@lvzhi.test" in page
    assert "后天接待" not in page
    assert browser.get(f"/notices/log/{told['b']}").status_code == 404
    detail = _text(browser, f"/notices/log/{told['a']}")
    assert "待发送" in detail
    assert "只在站内提醒" in _text(browser, f"/notices/log/{told['c']}")
    assert sign_in("deputy").get("/notices/log").status_code == 403


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("state=waiting", {"明天接待", "后天接待"}),
        ("by=app", {"有人请假"}),
        ("by=email&area=999001101", {"明天接待"}),
        ("kind=reception_request", {"有人请假"}),
        ("read=0&sort=to", {"明天接待", "后天接待", "有人请假"}),
        ("read=1", set()),
        ("q=欧阳", {"后天接待"}),
        ("on_from=2020-01-01&on_to=2020-12-31", set()),
        ("sort=-at&size=20", {"明天接待", "后天接待", "有人请假"}),
    ],
)
def test_the_log_is_filtered_sorted_and_exported(
    sign_in: SignIn, told: dict[str, int], query: str, titles: set[str]
) -> None:
    browser = sign_in("county")
    page = _text(browser, f"/notices/log?{query}")
    body = page[page.index("<main") :]
    assert {title for title in ("明天接待", "后天接待", "有人请假") if f">{title}</a>" in body} == titles
    assert browser.get(f"/notices/log?{query}&format=xlsx").data[:2] == b"PK"


def test_what_failed_is_sent_again_on_demand(
    sign_in: SignIn, told: dict[str, int], app: Flask, session: Any
) -> None:
    session.execute(update(NoticeDelivery).values(state=DeliveryState.FAILED, error="550 nobody"))
    session.commit()
    browser = sign_in("township")
    assert "重发没有发出的" in _text(browser, f"/notices/log/{told['a']}")
    assert browser.post(f"/notices/log/{told['a']}/retry").status_code == 303
    states = dict(session.execute(select(NoticeDelivery.notice_id, NoticeDelivery.state)).all())
    assert states == {told["a"]: DeliveryState.WAITING, told["b"]: DeliveryState.FAILED}
    session.rollback()
    # What lies in the neighbouring township is not theirs; what does not wait for it is not sent again.
    assert browser.post("/notices/log/retry", data={"ids": [told["b"]]}).status_code == 409
    answer = sign_in("county").post("/notices/log/retry", data={"all": "1", "state": "failed"})
    assert answer.status_code == 303
    session.rollback()
    assert set(session.scalars(select(NoticeDelivery.state))) == {DeliveryState.WAITING}


def test_3_11_an_office_sets_its_distances_on_a_page(sign_in: SignIn, app: Flask) -> None:
    browser = sign_in("county")
    path = f"/notices/settings/{COUNTY}"
    assert "提早预告" in _text(browser, path)
    sent = {
        "early_days_before": "15",
        "periodic_day_of_month": "3",
        "reminder_days_before": "2",
        "from_hour": "9",
        "channels": ["sms"],
        "document": "",
    }
    assert browser.post(path, data=sent).status_code == 303
    with app.app_context():
        rules = get_rules(LINJIANG)
    assert (rules.early_days_before, rules.channels) == (15, ("sms",))
    assert browser.post(path, data={**sent, "from_hour": "25"}).status_code == 422
    assert browser.post(path, data={**sent, "early_days_before": "1"}).status_code == 422
    assert 'value="15"' in _text(browser, path)


def test_staff_say_where_they_are_reached(
    sign_in: SignIn, told: dict[str, int], app: Flask, world: World
) -> None:
    browser = sign_in("township")
    assert "同时发到邮箱" in _text(browser, "/notices")
    assert browser.post("/notices/address", data={"address": "no address"}).status_code == 422
    assert browser.post("/notices/address", data={"address": "clerk@lvzhi.test"}).status_code == 303
    assert "clerk@lvzhi.test" in _text(browser, "/notices")
    assert "同时发到邮箱" not in _text(sign_in("deputy"), "/notices")
    with app.app_context():
        set_reading(False)
        kind = NoticeKind.RECEPTION_REQUEST
        tell(key="d", kind=kind, area_code=LINJIANG, user_ids=[world.users["township"]], title="有人换班")
        assert "clerk@lvzhi.test" in list(db.session.scalars(select(NoticeDelivery.address)))
