"""What must follow when an import has made or changed records, or was undone: each feature registers its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

FollowUp = Callable[[Sequence[int]], object]
_follow_ups: dict[str, list[FollowUp]] = {}


def register_follow_up(kind: str, fn: FollowUp) -> None:
    """Has ``fn(ids)`` called, in the run's transaction, for the records of a kind that an import touched."""
    known = _follow_ups.setdefault(kind, [])
    if fn not in known:
        known.append(fn)


def follow_up(kind: str, ids: Iterable[int]) -> None:
    """Calls what was registered for a kind, in the order of registration."""
    wanted = sorted(ids)
    for fn in _follow_ups.get(kind, ()):
        fn(wanted)
