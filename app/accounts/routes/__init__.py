"""Pages of accounts: log-in, my account, accounts of others, the audit trail, jobs and files."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__, template_folder="../templates")

from app.accounts.routes import audit, entry, files, jobs, lists, mine, roster, users  # noqa: E402

__all__ = ["audit", "bp", "entry", "files", "jobs", "lists", "mine", "roster", "users"]
