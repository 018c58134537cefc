"""The evaluation's engine: the worked example by hand (4-13), factors, schemes of other places, ranks, the line."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.errors import DomainError
from app.suggestions.evaluation.counting import (
    Case,
    Tally,
    appraisal_points,
    qualified,
    ranks,
    rounded,
    score_unit,
)
from app.suggestions.evaluation.indicators import Handled, grade_unit
from app.suggestions.evaluation.scheme import SHIPPED, Grade, Missing, Several, read_scheme, shipped
from app.suggestions.evaluation.showing import formula, weights_text
from app.suggestions.evaluation.subjects import Led, Subject, kept, read
from app.suggestions.states import RaterGroup, Satisfaction

D, G, M, C = RaterGroup
EXAMPLE = (Path(__file__).parents[2] / "docs/worked-example-4-13.md").read_text(encoding="utf-8")
YIYANG = read_scheme(shipped("yiyang"))
NAMES = {"提出建议的代表": D, "代表小组": G, "常委会组成人员": M, "专门委员会": C}
COLUMNS = {"代表": D, "小组": G, "委员": M, "专委": C}


def by(scheme=YIYANG, **changes):
    return scheme.model_copy(update=changes)


def ballots() -> dict[RaterGroup, Tally]:
    """The example's ballots, as its first table has them."""
    rows = re.findall(r"^\| (\S+) \| (\d+) \| (\d+) \| (\d+) \| \d+ \|", EXAMPLE, re.MULTILINE)
    return {NAMES[row[0]]: Tally(*map(int, row[1:])) for row in rows}


def rows_by_hand() -> list[tuple[frozenset[RaterGroup], bool, str, str]]:
    """Every row of the two tables of combinations: who voted, supervised by a group or not, both results."""
    found = []
    heads: list[RaterGroup] = []
    for line in EXAMPLE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "代表" and cells[-1] == "计零得分":
            heads = [COLUMNS[cell] for cell in cells if cell in COLUMNS]
        elif heads and cells[0] in ("有", "缺"):
            there = frozenset(g for g, cell in zip(heads, cells, strict=False) if cell == "有")
            found.append((there, G in heads, cells[-2], cells[-1]))
    return found


def test_the_worked_example_has_every_combination():
    """4-13: all combinations of present and missing groups of raters are in the document."""
    expected = {(frozenset(s), True) for s in subsets(D, G, M, C)} | {
        (frozenset(s), False) for s in subsets(D, M, C)
    }
    rows = rows_by_hand()
    assert {row[:2] for row in rows} == expected and len(rows) == 24
    assert ballots().keys() == {D, G, M, C}


def subsets(*groups):
    for chosen in product((True, False), repeat=len(groups)):
        yield [group for group, there in zip(groups, chosen, strict=True) if there]


def named(value):
    """The same name in every test process: a set has no order of its own."""
    return "+".join(sorted(value)) or "nobody" if isinstance(value, frozenset) else str(value)


@pytest.mark.parametrize("there, cosupervised, reweighted, zeroed", rows_by_hand(), ids=named)
def test_the_engine_equals_the_worked_example(there, cosupervised, reweighted, zeroed):
    """4-13, 4-14: what was computed by hand, for each combination, by both rules; who is missing is named."""
    votes = {(group, "", 7 if group in (D, G) else 0): ballots()[group] for group in there}
    for missing, by_hand in ((Missing.REWEIGHT, reweighted), (Missing.ZERO, zeroed)):
        scheme = by(missing=missing)
        for several in Several:
            scored = score_unit(
                scheme.model_copy(update={"several": several}), [Case(7, cosupervised)], votes
            )
            assert (str(scored.score) if scored.score is not None else "不计分") == by_hand
            everybody = {D, G, M, C} if cosupervised else {D, M, C}
            assert set(scored.missing) == everybody - there
            (sheet,) = scored.sheets
            if missing is Missing.REWEIGHT and there:
                assert sum(line.counted for line in sheet.lines) == 100


def test_two_suggestions_of_one_unit_are_averaged_or_pooled():
    """4-13: both ways are in the worked example."""
    half = ballots()
    votes = {
        (D, "", 7): half[D],
        (D, "", 8): half[D],
        (G, "", 7): half[G],
        (M, "", 0): half[M],
        (C, "", 0): half[C],
    }
    cases = [Case(7, True), Case(8, False)]
    mean = score_unit(by(several=Several.MEAN), cases, votes)
    pooled = score_unit(by(several=Several.POOLED), cases, votes)
    assert f"(84.40＋86.80)÷2＝{mean.score}" in EXAMPLE and f"得 {pooled.score} 分" in EXAMPLE
    assert pooled.sheets[0].lines[0].tally == Tally(8, 2, 0)
    assert f"84.40×2 %＝{appraisal_points(YIYANG, Decimal('84.40'))} 分" in EXAMPLE  # 4-16


def test_a_line_says_how_it_was_counted():
    """4-14: ballots × factor × weight, with what became of the weight where something is missing."""
    votes = {(D, "", 7): Tally(4, 1, 0), (M, "", 0): Tally(24, 4, 2)}
    lines = score_unit(YIYANG, [Case(7)], votes).sheets[0].lines
    assert [line.rater for line in lines] == [D, M, C]
    assert formula(YIYANG, lines[0]) == "(4×1＋1×0.6＋0×0)÷5×62.5＝57.50"
    assert [weights_text(line) for line in lines] == ["50 → 62.5", "30 → 37.5", "20 → 0"]
    assert formula(YIYANG, lines[2]) == "—"
    kinder = read_scheme({**shipped("yiyang"), "factors": {"basically_satisfied": 0.8}})
    assert score_unit(kinder, [Case(7)], {(D, "", 7): Tally(0, 5, 0)}).score == Decimal("80.00")


def test_the_line_and_equal_places():
    """4-15, 4-17: below 70 is unqualified, 70 is not; equal scores share a place."""
    assert not qualified(YIYANG, Decimal("69.99")) and qualified(YIYANG, Decimal("70.00"))
    scores = {1: Decimal("80.00"), 2: Decimal("91.50"), 3: Decimal("80.00"), 4: Decimal("12.00")}
    assert ranks(scores) == {2: 1, 1: 2, 3: 2, 4: 4}
    assert [str(rounded(Fraction(n, 1000))) for n in (69994, 69995, 5)] == ["69.99", "70.00", "0.01"]


def test_qingdao_marks_each_suggestion_by_four_items():
    """Qingdao 2016 (law.md 1.5): 10, 30, 50, 10 per suggestion, the unit's figure their mean."""
    scheme = read_scheme(shipped("qingdao"))
    assert [int(item.marks) for item in scheme.items] == [10, 30, 50, 10]
    full = {(D, item.key, 7): Tally(marked=2, marks=int(item.marks * 200)) for item in scheme.items}
    half = {(D, item.key, 8): Tally(marked=1, marks=int(item.marks * 50)) for item in scheme.items}
    scored = score_unit(scheme, [Case(7), Case(8)], full | half)
    assert scored.score == Decimal("75.00") and len(scored.sheets) == 2
    without = {key: tally for key, tally in full.items() if key[1] != "effect"}
    assert score_unit(scheme, [Case(7)], without).score == Decimal("100.00")
    assert score_unit(by(scheme, missing=Missing.ZERO), [Case(7)], without).score == Decimal("50.00")
    line = scored.sheets[0].lines[1]
    assert formula(scheme, line) == "60÷(2×30)×30＝30.00"


DAY = date(2025, 3, 3)
WELL = Handled(1, DAY, DAY, DAY, date(2025, 6, 3), date(2025, 5, 1), Satisfaction.SATISFIED)


@pytest.mark.parametrize(
    "spoilt, grades",
    [
        ({}, (Grade.GOOD, Grade.GOOD, Grade.GOOD)),
        ({"signed_on": date(2025, 3, 11)}, (Grade.FAIR, Grade.GOOD, Grade.GOOD)),
        ({"replied_on": date(2025, 6, 4)}, (Grade.GOOD, Grade.FAILED, Grade.GOOD)),
        ({"satisfaction": Satisfaction.DISSATISFIED}, (Grade.GOOD, Grade.GOOD, Grade.FAILED)),
        ({"satisfaction": None}, (Grade.GOOD, Grade.GOOD, Grade.GOOD)),  # nine in ten are satisfied
    ],
)
def test_shenzhen_grades_three_indicators(spoilt, grades):
    """Shenzhen 2007 (law.md 1.5): one indicator that failed fails the unit."""
    scheme = read_scheme(shipped("shenzhen"))
    graded = grade_unit(scheme, [*[WELL] * 9, replace(WELL, **spoilt)], date(2025, 12, 1))
    assert tuple(one.grade for one in graded.measured) == grades
    worst = next(g for g in (Grade.FAILED, Grade.FAIR, Grade.GOOD) if g in grades)
    assert graded.grade is worst
    assert grade_unit(scheme, [], DAY).grade is None


def test_a_suggestion_not_yet_due_is_not_held_against_the_unit():
    scheme = read_scheme(shipped("shenzhen"))
    fresh = Handled(2, DAY, None, DAY, date(2025, 6, 3))
    signed, replied, satisfied = grade_unit(scheme, [fresh], date(2025, 3, 10)).measured
    assert (signed.of, signed.unknown, replied.of, satisfied.of) == (0, 1, 0, 0)
    late = grade_unit(scheme, [fresh], date(2025, 6, 4)).measured
    assert [one.grade for one in late] == [Grade.FAILED, Grade.FAILED, None]


@pytest.mark.parametrize("key", SHIPPED)
def test_shipped_schemes_are_sound_and_say_what_is_assumed(key):
    scheme = read_scheme(shipped(key))
    assert scheme.document and scheme.notes and str(SHIPPED[key])


@pytest.mark.parametrize(
    "change",
    [
        {"raters": [{"group": "deputy", "weight": 50}]},
        {"raters": []},
        {"factors": {"satisfied": 2}},
        {"missing": "silently"},
        {"items": [{"key": "a", "label": "甲", "marks": 60}]},
        {"rater": 3},
    ],
    ids=str,
)
def test_a_scheme_that_does_not_add_up_is_refused(change):
    with pytest.raises(DomainError):
        read_scheme({**shipped("yiyang"), **change})


tallies = st.builds(Tally, *[st.integers(0, 40)] * 3)


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from([D, G, M, C]), st.just(""), st.sampled_from([0, 7, 8])), tallies
    ),
    st.booleans(),
    st.sampled_from(list(Missing)),
    st.sampled_from(list(Several)),
)
def test_scores_stay_between_nothing_and_full_marks(votes, cosupervised, missing, several):
    scheme = by(missing=missing, several=several)
    scored = score_unit(scheme, [Case(7, cosupervised), Case(8)], votes)
    assert scored.score is None or 0 <= scored.score <= 100
    if scored.score is not None:
        better = {key: Tally(t.votes, 0, 0) for key, t in votes.items()}
        best = score_unit(scheme, [Case(7, cosupervised), Case(8)], better).score
        assert best is not None and best >= scored.score


def test_what_was_judged_survives_being_kept():
    subject = Subject(
        3, "水利局", (Led(WELL, "2025-001", "关于饮水", True), Led(Handled(2), "", "乙", False))
    )
    assert read(kept([subject])) == [subject]
