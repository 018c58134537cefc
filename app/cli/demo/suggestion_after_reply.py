"""What followed the replies of the invented county: slips, promises across years, a look-back, the log of it all."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from app.cli.demo.rows import COUNTY, Maker
from app.kit.clock import SHANGHAI
from app.suggestions.models import (
    FeedbackSlip,
    LookBack,
    LookBackItem,
    Promise,
    PromiseProgress,
    SuggestionStep,
)
from app.suggestions.states import (
    HandlingState,
    LookBackResult,
    PromiseState,
    ReplyClass,
    Satisfaction,
    Step,
    SuggestionState,
    UnitPart,
)

DESK = "县人大代表工委"
LIVED = 420  # days back for which the steps themselves are on record
S = SuggestionState
WORK = ("完成勘察设计并列入年度项目库", "完成改造并投入使用", "落实资金并开工建设", "建立长效管护机制")
REASONS = ("问题还没有解决，只有计划没有时间表。", "答复没有针对所提的路段。", "没有到现场看就作了答复。")


def add_after_reply(maker: Maker) -> None:
    """Slips and steps of the last year, promises of every year, one look-back that is under way."""
    lived = {row["suggestion_id"] for row in maker.made.get("suggestion_step", ())}
    leads = {
        row["suggestion_id"]: row for row in maker.made["suggestion_unit"] if row["part"] is UnitPart.LEAD
    }
    helpers: dict[int, list[dict[str, Any]]] = {}
    for part in maker.made["suggestion_unit"]:
        if part["part"] is UnitPart.CO:
            helpers.setdefault(part["suggestion_id"], []).append(part)
    units = {row["id"]: row["name"] for row in maker.made["handling_unit"]}
    answered = [
        row
        for row in maker.made["suggestion"]
        if row.get("replied_on") and row["id"] in leads and row["id"] not in lived
    ]
    for row in maker.made["suggestion"]:
        word = row.get("satisfaction")
        if row["id"] in lived and word is not None:
            returned = min(row["replied_on"] + timedelta(days=9), maker.today)
            _slip(maker, row, word, returned, REASONS[0] if word is Satisfaction.DISSATISFIED else "")
    promised: list[dict[str, Any]] = []
    for row in answered:
        part = leads[row["id"]]
        if (maker.today - row["raised_on"]).days <= LIVED:
            _live(maker, row, part, units[part["unit_id"]])
            for helper in helpers.get(row["id"], ()):
                day = row["assigned_on"] + timedelta(days=15)
                opinion = "我单位将按职责配合主办单位办理。"
                helper |= {"state": HandlingState.ANSWERED, "answered_on": day, "opinion": opinion}
        if row.get("reply_class") is ReplyClass.B and maker.chance(0.25):
            promised.append(_promise(maker, row, part, units[part["unit_id"]]))
    _look_back(maker, answered, promised)


def _live(maker: Maker, row: dict[str, Any], part: dict[str, Any], unit: str) -> None:
    """From handing in to the slip; some slips are still out, some replies are handled again."""
    on, replied = row["raised_on"], row["replied_on"]
    part |= {"state": HandlingState.ANSWERED, "sent_on": row["assigned_on"], "answered_on": replied}
    _step(maker, row, Step.SUBMIT, S.DRAFT, S.SUBMITTED, on, "")
    _step(maker, row, Step.ACCEPT, S.SUBMITTED, S.ACCEPTED, on + timedelta(days=2), row["number"])
    _step(maker, row, Step.ASSIGN, S.ACCEPTED, S.ASSIGNED, row["assigned_on"], unit)
    _step(maker, row, Step.REPLY, S.ASSIGNED, S.REPLIED, replied, row["reply_class"].label)
    returned = replied + timedelta(days=maker.random.randint(2, 18))
    word = row.get("satisfaction")
    row["state"] = S.REPLIED
    if word is None or returned > maker.today or maker.chance(0.12):
        row |= {"satisfaction": None, "solved": False}
        return
    reason = maker.random.choice(REASONS) if word is Satisfaction.DISSATISFIED else ""
    # Not every satisfied deputy finds the problem solved, and the other way round (4-04).
    row["solved"] = row["reply_class"] is ReplyClass.A and word is not Satisfaction.DISSATISFIED
    _slip(maker, row, word, returned, reason)
    said = " · ".join(filter(None, (word.label, "问题已解决" if row["solved"] else "问题未解决", reason)))
    row["state"] = S.RATED
    _step(maker, row, Step.RATE, S.REPLIED, S.RATED, returned, said)
    ended = returned + timedelta(days=maker.random.randint(3, 20))
    if word is not Satisfaction.DISSATISFIED and ended <= maker.today:
        row["state"] = S.CONCLUDED
        _step(maker, row, Step.CONCLUDE, S.RATED, S.CONCLUDED, ended, "")
        # A year's bundles go to the archive in the spring that follows.
        archived = date(ended.year + 1, 3, 20)
        if archived <= maker.today:
            row["state"] = S.ARCHIVED
            _step(maker, row, Step.ARCHIVE, S.CONCLUDED, S.ARCHIVED, archived, "")


def _slip(maker: Maker, row: dict[str, Any], word: Satisfaction, returned: date, reason: str) -> None:
    maker.add(
        FeedbackSlip,
        suggestion_id=row["id"],
        round=1,
        mandate_id=row["lead_mandate_id"],
        contact_way=row["reply_way"],
        attitude=Satisfaction.SATISFIED if maker.chance(0.8) else word,
        handling=word,
        result=word,
        overall=word,
        solved=row["solved"],
        reason=reason,
        returned_on=returned,
        version=1,
    )


def _step(
    maker: Maker,
    row: dict[str, Any],
    step: Step,
    before: SuggestionState,
    after: SuggestionState,
    on: date,
    note: str,
) -> None:
    maker.add(
        SuggestionStep,
        suggestion_id=row["id"],
        step=step,
        before=before.value,
        after=after.value,
        on=min(on, maker.today),
        at=datetime.combine(min(on, maker.today), time(10), SHANGHAI),
        by_name=DESK,
        note=note,
    )


def _promise(maker: Maker, row: dict[str, Any], part: dict[str, Any], unit: str) -> dict[str, Any]:
    replied = row["replied_on"]
    due = replied + timedelta(days=maker.random.choice((120, 240, 400, 700)))
    state, ended = PromiseState.OPEN, None
    if due < maker.today:
        state = maker.random.choice((PromiseState.KEPT,) * 6 + (PromiseState.OPEN, PromiseState.NOT_POSSIBLE))
        ended = None if state is PromiseState.OPEN else due - timedelta(days=maker.random.randint(0, 40))
    percent = 100 if state is PromiseState.KEPT else maker.random.choice((0, 30, 60))
    promise = maker.add(
        Promise,
        suggestion_id=row["id"],
        unit_id=part["unit_id"],
        area_code=row["area_code"],
        content=maker.random.choice(WORK),
        promised_on=replied,
        due_on=due,
        state=state,
        percent=percent,
        ended_on=ended,
        version=1,
    )
    if percent:
        maker.add(
            PromiseProgress,
            promise_id=promise["id"],
            on=min(ended or replied + timedelta(days=60), maker.today),
            percent=percent,
            note="已全部完成，照片和验收单存档。" if percent == 100 else "正在实施。",
            by_name=unit,
        )
    return promise


def _look_back(maker: Maker, answered: list[dict[str, Any]], promised: list[dict[str, Any]]) -> None:
    """A campaign over kept and overdue promises and over problems nobody says are solved; half of it checked."""
    opened = maker.today - timedelta(days=25)
    campaign = maker.add(
        LookBack,
        office_code=COUNTY,
        area_code=COUNTY,
        title=f"{maker.today.year}年建议办理“回头看”",
        opened_on=opened,
        closed_on=None,
        note="逐件到现场核实，重点看承诺事项是否落实，群众是否认可。",
        version=1,
    )
    due = [row for row in promised if row["due_on"] < maker.today][-24:]
    unsolved = [row for row in answered if row.get("reply_class") is ReplyClass.B and not row["solved"]][:12]
    for row in [*due, *unsolved]:
        of_promise = "due_on" in row and "content" in row
        checked = maker.chance(0.55)
        kept = of_promise and row["state"] is PromiseState.KEPT
        result = LookBackResult.KEPT if kept else maker.random.choice(list(LookBackResult)[1:])
        maker.add(
            LookBackItem,
            look_back_id=campaign["id"],
            suggestion_id=row["suggestion_id"] if of_promise else row["id"],
            promise_id=row["id"] if of_promise else None,
            result=result if checked else None,
            checked_on=opened + timedelta(days=maker.random.randint(1, 24)) if checked else None,
            note=("现场查看，已完成。" if kept else "部分路段没有完成，已要求限期整改。") if checked else "",
            by_name=DESK if checked else "",
        )
