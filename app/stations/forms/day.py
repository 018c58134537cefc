"""Forms of a reception's day and of what a station shows in public."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, TextAreaField, TimeField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.kit import attachments
from app.kit.forms import (
    BaseForm,
    DateField,
    IdField,
    IdsField,
    NumberField,
    TextField,
    at_most,
    enum_field,
    required,
)
from app.kit.i18n import _l
from app.stations.forms import check_phone
from app.stations.models import ReceptionDeputy
from app.stations.states import DutyStanding, PartnerKind, PublicDetail, ReceptionKind, StationRole


def _optional_id(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class PlanReceptionForm(BaseForm):
    """A reception to come."""

    kind = enum_field(_l("类别"), ReceptionKind)
    station_id = SelectField(_l("联络站"), [required()], coerce=int)
    held_on = DateField(_l("接待日期"), [required()])
    starts_at = TimeField(_l("开始时间"), [Optional()])
    ends_at = TimeField(_l("结束时间"), [Optional()])
    topic = TextField(_l("接待主题"), [at_most(80)], description=_l("没有主题的不填"))
    host = TextField(
        _l("接待人"), [at_most(80)], description=_l("政府负责人接待代表的，填写负责人的姓名和职务")
    )
    mandate_ids = IdsField(
        _l("代表"), [required()], description=_l("接待群众的代表；政府负责人接待代表的，填写受邀代表")
    )


class CancelReceptionForm(BaseForm):
    """A reception that does not take place."""

    cancel_reason = TextField(_l("取消原因"), [required(), at_most(200)])


class VisitorForm(BaseForm):
    """Somebody who came."""

    name = TextField(_l("来访人姓名"), [at_most(30)], description=_l("不愿留名的可以不填"))
    phone = TextField(_l("来访人电话"), [at_most(20)])
    matter = TextField(_l("来访事由"), [at_most(200)])

    def validate_phone(self, field: Any) -> None:
        check_phone(field)


class HoldForm(BaseForm):
    """What became of a planned reception; one choice for each deputy on duty is added by :func:`hold_form`."""

    people_received = NumberField(
        _l("接待群众人次"),
        [required(), NumberRange(0, 1_000_000, message=_l("请填写 0 到 1000000 之间的整数。"))],
    )
    note = TextAreaField(_l("备注"), [at_most(500)])

    @property
    def standings(self) -> dict[int, DutyStanding]:
        """Where each deputy was, by duty row."""
        return {
            int(name.removeprefix("standing_")): DutyStanding(field.data)
            for name, field in self._fields.items()
            if name.startswith("standing_")
        }


def hold_form(rows: Iterable[ReceptionDeputy], **values: Any) -> HoldForm:
    """The form with the deputies of one reception; who checked in is there, who asked for leave is away."""
    members: dict[str, Any] = {}
    for row in rows:
        there = row.standing if row.standing is not DutyStanding.ASSIGNED else DutyStanding.ABSENT
        told = (DutyStanding.PRESENT, DutyStanding.LEAVE, DutyStanding.ABSENT)
        members[f"standing_{row.id}"] = RadioField(
            row.mandate.person.name,
            [required()],
            choices=[(standing.value, standing.label) for standing in told],
            default=there.value,
        )
    made: HoldForm = type("FilledHoldForm", (HoldForm,), members)(**values)
    return made


class TakeForm(BaseForm):
    """An opinion as it is said, on a phone (接待选民登记表, forms.md 4.4)."""

    # The page itself has the id "content".
    content = TextAreaField(
        _l("反映内容"), [required(), at_most(4000)], description=_l("请记群众的原话"), id="said"
    )
    topic = TextField(_l("类别"), [at_most(40)])
    anonymous = BooleanField(_l("匿名反映"))
    citizen_name = TextField(_l("反映人姓名"), [at_most(30)])
    citizen_phone = TextField(_l("反映人电话"), [at_most(20)])
    mandate_id = SelectField(_l("接待代表"), [Optional()], coerce=_optional_id)
    photos = MultipleFileField(_l("照片"), description=_l("最多 3 张"))
    draft_key = TextField(validators=[required(), at_most(64)])

    def validate_citizen_phone(self, field: Any) -> None:
        check_phone(field)

    @property
    def uploads(self) -> list[Any]:
        """Photographs that were really chosen."""
        return attachments.chosen(self.photos.data)


class StationPostForm(BaseForm):
    """Somebody takes a post at a station."""

    role = enum_field(_l("职务"), StationRole)
    mandate_id = IdField(_l("由代表担任"), [Optional()], description=_l("不是代表的，在下面填写姓名"))
    holder_name = TextField(_l("姓名"), [at_most(30)])
    phone = TextField(_l("联系电话"), [at_most(20)], description=_l("会印在公示牌上，不公开的不填"))
    began_on = DateField(_l("任职日期"), [required()])

    def validate_phone(self, field: Any) -> None:
        check_phone(field)


class PartnerForm(BaseForm):
    """Somebody paired with a deputy (2-24)."""

    mandate_id = IdField(_l("代表"), [required()])
    name = TextField(_l("结对人员姓名"), [required(), at_most(30)])
    kind = enum_field(_l("身份"), PartnerKind)
    began_on = DateField(_l("结对日期"), [required()])
    note = TextField(_l("备注"), [at_most(200)])


class ShownForm(BaseForm):
    """What a deputy agrees to be shown in public."""

    details = SelectMultipleField(
        _l("同意公示的内容"),
        [Optional()],
        choices=PublicDetail.choices,
        coerce=PublicDetail,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l(
            "姓名和层级按规定公示；其余内容勾选后才会出现在联络站的公开页和公示牌上，随时可以取消"
        ),
    )
