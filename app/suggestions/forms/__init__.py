"""Forms of suggestions: every column of the office's register (代表建议台账)."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, TextAreaField
from wtforms.validators import NumberRange, Optional

from app.kit.forms import (
    BaseForm,
    DateField,
    IdField,
    IdsField,
    NumberField,
    TextField,
    at_most,
    enum_field,
    required,
)
from app.kit.i18n import _l
from app.suggestions.rules import unit_names
from app.suggestions.states import Occasion, ReplyClass, ReplyWay, Satisfaction, SuggestionSource


class ContentForm(BaseForm):
    """A suggestion, who proposes it, and how it came about (forms.md 4.6)."""

    title = TextField(_l("标题"), [required(), at_most(200)], description=_l("一事一议，如“关于……的建议”"))
    body = TextAreaField(
        _l("内容"),
        [at_most(20000)],
        description=_l("应当明确具体，注重反映实际情况和问题（代表法第二十四条）"),
    )
    lead_mandate_id = IdField(_l("领衔代表"), [required()])
    cosigner_ids = IdsField(_l("附议代表"), [Optional()])
    raised_on = DateField(_l("提出日期"), [required()])
    occasion = enum_field(_l("提出时间"), Occasion)
    category = TextField(_l("类别"), [at_most(40)], description=_l("如 民生、交通、教育"))
    source = enum_field(_l("来源"), SuggestionSource)
    opinion_number = TextField(
        _l("来源意见编号"), [at_most(40)], description=_l("由群众意见形成的，填写意见编号，如 YJ20230001")
    )
    number = TextField(
        _l("建议编号"), [at_most(40)], description=_l("留空由系统编号；纸质台账已有编号的照填")
    )

    def details(self) -> dict[str, Any]:
        """Values for the operation."""
        return self.values()


class SuggestionForm(ContentForm):
    """One of the paper register, with who handles it and what became of it (forms.md 4.7)."""

    lead_unit = TextField(_l("主办单位"), [at_most(80)])
    co_units = TextField(_l("协办单位"), [at_most(600)], description=_l("有几个的，用顿号分开"))
    assigned_on = DateField(_l("交办日期"), [Optional()])
    due_on = DateField(
        _l("答复期限"),
        [Optional()],
        description=_l("留空为交办之日起三个月；涉及面广、处理难度大的最长六个月（代表法第五十一条）"),
    )
    replied_on = DateField(_l("答复日期"), [Optional()])
    reply_class = enum_field(_l("答复类别"), ReplyClass, optional=True)
    reply_way = enum_field(_l("答复方式"), ReplyWay, optional=True)
    satisfaction = enum_field(_l("代表评价"), Satisfaction, optional=True)
    solved = BooleanField(_l("问题已经解决"), description=_l("与代表评价分开记：满意不等于已解决"))

    def details(self) -> dict[str, Any]:
        """Values for the operation; the helping units one by one."""
        values = self.values()
        return {**values, "co_units": unit_names(values["co_units"] or "")}


class CorrectionForm(ContentForm):
    """One that is handled in the system: what it says, and nothing of its handling, which its steps tell."""

    proposals = TextAreaField(_l("建议"), [at_most(20000)])
    source_note = TextField(_l("来源说明"), [at_most(200)])
    session_ordinal = NumberField(
        _l("会次"),
        [Optional(), NumberRange(min=1, max=50, message=_l("会次从 1 开始。"))],
        description=_l("本届第几次会议；闭会期间的填最近一次"),
    )
    committee = TextField(_l("对口专门委员会"), [at_most(60)])
    confidential = BooleanField(
        _l("涉密或涉及隐私"), description=_l("涉及国家秘密、商业秘密、个人隐私的，任何公开页面都不显示")
    )


class UnitForm(BaseForm):
    """A handling unit."""

    name = TextField(_l("单位名称"), [required(), at_most(80)])
    closed_on = DateField(
        _l("撤销日期"), [Optional()], description=_l("机构改革后不再承办的填写；仍在承办的不填")
    )
