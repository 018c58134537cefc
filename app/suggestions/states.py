"""Words of deputies' suggestions."""

from app.kit.i18n import _l
from app.kit.states import LabelledEnum


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
