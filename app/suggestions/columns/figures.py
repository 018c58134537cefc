"""Suggestions behind a figure: the list every number of the figures' page opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Mandate, Person
from app.suggestions.columns import TODAY
from app.suggestions.columns.numbers import NUMBER
from app.suggestions.figure_rules import ReplyTime
from app.suggestions.models import Suggestion
from app.suggestions.policy import VIEW_SUGGESTION_FIGURES
from app.suggestions.queries import counted, problem_solved, standing, unit_names_of
from app.suggestions.queries.figures import NONE, SPLITS, conditions, names_of, took
from app.suggestions.states import ReplyClass, SuggestionSource, SuggestionStanding, UnitPart

FIGURE_WORDS: dict[str, Any] = {
    "total": _l("总数"),
    "replied": _l("已答复"),
    "late": _l("逾期"),
    "solved": _l("已解决"),
    "satisfied": _l("满意"),
    "basically": _l("基本满意"),
    "dissatisfied": _l("不满意"),
    "unreturned": _l("未反馈"),
}
SPLIT_WORDS: dict[str, Any] = {
    "unit": _l("主办单位"),
    "category": _l("类别"),
    "class": _l("归并办理的类"),
    "township": _l("乡镇"),
    "proposer": _l("领衔代表"),
    "source": _l("来源"),
    "reply_class": _l("答复类别"),
}


def nothing_word(by: str) -> str:
    """What suggestions without a class, category or reply are called."""
    return {"class": _("未归类"), "reply_class": _("未答复")}.get(by, _("未分类"))


def _select(actor: Actor) -> Select[Any]:
    return (
        select(Suggestion.id)
        .select_from(Suggestion)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Suggestion.area_code)
        .where(counted(), within(Suggestion.area_code, actor.areas(VIEW_SUGGESTION_FIGURES)))
    )


def _figures(values: list[str]) -> ColumnElement[bool]:
    known = conditions(clock.today())
    return or_(*(known[value] for value in values))


def _split_filter(by: str) -> Filter:
    def named(_actor: Actor, values: list[str]) -> Sequence[tuple[str, str]]:
        words = {NONE: nothing_word(by)}
        if by == "source":
            words |= {member.value: member.label for member in SuggestionSource}
        if by == "reply_class":
            words |= {member.value: member.label for member in ReplyClass}
        return [*words.items(), *names_of(by, values)]

    return Filter(by, SPLIT_WORDS[by], "hidden", SPLITS[by].condition, named=named)


def _standing_label(value: str) -> str:
    return SuggestionStanding(value).label


FIGURE_SUGGESTIONS = Listing(
    name="figure_suggestions",
    title=_l("建议统计明细"),
    noun=_l("建议"),
    select_visible=_select,
    identity=Suggestion.id,
    url=lambda identity: f"/suggestions/{identity}",
    search=lambda q: or_(
        Suggestion.number.startswith(q, autoescape=True),
        Suggestion.title.contains(q, autoescape=True),
        Person.name.startswith(q, autoescape=True),
    ),
    search_hint=_l("编号、标题或领衔代表"),
    order="-raised_on",
    columns=(
        Column("title", _l("标题"), Suggestion.title, sort=Suggestion.title),
        NUMBER,
        Column("lead", _l("领衔代表"), Person.name, sort=Person.pinyin),
        Column("raised_on", _l("提出日期"), Suggestion.raised_on, "date", sort=Suggestion.raised_on),
        Column("lead_unit", _l("主办单位"), unit_names_of(UnitPart.LEAD)),
        Column("standing", _l("办理状态"), standing(TODAY), show=_standing_label, kind="code"),
        Column("reply_class", _l("答复类别"), Suggestion.reply_class, "enum"),
        Column("satisfaction", _l("代表评价"), Suggestion.satisfaction, "enum"),
        Column("solved", _l("已解决"), problem_solved(), "yes_no"),
        Column("category", _l("类别"), Suggestion.category, visible=False),
        Column("source", _l("来源"), Suggestion.source, "enum", visible=False),
        Column("area", _l("所在地区"), Area.name, sort=Suggestion.area_code, visible=False),
        Column("assigned_on", _l("交办日期"), Suggestion.assigned_on, "date", visible=False),
        Column("replied_on", _l("答复日期"), Suggestion.replied_on, "date", visible=False),
    ),
    filters=(
        area_filter(Suggestion.area_code, VIEW_SUGGESTION_FIGURES),
        dates_filter("raised_on", _l("提出日期"), Suggestion.raised_on),
        Filter("figure", _l("统计项"), "choice", _figures, lambda _actor: list(FIGURE_WORDS.items())),
        Filter(
            "took",
            _l("答复用时"),
            "choice",
            lambda values: took([ReplyTime(value) for value in values]),
            lambda _actor: ReplyTime.choices(),
        ),
        *(_split_filter(by) for by in SPLITS),
    ),
    empty=lambda _actor: (_("没有符合条件的建议。"), "/suggestions/figures", _("返回建议统计")),
)
