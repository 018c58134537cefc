"""Lists of screening and handing over: what was handed in, what waits for a unit, who was not contacted, classes."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import BatchAction, Column, Filter, Listing, dates_filter, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, HandlingUnit, Mandate, Person
from app.suggestions.columns.numbers import NUMBER, SORTED_NUMBER
from app.suggestions.models import Suggestion, SuggestionClass, SuggestionClock, SuggestionUnit
from app.suggestions.policy import ASSIGN_SUGGESTIONS, SCREEN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import visible_suggestions
from app.suggestions.queries.assignment import pre_assigned, to_assign, without_contact
from app.suggestions.queries.classes import visible_classes
from app.suggestions.queries.screening import to_screen
from app.suggestions.states import (
    ClockKind,
    HandlingState,
    Occasion,
    SuggestionSource,
    SuggestionState,
    UnitPart,
)

_NEVER = date(9999, 12, 31)


def _select(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(Suggestion.id)
        .select_from(Suggestion)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Suggestion.area_code)
        .where(condition)
    )


def _due(kind: ClockKind) -> Any:
    """SQL: until when this must have happened, by the clock that runs."""
    return (
        select(func.min(SuggestionClock.due_on))
        .where(
            SuggestionClock.suggestion_id == Suggestion.id,
            SuggestionClock.kind == kind,
            SuggestionClock.ended_on.is_(None),
        )
        .correlate(Suggestion)
        .scalar_subquery()
    )


def _overdue(kind: ClockKind) -> Filter:
    def condition(values: list[str]) -> ColumnElement[bool]:
        late = func.coalesce(_due(kind), _NEVER) < clock.today()
        return or_(*(late if value == "1" else ~late for value in values))

    return Filter("overdue", _l("逾期"), "yes_no", condition)


def _search(q: str) -> ColumnElement[bool]:
    return or_(
        Suggestion.number.startswith(q, autoescape=True),
        Suggestion.title.contains(q, autoescape=True),
        Person.name.startswith(q, autoescape=True),
    )


_LEAD = Column("lead", _l("领衔代表"), Person.name, sort=Person.pinyin)
_TITLE = Column("title", _l("标题"), Suggestion.title, sort=Suggestion.title)
_SUBMITTED = Column(
    "submitted_on",
    _l("提交日期"),
    Suggestion.submitted_on,
    "date",
    sort=func.coalesce(Suggestion.submitted_on, Suggestion.raised_on),
)
_WISHES = Column("proposed_units", _l("建议承办单位"), Suggestion.proposed_units, visible=False)


SCREENING = Listing(
    name="suggestion_screening",
    title=_l("待审查的建议"),
    noun=_l("建议"),
    select_visible=lambda actor: _select(to_screen(actor)),
    identity=Suggestion.id,
    url=lambda identity: f"/suggestions/{identity}",
    search=_search,
    search_hint=_l("标题或领衔代表"),
    order="submitted_on",
    columns=(
        _TITLE,
        _LEAD,
        _SUBMITTED,
        Column("due_on", _l("审查期限"), _due(ClockKind.SCREEN), "date"),
        Column("occasion", _l("提出时间"), Suggestion.occasion, "enum"),
        Column("source", _l("来源"), Suggestion.source, "enum"),
        Column("category", _l("类别"), Suggestion.category),
        Column("area", _l("所在地区"), Area.name, visible=False),
        _WISHES,
    ),
    filters=(
        _overdue(ClockKind.SCREEN),
        enum_filter("occasion", _l("提出时间"), Suggestion.occasion, Occasion),
        enum_filter("source", _l("来源"), Suggestion.source, SuggestionSource),
        dates_filter("submitted_on", _l("提交日期"), Suggestion.submitted_on),
        area_filter(Suggestion.area_code, SCREEN_SUGGESTIONS),
    ),
    empty=lambda _actor: (_("没有等待审查的建议。代表提交之后会列在这里。"), "/suggestions", _("全部建议")),
)


def _batch(actor: Actor) -> tuple[BatchAction, ...]:
    actions = [BatchAction(_l("交办所选"), "/suggestions/assigning/batch")]
    if actor.may(SCREEN_SUGGESTIONS):
        actions.append(BatchAction(_l("归为一类"), "/suggestions/classes/choose"))
    return tuple(actions)


ASSIGNING = Listing(
    name="suggestion_assigning",
    title=_l("待交办的建议"),
    noun=_l("建议"),
    select_visible=lambda actor: _select(to_assign(actor)),
    identity=Suggestion.id,
    url=lambda identity: f"/suggestions/{identity}",
    search=_search,
    search_hint=_l("编号、标题或领衔代表"),
    order="number",
    columns=(
        _TITLE,
        SORTED_NUMBER,
        _LEAD,
        Column("occasion", _l("提出时间"), Suggestion.occasion, "enum"),
        Column("category", _l("类别"), Suggestion.category),
        Column("due_on", _l("交办期限"), _due(ClockKind.ASSIGN), "date"),
        Column("committee", _l("对口专门委员会"), Suggestion.committee, visible=False),
        Column(
            "raised_on",
            _l("提出日期"),
            Suggestion.raised_on,
            "date",
            sort=Suggestion.raised_on,
            visible=False,
        ),
        Column("area", _l("所在地区"), Area.name, visible=False),
        _WISHES,
    ),
    filters=(
        _overdue(ClockKind.ASSIGN),
        enum_filter("occasion", _l("提出时间"), Suggestion.occasion, Occasion),
        Filter("category", _l("类别"), "text", lambda values: Suggestion.category.in_(values)),
        Filter("committee", _l("对口专门委员会"), "text", lambda values: Suggestion.committee.in_(values)),
        dates_filter("raised_on", _l("提出日期"), Suggestion.raised_on),
        area_filter(Suggestion.area_code, ASSIGN_SUGGESTIONS),
    ),
    batch=_batch,
    empty=lambda _actor: (_("没有等待交办的建议。审查立案之后会列在这里。"), "/suggestions", _("全部建议")),
)


# --- pre-assigned in session ------------------------------------------------------------------------------


def _select_pre_assigned(actor: Actor) -> Select[Any]:
    return (
        select(SuggestionUnit.id)
        .select_from(SuggestionUnit)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .join(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(visible_suggestions(actor, ASSIGN_SUGGESTIONS), pre_assigned())
    )


def _contacted(values: list[str]) -> ColumnElement[bool]:
    return or_(*(~without_contact() if value == "1" else without_contact() for value in values))


PRE_ASSIGNED = Listing(
    name="suggestions_pre_assigned",
    title=_l("会期预交办"),
    noun=_l("预交办"),
    select_visible=_select_pre_assigned,
    identity=SuggestionUnit.id,
    url=lambda identity: f"/suggestions/parts/{identity}",
    search=lambda q: or_(_search(q), HandlingUnit.name.contains(q, autoescape=True)),
    search_hint=_l("编号、标题、单位或领衔代表"),
    order="-pre_assigned_at",
    columns=(
        _TITLE,
        NUMBER,
        _LEAD,
        Column("unit", _l("承办单位"), HandlingUnit.name, sort=HandlingUnit.name),
        Column("part", _l("分工"), SuggestionUnit.part, "enum"),
        Column("state", _l("办理状态"), SuggestionUnit.state, "enum"),
        Column(
            "pre_assigned_at",
            _l("预交办时间"),
            SuggestionUnit.pre_assigned_at,
            "instant",
            sort=SuggestionUnit.pre_assigned_at,
        ),
        Column("first_contact_on", _l("首次联系代表"), SuggestionUnit.first_contact_on, "date"),
    ),
    filters=(
        Filter("contacted", _l("已联系代表"), "yes_no", _contacted),
        enum_filter("part", _l("分工"), SuggestionUnit.part, UnitPart),
        enum_filter("state", _l("办理状态"), SuggestionUnit.state, HandlingState),
        Filter("unit", _l("承办单位"), "text", lambda values: HandlingUnit.name.in_(values)),
        dates_filter("raised_on", _l("提出日期"), Suggestion.raised_on),
        area_filter(Suggestion.area_code, ASSIGN_SUGGESTIONS),
    ),
    empty=lambda _actor: (
        _("没有预交办的建议。会议期间在建议页上“预交办”，单位当场联系代表。"),
        "/suggestions/assigning",
        _("待交办的建议"),
    ),
)


# --- classes ------------------------------------------------------------------------------------------------


def _members(*conditions: Any) -> Any:
    return (
        select(func.count(Suggestion.id))
        .where(Suggestion.class_id == SuggestionClass.id, *conditions)
        .correlate(SuggestionClass)
        .scalar_subquery()
    )


def _running(values: list[str]) -> ColumnElement[bool]:
    ended = SuggestionClass.dissolved_on
    return or_(*(ended.is_(None) if value == "1" else ended.is_not(None) for value in values))


def _select_classes(actor: Actor) -> Select[Any]:
    return (
        select(SuggestionClass.id)
        .select_from(SuggestionClass)
        .outerjoin(Area, Area.code == SuggestionClass.area_code)
        .where(visible_classes(actor))
    )


_ANSWERED = (
    SuggestionState.REPLIED,
    SuggestionState.RATED,
    SuggestionState.CONCLUDED,
    SuggestionState.ARCHIVED,
)

CLASSES = Listing(
    name="suggestion_classes",
    title=_l("建议分类办理"),
    noun=_l("类别"),
    select_visible=_select_classes,
    identity=SuggestionClass.id,
    url=lambda identity: f"/suggestions/classes/{identity}",
    search=lambda q: or_(
        SuggestionClass.number.startswith(q, autoescape=True),
        SuggestionClass.title.contains(q, autoescape=True),
    ),
    search_hint=_l("类别编号或名称"),
    order="-formed_on",
    columns=(
        Column("title", _l("类别名称"), SuggestionClass.title, sort=SuggestionClass.title),
        Column("number", _l("类别编号"), SuggestionClass.number, sort=SuggestionClass.number, kind="code"),
        Column("members", _l("建议件数"), _members(), "number"),
        Column("answered", _l("已答复"), _members(Suggestion.state.in_(_ANSWERED)), "number"),
        Column(
            "formed_on", _l("归类日期"), SuggestionClass.formed_on, "date", sort=SuggestionClass.formed_on
        ),
        Column("dissolved_on", _l("解散日期"), SuggestionClass.dissolved_on, "date", visible=False),
        Column("area", _l("所在地区"), Area.name, visible=False),
    ),
    filters=(
        Filter("running", _l("正在办理"), "yes_no", _running),
        dates_filter("formed_on", _l("归类日期"), SuggestionClass.formed_on),
        area_filter(SuggestionClass.area_code, VIEW_SUGGESTIONS),
    ),
    empty=lambda actor: (
        _("还没有归类办理的建议。"),
        *(("/suggestions/classes/alike", _("查找同类建议")) if actor.may(SCREEN_SUGGESTIONS) else ("", "")),
    ),
)
