"""Sending what waits, each message at most once, whatever dies on the way and however many workers there are.

A message is claimed in a transaction of its own before anything is sent: whoever changes WAITING to SENDING, and
only they, may send it. Then it is sent, then its end is written down. Where a worker dies in between, the row stays
SENDING, and the next worker to start (or to find it old) marks it UNKNOWN, never to be sent again: it may have left.
The one who sent it, if alive after all, still writes down the truth.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.kit import clock, jobs
from app.kit.i18n import _l
from app.notices import announcing
from app.notices.channels import open_channels
from app.notices.gateways import GatewayMissing, NotSent, load_gateway
from app.notices.mail import Mailer, read_server
from app.notices.models import Notice, NoticeDelivery
from app.notices.states import DELIVERY_TRANSITIONS, Channel, DeliveryState, DeliveryStep
from app.notices.words import in_chinese

log = logging.getLogger("lvzhi.notices")
AT_ONCE = 200
# No attempt takes as long: what is still being sent then has lost its sender.
LONGEST_ATTEMPT = timedelta(minutes=15)
# A refused message is tried again by itself after these; then it waits for a person.
TRIED_AGAIN_AFTER = (timedelta(minutes=10), timedelta(hours=1))
# Times to wait for SQLite's write lock (15 seconds each) before a message's end stays unknown.
PATIENCE = 16
SIGNATURE = _l("本通知由履职台账系统自动发出，请勿回复。")


class Sender(Protocol):
    """A way out of the house."""

    def prepare(self) -> None:
        """Gets ready without sending anything; NotSent where nothing can be sent now."""

    def send(self, number: int, to: str, title: str, text: str) -> None:
        """Sends one message; NotSent where it certainly did not leave."""

    def close(self) -> None:
        """Lets go of what it holds."""


class SmsSender:
    """Short messages through the office's gateway: the title, and the text in brief."""

    def __init__(self) -> None:
        self._gateway: Any = None

    def prepare(self) -> None:
        try:
            self._gateway = load_gateway()
        except GatewayMissing as error:
            raise NotSent(f"LVZHI_SMS_GATEWAY: {error}") from error

    def send(self, number: int, to: str, title: str, text: str) -> None:
        self._gateway(to, f"{title}\n{text}".strip())

    def close(self) -> None:
        self._gateway = None


def sender_of(channel: Channel) -> Sender:
    """The way out for a channel; NotSent where its settings cannot be right."""
    if channel is Channel.SMS:
        return SmsSender()
    config = current_app.config
    try:
        return Mailer(read_server(config["SMTP_URL"], config.get("MAIL_FROM", "")))
    except ValueError as error:
        raise NotSent(str(error)) from error


@dataclass(frozen=True)
class Letter:
    """One message as it is claimed."""

    id: int
    address: str
    title: str
    text: str


def send_waiting() -> int:
    """Sends everything that waits, over every channel; how many messages left."""
    return sum(1 for step in send_step_by_step() if step == "sent")


def send_step_by_step() -> Iterator[str]:
    """The same, stopping between any two transactions: a worker may die at each of these places."""
    lose_interrupted(LONGEST_ATTEMPT)
    try_again()
    yield "swept"
    for channel in sorted(open_channels()):
        ids = _waiting(channel)
        if not ids:
            continue
        try:
            sender = sender_of(channel)
        except NotSent as error:
            _explain_waiting(ids, error)
            continue
        try:
            yield from _send_these(sender, ids)
        finally:
            sender.close()


def _send_these(sender: Sender, ids: list[int]) -> Iterator[str]:
    for position, delivery_id in enumerate(ids):
        try:
            sender.prepare()
        except NotSent as error:
            log.warning("nothing can be sent: %s", error)
            _explain_waiting(ids[position:], error)
            return
        yield "ready"
        letter = claim(delivery_id)
        if letter is None:
            continue
        yield "claimed"
        step, reason = _hand_over(sender, letter)
        yield "handed over"
        _end(letter.id, step, reason)
        yield "sent" if step is DeliveryStep.SUCCEED else "not sent"


def _waiting(channel: Channel) -> list[int]:
    wanted = select(NoticeDelivery.id).where(
        NoticeDelivery.state == DeliveryState.WAITING, NoticeDelivery.channel == channel
    )
    ids = list(db.session.scalars(wanted.order_by(NoticeDelivery.id).limit(AT_ONCE)))
    db.session.commit()
    return ids


def claim(delivery_id: int) -> Letter | None:
    """Makes a waiting message this worker's own, for good; None where another one was faster."""
    claimed = db.session.execute(
        update(NoticeDelivery)
        .where(NoticeDelivery.id == delivery_id, NoticeDelivery.state == DeliveryState.WAITING)
        .values(
            state=DELIVERY_TRANSITIONS.after(DeliveryState.WAITING, DeliveryStep.CLAIM),
            tries=NoticeDelivery.tries + 1,
            claimed_at=clock.now(),
            ended_at=None,
            error="",
        )
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        db.session.rollback()
        return None
    row = db.session.execute(
        select(NoticeDelivery.address, Notice.title, Notice.body, Notice.url, NoticeDelivery.channel)
        .join(Notice, Notice.id == NoticeDelivery.notice_id)
        .where(NoticeDelivery.id == delivery_id)
    ).one()
    letter = Letter(delivery_id, row.address, row.title, _text(row))
    db.session.commit()
    return letter


def _text(row: Any) -> str:
    if row.channel is Channel.SMS:
        return str(row.body)
    base = str(current_app.config.get("BASE_URL") or "").rstrip("/")
    parts = [row.title, row.body, f"{base}{row.url}" if base and row.url else "", in_chinese(SIGNATURE)]
    return "\n\n".join(part for part in parts if part)


def _hand_over(sender: Sender, letter: Letter) -> tuple[DeliveryStep, str]:
    """Sends the message: whether it left, did not, or nobody can tell; and the reason."""
    try:
        sender.send(letter.id, letter.address, letter.title, letter.text)
    except NotSent as error:
        return DeliveryStep.FAIL, str(error)
    except Exception as error:
        log.warning("delivery %s broke off: %s", letter.id, type(error).__name__)
        return DeliveryStep.LOSE, f"{type(error).__name__}: {error}"
    return DeliveryStep.SUCCEED, ""


def _end(delivery_id: int, step: DeliveryStep, reason: str) -> None:
    """Writes down how it ended, by the one who knows: also where it was given up for lost meanwhile."""
    before = [
        state
        for state in (DeliveryState.SENDING, DeliveryState.UNKNOWN)
        if DELIVERY_TRANSITIONS.after(state, step) is not None
    ]
    for attempt in range(1, PATIENCE + 1):
        try:
            _move(before, step, NoticeDelivery.id == delivery_id, error=reason[:300], ended_at=clock.now())
        except OperationalError:
            # An import may hold SQLite's write lock for minutes; what has left should not be lost sight of.
            db.session.rollback()
            if attempt == PATIENCE:
                raise
        else:
            return


def lose_interrupted(older_than: timedelta = timedelta(0)) -> int:
    """What a dead worker was sending is never sent again; how many. A starting worker loses all there is."""
    before = clock.now() - older_than
    lost = NoticeDelivery.claimed_at <= before
    return _move([DeliveryState.SENDING], DeliveryStep.LOSE, lost, ended_at=clock.now())


def try_again() -> int:
    """Refused messages whose time has come wait again; how many."""
    return sum(
        _move(
            [DeliveryState.FAILED],
            DeliveryStep.RETRY,
            (NoticeDelivery.tries == tries) & (NoticeDelivery.ended_at <= clock.now() - after),
        )
        for tries, after in enumerate(TRIED_AGAIN_AFTER, start=1)
    )


def _move(before: list[DeliveryState], step: DeliveryStep, which: Any, **values: Any) -> int:
    """Takes messages a step further by the table, in a transaction of its own; how many."""
    moved = 0
    for state in before:
        after = DELIVERY_TRANSITIONS.after(state, step)
        result = db.session.execute(
            update(NoticeDelivery)
            .where(NoticeDelivery.state == state, which)
            .values(state=after, **values)
            .execution_options(synchronize_session=False)
        )
        moved += result.rowcount  # type: ignore[attr-defined]
    db.session.commit()
    return moved


def _explain_waiting(ids: list[int], error: NotSent) -> None:
    """The log says why messages still wait: the mail server cannot be reached, a setting is wrong."""
    db.session.execute(
        update(NoticeDelivery)
        .where(NoticeDelivery.id.in_(ids), NoticeDelivery.state == DeliveryState.WAITING)
        .values(error=str(error)[:300])
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def go_round(now: datetime | None = None) -> None:
    """What the worker does every few minutes: what is due is told, what waits is sent."""
    announcing.announce(now)
    send_waiting()


jobs.register_chore(lose_interrupted)
jobs.register_round(announcing.announce, minutes=5)
jobs.register_round(send_waiting, minutes=1)
