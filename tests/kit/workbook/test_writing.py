"""Tables, templates, marked copies and CSV cells, read back by other programs' eyes."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from app.kit.errors import DomainError
from app.kit.workbook import sheet_rows
from app.kit.workbook.headings import Field, SheetKind, data_rows, parse_row, recognise
from app.kit.workbook.inspection import inspect
from app.kit.workbook.reading import Row, read_sheets
from app.kit.workbook.sheet_rows import column_letters
from app.kit.workbook.skeletons import sheet_title
from app.kit.workbook.writing import (
    MarkedSheet,
    safe_csv_cell,
    write_marked_copy,
    write_table,
    write_template,
)

SAMPLE = Path(__file__).parents[2] / "data" / "huarong"
COLUMNS = [
    ("姓名", "text", 12), ("人次", "integer", 8), ("均数", "number", 8), ("日期", "date", 12),
    ("比例", "percent", 8), ("金额", "money", 12),
]  # fmt: skip
FORMULAS = [f"{letter}cmd|' /C calc'!A0" for letter in "=+-@\t\r\n＝＋－＠"]


def table(
    rows, *, columns=COLUMNS, title="某县统计", note="截至2024年3月31日", sheet_name="统计"
) -> io.BytesIO:
    stream = io.BytesIO()
    write_table(stream, title=title, note=note, columns=columns, rows=rows, sheet_name=sheet_name)
    stream.seek(0)
    return stream


def opened(stream):
    return openpyxl.load_workbook(stream)


def test_typed_cells():
    row = ("王波", 5, 1.5, date(2024, 3, 5), 0.3025, 123450)
    sheet = opened(table([row, (None,) * 6])).active
    assert [cell.value for cell in sheet[4]] == [
        "王波",
        5,
        1.5,
        datetime.fromisoformat("2024-03-05"),
        0.3025,
        1234.5,
    ]
    assert [cell.number_format for cell in sheet[4]] == [
        "@",
        "0",
        "General",
        "yyyy-mm-dd",
        "0.00%",
        "#,##0.00",
    ]
    assert [cell.value for cell in sheet[5]] == [None] * 6
    assert sheet["A1"].value == "某县统计"
    assert sheet["A2"].value == "截至2024年3月31日"


def test_a_table_is_ready_to_print_and_to_filter():
    sheet = opened(table([("王波", 5, 1.5, None, 0.3, 1)] * 7)).active
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:F10"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"


@pytest.mark.parametrize(("title", "note", "heading_row"), [("", "", 1), ("题", "", 2), ("", "注", 2)])
def test_title_and_note_may_be_left_out(title, note, heading_row):
    sheet = opened(table([], columns=[("姓名", "text", 10)], title=title, note=note)).active
    assert sheet.cell(heading_row, 1).value == "姓名"
    assert sheet.auto_filter.ref == f"A{heading_row}:A{heading_row}"


def test_values_that_do_not_fit_their_column_become_text():
    row = (True, "未定", float("nan"), "待定", Decimal("0.5"), None)
    sheet = opened(table([row])).active
    assert [cell.value for cell in sheet[4]] == ["是", "未定", "nan", "待定", 0.5, None]
    assert [cell.data_type for cell in sheet[4]][:4] == ["s"] * 4


def every_part(stream) -> str:
    with zipfile.ZipFile(stream) as book:
        return "".join(
            book.read(name).decode() for name in book.namelist() if name.endswith((".xml", ".rels"))
        )


@pytest.mark.parametrize("text", [*FORMULAS, "http://example.org", "=1+1", "mailto:a@b.c", "internal:A1"])
def test_no_text_is_ever_a_formula_or_a_link(text, tmp_path, kinds):
    table_stream = table([(text, text, text, text, text, text)], title=text, note=text)
    marked = io.BytesIO()
    write_marked_copy(marked, [MarkedSheet(text, [("姓名",), (text,)], 1, [(2, 0, text)])])
    template = io.BytesIO()
    field = Field("name", text, (), str, choices=(text,), note=text, example=text)
    write_template(template, SheetKind("kind", text, (field,), ("name",)))
    for stream in (table_stream, marked, template):
        parts = every_part(stream)
        assert "<f>" not in parts
        assert "<hyperlink" not in parts
        for sheet in opened(stream):
            assert all(cell.data_type in ("s", "n") for row in sheet.iter_rows() for cell in row)
    for cell in opened(table_stream).active[4]:
        assert cell.value.replace("_x000D_", "\r").replace("\r", "\n") == text.replace("\r", "\n")
        assert cell.quotePrefix or not text.startswith(tuple("=+-@\t\r\n＝＋－＠"))


TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@settings(max_examples=40)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_every_character_survives(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("texts") / "a.xlsx"
    path.write_bytes(table([(text,) for text in texts], columns=[("文字", "text", 20)]).getvalue())
    [rows] = [list(sheet.rows)[3:] for sheet in read_sheets([path])]
    found = [row[0] or "" for row in rows] + [""] * (len(texts) - len(rows))
    assert found == [text.replace("\r\n", "\n") if "\n" in text else text for text in texts] or [
        plain_ends(text) for text in found
    ] == [plain_ends(text) for text in texts]


def plain_ends(text):
    """Programs agree on line ends no more than on anything."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_long_texts_are_cut_where_excel_ends():
    sheet = opened(table([("长" * 40_000, 1, 1, None, 0, 0)])).active
    assert sheet["A4"].value == "长" * 32_766 + "…"


def test_more_rows_than_excel_holds_are_refused(monkeypatch):
    monkeypatch.setattr(sheet_rows, "LAST_ROW", 1000)
    with pytest.raises(DomainError, match="分次导出"):
        table(("王波", 1, 1, None, 0, 0) for _number in range(2000))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("统计", "统计"),
        ("a/b:c*d?e[f]g\\h", "a b c d e f g h"),
        ("", "Sheet"),
        ("长" * 40, "长" * 31),
        ("'x'", "x"),
        ("History", "History_"),
    ],
)
def test_sheet_names(name, title):
    assert sheet_title(name) == title
    opened(table([], sheet_name=name))


def test_sheet_names_differ():
    taken: set[str] = set()
    assert [sheet_title("长" * 31, taken) for _n in range(3)] == [
        "长" * 31,
        "长" * 27 + " (2)",
        "长" * 27 + " (3)",
    ]


@given(st.integers(0, 16_383))
def test_column_letters(column):
    assert column_letters(column) == get_column_letter(column + 1)


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_cells_are_no_formulas(text):
    assert safe_csv_cell(text) == f"'{text}"
    assert safe_csv_cell(f"x{text}") == f"x{text}"


def test_templates_are_recognised_again(tmp_path, kinds):
    for kind in kinds:
        path = tmp_path / f"{kind.key}.xlsx"
        with path.open("wb") as stream:
            write_template(stream, kind)
        inspect(path)
        sheet = next(sheets := read_sheets([path]))
        found = recognise(sheet.head(), sheet.merged, kinds)
        assert found is not None
        assert found.kind is kind
        assert len(found.columns) == len(kind.fields)
        assert list(data_rows(sheet.rows, found)) == []
        assert all(other.hidden for other in sheets)


def test_templates_help_to_fill_in(roster):
    stream = io.BytesIO()
    townships = [f"{letter}某某某某某镇" for letter in "甲乙丙丁戊己庚辛壬癸"] * 6
    write_template(stream, roster, choices={"township": townships})
    book = opened(stream)
    sheet = book["代表名册"]
    headings = {cell.value: cell for cell in sheet[1]}
    assert {"姓名*", "代表层级*", "届次*", "性别", "代表证号"} <= headings.keys()
    assert headings["出生年月"].comment.text == "只知道年月也可以\n例：1975年3月"
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists["C2:C5001"] == '"男,女"'
    assert lists["M2:M5001"] == "'选项'!$A$1:$A$60"
    assert book["选项"].sheet_state == "hidden"
    assert book["选项"]["A60"].value == townships[59]
    assert sheet.column_dimensions["A"].number_format == "@"
    assert sheet.freeze_panes == "A2"


def marked(path, kinds, **options):
    """The marked copy of the first sheet a workbook has, with what its cells' parsers find."""
    sheet = next(sheets := read_sheets([path]))
    found = recognise(sheet.head(), sheet.merged, kinds)
    assert found is not None
    errors = [
        (number, found.heading_of(key), error)
        for number, cells, _row in data_rows(sheet.rows, found)
        for key, error in parse_row(found, cells)[1]
    ]
    again = next(sheets := read_sheets([path]))
    stream = io.BytesIO()
    copy = MarkedSheet(again.name, again.rows, found.heading_row, errors, found.heading_rows, again.merged)
    write_marked_copy(stream, [copy], **options)
    assert next(sheets, None) is None
    return stream, errors


def test_a_marked_copy_shows_what_is_wrong(kinds):
    stream, errors = marked(SAMPLE / "含错误的名册.xlsx", kinds)
    assert len(errors) == 8
    copy = opened(stream)["乡镇代表"]
    original = openpyxl.load_workbook(SAMPLE / "含错误的名册.xlsx").active
    assert original is not None
    assert copy["X3"].value == "错误原因"
    assert "A1:W1" in {str(area) for area in copy.merged_cells.ranges}
    for row in range(1, 204):
        for column in range(1, 24):
            assert copy.cell(row, column).value == original.cell(row, column).value
    red = {(c.row, c.column) for row in copy.iter_rows() for c in row if c.fill.fgColor.rgb == "FFFFC7CE"}
    columns = {cell.value: cell.column for cell in original[3]}
    assert red == {(row, columns[heading]) for row, heading, _error in errors}
    assert (
        copy["X195"].value
        == copy["T195"].comment.text
        == "“明年”不是日期；请写成 2024-03-05 或 2024年3月5日。"
    )
    assert copy["X196"].value is None


def test_only_the_wrong_rows(kinds):
    stream, errors = marked(SAMPLE / "含错误的名册.xlsx", kinds, only_wrong=True)
    copy = opened(stream).active
    assert copy.max_row == 1 + len(errors)
    assert copy["B1"].value == "代表证号"
    assert [copy.cell(row, 24).value for row in range(2, 10)] == [str(error) for _r, _h, error in errors]


@pytest.mark.parametrize("only_wrong", [False, True])
def test_a_marked_copy_can_be_mended_and_uploaded_again(kinds, tmp_path, only_wrong):
    stream, errors = marked(SAMPLE / "含错误的名册.xlsx", kinds, only_wrong=only_wrong)
    path = tmp_path / "标记.xlsx"
    path.write_bytes(stream.getvalue())
    stream, again = marked(path, kinds, only_wrong=only_wrong)
    assert [str(error) for _row, _heading, error in again] == [str(error) for _row, _heading, error in errors]
    copy = opened(stream).active
    assert [cell.value for row in copy.iter_rows(max_row=3) for cell in row].count("错误原因") == 1
    assert copy.max_column == 24


def test_two_rows_of_headings_and_merged_cells_stay(kinds, tmp_path):
    rows: list[Row] = [
        ("姓名", "报告日期", "报告方式", "评议结果", None, None, "其他"),
        (None, None, None, "满意", "基本满意", "不满意", None),
        ("王波", "2023-10-01", "会议", "很多", 1.0, 0.0, "=1"),
        ("李梅", "2023-10-01", None, 5.0, 1.0, 0.0, True),
        ("张三", "明年", None, 5.0, 1.0, 0.0, datetime.fromisoformat("2024-01-02T08:30")),
    ]
    merged = [(0, 3, 0, 5), (2, 2, 4, 2)]
    errors: list[tuple[int, str | int | None, object]] = [
        (3, "满意", "不是整数。"),
        (5, 1, "不是日期。"),
        (5, None, "重复。"),
    ]
    for only_wrong, last in ((False, 5), (True, 4)):
        path = tmp_path / f"{only_wrong}.xlsx"
        with path.open("wb") as stream:
            write_marked_copy(stream, [MarkedSheet("表", rows, 1, errors, 2, merged)], only_wrong=only_wrong)
        sheet = next(sheets := read_sheets([path]))
        found = recognise(sheet.head(), sheet.merged, kinds)
        assert found is not None
        assert (found.heading_rows, found.unknown) == (2, ((6, "其他"),))
        data = list(data_rows(sheet.rows, found))
        assert [cells["mode"] for _number, cells, _row in data] == ["会议"] * len(data)
        number, cells, row = data[-1]
        assert (number, cells["day"]) == (last, "明年")
        assert row[6:] == (datetime.fromisoformat("2024-01-02T08:30"), "不是日期。重复。")
        assert next(sheets, None) is None


def test_stray_cells_beyond_the_headings_move_aside():
    stream = io.BytesIO()
    rows = [("姓名", "电话"), ("王波", "1", "批注", None, 5.0)]
    write_marked_copy(stream, [MarkedSheet("表", rows, 1, [(2, "电话", "不对。")])])
    copy = opened(stream).active
    assert [cell.value for cell in copy[2]] == ["王波", "1", "不对。", "批注", None, 5]


def test_sheets_of_one_name_stay_apart():
    stream = io.BytesIO()
    write_marked_copy(stream, [MarkedSheet("表", [("姓名",), (str(n),)], 1, []) for n in range(3)])
    book = opened(stream)
    assert book.sheetnames == ["表", "表 (2)", "表 (3)"]
    assert [sheet["A2"].value for sheet in book] == ["0", "1", "2"]
