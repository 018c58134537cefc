"""Tables of imports: batches, what they changed, headings mapped by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.exchange.states import BatchState
from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, UtcDateTime, Versioned, enum_type


class ImportBatch(Stamped, Versioned, Audited, Base):
    """Workbooks imported together: all or nothing, and undone as a whole.

    ``mapping``: by sheet, headings chosen by hand (normalised heading → field, "" to leave the column out), and
    under "skip" the sheets left out. ``corrections``: "cells" by sheet, row and field, "answers" by sheet and
    row. ``preview``: what each sheet was recognised as, with its counts. Rows of a preview are kept in a file.
    """

    __tablename__ = "import_batch"
    audit_kind = "import_batch"
    audit_hidden = frozenset({"preview", "corrections", "mapping", "job_id"})

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    state: Mapped[BatchState] = mapped_column(enum_type(BatchState))
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    corrections: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    preview: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(String(500), default="")
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(BigId)

    user: Mapped[User | None] = relationship()

    @property
    def audit_label(self) -> str:
        return "、".join(file["name"] for file in self.files)[:200]


class ImportChange(Base):
    """A row an import changed, as it was before: what undo restores."""

    __tablename__ = "import_change"
    __table_args__ = (Index("ix_import_change_batch", "batch_id"),)

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int] = mapped_column(BigId)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)


class HeadingChoice(Stamped, Base):
    """An unknown heading mapped by hand, remembered for the office."""

    __tablename__ = "heading_choice"
    __table_args__ = (Index("uq_heading_choice", "area_code", "sheet_kind", "heading", unique=True),)

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType)
    sheet_kind: Mapped[str] = mapped_column(String(40))
    heading: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(40))
