"""Figures of suggestions by whatever they are split by; the same conditions open the list behind each number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.database import row_ids, within
from app.registry.models import Area, HandlingUnit, Mandate, Person
from app.suggestions.figure_rules import (
    FigureRow,
    Figures,
    ReplyTime,
    ReplyTimes,
    bounds_of,
    reply_times,
)
from app.suggestions.models import Suggestion, SuggestionClass, SuggestionUnit
from app.suggestions.policy import VIEW_SUGGESTION_FIGURES
from app.suggestions.queries import counted, problem_solved, reply_late
from app.suggestions.queries.feedback import unreturned
from app.suggestions.states import GONE, ReplyClass, Satisfaction, SuggestionSource, UnitPart

TOWNSHIP_DIGITS = 9
NONE = "-"


class days_between(FunctionElement[int]):
    """SQL: days from one day to another; databases say it in different words."""

    type = Integer()
    inherit_cache = True
    name = "days_between"


@compiles(days_between)
def _minus(element: Any, compiler: Any, **kw: Any) -> str:
    first, last = (compiler.process(part, **kw) for part in element.clauses)
    return f"({last} - {first})"


@compiles(days_between, "sqlite")
def _minus_julian(element: Any, compiler: Any, **kw: Any) -> str:
    first, last = (compiler.process(part, **kw) for part in element.clauses)
    return f"CAST(julianday({last}) - julianday({first}) AS INTEGER)"


def _waiting_days() -> Any:
    return days_between(func.coalesce(Suggestion.assigned_on, Suggestion.raised_on), Suggestion.replied_on)


def conditions(as_of: date) -> dict[str, ColumnElement[bool]]:
    """SQL of every figure, by its name. Late and solved as ``report suggestions`` has them."""
    replied = Suggestion.replied_on.is_not(None)
    return {
        "total": Suggestion.id.is_not(None),
        "replied": replied,
        "late": reply_late(as_of),
        "solved": problem_solved(),
        "satisfied": Suggestion.satisfaction == Satisfaction.SATISFIED,
        "basically": Suggestion.satisfaction == Satisfaction.BASICALLY,
        "dissatisfied": Suggestion.satisfaction == Satisfaction.DISSATISFIED,
        "unreturned": unreturned(),
    }


def took(times: Sequence[ReplyTime]) -> ColumnElement[bool]:
    """SQL: answered within one of these spans."""
    parts = []
    for time in times:
        first, last = bounds_of(time)
        days = _waiting_days()
        parts.append(
            and_(
                Suggestion.replied_on.is_not(None),
                days >= first if first is not None else Suggestion.id.is_not(None),
                days <= last if last is not None else Suggestion.id.is_not(None),
            )
        )
    return or_(*parts)


# --- what figures are split by --------------------------------------------------------------------------


@dataclass(frozen=True)
class Split:
    """``group`` gives key and label columns and joins what they need; ``condition`` takes keys as they were sent."""

    group: Callable[[Select[Any]], tuple[Select[Any], Any, Any]]
    condition: Callable[[list[str]], ColumnElement[bool]]


def _led_by() -> ColumnElement[bool]:
    return and_(SuggestionUnit.part == UnitPart.LEAD, SuggestionUnit.state.not_in(GONE))


def _by_unit(wanted: Select[Any]) -> tuple[Select[Any], Any, Any]:
    joined = wanted.join(SuggestionUnit, and_(SuggestionUnit.suggestion_id == Suggestion.id, _led_by()))
    return (
        joined.join(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id),
        HandlingUnit.id,
        HandlingUnit.name,
    )


def _of_units(values: list[str]) -> ColumnElement[bool]:
    led = select(SuggestionUnit.suggestion_id).where(SuggestionUnit.unit_id.in_(row_ids(values)), _led_by())
    return Suggestion.id.in_(led)


def _by_class(wanted: Select[Any]) -> tuple[Select[Any], Any, Any]:
    joined = wanted.outerjoin(SuggestionClass, SuggestionClass.id == Suggestion.class_id)
    return joined, SuggestionClass.id, SuggestionClass.title


def _or_none(column: Any, values: list[str], known: Sequence[Any]) -> ColumnElement[bool]:
    inside = column.in_(known)
    return or_(inside, column.is_(None)) if NONE in values else inside


def _by_township(wanted: Select[Any]) -> tuple[Select[Any], Any, Any]:
    place = func.substr(Suggestion.area_code, 1, TOWNSHIP_DIGITS)
    return wanted.outerjoin(Area, Area.code == place), place, Area.name


def _by_proposer(wanted: Select[Any]) -> tuple[Select[Any], Any, Any]:
    joined = wanted.join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
    return joined.join(Person, Person.id == Mandate.person_id), Mandate.id, Person.name


def _plain(column: Any) -> Callable[[Select[Any]], tuple[Select[Any], Any, Any]]:
    return lambda wanted: (wanted, column, column)


def _members(enum: Any, values: list[str]) -> list[Any]:
    known = {member.value for member in enum}
    return [enum(value) for value in values if value in known]


SPLITS: dict[str, Split] = {
    "unit": Split(_by_unit, _of_units),
    "class": Split(_by_class, lambda values: _or_none(Suggestion.class_id, values, row_ids(values))),
    "category": Split(
        _plain(Suggestion.category),
        lambda values: Suggestion.category.in_(["" if value == NONE else value for value in values]),
    ),
    "township": Split(
        _by_township, lambda values: func.substr(Suggestion.area_code, 1, TOWNSHIP_DIGITS).in_(values)
    ),
    "proposer": Split(_by_proposer, lambda values: Suggestion.lead_mandate_id.in_(row_ids(values))),
    "source": Split(
        _plain(Suggestion.source),
        lambda values: Suggestion.source.in_(_members(SuggestionSource, values)),
    ),
    "reply_class": Split(
        _plain(Suggestion.reply_class),
        lambda values: _or_none(Suggestion.reply_class, values, _members(ReplyClass, values)),
    ),
}


# --- counting -------------------------------------------------------------------------------------------


def _scope(actor: Actor, area_code: str, year: int) -> ColumnElement[bool]:
    return and_(
        counted(),
        within(Suggestion.area_code, [area_code]),
        within(Suggestion.area_code, actor.areas(VIEW_SUGGESTION_FIGURES)),
        Suggestion.raised_on.between(date(year, 1, 1), date(year, 12, 31)),
    )


def _sums(as_of: date) -> list[Any]:
    known = conditions(as_of)
    return [func.count(Suggestion.id).filter(known[field.name]) for field in fields(Figures)]


def figures_of(actor: Actor, area_code: str, year: int, as_of: date) -> Figures:
    """The figures of the suggestions of a year in an area as a whole."""
    wanted = select(*_sums(as_of)).where(_scope(actor, area_code, year))
    return Figures(*db.session.execute(wanted).one())


def figure_rows(actor: Actor, area_code: str, year: int, as_of: date, by: str) -> list[FigureRow]:
    """The figures split by one of :data:`SPLITS`. One led by several units counts for each of them."""
    base = select(*_sums(as_of)).select_from(Suggestion).where(_scope(actor, area_code, year))
    wanted, key, label = SPLITS[by].group(base)
    grouped = wanted.add_columns(key, label).group_by(key, label)
    return [
        FigureRow(_label(row[-1] or row[-2]), _value(row[-2]), Figures(*row[:-2]))
        for row in db.session.execute(grouped)
    ]


def _label(found: Any) -> str:
    return str(getattr(found, "label", found) or "")


def _value(key: Any) -> str:
    return str(getattr(key, "value", key) or NONE)


def times_of(actor: Actor, area_code: str, year: int) -> ReplyTimes:
    """How long the first replies took, from the day of assignment."""
    days = _waiting_days()
    wanted = (
        select(days, func.count())
        .where(_scope(actor, area_code, year), Suggestion.replied_on.is_not(None))
        .group_by(days)
    )
    return reply_times({row[0]: row[1] for row in db.session.execute(wanted)})


def names_of(by: str, values: list[str]) -> list[tuple[str, str]]:
    """(value, word) of chosen units, classes, townships and proposers, for the chips of the list."""
    plain: dict[str, Any] = {
        "unit": select(HandlingUnit.id, HandlingUnit.name).where(HandlingUnit.id.in_(row_ids(values))),
        "class": select(SuggestionClass.id, SuggestionClass.title).where(
            SuggestionClass.id.in_(row_ids(values))
        ),
        "township": select(Area.code, Area.name).where(Area.code.in_(values[:100])),
        "proposer": select(Mandate.id, Person.name)
        .join(Person, Person.id == Mandate.person_id)
        .where(Mandate.id.in_(row_ids(values))),
    }
    return [(str(row[0]), row[1]) for row in db.session.execute(plain[by])] if by in plain else []
