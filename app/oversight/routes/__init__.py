"""Coverage and statistics: pages, lists behind the figures, and what is on screen as .xlsx and .docx."""

from flask import Blueprint

bp = Blueprint("oversight", __name__, template_folder="../templates")

from app.oversight.routes import coverage, statistics  # noqa: E402

__all__ = ["bp", "coverage", "statistics"]
