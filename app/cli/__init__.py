"""Floor 10: operators' commands. ``lvzhi`` is a Flask command group over the same application."""

from __future__ import annotations

import os
import sqlite3
import sys
from importlib import import_module
from pathlib import Path

import click
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, ProgrammingError

from app.extensions import db
from app.kit.errors import DomainError
from config import data_dir, database_url

# PostgreSQL's words for a lock not got in time, a deadlock, a clash of transactions; for a table not there.
_BUSY = frozenset({"55P03", "40P01", "40001"})
_NO_TABLE = "42P01"
SCHEMA_COMMANDS = frozenset({"upgrade", "current", "check"})
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
    """The application with the commands an office needs: of Alembic's only those that take nothing away. A
    downgrade of the first revision is an empty database; maintainers have it at ``flask --app wsgi db``."""
    from app import create_app

    _check_address()
    app = create_app()
    schema = app.cli.commands["db"]
    if isinstance(schema, click.Group):
        for name in schema.commands.keys() - SCHEMA_COMMANDS:
            del schema.commands[name]
    return app


def _check_address() -> None:
    """DATABASE_URL leads to a kind of database this system knows. It may hold a password: it is not repeated."""
    try:
        known = make_url(database_url(data_dir())).get_backend_name() in {"sqlite", "postgresql"}
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise DomainError(
            "DATABASE_URL 看不懂。应写成 postgresql://用户:密码@主机:端口/库名；不设置则使用 SQLite。"
        )


def main() -> None:
    """The ``lvzhi`` console script: a refusal is one sentence on standard error and exit 2, no traceback."""
    # Names and phones lie in the files that are made: they are nobody else's.
    os.umask(0o027)
    try:
        group = FlaskGroup(create_app=_create_app, add_version_option=False, help="履职台账 Lvzhi")
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
    except DBAPIError as error:
        click.echo(_database_trouble(error), err=True)
        code = 2
    except sqlite3.Error as error:
        click.echo(f"数据库文件读写失败：{error}。请检查文件夹的权限和磁盘空间。", err=True)
        code = 2
    except BrokenPipeError:
        # Whoever read the output has seen enough of it (`lvzhi report … | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:
        where = f"“{error.filename}”" if error.filename is not None else ""
        click.echo(
            f"文件或文件夹{where}不能读写：{error.strerror or error}。请检查路径、权限和磁盘空间。", err=True
        )
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


def _database_trouble(error: DBAPIError) -> str:
    """What the database answered, as a sentence; what is no trouble of an operator's stays a traceback."""
    state, said = getattr(error.orig, "sqlstate", None), str(error.orig)
    if state in _BUSY or "is locked" in said:
        return "数据库正忙（可能正在导入数据），没有写入任何内容，请稍后再运行一次。"
    if state == _NO_TABLE or "no such table" in said:
        return "数据库还没有建好，请先运行 lvzhi db upgrade。"
    if isinstance(error, OperationalError | ProgrammingError):
        return "连不上数据库，或者数据库还没有建好。请检查 DATABASE_URL，并先运行 lvzhi db upgrade。"
    raise error


def check_writable(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    """Of an option that names a file to write: a folder that is not there is said before the work is done."""
    if path is not None and not (path.parent.is_dir() and os.access(path.parent, os.W_OK)):
        raise DomainError(f"不能写入 {path}：文件夹不存在或没有写入权限。")
    return path


def finish() -> None:
    """Commits what a command did: once, at its end."""
    db.session.commit()
