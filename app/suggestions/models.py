"""Tables of deputies' suggestions (代表建议、批评和意见)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, Versioned, enum_type
from app.registry.models import HandlingUnit, Mandate
from app.stations.models import Opinion
from app.suggestions.states import Occasion, ReplyClass, ReplyWay, Satisfaction, SuggestionSource, UnitPart


class Suggestion(Stamped, Versioned, Audited, Base):
    """A suggestion, criticism or opinion of a deputy, and what became of it (代表法 art. 51)."""

    __tablename__ = "suggestion"
    __table_args__ = (
        Index("uq_suggestion_office_number", "office_code", "number", unique=True),
        Index("ix_suggestion_area_on", "area_code", "raised_on"),
        CheckConstraint(
            "replied_on IS NULL OR assigned_on IS NULL OR replied_on >= assigned_on", name="reply_after"
        ),
    )
    audit_kind = "suggestion"

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(CodeType)
    number: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(40), default="")
    lead_mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    raised_on: Mapped[date]
    occasion: Mapped[Occasion] = mapped_column(enum_type(Occasion))
    source: Mapped[SuggestionSource] = mapped_column(
        enum_type(SuggestionSource), default=SuggestionSource.OTHER
    )
    source_opinion_id: Mapped[int | None] = mapped_column(ForeignKey("opinion.id"), index=True)
    assigned_on: Mapped[date | None]
    due_on: Mapped[date | None]
    replied_on: Mapped[date | None]
    reply_class: Mapped[ReplyClass | None] = mapped_column(enum_type(ReplyClass))
    reply_way: Mapped[ReplyWay | None] = mapped_column(enum_type(ReplyWay))
    satisfaction: Mapped[Satisfaction | None] = mapped_column(enum_type(Satisfaction))
    solved: Mapped[bool] = mapped_column(default=False)
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    lead_mandate: Mapped[Mandate] = relationship()
    source_opinion: Mapped[Opinion | None] = relationship()
    cosigners: Mapped[list[Cosigner]] = relationship(
        back_populates="suggestion", cascade="all, delete-orphan"
    )
    units: Mapped[list[SuggestionUnit]] = relationship(
        back_populates="suggestion", cascade="all, delete-orphan"
    )

    @property
    def audit_label(self) -> str:
        return f"{self.number} {self.title}"


class Cosigner(Base):
    """A deputy who signed a colleague's suggestion (附议)."""

    __tablename__ = "cosigner"
    __table_args__ = (Index("uq_cosigner_suggestion_mandate", "suggestion_id", "mandate_id", unique=True),)

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    suggestion: Mapped[Suggestion] = relationship(back_populates="cosigners")
    mandate: Mapped[Mandate] = relationship()


class SuggestionUnit(Base):
    """A unit handling a suggestion: the lead one, or one that helps (3-35)."""

    __tablename__ = "suggestion_unit"
    __table_args__ = (Index("uq_suggestion_unit_suggestion_unit", "suggestion_id", "unit_id", unique=True),)

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("handling_unit.id"), index=True)
    part: Mapped[UnitPart] = mapped_column(enum_type(UnitPart))
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    suggestion: Mapped[Suggestion] = relationship(back_populates="units")
    unit: Mapped[HandlingUnit] = relationship()
