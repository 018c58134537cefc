"""Pages of deputy groups."""

from flask import Blueprint

bp = Blueprint("groups", __name__, template_folder="../templates")

from app.groups import panels  # noqa: E402
from app.groups.routes import composing, groups, people  # noqa: E402

__all__ = ["bp", "composing", "groups", "panels", "people"]
