"""Tables of liaison stations, reception days and opinions."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kit import clock
from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, UtcDateTime, Versioned, enum_type
from app.registry.models import Area, HandlingUnit, Mandate, Person
from app.stations.states import (
    CalendarState,
    CitizenWord,
    DutyStanding,
    NotAccepted,
    OpinionAction,
    OpinionChannel,
    OpinionOutcome,
    OpinionRoute,
    OpinionState,
    PartnerKind,
    ReceptionKind,
    ReceptionState,
    RequestKind,
    RequestState,
    StationKind,
    StationRole,
    TransferState,
    WishKind,
)


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
    scope_note: Mapped[str] = mapped_column(String(500), default="")
    rules_note: Mapped[str] = mapped_column(Text, default="")
    # The address of the public page: no page while it is empty.
    public_code: Mapped[str | None] = mapped_column(String(24), unique=True)
    closed_on: Mapped[date | None]
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    area: Mapped[Area] = relationship()
    assignments: Mapped[list[StationAssignment]] = relationship(
        back_populates="station", order_by="StationAssignment.id"
    )
    staff: Mapped[list[StationPost]] = relationship(back_populates="station", order_by="StationPost.id")


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


class StationPost(Stamped, Audited, Base):
    """A post at a station from a day to a day: head, vice-head, liaison officer (law.md 1.9)."""

    __tablename__ = "station_post"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="ends_after_begin"),)
    audit_kind = "station_post"

    id: Mapped[Id]
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    holder_name: Mapped[str] = mapped_column(String(30), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    role: Mapped[StationRole] = mapped_column(enum_type(StationRole))
    began_on: Mapped[date]
    ended_on: Mapped[date | None]

    station: Mapped[Station] = relationship(back_populates="staff")
    person: Mapped[Person | None] = relationship()

    @property
    def holder(self) -> str:
        """Name of who holds the post: somebody of the registry, or staff known by name only."""
        return self.person.name if self.person else self.holder_name

    @property
    def audit_area(self) -> str:
        return self.station.area_code if self.station else ""

    @property
    def audit_label(self) -> str:
        return f"{self.role.label} {self.holder}".strip()

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "station", self.station_id


class Partner(Stamped, Audited, Base):
    """Somebody who works beside a deputy: “人大代表+N” (2-24)."""

    __tablename__ = "partner"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name="ends_after_begin"),)
    audit_kind = "partner"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType, index=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    name: Mapped[str] = mapped_column(String(30))
    kind: Mapped[PartnerKind] = mapped_column(enum_type(PartnerKind))
    note: Mapped[str] = mapped_column(String(200), default="")
    began_on: Mapped[date]
    ended_on: Mapped[date | None]

    mandate: Mapped[Mandate] = relationship()

    @property
    def audit_label(self) -> str:
        return f"{self.name} {self.kind.label}"

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "mandate", self.mandate_id


class ReceptionCalendar(Stamped, Versioned, Audited, Base):
    """A year's reception days of some stations, made by rules, and published at the year's start (3-06, 3-10).

    ``rules`` says on which days and how many deputies each; ``notes`` what the last computation could not keep.
    """

    __tablename__ = "reception_calendar"
    __table_args__ = (
        Index("uq_reception_calendar_area_year_name", "area_code", "year", "name", unique=True),
    )
    audit_kind = "reception_calendar"

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    year: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[ReceptionKind] = mapped_column(enum_type(ReceptionKind), default=ReceptionKind.PUBLIC)
    state: Mapped[CalendarState] = mapped_column(enum_type(CalendarState), default=CalendarState.DRAFT)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(BigId)

    receptions: Mapped[list[Reception]] = relationship(back_populates="calendar", order_by="Reception.id")

    @property
    def audit_label(self) -> str:
        return self.name


class CalendarFeed(Base):
    """A secret address under which a deputy's, or a station's, reception days can be subscribed to (.ics)."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index("uq_calendar_feed_token", "token", unique=True),
        Index("uq_calendar_feed_person", "person_id", unique=True),
        Index("uq_calendar_feed_station", "station_id", unique=True),
        CheckConstraint("(person_id IS NULL) <> (station_id IS NULL)", name="one_subject"),
    )

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    person: Mapped[Person | None] = relationship()
    station: Mapped[Station | None] = relationship()


class ReceptionWish(Stamped, Audited, Base):
    """A deputy cannot come, or would like to, from a day to a day, or on a weekday, before the rota is made."""

    __tablename__ = "reception_wish"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="until_after_from"),
        CheckConstraint("weekday IS NULL OR weekday BETWEEN 1 AND 7", name="weekday"),
    )
    audit_kind = "reception_wish"

    id: Mapped[Id]
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    kind: Mapped[WishKind] = mapped_column(enum_type(WishKind))
    from_on: Mapped[date]
    until_on: Mapped[date]  # this day included, as people say it
    weekday: Mapped[int | None]  # Monday 1 … Sunday 7
    note: Mapped[str] = mapped_column(String(200), default="")

    mandate: Mapped[Mandate] = relationship()

    @property
    def audit_area(self) -> str:
        return self.mandate.scope_code if self.mandate else ""

    @property
    def audit_label(self) -> str:
        return f"{self.kind.label} {self.from_on}"

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "mandate", self.mandate_id


class Reception(Stamped, Versioned, Audited, Base):
    """A day on which deputies receive the public at a station, from its date in the calendar to the record (3-06)."""

    __tablename__ = "reception"
    __table_args__ = (
        Index("uq_reception_office_number", "office_code", "number", unique=True),
        Index("ix_reception_station_on", "station_id", "held_on"),
        Index("ix_reception_area_on", "area_code", "held_on"),
        CheckConstraint("state <> 'held' OR number IS NOT NULL", name="held_has_number"),
        CheckConstraint("people_received >= 0", name="people_not_negative"),
    )
    audit_kind = "reception"

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(CodeType)
    # Given when it is held: a planned day may still be cancelled.
    number: Mapped[str | None] = mapped_column(String(40))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    kind: Mapped[ReceptionKind] = mapped_column(enum_type(ReceptionKind), default=ReceptionKind.PUBLIC)
    state: Mapped[ReceptionState] = mapped_column(enum_type(ReceptionState), default=ReceptionState.HELD)
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("reception_calendar.id"), index=True)
    held_on: Mapped[date]
    starts_at: Mapped[time | None]
    ends_at: Mapped[time | None]
    # The day the rule names, where a holiday moved it.
    rule_day: Mapped[date | None]
    topic: Mapped[str] = mapped_column(String(80), default="")
    host: Mapped[str] = mapped_column(String(80), default="")
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")
    people_received: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(500), default="")
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    station: Mapped[Station] = relationship()
    calendar: Mapped[ReceptionCalendar | None] = relationship(back_populates="receptions")
    visitors: Mapped[list[Visitor]] = relationship(back_populates="reception", order_by="Visitor.id")
    deputies: Mapped[list[ReceptionDeputy]] = relationship(
        back_populates="reception", cascade="all, delete-orphan", order_by="ReceptionDeputy.id"
    )
    opinions: Mapped[list[Opinion]] = relationship(back_populates="reception", order_by="Opinion.id")

    @property
    def audit_label(self) -> str:
        return self.number or f"{self.held_on} {self.station.name if self.station else ''}".strip()


class ReceptionDeputy(Base):
    """A deputy who is to receive, or received, the public on that day."""

    __tablename__ = "reception_deputy"
    __table_args__ = (
        Index("uq_reception_deputy_reception_mandate", "reception_id", "mandate_id", unique=True),
    )

    id: Mapped[Id]
    reception_id: Mapped[int] = mapped_column(ForeignKey("reception.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    standing: Mapped[DutyStanding] = mapped_column(enum_type(DutyStanding), default=DutyStanding.PRESENT)
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Put there by hand: computing the rota again leaves it alone.
    fixed: Mapped[bool] = mapped_column(default=False)
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    reception: Mapped[Reception] = relationship(back_populates="deputies")
    mandate: Mapped[Mandate] = relationship()


class ReceptionRequest(Stamped, Versioned, Audited, Base):
    """A deputy asks for leave, for a swap with a colleague's date, or for a substitute (3-37)."""

    __tablename__ = "reception_request"
    __table_args__ = (Index("ix_reception_request_state", "state"),)
    audit_kind = "reception_request"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType, index=True)
    reception_id: Mapped[int] = mapped_column(ForeignKey("reception.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(enum_type(RequestKind))
    state: Mapped[RequestState] = mapped_column(enum_type(RequestState))
    reason: Mapped[str] = mapped_column(String(200), default="")
    colleague_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"), index=True)
    # For a swap: the colleague's date.
    other_reception_id: Mapped[int | None] = mapped_column(ForeignKey("reception.id"), index=True)
    answer: Mapped[str] = mapped_column(String(200), default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    reception: Mapped[Reception] = relationship(foreign_keys=[reception_id])
    other_reception: Mapped[Reception | None] = relationship(foreign_keys=[other_reception_id])
    mandate: Mapped[Mandate] = relationship(foreign_keys=[mandate_id])
    colleague: Mapped[Mandate | None] = relationship(foreign_keys=[colleague_id])
    decider: Mapped[User | None] = relationship()

    @property
    def audit_label(self) -> str:
        return f"{self.kind.label} {self.mandate.person.name if self.mandate else ''}".strip()

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "reception", self.reception_id


class Visitor(Stamped, Base):
    """A person received, where they are taken down one by one; name and phone are erased in time."""

    __tablename__ = "visitor"

    id: Mapped[Id]
    reception_id: Mapped[int] = mapped_column(ForeignKey("reception.id"), index=True)
    name: Mapped[str] = mapped_column(String(30), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    matter: Mapped[str] = mapped_column(String(200), default="")
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    reception: Mapped[Reception] = relationship(back_populates="visitors")


class Opinion(Stamped, Versioned, Audited, Base):
    """What a citizen said, in their own words, and where it went (群众意见, 0-15)."""

    __tablename__ = "opinion"
    __table_args__ = (
        Index("uq_opinion_office_number", "office_code", "number", unique=True),
        Index("ix_opinion_area_on", "area_code", "received_on"),
        Index("ix_opinion_state_on", "state", "received_on"),
        Index("uq_opinion_draft_key", "draft_key", unique=True),
        Index("uq_opinion_follow_code", "follow_code", unique=True),
        CheckConstraint("closed_on IS NULL OR closed_on >= received_on", name="closes_after_receipt"),
    )
    audit_kind = "opinion"
    audit_hidden = frozenset({"citizen_name", "citizen_phone", "citizen_address", "follow_code", "draft_key"})

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
    citizen_address: Mapped[str] = mapped_column(String(100), default="")
    anonymous: Mapped[bool] = mapped_column(default=False)
    # When name, phone and address were erased, as the office's rule says.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"), index=True)
    state: Mapped[OpinionState] = mapped_column(enum_type(OpinionState), default=OpinionState.RECEIVED)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("opinion.id"), index=True)
    # SHA-256 of the code with which the person follows it without logging in.
    follow_code: Mapped[str | None] = mapped_column(String(64))
    # Names one draft on one phone: sent twice over a poor connection, it is one opinion.
    draft_key: Mapped[str | None] = mapped_column(String(64))
    topic: Mapped[str] = mapped_column(String(40), default="")
    content: Mapped[str] = mapped_column(Text)
    route: Mapped[OpinionRoute | None] = mapped_column(enum_type(OpinionRoute))
    solved: Mapped[bool] = mapped_column(default=False)
    closed_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(String(1000), default="")
    ended_as: Mapped[OpinionOutcome | None] = mapped_column(enum_type(OpinionOutcome))
    not_accepted: Mapped[NotAccepted | None] = mapped_column(enum_type(NotAccepted))
    told_on: Mapped[date | None]
    told_way: Mapped[str] = mapped_column(String(40), default="")
    citizen_word: Mapped[CitizenWord | None] = mapped_column(enum_type(CitizenWord))
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    reception: Mapped[Reception | None] = relationship(back_populates="opinions")
    station: Mapped[Station | None] = relationship()
    mandate: Mapped[Mandate | None] = relationship()
    merged_into: Mapped[Opinion | None] = relationship(remote_side="Opinion.id")
    steps: Mapped[list[OpinionStep]] = relationship(back_populates="opinion", order_by="OpinionStep.id")
    transfers: Mapped[list[OpinionTransfer]] = relationship(
        back_populates="opinion", order_by="OpinionTransfer.id"
    )

    @property
    def audit_label(self) -> str:
        return self.number


class OpinionStep(Base):
    """One step of an opinion's life: what was done, by whom, what was said. Written once, never changed."""

    __tablename__ = "opinion_step"

    id: Mapped[Id]
    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinion.id"), index=True)
    action: Mapped[OpinionAction] = mapped_column(enum_type(OpinionAction))
    before: Mapped[OpinionState] = mapped_column(enum_type(OpinionState, "state_before"))
    after: Mapped[OpinionState] = mapped_column(enum_type(OpinionState, "state_after"))
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    by_user_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")

    opinion: Mapped[Opinion] = relationship(back_populates="steps")


class OpinionTransfer(Stamped, Versioned, Audited, Base):
    """An opinion handed to a unit with a slip, a demand and a due day (forms.md 4.4)."""

    __tablename__ = "opinion_transfer"
    __table_args__ = (
        Index("uq_opinion_transfer_office_number", "office_code", "number", unique=True),
        Index("ix_opinion_transfer_unit_state", "unit_id", "state"),
        CheckConstraint("due_on IS NULL OR due_on >= sent_on", name="due_after_sent"),
    )
    audit_kind = "opinion_transfer"

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(CodeType, index=True)
    number: Mapped[str] = mapped_column(String(40))
    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinion.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("handling_unit.id"))
    state: Mapped[TransferState] = mapped_column(enum_type(TransferState), default=TransferState.SENT)
    sent_on: Mapped[date]
    due_on: Mapped[date | None]
    requirement: Mapped[str] = mapped_column(String(500), default="")
    signed_on: Mapped[date | None]
    handler: Mapped[str] = mapped_column(String(60), default="")
    answered_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    returned_reason: Mapped[str] = mapped_column(String(500), default="")

    opinion: Mapped[Opinion] = relationship(back_populates="transfers")
    unit: Mapped[HandlingUnit] = relationship()

    @property
    def audit_label(self) -> str:
        return self.number

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "opinion", self.opinion_id


class PublicUse(Base):
    """One use of a station's public page, counted to limit addresses and stations; kept for two days."""

    __tablename__ = "public_use"
    __table_args__ = (
        Index("ix_public_use_station_at", "station_id", "at"),
        Index("ix_public_use_address_at", "address", "at"),
    )

    id: Mapped[Id]
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    address: Mapped[str] = mapped_column(String(64))  # a keyed digest, not the address itself
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
