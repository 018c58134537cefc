"""Where ledger rows come from: each source derives its rows with one SELECT, for posting and reconciling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

Rows = Select[*tuple[Any, ...]]
COLUMNS = (
    "mandate_id",
    "kind",
    "happened_on",
    "quantity",
    "part",
    "source_kind",
    "source_id",
    "state",
    "recorded_by",
)


@dataclass(frozen=True)
class LedgerSource:
    """A kind of source. ``select_rows(ids)`` yields the expected duty rows of these sources, or of all.

    The Select's columns are labelled as in :data:`COLUMNS`. ``title_of`` and ``url_of`` open a row's source.
    """

    kind: str
    label: Any
    select_rows: Callable[[Sequence[int] | None], Rows]
    endpoint: str
    select_titles: Callable[[Sequence[int]], Rows]


SOURCES: dict[str, LedgerSource] = {}


def register(source: LedgerSource) -> None:
    """Makes a feature's facts postable."""
    SOURCES[source.kind] = source
