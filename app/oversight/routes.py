"""Pages."""

from flask import Blueprint

bp = Blueprint("oversight", __name__, template_folder="templates")
