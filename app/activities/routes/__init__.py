"""Pages of organised activities."""

from flask import Blueprint

bp = Blueprint("activities", __name__, template_folder="../templates", url_prefix="/activities")

from app.activities import panels  # noqa: E402
from app.activities.routes import (  # noqa: E402
    attendance,
    deputies,
    figures,
    invitations,
    participants,
    planning,
    plans,
    sign_in,
)

__all__ = [
    "attendance",
    "bp",
    "deputies",
    "figures",
    "invitations",
    "panels",
    "participants",
    "planning",
    "plans",
    "sign_in",
]
