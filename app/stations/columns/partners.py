"""The list of partners of deputies (2-24)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Mandate, Person
from app.registry.queries import search_person
from app.stations.models import Partner
from app.stations.policy import EDIT_STATIONS, VIEW_STATIONS
from app.stations.queries.partners import visible_partners
from app.stations.states import PartnerKind


def _select_partners(actor: Actor) -> Select[Any]:
    return (
        select(Partner.id)
        .select_from(Partner)
        .join(Mandate, Mandate.id == Partner.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .outerjoin(Area, Area.code == Partner.area_code)
        .where(visible_partners(actor))
    )


def _running(values: list[str]) -> ColumnElement[bool]:
    return or_(
        *(Partner.ended_on.is_(None) if value == "1" else Partner.ended_on.is_not(None) for value in values)
    )


def _no_partners(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_STATIONS):
        return _("还没有登记与代表结对的网格员、新乡贤等。"), "/partners/new", _("登记结对")
    return _("还没有与您结对的人员。"), "", ""


_OTHER = aliased(Partner)
_PAIRS = (
    select(func.count(_OTHER.id))
    .where(_OTHER.mandate_id == Partner.mandate_id, _OTHER.ended_on.is_(None))
    .correlate(Partner)
    .scalar_subquery()
)

PARTNERS = Listing(
    name="partners",
    title=_l("代表+N"),
    noun=_l("结对"),
    select_visible=_select_partners,
    identity=Partner.id,
    url=lambda identity: f"/partners/{identity}",
    search=lambda q: or_(Partner.name.contains(q, autoescape=True), search_person(q)),
    search_hint=_l("结对人员或代表姓名"),
    order="deputy",
    columns=(
        Column("name", _l("结对人员"), Partner.name, sort=Partner.name),
        Column("kind", _l("身份"), Partner.kind, "enum", sort=Partner.kind),
        Column("deputy", _l("代表"), Person.name, sort=Person.pinyin),
        Column("pairs", _l("该代表结对数"), _PAIRS, "number", visible=False),
        Column("area", _l("所在地区"), Area.name, sort=Partner.area_code),
        Column("began_on", _l("结对日期"), Partner.began_on, "date", sort=Partner.began_on),
        Column("ended_on", _l("结束日期"), Partner.ended_on, "date", visible=False),
        Column("note", _l("备注"), Partner.note, visible=False),
    ),
    filters=(
        enum_filter("kind", _l("身份"), Partner.kind, PartnerKind),
        Filter("running", _l("结对中"), "yes_no", _running),
        area_filter(Partner.area_code, VIEW_STATIONS),
    ),
    empty=_no_partners,
)
