"""Lists of accounts and of the audit trail."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select

from app.accounts.audit_words import KINDS, SOURCES, VERBS, happening_label, kind_label, source_label
from app.accounts.models import RoleGrant, User
from app.accounts.queries import select_visible_events, select_visible_users
from app.kit import clock
from app.kit.audit import AuditEvent
from app.kit.authorisation import Actor, Role
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing
from app.registry.models import Area


def _roles() -> Any:
    roles = select(func.aggregate_strings(cast(RoleGrant.role, String), ","))
    return roles.where(RoleGrant.user_id == User.id).correlate(User).scalar_subquery()


def _role_labels(kept: str) -> str:
    return _("、").join(Role(role).label for role in sorted(set(kept.split(","))) if role)


def _area_name() -> Any:
    return select(Area.name).where(Area.code == User.area_code).correlate(User).scalar_subquery()


def _role_condition(values: list[str]) -> ColumnElement[bool]:
    return User.id.in_(select(RoleGrant.user_id).where(RoleGrant.role.in_([Role(v) for v in values])))


def _standing(values: list[str]) -> ColumnElement[bool]:
    parts = {"open": User.disabled_at.is_(None), "disabled": User.disabled_at.is_not(None)}
    return or_(*(parts[value] for value in values))


def _search_users(q: str) -> ColumnElement[bool]:
    return or_(User.login.startswith(q, autoescape=True), User.name.startswith(q, autoescape=True))


USERS = Listing(
    name="users",
    title=_l("账号"),
    noun=_l("账号"),
    select_visible=select_visible_users,
    identity=User.id,
    order="login",
    url=lambda user_id: url_for("accounts.user", user_id=user_id),
    search=_search_users,
    search_hint=_l("登录名或姓名"),
    columns=(
        Column("login", _l("登录名"), User.login, sort=User.login),
        Column("name", _l("姓名"), User.name, sort=User.name),
        Column("roles", _l("角色"), _roles(), show=_role_labels),
        Column("area", _l("地区"), _area_name()),
        Column(
            "standing",
            _l("状态"),
            case((User.disabled_at.is_not(None), "disabled"), else_="open"),
            kind="code",
            show=lambda kept: _("已停用") if kept == "disabled" else _("正常"),
        ),
        Column("last_login_at", _l("最近登录"), User.last_login_at, kind="instant"),
        Column(
            "created_at", _l("开通时间"), User.created_at, kind="instant", sort=User.created_at, visible=False
        ),
    ),
    filters=(
        Filter("role", _l("角色"), "choice", _role_condition, lambda _actor: Role.choices()),
        Filter(
            "standing",
            _l("状态"),
            "choice",
            _standing,
            lambda _actor: [("open", _("正常")), ("disabled", _("已停用"))],
        ),
    ),
)


def _instant(day: str, *, days: int = 0) -> datetime:
    """Midnight in the office, as an instant."""
    midnight = datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), clock.SHANGHAI)
    return midnight.astimezone(UTC)


def _between_days(values: list[str]) -> ColumnElement[bool]:
    parts = []
    if values[0]:
        parts.append(AuditEvent.at >= _instant(values[0]))
    if values[1]:
        parts.append(AuditEvent.at < _instant(values[1], days=1))
    return and_(*parts)


def _tag_like(pattern: str, values: list[str]) -> ColumnElement[bool]:
    return or_(*(AuditEvent.tag.like(pattern.format(value)) for value in values))


def _search_events(q: str) -> ColumnElement[bool]:
    return or_(
        AuditEvent.actor_name.startswith(q, autoescape=True),
        AuditEvent.subject_label.contains(q, autoescape=True),
        AuditEvent.tag == q,
        AuditEvent.address == q,
        AuditEvent.request_id == q,
    )


def _choices(words: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key, str(label)) for key, label in words.items()]


def _kinds(_actor: Actor) -> list[tuple[str, str]]:
    return _choices(KINDS)


EVENTS = Listing(
    name="audit_events",
    title=_l("审计日志"),
    noun=_l("审计记录"),
    select_visible=select_visible_events,
    identity=AuditEvent.id,
    # By number, newest first.
    order="-",
    url=lambda event_id: url_for("accounts.audit_event", event_id=event_id),
    search=_search_events,
    search_hint=_l("操作人、对象、地址或请求编号"),
    columns=(
        Column("at", _l("时间"), AuditEvent.at, kind="instant"),
        Column("actor", _l("操作人"), AuditEvent.actor_name),
        Column(
            "what",
            _l("事项"),
            AuditEvent.tag,
            show=lambda tag: happening_label(tag, ""),
        ),
        Column("subject", _l("对象"), AuditEvent.subject_label),
        Column("subject_kind", _l("对象类型"), AuditEvent.subject_kind, show=kind_label, visible=False),
        Column("source", _l("来源"), AuditEvent.tag, show=source_label),
        Column("address", _l("地址"), AuditEvent.address),
        Column("area", _l("地区"), AuditEvent.area_code, visible=False),
        Column("tag", _l("标签"), AuditEvent.tag, visible=False),
        Column("request_id", _l("请求编号"), AuditEvent.request_id, visible=False),
        Column("seq", _l("链上序号"), AuditEvent.seq, kind="number", visible=False),
        Column("hash", _l("摘要"), AuditEvent.hash, visible=False),
    ),
    filters=(
        Filter("on", _l("日期"), "dates", _between_days),
        Filter("kind", _l("对象类型"), "choice", lambda values: AuditEvent.subject_kind.in_(values), _kinds),
        Filter(
            "verb",
            _l("操作"),
            "choice",
            lambda values: _tag_like("%:{}", values),
            lambda _actor: _choices(VERBS),
        ),
        Filter(
            "source",
            _l("来源"),
            "choice",
            lambda values: _tag_like("{}:%", values),
            lambda _actor: _choices(SOURCES),
        ),
        Filter("actor", _l("操作人"), "text", lambda values: AuditEvent.actor_name == values[0]),
    ),
)
