"""How much one address, and one station's page, may do: enough for everybody who means it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

KEPT = timedelta(days=2)
BODY_BYTES = 32 * 1024 * 1024

OPINION = "opinion"
FOLLOW = "follow"

# kind: (how many, within how long), for one address; a village may share one.
ADDRESS_LIMITS = {
    OPINION: ((6, timedelta(hours=1)), (20, timedelta(days=1))),
    FOLLOW: ((20, timedelta(hours=1)),),
}
STATION_LIMITS = {OPINION: ((100, timedelta(days=1)),)}


def digest_of_address(address: str, secret: str) -> str:
    """What is kept of an address: enough to count it, nothing to find anybody by."""
    return hmac.new(secret.encode(), f"address:{address}".encode(), hashlib.sha256).hexdigest()
