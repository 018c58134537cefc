"""Forms of the handling unit: sign for, talk, plan, help, object, ask for time, reply, sign."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, FieldList, Form, FormField, RadioField, SelectField, TextAreaField
from wtforms.validators import Optional, ValidationError

from app.kit.database import row_id
from app.kit.forms import BaseForm, DateField, TextField, at_most, enum_field, required
from app.kit.i18n import _l
from app.stations.forms import check_phone
from app.suggestions.states import AskKind, Fulfilment, ReplyClass, ReplyWay

MOST_PROMISES = 20


def month(value: Any) -> date | None:
    """2026-05 as its first day."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError:
        return None


class SignPartForm(BaseForm):
    """The unit has it, and says who handles it."""

    handler = TextField(_l("经办人"), [required(), at_most(60)])
    handler_phone = TextField(
        _l("经办人电话"), [at_most(20)], description=_l("代表能看到，方便联系；建议填办公电话")
    )

    def validate_handler_phone(self, field: Any) -> None:
        check_phone(field)


class ContactForm(BaseForm):
    """A talk with a proposer (4-08)."""

    mandate_id = SelectField(
        _l("联系的代表"), [Optional()], coerce=lambda value: row_id(str(value)) if value else None
    )
    on = DateField(_l("联系日期"), [required()])
    way = enum_field(_l("联系方式"), ReplyWay)
    spoke = TextField(_l("单位参加人"), [at_most(60)], description=_l("如 王科长、李干部"))
    note = TextAreaField(
        _l("沟通情况"), [required(), at_most(900)], description=_l("代表的意见、商定的办法，不要只写“已沟通”")
    )


class MonthItemForm(BaseForm):
    """What is done in a month, and by whom (4-22)."""

    month = SelectField(_l("月份"), [required()], coerce=month)
    handler = TextField(_l("由谁办理"), [at_most(60)], description=_l("不填就是经办人"))
    work = TextAreaField(_l("做什么"), [required(), at_most(300)])


class MonthItemEditForm(MonthItemForm):
    """The same, and when it was done."""

    done_on = DateField(_l("完成日期"), [Optional()])


class CoOpinionForm(BaseForm):
    """The opinion of a unit that helps (会办意见)."""

    opinion = TextAreaField(
        _l("协办意见"),
        [required(), at_most(8000)],
        description=_l("写清本单位职责内怎么办、何时办到；由主办单位统一答复代表"),
    )
    answered_on = DateField(_l("提交日期"), [required()])


class ObjectionForm(BaseForm):
    """It is not for this unit to handle."""

    reason = TextAreaField(_l("理由和依据"), [required(), at_most(500)])
    proposed_unit = TextField(_l("建议由哪个单位办理"), [at_most(80)])


class ExtensionForm(BaseForm):
    """More time to answer."""

    until = DateField(_l("申请延到"), [required()])
    reason = TextAreaField(_l("延期的理由"), [required(), at_most(500)])


def _decisions() -> list[tuple[str, Any]]:
    return [("grant", _l("同意")), ("refuse", _l("不同意"))]


class DecisionForm(BaseForm):
    """What the assigning office says."""

    decision = RadioField(_l("审批意见"), [required()], choices=_decisions)
    until = DateField(_l("延到"), [Optional()], description=_l("可以改为别的日期，不超过规则允许的最长期限"))
    answer = TextAreaField(_l("说明"), [at_most(500)], description=_l("不同意的必须写明理由，单位会看到"))

    def __init__(self, kind: AskKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind is AskKind.OBJECTION:
            del self.until


class PromiseRow(Form):
    """One promise: what, until when."""

    content = TextField(_l("承诺内容"), [at_most(500)])
    due_on = DateField(_l("完成日期"), [Optional()])


class ReplyForm(BaseForm):
    """The lead unit's letter (答复函, forms.md 4.7)."""

    reply_class = enum_field(_l("答复类别"), ReplyClass)
    reply_way = enum_field(
        _l("答复方式"), ReplyWay, description=_l("优先当面答复；只用书面答复的应征得代表同意")
    )
    body = TextAreaField(
        _l("答复内容"),
        [required(), at_most(20000)],
        description=_l("针对代表提出的问题逐项答复；开头的称呼、“收悉”和落款由系统补上"),
    )
    fulfilment = enum_field(
        _l("落实情况"), Fulfilment, optional=True, description=_l("年内或跨年度落实的，请在下面写明承诺事项")
    )
    promises = FieldList(FormField(PromiseRow), label=_l("承诺事项"), max_entries=MOST_PROMISES)
    number = TextField(_l("文号"), [at_most(40)], description=_l("如 岳城管函〔2026〕12号；签发时必须填写"))
    handler = TextField(_l("经办人"), [at_most(60)])
    handler_phone = TextField(_l("经办人电话"), [at_most(20)])
    copied_to = TextField(_l("抄送"), [at_most(200)])
    files = MultipleFileField(_l("附件"), description=_l("如盖章后的扫描件、现场照片"))
    to_class = BooleanField(_l("同一内容答复本类其他建议"))

    def validate_handler_phone(self, field: Any) -> None:
        check_phone(field)

    def validate_promises(self, field: Any) -> None:
        for entry in field.entries:
            content, due_on = entry.form.content.data, entry.form.due_on.data
            if bool(content) != bool(due_on):
                raise ValidationError(str(_l("每项承诺都要写明内容和完成日期。")))

    def kept_promises(self) -> list[tuple[str, date]]:
        """The rows that were filled in."""
        rows = [entry.form for entry in self.promises.entries]
        return [(row.content.data, row.due_on.data) for row in rows if row.content.data and row.due_on.data]


class SignReplyForm(BaseForm):
    """The unit's head signs."""

    signed_by = TextField(_l("签发人"), [required(), at_most(60)])
    number = TextField(_l("文号"), [required(), at_most(40)])
    replied_on = DateField(_l("答复日期"), [required()])
    to_class = BooleanField(_l("同时签发本类其他建议的答复函"))
