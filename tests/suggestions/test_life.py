"""Random actors over the whole life of a suggestion: no undefined state, no step unrecorded, no slip lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.kit import clock
from app.kit.errors import DomainError
from app.registry.models import RuleSet
from app.suggestions.models import (
    FeedbackSlip,
    Suggestion,
    SuggestionClock,
    SuggestionReply,
    SuggestionStep,
    SuggestionUnit,
    UnitAsk,
)
from app.suggestions.operations import asks, assignment, conclusion, drafting, handling, replies, screening
from app.suggestions.operations.feedback import give_feedback
from app.suggestions.states import (
    GONE,
    HANDLING_TRANSITIONS,
    IN_HAND,
    SUGGESTION_TRANSITIONS,
    AskState,
    ClockKind,
    HandlingState,
    Inadmissible,
    Occasion,
    ReplyClass,
    ReplyState,
    ReplyWay,
    Satisfaction,
    Step,
    SuggestionState,
    UnitPart,
)
from tests.suggestions.building import build
from tests.world import COUNTY, UNITS, World

pytestmark = pytest.mark.sqlite_only
S, H = SuggestionState, HandlingState
STEPS = 30
LOGINS = (
    "deputy",
    "other_deputy",
    "county",
    "township",
    "assigner",
    "unit",
    "unit_head",
    "other_unit",
    "leader",
)
RULES = {"clocks": {kind.value: {"length": 10, "unit": "working_days"} for kind in ClockKind}}


class Life:
    """One suggestion, and whoever comes along and tries something."""

    def __init__(self, world: World, session: Any, chance: Random) -> None:
        self.world, self.session, self.chance = world, session, chance
        self.id = build(world, chance.choice((S.DRAFT, S.ACCEPTED, S.ASSIGNED, S.REPLIED))).id
        self.slips: dict[tuple[int, int], Satisfaction] = {}

    @property
    def found(self) -> Suggestion:
        return self.session.get_one(Suggestion, self.id)

    def some(self, model: Any, condition: Any) -> Any:
        """One of the rows, or one that does not exist."""
        ids = list(self.session.scalars(select(model.id).where(condition).order_by(model.id)))
        return self.chance.choice(ids) if ids else 999_999

    def part(self, *states: HandlingState, kind: UnitPart | None = None) -> int:
        """A part the deed would fit, or now and then any."""
        mine = SuggestionUnit.suggestion_id == self.id
        if self.chance.random() < 0.15:
            return self.some(SuggestionUnit, mine)
        fits = mine & SuggestionUnit.state.in_(states or tuple(HandlingState))
        return self.some(SuggestionUnit, fits & SuggestionUnit.part.in_([kind] if kind else UnitPart))

    def units(self) -> tuple[list[int], list[int]]:
        """A lead unit with or without one that helps, or two that lead."""
        ids = [self.world.units[name] for name in UNITS]
        self.chance.shuffle(ids)
        return self.chance.choice([(ids[:1], []), (ids[:1], ids[1:]), (ids, [])])


def _assign(life: Life, actor: Any) -> None:
    leads, helpers = life.units()
    assignment.assign_suggestion(actor, life.id, lead_unit_ids=leads, co_unit_ids=helpers)


def _draft_reply(life: Life, actor: Any) -> None:
    letter = replies.Letter(life.chance.choice(list(ReplyClass)), "现答复如下。", number="岳函1号")
    replies.draft_reply(actor, life.part(H.SIGNED, kind=UnitPart.LEAD), letter)


def _sign_reply(life: Life, actor: Any) -> None:
    mine = SuggestionReply.suggestion_id == life.id
    reply_id = life.some(SuggestionReply, mine & (SuggestionReply.state == ReplyState.DRAFT))
    replies.sign_reply(actor, reply_id, signed_by="局长", number="岳函1号")


def _decide(life: Life, actor: Any) -> None:
    of_it = select(SuggestionUnit.id).where(SuggestionUnit.suggestion_id == life.id)
    waiting = UnitAsk.suggestion_unit_id.in_(of_it) & (UnitAsk.state == AskState.ASKED)
    grant = life.chance.random() < 0.5
    asks.decide_ask(actor, life.some(UnitAsk, waiting), grant=grant, answer="已核")


def _extend(life: Life, actor: Any) -> None:
    asks.ask_extension(
        actor, life.part(H.SIGNED), until=clock.today() + timedelta(days=60), reason="工程量大"
    )


def _rate(life: Life, actor: Any) -> None:
    word = life.chance.choice(list(Satisfaction))
    grades: dict[str, Any] = dict.fromkeys(("attitude", "handling", "result", "overall"), word)
    slip = give_feedback(actor, life.id, reason="见附件", solved=life.chance.random() < 0.5, **grades)
    life.slips[slip.round, slip.mandate_id] = word


def _contact(life: Life, actor: Any) -> None:
    handling.record_contact(actor, life.part(*IN_HAND), on=clock.today(), way=ReplyWay.PHONE, note="已沟通")


DEEDS: dict[str, Callable[[Life, Any], Any]] = {
    "submit": lambda life, actor: drafting.submit_suggestion(actor, life.id),
    "return": lambda life, actor: screening.return_suggestion(actor, life.id, reason="请写具体"),
    "decline": lambda life, actor: screening.decline_suggestion(
        actor, life.id, inadmissible=Inadmissible.OTHER, reason="不宜"
    ),
    "accept": lambda life, actor: screening.accept_suggestion(
        actor, life.id, occasion=Occasion.BETWEEN_SESSIONS
    ),
    "withdraw": lambda life, actor: drafting.withdraw_suggestion(actor, life.id, note="已解决"),
    "assign": _assign,
    "recall": lambda life, actor: assignment.recall_part(actor, life.part(*IN_HAND), note="交错了"),
    "take_back": lambda life, actor: assignment.take_back(actor, life.id, note="重新研究"),
    "sign": lambda life, actor: handling.sign_part(actor, life.part(H.SENT), handler="王科员"),
    "contact": _contact,
    "object": lambda life, actor: asks.object_to(actor, life.part(H.SENT, H.SIGNED), reason="不属本单位职责"),
    "extend": _extend,
    "decide": _decide,
    "opinion": lambda life, actor: handling.give_opinion(
        actor, life.part(H.SIGNED, kind=UnitPart.CO), opinion="配合办理"
    ),
    "draft_reply": _draft_reply,
    "sign_reply": _sign_reply,
    "rate": _rate,
    "rehandle": lambda life, actor: conclusion.rehandle(actor, life.id, reason="再办"),
    "conclude": lambda life, actor: conclusion.conclude(
        actor, life.id, note=life.chance.choice(["", "已电话沟通"])
    ),
    "archive": lambda life, actor: conclusion.archive(actor, life.id),
    "take_out": lambda life, actor: conclusion.take_out(actor, life.id, reason="补充"),
}
# Who is likely to do what next: without these a life would seldom get beyond its first steps.
LIKELY: dict[SuggestionState, tuple[tuple[str, str], ...]] = {
    S.DRAFT: (("submit", "deputy"),),
    S.SUBMITTED: (("accept", "county"), ("accept", "county"), ("return", "county")),
    S.ACCEPTED: (("assign", "assigner"), ("assign", "county")),
    S.ASSIGNED: (
        ("sign", "county"),
        ("sign", "unit"),
        ("sign", "other_unit"),
        ("draft_reply", "county"),
        ("draft_reply", "unit"),
        ("sign_reply", "county"),
        ("sign_reply", "unit_head"),
        ("sign_reply", "county"),
        ("object", "unit"),
        ("decide", "assigner"),
        ("opinion", "county"),
    ),
    S.REPLIED: (("rate", "deputy"), ("rate", "county")),
    S.RATED: (("rehandle", "county"), ("conclude", "county")),
    S.CONCLUDED: (("archive", "county"), ("rehandle", "county")),
    S.ARCHIVED: (("take_out", "county"),),
}


def check(life: Life) -> None:
    """What holds at every moment, whoever did what."""
    life.session.expire_all()
    found = life.found
    steps = life.session.scalars(
        select(SuggestionStep).where(SuggestionStep.suggestion_id == life.id).order_by(SuggestionStep.id)
    ).all()
    _check_chain([s for s in steps if s.suggestion_unit_id is None], SUGGESTION_TRANSITIONS, S.DRAFT, found)
    for part in found.units:
        own = [step for step in steps if step.suggestion_unit_id == part.id]
        _check_chain(own, HANDLING_TRANSITIONS, None, part)
    rounds = [s for s in steps if s.suggestion_unit_id is None and s.step is Step.REHANDLE]
    assert found.round == 1 + len(rounds)
    _check_parts(found)
    kept = life.session.scalars(select(FeedbackSlip).where(FeedbackSlip.suggestion_id == life.id)).all()
    assert {(slip.round, slip.mandate_id): slip.overall for slip in kept} == life.slips
    if found.state is S.RATED:
        assert found.satisfaction is life.slips[found.round, found.lead_mandate_id]
    if found.state is S.REPLIED:
        assert (found.satisfaction, found.solved) == (None, False)
    if found.state in (S.DECLINED, S.WITHDRAWN, S.CONCLUDED, S.ARCHIVED):
        ticking = select(SuggestionClock.kind).where(
            SuggestionClock.suggestion_id == life.id, SuggestionClock.ended_on.is_(None)
        )
        assert life.session.scalars(ticking).all() == []


def _check_chain(steps: list[SuggestionStep], table: Any, first: Any, row: Any) -> None:
    """Each step begins where the one before ended, and moves only as the table says; the last ends at the row."""
    state = type(row.state)(steps[0].before) if steps and first is None else first
    for step in steps:
        before, after = type(row.state)(step.before), type(row.state)(step.after)
        assert before is state, f"{step.step} began at {before}, not at {state}"
        assert after is before or table.after(before, step.step) is after, f"{before} {step.step} {after}"
        state = after
    assert state is None or row.state is state


def _check_parts(found: Suggestion) -> None:
    leads = [part.state for part in found.units if part.part is UnitPart.LEAD and part.state not in GONE]
    if found.state is S.ASSIGNED:
        assert any(state in IN_HAND for state in leads), leads
    elif found.state in (S.REPLIED, S.RATED):
        assert leads and set(leads) == {HandlingState.ANSWERED}, leads
    elif found.state in (S.SUBMITTED, S.ACCEPTED, S.DECLINED, S.WITHDRAWN):
        assert not leads, leads


@settings(
    max_examples=12,
    derandomize=True,
    # A smaller seed is no simpler life.
    phases=[Phase.generate],
)
@given(chance=st.randoms(use_true_random=False))
def test_no_actor_leads_it_astray(world: World, session: Any, chance: Random) -> None:
    """The tables hold whoever tries what in which order: every refusal leaves everything as it was."""
    if session.scalar(select(RuleSet.id).where(RuleSet.topic == "suggestions")) is None:
        session.add(
            RuleSet(area_code=COUNTY, topic="suggestions", valid_from=date(2000, 1, 1), content=RULES)
        )
    life = Life(world, session, chance)
    for _step in range(STEPS):
        likely = LIKELY.get(life.found.state, ())
        if likely and chance.random() < 0.8:
            name, login = chance.choice(likely)
        else:
            name, login = chance.choice(list(DEEDS)), chance.choice(LOGINS)
        trial = session.begin_nested()
        slips = dict(life.slips)
        try:
            DEEDS[name](life, world.actor(login))
        except DomainError:
            trial.rollback()
            life.slips = slips
        else:
            trial.commit()
            check(life)
    check(life)
