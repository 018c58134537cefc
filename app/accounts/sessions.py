"""Who is signed in: a random token in the signed cookie, the session itself on the server.

The cookie holds the token and the minute it was last used; everything else (ended, disabled, grants) is read
from the database in one statement on every request, so that a right taken away is gone at the next click.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import bindparam, select
from werkzeug.datastructures import LanguageAccept

from app.accounts.history import history_for_template
from app.accounts.models import LoginSession, RoleGrant, User
from app.extensions import db, login_manager
from app.kit import attachments, clock, jobs
from app.kit.authorisation import Actor, Grant
from app.kit.i18n import _
from app.kit.listing import format_value
from app.kit.web import forget_used_forms

LONGEST = timedelta(hours=12)
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
# The minute of last use is written into the cookie no more often than this.
_SEEN_STEP = 60
# Asked again and again by an open page: nobody need be sitting before it.
_ASKED_BY_THE_PAGE = frozenset({"accounts.job_status"})
# What a person whose first password must be changed may still reach.
_FREE_OF_PASSWORD_CHANGE = frozenset(
    {"static", "accounts.change_password", "accounts.logout", "accounts.login", "accounts.set_preferences"}
)

# Plain tables, not models: this runs with every request.
_session, _user, _grant = LoginSession.__table__.c, User.__table__.c, RoleGrant.__table__.c
_SESSION = (
    select(
        _session.id,
        _session.began_at,
        _session.ended_at,
        _user.id.label("user_id"),
        _user.login,
        _user.name,
        _user.person_id,
        _user.unit_id,
        _user.area_code,
        _user.must_change_password,
        _user.disabled_at,
        _user.preferences,
        _grant.role,
        _grant.area_code.label("granted"),
    )
    .select_from(
        LoginSession.__table__.join(User.__table__, _user.id == _session.user_id).outerjoin(
            RoleGrant.__table__, _grant.user_id == _user.id
        )
    )
    .where(_session.token_hash == bindparam("token_hash"))
)


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The signed-in user as Flask-Login knows them: known by the session's token, not by a number."""

    token: str
    session_id: int
    login: str
    area_code: str
    must_change_password: bool
    actor: Actor

    def get_id(self) -> str:
        """What Flask-Login puts into the cookie."""
        return self.token


def token_hash(token: str) -> str:
    """What the database keeps of a token: a stolen table opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()


def _load(token: str) -> SignedIn | None:
    """The session of a token, if it is alive: not ended, not too old, its user not disabled."""
    rows = db.session.execute(_SESSION, {"token_hash": token_hash(token)}).all()
    return _from_rows(token, rows, clock.now()) if rows else None


def _from_rows(token: str, rows: Sequence[Any], now: datetime) -> SignedIn | None:
    first = rows[0]
    if first.ended_at is not None or first.disabled_at is not None or now - first.began_at >= LONGEST:
        return None
    actor = Actor(
        user_id=first.user_id,
        name=first.name,
        grants=tuple(Grant(row.role, row.granted) for row in rows if row.role is not None),
        person_id=first.person_id,
        unit_id=first.unit_id,
        address=request.remote_addr,
        request_id=g.get("request_id"),
        preferences=first.preferences or {},
    )
    return SignedIn(token, first.id, first.login, first.area_code, first.must_change_password, actor)


@login_manager.user_loader
def _user_of_token(token: str) -> SignedIn | None:
    seen = session.get("seen_at")
    idle = current_app.config["IDLE_MINUTES"] * 60
    if not isinstance(token, str) or not isinstance(seen, int) or time.time() - seen >= idle:
        return None
    return _load(token)


def signed_in_user() -> SignedIn | None:
    """Who is signed in in this request."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def begin(token: str) -> None:
    """Puts a new session into the cookie and drops what the old cookie held (no session fixation)."""
    language = session.get("language")
    session.clear()
    if language in LOCALES:
        session["language"] = language
    session["seen_at"] = int(time.time())
    user = _load(token)
    if user is not None:
        login_user(user)
        session.pop("_id", None)
        g.actor = user.actor


def end() -> None:
    """Takes the session out of the cookie; the language stays."""
    language = session.get("language")
    logout_user()
    session.clear()
    if language in LOCALES:
        session["language"] = language
    g.pop("actor", None)


def _load_actor() -> ResponseReturnValue | None:
    if request.endpoint == "static" or "_user_id" not in session:
        return None
    user = signed_in_user()
    if user is None:
        end()
        return None
    g.actor = user.actor
    now = int(time.time())
    if now - session["seen_at"] >= _SEEN_STEP and request.endpoint not in _ASKED_BY_THE_PAGE:
        session["seen_at"] = now
    if user.must_change_password and request.endpoint not in _FREE_OF_PASSWORD_CHANGE:
        target = url_for("accounts.change_password")
        if request.headers.get("HX-Request"):
            return Response(status=401, headers={"HX-Redirect": target})
        return redirect(target)
    return None


def language() -> str:
    """``zh`` or ``en``: the person's choice, this browser's choice, what the browser asks for, Chinese."""
    actor = g.get("actor")
    for chosen in ((actor.preferences.get("language") if actor else None), session.get("language")):
        if chosen in LOCALES:
            return str(chosen)
    wanted: LanguageAccept = request.accept_languages
    return wanted.best_match(["zh", "en"], "zh") or "zh"


def select_locale() -> str:
    """Babel's question: in which language does this reader read?"""
    return LOCALES[language()] if has_request_context() else LOCALES["zh"]


def _around() -> dict[str, Any]:
    """What every page says about its reader."""
    actor: Actor | None = g.get("actor")
    preferences = actor.preferences if actor else {}
    around: dict[str, Any] = {
        "html_lang": "en" if has_request_context() and language() == "en" else "zh-CN",
        "big_text": bool(preferences.get("big_text", session.get("big_text", False))),
        "links": {
            "password": url_for("accounts.change_password"),
            "language": url_for("accounts.set_preferences"),
            "big_text": url_for("accounts.set_preferences"),
            "sign_out": url_for("accounts.logout"),
        },
    }
    if actor is not None:
        roles = _("、").join(sorted(role.label for role in actor.roles))
        around["account"] = {"name": actor.name, "role": roles, "key": actor.user_id}
    return around


def init_app(app: Flask) -> None:
    """Registers the hook that sets ``g.actor`` before every view."""
    # The cookie is sent only when something in it changed, not with every answer.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    login_manager.session_protection = None
    jobs.init_app(app)
    jobs.register_chore(attachments.sweep)
    jobs.register_chore(forget_used_forms)
    app.before_request(_load_actor)
    app.context_processor(_around)
    app.jinja_env.filters["instant"] = format_value
    app.jinja_env.globals.update(history_of=history_for_template)
