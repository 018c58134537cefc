"""Promises in figures: what share of those that were due is kept (落实率, 4-04). Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PromiseFigures:
    """Promises of an area or a unit, each in exactly one of four places."""

    running: int = 0
    overdue: int = 0
    kept: int = 0
    not_possible: int = 0

    @property
    def total(self) -> int:
        return self.running + self.overdue + self.kept + self.not_possible

    @property
    def due(self) -> int:
        """Ended, or to be ended by now: one that is still in time says nothing yet."""
        return self.total - self.running

    @property
    def implementation_rate(self) -> float | None:
        """Kept, of those that were due; explained in writing is no more kept than late is (4-04)."""
        return self.kept / self.due if self.due else None
