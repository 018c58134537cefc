"""What passes between a run and the importers: rows, decisions, errors and questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.kit.i18n import _l
from app.kit.states import LabelledEnum


class RowOutcome(LabelledEnum):
    """What an import does with a row."""

    NEW = "new", _l("新增")
    CHANGED = "changed", _l("更新")
    UNCHANGED = "unchanged", _l("未变")
    WRONG = "wrong", _l("有误")


@dataclass(slots=True)
class SheetRow:
    """A row whose cells could all be read. ``values`` holds only fields that have a column in the sheet.

    ``answer`` is what somebody answered to a question about this row; ``sheet`` names its sheet in messages.
    """

    number: int
    values: dict[str, Any]
    sheet: str = ""
    answer: str | None = None

    def get(self, key: str) -> Any:
        """The field's value, None for an empty cell and for a column that is not there."""
        return self.values.get(key)

    def has(self, key: str) -> bool:
        """Whether the sheet has a column for the field."""
        return key in self.values


@dataclass(slots=True)
class Change:
    """A value that a row changes, as people read it. ``key`` is the field's."""

    key: str
    before: str
    after: str


@dataclass(slots=True)
class Decision:
    """What a row does, to which record (``kind``, ``subject_id``), kept under which area.

    ``before`` and ``after`` are the changed columns of an update, for the audit trail; ``noun`` is what the
    trail calls the row where that is not the kind of record in whose history it shows.
    """

    outcome: RowOutcome
    kind: str
    subject_id: int
    label: str
    area_code: str
    changes: list[Change] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    noun: str = ""


class Wrong(Exception):
    """A row that cannot be taken in: the field at fault and a sentence that says what to do."""

    def __init__(self, key: str, message: Any) -> None:
        super().__init__(message)
        self.key = key
        self.message = message


@dataclass(frozen=True)
class Question:
    """Something the run will not guess. ``answers`` maps what is stored to what people read."""

    text: Any
    answers: Mapping[str, Any]


class Asked(Wrong):
    """A row that waits for an answer; where nobody can answer it is wrong, and the message says so."""

    def __init__(self, key: str, message: Any, question: Question) -> None:
        super().__init__(key, message)
        self.question = question
