"""``lvzhi report``: coverage, statistics and suggestions of an area, as other offices' programs and people read them."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.cli import check_writable
from app.kit import clock
from app.kit.database import read_only
from app.kit.documents import Document, render_docx
from app.kit.errors import DomainError
from app.kit.i18n import _, _l
from app.oversight import documents
from app.oversight.documents import Sheet
from app.oversight.queries.coverage import coverage_as_json, get_coverage
from app.oversight.queries.statistics import get_statistics, statistics_json
from app.oversight.queries.suggestions import get_suggestions_report, suggestions_json
from app.oversight.workbook import write_sheets
from app.registry.queries import get_area

FORMATS = ("json", "xlsx", "docx", "table")


@dataclass(frozen=True)
class Report:
    """One report in every shape it is asked for."""

    content: Callable[[], dict[str, Any]]
    sheets: Callable[[], Sequence[Sheet]]
    document: Callable[[], Document]


report = AppGroup("report", help="报表：述职覆盖、年度统计、建议办理。")


def _day(_context: click.Context, _option: click.Parameter, sent: str | None) -> date:
    if sent is None:
        return clock.today()
    try:
        return date.fromisoformat(sent)
    except ValueError:
        raise DomainError(_l("日期“%(sent)s”不存在，请写成 2024-03-31 这样的年-月-日。", sent=sent)) from None


_area = click.option("--area", required=True, help="区划代码，如 430623")
_year = click.option("--year", required=True, type=click.IntRange(1949, 2200), help="年度，如 2023")
_format = click.option(
    "--format", "shape", type=click.Choice(FORMATS), default="table", show_default=True, help="格式"
)
_output = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=check_writable,
    help="写到这个文件；不给时写到标准输出",
)


@report.command("coverage")
@_area
@click.option("--as-of", "as_of", callback=_day, help="截至哪一天，默认今天")
@_format
@_output
@read_only()
def coverage(area: str, as_of: date, shape: str, output: Path | None) -> None:
    """述职覆盖：谁已报告、谁逾期、谁应报告。"""
    found = get_coverage(get_area(area).code, as_of)
    _write(
        Report(
            lambda: coverage_as_json(found),
            lambda: documents.coverage_sheets(found),
            lambda: documents.coverage_document(found),
        ),
        shape,
        output,
        f"{_('述职覆盖')}-{found.area.name}-{as_of:%Y%m%d}",
    )


@report.command("statistics")
@_area
@_year
@_format
@_output
@read_only()
def statistics(area: str, year: int, shape: str, output: Path | None) -> None:
    """年度履职统计：八项数字，按月、按乡镇。"""
    found = get_statistics(get_area(area), year)
    _write(
        Report(
            lambda: statistics_json(found),
            lambda: documents.statistics_sheets(found),
            lambda: documents.statistics_document(found),
        ),
        shape,
        output,
        f"{_('履职统计')}-{found.area.name}-{year}",
    )


@report.command("suggestions")
@_area
@_year
@_format
@_output
@read_only()
def suggestions(area: str, year: int, shape: str, output: Path | None) -> None:
    """代表建议办理：答复、解决、满意，按主办单位。"""
    found = get_suggestions_report(get_area(area), year, clock.today())
    _write(
        Report(
            lambda: suggestions_json(found),
            lambda: documents.suggestions_sheets(found),
            lambda: documents.suggestions_document(found),
        ),
        shape,
        output,
        f"{_('建议办理')}-{found.area.name}-{year}",
    )


def _write(found: Report, shape: str, output: Path | None, name: str) -> None:
    if shape == "json":
        content = json.dumps(found.content(), ensure_ascii=False, indent=1).encode() + b"\n"
    elif shape == "xlsx":
        stream = io.BytesIO()
        write_sheets(stream, found.sheets())
        content = stream.getvalue()
    elif shape == "docx":
        content = render_docx(found.document())
    else:
        content = "\n".join(map(text_table, found.sheets())).encode()
    if output is not None:
        output.write_bytes(content)
    elif shape in {"xlsx", "docx"} and sys.stdout.isatty():
        path = Path(f"{name}.{shape}")
        path.write_bytes(content)
        click.echo(_("已写入 %(path)s", path=path))
    else:
        sys.stdout.buffer.write(content)


def text_table(sheet: Sheet) -> str:
    """A table for the terminal: names left, figures right, full-width characters counted as two."""
    kinds = [kind for _label, kind in sheet.columns]
    lines = [[label for label, _kind in sheet.columns]]
    lines += [[_cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in sheet.rows]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    padded = (
        "  ".join(
            cell + " " * (width - _width(cell)) if kind == "text" else " " * (width - _width(cell)) + cell
            for cell, width, kind in zip(line, widths, kinds, strict=True)
        ).rstrip()
        for line in lines
    )
    return "\n".join([sheet.title, *padded]) + "\n"


def _cell(value: Any, kind: str) -> str:
    if kind == "percent":
        return documents.percent(value)
    return "" if value is None else str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


commands: list[click.Command] = [report]
