"""The special fund for suggestions (1-13): set up, given out, never overdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.operations import check_version, office_of
from app.suggestions.fund_rules import CRITERIA, balance, missing_criteria, yuan
from app.suggestions.models import FundAllocation, Suggestion, SuggestionFund
from app.suggestions.policy import EDIT_FUND
from app.suggestions.queries.fund import allocated_fen, find_numbered
from app.suggestions.states import NOT_COUNTED


def create_fund(
    actor: Actor, *, area_code: str, year: int, total_fen: int, document: str = ""
) -> SuggestionFund:
    """A year's fund of an area; one a year."""
    authorise(actor, EDIT_FUND, area_code)
    _refuse_second(area_code, year)
    made = SuggestionFund(area_code=area_code, year=year, total_fen=total_fen, document=document)
    db.session.add(made)
    db.session.flush()
    return made


def _refuse_second(area_code: str, year: int, but: int | None = None) -> None:
    found = db.session.scalar(select(SuggestionFund.id).filter_by(area_code=area_code, year=year))
    if found is not None and found != but:
        raise DomainError(_l("%(year)s年的专项资金已经设立。", year=year), "year")


def update_fund(
    actor: Actor, fund: SuggestionFund, *, year: int, total_fen: int, document: str, version: int | None
) -> SuggestionFund:
    """Changes a fund; never below what is given out."""
    authorise(actor, EDIT_FUND, fund.area_code)
    check_version(fund, version)
    _lock(fund)
    _refuse_second(fund.area_code, year, fund.id)
    spent = allocated_fen(fund.id)
    if total_fen < spent:
        raise DomainError(_l("已经安排 %(spent)s 元，总额不能少于它。", spent=yuan(spent)), "total_yuan")
    fund.year, fund.total_fen, fund.document = year, total_fen, document
    db.session.flush()
    return fund


def delete_fund(actor: Actor, fund: SuggestionFund) -> None:
    """Takes away a fund set up by mistake, while nothing has been given from it."""
    authorise(actor, EDIT_FUND, fund.area_code)
    _lock(fund)
    if allocated_fen(fund.id):
        raise DomainError(_l("这笔资金已经有安排，请先撤销各项安排。"))
    db.session.delete(fund)
    db.session.flush()


def _lock(fund: SuggestionFund) -> None:
    """Whoever gives from the fund at this moment waits, and then sees what is left."""
    db.session.refresh(fund, with_for_update=True)


def allocate(
    actor: Actor,
    fund: SuggestionFund,
    *,
    number: str,
    amount_fen: int,
    on: date,
    criteria: Mapping[str, bool],
    purpose: str = "",
) -> FundAllocation:
    """Money for one suggestion: all five criteria are met, and the fund still has as much (1-13)."""
    authorise(actor, EDIT_FUND, fund.area_code)
    suggestion = _suggestion(fund, number)
    _lock(fund)
    _check(fund, amount_fen, on, criteria)
    twice = select(FundAllocation.id).filter_by(fund_id=fund.id, suggestion_id=suggestion.id)
    if db.session.scalar(twice) is not None:
        raise DomainError(_l("这件建议已经从这笔资金中安排过，请修改原来的安排。"), "number")
    made = FundAllocation(
        fund=fund, suggestion=suggestion, amount_fen=amount_fen, on=on, purpose=purpose, **_ticks(criteria)
    )
    db.session.add(made)
    db.session.flush()
    return made


def change_allocation(
    actor: Actor,
    allocation: FundAllocation,
    *,
    amount_fen: int,
    on: date,
    criteria: Mapping[str, bool],
    purpose: str,
    version: int | None,
) -> FundAllocation:
    """Corrects an allocation under the same conditions."""
    fund = allocation.fund
    authorise(actor, EDIT_FUND, fund.area_code)
    check_version(allocation, version)
    _lock(fund)
    _check(fund, amount_fen, on, criteria, without=allocation.id)
    allocation.amount_fen, allocation.on, allocation.purpose = amount_fen, on, purpose
    for name, ticked in _ticks(criteria).items():
        setattr(allocation, name, ticked)
    db.session.flush()
    return allocation


def cancel_allocation(actor: Actor, allocation: FundAllocation) -> SuggestionFund:
    """Takes an allocation back into the fund; the audit trail keeps it."""
    fund = allocation.fund
    authorise(actor, EDIT_FUND, fund.area_code)
    _lock(fund)
    db.session.delete(allocation)
    db.session.flush()
    return fund


def _ticks(criteria: Mapping[str, bool]) -> dict[str, bool]:
    return {name: bool(criteria.get(name)) for name in CRITERIA}


def _suggestion(fund: SuggestionFund, number: str) -> Suggestion:
    found = find_numbered(office_of(fund.area_code), number)
    if found is None or found.state in NOT_COUNTED or not found.area_code.startswith(fund.area_code):
        raise DomainError(_l("没有编号为“%(number)s”的建议，请核对。", number=number), "number")
    return found


def _check(
    fund: SuggestionFund,
    amount_fen: int,
    on: date,
    criteria: Mapping[str, bool],
    without: int | None = None,
) -> None:
    missing = missing_criteria(criteria)
    if missing:
        words = "、".join(str(CRITERIA[name]) for name in missing)
        raise DomainError(_l("五项条件须全部符合；还没有勾选：%(words)s。", words=words), "criteria")
    if amount_fen <= 0:
        raise DomainError(_l("请填写大于 0 的金额。"), "amount_yuan")
    if on > clock.today():
        raise DomainError(_l("安排日期不能晚于今天。"), "on")
    left = balance(fund.total_fen, allocated_fen(fund.id, without))
    if amount_fen > left:
        raise DomainError(_l("余额只有 %(left)s 元，不够安排。", left=yuan(left)), "amount_yuan")
