"""Notices of the invented county: read and unread, sent, refused, broken off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from app.cli.demo.rows import COUNTY, Maker
from app.kit import clock
from app.kit.authorisation import STAFF_ROLES
from app.notices.models import Notice, NoticeDelivery
from app.notices.states import Channel, DeliveryState, NoticeKind

MONTHS = 6
DAYS_BEFORE = {
    NoticeKind.RECEPTION_EARLY: 30,
    NoticeKind.RECEPTION_PERIODIC: 14,
    NoticeKind.RECEPTION_REMINDER: 1,
}
TITLES = {
    NoticeKind.RECEPTION_EARLY: "接待日预告：%s",
    NoticeKind.RECEPTION_PERIODIC: "本月接待日：%s",
    NoticeKind.RECEPTION_REMINDER: "请准时接待：%s",
}


def add_notices(maker: Maker) -> None:
    """Half a year of notices of reception days to some deputies, and what waits for the staff's attention."""
    users = maker.made["user"]
    persons = [row["person_id"] for row in users if row.get("person_id")]
    others = [row["id"] for row in maker.made["person"] if row["id"] not in set(persons)]
    chosen = [*persons, *others[:60]]
    for at, kind, held in sorted(_occasions(maker)):
        for person_id in chosen:
            _notice(maker, f"demo:{kind.value}:{held}", kind, at, f"{held.month}月15日", person_id)
    _for_staff(maker, users)


def _occasions(maker: Maker) -> Iterator[tuple[datetime, NoticeKind, date]]:
    """What has been told: when, what, and for which reception day."""
    for back in range(MONTHS):
        month = maker.today.month - 1 - back
        held = maker.today.replace(year=maker.today.year + month // 12, month=month % 12 + 1, day=15)
        for kind, days in DAYS_BEFORE.items():
            at = datetime.combine(held - timedelta(days=days), time(8, 5), clock.SHANGHAI)
            if at <= clock.now():
                yield at, kind, held


def _notice(maker: Maker, key: str, kind: NoticeKind, at: datetime, day: str, person_id: int) -> None:
    read = maker.chance(0.75)
    row = maker.add(
        Notice,
        key=f"{key}:p{person_id}",
        kind=kind,
        area_code=COUNTY,
        person_id=person_id,
        user_id=None,
        title=TITLES[kind] % day,
        body=f"{day}上午9:00至11:30，您在联络站接待选民和群众。不能到站请提前请假或换班。",
        url="/stations/receptions",
        at=at,
        read_at=at + timedelta(hours=5) if read else None,
    )
    _delivery(maker, row, Channel.EMAIL, f"deputy{person_id}@daibiao.example", at)
    if kind is NoticeKind.RECEPTION_REMINDER:
        _delivery(maker, row, Channel.SMS, f"1390000{person_id % 10_000:04}", at)


def _delivery(maker: Maker, notice: dict[str, Any], channel: Channel, address: str, at: datetime) -> None:
    state, error = DeliveryState.SENT, ""
    if maker.chance(0.02):
        refusals = {Channel.EMAIL: "550 mailbox unavailable", Channel.SMS: "号码已停机"}
        state, error = DeliveryState.FAILED, refusals[channel]
    elif maker.chance(0.005):
        state, error = DeliveryState.UNKNOWN, "TimeoutError"
    maker.add(
        NoticeDelivery,
        notice_id=notice["id"],
        channel=channel,
        address=address,
        state=state,
        # Tried as often as it is by itself: the invented county sends nothing.
        tries=3 if state is DeliveryState.FAILED else 1,
        error=error,
        claimed_at=at + timedelta(seconds=20),
        ended_at=at + timedelta(seconds=21),
    )


def _for_staff(maker: Maker, users: list[dict[str, Any]]) -> None:
    """The staff have something to read too."""
    now = clock.now()
    staff = {row["user_id"] for row in maker.made["role_grant"] if row["role"] in STAFF_ROLES}
    for user in users:
        if user["id"] not in staff:
            continue
        for n, (kind, title, url) in enumerate(
            (
                (NoticeKind.RECEPTION_REQUEST, "有代表申请换班，请处理", "/stations/receptions"),
                (NoticeKind.GROUP_PLAN, "代表小组年度计划待审核", "/groups"),
            )
        ):
            maker.add(
                Notice,
                key=f"demo:staff:{n}:u{user['id']}",
                kind=kind,
                area_code=COUNTY,
                person_id=None,
                user_id=user["id"],
                title=title,
                body="",
                url=url,
                at=now - timedelta(days=2 - n),
                read_at=None,
            )
