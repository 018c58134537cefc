"""Reading evaluations: who is judged, what was voted, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import Conflict, NotFound
from app.kit.i18n import _l
from app.registry.models import HandlingUnit
from app.registry.queries import MISSING
from app.suggestions.evaluation.counting import Tally, UnitScore, qualified, ranks, score_unit
from app.suggestions.evaluation.indicators import Handled, UnitGrade, grade_unit
from app.suggestions.evaluation.scheme import Grade, Scheme, read_scheme
from app.suggestions.evaluation.subjects import Led, Subject, read
from app.suggestions.models import Ballot, CountedSheet, Evaluation, Suggestion, SuggestionUnit, Supervision
from app.suggestions.policy import EDIT_EVALUATIONS, VIEW_EVALUATIONS
from app.suggestions.queries import counted
from app.suggestions.states import (
    GONE,
    EvaluationState,
    RaterGroup,
    Satisfaction,
    SupervisorKind,
    UnitPart,
)

UnitVotes = dict[tuple[RaterGroup, str, int], Tally]


def shows_results(actor: Actor, evaluation: Evaluation) -> bool:
    """Figures are read once nobody votes any more: by whoever runs it, and after publication by everybody.

    While votes come in one by one, a tally read before and after would tell who said what.
    """
    if evaluation.state is EvaluationState.PUBLISHED:
        return True
    return evaluation.state is EvaluationState.CLOSED and actor.may_in(EDIT_EVALUATIONS, evaluation.area_code)


def get_judged_evaluation(actor: Actor, evaluation_id: int) -> Evaluation:
    """An evaluation whose figures the actor may read; Conflict before that."""
    found = get_visible_evaluation(actor, evaluation_id)
    if not shows_results(actor, found):
        raise Conflict(_l("测评截止并公布以后才能看得分。"))
    return found


def visible_evaluations(actor: Actor, action: Action = VIEW_EVALUATIONS) -> ColumnElement[bool]:
    """Evaluations of the actor's areas."""
    return within(Evaluation.area_code, actor.areas(action))


def get_visible_evaluation(actor: Actor, evaluation_id: int, action: Action = VIEW_EVALUATIONS) -> Evaluation:
    """The evaluation; NotFound outside the actor's areas."""
    found = db.session.scalar(
        select(Evaluation).where(Evaluation.id == evaluation_id, visible_evaluations(actor, action))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def scheme_of(evaluation: Evaluation) -> Scheme:
    """The scheme as it stood when the evaluation was opened."""
    return read_scheme(evaluation.scheme)


def has_votes(evaluation_id: int) -> bool:
    """Whether anybody has voted, or a sheet was counted."""
    found = or_(
        exists().where(Ballot.evaluation_id == evaluation_id),
        exists().where(CountedSheet.evaluation_id == evaluation_id),
    )
    return bool(db.session.scalar(select(found)))


# --- who is judged ---------------------------------------------------------------------------------------


def cosupervised() -> ColumnElement[bool]:
    """SQL: a deputy group supervises the suggestion, or its class (4-27): its proposer's weight is shared (4-13)."""
    of_it = or_(
        Supervision.suggestion_id == Suggestion.id,
        and_(Suggestion.class_id.is_not(None), Supervision.class_id == Suggestion.class_id),
    )
    return exists().where(Supervision.kind == SupervisorKind.GROUP, of_it).correlate(Suggestion)


def select_led(evaluation: Evaluation, *columns: Any) -> Select[Any]:
    """SQL: the year's suggestions in the hands of lead units of this area's government."""
    year = evaluation.year
    return (
        select(*columns)
        .select_from(SuggestionUnit)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .join(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .where(
            within(Suggestion.area_code, [evaluation.area_code]),
            HandlingUnit.area_code == evaluation.area_code,
            Suggestion.raised_on.between(date(year, 1, 1), date(year, 12, 31)),
            Suggestion.assigned_on.is_not(None),
            counted(),
            SuggestionUnit.part == UnitPart.LEAD,
            SuggestionUnit.state.not_in(GONE),
        )
    )


def subjects_of(evaluation: Evaluation) -> list[Subject]:
    """Units with what they led: as it is now while the evaluation is open, else as it stood at the close."""
    if evaluation.subjects is not None:
        return read(evaluation.subjects)
    return _live_subjects(evaluation)


def _live_subjects(evaluation: Evaluation) -> list[Subject]:
    columns = (
        SuggestionUnit.unit_id,
        HandlingUnit.name,
        Suggestion.id,
        Suggestion.number,
        Suggestion.title,
        cosupervised().label("cosupervised"),
        SuggestionUnit.sent_on,
        SuggestionUnit.signed_on,
        Suggestion.assigned_on,
        Suggestion.due_on,
        Suggestion.replied_on,
        Suggestion.satisfaction,
    )
    order = (HandlingUnit.name, HandlingUnit.id, Suggestion.id)
    units: dict[int, tuple[str, list[Led]]] = {}
    for row in db.session.execute(select_led(evaluation, *columns).order_by(*order)):
        handled = Handled(
            row.id, row.sent_on, row.signed_on, row.assigned_on, row.due_on, row.replied_on, row.satisfaction
        )
        led = units.setdefault(row.unit_id, (row.name, []))[1]
        led.append(Led(handled, row.number or "", row.title, bool(row.cosupervised)))
    return [Subject(unit_id, name, tuple(led)) for unit_id, (name, led) in units.items()]


# --- what was voted --------------------------------------------------------------------------------------


def votes_of(evaluation_id: int) -> dict[int, UnitVotes]:
    """Every ballot and counted sheet, by unit."""
    found: dict[int, UnitVotes] = {}
    for row in [*_ballots(evaluation_id), *_sheets(evaluation_id)]:
        unit = found.setdefault(row[0], {})
        key = (row[1], row[2], row[3])
        unit[key] = unit.get(key, Tally()) + Tally(*(number or 0 for number in row[4:]))
    return found


def _ballots(evaluation_id: int) -> list[Any]:
    words = [func.count().filter(Ballot.word == word) for word in Satisfaction]
    keys = (Ballot.unit_id, Ballot.rater, Ballot.item, Ballot.suggestion_id)
    counts = select(*keys, *words, func.count(Ballot.marks), func.sum(Ballot.marks))
    return list(db.session.execute(counts.where(Ballot.evaluation_id == evaluation_id).group_by(*keys)))


def _sheets(evaluation_id: int) -> list[Any]:
    sheet = CountedSheet
    wanted = select(
        sheet.unit_id,
        sheet.rater,
        sheet.item,
        sheet.suggestion_id,
        sheet.satisfied,
        sheet.basically,
        sheet.dissatisfied,
        sheet.marked,
        sheet.marks,
    )
    return list(db.session.execute(wanted.where(sheet.evaluation_id == evaluation_id)))


def sheets_of(evaluation_id: int, rater: RaterGroup) -> dict[tuple[int, int, str], CountedSheet]:
    """The counted sheets of a group of raters, by unit, suggestion and item."""
    wanted = select(CountedSheet).where(
        CountedSheet.evaluation_id == evaluation_id, CountedSheet.rater == rater
    )
    return {(row.unit_id, row.suggestion_id, row.item): row for row in db.session.scalars(wanted)}


# --- what came of it -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitResult:
    """A unit's place: by score, or by grade where the scheme has indicators."""

    subject: Subject
    scored: UnitScore | None
    graded: UnitGrade | None
    rank: int | None
    qualified: bool | None

    @property
    def score(self) -> Decimal | None:
        return self.scored.score if self.scored is not None else None

    @property
    def grade(self) -> Grade | None:
        return self.graded.grade if self.graded is not None else None


@dataclass(frozen=True)
class Results:
    """All units, best first; those without any ballot at the end, without a place.

    Where people vote, units that answered nothing stand apart: nobody can judge them, and nobody may miss them.
    """

    scheme: Scheme
    units: tuple[UnitResult, ...]
    unanswered: tuple[Subject, ...] = ()

    @property
    def unqualified(self) -> list[UnitResult]:
        return [one for one in self.units if one.qualified is False]

    @property
    def missing(self) -> list[tuple[RaterGroup, int]]:
        """Groups of raters whose word is missing, with how many units: never silently (4-13)."""
        lists = [one.scored.missing for one in self.units if one.scored is not None]
        counts = [(group, sum(group in missing for missing in lists)) for group in RaterGroup]
        return [(group, count) for group, count in counts if count]

    def of(self, unit_id: int) -> UnitResult | None:
        """One unit's."""
        return next((one for one in self.units if one.subject.unit_id == unit_id), None)


def results_of(evaluation: Evaluation) -> Results:
    """Every unit's score with its computation, ranked (4-15), the line drawn (4-17)."""
    scheme, subjects = scheme_of(evaluation), subjects_of(evaluation)
    if scheme.indicators:
        return Results(scheme, _by_grade(scheme, subjects, _day_of(evaluation)))
    judged = [subject for subject in subjects if subject.judged]
    silent = tuple(subject for subject in subjects if not subject.judged)
    return Results(scheme, _by_score(scheme, judged, votes_of(evaluation.id)), silent)


def _day_of(evaluation: Evaluation) -> date:
    today = clock.today()
    if evaluation.state is EvaluationState.OPEN or evaluation.closes_on is None:
        return today
    return min(today, evaluation.closes_on)


def _by_score(
    scheme: Scheme, subjects: list[Subject], votes: Mapping[int, UnitVotes]
) -> tuple[UnitResult, ...]:
    scored = {one.unit_id: score_unit(scheme, one.cases, votes.get(one.unit_id, {})) for one in subjects}
    places = ranks({unit: one.score for unit, one in scored.items() if one.score is not None})
    found = []
    for subject in subjects:
        score = scored[subject.unit_id]
        passed = qualified(scheme, score.score) if score.score is not None else None
        found.append(UnitResult(subject, score, None, places.get(subject.unit_id), passed))
    return tuple(sorted(found, key=_place))


def _by_grade(scheme: Scheme, subjects: list[Subject], on: date) -> tuple[UnitResult, ...]:
    graded = {one.unit_id: grade_unit(scheme, one.handled, on) for one in subjects}
    worth = {grade: Decimal(-place) for place, grade in enumerate(Grade)}
    places = ranks({unit: worth[one.grade] for unit, one in graded.items() if one.grade is not None})
    found = []
    for subject in subjects:
        grade = graded[subject.unit_id]
        passed = grade.grade is not Grade.FAILED if grade.grade is not None else None
        found.append(UnitResult(subject, None, grade, places.get(subject.unit_id), passed))
    return tuple(sorted(found, key=_place))


def _place(one: UnitResult) -> tuple[bool, int, str]:
    return one.rank is None, one.rank or 0, one.subject.name
