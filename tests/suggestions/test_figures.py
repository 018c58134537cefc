"""Figures of suggestions: both judgements apart, unreturned slips as such, every number opens its own list."""

from __future__ import annotations

import io
import re
from datetime import date
from html import unescape
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from app.extensions import db
from app.kit.database import set_reading
from app.oversight.queries.suggestions import get_suggestions_report
from app.registry.models import Area
from app.suggestions.columns.figures import FIGURE_WORDS
from app.suggestions.figure_rules import (
    FigureRow,
    Figures,
    ReplyTime,
    bounds_of,
    ranked,
    reply_time_of,
    reply_times,
)
from app.suggestions.models import FeedbackSlip, Suggestion, SuggestionClass
from app.suggestions.queries import figures as queries
from app.suggestions.queries.supervising_bodies import workload_of
from app.suggestions.states import (
    ReplyClass,
    Satisfaction,
    SuggestionSource,
    SuggestionState,
)
from tests.suggestions.building import build
from tests.world import COUNTY, LINJIANG, QINGSHAN, UNITS

S = SuggestionState
YEAR, RAISED = 2024, date(2024, 3, 1)
TODAY = date(2026, 6, 1)
# state, lead, unit, and what differs: five of three townships and units, two judgements that disagree.
ROWS: tuple[tuple[SuggestionState, str, str, dict[str, Any]], ...] = (
    (S.CONCLUDED, "C001", UNITS[0], {"source": SuggestionSource.RECEPTION, "category": "水利"}),
    (S.CONCLUDED, "C001", UNITS[0], {"solved": False, "reply_class": ReplyClass.B, "category": "水利"}),
    (S.RATED, "C003", UNITS[1], {"satisfaction": Satisfaction.DISSATISFIED, "replied_on": date(2024, 6, 20)}),
    (S.REPLIED, "C003", UNITS[1], {"reply_class": ReplyClass.C, "replied_on": date(2024, 4, 15)}),
    (S.ASSIGNED, "C002", UNITS[1], {"source": SuggestionSource.RECEPTION}),
    (S.SUBMITTED, "C002", UNITS[1], {}),
)  # fmt: skip


@pytest.fixture
def suggestions(world, app):
    with app.app_context():
        set_reading(False)
        for state, lead, unit, columns in ROWS:
            build(world, state, lead=lead, unit=unit, raised_on=RAISED, **columns)
        db.session.commit()
        db.session.remove()
    return world


# --- arithmetic -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "span"),
    [
        (0, "d30"), (30, "d30"), (31, "d60"), (60, "d60"), (61, "d90"), (91, "d180"), (180, "d180"),
        (181, "longer"), (4000, "longer"),
    ],
)  # fmt: skip
def test_each_day_falls_into_one_span(days, span):
    assert reply_time_of(days) is ReplyTime(span)
    inside = [t for t in ReplyTime if (bounds_of(t)[0] or 0) <= days <= (bounds_of(t)[1] or 10**6)]
    assert inside == [ReplyTime(span)]


def test_the_time_to_reply_is_told_by_spans_and_the_middle():
    found = reply_times({10: 2, 40: 1, 200: 2})
    assert (found.total, found.median) == (5, 40)
    assert [found.counts[time] for time in ReplyTime] == [2, 1, 0, 0, 2]
    assert reply_times({}).median is None


def test_ranking_is_by_solved_problems_and_not_by_satisfaction():
    """0-08, 4-04: the criterion is whether the problem is solved; both rates stand side by side."""
    pleasing = FigureRow("讨人喜欢", "1", Figures(total=10, replied=10, solved=2, satisfied=10))
    solving = FigureRow("解决问题", "2", Figures(total=10, replied=10, solved=8, satisfied=5))
    assert ranked([pleasing, solving]) == [solving, pleasing]
    assert (solving.figures.resolution_rate, solving.figures.satisfaction_rate) == (0.8, 0.5)
    unreturned = Figures(total=4, replied=4, satisfied=1, unreturned=3)
    assert unreturned.satisfaction_rate == 0.25  # not 1 of 1: what did not come back pleased nobody
    assert Figures().resolution_rate is None and Figures().satisfaction_rate is None


# --- counts and lists -------------------------------------------------------------------------------------


def test_figures_agree_with_the_report_and_keep_the_judgements_apart(suggestions, app):
    """0-08, 4-04."""
    with app.app_context():
        actor = suggestions.actor("county")
        found = queries.figures_of(actor, COUNTY, YEAR, TODAY)
        assert found == Figures(
            total=5, replied=4, late=2, solved=2, satisfied=2, basically=0, dissatisfied=1, unreturned=1
        )
        report = get_suggestions_report(db.session.get_one(Area, COUNTY), YEAR, TODAY).counts
        assert (report.total, report.replied, report.solved, report.satisfied, report.late) == (5, 4, 2, 2, 2)
        sources = {
            r.value: r.figures.total for r in queries.figure_rows(actor, COUNTY, YEAR, TODAY, "source")
        }
        assert sources == {"reception": 2, "research": 3}  # 3-36: the share from reception days
        for by in queries.SPLITS:
            parts = queries.figure_rows(actor, COUNTY, YEAR, TODAY, by)
            assert by == "class" or sum(row.figures.total for row in parts) == found.total, by
        township = suggestions.actor("township")
        assert queries.figures_of(township, COUNTY, YEAR, TODAY).total == 3


def test_solved_and_late_mean_the_same_everywhere(sign_in, world, app):
    """One meaning: class A or marked solved; after its day, or open past it. What reports say, lists show."""
    cases: tuple[tuple[SuggestionState, dict[str, Any]], ...] = (
        (S.REPLIED, {}),
        (S.CONCLUDED, {"reply_class": ReplyClass.B}),
        (S.CONCLUDED, {"reply_class": ReplyClass.B, "solved": False, "replied_on": date(2024, 9, 1)}),
        (S.CONCLUDED, {"solved": False, "satisfaction": Satisfaction.DISSATISFIED}),
        (S.ASSIGNED, {}),
        (S.ACCEPTED, {}),
    )
    with app.app_context():
        set_reading(False)
        for state, columns in cases:
            made = build(world, state, raised_on=RAISED, committee="农业委", **columns)
            if made.satisfaction is Satisfaction.DISSATISFIED:
                # Asked, the proposer says no; that stands beside the reply's class.
                slip = FeedbackSlip(
                    suggestion=made, mandate=made.lead_mandate, round=1, attitude=Satisfaction.BASICALLY,
                    handling=Satisfaction.BASICALLY, result=Satisfaction.DISSATISFIED,
                    overall=Satisfaction.DISSATISFIED, solved=False, reason="没有修", returned_on=TODAY,
                )  # fmt: skip
                db.session.add(slip)
        db.session.commit()
        county = world.actor("county")
        report = get_suggestions_report(db.session.get_one(Area, COUNTY), YEAR, TODAY).counts
        found = queries.figures_of(county, COUNTY, YEAR, TODAY)
        work = next(row for row in workload_of(county, COUNTY, YEAR) if row.name == "农业委")
        in_words = [one.problem_solved for one in db.session.scalars(select(Suggestion))]
        assert (
            (report.solved, report.late) == (found.solved, found.late) == (work.solved, work.late) == (3, 2)
        )
        assert sum(in_words) == 3
    browser = sign_in("county")
    for asked, number in {"solved=1": 3, "solved=0": 3, "late=1": 2, "late=0": 4}.items():
        assert _total(browser.get(f"/suggestions?{asked}").get_data(as_text=True)) == number, asked


def _total(page: str) -> int:
    return len(re.findall(r'<th scope="row"><a href="/suggestions/\d', page))


@pytest.mark.sqlite_only
@pytest.mark.parametrize("by", list(queries.SPLITS))
def test_every_number_opens_a_list_of_as_many(sign_in, suggestions, app, by):
    """3-36, 0-08: by unit, field, class, township, proposer, source, class of reply."""
    if by == "class":
        with app.app_context():
            set_reading(False)
            kept = SuggestionClass(
                office_code=COUNTY, area_code=LINJIANG, number="L1", title="灌渠", formed_on=RAISED
            )
            build(suggestions, S.ASSIGNED, raised_on=RAISED, suggestion_class=kept)
            db.session.commit()
    browser = sign_in("leader")
    page = browser.get(f"/suggestions/figures?year={YEAR}&by={by}").get_data(as_text=True)
    table = page.split("<tbody>")[1].split("</tbody>")[0]
    links = re.findall(r'href="([^"]+)">(\d+)</a>', table)
    assert len(links) >= 3
    for address, number in links:
        listed = browser.get(unescape(address)).get_data(as_text=True)
        assert _total(listed) == int(number), address


def test_spans_of_days_open_their_lists(sign_in, suggestions):
    browser = sign_in("county")
    page = browser.get(f"/suggestions/figures?year={YEAR}").get_data(as_text=True)
    assert "中位数 20 天" in page
    for span, number in {"d30": 2, "d60": 1, "d90": 0, "d180": 1, "longer": 0}.items():
        listed = browser.get(f"/suggestions/figures/list?took={span}").get_data(as_text=True)
        assert _total(listed) == number, span
    assert _total(browser.get("/suggestions/figures/list?figure=unreturned").get_data(as_text=True)) == 1


def test_files_say_what_the_page_says(sign_in, suggestions):
    browser = sign_in("county")
    answer = browser.get(f"/suggestions/figures?year={YEAR}&by=township&format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    heading = next(row for row in rows if row[0] == "乡镇")
    assert heading[1:9] == tuple(str(word) for word in FIGURE_WORDS.values())
    totals = {row[0]: row[1] for row in rows if row[0] in ("临江镇", "青山乡", "合计")}
    assert totals == {"临江镇": 3, "青山乡": 2, "合计": 5}
    document = browser.get(f"/suggestions/figures?year={YEAR}&format=docx")
    assert document.status_code == 200 and document.data[:2] == b"PK"


@pytest.mark.sqlite_only
def test_a_long_table_is_ranked_before_it_is_cut_and_says_so(sign_in, suggestions, monkeypatch):
    """0-08: whoever solves most stands first, however the database sorts; the sheet holds all."""
    monkeypatch.setattr("app.suggestions.routes.figures.MOST_ROWS", 1)
    browser = sign_in("county")
    page = browser.get(f"/suggestions/figures?year={YEAR}&by=reply_class").get_data(as_text=True)
    table = page.split("<tbody>")[1].split("</tbody>")[0]
    assert table.count("<tr>") == 1 and "A 类" in table
    assert "另有 3 项见导出的 Excel 表" in page
    answer = browser.get(f"/suggestions/figures?year={YEAR}&by=reply_class&format=xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
    assert [row[0] for row in rows][-1] == "合计" and len([row for row in rows if row[0]]) >= 6


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("login", "status"), [("assigner", 200), ("deputy", 403), ("unit", 403)])
def test_who_reads_figures(sign_in, world, login, status):
    assert sign_in(login).get("/suggestions/figures").status_code == status


@pytest.mark.sqlite_only
def test_an_area_of_others_is_not_found(sign_in, world):
    assert sign_in("township").get(f"/suggestions/figures?area={QINGSHAN}").status_code == 404
