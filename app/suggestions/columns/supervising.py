"""Lists around supervision: supervisors and who has none, visits on site, bodies, hearings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    bindparam,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from app.activities.years import chosen_year
from app.groups.models import DeputyGroup
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Person
from app.suggestions.columns.supervised import SUBJECT_TITLE
from app.suggestions.columns.supervision import SUPERVISOR_NAME, either, whole, years
from app.suggestions.models import (
    Hearing,
    Suggestion,
    SuggestionClass,
    SupervisingBody,
    Supervision,
    SupervisionVisit,
)
from app.suggestions.policy import EDIT_SUPERVISION, VIEW_SUGGESTION_FIGURES, VIEW_SUPERVISION
from app.suggestions.queries.supervising_bodies import five_parties, visible_bodies, visible_hearings
from app.suggestions.queries.supervision import visible_supervisions
from app.suggestions.queries.supervisors import column_of, reference, select_supervisors
from app.suggestions.states import SupervisorKind, VisitKind
from app.suggestions.supervision_rules import BODIES, ROOM, key_of

YEAR: Any = bindparam("supervision_year", callable_=chosen_year, type_=Integer())
YEAR_DAY: Any = bindparam("supervision_day", callable_=lambda: reference(chosen_year()), type_=Date())


# --- supervisors, and who has none ----------------------------------------------------------------------


def _of(kind: SupervisorKind, visible: Any) -> Any:
    found = select_supervisors(kind, YEAR_DAY).subquery(f"of_{kind.value}")
    column = getattr(Supervision, column_of(kind))
    items = (
        select(func.count(Supervision.id))
        .where(Supervision.kind == kind, Supervision.year == YEAR, column == found.c.id)
        .correlate(found)
        .scalar_subquery()
    )
    visits = (
        select(func.count(SupervisionVisit.id))
        .join(Supervision, Supervision.id == SupervisionVisit.supervision_id)
        .where(Supervision.kind == kind, Supervision.year == YEAR, column == found.c.id)
        .correlate(found)
        .scalar_subquery()
    )
    return select(
        (found.c.id * ROOM + key_of(kind, 0)).label("row_key"),
        literal(kind.value).label("kind"),
        found.c.name.label("name"),
        func.coalesce(found.c.post, "").label("post"),
        found.c.area_code.label("area_code"),
        items.label("items"),
        visits.label("visits"),
    ).where(within(found.c.area_code, visible))


def _select_supervisors(actor: Actor) -> Select[Any]:
    areas = actor.areas(VIEW_SUGGESTION_FIGURES)
    found = union_all(*(_of(kind, areas) for kind in SupervisorKind)).subquery("supervisors")
    return select(found.c.row_key).select_from(found)


def _cell(key: str, kind: Any = String) -> Any:
    # Belongs to who asks and to the year; only its name is known when the list is declared.
    return literal_column(f"supervisors.{key}", kind())


_ITEMS = _cell("items", Integer)

SUPERVISORS = Listing(
    name="supervisors",
    title=_l("督办人"),
    noun=_l("督办人"),
    select_visible=_select_supervisors,
    identity=_cell("row_key", Integer),
    url=lambda identity: f"/supervision?who={identity}&year={chosen_year()}",
    search=lambda q: _cell("name").contains(q, autoescape=True),
    search_hint=_l("姓名或名称"),
    order="kind",
    columns=(
        Column("name", _l("督办人"), _cell("name"), sort=_cell("name")),
        Column(
            "kind",
            _l("督办方式"),
            _cell("kind"),
            sort=_cell("kind"),
            show=lambda value: SupervisorKind(value).label,
        ),
        Column("post", _l("职务"), _cell("post")),
        Column("items", _l("督办件（类）数"), _ITEMS, "number", sort=_ITEMS),
        Column("visits", _l("督办活动"), _cell("visits", Integer), "number", sort=_cell("visits", Integer)),
    ),
    filters=(
        Filter("year", _l("年度"), "choice", lambda _values: None, years),
        Filter(
            "kind",
            _l("督办方式"),
            "choice",
            lambda values: _cell("kind").in_(values),
            lambda _actor: SupervisorKind.choices(),
        ),
        Filter("none", _l("当年还没有"), "yes_no", lambda values: either(values, _ITEMS == 0)),
        area_filter(_cell("area_code"), VIEW_SUGGESTION_FIGURES),
    ),
    empty=lambda _actor: (
        _("没有符合条件的督办人。委员在代表的“职务”里登记，政府领导和专门委员会在“督办主体”里登记。"),
        "",
        "",
    ),
)


# --- visits ---------------------------------------------------------------------------------------------


def _select_visits(actor: Actor) -> Select[Any]:
    return (
        select(SupervisionVisit.id)
        .select_from(SupervisionVisit)
        .join(Supervision, Supervision.id == SupervisionVisit.supervision_id)
        .outerjoin(Suggestion, Suggestion.id == Supervision.suggestion_id)
        .outerjoin(SuggestionClass, SuggestionClass.id == Supervision.class_id)
        .outerjoin(Person, Person.id == Supervision.person_id)
        .outerjoin(SupervisingBody, SupervisingBody.id == Supervision.body_id)
        .outerjoin(DeputyGroup, DeputyGroup.id == Supervision.group_id)
        .where(visible_supervisions(actor))
    )


def _party(key: str, label: Any) -> Column:
    return Column(key, label, getattr(SupervisionVisit, key), visible=False)


VISITS = Listing(
    name="supervision_visits",
    title=_l("督办活动"),
    noun=_l("督办活动"),
    select_visible=_select_visits,
    identity=SupervisionVisit.id,
    url=lambda identity: f"/supervision/visits/{identity}",
    search=lambda q: or_(
        SUBJECT_TITLE.contains(q, autoescape=True), SupervisionVisit.place.contains(q, autoescape=True)
    ),
    search_hint=_l("建议标题或地点"),
    order="-on",
    columns=(
        Column("title", _l("督办的建议"), SUBJECT_TITLE, sort=SUBJECT_TITLE),
        Column("on", _l("日期"), SupervisionVisit.on, "date", sort=SupervisionVisit.on),
        Column("kind", _l("形式"), SupervisionVisit.kind, "enum", sort=SupervisionVisit.kind),
        Column("place", _l("地点"), SupervisionVisit.place),
        Column("supervision", _l("督办方式"), Supervision.kind, "enum"),
        Column("supervisor", _l("督办人"), SUPERVISOR_NAME),
        Column("five", _l("五方到场"), five_parties(), "yes_no"),
        _party("leader", _l("分管领导")),
        _party("proposers", _l("提议代表")),
        _party("units", _l("承办单位")),
        _party("congress", _l("人大督办")),
        _party("media", _l("新闻媒体")),
        Column("note", _l("情况"), SupervisionVisit.note, visible=False),
    ),
    filters=(
        dates_filter("on", _l("日期"), SupervisionVisit.on),
        Filter("year", _l("督办年度"), "choice", lambda values: Supervision.year.in_(whole(values)), years),
        Filter("five", _l("五方到场"), "yes_no", lambda values: either(values, five_parties())),
        enum_filter("kind", _l("形式"), SupervisionVisit.kind, VisitKind),
        enum_filter("supervision", _l("督办方式"), Supervision.kind, SupervisorKind),
        area_filter(Supervision.area_code, VIEW_SUPERVISION),
    ),
    empty=lambda _actor: (_("还没有督办活动。在督办的页面上登记视察、调研、座谈和现场督办。"), "", ""),
)


# --- bodies and hearings --------------------------------------------------------------------------------


def _select_bodies(actor: Actor) -> Select[Any]:
    return (
        select(SupervisingBody.id)
        .select_from(SupervisingBody)
        .outerjoin(Area, Area.code == SupervisingBody.area_code)
        .where(visible_bodies(actor))
    )


BODIES_LIST = Listing(
    name="supervising_bodies",
    title=_l("政府领导和专门委员会"),
    noun=_l("督办主体"),
    select_visible=_select_bodies,
    identity=SupervisingBody.id,
    url=lambda identity: f"/supervision/bodies/{identity}",
    search=lambda q: SupervisingBody.name.contains(q, autoescape=True),
    search_hint=_l("姓名或名称"),
    order="kind",
    columns=(
        Column("name", _l("姓名或名称"), SupervisingBody.name, sort=SupervisingBody.name),
        Column("kind", _l("督办方式"), SupervisingBody.kind, "enum", sort=SupervisingBody.kind),
        Column("post", _l("职务"), SupervisingBody.post),
        Column("fields", _l("对口领域"), SupervisingBody.fields),
        Column("began_on", _l("任职日期"), SupervisingBody.began_on, "date", sort=SupervisingBody.began_on),
        Column("ended_on", _l("离任日期"), SupervisingBody.ended_on, "date"),
        Column("area", _l("所属地区"), Area.name, visible=False),
    ),
    filters=(
        Filter(
            "kind",
            _l("督办方式"),
            "choice",
            lambda values: SupervisingBody.kind.in_([SupervisorKind(value) for value in values]),
            lambda _actor: [(kind.value, kind.label) for kind in BODIES],
        ),
        Filter(
            "ended",
            _l("已离任"),
            "yes_no",
            lambda values: either(values, func.coalesce(SupervisingBody.ended_on <= clock.today(), false())),
        ),
        area_filter(SupervisingBody.area_code, VIEW_SUGGESTION_FIGURES),
    ),
    empty=lambda actor: (
        _("还没有登记政府领导和专门委员会。"),
        *(("/supervision/bodies/new", _("登记")) if actor.may(EDIT_SUPERVISION) else ("", "")),
    ),
)


HEARINGS = Listing(
    name="hearings",
    title=_l("政府常务会议听取建议办理情况"),
    noun=_l("会议"),
    select_visible=lambda actor: (
        select(Hearing.id)
        .select_from(Hearing)
        .outerjoin(Area, Area.code == Hearing.area_code)
        .where(visible_hearings(actor))
    ),
    identity=Hearing.id,
    url=lambda identity: f"/supervision/hearings/{identity}",
    search=lambda q: Hearing.body.contains(q, autoescape=True),
    search_hint=_l("会议名称"),
    order="-on",
    columns=(
        Column("body", _l("会议名称"), Hearing.body, sort=Hearing.body),
        Column("on", _l("日期"), Hearing.on, "date", sort=Hearing.on),
        Column("note", _l("情况"), Hearing.note),
        Column("area", _l("所属地区"), Area.name, visible=False),
    ),
    filters=(
        Filter("year", _l("年度"), "choice", lambda values: Hearing.year.in_(whole(values)), years),
        area_filter(Hearing.area_code, VIEW_SUGGESTION_FIGURES),
    ),
    empty=lambda actor: (
        _("还没有登记。政府常务会议每年至少听取一次代表建议办理情况的汇报。"),
        *(("/supervision/hearings/new", _("登记会议")) if actor.may(EDIT_SUPERVISION) else ("", "")),
    ),
)
