"""Pages of suggestions and units: lists, forms, whose they are."""

from __future__ import annotations

from datetime import date

import pytest

from app.extensions import db
from app.kit.database import set_reading
from app.stations.operations import create_opinion
from app.suggestions import operations
from app.suggestions.models import Suggestion
from app.suggestions.states import Occasion
from tests.world import LINJIANG


def _make(world, **changes) -> Suggestion:
    return operations.create_suggestion(
        world.actor("county"),
        **{
            "lead_mandate_id": world.mandates["C001"],
            "cosigner_ids": [world.mandates["C002"]],
            "raised_on": date(2024, 3, 15),
            "title": "关于整修灌渠的建议",
            "occasion": Occasion.BETWEEN_SESSIONS,
            "lead_unit": "县水利局",
            "co_units": ["县住建局"],
            "assigned_on": date(2024, 3, 20),
            **changes,
        },
    )


@pytest.fixture
def suggestion_id(world, app) -> int:
    with app.app_context():
        set_reading(False)
        identity = _make(world).id
        db.session.commit()
        db.session.remove()
    return identity


FORM = {
    "title": "关于安装路灯的建议",
    "body": "夜间行路不便",
    "raised_on": "2024.3.15",
    "occasion": "between_sessions",
    "source": "reception",
    "category": "交通",
}


def test_lists_and_their_filters(sign_in, suggestion_id):
    browser = sign_in("county")
    for address in (
        "/suggestions",
        "/suggestions?late=1",
        "/suggestions?standing=overdue",
        "/suggestions?lead_unit=县水利局",
        "/suggestions?co_unit=县住建局",
        "/suggestions?deputy=C002",
        "/suggestions?q=陈秋禾",
    ):
        page = browser.get(address).get_data(as_text=True)
        assert "关于整修灌渠的建议" in page, address
    for address in ("/suggestions?late=0", "/suggestions?co_unit=县水利局", "/suggestions?standing=replied"):
        assert "关于整修灌渠的建议" not in browser.get(address).get_data(as_text=True), address
    assert "县水利局" in browser.get("/suggestions/units").get_data(as_text=True)
    assert browser.get("/suggestions?format=xlsx").status_code == 200


def test_the_deadline_says_how_it_was_computed(sign_in, suggestion_id):
    page = sign_in("leader").get(f"/suggestions/{suggestion_id}").get_data(as_text=True)
    assert (
        "2024-06-20" in page
        and "自交办之日 2024-03-20 起 3 个月（当日不计）；依据：代表法第五十一条。" in page
        and "逾期" in page
    )


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("deputy", 200),
        ("township", 200),
        ("other_deputy", 404),
        ("other_township", 404),
        ("neighbour", 404),
        ("auditor", 403),
    ],
)
def test_whose_page_it_is(sign_in, suggestion_id, login, status):
    assert sign_in(login).get(f"/suggestions/{suggestion_id}").status_code == status


def test_a_deputy_reads_only(sign_in, suggestion_id):
    browser = sign_in("deputy")
    assert "关于整修灌渠的建议" in browser.get("/suggestions").get_data(as_text=True)
    for address in ("/suggestions/new", f"/suggestions/{suggestion_id}/edit", "/suggestions/units"):
        assert browser.get(address).status_code == 403


def test_entering_and_handling_one_from_an_opinion(sign_in, world, app):
    with app.app_context():
        set_reading(False)
        opinion = create_opinion(
            world.actor("county"),
            area_code=LINJIANG,
            received_on=date(2024, 3, 1),
            content="夜里没有路灯",
            topic="路灯",
        )
        number, opinion_id = opinion.number, opinion.id
        db.session.commit()
        db.session.remove()
    browser = sign_in("township")
    offered = browser.get(f"/suggestions/new?opinion={opinion_id}").get_data(as_text=True)
    assert number in offered and "夜里没有路灯" in offered
    made = browser.post(
        "/suggestions/new", data={**FORM, "lead_mandate_id": world.mandates["C001"], "opinion_number": number}
    )
    assert made.status_code == 303
    url = made.headers["Location"]
    assert number in browser.get(url).get_data(as_text=True)
    handled = browser.post(
        f"{url}/edit",
        data={
            **FORM, "lead_mandate_id": world.mandates["C001"], "lead_unit": "县城管局", "co_units": "县供电公司、临江镇政府",
            "assigned_on": "2024-04-01", "replied_on": "2024-05-01", "reply_class": "a", "reply_way": "in_person",
            "satisfaction": "satisfied", "solved": "y", "version": "1",
        },
    )  # fmt: skip
    assert handled.status_code == 303, handled.get_data(as_text=True)
    page = browser.get(url).get_data(as_text=True)
    assert "已办结" in page and "临江镇政府" in page
    late = browser.post(
        f"{url}/edit", data={**FORM, "lead_mandate_id": world.mandates["C001"], "version": "1"}
    )
    assert late.status_code == 422 and "刚刚被别人修改过" in late.get_data(as_text=True)


def test_a_refused_form_keeps_what_was_typed(sign_in, world):
    answer = sign_in("township").post(
        "/suggestions/new",
        data={
            **FORM,
            "lead_mandate_id": world.mandates["C001"],
            "cosigner_ids": [world.mandates["T002"]],
            "replied_on": "2024-04-01",
        },
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "夜间行路不便" in page and "陈秋禾" in page and "龑小满" in page and "请填写交办日期" in page


def test_deleting(sign_in, suggestion_id):
    assert sign_in("other_township").post(f"/suggestions/{suggestion_id}/delete").status_code == 404
    browser = sign_in("county")
    assert browser.post(f"/suggestions/{suggestion_id}/delete").status_code == 303
    assert browser.get(f"/suggestions/{suggestion_id}").status_code == 404


def test_units_are_renamed_by_the_office(sign_in, suggestion_id, app):
    browser = sign_in("county")
    with app.app_context():
        unit_id = db.session.get_one(Suggestion, suggestion_id).units[0].unit_id
    assert browser.get(f"/suggestions/units/{unit_id}").status_code == 200
    answer = browser.post(f"/suggestions/units/{unit_id}/edit", data={"name": "县水务局"})
    assert answer.status_code == 303
    assert "县水务局" in browser.get("/suggestions/units").get_data(as_text=True)
    assert sign_in("neighbour").get(f"/suggestions/units/{unit_id}").status_code == 404
    township = sign_in("township")
    assert township.get(f"/suggestions/units/{unit_id}").status_code == 200
    assert township.get(f"/suggestions/units/{unit_id}/edit").status_code == 404
    assert township.post(f"/suggestions/units/{unit_id}/edit", data={"name": "改"}).status_code == 404


def test_the_deputys_page_shows_suggestions(sign_in, suggestion_id, world):
    page = sign_in("county").get(f"/persons/{world.persons['单立春']}/work").get_data(as_text=True)
    assert f"/suggestions/{suggestion_id}" in page and "/suggestions?deputy=C002" in page


@pytest.mark.sqlite_only
def test_queries_do_not_grow_with_rows(sign_in, suggestion_id, world, app, queries):
    browser = sign_in("county")
    addresses = (
        "/suggestions",
        "/suggestions/units",
        f"/suggestions/{suggestion_id}",
        f"/persons/{world.persons['单立春']}/work",
    )

    def sent() -> list[int]:
        counts = []
        for address in addresses:
            browser.get(address)
            queries.clear()
            assert browser.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    before = sent()
    with app.app_context():
        set_reading(False)
        for turn in range(15):
            _make(world, title=f"建议{turn}", lead_unit=f"单位{turn}")
        db.session.commit()
        db.session.remove()
    assert sent() == before
