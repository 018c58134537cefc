"""Numbers for records that come without one."""

import hashlib
from datetime import date


def number_from(prefix: str, day: date, *parts: str | None) -> str:
    """A number that is the same whenever the same record comes again: HD20230105-3f8a1c07."""
    digest = hashlib.sha256("|".join(part or "" for part in parts).encode()).hexdigest()[:8]
    return f"{prefix}{day:%Y%m%d}-{digest}"
