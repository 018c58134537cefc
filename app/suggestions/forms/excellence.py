"""Forms of the selection of excellent suggestions."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import NumberRange

from app.kit.forms import BaseForm, NumberField, at_most, enum_field, required
from app.kit.i18n import _l
from app.suggestions.states import ExcellenceKind

_REASON = _l("印在汇编中这件建议的后面")


class ReasonForm(BaseForm):
    """Why it was chosen."""

    reason = TextAreaField(_l("入选理由"), [at_most(1000)], description=_REASON)


class SelectForm(BaseForm):
    """What a suggestion is chosen for, and in which year."""

    kind = enum_field(_l("评选类别"), ExcellenceKind)
    year = NumberField(_l("年份"), [required(), NumberRange(1990, 2200, _l("请填写四位年份。"))])
    reason = TextAreaField(_l("入选理由"), [at_most(1000)], description=_REASON)
