"""Reading proposed dates: the options, who said what, who has still to answer (3-33)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.activities.models import Activity, Attendance, DateOption, DateReply
from app.activities.states import DateAnswer
from app.extensions import db
from app.groups.models import GroupMembership
from app.groups.queries import running
from app.kit.authorisation import Actor
from app.kit.errors import NotFound
from app.registry.models import Mandate
from app.registry.queries import MISSING, in_office


def list_options(activity_id: int) -> list[DateOption]:
    """Proposed dates with the replies and who gave them, the earliest first."""
    wanted = (
        select(DateOption)
        .where(DateOption.activity_id == activity_id)
        .options(selectinload(DateOption.replies).joinedload(DateReply.mandate).joinedload(Mandate.person))
    )
    return list(db.session.scalars(wanted.order_by(DateOption.day, DateOption.starts_at)))


def get_option(activity: Activity, option_id: int) -> DateOption:
    """A date proposed for this activity."""
    found = db.session.get(DateOption, option_id)
    if found is None or found.activity_id != activity.id:
        raise NotFound(MISSING)
    return found


@dataclass
class Choice:
    """A proposed date and the names behind each answer."""

    option: DateOption
    names: dict[DateAnswer, list[str]] = field(default_factory=lambda: defaultdict(list))

    def count(self, answer: str) -> int:
        """How many said so."""
        return len(self.names[DateAnswer(answer)])


@dataclass
class Poll:
    """Dates proposed for an activity. It is over once one of them alone is left: the activity's own."""

    choices: list[Choice]
    silent: list[str]
    own: dict[int, DateAnswer]
    may_reply: bool

    @property
    def is_open(self) -> bool:
        return len(self.choices) > 1


def read_poll(actor: Actor, activity: Activity) -> Poll:
    """The dates of an activity as this actor sees them."""
    asked = list(
        db.session.scalars(
            select(Attendance)
            .join(Attendance.mandate)
            .where(Attendance.activity_id == activity.id)
            .options(contains_eager(Attendance.mandate).joinedload(Mandate.person))
            .order_by(Attendance.id)
        )
    )
    invited = {row.mandate.person_id for row in asked}
    choices, answered, own = [], set(), {}
    for option in list_options(activity.id):
        choice = Choice(option)
        for reply in option.replies:
            person = reply.mandate.person
            # Whoever was taken off the list since then is no longer counted.
            if person.id in invited:
                choice.names[reply.answer].append(person.name)
                answered.add(person.id)
            if actor.person_id is not None and person.id == actor.person_id:
                own[option.id] = reply.answer
        choices.append(choice)
    silent = [row.mandate.person.name for row in asked if row.mandate.person_id not in answered]
    return Poll(choices, silent, own, actor.person_id is not None and actor.person_id in invited)


def list_group_members(group_id: int, on: date) -> list[Mandate]:
    """Members of a group in office on a day, each person once, by level and name (3-49)."""
    rows = db.session.scalars(
        select(Mandate)
        .join(GroupMembership, GroupMembership.mandate_id == Mandate.id)
        .where(
            GroupMembership.group_id == group_id,
            running(GroupMembership.joined_on, GroupMembership.left_on, on),
            in_office(on),
        )
        .options(joinedload(Mandate.person), joinedload(Mandate.area))
    )
    ordered = sorted(rows, key=lambda one: (one.level.rank, one.person.pinyin, one.id))
    return list({mandate.person_id: mandate for mandate in reversed(ordered)}.values())[::-1]


def list_polled(activity_ids: Sequence[int]) -> set[int]:
    """Those of the activities whose dates are being asked about."""
    wanted = (
        select(DateOption.activity_id)
        .where(DateOption.activity_id.in_(activity_ids))
        .group_by(DateOption.activity_id)
        .having(func.count() > 1)
    )
    return set(db.session.scalars(wanted))
