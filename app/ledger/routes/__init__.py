"""Pages of the duty ledger."""

from flask import Blueprint

bp = Blueprint("ledger", __name__, template_folder="../templates", url_prefix="/ledger")

from app.ledger import panels  # noqa: E402
from app.ledger.routes import entries, records, reports, review  # noqa: E402

__all__ = ["bp", "entries", "panels", "records", "reports", "review"]
