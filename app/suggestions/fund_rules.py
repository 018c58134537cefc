"""When a suggestion may have money of the special fund: all five criteria, and never more than is there (1-13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.kit.i18n import _l

CRITERIA: dict[str, Any] = {
    "no_project_money": _l("无项目资金支撑"),
    "small_sum": _l("涉及资金量不大"),
    "hard_to_raise": _l("资金筹措困难"),
    "vital_interest": _l("关系群众切身利益"),
    "urgent": _l("急需解决"),
}


def missing_criteria(ticked: Mapping[str, bool]) -> list[str]:
    """Criteria that are not met, by name."""
    return [name for name in CRITERIA if not ticked.get(name)]


def balance(total_fen: int, allocated_fen: int) -> int:
    """What is left of a fund, in fen; never below zero while the rules of allocation hold."""
    return total_fen - allocated_fen


def yuan(fen: int) -> str:
    """An amount as people read it; jiao and fen only where there are some."""
    return f"{fen // 100:,}" if fen % 100 == 0 else f"{fen / 100:,.2f}"
