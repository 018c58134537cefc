"""``lvzhi audit``: the trail checked, and its heads written down elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from app.accounts.operations.trail import compare_with_anchor
from app.accounts.queries import list_chain_heads
from app.extensions import db
from app.kit import audit, clock
from app.kit.database import read_only
from app.kit.i18n import _

BROKEN = 5


@click.group("audit")
def audit_group() -> None:
    """The audit trail: verify it, anchor it."""


@audit_group.command("verify")
@click.option(
    "--anchor",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Heads written down earlier by `lvzhi audit anchor`.",
)
@click.pass_context
def verify(context: click.Context, anchor: Path | None) -> None:
    """Reads every chain from its beginning; exit 0 where all hold, 5 with the breaks."""
    with read_only():
        checked, breaks = audit.verify(db.session())
        if anchor is not None:
            breaks += compare_with_anchor(anchor.read_text(encoding="utf-8").splitlines())
    for found in breaks:
        click.echo(f"{found.chain or '-'}\t{found.seq}\t{found.reason}")
    if breaks:
        click.echo(_("审计日志被改动过，请立即报告并用备份核对。"), err=True)
        context.exit(BROKEN)
    click.echo(_("已核对 %(n)s 条审计记录，没有发现改动、删除或插入。", n=checked))


@audit_group.command("anchor")
def anchor() -> None:
    """Prints where each chain ends now (chain, number, hash): keep it on paper or on another machine."""
    with read_only():
        click.echo(f"# {clock.local(clock.now()):%Y-%m-%d %H:%M}")
        for head in list_chain_heads():
            click.echo(f"{head.chain or '-'} {head.seq} {head.head}")


commands: list[click.Command] = [audit_group]
