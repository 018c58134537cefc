"""Whose rules a deadline follows, and on which day a suggestion of several units is due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.extensions import db
from app.kit.errors import DomainError
from app.registry.models import RuleSet
from app.suggestions.clocks.running import end_clocks, extend_clock
from app.suggestions.operations import register
from app.suggestions.queries.screening import prefix_of
from app.suggestions.states import ClockKind, HandlingState, Occasion, SuggestionState
from app.suggestions.suggestion_rules import examples
from tests.suggestions.building import build, run_clock
from tests.world import LINJIANG, UNITS


def _township_rules(**changes: object) -> None:
    content = next(each for each in examples() if each.key == "township").rules.model_dump(mode="json")
    made = RuleSet(
        area_code=LINJIANG, topic="suggestions", valid_from=date(2020, 1, 1), content=content | changes
    )
    db.session.add(made)
    db.session.flush()


@pytest.mark.parametrize(("lead", "own"), [("C001", False), ("T002", True)])
def test_a_townships_rules_are_for_its_own_congress(world, session, lead, own):
    """A deputy of the county kept by the township is under the county's rules, in numbers too."""
    _township_rules(number_between="镇-{year}-")
    made = build(world, SuggestionState.SUBMITTED, lead=lead)
    prefix = prefix_of(made, Occasion.BETWEEN_SESSIONS, 1, made.raised_on)
    assert prefix.startswith("镇-") is own


def test_the_register_allows_no_more_than_the_rules(world, session):
    """A township of two and four months (law.md 1.5) has no six."""
    _township_rules()
    given = {
        "lead_mandate_id": world.mandates["T002"], "raised_on": date(2026, 1, 5), "title": "修路的建议",
        "occasion": Occasion.BETWEEN_SESSIONS, "assigned_on": date(2026, 1, 5),
    }  # fmt: skip
    with pytest.raises(DomainError) as refused:
        register.create_suggestion(world.actor("county"), due_on=date(2026, 7, 5), **given)
    assert refused.value.field == "due_on"
    made = register.create_suggestion(world.actor("county"), due_on=date(2026, 5, 5), **given)
    assert made.due_on == date(2026, 5, 5)


def test_of_several_lead_units_the_last_one_says_when_it_is_due(world, session):
    day = date(2026, 3, 2)
    made = build(world, SuggestionState.ASSIGNED, unit=UNITS)
    first, second = made.units
    long = run_clock(made, ClockKind.REPLY, day, unit=first)
    short = run_clock(made, ClockKind.REPLY, day, unit=second)
    usual = short.due_on
    extend_clock(long, usual + timedelta(days=30))
    extend_clock(short, usual + timedelta(days=5))
    assert made.due_on == long.due_on
    end_clocks(made, ClockKind.REPLY, on=day, unit=first)
    assert made.due_on == short.due_on, "the one that still runs"
    end_clocks(made, ClockKind.REPLY, on=day, unit=second)
    assert made.due_on == long.due_on, "all have answered: the latest"
    first.state = HandlingState.WITHDRAWN
    run_clock(made, ClockKind.REPLY, day, unit=second)
    assert made.due_on == usual
