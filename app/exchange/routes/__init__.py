"""The import wizard: upload, recognise, preview, put right, confirm, undo; blank templates."""

from flask import Blueprint

bp = Blueprint("exchange", __name__, template_folder="../templates", url_prefix="/imports")

from app.exchange import jobs  # noqa: E402 - the worker finds its work through the application
from app.exchange.routes import batches, blanks, rows  # noqa: E402

__all__ = ["batches", "blanks", "bp", "jobs", "rows"]
