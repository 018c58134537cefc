"""Forms of opinions and of each step of their life (接待选民登记表, 群众意见交办单: forms.md 4.4)."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import Optional

from app.kit.forms import BaseForm, DateField, IdField, TextField, at_most, enum_field, required
from app.kit.i18n import _l
from app.stations.forms import AUTOMATIC, check_phone, optional_id
from app.stations.states import CitizenWord, NotAccepted, OpinionChannel, OpinionOutcome, OpinionRoute

TOLD_WAYS = (_l("当面"), _l("电话"), _l("短信"), _l("书面"), _l("公开栏"))


class OpinionForm(BaseForm):
    """An opinion (接待选民登记表)."""

    station_id = SelectField(_l("联络站"), [Optional()], coerce=optional_id)
    area_code = SelectField(_l("地区"), [Optional()], description=_l("不是在联络站收到的，选择所在地区"))
    channel = enum_field(_l("反映渠道"), OpinionChannel)
    received_on = DateField(_l("反映日期"), [required()])
    citizen_name = TextField(_l("反映人姓名"), [at_most(30)])
    citizen_phone = TextField(_l("反映人电话"), [at_most(20)])
    citizen_address = TextField(_l("反映人住址"), [at_most(100)])
    anonymous = BooleanField(_l("匿名反映"), description=_l("不留姓名、电话和住址；已登记的会清除"))
    mandate_id = IdField(_l("听取意见的代表"), description=_l("走访等渠道收到的填写；接待日的看接待代表"))
    topic = TextField(_l("类别"), [at_most(40)], description=_l("如 道路、用水、垃圾清运"))
    content = TextAreaField(
        _l("反映内容"),
        [required(), at_most(4000)],
        description=_l("请记群众的原话；代表不直接处理问题（代表法第三十一条）"),
    )
    route = enum_field(
        _l("处理途径"),
        OpinionRoute,
        optional=True,
        description=_l("补录纸质台账时填写；新收到的意见保存后按步骤办理"),
    )
    solved = BooleanField(_l("已经解决"))
    closed_on = DateField(_l("办结日期"), [Optional()])
    outcome = TextAreaField(_l("办理结果"), [at_most(1000)])
    number = TextField(_l("意见编号"), [at_most(40)], description=AUTOMATIC)

    def validate_citizen_phone(self, field: Any) -> None:
        check_phone(field)


# --- steps ------------------------------------------------------------------------------------------------


class NoteForm(BaseForm):
    """What was said or found."""

    note = TextAreaField(_l("情况"), [required(), at_most(900)])


class TakeBackForm(BaseForm):
    """Taking a slip back."""

    note = TextAreaField(_l("收回的原因"), [at_most(900)])


class TransferForm(BaseForm):
    """Handing an opinion to a unit."""

    unit_id = SelectField(_l("承办单位"), [required()], coerce=optional_id)
    due_on = DateField(_l("办理时限"), [Optional()])
    requirement = TextAreaField(_l("办理要求"), [at_most(500)])


class CloseForm(BaseForm):
    """How a matter ended."""

    ended_as = enum_field(_l("办结方式"), OpinionOutcome)
    not_accepted = enum_field(
        _l("不予受理的原因"), NotAccepted, optional=True, description=_l("选“不予受理”时必填")
    )
    outcome = TextAreaField(
        _l("办理结果或说明"), [required(), at_most(900)], description=_l("群众会看到这段话")
    )
    closed_on = DateField(_l("办结日期"), [required()])


class TellForm(BaseForm):
    """The person was told."""

    told_on = DateField(_l("反馈日期"), [required()])
    told_way = TextField(_l("反馈方式"), [required(), at_most(40)])
    note = TextAreaField(_l("情况"), [at_most(900)])


class RateForm(BaseForm):
    """What the person says of the outcome."""

    citizen_word = enum_field(_l("群众评价"), CitizenWord)
    note = TextAreaField(_l("群众的话"), [at_most(900)])


class MergeForm(BaseForm):
    """The other opinion about the same matter."""

    into_number = TextField(_l("并入的意见编号"), [required(), at_most(40)])
    note = TextAreaField(_l("说明"), [at_most(900)])


# --- what the unit does -------------------------------------------------------------------------------------


class SignForm(BaseForm):
    """The unit has the slip."""

    handler = TextField(_l("经办人及电话"), [at_most(60)])


class AnswerForm(BaseForm):
    """The unit's answer."""

    answer = TextAreaField(_l("办理情况"), [required(), at_most(4000)])
    answered_on = DateField(_l("答复日期"), [required()])
    handler = TextField(_l("经办人及电话"), [at_most(60)])
    files = MultipleFileField(_l("照片或文件"), description=_l("如整改前后的照片、答复函"))


class ReturnForm(BaseForm):
    """The unit cannot handle it."""

    reason = TextAreaField(
        _l("退回的理由"), [required(), at_most(500)], description=_l("如不属于本单位职责，请说明应由谁办理")
    )
