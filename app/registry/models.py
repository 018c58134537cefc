"""Tables of the registry. A person may hold mandates at several levels; facts attach to mandates (3-49)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, Versioned, enum_type
from app.registry.states import (
    LEVEL_OF_CODE_LENGTH,
    AreaKind,
    ElectedHow,
    EndReason,
    Level,
    PostKind,
    Sex,
    SuspensionReason,
)


class Area(Stamped, Audited, Base):
    """An administrative area; codes nest by prefix (43 → 4306 → 430623 → 430623120), GB/T 2260."""

    __tablename__ = "area"
    audit_kind = "area"

    code: Mapped[str] = mapped_column(CodeType, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[AreaKind] = mapped_column(enum_type(AreaKind))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    @property
    def level(self) -> Level:
        """Level of the congress of this area."""
        return LEVEL_OF_CODE_LENGTH[len(self.code)]

    @property
    def audit_area(self) -> str:
        return self.code

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "area", int(self.code or 0)


class RuleSet(Stamped, Versioned, Audited, Base):
    """Rules as data: one topic's settings for an area from a day on, with the document they come from."""

    __tablename__ = "rule_set"
    __table_args__ = (Index("uq_rule_set_area_topic_from", "area_code", "topic", "valid_from", unique=True),)
    audit_kind = "rule_set"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    topic: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    document: Mapped[str] = mapped_column(String(200), default="")


class Term(Stamped, Versioned, Audited, Base):
    """A term of office of one congress (届): it ends with the next one's first session, an event."""

    __tablename__ = "term"
    __table_args__ = (
        Index("uq_term_area_level_ordinal", "area_code", "level", "ordinal", unique=True),
        CheckConstraint("ended_on IS NULL OR ended_on > started_on", name="ends_after_start"),
    )
    audit_kind = "term"

    id: Mapped[Id]
    level: Mapped[Level] = mapped_column(enum_type(Level))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    name: Mapped[str] = mapped_column(String(80))
    ordinal: Mapped[int]
    first_year: Mapped[int | None]
    started_on: Mapped[date | None]
    first_session_on: Mapped[date | None]
    ended_on: Mapped[date | None]


class ElectingUnit(Stamped, Audited, Base):
    """A congress that elects deputies of the level above it (选举单位)."""

    __tablename__ = "electing_unit"
    __table_args__ = (Index("uq_electing_unit_area_name", "area_code", "name", unique=True),)
    audit_kind = "electing_unit"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    name: Mapped[str] = mapped_column(String(80))
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)


class ElectoralDistrict(Stamped, Audited, Base):
    """A district whose voters elect county or township deputies directly (选区)."""

    __tablename__ = "electoral_district"
    __table_args__ = (
        Index("uq_electoral_district_area_level_name", "area_code", "level", "name", unique=True),
    )
    audit_kind = "electoral_district"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    level: Mapped[Level] = mapped_column(enum_type(Level))
    name: Mapped[str] = mapped_column(String(80))
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)


class Delegation(Stamped, Audited, Base):
    """Deputies of one electing unit or area during a session (代表团, Law on Deputies art. 14)."""

    __tablename__ = "delegation"
    __table_args__ = (Index("uq_delegation_area_name", "area_code", "name", unique=True),)
    audit_kind = "delegation"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    name: Mapped[str] = mapped_column(String(80))
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)


class Person(Stamped, Versioned, Audited, Base):
    """A person who holds or held a mandate. Kept by the office named in ``area_code``."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_name", "name"),
        Index("ix_person_given_name", "given_name"),
        Index("ix_person_pinyin", "pinyin"),
        Index("ix_person_initials", "initials"),
        Index("ix_person_phone", "phone"),
    )
    audit_kind = "person"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType, index=True)
    name: Mapped[str] = mapped_column(String(30))
    given_name: Mapped[str] = mapped_column(String(30), default="")
    pinyin: Mapped[str] = mapped_column(String(200), default="")
    initials: Mapped[str] = mapped_column(String(40), default="")
    sex: Mapped[Sex | None] = mapped_column(enum_type(Sex))
    nation: Mapped[str | None] = mapped_column(String(20))
    born: Mapped[str | None] = mapped_column(String(10))  # YYYY, YYYY-MM or YYYY-MM-DD as known
    party: Mapped[str | None] = mapped_column(String(30))
    education: Mapped[str | None] = mapped_column(String(20))
    degree: Mapped[str | None] = mapped_column(String(20))
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(120))
    work_unit_post: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(200))
    has_fixed_income: Mapped[bool | None]
    # What the public page of a station may show besides name and level (2-31; they agreed to it).
    shown_publicly: Mapped[list[str]] = mapped_column(JSON, default=list)
    note: Mapped[str | None] = mapped_column(String(500))
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    mandates: Mapped[list[Mandate]] = relationship(
        back_populates="person", order_by="Mandate.began_on.desc()"
    )


class Mandate(Stamped, Versioned, Audited, Base):
    """A deputy's mandate in one term of one congress (代表职务).

    ``area_code`` is the area of its electing unit or district: there it counts. ``scope_code`` is the
    area under which an office sees it: the same, or the keeping office's own area for deputies elected
    above it (a provincial deputy living in the county). ``office_code`` is the keeping office.
    In office on day D: began ≤ D, not ended or ended after D, not suspended on D.
    """

    __tablename__ = "mandate"
    __table_args__ = (
        Index("uq_mandate_office_card", "office_code", "card_no", unique=True),
        Index("ix_mandate_card", "card_no"),
        # Coverage reads an area's mandates from this index alone, already in the order it counts them in.
        Index(
            "ix_mandate_area_level",
            "area_code",
            "level",
            "term_id",
            "re_elected",
            "office_holder",
            "began_on",
            "ended_on",
        ),
        # The roster's own order, for any area; with the level, which is asked for most.
        Index("ix_mandate_scope", "scope_code", "id", "level"),
        CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="ends_after_begin"),
    )
    audit_kind = "mandate"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    scope_code: Mapped[str] = mapped_column(CodeType)
    card_no: Mapped[str | None] = mapped_column(String(30))
    level: Mapped[Level] = mapped_column(enum_type(Level))
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), index=True)
    electing_unit_id: Mapped[int | None] = mapped_column(ForeignKey("electing_unit.id"), index=True)
    electoral_district_id: Mapped[int | None] = mapped_column(ForeignKey("electoral_district.id"), index=True)
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"), index=True)
    elected_how: Mapped[ElectedHow] = mapped_column(enum_type(ElectedHow), default=ElectedHow.GENERAL)
    re_elected: Mapped[bool] = mapped_column(default=False)
    office_holder: Mapped[bool] = mapped_column(default=False)
    leader: Mapped[bool] = mapped_column(default=False)
    began_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[EndReason | None] = mapped_column(enum_type(EndReason))
    end_note: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(500))
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    person: Mapped[Person] = relationship(back_populates="mandates")
    term: Mapped[Term] = relationship()
    area: Mapped[Area] = relationship()
    electing_unit: Mapped[ElectingUnit | None] = relationship()
    electoral_district: Mapped[ElectoralDistrict | None] = relationship()
    delegation: Mapped[Delegation | None] = relationship()
    suspensions: Mapped[list[Suspension]] = relationship(
        back_populates="mandate", order_by="Suspension.began_on"
    )

    @property
    def audit_label(self) -> str:
        return f"{self.person.name} {self.card_no or ''}".strip() if self.person else ""

    @property
    def elected_by(self) -> str:
        """Name of the district or unit that elected this deputy."""
        body = self.electoral_district or self.electing_unit
        return body.name if body else ""


class Suspension(Stamped, Audited, Base):
    """A deputy suspended from performing duties from a day to a day (Law on Deputies art. 61)."""

    __tablename__ = "suspension"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on > began_on", name="ends_after_begin"),)
    audit_kind = "suspension"

    id: Mapped[Id]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    reason: Mapped[SuspensionReason] = mapped_column(enum_type(SuspensionReason))
    began_on: Mapped[date]
    ended_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")

    mandate: Mapped[Mandate] = relationship(back_populates="suspensions")

    @property
    def audit_area(self) -> str:
        return self.mandate.scope_code

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "mandate", self.mandate_id


class Post(Stamped, Versioned, Audited, Base):
    """A post somebody holds from a day to a day: chairpersons'-meeting member, township chairman … (1-15)."""

    __tablename__ = "post"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="ends_after_begin"),)
    audit_kind = "post"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[PostKind] = mapped_column(enum_type(PostKind))
    title: Mapped[str] = mapped_column(String(80), default="")
    began_on: Mapped[date]
    ended_on: Mapped[date | None]

    person: Mapped[Person] = relationship()

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "person", self.person_id


class HandlingUnit(Stamped, Versioned, Audited, Base):
    """An organisation that handles suggestions and opinions (承办单位): a department, a township government."""

    __tablename__ = "handling_unit"
    __table_args__ = (Index("uq_handling_unit_area_name", "area_code", "name", unique=True),)
    audit_kind = "handling_unit"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    name: Mapped[str] = mapped_column(String(80))
    closed_on: Mapped[date | None]
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)
