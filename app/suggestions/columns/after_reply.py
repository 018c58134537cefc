"""Lists of what follows a reply: slips that came back, the promise ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, case, exists, extract, func, or_, select

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import BatchAction, Column, Filter, Listing, dates_filter, enum_filter, yes_no_filter
from app.registry.columns import area_filter
from app.registry.models import Area, HandlingUnit, Mandate, Person
from app.suggestions.columns.numbers import NUMBER
from app.suggestions.models import (
    FeedbackSlip,
    Promise,
    PromiseProgress,
    Suggestion,
    SuggestionUnit,
)
from app.suggestions.policy import FOLLOW_PROMISES, SCREEN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import problem_solved, unit_names_of, visible_suggestions
from app.suggestions.queries.promises import overdue, visible_promises
from app.suggestions.states import (
    GONE,
    PromiseState,
    Satisfaction,
    SuggestionState,
    UnitPart,
)

# The day on which the list is asked for, not the one on which the program started.
TODAY: Any = bindparam("ledger_day", callable_=lambda: clock.today(), type_=Date())
_NEVER = date(1, 1, 1)


def either(condition: Any) -> Any:
    """The condition of a yes/no filter."""
    return lambda values: or_(*(condition() if value == "1" else ~condition() for value in values))


def suggestion_search(q: str) -> ColumnElement[bool]:
    """SQL: a suggestion's number begins with the words, or its title holds them."""
    return or_(
        Suggestion.number.startswith(q, autoescape=True), Suggestion.title.contains(q, autoescape=True)
    )


# --- slips ----------------------------------------------------------------------------------------------


def _select_slips(actor: Actor) -> Select[Any]:
    return (
        select(FeedbackSlip.id)
        .select_from(FeedbackSlip)
        .join(Suggestion, Suggestion.id == FeedbackSlip.suggestion_id)
        .join(Mandate, Mandate.id == FeedbackSlip.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Suggestion.area_code)
        .where(visible_suggestions(actor))
    )


def _led_by(values: list[str]) -> ColumnElement[bool]:
    led = exists().where(
        SuggestionUnit.suggestion_id == FeedbackSlip.suggestion_id,
        SuggestionUnit.part == UnitPart.LEAD,
        SuggestionUnit.state.not_in(GONE),
        SuggestionUnit.unit_id == HandlingUnit.id,
        HandlingUnit.name.in_(values),
    )
    return led


def _twice() -> ColumnElement[bool]:
    return (FeedbackSlip.round > 1) & (FeedbackSlip.overall == Satisfaction.DISSATISFIED)


def _not_decided() -> ColumnElement[bool]:
    return (
        (Suggestion.state == SuggestionState.RATED)
        & (FeedbackSlip.round == Suggestion.round)
        & (FeedbackSlip.mandate_id == Suggestion.lead_mandate_id)
    )


def _batch(actor: Actor) -> list[BatchAction]:
    if not actor.may(SCREEN_SUGGESTIONS):
        return []
    confirm = _l("把所选反馈的建议办结？不满意的不会办结。")
    return [BatchAction(_l("办结"), "/suggestions/feedback/conclude", confirm)]


SLIPS = Listing(
    name="feedback_slips",
    title=_l("代表反馈"),
    noun=_l("征询意见表"),
    select_visible=_select_slips,
    identity=FeedbackSlip.id,
    url=lambda identity: f"/suggestions/feedback/{identity}",
    search=lambda q: or_(suggestion_search(q), Person.name.startswith(q, autoescape=True)),
    search_hint=_l("建议编号、标题或代表姓名"),
    order="-returned_on",
    columns=(
        Column("title", _l("建议标题"), Suggestion.title, sort=Suggestion.title),
        NUMBER,
        Column("deputy", _l("代表"), Person.name, sort=Person.pinyin),
        Column(
            "returned_on",
            _l("返回日期"),
            FeedbackSlip.returned_on,
            "date",
            sort=FeedbackSlip.returned_on,
        ),
        Column("round", _l("第几轮"), FeedbackSlip.round, "number", sort=FeedbackSlip.round),
        Column("attitude", _l("办理态度"), FeedbackSlip.attitude, "enum"),
        Column("handling", _l("办理过程"), FeedbackSlip.handling, "enum"),
        Column("result", _l("办理结果"), FeedbackSlip.result, "enum"),
        Column("overall", _l("总体评价"), FeedbackSlip.overall, "enum", sort=FeedbackSlip.overall),
        Column("solved", _l("问题已解决"), FeedbackSlip.solved, "yes_no"),
        Column("lead_unit", _l("主办单位"), unit_names_of(UnitPart.LEAD)),
        Column("reason", _l("理由和意见"), FeedbackSlip.reason, visible=False),
        Column("contact_way", _l("沟通方式"), FeedbackSlip.contact_way, "enum", visible=False),
        Column("area", _l("所在地区"), Area.name, visible=False),
    ),
    filters=(
        enum_filter("overall", _l("总体评价"), FeedbackSlip.overall, Satisfaction),
        yes_no_filter("solved", _l("问题已解决"), FeedbackSlip.solved),
        Filter("twice", _l("两轮都不满意"), "yes_no", either(_twice)),
        Filter("waiting", _l("等待办结或重新办理"), "yes_no", either(_not_decided)),
        dates_filter("returned_on", _l("返回日期"), FeedbackSlip.returned_on),
        Filter("lead_unit", _l("主办单位"), "text", _led_by),
        area_filter(Suggestion.area_code, VIEW_SUGGESTIONS),
    ),
    batch=_batch,
    empty=lambda _actor: (_("还没有返回的征询意见表。建议答复以后，代表在手机上或者用纸质表反馈。"), "", ""),
)


# --- promises -------------------------------------------------------------------------------------------


def _select_promises(actor: Actor) -> Select[Any]:
    return (
        select(Promise.id)
        .select_from(Promise)
        .join(Suggestion, Suggestion.id == Promise.suggestion_id)
        .join(HandlingUnit, HandlingUnit.id == Promise.unit_id)
        .outerjoin(Area, Area.code == Promise.area_code)
        .where(visible_promises(actor))
    )


def _last_progress() -> Any:
    return (
        select(func.max(PromiseProgress.on))
        .where(PromiseProgress.promise_id == Promise.id)
        .correlate(Promise)
        .scalar_subquery()
    )


def _across_years() -> ColumnElement[bool]:
    return extract("year", Promise.due_on) > extract("year", Promise.promised_on)


PROMISES = Listing(
    name="promises",
    title=_l("承诺事项台账"),
    noun=_l("承诺事项"),
    select_visible=_select_promises,
    identity=Promise.id,
    url=lambda identity: f"/suggestions/promises/{identity}",
    search=lambda q: or_(suggestion_search(q), Promise.content.contains(q, autoescape=True)),
    search_hint=_l("承诺内容、建议编号或标题"),
    order="due_on",
    columns=(
        Column("content", _l("承诺内容"), Promise.content),
        NUMBER,
        Column("unit", _l("责任单位"), HandlingUnit.name, sort=HandlingUnit.name),
        Column("due_on", _l("落实时限"), Promise.due_on, "date", sort=Promise.due_on),
        Column("percent", _l("进度（百分比）"), Promise.percent, "number", sort=Promise.percent),
        Column("state", _l("落实情况"), Promise.state, "enum", sort=Promise.state),
        Column("late", _l("逾期"), case((overdue(TODAY), True), else_=False), "yes_no"),
        Column("promised_on", _l("承诺日期"), Promise.promised_on, "date", sort=Promise.promised_on),
        Column("last", _l("最近进展"), _last_progress(), "date"),
        Column("title", _l("建议标题"), Suggestion.title, visible=False),
        Column("ended_on", _l("落实日期"), Promise.ended_on, "date", visible=False),
        Column("satisfaction", _l("代表评价"), Suggestion.satisfaction, "enum", visible=False),
        Column("solved", _l("问题已解决"), problem_solved(), "yes_no", visible=False),
        Column("area", _l("所在地区"), Area.name, visible=False),
    ),
    filters=(
        enum_filter("state", _l("落实情况"), Promise.state, PromiseState),
        Filter("late", _l("逾期"), "yes_no", either(lambda: overdue(clock.today()))),
        Filter("across", _l("跨年度"), "yes_no", either(_across_years)),
        dates_filter("due_on", _l("落实时限"), Promise.due_on),
        dates_filter("promised_on", _l("承诺日期"), Promise.promised_on),
        Filter("unit", _l("责任单位"), "text", lambda values: HandlingUnit.name.in_(values)),
        area_filter(Promise.area_code, FOLLOW_PROMISES),
    ),
    empty=lambda _actor: (
        _("还没有承诺事项。答复里写明以后落实的，签发答复函时登记，或者在建议页上补记。"),
        "",
        "",
    ),
)
