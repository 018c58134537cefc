"""When an office tells deputies of their reception days (3-11)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.kit.i18n import _l
from app.notices.states import Channel, NoticeKind
from app.registry.topics import register_topic

TOPIC = "notices"


class NoticeRules(BaseModel):
    """The ``notices:`` part of an office's profile: three notices for each reception day (3-11), and by which
    channels. Distances are in calendar days; the defaults are this system's, no document demands them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # 提早预告: so many days before the reception day.
    early_days_before: Annotated[int, Field(ge=0, le=120)] = 30
    # 定期公告: on this day of the month, the receptions of that month.
    periodic_day_of_month: Annotated[int, Field(ge=1, le=28)] = 1
    # 先行提醒: so many days before the reception day.
    reminder_days_before: Annotated[int, Field(ge=0, le=30)] = 1
    # Nobody is told before this hour of the office's day.
    from_hour: Annotated[int, Field(ge=0, le=23)] = 8
    channels: tuple[Channel, ...] = (Channel.EMAIL, Channel.SMS)
    document: str = ""


register_topic(TOPIC, _l("通知"), NoticeRules)


def early_due(rules: NoticeRules, held_on: date, today: date) -> bool:
    """The early notice is due: its day has come, and it is not yet time for the reminder, which says the same."""
    begins = held_on - timedelta(days=rules.early_days_before)
    return begins <= today < held_on - timedelta(days=rules.reminder_days_before)


def periodic_due(rules: NoticeRules, held_on: date, today: date) -> bool:
    """The notice of the month is due for this reception day: it lies in this month and is still to come."""
    if (held_on.year, held_on.month) != (today.year, today.month):
        return False
    return rules.periodic_day_of_month <= today.day and today <= held_on


def reminder_due(rules: NoticeRules, held_on: date, today: date) -> bool:
    """The reminder is due: its day has come and the reception is not over."""
    return held_on - timedelta(days=rules.reminder_days_before) <= today <= held_on


def receptions_due(rules: NoticeRules, held_on: date, today: date, hour: int) -> list[NoticeKind]:
    """The notices of a reception day that are due on a day at an hour (office time); told ones are not left out:
    :func:`app.notices.operations.tell` knows them."""
    if hour < rules.from_hour:
        return []
    due = (
        (NoticeKind.RECEPTION_EARLY, early_due),
        (NoticeKind.RECEPTION_PERIODIC, periodic_due),
        (NoticeKind.RECEPTION_REMINDER, reminder_due),
    )
    return [kind for kind, is_due in due if is_due(rules, held_on, today)]
