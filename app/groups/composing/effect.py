"""A division takes effect on a day: memberships end and begin, groups are made, go on, or end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.groups.composing.board import Board
from app.groups.composing.changes import state_after
from app.groups.models import DeputyGroup, GroupComposition, GroupMembership, GroupPost
from app.groups.queries import find_group
from app.groups.states import MEMBER_ROLES, CompositionStep
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.choosing import choose_mandates
from app.registry.models import Mandate


@dataclass
class Effect:
    """What taking effect changes: people who join, leave, stay; groups made and ended."""

    joined: int = 0
    left: int = 0
    stayed: int = 0
    made: int = 0
    ended: int = 0


def take_effect(
    actor: Actor, composition: GroupComposition, *, effective_on: date, despite: bool = False
) -> Effect:
    """The division becomes the groups of its kind from a day on (2-15).

    Memberships in groups of this kind that the area keeps end that day, except of who stays in the same
    group and of levels that were not divided; groups are found by their name or made; a group that keeps
    nobody ends. Broken hard rules are refused unless staff say that they know (``despite``).
    """
    after = state_after(actor, composition, CompositionStep.TAKE_EFFECT)
    board = Board(composition)
    if not board.division:
        raise DomainError(_l("还没有编组结果，请先提出方案。"))
    if board.broken and not despite:
        raise DomainError(
            _l("还有 %(n)s 处不符合要求（%(first)s），请先调整；确认仍要生效，请勾选。",
               n=len(board.broken), first=board.broken[0].rstrip("。")),
            "despite",
        )  # fmt: skip
    ids = list(board.division)
    mandates = {
        m.id: m
        for m in choose_mandates(actor, ids, on=effective_on, kept=ids, ask_again=True, field="effective_on")
    }
    change = _Change(board, effective_on)
    effect = change.carry_out(mandates)
    composition.state, composition.effective_on = after, effective_on
    db.session.flush()
    return effect


class _Change:
    def __init__(self, board: Board, on: date) -> None:
        self.board = board
        self.composition = board.composition
        self.on = on
        self.effect = Effect()
        self.target: dict[int, int] = {}  # person → group
        self.staying: set[int] = set()

    def carry_out(self, mandates: dict[int, Mandate]) -> Effect:
        groups = [self._group(name) for name in self.board.names]
        db.session.flush()
        for key, place in self.board.division.items():
            self.target[mandates[key].person_id] = groups[place].id
        old = self._old_memberships()
        self._leave(old)
        self._join(groups, mandates)
        db.session.flush()
        self._end_groups(groups)
        self._end_posts()
        db.session.flush()
        return self.effect

    def _group(self, name: str) -> DeputyGroup:
        """The group of this name goes on (or begins again); where there is none it is made."""
        group = find_group(self.composition.area_code, name)
        if group is None:
            group = DeputyGroup(
                area_code=self.composition.area_code, name=name, kind=self.composition.kind, began_on=self.on
            )
            db.session.add(group)
            self.effect.made += 1
        elif group.kind is not self.composition.kind:
            raise DomainError(
                _l("“%(name)s”是%(kind)s，请给这一组换一个名称。", name=name, kind=group.kind.label)
            )
        else:
            group.ended_on = None
        return group

    def _old_memberships(self) -> Sequence[GroupMembership]:
        """Memberships in groups of this kind in this area that run on the day or begin later."""
        return db.session.scalars(
            select(GroupMembership)
            .join(DeputyGroup, DeputyGroup.id == GroupMembership.group_id)
            .where(DeputyGroup.area_code == self.composition.area_code)
            .where(DeputyGroup.kind == self.composition.kind)
            .where(or_(GroupMembership.left_on.is_(None), GroupMembership.left_on > self.on))
            .options(
                joinedload(GroupMembership.group),
                joinedload(GroupMembership.mandate).joinedload(Mandate.person),
            )
        ).all()

    def _leave(self, old: Sequence[GroupMembership]) -> None:
        for membership in old:
            person = membership.mandate.person_id
            target = self.target.get(person)
            if target == membership.group_id and membership.joined_on <= self.on:
                membership.left_on = None
                self.staying.add(person)
            elif target is not None or membership.mandate.level in self.board.wishes.levels:
                membership.left_on = max(self.on, membership.joined_on)
                self.effect.left += 1
        self.effect.stayed = len(self.staying)

    def _join(self, groups: Sequence[DeputyGroup], mandates: dict[int, Mandate]) -> None:
        begun = {
            (row.group_id, row.mandate_id): row
            for row in db.session.scalars(
                select(GroupMembership).where(
                    GroupMembership.group_id.in_([group.id for group in groups]),
                    GroupMembership.joined_on == self.on,
                )
            )
        }
        for key, place in self.board.division.items():
            if mandates[key].person_id in self.staying:
                continue
            group = groups[place]
            again = begun.get((group.id, key))
            if again is not None:
                again.left_on = None
            else:
                db.session.add(GroupMembership(group=group, mandate=mandates[key], joined_on=self.on))
            self.effect.joined += 1

    def _end_groups(self, groups: Sequence[DeputyGroup]) -> None:
        """Groups of this kind that go on with nobody end that day."""
        new = {group.id for group in groups}
        inhabited = {
            row.group_id for row in self._old_memberships() if row.left_on is None or row.left_on > self.on
        }
        wanted = select(DeputyGroup).where(
            DeputyGroup.area_code == self.composition.area_code,
            DeputyGroup.kind == self.composition.kind,
            DeputyGroup.ended_on.is_(None),
        )
        for group in db.session.scalars(wanted):
            if group.id not in new and group.id not in inhabited:
                group.ended_on = max(self.on, group.began_on or self.on)
                self.effect.ended += 1

    def _end_posts(self) -> None:
        """Posts held as a member end with the membership, all posts with their group (0-04)."""
        members: dict[int, set[int]] = defaultdict(set)
        for row in self._old_memberships():
            members[row.group_id].add(row.mandate.person_id)
        groups = db.session.scalars(
            select(DeputyGroup)
            .where(DeputyGroup.area_code == self.composition.area_code)
            .where(DeputyGroup.kind == self.composition.kind)
            .options(selectinload(DeputyGroup.posts).joinedload(GroupPost.person))
        )
        for group in groups:
            for post in group.posts:
                member = post.role not in MEMBER_ROLES or post.person_id in members[group.id]
                if post.ended_on is None and (group.ended_on is not None or not member):
                    post.ended_on = max(self.on, post.began_on)
