"""The document model: texts, column widths, forms and grids before anything is printed."""

from __future__ import annotations

import pytest

from app.kit.documents.model import (
    Cell,
    HeatMap,
    KeyValues,
    Table,
    all_text,
    form_lines,
    heat_grid,
    is_figure,
    plain,
    table_grid,
    text_width,
)

from .samples import FULL, RARE_NAMES


def test_plain_text_is_composed_and_printable() -> None:
    assert plain("e\u0301\x00\x0b\ud800一\r\n二\t") == "é一\n二\t"
    assert plain(7) == "7"


@pytest.mark.parametrize("text", ["12", "-3", "1,234.5", "30.2%", "—", ""])
def test_figures_stand_at_the_right(text: str) -> None:
    assert is_figure(text)


@pytest.mark.parametrize("text", ["13800000000", "430623197503120157", "2024年", "A1", "1-2"])
def test_telephone_and_card_numbers_are_not_figures(text: str) -> None:
    assert not is_figure(text)


def test_columns_align_by_their_content() -> None:
    table = Table(["姓名", "次数", "事由"], [["王龑", 3, "因公出差，已于会前书面请假"], ["李四", "—", ""]])
    assert table_grid(table, 42).align == ["center", "right", "left"]


def test_short_cells_keep_their_room_beside_a_long_text() -> None:
    rows: list[list[Cell]] = [[1, "2024年12月31日", "很长的说明" * 20, "章华镇代表联络站"]] * 30
    grid = table_grid(Table(["序号", "日期", "说明", "地点"], rows), 42)
    assert sum(grid.widths) == pytest.approx(1)
    assert grid.widths[1] * 42 >= text_width("2024年12月31日") + 1
    assert grid.widths[3] * 42 >= text_width("章华镇代表联络站") + 1


def test_given_widths_and_alignment_are_kept() -> None:
    grid = table_grid(Table(["甲", "乙"], [["a", "b"]], widths=[1, 3], align=["right", "left"]), 42)
    assert grid.widths == [0.25, 0.75]
    assert grid.align == ["right", "left"]


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="3 cells under 2 headings"):
        table_grid(Table(["甲", "乙"], [["1", "2", "3"]]), 42)
    with pytest.raises(ValueError, match="1 cells under 2 headings"):
        table_grid(Table(["甲", "乙"], [["1", "2"]], total_row=["3"]), 42)


def test_a_form_pairs_short_values_and_gives_long_ones_a_line() -> None:
    values = [("甲", "1"), ("乙", "2"), ("丙", "长" * 30), ("丁", "4"), ("戊", "两\n行"), ("己", "6")]
    form = KeyValues(values, columns=4)
    lines = [[(cell.label, cell.whole) for cell in line] for line in form_lines(form)]
    assert lines == [
        [("甲", False), ("乙", False)],
        [("丙", True)],
        [("丁", True)],
        [("戊", True)],
        [("己", True)],
    ]


def test_a_form_in_two_columns_has_one_value_to_a_line() -> None:
    assert [len(line) for line in form_lines(KeyValues([("甲", "1"), ("乙", "2")]))] == [1, 1]


def test_a_heat_map_adds_up() -> None:
    grid = heat_grid(HeatMap(["会", "访"], ["1月", "2月"], [[1, 2], [0, 4]], total_label="合计"))
    assert [total for _label, _counts, total in grid.rows] == [3, 4]
    assert grid.foot == [1, 6]
    assert grid.peak == 4


def test_a_heat_map_that_does_not_fit_its_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        heat_grid(HeatMap(["会"], ["1月", "2月"], [[1]]))


def test_all_text_holds_every_text_of_a_document() -> None:
    text = all_text(FULL)
    for piece in (*RARE_NAMES, "代表履职档案", "（第十八届）", "430623-2-0157", "热力表", "会议目标"):
        assert piece in text
    for piece in ("逾期2名", "合计", "总数", "华容县人大常委会\n2024年3月31日"):
        assert piece in text
