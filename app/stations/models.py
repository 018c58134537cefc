"""Tables of liaison stations, reception days and opinions."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, Versioned, enum_type
from app.registry.models import Area, Mandate
from app.stations.states import OpinionChannel, OpinionRoute, StationKind


class Station(Stamped, Versioned, Audited, Base):
    """A deputy liaison station (代表联络站, 地方组织法 art. 60)."""

    __tablename__ = "station"
    __table_args__ = (Index("uq_station_office_name", "office_code", "name", unique=True),)
    audit_kind = "station"

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[StationKind] = mapped_column(enum_type(StationKind), default=StationKind.TOWNSHIP)
    model: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(String(200), default="")
    opening: Mapped[str] = mapped_column(String(200), default="")
    head_name: Mapped[str] = mapped_column(String(30), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    closed_on: Mapped[date | None]
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    area: Mapped[Area] = relationship()
    assignments: Mapped[list[StationAssignment]] = relationship(back_populates="station")


class StationAssignment(Stamped, Audited, Base):
    """A mandate assigned to a station from a day to a day (2-31: all of them)."""

    __tablename__ = "station_assignment"
    __table_args__ = (
        Index(
            "uq_station_assignment_station_mandate_began", "station_id", "mandate_id", "began_on", unique=True
        ),
        CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="ends_after_begin"),
    )
    audit_kind = "station_assignment"

    id: Mapped[Id]
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    began_on: Mapped[date]
    ended_on: Mapped[date | None]
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    station: Mapped[Station] = relationship(back_populates="assignments")
    mandate: Mapped[Mandate] = relationship()

    @property
    def audit_area(self) -> str:
        return self.station.area_code if self.station else ""

    @property
    def audit_label(self) -> str:
        return self.mandate.audit_label if self.mandate else ""

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "station", self.station_id


class Reception(Stamped, Versioned, Audited, Base):
    """A day on which deputies received the public at a station (3-06)."""

    __tablename__ = "reception"
    __table_args__ = (
        Index("uq_reception_office_number", "office_code", "number", unique=True),
        Index("ix_reception_station_on", "station_id", "held_on"),
        Index("ix_reception_area_on", "area_code", "held_on"),
        CheckConstraint("people_received >= 0", name="people_not_negative"),
    )
    audit_kind = "reception"

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(CodeType)
    number: Mapped[str] = mapped_column(String(40))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    held_on: Mapped[date]
    people_received: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(500), default="")
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    station: Mapped[Station] = relationship()
    deputies: Mapped[list[ReceptionDeputy]] = relationship(
        back_populates="reception", cascade="all, delete-orphan"
    )
    opinions: Mapped[list[Opinion]] = relationship(back_populates="reception")

    @property
    def audit_label(self) -> str:
        return self.number


class ReceptionDeputy(Base):
    """A deputy who received the public on that day."""

    __tablename__ = "reception_deputy"
    __table_args__ = (
        Index("uq_reception_deputy_reception_mandate", "reception_id", "mandate_id", unique=True),
    )

    id: Mapped[Id]
    reception_id: Mapped[int] = mapped_column(ForeignKey("reception.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    reception: Mapped[Reception] = relationship(back_populates="deputies")
    mandate: Mapped[Mandate] = relationship()


class Opinion(Stamped, Versioned, Audited, Base):
    """What a citizen said, in their own words, and where it went (群众意见, 0-15)."""

    __tablename__ = "opinion"
    __table_args__ = (
        Index("uq_opinion_office_number", "office_code", "number", unique=True),
        Index("ix_opinion_area_on", "area_code", "received_on"),
        CheckConstraint("closed_on IS NULL OR closed_on >= received_on", name="closes_after_receipt"),
    )
    audit_kind = "opinion"
    audit_hidden = frozenset({"citizen_name", "citizen_phone"})

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(CodeType)
    number: Mapped[str] = mapped_column(String(40))
    reception_id: Mapped[int | None] = mapped_column(ForeignKey("reception.id"), index=True)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"), index=True)
    channel: Mapped[OpinionChannel] = mapped_column(
        enum_type(OpinionChannel), default=OpinionChannel.RECEPTION
    )
    received_on: Mapped[date]
    citizen_name: Mapped[str] = mapped_column(String(30), default="")
    citizen_phone: Mapped[str] = mapped_column(String(20), default="")
    anonymous: Mapped[bool] = mapped_column(default=False)
    topic: Mapped[str] = mapped_column(String(40), default="")
    content: Mapped[str] = mapped_column(Text)
    route: Mapped[OpinionRoute | None] = mapped_column(enum_type(OpinionRoute))
    solved: Mapped[bool] = mapped_column(default=False)
    closed_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(String(1000), default="")
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    reception: Mapped[Reception | None] = relationship(back_populates="opinions")
    station: Mapped[Station | None] = relationship()

    @property
    def audit_label(self) -> str:
        return self.number
