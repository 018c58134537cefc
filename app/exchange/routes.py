"""Pages."""

from flask import Blueprint

bp = Blueprint("exchange", __name__, template_folder="templates")
