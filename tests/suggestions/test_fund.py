"""The special fund (1-13): five criteria, never overdrawn, whoever gives from it at the same moment."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from app.extensions import db
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.database import set_reading
from app.kit.errors import Conflict, DomainError
from app.suggestions.fund_rules import CRITERIA, missing_criteria
from app.suggestions.models import FundAllocation, SuggestionFund
from app.suggestions.operations import fund as operations
from app.suggestions.queries.fund import allocated_fen
from app.suggestions.states import SuggestionState
from tests.suggestions.building import build
from tests.world import COUNTY

ALL = dict.fromkeys(CRITERIA, True)
MILLION = 100_000_000  # fen


def _fund(world, total=5 * MILLION) -> SuggestionFund:
    return operations.create_fund(world.actor("county"), area_code=COUNTY, year=2026, total_fen=total)


def _give(world, fund, number, amount, criteria=ALL) -> FundAllocation:
    return operations.allocate(
        world.actor("county"), fund, number=number, amount_fen=amount, on=clock.today(), criteria=criteria
    )


@pytest.mark.parametrize("left_out", list(CRITERIA))
def test_all_five_criteria_are_asked_for(left_out):
    """1-13."""
    assert missing_criteria({**ALL, left_out: False}) == [left_out]


def test_a_fund_is_given_out_until_it_is_empty(world, session):
    """1-13: all five ticks; the balance is never below zero; a suggestion once."""
    fund = _fund(world)
    first, second = (build(world, SuggestionState.ASSIGNED, lead=card) for card in ("C001", "C002"))
    given = _give(world, fund, first.number, 3 * MILLION)
    for number, amount, criteria, field in (
        (second.number, 2 * MILLION + 1, ALL, "amount_yuan"),
        (second.number, 0, ALL, "amount_yuan"),
        (second.number, 1, {**ALL, "urgent": False}, "criteria"),
        (first.number, 1, ALL, "number"),
        ("没有", 1, ALL, "number"),
    ):
        with pytest.raises(DomainError) as refused:
            _give(world, fund, number, amount, criteria)
        assert refused.value.field == field
    _give(world, fund, second.number, 2 * MILLION)
    assert allocated_fen(fund.id) == fund.total_fen
    actor = world.actor("county")
    with pytest.raises(DomainError, match="不能少于"):
        operations.update_fund(actor, fund, year=2026, total_fen=MILLION, document="", version=None)
    details: dict[str, Any] = {"on": clock.today(), "criteria": ALL, "purpose": ""}
    with pytest.raises(DomainError, match="余额"):
        operations.change_allocation(actor, given, amount_fen=4 * MILLION, version=None, **details)
    with pytest.raises(Conflict):
        operations.change_allocation(actor, given, amount_fen=1, version=99, **details)
    operations.change_allocation(actor, given, amount_fen=MILLION, version=given.version, **details)
    with pytest.raises(DomainError, match="撤销"):
        operations.delete_fund(actor, fund)
    operations.cancel_allocation(actor, given)
    assert allocated_fen(fund.id) == 2 * MILLION
    with pytest.raises(DomainError, match="已经设立"):
        _fund(world)


def test_a_draft_or_an_unnumbered_one_gets_nothing(world, session):
    fund = _fund(world)
    withdrawn = build(world, SuggestionState.WITHDRAWN, number="X-1")
    with pytest.raises(DomainError, match="没有编号"):
        _give(world, fund, withdrawn.number, 1)


def test_two_clerks_at_once_never_overdraw_it(app, world):
    """1-13: the second waits for the first, sees what is left, and is refused."""
    with app.app_context():
        set_reading(False)
        fund_id = _fund(world, MILLION).id
        numbers = [build(world, SuggestionState.ASSIGNED, lead=card).number for card in ("C001", "C002")]
        db.session.commit()
        db.session.remove()
    refused: list[Exception] = []

    def second() -> None:
        with app.app_context():
            set_reading(False)
            try:
                with acting_as(world.actor("county")):
                    _give(world, db.session.get_one(SuggestionFund, fund_id), numbers[1], 60_000_000)
                    db.session.commit()
            except Exception as error:
                refused.append(error)
            finally:
                db.session.remove()

    late = threading.Thread(target=second)
    with app.app_context(), acting_as(world.actor("county")):
        set_reading(False)
        _give(world, db.session.get_one(SuggestionFund, fund_id), numbers[0], 60_000_000)
        late.start()
        late.join(0.4)
        assert late.is_alive(), "the second waits for the first"
        db.session.commit()
        db.session.remove()
    late.join(20)
    assert [type(error) for error in refused] == [DomainError] and "余额只有 400,000 元" in str(refused[0])
    with app.app_context():
        assert allocated_fen(fund_id) == 60_000_000


def test_the_pages_speak_yuan(sign_in, world, app):
    """1-13: yuan on screen, fen inside; the fund's page opens each suggestion."""
    with app.app_context():
        set_reading(False)
        made = build(world, SuggestionState.ASSIGNED)
        suggestion_id, number = made.id, made.number
        db.session.commit()
        db.session.remove()
    browser = sign_in("county")
    made = browser.post(
        "/suggestions/fund/new", data={"area_code": COUNTY, "year": "2026", "total_yuan": "500万"}
    )
    assert made.status_code == 303, made.get_data(as_text=True)
    url = made.headers["Location"]
    form = {"number": number, "amount_yuan": "1,234,567.89", "on": "2026.1.5", "criteria": list(CRITERIA)}
    refused = browser.post(
        f"{url}/allocate", data={**form, "criteria": [c for c in CRITERIA if c != "vital_interest"]}
    )
    assert refused.status_code == 422 and "关系群众切身利益" in refused.get_data(as_text=True)
    assert browser.post(f"{url}/allocate", data=form).status_code == 303
    page = sign_in("assigner").get(url).get_data(as_text=True)
    assert "5,000,000" in page and "1,234,567.89" in page and "3,765,432.11" in page
    assert f"/suggestions/{suggestion_id}" in page and "allocate" not in page
    assert "1,234,567.89 元" in browser.get(f"/suggestions/{suggestion_id}").get_data(as_text=True)
    assert "3,765,432.11" in browser.get("/suggestions/fund").get_data(as_text=True)
    for login, status in (("township", 200), ("neighbour", 404), ("deputy", 403), ("unit", 403)):
        assert sign_in(login).get(url).status_code == status, login
    assert sign_in("township").get(f"{url}/edit").status_code == 403
