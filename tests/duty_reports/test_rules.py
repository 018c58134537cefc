"""When a deputy is due: truth tables, and properties that hold for any rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duty_reports.rules import (
    DutyReportRules,
    MonthWindow,
    category_of,
    check_ballots,
    default_rules,
    due_windows,
    read_rules,
    status_on,
)
from app.duty_reports.states import Addressee, Category, ReportStatus
from app.kit.errors import DomainError
from app.registry.states import Level
from tests.world import DUTY_REPORT_RULES

RULES = read_rules(DUTY_REPORT_RULES)
LATEST = read_rules({**DUTY_REPORT_RULES, "precedence": "latest"})
RE_ELECTED, OFFICE_HOLDER, OTHER = Category.RE_ELECTED, Category.OFFICE_HOLDER, Category.OTHER


@pytest.mark.parametrize(
    ("re_elected", "office_holder", "rules", "category"),
    [
        (True, False, RULES, RE_ELECTED),
        (False, True, RULES, OFFICE_HOLDER),
        (False, False, RULES, OTHER),
        (True, True, RULES, RE_ELECTED),
        (True, True, LATEST, OFFICE_HOLDER),
        (True, False, LATEST, RE_ELECTED),
        (False, False, LATEST, OTHER),
    ],
)
def test_category(re_elected: bool, office_holder: bool, rules: DutyReportRules, category: Category) -> None:
    assert category_of(re_elected, office_holder, rules) is category


@pytest.mark.parametrize(
    ("category", "level", "windows"),
    [
        (RE_ELECTED, Level.CITY, [(date(2023, 2, 1), date(2023, 3, 31))]),
        (OFFICE_HOLDER, Level.CITY, [(date(2024, 2, 1), date(2024, 3, 31))]),
        (RE_ELECTED, Level.COUNTY, [(date(2022, 10, 1), date(2022, 12, 31))]),
        (
            OTHER,
            Level.TOWNSHIP,
            [(date(2024, 10, 1), date(2024, 12, 31)), (date(2025, 10, 1), date(2025, 12, 31))],
        ),
        (OTHER, Level.PROVINCE, []),
    ],
)
def test_windows_of_a_term_that_began_in_2022(category: Category, level: Level, windows: Any) -> None:
    assert [(w.start, w.end) for w in due_windows(category, level, 2022, RULES)] == windows


def test_no_windows_where_the_first_year_is_not_known() -> None:
    assert due_windows(RE_ELECTED, Level.COUNTY, None, RULES) == []


@pytest.mark.parametrize(
    ("months", "offset", "first", "last"),
    [
        ((2, 2), 0, date(2024, 2, 1), date(2024, 2, 29)),
        ((11, 2), 0, date(2024, 11, 1), date(2025, 2, 28)),
        ((1, 12), 1, date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_window_may_cross_the_year(months: tuple[int, int], offset: int, first: date, last: date) -> None:
    assert MonthWindow(months=months, year_offset=offset).of_year(2024) == (first, last)


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        (date(2024, 9, 30), ReportStatus.UPCOMING),
        (date(2024, 10, 1), ReportStatus.DUE_NOW),
        (date(2025, 5, 1), ReportStatus.DUE_NOW),  # between the windows of two due years
        (date(2025, 12, 31), ReportStatus.DUE_NOW),
        (date(2026, 1, 1), ReportStatus.OVERDUE),
    ],
)
def test_status_around_the_windows(as_of: date, status: ReportStatus) -> None:
    windows = due_windows(OTHER, Level.COUNTY, 2022, RULES)
    assert status_on(as_of, False, windows) is status
    assert status_on(as_of, True, windows) is ReportStatus.REPORTED


def test_without_a_window_nobody_is_ever_due() -> None:
    assert status_on(date(2099, 1, 1), False, []) is ReportStatus.UPCOMING


years = st.lists(st.integers(1, 5), min_size=1, max_size=4, unique=True)
windows = st.fixed_dictionaries(
    {"months": st.tuples(st.integers(1, 12), st.integers(1, 12)), "year_offset": st.integers(0, 2)}
)
any_rules = st.builds(
    lambda due, window, precedence: read_rules(
        {"due_years": due, "windows": {"county": window}, "precedence": precedence}
    ),
    st.fixed_dictionaries({category.value: years for category in Category}),
    windows,
    st.sampled_from(["earliest", "latest"]),
)


@given(any_rules, st.booleans(), st.booleans(), st.integers(2000, 2050))
def test_standing_only_moves_forward(
    rules: DutyReportRules, re_elected: bool, office_holder: bool, first_year: int
) -> None:
    category = category_of(re_elected, office_holder, rules)
    found = due_windows(category, Level.COUNTY, first_year, rules)
    assert [w.term_year for w in found] == sorted(rules.due_years[category])
    assert all(w.start <= w.end for w in found)
    order = [ReportStatus.UPCOMING, ReportStatus.DUE_NOW, ReportStatus.OVERDUE]
    days = [found[0].start - timedelta(1), found[0].start, found[-1].end, found[-1].end + timedelta(1)]
    standing = [order.index(status_on(day, False, found)) for day in days]
    assert standing == [0, 1, 1, 2]


@given(any_rules)
def test_who_is_in_two_categories_reports_in_one_of_them(rules: DutyReportRules) -> None:
    both = category_of(True, True, rules)
    chosen = rules.due_years[both]
    others = [rules.due_years[RE_ELECTED], rules.due_years[OFFICE_HOLDER]]
    if rules.precedence == "earliest":
        assert min(chosen) == min(map(min, others))
    else:
        assert max(chosen) == max(map(max, others))


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        ({"due_years": {"re_elected": [1], "office_holder": [2]}}, "duty_reports", "其他代表"),
        ({"due_years": {**DUTY_REPORT_RULES["due_years"], "other": [9]}}, "other", "不能大于 5"),  # type: ignore[dict-item]
        ({"due_years": {**DUTY_REPORT_RULES["due_years"], "other": [3, 3]}}, "other", "重复"),  # type: ignore[dict-item]
        ({"windows": {"county": {"months": [0, 3]}}}, "months", "不能小于 1"),
        ({"windows": {"county": {"months": [1]}}}, "months", "缺少"),
        ({"windows": {"village": {"months": [1, 3]}}}, "village", "village"),
        ({"addressee": {"county": "standing_committee"}}, "duty_reports", "voters"),
        ({"meeting_share_min": 30}, "meeting_share_min", "不能大于 1"),
        ({"precedence": "first"}, "precedence", "earliest"),
        ({"shares": 1}, "shares", "没有这一项"),
    ],
)
def test_wrong_rules_are_named(change: dict[str, Any], key: str, words: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_rules({**DUTY_REPORT_RULES, **change})
    assert key in str(refused.value) and words in str(refused.value)


def test_the_shipped_rules_cover_every_level() -> None:
    assert set(default_rules().windows) == set(Level)
    assert default_rules().document


@pytest.mark.parametrize(
    ("addressee", "present", "counts", "allowed"),
    [
        (Addressee.VOTERS, 60, (57, 3, 0), True),
        (Addressee.VOTERS, 60, (58, 3, 0), False),
        (Addressee.VOTERS, None, (58, 3, None), True),
        (Addressee.STANDING_COMMITTEE, 3, (20, 1, 0), True),
        (Addressee.VOTERS, 60, (-1, 0, 0), False),
    ],
)
def test_ballots(addressee: Addressee, present: int | None, counts: Any, allowed: bool) -> None:
    if allowed:
        check_ballots(addressee, present, counts)
    else:
        with pytest.raises(DomainError):
            check_ballots(addressee, present, counts)
