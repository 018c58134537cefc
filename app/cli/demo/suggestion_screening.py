"""Suggestions on the desks of the invented county: handed in, waiting for a unit, pre-assigned, in classes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.cli.demo.rows import COUNTY, Maker
from app.suggestions.models import (
    Suggestion,
    SuggestionClass,
    SuggestionClock,
    SuggestionStep,
    SuggestionUnit,
)
from app.suggestions.rules import reply_due_on
from app.suggestions.states import (
    ClockKind,
    HandlingState,
    Occasion,
    Step,
    SuggestionSource,
    SuggestionState,
    UnitPart,
)

DESK = "县人大代表工委"
S = SuggestionState

# title, facts, proposals, category
HANDED_IN = (
    (
        "关于解决高岸片区农村饮水安全问题的建议",
        "高岸片区四个村三百多户靠压水井取水，去年枯水期有两个月要到镇上拉水，水质两次检测不达标。",
        "建议水务部门把高岸片区纳入管网延伸工程，年内通水；通水之前每周送水。",
        "水利",
    ),
    (
        "关于加强农村饮水安全管护的建议",
        "近三年建成的十二处集中供水点，有五处没有专人管护，水泵损坏后停水超过半个月。",
        "建议明确管护责任人和经费，建立报修电话，四十八小时内修复。",
        "水利",
    ),
    (
        "关于学校门口增设斑马线和减速带的建议",
        "中心小学门口上下学时段车流大，今年发生三起擦碰，没有斑马线和信号灯。",
        "请交警和住建部门在暑假期间增设斑马线、减速带，上学时段派人值守。",
        "交通",
    ),
    ("关于亲属宅基地纠纷的反映", "我表弟家的宅基地纠纷，法院正在审理。", "请尽快判决。", "其他"),
)
WAITING = (
    ("关于改造沿河老街排水管网的建议", "城建", Occasion.BETWEEN_SESSIONS, 4),
    ("关于增加乡镇卫生院儿科医生的建议", "卫生", Occasion.BETWEEN_SESSIONS, 21),
    ("关于完善社区养老服务站的建议", "民政", Occasion.BETWEEN_SESSIONS, 2),
)
CLASSES = (
    (
        "农村道路养护类建议",
        "统一由交通运输部门主办，列出路段清单，分两年养护；每件建议仍单独答复。",
        ("关于养护通村公路的建议", "关于解决通村公路养护经费的建议", "关于通村公路养护责任的建议"),
    ),
    (
        "校园周边安全类建议",
        "由公安部门主办、教育部门协办，一校一策；每件建议仍单独答复。",
        ("关于整治校园周边交通秩序的建议", "关于校园周边停车秩序整治的建议"),
    ),
)
FACTS = "代表走访了三个村，座谈四次，群众反映集中，问题已有两年以上。"
ASKS = "请主管部门现场核实，今年拿出办法，明确完成时间，并向代表通报。"


def add_screening(maker: Maker) -> None:
    """What waits to be screened and handed over; pre-assigned ones of the session; two classes."""
    writer = Writer(maker)
    for n, (title, body, proposals, category) in enumerate(HANDED_IN):
        writer.handed_in(title, body, proposals, category, maker.today - timedelta(days=n + 1))
    for title, category, occasion, age in WAITING:
        writer.waiting(title, category, occasion, maker.today - timedelta(days=age))
    for n in range(4):
        writer.pre_assigned(f"关于会期预交办事项{'一二三四'[n]}的建议", contacted=n % 2 == 0)
    for title, plan, titles in CLASSES:
        writer.grouped(title, plan, titles)
    maker.write_before(SuggestionClass, Suggestion)


class Writer:
    """Gives suggestions the steps that brought them where they are."""

    def __init__(self, maker: Maker, *, serial: int = 0) -> None:
        self.maker = maker
        mandates = [row for row in maker.made["mandate"] if row["scope_code"].startswith(COUNTY)]
        self.mandates = [
            row for row in mandates if row.get("ended_on") is None and row["office_code"] == COUNTY
        ][:60]
        self.units = [row for row in maker.made["handling_unit"] if row["area_code"] == COUNTY]
        self.serial = serial

    def handed_in(self, title: str, body: str, proposals: str, category: str, on: date) -> None:
        made = self.row(title, category, on, S.SUBMITTED, body=body, proposals=proposals)
        self.step(made, Step.SUBMIT, S.DRAFT, S.SUBMITTED, on)
        self.clock(made, ClockKind.SCREEN, on, 10)

    def waiting(self, title: str, category: str, occasion: Occasion, on: date) -> dict[str, Any]:
        made = self.row(title, category, on, S.ACCEPTED, occasion=occasion)
        self.accepted(made, on)
        self.clock(made, ClockKind.ASSIGN, on, 14)
        return made

    def pre_assigned(self, title: str, *, contacted: bool) -> None:
        on = self.maker.today - timedelta(days=3)
        made = self.waiting(title, "综合", Occasion.IN_SESSION, on)
        at = datetime.combine(on, time(3, 30), UTC)
        part = self.part(
            made,
            HandlingState.PRE_ASSIGNED,
            pre_assigned_at=at,
            first_contact_on=on + timedelta(days=1) if contacted else None,
        )
        self.step(made, Step.PRE_ASSIGN, HandlingState.PRE_ASSIGNED, HandlingState.PRE_ASSIGNED, on, part)

    def grouped(self, title: str, plan: str, titles: tuple[str, ...]) -> None:
        on = self.maker.today - timedelta(days=12)
        count = len(self.maker.made.get("suggestion_class", ())) + 1
        group = self.maker.add(
            SuggestionClass,
            office_code=COUNTY,
            area_code=COUNTY,
            number=f"L{on.year}-{count:03d}",
            title=title,
            plan=plan,
            formed_on=on + timedelta(days=1),
            version=1,
        )
        for each in titles:
            made = self.row(each, "综合", on, S.ASSIGNED, class_id=group["id"])
            self.accepted(made, on)
            self.step(made, Step.GROUP, S.ACCEPTED, S.ACCEPTED, on + timedelta(days=1), note=title)
            self._assigned(made, on + timedelta(days=2))

    def _assigned(self, made: dict[str, Any], on: date) -> None:
        made |= {"assigned_on": on, "due_on": reply_due_on(on)}
        self.step(made, Step.ASSIGN, S.ACCEPTED, S.ASSIGNED, on)
        part = self.part(made, HandlingState.SENT, sent_on=on)
        self.step(made, Step.SEND, HandlingState.PRE_ASSIGNED, HandlingState.SENT, on, part)
        self.clock(made, ClockKind.REPLY, on, 90, part)

    def accepted(self, made: dict[str, Any], on: date) -> None:
        self.step(made, Step.SUBMIT, S.DRAFT, S.SUBMITTED, on - timedelta(days=2))
        self.step(made, Step.ACCEPT, S.SUBMITTED, S.ACCEPTED, on, note=made["number"])

    def row(self, title: str, category: str, on: date, state: SuggestionState, **more: Any) -> dict[str, Any]:
        lead = self.maker.random.choice(self.mandates)
        number = None
        if state is not S.SUBMITTED:
            self.serial += 1
            between = more.get("occasion") is not Occasion.IN_SESSION
            number = f"18-5-{'闭' if between else ''}{900 + self.serial}"
        values: dict[str, Any] = {
            "office_code": COUNTY,
            "area_code": lead["scope_code"],
            "state": state,
            "number": number,
            "title": title,
            "body": FACTS,
            "proposals": ASKS,
            "category": category,
            "lead_mandate_id": lead["id"],
            "raised_on": on - timedelta(days=2),
            "submitted_on": on if state is S.SUBMITTED else on - timedelta(days=2),
            "session_ordinal": None if number is None else 5,
            "occasion": Occasion.BETWEEN_SESSIONS,
            "source": self.maker.random.choice(list(SuggestionSource)),
            "class_id": None,
            "assigned_on": None,
            "due_on": None,
            "version": 1,
        }
        return self.maker.add(Suggestion, **{**values, **more})

    def part(self, made: dict[str, Any], state: HandlingState, **more: Any) -> dict[str, Any]:
        values: dict[str, Any] = {
            "unit_id": self.maker.random.choice(self.units)["id"],
            "part": UnitPart.LEAD,
            "pre_assigned_at": None,
            "first_contact_on": None,
            "sent_on": None,
        }
        return self.maker.add(
            SuggestionUnit, suggestion_id=made["id"], state=state, version=1, **{**values, **more}
        )

    def clock(
        self, made: dict[str, Any], kind: ClockKind, on: date, days: int, part: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return self.maker.add(
            SuggestionClock,
            suggestion_id=made["id"],
            suggestion_unit_id=part["id"] if part else None,
            area_code=made["area_code"],
            kind=kind,
            started_on=on,
            due_on=on + timedelta(days=days),
            ended_on=None,
            working={},
        )

    def step(
        self,
        made: dict[str, Any],
        step: Step,
        before: str,
        after: str,
        on: date,
        part: dict[str, Any] | None = None,
        *,
        note: str = "",
    ) -> None:
        self.maker.add(
            SuggestionStep,
            suggestion_id=made["id"],
            suggestion_unit_id=part["id"] if part else None,
            unit_id=part["unit_id"] if part else None,
            step=step,
            before=str(before),
            after=str(after),
            on=on,
            at=datetime.combine(on, time(1, 0), UTC),
            by_name=DESK,
            note=note,
        )
