"""Money as people type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.rules import MAX_FEN, fen_to_yuan, yuan_to_fen


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("5000", 500000),
        ("5,000.50", 500050),
        ("１２３", 12300),
        ("1.2万", 1_200_000),
        ("3万元", 3_000_000),
        ("¥80", 8000),
        ("0", 0),
    ],
)
def test_sums_as_they_are_typed(typed, fen):
    assert yuan_to_fen(typed) == fen


@pytest.mark.parametrize("typed", ["", "五千", "1.005", "-5", "1,00", "1e5", "9" * 20])
def test_what_is_no_sum_is_refused(typed):
    with pytest.raises(ValueError):
        yuan_to_fen(typed)


@given(st.integers(0, MAX_FEN))
def test_a_sum_shown_in_the_form_reads_back_the_same(fen):
    assert yuan_to_fen(fen_to_yuan(fen)) == fen
