"""Who leads a group by post, and the rules an area's groups go by."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from app.extensions import db
from app.groups.models import DeputyGroup, GroupPost
from app.groups.policy import PLAN_GROUPS
from app.groups.queries.groups import running
from app.groups.rules import TOPIC, GroupRules
from app.groups.states import LEADING_ROLES
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.queries import MISSING, find_rule_set


def rules_for(area_code: str, on: date) -> GroupRules:
    """Rules of an area's groups on a day; the defaults where its offices have laid down none."""
    found = find_rule_set(area_code, TOPIC, on)
    return GroupRules.model_validate(found.content) if found is not None else GroupRules()


def select_led_groups(person_id: int | None, on: date) -> Select[*tuple[Any, ...]]:
    """Numbers of the running groups in which a person holds a leading post on a day."""
    return (
        select(GroupPost.group_id)
        .join(DeputyGroup, DeputyGroup.id == GroupPost.group_id)
        .where(
            GroupPost.person_id == person_id,
            GroupPost.role.in_(LEADING_ROLES),
            running(GroupPost.began_on, GroupPost.ended_on, on),
            or_(DeputyGroup.ended_on.is_(None), DeputyGroup.ended_on > on),
        )
    )


def leads(actor: Actor, group_id: int | None) -> bool:
    """Whether the actor, a deputy, holds a leading post of this running group today."""
    if group_id is None or not actor.owns(PLAN_GROUPS):
        return False
    held = select_led_groups(actor.person_id, clock.today()).where(GroupPost.group_id == group_id)
    return db.session.scalar(held.limit(1)) is not None


def plannable_groups(actor: Actor) -> ColumnElement[bool]:
    """Groups for which the actor may plan: those kept in their areas, and those they lead."""
    conditions = [within(DeputyGroup.area_code, actor.areas(PLAN_GROUPS))]
    if actor.owns(PLAN_GROUPS):
        conditions.append(DeputyGroup.id.in_(select_led_groups(actor.person_id, clock.today())))
    return or_(*conditions)


def get_plannable_group(actor: Actor, group_id: int) -> DeputyGroup:
    """The group; NotFound where the actor neither keeps nor leads it."""
    found = db.session.scalar(select(DeputyGroup).where(DeputyGroup.id == group_id, plannable_groups(actor)))
    if found is None:
        raise NotFound(MISSING)
    return found


def authorise_planning(actor: Actor, area_code: str, group_id: int | None) -> None:
    """Refuses whoever neither keeps the area nor leads the group."""
    if not leads(actor, group_id):
        authorise(actor, PLAN_GROUPS, area_code)


def list_led_groups(actor: Actor) -> list[DeputyGroup]:
    """Groups the actor leads by post."""
    if not actor.owns(PLAN_GROUPS):
        return []
    led = select_led_groups(actor.person_id, clock.today())
    wanted = select(DeputyGroup).where(DeputyGroup.id.in_(led))
    return list(db.session.scalars(wanted.order_by(DeputyGroup.area_code, DeputyGroup.id)))


def list_leader_persons(group_id: int, on: date) -> list[int]:
    """Persons who hold a leading post of the group on a day: whom to tell about its plan."""
    wanted = (
        select(GroupPost.person_id)
        .distinct()
        .where(
            GroupPost.group_id == group_id,
            GroupPost.role.in_(LEADING_ROLES),
            GroupPost.person_id.is_not(None),
            running(GroupPost.began_on, GroupPost.ended_on, on),
        )
    )
    return [identity for identity in db.session.scalars(wanted) if identity is not None]
