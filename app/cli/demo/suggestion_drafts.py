"""Suggestions in the making: drafts, one given back, invitations to co-sign, some waiting to be screened."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from app.cli.demo.rows import Maker
from app.kit.clock import SHANGHAI
from app.registry.states import Level
from app.suggestions.models import Cosigner, Suggestion, SuggestionStep
from app.suggestions.states import (
    CosignState,
    Occasion,
    PublicChoice,
    Step,
    SuggestionSource,
    SuggestionState,
)

DESK = "县人大代表工委"
S = SuggestionState

SOURCES = (
    ("调研", SuggestionSource.RESEARCH),
    ("接待", SuggestionSource.RECEPTION),
    ("视察", SuggestionSource.INSPECTION),
)
# Title, facts, proposal, category, how it came about, where it stands.
MATTERS: tuple[tuple[str, str, str, str, str, SuggestionState], ...] = (
    (
        "关于在实验小学门前增设护学岗和减速带的建议",
        "实验小学有学生一千二百余名，每天上下学时门前道路车流集中，今年以来已发生三起刮擦。9月走访时二十多位家长反映接送不安全。",
        "请县公安局在上下学时段设置护学岗；请县交通运输局在校门两侧各五十米处安装减速带和警示标志。",
        "教育",
        "9月走访选区，二十多位家长当面反映",
        S.DRAFT,
    ),
    (
        "关于补齐老旧小区消防设施的建议",
        "城区有老旧小区十七个，其中九个没有消防水源，楼道堆物、飞线充电多见。",
        "请县消防救援大队会同社区逐一排查，分两年补齐消防栓和充电桩。",
        "安全",
        "参加消防安全视察",
        S.DRAFT,
    ),
    (
        "关于延长城乡公交末班时间的建议",
        "目前城乡公交末班车多在17时30分前后，在县城上班的村民有四百多人，下班后无车可乘，只能合租或骑电动车。",
        "请县交通运输局会同公交公司调整三条主要线路的末班时间到19时30分，并先试行三个月。",
        "交通",
        "联络站接待日三位群众反映",
        S.SUBMITTED,
    ),
    (
        "关于加强河道垃圾清理的建议",
        "汛期过后河道两岸积存垃圾较多，下游五个村组的群众洗衣、灌溉受影响，村级保洁员每段只有一人。",
        "请县水利局明确河道保洁的责任段和经费，汛期后一个月内集中清理一次。",
        "环境",
        "巡河时发现",
        S.SUBMITTED,
    ),
    (
        "关于支持村级卫生室配备基本检查设备的建议",
        "全县村级卫生室中有四十六个没有心电图机，慢性病患者要到三十公里外的县医院检查，一年平均往返六次。",
        "请县卫生健康局分批为服务人口一千人以上的卫生室配备心电图机，并安排远程读图。",
        "卫生",
        "专题调研乡村医疗",
        S.SUBMITTED,
    ),
)


def add_drafts(maker: Maker) -> None:
    """What the deputy with an account finds on their desk, and what waits for the office's screening."""
    person_id = next(row["person_id"] for row in maker.made["user"] if row["login"] == "daibiao")
    serving = [
        row
        for row in maker.made["mandate"]
        if row["level"] is Level.COUNTY and row.get("ended_on") is None and row["began_on"] <= maker.today
    ]
    own = next((row for row in serving if row["person_id"] == person_id), None)
    others = [row for row in serving if row["person_id"] != person_id][:6]
    if own is None or len(others) < 6:
        return
    mine, second, given, asked, joined = MATTERS
    first = _suggestion(maker, own, mine, 3)
    _invite(maker, first, others[0], CosignState.CONFIRMED)
    _invite(maker, first, others[1], CosignState.INVITED)
    returned = _suggestion(maker, own, second, 20)
    _step(maker, returned, Step.SUBMIT, S.DRAFT, S.SUBMITTED, 18)
    reason = "请写明九个小区的名称和受影响的户数，并把充电桩另作一件（一事一议）。"
    _step(maker, returned, Step.RETURN, S.SUBMITTED, S.DRAFT, 15, reason)
    _step(maker, _suggestion(maker, own, given, 5), Step.SUBMIT, S.DRAFT, S.SUBMITTED, 5)
    waiting = _suggestion(maker, others[2], asked, 4)
    _step(maker, waiting, Step.SUBMIT, S.DRAFT, S.SUBMITTED, 4)
    _invite(maker, waiting, own, CosignState.INVITED)
    open_one = _suggestion(maker, others[3], joined, 2, open_to_cosigners=True)
    _step(maker, open_one, Step.SUBMIT, S.DRAFT, S.SUBMITTED, 2)


def _suggestion(
    maker: Maker,
    lead: dict[str, Any],
    matter: tuple[str, str, str, str, str, SuggestionState],
    days_ago: int,
    **more: Any,
) -> dict[str, Any]:
    title, body, proposals, category, note, state = matter
    on = maker.today - timedelta(days=days_ago)
    values = {
        "office_code": lead["office_code"],
        "area_code": lead["scope_code"],
        "state": state,
        "title": title,
        "body": body,
        "proposals": proposals,
        "category": category,
        "lead_mandate_id": lead["id"],
        "raised_on": on,
        "submitted_on": on if state is S.SUBMITTED else None,
        "occasion": Occasion.BETWEEN_SESSIONS,
        "source": next((source for word, source in SOURCES if word in note), SuggestionSource.VISIT),
        "source_note": note,
        "public_choice": PublicChoice.FULL,
        "wants_talk": True,
        "open_to_cosigners": False,
        "version": 1,
    }
    return maker.add(Suggestion, **{**values, **more})


def _invite(maker: Maker, suggestion: dict[str, Any], mandate: dict[str, Any], state: CosignState) -> None:
    maker.add(Cosigner, suggestion_id=suggestion["id"], mandate_id=mandate["id"], state=state)


def _step(
    maker: Maker,
    suggestion: dict[str, Any],
    step: Step,
    before: SuggestionState,
    after: SuggestionState,
    days_ago: int,
    note: str = "",
) -> None:
    on: date = maker.today - timedelta(days=days_ago)
    maker.add(
        SuggestionStep,
        suggestion_id=suggestion["id"],
        step=step,
        before=before.value,
        after=after.value,
        on=on,
        at=datetime.combine(on, time(9, 30), SHANGHAI),
        by_name=DESK if step is Step.RETURN else "代表",
        note=note,
    )
