"""Forms of composing."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.groups.composing.words import Criterion
from app.groups.states import GroupKind
from app.kit.forms import BaseForm, DateField, IdsField, NumberField, TextField, at_most, enum_field, required
from app.kit.i18n import _l
from app.kit.states import LabelledEnum
from app.registry.states import Level


def _several(label: Any, enum: type[LabelledEnum], **kwargs: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        choices=lambda: enum.choices(),
        coerce=enum,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        **kwargs,
    )


class PlaceForm(BaseForm):
    """Of which area, and which kind of groups."""

    area_code = SelectField(_l("所属地区"), [required()])
    kind = enum_field(_l("小组类别"), GroupKind)


class WishesForm(BaseForm):
    """What staff ask of a division."""

    name = TextField(_l("方案名称"), [required(), at_most(80)])
    on = DateField(_l("编组日期"), [required()], description=_l("这一天在任的代表参加编组"))
    levels = _several(_l("参加编组的层级"), Level)
    groups = NumberField(_l("小组个数"), [required(), NumberRange(1, 200)])
    least = NumberField(_l("每组最少人数"), [required(), NumberRange(0, 10_000)])
    most = NumberField(_l("每组最多人数"), [required(), NumberRange(1, 10_000)])
    mixed = BooleanField(
        _l("新老搭配、官兵交叉"),
        description=_l("每组都有首次当选的和连任的，都有领导干部和基层代表"),
    )
    whole_townships = BooleanField(
        _l("乡镇不拆开"),
        description=_l("人数不超过一个小组的乡镇整体编在一组；不勾选时尽量不拆"),
    )
    criteria = _several(_l("各组之间要均衡的方面"), Criterion, validators=[Optional()])
    names = TextAreaField(
        _l("组名"),
        [Optional()],
        description=_l("每行一个，可以不填；不填的沿用现有小组的名称，不够的按顺序编号"),
    )

    def values(self) -> dict[str, Any]:
        """As the operation takes them: one name per line."""
        values = super().values()
        values["names"] = [line.strip() for line in (values["names"] or "").splitlines() if line.strip()]
        return values


class CompositionForm(PlaceForm, WishesForm):
    """A new division."""


class RuleForm(BaseForm):
    """A rule for some people."""

    rule = SelectField(
        _l("要求"),
        [required()],
        choices=[("together", _l("必须同组")), ("apart", _l("不得同组"))],
    )
    mandate_ids = IdsField(_l("代表"), [required()])


class EffectForm(BaseForm):
    """The day a division takes effect."""

    effective_on = DateField(_l("生效日期"), [required()])
    despite = BooleanField(_l("已了解不符合要求之处，仍然生效"))
