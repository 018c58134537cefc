"""``lvzhi user``: accounts from the operator's command line."""

from __future__ import annotations

import sys

import click

from app.accounts.operations import users
from app.accounts.queries import find_user
from app.extensions import db
from app.kit.audit import acting_as
from app.kit.authorisation import Grant, Role, operator
from app.kit.errors import DomainError
from app.kit.i18n import _, _l
from app.registry.queries import get_area


@click.group("user")
def user_group() -> None:
    """Accounts: create one, set a new first password."""


def _role(text: str) -> Role:
    known = {key: Role(key) for key, _label in Role.choices()} | {role.label: role for role in Role}
    if text not in known:
        names = "、".join(f"{role.value}（{role.label}）" for role in Role)
        raise DomainError(_l("没有“%(role)s”这个角色，可以用：%(names)s。", role=text, names=names))
    return known[text]


def _password(from_stdin: bool) -> str | None:
    """Typed at a terminal or piped in; empty means: make one up."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n") or None
    if sys.stdin.isatty():
        prompt = _("初始密码（直接回车则自动生成）")
        return click.prompt(prompt, default="", hide_input=True, show_default=False) or None
    return None


@user_group.command("create")
@click.argument("name")
@click.option("--role", required=True, help="county_staff, township_staff, leader, deputy, system_admin, …")
@click.option("--area", required=True, help="Area code the role is granted on.")
@click.option("--login", help="Login name; NAME where it is not given.")
@click.option("--password-stdin", is_flag=True, help="Read the first password from standard input.")
def create(name: str, role: str, area: str, login: str | None, password_stdin: bool) -> None:
    """Makes an account; its first password is asked for or printed once."""
    grant = Grant(_role(role), get_area(area).code)
    typed = _password(password_stdin)
    actor = operator()
    with acting_as(actor):
        made, password = users.create_user(
            actor, login=login or name, name=name, grants=[grant], password=typed
        )
        db.session.commit()
    click.echo(_("已建立账号：%(login)s", login=made.login))
    if typed is None:
        click.echo(_("初始密码：%(password)s", password=password))


@user_group.command("reset-password")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the new first password from standard input.")
def reset_password(login: str, password_stdin: bool) -> None:
    """Sets a new first password, lifts a lock-out and ends every session of the account."""
    user = find_user(login)
    if user is None:
        raise DomainError(_l("没有登录名为“%(login)s”的账号，请核对。", login=login))
    typed = _password(password_stdin)
    actor = operator()
    with acting_as(actor):
        password = users.reset_password(actor, user, typed)
        db.session.commit()
    click.echo(_("已重置账号：%(login)s", login=login))
    if typed is None:
        click.echo(_("初始密码：%(password)s", password=password))


commands: list[click.Command] = [user_group]
