"""The coverage picture on the home page."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.kit.authorisation import Actor


def coverage_picture(actor: Actor, area_code: str, on: date) -> Any:
    """Levels of the area with their rates."""
    return None


def becoming_due(actor: Actor, within_days: int) -> Any:
    """Deputies whose window opens or closes soon."""
    return None
