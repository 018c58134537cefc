"""Actions of organised activities."""

from app.kit.authorisation import Reach, Role, action
from app.kit.i18n import _l
from app.registry.policy import AREA_READERS, READERS, STAFF

VIEW_ACTIVITIES = action("activities.view", _l("查看活动"), READERS)
EDIT_ACTIVITIES = action("activities.edit", _l("登记活动和考勤"), STAFF)
SIGN_IN = action("activities.sign_in", _l("活动签到"), {Role.DEPUTY: Reach.OWN})
ASK_LEAVE = action("activities.ask_leave", _l("活动请假"), {Role.DEPUTY: Reach.OWN})
# A deputy reaches the activities of groups in which they hold a leading post (2-18, 3-33).
RUN_ACTIVITIES = action(
    "activities.run", _l("召集小组活动、登记考勤和记录"), {**STAFF, Role.DEPUTY: Reach.OWN}
)
REPLY_DATES = action("activities.reply_dates", _l("答复活动时间"), {Role.DEPUTY: Reach.OWN})
OVERSEE_ACTIVITIES = action("activities.oversee", _l("查看活动考勤和保障情况"), AREA_READERS)
VIEW_PLANS = action("activities.view_plans", _l("查看小组计划"), READERS)
EDIT_PLANS = action("activities.plan", _l("制定小组计划"), {**STAFF, Role.DEPUTY: Reach.OWN})
APPROVE_PLANS = action("activities.approve_plans", _l("批准小组计划"), STAFF)
