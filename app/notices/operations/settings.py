"""When and how an office tells its deputies; where an account is reached."""

from __future__ import annotations

import re
from typing import Any

from app.accounts.operations.preferences import set_preference
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.notices.rules import TOPIC
from app.registry.models import RuleSet
from app.registry.operations import save_rule_set
from app.registry.topics import validate_topic


def save_rules(actor: Actor, *, area_code: str, document: str = "", **content: Any) -> RuleSet:
    """Puts an office's distances and channels in force from today (3-11)."""
    if content["early_days_before"] <= content["reminder_days_before"]:
        raise DomainError(_l("提早预告应早于临近提醒，请把天数改大。"), "early_days_before")
    content["channels"] = [str(channel) for channel in content["channels"]]
    return save_rule_set(
        actor,
        area_code=area_code,
        topic=TOPIC,
        valid_from=clock.today(),
        content=validate_topic(TOPIC, {**content, "document": document}),
        document=document,
    )


def save_address(actor: Actor, address: str) -> str:
    """Where an account bound to no deputy gets its notices by e-mail; empty: nowhere but in the app."""
    if address and (len(address) > 120 or not re.fullmatch(r"[!-;=?A-~]+@[A-Za-z0-9.-]+", address)):
        raise DomainError(_l("这个邮箱地址不完整，请检查后再保存。"), "address")
    set_preference(actor, "email", address)
    return address or "-"
