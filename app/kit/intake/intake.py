"""One import run: who takes what into which office, and what the importers of the run share."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from app.kit import clock
from app.kit.audit import Happening, plain_values
from app.kit.authorisation import Actor
from app.kit.intake.writer import BatchRecord, Writer


class Shared(Protocol):
    """Something several importers of a run use: made once, from the run itself."""

    def __init__(self, intake: Intake) -> None: ...


S = TypeVar("S", bound=Shared)


class Intake:
    """A run of importers for one office (``office``: its area code).

    ``areas`` are the prefixes the actor may change; a row outside them is wrong. Without ``batch`` the run is
    a preview.
    """

    def __init__(
        self, session: Session, actor: Actor, office: str, areas: tuple[str, ...], batch: BatchRecord | None
    ) -> None:
        self.session = session
        self.actor = actor
        self.office = office
        self.areas = areas
        self.writer = Writer(session, actor, batch)
        self.today: date = clock.today()
        self.touched: dict[str, set[int]] = {}
        self._shared: dict[type[Any], Any] = {}

    def share(self, kind: type[S]) -> S:
        """The run's one instance of ``kind``."""
        found = self._shared.get(kind)
        if found is None:
            found = self._shared[kind] = kind(self)
        return found

    def allows(self, area_code: str) -> bool:
        """Whether the actor may change what is kept under this area."""
        return any(area_code.startswith(prefix) for prefix in self.areas)

    def touch(self, source_kind: str, source_id: int) -> None:
        """A source of the ledger has been made or changed; its rows are posted when the run ends."""
        self.touched.setdefault(source_kind, set()).add(source_id)

    def made(self, kind: str, row_id: int, area_code: str, label: str, values: dict[str, Any]) -> None:
        """Records that a row was made on the way (a station named in the roster)."""
        self.writer.happened(
            Happening(f"import:{kind}:create", area_code, kind, row_id, label, None, plain_values(values))
        )
