"""The board of what is overdue: counted by unit, proposer, supervisor and leader (4-07, 4-20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, Select, String, cast, func, literal, select, union, union_all

from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.database import chunks
from app.registry.models import HandlingUnit, Mandate, Person
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit, Supervision
from app.suggestions.queries.clocks import overdue, supervisor_name, visible_clocks, with_supervisors
from app.suggestions.states import ClockKind, SupervisorKind

# A list goes on behind the number of everything; the board names those who answer for the most.
SHOWN = 200


@dataclass(frozen=True)
class OverdueRow:
    """How many overdue deadlines somebody answers for, and since when the oldest has been so."""

    name: str
    key: str
    count: int
    oldest: date
    note: str = ""
    # Where the name alone does not say who: units of several offices may be called the same.
    area: str = ""


@dataclass(frozen=True)
class OverdueBoard:
    """Overdue deadlines by what they are for, and by who answers for them."""

    kinds: list[tuple[ClockKind, int]]
    units: list[OverdueRow]
    proposers: list[OverdueRow]
    supervisors: list[OverdueRow]
    leaders: list[OverdueRow]


def overdue_board(actor: Actor, on: date) -> OverdueBoard:
    """What the actor sees of it on a day; a unit only its own, a deputy only theirs."""
    # Named in several places of a statement, it is read once.
    late = (
        select(
            SuggestionClock.id,
            SuggestionClock.due_on,
            SuggestionClock.kind,
            SuggestionClock.suggestion_unit_id,
            Suggestion.id.label("suggestion_id"),
            Suggestion.lead_mandate_id,
            Suggestion.class_id,
        )
        .join(Suggestion, Suggestion.id == SuggestionClock.suggestion_id)
        .where(visible_clocks(actor), overdue(on))
        .cte("late")
    )
    units = late.join(SuggestionUnit, SuggestionUnit.id == late.c.suggestion_unit_id)
    nameless: Any = literal("")
    counts = [
        _counts("kind", late.c.kind, late, late.c.due_on, nameless),
        _counts("unit", SuggestionUnit.unit_id, units, late.c.due_on, nameless),
        _counts("proposer", late.c.lead_mandate_id, late, late.c.due_on, nameless),
        _counts_of_supervisors("supervisor", late, government=False),
        _counts_of_supervisors("leader", late, government=True),
    ]
    found: dict[str, list[Any]] = {}
    for row in db.session.execute(union_all(*counts)):
        found.setdefault(row.what, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (-row.count, row.oldest, row.name, row.key))
    return OverdueBoard(
        [(ClockKind(row.key), row.count) for row in found.get("kind", [])],
        _units([(int(row.key), row.count, row.oldest) for row in found.get("unit", [])]),
        _proposers([(int(row.key), row.count, row.oldest) for row in found.get("proposer", [])]),
        _supervisors(found.get("supervisor", [])),
        _supervisors(found.get("leader", [])),
    )


Counted = list[tuple[int, int, date]]


def _counts(what: str, key: Any, source: Any, due_on: Any, name: Any) -> Select[Any]:
    """(what, key, name, how many, oldest due day), the most first."""
    count, oldest = func.count().label("count"), func.min(due_on).label("oldest")
    first = (
        select(literal(what).label("what"), cast(key, String).label("key"), name.label("name"), count, oldest)
        .select_from(source)
        .group_by(key, name)
        .order_by(count.desc(), oldest)
        .limit(SHOWN)
        .subquery()
    )
    return select(first)


def _counts_of_supervisors(what: str, late: CTE, *, government: bool) -> Select[Any]:
    """By who supervises the suggestion or its class; a suggestion of two supervisors counts with each."""

    def watched(key: Any, of: Any) -> Select[Any]:
        columns = late.c.id, late.c.due_on, Supervision.kind, supervisor_name().label("name")
        each = select(*columns).select_from(late.join(Supervision, of == key))
        return with_supervisors(each, government=government)

    # A union: supervised by somebody both alone and with its class, it counts once.
    found = union(
        watched(late.c.suggestion_id, Supervision.suggestion_id),
        watched(late.c.class_id, Supervision.class_id),
    ).subquery()
    return _counts(what, found.c.kind, found, found.c.due_on, found.c.name)


def _units(counted: Counted) -> list[OverdueRow]:
    wanted = select(HandlingUnit.id, HandlingUnit.name, HandlingUnit.area_code)
    known = {row[0]: row[1:] for row in _named(wanted, HandlingUnit.id, counted)}
    return [
        OverdueRow(known[key][0], known[key][0], n, oldest, area=known[key][1]) for key, n, oldest in counted
    ]


def _proposers(counted: Counted) -> list[OverdueRow]:
    wanted = select(Mandate.id, Person.name, Mandate.card_no).join(Person, Person.id == Mandate.person_id)
    known = {row[0]: row[1:] for row in _named(wanted, Mandate.id, counted)}
    return [
        OverdueRow(known[key][0], known[key][1] or known[key][0], n, oldest, known[key][1] or "")
        for key, n, oldest in counted
    ]


def _named(wanted: Any, column: Any, counted: Counted) -> list[Any]:
    rows: list[Any] = []
    for some in chunks([key for key, _n, _oldest in counted]):
        rows += [tuple(row) for row in db.session.execute(wanted.where(column.in_(some)))]
    return rows


def _supervisors(rows: list[Any]) -> list[OverdueRow]:
    kinds = {row.key: SupervisorKind(row.key).label for row in rows}
    return [OverdueRow(row.name, row.name, row.count, row.oldest, kinds[row.key]) for row in rows]
