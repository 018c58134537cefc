"""Changing deputy groups: check, change, flush. Membership and posts are dated and never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.groups.models import DeputyGroup, GroupMembership, GroupPost
from app.groups.policy import EDIT_GROUPS
from app.groups.queries import (
    find_group,
    list_in_same_kind,
    list_posts,
    list_running,
    rules_for,
    select_group_members,
)
from app.groups.states import MEMBER_ROLES, GroupKind, GroupRole
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.choosing import choose_mandates
from app.registry.models import Mandate
from app.registry.operations import check_version, office_of
from app.registry.queries import get_area


def create_group(
    actor: Actor,
    *,
    area_code: str,
    name: str,
    kind: GroupKind = GroupKind.AREA,
    guided_by: str = "",
    began_on: date | None = None,
    ended_on: date | None = None,
    note: str = "",
) -> DeputyGroup:
    """A group (Law on Deputies art. 26, 27), named once in its area."""
    authorise(actor, EDIT_GROUPS, area_code)
    group = DeputyGroup()
    _fill(group, area_code, name, began_on, ended_on, kind=kind, guided_by=guided_by, note=note)
    db.session.add(group)
    db.session.flush()
    return group


def update_group(
    actor: Actor,
    group: DeputyGroup,
    *,
    version: int | None,
    area_code: str,
    name: str,
    kind: GroupKind,
    guided_by: str,
    began_on: date | None,
    ended_on: date | None,
    note: str,
) -> DeputyGroup:
    """Corrects what is known of a group. Conflict when somebody changed it meanwhile."""
    authorise(actor, EDIT_GROUPS, group.area_code)
    authorise(actor, EDIT_GROUPS, area_code)
    check_version(group, version)
    _fill(group, area_code, name, began_on, ended_on, kind=kind, guided_by=guided_by, note=note)
    db.session.flush()
    return group


def _fill(
    group: DeputyGroup, area_code: str, name: str, began_on: date | None, ended_on: date | None, **values: Any
) -> None:
    get_area(area_code)
    if ended_on is not None and began_on is not None and ended_on < began_on:
        raise DomainError(_l("撤销日期早于成立日期，请核对。"), "ended_on")
    other = find_group(area_code, name)
    if other is not None and other is not group:
        raise DomainError(_l("这个地区已经有“%(name)s”，请换一个名称。", name=name), "name")
    values |= {"area_code": area_code, "name": name, "began_on": began_on, "ended_on": ended_on}
    for key, value in values.items():
        if getattr(group, key) != value:
            setattr(group, key, value)


def add_members(
    actor: Actor, group: DeputyGroup, *, mandate_ids: Sequence[int], joined_on: date
) -> list[GroupMembership]:
    """Deputies of any level join a group on a day (3-30); one who is in it already is refused by name."""
    authorise(actor, EDIT_GROUPS, group.area_code)
    if group.ended_on is not None and joined_on >= group.ended_on:
        raise DomainError(_l("小组已于%(day)s撤销，不能再加入成员。", day=group.ended_on), "joined_on")
    mandates = choose_mandates(actor, mandate_ids, on=joined_on, field="mandate_ids")
    if not mandates:
        raise DomainError(_l("请选择要加入的代表。"), "mandate_ids")
    _refuse_members(group, mandates, joined_on)
    _refuse_second_group(group, mandates, joined_on)
    made = [_join(group, mandate, joined_on) for mandate in mandates]
    db.session.flush()
    return made


def _refuse_members(group: DeputyGroup, mandates: Sequence[Mandate], joined_on: date) -> None:
    there = {row.mandate_id for row in list_running(group.id, [m.id for m in mandates], joined_on)}
    names = [mandate.person.name for mandate in mandates if mandate.id in there]
    if names:
        raise DomainError(
            _l("已在小组里：%(names)s。请从名单中去掉。", names="、".join(names[:10])), "mandate_ids"
        )


def _refuse_second_group(group: DeputyGroup, mandates: Sequence[Mandate], joined_on: date) -> None:
    """A person is in one group of a kind where the office's rules say so (2-15)."""
    if group.kind not in rules_for(group.area_code, joined_on).once_per_kind:
        return
    persons = {mandate.person_id: mandate.person.name for mandate in mandates}
    elsewhere = list_in_same_kind(group.kind, office_of(group.area_code), group.id, list(persons), joined_on)
    if elsewhere:
        named = "、".join(f"{persons[person]}（{name}）" for person, name in elsewhere[:10])
        raise DomainError(
            _l(
                "按规定一个人只编入一个%(kind)s，已在别的小组：%(names)s。",
                kind=group.kind.label,
                names=named,
            ),
            "mandate_ids",
        )


def _join(group: DeputyGroup, mandate: Mandate, joined_on: date) -> GroupMembership:
    key = {"group_id": group.id, "mandate_id": mandate.id, "joined_on": joined_on}
    # Taken out on the very day they joined, and back again: the same membership goes on.
    membership = db.session.scalar(select(GroupMembership).filter_by(**key))
    if membership is None:
        membership = GroupMembership(group=group, mandate=mandate, joined_on=joined_on)
        db.session.add(membership)
    membership.left_on = None
    return membership


def remove_members(
    actor: Actor, group: DeputyGroup, *, membership_ids: Sequence[int], left_on: date
) -> list[GroupMembership]:
    """Members leave from a day on; what they were stays, and posts they held as members end with it."""
    authorise(actor, EDIT_GROUPS, group.area_code)
    wanted = select_group_members(group.id).where(GroupMembership.id.in_(membership_ids))
    memberships: list[GroupMembership] = list(db.session.scalars(wanted))
    if not memberships or len(memberships) != len(set(membership_ids)):
        raise DomainError(_l("请选择要移出的成员。"), "membership_ids")
    for membership in memberships:
        if membership.left_on is not None:
            raise DomainError(_l("所选成员中有人已经离开小组，请刷新后重新选择。"), "membership_ids")
        if left_on < membership.joined_on:
            name = membership.mandate.person.name
            raise DomainError(
                _l("%(name)s于%(day)s加入，离开日期不能更早。", name=name, day=membership.joined_on),
                "left_on",
            )
        membership.left_on = left_on
    db.session.flush()
    _end_posts_of_leavers(group, left_on)
    return memberships


def _end_posts_of_leavers(group: DeputyGroup, on: date) -> None:
    members = _members_on(group, on)
    for post in list_posts(group.id):
        held_as_member = post.role in MEMBER_ROLES and post.person_id is not None and post.ended_on is None
        if held_as_member and post.person_id not in members:
            post.ended_on = max(on, post.began_on)
    db.session.flush()


def _members_on(group: DeputyGroup, on: date) -> set[int]:
    rows = db.session.scalars(select_group_members(group.id))
    return {
        row.mandate.person_id
        for row in rows
        if row.joined_on <= on and (row.left_on is None or row.left_on > on)
    }


def create_post(
    actor: Actor,
    group: DeputyGroup,
    *,
    role: GroupRole,
    mandate_id: int | None = None,
    holder_name: str = "",
    began_on: date,
    ended_on: date | None = None,
) -> GroupPost:
    """Somebody takes a post of the group: a deputy, or by name staff who are not in the registry (3-09).

    Leader and vice-leader are members of the group (0-04); there is one leader at a time (2-18).
    """
    authorise(actor, EDIT_GROUPS, group.area_code)
    _check_days(began_on, ended_on)
    person = None
    if mandate_id is not None:
        person = choose_mandates(actor, [mandate_id], on=began_on, field="mandate_id")[0].person
    if person is None and not holder_name:
        raise DomainError(_l("请选择代表，或填写姓名。"), "mandate_id")
    if role in MEMBER_ROLES and (person is None or person.id not in _members_on(group, began_on)):
        raise DomainError(_l("组长、副组长应当是本组成员，请先把他加入小组。"), "mandate_id")
    _refuse_second_leader(group, role, began_on, ended_on)
    post = GroupPost(
        group=group,
        person=person,
        holder_name="" if person else holder_name,
        role=role,
        began_on=began_on,
        ended_on=ended_on,
    )
    db.session.add(post)
    db.session.flush()
    return post


def update_post(actor: Actor, post: GroupPost, *, began_on: date, ended_on: date | None) -> GroupPost:
    """Corrects the days of a post, or ends it."""
    authorise(actor, EDIT_GROUPS, post.group.area_code)
    _check_days(began_on, ended_on)
    _refuse_second_leader(post.group, post.role, began_on, ended_on, post)
    post.began_on, post.ended_on = began_on, ended_on
    db.session.flush()
    return post


def _check_days(began_on: date, ended_on: date | None) -> None:
    if ended_on is not None and ended_on < began_on:
        raise DomainError(_l("卸任日期早于任职日期，请核对。"), "ended_on")


def _refuse_second_leader(
    group: DeputyGroup,
    role: GroupRole,
    began_on: date,
    ended_on: date | None,
    itself: GroupPost | None = None,
) -> None:
    if role is not GroupRole.LEADER:
        return
    # Two clerks who enter a leader at once queue here until the first has committed.
    db.session.execute(
        select(DeputyGroup.id).where(DeputyGroup.id == group.id).with_for_update(key_share=True)
    )
    for other in list_posts(group.id):
        if other is itself or other.role is not role:
            continue
        overlaps = (other.ended_on is None or other.ended_on > began_on) and (
            ended_on is None or other.began_on < ended_on
        )
        if overlaps:
            raise DomainError(
                _l("这段时间的组长是%(name)s，请先登记他的卸任日期。", name=other.holder), "began_on"
            )
