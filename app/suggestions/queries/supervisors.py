"""Who may be asked to supervise in a year, who has none, and what they may choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.groups.models import DeputyGroup, GroupMembership
from app.groups.queries import running
from app.groups.queries.leading import select_led_groups
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.database import within
from app.registry.models import Mandate, Person, Post
from app.suggestions.models import (
    Suggestion,
    SuggestionClass,
    SuggestionUnit,
    SupervisingBody,
    Supervision,
)
from app.suggestions.policy import EDIT_SUPERVISION, RECORD_VISITS
from app.suggestions.queries import counted
from app.suggestions.states import SuggestionState, SupervisorKind
from app.suggestions.supervision_rules import (
    BODIES,
    POSTS,
    committee_of,
    fields_of,
    key_of,
    kind_and_id,
    reference_day,
)

# Still on its way: it may be supervised in a later year than it was made in.
OPEN_STATES = (
    SuggestionState.ACCEPTED,
    SuggestionState.ASSIGNED,
    SuggestionState.REPLIED,
    SuggestionState.RATED,
)
CANDIDATES = 60


def reference(year: int) -> date:
    """The day on which it is asked who is in office in a year."""
    return reference_day(year, clock.today())


@dataclass(frozen=True)
class Supervisor:
    """Somebody who may be asked to supervise: a person by post, a body, a group."""

    kind: SupervisorKind
    id: int
    name: str
    area_code: str

    @property
    def key(self) -> int:
        """Its number among all kinds."""
        return key_of(self.kind, self.id)

    @property
    def column(self) -> str:
        """The column of a supervision that names it."""
        return column_of(self.kind)


def column_of(kind: SupervisorKind) -> str:
    """Which of the three columns names a supervisor of this kind."""
    if kind in POSTS:
        return "person_id"
    return "body_id" if kind in BODIES else "group_id"


def list_supervisors(
    areas: Sequence[str], on: date, kinds: Sequence[SupervisorKind] = tuple(SupervisorKind)
) -> list[Supervisor]:
    """Those in office on a day in these areas, kind by kind."""
    found: list[Supervisor] = []
    for kind in kinds:
        rows = db.session.execute(select_supervisors(kind, on).order_by("area_code", "id"))
        found += [
            Supervisor(kind, row.id, row.name, row.area_code)
            for row in rows
            if any(row.area_code.startswith(area) for area in areas)
        ]
    return found


def select_supervisors(kind: SupervisorKind, on: Any) -> Any:
    """SQL: (id, name, post, area_code) of the supervisors of a kind in office on a day."""
    if kind in POSTS:
        return (
            select(
                Person.id.label("id"),
                Person.name.label("name"),
                func.min(Post.title).label("post"),
                func.min(Post.area_code).label("area_code"),
            )
            .select_from(Post)
            .join(Person, Person.id == Post.person_id)
            .where(Post.kind == POSTS[kind], running(Post.began_on, Post.ended_on, on))
            .group_by(Person.id, Person.name)
        )
    if kind in BODIES:
        body = SupervisingBody
        return select(
            body.id.label("id"),
            body.name.label("name"),
            body.post.label("post"),
            body.area_code.label("area_code"),
        ).where(body.kind == kind, running(body.began_on, body.ended_on, on))
    group = DeputyGroup
    return select(
        group.id.label("id"),
        group.name.label("name"),
        group.guided_by.label("post"),
        group.area_code.label("area_code"),
    ).where(
        or_(group.began_on.is_(None), group.began_on <= on),
        or_(group.ended_on.is_(None), group.ended_on > on),
    )


def find_supervisor(key: int, on: date) -> Supervisor | None:
    """The supervisor of this number, if in office on the day."""
    meant = kind_and_id(key)
    if meant is None:
        return None
    kind, identity = meant
    found = select_supervisors(kind, on).subquery()
    row = db.session.execute(select(found).where(found.c.id == identity)).first()
    return Supervisor(kind, row.id, row.name, row.area_code) if row is not None else None


def may_arrange(actor: Actor, supervisor: Supervisor) -> bool:
    """Staff of the supervisor's area arrange; a member adopts, a group's leader picks, each for themselves."""
    if actor.may_in(EDIT_SUPERVISION, supervisor.area_code):
        return True
    if not actor.owns(RECORD_VISITS):
        return False
    if supervisor.kind is SupervisorKind.MEMBER:
        return supervisor.id == actor.person_id
    if supervisor.kind is SupervisorKind.GROUP:
        led = select_led_groups(actor.person_id, clock.today())
        return bool(
            db.session.scalar(
                select(exists().where(DeputyGroup.id == supervisor.id, DeputyGroup.id.in_(led)))
            )
        )
    return False


def own_supervisors(actor: Actor, on: date) -> list[Supervisor]:
    """For whom the actor, a deputy, may choose: themselves as a member of the standing committee, groups they lead."""
    if not actor.owns(RECORD_VISITS):
        return []
    led = set(db.session.scalars(select_led_groups(actor.person_id, on)))
    kinds = (SupervisorKind.MEMBER, SupervisorKind.GROUP)
    mine = {SupervisorKind.MEMBER: {actor.person_id}, SupervisorKind.GROUP: led}
    found = []
    for kind in kinds:
        offered = select_supervisors(kind, on)
        identity = Person.id if kind in POSTS else DeputyGroup.id
        rows = db.session.execute(offered.where(identity.in_(mine[kind])).order_by("area_code", "id"))
        found += [Supervisor(kind, row.id, row.name, row.area_code) for row in rows]
    return found


def count_without_choice(actor: Actor, on: date) -> int:
    """For how many of those the actor has not chosen yet what is supervised this year (4-25, 4-27)."""
    return sum(not count_items(one, on.year) for one in own_supervisors(actor, on))


def count_items(supervisor: Supervisor, year: int) -> int:
    """How many items or classes this supervisor has in a year."""
    column = getattr(Supervision, supervisor.column)
    wanted = select(func.count(Supervision.id)).where(
        Supervision.kind == supervisor.kind, column == supervisor.id, Supervision.year == year
    )
    return db.session.scalar(wanted) or 0


def count_priority(area_code: str, year: int) -> int:
    """How many different items and classes the chairpersons' meeting of an area has fixed for a year (4-23)."""
    rows = select(Supervision.suggestion_id, Supervision.class_id).distinct()
    wanted = rows.where(
        Supervision.area_code == area_code,
        Supervision.year == year,
        Supervision.kind == SupervisorKind.CHAIRPERSONS,
    )
    return db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


# --- what may be chosen -----------------------------------------------------------------------------------


def members_of(group_id: int, on: date) -> Any:
    """SQL: mandates in a group on a day."""
    return select(GroupMembership.mandate_id).where(
        GroupMembership.group_id == group_id,
        running(GroupMembership.joined_on, GroupMembership.left_on, on),
    )


def fits(supervisor: Supervisor, on: date) -> ColumnElement[bool]:
    """SQL: a suggestion this supervisor may take: of the area, or for a group of one of its own members (4-27)."""
    if supervisor.kind is SupervisorKind.GROUP:
        return and_(counted(), Suggestion.lead_mandate_id.in_(members_of(supervisor.id, on)))
    return and_(counted(), within(Suggestion.area_code, [supervisor.area_code]))


def list_candidates(supervisor: Supervisor, year: int, q: str, *, secret: bool) -> list[Suggestion]:
    """Suggestions to choose from: of the year, and of earlier years; those still being handled first, the latest first.

    Confidential ones only where ``secret``.
    """
    recent = or_(Suggestion.raised_on >= date(year, 1, 1), Suggestion.state.in_(OPEN_STATES))
    wanted = select(Suggestion).where(fits(supervisor, clock.today()), recent)
    if not secret:
        wanted = wanted.where(Suggestion.confidential.is_(False))
    if q:
        wanted = wanted.where(
            or_(
                Suggestion.title.contains(q, autoescape=True),
                Suggestion.number.startswith(q, autoescape=True),
            )
        )
    wanted = wanted.options(
        joinedload(Suggestion.lead_mandate).joinedload(Mandate.person),
        selectinload(Suggestion.units).joinedload(SuggestionUnit.unit),
    )
    order = (Suggestion.state.in_(OPEN_STATES).desc(), Suggestion.raised_on.desc(), Suggestion.id.desc())
    return list(db.session.scalars(wanted.order_by(*order).limit(CANDIDATES)))


def find_subject(number: str, areas: Sequence[str]) -> Suggestion | SuggestionClass | None:
    """The suggestion or the class of this number in these areas."""
    one = select(Suggestion).where(
        Suggestion.number == number, within(Suggestion.area_code, areas), counted()
    )
    found = db.session.scalars(one.limit(1)).first()
    if found is not None:
        return found
    of_class = select(SuggestionClass).where(
        SuggestionClass.number == number,
        within(SuggestionClass.area_code, areas),
        SuggestionClass.dissolved_on.is_(None),
    )
    return db.session.scalars(of_class.limit(1)).first()


# --- committees -------------------------------------------------------------------------------------------


def list_committees(areas: Sequence[str], on: date) -> list[SupervisingBody]:
    """Special committees of these areas on a day."""
    body = SupervisingBody
    wanted = select(body).where(
        body.kind == SupervisorKind.COMMITTEE,
        within(body.area_code, areas),
        running(body.began_on, body.ended_on, on),
    )
    return list(db.session.scalars(wanted.order_by(body.area_code, body.id)))


def committee_for(area_code: str, category: str, on: date) -> str:
    """The special committee in whose field a category of suggestions lies, by name (4-26); empty without one.

    A township's suggestions are its county's committees' too.
    """
    codes = {area_code[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(area_code)}
    committees = [
        (body.name, fields_of(body.fields)) for body in list_committees([""], on) if body.area_code in codes
    ]
    return committee_of(category.strip(), committees)
