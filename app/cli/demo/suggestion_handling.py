"""What units of the invented county have on their desks: to sign for, in hand, objected to, answered by letter."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from app.cli.demo.rows import Maker
from app.kit.clock import SHANGHAI
from app.suggestions.models import (
    MonthItem,
    Promise,
    SuggestionClock,
    SuggestionContact,
    SuggestionReply,
    SuggestionStep,
    UnitAsk,
)
from app.suggestions.rules import LATEST_MONTHS, REPLY_MONTHS, months_after, reply_due_on
from app.suggestions.states import (
    AskKind,
    AskState,
    ClockKind,
    Fulfilment,
    HandlingState,
    Occasion,
    ReplyClass,
    ReplyState,
    ReplyWay,
    Step,
    SuggestionState,
    UnitPart,
)

OPEN_KEPT, ANSWERED_KEPT = 36, 30  # suggestions whose life is told step by step
AGES = (18, 3, 40, 8, 55, 75, 100)  # days since they were handed to the unit with an account
DESK = "县政府办督查室"
HANDLERS = ("王科长", "李主任", "周干部", "何科员")
WORK = ("现场查看，听取代表意见", "拿出办理方案", "组织实施", "请代表到现场看结果")
H, S = HandlingState, SuggestionState


def add_handling(maker: Maker) -> None:
    """The latest suggestions told step by step; the older ones stay rows of the paper register.

    Leaves suggestions alone whose life another part of the demo has told.
    """
    told = {row["suggestion_id"] for row in maker.made.get("suggestion_step", ())}
    parts: dict[int, list[dict[str, Any]]] = {}
    for part in maker.made["suggestion_unit"]:
        parts.setdefault(part["suggestion_id"], []).append(part)
    latest = [row for row in reversed(maker.made["suggestion"]) if row["id"] not in told]
    handed = [row for row in latest if row["assigned_on"] and row["assigned_on"] <= maker.today]
    writer = _Writer(maker)
    writer.put_on_the_desk([row for row in handed if writer.leads(parts[row["id"]])])
    unanswered = [row for row in handed if row["replied_on"] is None]
    # The unit with an account comes first: its desk must have everything on it.
    unanswered.sort(key=lambda row: not writer.leads(parts[row["id"]]))
    for n, row in enumerate(unanswered[:OPEN_KEPT]):
        writer.open(row, parts[row["id"]], n)
        writer.tell()
    answered = [row for row in handed if row["replied_on"] and row["satisfaction"] is None]
    answered += [row for row in handed if row["replied_on"] and row["satisfaction"] is not None]
    for row in answered[:ANSWERED_KEPT]:
        writer.answered(row, parts[row["id"]])
        writer.tell()


class _Writer:
    """Gives suggestions their life with the units."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker
        self.units = {row["id"]: row["name"] for row in maker.made["handling_unit"]}
        bound = [row["unit_id"] for row in maker.made.get("user", ()) if row.get("unit_id")]
        self.own = bound[0] if bound else next(iter(self.units))
        self.letters = 0
        self.steps: list[dict[str, Any]] = []
        self.clocks: dict[int, dict[str, Any]] = {}

    def leads(self, parts: list[dict[str, Any]]) -> bool:
        """Whether the unit with an account leads."""
        return any(row["unit_id"] == self.own and row["part"] is UnitPart.LEAD for row in parts)

    def put_on_the_desk(self, rows: list[dict[str, Any]]) -> None:
        """The unit with an account has something of every kind: its latest suggestions come in only now."""
        for row, days in zip(rows, AGES, strict=False):
            assigned = self.maker.today - timedelta(days=days)
            if assigned.year != self.maker.today.year:
                continue
            row |= {
                "raised_on": assigned - timedelta(days=6),
                "occasion": Occasion.BETWEEN_SESSIONS,
                "assigned_on": assigned,
                "due_on": reply_due_on(assigned),
                "replied_on": None,
                "reply_class": None,
                "reply_way": None,
                "satisfaction": None,
                "solved": False,
            }

    def tell(self) -> None:
        """Writes the steps of a suggestion in the order of their days."""
        for step in sorted(self.steps, key=lambda row: row["on"]):
            self.maker.add(SuggestionStep, **step)
        self.steps.clear()

    def open(self, row: dict[str, Any], parts: list[dict[str, Any]], n: int) -> None:
        """Still with the units: to be signed for, in hand, objected to, with a letter waiting for its signature."""
        row["state"] = S.ASSIGNED
        self._begin(row)
        late = (self.maker.today - row["assigned_on"]).days > 60
        state = H.SIGNED if late else (H.SIGNED, H.SENT, H.SIGNED, H.OBJECTED, H.SIGNED, H.SIGNED)[n % 6]
        for part in parts:
            self._send(row, part, state if part["part"] is UnitPart.LEAD else H.SIGNED)
        lead = next(part for part in parts if part["part"] is UnitPart.LEAD)
        if state is H.OBJECTED:
            self._object(row, lead)
        if state is not H.SIGNED:
            return
        if n % 3:
            self._talk(row, lead, row["assigned_on"] + timedelta(days=6))
        if n % 2 == 0:
            self._plan(row, lead, row["assigned_on"])
        if n % 6 == 4:
            self._letter(row, lead, None)
        elif n % 6 == 2:
            self._ask_time(row, lead)
        for part in parts:
            if part["part"] is UnitPart.CO and n % 4:
                self._help(row, part)

    def answered(self, row: dict[str, Any], parts: list[dict[str, Any]]) -> None:
        """Answered by a signed letter, with what was promised in it."""
        self._begin(row)
        for part in parts:
            self._send(row, part, H.ANSWERED)
            if part["part"] is UnitPart.CO:
                self._help(row, part)
        lead = next(part for part in parts if part["part"] is UnitPart.LEAD)
        self._talk(row, lead, row["assigned_on"] + timedelta(days=5))
        self._letter(row, lead, row["replied_on"])
        self._step(row, Step.REPLY, S.ASSIGNED, S.REPLIED, row["replied_on"])
        content = row["satisfaction"]
        row["state"] = S.REPLIED if content is None else S.RATED
        if content is not None:
            self._step(row, Step.RATE, S.REPLIED, S.RATED, self._after(row["replied_on"], 9), content.label)

    # --- pieces -------------------------------------------------------------------------------------------

    def _begin(self, row: dict[str, Any]) -> None:
        row["submitted_on"] = row["raised_on"]
        self._step(row, Step.SUBMIT, S.DRAFT, S.SUBMITTED, row["raised_on"])
        self._step(row, Step.ACCEPT, S.SUBMITTED, S.ACCEPTED, row["raised_on"])
        self._step(row, Step.ASSIGN, S.ACCEPTED, S.ASSIGNED, row["assigned_on"])

    def _send(self, row: dict[str, Any], part: dict[str, Any], state: HandlingState) -> None:
        sent = row["assigned_on"]
        self._step(row, Step.SEND, H.PRE_ASSIGNED, H.SENT, sent, part=part)
        signed = self._after(sent, 2) if state in (H.SIGNED, H.ANSWERED) else None
        handler = HANDLERS[part["unit_id"] % len(HANDLERS)] if signed else ""
        part |= {
            "state": state,
            "sent_on": sent,
            "signed_on": signed,
            "handler": handler,
            "handler_phone": f"0730-555{part['unit_id'] % 10_000:04}" if signed else "",
            "first_contact_on": None,
            "answered_on": None,
            "opinion": "",
        }
        if signed:
            self._step(row, Step.SIGN, H.SENT, H.SIGNED, signed, handler, part)
        kind = ClockKind.REPLY if part["part"] is UnitPart.LEAD else ClockKind.CO_OPINION
        self._clock(row, part, kind)

    def _clock(self, row: dict[str, Any], part: dict[str, Any], kind: ClockKind) -> None:
        started, reply = row["assigned_on"], kind is ClockKind.REPLY
        months = REPLY_MONTHS if reply else 1
        due = row["due_on"] if reply else months_after(started, months)
        ended = row["replied_on"] if part["state"] is H.ANSWERED else None
        self.clocks[part["id"]] = self.maker.add(
            SuggestionClock,
            suggestion_id=row["id"],
            suggestion_unit_id=part["id"],
            area_code=row["area_code"],
            kind=kind,
            round=1,
            started_on=started,
            due_on=due,
            ended_on=min(ended, due) if ended and not reply else ended,
            working={
                "length": months,
                "unit": "months",
                "longest": LATEST_MONTHS if reply else None,
                "roll": "none",
                "document": "代表法第五十一条" if reply else "",
            },
        )

    def _talk(self, row: dict[str, Any], part: dict[str, Any], on: date) -> None:
        on = min(on, self.maker.today)
        way = self.maker.random.choice((ReplyWay.IN_PERSON, ReplyWay.IN_PERSON, ReplyWay.PHONE))
        note = "听取代表意见，一起看了现场，商定先易后难分两步办。"
        part["first_contact_on"] = on
        self.maker.add(
            SuggestionContact,
            suggestion_id=row["id"],
            suggestion_unit_id=part["id"],
            mandate_id=row["lead_mandate_id"],
            on=on,
            way=way,
            spoke=part["handler"],
            note=note,
        )
        self._step(row, Step.CONTACT, part["state"], part["state"], on, f"{way.label}：{note}", part)

    def _plan(self, row: dict[str, Any], part: dict[str, Any], first: date) -> None:
        for n, work in enumerate(WORK):
            month = months_after(first.replace(day=1), n)
            past = month < self.maker.today.replace(day=1)
            self.maker.add(
                MonthItem,
                suggestion_unit_id=part["id"],
                month=month,
                work=work,
                handler=HANDLERS[(part["unit_id"] + n) % len(HANDLERS)],
                done_on=self._after(month, 20) if past and self.maker.chance(0.8) else None,
                version=1,
            )
        self._step(row, Step.PLAN, part["state"], part["state"], first, f"{first:%Y-%m} {WORK[0]}", part)

    def _letter(self, row: dict[str, Any], part: dict[str, Any], on: date | None) -> None:
        self.letters += 1
        reply_class = row["reply_class"] or ReplyClass.B
        promised = on is None or (reply_class is ReplyClass.B)
        due = self._year_end(on or self.maker.today)
        content = f"按方案完成“{row['title'].removeprefix('关于')}”所提事项，并请代表现场验看"
        self.maker.add(
            SuggestionReply,
            suggestion_id=row["id"],
            suggestion_unit_id=part["id"],
            unit_id=part["unit_id"],
            round=1,
            state=ReplyState.SIGNED if on else ReplyState.DRAFT,
            number=f"{self.units[part['unit_id']][:3]}函〔{(on or self.maker.today).year}〕{self.letters}号",
            reply_class=reply_class,
            reply_way=row["reply_way"] or ReplyWay.IN_PERSON,
            body="一、所提问题我局已到现场核实，情况属实。\n二、已列入本年度工作安排，分两步实施，责任到人。\n"
            "三、办理中将及时向您通报进展，欢迎监督。",
            fulfilment=Fulfilment.WITHIN_YEAR if promised else Fulfilment.WITHIN_REPLY,
            promised=[[content, due.isoformat()]] if promised else [],
            handler=part["handler"],
            handler_phone=part["handler_phone"],
            copied_to="",
            signed_by="主要负责人" if on else "",
            replied_on=on,
            version=1,
        )
        if on is None:
            self._step(row, Step.DRAFT_REPLY, H.SIGNED, H.SIGNED, self.maker.today, reply_class.label, part)
            return
        part |= {"answered_on": on, "state": H.ANSWERED}
        self._step(row, Step.ANSWER, H.SIGNED, H.ANSWERED, on, reply_class.label, part)
        if promised:
            self.maker.add(
                Promise,
                suggestion_id=row["id"],
                unit_id=part["unit_id"],
                area_code=row["area_code"],
                content=content,
                promised_on=on,
                due_on=due,
                version=1,
            )

    def _year_end(self, on: date) -> date:
        return date(on.year, 12, 31)

    def _help(self, row: dict[str, Any], part: dict[str, Any]) -> None:
        on = min(part["signed_on"] + timedelta(days=12), self.maker.today)
        part |= {
            "opinion": "本单位职责内的事项已安排专人，配合主办单位实施。",
            "answered_on": on,
            "state": H.ANSWERED,
        }
        self.clocks[part["id"]]["ended_on"] = on
        self._step(row, Step.ANSWER, H.SIGNED, H.ANSWERED, on, part["opinion"], part)

    def _object(self, row: dict[str, Any], part: dict[str, Any]) -> None:
        on = self._after(row["assigned_on"], 3)
        reason = "所提事项按三定方案由其他部门负责，请调整承办单位。"
        self._ask(part, AskKind.OBJECTION, on, reason, proposed_unit="县发展和改革局")
        self._step(row, Step.OBJECT, H.SENT, H.OBJECTED, on, reason, part)

    def _ask_time(self, row: dict[str, Any], part: dict[str, Any]) -> None:
        on = self._after(row["assigned_on"], 30)
        until = min(row["due_on"] + timedelta(days=45), months_after(row["assigned_on"], LATEST_MONTHS))
        reason = "需要多个部门共同勘察设计，三个月内难以完成。"
        self._ask(part, AskKind.EXTENSION, on, reason, until=until)
        self._step(row, Step.ASK_EXTENSION, H.SIGNED, H.SIGNED, on, f"{until}：{reason}", part)

    def _ask(self, part: dict[str, Any], kind: AskKind, on: date, reason: str, **more: Any) -> None:
        self.maker.add(
            UnitAsk,
            suggestion_unit_id=part["id"],
            kind=kind,
            state=AskState.ASKED,
            asked_on=on,
            reason=reason,
            version=1,
            **more,
        )

    def _after(self, day: date, days: int) -> date:
        return min(day + timedelta(days=days), self.maker.today)

    def _step(
        self,
        row: dict[str, Any],
        step: Step,
        before: SuggestionState | HandlingState,
        after: SuggestionState | HandlingState,
        on: date,
        note: str = "",
        part: dict[str, Any] | None = None,
    ) -> None:
        self.steps.append(
            {
                "suggestion_id": row["id"],
                "suggestion_unit_id": part["id"] if part else None,
                "unit_id": part["unit_id"] if part else None,
                "step": step,
                "before": before.value,
                "after": after.value,
                "on": on,
                "at": datetime.combine(on, time(10), SHANGHAI),
                "by_name": self.units[part["unit_id"]] if part else DESK,
                "note": note,
            }
        )
