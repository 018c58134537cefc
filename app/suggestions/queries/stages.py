"""The six procedures (4-21): what waits at each, and what has gone through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.i18n import _, _l
from app.suggestions.models import (
    Suggestion,
    SuggestionContact,
    SuggestionUnit,
    Supervision,
    Urge,
)
from app.suggestions.policy import VIEW_SUGGESTION_FIGURES
from app.suggestions.queries import counted, reply_late, visible_suggestions
from app.suggestions.states import ENDED, Occasion, Procedure, SuggestionState

P, S = Procedure, SuggestionState
WAITING, DONE = "waiting", "done"
_HANDLED = (S.REPLIED, S.RATED, *ENDED)


# What waits at a procedure, and what has gone through it, in words.
MEANINGS = {
    P.ASSIGNING: (_l("已立案，还没有交办"), _l("已交办给单位")),
    P.HANDLING: (_l("单位正在办理"), _l("单位已经答复")),
    P.CONTACTING: (_l("已交办，还没有与代表联系的记录"), _l("单位已与代表联系")),
    P.SUPERVISING: (_l("逾期，还没有督办或催办"), _l("有督办或催办")),
    P.SUMMARISING: (_l("已答复，还没有办结"), _l("已办结")),
    P.ARCHIVING: (_l("已办结，还没有归档"), _l("已归档")),
}


def contacted() -> ColumnElement[bool]:
    """SQL: a unit has spoken with the proposer: on record, or by the way of the reply in a paper register."""
    first = exists().where(
        SuggestionUnit.suggestion_id == Suggestion.id, SuggestionUnit.first_contact_on.is_not(None)
    )
    talk = exists().where(SuggestionContact.suggestion_id == Suggestion.id)
    return or_(Suggestion.reply_way.is_not(None), first, talk)


def watched() -> ColumnElement[bool]:
    """SQL: supervised by somebody, itself or with its class, or urged."""
    itself = exists().where(Supervision.suggestion_id == Suggestion.id)
    with_class = exists().where(Supervision.class_id == Suggestion.class_id)
    return or_(itself, with_class, exists().where(Urge.suggestion_id == Suggestion.id))


@dataclass(frozen=True)
class _Marks:
    """SQL: what tells where a suggestion is: expressions on it, or columns they were read into."""

    state: Any
    contacted: Any
    watched: Any
    late: Any


def _marks() -> _Marks:
    return _Marks(Suggestion.state, contacted(), watched(), reply_late(clock.today()))


def at_procedure(value: str) -> ColumnElement[bool]:
    """SQL: suggestions that wait at a procedure or have gone through it (``handling:waiting``)."""
    name, _colon, side = value.partition(":")
    waiting, done = _conditions(Procedure(name), _marks())
    return and_(counted(), waiting if side == WAITING else done)


def _conditions(procedure: Procedure, marks: _Marks) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    state = marks.state
    match procedure:
        case P.ASSIGNING:
            return state == S.ACCEPTED, or_(state == S.ASSIGNED, state.in_(_HANDLED))
        case P.HANDLING:
            return state == S.ASSIGNED, state.in_(_HANDLED)
        case P.CONTACTING:
            handed = or_(state == S.ASSIGNED, state.in_(_HANDLED))
            return and_(handed, ~marks.contacted), and_(handed, marks.contacted)
        case P.SUPERVISING:
            # What is late calls for it; what is watched has it, late or not.
            return and_(marks.late, ~marks.watched), marks.watched
        case P.SUMMARISING:
            return state.in_((S.REPLIED, S.RATED)), state.in_(ENDED)
        case P.ARCHIVING:
            return state == S.CONCLUDED, state == S.ARCHIVED


def procedure_choices() -> list[tuple[str, str]]:
    """(value, label) of the filter of the list."""
    sides = {WAITING: _("待办"), DONE: _("已办")}
    return [(f"{p.value}:{side}", f"{p.label} · {word}") for p in Procedure for side, word in sides.items()]


@dataclass(frozen=True)
class Stage:
    """A procedure with its two counts."""

    procedure: Procedure
    waiting: int
    done: int


@dataclass(frozen=True)
class Board:
    """How many suggestions it is about, and the six procedures."""

    total: int
    stages: Sequence[Stage]


def board(actor: Actor, area_code: str, year: int, occasion: Occasion | None) -> Board:
    """Counts of the six procedures for what was raised in a year in an area."""
    conditions: list[Any] = [
        visible_suggestions(actor, VIEW_SUGGESTION_FIGURES),
        counted(),
        within(Suggestion.area_code, [area_code]),
        Suggestion.raised_on.between(date(year, 1, 1), date(year, 12, 31)),
    ]
    if occasion is not None:
        conditions.append(Suggestion.occasion == occasion)
    # Every suggestion is looked at once; the procedures are told from the few sorts there are.
    marks = _marks()
    columns = [getattr(marks, field.name).label(field.name) for field in fields(_Marks)]
    each = select(*columns).where(*conditions).subquery()
    sorts = select(*each.c, func.count().label("n")).group_by(*each.c).subquery()
    found = _Marks(sorts.c.state, sorts.c.contacted, sorts.c.watched, sorts.c.late)
    sums = [
        func.coalesce(func.sum(sorts.c.n).filter(condition), 0)
        for procedure in Procedure
        for condition in _conditions(procedure, found)
    ]
    row = db.session.execute(select(func.coalesce(func.sum(sorts.c.n), 0), *sums)).one()
    return Board(row[0], [Stage(p, row[1 + 2 * n], row[2 + 2 * n]) for n, p in enumerate(Procedure)])
