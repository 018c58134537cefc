"""Forms of the special fund: yuan on screen, fen inside."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, SelectMultipleField
from wtforms.fields import Field
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from app.kit.forms import BaseForm, DateField, NumberField, TextField, at_most, required
from app.kit.i18n import _l
from app.kit.workbook.cells import CellError
from app.kit.workbook.cells import money as parse_money
from app.suggestions.fund_rules import CRITERIA


class YuanField(Field):
    """An amount in yuan, as people type it (1,234.50, 50万); its data is whole fen."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data / 100:.2f}" if isinstance(self.data, int) else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        try:
            self.data = parse_money(typed)
        except CellError as error:
            raise ValueError(str(error)) from error


_LEAST, _MOST = 1990, 2200


# Made before the others, so that forms which have them show them first.
_AREA = SelectField(_l("地区"), validators=[required()])
_NUMBER = TextField(_l("建议编号"), [required(), at_most(40)])


class FundForm(BaseForm):
    """A year's fund."""

    year = NumberField(_l("年份"), [required(), NumberRange(_LEAST, _MOST, _l("请填写四位年份。"))])
    total_yuan = YuanField(_l("总额（元）"), [required()], description=_l("可以写成 500万"))
    document = TextField(_l("依据"), [at_most(200)], description=_l("设立这笔资金的文件或会议"))

    def details(self) -> dict[str, Any]:
        """Values for the operation."""
        return {
            "year": self.year.data,
            "total_fen": self.total_yuan.data,
            "document": self.document.data or "",
        }


class NewFundForm(FundForm):
    """A new fund says whose it is, where there is a choice."""

    area_code = _AREA


class ChangeAllocationForm(BaseForm):
    """Money for a suggestion; all five criteria must be ticked (1-13). It stays with its suggestion."""

    amount_yuan = YuanField(_l("金额（元）"), [required()])
    on = DateField(_l("安排日期"), [required()])
    criteria = SelectMultipleField(
        _l("五项条件"),
        choices=lambda: [(name, str(word)) for name, word in CRITERIA.items()],
        description=_l("须全部符合"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    purpose = TextField(_l("用途"), [at_most(300)])

    def details(self) -> dict[str, Any]:
        """Values for the operation, without the suggestion's number."""
        return {
            "amount_fen": self.amount_yuan.data,
            "on": self.on.data,
            "criteria": {name: name in (self.criteria.data or []) for name in CRITERIA},
            "purpose": self.purpose.data or "",
        }


class AllocationForm(ChangeAllocationForm):
    """A new allocation says for which suggestion."""

    number = _NUMBER
