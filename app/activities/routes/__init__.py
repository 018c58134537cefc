"""Pages of organised activities."""

from flask import Blueprint

bp = Blueprint("activities", __name__, template_folder="../templates", url_prefix="/activities")

from app.activities import panels  # noqa: E402
from app.activities.routes import attendance, deputies, participants, planning, sign_in  # noqa: E402

__all__ = ["attendance", "bp", "deputies", "panels", "participants", "planning", "sign_in"]
