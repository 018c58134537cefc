"""The reply's deadline of rows of the paper register: follows from their columns, whoever entered them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update

from app.extensions import db
from app.kit import clock
from app.kit.database import chunks
from app.registry.models import Mandate
from app.registry.states import Level
from app.suggestions.clocks.book import RuleBook, load_book
from app.suggestions.clocks.running import working_of
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionStep, SuggestionUnit
from app.suggestions.states import GONE, ClockKind, UnitPart


def keep_register_clocks(ids: Sequence[int]) -> None:
    """Gives rows without steps the REPLY clock their days tell of, and takes it from those not handed over.

    Lists of what is overdue are then complete, whether a suggestion came by its steps, by a form or by a workbook.
    """
    book: RuleBook | None = None
    for some in chunks(ids):
        rows = db.session.execute(_handed_over(some)).all()
        kept = set(db.session.scalars(_lifeless(some)))
        present = {
            row.suggestion_id: row
            for row in db.session.execute(
                select(SuggestionClock.__table__).where(SuggestionClock.suggestion_id.in_(kept))
            )
        }
        wanted: dict[int, dict[str, Any]] = {}
        for row in rows:
            book = book or load_book()
            wanted[row.id] = _values(row, book)
        _write(wanted, present)


def _lifeless(ids: Sequence[int]) -> Any:
    lives = exists().where(SuggestionStep.suggestion_id == Suggestion.id)
    return select(Suggestion.id).where(Suggestion.id.in_(ids), ~lives)


def _handed_over(ids: Sequence[int]) -> Any:
    lead = (
        select(func.min(SuggestionUnit.id))
        .where(
            SuggestionUnit.suggestion_id == Suggestion.id,
            SuggestionUnit.part == UnitPart.LEAD,
            SuggestionUnit.state.not_in(GONE),
        )
        .correlate(Suggestion)
        .scalar_subquery()
    )
    return (
        select(
            Suggestion.id,
            Suggestion.area_code,
            Suggestion.assigned_on,
            Suggestion.due_on,
            Suggestion.replied_on,
            Mandate.level,
            lead.label("part"),
        )
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .where(Suggestion.id.in_(_lifeless(ids)), Suggestion.assigned_on.is_not(None))
    )


def _values(row: Any, book: RuleBook) -> dict[str, Any]:
    due_on, working = _reckoned(row.area_code, row.level, row.assigned_on, row.due_on, book)
    return {
        "suggestion_id": row.id,
        "suggestion_unit_id": row.part,
        "area_code": row.area_code,
        "kind": ClockKind.REPLY,
        "round": 1,
        "started_on": row.assigned_on,
        "due_on": max(due_on, row.assigned_on),
        "first_due_on": None,
        "ended_on": row.replied_on,
        "working": working,
    }


def _reckoned(
    area_code: str, level: Level, assigned_on: date, due_on: date | None, book: RuleBook
) -> tuple[date, dict[str, Any]]:
    """The register's due day is the one that holds; where it is not the rule's, the clock says so."""
    rule = book.rule(area_code, level, ClockKind.REPLY, assigned_on)
    if rule is None:
        return due_on or assigned_on, {}
    reckoned = book.reckon(assigned_on, rule)
    if due_on is None or due_on == reckoned.due_on:
        return reckoned.due_on, working_of(rule, reckoned)
    return due_on, {"lawful": reckoned.due_on.isoformat(), "document": rule.document}


def _write(wanted: dict[int, dict[str, Any]], present: dict[int, Any]) -> None:
    table: Any = SuggestionClock.__table__
    now = clock.now()
    gone = [row.id for suggestion_id, row in present.items() if suggestion_id not in wanted]
    if gone:
        db.session.execute(delete(table).where(table.c.id.in_(gone)))
    made = []
    for suggestion_id, values in wanted.items():
        row = present.get(suggestion_id)
        if row is None:
            made.append({**values, "created_at": now, "updated_at": now})
        elif any(getattr(row, name) != value for name, value in values.items()):
            db.session.execute(update(table).where(table.c.id == row.id).values(**values, updated_at=now))
    for start in range(0, len(made), 2000):
        db.session.execute(insert(table), made[start : start + 2000])
    if db.session.identity_map:
        for loaded in db.session.identity_map.values():
            if isinstance(loaded, SuggestionClock):
                db.session.expire(loaded)
