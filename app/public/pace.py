"""How often one address may have the whole register searched through; kept in memory, for reading writes nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

from app.public.rules import counted_as

# A household may share an address, and who looks for something tries several words.
SEARCHES, SECONDS = 60, 60.0
# So many addresses are remembered; those unseen for longest are forgotten first.
ADDRESSES = 10_000


class Pace:
    """Uses of the last while, by address. Each process of the server counts for itself."""

    def __init__(self, most: int = SEARCHES, within: float = SECONDS) -> None:
        self._most, self._within = most, within
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, address: str, now: float) -> bool:
        """Counts a use at a moment in seconds; False for one too many, which is not counted."""
        counted = counted_as(address)
        with self._lock:
            uses = self._seen.setdefault(counted, deque())
            self._seen.move_to_end(counted)
            if len(self._seen) > ADDRESSES:
                self._seen.popitem(last=False)
            while uses and uses[0] <= now - self._within:
                uses.popleft()
            if len(uses) >= self._most:
                return False
            uses.append(now)
            return True
