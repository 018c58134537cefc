"""Forms of screening, of classes and of handing over."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FieldList, Form, FormField, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional

from app.kit.errors import DomainError
from app.kit.forms import BaseForm, DateField, NumberField, TextField, at_most, enum_field, required
from app.kit.i18n import _l
from app.suggestions.states import Inadmissible, Occasion, UnitPart

# Rows of units on the page at once, and those shown before asking for more.
ROWS, SHOWN_ROWS = 12, 4


class AcceptForm(BaseForm):
    """Making it a suggestion: session, number, field, committee (forms.md 4.6)."""

    occasion = enum_field(_l("提出时间"), Occasion)
    session_ordinal = NumberField(
        _l("会次"),
        [required(), NumberRange(min=1, max=50, message=_l("会次从 1 开始。"))],
        description=_l("本届第几次会议；闭会期间的填最近一次"),
    )
    number = TextField(_l("建议编号"), [at_most(40)])
    category = TextField(_l("类别"), [at_most(40)], description=_l("如 民生、交通、教育"))
    committee = TextField(
        _l("对口专门委员会"), [at_most(60)], description=_l("负责这一领域的专门委员会，留空暂不确定")
    )
    confidential = BooleanField(
        _l("涉密或涉及隐私"), description=_l("涉及国家秘密、商业秘密、个人隐私的，任何公开页面都不显示")
    )


class ReasonForm(BaseForm):
    """Why something goes back; the deputy reads it."""

    reason = TextAreaField(_l("理由"), [required(), at_most(900)], description=_l("代表会看到这段话"))


class DeclineForm(BaseForm):
    """Not a matter for a suggestion: of which kind, and why."""

    inadmissible = enum_field(_l("属于哪一类"), Inadmissible)
    reason = TextAreaField(
        _l("理由"), [required(), at_most(900)], description=_l("代表会看到这段话；请说明可以通过什么途径反映")
    )


def _part(value: Any) -> UnitPart:
    return UnitPart(value) if value else UnitPart.CO


class ShareForm(Form):
    """A unit, its part, and what of the matter it gets."""

    unit = TextField(_l("单位"), [at_most(80)])
    # A row nobody filled in has no part either.
    part = SelectField(
        _l("分工"), choices=UnitPart.choices, coerce=_part, validate_choice=False, validators=[Optional()]
    )
    task = TextField(_l("分办任务"), [at_most(500)])


class AssignForm(BaseForm):
    """Handing over to units, row by row."""

    shares = FieldList(FormField(ShareForm), label=_l("承办单位"), min_entries=ROWS, max_entries=ROWS)
    note = TextAreaField(_l("交办要求"), [at_most(900)])

    def chosen(self, known: dict[str, int]) -> dict[str, Any]:
        """Units by part and their tasks, as the operation takes them; refused where a name is unknown."""
        rows = [(row.form.unit.data or "", row.form) for row in self.shares if row.form.unit.data]
        unknown = [name for name, _row in rows if name not in known]
        if unknown:
            raise DomainError(
                _l("没有叫“%(names)s”的承办单位，请从名单里选择。", names="、".join(unknown)), "shares"
            )
        parts: dict[UnitPart, list[int]] = {part: [] for part in UnitPart}
        for name, row in rows:
            parts[row.part.data or UnitPart.CO].append(known[name])
        return {
            "lead_unit_ids": parts[UnitPart.LEAD],
            "co_unit_ids": parts[UnitPart.CO],
            "tasks": {known[name]: row.task.data or "" for name, row in rows},
            "note": self.note.data or "",
        }


class BackForm(BaseForm):
    """Taking a suggestion back from a unit."""

    note = TextAreaField(_l("收回的原因"), [required(), at_most(900)], description=_l("单位会看到这段话"))


class ClassForm(BaseForm):
    """A class of similar suggestions."""

    title = TextField(_l("类别名称"), [required(), at_most(200)], description=_l("如“农村饮水安全类建议”"))
    plan = TextAreaField(
        _l("办理方案"), [at_most(4000)], description=_l("一类一个方案；每件建议仍分别答复代表")
    )


class SessionNoticeForm(BaseForm):
    """The notice before a session (4-18)."""

    title = TextField(_l("通知标题"), [required(), at_most(60)])
    due_on = DateField(_l("提交截止日期"), [Optional()])
    text = TextAreaField(_l("通知内容"), [required(), at_most(2000)])
