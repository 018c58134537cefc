"""Staff confirm or return what deputies reported, one or many at once, and may undo it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l
from app.ledger.models import DutyEntry
from app.ledger.operations.entries import move
from app.ledger.operations.posting import post
from app.ledger.policy import REVIEW_ENTRIES
from app.ledger.postings import SOURCE
from app.ledger.queries import list_entries, list_reviewed_at
from app.ledger.states import EntryAction
from app.registry.queries import MISSING


def confirm_entries(actor: Actor, entry_ids: Sequence[int]) -> list[DutyEntry]:
    """Confirms reports: from now on they count. One outside the scope, or not pending, refuses all."""
    return _review(actor, entry_ids, EntryAction.CONFIRM, "")


def return_entries(actor: Actor, entry_ids: Sequence[int], *, reason: str) -> list[DutyEntry]:
    """Returns reports with the reason the deputy will read."""
    reason = (reason or "").strip()
    if not reason:
        raise DomainError(_l("请写明退回原因，代表会看到。"), "reason")
    return _review(actor, entry_ids, EntryAction.RETURN, reason)


def undo_review(actor: Actor, reviewed_at: datetime) -> list[DutyEntry]:
    """Takes back what the actor confirmed or returned in one go, as far as it still stands so."""
    entries = list_reviewed_at(actor, reviewed_at)
    if not entries:
        raise DomainError(_l("没有可撤销的审核，可能已经撤销，或代表已重新提交。"))

    def forget(entry: DutyEntry) -> None:
        entry.return_reason, entry.reviewed_by, entry.reviewed_at = "", None, None

    return _moved(entries, EntryAction.UNDO, forget)


def _review(actor: Actor, entry_ids: Sequence[int], action: EntryAction, reason: str) -> list[DutyEntry]:
    wanted = sorted(set(entry_ids))
    entries = list_entries(actor, REVIEW_ENTRIES, wanted)
    if not wanted:
        raise DomainError(_l("请先选择要处理的履职。"))
    if len(entries) != len(wanted):
        raise NotFound(MISSING)
    at = clock.now()

    def sign(entry: DutyEntry) -> None:
        entry.return_reason, entry.reviewed_by, entry.reviewed_at = reason, actor.user_id, at

    return _moved(entries, action, sign)


def _moved(
    entries: list[DutyEntry], action: EntryAction, change: Callable[[DutyEntry], None]
) -> list[DutyEntry]:
    for entry in entries:
        move(entry, action)
        change(entry)
    db.session.flush()
    post(SOURCE, [entry.id for entry in entries])
    return entries
