"""Lists of running deadlines and of urging letters."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import BatchAction, Column, Filter, Listing, dates_filter, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, HandlingUnit, Mandate, Person
from app.suggestions.clock_rules import clock_standing
from app.suggestions.columns.numbers import NUMBER
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit, Urge
from app.suggestions.policy import ASSIGN_SUGGESTIONS, VIEW_SUGGESTIONS
from app.suggestions.queries import led_by, signed_by
from app.suggestions.queries.clocks import of_unit, stands_in, supervised_by, visible_clocks, visible_urges
from app.suggestions.states import ClockKind, ClockStanding

_OPEN = (ClockStanding.OVERDUE, ClockStanding.SOON, ClockStanding.RUNNING)


def _select(actor: Actor) -> Select[Any]:
    return (
        select(SuggestionClock.id)
        .select_from(SuggestionClock)
        .join(Suggestion, Suggestion.id == SuggestionClock.suggestion_id)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(SuggestionUnit, SuggestionUnit.id == SuggestionClock.suggestion_unit_id)
        .outerjoin(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .outerjoin(Area, Area.code == SuggestionClock.area_code)
        .where(SuggestionClock.ended_on.is_(None), visible_clocks(actor))
    )


def _stands(due_on: date) -> str:
    today = clock.today()
    stands = clock_standing(due_on, None, today)
    if stands is ClockStanding.OVERDUE:
        return _("逾期 %(n)s 天", n=(today - due_on).days)
    return _("还有 %(n)s 天", n=(due_on - today).days)


def _batch(actor: Actor) -> tuple[BatchAction, ...]:
    if not actor.may(ASSIGN_SUGGESTIONS):
        return ()
    return (
        BatchAction(
            _l("催办所选"), "/suggestions/deadlines/urge", _l("给所选期限的承办单位各发一份催办函？")
        ),
    )


SUGGESTION_CLOCKS = Listing(
    name="suggestion_clocks",
    title=_l("建议办理期限"),
    noun=_l("期限"),
    select_visible=_select,
    identity=SuggestionClock.id,
    url=lambda identity: f"/suggestions/deadlines/{identity}",
    search=lambda q: or_(
        Suggestion.number.startswith(q, autoescape=True),
        Suggestion.title.contains(q, autoescape=True),
        HandlingUnit.name.contains(q, autoescape=True),
        Person.name.startswith(q, autoescape=True),
    ),
    search_hint=_l("建议编号、标题、承办单位或领衔代表"),
    order="due_on",
    columns=(
        Column("title", _l("标题"), Suggestion.title, sort=Suggestion.title),
        NUMBER,
        Column("kind", _l("期限"), SuggestionClock.kind, "enum", sort=SuggestionClock.kind),
        Column("unit", _l("承办单位"), HandlingUnit.name, sort=func.coalesce(HandlingUnit.name, "")),
        Column("lead", _l("领衔代表"), Person.name, sort=Person.pinyin),
        Column("due_on", _l("到期日"), SuggestionClock.due_on, "date", sort=SuggestionClock.due_on),
        Column("left", _l("剩余"), SuggestionClock.due_on, show=_stands, kind="code"),
        Column("started_on", _l("起算日"), SuggestionClock.started_on, "date", visible=False),
        Column("first_due_on", _l("延期前"), SuggestionClock.first_due_on, "date", visible=False),
        Column("round", _l("第几轮"), SuggestionClock.round, "number", visible=False),
        Column("category", _l("类别"), Suggestion.category, visible=False),
        Column("area", _l("所在地区"), Area.name, sort=SuggestionClock.area_code, visible=False),
    ),
    filters=(
        Filter(
            "standing",
            _l("状态"),
            "choice",
            lambda values: stands_in(values, clock.today()),
            lambda _actor: [(stand.value, stand.label) for stand in _OPEN],
        ),
        enum_filter("kind", _l("期限"), SuggestionClock.kind, ClockKind),
        dates_filter("due_on", _l("到期日"), SuggestionClock.due_on),
        Filter("unit", _l("承办单位"), "text", of_unit),
        Filter("deputy", _l("代表"), "text", signed_by),
        Filter("lead", _l("领衔代表"), "text", led_by),
        Filter("supervisor", _l("督办人"), "text", lambda values: supervised_by(values, government=False)),
        Filter("leader", _l("领办的政府领导"), "text", lambda values: supervised_by(values, government=True)),
        area_filter(SuggestionClock.area_code, VIEW_SUGGESTIONS),
    ),
    batch=_batch,
    empty=lambda _actor: (_("没有正在计算的期限。建议交办之后，各项期限会列在这里。"), "", ""),
)


def _select_urges(actor: Actor) -> Select[Any]:
    return (
        select(Urge.id)
        .select_from(Urge)
        .join(Suggestion, Suggestion.id == Urge.suggestion_id)
        .outerjoin(HandlingUnit, HandlingUnit.id == Urge.unit_id)
        .outerjoin(SuggestionClock, SuggestionClock.id == Urge.clock_id)
        .where(visible_urges(actor))
    )


SUGGESTION_URGES = Listing(
    name="suggestion_urges",
    title=_l("催办记录"),
    noun=_l("催办函"),
    select_visible=_select_urges,
    identity=Urge.id,
    url=lambda identity: f"/suggestions/urges/{identity}",
    search=lambda q: or_(
        Urge.number.startswith(q, autoescape=True),
        Suggestion.number.startswith(q, autoescape=True),
        Suggestion.title.contains(q, autoescape=True),
        HandlingUnit.name.contains(q, autoescape=True),
    ),
    search_hint=_l("催办编号、建议编号、标题或承办单位"),
    order="-number",
    columns=(
        Column("number", _l("催办编号"), Urge.number, sort=Urge.number, kind="code"),
        Column("on", _l("催办日期"), Urge.on, "date", sort=Urge.on),
        Column("unit", _l("承办单位"), HandlingUnit.name, sort=func.coalesce(HandlingUnit.name, "")),
        Column("title", _l("建议标题"), Suggestion.title),
        Column("suggestion", _l("建议编号"), Suggestion.number),
        Column("kind", _l("期限"), SuggestionClock.kind, "enum"),
        Column("due_on", _l("到期日"), SuggestionClock.due_on, "date"),
        Column("ended_on", _l("完成日期"), SuggestionClock.ended_on, "date"),
        Column("by", _l("催办人"), Urge.by_name, visible=False),
        Column("note", _l("催办意见"), Urge.note, visible=False),
    ),
    filters=(
        dates_filter("on", _l("催办日期"), Urge.on),
        Filter("unit", _l("承办单位"), "text", lambda values: HandlingUnit.name.in_(values)),
        area_filter(Suggestion.area_code, VIEW_SUGGESTIONS),
    ),
    empty=lambda _actor: (_("还没有催办。期限逾期后系统会按规则催办，也可以在期限列表里随时催办。"), "", ""),
)
