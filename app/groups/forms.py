"""Forms of deputy groups."""

from __future__ import annotations

from wtforms import SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.groups.states import GroupKind, GroupRole
from app.kit.forms import BaseForm, DateField, IdField, IdsField, TextField, at_most, enum_field, required
from app.kit.i18n import _l


class GroupForm(BaseForm):
    """A group."""

    name = TextField(_l("小组名称"), [required(), at_most(60)])
    kind = enum_field(_l("小组类别"), GroupKind)
    area_code = SelectField(_l("所属地区"), [required()])
    guided_by = TextField(_l("指导单位"), [at_most(60)], description=_l("专业代表小组填写对口的专门委员会"))
    began_on = DateField(_l("成立日期"), [Optional()])
    ended_on = DateField(_l("撤销日期"), [Optional()], description=_l("仍在活动的小组不填"))
    note = TextAreaField(_l("备注"), [at_most(500)])


class MembersForm(BaseForm):
    """Deputies who join."""

    mandate_ids = IdsField(_l("加入的代表"), [required()])
    joined_on = DateField(_l("加入日期"), [required()])


class RemovalForm(BaseForm):
    """Members who leave."""

    membership_ids = SelectMultipleField(
        _l("移出的成员"),
        [required()],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    left_on = DateField(
        _l("离开日期"), [required()], description=_l("从这一天起不再是本组成员，此前的记录保留")
    )


class GroupPostForm(BaseForm):
    """Somebody takes a post."""

    role = enum_field(_l("职务"), GroupRole)
    mandate_id = IdField(_l("担任的代表"), [Optional()])
    holder_name = TextField(
        _l("姓名（不在名册中的）"), [at_most(30)], description=_l("联络员等不是代表的，填写姓名")
    )
    began_on = DateField(_l("任职日期"), [required()])
    ended_on = DateField(_l("卸任日期"), [Optional()])


class PostDaysForm(BaseForm):
    """Days of a post."""

    began_on = DateField(_l("任职日期"), [required()])
    ended_on = DateField(_l("卸任日期"), [Optional()], description=_l("从这一天起不再担任；在任的不填"))


class LinkForm(BaseForm):
    """A deputy of a higher level and those below they keep in touch with (1-10)."""

    upper_id = IdField(_l("上级代表"), [required()])
    lower_ids = IdsField(_l("联系的代表"), [required()])
    began_on = DateField(_l("开始日期"), [required()])


class EndLinkForm(BaseForm):
    """The day from which a link no longer holds."""

    ended_on = DateField(_l("结束日期"), [required()], description=_l("从这一天起不再联系，此前的记录保留"))


class HardshipForm(BaseForm):
    """A deputy in difficulty (0-14)."""

    mandate_id = IdField(_l("代表"), [required()])
    reason = TextAreaField(
        _l("困难情况"), [required(), at_most(500)], description=_l("因病、因灾，或工作中的重大困难")
    )
    noted_on = DateField(_l("登记日期"), [required()])


class CareForm(BaseForm):
    """The visit, and what was noted."""

    reason = TextAreaField(_l("困难情况"), [required(), at_most(500)])
    noted_on = DateField(_l("登记日期"), [required()])
    visited_on = DateField(_l("走访日期"), [Optional()])
    visitors = TextField(_l("走访人"), [at_most(120)])
    help_given = TextAreaField(_l("帮助情况"), [at_most(500)])
