"""Forms of organised activities."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import time
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import Field, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from app.activities.rules import REQUIRED_ELEMENTS, ProposedDate, missing_elements
from app.activities.states import ActivityKind, Capacity, DateAnswer, PlanScope
from app.kit import attachments
from app.kit.database import row_id
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
from app.registry.states import Level

_TIME = re.compile(r"(?P<half>上午|下午)?(?P<hour>\d{1,2})(?:[:.点时](?P<minute>\d{1,2})?分?)?")
_SEPARATORS = re.compile(r"[、，,;；\n]+")


class TimeField(Field):
    """An hour as people type it: 9:30, 9：30, 14点, 下午2点30分."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%H:%M") if isinstance(self.data, time) else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = unicodedata.normalize("NFKC", str(valuelist[0])).replace(" ", "") if valuelist else ""
        if not typed:
            return
        found = _TIME.fullmatch(typed)
        try:
            if found is None:
                raise ValueError(typed)
            hour = int(found["hour"])
            self.data = time(
                hour + 12 if found["half"] == "下午" and hour < 12 else hour, int(found["minute"] or 0)
            )
        except ValueError as error:
            raise ValueError(str(_l("请填写时间，如 9:30 或 14:00。"))) from error


class WordsField(Field):
    """Several words on one line, separated by 、 or commas."""

    widget = TextInput()

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "、".join(self.data or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]).replace("\x00", "") if valuelist else ""
        words = [word.strip()[:30] for word in _SEPARATORS.split(typed) if word.strip()]
        self.data = list(dict.fromkeys(words))[:20]


class CheckboxesField(SelectMultipleField):
    """Several of a few choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _number(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def _kind(value: Any) -> ActivityKind | None:
    return ActivityKind(value) if value else None


def _kinds() -> list[tuple[str, str]]:
    return [("", "—"), *ActivityKind.choices()]


class ActivityForm(BaseForm):
    """A plan with its five required elements (0-06), or an activity that took place already."""

    kind = SelectField(_l("类别"), [required()], choices=_kinds, coerce=_kind)
    title = TextField(_l("活动名称"), [required(), at_most(120)])
    held_on = DateField(_l("活动日期"), [required()])
    starts_at = TimeField(_l("开始时间"), description=_l("如 9:30"))
    ends_on = DateField(_l("结束日期"), description=_l("跨天的活动填写"))
    venue = TextField(_l("地点"), [at_most(100)])
    organiser = TextField(_l("组织单位"), [at_most(80)])
    lead_person = TextField(_l("牵头人"), [at_most(60)])
    area_code = SelectField(_l("所属地区"), [required()])
    group_id = SelectField(_l("代表小组"), [Optional()], coerce=_number)
    content = TextAreaField(_l("活动内容"), [at_most(10_000)])
    form = TextField(_l("活动形式"), [at_most(100)], description=_l("如 集中视察、座谈、走访、专题讲座"))
    goal = TextField(_l("活动目标"), [at_most(500)])
    topics = WordsField(_l("主题"), description=_l("用顿号隔开，如 乡村道路、垃圾分类"))
    levels_invited = CheckboxesField(_l("邀请层级"))
    need_time = TextField(_l("时间保障"), [at_most(200)])
    need_funds = TextField(_l("经费保障"), [at_most(200)])
    need_vehicle = TextField(_l("车辆保障"), [at_most(200)])
    need_venue = TextField(_l("场地保障"), [at_most(200)])

    def __init__(self, *args: Any, planned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.planned = planned
        if planned:
            for name in REQUIRED_ELEMENTS:
                self[name].flags.required = True
        self.levels_invited.choices = Level.choices()

    def offer(self, areas: list[Any], groups: list[Any]) -> None:
        """Areas and groups the clerk keeps."""
        self.area_code.choices = [(area.code, area.name) for area in areas]
        self.group_id.choices = [("", "—")] + [(group.id, group.name) for group in groups]

    def validate(self, extra_validators: Any = None) -> bool:
        """A plan says which of its five elements are missing, each at its field."""
        fine = bool(super().validate(extra_validators))
        if self.planned:
            for name in missing_elements(self.values()):
                if not self[name].errors:
                    self[name].errors = [str(_l("计划的活动必须写明这一项。"))]
                fine = False
        return fine


class ParticipantsForm(BaseForm):
    """Whom to add to the list: whole groups, areas, delegations, levels; single deputies; pasted names."""

    group_ids = IdsField(_l("代表小组"))
    area_codes = SelectMultipleField(_l("地区"))
    delegation_ids = IdsField(_l("代表团"))
    levels = CheckboxesField(
        _l("层级"), description=_l("只选层级就是这些层级的全部代表；与小组、地区一起选是其中这些层级的代表")
    )
    mandate_ids = IdsField(_l("代表"))
    pasted = TextAreaField(
        _l("粘贴名单"),
        [at_most(50_000)],
        description=_l("姓名或代表证号，用换行、顿号或逗号隔开；两个字的名字中间有空格也可以"),
    )
    capacity = RadioField(
        _l("身份"),
        choices=Capacity.choices,
        coerce=lambda value: Capacity(value) if value else None,
        default=Capacity.DEPUTY,
    )

    def offer(self, areas: list[Any]) -> None:
        """Areas whose deputies may be invited."""
        self.area_codes.choices = [(area.code, area.name) for area in areas]
        self.levels.choices = Level.choices()


class CancelForm(BaseForm):
    """Why an activity will not take place."""

    reason = TextField(_l("取消原因"), [required(), at_most(200)], description=_l("被邀请的代表会看到"))


class RecordForm(BaseForm):
    """What was done and said, and the summary (forms.md 4.3)."""

    record = TextAreaField(_l("活动记录"), [at_most(20_000)])
    summary = TextAreaField(_l("成效和形成的意见建议"), [at_most(10_000)])
    file = MultipleFileField(_l("照片或文件"), description=_l("可选多个；照片会自动去掉拍摄位置等信息"))

    @property
    def uploads(self) -> list[Any]:
        """Files that were really chosen."""
        return attachments.chosen(self.file.data)


class CodeForm(BaseForm):
    """The six digits shown at the venue."""

    code = TextField(_l("签到码"), [required(), at_most(20)])

    @property
    def digits(self) -> str:
        """The digits typed, full-width ones and spaces allowed."""
        return "".join(c for c in unicodedata.normalize("NFKC", self.code.data or "") if c.isdigit())


class LeaveForm(BaseForm):
    """A request for leave."""

    reason = TextField(_l("请假事由"), [required(), at_most(200)])


class PlanTextForm(BaseForm):
    """What a group's plan says besides its activities, and how its deputies were consulted (2-19)."""

    guidelines = TextAreaField(_l("指导思想和重点"), [at_most(10_000)])
    requirements = TextAreaField(_l("工作要求"), [at_most(10_000)])
    consulted_on = DateField(_l("征求意见日期"), [Optional()])
    consulted_way = TextField(
        _l("征求意见方式"), [at_most(100)], description=_l("如 小组会议、微信群、逐人电话")
    )
    consulted_who = TextField(_l("征求了哪些代表的意见"), [at_most(500)])
    consultation = TextAreaField(
        _l("征求意见情况"), [at_most(10_000)], description=_l("代表提了什么意见，采纳了哪些；提交前必须填写")
    )


class NewPlanForm(PlanTextForm):
    """A plan to begin: for the term or for a year."""

    scope = enum_field(_l("计划种类"), PlanScope)
    year = NumberField(_l("年度"), [Optional()], description=_l("届次规划不用填写，按本届起始年计"))


class PlanItemForm(BaseForm):
    """An activity of a plan; approval asks for its five elements (0-06), saving a draft does not."""

    title = TextField(_l("活动名称"), [required(), at_most(120)])
    kind = SelectField(_l("类别"), [required()], choices=_kinds, coerce=_kind)
    held_on = DateField(_l("活动时间"), [required()], description=_l("先写打算的日期，召集时可以再定"))
    starts_at = TimeField(_l("开始时间"), description=_l("如 9:30"))
    venue = TextField(_l("地点"), [at_most(100)])
    lead_person = TextField(_l("牵头人"), [at_most(60)])
    form = TextField(_l("活动形式"), [at_most(100)], description=_l("如 集中视察、座谈、走访、专题讲座"))
    goal = TextField(_l("活动目标"), [at_most(500)])
    content = TextAreaField(_l("活动内容"), [at_most(10_000)])
    topics = WordsField(_l("主题"), description=_l("用顿号隔开，如 乡村道路、垃圾分类"))
    need_time = TextField(_l("时间保障"), [at_most(200)])
    need_funds = TextField(_l("经费保障"), [at_most(200)])
    need_vehicle = TextField(_l("车辆保障"), [at_most(200)])
    need_venue = TextField(_l("场地保障"), [at_most(200)])


class ReturnPlanForm(BaseForm):
    """Why a plan goes back to its group."""

    reason = TextAreaField(_l("退回原因"), [required(), at_most(500)], description=_l("小组会看到"))


class ConveneForm(BaseForm):
    """Whom of the group to invite, and the dates to choose from (3-33)."""

    mandate_ids = IdsField(_l("邀请的成员"))
    offered = IdsField(_l("本组成员"))
    day_1 = DateField(_l("时间一"), [Optional()])
    at_1 = TimeField(_l("时间一的钟点"))
    day_2 = DateField(_l("时间二"), [Optional()])
    at_2 = TimeField(_l("时间二的钟点"))
    day_3 = DateField(_l("时间三"), [Optional()])
    at_3 = TimeField(_l("时间三的钟点"))

    @property
    def proposed(self) -> list[ProposedDate]:
        """The dates filled in; nine o'clock where no hour is given."""
        pairs = ((self.day_1, self.at_1), (self.day_2, self.at_2), (self.day_3, self.at_3))
        return [ProposedDate(day.data, at.data or time(9, 0)) for day, at in pairs if day.data]


class ReplyForm(BaseForm):
    """A deputy's word on each proposed date, one radio button per date."""

    def answers(self, sent: Mapping[str, str]) -> dict[int, DateAnswer]:
        """The answers sent, by number of the proposed date."""
        found = {}
        for name, value in sent.items():
            prefix, _dash, key = name.partition("-")
            number = row_id(key)
            if prefix == "answer" and number is not None and value in list(DateAnswer):
                found[number] = DateAnswer(value)
        return found
