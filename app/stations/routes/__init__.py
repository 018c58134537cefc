"""Pages of stations, receptions and opinions."""

from flask import Blueprint

bp = Blueprint("stations", __name__, template_folder="../templates")

from app.stations import panels  # noqa: E402
from app.stations.routes import opinions, receptions, stations  # noqa: E402

__all__ = ["bp", "opinions", "panels", "receptions", "stations"]
