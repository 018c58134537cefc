"""``lvzhi import``: workbooks from the command line."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select

from app.cli import check_writable, finish
from app.exchange.marked import write_marked
from app.exchange.operations import Outcome, import_workbooks, preview_workbooks, refresh_statistics
from app.exchange.running import SheetReport
from app.exchange.sheets import SheetRef, look_at, workbooks_in
from app.extensions import db
from app.kit.authorisation import operator
from app.kit.database import read_only
from app.kit.errors import DomainError
from app.kit.i18n import _
from app.registry.models import Area
from app.registry.queries import get_area

WRONG_ROWS = 3
_SHOWN = 50


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只预览，不写入。")
@click.option("--skip-bad-rows", is_flag=True, help="有误的行跳过，其余写入。")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=check_writable,
    help="把有误的行标注后存成这个 .xlsx 文件。",
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出结果。")
@click.option("--area", help="办公室的区划代码；数据库里只有一个县时不用写。")
@click.pass_context
def import_command(
    context: click.Context,
    paths: tuple[Path, ...],
    dry_run: bool,
    skip_bad_rows: bool,
    errors: Path | None,
    as_json: bool,
    area: str | None,
) -> None:
    """导入工作簿：名册、述职、活动、签到、接待、意见、走访、建议，按表头识别，全部写入或全部不写入。"""
    code = _area(area)
    refs = look_at(_workbooks(paths))
    _check_anything_recognised(refs)
    where: dict[str, Any] = {"office": code[:6], "areas": (code,), "refs": refs, "watcher": _Progress()}
    if dry_run:
        with read_only():
            outcome = preview_workbooks(operator(source="import"), **where)
            db.session.rollback()
    else:
        outcome = import_workbooks(operator(source="import"), **where, skip_bad_rows=skip_bad_rows)
        finish()
        refresh_statistics(outcome)
        finish()
    if errors is not None and outcome.wrong:
        with closing(errors.open("wb")) as stream:
            write_marked(stream, [(report.ref, report.errors) for report in outcome.reports])
    _print_json(outcome) if as_json else _print_table(outcome, dry_run=dry_run, skip_bad_rows=skip_bad_rows)
    context.exit(WRONG_ROWS if outcome.wrong else 0)


def _area(code: str | None) -> str:
    """The area named, or the one county of this database."""
    if code is not None:
        return get_area(code).code
    for digits in (6, 4):
        found = list(db.session.scalars(select(Area.code).where(func.length(Area.code) == digits).limit(2)))
        if len(found) == 1:
            return found[0]
        if found:
            raise DomainError(_("数据库里有多个县，请用 --area 写明区划代码。"))
    raise DomainError(_("还没有建立行政区划，请先运行 lvzhi setup county.yaml。"))


def _workbooks(paths: tuple[Path, ...]) -> list[Path]:
    found = workbooks_in(paths)
    if not found:
        raise DomainError(_("这些文件夹里没有 Excel 工作簿（.xlsx、.xls）。"))
    return found


def _check_anything_recognised(refs: list[SheetRef]) -> None:
    if any(ref.recognition for ref in refs):
        return
    nearest = next((ref for ref in refs if ref.nearest is not None), None)
    if nearest is None or nearest.nearest is None:
        raise DomainError(_("没有认出任何一张表：找不到能识别的表头。请对照导入模板检查表头。"))
    raise DomainError(
        _(
            "没有认出任何一张表：“%(file)s”的“%(sheet)s”最像%(kind)s，但%(complaint)s",
            file=nearest.file,
            sheet=nearest.sheet,
            kind=nearest.nearest.kind.label,
            complaint=nearest.nearest.complaint(),
        )
    )


class _Progress:
    """Rows taken so far, on a terminal only."""

    def row(self, ref: SheetRef, result: object) -> None:
        """Only the count matters here."""

    def progress(self, rows: int) -> None:
        """Overwrites the last count."""
        if sys.stderr.isatty():
            click.echo("\r" + _("已处理 %(rows)s 行", rows=rows), err=True, nl=False)


def _print_json(outcome: Outcome) -> None:
    sheets = [
        {
            "file": report.ref.file,
            "sheet": report.ref.sheet,
            "kind": report.ref.kind.key if report.ref.kind else None,
            "rows": report.rows,
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "errors": [
                {"row": error.row, "column": error.column, "value": error.value, "message": error.message}
                for error in report.errors
            ],
        }
        for report in outcome.reports
    ]
    click.echo(json.dumps({"sheets": sheets}, ensure_ascii=False))


def _print_table(outcome: Outcome, *, dry_run: bool, skip_bad_rows: bool) -> None:
    if sys.stderr.isatty():
        click.echo("", err=True)
    for report in outcome.reports:
        click.echo(_line(report))
    shown = [(report, error) for report in outcome.reports for error in report.errors]
    for report, error in shown[:_SHOWN]:
        click.echo(
            _(
                "  %(file)s“%(sheet)s”第 %(row)s 行 %(column)s：%(message)s",
                file=report.ref.file,
                sheet=report.ref.sheet,
                row=error.row,
                column=error.column,
                message=error.message,
            )
        )
    if len(shown) > _SHOWN:
        click.echo(
            _("  另有 %(count)s 处错误没有列出；用 --errors 文件.xlsx 取回全部。", count=len(shown) - _SHOWN)
        )
    if dry_run:
        click.echo(_("这是预览，没有写入。"))
    elif outcome.wrong and not skip_bad_rows:
        click.echo(
            _(
                "有 %(count)s 行有误，全部没有写入。改正后再导入，或加 --skip-bad-rows 跳过。",
                count=outcome.wrong,
            )
        )
    elif outcome.batch_id is None:
        click.echo(_("没有新内容，什么都没有改动。"))
    else:
        click.echo(_("已写入，批次号 %(batch)s。", batch=outcome.batch_id))


def _line(report: SheetReport) -> Any:
    where = f"{report.ref.file} · {report.ref.sheet}"
    if report.ref.kind is None:
        return _("%(where)s：没有认出是哪种表，已跳过。", where=where)
    return _(
        "%(where)s：%(kind)s %(rows)s 行，新增 %(created)s，更新 %(updated)s，"
        "未变 %(unchanged)s，有误 %(wrong)s。",
        where=where,
        kind=report.ref.kind.label,
        rows=report.rows,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        wrong=report.wrong,
    )


commands: list[click.Command] = [import_command]
