"""Changing activities: planning and holding them, whom to invite, who came."""

from app.activities.operations.attendance import (
    Mark,
    close_sign_in,
    open_sign_in,
    record_attendance,
    sign_in,
    sign_in_from_list,
    undo_sign_in,
)
from app.activities.operations.leave import ask_leave, decide_leave, withdraw_leave
from app.activities.operations.participants import (
    invite,
    remove_participants,
    set_capacities,
    set_participants,
)
from app.activities.operations.planning import (
    attach_files,
    cancel_activity,
    create_activity,
    hold_activity,
    remove_file,
    reopen_activity,
    update_activity,
    write_record,
)

__all__ = [
    "Mark",
    "ask_leave",
    "attach_files",
    "cancel_activity",
    "close_sign_in",
    "create_activity",
    "decide_leave",
    "hold_activity",
    "invite",
    "open_sign_in",
    "record_attendance",
    "remove_file",
    "remove_participants",
    "reopen_activity",
    "set_capacities",
    "set_participants",
    "sign_in",
    "sign_in_from_list",
    "undo_sign_in",
    "update_activity",
    "withdraw_leave",
    "write_record",
]
