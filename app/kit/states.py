"""Enums that carry their label, and transition tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar


class LabelledEnum(StrEnum):
    """English key, label in the reader's language: ``PRESENT = "present", _l("出席")``."""

    _label: Any

    def __new__(cls, value: str, label: Any = None) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member._label = label if label is not None else value
        return member

    @property
    def label(self) -> str:
        """The word people read."""
        return str(self._label)

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(key, label) pairs in declared order, for forms and filters."""
        return [(member.value, member.label) for member in cls]


S = TypeVar("S", bound=LabelledEnum)
A = TypeVar("A", bound=LabelledEnum)


@dataclass(frozen=True)
class Transition(Generic[S, A]):
    """In state ``before``, ``action`` leads to ``after``."""

    before: S
    action: A
    after: S


class Transitions(Generic[S, A]):
    """A state machine as one table: what is not in it is refused."""

    def __init__(self, *rows: tuple[S, A, S]) -> None:
        self._after = {(before, action): after for before, action, after in rows}

    def after(self, state: S, action: A) -> S | None:
        """The state that follows, or None where the table has no such row."""
        return self._after.get((state, action))

    def actions(self, state: S) -> list[A]:
        """What may be done in ``state``."""
        return [action for before, action in self._after if before == state]

    def __iter__(self) -> Iterator[Transition[S, A]]:
        for (before, action), after in self._after.items():
            yield Transition(before, action, after)
