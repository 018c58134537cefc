"""Forms of the drafting desk, for phone and PC (代表建议专用纸, forms.md 4.6)."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import Optional

from app.kit import attachments
from app.kit.database import row_id
from app.kit.forms import BaseForm, IdsField, TextField, at_most, enum_field, required
from app.kit.i18n import _l
from app.suggestions.states import Occasion, PublicChoice, SuggestionSource

# Where a draft is only kept, nothing of it need be complete.
_FORM_ONLY = ("mandate_id", "files", "draft_key", "cosigner_ids", "opinion_number", "by_delegation")


class DraftForm(BaseForm):
    """A suggestion as its proposer writes it: one matter, the facts, what is proposed, and what they wish."""

    mandate_id = SelectField(
        _l("以哪一级代表的身份"), [Optional()], coerce=lambda value: row_id(str(value or ""))
    )
    title = TextField(
        _l("标题"), [required(), at_most(200)], description=_l("一事一议，如“关于解决××问题的建议”")
    )
    body = TextAreaField(
        _l("情况和问题"),
        [at_most(20000)],
        description=_l(
            "时间、地点、数量，群众怎么说；应当明确具体，注重反映实际情况和问题（代表法第二十四条）"
        ),
        # The page itself has ids of its own.
        id="facts",
    )
    proposals = TextAreaField(_l("具体建议"), [at_most(20000)], description=_l("请谁做什么，一条一条写"))
    category = TextField(_l("类别"), [at_most(40)], description=_l("如 民生、交通、教育"))
    source = enum_field(_l("怎样形成的"), SuggestionSource)
    source_note = TextField(
        _l("形成过程"), [at_most(200)], description=_l("如 5月15日在联络站接待，三位群众反映")
    )
    opinion_number = TextField(
        _l("来源意见编号"), [at_most(40)], description=_l("由群众意见形成的，填写意见编号，如 YJ20230001")
    )
    proposed_units = TextField(_l("建议承办单位"), [at_most(200)], description=_l("可以不填，由交办机构确定"))
    occasion = enum_field(_l("提出时间"), Occasion)
    by_delegation = BooleanField(
        _l("以代表团名义提出"), description=_l("只在会议期间；应由代表团团长签名，审查时由工作人员核对")
    )
    cosigner_ids = IdsField(
        _l("邀请附议的代表"), [Optional()], description=_l("受邀代表在手机上确认后才算附议")
    )
    open_to_cosigners = BooleanField(
        _l("欢迎其他代表附议"), description=_l("提交后、交办前，同级代表可以看到并附议")
    )
    public_choice = enum_field(_l("是否同意公开"), PublicChoice)
    wants_talk = BooleanField(_l("希望承办单位当面沟通"))
    reference_only = BooleanField(_l("仅供工作参考，不需要书面答复"))
    files = MultipleFileField(_l("附件"), description=_l("照片、图纸、调研材料；可选多个，每个不超过 20 MB"))
    draft_key = TextField(validators=[Optional(), at_most(64)])

    def details(self) -> dict[str, Any]:
        """Values for the operation, texts that were not sent as nothing."""
        values = self.values()
        return {name: value for name, value in values.items() if name not in _FORM_ONLY}

    def carried(self) -> dict[str, Any]:
        """What goes with them under names of its own."""
        return {
            "mandate_id": self.mandate_id.data if "mandate_id" in self else None,
            "by_delegation": bool(self.by_delegation.data) if "by_delegation" in self else False,
            "opinion_number": self.opinion_number.data or "",
            "draft_key": self.draft_key.data or "",
        }

    @property
    def uploads(self) -> list[Any]:
        """Files that were really chosen."""
        return attachments.chosen(self.files.data)


class WithdrawForm(BaseForm):
    """Why a suggestion is taken back."""

    note = TextAreaField(
        _l("撤回原因"),
        [required(), at_most(500)],
        description=_l("代表书面申请撤回、由工作人员代办的，写明申请日期"),
    )
