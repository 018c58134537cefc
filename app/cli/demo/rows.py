"""Rows of the invented county, made in bulk with a fixed seed."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from app.kit import audit, clock
from app.kit.audit import Happening
from app.kit.database import Base, reserve_ids

COUNTY, CITY, PROVINCE = "999010", "9990", "99"


class Maker:
    """Collects rows by table, hands out their numbers, and writes them in order of first use."""

    def __init__(self, session: Session, today: date) -> None:
        self.session = session
        self.today = today
        self.random = random.Random(20_260_101)  # noqa: S311 - the county is the same every time
        self.first_year = today.year - 4
        self.term_began = date(self.first_year - 1, 12, 28)
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._ids: dict[Table, list[int]] = {}
        self.made: dict[str, list[dict[str, Any]]] = {}

    def add(self, model: type[Base], /, **values: Any) -> dict[str, Any]:
        """A row of a table; its ``id`` is known at once."""
        table: Table = model.__table__  # type: ignore[assignment]
        if "id" in table.c:
            ids = self._ids.setdefault(table, [])
            if not ids:
                offset = len(self._rows.get(table, ()))
                ids += [number + offset for number in reserve_ids(self.session, table, 5000)][::-1]
            values["id"] = ids.pop()
        for name in ("created_at", "updated_at"):
            if name in table.c:
                values.setdefault(name, clock.now())
        self._rows.setdefault(table, []).append(values)
        self.made.setdefault(table.name, []).append(values)
        return values

    def write_before(self, model: type[Base], other: type[Base]) -> None:
        """Rows of ``model`` are written before those of ``other``, which name them."""
        first: Table = model.__table__  # type: ignore[assignment]
        later: Table = other.__table__  # type: ignore[assignment]
        order = [table for table in self._rows if table is not first]
        order.insert(order.index(later), first)
        self._rows = {table: self._rows[table] for table in order}

    def flush(self) -> None:
        """Writes what was collected, and one event per record that has a history of its own."""
        happenings = []
        for table, rows in self._rows.items():
            by_shape: dict[tuple[str, ...], list[dict[str, Any]]] = {}
            for row in rows:
                by_shape.setdefault(tuple(row), []).append(row)
            for same in by_shape.values():
                for start in range(0, len(same), 2000):
                    self.session.execute(insert(table), same[start : start + 2000])
            if table.name in {"person", "mandate", "activity", "suggestion", "station", "deputy_group"}:
                happenings += [
                    Happening(
                        f"demo:{table.name}:create",
                        COUNTY,
                        table.name,
                        row["id"],
                        str(row.get("name") or row.get("title") or ""),
                    )
                    for row in rows
                ]
        audit.record(self.session, happenings)
        self._rows.clear()
        self._ids.clear()

    # --- chance ------------------------------------------------------------------------------------------

    def day(self, first: date, last: date) -> date:
        """Some day in between, both included."""
        return first + timedelta(days=self.random.randint(0, max((last - first).days, 0)))

    def chance(self, share: float) -> bool:
        """True in about this share of calls."""
        return self.random.random() < share
