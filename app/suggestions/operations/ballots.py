"""Ballots by account, and paper ballots as counted sheets (4-12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import hold
from app.kit.errors import Conflict, DomainError, NotFound
from app.kit.i18n import _l
from app.registry.operations import STALE
from app.registry.queries import MISSING
from app.suggestions.evaluation.counting import WHOLE, Tally
from app.suggestions.evaluation.scheme import PER_SUGGESTION, Scheme, Several
from app.suggestions.models import Ballot, CountedSheet, Evaluation
from app.suggestions.policy import EDIT_EVALUATIONS
from app.suggestions.queries.evaluations import get_visible_evaluation, scheme_of, sheets_of, subjects_of
from app.suggestions.queries.raters import Task, get_votable, group_ballots_of_others, own_ballots
from app.suggestions.states import EvaluationState, RaterGroup, Satisfaction

# More paper ballots than any assembly has members.
MOST = 100_000


@dataclass(frozen=True)
class Vote:
    """One word, or marks in hundredths of a point, on one item of one subject."""

    rater: RaterGroup
    unit_id: int
    suggestion_id: int
    item: str
    word: Satisfaction | None = None
    marks: int | None = None

    @property
    def subject(self) -> tuple[RaterGroup, int, int]:
        return self.rater, self.unit_id, self.suggestion_id


def takes_votes(evaluation: Evaluation) -> bool:
    """Open, and its last day not over."""
    in_time = evaluation.closes_on is None or clock.today() <= evaluation.closes_on
    return evaluation.state is EvaluationState.OPEN and in_time


def cast_ballots(actor: Actor, evaluation_id: int, votes: list[Vote]) -> int:
    """Keeps the actor's ballots; an earlier one on the same subject is replaced. How many were kept.

    NotFound for a subject they are not asked about. What is left blank stays as it was.
    """
    evaluation, tasks = get_votable(actor, evaluation_id)
    if not takes_votes(evaluation):
        raise DomainError(_l("测评已经截止，不能再投票。"))
    if not votes:
        raise DomainError(_l("还没有作出任何评价。"))
    asked = {task.key: task for task in tasks}
    if any(vote.subject not in asked for vote in votes):
        raise NotFound(MISSING)
    _check_groups(actor, evaluation, [asked[vote.subject] for vote in votes])
    scheme, kept = scheme_of(evaluation), own_ballots(actor, evaluation_id)
    for vote in votes:
        _check_vote(scheme, vote)
        ballot = kept.get((*vote.subject, vote.item))
        if ballot is None:
            ballot = Ballot(
                evaluation_id=evaluation.id,
                user_id=actor.user_id,
                rater=vote.rater,
                item=vote.item,
                unit_id=vote.unit_id,
                suggestion_id=vote.suggestion_id,
            )
            db.session.add(ballot)
        ballot.word, ballot.marks, ballot.at = vote.word, vote.marks, clock.now()
    db.session.flush()
    return len(votes)


def _check_vote(scheme: Scheme, vote: Vote) -> None:
    if vote.item not in scheme.item_keys:
        raise NotFound(MISSING)
    item = scheme.item(vote.item)
    if item is None:
        if vote.word is None or vote.marks is not None:
            raise DomainError(_l("请选择满意、基本满意或者不满意。"))
    elif vote.word is not None or vote.marks is None or not 0 <= vote.marks <= item.marks * 100:
        raise DomainError(_l("“%(item)s”的得分应在 0 到 %(most)s 之间。", item=item.label, most=item.marks))


def _check_groups(actor: Actor, evaluation: Evaluation, tasks: list[Task]) -> None:
    """A group has one word: a colleague who leads it too may have given it."""
    groups = {task.group_id for task in tasks if task.group_id is not None}
    if not groups:
        return
    for group_id in sorted(groups):
        hold(db.session(), f"ballots:{evaluation.id}:{group_id}")
    others = group_ballots_of_others(actor, evaluation.id, sorted(groups), evaluation.opened_on)
    for task in tasks:
        name = others.get((task.unit_id, task.suggestion_id))
        if task.group_id is not None and name is not None:
            raise DomainError(_l("《%(title)s》已由%(name)s代表小组作出评价。", title=task.title, name=name))


def count_sheets(
    actor: Actor,
    evaluation_id: int,
    rater: RaterGroup,
    rows: Mapping[tuple[int, int, str], Tally],
    *,
    version: int | None = None,
) -> int:
    """Paper ballots of one group of raters, counted by unit, suggestion and item; how many lines changed.

    A line of nothing but zeros is taken away. Counts are added to the ballots by account. ``version`` is
    :func:`stamp_of` the sheets the form was opened on: Conflict where a colleague has saved since.
    """
    evaluation = get_visible_evaluation(actor, evaluation_id, EDIT_EVALUATIONS)
    if evaluation.state is not EvaluationState.OPEN:
        raise DomainError(_l("测评已经截止，不能再登记统计表。"))
    scheme = scheme_of(evaluation)
    if rater not in scheme.asks:
        raise NotFound(MISSING)
    allowed = sheet_keys(evaluation, scheme, rater)
    kept = sheets_of(evaluation_id, rater)
    if version is not None and version != stamp_of(kept.values()):
        raise Conflict(STALE)
    changed = 0
    for key, tally in rows.items():
        if key not in allowed:
            raise NotFound(MISSING)
        _check_tally(scheme, key[2], tally)
        changed += _keep(evaluation, rater, key, kept.get(key), tally)
    db.session.flush()
    return changed


def stamp_of(sheets: Iterable[CountedSheet]) -> int:
    """A number that any change of these sheets changes: their form shows many rows at once."""
    return sum(sheet.id * 1000 + sheet.version for sheet in sheets)


def sheet_keys(evaluation: Evaluation, scheme: Scheme, rater: RaterGroup) -> list[tuple[int, int, str]]:
    """The lines a group's sheet has: unit, suggestion (or the unit as a whole), item.

    Where ballots are pooled anyhow, the paper ones are counted by unit.
    """
    by_case = rater in PER_SUGGESTION and scheme.several is Several.MEAN
    found = []
    for subject in subjects_of(evaluation):
        of_group = rater is RaterGroup.DEPUTY_GROUP
        cases = [one.suggestion_id for one in subject.judged if one.cosupervised or not of_group]
        numbers = cases if by_case else [WHOLE] if cases else []
        found += [(subject.unit_id, number, key) for number in numbers for key in scheme.item_keys]
    return found


def _check_tally(scheme: Scheme, key: str, tally: Tally) -> None:
    item = scheme.item(key)
    numbers = (tally.satisfied, tally.basically, tally.dissatisfied, tally.marked)
    if any(not 0 <= number <= MOST for number in numbers):
        raise DomainError(_l("票数应在 0 到 %(most)s 之间。", most=MOST))
    if item is None and (tally.marked or tally.marks):
        raise DomainError(_l("这次测评按满意、基本满意、不满意计票，不能登记打分。"))
    if item is not None and any(numbers[:3]):
        raise DomainError(_l("“%(item)s”按分数计票，不能登记满意度票数。", item=item.label))
    if item is not None and not 0 <= tally.marks <= tally.marked * item.marks * 100:
        raise DomainError(_l("“%(item)s”的总分不能超过份数乘以 %(most)s。", item=item.label, most=item.marks))


def _keep(
    evaluation: Evaluation,
    rater: RaterGroup,
    key: tuple[int, int, str],
    sheet: CountedSheet | None,
    tally: Tally,
) -> bool:
    before = _tally_of(sheet) if sheet is not None else Tally()
    if tally == before:
        return False
    if not tally.votes and sheet is not None:
        db.session.delete(sheet)
        return True
    if sheet is None:
        unit_id, suggestion_id, item = key
        sheet = CountedSheet(
            evaluation=evaluation, rater=rater, unit_id=unit_id, suggestion_id=suggestion_id, item=item
        )
        db.session.add(sheet)
    sheet.satisfied, sheet.basically, sheet.dissatisfied = (
        tally.satisfied,
        tally.basically,
        tally.dissatisfied,
    )
    sheet.marked, sheet.marks = tally.marked, tally.marks
    return True


def _tally_of(sheet: CountedSheet) -> Tally:
    return Tally(sheet.satisfied, sheet.basically, sheet.dissatisfied, sheet.marked, sheet.marks)
