"""Special funds with what is left of them (1-13)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from app.kit.authorisation import Actor
from app.kit.i18n import _, _l
from app.kit.listing import Column, Listing
from app.registry.columns import area_filter
from app.registry.models import Area
from app.suggestions.models import SuggestionFund
from app.suggestions.policy import EDIT_FUND, VIEW_FUND
from app.suggestions.queries.fund import given, visible_funds


def _select(actor: Actor) -> Select[Any]:
    return (
        select(SuggestionFund.id)
        .select_from(SuggestionFund)
        .outerjoin(Area, Area.code == SuggestionFund.area_code)
        .where(visible_funds(actor))
    )


def _empty(actor: Actor) -> tuple[str, str, str]:
    if actor.may(EDIT_FUND):
        return _("还没有设立专项资金。"), "/suggestions/fund/new", _("设立专项资金")
    return _("还没有设立专项资金。"), "", ""


FUNDS = Listing(
    name="suggestion_funds",
    title=_l("建议办理专项资金"),
    noun=_l("专项资金"),
    select_visible=_select,
    identity=SuggestionFund.id,
    url=lambda identity: f"/suggestions/fund/{identity}",
    order="-year",
    columns=(
        Column("year", _l("年份"), SuggestionFund.year, sort=SuggestionFund.year, show=str),
        Column("area", _l("地区"), Area.name, sort=SuggestionFund.area_code),
        Column("total", _l("总额（元）"), SuggestionFund.total_fen, "money", sort=SuggestionFund.total_fen),
        Column("allocated", _l("已安排（元）"), given(SuggestionFund.id), "money"),
        Column("balance", _l("余额（元）"), SuggestionFund.total_fen - given(SuggestionFund.id), "money"),
        Column("document", _l("依据"), SuggestionFund.document, visible=False),
    ),
    filters=(area_filter(SuggestionFund.area_code, VIEW_FUND),),
    empty=_empty,
)
