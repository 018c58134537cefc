"""The history of a record as its page shows it: who, when, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts.audit_words import HIDDEN, column_label, happening_label, source_label, value_text
from app.extensions import db
from app.kit import audit, clock
from app.kit.audit import AuditEvent

SHOWN = 30


@dataclass(frozen=True)
class HistoryEntry:
    """One event in words. ``changes`` are (label, before, after)."""

    at: datetime
    when: str
    who: str
    what: str
    changes: list[tuple[str, str, str]]
    note: str = ""


def history_for_template(
    kind: str, subject_id: int, also: Sequence[tuple[str, int]] = ()
) -> list[HistoryEntry]:
    """The latest events about a record, and about the others (kind, number) shown with it, newest first."""
    return [entry_of(event) for event in audit.history_of(db.session(), kind, subject_id, SHOWN, also)]


def entry_of(event: AuditEvent) -> HistoryEntry:
    """An event in words."""
    own_kind = event.tag.split(":")[1] if event.tag.count(":") == 2 else event.subject_kind
    note = "" if own_kind in {event.subject_kind, "session"} else event.subject_label
    if not event.tag.startswith("web:"):
        note = "　".join(filter(None, [note, source_label(event.tag)]))
    return HistoryEntry(
        at=event.at,
        when=clock.local(event.at).strftime("%Y-%m-%d %H:%M"),
        who=event.actor_name,
        what=happening_label(event.tag, event.subject_kind),
        changes=changes_of(event),
        note=note,
    )


def changes_of(event: AuditEvent) -> list[tuple[str, str, str]]:
    """(label, before, after) of every column of an event, in words."""
    kind = event.tag.split(":")[1] if event.tag.count(":") == 2 else event.subject_kind
    before: dict[str, Any] = event.before or {}
    after: dict[str, Any] = event.after or {}
    rows = []
    for column in dict.fromkeys([*before, *after]):
        hidden = HIDDEN in (before.get(column), after.get(column))
        old = "" if hidden and not before else value_text(kind, column, before.get(column))
        new = "" if hidden and not after else value_text(kind, column, after.get(column))
        rows.append((column_label(kind, column), old, new))
    return rows
