"""Reading one's notices."""

from __future__ import annotations

from sqlalchemy import update

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.notices.models import Notice
from app.notices.queries import get_mine, mine


def read_notice(actor: Actor, notice_id: int) -> Notice:
    """Marks one of the actor's notices as read and gives it."""
    notice = get_mine(actor, notice_id)
    if notice.read_at is None:
        notice.read_at = clock.now()
        db.session.flush()
    return notice


def read_all(actor: Actor) -> int:
    """Marks everything the actor has not read; how many there were."""
    result = db.session.execute(
        update(Notice).where(mine(actor), Notice.read_at.is_(None)).values(read_at=clock.now())
    )
    return int(result.rowcount)  # type: ignore[attr-defined]
