"""Words of the ledger: headings of duty, kinds of fact, state of a fact."""

from app.kit.i18n import _l
from app.kit.states import LabelledEnum, Transitions


class Heading(LabelledEnum):
    """The headings under which a deputy's work is filed (Law on Deputies art. 9; 0-30; 2-13)."""

    IN_SESSION = "in_session", _l("会议期间履职")
    OUT_OF_SESSION = "out_of_session", _l("闭会期间活动")
    CONTACT = "contact", _l("联系人民群众")
    REPORT = "report", _l("报告履职情况")
    OTHER = "other", _l("其他履职情况")


class DutyKind(LabelledEnum):
    """Kinds of fact of duty, as the practices name them."""

    SESSION_ATTENDANCE = "session_attendance", _l("出席人代会")
    DELIBERATION_SPEECH = "deliberation_speech", _l("审议发言")
    MOTION = "motion", _l("提出议案")
    SESSION_SUGGESTION = "session_suggestion", _l("会议期间提出建议")
    STUDY = "study", _l("学习培训")
    GROUP_ACTIVITY = "group_activity", _l("小组活动")
    INSPECTION = "inspection", _l("视察调研")
    FIELD_RESEARCH = "field_research", _l("专题调研")
    CARD_INSPECTION = "card_inspection", _l("持证视察")
    LAW_ENFORCEMENT_INSPECTION = "law_enforcement_inspection", _l("执法检查")
    WORK_APPRAISAL = "work_appraisal", _l("工作评议")
    INQUIRY = "inquiry", _l("专题询问")
    OBSERVER_ATTENDANCE = "observer_attendance", _l("列席会议")
    COURT_OBSERVATION = "court_observation", _l("旁听庭审")
    BRIEFING = "briefing", _l("政情通报")
    LEGISLATIVE_CONSULTATION = "legislative_consultation", _l("立法协商")
    SUGGESTION_SUPERVISION = "suggestion_supervision", _l("议案建议督办")
    MEETING_OFFICIALS = "meeting_officials", _l("约见国家机关负责人")
    SUGGESTION = "suggestion", _l("闭会期间提出建议")
    COSIGNED_SUGGESTION = "cosigned_suggestion", _l("附议建议")
    RECEPTION = "reception", _l("接待群众")
    VOTER_VISIT = "voter_visit", _l("走访选民")
    OPINION = "opinion", _l("收集意见建议")
    PROBLEM_SOLVED = "problem_solved", _l("督促解决问题")
    PRACTICAL_DEED = "practical_deed", _l("为民办实事")
    FREE_CLINIC = "free_clinic", _l("义诊")
    CONSTITUTION_PUBLICITY = "constitution_publicity", _l("宪法法律宣传")
    HELP_NEEDY = "help_needy", _l("帮扶困难群众")
    PUBLIC_WELFARE = "public_welfare", _l("公益事业")
    DUTY_REPORT = "duty_report", _l("报告履职情况")
    MEDIA = "media", _l("接受媒体采访")
    AWARD = "award", _l("受到表彰")
    OTHER = "other", _l("其他履职")

    @property
    def heading(self) -> Heading:
        """The heading this kind is filed under."""
        return _HEADINGS.get(self, Heading.OUT_OF_SESSION)

    @property
    def unit(self) -> str:
        """What facts of this kind are counted in unless somebody says otherwise (a word of the data)."""
        return _UNITS.get(self, "次")


_HEADINGS = {
    DutyKind.SESSION_ATTENDANCE: Heading.IN_SESSION,
    DutyKind.DELIBERATION_SPEECH: Heading.IN_SESSION,
    DutyKind.MOTION: Heading.IN_SESSION,
    DutyKind.SESSION_SUGGESTION: Heading.IN_SESSION,
    DutyKind.RECEPTION: Heading.CONTACT,
    DutyKind.VOTER_VISIT: Heading.CONTACT,
    DutyKind.OPINION: Heading.CONTACT,
    DutyKind.PROBLEM_SOLVED: Heading.CONTACT,
    DutyKind.PRACTICAL_DEED: Heading.CONTACT,
    DutyKind.FREE_CLINIC: Heading.CONTACT,
    DutyKind.CONSTITUTION_PUBLICITY: Heading.CONTACT,
    DutyKind.HELP_NEEDY: Heading.CONTACT,
    DutyKind.PUBLIC_WELFARE: Heading.CONTACT,
    DutyKind.DUTY_REPORT: Heading.REPORT,
    DutyKind.MEDIA: Heading.OTHER,
    DutyKind.AWARD: Heading.OTHER,
    DutyKind.OTHER: Heading.OTHER,
}


_UNITS = {
    DutyKind.VOTER_VISIT: "人次",
    DutyKind.OPINION: "条",
    DutyKind.PROBLEM_SOLVED: "件",
    DutyKind.PRACTICAL_DEED: "件",
    DutyKind.HELP_NEEDY: "户",
    DutyKind.MOTION: "件",
}

# Units of the data everybody knows, in the reader's language; any other is shown as it was typed.
_UNIT_WORDS = {
    "人次": _l("人次"),
    "条": _l("条"),
    "件": _l("件"),
    "户": _l("户"),
    "次": _l("次"),
}


def unit_label(unit: str) -> str:
    """What facts are counted in, as it is shown behind a number."""
    return str(_UNIT_WORDS.get(unit, unit)).strip()


# Kinds with a register of their own; recorded directly they would be counted twice.
KINDS_WITH_REGISTER = frozenset(
    {
        DutyKind.SESSION_ATTENDANCE,
        DutyKind.GROUP_ACTIVITY,
        DutyKind.SUGGESTION,
        DutyKind.SESSION_SUGGESTION,
        DutyKind.COSIGNED_SUGGESTION,
        DutyKind.RECEPTION,
        DutyKind.DUTY_REPORT,
    }
)
ENTRY_KINDS = tuple(kind for kind in DutyKind if kind not in KINDS_WITH_REGISTER)

# What deputies report most, first.
REPORT_KINDS = (
    DutyKind.VOTER_VISIT,
    DutyKind.PROBLEM_SOLVED,
    DutyKind.PRACTICAL_DEED,
    DutyKind.OPINION,
    DutyKind.STUDY,
    DutyKind.HELP_NEEDY,
    DutyKind.CONSTITUTION_PUBLICITY,
    DutyKind.PUBLIC_WELFARE,
)


class DutyState(LabelledEnum):
    """A fact counts only once confirmed."""

    PENDING = "pending", _l("待确认")
    CONFIRMED = "confirmed", _l("已确认")
    REJECTED = "rejected", _l("已退回")


class Part(LabelledEnum):
    """The part a deputy played in the fact."""

    TOOK_PART = "took_part", _l("参加")
    SPOKE = "spoke", _l("参加并发言")
    ON_LEAVE = "on_leave", _l("请假")
    ABSENT = "absent", _l("缺席")
    LED = "led", _l("领衔")
    COSIGNED = "cosigned", _l("附议")
    DID = "did", _l("办理")
    REPORTED = "reported", _l("报告")


class EntryAction(LabelledEnum):
    """What happens to a self-reported fact."""

    CONFIRM = "confirm", _l("确认")
    RETURN = "return", _l("退回")
    RESUBMIT = "resubmit", _l("重新提交")
    UNDO = "undo", _l("撤销审核")


ENTRY_TRANSITIONS = Transitions(
    (DutyState.PENDING, EntryAction.CONFIRM, DutyState.CONFIRMED),
    (DutyState.PENDING, EntryAction.RETURN, DutyState.REJECTED),
    (DutyState.REJECTED, EntryAction.RESUBMIT, DutyState.PENDING),
    (DutyState.CONFIRMED, EntryAction.UNDO, DutyState.PENDING),
    (DutyState.REJECTED, EntryAction.UNDO, DutyState.PENDING),
)

# A deputy may still change or withdraw what nobody has confirmed.
OPEN_STATES = frozenset({DutyState.PENDING, DutyState.REJECTED})


class EntryOrigin(LabelledEnum):
    """Where an entry came from."""

    SELF = "self", _l("代表自报")
    STAFF = "staff", _l("工作人员登记")
    WORKBOOK = "workbook", _l("表格导入")
