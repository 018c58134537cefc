"""Who is evaluated: units with the suggestions they led, in a form that can be kept as it stood at the close."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.suggestions.evaluation.counting import Case
from app.suggestions.evaluation.indicators import Handled
from app.suggestions.states import Satisfaction

_DAYS = ("sent_on", "signed_on", "assigned_on", "due_on", "replied_on")


@dataclass(frozen=True)
class Led:
    """A suggestion a unit led."""

    handled: Handled
    number: str
    title: str
    cosupervised: bool

    @property
    def suggestion_id(self) -> int:
        return self.handled.suggestion_id

    @property
    def judged(self) -> bool:
        """Answered: its proposer can say how it was handled. One answered badly counts as much as one done well."""
        return self.handled.replied_on is not None


@dataclass(frozen=True)
class Subject:
    """A unit with the suggestions it led."""

    unit_id: int
    name: str
    led: tuple[Led, ...]

    @property
    def judged(self) -> list[Led]:
        """The answered ones."""
        return [one for one in self.led if one.judged]

    @property
    def cases(self) -> list[Case]:
        """For the engine."""
        return [Case(one.suggestion_id, one.cosupervised) for one in self.judged]

    @property
    def handled(self) -> list[Handled]:
        """For indicators, which look at unanswered ones too."""
        return [one.handled for one in self.led]


def kept(subjects: Iterable[Subject]) -> list[dict[str, Any]]:
    """As JSON."""
    return [
        {
            "unit_id": subject.unit_id,
            "name": subject.name,
            "led": [
                {
                    "number": one.number,
                    "title": one.title,
                    "cosupervised": one.cosupervised,
                    **{key: _plain(value) for key, value in asdict(one.handled).items()},
                }
                for one in subject.led
            ],
        }
        for subject in subjects
    ]


def read(rows: Sequence[dict[str, Any]]) -> list[Subject]:
    """From JSON."""
    return [Subject(row["unit_id"], row["name"], tuple(_read_led(one) for one in row["led"])) for row in rows]


def _read_led(row: dict[str, Any]) -> Led:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
    word = Satisfaction(row["satisfaction"]) if row["satisfaction"] else None
    handled = Handled(suggestion_id=row["suggestion_id"], satisfaction=word, **days)
    return Led(handled, row["number"], row["title"], row["cosupervised"])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
