"""Directly recorded facts: registered by staff, reported by deputies, confirmed or returned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.kit import clock
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.ledger import operations, queries
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.states import (
    ENTRY_TRANSITIONS,
    KINDS_WITH_REGISTER,
    DutyKind,
    DutyState,
    EntryAction,
    EntryOrigin,
    Part,
)
from tests.world import World

DAY = date(2024, 3, 5)


def _facts(session) -> list[DutyRecord]:
    return list(session.scalars(select(DutyRecord).order_by(DutyRecord.id)))


def _reported(world: World, **changes):
    values = {
        "mandate_id": world.mandates["C001"],
        "kind": DutyKind.VOTER_VISIT,
        "happened_on": DAY,
        "quantity": 4,
    }
    return operations.report_entry(world.actor("deputy"), **{**values, **changes})


def test_staff_register_a_visit_that_counts_at_once(world, session):
    entry = operations.create_entry(
        world.actor("township"),
        mandate_id=world.mandates["C001"],
        kind=DutyKind.VOTER_VISIT,
        happened_on=DAY,
        quantity=4,
        place="临江镇江边村",
        money_fen=500000,
    )
    assert (entry.origin, entry.state, entry.unit) == (EntryOrigin.STAFF, DutyState.CONFIRMED, "人次")
    (fact,) = _facts(session)
    assert (fact.kind, fact.happened_on, fact.quantity) == (DutyKind.VOTER_VISIT, DAY, 4)
    assert (fact.part, fact.state) == (Part.DID, DutyState.CONFIRMED)


def test_a_report_waits_until_staff_confirm_it(world, session):
    entry = _reported(world)
    assert _facts(session)[0].state is DutyState.PENDING
    assert queries.count_pending(world.actor("township")) == 1
    assert queries.count_pending(world.actor("other_township")) == 0
    operations.confirm_entries(world.actor("township"), [entry.id])
    assert _facts(session)[0].state is DutyState.CONFIRMED
    assert entry.reviewed_by == world.users["township"]
    assert queries.count_pending(world.actor("township")) == 0


def test_a_returned_report_says_why_and_can_be_handed_in_again(world, session):
    entry = _reported(world)
    with pytest.raises(DomainError) as refused:
        operations.return_entries(world.actor("township"), [entry.id], reason=" ")
    assert refused.value.field == "reason"
    operations.return_entries(world.actor("township"), [entry.id], reason="请补充走访了哪个村")
    assert (entry.state, entry.return_reason) == (DutyState.REJECTED, "请补充走访了哪个村")
    assert [e.id for e in queries.list_returned(world.actor("deputy"))] == [entry.id]
    operations.update_report(
        world.actor("deputy"),
        entry,
        version=entry.version,
        mandate_id=entry.mandate_id,
        kind=entry.kind,
        happened_on=DAY,
        quantity=4,
        place="江边村",
    )
    assert (entry.state, entry.return_reason, entry.place) == (DutyState.PENDING, "", "江边村")
    assert _facts(session)[0].state is DutyState.PENDING


def test_many_are_confirmed_and_undone_in_one_go(world, session):
    entries = [_reported(world, happened_on=DAY + timedelta(days=n)) for n in range(3)]
    operations.confirm_entries(world.actor("county"), [entry.id for entry in entries])
    at = entries[0].reviewed_at
    operations.undo_review(world.actor("county"), at)
    assert {entry.state for entry in entries} == {DutyState.PENDING}
    assert {fact.state for fact in _facts(session)} == {DutyState.PENDING}
    with pytest.raises(DomainError):
        operations.undo_review(world.actor("county"), at)


def test_only_the_one_who_reviewed_undoes_it(world, session):
    entry = _reported(world)
    operations.confirm_entries(world.actor("county"), [entry.id])
    with pytest.raises(DomainError):
        operations.undo_review(world.actor("township"), entry.reviewed_at)


def test_review_of_another_area_is_not_found(world, session):
    entry = _reported(world)
    with pytest.raises(NotFound):
        operations.confirm_entries(world.actor("other_township"), [entry.id])
    assert entry.state is DutyState.PENDING


def test_a_deputy_reports_only_for_their_own_mandates(world, session):
    with pytest.raises(DomainError) as refused:
        _reported(world, mandate_id=world.mandates["C002"])
    assert refused.value.field == "mandate_id"
    with pytest.raises(DomainError):
        operations.report_entry(
            world.actor("county"),
            mandate_id=world.mandates["C001"],
            kind=DutyKind.VOTER_VISIT,
            happened_on=DAY,
        )


def test_staff_cannot_record_outside_their_area(world, session):
    with pytest.raises(DomainError) as refused:
        operations.create_entry(
            world.actor("township"),
            mandate_id=world.mandates["C003"],
            kind=DutyKind.VOTER_VISIT,
            happened_on=DAY,
        )
    assert refused.value.field == "mandate_id"


def test_a_confirmed_report_is_closed_to_the_deputy(world, session):
    entry = _reported(world)
    operations.confirm_entries(world.actor("county"), [entry.id])
    with pytest.raises(Conflict):
        operations.withdraw_report(world.actor("deputy"), entry)


def test_withdrawing_takes_the_fact_away(world, session):
    entry = _reported(world)
    with pytest.raises((NotFound, Forbidden)):
        operations.withdraw_report(world.actor("other_deputy"), entry)
    operations.withdraw_report(world.actor("deputy"), entry)
    assert not _facts(session)
    assert session.get(DutyEntry, entry.id) is None


def test_correcting_the_deputy_moves_the_fact(world, session):
    actor = world.actor("county")
    entry = operations.create_entry(
        actor, mandate_id=world.mandates["C001"], kind=DutyKind.PRACTICAL_DEED, happened_on=DAY
    )
    operations.update_entry(
        actor,
        entry,
        version=entry.version,
        mandate_id=world.mandates["C003"],
        kind=DutyKind.PRACTICAL_DEED,
        happened_on=DAY,
    )
    assert [fact.mandate_id for fact in _facts(session)] == [world.mandates["C003"]]
    assert entry.scope_code == "999001102"
    with pytest.raises(Conflict):
        operations.delete_entry(actor, entry, version=entry.version - 1)
    operations.delete_entry(actor, entry, version=entry.version)
    assert not _facts(session)


def test_the_same_deed_is_not_counted_twice(world, session):
    """3-49: the same mandate, kind and day asks whether it is the same fact."""
    _reported(world)
    with pytest.raises(DomainError) as refused:
        _reported(world)
    assert refused.value.field == "allow_same"
    _reported(world, allow_same=True)
    _reported(world, kind=DutyKind.PROBLEM_SOLVED)
    _reported(world, mandate_id=world.mandates["T001"])
    assert len(_facts(session)) == 4


@pytest.mark.parametrize("kind", sorted(KINDS_WITH_REGISTER))
def test_kinds_with_a_register_of_their_own_are_refused(world, session, kind):
    with pytest.raises(DomainError) as refused:
        _reported(world, kind=kind)
    assert refused.value.field == "kind"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"happened_on": date(2021, 12, 27)}, "happened_on"),
        ({"quantity": 0}, "quantity"),
        ({"money_fen": -1}, "money_fen"),
        ({"persons_helped": -1}, "persons_helped"),
    ],
)
def test_impossible_values_are_refused_at_their_field(world, session, changes, field):
    with pytest.raises(DomainError) as refused:
        _reported(world, **changes)
    assert refused.value.field == field


def test_a_day_to_come_is_refused(world, session):
    with pytest.raises(DomainError) as refused:
        _reported(world, happened_on=clock.today() + timedelta(days=1))
    assert refused.value.field == "happened_on"


@pytest.mark.sqlite_only
@pytest.mark.parametrize("state", list(DutyState))
@pytest.mark.parametrize("action", [EntryAction.CONFIRM, EntryAction.RETURN])
def test_what_the_table_of_states_does_not_hold_is_refused(world, session, state, action):
    entry = _reported(world)
    entry.state = state
    session.flush()
    actor = world.actor("county")
    after = ENTRY_TRANSITIONS.after(state, action)

    def carry_out():
        if action is EntryAction.CONFIRM:
            operations.confirm_entries(actor, [entry.id])
        else:
            operations.return_entries(actor, [entry.id], reason="重复")

    if after is None:
        with pytest.raises(Conflict):
            carry_out()
        assert entry.state is state
    else:
        carry_out()
        assert entry.state is after
