"""Words of reports on duty (述职)."""

from app.kit.i18n import _l
from app.kit.states import LabelledEnum
from app.registry.states import Level


class ReportMode(LabelledEnum):
    """How a deputy reported (2-11, 2-12)."""

    MEETING = "meeting", _l("会议")
    WRITTEN = "written", _l("书面")


class Addressee(LabelledEnum):
    """To whom: derived from how the mandate was won, never typed (2-02)."""

    VOTERS = "voters", _l("原选区选民")
    STANDING_COMMITTEE = "standing_committee", _l("原选举单位人大常委会")


class Category(LabelledEnum):
    """Category of a deputy for the year they are due (2-04)."""

    RE_ELECTED = "re_elected", _l("连任代表")
    OFFICE_HOLDER = "office_holder", _l("职务代表")
    OTHER = "other", _l("其他代表")


class ReportStatus(LabelledEnum):
    """Where a deputy in office stands on a day."""

    REPORTED = "reported", _l("已报告")
    OVERDUE = "overdue", _l("逾期未报告")
    DUE_NOW = "due_now", _l("应报告")
    UPCOMING = "upcoming", _l("未到期")


def addressee_of(level: Level) -> Addressee:
    """Directly elected deputies report to voters, the others to the standing committee that stands for
    the congress which elected them (地方组织法 art. 43)."""
    return Addressee.VOTERS if level.directly_elected else Addressee.STANDING_COMMITTEE
