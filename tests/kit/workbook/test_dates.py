"""Every way of writing a day that offices use."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.workbook.cells import CellError
from app.kit.workbook.dates import PartialDate, date_, partial_date

DAYS = st.dates(date(1928, 1, 1), date(2099, 12, 31))
FORMS = (
    "{0:%Y-%m-%d}", "{0.year}.{0.month}.{0.day}", "{0.year}-{0.month}-{0.day}", "{0.year}/{0.month}/{0.day}",
    "{0.year}年{0.month}月{0.day}日", "{0:%Y年%m月%d日}", "{0:%Y%m%d}",
    " {0.year} 年 {0.month} 月 {0.day} 日 ",
    "{0:%Y-%m-%d} 00:00:00", "{0:%Y-%m-%dT%H:%M:%S}", "{0.year}．{0.month}．{0.day}",
    "{0.year}年{0.month}月{0.day}号", "{0.year}年{0.month}月{0.day}",
    "{0.year}—{0.month}—{0.day}", "{0.year}.{0.month}.{0.day}.", "{0.year}年{0.month}月{0.day}日（星期二）",
)  # fmt: skip


@given(DAYS)
def test_every_form_reads_back(day):
    assert date_(day) == day
    assert date_(datetime.combine(day, time(8, 30))) == day
    assert date_(float((day - date(1899, 12, 30)).days)) == day
    assert date_(float(f"{day:%Y%m%d}")) == day
    for form in FORMS:
        assert date_(form.format(datetime.combine(day, time()))) == day
        assert partial_date(form.format(datetime.combine(day, time()))) == PartialDate.of(day)


@given(DAYS)
def test_months_read_back(day):
    month = PartialDate(day.year, day.month)
    for form in (
        "{0:%Y%m}",
        "{0:%Y.%m}",
        "{0:%Y-%m}",
        "{0.year}年{0.month}月",
        "{0.year}/{0.month}",
        "{0.year}年{0.month}月份",
    ):
        assert partial_date(form.format(day)) == month
        with pytest.raises(CellError, match="缺少具体日期"):
            date_(form.format(day))
    assert partial_date(float(f"{day:%Y%m}")) == month


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("197503", "1975-03"), ("1975.03", "1975-03"), ("1975年3月", "1975-03"), (197503.0, "1975-03"), 
        (1975.1, "1975-01"),        ("1975.1", "1975-01"), ("1975.10", "1975-10"), (1975.03, "1975-03"),
        (1975.12, "1975-12"), ("1975", "1975"),
        (1975.0, "1975"), ("1975年", "1975"), ("1988.9.24", "1988-09-24"), (date(1962, 12, 1), "1962-12-01"),
        (19880924.0, "1988-09-24"),
    ],
)  # fmt: skip
def test_births(cell, value):
    assert str(partial_date(cell)) == value


@pytest.mark.parametrize("cell", ["2023-02-30", "2024年13月1日", "20231301", "2023.0.5", "0000-01-01"])
def test_impossible_days(cell):
    with pytest.raises(CellError, match="不存在"):
        date_(cell)


@pytest.mark.parametrize("cell", ["1975年13月", "197513", "1975.13", 197500.0])
def test_impossible_months(cell):
    with pytest.raises(CellError, match="不存在"):
        partial_date(cell)


@pytest.mark.parametrize(
    "cell",
    ["明年", "24.3.5", "3/5/2024", "约2024年", True, 5.0, -1.0, float("nan"), float("inf"), "2024-3-5-1"],
)
def test_what_is_no_date(cell):
    with pytest.raises(CellError, match="不是日期"):
        date_(cell)


def test_bounds():
    with pytest.raises(CellError, match="核对年份"):
        date_("1899-12-31")
    with pytest.raises(CellError, match="核对年份"):
        date_(date(2101, 1, 1))
    assert date_("2024-03-05", latest=date(2024, 3, 5)) == date(2024, 3, 5)
    assert str(partial_date("2024", latest=date(2024, 3, 5))) == "2024"
    with pytest.raises(CellError, match="2024-03-05"):
        partial_date("202404", latest=date(2024, 3, 5))


PARTIAL = st.one_of(
    st.builds(PartialDate, st.integers(1900, 2100)),
    st.builds(PartialDate, st.integers(1900, 2100), st.integers(1, 12)),
    DAYS.map(PartialDate.of),
)


@given(PARTIAL, PARTIAL)
def test_partial_dates(one, other):
    assert PartialDate.fromisoformat(str(one)) == one
    assert partial_date(str(one)) == one
    assert one.first <= one.last
    assert one.agrees_with(other) == other.agrees_with(one)
    assert one.agrees_with(one)
    assert (one < other) + (other < one) + (one == other) == 1
    if one.agrees_with(other):
        assert one.first <= other.last
        assert other.first <= one.last


def test_agreement():
    assert PartialDate(1975).agrees_with(PartialDate(1975, 3, 12))
    assert PartialDate(1975, 3).agrees_with(PartialDate(1975, 3, 12))
    assert not PartialDate(1975, 4).agrees_with(PartialDate(1975, 3, 12))
    assert str(PartialDate(1975, 2).last) == "1975-02-28"
    assert sorted([PartialDate(1975, 3), PartialDate(1975), PartialDate(1974, 12, 31)])[0].year == 1974


@pytest.mark.parametrize("parts", [(1975, 13), (1975, 0), (1975, None, 5), (2023, 2, 29), (0,)])
def test_partial_dates_that_cannot_be(parts):
    with pytest.raises(ValueError):
        PartialDate(*parts)


def test_only_iso_text_is_stored():
    for wrong in ("1975-3", "19750312", "1975-03-", "x"):
        with pytest.raises(ValueError):
            PartialDate.fromisoformat(wrong)
