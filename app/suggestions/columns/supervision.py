"""The list of what is supervised by whom (4-30)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    exists,
    false,
    func,
    or_,
    select,
)

from app.activities.years import chosen_year
from app.groups.models import DeputyGroup
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import row_id
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Person
from app.suggestions.columns.supervised import SUBJECT_NUMBER, SUBJECT_TITLE, subject_solved, unit_names
from app.suggestions.models import (
    Suggestion,
    SuggestionClass,
    SupervisingBody,
    Supervision,
    SupervisionVisit,
)
from app.suggestions.policy import EDIT_SUPERVISION, VIEW_SUPERVISION
from app.suggestions.queries.supervising_bodies import five_parties
from app.suggestions.queries.supervision import (
    visible_supervisions,
)
from app.suggestions.queries.supervisors import (
    column_of,
    find_supervisor,
)
from app.suggestions.states import SupervisorKind
from app.suggestions.supervision_rules import kind_and_id

YEARS_BACK = 8


def years(_actor: Actor) -> list[tuple[str, str]]:
    """Years to choose from."""
    this = clock.today().year
    return [(str(year), str(year)) for year in range(max(this, chosen_year()), this - YEARS_BACK, -1)]


def whole(values: list[str]) -> list[int]:
    """Numbers among what an address said."""
    return [number for value in values if (number := row_id(value)) is not None and number < 2**31]


def _supervised_by(values: list[str]) -> ColumnElement[bool]:
    """By the supervisor of this key (4-30)."""
    conditions: list[ColumnElement[bool]] = [false()]
    for key in [number for value in values if (number := row_id(value)) is not None]:
        meant = kind_and_id(key)
        if meant is not None:
            column = getattr(Supervision, column_of(meant[0]))
            conditions.append((Supervision.kind == meant[0]) & (column == meant[1]))
    return or_(*conditions)


def _name_of(_actor: Actor, values: list[str]) -> list[tuple[str, str]]:
    found = [find_supervisor(key, clock.today()) for value in values if (key := row_id(value))]
    return [(str(one.key), one.name) for one in found if one is not None]


# --- what is supervised ---------------------------------------------------------------------------------

SUPERVISOR_NAME = func.coalesce(Person.name, SupervisingBody.name, DeputyGroup.name, "")


def _visits(*conditions: ColumnElement[bool]) -> Any:
    return (
        select(func.count(SupervisionVisit.id))
        .where(SupervisionVisit.supervision_id == Supervision.id, *conditions)
        .correlate(Supervision)
        .scalar_subquery()
    )


def _select(actor: Actor) -> Select[Any]:
    return (
        select(Supervision.id)
        .select_from(Supervision)
        .outerjoin(Suggestion, Suggestion.id == Supervision.suggestion_id)
        .outerjoin(SuggestionClass, SuggestionClass.id == Supervision.class_id)
        .outerjoin(Person, Person.id == Supervision.person_id)
        .outerjoin(SupervisingBody, SupervisingBody.id == Supervision.body_id)
        .outerjoin(DeputyGroup, DeputyGroup.id == Supervision.group_id)
        .outerjoin(Area, Area.code == Supervision.area_code)
        .where(visible_supervisions(actor))
    )


def either(values: list[str], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A yes-or-no filter on a condition."""
    return or_(false(), *(condition if value == "1" else ~condition for value in values))


def _visited(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(SupervisionVisit.supervision_id == Supervision.id, *conditions)


def _vote_share() -> Any:
    content = func.coalesce(Supervision.votes_satisfied, 0) + func.coalesce(Supervision.votes_basically, 0)
    cast = content + func.coalesce(Supervision.votes_dissatisfied, 0)
    return case((cast > 0, 1.0 * content / func.nullif(cast, 0)))


def _candidate(values: list[str]) -> ColumnElement[bool]:
    """Well supervised (2-30): all five parties were once on site, and the problem is solved."""
    return either(values, _visited(five_parties()) & subject_solved())


def _empty(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_SUPERVISION):
        return _("还没有安排督办。先确定重点督办的建议和督办人。"), "/supervision/new", _("安排督办")
    return _("这里还没有督办的建议。"), "", ""


SUPERVISIONS = Listing(
    name="supervisions",
    title=_l("建议督办"),
    noun=_l("督办"),
    select_visible=_select,
    identity=Supervision.id,
    url=lambda identity: f"/supervision/{identity}",
    search=lambda q: or_(
        SUBJECT_TITLE.contains(q, autoescape=True),
        SUBJECT_NUMBER.startswith(q, autoescape=True),
        SUPERVISOR_NAME.startswith(q, autoescape=True),
    ),
    search_hint=_l("建议标题、编号或督办人"),
    order="-began_on",
    columns=(
        Column("title", _l("督办的建议"), SUBJECT_TITLE, sort=SUBJECT_TITLE),
        Column("number", _l("编号"), SUBJECT_NUMBER, sort=SUBJECT_NUMBER, kind="code"),
        Column("kind", _l("督办方式"), Supervision.kind, "enum", sort=Supervision.kind),
        Column("supervisor", _l("督办人"), SUPERVISOR_NAME, sort=SUPERVISOR_NAME),
        Column("year", _l("年度"), Supervision.year, "number", sort=Supervision.year),
        Column("units", _l("主办单位"), unit_names()),
        Column("visits", _l("督办活动"), _visits(), "number", sort=_visits()),
        Column("five", _l("五方到场"), _visits(five_parties()), "number", sort=_visits(five_parties())),
        Column("reported_on", _l("向常委会报告"), Supervision.reported_on, "date"),
        Column("share", _l("测评满意率"), _vote_share(), "percent"),
        Column("began_on", _l("开始日期"), Supervision.began_on, "date", sort=Supervision.began_on),
        Column("ended_on", _l("结束日期"), Supervision.ended_on, "date", visible=False),
        Column("state", _l("建议状态"), Suggestion.state, "enum", visible=False),
        Column("solved", _l("问题已解决"), subject_solved(), "yes_no", visible=False),
        Column("plan", _l("督办方案"), Supervision.plan, visible=False),
        Column("result", _l("督办结果"), Supervision.result, visible=False),
        Column("area", _l("所属地区"), Area.name, visible=False),
    ),
    filters=(
        Filter("year", _l("年度"), "choice", lambda values: Supervision.year.in_(whole(values)), years),
        enum_filter("kind", _l("督办方式"), Supervision.kind, SupervisorKind),
        Filter("five", _l("五方到场"), "yes_no", lambda values: either(values, _visited(five_parties()))),
        Filter("visited", _l("开展过活动"), "yes_no", lambda values: either(values, _visited())),
        Filter(
            "voted",
            _l("已测评"),
            "yes_no",
            lambda values: either(values, Supervision.votes_satisfied.is_not(None)),
        ),
        Filter(
            "reported",
            _l("已向常委会报告"),
            "yes_no",
            lambda values: either(values, Supervision.reported_on.is_not(None)),
        ),
        Filter("candidate", _l("“督得好”候选"), "yes_no", _candidate),
        Filter(
            "ended", _l("已结束"), "yes_no", lambda values: either(values, Supervision.ended_on.is_not(None))
        ),
        area_filter(Supervision.area_code, VIEW_SUPERVISION),
        Filter("who", _l("督办人"), "hidden", _supervised_by, named=_name_of),
    ),
    empty=_empty,
)
