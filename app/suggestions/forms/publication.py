"""Forms of publication."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectMultipleField, TextAreaField, widgets
from wtforms.validators import Optional, ValidationError

from app.kit.forms import BaseForm, DateField, TextField, at_most, enum_field, required
from app.kit.i18n import _l
from app.suggestions.states import PublicChoice, PublishedPart


def parts_field() -> SelectMultipleField:
    """Which parts of a suggestion."""
    return SelectMultipleField(
        _l("公开的部分"),
        choices=PublishedPart.choices,
        coerce=PublishedPart,
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )


class PublishForm(BaseForm):
    """What the public page shows; the texts have been looked through."""

    parts = parts_field()
    text = TextAreaField(
        _l("建议内容（公开文本）"),
        [at_most(20000)],
        description=_l("电话、证件号和账号已自动隐去；请删去姓名、住址等可以认出群众的内容。留空只公开标题"),
    )
    result = TextAreaField(
        _l("答复内容（公开文本）"),
        [at_most(20000)],
        description=_l("留空只公开答复类别、日期和办理结果"),
    )
    read = BooleanField(_l("我已通读以上文本，不含涉密内容和个人信息"))

    def validate_read(self, field: Any) -> None:
        if (self.text.data or self.result.data) and not field.data:
            raise ValidationError(_l("公开文字之前请先通读并勾选。"))

    def texts(self) -> dict[PublishedPart, str]:
        """The chosen parts with what is shown of them."""
        shown = {PublishedPart.TEXT: self.text.data or "", PublishedPart.RESULT: self.result.data or ""}
        return {part: shown.get(part, "") for part in PublishedPart if part in (self.parts.data or [])}


class ElsewhereForm(BaseForm):
    """Made public in a newspaper, on the air, on another site."""

    parts = parts_field()
    on = DateField(_l("公开日期"), [required()])
    medium = TextField(_l("媒体"), [required(), at_most(60)], description=_l("如 县人大网站、县融媒体中心"))
    link = TextField(_l("链接"), [Optional(), at_most(300)], description=_l("没有的可以不填"))

    def validate_link(self, field: Any) -> None:
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError(_l("链接应以 https:// 或 http:// 开头。"))


class OpennessForm(BaseForm):
    """What the proposer agrees to, and what must be kept back."""

    public_choice = enum_field(_l("代表意愿"), PublicChoice)
    confidential = BooleanField(
        _l("涉密或不宜公开"),
        description=_l("涉及国家秘密、商业秘密、个人隐私的，不在任何公开页面出现"),
    )
    note = TextField(_l("理由"), [at_most(300)], description=_l("标记为不宜公开的必须填写"))
