"""Reading links between deputies of two levels, and notes of deputies in difficulty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.groups.models import CareNote, DeputyGroup, DeputyLink, GroupMembership
from app.groups.policy import EDIT_GROUPS, OVERSEE_GROUPS, VIEW_CARE
from app.groups.queries.groups import running
from app.groups.states import GroupKind
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import Area, Mandate
from app.registry.queries import MISSING, in_office, list_townships
from app.registry.states import Level


def is_linked(on: Any) -> ColumnElement[bool]:
    """SQL: a deputy of a higher level is linked with this mandate on a day (1-10)."""
    return exists().where(
        DeputyLink.lower_id == Mandate.id, running(DeputyLink.began_on, DeputyLink.ended_on, on)
    )


def get_visible_link(actor: Actor, link_id: int, action: Action = OVERSEE_GROUPS) -> DeputyLink:
    """The link; NotFound where it does not exist or lies outside the actor's scope."""
    found = db.session.scalar(
        select(DeputyLink).where(DeputyLink.id == link_id, within(DeputyLink.area_code, actor.areas(action)))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def list_linked_lowers(upper_id: int, lower_ids: list[int], on: date) -> list[DeputyLink]:
    """Links of this pair of deputies that run on the day or later."""
    wanted = select(DeputyLink).where(
        DeputyLink.upper_id == upper_id,
        DeputyLink.lower_id.in_(lower_ids),
        (DeputyLink.ended_on.is_(None)) | (DeputyLink.ended_on > on),
    )
    return list(db.session.scalars(wanted))


@dataclass(frozen=True)
class LinkCoverage:
    """Of a township's own deputies: how many a deputy of a higher level is linked with (1-10)."""

    area: Area
    serving: int
    linked: int

    @property
    def rate(self) -> float | None:
        return self.linked / self.serving if self.serving else None


def link_coverage(area_code: str, on: date) -> list[LinkCoverage]:
    """Coverage of the township deputies of each township of an area, in one statement."""
    counts = db.session.execute(
        select(Mandate.scope_code, func.count(), func.count().filter(is_linked(on)))
        .where(in_office(on), Mandate.level == Level.TOWNSHIP, within(Mandate.scope_code, [area_code]))
        .group_by(Mandate.scope_code)
    )
    found = {code: (serving, linked) for code, serving, linked in counts}
    return [LinkCoverage(area, *found.get(area.code, (0, 0))) for area in list_townships(area_code)]


def get_visible_note(actor: Actor, note_id: int, action: Action = VIEW_CARE) -> CareNote:
    """The note; NotFound where it does not exist or lies outside the actor's scope."""
    found = db.session.scalar(
        select(CareNote)
        .where(CareNote.id == note_id, within(CareNote.area_code, actor.areas(action)))
        .options(joinedload(CareNote.mandate).joinedload(Mandate.person))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def unvisited_since(day: date) -> ColumnElement[bool]:
    """SQL: noted by that day, and nobody has visited yet (0-14)."""
    return CareNote.visited_on.is_(None) & (CareNote.noted_on <= day)


def may_keep(actor: Actor) -> bool:
    """Whether the actor may enter links and notes somewhere."""
    return bool(actor.areas(EDIT_GROUPS))


def in_a_group(on: Any) -> ColumnElement[bool]:
    """SQL: the person of this mandate sits in a running group on a day, with whichever mandate (3-04)."""
    other = select(Mandate.person_id).join(GroupMembership, GroupMembership.mandate_id == Mandate.id)
    return Mandate.person_id.in_(
        other.join(DeputyGroup, DeputyGroup.id == GroupMembership.group_id).where(
            running(GroupMembership.joined_on, GroupMembership.left_on, on),
            (DeputyGroup.ended_on.is_(None)) | (DeputyGroup.ended_on > on),
        )
    )


def list_in_same_kind(
    kind: GroupKind, office_code: str, except_group: int, person_ids: list[int], on: date
) -> list[tuple[int, str]]:
    """(person, group's name) of persons who sit in another group of this kind of the same office (2-15)."""
    rows = db.session.execute(
        select(Mandate.person_id, DeputyGroup.name)
        .join(GroupMembership, GroupMembership.mandate_id == Mandate.id)
        .join(DeputyGroup, DeputyGroup.id == GroupMembership.group_id)
        .where(
            Mandate.person_id.in_(person_ids),
            DeputyGroup.kind == kind,
            DeputyGroup.id != except_group,
            within(DeputyGroup.area_code, [office_code]),
            (DeputyGroup.ended_on.is_(None)) | (DeputyGroup.ended_on > on),
            (GroupMembership.left_on.is_(None)) | (GroupMembership.left_on > on),
        )
        .order_by(Mandate.person_id)
    )
    return [(person_id, name) for person_id, name in rows]


def group_of_membership(actor: Actor, membership_id: int) -> int:
    """The number of the group of a membership the actor may see."""
    found = db.session.scalar(
        select(GroupMembership.group_id)
        .join(DeputyGroup, DeputyGroup.id == GroupMembership.group_id)
        .where(
            GroupMembership.id == membership_id,
            within(DeputyGroup.area_code, actor.areas(OVERSEE_GROUPS)),
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found
