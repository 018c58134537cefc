"""Charts: the arithmetic, and the macros that draw its results."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jinja2 import Environment, FileSystemLoader

from app.kit import charts
from app.kit.charts import Bar

TEMPLATES = Path(charts.__file__).parents[1] / "templates"


@pytest.fixture(scope="module")
def macros() -> Any:
    """The macros, with the words left in Chinese."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    environment.globals["chart_math"] = charts
    return environment.get_template("kit/charts.html").module


@pytest.mark.parametrize(
    ("value", "of", "percent", "text"),
    [
        (30, 100, 30, "30.0%"),
        (1, 3, 33.33, "33.3%"),
        (7, 7, 100, "100%"),
        (9, 7, 100, "128.6%"),
        (0, 0, 0, "—"),
    ],
)
def test_a_bar_is_a_share_of_its_whole(value: int, of: int, percent: float, text: str) -> None:
    bar = Bar("章华镇", value, of)
    assert bar.percent == percent
    assert bar.share_text == text


def test_a_target_is_named_without_idle_decimals() -> None:
    assert [charts.target_text(target) for target in (0.3, 1 / 3, 1)] == ["30%", "33.3%", "100%"]


def test_bars_without_a_whole_come_last() -> None:
    bars = [Bar("无", 0, 0), Bar("乙", 1, 4), Bar("甲", 2, 4), Bar("丙", 4, 8)]
    assert [bar.label for bar in charts.sorted_bars(bars)] == ["丙", "甲", "乙", "无"]


@pytest.mark.parametrize(
    ("count", "peak", "step"),
    [(0, 8, 0), (1, 8, 1), (2, 8, 1), (3, 8, 2), (8, 8, 4), (1, 1, 4), (3, 0, 0), (-1, 8, 0)],
)
def test_heat_steps_begin_at_the_first_count(count: int, peak: int, step: int) -> None:
    assert charts.heat_step(count, peak) == step


def test_the_busiest_cell_is_the_first_of_equals() -> None:
    assert charts.busiest([[0, 3], [5, 5]]) == (1, 0)
    assert charts.busiest([[0, 0]]) is None
    assert charts.busiest([]) is None
    assert charts.heat_peak([[0, 3], [5, 5]]) == 5
    assert charts.heat_peak([]) == 0


@pytest.mark.parametrize(
    ("peak", "ceiling"),
    [(0, 1), (1, 1), (3, 4), (5, 5), (6, 10), (11, 20), (41, 50), (84, 100), (1335, 2000)],
)
def test_axes_end_on_round_numbers(peak: int, ceiling: int) -> None:
    assert charts.round_ceiling(peak) == ceiling


def test_a_column_is_stacked_from_the_ground() -> None:
    pieces = charts.stack([("reported", 3), ("overdue", 0), ("upcoming", 1)], 100, 4)
    assert [(piece.key, piece.top, piece.height) for piece in pieces] == [
        ("reported", 25, 75),
        ("upcoming", 0, 25),
    ]
    assert charts.stack([("reported", 0)], 100, 0) == []


def test_columns_share_the_width_evenly() -> None:
    assert charts.band(0, 5) == (4, 12)
    assert charts.band(4, 5) == (84, 12)


def test_a_small_line_keeps_its_margin() -> None:
    assert charts.line_points([0, 5, 10], 120, 32) == [(3, 29), (60, 16), (117, 3)]
    assert charts.line_points([7], 120, 32) == [(3, 3)]
    assert charts.line_points([], 120, 32) == []


def parsed(html: object) -> ElementTree.Element:
    """The markup as XML, which it must be for this to work; hostile words must have been escaped."""
    text = str(html)
    assert not re.search(r"\sstyle=|\son\w+=|<script|<style", text)
    return ElementTree.fromstring(f"<body>{text}</body>")


def words(html: object) -> str:
    return " ".join("".join(parsed(html).itertext()).split())


def test_bars_say_in_words_what_they_draw(macros: Any) -> None:
    bars = [Bar("插旗镇", 1, 10, "逾期2名"), Bar("章华镇", 6, 10, href="/a?b=1&c=2"), Bar("禹山镇", 0, 0)]
    html = macros.bars(bars, "会议方式", 0.3, "会议目标")
    text = words(html)
    assert "会议目标 30%" in text
    assert "章华镇 60.0% 6/10 插旗镇 10.0% 1/10 逾期2名 禹山镇 — 0/0" in text
    assert "共 3 项，最高：章华镇 60.0%，最低：插旗镇 10.0%；达到 30% 的 1 项" in text
    tree = parsed(html)
    assert [link.get("href") for link in tree.iter("a")] == ["/a?b=1&c=2"]
    assert [rect.get("class") for rect in tree.iter("rect")] == [
        "track",
        "fill",
        "track",
        "fill-below",
        "track",
    ]


def test_a_heat_map_is_a_table_with_sums(macros: Any) -> None:
    html = macros.heat_map(["会", "访"], range(1, 3), [[0, 4], [1, 2]], "2024年", total_label="合计")
    tree = parsed(html)
    rows = [["".join(cell.itertext()) for cell in row] for row in tree.iter("tr")]
    assert rows == [
        ["", "1", "2", "合计"],
        ["会", "0", "4", "4"],
        ["访", "1", "2", "3"],
        ["合计", "1", "6", "7"],
    ]
    assert "合计 7；最多：会，2 栏，4" in words(html)


def test_steps_describe_every_column(macros: Any) -> None:
    labels = {"reported": "已报告", "due_now": "应报告", "overdue": "逾期", "upcoming": "未到期"}
    columns = [("2022年", {"reported": 82, "overdue": 2}), ("2023年", {"due_now": 30, "upcoming": 5})]
    tree = parsed(macros.stacked_steps(columns, labels, "届内进度", "steps"))
    assert next(tree.iter("desc")).text == (
        "2022年：已报告 82，应报告 0，逾期 2，未到期 0；2023年：已报告 0，应报告 30，逾期 0，未到期 5"
    )
    assert next(tree.iter("svg")).get("role") == "img"
    ids = [node.get("id") for node in tree.iter() if node.get("id")]
    assert len(ids) == len(set(ids))


def test_a_funnel_ends_with_its_share(macros: Any) -> None:
    assert "收集 80，到办结 20（25.0%）" in words(
        macros.funnel([("收集", 80), ("交办", 40), ("办结", 20)], "意见")
    )


def test_a_small_line_reads_out_its_figures(macros: Any) -> None:
    assert next(parsed(macros.small_line([3, 5], "活动")).iter("svg")).get("aria-label") == "活动：3，5"


def test_nothing_to_draw_is_said(macros: Any) -> None:
    for html in (
        macros.bars([], "空", 0.3),
        macros.heat_map([], [], [], "空"),
        macros.stacked_steps([], {"reported": "已报告"}, "空", "empty"),
        macros.funnel([], "空"),
    ):
        assert words(html) == "还没有数据。"
    parsed(macros.small_line([], "空"))


def test_typed_names_are_escaped(macros: Any) -> None:
    name = "<img src=x>&amp;"
    tree = parsed(macros.bars([Bar(name, 1, 2)], name))
    assert next(tree.iter("figure")).get("aria-label") == name
    assert not list(tree.iter("img"))
