"""Groups by rule, vacancies, leaders in no group, deputies from above, links between levels, visits paid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.activities import operations as activities
from app.activities.columns import ACTIVITIES
from app.activities.operations import Mark
from app.activities.queries import figures
from app.activities.states import ActivityKind, AttendanceStatus, Capacity
from app.extensions import db
from app.groups import operations, queries
from app.groups.models import CareNote, DeputyGroup, DeputyLink
from app.groups.rules import GroupRules
from app.groups.states import GroupKind, GroupRole
from app.home.queries import staff_tasks
from app.kit import clock
from app.kit.database import set_reading
from app.kit.errors import DomainError, Forbidden, NotFound
from app.registry.models import Mandate, RuleSet
from app.registry.topics import validate_topic
from tests.world import BEGAN, COUNTY, LINJIANG, QINGSHAN

DAY = date(2024, 3, 1)
NAME = "第1代表小组"
WHOLE: dict[str, Any] = {"content": "学法", "form": "讲座", "goal": "懂法", "lead_person": "曾白露"}


@pytest.fixture
def group(world, session) -> DeputyGroup:
    return session.get_one(DeputyGroup, world.groups[NAME])


def _text(answer) -> str:
    return answer.get_data(as_text=True)


# --- rules and posts --------------------------------------------------------------------------------------


def _rule(session, **content) -> None:
    session.add(RuleSet(area_code=COUNTY, topic="groups", valid_from=BEGAN, content=content))
    session.flush()


def test_2_15_a_person_is_in_one_group_of_a_kind_where_the_rule_says_so(world, session, group):
    county = world.actor("county")
    second = operations.create_group(county, area_code=COUNTY, name="第2代表小组")
    with pytest.raises(DomainError) as refused:
        operations.add_members(county, second, mandate_ids=[world.mandates["T001"]], joined_on=DAY)
    assert f"陈秋禾（{NAME}）" in str(refused.value), "the other mandate of the same person counts too"
    _rule(session, once_per_kind=[])
    assert operations.add_members(county, second, mandate_ids=[world.mandates["T001"]], joined_on=DAY)


def test_3_04_a_professional_group_comes_on_top(world, session, group):
    county = world.actor("county")
    expert = operations.create_group(
        county, area_code=COUNTY, name="法制小组", kind=GroupKind.PROFESSIONAL, guided_by="监察和司法委"
    )
    assert operations.add_members(county, expert, mandate_ids=[world.mandates["C001"]], joined_on=DAY)


def test_once_out_of_a_group_one_may_join_the_next(world, session, group):
    county = world.actor("county")
    row = next(r for r in queries.list_memberships(group.id) if r.mandate_id == world.mandates["C001"])
    operations.remove_members(county, group, membership_ids=[row.id], left_on=DAY)
    second = operations.create_group(county, area_code=COUNTY, name="第2代表小组")
    assert operations.add_members(county, second, mandate_ids=[world.mandates["C001"]], joined_on=DAY)


def test_2_17_3_09_vacant_posts_are_a_task_until_all_are_filled(world, session, group):
    county = world.actor("county")

    def vacant() -> int:
        found = [task.count for task in staff_tasks(county, clock.today()) if task.kind == "vacant_posts"]
        return sum(found)

    assert vacant() == 1
    for role, held in (
        (GroupRole.LEADER, {"mandate_id": world.mandates["C001"]}),
        (GroupRole.VICE_LEADER, {"mandate_id": world.mandates["C002"]}),
        (GroupRole.LIAISON_HEAD, {"holder_name": "周志愿"}),
        (GroupRole.LIAISON_OFFICER, {"holder_name": "江小满"}),
    ):
        operations.create_post(county, group, role=role, began_on=DAY, **held)
    assert vacant() == 1, "2-17: no member of the chairpersons' meeting is linked yet"
    linked = operations.create_post(
        county, group, role=GroupRole.LINKED_MEMBER, holder_name="谷主任", began_on=DAY
    )
    assert vacant() == 0
    operations.update_post(county, linked, began_on=DAY, ended_on=date(2024, 6, 1))
    assert vacant() == 1, "an ended post is vacant again"
    _rule(session, expected_posts=["leader", "vice_leader"])
    assert vacant() == 0


def test_vacancies_show_on_the_page_and_in_the_list(world, sign_in):
    browser = sign_in("county")
    page = _text(browser.get(f"/groups/{world.groups[NAME]}"))
    for role in GroupRole:
        assert role.label in page
    assert page.count("空缺") == len(GroupRole)
    assert NAME in _text(browser.get("/groups?vacant=any&standing=running"))
    assert NAME in _text(browser.get("/groups?vacant=linked_member"))
    assert "个小组有职务空缺" in _text(browser.get("/"))


def test_rules_of_groups_are_checked():
    assert validate_topic("groups", {"plan_due_month_day": "02-29", "care_days": 7})
    assert GroupRules(plan_due_month_day="02-29").plan_due(2024) == date(2024, 2, 28)
    for wrong in (
        {"plan_due_month_day": "04-31"},
        {"members_min": 9, "members_max": 8},
        {"once_per_kind": ["x"]},
    ):
        with pytest.raises(DomainError):
            validate_topic("groups", wrong)


# --- who is where -----------------------------------------------------------------------------------------


def test_3_04_leaders_in_no_group_are_listed(world, sign_in):
    page = _text(sign_in("county").get("/groups/leaders-without-group"))
    assert "曾白露" in page and "解霜降" in page, "office holders without a group"
    assert "单立春" not in page and "欧阳谷雨" not in page, "in a group; no leader"
    assert "曾白露" not in _text(sign_in("township").get("/groups/leaders-without-group"))


def test_3_30_deputies_of_higher_levels_in_the_groups_are_listed(world, app, sign_in):
    with app.app_context():
        set_reading(False)
        group = db.session.get_one(DeputyGroup, world.groups[NAME])
        operations.add_members(
            world.actor("county"), group, mandate_ids=[world.mandates["S001"]], joined_on=DAY
        )
        db.session.commit()
    page = _text(sign_in("county").get("/groups/upper-deputies"))
    assert "解霜降" in page and NAME in page and "单立春" not in page


def test_1_10_links_between_levels_and_their_coverage(world, session):
    county = world.actor("county")
    made = operations.link_deputies(
        county, upper_id=world.mandates["C003"], lower_ids=[world.mandates["T003"]], began_on=DAY
    )
    assert made[0].area_code == QINGSHAN
    with pytest.raises(DomainError) as refused:
        operations.link_deputies(
            county, upper_id=world.mandates["C003"], lower_ids=[world.mandates["T003"]], began_on=DAY
        )
    assert "曾白露" in str(refused.value)
    with pytest.raises(DomainError) as refused:
        operations.link_deputies(
            county, upper_id=world.mandates["C003"], lower_ids=[world.mandates["C001"]], began_on=DAY
        )
    assert refused.value.field == "lower_ids"
    rows = {row.area.code: (row.serving, row.linked) for row in queries.link_coverage(COUNTY, clock.today())}
    assert rows == {LINJIANG: (2, 0), QINGSHAN: (2, 1)}
    operations.end_link(world.actor("other_township"), made[0], ended_on=date(2024, 6, 1))
    assert queries.link_coverage(QINGSHAN, clock.today())[0].linked == 0
    with pytest.raises(NotFound):
        operations.end_link(world.actor("township"), made[0], ended_on=date(2024, 7, 1))


def test_links_on_the_screen(world, sign_in):
    browser = sign_in("county")
    sent = {"upper_id": world.mandates["S001"], "lower_ids": [world.mandates["T001"]], "began_on": "2024.3.1"}
    assert browser.post("/groups/links/new", data=sent).status_code == 303
    page = _text(browser.get("/groups/links"))
    assert "解霜降" in page and "陈秋禾" in page
    assert "临江镇" in _text(browser.get("/groups/links/coverage"))
    unlinked = _text(browser.get("/groups/links/unlinked?level=township"))
    assert "龑小满" in unlinked and "曾白露" in unlinked
    assert browser.post("/groups/links/1", data={"ended_on": "2024.6.1"}).status_code == 303


# --- care -------------------------------------------------------------------------------------------------


def test_0_14_a_deputy_in_difficulty_is_a_task_until_visited(world, session):
    county = world.actor("county")
    today = clock.today()

    def waiting(on: date) -> int:
        return sum(task.count for task in staff_tasks(county, on) if task.kind == "care")

    note = operations.note_hardship(
        county, mandate_id=world.mandates["C003"], reason="住院", noted_on=today - timedelta(days=10)
    )
    assert waiting(today) == 0 and waiting(today + timedelta(days=5)) == 1, (
        "fifteen days unless ruled otherwise"
    )
    _rule(session, care_days=7)
    assert waiting(today) == 1
    values: dict[str, Any] = {
        "version": note.version,
        "reason": "住院",
        "noted_on": note.noted_on,
        "help_given": "慰问金",
    }
    with pytest.raises(DomainError):
        operations.update_care(county, note, visited_on=today, visitors=" ", **values)
    with pytest.raises(DomainError):
        operations.update_care(
            county, note, visited_on=note.noted_on - timedelta(days=1), visitors="谷主任", **values
        )
    session.rollback()
    with pytest.raises(Forbidden):
        operations.note_hardship(
            world.actor("leader"), mandate_id=world.mandates["C003"], reason="住院", noted_on=today
        )


def test_0_14_notes_older_than_so_many_days_without_a_visit(world, sign_in, app):
    browser = sign_in("county")
    day = clock.today() - timedelta(days=20)
    sent = {"mandate_id": world.mandates["C003"], "reason": "受灾", "noted_on": day.isoformat()}
    assert browser.post("/groups/care/new", data=sent).status_code == 303
    assert "欧阳谷雨" in _text(browser.get("/groups/care?older=15"))
    assert "欧阳谷雨" not in _text(browser.get("/groups/care?older=30")).split("<tbody>")[-1]
    assert "受灾" in _text(sign_in("leader").get("/groups/care/1"))
    sent |= {"visited_on": clock.today().isoformat(), "visitors": "谷主任", "help_given": "慰问金"}
    assert browser.post("/groups/care/1", data=sent).status_code == 303
    assert "欧阳谷雨" not in _text(browser.get("/groups/care?waiting=1")).split("<tbody>")[-1]
    with app.app_context():
        assert db.session.scalars(select(CareNote.visitors)).one() == "谷主任"
    assert sign_in("township").get("/groups/care/1").status_code == 404


# --- figures over activities ------------------------------------------------------------------------------


def _held(
    world, cards: dict[str, AttendanceStatus], capacities: dict[str, Capacity] | None = None, **values
) -> int:
    county = world.actor("county")
    kept = {
        "kind": ActivityKind.GROUP_ACTIVITY,
        "title": "活动",
        "area_code": COUNTY,
        "held_on": date(clock.today().year, 1, 1),
        **WHOLE,
        **values,
    }
    activity = activities.create_activity(county, held=True, **kept)
    for card in cards:
        capacity = (capacities or {}).get(card, Capacity.DEPUTY)
        activities.invite(county, activity, [world.mandates[card]], capacity)
    marks = {world.mandates[card]: Mark(status) for card, status in cards.items()}
    activities.record_attendance(county, activity, marks)
    return activity.id


PRESENT, LEAVE, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.LEAVE, AttendanceStatus.ABSENT


def test_2_27_attendance_rates_of_group_activities_by_group_and_deputy(world, app, sign_in):
    with app.app_context():
        set_reading(False)
        group_id = world.groups[NAME]
        _held(world, {"C001": PRESENT, "C002": LEAVE, "T002": ABSENT}, group_id=group_id)
        _held(world, {"C001": PRESENT, "C002": PRESENT}, group_id=group_id)
        _held(world, {"C001": ABSENT}, group_id=group_id, held_on=date(clock.today().year - 1, 3, 1))
        db.session.commit()
    browser = sign_in("county")
    page = _text(browser.get("/activities/attendance/groups")).split("<tbody>")[-1]
    assert "60.0%" in page, "three present of five invited"
    last = _text(browser.get(f"/activities/attendance/groups?year={clock.today().year - 1}"))
    assert "0.0%" in last.split("<tbody>")[-1]
    members = _text(browser.get("/activities/attendance/members")).split("<tbody>")[-1]
    assert "100.0%" in members and "50.0%" in members
    never = _text(browser.get("/activities/attendance/members?never=1")).split("<tbody>")[-1]
    assert "龑小满" in never and "单立春" not in never
    export = browser.get("/activities/attendance/members?format=xlsx")
    assert export.status_code == 200 and export.data[:2] == b"PK"


def test_2_21_person_times_by_capacity(world, app, sign_in):
    with app.app_context():
        set_reading(False)
        capacities = {"C002": Capacity.LEADER, "S001": Capacity.INVITED_DEPUTY}
        supervised = {"kind": ActivityKind.SUGGESTION_SUPERVISION}
        _held(world, {"C001": PRESENT, "C002": PRESENT, "S001": PRESENT}, capacities, **supervised)
        _held(world, {"C002": PRESENT, "S001": ABSENT}, capacities, **supervised)
        db.session.commit()
        times = figures.times_by_capacity(COUNTY, clock.today().year)
        assert times == {
            ActivityKind.SUGGESTION_SUPERVISION: {
                Capacity.DEPUTY: 1,
                Capacity.LEADER: 2,
                Capacity.INVITED_DEPUTY: 1,
            }
        }
    browser = sign_in("leader")
    assert "议案建议督办" in _text(browser.get("/activities/attendance/capacities"))
    listed = _text(browser.get("/activities/?capacity=leader")).split("<tbody>")[-1]
    assert listed.count('<th scope="row"') == 2
    assert ACTIVITIES.column("leaders") is not None


def test_0_03_training_by_township_shows_who_has_held_none(world, app, sign_in):
    with app.app_context():
        set_reading(False)
        _held(
            world,
            {"T001": PRESENT, "T002": ABSENT, "C002": PRESENT},
            kind=ActivityKind.STUDY,
            area_code=LINJIANG,
        )
        _held(world, {"T003": PRESENT}, kind=ActivityKind.STUDY, area_code=COUNTY)
        db.session.commit()
        rows = figures.township_training(COUNTY, clock.today().year, clock.today())
        found = {row.area.code: (row.held, row.serving, row.trained) for row in rows}
    assert found == {LINJIANG: (1, 2, 1), QINGSHAN: (0, 2, 0)}, (
        "the county's own training is not the presidium's"
    )
    page = _text(sign_in("county").get("/activities/training"))
    assert "没有培训记录" in page and "还有 1 人没有参训" in page


def test_0_07_support_needed_by_coming_activities(world, app, sign_in):
    with app.app_context():
        set_reading(False)
        county = world.actor("county")
        coming = {"area_code": COUNTY, "kind": ActivityKind.INSPECTION, **WHOLE}
        soon = clock.today() + timedelta(days=3)
        activities.create_activity(county, title="要车的", held_on=soon, need_vehicle="中巴一辆", **coming)
        activities.create_activity(county, title="不要的", held_on=soon, **coming)
        past = clock.today() - timedelta(days=3)
        activities.create_activity(county, title="过去的", held_on=past, need_funds="500元", **coming)
        db.session.commit()
    browser = sign_in("county")
    page = _text(browser.get("/activities/support"))
    assert "要车的" in page and "中巴一辆" in page and "不要的" not in page and "过去的" not in page
    assert "要车的" not in _text(browser.get("/activities/support?need=funds")).split("<tbody>")[-1]


def test_a_link_is_of_two_mandates(world, session):
    assert session.scalars(select(DeputyLink)).all() == []
    own = session.get_one(Mandate, world.mandates["C001"])
    with pytest.raises(DomainError):
        operations.link_deputies(world.actor("county"), upper_id=own.id, lower_ids=[own.id], began_on=DAY)
