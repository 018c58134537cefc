"""Floor 10: operators' commands. ``lvzhi`` is a Flask command group over the same application."""

from __future__ import annotations

import sys
from importlib import import_module

import click
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.extensions import db
from app.kit.errors import DomainError

MODULES = (
    "setup",
    "imports",
    "reports",
    "accounts",
    "audit",
    "ledger",
    "files",
    "demo",
    "backup",
    "server",
    "notices",
)


def init_app(app: Flask) -> None:
    """Adds the commands to ``flask --app wsgi`` and to ``lvzhi``."""
    for module in MODULES:
        for command in import_module(f"app.cli.{module}").commands:
            app.cli.add_command(command)


def _create_app() -> Flask:
    from app import create_app

    return create_app()


def main() -> None:
    """The ``lvzhi`` console script: a refusal is one sentence on standard error and exit 2, no traceback."""
    group = FlaskGroup(create_app=_create_app, add_version_option=False, help="履职台账 Lvzhi")
    try:
        code = group.main(prog_name="lvzhi", standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        code = 2
    except click.Abort:
        click.echo("已中断，没有写入任何内容。", err=True)
        code = 130
    except DomainError as error:
        click.echo(str(error), err=True)
        code = 2
    except (OperationalError, ProgrammingError):
        click.echo(
            "连不上数据库，或者数据库还没有建好。请检查 DATABASE_URL，并先运行 lvzhi db upgrade。", err=True
        )
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


def finish() -> None:
    """Commits what a command did: once, at its end."""
    db.session.commit()
