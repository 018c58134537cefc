"""The loop in figures: four stages (1-11), three routes (3-34), channels (2-25) and solved rate, by what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, union

from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.database import within
from app.registry.models import Area, Mandate, Person
from app.stations.models import Opinion, Reception, ReceptionDeputy, Station
from app.stations.policy import VIEW_OPINION_FIGURES
from app.stations.queries.opinions import reached
from app.stations.rules import OPEN
from app.stations.states import (
    DutyStanding,
    LoopStage,
    OpinionChannel,
    OpinionOutcome,
    OpinionRoute,
    OpinionState,
)

TOWNSHIP_DIGITS = 9
MOST_ROWS = 400


@dataclass(frozen=True)
class Period:
    """From a day to a day, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class LoopFigures:
    """Counts of some opinions. ``stages``: how many came to each stage or further; ``routes``: with None for
    those nobody has decided about."""

    stages: dict[LoopStage, int]
    routes: dict[OpinionRoute | None, int]
    open: int
    merged: int

    @property
    def collected(self) -> int:
        """All of them."""
        return self.stages[LoopStage.CONTACTED]

    @property
    def solved(self) -> int:
        return self.stages[LoopStage.SOLVED]

    @property
    def rate(self) -> float | None:
        """Share solved (3-14); None where there is nothing to share."""
        return self.solved / self.collected if self.collected else None


@dataclass(frozen=True)
class LoopRow:
    """A township, station, topic, deputy or channel with its figures; ``filters`` open its list."""

    label: str
    figures: LoopFigures
    filters: dict[str, str] = field(default_factory=dict)


def _counts() -> list[Any]:
    amount = func.count(Opinion.id)
    return [
        *(amount.filter(reached(stage)) for stage in LoopStage),
        *(amount.filter(Opinion.route == route) for route in OpinionRoute),
        amount.filter(Opinion.route.is_(None)),
        amount.filter(Opinion.state.in_(OPEN)),
        amount.filter(Opinion.state == OpinionState.MERGED),
    ]


def _figures(row: Sequence[Any]) -> LoopFigures:
    stages, routes = list(LoopStage), [*OpinionRoute, None]
    return LoopFigures(
        stages=dict(zip(stages, row, strict=False)),
        routes=dict(zip(routes, row[len(stages) :], strict=False)),
        open=row[-2],
        merged=row[-1],
    )


def _scope(actor: Actor, area_code: str, period: Period) -> ColumnElement[bool]:
    return and_(
        within(Opinion.area_code, [area_code]),
        within(Opinion.area_code, actor.areas(VIEW_OPINION_FIGURES)),
        Opinion.received_on.between(period.first, period.last),
    )


def loop_figures(actor: Actor, area_code: str, period: Period) -> LoopFigures:
    """The figures of an area and time as a whole."""
    return _figures(db.session.execute(select(*_counts()).where(_scope(actor, area_code, period))).one())


def ends_of(actor: Actor, area_code: str, period: Period) -> dict[OpinionOutcome, int]:
    """How the ended ones ended."""
    counted = select(Opinion.ended_as, func.count()).where(
        _scope(actor, area_code, period), Opinion.ended_as.is_not(None)
    )
    found = {row[0]: row[1] for row in db.session.execute(counted.group_by(Opinion.ended_as))}
    return {outcome: found.get(outcome, 0) for outcome in OpinionOutcome}


def loop_rows(actor: Actor, area_code: str, period: Period, by: str) -> list[LoopRow]:
    """The figures split ``by`` township, station, topic, deputy or channel; the largest first."""
    rows = _SPLITS[by](_scope(actor, area_code, period))
    found = [row for row in rows if row.figures.collected]
    return sorted(found, key=lambda row: (-row.figures.collected, row.label))[:MOST_ROWS]


def _by_township(scope: ColumnElement[bool]) -> list[LoopRow]:
    place: ColumnElement[str] = func.substr(Opinion.area_code, 1, TOWNSHIP_DIGITS)
    counted = db.session.execute(select(place, *_counts()).where(scope).group_by(place)).all()
    known = select(Area.code, Area.name).where(Area.code.in_([row[0] for row in counted]))
    names: dict[str, str] = {row[0]: row[1] for row in db.session.execute(known)}
    return [LoopRow(names.get(row[0]) or row[0], _figures(row[1:]), _at(row[0])) for row in counted]


def _at(code: str) -> dict[str, str]:
    return {"area": code} if len(code) >= TOWNSHIP_DIGITS else {"area": code, "at": code}


def _by_station(scope: ColumnElement[bool]) -> list[LoopRow]:
    counted = (
        select(Station.name, *_counts())
        .select_from(Opinion)
        .join(Station, Station.id == Opinion.station_id)
        .where(scope)
        .group_by(Station.id, Station.name)
    )
    return [LoopRow(row[0], _figures(row[1:]), {"station": row[0]}) for row in db.session.execute(counted)]


def _by_topic(scope: ColumnElement[bool]) -> list[LoopRow]:
    counted = select(Opinion.topic, *_counts()).where(scope).group_by(Opinion.topic)
    return [
        LoopRow(row[0], _figures(row[1:]), {"topic": row[0] or "-"}) for row in db.session.execute(counted)
    ]


def _by_channel(scope: ColumnElement[bool]) -> list[LoopRow]:
    counted = select(Opinion.channel, *_counts()).where(scope).group_by(Opinion.channel)
    return [
        LoopRow(OpinionChannel(row[0]).label, _figures(row[1:]), {"channel": OpinionChannel(row[0]).value})
        for row in db.session.execute(counted)
    ]


def _by_deputy(scope: ColumnElement[bool]) -> list[LoopRow]:
    """An opinion counts for each deputy who took it down or was present at its reception (3-16)."""
    took = _took_down(scope).subquery()
    counted = (
        select(Person.name, Mandate.card_no, *_counts())
        .select_from(took)
        .join(Opinion, Opinion.id == took.c.opinion_id)
        .join(Mandate, Mandate.id == took.c.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .group_by(Mandate.id, Person.name, Mandate.card_no)
    )
    return [
        LoopRow(row[0], _figures(row[2:]), {"deputy": row[1] or row[0]})
        for row in db.session.execute(counted)
    ]


def _took_down(scope: ColumnElement[bool]) -> Any:
    themselves: Any = select(Opinion.id.label("opinion_id"), Opinion.mandate_id.label("mandate_id")).where(
        scope, Opinion.mandate_id.is_not(None)
    )
    present: Any = (
        select(Opinion.id, ReceptionDeputy.mandate_id)
        .join(Reception, Reception.id == Opinion.reception_id)
        .join(ReceptionDeputy, ReceptionDeputy.reception_id == Reception.id)
        .where(scope, ReceptionDeputy.standing == DutyStanding.PRESENT)
    )
    return union(themselves, present)


_SPLITS = {
    "township": _by_township,
    "station": _by_station,
    "topic": _by_topic,
    "deputy": _by_deputy,
    "channel": _by_channel,
}


def ended_between(actor: Actor, area_code: str, period: Period, limit: int = 100) -> list[Opinion]:
    """Opinions of an area that ended in this time, those with an outcome in words first."""
    wanted = (
        select(Opinion)
        .where(
            within(Opinion.area_code, [area_code]),
            within(Opinion.area_code, actor.areas(VIEW_OPINION_FIGURES)),
            Opinion.closed_on.between(period.first, period.last),
            or_(Opinion.state == OpinionState.CLOSED, Opinion.state == OpinionState.TOLD),
        )
        .order_by(Opinion.closed_on, Opinion.id)
    )
    return list(db.session.scalars(wanted.limit(limit)))
