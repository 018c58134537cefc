"""Who judges in an evaluation (4-12): proposers, leaders of groups, members and chairs by their posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select

from app.accounts.models import User
from app.extensions import db
from app.groups.models import DeputyGroup, GroupPost
from app.groups.queries.groups import running
from app.groups.queries.leading import select_led_groups
from app.groups.states import LEADING_ROLES
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import NotFound
from app.registry.models import HandlingUnit, Mandate, Person, Post
from app.registry.queries import MISSING
from app.registry.states import PostKind
from app.suggestions.evaluation.counting import WHOLE
from app.suggestions.models import Ballot, Evaluation, Suggestion, SuggestionUnit, Supervision
from app.suggestions.policy import CAST_BALLOT
from app.suggestions.queries.evaluations import scheme_of, select_led, subjects_of
from app.suggestions.states import EvaluationState, RaterGroup, SupervisorKind

# By which posts somebody judges the units as a whole. Chairpersons are members of the standing committee too.
POSTS = {
    RaterGroup.MEMBERS: (PostKind.STANDING_COMMITTEE_MEMBER, PostKind.CHAIRPERSONS_MEETING_MEMBER),
    RaterGroup.COMMITTEE: (PostKind.SPECIAL_COMMITTEE_CHAIR,),
}


@dataclass(frozen=True)
class Task:
    """Something one person is asked to judge: a unit, or its handling of one suggestion."""

    rater: RaterGroup
    unit_id: int
    unit: str
    suggestion_id: int = WHOLE
    number: str = ""
    title: str = ""
    group_id: int | None = None

    @property
    def key(self) -> tuple[RaterGroup, int, int]:
        return self.rater, self.unit_id, self.suggestion_id


@dataclass(frozen=True)
class Voter:
    """Somebody expected to vote; ``asked`` and ``done`` count subjects, never what was said of them."""

    rater: RaterGroup
    name: str
    person_id: int
    user_id: int | None
    asked: int
    done: int


def _supervised_by_group() -> ColumnElement[bool]:
    return or_(
        Supervision.suggestion_id == Suggestion.id,
        and_(Suggestion.class_id.is_not(None), Supervision.class_id == Suggestion.class_id),
    )


def tasks_of(evaluation: Evaluation, person_id: int) -> list[Task]:
    """What the evaluation asks a person to judge, in every capacity they have."""
    asks = scheme_of(evaluation).asks
    tasks: list[Task] = []
    if RaterGroup.DEPUTY in asks:
        tasks += _proposed(evaluation, person_id)
    if RaterGroup.DEPUTY_GROUP in asks:
        tasks += _supervised(evaluation, person_id)
    for group, kinds in POSTS.items():
        if group in asks and _holds(evaluation, person_id, kinds):
            judged = [one for one in subjects_of(evaluation) if one.judged]
            tasks += [Task(group, one.unit_id, one.name) for one in judged]
    return tasks


_SUBJECT = (
    SuggestionUnit.unit_id,
    HandlingUnit.name.label("unit"),
    Suggestion.id.label("suggestion_id"),
    Suggestion.number,
    Suggestion.title,
)


def _proposed(evaluation: Evaluation, person_id: int) -> list[Task]:
    wanted = (
        select_led(evaluation, *_SUBJECT)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .where(Mandate.person_id == person_id, Suggestion.replied_on.is_not(None))
        .order_by(Suggestion.id, HandlingUnit.name)
    )
    return [_task(RaterGroup.DEPUTY, row) for row in db.session.execute(wanted)]


def _supervised(evaluation: Evaluation, person_id: int) -> list[Task]:
    wanted = (
        select_led(evaluation, *_SUBJECT, func.min(Supervision.group_id).label("group_id"))
        .join(Supervision, _supervised_by_group())
        .where(
            Supervision.kind == SupervisorKind.GROUP,
            Supervision.group_id.in_(select_led_groups(person_id, evaluation.opened_on)),
            Suggestion.replied_on.is_not(None),
        )
        .group_by(*_SUBJECT)
        .order_by(Suggestion.id, HandlingUnit.name)
    )
    return [_task(RaterGroup.DEPUTY_GROUP, row, row.group_id) for row in db.session.execute(wanted)]


def _task(rater: RaterGroup, row: Row[Any], group_id: int | None = None) -> Task:
    return Task(rater, row.unit_id, row.unit, row.suggestion_id, row.number or "", row.title, group_id)


def _in_post(evaluation: Evaluation, kinds: Sequence[PostKind]) -> ColumnElement[bool]:
    return and_(
        Post.area_code == evaluation.area_code,
        Post.kind.in_(kinds),
        running(Post.began_on, Post.ended_on, evaluation.opened_on),
    )


def _holds(evaluation: Evaluation, person_id: int, kinds: Sequence[PostKind]) -> bool:
    held = select(Post.id).where(Post.person_id == person_id, _in_post(evaluation, kinds))
    return db.session.scalar(held.limit(1)) is not None


# --- somebody's own ballots ------------------------------------------------------------------------------


def list_votable(actor: Actor, *, taking: bool = False) -> list[tuple[Evaluation, int, int]]:
    """Evaluations the actor is asked in: (evaluation, subjects, those already judged), the newest first.

    ``taking``: only those that still take votes.
    """
    if not actor.owns(CAST_BALLOT) or actor.person_id is None:
        return []
    scopes = db.session.scalars(select(Mandate.scope_code).where(Mandate.person_id == actor.person_id))
    posts = db.session.scalars(select(Post.area_code).where(Post.person_id == actor.person_id))
    codes = {code[:digits] for code in [*scopes, *posts] for digits in (2, 4, 6, 9)}
    wanted = select(Evaluation).where(Evaluation.area_code.in_(codes))
    if taking:
        in_time = or_(Evaluation.closes_on.is_(None), Evaluation.closes_on >= clock.today())
        wanted = wanted.where(Evaluation.state == EvaluationState.OPEN, in_time)
    latest = wanted.order_by(Evaluation.year.desc(), Evaluation.id.desc()).limit(10)
    found = []
    for evaluation in db.session.scalars(latest).all():
        tasks = tasks_of(evaluation, actor.person_id)
        if tasks:
            done = {key[:3] for key in own_ballots(actor, evaluation.id)}
            done |= _done_by_colleagues(actor, evaluation, tasks)
            found.append((evaluation, len(tasks), sum(task.key in done for task in tasks)))
    return found


def _done_by_colleagues(
    actor: Actor, evaluation: Evaluation, tasks: Sequence[Task]
) -> set[tuple[RaterGroup, int, int]]:
    """A group has one word: what a colleague said for it is nothing left to do."""
    groups = sorted({task.group_id for task in tasks if task.group_id is not None})
    if not groups:
        return set()
    said = group_ballots_of_others(actor, evaluation.id, groups, evaluation.opened_on)
    return {(RaterGroup.DEPUTY_GROUP, unit_id, suggestion_id) for unit_id, suggestion_id in said}


def get_votable(actor: Actor, evaluation_id: int) -> tuple[Evaluation, list[Task]]:
    """An evaluation the actor is asked in, with what they judge; NotFound otherwise."""
    found = db.session.get(Evaluation, evaluation_id)
    if found is None or not actor.owns(CAST_BALLOT) or actor.person_id is None:
        raise NotFound(MISSING)
    tasks = tasks_of(found, actor.person_id)
    if not tasks:
        raise NotFound(MISSING)
    return found, tasks


def own_ballots(actor: Actor, evaluation_id: int) -> dict[tuple[RaterGroup, int, int, str], Ballot]:
    """The actor's ballots, by rater group, unit, suggestion and item."""
    wanted = select(Ballot).where(Ballot.evaluation_id == evaluation_id, Ballot.user_id == actor.user_id)
    return {(one.rater, one.unit_id, one.suggestion_id, one.item): one for one in db.session.scalars(wanted)}


def group_ballots_of_others(
    actor: Actor, evaluation_id: int, group_ids: Sequence[int], on: date
) -> dict[tuple[int, int], str]:
    """Who else, leading one of these groups, has already judged for it: name by unit and suggestion."""
    leaders = _leaders(on).where(GroupPost.group_id.in_(group_ids)).with_only_columns(GroupPost.person_id)
    wanted = (
        select(Ballot.unit_id, Ballot.suggestion_id, User.name)
        .join(User, User.id == Ballot.user_id)
        .where(
            Ballot.evaluation_id == evaluation_id,
            Ballot.rater == RaterGroup.DEPUTY_GROUP,
            Ballot.user_id != actor.user_id,
            User.person_id.in_(leaders),
        )
    )
    return {(row.unit_id, row.suggestion_id): row.name for row in db.session.execute(wanted)}


def _leaders(on: date) -> Any:
    return select(GroupPost.group_id, GroupPost.person_id).where(
        GroupPost.role.in_(LEADING_ROLES),
        GroupPost.person_id.is_not(None),
        running(GroupPost.began_on, GroupPost.ended_on, on),
    )


# --- everybody who is asked ------------------------------------------------------------------------------


def voters_of(evaluation: Evaluation) -> list[Voter]:
    """Everybody the evaluation asks, and how far they have come; not what they said."""
    asks = scheme_of(evaluation).asks
    asked: dict[tuple[RaterGroup, int], int] = {}
    of_groups: dict[int, int] = {}
    if RaterGroup.DEPUTY in asks:
        asked |= {(RaterGroup.DEPUTY, person): count for person, count in _proposers(evaluation)}
    if RaterGroup.DEPUTY_GROUP in asks:
        for person, count, judged in _group_leaders(evaluation):
            asked[RaterGroup.DEPUTY_GROUP, person] = count
            of_groups[person] = judged
    units = len([one for one in subjects_of(evaluation) if one.judged])
    for group, kinds in POSTS.items():
        if group in asks and units:
            held = select(Post.person_id).where(_in_post(evaluation, kinds)).distinct()
            asked |= {(group, person): units for person in db.session.scalars(held)}
    return _voters(evaluation, asked, of_groups)


def _proposers(evaluation: Evaluation) -> list[tuple[int, int]]:
    wanted = (
        select_led(evaluation, Mandate.person_id, func.count())
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .where(Suggestion.replied_on.is_not(None))
        .group_by(Mandate.person_id)
    )
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def _group_leaders(evaluation: Evaluation) -> list[tuple[int, int, int]]:
    """Leaders of the supervising groups: (person, suggestions asked, those their group has judged, whoever did)."""
    on = evaluation.opened_on
    leaders, colleagues = _leaders(on).subquery(), _leaders(on).subquery()
    judged = (
        exists()
        .where(
            Ballot.evaluation_id == evaluation.id,
            Ballot.rater == RaterGroup.DEPUTY_GROUP,
            Ballot.unit_id == SuggestionUnit.unit_id,
            Ballot.suggestion_id == Suggestion.id,
            User.id == Ballot.user_id,
            colleagues.c.person_id == User.person_id,
            colleagues.c.group_id == Supervision.group_id,
        )
        .correlate(SuggestionUnit, Suggestion, Supervision)
    )
    parts = func.distinct(SuggestionUnit.id)
    wanted = (
        select_led(evaluation, leaders.c.person_id, func.count(parts), func.count(parts).filter(judged))
        .join(Supervision, _supervised_by_group())
        .join(DeputyGroup, DeputyGroup.id == Supervision.group_id)
        .join(leaders, leaders.c.group_id == Supervision.group_id)
        .where(
            Supervision.kind == SupervisorKind.GROUP,
            Suggestion.replied_on.is_not(None),
            or_(DeputyGroup.ended_on.is_(None), DeputyGroup.ended_on > on),
        )
        .group_by(leaders.c.person_id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(wanted)]


def _voters(
    evaluation: Evaluation, asked: dict[tuple[RaterGroup, int], int], of_groups: dict[int, int]
) -> list[Voter]:
    ids = {person for _group, person in asked}
    people = db.session.execute(
        select(Person.id, Person.name, Person.pinyin, User.id)
        .outerjoin(User, and_(User.person_id == Person.id, User.disabled_at.is_(None)))
        .where(Person.id.in_(ids))
    )
    known = {row[0]: row for row in people}
    first = scheme_of(evaluation).item_keys[0]
    counts = (
        select(Ballot.rater, Ballot.user_id, func.count())
        .where(Ballot.evaluation_id == evaluation.id, Ballot.item == first)
        .group_by(Ballot.rater, Ballot.user_id)
    )
    done = {(row[0], row[1]): row[2] for row in db.session.execute(counts)}
    order = {group: place for place, group in enumerate(RaterGroup)}
    found = []
    for (group, person), count in asked.items():
        _id, name, _pinyin, user_id = known[person]
        # A group has one word: what a colleague said for it is said.
        voted = of_groups[person] if group is RaterGroup.DEPUTY_GROUP else done.get((group, user_id), 0)
        found.append(Voter(group, name, person, user_id, count, voted))
    return sorted(found, key=lambda one: (order[one.rater], known[one.person_id][2], one.person_id))
