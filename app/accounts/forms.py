"""Forms of accounts."""

from __future__ import annotations

from wtforms import PasswordField

from app.kit.forms import BaseForm, TextField, at_most, required
from app.kit.i18n import _l


class LoginForm(BaseForm):
    """Log-in."""

    login = TextField(_l("登录名"), [required(), at_most(60)])
    password = PasswordField(_l("密码"), [required(), at_most(200)])
