"""Working days: the State Council's holidays, with an office's own table over them.

Years nobody has announced yet count weekends only; :func:`known` says so.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.audit import Audited
from app.kit.database import Base, Id, Stamped, enum_type
from app.kit.i18n import _l
from app.kit.states import LabelledEnum


class DayKind(LabelledEnum):
    """What a special day is."""

    HOLIDAY = "holiday", _l("放假")
    WORKING = "working", _l("调休上班")


class SpecialDay(Stamped, Audited, Base):
    """A day that is not what its weekday says: a holiday, or a weekend that is worked (调休)."""

    __tablename__ = "special_day"
    __table_args__ = (Index("uq_special_day_day", "day", unique=True),)
    audit_kind = "special_day"

    id: Mapped[Id]
    day: Mapped[date]
    kind: Mapped[DayKind] = mapped_column(enum_type(DayKind))
    name: Mapped[str] = mapped_column(String(40), default="")

    @property
    def audit_area(self) -> str:
        return ""

    @property
    def audit_label(self) -> str:
        return f"{self.day} {self.kind.label}"
