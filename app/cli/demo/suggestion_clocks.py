"""Deadlines of the invented county: its own rules, clocks of every suggestion on its way, urging letters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, insert, select

from app.cli.demo.rows import COUNTY, Maker
from app.kit import clock
from app.registry.models import HandlingUnit, Mandate, RuleSet
from app.suggestions.clock_rules import URGED
from app.suggestions.clocks.book import RuleBook, load_book
from app.suggestions.clocks.preview import recalculated
from app.suggestions.clocks.running import working_of
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit, Urge
from app.suggestions.operations.clocks import move_clocks
from app.suggestions.states import GONE, ClockKind, SuggestionState, UnitPart
from app.suggestions.suggestion_rules import TOPIC, examples

EXAMPLE = "chongqing-2017"
DOCUMENT = "清澜县代表建议、批评和意见办理办法（试行）"
HANDED = (SuggestionState.ASSIGNED, SuggestionState.REPLIED, SuggestionState.RATED)


def add_clocks(maker: Maker) -> None:
    """The county's rules; clocks of suggestions that have none yet; letters to units that are late.

    Comes after the register was settled: its rows have their reply's clock by then.
    """
    rules = next(each for each in examples() if each.key == EXAMPLE).rules
    maker.add(
        RuleSet,
        area_code=COUNTY,
        topic=TOPIC,
        valid_from=date(2000, 1, 1),
        content=_own(rules.model_dump(mode="json", exclude_none=True)),
        document=DOCUMENT,
        version=1,
    )
    maker.flush()
    move_clocks(recalculated(COUNTY))
    book = load_book()
    _reckon(maker, book)
    made = list(_clocks(maker, book))
    if made:
        maker.session.execute(insert(SuggestionClock), made)
    _urges(maker)


def _own(content: dict[str, Any]) -> dict[str, Any]:
    """The example as the county's own rules: they cite the county's document."""
    for clocks in (content["clocks"], content["township_clocks"]):
        for rule in clocks.values():
            rule["document"] = DOCUMENT
    return {**content, "document": DOCUMENT}


def _reckon(maker: Maker, book: RuleBook) -> None:
    """Clocks made with no more than a start say how they were computed, too."""
    rows = maker.session.execute(
        select(SuggestionClock, Mandate.level)
        .join(SuggestionClock.suggestion)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .order_by(SuggestionClock.id)
    )
    for running, level in rows.all():
        rule = book.rule(running.area_code, level, running.kind, running.started_on)
        if rule is None or running.working:
            continue
        reckoned = book.reckon(running.started_on, rule)
        running.due_on, running.working = reckoned.due_on, working_of(rule, reckoned)
    maker.session.flush()


def _clocks(maker: Maker, book: RuleBook) -> Iterator[dict[str, Any]]:
    """Clocks of suggestions with steps, as their steps would have started and ended them."""
    has_clock = exists().where(SuggestionClock.suggestion_id == Suggestion.id)
    rows = maker.session.execute(
        select(Suggestion, Mandate.level, SuggestionUnit)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .outerjoin(SuggestionUnit, SuggestionUnit.suggestion_id == Suggestion.id)
        .where(~has_clock, Suggestion.state.in_((*HANDED, SuggestionState.ACCEPTED)))
        .order_by(Suggestion.id, SuggestionUnit.id)
    )
    for suggestion, level, part in rows:
        for kind, started, ended, of_unit in _kinds(suggestion, part):
            rule = book.rule(suggestion.area_code, level, kind, started)
            if rule is None:
                continue
            reckoned = book.reckon(started, rule)
            yield {
                "suggestion_id": suggestion.id,
                "suggestion_unit_id": part.id if of_unit else None,
                "area_code": suggestion.area_code,
                "kind": kind,
                "round": 1,
                "started_on": started,
                "due_on": reckoned.due_on,
                "ended_on": max(ended, started) if ended else None,
                "working": working_of(rule, reckoned),
                "created_at": clock.now(),
                "updated_at": clock.now(),
            }


def _kinds(
    suggestion: Suggestion, part: SuggestionUnit | None
) -> Iterator[tuple[ClockKind, date, date | None, bool]]:
    """(kind, started, ended, of a unit) of the clocks of a suggestion and one of its units."""
    if suggestion.state is SuggestionState.ACCEPTED:
        if part is None:
            yield ClockKind.ASSIGN, suggestion.submitted_on or suggestion.raised_on, None, False
        return
    if part is None or part.state in GONE or suggestion.assigned_on is None:
        return
    started = part.sent_on or suggestion.assigned_on
    signed = part.signed_on or suggestion.replied_on
    yield ClockKind.OBJECT, started, signed or started, True
    yield ClockKind.CONTACT, started, part.first_contact_on or suggestion.replied_on, True
    if part.part is UnitPart.LEAD:
        yield ClockKind.REPLY, started, suggestion.replied_on, True
        if suggestion.replied_on:
            rated = suggestion.replied_on if suggestion.state is SuggestionState.RATED else None
            yield ClockKind.FEEDBACK, suggestion.replied_on, rated, False
    else:
        yield ClockKind.CO_OPINION, started, part.answered_on or suggestion.replied_on, True


def _urges(maker: Maker) -> None:
    """A letter on each overdue deadline of a unit, a second one where it has been so for a fortnight."""
    late = maker.session.execute(
        select(SuggestionClock, SuggestionUnit.unit_id, Suggestion.office_code)
        .join(SuggestionUnit, SuggestionUnit.id == SuggestionClock.suggestion_unit_id)
        .join(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .join(Suggestion, Suggestion.id == SuggestionClock.suggestion_id)
        .where(
            SuggestionClock.ended_on.is_(None),
            SuggestionClock.due_on < maker.today,
            SuggestionClock.kind.in_(URGED),
        )
        .order_by(SuggestionClock.due_on, SuggestionClock.id)
        .limit(40)
    ).all()
    letters: list[tuple[date, Any, int]] = []
    for running, unit_id, _office in late:
        letters += [
            (running.due_on + timedelta(days=days), running, unit_id)
            for days in (1, 15)
            if running.due_on + timedelta(days=days) <= maker.today
        ]
    serials: dict[int, int] = {}
    for on, running, unit_id in sorted(letters, key=lambda letter: (letter[0], letter[1].id)):
        serial = serials[on.year] = serials.get(on.year, 0) + 1
        maker.add(
            Urge,
            suggestion_id=running.suggestion_id,
            suggestion_unit_id=running.suggestion_unit_id,
            clock_id=running.id,
            unit_id=unit_id,
            office_code=COUNTY,
            number=f"CB{on.year}{serial:04}",
            occasion=f"{running.id}:{running.due_on}:{(on - running.due_on).days}",
            on=on,
            by_name="",
            note="",
        )
    maker.flush()
