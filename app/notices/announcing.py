"""Who looks for what is due to be told: each feature registers a function, the worker calls it every few minutes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from app.extensions import db
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator

log = logging.getLogger("lvzhi.notices")
Announcer = Callable[[datetime], object]
_announcers: dict[str, Announcer] = {}


def register_announcer(name: str, fn: Announcer) -> None:
    """Has ``fn(now)`` called by the worker every few minutes, in a transaction of its own.

    It calls :func:`app.notices.operations.tell` for everything due at ``now`` (aware, UTC); being called again,
    or by two workers at once, does no harm, because what was told once is not told again. ``name`` is unique.
    """
    if _announcers.get(name, fn) is not fn:
        raise ValueError(f"announcer {name} registered twice")
    _announcers[name] = fn


def announce(now: datetime | None = None) -> None:
    """Calls every announcer and commits after each; one that fails does not keep the others from being called."""
    for name, fn in _announcers.items():
        try:
            with acting_as(operator("notices", "worker")):
                fn(now or clock.now())
                db.session.commit()
        except Exception:
            db.session.rollback()
            log.exception("announcer %s failed", name)
