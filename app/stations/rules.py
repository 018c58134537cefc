"""Rules on plain values: masking of the people who come to a station, and what an opinion's columns say.

A masked name is enough to tell records apart, too little to find anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.stations.states import (
    LoopStage,
    OpinionAction,
    OpinionOutcome,
    OpinionRoute,
    OpinionState,
)

# The way an opinion goes follows from what is done with it (3-34).
ROUTE_AFTER: Mapping[OpinionAction, OpinionRoute | None] = {
    OpinionAction.ANSWER: OpinionRoute.ON_THE_SPOT,
    OpinionAction.SUGGEST: OpinionRoute.SUGGESTION,
    OpinionAction.TRANSFER: OpinionRoute.TRANSFER,
    OpinionAction.TAKE_BACK: None,
    OpinionAction.LET_GO: None,
    OpinionAction.REOPEN: None,
}
_STATE_OF_ROUTE = {
    None: OpinionState.RECEIVED,
    OpinionRoute.ON_THE_SPOT: OpinionState.ANSWERED,
    OpinionRoute.SUGGESTION: OpinionState.SUGGESTED,
    OpinionRoute.TRANSFER: OpinionState.TRANSFERRED,
}
ENDED = frozenset({OpinionState.CLOSED, OpinionState.TOLD})
OPEN = frozenset(set(OpinionState) - ENDED - {OpinionState.MERGED})


def mask_name(name: str) -> str:
    """Surname only: 李伟 → 李**."""
    return f"{name[:1]}**" if name else ""


def mask_phone(phone: str) -> str:
    """First three and last two digits: 13900000001 → 139******01; shorter ones not at all."""
    if not phone:
        return ""
    if len(phone) < 8:
        return "*" * len(phone)
    return f"{phone[:3]}{'*' * (len(phone) - 5)}{phone[-2:]}"


def mask_address(address: str) -> str:
    """That there is one, and nothing of it."""
    return "***" if address else ""


@dataclass(frozen=True)
class Standing:
    """State of an opinion and how it ended, as the columns of a register say."""

    state: OpinionState
    ended_as: OpinionOutcome | None


def standing_from_columns(route: OpinionRoute | None, solved: bool, closed_on: date | None) -> Standing:
    """What a register's columns (处理途径, 是否解决, 办结日期) say of an opinion.

    Solved is ended, dated or not; ended but not solved has been explained; else it is where its route led.
    """
    if solved:
        return Standing(OpinionState.CLOSED, OpinionOutcome.SOLVED)
    if closed_on is not None:
        return Standing(OpinionState.CLOSED, OpinionOutcome.EXPLAINED)
    return Standing(_STATE_OF_ROUTE[route], None)


def stage_of(state: OpinionState, topic: str, solved: bool) -> LoopStage:
    """How far an opinion has come (1-11).

    Taken down: 联系群众; sorted by topic or put with another: 汇集民意; answered, handed over, made a
    suggestion or ended: 监督落实; solved: 解决问题.
    """
    if solved:
        return LoopStage.SOLVED
    if state is OpinionState.MERGED:
        return LoopStage.COLLECTED
    if state is OpinionState.RECEIVED:
        return LoopStage.COLLECTED if topic else LoopStage.CONTACTED
    return LoopStage.SUPERVISED


def stages_reached(stage: LoopStage) -> list[LoopStage]:
    """The stage and those before it: who is at the end went through all."""
    stages = list(LoopStage)
    return stages[: stages.index(stage) + 1]
