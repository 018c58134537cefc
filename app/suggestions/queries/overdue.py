"""The board of what is overdue: read once, counted by unit, proposer, supervisor and leader (4-07, 4-20)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.database import chunks
from app.registry.models import HandlingUnit, Mandate, Person
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionUnit, Supervision
from app.suggestions.queries.clocks import overdue, supervisor_name, visible_clocks, with_supervisors
from app.suggestions.states import ClockKind

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
    wanted = (
        select(
            SuggestionClock.kind,
            SuggestionClock.due_on,
            SuggestionUnit.unit_id,
            Suggestion.lead_mandate_id,
            Suggestion.id.label("suggestion_id"),
            Suggestion.class_id,
        )
        .join(Suggestion, Suggestion.id == SuggestionClock.suggestion_id)
        .outerjoin(SuggestionUnit, SuggestionUnit.id == SuggestionClock.suggestion_unit_id)
        .where(visible_clocks(actor), overdue(on))
    )
    rows = db.session.execute(wanted).all()
    return OverdueBoard(
        Counter(row.kind for row in rows).most_common(),
        _units(_counted(rows, lambda row: [row.unit_id] if row.unit_id else [])),
        _proposers(_counted(rows, lambda row: [row.lead_mandate_id])),
        _supervisors(rows, government=False),
        _supervisors(rows, government=True),
    )


Counted = list[tuple[Any, int, date]]


def _counted(rows: Sequence[Any], keys_of: Callable[[Any], Iterable[Any]]) -> Counted:
    """(key, how many, oldest due day), the most first."""
    count: Counter[Any] = Counter()
    oldest: dict[Any, date] = {}
    for row in rows:
        for key in keys_of(row):
            count[key] += 1
            oldest[key] = min(oldest.get(key, row.due_on), row.due_on)
    found = [(key, n, oldest[key]) for key, n in count.items()]
    return sorted(found, key=lambda one: (-one[1], one[2], str(one[0])))[:SHOWN]


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


def _supervisors(rows: Sequence[Any], *, government: bool) -> list[OverdueRow]:
    """By who supervises the suggestion or its class; a suggestion of two supervisors counts with each."""
    if not rows:
        return []
    wanted = select(
        Supervision.kind, supervisor_name(), Supervision.suggestion_id, Supervision.class_id
    ).select_from(Supervision)
    alone: dict[int, set[Any]] = {}
    classes: dict[int, set[Any]] = {}
    for kind, name, suggestion_id, class_id in db.session.execute(
        with_supervisors(wanted, government=government)
    ):
        if suggestion_id is not None:
            alone.setdefault(suggestion_id, set()).add((kind, name))
        else:
            classes.setdefault(class_id, set()).add((kind, name))
    counted = _counted(
        rows, lambda row: alone.get(row.suggestion_id, set()) | classes.get(row.class_id, set())
    )
    return [OverdueRow(name, name, n, oldest, kind.label) for (kind, name), n, oldest in counted]
