"""Tables of notices and their sending."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kit import clock
from app.kit.database import Base, CodeType, Id, UtcDateTime, enum_type
from app.notices.states import Channel, DeliveryState, NoticeKind
from app.registry.models import Person


class Notice(Base):
    """Something one person is told once: ``key`` names the occasion and the person, and is never used again."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("uq_notice_key", "key", unique=True),
        Index("ix_notice_person_at", "person_id", "at"),
        Index("ix_notice_user_at", "user_id", "at"),
        Index("ix_notice_area_at", "area_code", "at"),
        CheckConstraint("person_id IS NOT NULL OR user_id IS NOT NULL", name="somebody"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(160))
    kind: Mapped[NoticeKind] = mapped_column(enum_type(NoticeKind))
    area_code: Mapped[str] = mapped_column(CodeType)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person | None] = relationship()
    user: Mapped[User | None] = relationship()
    deliveries: Mapped[list[NoticeDelivery]] = relationship(
        back_populates="notice", order_by="NoticeDelivery.id"
    )


class NoticeDelivery(Base):
    """The sending of a notice by one channel: to which address, when, and how it ended."""

    __tablename__ = "notice_delivery"
    __table_args__ = (
        Index("uq_notice_delivery_notice_channel", "notice_id", "channel", unique=True),
        Index("ix_notice_delivery_state", "state"),
    )

    id: Mapped[Id]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    channel: Mapped[Channel] = mapped_column(enum_type(Channel))
    address: Mapped[str] = mapped_column(String(120))
    state: Mapped[DeliveryState] = mapped_column(enum_type(DeliveryState), default=DeliveryState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    notice: Mapped[Notice] = relationship(back_populates="deliveries")
