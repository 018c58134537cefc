"""Tables of handling: deadlines, what units ask for, contacts, month plans, replies, promises, slips, look-backs."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kit.audit import Audited
from app.kit.database import Base, CodeType, Id, Stamped, Versioned, enum_type
from app.registry.models import HandlingUnit, Mandate
from app.suggestions.models.suggestions import Suggestion, SuggestionUnit
from app.suggestions.states import (
    AskKind,
    AskState,
    ClockKind,
    Fulfilment,
    LookBackResult,
    PromiseState,
    ReplyClass,
    ReplyState,
    ReplyWay,
    Satisfaction,
)


class SuggestionClock(Stamped, Base):
    """A deadline running on a suggestion, or on a unit's part in it; with how it was computed (law.md 1.5).

    It runs while ``ended_on`` is empty; it is overdue when that day, or today, is after ``due_on``.
    """

    __tablename__ = "suggestion_clock"
    __table_args__ = (
        Index("ix_suggestion_clock_suggestion", "suggestion_id"),
        Index("ix_suggestion_clock_open", "ended_on", "due_on", "area_code"),
        CheckConstraint("due_on >= started_on", name="due_after_start"),
    )

    id: Mapped[Id]
    # Derived from the suggestion and gone with it; a unit taken out of the register leaves the deadline standing.
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id", ondelete="CASCADE"))
    suggestion_unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("suggestion_unit.id", ondelete="SET NULL"), index=True
    )
    area_code: Mapped[str] = mapped_column(CodeType)
    kind: Mapped[ClockKind] = mapped_column(enum_type(ClockKind))
    round: Mapped[int] = mapped_column(default=1)
    started_on: Mapped[date]
    due_on: Mapped[date]
    # Where it was extended: the day it was due before.
    first_due_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    # The rule, its document, the days off that were skipped: what the sentence under the day is made of.
    working: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    suggestion: Mapped[Suggestion] = relationship()
    suggestion_unit: Mapped[SuggestionUnit | None] = relationship()


class Urge(Stamped, Audited, Base):
    """An urging letter or a prompt to a slow unit (催办, 4-07); by the clock, or by somebody."""

    __tablename__ = "urge"
    __table_args__ = (
        Index("uq_urge_occasion", "occasion", unique=True),
        Index("uq_urge_office_number", "office_code", "number", unique=True),
    )
    audit_kind = "urge"

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), index=True)
    suggestion_unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("suggestion_unit.id", ondelete="SET NULL"), index=True
    )
    clock_id: Mapped[int | None] = mapped_column(
        ForeignKey("suggestion_clock.id", ondelete="SET NULL"), index=True
    )
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("handling_unit.id"), index=True)
    office_code: Mapped[str] = mapped_column(CodeType)
    number: Mapped[str] = mapped_column(String(40))
    # Names the clock, its due day and the distance of one written when the day had come: each is written once.
    occasion: Mapped[str | None] = mapped_column(String(60))
    on: Mapped[date]
    # Empty for one the worker wrote when the day had come.
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    by_name: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(500), default="")

    suggestion: Mapped[Suggestion] = relationship()
    suggestion_unit: Mapped[SuggestionUnit | None] = relationship()
    clock: Mapped[SuggestionClock | None] = relationship()
    unit: Mapped[HandlingUnit | None] = relationship()

    @property
    def audit_area(self) -> str:
        return self.suggestion.area_code if self.suggestion else ""

    @property
    def audit_label(self) -> str:
        return self.number

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "suggestion", self.suggestion_id


class UnitAsk(Stamped, Versioned, Audited, Base):
    """A unit objects and asks to return a suggestion, or asks for more time; the assigning office decides."""

    __tablename__ = "unit_ask"
    __table_args__ = (Index("ix_unit_ask_state", "state"),)
    audit_kind = "unit_ask"

    id: Mapped[Id]
    suggestion_unit_id: Mapped[int] = mapped_column(ForeignKey("suggestion_unit.id"), index=True)
    kind: Mapped[AskKind] = mapped_column(enum_type(AskKind))
    state: Mapped[AskState] = mapped_column(enum_type(AskState), default=AskState.ASKED)
    asked_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    # For an objection: who should handle it instead. For an extension: until when.
    proposed_unit: Mapped[str] = mapped_column(String(80), default="")
    until: Mapped[date | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answer: Mapped[str] = mapped_column(String(500), default="")

    suggestion_unit: Mapped[SuggestionUnit] = relationship()
    decider: Mapped[User | None] = relationship()

    @property
    def audit_area(self) -> str:
        return self.suggestion_unit.audit_area if self.suggestion_unit else ""

    @property
    def audit_label(self) -> str:
        return self.kind.label

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "suggestion", self.suggestion_unit.suggestion_id if self.suggestion_unit else None


class SuggestionContact(Stamped, Audited, Base):
    """A talk of a unit with the proposer: 面商 and other ways (4-08, 4-19)."""

    __tablename__ = "suggestion_contact"
    audit_kind = "suggestion_contact"

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), index=True)
    suggestion_unit_id: Mapped[int] = mapped_column(ForeignKey("suggestion_unit.id"), index=True)
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"), index=True)
    on: Mapped[date]
    way: Mapped[ReplyWay] = mapped_column(enum_type(ReplyWay))
    # Who spoke for the unit.
    spoke: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")

    suggestion: Mapped[Suggestion] = relationship()
    suggestion_unit: Mapped[SuggestionUnit] = relationship()
    mandate: Mapped[Mandate | None] = relationship()

    @property
    def audit_area(self) -> str:
        return self.suggestion.area_code if self.suggestion else ""

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "suggestion", self.suggestion_id


class MonthItem(Stamped, Versioned, Base):
    """What a unit does for a suggestion in a month, and who does it (分解到人、到月份, 4-22)."""

    __tablename__ = "month_item"

    id: Mapped[Id]
    suggestion_unit_id: Mapped[int] = mapped_column(ForeignKey("suggestion_unit.id"), index=True)
    month: Mapped[date]  # its first day
    work: Mapped[str] = mapped_column(String(300))
    handler: Mapped[str] = mapped_column(String(60), default="")
    done_on: Mapped[date | None]

    suggestion_unit: Mapped[SuggestionUnit] = relationship()


class SuggestionReply(Stamped, Versioned, Audited, Base):
    """The lead unit's reply letter in one round (答复函, forms.md 4.7)."""

    __tablename__ = "suggestion_reply"
    __table_args__ = (
        Index("uq_suggestion_reply_suggestion_round", "suggestion_id", "unit_id", "round", unique=True),
    )
    audit_kind = "suggestion_reply"

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    suggestion_unit_id: Mapped[int] = mapped_column(ForeignKey("suggestion_unit.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("handling_unit.id"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    state: Mapped[ReplyState] = mapped_column(enum_type(ReplyState), default=ReplyState.DRAFT)
    number: Mapped[str] = mapped_column(String(40), default="")  # 文号
    reply_class: Mapped[ReplyClass] = mapped_column(enum_type(ReplyClass))
    reply_way: Mapped[ReplyWay] = mapped_column(enum_type(ReplyWay), default=ReplyWay.IN_PERSON)
    body: Mapped[str] = mapped_column(Text)
    fulfilment: Mapped[Fulfilment | None] = mapped_column(enum_type(Fulfilment))
    # What the letter promises, [content, ISO day] each: rows of the promise ledger from the day it is signed.
    promised: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    handler: Mapped[str] = mapped_column(String(60), default="")
    handler_phone: Mapped[str] = mapped_column(String(20), default="")
    copied_to: Mapped[str] = mapped_column(String(200), default="")
    # The head of the unit who signed it.
    signed_by: Mapped[str] = mapped_column(String(60), default="")
    replied_on: Mapped[date | None]

    suggestion: Mapped[Suggestion] = relationship()
    suggestion_unit: Mapped[SuggestionUnit] = relationship()
    unit: Mapped[HandlingUnit] = relationship()

    @property
    def audit_area(self) -> str:
        return self.suggestion.area_code if self.suggestion else ""

    @property
    def audit_label(self) -> str:
        return self.number

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "suggestion", self.suggestion_id


class Promise(Stamped, Versioned, Audited, Base):
    """Something a unit promised in its reply, followed across years (承诺事项台账, forms.md 4.10)."""

    __tablename__ = "promise"
    __table_args__ = (Index("ix_promise_area_state_due", "area_code", "state", "due_on"),)
    audit_kind = "promise"

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("handling_unit.id"), index=True)
    area_code: Mapped[str] = mapped_column(CodeType)
    content: Mapped[str] = mapped_column(String(500))
    promised_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[PromiseState] = mapped_column(enum_type(PromiseState), default=PromiseState.OPEN)
    percent: Mapped[int] = mapped_column(default=0)
    ended_on: Mapped[date | None]

    suggestion: Mapped[Suggestion] = relationship()
    unit: Mapped[HandlingUnit] = relationship()
    progress: Mapped[list[PromiseProgress]] = relationship(
        back_populates="promise", order_by="PromiseProgress.id"
    )

    @property
    def audit_label(self) -> str:
        return self.content[:40]

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "suggestion", self.suggestion_id


class PromiseProgress(Stamped, Base):
    """How far a promise has come on a day; its proof is attached to it."""

    __tablename__ = "promise_progress"
    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="is_a_share"),)

    id: Mapped[Id]
    promise_id: Mapped[int] = mapped_column(ForeignKey("promise.id"), index=True)
    on: Mapped[date]
    percent: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")
    by_name: Mapped[str] = mapped_column(String(80), default="")

    promise: Mapped[Promise] = relationship(back_populates="progress")


class FeedbackSlip(Stamped, Versioned, Audited, Base):
    """A proposer's word on a reply (征询意见表, forms.md 4.7): satisfaction and whether the problem is solved, apart."""

    __tablename__ = "feedback_slip"
    __table_args__ = (
        Index("uq_feedback_slip_round_mandate", "suggestion_id", "round", "mandate_id", unique=True),
    )
    audit_kind = "feedback_slip"

    id: Mapped[Id]
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"))
    round: Mapped[int] = mapped_column(default=1)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandate.id"), index=True)
    contact_way: Mapped[ReplyWay | None] = mapped_column(enum_type(ReplyWay))
    attitude: Mapped[Satisfaction] = mapped_column(enum_type(Satisfaction, "attitude"))
    handling: Mapped[Satisfaction] = mapped_column(enum_type(Satisfaction, "handling"))
    result: Mapped[Satisfaction] = mapped_column(enum_type(Satisfaction, "result"))
    overall: Mapped[Satisfaction] = mapped_column(enum_type(Satisfaction, "overall"))
    solved: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    returned_on: Mapped[date]

    suggestion: Mapped[Suggestion] = relationship()
    mandate: Mapped[Mandate] = relationship()

    @property
    def audit_area(self) -> str:
        return self.suggestion.area_code if self.suggestion else ""

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "suggestion", self.suggestion_id


class LookBack(Stamped, Versioned, Audited, Base):
    """A campaign that looks back at what was promised (建议办理“回头看”, 4-02)."""

    __tablename__ = "look_back"
    audit_kind = "look_back"

    id: Mapped[Id]
    office_code: Mapped[str] = mapped_column(CodeType)
    area_code: Mapped[str] = mapped_column(CodeType, index=True)
    title: Mapped[str] = mapped_column(String(120))
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500), default="")

    items: Mapped[list[LookBackItem]] = relationship(
        back_populates="look_back", order_by="LookBackItem.id", cascade="all, delete-orphan"
    )

    @property
    def audit_label(self) -> str:
        return self.title


class LookBackItem(Stamped, Base):
    """One suggestion, or one promise of it, looked at again."""

    __tablename__ = "look_back_item"

    id: Mapped[Id]
    look_back_id: Mapped[int] = mapped_column(ForeignKey("look_back.id"), index=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), index=True)
    promise_id: Mapped[int | None] = mapped_column(ForeignKey("promise.id"), index=True)
    result: Mapped[LookBackResult | None] = mapped_column(enum_type(LookBackResult))
    checked_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    by_name: Mapped[str] = mapped_column(String(80), default="")

    look_back: Mapped[LookBack] = relationship(back_populates="items")
    suggestion: Mapped[Suggestion] = relationship()
    promise: Mapped[Promise | None] = relationship()
