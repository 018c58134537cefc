"""Pages of groups: list, page, forms that keep what was typed, and whose they are."""

from __future__ import annotations

from datetime import date

import pytest

from app.extensions import db
from app.groups.models import DeputyGroup, GroupMembership
from app.kit.database import set_reading
from tests.world import BEGAN, COUNTY

NAME = "第1代表小组"


def test_the_list_names_vacant_posts_and_counts_members(sign_in, world):
    """0-04, 2-17, 2-18."""
    page = sign_in("county").get("/groups").get_data(as_text=True)
    assert NAME in page and "空缺" in page
    assert NAME in sign_in("county").get("/groups?vacant=leader").get_data(as_text=True)
    assert "xlsx" in sign_in("county").get("/groups?format=xlsx").headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("login", "status"),
    [("deputy", 200), ("leader", 200), ("other_township", 404), ("neighbour", 404), ("sysadmin", 403)],
)
def test_whose_page_it_is(sign_in, world, login, status):
    assert sign_in(login).get(f"/groups/{world.groups[NAME]}").status_code == status


def test_a_deputy_lists_own_groups_and_changes_none(sign_in, world):
    browser = sign_in("deputy")
    assert NAME in browser.get("/groups").get_data(as_text=True)
    assert browser.get("/groups/new").status_code == 403
    assert browser.get(f"/groups/{world.groups[NAME]}/edit").status_code == 403


def test_a_refused_form_keeps_what_was_typed(sign_in, world):
    answer = sign_in("county").post(
        "/groups/new", data={"name": NAME, "kind": "area", "area_code": COUNTY, "note": "别丢"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "别丢" in page and "已经有" in page


def test_making_filling_and_emptying_a_group(sign_in, world, app):
    browser = sign_in("county")
    made = browser.post("/groups/new", data={"name": "第2代表小组", "kind": "joint", "area_code": COUNTY})
    url = made.headers["Location"]
    joined = browser.post(
        f"{url}/members/add", data={"mandate_ids": [world.mandates["C003"]], "joined_on": "2024年3月1日"}
    )
    assert joined.status_code == 303
    browser.post(
        f"{url}/posts/new",
        data={"role": "leader", "mandate_id": world.mandates["C003"], "began_on": "2024.3.1"},
    )
    page = browser.get(url).get_data(as_text=True)
    assert "欧阳谷雨" in page and "五级代表联合小组" in page
    with app.app_context():
        group_id = int(url.rsplit("/", 1)[1])
        row = db.session.scalar(db.select(GroupMembership).filter_by(group_id=group_id))
    assert browser.get(f"{url}/members/remove?member={row.id}").status_code == 200
    gone = browser.post(f"{url}/members/remove", data={"membership_ids": [row.id], "left_on": "2024-06-01"})
    assert gone.status_code == 303
    assert "以前的成员和职务" in browser.get(url).get_data(as_text=True)


def test_the_deputys_page_shows_the_groups(sign_in, world):
    page = sign_in("county").get(f"/persons/{world.persons['单立春']}/work").get_data(as_text=True)
    assert f"/groups/{world.groups[NAME]}" in page


def test_queries_of_list_and_page_do_not_grow_with_rows(sign_in, world, app, queries):
    browser = sign_in("county")
    url = f"/groups/{world.groups[NAME]}"

    def sent() -> list[int]:
        counts = []
        for address in ("/groups", url):
            browser.get(address)
            queries.clear()
            assert browser.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    before = sent()
    with app.app_context():
        set_reading(False)
        for number in range(2, 30):
            db.session.add(DeputyGroup(area_code=COUNTY, name=f"第{number}代表小组"))
        # Past the trail: the history of a record looks up what each of its events names.
        rows = [
            {"group_id": world.groups[NAME], "mandate_id": world.mandates[card], "joined_on": BEGAN}
            for card in ("C003", "S001", "T003")
        ]
        db.session.execute(db.insert(GroupMembership), rows)
        db.session.commit()
        db.session.remove()
    listed, opened = sent()
    assert listed == before[0]
    # The history names the group's area: one look-up, unless a member of the area has brought it along.
    assert abs(opened - before[1]) <= 1


def test_a_group_that_ended_shows_its_last_day(sign_in, world, app):
    with app.app_context():
        set_reading(False)
        db.session.get_one(DeputyGroup, world.groups[NAME]).ended_on = date(2024, 1, 1)
        db.session.commit()
        db.session.remove()
    browser = sign_in("county")
    assert "已于2024-01-01撤销" in browser.get(f"/groups/{world.groups[NAME]}").get_data(as_text=True)
    assert NAME not in browser.get("/groups?standing=running").get_data(as_text=True).split("<tbody>")[-1]
