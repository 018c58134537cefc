"""The year a list of attendance is asked for: a list's columns take it from here, the page puts it there."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam

from app.kit import clock

_chosen: ContextVar[int | None] = ContextVar("chosen_year", default=None)


def choose_year(sent: str) -> int:
    """Looks at this year from now on in this request: the one asked for, else the running one."""
    this = clock.today().year
    year = int(sent) if sent.isascii() and sent.isdigit() and len(sent) == 4 else this
    year = min(max(year, 1990), this + 1)
    _chosen.set(year)
    return year


def chosen_year() -> int:
    """The year looked at."""
    return _chosen.get() or clock.today().year


# Bound when the statement is sent, so that columns declared once serve every year.
FIRST_DAY: Any = bindparam("first_day", callable_=lambda: date(chosen_year(), 1, 1), type_=Date())
LAST_DAY: Any = bindparam("last_day", callable_=lambda: date(chosen_year(), 12, 31), type_=Date())
