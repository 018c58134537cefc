"""Forms of the calendar, of wishes and of requests."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

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
from app.stations.calendar.columns import WEEKDAYS
from app.stations.calendar.dates import DateRule
from app.stations.calendar.settings import CalendarRules
from app.stations.states import DateKind, MonthChoice, ReceptionKind, RequestKind, Shift, WishKind

_CLOCK = re.compile(r"^(\d{1,2})[:：](\d{2})$")
_NTH = ((1, _l("第一个")), (2, _l("第二个")), (3, _l("第三个")), (4, _l("第四个")), (-1, _l("最后一个")))


class ClockField(TextField):
    """A time of day as 9:00 or 14：30; its data is a time."""

    data: Any

    def process_data(self, value: Any) -> None:
        self.data = value.strftime("%H:%M") if isinstance(value, time) else value

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            self.data = None
            return
        found = _CLOCK.match(str(self.data))
        try:
            self.data = time(int(found[1]), int(found[2])) if found else None
        except ValueError:
            self.data = None
        if self.data is None:
            raise ValidationError(str(_l("时间写成 9:00 这样。")))

    def _value(self) -> str:
        return self.data.strftime("%H:%M") if isinstance(self.data, time) else str(self.data or "")


class TicksField(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CalendarForm(BaseForm):
    """A year's calendar: which days, where, how many deputies, how often each."""

    area_code = SelectField(_l("地区"), [required()])
    year = NumberField(_l("年份"), [required(), NumberRange(2000, 2100, message=_l("年份不对，请检查。"))])
    kind = SelectField(_l("类别"), [required()], coerce=ReceptionKind)
    name = TextField(_l("名称"), [required(), at_most(80)])
    station_ids = TicksField(_l("联络站"), [required()], coerce=int)
    take_turns = BooleanField(_l("各站轮流，每个接待日只在一个站"))
    dates_kind = enum_field(_l("接待日规则"), DateKind)
    days = TextField(
        _l("每月几日"),
        [at_most(60)],
        description=_l("“每月固定日期”用，如 15，或 9、19；没有31日的月份取最后一天"),
    )
    nth = TicksField(
        _l("第几个"), [Optional()], coerce=int, choices=_NTH, description=_l("“每月第几个星期几”用")
    )
    weekdays = TicksField(
        _l("星期几"),
        [Optional()],
        coerce=int,
        choices=list(enumerate(WEEKDAYS, 1)),
        description=_l("“每月第几个星期几”和“每周星期几”用"),
    )
    per_month = NumberField(
        _l("每月几天"),
        [Optional(), NumberRange(1, 10, message=_l("请填写 1 到 10 之间的整数。"))],
        description=_l("“每月几天，均匀安排”用，如主任接待日每月 2 天"),
    )
    months = enum_field(_l("哪些月份"), MonthChoice)
    shift = enum_field(_l("遇节假日"), Shift)
    weekends = BooleanField(_l("周末照常接待，只避开节假日"))
    from_on = DateField(_l("从哪天开始"), [required()])
    starts_at = ClockField(_l("开始时间"))
    ends_at = ClockField(_l("结束时间"))
    per_day = NumberField(
        _l("每次几名代表"), [required(), NumberRange(1, 30, message=_l("请填写 1 到 30 之间的整数。"))]
    )
    per_day_max = NumberField(
        _l("每次最多几名"),
        [Optional(), NumberRange(1, 60, message=_l("请填写 1 到 60 之间的整数。"))],
        description=_l("不填：按每人都能排到的需要增加"),
    )
    times_min = NumberField(
        _l("每人每年至少"), [required(), NumberRange(0, 12, message=_l("请填写 0 到 12 之间的整数。"))]
    )
    leaders_min = NumberField(
        _l("领导干部每年至少"), [required(), NumberRange(0, 12, message=_l("请填写 0 到 12 之间的整数。"))]
    )

    def validate_days(self, field: Any) -> None:
        if self.dates_kind.data is not DateKind.MONTH_DAYS:
            return
        days = [int(part) for part in re.findall(r"\d+", field.data or "")]
        if not days or not all(1 <= day <= 31 for day in days):
            raise ValidationError(str(_l("请填写 1 到 31 之间的日期，几个日期用顿号隔开。")))

    def validate_weekdays(self, field: Any) -> None:
        if self.dates_kind.data in (DateKind.NTH_WEEKDAY, DateKind.WEEKDAYS) and not field.data:
            raise ValidationError(str(_l("请选择星期几。")))

    def validate_nth(self, field: Any) -> None:
        if self.dates_kind.data is DateKind.NTH_WEEKDAY and not field.data:
            raise ValidationError(str(_l("请选择第几个。")))

    def validate_per_day_max(self, field: Any) -> None:
        if field.data is not None and self.per_day.data is not None and field.data < self.per_day.data:
            raise ValidationError(str(_l("最多人数不能少于每次人数。")))

    def validate_ends_at(self, field: Any) -> None:
        begins = self.starts_at.data
        if isinstance(field.data, time) and isinstance(begins, time) and field.data <= begins:
            raise ValidationError(str(_l("结束时间要晚于开始时间。")))

    def rules(self) -> CalendarRules:
        """What was filled in, as the calendar keeps it."""
        plain = DateRule()
        days = tuple(sorted({int(part) for part in re.findall(r"\d+", self.days.data or "")}))
        return CalendarRules(
            dates=DateRule(
                kind=self.dates_kind.data,
                days=days if days and self.dates_kind.data is DateKind.MONTH_DAYS else plain.days,
                nth=tuple(self.nth.data or plain.nth),
                weekdays=tuple(self.weekdays.data or plain.weekdays),
                per_month=self.per_month.data or plain.per_month,
                months=self.months.data,
                shift=self.shift.data,
                weekends=self.weekends.data,
            ),
            station_ids=tuple(self.station_ids.data or ()),
            take_turns=self.take_turns.data,
            from_on=self.from_on.data,
            starts_at=self.starts_at.data or None,
            ends_at=self.ends_at.data or None,
            per_day=self.per_day.data,
            per_day_max=self.per_day_max.data,
            times_min=self.times_min.data,
            leaders_min=self.leaders_min.data,
        )


def filled_in(rules: CalendarRules) -> dict[str, Any]:
    """The rules as the form shows them."""
    dates = rules.dates
    return {
        **rules.model_dump(exclude={"dates"}),
        "dates_kind": dates.kind,
        "days": "、".join(map(str, dates.days)),
        "nth": list(dates.nth),
        "weekdays": list(dates.weekdays),
        "per_month": dates.per_month,
        "months": dates.months,
        "shift": dates.shift,
        "weekends": dates.weekends,
        "station_ids": list(rules.station_ids),
    }


def _weekday(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class WishForm(BaseForm):
    """Days on which a deputy cannot come, or would like to."""

    mandate_id = IdField(_l("代表"), [required()])
    kind = enum_field(_l("意愿"), WishKind)
    from_on = DateField(_l("从"), [required()])
    until_on = DateField(_l("到"), [required()], description=_l("这一天也算在内"))
    weekday = SelectField(
        _l("只在星期几"),
        [Optional()],
        coerce=_weekday,
        choices=[("", "—"), *((str(n), label) for n, label in enumerate(WEEKDAYS, 1))],
    )
    note = TextField(_l("说明"), [at_most(200)])


class RequestForm(BaseForm):
    """Leave, a swap or a substitute for one's own date."""

    kind = enum_field(_l("申请"), RequestKind)
    choice = SelectField(_l("和谁"), [Optional()], validate_choice=False)
    reason = TextField(_l("事由"), [required(), at_most(200)])


class DecisionForm(BaseForm):
    """Staff decide on a request."""

    substitute_id = SelectField(_l("由谁代班"), [Optional()], coerce=_weekday)
    # The page itself has the id "words".
    words = TextField(_l("不批准的原因"), [at_most(200)], id="refusal")
