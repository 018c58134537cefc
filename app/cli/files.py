"""``lvzhi file``: one deputy's performance file."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli import check_writable
from app.kit import clock
from app.kit.database import read_only
from app.kit.documents import render_docx, render_pdf
from app.performance_file.document import performance_document, performance_json
from app.performance_file.queries import get_performance_file
from app.registry.queries import get_mandate_by_card


@click.command("file")
@click.argument("card")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="截至哪一天，默认今天")
@click.option(
    "--format", "format_", type=click.Choice(["docx", "pdf", "json"]), default="docx", show_default=True
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=check_writable,
    help="写到这个文件；不给时写到标准输出",
)
@click.option("--area", default=None, help="证号在几个县重复时，用区划代码指明")
@with_appcontext
@read_only()
def performance_file(
    card: str, as_of: datetime | None, format_: str, output: Path | None, area: str | None
) -> None:
    """导出一名代表的履职档案。"""
    mandate = get_mandate_by_card(card, area)
    file = get_performance_file([mandate], as_of.date() if as_of else clock.today())
    if format_ == "json":
        content = json.dumps(performance_json(file), ensure_ascii=False, indent=1).encode() + b"\n"
    elif format_ == "pdf":
        content = render_pdf(performance_document(file))
    else:
        content = render_docx(performance_document(file))
    if output is not None:
        output.write_bytes(content)
    elif format_ != "json" and sys.stdout.isatty():
        path = Path(f"履职档案-{file.person.name}-{file.as_of:%Y%m%d}.{format_}")
        path.write_bytes(content)
        click.echo(f"已写入 {path}")
    else:
        sys.stdout.buffer.write(content)


commands: list[click.Command] = [performance_file]
