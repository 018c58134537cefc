"""Forms of the registry."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, SelectField, TextAreaField
from wtforms.validators import Optional, Regexp, ValidationError

from app.kit.forms import BaseForm, DateField, NumberField, TextField, at_most, enum_field, required
from app.kit.i18n import _l
from app.kit.workbook.cells import CellError, partial_date
from app.kit.workbook.cells import phone as parse_phone
from app.kit.workdays import DayKind
from app.registry.states import AreaKind, ElectedHow, EndReason, Level, PostKind, Sex, SuspensionReason


class PersonForm(BaseForm):
    """What is known of a person (代表登记表, forms.md 4.1)."""

    name = TextField(_l("姓名"), [required(), at_most(30)])
    sex = enum_field(_l("性别"), Sex, optional=True)
    nation = TextField(_l("民族"), [at_most(20)])
    born = TextField(_l("出生年月"), [at_most(20)], description=_l("如 1975.03 或 1975年3月5日"))
    party = TextField(_l("政治面貌"), [at_most(30)])
    education = TextField(_l("学历"), [at_most(20)])
    degree = TextField(_l("学位"), [at_most(20)])
    phone = TextField(_l("手机号码"), [at_most(30)])
    email = EmailField(
        _l("电子邮箱"),
        [Optional(), at_most(120), Regexp(r"^[^@\s]+@[^@\s]+$", message=_l("请填写正确的邮箱地址。"))],
    )
    work_unit_post = TextField(_l("工作单位及职务"), [at_most(120)])
    address = TextField(_l("通讯地址"), [at_most(200)])
    has_fixed_income = SelectField(
        _l("有无固定收入"),
        choices=[("", "—"), ("1", _l("有")), ("0", _l("无"))],
        coerce=lambda value: None if value in ("", None, "None") else value in ("1", True),
        description=_l("无固定工资收入的代表执行职务由本级财政给予补贴（代表法第四十一条）"),
    )
    note = TextAreaField(_l("备注"), [at_most(500)])

    def validate_born(self, field: Any) -> None:
        if field.data:
            try:
                field.data = str(partial_date(field.data))
            except CellError as error:
                raise ValidationError(str(error)) from error

    def validate_phone(self, field: Any) -> None:
        if field.data:
            try:
                field.data = parse_phone(field.data)
            except CellError as error:
                raise ValidationError(str(error)) from error

    def details(self) -> dict[str, Any]:
        """Values for the registry; empty text means unknown."""
        return {key: (value if value != "" else None) for key, value in self.values().items()}


class MandateForm(BaseForm):
    """A mandate."""

    term_id = SelectField(_l("届次"), [required()], coerce=int)
    area_code = SelectField(
        _l("所在地区"), [required()], description=_l("县、乡镇代表选选区所在乡镇；由县人大选出的市代表选本县")
    )
    elected_by = TextField(_l("选区（选举单位）"), [at_most(80)])
    card_no = TextField(_l("代表证号"), [at_most(30)])
    delegation_id = SelectField(
        _l("代表团"), coerce=lambda value: int(value) if value not in ("", None, "None") else None
    )
    elected_how = enum_field(_l("产生方式"), ElectedHow)
    began_on = DateField(_l("任职日期"), [required()])
    re_elected = BooleanField(_l("连任代表"))
    office_holder = BooleanField(_l("职务代表"))
    leader = BooleanField(_l("党政领导干部"))
    note = TextField(_l("备注"), [at_most(500)])


class NewDeputyForm(PersonForm, MandateForm):  # type: ignore[misc] # of the two notes the person's is asked
    """A person new to the registry together with their mandate."""


class EndForm(BaseForm):
    """The end of a mandate."""

    ended_on = DateField(_l("终止日期"), [required()])
    end_reason = enum_field(_l("终止原因"), EndReason)
    end_note = TextField(_l("说明"), [at_most(200)])


class SuspensionForm(BaseForm):
    """A suspension."""

    reason = enum_field(_l("暂停原因"), SuspensionReason)
    began_on = DateField(_l("暂停日期"), [required()])
    ended_on = DateField(_l("恢复日期"), [Optional()])
    note = TextField(_l("说明"), [at_most(200)])


class RestoreForm(BaseForm):
    """The end of a suspension."""

    ended_on = DateField(_l("恢复日期"), [required()])


class PostForm(BaseForm):
    """A post."""

    area_code = SelectField(_l("任职地区"), [required()])
    kind = enum_field(_l("职务类别"), PostKind)
    title = TextField(_l("职务名称"), [at_most(80)])
    began_on = DateField(_l("开始日期"), [required()])
    ended_on = DateField(_l("结束日期"), [Optional()])


class AreaForm(BaseForm):
    """An area."""

    code = TextField(_l("区划代码"), [required(), at_most(12)])
    name = TextField(_l("名称"), [required(), at_most(60)])
    kind = enum_field(_l("类别"), AreaKind)
    valid_from = DateField(_l("启用日期"), [Optional()])
    valid_to = DateField(_l("停用日期"), [Optional()])


class TermForm(BaseForm):
    """A term of a congress."""

    level = enum_field(_l("层级"), Level)
    area_code = SelectField(_l("地区"), [required()])
    name = TextField(_l("届次名称"), [required(), at_most(80)])
    ordinal = NumberField(_l("第几届"), [required()])
    first_year = NumberField(_l("届内第一年"), [Optional()], description=_l("述职年份从这一年起算"))
    started_on = DateField(_l("本届开始日期"), [Optional()])
    first_session_on = DateField(_l("第一次会议日期"), [Optional()])
    ended_on = DateField(
        _l("本届结束日期"), [Optional()], description=_l("以下一届第一次会议召开为准，未换届不填")
    )


class RuleSetForm(BaseForm):
    """Rules of a topic as readable text (YAML)."""

    content = TextAreaField(_l("规则内容"), [required(), at_most(20000)])
    valid_from = DateField(_l("施行日期"), [required()])
    document = TextField(_l("依据文件"), [at_most(200)])


class SpecialDayForm(BaseForm):
    """A holiday, or a weekend that is worked."""

    day = DateField(_l("日期"), [required()])
    kind = enum_field(_l("放假还是上班"), DayKind)
    name = TextField(_l("名称"), [at_most(40)], description=_l("如：春节"))


class SpecialDaysFileForm(BaseForm):
    """A year's days as a workbook."""

    file = FileField(
        _l("Excel 文件"),
        description=_l("三列：日期、放假或上班、名称；第一行可以是表头。同一天再导入即更新。"),
    )
