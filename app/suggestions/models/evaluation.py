"""Tables of the quantified evaluation of handling units (4-12 … 4-17)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kit import clock
from app.kit.audit import Audited
from app.kit.database import Base, CodeType, Id, Stamped, UtcDateTime, Versioned, enum_type
from app.registry.models import HandlingUnit
from app.suggestions.states import EvaluationState, RaterGroup, Satisfaction


class Evaluation(Stamped, Versioned, Audited, Base):
    """A year's evaluation of the units that led the handling of suggestions.

    ``scheme`` is the rule file as it stood when the evaluation was opened: later changes do not move its points.
    """

    __tablename__ = "evaluation"
    __table_args__ = (Index("ix_evaluation_area_year", "area_code", "year"),)
    audit_kind = "evaluation"
    audit_hidden = frozenset({"subjects"})

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(CodeType)
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[EvaluationState] = mapped_column(enum_type(EvaluationState), default=EvaluationState.OPEN)
    scheme_name: Mapped[str] = mapped_column(String(60))
    scheme: Mapped[dict[str, Any]] = mapped_column(JSON)
    # What was judged, as it stood at the close: units with their suggestions. None while it is open.
    subjects: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    opened_on: Mapped[date]
    closes_on: Mapped[date | None]
    published_on: Mapped[date | None]

    @property
    def audit_label(self) -> str:
        return self.title


class Ballot(Base):
    """One rater's word on one unit (and suggestion) under one item of the scheme; changed until the close."""

    __tablename__ = "ballot"
    __table_args__ = (
        # Somebody may judge the same suggestion twice: as its proposer, and for the group that supervised it.
        Index(
            "uq_ballot_word",
            "evaluation_id",
            "user_id",
            "rater",
            "item",
            "unit_id",
            "suggestion_id",
            unique=True,
        ),
        Index("ix_ballot_evaluation_unit", "evaluation_id", "unit_id"),
    )

    id: Mapped[Id]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    rater: Mapped[RaterGroup] = mapped_column(enum_type(RaterGroup))
    item: Mapped[str] = mapped_column(String(40), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("handling_unit.id"), index=True)
    # 0 where the word is on the unit as a whole.
    suggestion_id: Mapped[int] = mapped_column(default=0)
    word: Mapped[Satisfaction | None] = mapped_column(enum_type(Satisfaction))
    # For items that are marked with points: hundredths of a point.
    marks: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    evaluation: Mapped[Evaluation] = relationship()
    unit: Mapped[HandlingUnit] = relationship()
    user: Mapped[User] = relationship()


class CountedSheet(Stamped, Versioned, Audited, Base):
    """Paper ballots of one group of raters on one unit, counted (测评统计表)."""

    __tablename__ = "counted_sheet"
    __table_args__ = (
        Index("uq_counted_sheet", "evaluation_id", "rater", "item", "unit_id", "suggestion_id", unique=True),
        CheckConstraint(
            "satisfied >= 0 AND basically >= 0 AND dissatisfied >= 0", name="counts_are_not_negative"
        ),
    )
    audit_kind = "counted_sheet"

    id: Mapped[Id]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    rater: Mapped[RaterGroup] = mapped_column(enum_type(RaterGroup))
    item: Mapped[str] = mapped_column(String(40), default="")
    unit_id: Mapped[int] = mapped_column(ForeignKey("handling_unit.id"), index=True)
    suggestion_id: Mapped[int] = mapped_column(default=0)
    satisfied: Mapped[int] = mapped_column(default=0)
    basically: Mapped[int] = mapped_column(default=0)
    dissatisfied: Mapped[int] = mapped_column(default=0)
    # For items that are marked with points: how many marked, and the sum in hundredths of a point.
    marked: Mapped[int] = mapped_column(default=0)
    marks: Mapped[int] = mapped_column(default=0)

    evaluation: Mapped[Evaluation] = relationship()
    unit: Mapped[HandlingUnit] = relationship()

    @property
    def audit_area(self) -> str:
        return self.evaluation.area_code if self.evaluation else ""

    @property
    def audit_label(self) -> str:
        return f"{self.rater.label} {self.unit.name if self.unit else ''}".strip()

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "evaluation", self.evaluation_id
