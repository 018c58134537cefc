"""The list of deputies, declared once for page and export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.kit import clock
from app.kit.authorisation import Action, Actor
from app.kit.database import row_ids, within
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter, enum_filter, yes_no_filter
from app.registry.models import Area, Delegation, ElectingUnit, ElectoralDistrict, Mandate, Person, Term
from app.registry.policy import EDIT_DEPUTIES, LIST_DEPUTIES
from app.registry.queries import in_office, list_area_names, list_delegations, search_person, visible_mandates
from app.registry.states import ElectedHow, Level, MandateStanding, Sex


def _select(actor: Actor) -> Select[Any]:
    # What hangs on by outer joins the database leaves out where no column or filter asks for it.
    return (
        select(Mandate.id)
        .select_from(Mandate)
        .outerjoin(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Mandate.scope_code)
        .outerjoin(Term, Term.id == Mandate.term_id)
        .outerjoin(ElectoralDistrict, ElectoralDistrict.id == Mandate.electoral_district_id)
        .outerjoin(ElectingUnit, ElectingUnit.id == Mandate.electing_unit_id)
        .outerjoin(Delegation, Delegation.id == Mandate.delegation_id)
        .where(visible_mandates(actor, LIST_DEPUTIES))
    )


def _standing(values: list[str]) -> ColumnElement[bool]:
    today = clock.today()
    conditions = {
        MandateStanding.IN_OFFICE: in_office(today),
        MandateStanding.ENDED: Mandate.ended_on <= today,
        MandateStanding.NOT_BEGUN: Mandate.began_on > today,
        MandateStanding.SUSPENDED: and_(
            ~in_office(today),
            Mandate.began_on <= today,
            or_(Mandate.ended_on.is_(None), Mandate.ended_on > today),
        ),
    }
    return or_(*(conditions[MandateStanding(value)] for value in values))


def area_filter(column: Any, action: Action) -> Filter:
    """Area with everything inside it, below the province."""

    def choices(actor: Actor) -> Sequence[tuple[str, str]]:
        return [area for area in list_area_names(actor.areas(action)) if len(area[0]) > 2]

    def named(actor: Actor, codes: list[str]) -> Sequence[tuple[str, str]]:
        return list_area_names(actor.areas(action), codes)

    return Filter("area", _l("地区"), "choice", lambda values: within(column, values), choices, named)


def _delegations(actor: Actor, ids: list[str] | None = None) -> Sequence[tuple[str, str]]:
    return [(str(d.id), d.name) for d in list_delegations(actor.areas(LIST_DEPUTIES), ids)]


def _empty(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_DEPUTIES):
        return _("还没有代表。把现有的代表名册导入进来，或逐个登记。"), "/imports/new", _("导入名册")
    return _("您的管理范围内还没有代表。"), "", ""


def _serving_on(values: list[str]) -> ColumnElement[bool] | None:
    try:
        return in_office(date.fromisoformat(values[0]))
    except ValueError:
        return None


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


MANDATES = Listing(
    name="mandates",
    title=_l("代表名册"),
    noun=_l("代表"),
    select_visible=_select,
    identity=Mandate.id,
    url=lambda identity: f"/deputies/{identity}",
    search=search_person,
    search_hint=_l("姓名、拼音首字母、证号或手机"),
    order="area",
    columns=(
        Column("name", _l("姓名"), Person.name, sort=Person.pinyin),
        Column("card", _l("代表证号"), Mandate.card_no, sort=func.coalesce(Mandate.card_no, "")),
        Column("sex", _l("性别"), Person.sex, "enum"),
        Column("level", _l("层级"), Mandate.level, "enum", sort=Mandate.level),
        Column("term", _l("届次"), Term.name, visible=False),
        Column("area", _l("所在地区"), Area.name, sort=Mandate.scope_code),
        Column(
            "elected_by",
            _l("选区（选举单位）"),
            func.coalesce(ElectoralDistrict.name, ElectingUnit.name, ""),
        ),
        Column("delegation", _l("代表团"), Delegation.name, visible=False),
        Column("nation", _l("民族"), Person.nation, visible=False),
        Column("born", _l("出生年月"), Person.born, sort=func.coalesce(Person.born, ""), visible=False),
        Column("party", _l("政治面貌"), Person.party, visible=False),
        Column("education", _l("学历"), Person.education, visible=False),
        Column("phone", _l("手机号码"), Person.phone),
        Column("work", _l("工作单位及职务"), Person.work_unit_post),
        Column("re_elected", _l("连任"), Mandate.re_elected, "yes_no"),
        Column("office_holder", _l("职务代表"), Mandate.office_holder, "yes_no"),
        Column("leader", _l("党政领导干部"), Mandate.leader, "yes_no", visible=False),
        Column("elected_how", _l("产生方式"), Mandate.elected_how, "enum", visible=False),
        Column("began", _l("任职日期"), Mandate.began_on, "date", sort=Mandate.began_on),
        Column("ended", _l("终止日期"), Mandate.ended_on, "date", visible=False, show=_day),
        Column("end_reason", _l("终止原因"), Mandate.end_reason, "enum", visible=False),
    ),
    filters=(
        enum_filter("level", _l("层级"), Mandate.level, Level),
        area_filter(Mandate.scope_code, LIST_DEPUTIES),
        Filter("standing", _l("状态"), "choice", _standing, lambda _actor: MandateStanding.choices()),
        yes_no_filter("re_elected", _l("连任"), Mandate.re_elected),
        yes_no_filter("office_holder", _l("职务代表"), Mandate.office_holder),
        yes_no_filter("leader", _l("党政领导干部"), Mandate.leader),
        enum_filter("sex", _l("性别"), Person.sex, Sex),
        enum_filter("elected_how", _l("产生方式"), Mandate.elected_how, ElectedHow),
        Filter(
            "delegation",
            _l("代表团"),
            "choice",
            lambda values: Mandate.delegation_id.in_([int(v) for v in values]),
            _delegations,
            _delegations,
        ),
        dates_filter("began", _l("任职日期"), Mandate.began_on),
        Filter("serving_on", _l("当天在任"), "hidden", _serving_on),
        Filter(
            "batch",
            _l("导入批次"),
            "hidden",
            lambda values: Mandate.import_batch_id.in_(row_ids(values)[:20] or [0]),
        ),
    ),
    empty=_empty,
)
