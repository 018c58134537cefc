"""Changing the ledger: posting from sources, directly recorded facts, and their review."""

from app.ledger.operations.entries import (
    attach_files,
    create_entry,
    delete_entry,
    remove_file,
    report_entry,
    update_entry,
    update_report,
    withdraw_report,
)
from app.ledger.operations.posting import Drift, post, post_all, reconcile
from app.ledger.operations.review import confirm_entries, return_entries, undo_review

__all__ = [
    "Drift",
    "attach_files",
    "confirm_entries",
    "create_entry",
    "delete_entry",
    "post",
    "post_all",
    "reconcile",
    "remove_file",
    "report_entry",
    "return_entries",
    "undo_review",
    "update_entry",
    "update_report",
    "withdraw_report",
]
