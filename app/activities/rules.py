"""What is decided about activities from values alone: required elements, days, numbers, rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from app.activities.states import ActivityState, Progress
from app.kit.i18n import _l

# 活动内容、活动形式、活动时间、活动目标、牵头人 (0-06), by the field that holds each.
REQUIRED_ELEMENTS = ("content", "form", "held_on", "goal", "lead_person")

ELEMENT_WORDS = {
    "content": _l("活动内容"),
    "form": _l("活动形式"),
    "held_on": _l("活动时间"),
    "goal": _l("活动目标"),
    "lead_person": _l("牵头人"),
}

NUMBER_PREFIX = "HD"
SERIAL_DIGITS = 4


def missing_elements(values: Mapping[str, Any]) -> list[str]:
    """Fields of the five required elements that a plan leaves empty (0-06)."""
    return [name for name in REQUIRED_ELEMENTS if not str(values.get(name) or "").strip()]


def number_of(year: int, serial: int) -> str:
    """An activity's number: HD, the year, a serial of at least four digits."""
    return f"{NUMBER_PREFIX}{year:04d}{serial:0{SERIAL_DIGITS}d}"


def serial_of(number: str, year: int) -> int | None:
    """The serial in a number of that year, None for numbers of any other make."""
    rest = number.removeprefix(f"{NUMBER_PREFIX}{year:04d}")
    is_serial = rest != number and len(rest) >= SERIAL_DIGITS and rest.isascii() and rest.isdigit()
    return int(rest) if is_serial else None


def runs_on(held_on: date, ends_on: date | None, day: date) -> bool:
    """Whether the activity takes place on that day."""
    return held_on <= day <= (ends_on or held_on)


def has_begun(held_on: date, starts_at: time | None, now: datetime) -> bool:
    """Whether it is too late to ask for leave: at the hour it starts, or with its day where none is set."""
    return now.replace(tzinfo=None) >= datetime.combine(held_on, starts_at or time.min)


@dataclass(frozen=True)
class Turnout:
    """Attendance of one activity in figures (2-27). ``expected`` is everyone invited (应到)."""

    expected: int = 0
    present: int = 0
    leave: int = 0
    absent: int = 0
    spoke: int = 0

    @property
    def unknown(self) -> int:
        """Invited, nothing recorded yet."""
        return self.expected - self.present - self.leave - self.absent

    @property
    def rate(self) -> float | None:
        """Present over expected; None where nobody was invited."""
        return self.present / self.expected if self.expected else None


def progress_of(state: ActivityState, last_day: date, today: date) -> Progress:
    """Where a planned activity stands: late is what should have been held by yesterday and was not cancelled."""
    if state is ActivityState.PLANNED:
        return Progress.LATE if last_day < today else Progress.TO_COME
    return {
        ActivityState.DRAFT: Progress.DRAFT,
        ActivityState.HELD: Progress.DONE,
        ActivityState.CANCELLED: Progress.CANCELLED,
    }[state]


@dataclass(frozen=True)
class ProposedDate:
    """A day and hour proposed for an activity (3-33)."""

    day: date
    starts_at: time


def elements_in_words(names: Sequence[str]) -> str:
    """The missing elements of a plan as people call them."""
    return "、".join(str(ELEMENT_WORDS[name]) for name in names)
