"""How much one address, and one station's page, may do: enough for everybody who means it."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

KEPT = timedelta(days=2)
BODY_BYTES = 32 * 1024 * 1024

OPINION = "opinion"
FOLLOW = "follow"
REFUSED = "refused"

# kind: (how many, within how long), for one address; a village may share one.
ADDRESS_LIMITS = {
    OPINION: ((6, timedelta(hours=1)), (20, timedelta(days=1))),
    FOLLOW: ((20, timedelta(hours=1)),),
    REFUSED: ((20, timedelta(hours=1)),),
}
STATION_LIMITS = {OPINION: ((100, timedelta(days=1)),)}


def counted_as(address: str) -> str:
    """The address a use counts for: of IPv6 the network, for a household has as many addresses as it likes."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))


def digest_of_address(address: str, secret: str) -> str:
    """What is kept of an address: enough to count it, nothing to find anybody by."""
    counted = f"address:{counted_as(address)}"
    return hmac.new(secret.encode(), counted.encode(), hashlib.sha256).hexdigest()
