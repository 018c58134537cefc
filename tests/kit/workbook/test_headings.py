"""Recognition by headings: the sample county's sheets, and the ways other offices lay out the same."""

from __future__ import annotations

import itertools
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from app.kit.i18n import _l
from app.kit.workbook.cells import text
from app.kit.workbook.headings import (
    bare_heading,
    data_rows,
    guess,
    normalise_heading,
    parse_row,
    recognise,
)
from app.kit.workbook.kinds import Field, SheetKind
from app.kit.workbook.reading import read_sheets

SAMPLE = Path(__file__).parents[2] / "data" / "huarong"
HEADINGS = ("代表证号", "姓名", "性别", "代表层级", "届次", "手机号码")
PERSON = ("0623400001", "王波", "男", "县级", "第十八届", "13812345678")


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    for normalise in (normalise_heading, bare_heading):
        assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    "text",
    [
        "姓名",
        " 姓　名 ",
        "姓\n名",
        "*姓名",
        "姓名＊",
        "姓名：",
        "1.姓名",
        "（一）姓名",
        "①姓名",
        "一、姓名",
        "★姓名",
        "2、 姓 名:",
    ],
)
def test_one_heading_written_many_ways(text):
    assert normalise_heading(text) == "姓名"


@pytest.mark.parametrize(
    "text", ["选区（选举单位）", "选区(选举单位)*", "选区【必填】", "选区 [如：第1选区]"]
)
def test_brackets_can_be_left_aside(text):
    assert bare_heading(text) == "选区"
    assert bare_heading("乡镇（街道）") != normalise_heading("乡镇（街道）")


def recognised(first_rows, merged, kinds, remembered=None):
    found = recognise(first_rows, merged, kinds, remembered)
    assert found is not None
    return found


def test_texts_too_long_for_a_heading_cost_nothing(kinds):
    # A guess that looks into them would not be back before the suite's time limit.
    for long in ("(" * 16_000 + ")" * 16_000, "1." * 16_000, " 姓" * 16_000):
        assert guess([(long,) * 20] * 30, [(row, 0, row, 500) for row in range(30)] * 1000, kinds) is None


def every_sheet():
    return read_sheets(sorted(SAMPLE.glob("*.xlsx")))


def test_every_sheet_of_the_sample(kinds):
    found = {}
    for sheet in every_sheet():
        recognition = recognise(sheet.head(), sheet.merged, kinds)
        if recognition is None:
            continue
        rows = list(data_rows(sheet.rows, recognition))
        errors = [error for _n, cells, _r in rows for error in parse_row(recognition, cells)[1]]
        found[sheet.file, sheet.name] = (
            recognition.kind.key,
            recognition.heading_row,
            len(rows),
            len(errors),
        )
        assert recognition.missing == ()
    assert found == {
        ("代表名册.xlsx", "县级以上代表"): ("roster", 3, 324, 0),
        ("代表名册.xlsx", "乡镇代表"): ("roster", 3, 1040, 0),
        ("代表活动登记.xlsx", "签到"): ("attendance", 3, 43808, 0),
        ("报告履职情况登记表.xlsx", "登记表"): ("duty_reports", 3, 729, 0),
        ("含错误的名册.xlsx", "乡镇代表"): ("roster", 3, 200, 8),
    }


def test_wrong_cells_are_found_where_they_are(kinds):
    """The other four need more than one cell: a card twice, a township missing or unknown, two days."""
    sheet = next(sheets := read_sheets([SAMPLE / "含错误的名册.xlsx"]))
    recognition = recognised(sheet.head(), sheet.merged, kinds)
    found = {
        (number, recognition.heading_of(key))
        for number, cells, _row in data_rows(sheet.rows, recognition)
        for key, _error in parse_row(recognition, cells)[1]
    }
    assert next(sheets, None) is None
    expected = json.loads((SAMPLE / "含错误的名册.expected.json").read_text(encoding="utf-8"))
    alone = {
        "missing name",
        "unknown level",
        "impossible date",
        "not a phone number",
        "missing term",
        "not yes or no",
    }
    alone |= {"name too long", "not a date"}
    assert found == {(row, column) for row, column, why in expected if why in alone}


def table(headings, *rows, above=(("某县代表名册",), ("填报单位：某县人大",))):
    return [*above, tuple(headings), *rows]


@given(st.permutations(range(len(HEADINGS))), st.integers(0, 6), st.integers(0, 4))
def test_columns_in_any_order_under_any_number_of_lines(kinds, order, lines, extra):
    headings = [HEADINGS[i] for i in order] + [f"本地栏目{i}" for i in range(extra)]
    row = tuple(PERSON[i] for i in order)
    rows = table(headings, row, above=[("说明文字",)] * lines)
    found = recognised(rows, [], kinds)
    assert (found.kind.key, found.heading_row) == ("roster", lines + 1)
    assert {found.columns[c] for c in range(len(order))} == {"card", "name", "sex", "level", "term", "phone"}
    assert [text for _c, text in found.unknown] == headings[len(order) :]
    [(number, cells, _row)] = data_rows(rows, found)
    assert number == lines + 2
    assert cells["name"] == "王波"


def test_aliases_stars_brackets_and_line_breaks(kinds):
    rows = table(
        (
            "*代表证号码",
            "代表姓名（全名）",
            "层 级",
            "届\n次",
            "联系电话（手机）",
            "选区",
            "乡镇（街道）",
            "任职日期",
        ),
        PERSON,
    )
    found = recognised(rows, [], kinds)
    assert list(found.columns.values()) == [
        "card", "name", "level", "term", "phone", "district", "township", "began",
    ]  # fmt: skip
    assert found.heading_of("term") == "届 次"


def test_serial_numbers_and_reasons_are_no_unknown_headings(kinds):
    found = recognised(table(("序号", *HEADINGS, "错误原因", "家庭住址")), [], kinds)
    assert found.unknown == ((8, "家庭住址"),)


def test_a_heading_twice_counts_once(kinds):
    found = recognised(table((*HEADINGS, "姓名")), [], kinds)
    assert found.columns[1] == "name"
    assert found.unknown == ((6, "姓名"),)


def test_remembered_choices_come_first(kinds):
    rows = table(("代表证号", "称呼", "姓名", "代表层级", "届次", "绰号"))
    found = recognised(rows, [], kinds, {"称呼": "name", "绰号": "", "姓名": "remark"})
    assert found.columns == {0: "card", 1: "name", 2: "remark", 3: "level", 4: "term"}
    assert found.unknown == ()


TWO_ROWS = [
    ("某县代表报告履职情况", None, None, None, None, None, None, None),
    ("序号", "姓名", "报告日期", "报告方式", "评议结果", None, None, "备注"),
    (None, None, None, None, "满意", "基本满意", "不满意", None),
    (1.0, "王波", "2023-10-01", "会议", 40.0, 3.0, 0.0, None),
]
TWO_ROWS_MERGED = [(0, 0, 0, 7), (1, 4, 1, 6), *[(1, c, 2, c) for c in (0, 1, 2, 3, 7)]]


@pytest.mark.parametrize("merged", [TWO_ROWS_MERGED, []])
def test_headings_of_two_rows(kinds, merged):
    found = recognised(TWO_ROWS, merged, kinds)
    assert (found.kind.key, found.heading_row, found.heading_rows) == ("duty_reports", 2, 2)
    assert found.columns == {
        1: "name", 2: "day", 3: "mode", 4: "satisfied", 5: "basically", 6: "unsatisfied", 7: "remark",
    }  # fmt: skip
    assert found.unknown == ()
    [(number, cells, _row)] = data_rows(TWO_ROWS, found)
    assert number == 4
    values, errors = parse_row(found, cells)
    assert not errors
    assert (values["day"], values["satisfied"], values["unsatisfied"]) == (date(2023, 10, 1), 40, 0)


def test_a_data_row_is_not_taken_for_a_second_row_of_headings(kinds):
    rows = table(HEADINGS, (None, "王波", None, "县级", "第十八届", None))
    found = recognised(rows, [], kinds)
    assert found.heading_rows == 1
    assert len(list(data_rows(rows, found))) == 1


def test_what_is_missing_is_said(kinds):
    rows = table(("代表证号", "性别", "代表层级", "届次", "民族"))
    assert recognise(rows, [], kinds) is None
    best: Any = guess(rows, [], kinds)
    assert best.kind.key == "roster"
    assert best.missing == ("姓名",)
    assert best.complaint() == "缺少“姓名”列；请补上这一列，或指定用哪一列代替。"


@pytest.mark.parametrize(
    "rows", [[], [()], [("一、本表一人一行。",), ("二、姓名填全名。",)], [(None, 1.0, date(2024, 1, 1))]]
)
def test_notes_and_blank_sheets_are_nothing(kinds, rows):
    assert recognise(rows, [], kinds) is None
    assert guess(rows, [], kinds) is None


def read(kinds, rows, merged=()):
    found = recognised(rows, merged, kinds)
    return [(number, cells["name"]) for number, cells, _row in data_rows(rows, found)]


def filler(*cells):
    return (*cells, *[None] * (len(HEADINGS) + 1 - len(cells)))


NOT_DATA = [
    filler(),
    filler(None, "  ", "　"),
    filler(7.0),
    filler("合计：324人"),
    filler("合　计", None, 324.0),
    filler(None, "总计", "324"),
    filler("小计", 12.0, None, 5.0),
    filler("章华镇小计", None, 12.0),
    filler("共计324人"),
    filler("填表人：张三", None, "审核人：李四", None, "2024年3月31日"),
    filler("填报单位：某县人大", None, None, "填报日期：2024年3月31日"),
    filler("审核人（签字）："),
    filler("联系电话：0731-85309270"),
    filler("备注：带*的必填"),
    filler("某县代表名册"),
    ("序号", *HEADINGS),
    ("序号", "代表证号", "姓 名", "性别", "代表层级", "届次", "手机号码"),
]


@pytest.mark.parametrize("between", NOT_DATA)
def test_rows_that_are_no_data(kinds, between):
    rows = table(("序号", *HEADINGS), (1.0, *PERSON), between, (2.0, "2", "李梅", "女", "县级", "十八", None))
    assert read(kinds, rows) == [(4, "王波"), (6, "李梅")]


@pytest.mark.parametrize(
    "row",
    [
        (7.0, "0623400002", None, "女", "县级", "第十八届", None),
        (None, None, None, None, None, None, "13812345678"),
        (7.0, None, "总小明", None, None, None, None),
        (7.0, None, "计合", None, None, None, None),
        (7.0, "0623400002", "注意", "女", "县级", "第十八届", "合计"),
    ],
)
def test_rows_that_lack_much_are_data_all_the_same(kinds, row):
    rows = table(("序号", *HEADINGS), row)
    assert [number for number, _name in read(kinds, rows)] == [4]


def test_notes_after_the_table(kinds):
    rows = table(
        ("序号", *HEADINGS),
        (1.0, *PERSON),
        filler("说明："),
        filler("1. 本表一式两份。"),
        filler("2. 按季报送。"),
    )
    assert read(kinds, rows) == [(4, "王波")]


def test_section_titles_across_the_table(kinds):
    rows = table(HEADINGS, filler("章华镇代表团"), PERSON, filler("三封寺镇代表团"), PERSON)
    assert read(kinds, rows, [(3, 0, 3, 5), (5, 0, 5, 5)]) == [(5, "王波"), (7, "王波")]


def test_a_cell_merged_downwards_counts_for_all_its_rows(kinds):
    rows = table(
        ("所在乡镇", "姓名", "代表层级", "届次"),
        ("章华镇", "王波", "乡镇", "第十九届"),
        (None, "李梅", None, "第十九届"),
        (None, None, None, None),
        ("禹山镇", "张三", "乡镇", "第十九届"),
    )
    found = recognised(rows, [(3, 0, 5, 0), (3, 2, 4, 2)], kinds)
    cells = [cells for _number, cells, _row in data_rows(rows, found)]
    assert [(each["township"], each["level"]) for each in cells] == [
        ("章华镇", "乡镇"), ("章华镇", "乡镇"), ("禹山镇", "乡镇"),
    ]  # fmt: skip


def test_a_long_printed_table_with_headings_on_every_page(kinds):
    page = [("某县代表名册",), ("填报单位：某县人大",), HEADINGS, PERSON, PERSON]
    rows = list(itertools.chain.from_iterable([page] * 3))
    assert len(read(kinds, rows)) == 6


def test_required_cells(roster):
    found = recognised(table(HEADINGS), [], [roster])
    values, errors = parse_row(
        found, {"card": 623400001.0, "level": "县级", "term": "十八", "phone": "1380731"}
    )
    assert values["card"] == "623400001"
    assert [(key, str(error)) for key, error in errors] == [
        ("name", "“姓名”不能为空，请填写。"),
        ("phone", "“1380731”不是电话号码；请填写 11 位手机号码，或“区号-号码”的固定电话。"),
    ]
    assert values["name"] is None


def test_a_column_goes_by_its_label_in_either_language_whoever_reads_first(app: Flask) -> None:
    """A template downloaded in English comes back from a colleague who reads Chinese, and the other way round."""
    field = Field("name", _l("姓名"), ("代表姓名",), text())
    for language in ("en", "zh_Hans_CN"):
        kind = SheetKind("roster", _l("代表名册"), (field,), ("name",))
        with app.test_request_context(), force_locale(language):
            assert {"姓名", "name", "代表姓名"} <= set(kind.exact)
