"""Forms of deadlines: an urging letter, rules as readable text."""

from __future__ import annotations

from wtforms import HiddenField, TextAreaField

from app.kit.forms import BaseForm, DateField, TextField, at_most, required
from app.kit.i18n import _l


class UrgeForm(BaseForm):
    """What the unit is told."""

    note = TextAreaField(
        _l("催办意见"),
        [at_most(500)],
        description=_l("写进催办函，如：代表多次询问进度，请于本周内与代表面商"),
    )


class DeadlineRulesForm(BaseForm):
    """Rules of deadlines as YAML; ``seen`` is the mark of what the effect was shown for."""

    content = TextAreaField(_l("规则内容"), [required(), at_most(20000)])
    valid_from = DateField(
        _l("施行日期"),
        [required()],
        description=_l("这一天及以后开始计算的期限按新规则；更早开始的不变"),
    )
    document = TextField(_l("依据文件"), [at_most(200)])
    seen = HiddenField()
