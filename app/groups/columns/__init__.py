"""Lists of groups, of who is missing in them, of links and care, each declared once for page and export."""

from app.groups.columns.groups import GROUPS, TODAY
from app.groups.columns.people import (
    CARE_NOTES,
    DEPUTY_LINKS,
    UNGROUPED_LEADERS,
    UNLINKED,
    UPPER_DEPUTIES,
)

__all__ = [
    "CARE_NOTES",
    "DEPUTY_LINKS",
    "GROUPS",
    "TODAY",
    "UNGROUPED_LEADERS",
    "UNLINKED",
    "UPPER_DEPUTIES",
]
