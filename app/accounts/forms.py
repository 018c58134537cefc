"""Forms of accounts."""

from __future__ import annotations

from typing import Any

from wtforms import FieldList, Form, FormField, PasswordField, SelectField
from wtforms.validators import Optional

from app.accounts.models import User
from app.kit.authorisation import Grant, Role
from app.kit.forms import BaseForm, IdField, TextField, at_most, enum_field, required
from app.kit.i18n import _, _l
from app.registry.states import Level

SPARE_GRANTS = 2
MOST_GRANTS = 20


class LoginForm(BaseForm):
    """Log-in. Sent without a once-token: a second click must not be answered without the cookie."""

    login = TextField(_l("登录名"), [required(), at_most(60)])
    password = PasswordField(_l("密码"), [required(), at_most(200)])


class PasswordForm(BaseForm):
    """A person's own new password."""

    current_password = PasswordField(_l("现在的密码"), [required(), at_most(200)])
    new_password = PasswordField(
        _l("新密码"),
        [required(), at_most(200)],
        description=_l("至少 8 个字符，包含大写字母、小写字母、数字、符号中的三种，不要包含登录名。"),
    )
    repeated = PasswordField(_l("再输一次新密码"), [required(), at_most(200)])

    def validate(self, extra_validators: Any = None) -> bool:
        """Both new passwords are the same."""
        valid: bool = super().validate(extra_validators)
        if valid and self.new_password.data != self.repeated.data:
            self.repeated.errors = [str(_l("两次输入的新密码不一致，请重新输入。"))]
            return False
        return valid


def _optional_id(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class GrantForm(Form):
    """One role on one area; an empty role is no grant."""

    role = enum_field(_l("角色"), Role, optional=True)
    area_code = TextField(_l("地区"), [at_most(12)])


class UserForm(BaseForm):
    """An account as the security administrator sees it."""

    login = TextField(_l("登录名"), [required(), at_most(60)])
    name = TextField(_l("姓名"), [required(), at_most(60)])
    grants = FieldList(FormField(GrantForm), label=_l("角色和地区"), min_entries=1, max_entries=MOST_GRANTS)
    person_id = IdField(_l("绑定的代表"), description=_l("代表的账号要绑定到本人；其他账号不用填。"))
    unit_id = SelectField(
        _l("所属承办单位"),
        [Optional()],
        coerce=_optional_id,
        choices=[("", "—")],
        description=_l("只有承办单位的账号要选；它只看到交给本单位的事项。"),
    )

    def chosen_grants(self) -> list[Grant]:
        """Grants as they were filled in, without empty lines."""
        return [
            Grant(entry.form.role.data, entry.form.area_code.data or "")
            for entry in self.grants
            if entry.form.role.data is not None
        ]

    def offer_units(self, units: list[tuple[int, str]]) -> None:
        """The units an account can be bound to; must be called before the form is read."""
        self.unit_id.choices = [("", "—"), *((str(unit), name) for unit, name in units)]

    def add_spare_lines(self) -> None:
        """Empty lines to fill in below those there are."""
        filled = sum(entry.form.role.data is not None for entry in self.grants)
        while len(self.grants) < min(filled + SPARE_GRANTS, MOST_GRANTS):
            self.grants.append_entry()


class ChangeUserForm(UserForm):
    """An existing account: its login stays."""

    login = None  # type: ignore[assignment]


def form_for(user: User) -> ChangeUserForm:
    """The form filled with an account."""
    grants = [{"role": grant.role, "area_code": grant.area_code} for grant in user.grants]
    data = {"name": user.name, "person_id": user.person_id, "unit_id": user.unit_id, "grants": grants}
    return ChangeUserForm(data=data, version=user.version)


def grants_text(grants: list[Grant]) -> str:
    """Grants in a line, for comparing two versions."""
    return _("、").join(sorted(f"{grant.role.label} {grant.area_code}" for grant in grants))


class RosterForm(BaseForm):
    """For whose deputies accounts are opened."""

    area_code = SelectField(_l("地区"), [required()], choices=[])
    level = enum_field(_l("代表层级"), Level, optional=True, description=_l("不选就是各层级代表。"))
