"""``lvzhi demo``: a whole invented county, with accounts, for trying out."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from app.accounts.models import User
from app.cli.demo.calendar import add_calendar
from app.cli.demo.composing import add_composition
from app.cli.demo.county import build_county
from app.cli.demo.facts import build_facts
from app.cli.demo.notices import add_notices
from app.cli.demo.opinions import add_opinions
from app.cli.demo.people import build_accounts, build_deputies
from app.cli.demo.plans import add_plans
from app.cli.demo.public import add_public
from app.cli.demo.rows import Maker
from app.cli.demo.suggestion_after_reply import add_after_reply
from app.cli.demo.suggestion_clocks import add_clocks
from app.cli.demo.suggestion_detours import add_detours
from app.cli.demo.suggestion_drafts import add_drafts
from app.cli.demo.suggestion_evaluation import add_evaluation
from app.cli.demo.suggestion_handling import add_handling
from app.cli.demo.suggestion_publicity import add_publicity
from app.cli.demo.suggestion_screening import add_screening
from app.cli.demo.suggestion_supervision import add_supervision
from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import operator
from app.kit.database import analyse
from app.ledger.operations import post_all
from app.ledger.sources import SOURCES
from app.registry.models import Area
from app.suggestions.register import settle
from app.suggestions.similar.keeping import index_missing


def _notes() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "demo-accounts.json"


def _show() -> None:
    path = _notes()
    if not path.exists():
        return
    kept = json.loads(path.read_text(encoding="utf-8"))
    click.echo(f"演示账号（密码均为 {kept['password']}）：")
    for login, role in kept["accounts"]:
        click.echo(f"  {login:<12}{role}")


def _add_suggestions(maker: Maker) -> None:
    """Suggestions at every point of their life; each of these leaves alone what another has begun."""
    add_handling(maker)
    add_after_reply(maker)
    add_supervision(maker)
    add_evaluation(maker)
    add_publicity(maker)
    add_drafts(maker)
    add_screening(maker)
    add_detours(maker)


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="数据库已有数据时什么也不做")
@click.option("--show-accounts", is_flag=True, help="只显示演示账号")
@with_appcontext
def demo(if_empty: bool, show_accounts: bool) -> None:
    """装入一个虚构的县（含账号和四年多的记录），供试用。"""
    if show_accounts:
        _show()
        return
    occupied = db.session.scalar(select(func.count()).select_from(Area)) or db.session.scalar(
        select(func.count()).select_from(User)
    )
    if occupied:
        if if_empty:
            return
        raise click.UsageError(
            "数据库里已有数据，演示县只能装入空数据库。请另设 LVZHI_DATA_DIR 或 DATABASE_URL 后再试。"
        )
    with audit.acting_as(operator("demo", "demo")):
        maker = Maker(db.session(), clock.today())
        with click.progressbar(length=5, label="正在装入演示县", show_eta=False) as bar:
            build_county(maker)
            bar.update(1)
            build_deputies(maker)
            bar.update(1)
            build_facts(maker)
            bar.update(1)
            password, accounts = build_accounts(maker)
            add_notices(maker)
            add_public(maker)
            add_opinions(maker)
            add_plans(maker)
            _add_suggestions(maker)
            maker.flush()
            settle([row["id"] for row in maker.made["suggestion"]])
            index_missing()
            add_clocks(maker)
            add_calendar(maker)
            add_composition(maker)
            for kind in SOURCES:
                post_all(kind)
            bar.update(1)
            db.session.commit()
            analyse(db.session())
            db.session.commit()
            bar.update(1)
    notes = _notes()
    notes.write_text(
        json.dumps({"password": password, "accounts": accounts}, ensure_ascii=False), encoding="utf-8"
    )
    notes.chmod(0o600)
    if not if_empty:
        _show()


commands: list[click.Command] = [demo]
