"""Deputy groups: dated membership of several levels, posts with their vacancies, who sees which."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.extensions import db
from app.groups import operations, queries
from app.groups.models import DeputyGroup, GroupMembership, GroupPost
from app.groups.states import GroupKind, GroupRole
from app.kit.audit import history_of
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.ledger.operations.posting import reconcile
from tests.world import BEGAN, COUNTY, LINJIANG, QINGSHAN

DAY = date(2024, 3, 1)


@pytest.fixture
def group(world, session) -> DeputyGroup:
    return session.get_one(DeputyGroup, world.groups["第1代表小组"])


def _values(group: DeputyGroup, **changes):
    names = ("area_code", "name", "kind", "guided_by", "began_on", "ended_on", "note")
    return {**{name: getattr(group, name) for name in names}, **changes}


def test_3_43_a_professional_group_names_who_guides_it(world, session):
    """3-43: six professional groups, each guided by a special committee."""
    made = operations.create_group(
        world.actor("county"),
        area_code=COUNTY,
        name="法制小组",
        kind=GroupKind.PROFESSIONAL,
        guided_by="法制委",
    )
    assert queries.get_visible_group(world.actor("leader"), made.id).guided_by == "法制委"
    assert reconcile() == []


def test_a_name_is_used_once_in_an_area(world, session, group):
    with pytest.raises(DomainError) as refused:
        operations.create_group(world.actor("county"), area_code=COUNTY, name=group.name)
    assert refused.value.field == "name"
    operations.create_group(world.actor("county"), area_code=QINGSHAN, name=group.name)


def test_members_of_several_levels_join_one_group(world, session, group):
    """2-15: one group holds deputies of the city, the county and the townships."""
    ids = [world.mandates[card] for card in ("S001", "C003", "T003")]
    operations.add_members(world.actor("county"), group, mandate_ids=ids, joined_on=DAY)
    levels = {row.mandate.level.value for row in queries.list_memberships(group.id)}
    assert levels == {"city", "county", "township"}
    assert session.scalar(db.select(queries.count_members(DAY)).where(DeputyGroup.id == group.id)) == 6
    assert reconcile() == []


def test_who_is_in_the_group_is_not_added_twice(world, session, group):
    with pytest.raises(DomainError) as refused:
        operations.add_members(
            world.actor("county"), group, mandate_ids=[world.mandates["C001"]], joined_on=DAY
        )
    assert "陈秋禾" in str(refused.value) and refused.value.field == "mandate_ids"


def test_who_is_not_in_office_cannot_join(world, session, group):
    with pytest.raises(DomainError):
        operations.add_members(
            world.actor("county"), group, mandate_ids=[world.mandates["C003"]], joined_on=date(2020, 1, 1)
        )


def test_leaving_keeps_the_membership_and_coming_back_is_a_new_one(world, session, group):
    county = world.actor("county")
    row = next(r for r in queries.list_memberships(group.id) if r.mandate_id == world.mandates["C001"])
    operations.remove_members(county, group, membership_ids=[row.id], left_on=DAY)
    operations.add_members(county, group, mandate_ids=[row.mandate_id], joined_on=date(2024, 6, 1))
    both = [r for r in queries.list_memberships(group.id) if r.mandate_id == row.mandate_id]
    assert [(r.joined_on, r.left_on) for r in both] == [(BEGAN, DAY), (date(2024, 6, 1), None)]


def test_taken_out_and_back_on_one_day_goes_on(world, session, group):
    county = world.actor("county")
    ids = [world.mandates["C003"]]
    made = operations.add_members(county, group, mandate_ids=ids, joined_on=DAY)
    operations.remove_members(county, group, membership_ids=[made[0].id], left_on=DAY)
    again = operations.add_members(county, group, mandate_ids=ids, joined_on=DAY)
    assert again[0].id == made[0].id and again[0].left_on is None


def test_nobody_leaves_before_joining_or_twice(world, session, group):
    county = world.actor("county")
    row = queries.list_memberships(group.id)[0]
    with pytest.raises(DomainError):
        operations.remove_members(county, group, membership_ids=[row.id], left_on=date(2020, 1, 1))
    session.rollback()
    operations.remove_members(county, group, membership_ids=[row.id], left_on=DAY)
    with pytest.raises(DomainError):
        operations.remove_members(county, group, membership_ids=[row.id], left_on=DAY)


def test_0_04_2_18_leader_is_a_member_and_there_is_one(world, session, group):
    """0-04 a suitable leader, 2-18 one leader and one vice-leader."""
    county = world.actor("county")
    leader: dict[str, Any] = {"role": GroupRole.LEADER, "began_on": DAY}
    with pytest.raises(DomainError):
        operations.create_post(county, group, mandate_id=world.mandates["C003"], **leader)
    operations.create_post(county, group, mandate_id=world.mandates["C001"], **leader)
    with pytest.raises(DomainError) as refused:
        operations.create_post(county, group, mandate_id=world.mandates["C002"], **leader)
    assert "陈秋禾" in str(refused.value)
    holders = queries.post_holders(GroupRole.LEADER, DAY)
    assert session.scalar(db.select(holders).where(DeputyGroup.id == group.id)) == "陈秋禾"


def test_0_04_2_17_vacant_posts_are_found(world, session, group):
    """0-04, 2-17: group without leader, group without a linked member."""
    operations.create_post(
        world.actor("county"), group, role=GroupRole.LINKED_MEMBER, holder_name="谷山", began_on=DAY
    )
    vacant = {
        role: session.scalars(db.select(DeputyGroup.id).where(queries.is_vacant(role, DAY))).all()
        for role in (GroupRole.LEADER, GroupRole.LINKED_MEMBER)
    }
    assert vacant == {GroupRole.LEADER: [group.id], GroupRole.LINKED_MEMBER: []}


def test_staff_may_be_liaison_officer_by_name(world, session, group):
    """3-09: a standing-committee member as liaison head, a member of staff as liaison officer."""
    post = operations.create_post(
        world.actor("county"), group, role=GroupRole.LIAISON_OFFICER, holder_name="江小满", began_on=DAY
    )
    assert post.holder == "江小满"
    operations.update_post(world.actor("county"), post, began_on=DAY, ended_on=date(2025, 1, 1))
    with pytest.raises(DomainError):
        operations.update_post(world.actor("county"), post, began_on=DAY, ended_on=date(2020, 1, 1))


def test_a_leader_who_leaves_the_group_leaves_the_post(world, session, group):
    county = world.actor("county")
    post = operations.create_post(
        county, group, role=GroupRole.LEADER, mandate_id=world.mandates["C002"], began_on=DAY
    )
    row = next(r for r in queries.list_memberships(group.id) if r.mandate_id == world.mandates["C002"])
    operations.remove_members(county, group, membership_ids=[row.id], left_on=date(2024, 9, 1))
    assert session.get_one(GroupPost, post.id).ended_on == date(2024, 9, 1)


def test_a_stale_form_is_refused(world, session, group):
    county = world.actor("county")
    operations.update_group(county, group, version=group.version, **_values(group, note="新"))
    with pytest.raises(Conflict):
        operations.update_group(county, group, version=1, **_values(group, note="旧"))


def test_changes_show_in_the_groups_history(world, session, group):
    operations.add_members(world.actor("county"), group, mandate_ids=[world.mandates["C003"]], joined_on=DAY)
    latest = history_of(session, "deputy_group", group.id)[0]
    assert latest.tag.endswith(":group_membership:create") and "欧阳谷雨" in latest.subject_label


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("county", True),
        ("leader", True),
        ("township", True),
        ("deputy", True),
        ("other_township", False),
        ("neighbour", False),
    ],
)
def test_who_sees_a_group(world, session, group, login, seen):
    """The county's group: its own staff, the township whose deputies sit in it, and its members."""
    if seen:
        assert queries.get_visible_group(world.actor(login), group.id) is group
    else:
        with pytest.raises(NotFound):
            queries.get_visible_group(world.actor(login), group.id)


def test_only_the_keeping_area_changes_a_group(world, session, group):
    for login, refusal in (
        ("township", NotFound),
        ("neighbour", NotFound),
        ("leader", Forbidden),
        ("deputy", Forbidden),
    ):
        with pytest.raises(refusal):
            operations.update_group(world.actor(login), group, version=None, **_values(group))
    own = operations.create_group(world.actor("township"), area_code=LINJIANG, name="镇小组")
    assert own.area_code == LINJIANG
    assert session.scalar(db.select(db.func.count(GroupMembership.id))) == 3
