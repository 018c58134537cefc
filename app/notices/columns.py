"""The log of notices: to whom, when, how, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_, case, exists, func, or_

from app.accounts.models import User
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import row_ids
from app.kit.i18n import _, _l
from app.kit.listing import BatchAction, Column, Filter, Listing
from app.notices.models import Notice, NoticeDelivery
from app.notices.policy import RETRY, VIEW_LOG
from app.notices.queries import Email, Sms, select_log
from app.notices.states import Channel, DeliveryState, NoticeKind
from app.registry.models import Area, Person
from app.registry.queries import list_area_names

_TO = func.coalesce(Person.name, User.name, "")
_READ = case((Notice.read_at.is_not(None), 1), else_=0)


def _midnight(day: str, days: int = 0) -> datetime:
    """Midnight in the office, as an instant."""
    midnight = datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), clock.SHANGHAI)
    return midnight.astimezone(UTC)


def _between(values: list[str]) -> ColumnElement[bool]:
    parts = []
    if values[0]:
        parts.append(Notice.at >= _midnight(values[0]))
    if values[1]:
        parts.append(Notice.at < _midnight(values[1], days=1))
    return and_(*parts)


def _sent_by(values: list[str]) -> ColumnElement[bool]:
    sent = exists().where(NoticeDelivery.notice_id == Notice.id)
    parts = [sent.where(NoticeDelivery.channel == Channel(v)) for v in values if v != "app"]
    return or_(*parts, *([~sent] if "app" in values else []))


def _in_state(values: list[str]) -> ColumnElement[bool]:
    states = [DeliveryState(value) for value in values]
    return exists().where(NoticeDelivery.notice_id == Notice.id, NoticeDelivery.state.in_(states))


def _read(values: list[str]) -> ColumnElement[bool]:
    parts = {"1": Notice.read_at.is_not(None), "0": Notice.read_at.is_(None)}
    return or_(*(parts[value] for value in values))


def _ways(_actor: Actor) -> Sequence[tuple[str, str]]:
    return [("app", _("只在站内")), *Channel.choices()]


def _search(q: str) -> ColumnElement[bool]:
    return or_(
        Person.name.startswith(q, autoescape=True),
        User.name.startswith(q, autoescape=True),
        Notice.title.contains(q, autoescape=True),
        Email.address == q,
        Sms.address == q,
    )


def _batch(actor: Actor) -> Sequence[BatchAction]:
    if not actor.areas(RETRY):
        return ()
    return (BatchAction(_l("重发没有发出的"), "/notices/log/retry"),)


def _areas(actor: Actor) -> Sequence[tuple[str, str]]:
    return list_area_names(actor.areas(VIEW_LOG))


def _named_areas(actor: Actor, codes: list[str]) -> Sequence[tuple[str, str]]:
    return list_area_names(actor.areas(VIEW_LOG), codes)


def _delivery(way: Any, key: str, label: Any) -> tuple[Column, ...]:
    """How one channel went: state, address, when."""
    return (
        Column(f"{key}_state", label, way.state, kind="enum"),
        Column(f"{key}_address", _l("%(channel)s发到", channel=label), way.address, visible=key == "email"),
        Column(
            f"{key}_ended_at",
            _l("%(channel)s时间", channel=label),
            way.ended_at,
            kind="instant",
            visible=False,
        ),
    )


LOG = Listing(
    name="notices",
    title=_l("通知发送记录"),
    noun=_l("通知"),
    select_visible=select_log,
    identity=Notice.id,
    # By number, newest first.
    order="-",
    url=lambda notice_id: url_for("notices.notice", notice_id=notice_id),
    search=_search,
    search_hint=_l("收件人、标题或号码"),
    batch=_batch,
    columns=(
        Column("title", _l("标题"), Notice.title),
        Column("kind", _l("类别"), Notice.kind, kind="enum", sort=Notice.kind),
        Column("to", _l("发给"), _TO, sort=_TO),
        Column("at", _l("通知时间"), Notice.at, kind="instant", sort=Notice.at),
        Column("read", _l("站内已读"), _READ, kind="yes_no", sort=_READ),
        Column("read_at", _l("阅读时间"), Notice.read_at, kind="instant", visible=False),
        *_delivery(Email, "email", _l("电子邮件")),
        *_delivery(Sms, "sms", _l("短信")),
        Column("area", _l("地区"), Area.name, visible=False),
    ),
    filters=(
        Filter("on", _l("日期"), "dates", _between),
        Filter(
            "kind",
            _l("类别"),
            "choice",
            lambda values: Notice.kind.in_([NoticeKind(v) for v in values]),
            lambda _actor: NoticeKind.choices(),
        ),
        Filter("state", _l("发送情况"), "choice", _in_state, lambda _actor: DeliveryState.choices()),
        Filter("by", _l("方式"), "choice", _sent_by, _ways),
        Filter("read", _l("站内已读"), "yes_no", _read),
        Filter(
            "area", _l("地区"), "choice", lambda values: Notice.area_code.in_(values), _areas, _named_areas
        ),
        Filter("person", _l("代表"), "hidden", lambda values: Notice.person_id.in_(row_ids(values))),
    ),
)
