"""Opinions of the invented county on their way: handed to units, answered, closed, told, some stuck, one matter twice."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from app.cli.demo.rows import COUNTY, Maker
from app.kit.clock import SHANGHAI
from app.stations.models import Opinion, OpinionStep, OpinionTransfer
from app.stations.rules import standing_from_columns
from app.stations.states import (
    CitizenWord,
    OpinionAction,
    OpinionChannel,
    OpinionOutcome,
    OpinionRoute,
    OpinionState,
    TransferState,
)

DESK = "县人大代表工委"
STEPS_KEPT = 500  # days back for which the steps themselves are on record
A, S = OpinionAction, OpinionState


def add_opinions(maker: Maker) -> None:
    """State and end of every opinion; steps and slips of the last year and a half; a few still undecided."""
    units = [row for row in maker.made["handling_unit"] if row["area_code"] == COUNTY]
    writer = _Writer(maker, units)
    for row in maker.made["opinion"]:
        for column in ("route", "closed_on", "outcome", "citizen_phone"):
            row.setdefault(column, "" if column in {"outcome", "citizen_phone"} else None)
        row.setdefault("solved", False)
        row.setdefault("anonymous", not row.get("citizen_name"))
        writer.settle(row)
    for row in [row for row in maker.made["opinion"] if row["state"] is S.RECEIVED][-3:]:
        maker.add(
            Opinion,
            **{key: value for key, value in row.items() if key not in {"id", "created_at", "updated_at"}}
            | {
                "number": f"{row['number']}B",
                "content": f"再次反映：{row['content']}",
                "channel": OpinionChannel.VISIT,
                "follow_code": None,
                "draft_key": None,
            },
        )


class _Writer:
    """Gives opinions their life."""

    def __init__(self, maker: Maker, units: list[dict[str, Any]]) -> None:
        self.maker = maker
        self.units = units
        self.slips: dict[int, int] = {}

    def settle(self, row: dict[str, Any]) -> None:
        maker, on = self.maker, row["received_on"]
        row |= {"told_on": None, "told_way": "", "citizen_word": None}
        age = (maker.today - on).days
        if not row["solved"] and (age < 40 and maker.chance(0.5)):
            row["route"] = None
        standing = standing_from_columns(row["route"], row["solved"], row["closed_on"])
        row |= {"state": standing.state, "ended_as": standing.ended_as}
        if not row["anonymous"] and not row["citizen_phone"] and age < STEPS_KEPT:
            row["citizen_phone"] = f"139{maker.random.randint(0, 99_999_999):08}"
        if age <= STEPS_KEPT and row["route"] is not None:
            self._live(row)

    def _live(self, row: dict[str, Any]) -> None:
        end = row["closed_on"] or self.maker.today
        first = min(row["received_on"] + timedelta(days=self.maker.random.randint(0, 3)), end)
        if row["route"] is OpinionRoute.ON_THE_SPOT:
            self._step(row, A.ANSWER, S.RECEIVED, S.ANSWERED, first, "已当场向群众说明有关政策。")
            before = S.ANSWERED
        elif row["route"] is OpinionRoute.SUGGESTION:
            self._step(row, A.SUGGEST, S.RECEIVED, S.SUGGESTED, first, f"关于解决{row['topic']}问题的建议")
            before = S.SUGGESTED
        else:
            before = self._hand_over(row, first, end)
        if row["ended_as"] is not None:
            self._end(row, before, end)

    def _hand_over(self, row: dict[str, Any], first: date, end: date) -> OpinionState:
        unit = self.maker.random.choice(self.units)
        number = self.slips[first.year] = self.slips.get(first.year, 0) + 1
        answered = row["ended_as"] is not None or self.maker.chance(0.3)
        signed = answered or self.maker.chance(0.6)
        state = TransferState.ANSWERED if answered else TransferState.SIGNED if signed else TransferState.SENT
        day = min(first + timedelta(days=12), end)
        self._step(row, A.TRANSFER, S.RECEIVED, S.TRANSFERRED, first, f"{unit['name']} 请在时限内办理并回复")
        self.maker.add(
            OpinionTransfer,
            office_code=COUNTY,
            area_code=row["area_code"],
            number=f"JB{first.year}{number:04}",
            opinion_id=row["id"],
            unit_id=unit["id"],
            state=state,
            sent_on=first,
            due_on=first + timedelta(days=21),
            requirement="请依法依规办理，并书面回复办理情况。",
            signed_on=min(first + timedelta(days=1), day) if signed else None,
            handler="经办人 0730-5550000" if signed else "",
            answered_on=day if answered else None,
            answer=f"已现场核实{row['topic']}问题，并安排处理。" if answered else "",
            version=1,
        )
        if not answered:
            return S.TRANSFERRED
        self._step(row, A.REPLY, S.TRANSFERRED, S.ANSWERED, day, f"{unit['name']}：已现场核实并安排处理。")
        if row["ended_as"] is None:
            row["state"] = S.ANSWERED
        return S.ANSWERED

    def _end(self, row: dict[str, Any], before: OpinionState, end: date) -> None:
        self._step(row, A.CLOSE, before, S.CLOSED, end, row["outcome"] or "已办理。")
        if self.maker.chance(0.15):
            row |= {"ended_as": OpinionOutcome.PARTLY, "solved": False}
        told = min(end + timedelta(days=self.maker.random.randint(1, 6)), self.maker.today)
        if row["anonymous"] or self.maker.chance(0.25):
            return
        row |= {"state": S.TOLD, "told_on": told, "told_way": "电话"}
        self._step(row, A.TELL, S.CLOSED, S.TOLD, told, "已电话告知办理结果。")
        if self.maker.chance(0.7):
            word = self.maker.random.choice((*(CitizenWord.SATISFIED,) * 3, *CitizenWord))
            row["citizen_word"] = word
            self._step(row, A.RATE, S.TOLD, S.TOLD, told, word.label)

    def _step(
        self,
        row: dict[str, Any],
        action: OpinionAction,
        before: OpinionState,
        after: OpinionState,
        on: date,
        note: str,
    ) -> None:
        self.maker.add(
            OpinionStep,
            opinion_id=row["id"],
            action=action,
            before=before,
            after=after,
            on=on,
            at=datetime.combine(on, time(10), SHANGHAI),
            by_name=DESK,
            note=note,
        )
