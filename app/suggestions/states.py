"""Words of deputies' suggestions."""

from app.kit.i18n import _l
from app.kit.states import LabelledEnum, Transitions


class Occasion(LabelledEnum):
    """When a suggestion was made."""

    IN_SESSION = "in_session", _l("会议期间")
    BETWEEN_SESSIONS = "between_sessions", _l("闭会期间")


class SuggestionSource(LabelledEnum):
    """How it came about (3-36)."""

    RECEPTION = "reception", _l("接待群众")
    INSPECTION = "inspection", _l("视察")
    RESEARCH = "research", _l("调研")
    VISIT = "visit", _l("走访")
    OTHER = "other", _l("其他")


class ReplyClass(LabelledEnum):
    """Class of the reply (law.md 1.5): solved, being solved, later, for reference."""

    A = "a", _l("A 类：已经解决或基本解决")
    B = "b", _l("B 类：正在解决或列入计划")
    C = "c", _l("C 类：因条件限制以后解决")
    D = "d", _l("D 类：留作参考")


class ReplyWay(LabelledEnum):
    """How the unit spoke with the deputy."""

    IN_PERSON = "in_person", _l("面商")
    PHONE = "phone", _l("电话")
    SYMPOSIUM = "symposium", _l("座谈")
    WRITTEN = "written", _l("书面")


class Satisfaction(LabelledEnum):
    """The deputy's word on the reply."""

    SATISFIED = "satisfied", _l("满意")
    BASICALLY = "basically_satisfied", _l("基本满意")
    DISSATISFIED = "dissatisfied", _l("不满意")


class UnitPart(LabelledEnum):
    """Part of a unit in handling a suggestion (3-35)."""

    LEAD = "lead", _l("主办")
    CO = "co", _l("协办")


class SuggestionStanding(LabelledEnum):
    """Where a suggestion stands with its reply, on a day."""

    UNASSIGNED = "unassigned", _l("未交办")
    OPEN = "open", _l("办理中")
    OVERDUE = "overdue", _l("逾期未答复")
    REPLIED = "replied", _l("按期答复")
    REPLIED_LATE = "replied_late", _l("逾期答复")

    @property
    def late(self) -> bool:
        """Replied after the deadline, or still open after it."""
        return self in (SuggestionStanding.OVERDUE, SuggestionStanding.REPLIED_LATE)


# --- the life of a suggestion ---------------------------------------------------------------------------


class SuggestionState(LabelledEnum):
    """Where a suggestion stands on its way from draft to archive (4-21)."""

    DRAFT = "draft", _l("草稿")
    SUBMITTED = "submitted", _l("待审查")
    DECLINED = "declined", _l("不作为建议处理")
    WITHDRAWN = "withdrawn", _l("已撤回")
    ACCEPTED = "accepted", _l("待交办")
    ASSIGNED = "assigned", _l("办理中")
    REPLIED = "replied", _l("已答复待反馈")
    RATED = "rated", _l("已反馈")
    CONCLUDED = "concluded", _l("已办结")
    ARCHIVED = "archived", _l("已归档")


# Handled to its end.
ENDED = (SuggestionState.CONCLUDED, SuggestionState.ARCHIVED)
# Neither a fact of duty nor a figure of any report: not yet, or no longer, a suggestion.
NOT_COUNTED = (
    SuggestionState.DRAFT,
    SuggestionState.SUBMITTED,
    SuggestionState.DECLINED,
    SuggestionState.WITHDRAWN,
)


class HandlingState(LabelledEnum):
    """A suggestion in the hands of one unit."""

    PRE_ASSIGNED = "pre_assigned", _l("预交办")
    SENT = "sent", _l("待签收")
    SIGNED = "signed", _l("办理中")
    OBJECTED = "objected", _l("提出异议")
    ANSWERED = "answered", _l("已答复")
    RETURNED = "returned", _l("已退回")
    WITHDRAWN = "withdrawn", _l("已收回")


# The unit has it, or will have it.
IN_HAND = (
    HandlingState.PRE_ASSIGNED,
    HandlingState.SENT,
    HandlingState.SIGNED,
    HandlingState.OBJECTED,
)
GONE = (HandlingState.RETURNED, HandlingState.WITHDRAWN)


class Step(LabelledEnum):
    """Everything that is done with a suggestion, by whoever does it; what the log of steps is written in."""

    # Before it is a suggestion.
    SUBMIT = "submit", _l("提交")
    RETURN = "return", _l("退回修改")
    DECLINE = "decline", _l("不作为建议处理")
    ACCEPT = "accept", _l("审查立案")
    WITHDRAW = "withdraw", _l("撤回")
    # Assignment.
    ASSIGN = "assign", _l("交办")
    TAKE_BACK = "take_back", _l("收回交办")
    # Reply and after.
    REPLY = "reply", _l("答复")
    RATE = "rate", _l("代表反馈")
    REHANDLE = "rehandle", _l("重新办理")
    CONCLUDE = "conclude", _l("办结")
    ARCHIVE = "archive", _l("归档")
    REOPEN = "reopen", _l("取消办结")
    # In the hands of one unit.
    PRE_ASSIGN = "pre_assign", _l("预交办")
    SEND = "send", _l("交单位办理")
    SIGN = "sign", _l("签收")
    OBJECT = "object", _l("提出异议")
    GRANT = "grant", _l("同意退回")
    REFUSE = "refuse", _l("不同意退回")
    ANSWER = "answer", _l("提交办理意见")
    RECALL = "recall", _l("收回")
    # Kept in the log without moving anything.
    COSIGN = "cosign", _l("附议")
    CONTACT = "contact", _l("与代表联系")
    PLAN = "plan", _l("安排办理")
    ASK_EXTENSION = "ask_extension", _l("申请延期")
    GRANT_EXTENSION = "grant_extension", _l("同意延期")
    REFUSE_EXTENSION = "refuse_extension", _l("不同意延期")
    DRAFT_REPLY = "draft_reply", _l("起草答复")
    URGE = "urge", _l("催办")
    PROMISE = "promise", _l("承诺事项进展")
    LOOK_BACK = "look_back", _l("回头看")
    SUPERVISE = "supervise", _l("督办")
    GROUP = "group", _l("并入一类办理")
    UNGROUP = "ungroup", _l("移出类别")
    PUBLISH = "publish", _l("公开")
    NOTE = "note", _l("记事")


SUGGESTION_TRANSITIONS = Transitions(
    (SuggestionState.DRAFT, Step.SUBMIT, SuggestionState.SUBMITTED),
    (SuggestionState.SUBMITTED, Step.RETURN, SuggestionState.DRAFT),
    (SuggestionState.SUBMITTED, Step.DECLINE, SuggestionState.DECLINED),
    (SuggestionState.SUBMITTED, Step.ACCEPT, SuggestionState.ACCEPTED),
    (SuggestionState.SUBMITTED, Step.WITHDRAW, SuggestionState.WITHDRAWN),
    (SuggestionState.ACCEPTED, Step.WITHDRAW, SuggestionState.WITHDRAWN),
    (SuggestionState.ACCEPTED, Step.ASSIGN, SuggestionState.ASSIGNED),
    # For reference only: no written reply is asked for.
    (SuggestionState.ACCEPTED, Step.CONCLUDE, SuggestionState.CONCLUDED),
    (SuggestionState.ASSIGNED, Step.ASSIGN, SuggestionState.ASSIGNED),
    (SuggestionState.ASSIGNED, Step.TAKE_BACK, SuggestionState.ACCEPTED),
    (SuggestionState.ASSIGNED, Step.REPLY, SuggestionState.REPLIED),
    (SuggestionState.REPLIED, Step.RATE, SuggestionState.RATED),
    # The slip did not come back: that is an end too, and is counted as what it is.
    (SuggestionState.REPLIED, Step.CONCLUDE, SuggestionState.CONCLUDED),
    (SuggestionState.RATED, Step.REHANDLE, SuggestionState.ASSIGNED),
    (SuggestionState.RATED, Step.CONCLUDE, SuggestionState.CONCLUDED),
    (SuggestionState.CONCLUDED, Step.REHANDLE, SuggestionState.ASSIGNED),
    (SuggestionState.CONCLUDED, Step.ARCHIVE, SuggestionState.ARCHIVED),
    (SuggestionState.ARCHIVED, Step.REOPEN, SuggestionState.CONCLUDED),
)

HANDLING_TRANSITIONS = Transitions(
    (HandlingState.PRE_ASSIGNED, Step.SEND, HandlingState.SENT),
    (HandlingState.PRE_ASSIGNED, Step.RECALL, HandlingState.WITHDRAWN),
    (HandlingState.SENT, Step.SIGN, HandlingState.SIGNED),
    (HandlingState.SENT, Step.OBJECT, HandlingState.OBJECTED),
    (HandlingState.SENT, Step.RECALL, HandlingState.WITHDRAWN),
    (HandlingState.SIGNED, Step.OBJECT, HandlingState.OBJECTED),
    (HandlingState.SIGNED, Step.ANSWER, HandlingState.ANSWERED),
    (HandlingState.SIGNED, Step.RECALL, HandlingState.WITHDRAWN),
    (HandlingState.OBJECTED, Step.GRANT, HandlingState.RETURNED),
    (HandlingState.OBJECTED, Step.REFUSE, HandlingState.SIGNED),
    (HandlingState.OBJECTED, Step.RECALL, HandlingState.WITHDRAWN),
    (HandlingState.ANSWERED, Step.REHANDLE, HandlingState.SIGNED),
    # A unit that helped, and gave its opinion, leads from now on.
    (HandlingState.ANSWERED, Step.SEND, HandlingState.SENT),
    (HandlingState.RETURNED, Step.SEND, HandlingState.SENT),
    (HandlingState.WITHDRAWN, Step.SEND, HandlingState.SENT),
)


class Procedure(LabelledEnum):
    """The six procedures every suggestion goes through (4-21)."""

    ASSIGNING = "assigning", _l("交办")
    HANDLING = "handling", _l("承办")
    CONTACTING = "contacting", _l("联络")
    SUPERVISING = "supervising", _l("督查")
    SUMMARISING = "summarising", _l("总结")
    ARCHIVING = "archiving", _l("归档")


class PublicChoice(LabelledEnum):
    """What the proposer agrees to have made public (systems.md 3.1.1)."""

    FULL = "full", _l("全文公开")
    TITLE = "title", _l("仅公开标题")
    NONE = "none", _l("不公开")


class CosignState(LabelledEnum):
    """A colleague asked to sign too (law.md 1.5: co-signers must confirm)."""

    INVITED = "invited", _l("待确认")
    CONFIRMED = "confirmed", _l("已附议")
    DECLINED = "declined", _l("未附议")


class Inadmissible(LabelledEnum):
    """Matters that are not made suggestions (law.md 1.5: Chongqing, Hubei, Zhejiang, Beijing)."""

    PERSONAL = "personal", _l("个人或亲属的事项")
    JUDICIAL = "judicial", _l("具体司法案件")
    FORWARDED = "forwarded", _l("代转群众来信")
    PROMOTION = "promotion", _l("学术探讨、产品推介")
    ACCUSATION = "accusation", _l("检举、控告、申诉")
    TENDER = "tender", _l("正在进行的招标投标等事项")
    BEYOND_POWERS = "beyond_powers", _l("不属于本行政区域职权范围")
    NO_CONTENT = "no_content", _l("没有实际内容")
    OTHER = "other", _l("其他不应作为建议的事项")


class ClockKind(LabelledEnum):
    """What a deadline is for (law.md 1.5)."""

    SCREEN = "screen", _l("审查")
    ASSIGN = "assign", _l("交办")
    OBJECT = "object", _l("提出异议")
    REASSIGN = "reassign", _l("处理异议")
    CONTACT = "contact", _l("首次联系代表")
    CO_OPINION = "co_opinion", _l("会办意见")
    REPLY = "reply", _l("答复代表")
    FEEDBACK = "feedback", _l("代表反馈")
    REHANDLE = "rehandle", _l("重新办理")


class ClockStanding(LabelledEnum):
    """Where a deadline stands on a day."""

    RUNNING = "running", _l("进行中")
    SOON = "soon", _l("即将到期")
    OVERDUE = "overdue", _l("已逾期")
    ON_TIME = "on_time", _l("按期完成")
    LATE = "late", _l("逾期完成")


class LengthUnit(LabelledEnum):
    """In what a deadline is counted."""

    DAYS = "days", _l("日")
    WORKING_DAYS = "working_days", _l("个工作日")
    MONTHS = "months", _l("个月")


class Roll(LabelledEnum):
    """What happens when a deadline's last day is a day off."""

    NONE = "none", _l("不顺延")
    AFTER = "after", _l("顺延到下一个工作日")
    BEFORE = "before", _l("提前到上一个工作日")


class AskKind(LabelledEnum):
    """What a unit asks the assigning office for."""

    OBJECTION = "objection", _l("退回")
    EXTENSION = "extension", _l("延期")


class AskState(LabelledEnum):
    ASKED = "asked", _l("待审批")
    GRANTED = "granted", _l("已同意")
    REFUSED = "refused", _l("未同意")
    WITHDRAWN = "withdrawn", _l("已撤回")


class ReplyState(LabelledEnum):
    """A reply letter: drafted by the clerk, signed by the unit's head (law.md 1.5)."""

    DRAFT = "draft", _l("起草")
    SIGNED = "signed", _l("已签发")


class PromiseState(LabelledEnum):
    """What became of what a unit promised (承诺事项台账)."""

    OPEN = "open", _l("正在落实")
    KEPT = "kept", _l("已落实")
    NOT_POSSIBLE = "not_possible", _l("不能落实（已书面说明）")


class Fulfilment(LabelledEnum):
    """When a promise is to be kept (law.md 1.5, Qingdao)."""

    WITHIN_REPLY = "within_reply", _l("答复期内落实")
    WITHIN_YEAR = "within_year", _l("年内落实")
    MULTI_YEAR = "multi_year", _l("跨年度落实")
    NOT_POSSIBLE = "not_possible", _l("不能落实")


class SupervisorKind(LabelledEnum):
    """Who supervises the handling (4-30), and the government's leaders who lead it (4-10)."""

    CHAIRPERSONS = "chairpersons", _l("主任会议重点督办")
    GOVERNMENT = "government", _l("政府领导领办")
    MEMBER = "member", _l("常委会委员认领")
    COMMITTEE = "committee", _l("专门委员会对口督办")
    GROUP = "group", _l("代表小组督办")


class VisitKind(LabelledEnum):
    """Forms of supervision on site (4-28)."""

    INSPECTION = "inspection", _l("视察")
    RESEARCH = "research", _l("调研")
    SYMPOSIUM = "symposium", _l("座谈")
    SITE_VISIT = "site_visit", _l("现场督办")


class RaterGroup(LabelledEnum):
    """Who judges the handling (4-12)."""

    DEPUTY = "deputy", _l("提出建议的代表")
    DEPUTY_GROUP = "deputy_group", _l("代表小组")
    MEMBERS = "members", _l("常委会组成人员")
    COMMITTEE = "committee", _l("专门委员会")


class EvaluationState(LabelledEnum):
    OPEN = "open", _l("正在测评")
    CLOSED = "closed", _l("已截止")
    PUBLISHED = "published", _l("已公布")


class EvaluationAction(LabelledEnum):
    CLOSE = "close", _l("截止")
    REOPEN = "reopen", _l("重新开放")
    PUBLISH = "publish", _l("公布结果")


EVALUATION_TRANSITIONS = Transitions(
    (EvaluationState.OPEN, EvaluationAction.CLOSE, EvaluationState.CLOSED),
    (EvaluationState.CLOSED, EvaluationAction.REOPEN, EvaluationState.OPEN),
    (EvaluationState.CLOSED, EvaluationAction.PUBLISH, EvaluationState.PUBLISHED),
)


class LookBackResult(LabelledEnum):
    """What a look-back found (4-02)."""

    KEPT = "kept", _l("已落实")
    PARTLY = "partly", _l("部分落实")
    NOT_KEPT = "not_kept", _l("未落实")


class ExcellenceKind(LabelledEnum):
    """“提得好、督得好” (2-30)."""

    WELL_MADE = "well_made", _l("提得好")
    WELL_HANDLED = "well_handled", _l("办得好")
    WELL_SUPERVISED = "well_supervised", _l("督得好")


class PublishedPart(LabelledEnum):
    """What of a suggestion was made public (0-12)."""

    TEXT = "text", _l("建议内容")
    PROCESS = "process", _l("办理过程")
    RESULT = "result", _l("办理结果")
