"""The duty ledger and the register of facts that have no other source."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, UtcDateTime, Versioned, enum_type
from app.ledger.states import DutyKind, DutyState, EntryOrigin, Part, unit_label
from app.registry.models import Mandate


class DutyRecord(Base):
    """One fact of duty of one mandate (履职台账), posted by what made it true and corrected with it."""

    __tablename__ = "duty_record"
    __table_args__ = (
        Index("uq_duty_record_source", "source_kind", "source_id", "mandate_id", "kind", unique=True),
        Index("ix_duty_record_mandate_on", "mandate_id", "happened_on"),
        Index("ix_duty_record_on", "happened_on", "id"),
        Index("ix_duty_record_kind_on", "kind", "happened_on", "id"),
        Index("ix_duty_record_state_on", "state", "happened_on"),
    )

    id: Mapped[Id]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    kind: Mapped[DutyKind] = mapped_column(enum_type(DutyKind))
    happened_on: Mapped[date]
    quantity: Mapped[int] = mapped_column(default=1)
    part: Mapped[Part] = mapped_column(enum_type(Part))
    source_kind: Mapped[str] = mapped_column(String(30))
    source_id: Mapped[int] = mapped_column(BigId)
    state: Mapped[DutyState] = mapped_column(enum_type(DutyState))
    recorded_by: Mapped[int | None] = mapped_column(BigId)

    mandate: Mapped[Mandate] = relationship()


class DutyEntry(Stamped, Versioned, Audited, Base):
    """A fact recorded directly: a visit to voters, a problem settled, a deed, or anything self-reported."""

    __tablename__ = "duty_entry"
    __table_args__ = (
        Index("ix_duty_entry_mandate_on", "mandate_id", "happened_on"),
        Index("ix_duty_entry_scope_on", "scope_code", "happened_on"),
        Index("ix_duty_entry_state", "state", "scope_code"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    audit_kind = "duty_entry"

    id: Mapped[Id]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    scope_code: Mapped[str] = mapped_column(CodeType)
    kind: Mapped[DutyKind] = mapped_column(enum_type(DutyKind))
    happened_on: Mapped[date]
    quantity: Mapped[int] = mapped_column(default=1)
    unit: Mapped[str] = mapped_column(String(10), default="次")
    place: Mapped[str] = mapped_column(String(100), default="")
    description: Mapped[str] = mapped_column(String(2000), default="")
    persons_helped: Mapped[int | None]
    money_fen: Mapped[int | None] = mapped_column(BigId)
    origin: Mapped[EntryOrigin] = mapped_column(enum_type(EntryOrigin))
    state: Mapped[DutyState] = mapped_column(enum_type(DutyState), default=DutyState.CONFIRMED)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    return_reason: Mapped[str] = mapped_column(String(500), default="")
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    mandate: Mapped[Mandate] = relationship()
    recorder: Mapped[User | None] = relationship(foreign_keys=recorded_by)
    reviewer: Mapped[User | None] = relationship(foreign_keys=reviewed_by)

    @property
    def audit_label(self) -> str:
        return f"{self.kind.label} {self.happened_on}"

    @property
    def unit_label(self) -> str:
        """Its unit behind a number, in the reader's language."""
        return unit_label(self.unit)
