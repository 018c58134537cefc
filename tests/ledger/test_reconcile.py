"""The ledger always agrees with its sources, whatever is done; and where it does not, it is found."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from app.extensions import db
from app.kit.errors import DomainError
from app.ledger import operations
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.states import DutyKind, DutyState
from tests.world import World

DAY = date(2024, 3, 5)
KINDS = (DutyKind.VOTER_VISIT, DutyKind.PROBLEM_SOLVED, DutyKind.MEDIA)
CARDS = ("C001", "T001", "C002", "C003")


@pytest.fixture
def three_visits(app, world: World) -> None:
    with app.app_context():
        for n in range(3):
            operations.create_entry(
                world.actor("county"),
                mandate_id=world.mandates["C001"],
                kind=DutyKind.VOTER_VISIT,
                happened_on=DAY + timedelta(days=n),
            )
        db.session.commit()


def test_agreement_is_exit_0(app, three_visits):
    result = app.test_cli_runner().invoke(args=["ledger", "reconcile"])
    assert result.exit_code == 0, result.output
    assert "履职登记：一致" in result.output


def test_drift_is_counted_by_source_and_mended(app, three_visits):
    with app.app_context():
        first, second, third = db.session.scalars(select(DutyRecord.id).order_by(DutyRecord.id))
        db.session.execute(delete(DutyRecord).where(DutyRecord.id == first))
        db.session.execute(update(DutyRecord).where(DutyRecord.id == second).values(quantity=9))
        db.session.execute(update(DutyRecord).where(DutyRecord.id == third).values(source_id=99))
        db.session.commit()
    runner = app.test_cli_runner()
    result = runner.invoke(args=["ledger", "reconcile"])
    assert result.exit_code == 4
    assert "履职登记：缺少 2，多出 1，不一致 1" in result.output
    assert runner.invoke(args=["ledger", "reconcile", "--fix"]).exit_code == 4
    assert runner.invoke(args=["ledger", "reconcile"]).exit_code == 0


def test_millions_are_compared_in_runs(session, world, monkeypatch):
    from app.ledger.operations import posting

    monkeypatch.setattr(posting, "_WINDOW", 2)
    for n in range(5):
        session.add(
            DutyEntry(
                mandate_id=world.mandates["C001"],
                scope_code="999001101",
                kind=DutyKind.MEDIA,
                happened_on=DAY + timedelta(days=n),
                origin="staff",
                state=DutyState.CONFIRMED,
            )
        )
    session.flush()
    (drift,) = operations.reconcile()
    assert (drift.source_kind, drift.missing, drift.total) == ("entry", 5, 5)
    operations.post_all("entry")
    assert not operations.reconcile()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["create", "report", "update", "mend", "withdraw", "delete", "confirm", "return", "undo"]
        ),
        st.integers(0, 5),
        st.sampled_from(CARDS),
        st.sampled_from(KINDS),
        st.integers(0, 3),
    ),
    max_size=14,
)


def _step(world: World, verb: str, which: int, card: str, kind: DutyKind, offset: int) -> None:
    staff, deputy = world.actor("county"), world.actor("deputy")
    what: dict[str, Any] = {
        "mandate_id": world.mandates[card],
        "kind": kind,
        "happened_on": DAY + timedelta(days=offset),
        "quantity": offset + 1,
    }
    entries = list(db.session.scalars(select(DutyEntry).order_by(DutyEntry.id)))
    if verb == "create":
        operations.create_entry(staff, **what)
    elif verb == "report":
        operations.report_entry(deputy, **what)
    elif entries:
        entry = entries[which % len(entries)]
        {
            "update": lambda: operations.update_entry(staff, entry, version=entry.version, **what),
            "mend": lambda: operations.update_report(deputy, entry, version=entry.version, **what),
            "withdraw": lambda: operations.withdraw_report(deputy, entry),
            "delete": lambda: operations.delete_entry(staff, entry),
            "confirm": lambda: operations.confirm_entries(
                staff, [e.id for e in entries if e.state is DutyState.PENDING]
            ),
            "return": lambda: operations.return_entries(staff, [entry.id], reason="请补充"),
            "undo": lambda: operations.undo_review(staff, entry.reviewed_at) if entry.reviewed_at else None,
        }[verb]()


@settings(max_examples=25)
@given(steps=STEPS)
def test_whatever_is_done_the_ledger_agrees_with_its_sources(app, world, steps):
    with app.app_context():
        for step in steps:
            try:
                with db.session.begin_nested():
                    _step(world, *step)
            except DomainError:
                db.session.expire_all()
            assert not operations.reconcile()
        db.session.rollback()
        db.session.remove()
