"""The to-do page, global search."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.kit.web import signed_in

bp = Blueprint("home", __name__, template_folder="templates")


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """What waits for this person."""
    return render_template("home/index.html")
