"""Signing in and out."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from app.accounts.models import LoginAttempt, LoginSession, User
from app.accounts.passwords import hash_password, matches, needs_new_hash
from app.accounts.rules import ACCOUNT_FAILURES, ADDRESS_FAILURES, WINDOW, locked_until
from app.extensions import db
from app.kit import audit, clock
from app.kit.audit import Happening
from app.kit.authorisation import Actor
from app.kit.database import hold
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l

ATTEMPTS_KEPT = timedelta(days=180)
WRONG = _l("登录名或密码不正确，请重新输入。")


class Locked(DomainError):
    """Too many failures: refused for a while, whatever the password."""

    status = 429


def log_in(login: str, password: str, *, address: str, agent: str, request_id: str | None = None) -> str:
    """Begins a session and gives its token; the caller keeps what was written even where this refuses.

    Five failures of an account within 15 minutes, or thirty from an address, lock it for 15 minutes. Whether
    an account exists can be told neither by words nor by time.
    """
    login = login.strip()[:60]
    now = clock.now()
    _queue_up(login, address)
    _refuse_locked(login, address, now)
    user = db.session.scalar(select(User).where(User.login == login))
    right = matches(user.password_hash if user is not None else None, password)
    right = right and user is not None and user.disabled_at is None
    db.session.add(LoginAttempt(login=login, address=address, at=now, succeeded=right))
    db.session.flush()
    if user is None or not right:
        _record_failure(login, user, address, now, request_id)
        raise DomainError(WRONG)
    values: dict[str, object] = {"last_login_at": now}
    if needs_new_hash(user.password_hash):
        values["password_hash"] = hash_password(password)
    # Not through the model: a log-in is an event of its own, not a change of the account.
    db.session.execute(update(User).where(User.id == user.id).values(**values))
    db.session.execute(
        delete(LoginAttempt).where(LoginAttempt.login == login, LoginAttempt.at < now - ATTEMPTS_KEPT)
    )
    actor = Actor(user.id, user.name, address=address, request_id=request_id)
    _record("login", user, login, actor)
    return begin_session(user.id, address=address, agent=agent)


def begin_session(user_id: int, *, address: str | None, agent: str | None) -> str:
    """A new session on the server; its token is known to the browser only."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        LoginSession(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            user_id=user_id,
            began_at=clock.now(),
            address=address,
            agent=(agent or "")[:200],
        )
    )
    db.session.flush()
    return token


def log_out(actor: Actor, session_id: int) -> None:
    """Ends the session the request came with."""
    _end(LoginSession.id == session_id)
    user = db.session.get_one(User, actor.user_id)
    _record("logout", user, user.login, actor)


def end_own_session(actor: Actor, session_id: int) -> None:
    """Ends one of the actor's own sessions, on another device for instance; NotFound for anybody else's."""
    if not _end(LoginSession.id == session_id, LoginSession.user_id == actor.user_id):
        raise NotFound(_l("没有找到这次登录，它可能已经退出。"))
    user = db.session.get_one(User, actor.user_id)
    _record("end", user, user.login, actor)


def end_sessions(user_id: int, *, but: int | None = None) -> None:
    """Ends every session of a user (password changed, account disabled), except one."""
    _end(LoginSession.user_id == user_id, LoginSession.id != (but or 0))


def _end(*conditions: ColumnElement[bool]) -> bool:
    alive = LoginSession.ended_at.is_(None)
    ended = update(LoginSession).where(alive, *conditions).values(ended_at=clock.now())
    return bool(db.session.scalars(ended.returning(LoginSession.id)).all())


def _queue_up(login: str, address: str) -> None:
    """Attempts on one account or from one address wait for each other, so that none slips past the count.

    SQLite's writers queue anyway.
    """
    for name in sorted((f"login:{login}", f"address:{address}")):
        hold(db.session(), name)


def _refuse_locked(login: str, address: str, now: datetime) -> None:
    until = _locked(login, address, now)
    if until is not None:
        moment = clock.local(until).strftime("%H:%M")
        raise Locked(
            _l("连续多次输错，为保护账号暂停登录到 %(time)s，请届时再试或联系管理员重置密码。", time=moment)
        )


def _locked(login: str, address: str, now: datetime) -> datetime | None:
    from_address = _failures(LoginAttempt.address == address, ADDRESS_FAILURES, now)
    ends = [
        locked_until(_account_failures(login, now), ACCOUNT_FAILURES, now),
        locked_until(from_address, ADDRESS_FAILURES, now),
    ]
    return max((end for end in ends if end is not None), default=None)


def _account_failures(login: str, now: datetime) -> list[datetime]:
    """An account's count begins anew once it was signed in to, or was given a new password."""
    succeeded = select(func.max(LoginAttempt.id)).where(LoginAttempt.login == login, LoginAttempt.succeeded)
    changed = db.session.scalar(select(User.password_changed_at).where(User.login == login))
    conditions = [LoginAttempt.login == login, LoginAttempt.id > (db.session.scalar(succeeded) or 0)]
    if changed is not None:
        conditions.append(LoginAttempt.at > changed)
    return _failures(and_(*conditions), ACCOUNT_FAILURES, now)


def _failures(whose: ColumnElement[bool], limit: int, now: datetime) -> list[datetime]:
    """The latest failures, newest first."""
    wanted = (
        select(LoginAttempt.at)
        .where(whose, ~LoginAttempt.succeeded, LoginAttempt.at > now - 2 * WINDOW)
        .order_by(LoginAttempt.at.desc())
        .limit(limit)
    )
    return list(db.session.scalars(wanted))


def _record_failure(
    login: str, user: User | None, address: str, now: datetime, request_id: str | None
) -> None:
    nobody = Actor(None, login, address=address, request_id=request_id)
    _record("failure", user, login, nobody)
    if _locked(login, address, now) is not None:
        _record("lock", user, login, nobody)


def _record(verb: str, user: User | None, login: str, actor: Actor) -> None:
    happening = Happening(
        tag=f"{actor.source}:session:{verb}",
        area_code=user.area_code if user is not None else "",
        subject_kind="user",
        subject_id=user.id if user is not None else None,
        subject_label=login,
    )
    audit.record(db.session(), [happening], actor)
