"""Table of reports on duty."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.duty_reports.states import Addressee, ReportMode
from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, Versioned, enum_type
from app.registry.models import Mandate


class DutyReport(Stamped, Versioned, Audited, Base):
    """A deputy reported on duty to those who elected them (代表法 art. 58, 2-02)."""

    __tablename__ = "duty_report"
    __table_args__ = (
        Index("uq_duty_report_mandate_on", "mandate_id", "reported_on", unique=True),
        # Whether a deputy reported, and at a meeting, is answered from this index alone.
        Index("ix_duty_report_mandate_on_mode", "mandate_id", "reported_on", "mode"),
        Index("ix_duty_report_scope_on", "scope_code", "reported_on"),
        CheckConstraint(
            "satisfied >= 0 AND basically_satisfied >= 0 AND dissatisfied >= 0", name="ballots_not_negative"
        ),
    )
    audit_kind = "duty_report"

    id: Mapped[Id]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    scope_code: Mapped[str] = mapped_column(CodeType)
    reported_on: Mapped[date]
    mode: Mapped[ReportMode] = mapped_column(enum_type(ReportMode))
    mode_reason: Mapped[str] = mapped_column(String(200), default="")
    addressee: Mapped[Addressee] = mapped_column(enum_type(Addressee))
    meeting: Mapped[str] = mapped_column(String(120), default="")
    voters_present: Mapped[int | None]
    satisfied: Mapped[int | None]
    basically_satisfied: Mapped[int | None]
    dissatisfied: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    mandate: Mapped[Mandate] = relationship()

    @property
    def audit_label(self) -> str:
        return f"{self.mandate.audit_label if self.mandate else ''} {self.reported_on}"
