"""The only clock of the house: instants in UTC, days in Asia/Shanghai."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in the office (Asia/Shanghai)."""
    return datetime.now(SHANGHAI).date()


def local(instant: datetime) -> datetime:
    """The same instant on the office's wall clock."""
    return instant.astimezone(SHANGHAI)
