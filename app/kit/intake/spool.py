"""Events of a run, kept in a file until the run's last step: a chain is locked from its first event on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import astuple
from itertools import islice
from tempfile import SpooledTemporaryFile

from sqlalchemy.orm import Session

from app.kit.audit import Happening, record
from app.kit.authorisation import Actor

_IN_MEMORY = 2**20
_AT_ONCE = 2000


class Spool:
    """Happenings in the order they came; the file has no name and goes with the run."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115 - lives on

    def add(self, happenings: Iterable[Happening]) -> None:
        """Puts happenings at the end."""
        for happening in happenings:
            self._file.write(json.dumps(astuple(happening), ensure_ascii=False) + "\n")

    def clear(self) -> None:
        """Forgets everything."""
        self._file.seek(0)
        self._file.truncate()

    def record(self, session: Session, actor: Actor) -> None:
        """Appends all of it to the trail, in the caller's transaction."""
        self._file.seek(0)
        while lines := list(islice(self._file, _AT_ONCE)):
            record(session, [Happening(*json.loads(line)) for line in lines], actor)
        self.clear()
