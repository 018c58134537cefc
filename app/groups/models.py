"""Tables of deputy groups."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.groups.states import CompositionState, GroupKind, GroupRole
from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, Versioned, enum_type
from app.registry.models import Mandate, Person


class DeputyGroup(Stamped, Versioned, Audited, Base):
    """A deputy group (代表小组): the basic form of work out of session (Law on Deputies art. 26)."""

    __tablename__ = "deputy_group"
    __table_args__ = (
        Index("uq_deputy_group_area_name", "area_code", "name", unique=True),
        CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="ends_after_begin"),
    )
    audit_kind = "deputy_group"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[GroupKind] = mapped_column(enum_type(GroupKind), default=GroupKind.AREA)
    guided_by: Mapped[str] = mapped_column(String(60), default="")
    began_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    memberships: Mapped[list[GroupMembership]] = relationship(
        back_populates="group", order_by="GroupMembership.id"
    )
    posts: Mapped[list[GroupPost]] = relationship(back_populates="group", order_by="GroupPost.id")


class GroupMembership(Stamped, Audited, Base):
    """A mandate in a group from a day to a day."""

    __tablename__ = "group_membership"
    __table_args__ = (
        Index("uq_group_membership_group_mandate_joined", "group_id", "mandate_id", "joined_on", unique=True),
        CheckConstraint("left_on IS NULL OR left_on >= joined_on", name="leaves_after_joining"),
    )
    audit_kind = "group_membership"

    id: Mapped[Id]
    group_id: Mapped[int] = mapped_column(ForeignKey("deputy_group.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    group: Mapped[DeputyGroup] = relationship(back_populates="memberships")
    mandate: Mapped[Mandate] = relationship()

    @property
    def audit_area(self) -> str:
        return self.group.area_code if self.group else ""

    @property
    def audit_label(self) -> str:
        return self.mandate.audit_label if self.mandate else ""

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "deputy_group", self.group_id


class GroupPost(Stamped, Audited, Base):
    """A post in a group from a day to a day; a post nobody holds shows as vacant."""

    __tablename__ = "group_post"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="ends_after_begin"),)
    audit_kind = "group_post"

    id: Mapped[Id]
    group_id: Mapped[int] = mapped_column(ForeignKey("deputy_group.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    holder_name: Mapped[str] = mapped_column(String(30), default="")
    role: Mapped[GroupRole] = mapped_column(enum_type(GroupRole))
    began_on: Mapped[date]
    ended_on: Mapped[date | None]

    group: Mapped[DeputyGroup] = relationship(back_populates="posts")
    person: Mapped[Person | None] = relationship()

    @property
    def holder(self) -> str:
        """Name of who holds the post: somebody of the registry, or staff known by name only."""
        return self.person.name if self.person else self.holder_name

    @property
    def audit_area(self) -> str:
        return self.group.area_code if self.group else ""

    @property
    def audit_label(self) -> str:
        return f"{self.role.label} {self.holder}".strip()

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "deputy_group", self.group_id


class GroupComposition(Stamped, Versioned, Audited, Base):
    """A proposed division of an area's deputies into groups (2-15, 2-16): wishes, result, and since when in effect.

    ``wishes`` is what staff asked for (:class:`app.groups.composing.wishes.Wishes`), with ``complaints``: what
    stood in the way of the last proposal. ``division`` maps mandate number (as text) to the group's place in
    ``names``.
    """

    __tablename__ = "group_composition"
    __table_args__ = (Index("ix_group_composition_area_code", "area_code"),)
    audit_kind = "group_composition"
    # A thousand numbers say nothing to a reader of the trail; moves by hand are recorded by name.
    audit_hidden = frozenset({"division"})

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[GroupKind] = mapped_column(enum_type(GroupKind), default=GroupKind.JOINT)
    on: Mapped[date]
    wishes: Mapped[dict[str, Any]] = mapped_column(JSON)
    names: Mapped[list[str]] = mapped_column(JSON, default=list)
    division: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    state: Mapped[CompositionState] = mapped_column(
        enum_type(CompositionState), default=CompositionState.DRAFT
    )
    effective_on: Mapped[date | None]
    job_id: Mapped[int | None] = mapped_column(BigId)


class DeputyLink(Stamped, Audited, Base):
    """A deputy of a higher level linked with one of a lower level, from a day to a day (1-10)."""

    __tablename__ = "deputy_link"
    __table_args__ = (
        Index("uq_deputy_link_upper_lower_began", "upper_id", "lower_id", "began_on", unique=True),
        CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="ends_after_begin"),
        CheckConstraint("upper_id <> lower_id", name="two_mandates"),
    )
    audit_kind = "deputy_link"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType, index=True)
    upper_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    lower_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    began_on: Mapped[date]
    ended_on: Mapped[date | None]

    upper: Mapped[Mandate] = relationship(foreign_keys=[upper_id])
    lower: Mapped[Mandate] = relationship(foreign_keys=[lower_id])


class CareNote(Stamped, Versioned, Audited, Base):
    """A deputy in difficulty by illness, disaster or work, and the visit they were paid (0-14)."""

    __tablename__ = "care_note"
    __table_args__ = (
        Index("ix_care_note_area_noted", "area_code", "noted_on"),
        CheckConstraint("visited_on IS NULL OR visited_on >= noted_on", name="visited_after_noted"),
    )
    audit_kind = "care_note"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    noted_on: Mapped[date]
    visited_on: Mapped[date | None]
    visitors: Mapped[str] = mapped_column(String(120), default="")
    help_given: Mapped[str] = mapped_column(String(500), default="")

    mandate: Mapped[Mandate] = relationship()
