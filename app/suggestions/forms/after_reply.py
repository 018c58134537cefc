"""Forms of what follows a reply: the slip, another round, the conclusion, promises, look-backs (forms.md 4.7, 4.10)."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional

from app.kit import attachments
from app.kit.forms import BaseForm, DateField, NumberField, TextField, at_most, enum_field, required
from app.kit.i18n import _l
from app.suggestions.queries.look_backs import Choice
from app.suggestions.states import LookBackResult, PromiseState, ReplyWay, Satisfaction

PAPERS = "image/*,.pdf,.doc,.docx,.xls,.xlsx"


def _grade(label: Any, **kwargs: Any) -> RadioField:
    """Satisfied, basically, not: three buttons, none chosen beforehand."""
    return RadioField(
        label,
        [required()],
        choices=Satisfaction.choices,
        coerce=_satisfaction,
        validate_choice=False,
        **kwargs,
    )


def _satisfaction(value: Any) -> Satisfaction | None:
    return Satisfaction(value) if value not in (None, "", "None") else None


def _number(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def _yes(value: Any) -> bool | None:
    return value in (True, "1") if value not in (None, "", "None") else None


class _WithFiles(BaseForm):
    """A form some files may come with."""

    @property
    def uploads(self) -> list[Any]:
        """Files that were really chosen."""
        field = self._fields.get("files")
        return attachments.chosen(field.data) if field else []

    def details(self) -> dict[str, Any]:
        """Values for the operation."""
        values = {name: value for name, value in self.values().items() if name != "files"}
        return {**values, "files": self.uploads} if "files" in self._fields else values


class SlipForm(_WithFiles):
    """征询意见表: satisfaction in four parts, and apart from it whether the problem is solved."""

    mandate_id = SelectField(_l("代表"), [Optional()], coerce=_number)
    contact_way = enum_field(_l("承办单位怎样与您沟通"), ReplyWay, optional=True)
    attitude = _grade(_l("对办理态度"))
    handling = _grade(_l("对办理过程"))
    result = _grade(_l("对办理结果"))
    overall = _grade(_l("总体评价"))
    # Asked on its own: a deputy may be satisfied with an honest answer, and the road still be broken.
    solved = RadioField(
        _l("所提的问题解决了吗"),
        [required()],
        choices=[("1", _l("已经解决")), ("0", _l("还没有解决"))],
        coerce=_yes,
        validate_choice=False,
        description=_l("与满意不满意分开填写：满意不等于已经解决"),
    )
    reason = TextAreaField(
        _l("理由和意见"), [at_most(900)], description=_l("有一项“不满意”就要写明理由；承办单位据此重新办理")
    )
    returned_on = DateField(_l("返回日期"), [Optional()])
    files = MultipleFileField(_l("纸质征询意见表"), description=_l("可以拍照或扫描后上传"))

    def details(self) -> dict[str, Any]:
        values = super().details()
        return {**values, "solved": bool(values["solved"])}


class ConcludeForm(BaseForm):
    """Ending a suggestion."""

    note = TextAreaField(_l("说明"), [at_most(900)])


class ReasonForm(BaseForm):
    """Why."""

    reason = TextAreaField(_l("原因和要求"), [required(), at_most(900)])


class PromiseForm(BaseForm):
    """Something a unit promised."""

    unit_id = SelectField(_l("责任单位"), [Optional()], coerce=_number)
    content = TextAreaField(_l("承诺内容"), [required(), at_most(500)])
    due_on = DateField(_l("落实时限"), [required()])


class ProgressForm(_WithFiles):
    """How far a promise has come."""

    percent = NumberField(
        _l("进度（百分比）"), [required(), NumberRange(0, 100, message=_l("进度是 0 到 100 之间的整数。"))]
    )
    note = TextAreaField(_l("进展情况"), [required(), at_most(500)])
    on = DateField(_l("日期"), [required()])
    state = enum_field(
        _l("落实情况"), PromiseState, description=_l("不能落实的，要在进展情况里写明理由并书面告知代表")
    )
    files = MultipleFileField(_l("佐证材料"), description=_l("如照片、验收单、文件"))


class NoteForm(BaseForm):
    """What was found."""

    note = TextAreaField(_l("情况"), [required(), at_most(500)])


class LookBackForm(BaseForm):
    """A campaign."""

    area_code = SelectField(_l("地区"), [required()])
    title = TextField(_l("名称"), [required(), at_most(120)])
    opened_on = DateField(_l("开始日期"), [required()])
    note = TextAreaField(_l("要求"), [at_most(500)])


class GatherForm(BaseForm):
    """What a campaign looks at."""

    choice = enum_field(_l("选取范围"), Choice)
    first_year = NumberField(_l("从哪年提出的"), [required()])
    last_year = NumberField(_l("到哪年提出的"), [required()])


class NumbersForm(BaseForm):
    """Single suggestions."""

    numbers = TextField(_l("建议编号"), [required(), at_most(600)], description=_l("有几件的，用顿号分开"))


class ResultForm(BaseForm):
    """What a look-back found."""

    result = enum_field(_l("检查结果"), LookBackResult)
    checked_on = DateField(_l("检查日期"), [required()])
    note = TextAreaField(_l("情况"), [at_most(500)])
    again = BooleanField(
        _l("要求承办单位重新办理"), description=_l("只对已办结的建议；办理轮次加一，重新计算期限")
    )


class ArchiveForm(BaseForm):
    """Nothing to fill in: only that it is meant."""


class YearForm(BaseForm):
    """A year's archive."""

    area_code = SelectField(_l("地区"), [required()])
    year = NumberField(_l("年份"), [required()])
    what = RadioField(
        _l("要做什么"),
        [required()],
        choices=[
            ("bundle", _l("打包下载已办结和已归档建议的归档材料")),
            ("archive", _l("把已办结的建议全部归档")),
        ],
        default="bundle",
    )
