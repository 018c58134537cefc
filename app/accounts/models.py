"""Tables of accounts: users, grants on areas, sessions, attempts to log in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.audit import Audited
from app.kit.authorisation import Role
from app.kit.database import Base, CodeType, Id, Stamped, UtcDateTime, Versioned, enum_type
from app.registry.models import HandlingUnit, Person


class User(Stamped, Versioned, Audited, Base):
    """A login. A deputy's is bound to the person, over all the person's mandates (3-49)."""

    __tablename__ = "user"
    __table_args__ = (Index("uq_user_person", "person_id", unique=True),)
    audit_kind = "user"
    audit_hidden = frozenset({"password_hash"})

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    password_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("handling_unit.id"), index=True)
    area_code: Mapped[str] = mapped_column(CodeType, default="", index=True)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    preferences: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    person: Mapped[Person | None] = relationship()
    unit: Mapped[HandlingUnit | None] = relationship()
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="RoleGrant.id"
    )


class RoleGrant(Stamped, Audited, Base):
    """A role given to a user on an area; the empty code is the whole country."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("uq_role_grant_user_role_area", "user_id", "role", "area_code", unique=True),)
    audit_kind = "role_grant"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    area_code: Mapped[str] = mapped_column(CodeType)

    user: Mapped[User] = relationship(back_populates="grants")

    @property
    def audit_label(self) -> str:
        return f"{self.user.name if self.user else ''} {self.role.label}".strip()

    @property
    def audit_subject(self) -> tuple[str, int | None]:
        return "user", self.user_id


class LoginSession(Base):
    """A session on the server: it ends at log-out, password change, disabling or time-out."""

    __tablename__ = "login_session"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(200))


class LoginAttempt(Base):
    """One attempt to log in; lock-outs are counted from these, so they survive restarts and are shared."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_login_at", "login", "at"),
        Index("ix_login_attempt_address_at", "address", "at"),
    )

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    succeeded: Mapped[bool]
