"""Forms of reports on duty."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import NumberRange, Optional

from app.duty_reports.states import ReportMode
from app.kit.forms import (
    BaseForm,
    DateField,
    IdsField,
    NumberField,
    TextField,
    at_most,
    enum_field,
    required,
)
from app.kit.i18n import _l

NOT_NEGATIVE = NumberRange(min=0, message=_l("不能是负数。"))


class _Occasion(BaseForm):
    reported_on = DateField(_l("报告日期"), [required()])
    mode = enum_field(_l("报告方式"), ReportMode)
    mode_reason = TextField(
        _l("书面报告原因"),
        [at_most(200)],
        description=_l("市级以上代表原则上口头报告，采用书面方式的要写明原因"),
    )
    meeting = TextField(
        _l("会议"), [at_most(120)], description=_l("如 县第十八届人大常委会第十七次会议、选民代表会议")
    )
    voters_present = NumberField(
        _l("参会选民人数"), [Optional(), NOT_NEGATIVE], description=_l("书面报告的不填")
    )


class MeetingForm(_Occasion):
    """Deputies who reported on one occasion; their ballots come beside each name."""

    mandate_ids = IdsField(_l("本次报告的代表"), [required()])
    note = TextField(_l("备注"), [at_most(500)])


class DutyReportForm(_Occasion):
    """One report."""

    satisfied = NumberField(_l("满意票"), [Optional(), NOT_NEGATIVE])
    basically_satisfied = NumberField(_l("基本满意票"), [Optional(), NOT_NEGATIVE])
    dissatisfied = NumberField(_l("不满意票"), [Optional(), NOT_NEGATIVE])
    text = TextAreaField(_l("报告内容"), [at_most(20000)], description=_l("可以粘贴报告全文"))
    note = TextField(_l("备注"), [at_most(500)])
