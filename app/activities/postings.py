"""Ledger rows of attendance: present, on leave and absent are all facts; only being present is duty done."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, literal, null, select

from app.activities.models import Activity, Attendance
from app.activities.states import ActivityKind, ActivityState, AttendanceStatus
from app.kit.i18n import _l
from app.ledger.sources import LedgerSource, Rows, register
from app.ledger.states import DutyState, Part

SOURCE = "activity"


def select_rows(ids: Sequence[int] | None) -> Rows:
    """One row per deputy whose attendance at a held activity is known."""
    part = case(
        (Attendance.status == AttendanceStatus.LEAVE, Part.ON_LEAVE.value),
        (Attendance.status == AttendanceStatus.ABSENT, Part.ABSENT.value),
        (Attendance.spoke.is_(True), Part.SPOKE.value),
        else_=Part.TOOK_PART.value,
    )
    kinds = {kind: kind.duty_kind.value for kind in ActivityKind}
    kind = case(kinds, value=Activity.kind)
    statement = (
        select(
            Attendance.mandate_id,
            kind.label("kind"),
            Activity.held_on.label("happened_on"),
            literal(1).label("quantity"),
            part.label("part"),
            literal(SOURCE).label("source_kind"),
            Activity.id.label("source_id"),
            literal(DutyState.CONFIRMED.value).label("state"),
            null().label("recorded_by"),
        )
        .join(Activity, Activity.id == Attendance.activity_id)
        .where(Activity.state == ActivityState.HELD, Attendance.status != AttendanceStatus.INVITED)
    )
    return statement if ids is None else statement.where(Activity.id.in_(ids))


def select_titles(ids: Sequence[int]) -> Rows:
    """(id, title) of these activities."""
    return select(Activity.id, Activity.title).where(Activity.id.in_(ids))


register(LedgerSource(SOURCE, _l("组织活动"), select_rows, "activities.detail", select_titles))
