"""Signing in: lock-outs, sessions that end when they should, nothing told to strangers."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.accounts import sessions
from app.accounts.models import LoginAttempt, LoginSession, RoleGrant, User
from app.accounts.passwords import (
    COMMON,
    check_new_password,
    derived_password,
    hash_password,
    random_password,
)
from app.accounts.rules import locked_until
from app.extensions import db
from app.kit.audit import AuditEvent
from app.kit.authorisation import Role
from app.kit.errors import DomainError
from tests.world import PASSWORD, World

SignIn = Callable[[str], FlaskClient]
NOON = datetime(2030, 3, 4, 4, 0, tzinfo=UTC)


def _log_in(browser: FlaskClient, login: str, password: str, address: str = "10.0.0.1") -> Any:
    return browser.post(
        "/login", data={"login": login, "password": password}, environ_overrides={"REMOTE_ADDR": address}
    )


def _tags(app: Flask) -> list[str]:
    with app.app_context():
        wanted = select(AuditEvent.tag).where(AuditEvent.tag.like("web:session:%")).order_by(AuditEvent.id)
        return list(db.session.scalars(wanted))


def test_log_in_leads_to_the_page_that_was_asked_for(app: Flask, world: World, client: FlaskClient) -> None:
    asked = client.get("/account?x=1")
    assert asked.status_code == 302
    assert asked.location == "/login?next=/account?x%3D1"
    data = {"login": "county", "password": PASSWORD, "next": "/account?x=1"}
    assert client.post("/login", data=data).location == "/account?x=1"
    assert client.get("/account").status_code == 200


def test_no_open_redirect_after_log_in(client: FlaskClient, world: World) -> None:
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        browser = client.application.test_client()
        data = {"login": "county", "password": PASSWORD, "next": target}
        assert browser.post("/login", data=data).location == "/"


def test_wrong_password_and_unknown_login_are_answered_alike(client: FlaskClient, world: World) -> None:
    """Nobody learns from the answer which accounts exist."""
    wrong = _log_in(client, "county", "not the password")
    unknown = _log_in(client, "nobody-here", "not the password")
    assert wrong.status_code == unknown.status_code == 422
    pages = [re.sub(r"csrf[^>]+>", "", answer.get_data(as_text=True)) for answer in (wrong, unknown)]
    assert "登录名或密码不正确" in pages[0]
    assert pages[0].replace("county", "nobody-here") == pages[1]


def test_fifth_failure_locks_the_account_for_fifteen_minutes(app: Flask, world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _attempt in range(5):
            _log_in(app.test_client(), "county", "wrong")
        refused = _log_in(app.test_client(), "county", PASSWORD, address="10.0.0.2")
        assert refused.status_code == 422
        assert "暂停登录到 12:15" in refused.get_data(as_text=True)
        assert _tags(app) == ["web:session:failure"] * 5 + ["web:session:lock"]
        clock.shift(timedelta(minutes=15))
        assert _log_in(app.test_client(), "county", PASSWORD).status_code == 303


def test_parallel_attempts_do_not_slip_past_the_count(app: Flask, world: World) -> None:
    """Twenty guesses at once are five guesses and fifteen refusals."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _n: _log_in(app.test_client(), "county", "wrong"), range(20)))
    with app.app_context():
        assert db.session.query(LoginAttempt).count() == 5
    assert _tags(app).count("web:session:lock") == 1


def test_a_lock_holds_for_one_account_only(app: Flask, world: World) -> None:
    for _attempt in range(5):
        _log_in(app.test_client(), "county", "wrong")
    assert _log_in(app.test_client(), "township", PASSWORD).status_code == 303


def test_count_of_failures_begins_anew_after_a_log_in(app: Flask, world: World) -> None:
    for _round in range(2):
        for _attempt in range(4):
            _log_in(app.test_client(), "county", "wrong")
        assert _log_in(app.test_client(), "county", PASSWORD).status_code == 303


def test_thirty_failures_from_one_address_lock_the_address(app: Flask, world: World) -> None:
    """One password tried on many accounts locks none of them, but the address it comes from."""
    for number in range(30):
        _log_in(app.test_client(), f"guess-{number}", "wrong")
    assert "暂停登录" in _log_in(app.test_client(), "county", PASSWORD).get_data(as_text=True)
    assert _log_in(app.test_client(), "county", PASSWORD, address="10.0.0.9").status_code == 303


def test_attempts_are_kept_although_the_answer_is_a_refusal(app: Flask, world: World) -> None:
    _log_in(app.test_client(), "county", "wrong")
    with app.app_context():
        attempt = db.session.scalars(select(LoginAttempt)).one()
        assert (attempt.login, attempt.address, attempt.succeeded) == ("county", "10.0.0.1", False)


def test_rule_of_lock_outs() -> None:
    minutes = [NOON - timedelta(minutes=m) for m in (0, 1, 2, 3, 14)]
    assert locked_until(minutes, 5, NOON) == NOON + timedelta(minutes=15)
    assert locked_until(minutes[:4], 5, NOON) is None
    spread = [NOON - timedelta(minutes=m) for m in (0, 5, 10, 14, 15)]
    assert locked_until(spread, 5, NOON) is None
    assert locked_until(minutes, 5, NOON + timedelta(minutes=15)) is None


def test_log_in_gives_a_new_token_and_drops_the_old_cookie(app: Flask, world: World) -> None:
    """A session planted in somebody's browser before they log in is worth nothing (fixation)."""
    browser = app.test_client()
    with browser.session_transaction() as planted:
        planted["_user_id"] = "planted"
        planted["seen_at"] = 2_000_000_000
        planted["csrf_token"] = "planted"
    _log_in(browser, "county", PASSWORD)
    with browser.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted"
        assert cookie.get("csrf_token") != "planted"


def test_log_out_ends_the_session_on_the_server(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("county")
    with browser.session_transaction() as cookie:
        stolen = dict(cookie)
    assert browser.post("/logout").location == "/login"
    assert browser.get("/account").status_code == 302
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(stolen)
    assert thief.get("/account").status_code == 302
    assert _tags(app) == ["web:session:login", "web:session:logout"]


def test_idle_for_thirty_minutes_ends_the_session(app: Flask, world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = app.test_client()
        _log_in(browser, "county", PASSWORD)
        for _step in range(3):
            clock.shift(timedelta(minutes=29))
            assert browser.get("/account").status_code == 200
        clock.shift(timedelta(minutes=30))
        assert browser.get("/account").status_code == 302


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(app: Flask, world: World) -> None:
    """A progress page left open does not count as somebody working."""
    with time_machine.travel(NOON, tick=False) as clock:
        browser = app.test_client()
        _log_in(browser, "county", PASSWORD)
        for _minute in range(29):
            clock.shift(timedelta(minutes=1))
            assert browser.get("/jobs/1/status").status_code == 404
        clock.shift(timedelta(minutes=1))
        assert browser.get("/account").status_code == 302


def test_twelve_hours_end_the_session_however_busy(app: Flask, world: World) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = app.test_client()
        _log_in(browser, "county", PASSWORD)
        for _step in range(35):
            clock.shift(timedelta(minutes=20))
            assert browser.get("/account").status_code == 200
        clock.shift(timedelta(minutes=20))
        assert browser.get("/account").status_code == 302


def test_a_get_writes_nothing_and_asks_once_for_the_session(
    app: Flask, sign_in: SignIn, queries: list[str]
) -> None:
    """The session, its user and the grants come in one statement; being used is not written down."""
    browser = sign_in("county")
    queries.clear()
    assert browser.get("/jobs").status_code == 200
    assert sum("login_session" in statement for statement in queries) == 1
    assert not [s for s in queries if s.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]


def test_a_disabled_account_is_out_at_the_next_click(app: Flask, sign_in: SignIn, world: World) -> None:
    browser = sign_in("county")
    with app.app_context():
        disable = update(User).where(User.login == "county").values(disabled_at=datetime.now(UTC))
        db.session.execute(disable)
        db.session.commit()
    assert browser.get("/account").status_code == 302
    assert _log_in(app.test_client(), "county", PASSWORD).status_code == 422


def test_a_role_taken_away_is_gone_at_the_next_click(app: Flask, sign_in: SignIn, world: World) -> None:
    browser = sign_in("secadmin")
    assert browser.get("/accounts").status_code == 200
    with app.app_context():
        grant = db.session.scalars(select(RoleGrant).where(RoleGrant.role == Role.SECURITY_ADMIN)).one()
        db.session.delete(grant)
        db.session.commit()
    assert browser.get("/accounts").status_code == 403


def test_password_change_ends_every_session_but_renews_this_one(app: Flask, sign_in: SignIn) -> None:
    here, elsewhere = sign_in("county"), sign_in("county")
    with here.session_transaction() as cookie:
        before = cookie["_user_id"]
    data = {"current_password": PASSWORD, "new_password": "Yuehu#2026x", "repeated": "Yuehu#2026x"}
    assert here.post("/password", data=data).status_code == 303
    with here.session_transaction() as cookie:
        assert cookie["_user_id"] != before
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert _log_in(app.test_client(), "county", PASSWORD).status_code == 422
    assert _log_in(app.test_client(), "county", "Yuehu#2026x").status_code == 303


def test_password_page_refuses_what_the_policy_refuses(sign_in: SignIn) -> None:
    browser = sign_in("county")
    for current, new, repeated, sentence in (
        ("wrong", "Yuehu#2026x", "Yuehu#2026x", "现在的密码不正确"),
        (PASSWORD, "Yu#2", "Yu#2", "密码至少 8 个字符"),
        (PASSWORD, "yuehuyuehu1", "yuehuyuehu1", "至少三种"),
        (PASSWORD, "County#2026", "County#2026", "不能包含登录名"),
        (PASSWORD, "Admin@123", "Admin@123", "太常见"),
        (PASSWORD, "Yuehu#2026x", "Yuehu#2026y", "不一致"),
        (PASSWORD, PASSWORD, PASSWORD, "不能和现在的一样"),
    ):
        data = {"current_password": current, "new_password": new, "repeated": repeated}
        refused = browser.post("/password", data=data)
        assert refused.status_code == 422
        assert sentence in refused.get_data(as_text=True)
    assert browser.get("/account").status_code == 200


def test_a_first_password_must_be_changed_before_anything_else(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        db.session.execute(update(User).where(User.login == "deputy").values(must_change_password=True))
        db.session.commit()
    browser = sign_in("deputy")
    for page in ("/", "/account", "/no-such-page"):
        assert browser.get(page).location == "/password"
    answer = browser.get("/jobs", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/password")
    assert browser.get("/password").status_code == 200
    data = {"current_password": PASSWORD, "new_password": "Yuehu#2026x", "repeated": "Yuehu#2026x"}
    browser.post("/password", data=data)
    assert browser.get("/account").status_code == 200


def test_own_sessions_are_listed_and_can_be_ended_by_their_owner_only(
    app: Flask, sign_in: SignIn, world: World
) -> None:
    here, elsewhere, other = sign_in("county"), sign_in("county"), sign_in("leader")
    with app.app_context():
        mine = list(
            db.session.scalars(
                select(LoginSession.id)
                .where(LoginSession.user_id == world.users["county"])
                .order_by(LoginSession.id)
            )
        )
    assert here.get("/account").get_data(as_text=True).count("/account/sessions/") == 1
    assert other.post(f"/account/sessions/{mine[1]}/end").status_code == 404
    assert elsewhere.get("/account").status_code == 200
    here.post(f"/account/sessions/{mine[1]}/end")
    assert elsewhere.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_passwords_are_argon2id_with_the_agreed_cost() -> None:
    """OWASP's minimum: 19 MB, two passes, one lane."""
    assert hash_password("Yuehu#2026x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_of_older_cost_is_renewed_at_log_in(app: Flask, world: World) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with app.app_context():
        db.session.execute(update(User).where(User.login == "county").values(password_hash=weak))
        db.session.commit()
    assert _log_in(app.test_client(), "county", PASSWORD).status_code == 303
    with app.app_context():
        kept = db.session.scalar(select(User.password_hash).where(User.login == "county"))
        assert kept is not None
        assert "m=19456,t=2,p=1" in kept


def test_common_passwords_are_refused_without_regard_to_case() -> None:
    assert len(COMMON) > 100
    for password in ("P@ssw0rd123", "Renda@2026", "1qaz@WSX"):
        try:
            check_new_password(password, "somebody")
        except DomainError as error:
            assert "太常见" in str(error)
        else:
            raise AssertionError(password)


def test_initial_passwords_hold_no_characters_that_are_taken_for_each_other(app: Flask) -> None:
    with app.app_context():
        made = {random_password() for _number in range(50)}
        made |= {derived_password("run", f"C{number}") for number in range(50)}
        assert len(made) == 100
        assert all(len(password) == 10 for password in made)
        assert not set("".join(made)) & set("0Oo1lIi")
        assert derived_password("run", "C1") == derived_password("run", "C1")
        assert derived_password("run", "C1") != derived_password("other run", "C1")


def test_the_token_is_not_in_the_database(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("county")
    with browser.session_transaction() as cookie:
        token = cookie["_user_id"]
    with app.app_context():
        kept = db.session.scalars(select(LoginSession.token_hash)).all()
    assert token not in kept
    assert sessions.token_hash(token) in kept


def test_a_mangled_cookie_is_a_signed_out_browser(app: Flask, world: World) -> None:
    for content in ({"_user_id": 5, "seen_at": 1}, {"_user_id": "x"}, {"_user_id": "x", "seen_at": "y"}):
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie.update(content)
        assert browser.get("/account").status_code == 302
        assert browser.get("/login").status_code == 200


def test_language_follows_the_person_then_the_browser(app: Flask, sign_in: SignIn) -> None:
    stranger = app.test_client()
    english = {"Accept-Language": "en-GB,en;q=0.8"}
    assert 'lang="zh-CN"' in stranger.get("/login").get_data(as_text=True)
    assert '<html lang="en"' in stranger.get("/login", headers=english).get_data(as_text=True)
    stranger.post("/account/preferences", data={"language": "zh"})
    assert '<html lang="zh-CN"' in stranger.get("/login", headers=english).get_data(as_text=True)
    browser = sign_in("county")
    browser.post("/account/preferences", data={"language": "en", "next": "/account"})
    assert '<html lang="en"' in browser.get("/account").get_data(as_text=True)
    again = sign_in("county")
    assert '<html lang="en"' in again.get("/account").get_data(as_text=True)


def test_big_text_is_remembered_per_person(sign_in: SignIn) -> None:
    sign_in("county").post("/account/preferences", data={"big_text": "1"})
    assert 'class="big-text"' in sign_in("county").get("/account").get_data(as_text=True)
    assert 'class="big-text"' not in sign_in("leader").get("/account").get_data(as_text=True)
