"""The base of every feature's importer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from app.kit.i18n import _l
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Change, Decision, SheetRow, Wrong
from app.kit.states import LabelledEnum
from app.kit.workbook.kinds import SheetKind

_MOST_ROWS = 2**24


class Importer(ABC):
    """Takes the rows of one kind of sheet in. One instance serves all sheets of its kind in a run.

    ``private``: fields that never go into the audit trail or a message (names of citizens).
    """

    kind: ClassVar[SheetKind]
    private: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.writer = intake.writer
        self._seen: dict[Hashable, int] = {}
        self._sheets: list[str] = []

    @abstractmethod
    def take(self, row: SheetRow) -> Decision:
        """Decides what the row does and hands it to the writer; raises :class:`Wrong`."""

    def once(self, identity: Hashable, row: SheetRow, key: str) -> None:
        """Refuses a second row about the same thing in one run: nobody could say which of them holds."""
        if row.sheet not in self._sheets[-1:]:
            self._sheets.append(row.sheet)
        # One number for sheet and row: there may be hundreds of thousands.
        here = (len(self._sheets) - 1) * _MOST_ROWS + row.number
        first = self._seen.setdefault(identity, here)
        if first != here:
            sheet, number = divmod(first, _MOST_ROWS)
            raise Wrong(
                key,
                _l(
                    "与%(sheet)s第 %(row)d 行重复；请删去其中一行，或改正这一格。",
                    sheet=self._sheets[sheet],
                    row=number,
                ),
            )

    def not_in_future(self, row: SheetRow, key: str) -> None:
        """Refuses a day after today for something that has happened."""
        day = row.get(key)
        if isinstance(day, date) and day > self.intake.today:
            raise Wrong(key, _l("日期 %(day)s 还没有到；请核对年、月、日。", day=day.isoformat()))

    def within_scope(self, area_code: str, key: str) -> None:
        """Refuses a row about what lies outside the actor's areas."""
        if not self.intake.allows(area_code):
            raise Wrong(key, _l("这一行不在您的管理范围内；请删去这一行，或请上级人大办公室导入。"))


def shown(value: Any) -> str:
    """A value as people read it in a list of changes."""
    if value is None:
        return ""
    if isinstance(value, LabelledEnum):
        return value.label
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def changes_of(
    before: Mapping[str, Any], after: Mapping[str, Any], keys: Mapping[str, str] | None = None
) -> list[Change]:
    """Changed columns as people read them; ``keys`` names the field of a column that is called otherwise."""
    named = keys or {}
    return [Change(named.get(name, name), shown(before.get(name)), shown(after[name])) for name in after]


def picked(row: SheetRow, names: Iterable[str]) -> dict[str, Any]:
    """Those of the named values that the sheet has a column for."""
    return {name: row.values[name] for name in names if name in row.values}
