"""Suggestions that did not go straight on: not made one, taken back, given back by a unit, taken from a unit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.cli.demo.rows import Maker
from app.cli.demo.suggestion_screening import Writer
from app.suggestions.models import UnitAsk
from app.suggestions.rules import reply_due_on
from app.suggestions.states import (
    AskKind,
    AskState,
    ClockKind,
    HandlingState,
    Inadmissible,
    Occasion,
    Step,
    SuggestionState,
    UnitPart,
)

H, S = HandlingState, SuggestionState
SERIAL = 60  # behind the numbers of those that wait at the desk
BETWEEN = Occasion.BETWEEN_SESSIONS


def add_detours(maker: Maker) -> None:
    """One of each; comes after those that wait at the office's desk, whose numbers it follows."""
    writer = Writer(maker, serial=SERIAL)
    _declined(writer, maker.today - timedelta(days=33))
    _withdrawn(writer, maker.today - timedelta(days=26))
    _given_back(writer, maker.today - timedelta(days=30))
    _recalled(writer, maker.today - timedelta(days=24))


def _declined(writer: Writer, on: date) -> None:
    """Complaints about somebody go another way; the deputy reads why."""
    reason = "检举、控告类事项不作为代表建议办理，已告知代表向有关机关反映的渠道。"
    made = writer.row(
        "关于追究某工程承包商违约责任的建议", "其他", on, S.DECLINED, inadmissible=Inadmissible.ACCUSATION
    )
    made["number"] = None
    writer.step(made, Step.SUBMIT, S.DRAFT, S.SUBMITTED, on - timedelta(days=2))
    writer.step(made, Step.DECLINE, S.SUBMITTED, S.DECLINED, on, note=reason)
    writer.clock(made, ClockKind.SCREEN, on - timedelta(days=2), 10)["ended_on"] = on


def _withdrawn(writer: Writer, on: date) -> None:
    """Done before a unit had it: the proposer takes it back in writing."""
    made = writer.row("关于修复滨江步道路灯的建议", "城建", on, S.WITHDRAWN, occasion=BETWEEN)
    writer.accepted(made, on)
    later = on + timedelta(days=3)
    note = "代表书面申请撤回：路灯已由县城管局修复。"
    writer.step(made, Step.WITHDRAW, S.ACCEPTED, S.WITHDRAWN, later, note=note)
    writer.clock(made, ClockKind.ASSIGN, on, 14)["ended_on"] = later


def _given_back(writer: Writer, on: date) -> None:
    """A unit's objection was granted; another one handles it since."""
    first, second = (unit["id"] for unit in writer.units[1:3])
    made = writer.row("关于改善乡镇客运站公共卫生条件的建议", "交通", on, S.ASSIGNED, occasion=BETWEEN)
    writer.accepted(made, on)
    sent, objected, decided = (on + timedelta(days=days) for days in (2, 4, 6))
    made |= {"assigned_on": sent, "due_on": reply_due_on(decided)}
    writer.step(made, Step.ASSIGN, S.ACCEPTED, S.ASSIGNED, sent)
    gone = writer.part(made, H.RETURNED, unit_id=first, sent_on=sent)
    reason = "客运站的经营管理按三定方案由交通运输部门负责，请调整承办单位。"
    writer.step(made, Step.SEND, H.PRE_ASSIGNED, H.SENT, sent, gone)
    writer.step(made, Step.OBJECT, H.SENT, H.OBJECTED, objected, gone, note=reason)
    answer = "同意，改由县交通运输局主办。"
    writer.step(made, Step.GRANT, H.OBJECTED, H.RETURNED, decided, gone, note=answer)
    writer.maker.add(
        UnitAsk,
        suggestion_unit_id=gone["id"],
        kind=AskKind.OBJECTION,
        state=AskState.GRANTED,
        asked_on=objected,
        reason=reason,
        decided_on=decided,
        answer=answer,
        version=1,
    )
    writer.step(made, Step.TAKE_BACK, S.ASSIGNED, S.ACCEPTED, decided, note=answer)
    writer.step(made, Step.ASSIGN, S.ACCEPTED, S.ASSIGNED, decided)
    _take_up(writer, made, second, decided)


def _recalled(writer: Writer, on: date) -> None:
    """Handed to one unit too many, which gave it back to the office."""
    second, first = (unit["id"] for unit in writer.units[3:5])
    made = writer.row("关于增设乡镇农资废弃物回收点的建议", "环境", on, S.ASSIGNED, occasion=BETWEEN)
    writer.accepted(made, on)
    sent = on + timedelta(days=2)
    made |= {"assigned_on": sent, "due_on": reply_due_on(sent)}
    writer.step(made, Step.ASSIGN, S.ACCEPTED, S.ASSIGNED, sent)
    _take_up(writer, made, first, sent)
    gone = writer.part(made, H.WITHDRAWN, unit_id=second, part=UnitPart.CO, sent_on=sent)
    writer.step(made, Step.SEND, H.PRE_ASSIGNED, H.SENT, sent, gone)
    note = "所提事项由主办单位一家即可办理，不再协办。"
    writer.step(made, Step.RECALL, H.SENT, H.WITHDRAWN, sent + timedelta(days=1), gone, note=note)


def _take_up(writer: Writer, made: dict[str, Any], unit_id: int, sent: date) -> None:
    """The unit has it and signed for it two days later."""
    signed = sent + timedelta(days=2)
    part = writer.part(made, H.SIGNED, unit_id=unit_id, sent_on=sent, signed_on=signed, handler="陈科长")
    writer.step(made, Step.SEND, H.PRE_ASSIGNED, H.SENT, sent, part)
    writer.step(made, Step.SIGN, H.SENT, H.SIGNED, signed, part, note="陈科长")
    writer.clock(made, ClockKind.REPLY, sent, 90, part)
