"""Who is asked to supervise, when it counts, how a vote reads. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from app.registry.states import PostKind
from app.suggestions.states import SupervisorKind

# Kinds whose supervisors are people known by their post; the others are bodies or groups.
POSTS = {
    SupervisorKind.CHAIRPERSONS: PostKind.CHAIRPERSONS_MEETING_MEMBER,
    SupervisorKind.MEMBER: PostKind.STANDING_COMMITTEE_MEMBER,
}
BODIES = (SupervisorKind.GOVERNMENT, SupervisorKind.COMMITTEE)
# Of each of them one suggestion a year is asked (4-10, 4-25, 4-27); the chairpersons' meeting shares out its eight,
# and a committee answers for its whole field.
ONE_EACH = (SupervisorKind.GOVERNMENT, SupervisorKind.MEMBER, SupervisorKind.GROUP)
_KINDS = tuple(SupervisorKind)
# The kind is the last digit of the number.
ROOM = 10


def key_of(kind: SupervisorKind, identity: int) -> int:
    """One number for a supervisor of any kind: people, bodies and groups each count their own."""
    return identity * ROOM + _KINDS.index(kind)


def kind_and_id(key: int) -> tuple[SupervisorKind, int] | None:
    """The supervisor a number stands for; None where it stands for none."""
    identity, place = divmod(key, ROOM)
    return (_KINDS[place], identity) if identity > 0 and place < len(_KINDS) else None


def reference_day(year: int, today: date) -> date:
    """The day on which it is asked who was in office: today, or the near end of another year."""
    if year == today.year:
        return today
    return date(year, 12, 31) if year < today.year else date(year, 1, 1)


def share_of(part: int, whole: int) -> float | None:
    """A share, or None where there is nothing to share."""
    return part / whole if whole else None


def vote_share(satisfied: int | None, basically: int | None, dissatisfied: int | None) -> float | None:
    """Satisfied and basically satisfied among the votes cast (0-11); None before a vote."""
    cast = (satisfied or 0) + (basically or 0) + (dissatisfied or 0)
    return share_of((satisfied or 0) + (basically or 0), cast)


def fields_of(text: str) -> list[str]:
    """The categories in a committee's field."""
    for mark in "，,；;\n":
        text = text.replace(mark, "、")
    return list(dict.fromkeys(part.strip() for part in text.split("、") if part.strip()))


def committee_of(category: str, committees: Sequence[tuple[str, Collection[str]]]) -> str:
    """The first committee whose field a category belongs to (4-26); empty where there is none."""
    return next((name for name, fields in committees if category and category in fields), "")
