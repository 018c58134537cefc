"""Lists of suggestions and of handling units, declared once for page and export."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Select, bindparam, func, literal_column, or_, select

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import (
    BatchAction,
    Column,
    Filter,
    Listing,
    dates_filter,
    enum_filter,
    said_yes,
    yes_no_filter,
)
from app.registry.columns import area_filter
from app.registry.models import Area, HandlingUnit, Mandate, Person
from app.registry.units import visible_units
from app.suggestions.models import Suggestion, SuggestionClass
from app.suggestions.policy import DRAFT_SUGGESTIONS, EDIT_SUGGESTIONS, SCREEN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import (
    cosigner_names,
    counted,
    handled_by,
    problem_solved,
    reply_late,
    signed_by,
    standing,
    unit_counts,
    unit_names_of,
    visible_suggestions,
)
from app.suggestions.queries.stages import at_procedure, procedure_choices
from app.suggestions.similar import holding_words
from app.suggestions.states import (
    Occasion,
    ReplyClass,
    Satisfaction,
    SuggestionSource,
    SuggestionStanding,
    SuggestionState,
    UnitPart,
)

# The day on which the list is asked for, not the one on which the program started.
TODAY: Any = bindparam("suggestion_day", callable_=lambda: clock.today(), type_=Date())
_NEVER = date(1, 1, 1)


def _select(actor: Actor) -> Select[Any]:
    return (
        select(Suggestion.id)
        .select_from(Suggestion)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Suggestion.area_code)
        .outerjoin(SuggestionClass, SuggestionClass.id == Suggestion.class_id)
        .where(visible_suggestions(actor))
    )


def _standing_label(value: str) -> str:
    return SuggestionStanding(value).label


def _empty(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_SUGGESTIONS):
        return _("还没有代表建议。可以导入现有的建议台账，或逐件登记。"), "/suggestions/new", _("登记建议")
    sentence = _("您还没有领衔或附议的建议。提出之后这里会显示办理情况。")
    if actor.may(DRAFT_SUGGESTIONS):
        return sentence, "/suggestions/drafts/new", _("起草建议")
    return sentence, "", ""


def _late(values: list[str]) -> ColumnElement[bool]:
    late = reply_late(clock.today())
    return or_(*(late if value == "1" else ~late for value in values))


def _sessions(values: list[str]) -> ColumnElement[bool]:
    ordinals = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 4]
    return Suggestion.session_ordinal.in_(ordinals)


def _batch(actor: Actor) -> tuple[BatchAction, ...]:
    if actor.may(SCREEN_SUGGESTIONS):
        return (BatchAction(_l("归为一类"), "/suggestions/classes/choose"),)
    return ()


def _search(q: str) -> ColumnElement[bool]:
    """Number, name or title; and by the index every word of the text."""
    words = holding_words(q)
    return or_(
        Suggestion.number.startswith(q, autoescape=True),
        Suggestion.title.contains(q, autoescape=True),
        Person.name.startswith(q, autoescape=True),
        *([Suggestion.id.in_(words)] if words is not None else []),
    )


def _unit_filter(key: str, label: Any, part: UnitPart) -> Filter:
    return Filter(key, label, "text", lambda values: handled_by(values, part))


SUGGESTIONS = Listing(
    name="suggestions",
    title=_l("代表建议"),
    noun=_l("建议"),
    select_visible=_select,
    identity=Suggestion.id,
    url=lambda identity: f"/suggestions/{identity}",
    search=_search,
    search_hint=_l("编号、领衔代表或内容中的词"),
    order="-raised_on",
    columns=(
        Column("title", _l("标题"), Suggestion.title, sort=Suggestion.title),
        Column("number", _l("建议编号"), Suggestion.number, sort=Suggestion.number, kind="code"),
        Column("lead", _l("领衔代表"), Person.name, sort=Person.pinyin),
        Column("raised_on", _l("提出日期"), Suggestion.raised_on, "date", sort=Suggestion.raised_on),
        Column("lead_unit", _l("主办单位"), unit_names_of(UnitPart.LEAD)),
        Column(
            "due_on", _l("答复期限"), Suggestion.due_on, "date", sort=func.coalesce(Suggestion.due_on, _NEVER)
        ),
        Column("standing", _l("办理状态"), standing(TODAY), show=_standing_label, kind="code"),
        Column("state", _l("所处阶段"), Suggestion.state, "enum", sort=Suggestion.state),
        Column("satisfaction", _l("代表评价"), Suggestion.satisfaction, "enum"),
        Column("solved", _l("已解决"), problem_solved(), "yes_no"),
        Column("category", _l("类别"), Suggestion.category, sort=Suggestion.category, visible=False),
        Column("session", _l("会次"), Suggestion.session_ordinal, "number", visible=False),
        Column("class", _l("归入类别"), SuggestionClass.title, visible=False),
        Column("committee", _l("对口专门委员会"), Suggestion.committee, visible=False),
        Column("cosigners", _l("附议代表"), cosigner_names(), visible=False),
        Column("card", _l("领衔代表证号"), Mandate.card_no, visible=False),
        Column("level", _l("层级"), Mandate.level, "enum", visible=False),
        Column("area", _l("所在地区"), Area.name, sort=Suggestion.area_code, visible=False),
        Column("occasion", _l("提出时间"), Suggestion.occasion, "enum", visible=False),
        Column("source", _l("来源"), Suggestion.source, "enum", visible=False),
        Column("co_units", _l("协办单位"), unit_names_of(UnitPart.CO), visible=False),
        Column("assigned_on", _l("交办日期"), Suggestion.assigned_on, "date", visible=False),
        Column(
            "replied_on",
            _l("答复日期"),
            Suggestion.replied_on,
            "date",
            sort=func.coalesce(Suggestion.replied_on, _NEVER),
            visible=False,
        ),
        Column("reply_class", _l("答复类别"), Suggestion.reply_class, "enum", visible=False),
        Column("reply_way", _l("答复方式"), Suggestion.reply_way, "enum", visible=False),
        Column("body", _l("内容"), Suggestion.body, visible=False),
    ),
    filters=(
        Filter(
            "standing",
            _l("办理状态"),
            "choice",
            lambda values: standing(clock.today()).in_(values),
            lambda _actor: SuggestionStanding.choices(),
        ),
        Filter("late", _l("逾期"), "yes_no", _late),
        Filter(
            "counted",
            _l("计入统计"),
            "hidden",
            lambda values: counted() if "1" in values else None,
            named=said_yes,
        ),
        enum_filter("state", _l("所处阶段"), Suggestion.state, SuggestionState),
        dates_filter("raised_on", _l("提出日期"), Suggestion.raised_on),
        enum_filter("occasion", _l("提出时间"), Suggestion.occasion, Occasion),
        enum_filter("source", _l("来源"), Suggestion.source, SuggestionSource),
        enum_filter("reply_class", _l("答复类别"), Suggestion.reply_class, ReplyClass),
        enum_filter("satisfaction", _l("代表评价"), Suggestion.satisfaction, Satisfaction),
        yes_no_filter("solved", _l("已解决"), problem_solved()),
        area_filter(Suggestion.area_code, VIEW_SUGGESTIONS),
        Filter("category", _l("类别"), "text", lambda values: Suggestion.category.in_(values)),
        Filter("session", _l("会次"), "text", _sessions),
        Filter("committee", _l("对口专门委员会"), "text", lambda values: Suggestion.committee.in_(values)),
        Filter(
            "no_committee",
            _l("还没有确定委员会"),
            "hidden",
            lambda values: Suggestion.committee == "" if "1" in values else None,
            named=said_yes,
        ),
        Filter("class", _l("类别编号"), "text", lambda values: SuggestionClass.number.in_(values)),
        Filter(
            "procedure",
            _l("六个程序"),
            "choice",
            lambda values: or_(*(at_procedure(value) for value in values)),
            lambda _actor: procedure_choices(),
        ),
        _unit_filter("lead_unit", _l("主办单位"), UnitPart.LEAD),
        _unit_filter("co_unit", _l("协办单位"), UnitPart.CO),
        Filter("deputy", _l("代表"), "text", signed_by),
    ),
    batch=_batch,
    empty=_empty,
)


# --- units ----------------------------------------------------------------------------------------------


def _select_units(actor: Actor) -> Select[Any]:
    counts = unit_counts(actor, clock.today())
    return (
        select(HandlingUnit.id)
        .select_from(HandlingUnit)
        .join(Area, Area.code == HandlingUnit.area_code)
        .outerjoin(counts, counts.c.unit_id == HandlingUnit.id)
        .where(visible_units(actor))
    )


def _count(key: str, label: Any) -> Column:
    # The counts belong to who asks; only their names are known when the list is declared.
    number = func.coalesce(literal_column(f"unit_counts.{key}", Integer), 0)
    return Column(key, label, number, "number", sort=number)


UNITS = Listing(
    name="handling_units",
    title=_l("承办单位"),
    noun=_l("承办单位"),
    select_visible=_select_units,
    identity=HandlingUnit.id,
    url=lambda identity: f"/suggestions/units/{identity}",
    search=lambda q: HandlingUnit.name.contains(q, autoescape=True),
    search_hint=_l("单位名称"),
    order="name",
    columns=(
        Column("name", _l("单位名称"), HandlingUnit.name, sort=HandlingUnit.name),
        _count("leads", _l("主办")),
        _count("helps", _l("协办")),
        _count("replied", _l("已答复")),
        _count("late", _l("逾期")),
        Column("area", _l("所属地区"), Area.name, sort=HandlingUnit.area_code, visible=False),
        Column("closed_on", _l("撤销日期"), HandlingUnit.closed_on, "date", visible=False),
    ),
    empty=lambda _actor: (_("还没有承办单位。登记建议时填写主办、协办单位，这里会自动出现。"), "", ""),
)
