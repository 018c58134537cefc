"""Ended suggestions and whether they have been made public (0-12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import BatchAction, Column, Filter, Listing, dates_filter, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Mandate, Person
from app.suggestions.columns.numbers import NUMBER
from app.suggestions.models import Publication, Suggestion
from app.suggestions.policy import PUBLISH_SUGGESTIONS
from app.suggestions.publication_rules import PublicationStanding
from app.suggestions.queries import unit_names_of
from app.suggestions.queries.publication import ended_in_reach, publication_standing
from app.suggestions.states import PublicChoice, UnitPart


def _select(actor: Actor) -> Select[Any]:
    return (
        select(Suggestion.id)
        .select_from(Suggestion)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Suggestion.area_code)
        .where(ended_in_reach(actor))
    )


def _standing_label(value: str) -> str:
    return PublicationStanding(value).label


def _batch(_actor: Actor) -> Sequence[BatchAction]:
    return [
        BatchAction(
            _l("公开标题、过程和结果"),
            "/suggestions/publication/batch",
            _l(
                "选中的建议将在公开页显示标题、办理过程和办理结果，不含建议和答复的文字；涉密和代表不同意的跳过。"
            ),
        )
    ]


def _first_published() -> Any:
    return (
        select(func.min(Publication.on))
        .where(Publication.suggestion_id == Suggestion.id, Publication.ended_on.is_(None))
        .correlate(Suggestion)
        .scalar_subquery()
    )


PUBLICATIONS = Listing(
    name="suggestion_publications",
    title=_l("建议公开"),
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
    batch=_batch,
    columns=(
        Column("title", _l("标题"), Suggestion.title, sort=Suggestion.title),
        NUMBER,
        Column("standing", _l("公开情况"), publication_standing(), show=_standing_label, kind="code"),
        Column("choice", _l("代表意愿"), Suggestion.public_choice, "enum"),
        Column("published_on", _l("首次公开"), _first_published(), "date"),
        Column("lead", _l("领衔代表"), Person.name, sort=Person.pinyin),
        Column("lead_unit", _l("主办单位"), unit_names_of(UnitPart.LEAD)),
        Column("raised_on", _l("提出日期"), Suggestion.raised_on, "date", sort=Suggestion.raised_on),
        Column("replied_on", _l("答复日期"), Suggestion.replied_on, "date", visible=False),
        Column("confidential", _l("不宜公开"), Suggestion.confidential, "yes_no", visible=False),
        Column("area", _l("所在地区"), Area.name, sort=Suggestion.area_code, visible=False),
    ),
    filters=(
        Filter(
            "standing",
            _l("公开情况"),
            "choice",
            lambda values: publication_standing().in_(values),
            lambda _actor: PublicationStanding.choices(),
        ),
        enum_filter("choice", _l("代表意愿"), Suggestion.public_choice, PublicChoice),
        dates_filter("raised_on", _l("提出日期"), Suggestion.raised_on),
        area_filter(Suggestion.area_code, PUBLISH_SUGGESTIONS),
    ),
    empty=lambda _actor: (
        _("没有符合条件的建议。建议办结以后会出现在这里。"),
        "/suggestions",
        _("查看全部建议"),
    ),
)
