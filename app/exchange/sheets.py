"""The sheets of a batch: what each was recognised as, and its rows when their turn comes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from app.exchange.kinds import KINDS
from app.kit.workbook.headings import Recognition, data_rows, guess, recognise
from app.kit.workbook.kinds import SheetKind
from app.kit.workbook.reading import Cell, Row, Sheet, read_sheets

HEAD = 30
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})
RETURNED = "含错误的"
"""File names of marked copies begin with this; a folder may hold such copies, which are not data."""


@dataclass(frozen=True)
class SheetRef:
    """One sheet of one file: ``position`` counts the file's sheets. ``recognition`` is None where the sheet
    is left out; ``nearest`` is then the kind it comes nearest to, with what is missing."""

    path: Path
    position: int
    sheet: str
    merged: tuple[tuple[int, int, int, int], ...]
    recognition: Recognition | None
    nearest: Recognition | None = None
    file_number: int = 0
    hidden: bool = False
    skipped: bool = False

    def left_out(self) -> SheetRef:
        """The same sheet, left out of the import because somebody said so."""
        return replace(self, recognition=None, nearest=self.recognition or self.nearest, skipped=True)

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.path.name

    @property
    def key(self) -> str:
        """What corrections and previews call this sheet."""
        return f"{self.file_number}.{self.position}"

    @property
    def kind(self) -> SheetKind | None:
        """The kind of sheet, None where it is left out."""
        return self.recognition.kind if self.recognition else None


def workbooks_in(paths: Sequence[Path]) -> list[Path]:
    """The workbooks named, and those in the folders named, by name; Excel's lock files, hidden files and
    marked copies that were handed back are left out of folders."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(
                each
                for each in path.iterdir()
                if each.is_file()
                and each.suffix.lower() in WORKBOOKS
                and not each.name.startswith(("~$", ".", RETURNED))
            )
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def look_at(
    paths: Sequence[Path],
    remembered: Callable[[str], Mapping[str, str]] = lambda _sheet: {},
) -> list[SheetRef]:
    """Every sheet of the workbooks, recognised by its headings. Raises HostileWorkbook.

    ``remembered`` gives the headings once mapped by hand, for a sheet (``SheetRef.key``).
    """
    refs: list[SheetRef] = []
    for number, path in enumerate(paths):
        for position, sheet in enumerate(read_sheets([path])):
            refs.append(_look_at_sheet(path, number, position, sheet, remembered))
    return refs


def _look_at_sheet(
    path: Path, number: int, position: int, sheet: Sheet, remembered: Callable[[str], Mapping[str, str]]
) -> SheetRef:
    merged = tuple(sheet.merged)
    if sheet.hidden:
        return SheetRef(path, position, sheet.name, merged, None, None, number, hidden=True)
    head = sheet.head(HEAD)
    chosen = remembered(f"{number}.{position}")
    found = recognise(head, sheet.merged, KINDS, chosen)
    nearest = None if found else guess(head, sheet.merged, KINDS, chosen)
    return SheetRef(path, position, sheet.name, merged, found, nearest, number)


def in_order(refs: Sequence[SheetRef]) -> list[SheetRef]:
    """Recognised sheets in the order in which they depend on each other."""
    return sorted((ref for ref in refs if ref.kind), key=lambda ref: ref.kind.order if ref.kind else 0)


def all_rows(ref: SheetRef) -> Generator[Row, None, None]:
    """Every row of the sheet from row 1 on; the file is opened anew."""
    for position, sheet in enumerate(read_sheets([ref.path])):
        if position == ref.position:
            yield from sheet.rows
            return


def rows_of(ref: SheetRef) -> Iterator[tuple[int, dict[str, Cell], Row]]:
    """The rows that hold data: (Excel's row number, cells by field, the whole row)."""
    if ref.recognition is not None:
        with closing(all_rows(ref)) as rows:
            yield from data_rows(rows, ref.recognition)
