"""Reading deputy groups: who sees which, who is in them, who holds their posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.extensions import db
from app.groups.models import DeputyGroup, GroupMembership, GroupPost
from app.groups.policy import VIEW_GROUPS
from app.groups.states import GroupRole
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import Mandate, Person
from app.registry.queries import MISSING, in_office

TOWNSHIP_PREFIX = 9


def running(began: Any, ended: Any, on: Any) -> ColumnElement[bool]:
    """Begun by that day and not ended by it."""
    return and_(began <= on, or_(ended.is_(None), ended > on))


def visible_groups(actor: Actor, action: Action = VIEW_GROUPS) -> ColumnElement[bool]:
    """Groups kept in the actor's areas; a township sees those its deputies sit in too, a deputy their own."""
    areas = actor.areas(action)
    conditions = [within(DeputyGroup.area_code, areas)]
    members = select(GroupMembership.group_id).join(Mandate, Mandate.id == GroupMembership.mandate_id)
    townships = [prefix for prefix in areas if len(prefix) >= TOWNSHIP_PREFIX]
    if townships and action is VIEW_GROUPS:
        conditions.append(DeputyGroup.id.in_(members.where(within(Mandate.scope_code, townships))))
    if actor.owns(action):
        conditions.append(DeputyGroup.id.in_(members.where(Mandate.person_id == actor.person_id)))
    return or_(*conditions)


def get_visible_group(actor: Actor, group_id: int, action: Action = VIEW_GROUPS) -> DeputyGroup:
    """The group; NotFound where it does not exist or lies outside the actor's scope."""
    found = db.session.scalar(
        select(DeputyGroup).where(DeputyGroup.id == group_id, visible_groups(actor, action))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def count_members(on: Any) -> Any:
    """SQL: how many persons in office are in a group on a day."""
    return (
        select(func.count(Mandate.person_id.distinct()))
        .select_from(GroupMembership)
        .join(Mandate, Mandate.id == GroupMembership.mandate_id)
        .where(
            GroupMembership.group_id == DeputyGroup.id,
            running(GroupMembership.joined_on, GroupMembership.left_on, on),
            in_office(on),
        )
        .correlate(DeputyGroup)
        .scalar_subquery()
    )


def post_holders(role: GroupRole, on: Any) -> Any:
    """SQL: names of those who hold a post of a group on a day; empty where it is vacant."""
    names = (
        select(func.aggregate_strings(func.coalesce(Person.name, GroupPost.holder_name), "、"))
        .select_from(GroupPost)
        .outerjoin(Person, Person.id == GroupPost.person_id)
        .where(
            GroupPost.group_id == DeputyGroup.id,
            GroupPost.role == role,
            running(GroupPost.began_on, GroupPost.ended_on, on),
        )
        .correlate(DeputyGroup)
        .scalar_subquery()
    )
    return func.coalesce(names, "")


def is_vacant(role: GroupRole, on: date) -> ColumnElement[bool]:
    """SQL: nobody holds this post of the group on the day (0-04, 2-17, 2-18)."""
    held = select(GroupPost.group_id).where(
        GroupPost.role == role, running(GroupPost.began_on, GroupPost.ended_on, on)
    )
    return DeputyGroup.id.not_in(held)


def list_memberships(group_id: int) -> list[GroupMembership]:
    """Everyone who is or was in a group, by level and name."""
    found = db.session.scalars(
        select(GroupMembership)
        .where(GroupMembership.group_id == group_id)
        .options(
            joinedload(GroupMembership.mandate).joinedload(Mandate.person),
            joinedload(GroupMembership.mandate).joinedload(Mandate.area),
            joinedload(GroupMembership.mandate).selectinload(Mandate.suspensions),
        )
    ).all()
    return sorted(
        found, key=lambda m: (m.mandate.level.rank, m.mandate.person.pinyin, m.mandate_id, m.joined_on)
    )


def list_posts(group_id: int) -> list[GroupPost]:
    """Posts of a group with their holders, the earliest first."""
    wanted = select(GroupPost).where(GroupPost.group_id == group_id).options(joinedload(GroupPost.person))
    return list(db.session.scalars(wanted.order_by(GroupPost.began_on, GroupPost.id)))


def get_visible_post(actor: Actor, post_id: int, action: Action) -> GroupPost:
    """A post of a group in the actor's scope."""
    wanted = select(GroupPost).join(DeputyGroup, DeputyGroup.id == GroupPost.group_id)
    found = db.session.scalar(
        wanted.where(GroupPost.id == post_id, visible_groups(actor, action)).options(
            joinedload(GroupPost.group), joinedload(GroupPost.person)
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def list_groups_of(actor: Actor, mandate_ids: Sequence[int]) -> list[GroupMembership]:
    """Memberships of these mandates in groups the actor may see, the running ones first."""
    found = db.session.scalars(
        select(GroupMembership)
        .join(GroupMembership.group)
        .where(GroupMembership.mandate_id.in_(mandate_ids), visible_groups(actor))
        .options(contains_eager(GroupMembership.group))
        .order_by(GroupMembership.joined_on.desc(), GroupMembership.id)
    ).all()
    return sorted(found, key=lambda m: m.left_on is not None)


def list_posts_of(person_id: int, group_ids: Sequence[int]) -> list[GroupPost]:
    """Posts a person holds or held in these groups."""
    wanted = select(GroupPost).where(GroupPost.person_id == person_id, GroupPost.group_id.in_(group_ids))
    return list(db.session.scalars(wanted.order_by(GroupPost.began_on)))


def find_group(area_code: str, name: str) -> DeputyGroup | None:
    """The group of this name kept by an area."""
    return db.session.scalar(select(DeputyGroup).filter_by(area_code=area_code, name=name))


def list_running(group_id: int, mandate_ids: Sequence[int], on: date) -> list[GroupMembership]:
    """Memberships of these mandates in the group that run on the day or begin later."""
    return list(
        db.session.scalars(
            select(GroupMembership)
            .where(GroupMembership.group_id == group_id, GroupMembership.mandate_id.in_(mandate_ids))
            .where(or_(GroupMembership.left_on.is_(None), GroupMembership.left_on > on))
        )
    )


def select_group_members(group_id: int) -> Select[*tuple[Any, ...]]:
    """Memberships of a group with mandate and person loaded, for changing them."""
    return (
        select(GroupMembership)
        .where(GroupMembership.group_id == group_id)
        .options(
            joinedload(GroupMembership.group),
            joinedload(GroupMembership.mandate).joinedload(Mandate.person),
        )
    )
