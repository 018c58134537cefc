"""What an evaluation does not lose: units that answered nothing, a colleague's word, counts of the right sort."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.kit import clock
from app.kit.errors import DomainError
from app.suggestions.evaluation.counting import Tally
from app.suggestions.evaluation_documents import appraisal_table, ranking_document
from app.suggestions.models import Evaluation, Suggestion
from app.suggestions.operations import evaluations as operations
from app.suggestions.operations.ballots import cast_ballots, count_sheets
from app.suggestions.queries.evaluations import results_of
from app.suggestions.queries.raters import list_votable
from app.suggestions.states import SuggestionState
from tests.suggestions.building import build
from tests.suggestions.test_evaluations import DAY, YEAR, D, G, M, word, year  # noqa: F401
from tests.world import COUNTY, UNITS


def test_a_unit_that_answered_nothing_is_named(session, world, year):  # noqa: F811
    """It has no points, and stands on the ranking and the sheet for the appraisal office all the same."""
    two = session.get_one(Suggestion, year["two"])
    two.replied_on = None
    build(world, SuggestionState.ASSIGNED, raised_on=DAY)
    session.flush()
    evaluation = session.get_one(Evaluation, year["id"])
    for _round in range(2):
        results = results_of(evaluation)
        assert [one.subject.name for one in results.units] == [UNITS[0]]
        assert [(one.name, len(one.led)) for one in results.unanswered] == [(UNITS[1], 1)]
        assert f"{UNITS[1]}（主办 1 件）" in str(ranking_document(evaluation, results).blocks)
        _columns, rows = appraisal_table(results)
        assert rows[0][1:3] == [UNITS[0], 3]
        assert rows[1][:4] == [None, UNITS[1], 1, None] and rows[1][4] == "没有答复"
        if evaluation.subjects is None:
            operations.close_evaluation(world.actor("county"), year["id"])


def test_the_word_of_a_colleague_is_nothing_left_to_do(session, world, year):  # noqa: F811
    """Two lead a group: what one said for it, the other need not say; nor what is closed or over."""
    other = world.actor("other_deputy")
    before = {one.id: done for one, _asked, done in list_votable(other)}
    cast_ballots(world.actor("deputy"), year["id"], [word(world, G, 0, year["one"])])
    assert before == {year["id"]: 0}
    assert [done for _one, _asked, done in list_votable(other, taking=True)] == [1]
    evaluation = session.get_one(Evaluation, year["id"])
    evaluation.closes_on = clock.today() - timedelta(1)
    session.flush()
    assert list_votable(other, taking=True) == [] and len(list_votable(other)) == 1


def test_counts_are_of_the_sort_the_scheme_asks_for(session, world, year):  # noqa: F811
    county, unit = world.actor("county"), world.units[UNITS[0]]
    with pytest.raises(DomainError, match="打分"):
        count_sheets(county, year["id"], M, {(unit, 0, ""): Tally(1, 0, 0, 1, 100)})
    marked = operations.open_evaluation(county, area_code=COUNTY, year=YEAR, title="打分", scheme="qingdao")
    with pytest.raises(DomainError, match="分数"):
        count_sheets(county, marked.id, D, {(unit, year["one"], "follow_up"): Tally(1, 0, 0, 1, 100)})
