"""What the operations on activities share: one writer at a time, the table of states, numbers."""

from __future__ import annotations

from sqlalchemy import func, select

from app.activities.models import Activity
from app.activities.policy import RUN_ACTIVITIES
from app.activities.rules import NUMBER_PREFIX, number_of, serial_of
from app.activities.states import ACTIVITY_TRANSITIONS, ActivityAction
from app.extensions import db
from app.groups.queries import leads
from app.kit.authorisation import Actor, authorise
from app.kit.database import hold
from app.kit.errors import Conflict
from app.kit.i18n import _l


def authorise_run(actor: Actor, activity: Activity) -> None:
    """Refuses whoever neither keeps the activity's area nor leads its group (2-18)."""
    if not leads(actor, activity.group_id):
        authorise(actor, RUN_ACTIVITIES, activity.area_code)


def lock(activity: Activity) -> None:
    """Makes whoever else changes this activity wait, and reads it anew."""
    db.session.refresh(activity, with_for_update=True)


def move(activity: Activity, action: ActivityAction) -> None:
    """Follows the table of states; Conflict where it has no such step."""
    after = ACTIVITY_TRANSITIONS.after(activity.state, action)
    if after is None:
        raise Conflict(
            _l(
                "活动现在是“%(state)s”，不能%(action)s。请刷新页面看最新情况。",
                state=activity.state.label,
                action=action.label,
            )
        )
    activity.state = after


def next_number(office_code: str, year: int) -> str:
    """The next free number of the office in that year.

    Numbers of any other make (brought by an import) are passed over. SQLite's writer is alone; on
    PostgreSQL a lock on office and year makes others wait until this transaction has ended.
    """
    hold(db.session(), f"activity number {office_code} {year}")
    start = f"{NUMBER_PREFIX}{year:04d}"
    taken = (
        select(Activity.number)
        .where(Activity.office_code == office_code, Activity.number >= start)
        .where(Activity.number < start + chr(0x10FFFF))
        .order_by(func.length(Activity.number).desc(), Activity.number.desc())
    )
    serials = (serial_of(number, year) for number in db.session.scalars(taken))
    return number_of(year, next((serial for serial in serials if serial is not None), 0) + 1)
