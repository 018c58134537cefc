"""Reading workbooks that strangers made: checked as bytes first, then parsed by a child process.

Whatever the file does to its parser (abort, memory, endless loop), this process sees only a child that
stopped, and raises :class:`HostileWorkbook` with one sentence. Rows come back as a stream, so that a
140,000-row sheet costs this process a few megabytes.
"""

from __future__ import annotations

import io
import itertools
import os
import pickle
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.kit.i18n import _l
from app.kit.workbook.inspection import (
    HostileWorkbook,
    Inspection,
    damaged,
    inspect,
    locked,
    too_large,
)

__all__ = ["Cell", "HostileWorkbook", "Inspection", "Row", "Sheet", "inspect", "read_sheets"]

Cell = str | float | int | bool | date | datetime | None
Row = tuple[Cell, ...]

_CHILD = Path(__file__).with_name("child.py")
_SUFFIXES = {"xlsx": (".xlsx", ".xlsm"), "xls": (".xls",)}
_MAX_FRAME = 64 * 2**20
_NO_ROWS = pickle.dumps([])
_PASSED_ON = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "TZ")


@dataclass
class Sheet:
    """One work sheet. ``rows`` starts at Excel's row 1 and can be gone through once, before the next sheet.

    ``merged`` holds (first row, first column, last row, last column), all counted from 0.
    """

    file: str
    path: Path
    name: str
    hidden: bool
    merged: list[tuple[int, int, int, int]]
    rows: Iterator[Row]

    def head(self, count: int = 30) -> list[Row]:
        """The first rows, for recognition; ``rows`` still begins at row 1 afterwards."""
        first = list(itertools.islice(self.rows, count))
        self.rows = itertools.chain(first, self.rows)
        return first


def read_sheets(paths: Iterable[str | Path], *, memory_mb: int = 512, seconds: int = 300) -> Iterator[Sheet]:
    """Every work sheet of every workbook, in the order given; raises :class:`HostileWorkbook`.

    Each file has its own child process of at most ``memory_mb`` (where the system can limit it), which may
    let this process wait ``seconds`` in all; time spent by the caller between rows is not counted. Empty
    cells are None, whole numbers stay floats, times of day are text. Closing this iterator, or letting go of
    it, ends the child and with it the rows.
    """
    for path in map(Path, paths):
        found = inspect(path)
        with _Parser(path, found.format, memory_mb, seconds) as parser:
            yield from parser.sheets()


class _Frames(pickle.Unpickler):
    """Unpickles the values a cell can have and nothing else: the child is not trusted with code."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in ("date", "datetime"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class _Parser:
    """The child process of one workbook and the conversation with it."""

    def __init__(self, path: Path, kind: str, memory_mb: int, seconds: int) -> None:
        self.path = path
        self.left = float(seconds)
        self.late = False
        self.sheet = 0
        self.pending = "gone"  # the rows of this sheet: unasked, sending, sent or gone
        named = "named" if path.suffix.lower() in _SUFFIXES[kind] else "unnamed"
        self.child = subprocess.Popen(  # noqa: S603 - this interpreter, our own script, no shell
            [sys.executable, "-P", str(_CHILD), str(path.resolve()), str(memory_mb), str(seconds), named],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def __enter__(self) -> _Parser:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.pending = "gone"
        self.child.kill()
        for pipe in (self.child.stdin, self.child.stdout):
            try:
                if pipe:
                    pipe.close()
            except OSError:  # what was still to be written has no reader any more
                pass
        self.child.wait()

    def sheets(self) -> Iterator[Sheet]:
        """Each sheet; rows that nobody asked for are left out when the next sheet is asked for."""
        while (frame := self.receive())[0] != b"!":
            if frame[0] != b"S":
                raise self.error(frame[0])
            name, hidden, merged = self.unpack(frame[1])
            self.sheet += 1
            self.pending = "unasked"
            yield Sheet(self.path.name, self.path, name, hidden, merged, self.rows(self.sheet))
            if self.pending == "unasked":
                self.send(b"-")
            while self.pending == "sending":
                self.receive_rows()
            self.pending = "gone"

    def rows(self, sheet: int) -> Iterator[Row]:
        """The rows of the sheet announced last."""
        if sheet == self.sheet and self.pending == "unasked":
            self.pending = "sending"
            self.send(b"R")
        while sheet == self.sheet and self.pending == "sending":
            yield from self.unpack(self.receive_rows())
        if sheet != self.sheet or self.pending != "sent":
            raise RuntimeError(
                "a sheet's rows are to be read before the next sheet, while read_sheets is held"
            )

    def receive_rows(self) -> bytes:
        """One frame of rows; at the end of the sheet an empty one."""
        letter, content = self.receive()
        if letter == b"R":
            return content
        if letter != b".":
            raise self.error(letter)
        self.pending = "sent"
        return _NO_ROWS

    def send(self, letter: bytes) -> None:
        """Answer the child's last sheet."""
        stdin = self.child.stdin
        assert stdin is not None  # noqa: S101 - Popen was given a pipe
        try:
            stdin.write(letter)
            stdin.flush()
        except OSError as error:
            raise self.error(b"") from error

    def receive(self) -> tuple[bytes, bytes]:
        """The next frame, within what is left of the time."""
        stdout = self.child.stdout
        assert stdout is not None  # noqa: S101 - Popen was given a pipe
        watch = threading.Timer(max(self.left, 0), self.expire)
        watch.daemon = True
        began = time.monotonic()
        watch.start()
        try:
            header = stdout.read(5)
            if len(header) < 5:
                raise self.error(b"")
            letter, length = struct.unpack(">cI", header)
            if length > _MAX_FRAME:
                raise self.error(b"M")
            content = stdout.read(length)
            if len(content) < length:
                raise self.error(b"")
            return letter, content
        finally:
            watch.cancel()
            self.left -= time.monotonic() - began

    def expire(self) -> None:
        """The time is up: the child ends, and whoever waits for it learns why."""
        self.late = True
        self.child.kill()

    def unpack(self, frame: bytes) -> Any:
        """The content of a frame; a child that sends rubbish has been taken over by its file."""
        try:
            return _Frames(io.BytesIO(frame)).load()
        except Exception as error:
            raise damaged(self.path.name) from error

    def error(self, letter: bytes) -> HostileWorkbook:
        """What to say when the child stopped (no letter) or gave up."""
        name = self.path.name
        if self.late:
            return HostileWorkbook(
                _l("读取“%(file)s”用时过长，已停止；请拆成几个文件后重新上传。", file=name)
            )
        if letter == b"P":
            return locked(name)
        return damaged(name) if letter == b"E" else too_large(name)
