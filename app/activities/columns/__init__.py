"""Lists of activities, plans and attendance, each declared once for page and export."""

from app.activities.columns.activities import ACTIVITIES
from app.activities.columns.figures import GROUP_ATTENDANCE, MEMBER_ATTENDANCE, SUPPORT_NEEDS
from app.activities.columns.plans import GROUP_PLANS, MISSING_PLANS

__all__ = [
    "ACTIVITIES",
    "GROUP_ATTENDANCE",
    "GROUP_PLANS",
    "MEMBER_ATTENDANCE",
    "MISSING_PLANS",
    "SUPPORT_NEEDS",
]
