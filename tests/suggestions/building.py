"""Suggestions at any point of their life, made by rows and not by the operations that are under test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.ledger.operations.posting import post
from app.registry.models import HandlingUnit, Mandate
from app.suggestions.clocks.running import start_clock
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionStep, SuggestionUnit
from app.suggestions.postings import SOURCE
from app.suggestions.states import (
    ClockKind,
    HandlingState,
    Occasion,
    ReplyClass,
    ReplyWay,
    Satisfaction,
    Step,
    SuggestionSource,
    SuggestionState,
    UnitPart,
)
from tests.world import COUNTY, UNITS, World

S = SuggestionState

# The steps that lead to each state, from a draft.
WAYS: dict[SuggestionState, tuple[Step, ...]] = {
    S.DRAFT: (),
    S.SUBMITTED: (Step.SUBMIT,),
    S.DECLINED: (Step.SUBMIT, Step.DECLINE),
    S.WITHDRAWN: (Step.SUBMIT, Step.WITHDRAW),
    S.ACCEPTED: (Step.SUBMIT, Step.ACCEPT),
    S.ASSIGNED: (Step.SUBMIT, Step.ACCEPT, Step.ASSIGN),
    S.REPLIED: (Step.SUBMIT, Step.ACCEPT, Step.ASSIGN, Step.REPLY),
    S.RATED: (Step.SUBMIT, Step.ACCEPT, Step.ASSIGN, Step.REPLY, Step.RATE),
    S.CONCLUDED: (Step.SUBMIT, Step.ACCEPT, Step.ASSIGN, Step.REPLY, Step.RATE, Step.CONCLUDE),
    S.ARCHIVED: (
        Step.SUBMIT, Step.ACCEPT, Step.ASSIGN, Step.REPLY, Step.RATE, Step.CONCLUDE, Step.ARCHIVE,
    ),
}  # fmt: skip
_AFTER = {
    Step.SUBMIT: S.SUBMITTED,
    Step.DECLINE: S.DECLINED,
    Step.WITHDRAW: S.WITHDRAWN,
    Step.ACCEPT: S.ACCEPTED,
    Step.ASSIGN: S.ASSIGNED,
    Step.REPLY: S.REPLIED,
    Step.RATE: S.RATED,
    Step.CONCLUDE: S.CONCLUDED,
    Step.ARCHIVE: S.ARCHIVED,
}
_NUMBERED = (S.ACCEPTED, S.ASSIGNED, S.REPLIED, S.RATED, S.CONCLUDED, S.ARCHIVED)
_REPLIED = (S.REPLIED, S.RATED, S.CONCLUDED, S.ARCHIVED)
BODY = "灌渠年久失修，三百亩水田每年春天等水，去年两次因为漏水减产。"
PROPOSALS = "请今冬清淤并修补渠壁，明确管护责任人。"


def build(
    world: World,
    state: SuggestionState,
    *,
    lead: str = "C001",
    title: str = "关于整修灌渠的建议",
    unit: str | Sequence[str] = UNITS[0],
    co: Sequence[str] = (),
    part_state: HandlingState | None = None,
    **columns: Any,
) -> Suggestion:
    """A suggestion in this state with its parts, steps and number; flushed, its ledger rows posted.

    ``lead`` is a card number; ``unit`` the name of the lead unit (or several), ``co`` names of those that help;
    ``part_state`` where the lead's part is other than usual (signed while it is handled, answered after).
    Runs no clocks. ``columns`` override those of the suggestion. Call it inside an application context, then commit
    where a client is to see it.
    """
    today = clock.today()
    with acting_as(operator("tests")):
        made = _row(world, state, lead, title, today, columns)
        if state is S.ASSIGNED or state in _REPLIED:
            leads = [unit] if isinstance(unit, str) else list(unit)
            _give(world, made, leads, co, part_state)
        for step in WAYS[state]:
            _write(made, step)
        db.session.flush()
        post(SOURCE, [made.id])
    return made


def run_clock(
    suggestion: Suggestion, kind: ClockKind, on: date, *, unit: SuggestionUnit | None = None
) -> SuggestionClock:
    """A clock started where the rules surely give one."""
    started = start_clock(suggestion, kind, on, unit=unit)
    assert started is not None, kind
    return started


def _row(
    world: World, state: SuggestionState, lead: str, title: str, today: date, columns: dict[str, Any]
) -> Suggestion:
    mandate = db.session.get_one(Mandate, world.mandates[lead])
    raised_on = columns.get("raised_on") or today - timedelta(days=40)
    values: dict[str, Any] = {
        "office_code": COUNTY,
        "area_code": mandate.scope_code,
        "state": state,
        "title": title,
        "body": BODY,
        "proposals": PROPOSALS,
        "lead_mandate": mandate,
        "raised_on": raised_on,
        "submitted_on": None if state is S.DRAFT else raised_on,
        "occasion": Occasion.BETWEEN_SESSIONS,
        "source": SuggestionSource.RESEARCH,
        "cosigners": [],
        "units": [],
    }
    if state in _NUMBERED:
        count = db.session.scalar(select(func.count()).select_from(Suggestion)) or 0
        values["number"] = f"T-{count + 1:03d}"
    if state is S.ASSIGNED or state in _REPLIED:
        values |= {"assigned_on": raised_on, "due_on": raised_on + timedelta(days=90)}
    if state in _REPLIED:
        values |= {
            "replied_on": raised_on + timedelta(days=20),
            "reply_class": ReplyClass.A,
            "reply_way": ReplyWay.IN_PERSON,
        }
    if state in _REPLIED and state is not S.REPLIED:
        values |= {"satisfaction": Satisfaction.SATISFIED, "solved": True}
    made = Suggestion(**{**values, **columns})
    db.session.add(made)
    db.session.flush()
    return made


def _give(
    world: World,
    made: Suggestion,
    leads: Sequence[str],
    co: Sequence[str],
    part_state: HandlingState | None,
) -> None:
    answered = made.state in _REPLIED
    usual = HandlingState.ANSWERED if answered else HandlingState.SIGNED
    for name in [*leads, *co]:
        part = UnitPart.LEAD if name in leads else UnitPart.CO
        chosen = part_state if part_state is not None and part is UnitPart.LEAD else usual
        held = chosen is not HandlingState.PRE_ASSIGNED
        made.units.append(
            SuggestionUnit(
                unit=db.session.get_one(HandlingUnit, world.units[name]),
                part=part,
                state=chosen,
                sent_on=made.assigned_on if held else None,
                signed_on=made.assigned_on
                if chosen in (HandlingState.SIGNED, HandlingState.ANSWERED)
                else None,
                answered_on=made.replied_on if chosen is HandlingState.ANSWERED else None,
            )
        )
    db.session.flush()


def _write(made: Suggestion, step: Step) -> None:
    days = {Step.ASSIGN: made.assigned_on, Step.REPLY: made.replied_on}
    before = list(WAYS[made.state]).index(step)
    earlier = WAYS[made.state][before - 1] if before else None
    later = made.replied_on if step in (Step.RATE, Step.CONCLUDE, Step.ARCHIVE) else None
    db.session.add(
        SuggestionStep(
            suggestion=made,
            step=step,
            before=(_AFTER[earlier] if earlier else S.DRAFT).value,
            after=_AFTER[step].value,
            on=days.get(step) or later or made.submitted_on or made.raised_on,
            by_name="tests",
        )
    )
