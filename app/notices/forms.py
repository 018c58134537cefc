"""Forms of notices."""

from __future__ import annotations

from typing import Any

from wtforms import SelectMultipleField
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from app.kit.forms import BaseForm, NumberField, TextField, at_most, required
from app.kit.i18n import _l
from app.notices.states import Channel


def _days(label: Any, least: int, most: int) -> NumberField:
    message = _l("请填写 %(least)s 到 %(most)s 之间的整数。", least=least, most=most)
    return NumberField(label, validators=[required(), NumberRange(least, most, message=message)])


class NoticeRulesForm(BaseForm):
    """Distances of the three notices of a reception day, and the channels (3-11)."""

    early_days_before = _days(_l("提早预告：接待日前多少天"), 1, 120)
    periodic_day_of_month = _days(_l("定期公告：每月几日公告当月的接待"), 1, 28)
    reminder_days_before = _days(_l("临近提醒：接待日前多少天"), 0, 30)
    from_hour = _days(_l("每天几点以后才发"), 0, 23)
    channels = SelectMultipleField(
        _l("除站内通知外，还通过"),
        choices=lambda: Channel.choices(),
        coerce=Channel,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    document = TextField(_l("依据文件"), validators=[at_most(200)])


class AddressForm(BaseForm):
    """Where the account is reached by e-mail."""

    address = TextField(_l("接收通知的邮箱"), validators=[at_most(120)])
