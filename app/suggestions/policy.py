"""Actions of deputies' suggestions."""

from app.kit.authorisation import Reach, Role, action
from app.kit.i18n import _l
from app.registry.policy import AREA_READERS, ASSIGNERS, COUNTY, READERS, STAFF, UNITS

_OFFICE = {Role.ASSIGNMENT_OFFICE: Reach.AREA}
_DEPUTY = {Role.DEPUTY: Reach.OWN}

VIEW_SUGGESTIONS = action("suggestions.view", _l("查看代表建议"), {**READERS, **_OFFICE, **UNITS})
EDIT_SUGGESTIONS = action("suggestions.edit", _l("登记和修改代表建议"), STAFF)

# A deputy drafts, co-signs and hands in; the office screens, groups into classes and numbers.
DRAFT_SUGGESTIONS = action("suggestions.draft", _l("起草和提交本人的建议"), _DEPUTY)
SCREEN_SUGGESTIONS = action("suggestions.screen", _l("审查立案、归类、办结和归档建议"), STAFF)

# Handing over, deciding about objections and extensions, pressing for answers.
ASSIGN_SUGGESTIONS = action("suggestions.assign", _l("交办、催办建议，审批退回和延期"), ASSIGNERS)

EDIT_DEADLINE_RULES = action("suggestions.deadline_rules", _l("修改建议办理期限规则"), COUNTY)

# A unit handles what is in its hands; staff write down what came on paper. Its head signs.
HANDLE_SUGGESTIONS = action("suggestions.handle", _l("签收、联系和办理建议"), {**STAFF, **UNITS})
SIGN_REPLIES = action("suggestions.sign", _l("签发建议答复函"), {**STAFF, Role.UNIT_HEAD: Reach.OWN})
OWN_HANDLING = action("suggestions.own_handling", _l("办理交给本单位的建议"), UNITS)

GIVE_FEEDBACK = action("suggestions.feedback", _l("反馈对建议答复的意见"), {**STAFF, **_DEPUTY})
FOLLOW_PROMISES = action("suggestions.promises", _l("更新承诺事项进展"), {**STAFF, **UNITS})
LOOK_BACK = action("suggestions.look_back", _l("开展建议办理回头看"), STAFF)

VIEW_SUPERVISION = action("supervision.view", _l("查看建议督办"), {**AREA_READERS, **_OFFICE, **_DEPUTY})
EDIT_SUPERVISION = action("supervision.edit", _l("安排建议督办"), STAFF)
# Whoever supervises, or a leader of the group that does, writes down what they did on site.
RECORD_VISITS = action("supervision.visit", _l("登记督办活动"), {**STAFF, **_DEPUTY})

VIEW_EVALUATIONS = action("evaluations.view", _l("查看办理工作测评"), {**AREA_READERS, **_OFFICE})
EDIT_EVALUATIONS = action("evaluations.edit", _l("组织办理工作测评"), COUNTY)
CAST_BALLOT = action("evaluations.vote", _l("参加办理工作测评"), {**_DEPUTY, Role.LEADER: Reach.OWN})

VIEW_SUGGESTION_FIGURES = action("suggestions.figures", _l("查看建议统计"), {**AREA_READERS, **_OFFICE})
PUBLISH_SUGGESTIONS = action("suggestions.publish", _l("公开建议和办理结果"), STAFF)
VIEW_FUND = action("suggestion_fund.view", _l("查看建议办理专项资金"), {**AREA_READERS, **_OFFICE})
EDIT_FUND = action("suggestion_fund.edit", _l("管理建议办理专项资金"), COUNTY)
SELECT_EXCELLENT = action("suggestions.select", _l("评选优秀建议"), STAFF)
