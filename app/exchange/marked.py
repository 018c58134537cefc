"""Wrong rows handed back: a copy of the uploaded sheets with the wrong cells marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from app.exchange.running import RowError
from app.exchange.sheets import SheetRef, all_rows
from app.kit.workbook.writing import MarkedSheet, write_marked_copy


def write_marked(
    stream: IO[bytes], sheets: Sequence[tuple[SheetRef, Sequence[RowError]]], *, only_wrong: bool = False
) -> None:
    """The sheets that have wrong rows, each wrong cell marked and the reason beside its row."""
    copies = []
    for ref, errors in sheets:
        if errors and ref.recognition is not None:
            columns = {key: column for column, key in ref.recognition.columns.items()}
            copies.append(
                MarkedSheet(
                    name=ref.sheet,
                    rows=all_rows(ref),
                    heading_row=ref.recognition.heading_row,
                    errors=[(error.row, columns.get(error.key), error.message) for error in errors],
                    heading_rows=ref.recognition.heading_rows,
                    merged=ref.merged,
                )
            )
    write_marked_copy(stream, copies, only_wrong=only_wrong)
