"""Truth tables of the cell parsers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.workbook.cells import (
    CellError,
    choice,
    digits_text,
    id_number,
    money,
    name,
    names_list,
    nation,
    numbers_list,
    ordinal,
    phone,
    sex,
    text,
    whole_number,
    yes_no,
)
from app.kit.workbook.dates import date_, partial_date

PARSERS: list[Callable[[Any], object]] = [
    digits_text, id_number, money, name, names_list, nation, numbers_list, ordinal, phone, sex, whole_number,
    yes_no, date_, partial_date, text(50), choice({"县级": 1, "县": 1}),
]  # fmt: skip
CELLS = st.one_of(
    st.none(),
    st.text(),
    st.text(alphabet="0123456789-/.、年月日约第届十八 　+()转万元√×是否族\n"),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
)


@given(CELLS)
def test_any_cell_gives_a_value_or_a_sentence(cell):
    for parse in PARSERS:
        try:
            parse(cell)
        except CellError as error:
            assert str(error).endswith("。")


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize(
    "cell", ["1" + " " * 32_000 + "1", "(" * 32_000, "王 " * 16_000, "9" * 32_767, " T" * 16_000 + "x"]
)
def test_the_longest_cell_is_judged_at_once(parse, cell):
    # A parser that backtracks over it would not be back before the suite's time limit.
    with contextlib.suppress(CellError):
        parse(cell)


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize("blank", [None, "", "  ", "　", "\n\t"])
def test_a_blank_cell_is_nothing(parse, blank):
    assert parse(blank) in (None, ())


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("王波", "王波"),
        ("王　波", "王波"),
        (" 王 波 ", "王波"),
        ("王\n波", "王波"),
        ("龑䶮𬭎", "龑䶮𬭎"),
        ("㛃 𫖯", "㛃𫖯"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("John  Smith", "John Smith"),
        ("王波\u200b", "王波"),
        ("王波（小）", "王波（小）"),
        ("\ue000明", "\ue000明"),
        ("王" * 30, "王" * 30),
    ],
)
def test_names(cell, value):
    assert name(cell) == value
    assert name(value) == value


@pytest.mark.parametrize("cell", ["王" * 31, "123", "—", 5.0, True, date(2024, 1, 1)])
def test_what_is_no_name(cell):
    with pytest.raises(CellError):
        name(cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (623400074.0, "623400074"),
        ("0623400074", "0623400074"),
        (" 0623 400074 ", "0623400074"),
        ("０６２３４０", "062340"),
        ("HD20230644", "HD20230644"),
        ("2023-001", "2023-001"),
        ("湘人代001", "湘人代001"),
        ("—", None),
        ("12\x003", "123"),
    ],
)
def test_card_numbers(cell, value):
    assert digits_text(cell) == value


@pytest.mark.parametrize("cell", [1.5, True, date(2024, 1, 1), 110101199003078515.0, "9" * 65])
def test_what_is_no_card_number(cell):
    with pytest.raises(CellError):
        digits_text(cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("18061327033", "18061327033"),
        (17815891197.0, "17815891197"),
        ("180 6132 7033", "18061327033"),
        ("180-6132-7033", "18061327033"),
        ("１８０６１３２７０３３", "18061327033"),
        ("+86 18061327033", "18061327033"),
        ("8618061327033", "18061327033"),
        ("008618061327033", "18061327033"),
        ("18061327033/13812345678", "18061327033"),
        ("18061327033、13812345678", "18061327033"),
        ("18061327033 13812345678", "18061327033"),
        ("18061327033\n0731-85309270", "18061327033"),
        ("0731-85309270", "0731-85309270"),
        ("0731—85309270", "0731-85309270"),
        ("（0731）85309270", "0731-85309270"),
        ("073185309270", "0731-85309270"),
        ("0731 85309270", "0731-85309270"),
        ("010-62345678", "010-62345678"),
        ("0730-4212345转801", "0730-4212345-801"),
        ("4212345", "4212345"),
        (85309270.0, "85309270"),
        ("400-810-1234", "400-810-1234"),
        ("/", None),
    ],
)
def test_phones(cell, value):
    assert phone(cell) == value


@pytest.mark.parametrize(
    "cell",
    ["1380731", 1380731.0, "12061327033", "1806132703", "180613270333", "无", "0731", "123", True,
     73185309270.0, "张三 18061327033", 1e20, "١٣٨٠٠٠٠٠٠٠٠"],
)  # fmt: skip
def test_what_is_no_phone(cell):
    with pytest.raises(CellError):
        phone(cell)


@pytest.mark.parametrize(
    "cell", ["是", "√", "✓", "✔", "有", "Y", "yes", "Ｙ", "1", 1.0, True, "对", " 是 ", "☑", "TRUE"]
)
def test_yes(cell):
    assert yes_no(cell) is True


@pytest.mark.parametrize("cell", ["否", "×", "✗", "无", "N", "no", "0", 0.0, False, "☐", "不是", "X"])
def test_no(cell):
    assert yes_no(cell) is False


@pytest.mark.parametrize("cell", ["—", "-", "/", "－"])
def test_neither(cell):
    assert yes_no(cell) is None


@pytest.mark.parametrize("cell", ["也许", "是否", 2.0, "1980", date(2024, 1, 1)])
def test_what_is_no_answer(cell):
    with pytest.raises(CellError, match="请填写“是”或“否”"):
        yes_no(cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (5.0, 5),
        ("5", 5),
        ("5人次", 5),
        ("5 次", 5),
        ("１２", 12),
        ("1,200", 1200),
        ("5.0", 5),
        (0.0, 0),
        ("0件", 0),
        (7, 7),
    ],
)
def test_whole_numbers(cell, value):
    assert whole_number(cell) == value


@pytest.mark.parametrize(
    "cell",
    ["约20", "20余人", "20多", "-1", -1.0, 1.5, "1.5", "五六个", "10-20", 1e12, "9" * 40, True, float("nan")],
)
def test_what_is_no_count(cell):
    with pytest.raises(CellError):
        whole_number(cell)


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("1,234.50", 123450), ("1234.5元", 123450), ("¥12", 1200), ("￥12.05", 1205), ("1.2万元", 1_200_000),
        (0.1 + 0.2, 30), (1234.56, 123456), (0.0, 0), ("0", 0), ("3亿", 30_000_000_000), (19.99, 1999),
    ],
)  # fmt: skip
def test_money_is_whole_fen(cell, fen):
    assert money(cell) == fen


@pytest.mark.parametrize("cell", ["约100", -1.0, "1.234", 1.2345, "100美元", float("inf"), True, "一百"])
def test_what_is_no_amount(cell):
    with pytest.raises(CellError):
        money(cell)


@given(st.integers(0, 10**12))
def test_money_reads_what_it_shows(fen):
    assert money(f"{fen // 100:,}.{fen % 100:02d}") == fen
    assert money(f"{fen // 100}.{fen % 100:02d}元") == fen
    if fen < 10**10:
        assert money(fen / 100) == fen


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("王波、李梅", ("王波", "李梅")),
        ("王　波、李　梅", ("王波", "李梅")),
        ("王波 李梅\n张建国", ("王波", "李梅", "张建国")),
        ("汤　荣 王波", ("汤荣", "王波")),
        ("汤 荣 王 波", ("汤荣", "王波")),
        ("王，李梅；王波,张三;李四/赵五", ("王", "李梅", "王波", "张三", "李四", "赵五")),
        ("王波、王波", ("王波",)),
        ("阿卜杜拉·买买提、John Smith", ("阿卜杜拉·买买提", "John Smith")),
        ("、", ()),
    ],
)
def test_lists_of_names(cell, value):
    assert names_list(cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0623400135、0623400245", ("0623400135", "0623400245")),
        ("0623400135 0623400245\n0623400135", ("0623400135", "0623400245")),
        (623400258.0, ("623400258",)),
        ("0623400258", ("0623400258",)),
        ("-", ()),
    ],
)
def test_lists_of_numbers(cell, value):
    assert numbers_list(cell) == value


def test_choices_accept_every_alias_and_list_the_main_ones():
    parse = choice({"县级": "county", "县": "county", "县人大代表": "county", "乡镇": "township"})
    assert [parse(cell) for cell in ("县级", "县", " 县 级", "县人大代表", "乡镇")] == ["county"] * 4 + [
        "township"
    ]
    with pytest.raises(CellError, match="“村级”不在可填内容中；请填写：县级、乡镇。"):
        parse("村级")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("汉", "汉族"),
        ("汉族", "汉族"),
        ("维", "维吾尔族"),
        ("土家", "土家族"),
        ("蒙族", "蒙古族"),
        ("穿青人", "穿青人"),
    ],
)
def test_nations(cell, value):
    assert nation(cell) == value


def test_sex():
    assert [sex(cell) for cell in ("男", "女性", "M", 2.0, "f")] == [
        "male",
        "female",
        "male",
        "female",
        "female",
    ]
    for wrong in ("汉族", "男女", 3.0):
        with pytest.raises(CellError):
            sex(wrong)


def test_nation_is_not_just_any_word():
    with pytest.raises(CellError):
        nation("男")


def test_identity_numbers():
    assert id_number("110101199003078515") == "110101199003078515"
    assert id_number(" 110101 19900307 8515 ") == "110101199003078515"
    assert id_number("35018219900307009X") == "35018219900307009X"
    with pytest.raises(CellError, match="文本格式"):
        id_number(110101199003078515.0)
    with pytest.raises(CellError, match="校验位"):
        id_number("110101199003078516")
    with pytest.raises(CellError, match="不存在"):
        id_number("110101199013078515")
    with pytest.raises(CellError, match="18 位"):
        id_number("11010119900307851")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("第十八届", 18), ("18届", 18), ("第18届", 18), ("十八", 18), (18.0, 18), ("华容县第十八届", 18),
        ("第十四届全国人大", 14), ("湖南省第十四届", 14), ("第１８届", 18),
        ("第九届人民代表大会第三次会议", 9),
        ("第二十一届", 21), ("第一届", 1), ("第二〇届", 20), ("十届", 10),
    ],
)  # fmt: skip
def test_ordinals(cell, value):
    assert ordinal(cell) == value


@pytest.mark.parametrize("cell", ["本届", "现任届", "2021-2026", "第届"])
def test_what_is_no_ordinal(cell):
    with pytest.raises(CellError):
        ordinal(cell)


@given(st.text(min_size=1, max_size=40).filter(lambda value: value.strip() == value and value.isprintable()))
def test_free_text_stays_as_it_is(value):
    assert text(40)(value) == value


def test_free_text_of_other_cells():
    parse = text(20)
    assert parse(12.0) == "12"
    assert parse(1.5) == "1.5"
    assert parse(date(2024, 3, 5)) == "2024-03-05"
    assert parse(datetime.fromisoformat("2024-03-05T09:30")) == "2024-03-05 09:30"
    assert parse("一\n二") == "一\n二"
    assert parse("\x00一\u202e二") == "一二"
    with pytest.raises(CellError, match="21 字"):
        parse("长" * 21)
