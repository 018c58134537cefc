"""What was counted is remembered until something changes.

Every change to the records is an event of the audit trail, so the heads of its chains say whether anything
changed: they are hashes of all that ever happened. A process keeps what it counted last under the heads it
was counted at; under other heads it counts again. No process can therefore show figures of yesterday.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import or_, select

from app.extensions import db
from app.kit.audit import ROOT_DIGITS, AuditChain
from app.kit.database import within

Counted = TypeVar("Counted")


def state_of_records(area_code: str) -> tuple[tuple[str, str], ...]:
    """The heads of the chains that record changes in an area and in those above it."""
    root = area_code[:ROOT_DIGITS]
    above = [root[:n] for n in range(len(root))]
    wanted = select(AuditChain.chain, AuditChain.head).where(
        or_(within(AuditChain.chain, [root]), AuditChain.chain.in_(above))
    )
    return tuple((chain, head) for chain, head in db.session.execute(wanted.order_by(AuditChain.chain)))


class Remembered(Generic[Counted]):
    """The last few results, by what was asked and the state of the records it was counted at."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._found: OrderedDict[Hashable, Counted] = OrderedDict()
        self._lock = Lock()

    def get(self, area_code: str, asked: Hashable, count: Callable[[], Counted]) -> Counted:
        """The result for ``asked`` in an area, counted anew where the records have changed."""
        key = (area_code, asked, state_of_records(area_code))
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        made = count()
        with self._lock:
            self._found[key] = made
            while len(self._found) > self._kept:
                self._found.popitem(last=False)
        return made

    def forget(self) -> None:
        """Counts everything anew."""
        with self._lock:
            self._found.clear()
