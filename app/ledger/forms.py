"""Forms of directly recorded facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, Field, RadioField, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import TextInput

from app.kit import attachments, clock
from app.kit.forms import BaseForm, DateField, IdField, NumberField, TextField, at_most, required
from app.kit.i18n import _, _l
from app.ledger.rules import MAX_QUANTITY, fen_to_yuan, yuan_to_fen
from app.ledger.states import ENTRY_KINDS, DutyKind
from app.registry.models import Mandate


class MoneyField(Field):
    """A sum typed in yuan (5000、5,000.50、1.2万), kept in fen."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else fen_to_yuan(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        try:
            self.data = yuan_to_fen(typed)
        except ValueError as error:
            raise ValueError(str(_l("请填写金额，如 5000、5000.50 或 1.2万。"))) from error


def _kind(value: Any) -> DutyKind | None:
    return DutyKind(value) if value else None


def _kinds() -> list[tuple[str, str]]:
    return [("", "—")] + [(kind.value, kind.label) for kind in ENTRY_KINDS]


class FactForm(BaseForm):
    """What both staff and deputies tell about a fact."""

    happened_on = DateField(_l("日期"), [required()])
    quantity = NumberField(
        _l("数量"),
        [required(), NumberRange(1, MAX_QUANTITY, _l("数量应是 1 到 1000000 的整数。"))],
        default=1,
    )
    unit = TextField(_l("单位"), [at_most(10)], description=_l("不填则按种类：走访选民为人次，解决问题为件"))
    place = TextField(_l("地点"), [at_most(100)])
    description = TextAreaField(_l("说明"), [at_most(2000)])
    persons_helped = NumberField(_l("受益人数"), [Optional()])
    money_fen = MoneyField(_l("金额（元）"), description=_l("资助、捐助或协调的资金，如 5000 或 1.2万"))
    file = MultipleFileField(_l("照片或文件"), description=_l("可选多个；照片会自动去掉拍摄位置等信息"))
    allow_same = BooleanField(_l("不是同一件事，仍要登记"))

    def details(self) -> dict[str, Any]:
        """What the operation is given; files are kept apart."""
        return {name: value for name, value in self.values().items() if name != "file"}

    @property
    def uploads(self) -> list[Any]:
        """Files that were really chosen."""
        return attachments.chosen(self.file.data)


class EntryForm(FactForm):
    """Staff register a fact for a deputy."""

    mandate_id = IdField(_l("代表"), [required()])
    kind = SelectField(_l("种类"), [required()], choices=_kinds, coerce=_kind)


class ReportForm(FactForm):
    """A deputy reports a fact of their own."""

    mandate_id = RadioField(_l("以哪个代表职务"), [required()], coerce=int)
    kind = SelectField(_l("种类"), [required()], choices=_kinds, coerce=_kind)

    def offer(self, mandates: Sequence[Mandate]) -> None:
        """The deputy's own mandates; a single one is chosen already."""
        self.mandate_id.choices = [(m.id, mandate_label(m)) for m in mandates]
        if not self.is_submitted():
            if self.mandate_id.data is None and mandates:
                self.mandate_id.data = mandates[0].id
            if self.happened_on.data is None:
                self.happened_on.data = clock.today()


class ReturnForm(BaseForm):
    """Why reports are returned."""

    reason = TextAreaField(
        _l("退回原因"),
        [required(), at_most(500)],
        description=_l("代表会看到这句话，请写明缺什么、怎么补。"),
    )


def mandate_label(mandate: Mandate) -> str:
    """A mandate in words, to tell a person's mandates apart."""
    return str(_("%(level)s人大代表（%(term)s）", level=mandate.level.label, term=mandate.term.name))
