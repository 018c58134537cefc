"""Workbooks at size: read 140,000 × 23 as an import does, write 100,000 × 10.

Seconds are wall time; memory is the peak of each process (MB), and what reading or writing added to the
parent's. Figures depend on what else the machine does: run it alone.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from app.kit.workbook.cells import date_, digits_text, name, partial_date, phone, text, yes_no
from app.kit.workbook.headings import Field, SheetKind, data_rows, parse_row, recognise
from app.kit.workbook.inspection import inspect
from app.kit.workbook.reading import read_sheets
from app.kit.workbook.writing import Kind, write_table

READ_ROWS, READ_COLUMNS = 140_000, 23
WRITTEN_ROWS, WRITTEN_COLUMNS = 100_000, 10

FIELDS = (
    Field("card", "代表证号", (), digits_text, required=True),
    Field("name", "姓名", (), name, required=True),
    Field("born", "出生年月", (), partial_date),
    Field("phone", "手机号码", (), phone),
    Field("re_elected", "是否连任", (), yes_no),
    Field("began", "当选日期", (), date_),
    *(Field(f"text{number}", f"栏目{number}", (), text(200)) for number in range(READ_COLUMNS - 6)),
)
ROSTER = SheetKind("roster", "名册", FIELDS, ("card", "name"))


def memory(process: str, line: str) -> float:
    """A figure of /proc in MB, 0 where there is none."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return 0.0
    found = [row.split()[1] for row in status.read_text().splitlines() if row.startswith(line)]
    return int(found[0]) / 1024 if found else 0.0


def people() -> Iterator[tuple[object, ...]]:
    """Invented rows of a roster."""
    texts = [f"某某镇第{number}代表小组" for number in range(900)]
    for number in range(READ_ROWS):
        yield (
            f"06234{number:06d}", f"王某{number % 5000}", f"19{number % 90 + 10}.{number % 12 + 1}",
            f"138{number:08d}", "是" if number % 3 else None, date(2021, 12, 28),
            *(texts[(number * column) % 900] for column in range(READ_COLUMNS - 6)),
        )  # fmt: skip


def make_roster(path: Path) -> None:
    """The workbook that is read."""
    columns: list[tuple[str, Kind, float]] = [
        (each.label, "date" if each.key == "began" else "text", 12) for each in FIELDS
    ]
    with path.open("wb") as stream:
        write_table(stream, title="名册", note="", columns=columns, rows=people(), sheet_name="名册")


def read(path: Path, *, parse: bool) -> tuple[int, float]:
    """Rows read and the child's peak."""
    count, child = 0, 0.0
    for sheet in read_sheets([path]):
        found = recognise(sheet.head(), sheet.merged, [ROSTER])
        assert found is not None
        for _number, cells, _row in data_rows(sheet.rows, found):
            if parse:
                parse_row(found, cells)
            count += 1
            if count == READ_ROWS:
                child = max(
                    (memory(pid, "VmHWM") for listing in Path("/proc/self/task").glob("*/children")
                     for pid in listing.read_text().split()), default=0.0,
                )  # fmt: skip
    return count, child


def write(path: Path) -> None:
    """A table of every kind of column."""
    columns: list[tuple[str, Kind, float]] = [
        ("日期", "date", 12),
        ("次数", "integer", 8),
        ("金额", "money", 12),
    ]
    columns += [(f"文字{number}", "text", 16) for number in range(WRITTEN_COLUMNS - 3)]
    day = date(2024, 3, 5)
    texts = ["某某镇人大代表联络站", "=1+1", "王某", "110101199003078515", "a & b", "走访选民", "已反馈"]
    with path.open("wb") as stream:
        rows = ((day, number, number * 7, *texts) for number in range(WRITTEN_ROWS))
        write_table(stream, title="台账", note="全部", columns=columns, rows=rows, sheet_name="台账")


def report(what: str, began: float, before: float, child: float = 0.0) -> None:
    """One line."""
    grown = memory("self", "VmHWM") - before
    line = f"{what:<34} {time.perf_counter() - began:6.2f} s   parent +{grown:.0f} MB"
    print(line + (f", child {child:.0f} MB" if child else ""), flush=True)


def reset_peak() -> float:
    """Begin a new peak (Linux); the memory held now."""
    clear = Path("/proc/self/clear_refs")
    if sys.platform.startswith("linux") and clear.exists():
        clear.write_text("5")
    return memory("self", "VmHWM")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "名册.xlsx"
        make_roster(path)
        print(f"{READ_ROWS:,} × {READ_COLUMNS}, {path.stat().st_size / 2**20:.1f} MB")
        before, began = reset_peak(), time.perf_counter()
        inspect(path)
        report("pre-scan", began, before)
        for what, parse in (("read, recognise, rows", False), ("the same, every cell parsed", True)):
            before, began = reset_peak(), time.perf_counter()
            count, child = read(path, parse=parse)
            assert count == READ_ROWS
            report(what, began, before, child)
        print(f"{WRITTEN_ROWS:,} × {WRITTEN_COLUMNS}")
        before, began = reset_peak(), time.perf_counter()
        write(Path(folder) / "台账.xlsx")
        report("write", began, before)


if __name__ == "__main__":
    main()
