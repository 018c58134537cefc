"""The process that parses one workbook for :mod:`app.kit.workbook.reading`; run as a script, never imported.

It may be killed by a hostile file at any moment, so it holds nothing: no application, no database, no
secrets in its environment, limited memory and time. It writes frames to standard output (one letter,
four bytes of length, a pickle) and reads one letter per sheet from standard input: R sends the rows,
anything else goes on to the next sheet.
"""

from __future__ import annotations

import datetime
import pickle
import struct
import sys
from typing import TYPE_CHECKING

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

CELLS_PER_FRAME = 12_000
PLAIN = frozenset({str, float, int, bool, datetime.date, datetime.datetime})


def limit(memory: int, seconds: int) -> None:
    """Hold this process to so many bytes of address space and seconds of processor, and no files at all."""
    if resource is None:
        return
    for what, amount in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (amount, amount))
        except (ValueError, OSError):  # a lower limit is already set, or the system has no such limit
            continue


def send(letter: bytes, content: object = None) -> None:
    """Write one frame."""
    frame = pickle.dumps(content, 5)
    sys.stdout.buffer.write(struct.pack(">cI", letter, len(frame)))
    sys.stdout.buffer.write(frame)
    sys.stdout.buffer.flush()


def plain(cell: object) -> object:
    """A time of day or a length of time as text; everything else as it is."""
    return cell if type(cell) in PLAIN else str(cell)


def send_rows(sheet: CalamineSheet) -> None:
    """Every row from row 1 on, in frames of some thousand cells."""
    margin = (None,) * (sheet.start[1] if sheet.start else 0)  # calamine leaves out empty columns on the left
    per_frame = max(1, CELLS_PER_FRAME // max(1, len(margin) + sheet.width))
    rows: list[tuple[object, ...]] = []
    for row in sheet.iter_rows():
        if not PLAIN.issuperset(map(type, row)):
            row = [plain(cell) for cell in row]  # type: ignore[misc]
        rows.append((*margin, *[None if cell == "" else cell for cell in row]))
        if len(rows) == per_frame:
            send(b"R", rows)
            rows.clear()
    send(b"R", rows)
    send(b".")


def parse(path: str, named_right: bool) -> None:
    """Send every work sheet's name, visibility and merged ranges; its rows when asked.

    ``named_right``: the file's ending says what it is. Otherwise the parser must judge by content, for which
    it takes the whole file into memory.
    """
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        if named_right:
            workbook = CalamineWorkbook.from_path(path)
        else:
            with open(path, "rb") as file:
                workbook = CalamineWorkbook.from_filelike(file)
    except PasswordError:
        return send(b"P")
    for index, about in enumerate(workbook.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        merged = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
        send(b"S", (about.name, about.visible is not SheetVisibleEnum.Visible, merged))
        if sys.stdin.buffer.read(1) == b"R":
            send_rows(sheet)
        del sheet
    send(b"!")


if __name__ == "__main__":
    limit(int(sys.argv[2]) * 2**20, int(sys.argv[3]))
    try:
        parse(sys.argv[1], sys.argv[4] == "named")
    except MemoryError:
        send(b"M")
    except BaseException:  # a Rust panic arrives as a BaseException
        send(b"E")
