"""Lists of excellent suggestions and of candidates (2-30, 4-18)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import BatchAction, Column, Filter, Listing, dates_filter, enum_filter, yes_no_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Mandate, Person
from app.suggestions.columns.numbers import NUMBER
from app.suggestions.models import ExcellentSuggestion, Suggestion
from app.suggestions.policy import SELECT_EXCELLENT, VIEW_SUGGESTION_FIGURES
from app.suggestions.queries import problem_solved, unit_names_of
from app.suggestions.queries.excellence import (
    could_be_excellent,
    is_selected,
    visible_excellent,
    visits_on_site,
)
from app.suggestions.states import ExcellenceKind, Satisfaction, SuggestionSource, UnitPart


def _select(actor: Actor) -> Select[Any]:
    return (
        select(ExcellentSuggestion.id)
        .select_from(ExcellentSuggestion)
        .join(Suggestion, Suggestion.id == ExcellentSuggestion.suggestion_id)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Suggestion.area_code)
        .where(visible_excellent(actor))
    )


def _search(q: str) -> ColumnElement[bool]:
    return or_(
        Suggestion.number.startswith(q, autoescape=True),
        Suggestion.title.contains(q, autoescape=True),
        Person.name.startswith(q, autoescape=True),
    )


def _years(values: list[str]) -> ColumnElement[bool]:
    years = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) == 4]
    return ExcellentSuggestion.year.in_(years)


def _none_selected(actor: Actor) -> tuple[str, str, str]:
    if actor.may(SELECT_EXCELLENT):
        return (
            _("还没有评选优秀建议。从办结的建议中挑选。"),
            "/suggestions/excellent/candidates",
            _("查看候选"),
        )
    return _("还没有评选优秀建议。"), "", ""


EXCELLENT = Listing(
    name="excellent_suggestions",
    title=_l("优秀建议"),
    noun=_l("优秀建议"),
    select_visible=_select,
    identity=ExcellentSuggestion.id,
    url=lambda identity: f"/suggestions/excellent/{identity}",
    search=_search,
    search_hint=_l("编号、标题或领衔代表"),
    order="-year",
    columns=(
        Column("title", _l("标题"), Suggestion.title, sort=Suggestion.title),
        NUMBER,
        Column("year", _l("年份"), ExcellentSuggestion.year, sort=ExcellentSuggestion.year, show=str),
        Column("kind", _l("评选类别"), ExcellentSuggestion.kind, "enum"),
        Column("lead", _l("领衔代表"), Person.name, sort=Person.pinyin),
        Column("lead_unit", _l("主办单位"), unit_names_of(UnitPart.LEAD)),
        Column("reason", _l("入选理由"), ExcellentSuggestion.reason, visible=False),
        Column("area", _l("所在地区"), Area.name, sort=Suggestion.area_code, visible=False),
    ),
    filters=(
        enum_filter("kind", _l("评选类别"), ExcellentSuggestion.kind, ExcellenceKind),
        Filter("year", _l("年份"), "text", _years),
        area_filter(Suggestion.area_code, VIEW_SUGGESTION_FIGURES),
    ),
    empty=_none_selected,
)


def _select_candidates(actor: Actor) -> Select[Any]:
    return (
        select(Suggestion.id)
        .select_from(Suggestion)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Suggestion.area_code)
        .where(could_be_excellent(actor))
    )


def _batch(_actor: Actor) -> Sequence[BatchAction]:
    return [
        BatchAction(
            _l("选为“%(kind)s”", kind=kind.label),
            f"/suggestions/excellent/candidates/select?kind={kind.value}",
        )
        for kind in ExcellenceKind
    ]


CANDIDATES = Listing(
    name="excellent_candidates",
    title=_l("优秀建议候选"),
    noun=_l("建议"),
    select_visible=_select_candidates,
    identity=Suggestion.id,
    url=lambda identity: f"/suggestions/{identity}",
    search=_search,
    search_hint=_l("编号、标题或领衔代表"),
    order="-raised_on",
    batch=_batch,
    columns=(
        Column("title", _l("标题"), Suggestion.title, sort=Suggestion.title),
        NUMBER,
        Column("lead", _l("领衔代表"), Person.name, sort=Person.pinyin),
        Column("raised_on", _l("提出日期"), Suggestion.raised_on, "date", sort=Suggestion.raised_on),
        Column("source", _l("来源"), Suggestion.source, "enum"),
        Column("satisfaction", _l("代表评价"), Suggestion.satisfaction, "enum"),
        Column("solved", _l("已解决"), problem_solved(), "yes_no"),
        Column("visits", _l("现场督办次数"), visits_on_site(), "number", sort=visits_on_site()),
        Column("selected", _l("已入选"), is_selected(), "yes_no"),
        Column("lead_unit", _l("主办单位"), unit_names_of(UnitPart.LEAD), visible=False),
        Column("area", _l("所在地区"), Area.name, sort=Suggestion.area_code, visible=False),
    ),
    filters=(
        dates_filter("raised_on", _l("提出日期"), Suggestion.raised_on),
        yes_no_filter("selected", _l("已入选"), is_selected()),
        enum_filter("satisfaction", _l("代表评价"), Suggestion.satisfaction, Satisfaction),
        yes_no_filter("solved", _l("已解决"), problem_solved()),
        enum_filter("source", _l("来源"), Suggestion.source, SuggestionSource),
        area_filter(Suggestion.area_code, SELECT_EXCELLENT),
    ),
    empty=lambda _actor: (
        _("还没有可以评选的建议。建议办结、代表没有表示不满意的，会出现在这里。"),
        "/suggestions",
        _("查看全部建议"),
    ),
)
