"""The list of evaluations."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area
from app.suggestions.columns.supervision import whole
from app.suggestions.models import Evaluation
from app.suggestions.policy import EDIT_EVALUATIONS, VIEW_EVALUATIONS
from app.suggestions.queries.evaluations import visible_evaluations
from app.suggestions.states import EvaluationState

_NEVER = date(1, 1, 1)


def _select(actor: Actor) -> Select[Any]:
    return (
        select(Evaluation.id)
        .select_from(Evaluation)
        .outerjoin(Area, Area.code == Evaluation.area_code)
        .where(visible_evaluations(actor))
    )


def _empty(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_EVALUATIONS):
        sentence = _("还没有测评。年底组织代表和常委会组成人员对承办单位测评时，从这里开始。")
        return sentence, "/suggestions/evaluations/new", _("组织测评")
    return _("还没有测评。"), "", ""


def _years(values: list[str]) -> Any:
    return Evaluation.year.in_(whole(values))


EVALUATIONS = Listing(
    name="evaluations",
    title=_l("办理工作测评"),
    noun=_l("测评"),
    select_visible=_select,
    identity=Evaluation.id,
    url=lambda identity: f"/suggestions/evaluations/{identity}",
    search=lambda q: Evaluation.title.contains(q, autoescape=True),
    search_hint=_l("测评名称"),
    order="-year",
    columns=(
        Column("title", _l("测评名称"), Evaluation.title, sort=Evaluation.title),
        Column("year", _l("年份"), Evaluation.year, sort=Evaluation.year),
        Column("state", _l("状态"), Evaluation.state, "enum", sort=Evaluation.state),
        Column("scheme", _l("测评方案"), Evaluation.scheme_name),
        Column("area", _l("所在地区"), Area.name, sort=Evaluation.area_code),
        Column("opened_on", _l("开始日期"), Evaluation.opened_on, "date", sort=Evaluation.opened_on),
        Column(
            "closes_on",
            _l("截止日期"),
            Evaluation.closes_on,
            "date",
            sort=func.coalesce(Evaluation.closes_on, _NEVER),
        ),
        Column("published_on", _l("公布日期"), Evaluation.published_on, "date", visible=False),
    ),
    filters=(
        enum_filter("state", _l("状态"), Evaluation.state, EvaluationState),
        Filter("year", _l("年份"), "text", _years),
        area_filter(Evaluation.area_code, VIEW_EVALUATIONS),
    ),
    empty=_empty,
)
