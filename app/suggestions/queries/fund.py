"""Special funds and what was given from them (1-13)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.queries import MISSING
from app.suggestions.models import FundAllocation, Suggestion, SuggestionFund
from app.suggestions.policy import VIEW_FUND


def visible_funds(actor: Actor, action: Action = VIEW_FUND) -> ColumnElement[bool]:
    """Funds of the actor's areas; a township sees its county's, for its suggestions are paid from it."""
    areas = actor.areas(action)
    offices = [code[:6] for code in areas if len(code) > 6] if action is VIEW_FUND else []
    return or_(within(SuggestionFund.area_code, areas), SuggestionFund.area_code.in_(offices))


def get_visible_fund(actor: Actor, fund_id: int, action: Action = VIEW_FUND) -> SuggestionFund:
    """The fund; NotFound outside the actor's areas."""
    found = db.session.scalar(
        select(SuggestionFund).where(SuggestionFund.id == fund_id, visible_funds(actor, action))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def get_visible_allocation(actor: Actor, allocation_id: int, action: Action) -> FundAllocation:
    """An allocation with its fund and suggestion."""
    found = db.session.scalar(
        select(FundAllocation)
        .join(SuggestionFund, SuggestionFund.id == FundAllocation.fund_id)
        .where(FundAllocation.id == allocation_id, visible_funds(actor, action))
        .options(joinedload(FundAllocation.fund), joinedload(FundAllocation.suggestion))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def allocated_fen(fund_id: int, without: int | None = None) -> int:
    """How much of a fund is given away; ``without`` one allocation."""
    wanted = select(func.coalesce(func.sum(FundAllocation.amount_fen), 0)).where(
        FundAllocation.fund_id == fund_id
    )
    if without is not None:
        wanted = wanted.where(FundAllocation.id != without)
    return int(db.session.scalar(wanted) or 0)


def list_allocations(fund_id: int) -> list[FundAllocation]:
    """What was given from a fund, the latest first, with the suggestions."""
    wanted = select(FundAllocation).where(FundAllocation.fund_id == fund_id)
    loaded = wanted.options(joinedload(FundAllocation.suggestion))
    return list(db.session.scalars(loaded.order_by(FundAllocation.on.desc(), FundAllocation.id.desc())))


def list_allocations_of(suggestion_id: int) -> list[FundAllocation]:
    """Money a suggestion was given, with the funds."""
    wanted = select(FundAllocation).where(FundAllocation.suggestion_id == suggestion_id)
    return list(
        db.session.scalars(wanted.options(joinedload(FundAllocation.fund)).order_by(FundAllocation.on))
    )


def given(fund_id: Any) -> Any:
    """SQL: how much of a fund is given away."""
    return (
        select(func.coalesce(func.sum(FundAllocation.amount_fen), 0))
        .where(FundAllocation.fund_id == fund_id)
        .correlate(SuggestionFund)
        .scalar_subquery()
    )


def find_numbered(office_code: str, number: str) -> Suggestion | None:
    """The office's suggestion of this number."""
    return db.session.scalar(select(Suggestion).filter_by(office_code=office_code, number=number))
