"""Tables of deputies' suggestions (代表建议、批评和意见)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit import clock
from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, UtcDateTime, Versioned, enum_type
from app.kit.i18n import _
from app.registry.models import Delegation, HandlingUnit, Mandate
from app.stations.models import Opinion
from app.suggestions.states import (
    CosignState,
    HandlingState,
    Inadmissible,
    Occasion,
    PublicChoice,
    ReplyClass,
    ReplyWay,
    Satisfaction,
    Step,
    SuggestionSource,
    SuggestionState,
    UnitPart,
)


class Suggestion(Stamped, Versioned, Audited, Base):
    """A suggestion, criticism or opinion of a deputy, and what became of it (代表法 art. 51)."""

    __tablename__ = "suggestion"
    __table_args__ = (
        Index("uq_suggestion_office_number", "office_code", "number", unique=True),
        # By the day first: a list is read from its newest end, and an area's rows are never far from there.
        Index("ix_suggestion_on_area", "raised_on", "area_code"),
        Index("ix_suggestion_state_on", "state", "raised_on"),
        Index("uq_suggestion_draft_key", "draft_key", unique=True),
        CheckConstraint(
            "replied_on IS NULL OR assigned_on IS NULL OR replied_on >= assigned_on", name="reply_after"
        ),
    )
    audit_kind = "suggestion"

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(CodeType)
    state: Mapped[SuggestionState] = mapped_column(
        enum_type(SuggestionState), default=SuggestionState.ACCEPTED
    )
    # Given when it is accepted: a draft has none.
    number: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    # Facts and problems (情况与问题); what is proposed stands beside it.
    body: Mapped[str] = mapped_column(Text, default="")
    proposals: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(40), default="")
    lead_mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    raised_on: Mapped[date]
    occasion: Mapped[Occasion] = mapped_column(enum_type(Occasion))
    source: Mapped[SuggestionSource] = mapped_column(
        enum_type(SuggestionSource), default=SuggestionSource.OTHER
    )
    source_note: Mapped[str] = mapped_column(String(200), default="")
    source_opinion_id: Mapped[int | None] = mapped_column(ForeignKey("opinion.id"), index=True)
    # What the proposer wishes (forms.md 4.6).
    public_choice: Mapped[PublicChoice] = mapped_column(enum_type(PublicChoice), default=PublicChoice.FULL)
    wants_talk: Mapped[bool] = mapped_column(default=False)
    reference_only: Mapped[bool] = mapped_column(default=False)
    open_to_cosigners: Mapped[bool] = mapped_column(default=False)
    proposed_units: Mapped[str] = mapped_column(String(200), default="")
    # In session a delegation may propose; its leader signs as the leading proposer (law.md 1.5).
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"), index=True)
    # Names one draft on one device: sent twice over a poor connection, it is one suggestion.
    draft_key: Mapped[str | None] = mapped_column(String(64))
    submitted_on: Mapped[date | None]
    session_ordinal: Mapped[int | None]
    inadmissible: Mapped[Inadmissible | None] = mapped_column(enum_type(Inadmissible))
    class_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion_class.id"), index=True)
    # The special committee of its field (4-26).
    committee: Mapped[str] = mapped_column(String(60), default="")
    # State and commercial secrets, privacy: never on a public page.
    confidential: Mapped[bool] = mapped_column(default=False)
    # How often the units have handled it: 1, and one more after each dissatisfied slip.
    round: Mapped[int] = mapped_column(default=1)
    assigned_on: Mapped[date | None]
    due_on: Mapped[date | None]
    replied_on: Mapped[date | None]
    reply_class: Mapped[ReplyClass | None] = mapped_column(enum_type(ReplyClass))
    reply_way: Mapped[ReplyWay | None] = mapped_column(enum_type(ReplyWay))
    satisfaction: Mapped[Satisfaction | None] = mapped_column(enum_type(Satisfaction))
    solved: Mapped[bool] = mapped_column(default=False)
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    lead_mandate: Mapped[Mandate] = relationship()
    delegation: Mapped[Delegation | None] = relationship()
    suggestion_class: Mapped[SuggestionClass | None] = relationship(back_populates="suggestions")
    source_opinion: Mapped[Opinion | None] = relationship()
    cosigners: Mapped[list[Cosigner]] = relationship(
        back_populates="suggestion", cascade="all, delete-orphan", order_by="Cosigner.id"
    )
    units: Mapped[list[SuggestionUnit]] = relationship(
        back_populates="suggestion", cascade="all, delete-orphan", order_by="SuggestionUnit.id"
    )

    @property
    def problem_solved(self) -> bool:
        """Marked solved by whoever proposed it, or by the register; or the reply says solved (class A)."""
        return self.solved or self.reply_class is ReplyClass.A

    @property
    def shown_number(self) -> str:
        """Its number, or a word for having none yet."""
        return self.number or _("未编号")

    @property
    def audit_label(self) -> str:
        return f"{self.number or ''} {self.title}".strip()


class Cosigner(Base):
    """A deputy who signed a colleague's suggestion (附议)."""

    __tablename__ = "cosigner"
    __table_args__ = (Index("uq_cosigner_suggestion_mandate", "suggestion_id", "mandate_id", unique=True),)

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    state: Mapped[CosignState] = mapped_column(enum_type(CosignState), default=CosignState.CONFIRMED)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    suggestion: Mapped[Suggestion] = relationship(back_populates="cosigners")
    mandate: Mapped[Mandate] = relationship()


class SuggestionUnit(Stamped, Versioned, Audited, Base):
    """A suggestion in the hands of a unit: the lead one, or one that helps (3-35)."""

    __tablename__ = "suggestion_unit"
    __table_args__ = (
        Index("uq_suggestion_unit_suggestion_unit", "suggestion_id", "unit_id", unique=True),
        Index("ix_suggestion_unit_unit_state", "unit_id", "state"),
    )
    audit_kind = "suggestion_unit"

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("handling_unit.id"))
    part: Mapped[UnitPart] = mapped_column(enum_type(UnitPart))
    state: Mapped[HandlingState] = mapped_column(enum_type(HandlingState), default=HandlingState.PRE_ASSIGNED)
    pre_assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_on: Mapped[date | None]
    signed_on: Mapped[date | None]
    # Who in the unit handles it (4-22).
    handler: Mapped[str] = mapped_column(String(60), default="")
    handler_phone: Mapped[str] = mapped_column(String(20), default="")
    # What this unit is asked to handle where a suggestion is split between several.
    task: Mapped[str] = mapped_column(String(500), default="")
    first_contact_on: Mapped[date | None]
    # The opinion of a unit that helps; the lead unit's answer is its reply letter.
    opinion: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    suggestion: Mapped[Suggestion] = relationship(back_populates="units")
    unit: Mapped[HandlingUnit] = relationship()

    @property
    def audit_area(self) -> str:
        return self.suggestion.area_code if self.suggestion else ""

    @property
    def audit_label(self) -> str:
        return self.unit.name if self.unit else ""

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "suggestion", self.suggestion_id


class SuggestionStep(Base):
    """One thing done with a suggestion: by whom, when, what was said. Written once, never changed.

    ``before`` and ``after`` are states of the suggestion, or of the unit's part where ``suggestion_unit_id`` is
    set; equal where nothing moved.
    """

    __tablename__ = "suggestion_step"
    __table_args__ = (Index("ix_suggestion_step_suggestion", "suggestion_id", "id"),)

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    suggestion_unit_id: Mapped[int | None] = mapped_column(ForeignKey("suggestion_unit.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("handling_unit.id"), index=True)
    step: Mapped[Step] = mapped_column(enum_type(Step))
    before: Mapped[str] = mapped_column(String(20), default="")
    after: Mapped[str] = mapped_column(String(20), default="")
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    by_user_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")

    suggestion: Mapped[Suggestion] = relationship()
    unit: Mapped[HandlingUnit | None] = relationship()


class SuggestionClass(Stamped, Versioned, Audited, Base):
    """Similar suggestions handled together, each proposer answered (由“件”改“类”, 4-24)."""

    __tablename__ = "suggestion_class"
    __table_args__ = (Index("uq_suggestion_class_office_number", "office_code", "number", unique=True),)
    audit_kind = "suggestion_class"

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(CodeType, index=True)
    number: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    plan: Mapped[str] = mapped_column(Text, default="")
    formed_on: Mapped[date]
    dissolved_on: Mapped[date | None]

    suggestions: Mapped[list[Suggestion]] = relationship(
        back_populates="suggestion_class", order_by="Suggestion.id"
    )

    @property
    def audit_label(self) -> str:
        return f"{self.number} {self.title}"
