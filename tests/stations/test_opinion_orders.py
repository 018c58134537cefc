"""Any order of the opinion's actions, by whomever, either follows the table or is refused; figures agree with rows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.extensions import db
from app.kit.errors import DomainError
from app.ledger.operations import reconcile
from app.oversight.queries.statistics import get_statistics
from app.registry.models import Area
from app.stations.models import Opinion
from app.stations.operations import opinion_handling as handling
from app.stations.operations import transfers
from app.stations.queries.loop import loop_figures
from app.stations.queries.opinions import list_steps, list_transfers_of
from app.stations.states import (
    OPINION_TRANSITIONS,
    CitizenWord,
    LoopStage,
    NotAccepted,
    OpinionAction,
    OpinionOutcome,
    OpinionState,
    TransferState,
)
from tests.stations.test_opinion_life import DAY, YEAR, taken
from tests.world import COUNTY

LOGINS = ("county", "township", "other_township", "leader", "deputy", "other_deputy", "unit", "auditor")
STAFF = ("county", "township")
ENDED = {OpinionState.CLOSED, OpinionState.TOLD}
ACTS = (
    *(
        action.value
        for action in OpinionAction
        if action not in {OpinionAction.SUGGEST, OpinionAction.LET_GO}
    ),
    "sign",
    "return",
)


def _act(world: Any, login: str, act: str, opinion: Opinion, other: Opinion, outcome: OpinionOutcome) -> None:
    actor, identity = world.actor(login), opinion.id
    slips = list_transfers_of(identity)
    slip = slips[-1].id if slips else 0
    refused = NotAccepted.REVIEW if outcome is OpinionOutcome.NOT_ACCEPTED else None
    {
        "answer": lambda: handling.answer_opinion(actor, identity, note="答复"),
        "transfer": lambda: transfers.transfer_opinion(actor, identity, unit_id=world.units["岳湖县城管局"]),
        "take_back": lambda: transfers.take_back(actor, identity),
        "follow_up": lambda: handling.follow_up(actor, identity, note="跟踪"),
        "close": lambda: handling.close_opinion(
            actor, identity, ended_as=outcome, outcome="结果", not_accepted=refused
        ),
        "tell": lambda: handling.tell_person(
            actor, identity, told_on=opinion.closed_on or DAY, told_way="电话"
        ),
        "rate": lambda: handling.rate_opinion(actor, identity, citizen_word=CitizenWord.BASICALLY),
        "reopen": lambda: handling.reopen_opinion(actor, identity, note="再办"),
        "merge": lambda: handling.merge_opinion(actor, identity, into_number=other.number),
        "unmerge": lambda: handling.unmerge_opinion(actor, identity),
        "sign": lambda: transfers.sign_for(actor, slip),
        "reply": lambda: transfers.answer_transfer(actor, slip, answer="办了"),
        "return": lambda: transfers.return_transfer(actor, slip, reason="不归我管"),
    }[act]()


def _check(opinion: Opinion) -> None:
    state = opinion.state
    steps = list_steps(opinion.id)
    for before, after in zip([OpinionState.RECEIVED, *(s.after for s in steps)], steps, strict=False):
        assert after.before is before
    for step in steps:
        assert OPINION_TRANSITIONS.after(step.before, step.action) is step.after
    assert state is (steps[-1].after if steps else OpinionState.RECEIVED)
    assert opinion.solved == (opinion.ended_as is OpinionOutcome.SOLVED)
    if state is not OpinionState.MERGED:
        assert (opinion.ended_as is not None) == (opinion.closed_on is not None) == (state in ENDED)
    assert (opinion.merged_into_id is not None) == (state is OpinionState.MERGED)
    assert (opinion.told_on is not None) == (state is OpinionState.TOLD)
    in_hand = [t for t in opinion.transfers if t.state in (TransferState.SENT, TransferState.SIGNED)]
    assert len(in_hand) == (1 if state is OpinionState.TRANSFERRED else 0)


plays = st.lists(
    st.tuples(
        st.sampled_from(LOGINS), st.sampled_from(ACTS), st.integers(0, 1), st.sampled_from(OpinionOutcome)
    ),
    max_size=14,
)
likely = st.lists(
    st.tuples(
        st.sampled_from(("county", "unit", "deputy")),
        st.sampled_from(
            ("transfer", "sign", "reply", "answer", "close", "tell", "reopen", "merge", "unmerge")
        ),
        st.integers(0, 1),
        st.sampled_from(OpinionOutcome),
    ),
    max_size=20,
)


@pytest.fixture
def two(world: Any, session: Any) -> tuple[Any, int, int]:
    first = taken(world, mandate_id=world.mandates["C001"])
    second = taken(world, topic="")
    db.session.commit()
    return world, first.id, second.id


@settings(max_examples=25)
@given(play=st.one_of(plays, likely))
def test_any_order_follows_the_table_or_is_refused(two: tuple[Any, int, int], play: Any) -> None:
    """代表法 31 too: what only staff may do is never done by anybody else."""
    world, *ids = two
    try:
        for login, act, which, outcome in play:
            opinion, other = (db.session.get_one(Opinion, ids[n]) for n in (which, 1 - which))
            before = (opinion.state, len(list_steps(opinion.id)))
            savepoint = db.session.begin_nested()
            try:
                _act(world, login, act, opinion, other, outcome)
            except DomainError:
                savepoint.rollback()
                db.session.expire_all()
                assert (opinion.state, len(list_steps(opinion.id))) == before
                continue
            savepoint.commit()
            if login not in STAFF:
                assert (login, act) in {("deputy", "follow_up")} or login == "unit"
                assert act in {"follow_up", "sign", "reply", "return"}
            for one in (opinion, other):
                db.session.refresh(one)
                _check(one)
        _figures_agree(world)
    finally:
        db.session.rollback()
        db.session.expire_all()


def _figures_agree(world: Any) -> None:
    figures = loop_figures(world.actor("county"), COUNTY, YEAR)
    solved = db.session.scalar(select(func.count(Opinion.id)).where(Opinion.solved)) or 0
    stages = list(figures.stages.values())
    assert (figures.collected, figures.solved) == (2, solved)
    assert stages == sorted(stages, reverse=True) and sum(figures.routes.values()) == 2
    statistics = get_statistics(db.session.get_one(Area, COUNTY), 2026)
    assert statistics.totals["opinions"] == figures.collected
    assert statistics.totals["opinions_solved"] == figures.stages[LoopStage.SOLVED]
    assert reconcile() == []
