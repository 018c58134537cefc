"""Forms of the public pages: few fields, large, and nothing that must be known to use them."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.kit import attachments
from app.kit.forms import BaseForm, TextField, at_most, required
from app.kit.i18n import _l
from app.stations.forms import check_phone
from app.stations.states import CitizenWord


class PublicOpinionForm(BaseForm):
    """What somebody wants to say to the deputies."""

    content = TextAreaField(
        _l("您要反映的内容"),
        [required(), at_most(2000)],
        description=_l("请写清楚时间、地点和事情"),
    )
    topic = SelectField(_l("是哪方面的事"), [Optional()], validate_choice=False)
    photos = MultipleFileField(_l("照片"), description=_l("可以不附；最多 3 张，每张不超过 10 MB"))
    citizen_name = TextField(
        _l("您的姓名"), [at_most(30)], description=_l("可以不填。只有办理人员能看到，不会公开")
    )
    citizen_phone = TextField(
        _l("您的电话"), [at_most(20)], description=_l("可以不填。留了电话，办理结果会告诉您")
    )
    # People do not see it; whoever fills it in is a program.
    homepage = StringField(_l("请不要填写这一栏"))
    draft_key = HiddenField()

    def validate_citizen_phone(self, field: Any) -> None:
        check_phone(field)

    @property
    def uploads(self) -> list[Any]:
        """Photographs that were really chosen."""
        return attachments.chosen(self.photos.data)


class FollowForm(BaseForm):
    """The code of the receipt."""

    code = TextField(_l("查询码"), [required(), at_most(40)], description=_l("回执上的 12 位数字"))


class RateForm(BaseForm):
    """Satisfied or not."""

    code = HiddenField()
    word = SelectField(choices=CitizenWord.choices, coerce=CitizenWord)
