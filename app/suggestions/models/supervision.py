"""Tables of supervision: who leads and supervises which suggestion, visits on site, yearly hearings."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.groups.models import DeputyGroup
from app.kit.audit import Audited
from app.kit.database import Base, CodeType, Id, Stamped, Versioned, enum_type
from app.registry.models import Person
from app.suggestions.models.suggestions import Suggestion, SuggestionClass
from app.suggestions.states import SupervisorKind, VisitKind


class SupervisingBody(Stamped, Versioned, Audited, Base):
    """Somebody of whom a suggestion a year is expected and whom no other table knows.

    A leader of the government (4-10) or a special committee (4-26); the members of the standing committee and of
    the chairpersons' meeting are posts of the registry, deputy groups are their own.
    """

    __tablename__ = "supervising_body"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="ends_after_begin"),)
    audit_kind = "supervising_body"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType, index=True)
    kind: Mapped[SupervisorKind] = mapped_column(enum_type(SupervisorKind))
    name: Mapped[str] = mapped_column(String(60))
    post: Mapped[str] = mapped_column(String(80), default="")
    # Categories of suggestions in the field of a committee, parted by 、.
    fields: Mapped[str] = mapped_column(String(200), default="")
    began_on: Mapped[date]
    ended_on: Mapped[date | None]

    @property
    def audit_label(self) -> str:
        return self.name


class Supervision(Stamped, Versioned, Audited, Base):
    """Somebody leads or supervises the handling of a suggestion, or of a class, in a year (4-10, 4-23 … 4-30)."""

    __tablename__ = "supervision"
    __table_args__ = (
        Index("ix_supervision_area_year", "area_code", "year", "kind"),
        CheckConstraint("(suggestion_id IS NULL) <> (class_id IS NULL)", name="one_subject"),
    )
    audit_kind = "supervision"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType)
    year: Mapped[int]
    kind: Mapped[SupervisorKind] = mapped_column(enum_type(SupervisorKind))
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion.id"), index=True)
    class_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion_class.id"), index=True)
    # Exactly the one that fits the kind: a person (members), a body (leader, committee), a group.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("supervising_body.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("deputy_group.id"), index=True)
    began_on: Mapped[date]
    ended_on: Mapped[date | None]
    plan: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(Text, default="")
    # A priority suggestion's unit reports to the standing committee, whose members vote on it (0-11).
    reported_on: Mapped[date | None]
    votes_satisfied: Mapped[int | None]
    votes_basically: Mapped[int | None]
    votes_dissatisfied: Mapped[int | None]

    suggestion: Mapped[Suggestion | None] = relationship()
    suggestion_class: Mapped[SuggestionClass | None] = relationship()
    person: Mapped[Person | None] = relationship()
    body: Mapped[SupervisingBody | None] = relationship()
    group: Mapped[DeputyGroup | None] = relationship()
    visits: Mapped[list[SupervisionVisit]] = relationship(
        back_populates="supervision", order_by="SupervisionVisit.on", cascade="all, delete-orphan"
    )

    @property
    def supervisor(self) -> str:
        """Who it is, by name."""
        one = self.person or self.body or self.group
        return one.name if one is not None else ""

    @property
    def audit_label(self) -> str:
        return f"{self.kind.label} {self.supervisor}"


class SupervisionVisit(Stamped, Versioned, Audited, Base):
    """Supervision on site. It counts as “五到场” only when all five parties were there (0-10)."""

    __tablename__ = "supervision_visit"
    audit_kind = "supervision_visit"

    id: Mapped[Id]
    supervision_id: Mapped[int] = mapped_column(ForeignKey("supervision.id"), index=True)
    on: Mapped[date]
    kind: Mapped[VisitKind] = mapped_column(enum_type(VisitKind))
    place: Mapped[str] = mapped_column(String(100), default="")
    # Who came for each of the five parties; an empty name means the party was not there.
    leader: Mapped[str] = mapped_column(String(100), default="")
    proposers: Mapped[str] = mapped_column(String(200), default="")
    units: Mapped[str] = mapped_column(String(200), default="")
    congress: Mapped[str] = mapped_column(String(200), default="")
    media: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(Text, default="")

    supervision: Mapped[Supervision] = relationship(back_populates="visits")

    @property
    def five_present(self) -> bool:
        """All five parties were on site (0-10)."""
        return all((self.leader, self.proposers, self.units, self.congress, self.media))

    @property
    def audit_area(self) -> str:
        return self.supervision.area_code if self.supervision else ""

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "supervision", self.supervision_id


class Hearing(Stamped, Versioned, Audited, Base):
    """The government's executive meeting hears how suggestions are handled: once a year at least (4-09)."""

    __tablename__ = "hearing"
    audit_kind = "hearing"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType, index=True)
    year: Mapped[int]
    on: Mapped[date]
    body: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(1000), default="")

    @property
    def audit_label(self) -> str:
        return f"{self.on} {self.body}"
