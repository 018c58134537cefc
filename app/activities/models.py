"""Tables of organised activities."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.activities.states import (
    ActivityKind,
    ActivityState,
    AttendanceStatus,
    Capacity,
    DateAnswer,
    LeaveState,
    PlanScope,
    PlanState,
    SignInWay,
)
from app.groups.models import DeputyGroup
from app.kit.audit import Audited
from app.kit.database import Base, BigId, CodeType, Id, Stamped, UtcDateTime, Versioned, enum_type
from app.registry.models import Mandate, Term


class Activity(Stamped, Versioned, Audited, Base):
    """An organised activity of deputies, with its five required elements once planned (0-06):
    content, form, time, goal, lead person."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("uq_activity_office_number", "office_code", "number", unique=True),
        Index("ix_activity_area_on", "area_code", "held_on"),
        Index("ix_activity_kind_on", "kind", "held_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= held_on", name="ends_after_start"),
    )
    audit_kind = "activity"
    audit_hidden = frozenset({"sign_in_token"})

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(CodeType)
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[ActivityKind] = mapped_column(enum_type(ActivityKind))
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[ActivityState] = mapped_column(enum_type(ActivityState))
    held_on: Mapped[date]
    starts_at: Mapped[time | None]
    ends_on: Mapped[date | None]
    venue: Mapped[str] = mapped_column(String(100), default="")
    organiser: Mapped[str] = mapped_column(String(80), default="")
    lead_person: Mapped[str] = mapped_column(String(60), default="")
    group_id: Mapped[int | None] = mapped_column(ForeignKey("deputy_group.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("group_plan.id"), index=True)
    content: Mapped[str] = mapped_column(Text, default="")
    form: Mapped[str] = mapped_column(String(100), default="")
    goal: Mapped[str] = mapped_column(String(500), default="")
    topics: Mapped[list[str]] = mapped_column(JSON, default=list)
    levels_invited: Mapped[list[str]] = mapped_column(JSON, default=list)
    need_time: Mapped[str] = mapped_column(String(200), default="")
    need_funds: Mapped[str] = mapped_column(String(200), default="")
    need_vehicle: Mapped[str] = mapped_column(String(200), default="")
    need_venue: Mapped[str] = mapped_column(String(200), default="")
    record: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")
    sign_in_token: Mapped[str | None] = mapped_column(String(40), unique=True)
    sign_in_code: Mapped[str | None] = mapped_column(String(6), index=True)
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    group: Mapped[DeputyGroup | None] = relationship()
    plan: Mapped[GroupPlan | None] = relationship(back_populates="activities")
    date_options: Mapped[list[DateOption]] = relationship(
        back_populates="activity", order_by="DateOption.day, DateOption.starts_at"
    )
    attendances: Mapped[list[Attendance]] = relationship(back_populates="activity", order_by="Attendance.id")


class Attendance(Stamped, Audited, Base):
    """A deputy invited to an activity, and whether they came (2-27)."""

    __tablename__ = "attendance"
    __table_args__ = (
        Index("uq_attendance_activity_mandate", "activity_id", "mandate_id", unique=True),
        Index("ix_attendance_mandate", "mandate_id"),
        # Few ask for leave: an index of the others would tell the planner that everybody does.
        Index(
            "ix_attendance_leave_state",
            "leave_state",
            sqlite_where=text("leave_state IS NOT NULL"),
            postgresql_where=text("leave_state IS NOT NULL"),
        ),
    )
    audit_kind = "attendance"

    id: Mapped[Id]
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"))
    status: Mapped[AttendanceStatus] = mapped_column(enum_type(AttendanceStatus))
    capacity: Mapped[Capacity] = mapped_column(enum_type(Capacity), default=Capacity.DEPUTY)
    spoke: Mapped[bool] = mapped_column(default=False)
    speech: Mapped[str] = mapped_column(String(1000), default="")
    leave_reason: Mapped[str] = mapped_column(String(200), default="")
    leave_state: Mapped[LeaveState | None] = mapped_column(enum_type(LeaveState))
    leave_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leave_decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_in_by: Mapped[SignInWay | None] = mapped_column(enum_type(SignInWay))
    import_batch_id: Mapped[int | None] = mapped_column(BigId, index=True)

    activity: Mapped[Activity] = relationship(back_populates="attendances")
    mandate: Mapped[Mandate] = relationship()
    leave_decider: Mapped[User | None] = relationship()

    @property
    def audit_area(self) -> str:
        return self.activity.area_code if self.activity else ""

    @property
    def audit_label(self) -> str:
        return self.mandate.audit_label if self.mandate else ""

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "activity", self.activity_id


class GroupPlan(Stamped, Versioned, Audited, Base):
    """A group's plan for the term or for a year, with the record of consulting its deputies (0-05, 2-19).

    The activities of an annual plan are :class:`Activity` rows: drafts until the plan is approved.
    """

    __tablename__ = "group_plan"
    __table_args__ = (
        Index("uq_group_plan_group_scope_year", "group_id", "scope", "year", unique=True),
        Index("ix_group_plan_area_year", "area_code", "year"),
    )
    audit_kind = "group_plan"

    id: Mapped[Id]
    area_code: Mapped[str] = mapped_column(CodeType)
    group_id: Mapped[int] = mapped_column(ForeignKey("deputy_group.id"))
    scope: Mapped[PlanScope] = mapped_column(enum_type(PlanScope))
    # The calendar year; for a term plan the year the term began.
    year: Mapped[int]
    term_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    state: Mapped[PlanState] = mapped_column(enum_type(PlanState), default=PlanState.DRAFT)
    guidelines: Mapped[str] = mapped_column(Text, default="")
    requirements: Mapped[str] = mapped_column(Text, default="")
    consulted_on: Mapped[date | None]
    consulted_way: Mapped[str] = mapped_column(String(100), default="")
    consulted_who: Mapped[str] = mapped_column(String(500), default="")
    consultation: Mapped[str] = mapped_column(Text, default="")
    returned_reason: Mapped[str] = mapped_column(String(500), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    group: Mapped[DeputyGroup] = relationship()
    term: Mapped[Term | None] = relationship()
    approver: Mapped[User | None] = relationship()
    activities: Mapped[list[Activity]] = relationship(back_populates="plan", order_by="Activity.held_on")

    @property
    def audit_label(self) -> str:
        return f"{self.group.name if self.group else ''} {self.year} {self.scope.label}".strip()


class DateOption(Stamped, Audited, Base):
    """A date proposed for an activity before it is fixed (3-33)."""

    __tablename__ = "date_option"
    __table_args__ = (
        Index("uq_date_option_activity_day_starts", "activity_id", "day", "starts_at", unique=True),
    )
    audit_kind = "date_option"

    id: Mapped[Id]
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    day: Mapped[date]
    starts_at: Mapped[time]

    activity: Mapped[Activity] = relationship(back_populates="date_options")
    replies: Mapped[list[DateReply]] = relationship(back_populates="option", order_by="DateReply.id")

    @property
    def audit_area(self) -> str:
        return self.activity.area_code if self.activity else ""

    @property
    def audit_label(self) -> str:
        return f"{self.day} {self.starts_at}"

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "activity", self.activity_id


class DateReply(Stamped, Base):
    """What a deputy said to a proposed date."""

    __tablename__ = "date_reply"
    __table_args__ = (Index("uq_date_reply_option_mandate", "option_id", "mandate_id", unique=True),)

    id: Mapped[Id]
    option_id: Mapped[int] = mapped_column(ForeignKey("date_option.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    answer: Mapped[DateAnswer] = mapped_column(enum_type(DateAnswer))

    option: Mapped[DateOption] = relationship(back_populates="replies")
    mandate: Mapped[Mandate] = relationship()
