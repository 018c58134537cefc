"""Words of liaison stations, receptions and opinions."""

from app.kit.i18n import _l
from app.kit.states import LabelledEnum, Transitions


class StationKind(LabelledEnum):
    """Kinds of station (3-41, 3-44, 0-19)."""

    TOWNSHIP = "township", _l("乡镇（街道）联络站")
    COMMUNITY = "community", _l("社区联络站")
    VILLAGE = "village", _l("村联络站")
    MARKET = "market", _l("市场商圈联络站")
    STUDIO = "studio", _l("代表工作室")
    SHARED = "shared", _l("两代表一委员工作室")


class OpinionRoute(LabelledEnum):
    """The ways an opinion goes (3-34)."""

    ON_THE_SPOT = "on_the_spot", _l("当场答复")
    SUGGESTION = "suggestion", _l("形成代表建议")
    TRANSFER = "transfer", _l("转交办理")


class OpinionChannel(LabelledEnum):
    """Where an opinion was taken (2-25)."""

    RECEPTION = "reception", _l("接待日")
    VISIT = "visit", _l("走访")
    ONLINE = "online", _l("线上")
    OTHER = "other", _l("其他")


class StationRole(LabelledEnum):
    """Who runs a station (law.md 1.9)."""

    HEAD = "head", _l("站长")
    VICE_HEAD = "vice_head", _l("副站长")
    LIAISON_OFFICER = "liaison_officer", _l("联络员")


class ReceptionKind(LabelledEnum):
    """Who receives whom."""

    PUBLIC = "public", _l("代表接待群众")
    CHAIRPERSONS = "chairpersons", _l("主任接待日")
    OFFICIALS = "officials", _l("政府负责人接待代表")


class ReceptionState(LabelledEnum):
    """A reception day from the calendar's draft to the record."""

    DRAFT = "draft", _l("草案")
    PLANNED = "planned", _l("已安排")
    HELD = "held", _l("已开展")
    CANCELLED = "cancelled", _l("已取消")


class ReceptionAction(LabelledEnum):
    PUBLISH = "publish", _l("公布")
    UNPUBLISH = "unpublish", _l("撤回公布")
    HOLD = "hold", _l("登记开展情况")
    CANCEL = "cancel", _l("取消")
    RESTORE = "restore", _l("恢复安排")


RECEPTION_TRANSITIONS = Transitions(
    (ReceptionState.DRAFT, ReceptionAction.PUBLISH, ReceptionState.PLANNED),
    (ReceptionState.PLANNED, ReceptionAction.UNPUBLISH, ReceptionState.DRAFT),
    (ReceptionState.PLANNED, ReceptionAction.HOLD, ReceptionState.HELD),
    (ReceptionState.PLANNED, ReceptionAction.CANCEL, ReceptionState.CANCELLED),
    (ReceptionState.CANCELLED, ReceptionAction.RESTORE, ReceptionState.PLANNED),
)


class DutyStanding(LabelledEnum):
    """A deputy's part in a reception day."""

    ASSIGNED = "assigned", _l("已排班")
    PRESENT = "present", _l("到站")
    LEAVE = "leave", _l("请假")
    ABSENT = "absent", _l("未到")
    REPLACED = "replaced", _l("已换人")


class CalendarState(LabelledEnum):
    """Where a year's reception calendar stands (3-10)."""

    DRAFT = "draft", _l("草案")
    PUBLISHED = "published", _l("已公布")


class DateKind(LabelledEnum):
    """How a calendar's rule names its days (3-06, 3-37, law.md 1.9)."""

    MONTH_DAYS = "month_days", _l("每月固定日期")
    NTH_WEEKDAY = "nth_weekday", _l("每月第几个星期几")
    WEEKDAYS = "weekdays", _l("每周星期几")
    DAYS_A_MONTH = "days_a_month", _l("每月几天，均匀安排")


class MonthChoice(LabelledEnum):
    """In which months a rule runs."""

    ALL = "all", _l("每个月")
    ODD = "odd", _l("单月")
    EVEN = "even", _l("双月")


class Shift(LabelledEnum):
    """What becomes of a reception day that falls on a day off."""

    AFTER = "after", _l("顺延到下一个工作日")
    BEFORE = "before", _l("提前到上一个工作日")
    WEEK_LATER = "week_later", _l("推迟一周")
    SKIP = "skip", _l("取消这一次")


class WishKind(LabelledEnum):
    """What a deputy asked for before the rota is made."""

    ABSENT = "absent", _l("不能来")
    PREFER = "prefer", _l("希望安排")


class RequestKind(LabelledEnum):
    """What a deputy asks for after the calendar is published."""

    LEAVE = "leave", _l("请假")
    SWAP = "swap", _l("换班")
    SUBSTITUTE = "substitute", _l("请人代班")


class RequestState(LabelledEnum):
    """Where a request stands: a colleague agrees first, then staff decide."""

    ASKED = "asked", _l("待对方同意")
    AGREED = "agreed", _l("待审批")
    APPROVED = "approved", _l("已同意")
    DECLINED = "declined", _l("对方不同意")
    REFUSED = "refused", _l("未同意")
    WITHDRAWN = "withdrawn", _l("已撤回")


class RequestAction(LabelledEnum):
    AGREE = "agree", _l("同意")
    DECLINE = "decline", _l("不同意")
    APPROVE = "approve", _l("批准")
    REFUSE = "refuse", _l("不批准")
    WITHDRAW = "withdraw", _l("撤回")


REQUEST_TRANSITIONS = Transitions(
    (RequestState.ASKED, RequestAction.AGREE, RequestState.AGREED),
    (RequestState.ASKED, RequestAction.DECLINE, RequestState.DECLINED),
    (RequestState.ASKED, RequestAction.WITHDRAW, RequestState.WITHDRAWN),
    (RequestState.AGREED, RequestAction.APPROVE, RequestState.APPROVED),
    (RequestState.AGREED, RequestAction.REFUSE, RequestState.REFUSED),
    (RequestState.AGREED, RequestAction.WITHDRAW, RequestState.WITHDRAWN),
)


class OpinionState(LabelledEnum):
    """The life of an opinion (0-15, 1-11)."""

    RECEIVED = "received", _l("已收集")
    TRANSFERRED = "transferred", _l("已交办")
    SUGGESTED = "suggested", _l("已形成建议")
    ANSWERED = "answered", _l("已答复")
    CLOSED = "closed", _l("已办结")
    TOLD = "told", _l("已反馈群众")
    MERGED = "merged", _l("已并案")


class OpinionAction(LabelledEnum):
    """What can be done with an opinion."""

    ANSWER = "answer", _l("当场答复")
    TRANSFER = "transfer", _l("交办")
    SUGGEST = "suggest", _l("形成代表建议")
    LET_GO = "let_go", _l("不再作为建议来源")
    TAKE_BACK = "take_back", _l("收回交办")
    REPLY = "reply", _l("单位答复")
    FOLLOW_UP = "follow_up", _l("跟踪")
    CLOSE = "close", _l("办结")
    TELL = "tell", _l("反馈群众")
    RATE = "rate", _l("群众评价")
    REOPEN = "reopen", _l("重新办理")
    MERGE = "merge", _l("并入另一件")
    UNMERGE = "unmerge", _l("取消并案")


OPINION_TRANSITIONS = Transitions(
    (OpinionState.RECEIVED, OpinionAction.ANSWER, OpinionState.ANSWERED),
    (OpinionState.RECEIVED, OpinionAction.TRANSFER, OpinionState.TRANSFERRED),
    (OpinionState.RECEIVED, OpinionAction.SUGGEST, OpinionState.SUGGESTED),
    (OpinionState.RECEIVED, OpinionAction.CLOSE, OpinionState.CLOSED),
    (OpinionState.RECEIVED, OpinionAction.MERGE, OpinionState.MERGED),
    (OpinionState.TRANSFERRED, OpinionAction.TRANSFER, OpinionState.TRANSFERRED),
    (OpinionState.TRANSFERRED, OpinionAction.TAKE_BACK, OpinionState.RECEIVED),
    (OpinionState.TRANSFERRED, OpinionAction.REPLY, OpinionState.ANSWERED),
    (OpinionState.TRANSFERRED, OpinionAction.FOLLOW_UP, OpinionState.TRANSFERRED),
    (OpinionState.SUGGESTED, OpinionAction.FOLLOW_UP, OpinionState.SUGGESTED),
    (OpinionState.SUGGESTED, OpinionAction.LET_GO, OpinionState.RECEIVED),
    (OpinionState.SUGGESTED, OpinionAction.CLOSE, OpinionState.CLOSED),
    (OpinionState.ANSWERED, OpinionAction.FOLLOW_UP, OpinionState.ANSWERED),
    (OpinionState.ANSWERED, OpinionAction.TRANSFER, OpinionState.TRANSFERRED),
    (OpinionState.ANSWERED, OpinionAction.CLOSE, OpinionState.CLOSED),
    (OpinionState.CLOSED, OpinionAction.TELL, OpinionState.TOLD),
    (OpinionState.CLOSED, OpinionAction.REOPEN, OpinionState.RECEIVED),
    (OpinionState.TOLD, OpinionAction.RATE, OpinionState.TOLD),
    (OpinionState.TOLD, OpinionAction.REOPEN, OpinionState.RECEIVED),
    (OpinionState.MERGED, OpinionAction.UNMERGE, OpinionState.RECEIVED),
)


class OpinionOutcome(LabelledEnum):
    """How an opinion ended."""

    SOLVED = "solved", _l("已解决")
    PARTLY = "partly", _l("部分解决")
    EXPLAINED = "explained", _l("已解释说明")
    NOT_ACCEPTED = "not_accepted", _l("不予受理")


class LoopStage(LabelledEnum):
    """How far an opinion has come on the loop 联系群众—汇集民意—监督落实—解决问题 (1-11)."""

    CONTACTED = "contacted", _l("联系群众")
    COLLECTED = "collected", _l("汇集民意")
    SUPERVISED = "supervised", _l("监督落实")
    SOLVED = "solved", _l("解决问题")


class NotAccepted(LabelledEnum):
    """Matters with a procedure of their own, which deputies do not take up (law.md 1.9)."""

    LITIGATION = "litigation", _l("诉讼事项")
    REVIEW = "review", _l("行政复议事项")
    ARBITRATION = "arbitration", _l("仲裁事项")
    OTHER_PROCEDURE = "other_procedure", _l("有其他法定程序的事项")
    NOT_PUBLIC = "not_public", _l("不属于国家机关职权的事项")


class CitizenWord(LabelledEnum):
    """What the person says of the outcome."""

    SATISFIED = "satisfied", _l("满意")
    BASICALLY = "basically_satisfied", _l("基本满意")
    DISSATISFIED = "dissatisfied", _l("不满意")


class TransferState(LabelledEnum):
    """An opinion in the hands of a unit."""

    SENT = "sent", _l("待签收")
    SIGNED = "signed", _l("办理中")
    ANSWERED = "answered", _l("已答复")
    RETURNED = "returned", _l("已退回")
    WITHDRAWN = "withdrawn", _l("已收回")


class TransferAction(LabelledEnum):
    SIGN = "sign", _l("签收")
    ANSWER = "answer", _l("答复")
    RETURN = "return", _l("退回")
    WITHDRAW = "withdraw", _l("收回")


TRANSFER_TRANSITIONS = Transitions(
    (TransferState.SENT, TransferAction.SIGN, TransferState.SIGNED),
    (TransferState.SENT, TransferAction.RETURN, TransferState.RETURNED),
    (TransferState.SENT, TransferAction.WITHDRAW, TransferState.WITHDRAWN),
    (TransferState.SIGNED, TransferAction.ANSWER, TransferState.ANSWERED),
    (TransferState.SIGNED, TransferAction.RETURN, TransferState.RETURNED),
    (TransferState.SIGNED, TransferAction.WITHDRAW, TransferState.WITHDRAWN),
)


class PartnerKind(LabelledEnum):
    """Who works beside a deputy: “人大代表+N” (2-24)."""

    GRID_WORKER = "grid_worker", _l("网格员")
    RESPECTED_VILLAGER = "respected_villager", _l("新乡贤")
    PARTY_MEMBER = "party_member", _l("党员志愿者")
    OTHER = "other", _l("其他")


class PublicDetail(LabelledEnum):
    """What a station's public page may show of a deputy besides name and level, if they agreed to it."""

    WORK = "work", _l("工作单位及职务")
    PHONE = "phone", _l("联系电话")
    DISTRICT = "district", _l("选区")
