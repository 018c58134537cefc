"""Tables of deputy groups."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.groups.states import GroupKind, GroupRole
from app.kit.audit import Audited
from app.kit.database import Base, BigId, Id, Stamped, Versioned, enum_type
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

    memberships: Mapped[list[GroupMembership]] = relationship(back_populates="group")
    posts: Mapped[list[GroupPost]] = relationship(back_populates="group")


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
