"""Forms of supervision: arranging it, visits on site, votes, bodies, hearings."""

from __future__ import annotations

from typing import Any

from wtforms import MultipleFileField, SelectField, TextAreaField
from wtforms.validators import Optional

from app.kit.database import row_id
from app.kit.forms import (
    BaseForm,
    DateField,
    IdField,
    NumberField,
    TextField,
    at_most,
    enum_field,
    required,
)
from app.kit.i18n import _l
from app.suggestions.states import SupervisorKind, VisitKind
from app.suggestions.supervision_rules import BODIES


def _id(value: Any) -> int | None:
    return row_id(str(value or ""))


class ArrangeForm(BaseForm):
    """Who supervises what in a year."""

    number = TextField(
        _l("建议编号或建议类编号"),
        [required(), at_most(40)],
        description=_l("相近的建议已归类的，填写类的编号"),
    )
    who = SelectField(_l("督办人"), [required()], coerce=_id)
    year = NumberField(_l("督办年度"), [required()])
    began_on = DateField(_l("开始日期"), [required()])
    plan = TextAreaField(_l("督办方案"), [at_most(4000)], description=_l("方式、时间、要达到的结果"))


class ChooseForm(BaseForm):
    """One of the suggestions shown."""

    suggestion_id = IdField(_l("建议"), [required()])


class SupervisionForm(BaseForm):
    """Plan, days and result."""

    began_on = DateField(_l("开始日期"), [required()])
    plan = TextAreaField(_l("督办方案"), [at_most(4000)])
    ended_on = DateField(_l("结束日期"), [Optional()])
    result = TextAreaField(
        _l("督办结果"), [at_most(8000)], description=_l("形成了什么文件、解决了什么问题；结束督办时必填")
    )


class VoteForm(BaseForm):
    """The unit's report to the standing committee and its vote (0-11)."""

    reported_on = DateField(_l("报告日期"), [required()])
    votes_satisfied = NumberField(_l("满意票"), [Optional()])
    votes_basically = NumberField(_l("基本满意票"), [Optional()])
    votes_dissatisfied = NumberField(_l("不满意票"), [Optional()])
    files = MultipleFileField(_l("书面报告"), description=_l("承办单位的书面报告、表决情况照片"))


class VisitForm(BaseForm):
    """Supervision on site with its five parties (0-10)."""

    on = DateField(_l("日期"), [required()])
    kind = enum_field(_l("形式"), VisitKind)
    place = TextField(_l("地点"), [at_most(100)])
    leader = TextField(
        _l("分管领导"),
        [at_most(100)],
        description=_l("填写实际到场人员的姓名；没有到场的留空。五方都到场才计为“五到场”"),
    )
    proposers = TextField(_l("提议代表"), [at_most(200)])
    units = TextField(_l("承办单位"), [at_most(200)])
    congress = TextField(_l("人大督办"), [at_most(200)])
    media = TextField(_l("新闻媒体"), [at_most(100)])
    note = TextAreaField(_l("情况"), [at_most(4000)], description=_l("看到什么、提出什么要求、单位怎样答复"))
    files = MultipleFileField(_l("照片或文件"))


class BodyForm(BaseForm):
    """A leader of the government or a special committee."""

    area_code = SelectField(_l("所属地区"), [required()])
    kind = SelectField(
        _l("督办方式"),
        [required()],
        choices=lambda: [(kind.value, kind.label) for kind in BODIES],
        coerce=SupervisorKind,
    )
    name = TextField(_l("姓名或名称"), [required(), at_most(60)])
    post = TextField(_l("职务"), [at_most(80)], description=_l("如 常务副县长"))
    fields = TextField(
        _l("对口领域"),
        [at_most(200)],
        description=_l("专门委员会对口的建议类别，用顿号分开，如 教育、医疗"),
    )
    began_on = DateField(_l("任职日期"), [required()])
    ended_on = DateField(_l("离任日期"), [Optional()])


class HearingForm(BaseForm):
    """The government's executive meeting hears how suggestions are handled (4-09)."""

    area_code = SelectField(_l("所属地区"), [required()])
    on = DateField(_l("日期"), [required()])
    body = TextField(
        _l("会议名称"), [required(), at_most(80)], description=_l("如 县人民政府第 12 次常务会议")
    )
    note = TextAreaField(_l("情况"), [at_most(1000)], description=_l("听取了什么、议定了什么"))
