"""Pages of the registry."""

from flask import Blueprint

bp = Blueprint("registry", __name__, template_folder="../templates")

from app.registry.routes import deputies, holidays, pick, settings  # noqa: E402

__all__ = ["bp", "deputies", "holidays", "pick", "settings"]
