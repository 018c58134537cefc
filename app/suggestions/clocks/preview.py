"""What a change of rules, or of the calendar, would do to the deadlines that run: shown before it takes effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit.database import within
from app.registry.models import HandlingUnit, Mandate
from app.suggestions.clocks.book import RuleBook, load_book
from app.suggestions.clocks.running import working_of
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit
from app.suggestions.states import ClockKind
from app.suggestions.suggestion_rules import SuggestionRules


@dataclass(frozen=True)
class Move:
    """A running deadline that would be due on another day."""

    clock_id: int
    suggestion_id: int
    number: str
    title: str
    unit: str
    kind: ClockKind
    before: date
    after: date
    # Of an extended deadline: the day it would have been due without the extension.
    first_after: date | None = None

    @property
    def days(self) -> int:
        """By how many days it moves; negative is earlier."""
        return (self.after - self.before).days


@dataclass(frozen=True)
class Effect:
    """Deadlines that run, those that would move, and the workings all recomputed ones would have."""

    running: int
    moves: tuple[Move, ...]
    workings: dict[int, dict[str, Any]]


def effect_of(area_code: str, valid_from: date, rules: SuggestionRules) -> Effect:
    """What rules would do in an area from a day on to deadlines that started since then."""
    return _effect(area_code, load_book().changed(area_code, valid_from, rules))


def recalculated(area_code: str) -> Effect:
    """What the rules and the calendar as they stand now would do: holidays may have been announced meanwhile."""
    return _effect(area_code, load_book())


def _effect(area_code: str, book: RuleBook) -> Effect:
    moves, workings, running = [], {}, 0
    for row in _running(area_code):
        running += 1
        again = _reckoned(row, book)
        if again is None:
            continue
        move, working = again
        moved = move.after != move.before or move.first_after != row.first_due_on
        if moved:
            moves.append(move)
        if moved or working != row.working:
            workings[row.id] = working
    moves.sort(key=lambda move: (move.before, move.clock_id))
    return Effect(running, tuple(moves), workings)


def _running(area_code: str) -> Iterator[Any]:
    wanted = (
        select(
            SuggestionClock.id,
            SuggestionClock.suggestion_id,
            SuggestionClock.kind,
            SuggestionClock.area_code,
            SuggestionClock.started_on,
            SuggestionClock.due_on,
            SuggestionClock.first_due_on,
            SuggestionClock.working,
            Suggestion.number,
            Suggestion.title,
            HandlingUnit.name.label("unit"),
            Mandate.level,
        )
        .join(Suggestion, Suggestion.id == SuggestionClock.suggestion_id)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .outerjoin(SuggestionUnit, SuggestionUnit.id == SuggestionClock.suggestion_unit_id)
        .outerjoin(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .where(SuggestionClock.ended_on.is_(None), within(SuggestionClock.area_code, [area_code]))
        .order_by(SuggestionClock.id)
    )
    return iter(db.session.execute(wanted))


def _reckoned(row: Any, book: RuleBook) -> tuple[Move, dict[str, Any]] | None:
    """The deadline computed again; None where only the register says when it is due, or no rule is left for it."""
    if "length" not in (row.working or {}):
        return None
    rule = book.rule(row.area_code, row.level, row.kind, row.started_on)
    if rule is None:
        return None
    reckoned = book.reckon(row.started_on, rule)
    # An extension that was granted stays granted.
    after = max(reckoned.due_on, row.due_on) if row.first_due_on else reckoned.due_on
    move = Move(
        row.id,
        row.suggestion_id,
        row.number or "",
        row.title,
        row.unit or "",
        row.kind,
        row.due_on,
        after,
        reckoned.due_on if row.first_due_on else None,
    )
    return move, working_of(rule, reckoned)
