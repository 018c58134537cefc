"""Words of notices."""

from app.kit.i18n import _l
from app.kit.states import LabelledEnum, Transitions


class NoticeKind(LabelledEnum):
    """What a notice is about."""

    RECEPTION_EARLY = "reception_early", _l("接待日提早预告")
    RECEPTION_PERIODIC = "reception_periodic", _l("接待日定期公告")
    RECEPTION_REMINDER = "reception_reminder", _l("接待日临近提醒")
    RECEPTION_CHANGED = "reception_changed", _l("接待安排变动")
    RECEPTION_REQUEST = "reception_request", _l("换班和请假")
    GROUP_PLAN = "group_plan", _l("小组计划")
    INVITATION = "invitation", _l("活动邀约")
    TRANSFER = "transfer", _l("意见交办")
    OPINION = "opinion", _l("意见办理")
    SUGGESTION = "suggestion", _l("建议办理")
    SUGGESTION_DUE = "suggestion_due", _l("建议办理期限提醒")
    URGE = "urge", _l("建议催办")
    EVALUATION = "evaluation", _l("办理工作测评")
    OTHER = "other", _l("其他")


class Channel(LabelledEnum):
    """How a notice leaves the system."""

    EMAIL = "email", _l("电子邮件")
    SMS = "sms", _l("短信")


class DeliveryState(LabelledEnum):
    """Where the sending of a notice stands."""

    WAITING = "waiting", _l("待发送")
    SENDING = "sending", _l("发送中")
    SENT = "sent", _l("已发送")
    FAILED = "failed", _l("没有发出")
    UNKNOWN = "unknown", _l("发送时中断，不再重发")


class DeliveryStep(LabelledEnum):
    """What can happen to a sending."""

    CLAIM = "claim", _l("开始发送")
    SUCCEED = "succeed", _l("发出")
    FAIL = "fail", _l("失败")
    LOSE = "lose", _l("中断")
    RETRY = "retry", _l("再试")


DELIVERY_TRANSITIONS = Transitions(
    (DeliveryState.WAITING, DeliveryStep.CLAIM, DeliveryState.SENDING),
    (DeliveryState.SENDING, DeliveryStep.SUCCEED, DeliveryState.SENT),
    (DeliveryState.SENDING, DeliveryStep.FAIL, DeliveryState.FAILED),
    (DeliveryState.SENDING, DeliveryStep.LOSE, DeliveryState.UNKNOWN),
    (DeliveryState.FAILED, DeliveryStep.RETRY, DeliveryState.WAITING),
    # A sender that was only slow says in the end how it went.
    (DeliveryState.UNKNOWN, DeliveryStep.SUCCEED, DeliveryState.SENT),
    (DeliveryState.UNKNOWN, DeliveryStep.FAIL, DeliveryState.FAILED),
)
