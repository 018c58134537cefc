"""The web edge: one commit per request, declared actions, once-tokens, headers, and errors as pages."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy import String, delete
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from app.extensions import db
from app.kit import audit, charts, clock
from app.kit.authorisation import SIGNED_IN, Action, Actor
from app.kit.database import Base, UtcDateTime, set_hurried, set_reading
from app.kit.errors import Conflict, DomainError, Forbidden
from app.kit.i18n import _, _l

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ONCE_FIELD = "_once"
ONCE_KEPT = timedelta(days=7)
# Of no weight in telling two forms apart, or (the new password typed again) too much of it to be kept.
_NOT_KEPT = frozenset({ONCE_FIELD, "csrf_token", "repeated"})

NOBODY = Actor(user_id=None, name="", source="web")


class OnceToken(Base):
    """A form that has been carried out: the same form sent again is answered, not repeated."""

    __tablename__ = "once_token"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[str] = mapped_column(String(64))
    location: Mapped[str] = mapped_column(String(500))
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)


def requires(action: Action) -> Callable[[View], View]:
    """Declares the action a route carries out; a route without one does not start (deny by default)."""

    def declare(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declares that nobody need be signed in for this route."""
    view.action = None  # type: ignore[attr-defined]
    return view


signed_in = requires(SIGNED_IN)


def only_reads(view: View) -> View:
    """Declares that a POST changes nothing (what it asks about is too long, or too private, for an address)."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def current_actor() -> Actor:
    """Who is acting in this request."""
    return cast(Actor, g.get("actor", NOBODY))


class LvzhiFlask(Flask):
    """Flask with one commit per request, after success, at this edge and nowhere else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[tuple[str | None, ...], str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """The address of an endpoint."""
        # Every page asks for the same fifty of navigation and static files: these are built once.
        if not has_request_context() or (values and (endpoint != "static" or values.keys() != {"filename"})):
            return super().url_for(endpoint, **values)
        key = (request.environ.get("SCRIPT_NAME"), request.blueprint, endpoint, values.get("filename"))
        if key not in self._addresses:
            self._addresses[key] = super().url_for(endpoint, **values)
        return self._addresses[key]

    def dispatch_request(self) -> ResponseReturnValue:
        """Runs the view; commits what a changing request did, unless it was refused (4xx)."""
        if request.method in SAFE_METHODS:
            return super().dispatch_request()
        token = request.form.get(ONCE_FIELD, "") if request.mimetype != "application/json" else ""
        if token:
            earlier = _claim_once(token)
            if earlier is not None:
                return redirect(earlier)
        response = self.make_response(super().dispatch_request())
        if response.status_code >= 400 and not g.get("keep_changes"):
            db.session.rollback()
            return response
        if token and response.status_code in (301, 302, 303):
            db.session.get_one(OnceToken, token).location = response.location[:500]
        elif token:
            db.session.execute(delete(OnceToken).where(OnceToken.token == token))
        db.session.commit()
        return response


def keep_changes() -> None:
    """This request keeps what it wrote although it answers with a refusal (a failed log-in is recorded)."""
    g.keep_changes = True


def _content_sent() -> str:
    """What tells this form from another one: keyed, so that the table gives nothing away; passwords left out."""
    secret = current_app.secret_key or ""
    content = hmac.new(secret if isinstance(secret, bytes) else secret.encode(), digestmod=hashlib.sha256)
    for key, value in sorted(request.form.items(multi=True)):
        if key not in _NOT_KEPT and "password" not in key:
            content.update(f"{key}={value}\n".encode())
    for key, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
        file.stream.seek(0)
        content.update(f"{key}={file.filename}={digest}\n".encode())
    return content.hexdigest()


def _claim_once(token: str) -> str | None:
    """Claims the form's token; the place to go to if this very form has been carried out already."""
    content = _content_sent()
    token = token[:64]
    found = db.session.get(OnceToken, token)
    if found is None:
        try:
            with db.session.begin_nested():
                db.session.add(OnceToken(token=token, content=content, location="/", used_at=clock.now()))
        except IntegrityError:
            found = db.session.get(OnceToken, token)
        else:
            return None
    if found is not None and found.content != content:
        raise Conflict(
            _l("这张表单刚才已经提交过，现在内容不同。请打开新的表单，把改动重新填写后提交，以免重复登记。")
        )
    return found.location if found is not None else "/"


def forget_used_forms() -> None:
    """Drops once-tokens nobody can still resend."""
    db.session.execute(delete(OnceToken).where(OnceToken.used_at < clock.now() - ONCE_KEPT))


def check_every_route_declares_its_action(app: Flask) -> None:
    """Refuses to start with a route that does not say who may use it."""
    missing = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "action")
    ]
    if missing:
        raise RuntimeError(f"routes without a declared action: {', '.join(sorted(missing))}")


def _begin_request() -> ResponseReturnValue | None:
    g.request_id = uuid.uuid4().hex[:16]
    view = current_app.view_functions.get(request.endpoint or "")
    set_reading(request.method in SAFE_METHODS or getattr(view, "only_reads", False))
    set_hurried(True)
    audit.set_actor(None)
    if any("\0" in text for text in _texts_sent()):
        # Nobody types it, PostgreSQL takes it in no text.
        abort(400)
    return None


def _texts_sent() -> Iterator[str]:
    yield request.path
    for sent in (request.args, request.form):
        for pair in sent.items(multi=True):
            yield from pair


def _check_action() -> ResponseReturnValue | None:
    """Runs after the accounts feature has said who is acting (``g.actor``)."""
    audit.set_actor(current_actor())
    if request.endpoint is None:
        return None
    action = getattr(current_app.view_functions[request.endpoint], "action", SIGNED_IN)
    if action is None:
        return None
    actor = current_actor()
    if actor.user_id is None:
        if request.headers.get("HX-Request"):
            return Response(status=401, headers={"HX-Redirect": url_for("accounts.login")})
        return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")))
    if not actor.may(action):
        raise Forbidden(
            _l("您的账号没有“%(action)s”的权限，如确有需要请联系安全管理员。", action=action.label)
        )
    return None


CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def _headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint == "static" and response.status_code < 400:
        headers["Cache-Control"] = "public, max-age=86400"
    else:
        headers["Cache-Control"] = "no-store"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


_STATUS_SENTENCES = {
    400: _l("请求不完整或已过期，请返回上一页刷新后重试。"),
    403: _l("您的账号没有这项权限，如确有需要请联系安全管理员。"),
    404: _l("没有找到这个页面或这条记录，或者它不在您的管理范围内。"),
    405: _l("这个地址不支持这种操作，请从页面上的按钮进入。"),
    413: _l("上传的内容超过大小限制，请压缩或分批上传。"),
    429: _l("操作过于频繁，请稍后再试。"),
    500: _l("系统出错了，已经记录下来。您的数据没有被改动，请稍后重试；仍不行请把编号告诉管理员。"),
    503: _l("系统正忙（可能正在导入数据），您填写的内容没有丢失，请稍后重试。"),
}


def error_page(status: int, message: Any = None) -> tuple[str, int]:
    """A clear sentence, what to do next, and a way back."""
    sentence = message or _STATUS_SENTENCES.get(status) or _STATUS_SENTENCES[400 if status < 500 else 500]
    page = render_template("layout/error.html", status=status, sentence=str(sentence))
    return page, status


def _on_domain_error(error: DomainError) -> tuple[str, int]:
    db.session.rollback()
    return error_page(error.status, error)


def _on_http_error(error: HTTPException) -> ResponseReturnValue:
    db.session.rollback()
    status = error.code or 500
    if status < 400:
        return error
    page = error_page(status)
    if status == 405 and isinstance(allowed := getattr(error, "valid_methods", None), list | set | tuple):
        return page[0], 405, {"Allow": ", ".join(sorted(allowed))}
    return page


def _on_csrf_error(_error: CSRFError) -> tuple[str, int]:
    db.session.rollback()
    return error_page(
        400,
        _l("页面停留时间过长或登录已变化，为安全起见没有提交。请返回、刷新页面后再提交，填写的内容会保留。"),
    )


def _on_stale(_error: StaleDataError) -> tuple[str, int]:
    db.session.rollback()
    return error_page(
        409, _l("这条记录刚刚被别人修改过，为避免覆盖没有保存。请返回，刷新后对照最新内容再改。")
    )


def _on_clash(error: IntegrityError) -> tuple[str, int]:
    """Two people entered the same at this moment: the database let one of them in."""
    db.session.rollback()
    current_app.logger.warning("request %s clashed: %s", g.get("request_id"), type(error.orig).__name__)
    return error_page(409, _l("刚刚有人登记了相同的内容，没有重复保存。请返回，刷新后核对。"))


def _on_busy(error: OperationalError) -> tuple[str, int]:
    db.session.rollback()
    current_app.logger.warning("database busy or away: %s", type(error.orig).__name__)
    return error_page(503)


def _on_crash(error: Exception) -> tuple[str, int]:
    db.session.rollback()
    current_app.logger.exception("request %s failed", g.get("request_id"))
    return error_page(500)


def safe_path(target: str | None, default: str) -> str:
    """A path on this site to go back to; anything that leads elsewhere becomes ``default``."""
    if target and re.match(r"^/(?![/\\])[^\s\\]*$", target):
        return target
    return default


def site_url(endpoint: str, **values: Any) -> str:
    """The whole address of a page, for paper, QR codes and other programs.

    Begins as the operator says people reach the site (LVZHI_BASE_URL), else as this request did.
    """
    base = str(current_app.config.get("BASE_URL") or "").rstrip("/")
    return f"{base}{url_for(endpoint, **values)}" if base else url_for(endpoint, **values, _external=True)


def go_back(default: str, message: Any = None, category: str = "success") -> ResponseReturnValue:
    """Redirects to the page the form named in ``next`` (this site only), with a note."""
    if message is not None:
        flash(str(message), category)
    return redirect(safe_path(request.values.get("next"), default), code=303)


def new_once_token() -> str:
    """A fresh token for a form."""
    return secrets.token_urlsafe(24)


def answer(template: str, *, form: Any = None, **context: Any) -> tuple[str, int]:
    """Renders a page with a form: 422 when what was sent was refused, so that nothing of it is kept."""
    refused = form is not None and request.method == "POST"
    return render_template(template, form=form, **context), 422 if refused else 200


def note(message: Any, category: str = "success") -> None:
    """A short message shown on the next page."""
    flash(str(message), category)


def _version_static(app: Flask) -> None:
    """A changed file gets a new address, so that browsers may keep what they have."""

    @app.url_defaults
    def _add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", _stamp(str(app.static_folder), values["filename"]))


@lru_cache(maxsize=500)
def _stamp(folder: str, filename: str) -> str:
    path = Path(folder) / filename
    return format(int(path.stat().st_mtime), "x") if path.exists() else "0"


class RecordNumber(IntegerConverter):
    """A record's number in an address; one that no database column holds is no address at all (404)."""

    regex = r"\d{1,18}"


def init_app(app: Flask) -> None:
    """Hangs the edge on the application; features register their own request hooks after this one."""
    app.url_map.converters["int"] = RecordNumber
    _version_static(app)
    app.before_request(_begin_request)
    app.after_request(_headers)
    app.register_error_handler(DomainError, _on_domain_error)
    app.register_error_handler(CSRFError, _on_csrf_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(StaleDataError, _on_stale)
    app.register_error_handler(IntegrityError, _on_clash)
    app.register_error_handler(OperationalError, _on_busy)
    app.register_error_handler(Exception, _on_crash)
    app.jinja_env.globals.update(new_once_token=new_once_token, ONCE_FIELD=ONCE_FIELD, chart_math=charts, _=_)


def finish(app: Flask) -> None:
    """Called when every feature is registered."""
    app.before_request(_check_action)
    public(app.view_functions["static"])
    check_every_route_declares_its_action(app)
