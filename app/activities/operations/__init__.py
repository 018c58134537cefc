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
from app.activities.operations.dates import choose_date, convene, propose_dates, reply_dates
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
from app.activities.operations.plans import (
    add_item,
    approve_plan,
    create_plan,
    remove_item,
    return_plan,
    revise_plan,
    submit_plan,
    update_item,
    update_plan,
)

__all__ = [
    "Mark",
    "add_item",
    "approve_plan",
    "ask_leave",
    "attach_files",
    "cancel_activity",
    "choose_date",
    "close_sign_in",
    "convene",
    "create_activity",
    "create_plan",
    "decide_leave",
    "hold_activity",
    "invite",
    "open_sign_in",
    "propose_dates",
    "record_attendance",
    "remove_file",
    "remove_item",
    "remove_participants",
    "reopen_activity",
    "reply_dates",
    "return_plan",
    "revise_plan",
    "set_capacities",
    "set_participants",
    "sign_in",
    "sign_in_from_list",
    "submit_plan",
    "undo_sign_in",
    "update_activity",
    "update_item",
    "update_plan",
    "withdraw_leave",
    "write_record",
]
