"""Reading bodies, hearings, committees' workload, and the board of a year's supervision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.queries import MISSING
from app.suggestions.models import Hearing, Suggestion, SupervisingBody, Supervision, SupervisionVisit
from app.suggestions.policy import VIEW_SUGGESTION_FIGURES, VIEW_SUGGESTIONS
from app.suggestions.queries import counted, problem_solved, reply_late, visible_suggestions
from app.suggestions.queries.supervisors import (
    count_priority,
    list_committees,
    list_supervisors,
    reference,
)
from app.suggestions.states import ENDED, SupervisorKind
from app.suggestions.suggestion_rules import suggestion_rules
from app.suggestions.supervision_rules import share_of, vote_share


def visible_bodies(actor: Actor, action: Action = VIEW_SUGGESTION_FIGURES) -> ColumnElement[bool]:
    """Government leaders and committees of the actor's areas."""
    return within(SupervisingBody.area_code, actor.areas(action))


def get_visible_body(actor: Actor, body_id: int, action: Action = VIEW_SUGGESTION_FIGURES) -> SupervisingBody:
    """One of them; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(SupervisingBody).where(SupervisingBody.id == body_id, visible_bodies(actor, action))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def visible_hearings(actor: Actor, action: Action = VIEW_SUGGESTION_FIGURES) -> ColumnElement[bool]:
    """Hearings of the actor's areas."""
    return within(Hearing.area_code, actor.areas(action))


def get_visible_hearing(actor: Actor, hearing_id: int, action: Action = VIEW_SUGGESTION_FIGURES) -> Hearing:
    """One of them; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(Hearing).where(Hearing.id == hearing_id, visible_hearings(actor, action))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


# --- five parties on site ----------------------------------------------------------------------------------


def five_parties() -> ColumnElement[bool]:
    """SQL: all five parties were on site (0-10), as :attr:`SupervisionVisit.five_present`."""
    visit = SupervisionVisit
    parties = (visit.leader, visit.proposers, visit.units, visit.congress, visit.media)
    return and_(*(party != "" for party in parties))


# --- the board ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KindFigures:
    """One kind of supervisors in a year: how many there are, how many have none, what they supervise."""

    kind: SupervisorKind
    supervisors: int = 0
    without: int = 0
    items: int = 0


@dataclass(frozen=True)
class Board:
    """A year's supervision in an area."""

    priority: int
    priority_wanted: int
    kinds: dict[SupervisorKind, KindFigures]
    visits: int
    five: int
    reported: int
    voted: int
    satisfied: float | None
    hearings: int
    years: list[int] = field(default_factory=list)

    @property
    def five_share(self) -> float | None:
        """Visits with all five parties among all (0-10)."""
        return share_of(self.five, self.visits)


def board_of(area_code: str, year: int) -> Board:
    """Who has what to supervise, who has none, visits, votes and hearings of an area in a year."""
    here = (within(Supervision.area_code, [area_code]), Supervision.year == year)
    visits = select(func.count(SupervisionVisit.id), func.count(SupervisionVisit.id).filter(five_parties()))
    total, five = db.session.execute(visits.join(SupervisionVisit.supervision).where(*here)).one()
    votes = db.session.execute(
        select(
            func.count(Supervision.id).filter(Supervision.reported_on.is_not(None)),
            func.count(Supervision.id).filter(Supervision.votes_satisfied.is_not(None)),
            func.sum(Supervision.votes_satisfied),
            func.sum(Supervision.votes_basically),
            func.sum(Supervision.votes_dissatisfied),
        ).where(*here)
    ).one()
    heard = select(func.count(Hearing.id)).where(within(Hearing.area_code, [area_code]), Hearing.year == year)
    rules = suggestion_rules(area_code, reference(year))
    return Board(
        priority=count_priority(area_code, year),
        priority_wanted=rules.priority_count,
        kinds={kind: _of_kind(kind, area_code, year) for kind in SupervisorKind},
        visits=total,
        five=five,
        reported=votes[0],
        voted=votes[1],
        satisfied=vote_share(votes[2], votes[3], votes[4]),
        hearings=db.session.scalar(heard) or 0,
    )


def _of_kind(kind: SupervisorKind, area_code: str, year: int) -> KindFigures:
    expected = list_supervisors([area_code], reference(year), (kind,))
    rows = db.session.execute(
        select(Supervision.person_id, Supervision.body_id, Supervision.group_id).where(
            Supervision.kind == kind, Supervision.year == year, within(Supervision.area_code, [area_code])
        )
    ).all()
    held = {next(one for one in row if one is not None) for row in rows}
    without = sum(one.id not in held for one in expected)
    return KindFigures(kind, len(expected), without, len(rows))


# --- committees --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Workload:
    """The suggestions in a committee's field in a year (4-26)."""

    name: str
    fields: str = ""
    body_id: int | None = None
    total: int = 0
    open: int = 0
    late: int = 0
    concluded: int = 0
    solved: int = 0


def workload_of(actor: Actor, area_code: str, year: int) -> list[Workload]:
    """Committee by committee, and at the end those whose suggestions have none (an empty name)."""
    late = reply_late(clock.today())
    ended = Suggestion.state.in_(ENDED)
    number = func.count(Suggestion.id)
    rows = db.session.execute(
        select(
            Suggestion.committee,
            number,
            number.filter(~ended),
            number.filter(late),
            number.filter(ended),
            number.filter(problem_solved()),
        )
        .where(
            visible_suggestions(actor, VIEW_SUGGESTIONS),
            counted(),
            within(Suggestion.area_code, [area_code]),
            Suggestion.raised_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .group_by(Suggestion.committee)
    )
    counts: dict[str, Any] = {row[0]: tuple(row[1:]) for row in rows}
    known = list_committees([area_code], reference(year))
    found = [
        Workload(body.name, body.fields, body.id, *counts.pop(body.name, (0, 0, 0, 0, 0))) for body in known
    ]
    found += [Workload(name, "", None, *numbers) for name, numbers in sorted(counts.items()) if name]
    if "" in counts:
        found.append(Workload("", "", None, *counts[""]))
    return found


def count_of_body(body: SupervisingBody) -> dict[int, int]:
    """How many items or classes a body supervised, year by year, the latest first."""
    wanted = (
        select(Supervision.year, func.count(Supervision.id))
        .where(Supervision.body_id == body.id)
        .group_by(Supervision.year)
    )
    rows = db.session.execute(wanted.order_by(Supervision.year.desc())).all()
    return {row[0]: row[1] for row in rows}
