"""Forms of stations, receptions and opinions."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

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
from app.kit.workbook.cells import CellError
from app.kit.workbook.cells import phone as parse_phone
from app.stations.states import OpinionChannel, OpinionRoute, StationKind

AUTOMATIC = _l("留空由系统编号；纸质登记簿已有编号的照填")


def _optional_id(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def _check_phone(field: Any) -> None:
    if field.data:
        try:
            field.data = parse_phone(field.data)
        except CellError as error:
            raise ValidationError(str(error)) from error


class StationForm(BaseForm):
    """A station."""

    name = TextField(_l("联络站名称"), [required(), at_most(80)])
    kind = enum_field(_l("类别"), StationKind)
    area_code = SelectField(_l("所在地区"), [required()])
    model = BooleanField(_l("示范站"))
    address = TextField(_l("地址"), [at_most(200)])
    opening = TextField(_l("开放时间"), [at_most(200)], description=_l("如 每月15日 8:30—11:30"))
    head_name = TextField(_l("站长"), [at_most(30)])
    phone = TextField(_l("联系电话"), [at_most(20)])
    closed_on = DateField(_l("撤销日期"), [Optional()], description=_l("仍在开放的不填"))

    def validate_phone(self, field: Any) -> None:
        _check_phone(field)


class AssignmentForm(BaseForm):
    """Deputies assigned to a station."""

    mandate_ids = IdsField(_l("派驻的代表"), [Optional()])
    all_unassigned = BooleanField(_l("本地区尚未进站的在任代表全部派驻本站"))
    began_on = DateField(_l("派驻日期"), [required()])


class UnassignmentForm(BaseForm):
    """Assignments that end."""

    assignment_ids = SelectMultipleField(
        _l("移出的代表"),
        [required()],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    ended_on = DateField(
        _l("移出日期"), [required()], description=_l("从这一天起不再派驻本站，此前的记录保留")
    )


class ReceptionForm(BaseForm):
    """A reception."""

    station_id = SelectField(_l("联络站"), [required()], coerce=int)
    held_on = DateField(_l("接待日期"), [required()])
    mandate_ids = IdsField(_l("接待代表"), [required()])
    people_received = NumberField(
        _l("接待群众人次"),
        [required(), NumberRange(0, 1_000_000, message=_l("请填写 0 到 1000000 之间的整数。"))],
    )
    number = TextField(_l("接待编号"), [at_most(40)], description=AUTOMATIC)
    note = TextAreaField(_l("备注"), [at_most(500)])


class OpinionForm(BaseForm):
    """An opinion (接待选民登记表, forms.md 4.4)."""

    station_id = SelectField(_l("联络站"), [Optional()], coerce=_optional_id)
    area_code = SelectField(_l("地区"), [Optional()], description=_l("不是在联络站收到的，选择所在地区"))
    channel = enum_field(_l("反映渠道"), OpinionChannel)
    received_on = DateField(_l("反映日期"), [required()])
    citizen_name = TextField(_l("反映人姓名"), [at_most(30)])
    citizen_phone = TextField(_l("反映人电话"), [at_most(20)])
    anonymous = BooleanField(_l("匿名反映"), description=_l("不留姓名和电话；已登记的会清除"))
    topic = TextField(_l("类别"), [at_most(40)], description=_l("如 道路、用水、垃圾清运"))
    content = TextAreaField(
        _l("反映内容"),
        [required(), at_most(4000)],
        description=_l("请记群众的原话；代表不直接处理问题（代表法第三十一条）"),
    )
    route = enum_field(_l("处理途径"), OpinionRoute, optional=True)
    solved = BooleanField(_l("已经解决"))
    closed_on = DateField(_l("办结日期"), [Optional()])
    outcome = TextAreaField(_l("办理结果"), [at_most(1000)])
    number = TextField(_l("意见编号"), [at_most(40)], description=AUTOMATIC)

    def validate_citizen_phone(self, field: Any) -> None:
        _check_phone(field)
