"""The edge of the application: headers, error pages, redirects, cookies, tokens, and forms sent twice."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app import create_app
from app.extensions import db
from app.groups.models import DeputyGroup
from app.kit import clock
from app.kit.errors import Conflict, DomainError
from app.kit.web import OnceToken, _content_sent, forget_used_forms, public, safe_path
from tests import world as invented
from tests.world import COUNTY

POLICY = {
    "default-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}
CJK = re.compile(r"[\u4e00-\u9fff]")
SECRET = "a value that must not be shown"


def _break(kind: str) -> str:
    if kind == "crash":
        raise RuntimeError(SECRET)
    if kind == "busy":
        raise OperationalError(f"SELECT {SECRET}", {}, Exception("database is locked"))
    if kind == "rule":
        raise DomainError("这一条不能保存，请先填写日期。")
    if kind == "conflict":
        raise Conflict("已被修改，请刷新后重试。")
    abort(int(kind))


def _take() -> str:
    return str(len(request.form))


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with a route that goes wrong on demand and one that takes any form."""
    folder = tmp_path_factory.mktemp("edge")
    app = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'edge.sqlite3'}",
            "DATA_DIR": folder,
            "SECRET_KEY": "only for tests, not a secret",
            "PROPAGATE_EXCEPTIONS": False,
            "WTF_CSRF_ENABLED": False,
            "MAX_CONTENT_LENGTH": 3000,
        }
    )
    app.add_url_rule("/break/<kind>", "break", public(_break), methods=["GET", "POST"])
    app.add_url_rule("/take", "take", public(_take), methods=["POST"])
    with app.app_context():
        db.create_all()
        db.session.remove()
    return app


@pytest.fixture
def visitor(edge: Flask) -> FlaskClient:
    """A browser nobody is signed in with."""
    return edge.test_client()


def policy_of(response: Any) -> dict[str, set[str]]:
    directives = response.headers["Content-Security-Policy"].split(";")
    return {name: set(values) for name, *values in (directive.split() for directive in directives)}


# --- headers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/login"),
        ("GET", "/"),
        ("GET", "/static/css/app.css"),
        ("GET", "/static/nothing.css"),
        ("GET", "/no/such/page"),
        ("POST", "/deputies"),
        ("PUT", "/login"),
        ("OPTIONS", "/login"),
        ("GET", "/break/crash"),
        ("GET", "/break/rule"),
        ("GET", "/break/413"),
        ("GET", "/break/busy"),
    ],
)
def test_every_answer_carries_the_headers(visitor: FlaskClient, method: str, path: str) -> None:
    response = visitor.open(path, method=method)
    assert policy_of(response) == POLICY
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["X-Request-Id"])
    if response.mimetype == "text/html":
        assert response.headers["Cache-Control"] == "no-store"
        assert response.mimetype_params["charset"] == "utf-8"


def test_files_that_are_the_same_for_everybody_may_be_kept(visitor: FlaskClient) -> None:
    assert "max-age" in visitor.get("/static/css/app.css").headers["Cache-Control"]


def test_transport_security_only_where_there_is_tls(visitor: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in visitor.get("/login").headers
    secure = visitor.get("/login", base_url="https://lvzhi.example")
    assert int(secure.headers["Strict-Transport-Security"].split("=")[1]) >= 31_536_000


class _Inline(HTMLParser):
    """Finds what the policy would block: scripts and styles inside the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        inline = tag == "style" or (tag == "script" and "src" not in names)
        kept = names.get("type") == "application/json"
        if (inline and not kept) or "style" in names or any(name.startswith("on") for name in names):
            self.found.append(f"<{tag} {names}>")


@pytest.mark.parametrize("path", ["/login", "/no/such/page", "/break/crash"])
def test_pages_keep_to_the_policy(visitor: FlaskClient, path: str) -> None:
    parser = _Inline()
    parser.feed(visitor.get(path).get_data(as_text=True))
    assert parser.found == []


def test_templates_hold_no_inline_code() -> None:
    root = Path(__file__).parents[2] / "app"
    wrong = [
        f"{path.relative_to(root)}: {match.group(0)}"
        for path in root.rglob("*.html")
        for match in re.finditer(
            r"\son(click|change|submit|input|load|error|key\w+|mouse\w+|focus|blur|toggle)=|\sstyle=|<style|<script(?![^>]*(src=|application/json))|javascript:",
            re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL),
        )
    ]
    assert wrong == []


# --- errors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/break/400", "GET", 400),
        ("/break/403", "GET", 403),
        ("/break/404", "GET", 404),
        ("/break/conflict", "GET", 409),
        ("/break/413", "GET", 413),
        ("/break/414", "GET", 414),
        ("/break/415", "GET", 415),
        ("/break/429", "GET", 429),
        ("/break/rule", "GET", 422),
        ("/break/418", "GET", 418),
        ("/break/crash", "GET", 500),
        ("/break/501", "GET", 501),
        ("/break/503", "GET", 503),
        ("/break/busy", "GET", 503),
        ("/login", "PUT", 405),
    ],
)
def test_an_error_is_a_sentence(
    visitor: FlaskClient, caplog: pytest.LogCaptureFixture, path: str, method: str, status: int
) -> None:
    response = visitor.open(path, method=method)
    text = response.get_data(as_text=True)
    assert response.status_code == status
    sentence = re.search(r'<p class="lead-text">(.*?)</p>', text, re.DOTALL)
    assert sentence is not None
    assert CJK.search(sentence.group(1)) and sentence.group(1).strip().endswith("。")
    assert response.headers["X-Request-Id"] in text
    for leaked in ("Traceback", "RuntimeError", "OperationalError", "SELECT", SECRET, ".py"):
        assert leaked not in text


def test_a_crash_is_in_the_log_with_the_number_the_page_shows(
    visitor: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    number = visitor.get("/break/crash").headers["X-Request-Id"]
    assert number in caplog.text
    assert "RuntimeError" in caplog.text


def test_a_wrong_method_names_the_right_ones(visitor: FlaskClient) -> None:
    allowed = visitor.put("/login").headers["Allow"]
    assert {"GET", "POST"} <= set(allowed.split(", "))


def test_what_is_too_big_is_refused(visitor: FlaskClient) -> None:
    response = visitor.post("/take", data={"text": "x" * 4000})
    assert response.status_code == 413
    assert "超过大小限制" in response.get_data(as_text=True)


def test_too_many_parts_are_refused(
    visitor: FlaskClient, edge: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(edge.config, "MAX_CONTENT_LENGTH", 10_000_000)
    monkeypatch.setitem(edge.config, "MAX_FORM_PARTS", 50)
    form = {f"field{n}": "1" for n in range(60)}
    answer = visitor.post("/take", data=form, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_errors_are_in_the_readers_language(visitor: FlaskClient) -> None:
    english = visitor.get("/no/such/page", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="en"' in english


# --- addresses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/ /evil.example",
        "/\t/evil.example",
        "/\n//evil.example",
        "/deputies\r\nSet-Cookie: a=b",
        "evil.example",
        " /deputies",
        "",
        None,
    ],
)
def test_nobody_is_sent_to_another_site(target: str | None) -> None:
    assert safe_path(target, "/home") == "/home"


@pytest.mark.parametrize("target", ["/", "/deputies?q=王&sort=-name", "/deputies/3#history", "/a//b"])
def test_one_goes_back_to_pages_of_this_site(target: str) -> None:
    assert safe_path(target, "/home") == target


@pytest.mark.sqlite_only
@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "http://evil.example/", "/%5Cevil"])
def test_signing_in_leads_to_this_site_only(client: FlaskClient, world: invented.World, target: str) -> None:
    data = {"login": "county", "password": invented.PASSWORD}
    answer = client.post("/login", query_string={"next": target}, data=data)
    assert answer.status_code == 303
    assert answer.headers["Location"] in {"/", "/%5Cevil"}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80@lvzhi", "[", "a b"])
def test_a_forged_host_never_crashes(visitor: FlaskClient, host: str) -> None:
    assert visitor.get("/login", headers={"Host": host}).status_code < 500


# --- the session's cookie --------------------------------------------------------------------------------


def _cookie_of(app: Flask, **request: Any) -> str:
    answer = app.test_client().post("/account/preferences", data={"language": "en"}, **request)
    return answer.headers["Set-Cookie"]


def test_flags_of_the_session_cookie(edge: Flask) -> None:
    cookie = _cookie_of(edge)
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie


def test_over_tls_the_cookie_is_bound_to_the_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LVZHI_HTTPS", "1")
    monkeypatch.setenv("LVZHI_DATA_DIR", str(tmp_path))
    app = create_app({"TESTING": True, "WTF_CSRF_ENABLED": False})
    cookie = _cookie_of(app, base_url="https://lvzhi.example")
    assert cookie.startswith("__Host-lvzhi=")
    assert "Secure" in cookie


# --- sent once -------------------------------------------------------------------------------------------


def new_group(name: str, token: str, **more: str) -> dict[str, str]:
    return {"name": name, "area_code": COUNTY, "kind": "area", "_once": token, **more}


def count(app: Flask, model: Any, *conditions: Any) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model).where(*conditions))
        db.session.remove()
    return found or 0


def test_the_same_form_again_has_one_effect(app: Flask, sign_in: Callable[[str], FlaskClient]) -> None:
    browser = sign_in("county")
    before = count(app, DeputyGroup)
    first = browser.post("/groups/new", data=new_group("新小组", "token-1"))
    again = browser.post("/groups/new", data=new_group("新小组", "token-1"))
    assert first.status_code == 303
    assert again.status_code in (302, 303)
    assert again.headers["Location"] == first.headers["Location"]
    assert count(app, DeputyGroup) == before + 1


def test_the_same_form_in_parallel_has_one_effect(app: Flask, sign_in: Callable[[str], FlaskClient]) -> None:
    browsers = [sign_in("county") for _n in range(6)]
    before = count(app, DeputyGroup)
    form = new_group("同时", "token-2")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda browser: browser.post("/groups/new", data=form), browsers))
    assert [answer.status_code // 100 for answer in answers] == [3] * 6
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert count(app, DeputyGroup) == before + 1


def test_the_same_token_with_other_content_is_asked_about(
    app: Flask, sign_in: Callable[[str], FlaskClient]
) -> None:
    browser = sign_in("county")
    before = count(app, DeputyGroup)
    browser.post("/groups/new", data=new_group("甲组", "token-3"))
    other = browser.post("/groups/new", data=new_group("乙组", "token-3"))
    assert other.status_code == 409
    assert "已经提交过" in other.get_data(as_text=True)
    assert count(app, DeputyGroup) == before + 1


def test_a_refused_form_keeps_its_token(app: Flask, sign_in: Callable[[str], FlaskClient]) -> None:
    browser = sign_in("county")
    refused = browser.post("/groups/new", data=new_group("", "token-4"))
    assert refused.status_code == 422
    assert 'value="token-4"' in refused.get_data(as_text=True)
    assert count(app, OnceToken, OnceToken.token == "token-4") == 0
    assert browser.post("/groups/new", data=new_group("改好了", "token-4")).status_code == 303
    assert count(app, DeputyGroup, DeputyGroup.name == "改好了") == 1


def test_a_form_whose_page_is_answered_without_leaving_can_be_sent_again(
    app: Flask, sign_in: Callable[[str], FlaskClient]
) -> None:
    """Searching with a form is no act: pressed twice it answers twice."""
    browser = sign_in("county")
    for _time in range(2):
        answer = browser.post("/deputies/pick", data={"names": "单立春", "_once": "token-5"})
        assert answer.status_code == 200
    assert count(app, OnceToken, OnceToken.token == "token-5") == 0


def test_a_form_left_out_half_way_leaves_no_token(edge: Flask) -> None:
    assert edge.test_client().post("/break/crash", data={"_once": "token-6"}).status_code == 500
    with edge.app_context():
        assert db.session.get(OnceToken, "token-6") is None


def test_files_belong_to_the_content(app: Flask, sign_in: Callable[[str], FlaskClient]) -> None:
    """Another file under the same token is other content."""
    browser = sign_in("county")

    def send(name: str, content: bytes = b"x") -> int:
        data = {**new_group("附件组", "token-7"), "extra": (io.BytesIO(content), name)}
        return browser.post("/groups/new", data=data, content_type="multipart/form-data").status_code

    assert send("a.png") == 303
    assert send("a.png") in (302, 303)
    assert send("b.png") == 409
    assert send("a.png", b"y") == 409


def test_nothing_of_a_password_is_kept(edge: Flask) -> None:
    """Who reads the table can neither try passwords against it nor any other text."""
    kept = set()
    for number in (1, 2):
        edge.secret_key = f"secret {number}"
        for password in ("Yuehu#2026x", "Other#2026y"):
            passwords = dict.fromkeys(("password", "current_password", "new_password", "repeated"), password)
            with edge.test_request_context("/", method="POST", data={"name": "单立春", **passwords}):
                kept.add(_content_sent())
    edge.secret_key = "only for tests, not a secret"
    assert len(kept) == 2


def test_old_tokens_are_forgotten(app: Flask, sign_in: Callable[[str], FlaskClient]) -> None:
    sign_in("county").post("/groups/new", data=new_group("旧表单", "token-8"))
    with app.app_context():
        db.session.get_one(OnceToken, "token-8").used_at = clock.now() - timedelta(days=8)
        db.session.commit()
        forget_used_forms()
        db.session.commit()
        assert db.session.get(OnceToken, "token-8") is None


# --- cross-site forms -------------------------------------------------------------------------------------


@pytest.fixture
def guarded(app: Flask) -> Iterator[Flask]:
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def _token(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found is not None
    return found.group(1)


@pytest.mark.sqlite_only
def test_a_form_needs_the_token_of_its_own_browser(guarded: Flask, world: invented.World) -> None:
    def signed_in(login: str) -> FlaskClient:
        browser = guarded.test_client()
        token = _token(browser.get("/login").get_data(as_text=True))
        data = {"login": login, "password": invented.PASSWORD, "csrf_token": token}
        assert browser.post("/login", data=data).status_code == 303
        return browser

    mine, other = signed_in("county"), signed_in("neighbour")
    before = count(guarded, DeputyGroup)
    strange = _token(other.get("/groups/new").get_data(as_text=True))
    for token in ("", "nonsense", strange):
        refused = mine.post("/groups/new", data=new_group("伪造", f"token-{token[:5]}", csrf_token=token))
        assert refused.status_code == 400
        assert "没有提交" in refused.get_data(as_text=True)
        assert re.fullmatch(r"[0-9a-f]{16}", refused.headers["X-Request-Id"])
    assert count(guarded, DeputyGroup) == before
    own = _token(mine.get("/groups/new").get_data(as_text=True))
    assert mine.post("/groups/new", data=new_group("真的", "token-9", csrf_token=own)).status_code == 303
    sent_by_script = mine.post(
        "/groups/new", data=new_group("脚本", "token-10"), headers={"X-CSRFToken": own}
    )
    assert sent_by_script.status_code == 303
