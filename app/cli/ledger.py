"""``lvzhi ledger``: the ledger compared with its sources."""

from __future__ import annotations

from contextlib import nullcontext

import click
from flask.cli import AppGroup

from app.cli import finish
from app.extensions import db
from app.kit import audit
from app.kit.authorisation import operator
from app.kit.database import one_snapshot, read_only
from app.kit.i18n import _, _l
from app.kit.states import LabelledEnum
from app.ledger.operations import Drift, reconcile
from app.ledger.sources import SOURCES

DRIFT_FOUND = 4


class Difference(LabelledEnum):
    """How the ledger may differ from its sources."""

    MISSING = "missing", _l("缺少")
    SURPLUS = "surplus", _l("多出")
    DIFFERENT = "different", _l("不一致")


ledger = AppGroup("ledger", help="履职台账：与各登记簿核对。")


@ledger.command("reconcile")
@click.option("--fix", is_flag=True, help="把有出入的记录改成与登记簿一致。")
@click.pass_context
def reconcile_command(context: click.Context, fix: bool) -> None:
    """核对履职台账与各登记簿；一致返回 0，有出入返回 4。"""
    with audit.acting_as(operator()), nullcontext() if fix else read_only():
        one_snapshot(db.session())
        drifts = reconcile(fix=fix)
        if fix and drifts:
            audit.record(db.session(), [_happening(drift) for drift in drifts])
    if fix:
        finish()
    found = {drift.source_kind: drift for drift in drifts}
    for kind, source in SOURCES.items():
        click.echo(f"{source.label}：{_describe(found[kind]) if kind in found else _('一致')}")
    if drifts:
        click.echo(_("已改成一致。") if fix else _("运行 lvzhi ledger reconcile --fix 可改成一致。"))
        context.exit(DRIFT_FOUND)


def _describe(drift: Drift) -> str:
    return "，".join(
        f"{one.label} {getattr(drift, one.value)}" for one in Difference if getattr(drift, one.value)
    )


def _happening(drift: Drift) -> audit.Happening:
    counts = {one.value: getattr(drift, one.value) for one in Difference}
    return audit.Happening("cli:ledger:fix", "", "ledger", None, drift.source_kind, after=counts)


commands: list[click.Command] = [ledger]
