"""Rules of accounts on plain values: lock-outs, and which role goes with which area."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.kit.authorisation import SEPARATED_ROLES, UNIT_ROLES, Grant, Role

WINDOW = timedelta(minutes=15)
ACCOUNT_FAILURES = 5
ADDRESS_FAILURES = 30
COUNTY_OFFICE_DIGITS = frozenset({2, 4, 6})
TOWNSHIP_DIGITS = 9


def locked_until(failures: Sequence[datetime], limit: int, now: datetime) -> datetime | None:
    """Until when log-in is refused: 15 minutes from the last of ``limit`` failures within 15 minutes.

    ``failures`` are the latest ones, newest first; None where nothing is locked.
    """
    if len(failures) < limit:
        return None
    newest, oldest = failures[0], failures[limit - 1]
    until = newest + WINDOW
    return until if newest - oldest < WINDOW and now < until else None


def roles_conflict(roles: Sequence[Role]) -> bool:
    """The three administrators exclude each other and every role that does business (三员分立)."""
    held = set(roles)
    return bool(held & SEPARATED_ROLES) and len(held) > 1


def unit_conflict(roles: Sequence[Role], unit_id: int | None) -> bool:
    """A handling unit's account is the unit's and nothing else's: it sees what was handed to it, no office's work."""
    held = set(roles)
    if held & UNIT_ROLES:
        return bool(held - UNIT_ROLES) or unit_id is None
    return unit_id is not None


def area_fits(grant: Grant) -> bool:
    """Township staff work for one township, county staff for a county, city or provincial office."""
    digits = len(grant.area_code)
    if grant.role is Role.TOWNSHIP_STAFF:
        return digits == TOWNSHIP_DIGITS
    if grant.role is Role.COUNTY_STAFF:
        return digits in COUNTY_OFFICE_DIGITS
    return True
