"""Tables of what follows: publication, the special fund, excellent suggestions."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, Versioned, enum_type
from app.suggestions.models.suggestions import Suggestion
from app.suggestions.states import ExcellenceKind, PublishedPart


class Publication(Stamped, Versioned, Audited, Base):
    """A part of a suggestion made public: on the system's own page, or elsewhere (0-12)."""

    __tablename__ = "publication"
    __table_args__ = (Index("uq_publication_part_medium", "suggestion_id", "part", "medium", unique=True),)
    audit_kind = "publication"

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    part: Mapped[PublishedPart] = mapped_column(enum_type(PublishedPart))
    on: Mapped[date]
    # Empty for the public page of this system; else the newspaper, station or site.
    medium: Mapped[str] = mapped_column(String(60), default="")
    link: Mapped[str] = mapped_column(String(300), default="")
    # The text that is shown, as somebody looked through it; empty shows none (the title, the figures only).
    redacted: Mapped[str] = mapped_column(Text, default="")
    ended_on: Mapped[date | None]

    suggestion: Mapped[Suggestion] = relationship()

    @property
    def audit_area(self) -> str:
        return self.suggestion.area_code if self.suggestion else ""

    @property
    def audit_label(self) -> str:
        return f"{self.part.label} {self.medium}".strip()

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "suggestion", self.suggestion_id


class SuggestionFund(Stamped, Versioned, Audited, Base):
    """A year's special fund for the handling of suggestions, in fen (1-13)."""

    __tablename__ = "suggestion_fund"
    __table_args__ = (
        Index("uq_suggestion_fund_area_year", "area_code", "year", unique=True),
        CheckConstraint("total_fen >= 0", name="is_not_negative"),
    )
    audit_kind = "suggestion_fund"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType)
    year: Mapped[int]
    total_fen: Mapped[int] = mapped_column(BigId)
    document: Mapped[str] = mapped_column(String(200), default="")

    allocations: Mapped[list[FundAllocation]] = relationship(
        back_populates="fund", order_by="FundAllocation.id"
    )

    @property
    def audit_label(self) -> str:
        return str(self.year)


class FundAllocation(Stamped, Versioned, Audited, Base):
    """Money of the fund for one suggestion; all five criteria must be met (1-13)."""

    __tablename__ = "fund_allocation"
    __table_args__ = (
        Index("uq_fund_allocation_fund_suggestion", "fund_id", "suggestion_id", unique=True),
        CheckConstraint("amount_fen > 0", name="is_an_amount"),
    )
    audit_kind = "fund_allocation"

    id: Mapped[Id]
    fund_id: Mapped[int] = mapped_column(ForeignKey("suggestion_fund.id"))
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigId)
    on: Mapped[date]
    no_project_money: Mapped[bool] = mapped_column(default=False)
    small_sum: Mapped[bool] = mapped_column(default=False)
    hard_to_raise: Mapped[bool] = mapped_column(default=False)
    vital_interest: Mapped[bool] = mapped_column(default=False)
    urgent: Mapped[bool] = mapped_column(default=False)
    purpose: Mapped[str] = mapped_column(String(300), default="")

    fund: Mapped[SuggestionFund] = relationship(back_populates="allocations")
    suggestion: Mapped[Suggestion] = relationship()

    @property
    def audit_area(self) -> str:
        return self.fund.area_code if self.fund else ""

    @property
    def audit_label(self) -> str:
        return self.suggestion.audit_label if self.suggestion else ""

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "suggestion_fund", self.fund_id


class ExcellentSuggestion(Stamped, Audited, Base):
    """A suggestion chosen as well made, well handled or well supervised in a year (2-30, 4-18)."""

    __tablename__ = "excellent_suggestion"
    __table_args__ = (Index("uq_excellent_suggestion", "suggestion_id", "kind", "year", unique=True),)
    audit_kind = "excellent_suggestion"

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    kind: Mapped[ExcellenceKind] = mapped_column(enum_type(ExcellenceKind))
    year: Mapped[int]
    reason: Mapped[str] = mapped_column(String(1000), default="")

    suggestion: Mapped[Suggestion] = relationship()

    @property
    def audit_area(self) -> str:
        return self.suggestion.area_code if self.suggestion else ""

    @property
    def audit_label(self) -> str:
        return self.kind.label

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "suggestion", self.suggestion_id
