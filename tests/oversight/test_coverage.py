"""Coverage: against the plain definition, as lists, as plans, as pages."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.kit.listing import ListQuery
from app.oversight.columns import coverage_deputies
from app.oversight.queries.coverage import (
    coverage_as_json,
    figures_of_parts,
    get_coverage,
    select_groups,
)
from app.oversight.queries.progress import term_progress
from app.oversight.rules import by_category
from app.registry.models import Area
from app.registry.states import AreaKind, Level
from tests.oversight.crowd import count_one_by_one, make_crowd
from tests.world import COUNTY, LINJIANG, World

SignIn = Callable[[str], FlaskClient]
COUNTED = ("in_office", "reported", "by_meeting", "overdue", "due_now", "upcoming")
DAYS = (date(2021, 12, 27), date(2022, 11, 15), date(2023, 3, 31), date(2024, 3, 31), date(2026, 6, 1))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_statement_and_the_fold_give_what_the_definition_says(
    session: Any, world: World, seed: int
) -> None:
    make_crowd(world, seed)
    for area in ("", "99", "9990", COUNTY, LINJIANG):
        for on in DAYS:
            expected = count_one_by_one(area, on)
            levels = coverage_as_json(get_coverage(area, on))["levels"]
            found = {
                level: Counter({key: levels[level.value][key] for key in COUNTED if levels[level.value][key]})
                for level in Level
                if level.value in levels
            }
            assert {level: counts for level, counts in found.items() if counts} == {
                level: +counts for level, counts in expected.items()
            }, (area, on)


def test_looking_reports_up_and_joining_them_count_alike(session: Any, world: World) -> None:
    make_crowd(world, 4)

    def counted(look_up: bool, on: date) -> list[tuple[Any, ...]]:
        rows = session.execute(select_groups("9990", on, look_up=look_up))
        return sorted(tuple(map(str, row[:5])) + tuple(map(int, row[5:])) for row in rows if row[-1])

    for on in DAYS:
        by_set, one_by_one = counted(False, on), counted(True, on)
        assert by_set == one_by_one


def test_every_figure_is_the_length_of_its_list(app: Flask, world: World) -> None:
    with app.app_context():
        make_crowd(world, 5)
        actor = world.actor("leader")
        for on in DAYS[1:]:
            coverage = get_coverage(COUNTY, on)
            listings = {code: coverage_deputies(code, on) for code in (COUNTY, LINJIANG)}
            for level in Level:
                places = [(COUNTY, coverage.figures(level), "")]
                for part, figures in figures_of_parts(coverage, level):
                    listings.setdefault(part.code, coverage_deputies(part.code, on))
                    places.append((part.code, figures, "1" if part.code == COUNTY else ""))
                for code, figures, itself in places:
                    for key in COUNTED:
                        args = MultiDict({"level": level.value, "itself": itself})
                        if key == "by_meeting":
                            args["mode"] = "meeting"
                        elif key != "in_office":
                            args["status"] = key
                        total, exact = ListQuery(listings[code], actor, args).total()
                        assert exact and total == getattr(figures, key), (on, level, code, key)
        db.session.remove()


def test_categories_and_years_add_up_to_the_figures(session: Any, world: World) -> None:
    make_crowd(world, 6)
    for on in DAYS[1:]:
        coverage = get_coverage("9990", on)
        for level in coverage.counted.levels():
            figures = coverage.figures(level)
            lines = by_category(coverage.groups, level, on, coverage.rules_of)
            assert sum(line.in_office for line in lines) == figures.in_office
            for status in ("overdue", "due_now", "upcoming"):
                waiting = sum(line.waiting for line in lines if line.waiting_as.value == status)
                assert waiting == getattr(figures, status)
            years = term_progress(coverage, level)
            if years:
                last = years[-1]
                assert last.on == on
                for key in ("in_office", "reported", "overdue", "due_now", "upcoming"):
                    assert getattr(last.figures, key) == getattr(figures, key)


def test_nobody_in_office_has_no_rate(session: Any, world: World) -> None:
    levels = coverage_as_json(get_coverage(COUNTY, date(2021, 1, 1)))["levels"]
    assert set(levels) == {"city", "county", "township"}
    assert levels["city"]["rate"] is None and levels["city"]["meeting_share"] is None
    assert set(levels["county"]["by_township"]) == {"临江镇", "青山乡"}
    assert "by_township" not in levels["city"]


def test_above_the_county_figures_come_by_county_too(session: Any, world: World) -> None:
    session.add(Area(code="999002102", name="临江镇", kind=AreaKind.TOWN, parent_code="999002"))
    session.flush()
    levels = coverage_as_json(get_coverage("9990", date(2024, 3, 31)))["levels"]
    assert set(levels["city"]["by_county"]) == {"岳湖县", "邻水县"}
    assert levels["city"]["by_county"]["岳湖县"]["in_office"] == 1
    # Two townships of one name are told apart by their county.
    assert set(levels["county"]["by_township"]) == {"岳湖县临江镇", "青山乡", "河口镇", "邻水县临江镇"}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("statistics", [False, True])
def test_sqlite_looks_reports_up_with_and_without_statistics(
    session: Any, world: World, statistics: bool
) -> None:
    make_crowd(world, 7)
    if statistics:
        session.execute(text("ANALYZE"))
    wanted = select_groups("9990", date(2024, 3, 31), look_up=True)
    sql = str(wanted.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    plan = [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
    reports = [line for line in plan if "duty_report" in line]
    assert len(reports) == 2
    for line in reports:
        assert line.startswith("SEARCH duty_report USING COVERING INDEX"), plan
        assert "(mandate_id=? AND reported_on>? AND reported_on<?)" in line, plan
    assert any("mandate USING COVERING INDEX ix_mandate_area_level" in line for line in plan)
    assert not any("TEMP B-TREE" in line for line in plan)


def test_the_number_of_queries_does_not_depend_on_the_deputies(
    app: Flask, world: World, sign_in: SignIn, queries: list[str]
) -> None:
    browser = sign_in("leader")
    counts = []
    for size in (0, 60):
        with app.app_context():
            if size:
                make_crowd(world, 8, size)
                db.session.commit()
            db.session.remove()
        queries.clear()
        assert browser.get("/coverage?level=county&on=2024-03-31").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_opens_every_figure(app: Flask, world: World, sign_in: SignIn) -> None:
    with app.app_context():
        make_crowd(world, 9)
        db.session.commit()
        db.session.remove()
    browser = sign_in("leader")
    page = browser.get("/coverage?on=2024-03-31&level=county").get_data(as_text=True)
    links = {part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]}
    lists = [link for link in links if link.startswith("/coverage/deputies?")]
    assert len(lists) > 15
    for link in lists[:6]:
        asked = dict(parse_qsl(urlsplit(link).query))
        answer = browser.get(link)
        assert answer.status_code == 200 and asked["on"] == "2024-03-31"
    assert "规定不低于 30.0%" in page and "怎么算的" in page


def test_the_list_behind_a_figure_keeps_its_area_and_day(world: World, sign_in: SignIn) -> None:
    browser = sign_in("leader")
    page = browser.get(f"/coverage/deputies?area={LINJIANG}&on=2024-03-31&level=county&itself=1")
    text = page.get_data(as_text=True)
    chips = text.split('class="chips"')[1].split("</div>")[0]
    assert "层级：县级" in chips and "未划到下级：是" in chips
    assert LINJIANG not in re.sub(r'href="[^"]*"', "", chips) and "2024-03-31，" not in chips
    cleared = chips.split('class="chip-clear" href="')[1].split('"')[0]
    assert dict(parse_qsl(urlsplit(cleared.replace("&amp;", "&")).query)) == {
        "area": LINJIANG,
        "on": "2024-03-31",
    }
    assert "临江镇" in text
    form = text.split('class="listing-form"')[1].split("</form>")[0]
    assert f'name="area" value="{LINJIANG}"' in form and 'name="on" value="2024-03-31"' in form


def test_who_sees_which_area(world: World, sign_in: SignIn) -> None:
    township = sign_in("township")
    assert township.get(f"/coverage?area={LINJIANG}").status_code == 200
    assert township.get("/coverage").status_code == 200
    for area in (COUNTY, "999001102", "9990", "123456", "'"):
        assert township.get("/coverage", query_string={"area": area}).status_code == 404
        assert township.get("/coverage/deputies", query_string={"area": area}).status_code == 404
    assert sign_in("deputy").get("/coverage").status_code == 403
    assert sign_in("auditor").get("/coverage").status_code == 403


def test_what_is_on_screen_as_files(app: Flask, world: World, sign_in: SignIn) -> None:
    with app.app_context():
        make_crowd(world, 10)
        db.session.commit()
        figures = get_coverage(COUNTY, date(2024, 3, 31)).figures(Level.TOWNSHIP)
        db.session.remove()
    browser = sign_in("leader")
    workbook = browser.get("/coverage?on=2024-03-31&format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(workbook.data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    township = next(row for row in rows if row[0] == "乡镇级")
    assert township[1:4] == (figures.in_office, figures.reported, figures.by_meeting)
    assert browser.get("/coverage?on=2024-03-31&format=docx").data[:2] == b"PK"
    listed = browser.get("/coverage/deputies?on=2024-03-31&status=overdue&format=xlsx")
    assert listed.data[:2] == b"PK"


@pytest.mark.parametrize("on", ["2024-02-30", "下周", "9999-12-31", "0001-01-01", ""])
def test_a_strange_day_is_no_error(world: World, sign_in: SignIn, on: str) -> None:
    assert sign_in("leader").get("/coverage", query_string={"on": on}).status_code == 200
