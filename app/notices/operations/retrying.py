"""Sending again what certainly did not leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.errors import Conflict
from app.kit.i18n import _l
from app.notices.models import Notice, NoticeDelivery
from app.notices.policy import RETRY
from app.notices.states import DELIVERY_TRANSITIONS, DeliveryState, DeliveryStep


def retry_notices(actor: Actor, notice_ids: Sequence[int]) -> int:
    """Has what failed of these notices sent again; how many messages. What may have left is never sent again."""
    inside = select(Notice.id).where(Notice.id.in_(notice_ids), within(Notice.area_code, actor.areas(RETRY)))
    result: Any = db.session.execute(
        update(NoticeDelivery)
        .where(NoticeDelivery.notice_id.in_(inside), NoticeDelivery.state == DeliveryState.FAILED)
        .values(state=DELIVERY_TRANSITIONS.after(DeliveryState.FAILED, DeliveryStep.RETRY))
        .execution_options(synchronize_session=False)
    )
    if not result.rowcount:
        raise Conflict(_l("这些通知里没有发送失败的；已发出或发送时中断的不会重发，以免有人收到两次。"))
    return int(result.rowcount)
