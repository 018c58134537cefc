"""What the operations of this feature share."""

from __future__ import annotations

from typing import Any

from app.kit.i18n import _l

NOT_LATER_THAN_TODAY = _l("日期不能晚于今天。")


def assign_values(row: Any, values: dict[str, Any]) -> None:
    """Sets what differs, so that the audit trail and the version see changes only."""
    for key, value in values.items():
        if getattr(row, key) != value:
            setattr(row, key, value)
