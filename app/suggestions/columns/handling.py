"""Lists of the handling unit: what is in its hands, what it plans by month, what units ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, HandlingUnit, Mandate, Person
from app.suggestions.columns.numbers import NUMBER, SORTED_NUMBER
from app.suggestions.models import MonthItem, Suggestion, SuggestionUnit, UnitAsk
from app.suggestions.policy import ASSIGN_SUGGESTIONS, HANDLE_SUGGESTIONS
from app.suggestions.queries.asks import waits
from app.suggestions.queries.handling import (
    due_on,
    has_draft,
    overdue,
    uncontacted,
    unplanned,
    visible_parts,
)
from app.suggestions.states import AskKind, AskState, HandlingState, UnitPart

_NEVER = date(1, 1, 1)


def _either(condition: Any) -> Any:
    """A yes/no filter of a condition that is made anew for the day it is asked on."""

    def chosen(values: list[str]) -> ColumnElement[bool]:
        wanted = condition()
        return or_(*(wanted if value == "1" else ~wanted for value in values))

    return chosen


def _overdue() -> ColumnElement[bool]:
    return overdue(clock.today())


def _searched(q: str) -> ColumnElement[bool]:
    return or_(
        Suggestion.number.startswith(q, autoescape=True),
        Suggestion.title.contains(q, autoescape=True),
        HandlingUnit.name.contains(q, autoescape=True),
    )


def _select_parts(actor: Actor) -> Select[Any]:
    return (
        select(SuggestionUnit.id)
        .select_from(SuggestionUnit)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .join(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Suggestion.area_code)
        .where(visible_parts(actor))
    )


def _unit_filter() -> Filter:
    return Filter("unit", _l("承办单位"), "text", lambda values: HandlingUnit.name.in_(values))


PARTS_IN_HAND = Listing(
    name="handling_parts",
    title=_l("交给单位办理的建议"),
    noun=_l("建议"),
    select_visible=_select_parts,
    identity=SuggestionUnit.id,
    url=lambda identity: f"/handling/{identity}",
    search=_searched,
    search_hint=_l("建议编号、标题或单位"),
    order="-sent_on",
    columns=(
        Column("title", _l("标题"), Suggestion.title, sort=Suggestion.title),
        SORTED_NUMBER,
        Column("unit", _l("承办单位"), HandlingUnit.name, sort=HandlingUnit.name),
        Column("part", _l("分工"), SuggestionUnit.part, "enum", sort=SuggestionUnit.part),
        Column("state", _l("办理状态"), SuggestionUnit.state, "enum", sort=SuggestionUnit.state),
        Column(
            "sent_on",
            _l("交办日期"),
            SuggestionUnit.sent_on,
            "date",
            sort=func.coalesce(SuggestionUnit.sent_on, _NEVER),
        ),
        Column("due_on", _l("最近期限"), due_on(), "date", sort=func.coalesce(due_on(), _NEVER)),
        Column("handler", _l("经办人"), SuggestionUnit.handler, sort=SuggestionUnit.handler),
        Column("first_contact_on", _l("首次联系"), SuggestionUnit.first_contact_on, "date"),
        Column("answered_on", _l("答复日期"), SuggestionUnit.answered_on, "date"),
        Column("deputy", _l("领衔代表"), Person.name, visible=False),
        Column("category", _l("类别"), Suggestion.category, visible=False),
        Column("round", _l("办理轮次"), Suggestion.round, "number", visible=False),
        Column("task", _l("分办事项"), SuggestionUnit.task, visible=False),
        Column("area", _l("所在地区"), Area.name, visible=False),
    ),
    filters=(
        enum_filter("state", _l("办理状态"), SuggestionUnit.state, HandlingState),
        enum_filter("part", _l("分工"), SuggestionUnit.part, UnitPart),
        Filter("overdue", _l("逾期"), "yes_no", _either(_overdue)),
        Filter("uncontacted", _l("还没有联系代表"), "yes_no", _either(uncontacted)),
        Filter("unplanned", _l("还没有安排到月份"), "yes_no", _either(unplanned)),
        Filter("draft", _l("答复函待签发"), "yes_no", _either(has_draft)),
        dates_filter("sent_on", _l("交办日期"), SuggestionUnit.sent_on),
        Filter("handler", _l("经办人"), "text", lambda values: SuggestionUnit.handler.in_(values)),
        _unit_filter(),
        area_filter(Suggestion.area_code, HANDLE_SUGGESTIONS),
    ),
    empty=lambda _actor: (_("还没有交给单位办理的建议。交办之后会列在这里，并收到通知。"), "", ""),
)


# --- plans by month ---------------------------------------------------------------------------------------


def _select_items(actor: Actor) -> Select[Any]:
    return (
        select(MonthItem.id)
        .select_from(MonthItem)
        .join(SuggestionUnit, SuggestionUnit.id == MonthItem.suggestion_unit_id)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .join(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .where(visible_parts(actor))
    )


def _late_item() -> ColumnElement[bool]:
    return and_(MonthItem.done_on.is_(None), MonthItem.month < clock.today().replace(day=1))


MONTH_ITEMS = Listing(
    name="month_items",
    title=_l("办理安排"),
    noun=_l("安排"),
    select_visible=_select_items,
    identity=MonthItem.id,
    url=lambda identity: f"/handling/items/{identity}",
    search=lambda q: or_(_searched(q), MonthItem.work.contains(q, autoescape=True)),
    search_hint=_l("建议编号、标题、单位或事项"),
    order="month",
    columns=(
        Column("work", _l("做什么"), MonthItem.work),
        Column(
            "month", _l("月份"), MonthItem.month, show=lambda value: f"{value:%Y-%m}", sort=MonthItem.month
        ),
        Column("handler", _l("由谁办理"), MonthItem.handler, sort=MonthItem.handler),
        NUMBER,
        Column("title", _l("标题"), Suggestion.title),
        Column("unit", _l("承办单位"), HandlingUnit.name, sort=HandlingUnit.name),
        Column("done_on", _l("完成日期"), MonthItem.done_on, "date"),
    ),
    filters=(
        dates_filter("month", _l("月份"), MonthItem.month),
        Filter("handler", _l("由谁办理"), "text", lambda values: MonthItem.handler.in_(values)),
        Filter("done", _l("已完成"), "yes_no", _either(lambda: MonthItem.done_on.is_not(None))),
        Filter("late", _l("过了月份还没有完成"), "yes_no", _either(_late_item)),
        _unit_filter(),
    ),
    empty=lambda _actor: (
        _("还没有安排。打开一件正在办理的建议，把要做的事分到人、分到月份。"),
        "/handling?state=signed&unplanned=1",
        _("查看还没有安排的建议"),
    ),
)


# --- what units ask for -----------------------------------------------------------------------------------


def _select_asks(actor: Actor) -> Select[Any]:
    return (
        select(UnitAsk.id)
        .select_from(UnitAsk)
        .join(SuggestionUnit, SuggestionUnit.id == UnitAsk.suggestion_unit_id)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .join(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .where(visible_parts(actor, ASSIGN_SUGGESTIONS))
    )


ASKS = Listing(
    name="unit_asks",
    title=_l("退回和延期申请"),
    noun=_l("申请"),
    select_visible=_select_asks,
    identity=UnitAsk.id,
    url=lambda identity: f"/asks/{identity}",
    search=lambda q: or_(_searched(q), UnitAsk.reason.contains(q, autoescape=True)),
    search_hint=_l("建议编号、标题、单位或理由"),
    order="-asked_on",
    columns=(
        Column("kind", _l("申请"), UnitAsk.kind, "enum", sort=UnitAsk.kind),
        NUMBER,
        Column("title", _l("标题"), Suggestion.title, sort=Suggestion.title),
        Column("unit", _l("承办单位"), HandlingUnit.name, sort=HandlingUnit.name),
        Column("reason", _l("理由"), UnitAsk.reason),
        Column("asked_on", _l("申请日期"), UnitAsk.asked_on, "date", sort=UnitAsk.asked_on),
        Column("until", _l("延到"), UnitAsk.until, "date"),
        Column("state", _l("状态"), UnitAsk.state, "enum", sort=UnitAsk.state),
        Column("decided_on", _l("审批日期"), UnitAsk.decided_on, "date"),
        Column("proposed_unit", _l("建议的单位"), UnitAsk.proposed_unit, visible=False),
        Column("answer", _l("说明"), UnitAsk.answer, visible=False),
    ),
    filters=(
        Filter("waiting", _l("等待审批"), "yes_no", _either(waits)),
        enum_filter("kind", _l("申请"), UnitAsk.kind, AskKind),
        enum_filter("state", _l("状态"), UnitAsk.state, AskState),
        dates_filter("asked_on", _l("申请日期"), UnitAsk.asked_on),
        _unit_filter(),
        area_filter(Suggestion.area_code, ASSIGN_SUGGESTIONS),
    ),
    empty=lambda _actor: (_("没有退回或延期的申请。单位提出之后会列在这里。"), "", ""),
)
