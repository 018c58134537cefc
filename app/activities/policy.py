"""Actions of organised activities."""

from app.kit.authorisation import Reach, Role, action
from app.kit.i18n import _l
from app.registry.policy import READERS, STAFF

VIEW_ACTIVITIES = action("activities.view", _l("查看活动"), READERS)
EDIT_ACTIVITIES = action("activities.edit", _l("登记活动和考勤"), STAFF)
SIGN_IN = action("activities.sign_in", _l("活动签到"), {Role.DEPUTY: Reach.OWN})
ASK_LEAVE = action("activities.ask_leave", _l("活动请假"), {Role.DEPUTY: Reach.OWN})
