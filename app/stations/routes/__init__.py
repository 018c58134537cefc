"""Pages of stations, receptions and opinions."""

from flask import Blueprint

bp = Blueprint("stations", __name__, template_folder="../templates")

from app.stations import panels  # noqa: E402
from app.stations.calendar import announcing  # noqa: E402 - the worker finds its announcers through the application
from app.stations.routes import (  # noqa: E402
    calendars,
    day,
    duty,
    feeds,
    loop,
    openness,
    opinion_steps,
    opinions,
    receptions,
    requests,
    roster,
    stations,
    transfers,
    wishes,
)

__all__ = [
    "announcing",
    "bp",
    "calendars",
    "day",
    "duty",
    "feeds",
    "loop",
    "openness",
    "opinion_steps",
    "opinions",
    "panels",
    "receptions",
    "requests",
    "roster",
    "stations",
    "transfers",
    "wishes",
]
