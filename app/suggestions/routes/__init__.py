"""Pages of suggestions, from draft to solution."""

from flask import Blueprint

bp = Blueprint("suggestions", __name__, template_folder="../templates")

from app.suggestions import panels  # noqa: E402
from app.suggestions.routes import (  # noqa: E402
    archive,
    asks,
    assignment,
    ballots,
    classes,
    clocks,
    drafting,
    evaluations,
    excellence,
    feedback,
    figures,
    fund,
    handling,
    look_backs,
    promises,
    publication,
    register,
    replies,
    screening,
    supervision,
)

__all__ = [
    "archive",
    "asks",
    "assignment",
    "ballots",
    "bp",
    "classes",
    "clocks",
    "drafting",
    "evaluations",
    "excellence",
    "feedback",
    "figures",
    "fund",
    "handling",
    "look_backs",
    "panels",
    "promises",
    "publication",
    "register",
    "replies",
    "screening",
    "supervision",
]
