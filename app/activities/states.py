"""Words of organised activities."""

from app.kit.i18n import _l
from app.kit.states import LabelledEnum, Transitions
from app.ledger.states import DutyKind


class ActivityKind(LabelledEnum):
    """Kinds of organised activity (0-01, 0-17, 2-20, law 29–34)."""

    STUDY = "study", _l("学习培训")
    GROUP_ACTIVITY = "group_activity", _l("小组活动")
    INSPECTION = "inspection", _l("视察调研")
    FIELD_RESEARCH = "field_research", _l("专题调研")
    LAW_ENFORCEMENT_INSPECTION = "law_enforcement_inspection", _l("执法检查")
    WORK_APPRAISAL = "work_appraisal", _l("工作评议")
    INQUIRY = "inquiry", _l("专题询问")
    OBSERVER_ATTENDANCE = "observer_attendance", _l("列席会议")
    COURT_OBSERVATION = "court_observation", _l("旁听庭审")
    BRIEFING = "briefing", _l("政情通报")
    LEGISLATIVE_CONSULTATION = "legislative_consultation", _l("立法协商")
    SUGGESTION_SUPERVISION = "suggestion_supervision", _l("议案建议督办")
    MEETING_OFFICIALS = "meeting_officials", _l("约见国家机关负责人")
    SESSION = "session", _l("人代会会议")
    CONSTITUTION_PUBLICITY = "constitution_publicity", _l("宪法法律宣传")
    PRACTICAL_DEED = "practical_deed", _l("为民办实事")
    FREE_CLINIC = "free_clinic", _l("义诊")
    OTHER = "other", _l("其他活动")

    @property
    def duty_kind(self) -> DutyKind:
        """The kind of fact of duty taking part in it is."""
        if self is ActivityKind.SESSION:
            return DutyKind.SESSION_ATTENDANCE
        return DutyKind(self.value)


class ActivityState(LabelledEnum):
    DRAFT = "draft", _l("计划草案")
    PLANNED = "planned", _l("计划中")
    HELD = "held", _l("已开展")
    CANCELLED = "cancelled", _l("已取消")


class ActivityAction(LabelledEnum):
    HOLD = "hold", _l("登记开展情况")
    CANCEL = "cancel", _l("取消")
    REOPEN = "reopen", _l("恢复为计划")
    APPROVE = "approve", _l("批准")
    WITHDRAW = "withdraw", _l("退回草案")


ACTIVITY_TRANSITIONS = Transitions(
    (ActivityState.DRAFT, ActivityAction.APPROVE, ActivityState.PLANNED),
    (ActivityState.PLANNED, ActivityAction.WITHDRAW, ActivityState.DRAFT),
    (ActivityState.PLANNED, ActivityAction.HOLD, ActivityState.HELD),
    (ActivityState.PLANNED, ActivityAction.CANCEL, ActivityState.CANCELLED),
    (ActivityState.HELD, ActivityAction.REOPEN, ActivityState.PLANNED),
    (ActivityState.CANCELLED, ActivityAction.REOPEN, ActivityState.PLANNED),
)


class AttendanceStatus(LabelledEnum):
    """Whether an invited deputy came."""

    INVITED = "invited", _l("应到")
    PRESENT = "present", _l("出席")
    LEAVE = "leave", _l("请假")
    ABSENT = "absent", _l("缺席")


class Capacity(LabelledEnum):
    """In what capacity a participant takes part (2-21)."""

    DEPUTY = "deputy", _l("参加代表")
    LEADER = "leader", _l("领导干部")
    INVITED_DEPUTY = "invited_deputy", _l("特邀代表")


class LeaveState(LabelledEnum):
    """A request for leave, made before the activity and decided by staff."""

    REQUESTED = "requested", _l("待审批")
    APPROVED = "approved", _l("已准假")
    REFUSED = "refused", _l("未准假")


class LeaveAction(LabelledEnum):
    APPROVE = "approve", _l("准假")
    REFUSE = "refuse", _l("不准假")


LEAVE_TRANSITIONS = Transitions(
    (LeaveState.REQUESTED, LeaveAction.APPROVE, LeaveState.APPROVED),
    (LeaveState.REQUESTED, LeaveAction.REFUSE, LeaveState.REFUSED),
    (LeaveState.APPROVED, LeaveAction.REFUSE, LeaveState.REFUSED),
    (LeaveState.REFUSED, LeaveAction.APPROVE, LeaveState.APPROVED),
)


class SignInWay(LabelledEnum):
    LIST = "list", _l("工作人员点名")
    QR = "qr", _l("扫码签到")
    CODE = "code", _l("签到码")
    WORKBOOK = "workbook", _l("表格导入")


class PlanScope(LabelledEnum):
    """For how long a group plans (0-05)."""

    TERM = "term", _l("届次规划")
    YEAR = "year", _l("年度计划")


class PlanState(LabelledEnum):
    """Where a group's plan stands."""

    DRAFT = "draft", _l("草案")
    SUBMITTED = "submitted", _l("待批准")
    APPROVED = "approved", _l("已批准")


class PlanAction(LabelledEnum):
    SUBMIT = "submit", _l("提交")
    APPROVE = "approve", _l("批准")
    RETURN = "return", _l("退回")
    REVISE = "revise", _l("修订")


PLAN_TRANSITIONS = Transitions(
    (PlanState.DRAFT, PlanAction.SUBMIT, PlanState.SUBMITTED),
    (PlanState.SUBMITTED, PlanAction.APPROVE, PlanState.APPROVED),
    (PlanState.SUBMITTED, PlanAction.RETURN, PlanState.DRAFT),
    (PlanState.APPROVED, PlanAction.REVISE, PlanState.DRAFT),
)


class Progress(LabelledEnum):
    """Where an activity of a plan stands on a day: plan against done."""

    DRAFT = "draft", _l("未批准")
    TO_COME = "to_come", _l("未到时间")
    DONE = "done", _l("已开展")
    CANCELLED = "cancelled", _l("已取消")
    LATE = "late", _l("逾期未开展")


class DateAnswer(LabelledEnum):
    """A deputy's word on a proposed date (3-33)."""

    YES = "yes", _l("可以")
    MAYBE = "maybe", _l("尽量")
    NO = "no", _l("不行")
