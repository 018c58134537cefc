"""``lvzhi report``: every report in every shape, and refusals in one sentence."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from flask import Flask

from app.cli.reports import text_table
from app.oversight.documents import Sheet
from tests.commands import lvzhi
from tests.world import COUNTY, World

REPORTS = {
    "coverage": ("--as-of", "2024-03-31"),
    "statistics": ("--year", "2023"),
    "suggestions": ("--year", "2023"),
}


@pytest.mark.parametrize("name", REPORTS)
def test_every_shape(app: Flask, world: World, tmp_path: Path, name: str) -> None:
    asked = ("report", name, "--area", COUNTY, *REPORTS[name])
    answer = lvzhi(app, *asked, "--format", "json")
    assert answer.code == 0 and answer.errors == ""
    assert answer.json["area"] == {"code": COUNTY, "name": "岳湖县"}
    assert "岳湖县" in lvzhi(app, *asked, "--format", "table").output
    for shape in ("xlsx", "docx"):
        path = tmp_path / f"report.{shape}"
        assert lvzhi(app, *asked, "--format", shape, "--output", path).code == 0
        assert zipfile.is_zipfile(path)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("coverage", "--area", "999999"), "999999"),
        (("coverage", "--area", COUNTY, "--as-of", "2024-02-30"), "2024-02-30"),
        (("statistics", "--area", "x", "--year", "2023"), "x"),
        (("statistics", "--area", COUNTY, "--year", "二〇二三"), "二〇二三"),
        (("suggestions", "--area", COUNTY), "--year"),
        (("coverage", "--area", COUNTY, "--format", "pdf"), "pdf"),
    ],
)
def test_refusals(app: Flask, world: World, arguments: tuple[str, ...], words: str) -> None:
    answer = lvzhi(app, "report", *arguments)
    assert answer.code == 2 and answer.output == ""
    assert words in answer.errors and "Traceback" not in answer.errors


def test_columns_of_the_text_table_stand_under_each_other() -> None:
    sheet = Sheet(
        "表",
        [("乡镇", "text"), ("在任", "integer"), ("报告率", "percent")],
        [["三封寺镇", 36, 0.5], ["a", 7, None]],
    )
    assert text_table(sheet).splitlines() == [
        "表",
        "乡镇      在任  报告率",
        "三封寺镇    36   50.0%",
        "a            7       —",
    ]
