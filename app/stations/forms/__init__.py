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
from app.stations.states import ReceptionKind, StationKind

AUTOMATIC = _l("留空由系统编号；纸质登记簿已有编号的照填")


def optional_id(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def check_phone(field: Any) -> None:
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
    scope_note = TextAreaField(_l("接待范围"), [at_most(500)], description=_l("印在公示牌上，公开页也显示"))
    rules_note = TextAreaField(_l("工作制度"), [at_most(4000)], description=_l("印在公示牌上"))
    closed_on = DateField(_l("撤销日期"), [Optional()], description=_l("仍在开放的不填"))

    def validate_phone(self, field: Any) -> None:
        check_phone(field)


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
    """A reception that was held."""

    kind = SelectField(
        _l("类别"), choices=ReceptionKind.choices, coerce=ReceptionKind, default=ReceptionKind.PUBLIC
    )
    station_id = SelectField(_l("联络站"), [required()], coerce=int)
    held_on = DateField(_l("接待日期"), [required()])
    mandate_ids = IdsField(_l("接待代表"), [required()])
    people_received = NumberField(
        _l("接待群众人次"),
        [required(), NumberRange(0, 1_000_000, message=_l("请填写 0 到 1000000 之间的整数。"))],
    )
    host = TextField(
        _l("接待人"), [at_most(80)], description=_l("政府负责人接待代表的，填写负责人的姓名和职务")
    )
    number = TextField(_l("接待编号"), [at_most(40)], description=AUTOMATIC)
    note = TextAreaField(_l("备注"), [at_most(500)])
