"""Lists: paging by key, filters, columns, saved views, and exports equal to what is on screen."""

from __future__ import annotations

import base64
import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from sqlalchemy import delete, func, insert, select
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.jobs import Job, JobState
from app.kit.listing import (
    LISTINGS,
    PAGE_SIZES,
    Column,
    Filter,
    Listing,
    ListQuery,
    dates_filter,
    enum_filter,
    format_value,
    said_yes,
    yes_no_filter,
)
from app.registry.models import Person
from tests import world as invented

NAME = "jobs-under-test"
ACTOR = Actor(user_id=1, name="测试")
_EPOCH = datetime(1970, 1, 1, tzinfo=clock.now().tzinfo)
SORTS = ("", "label", "-label", "progress", "-progress", "state", "-state", "started", "-started", "created")


@pytest.fixture(scope="module")
def jobs() -> Iterator[Listing]:
    """A list over a table that refers to nothing, with a sort of every kind."""
    started = func.coalesce(Job.started_at, _EPOCH)
    made = Listing(
        name=NAME,
        title="任务",
        noun="任务",
        select_visible=lambda _actor: select(Job),
        identity=Job.id,
        columns=(
            Column("label", "名称", Job.label, sort=Job.label),
            Column("progress", "进度", Job.progress, "number", sort=Job.progress),
            Column("state", "状态", Job.state, "enum", sort=Job.state),
            Column("started", "开始", Job.started_at, "instant", sort=started),
            Column("created", "提交", Job.created_at, "instant", sort=Job.created_at, visible=False),
            Column("kind", "种类", Job.kind, visible=False),
        ),
        url=lambda identity: f"/jobs/{identity}",
        filters=(
            enum_filter("state", "状态", Job.state, JobState),
            dates_filter("created", "提交", func.date(Job.created_at)),
            yes_no_filter("done", "完成", Job.progress == 100),
            Filter("kind", "种类", "text", lambda values: Job.kind.in_(values)),
            Filter("begun", "开始过", "hidden", lambda _values: Job.started_at.is_not(None), named=said_yes),
            Filter("office", "机关", "fixed", lambda _values: None),
        ),
        search=lambda q: Job.label.startswith(q, autoescape=True),
    )
    yield made
    del LISTINGS[NAME]


def row(label: str = "任务", **changes: Any) -> dict[str, Any]:
    made = {
        "user_id": 1,
        "actor": {},
        "kind": "test",
        "label": label,
        "arguments": {},
        "area_code": "",
        "state": JobState.QUEUED,
        "progress": 0,
        "message": "",
        "started_at": None,
        "created_at": datetime(2026, 1, 1, 8, 0, tzinfo=_EPOCH.tzinfo),
    }
    return {**made, **changes}


def fill(rows: list[dict[str, Any]]) -> None:
    db.session.execute(delete(Job))
    if rows:
        db.session.execute(insert(Job), rows)


def query(jobs: Listing, address: str = "", actor: Actor = ACTOR) -> ListQuery:
    args = MultiDict(
        (key, value) for key, values in parse_qs(address, keep_blank_values=True).items() for value in values
    )
    return ListQuery(jobs, actor, args, "/list")


def walk(jobs: Listing, address: str, link: str) -> list[list[int]]:
    """Pages met by following ``next_url`` or ``previous_url``."""
    pages = []
    for _step in range(200):
        view = query(jobs, address).view()
        pages.append([shown.id for shown in view.rows])
        target = getattr(view, link)
        if not target:
            return pages
        address = urlsplit(target).query
    raise AssertionError("paging goes round in circles")


# --- paging -----------------------------------------------------------------------------------------------

rows_with_ties = st.lists(
    st.builds(
        row,
        label=st.sampled_from(["", "甲", "乙", "龑", "a", "B", "'", "%", "_", "\U00020bb7"]),
        progress=st.sampled_from([-1, 0, 0, 7, 100]),
        state=st.sampled_from(list(JobState)),
        started_at=st.sampled_from(
            [None, None, _EPOCH, datetime(2026, 5, 1, 1, 2, 3, 456, tzinfo=_EPOCH.tzinfo)]
        ),
    ),
    max_size=70,
)


@pytest.mark.parametrize("sort", SORTS)
@settings(max_examples=8)
@given(rows=rows_with_ties)
def test_paging_meets_every_row_once_in_both_directions(
    session: Any, jobs: Listing, sort: str, rows: list[dict[str, Any]]
) -> None:
    fill(rows)
    address = f"size=20&sort={sort}"
    forth = walk(jobs, address, "next_url")
    met = list(itertools.chain(*forth))
    assert len(met) == len(set(met)) == len(rows)
    ordered = [found.id for found in session.execute(query(jobs, address)._ordered(select(Job.id)))]
    assert met == ordered
    back = walk(jobs, f"{address}&last=1", "previous_url")
    assert list(itertools.chain(*reversed(back))) == ordered
    assert all(len(page) == 20 for page in forth[:-1])


def test_a_page_says_where_it_stands(session: Any, jobs: Listing) -> None:
    fill([row(f"任务{n:02}") for n in range(45)])
    first = query(jobs, "size=20&sort=label").view()
    assert (first.range_text, first.total, first.total_is_exact) == ("1–20", 45, True)
    assert first.first_url == first.previous_url == ""
    second = query(jobs, urlsplit(first.next_url).query).view()
    assert second.range_text == "21–40"
    third = query(jobs, urlsplit(second.next_url).query).view()
    assert (third.range_text, third.next_url, third.last_url) == ("41–45", "", "")
    last = query(jobs, urlsplit(first.last_url).query).view()
    assert last.range_text == "26–45"
    again = query(jobs, urlsplit(last.first_url).query).view()
    assert [shown.id for shown in again.rows] == [shown.id for shown in first.rows]


def test_a_row_that_comes_or_goes_moves_no_other_row_twice(session: Any, jobs: Listing) -> None:
    fill([row(f"{n:02}") for n in range(40)])
    first = query(jobs, "size=20&sort=label").view()
    session.execute(insert(Job), [row("00a")])
    session.execute(delete(Job).where(Job.id == first.rows[3].id))
    second = query(jobs, urlsplit(first.next_url).query).view()
    assert [shown.cells[0] for shown in second.rows] == [f"{n:02}" for n in range(20, 40)]


def test_many_rows_are_counted_up_to_a_limit(
    session: Any, jobs: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.kit.listing.COUNTED", 30)
    fill([row() for _n in range(31)])
    view = query(jobs, "size=20").view()
    assert (view.total, view.total_is_exact) == (30, False)
    exact = query(jobs, urlsplit(view.exact_url).query).view()
    assert (exact.total, exact.total_is_exact) == (31, True)


@pytest.mark.parametrize("size", PAGE_SIZES)
def test_sizes_of_a_page(session: Any, jobs: Listing, size: int) -> None:
    assert query(jobs, f"size={size}").page_size == size


@pytest.mark.parametrize("size", ["", "0", "-20", "21", "1000000", "二十", "²", "20.0"])
def test_other_sizes_are_the_usual_one(jobs: Listing, session: Any, size: str) -> None:
    assert query(jobs, f"size={size}").page_size == 50


def cursor(*content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(content)).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "sent",
    [
        "x",
        "=",
        "AAAA",
        "龑",
        cursor(),
        cursor(1),
        cursor(1, 2, 3),
        cursor({}, 1),
        cursor([], 1),
        cursor(None, 1),
        cursor("a", "b"),
        cursor("a", 10**30),
        cursor(10**30, 1),
        cursor(-(10**30), 1),
        cursor(1.5, 1),
        cursor(float("nan"), 1),
        cursor(float("inf"), 1),
        cursor(True, 1),
        cursor("a\x00b", 1),
        cursor("no such state", 1),
        cursor("9999-99-99", 1),
        cursor("2026-01-01", 1),
        cursor("2026-01-01T00:00:00", 1),
        cursor("2026-01-01T00:00:00+00:00", 1),
        cursor("\ud800", 1),
    ],
)
@pytest.mark.parametrize("sort", (*SORTS[::2], "started"))
def test_a_cursor_somebody_made_up_is_no_accident(session: Any, jobs: Listing, sort: str, sent: str) -> None:
    fill([row("甲"), row("乙")])
    for direction in ("after", "before"):
        query(jobs, f"sort={sort}&{direction}={sent}").view()


@pytest.mark.parametrize("ids", ["1&ids=2", "x", "-1", str(2**63), str(10**40), "²", "&ids="])
def test_chosen_rows_somebody_made_up_are_no_accident(session: Any, jobs: Listing, ids: str) -> None:
    fill([row("甲")])
    query(jobs, f"ids={ids}").view()


# --- filters, search, sort ----------------------------------------------------------------------------------


def labels(found: ListQuery) -> list[str]:
    return [shown.cells[0] for shown in found.view().rows]


@pytest.fixture
def mixed(session: Any, jobs: Listing) -> Listing:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=_EPOCH.tzinfo)
    fill(
        [
            row("甲", state=JobState.DONE, progress=100, created_at=at),
            row("乙", state=JobState.FAILED, progress=40, created_at=at + timedelta(days=1)),
            row("丙_", state=JobState.QUEUED, kind="other", created_at=at + timedelta(days=2)),
            row("丙x", state=JobState.DONE, progress=100, created_at=at + timedelta(days=3)),
        ]
    )
    return jobs


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", ["甲", "乙", "丙_", "丙x"]),
        ("state=done", ["甲", "丙x"]),
        ("state=done&state=failed", ["甲", "乙", "丙x"]),
        ("state=nonsense", ["甲", "乙", "丙_", "丙x"]),
        ("created_from=2026-03-02", ["乙", "丙_", "丙x"]),
        ("created_from=2026-03-02&created_to=2026-03-03", ["乙", "丙_"]),
        ("created_from=gestern", ["甲", "乙", "丙_", "丙x"]),
        ("done=1", ["甲", "丙x"]),
        ("done=0", ["乙", "丙_"]),
        ("kind=other", ["丙_"]),
        ("q=丙_", ["丙_"]),
        ("q=%25", []),
        ("q=丙&state=done", ["丙x"]),
        ("sort=-created", ["丙x", "丙_", "乙", "甲"]),
        ("sort=nonsense", ["甲", "乙", "丙_", "丙x"]),
        ("sort=kind", ["甲", "乙", "丙_", "丙x"]),
    ],
)
def test_what_a_list_shows(mixed: Listing, address: str, expected: list[str]) -> None:
    if "created" in address and db.engine.dialect.name != "postgresql":
        pytest.skip("func.date gives text there")
    assert labels(query(mixed, address)) == expected


def test_chips_take_one_filter_away(mixed: Listing) -> None:
    view = query(mixed, "q=丙&state=done&state=queued&sort=-label&after=x").view()
    assert [chip.label for chip in view.chips] == ["搜索：丙", "状态：已完成", "状态：排队中"]
    left = parse_qs(urlsplit(view.chips[1].remove_url).query)
    assert left == {"q": ["丙"], "state": ["queued"], "sort": ["-label"]}


def test_what_a_page_cannot_do_without_is_no_chip_and_stays(mixed: Listing) -> None:
    view = query(mixed, "office=999&begun=1&state=done&sort=-label").view()
    assert [chip.label for chip in view.chips] == ["状态：已完成", "开始过：是"]
    assert parse_qs(urlsplit(view.clear_url).query) == {"office": ["999"]}
    assert view.hidden == [("sort", "-label"), ("begun", "1"), ("office", "999")]
    assert query(mixed, "state=done").view().clear_url == "/list"


def test_sorting_again_turns_round(mixed: Listing) -> None:
    first = query(mixed, "sort=label&after=x&n=20").view()
    heading = first.columns[0]
    assert heading.sorted == "asc"
    assert parse_qs(urlsplit(heading.sort_url).query) == {"sort": ["-label"]}
    assert query(mixed, "sort=-label").view().columns[0].sorted == "desc"


# --- columns and exports ------------------------------------------------------------------------------------


def with_lists(**preferences: Any) -> Actor:
    return Actor(user_id=1, name="测试", preferences={"lists": {NAME: preferences}})


def test_chosen_columns_are_shown_in_their_order(mixed: Listing) -> None:
    chosen = with_lists(columns=["kind", "gone", "label"])
    view = query(mixed, "", chosen).view()
    assert [heading.key for heading in view.columns] == ["kind", "label"]
    assert view.rows[0].cells == ["test", "甲"]
    shown = {column["key"]: column["visible"] for column in view.all_columns}
    assert shown == {
        "kind": True,
        "label": True,
        "progress": False,
        "state": False,
        "started": False,
        "created": False,
    }
    assert next(iter(shown)) == "kind"


def test_saved_filters_are_links(mixed: Listing) -> None:
    view = query(mixed, "", with_lists(views={"完成的": "state=done"})).view()
    assert view.saved_views == [("完成的", "/list?state=done")]


def test_an_export_is_what_is_on_screen(mixed: Listing) -> None:
    for address, chosen in (
        ("state=done&sort=-label", ACTOR),
        ("q=丙", with_lists(columns=["kind", "progress"])),
        ("sort=created&size=20", ACTOR),
    ):
        found = query(mixed, address, chosen)
        exported = [
            [format_value(value, column.kind) for value, column in zip(cells, found.columns, strict=True)]
            for cells in found.export_rows()
        ]
        assert exported == [shown.cells for shown in found.view().rows]


def test_an_export_of_chosen_rows_has_these_rows(mixed: Listing) -> None:
    ids = [shown.id for shown in query(mixed).view().rows][1:3]
    found = query(mixed, "&".join(f"ids={identity}" for identity in ids))
    assert [cells[0] for cells in found.export_rows()] == ["乙", "丙_"]


def test_an_export_has_every_page(session: Any, jobs: Listing) -> None:
    fill([row(f"{n:03}") for n in range(130)])
    found = query(jobs, "size=20&sort=-label")
    assert [cells[0] for cells in found.export_rows()] == [f"{n:03}" for n in reversed(range(130))]


# --- through the browser ------------------------------------------------------------------------------------


def workbook_of(browser: FlaskClient, address: str) -> list[tuple[Any, ...]]:
    answer = browser.get(address)
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)
    return list(sheet.iter_rows(values_only=True))


@pytest.mark.parametrize(
    "lead", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=cmd|' /C calc'!A0"]
)
@pytest.mark.sqlite_only
def test_a_formula_in_the_data_stays_text(
    app: Any, world: invented.World, sign_in: Callable[[str], FlaskClient], lead: str
) -> None:
    with app.app_context():
        person = db.session.get_one(Person, world.persons["单立春"])
        person.work_unit_post = lead
        db.session.commit()
        db.session.remove()
    browser = sign_in("county")
    browser.post("/lists/mandates/columns", data={"column": ["name", "work"]})
    cells = [cell for line in workbook_of(browser, "/deputies?format=xlsx") for cell in line]
    read = [unescape(cell).strip().lstrip("'") for cell in cells if isinstance(cell, str)]
    assert lead.strip() in read


@pytest.mark.sqlite_only
def test_columns_and_saved_filters_are_remembered(
    world: invented.World, sign_in: Callable[[str], FlaskClient]
) -> None:
    browser = sign_in("county")

    def headings() -> list[str]:
        page = browser.get("/deputies").get_data(as_text=True)
        return re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?\s*([^<\s]+)', page)

    usual = headings()
    browser.post("/lists/mandates/columns", data={"column": ["card", "name"]})
    assert headings() == ["代表证号", "姓名"]
    assert sign_in("township").get("/deputies").status_code == 200
    exported = workbook_of(browser, "/deputies?format=xlsx&q=单")
    assert [line for line in exported if "单立春" in line] == [("C002", "单立春")]
    browser.post("/lists/mandates/columns", data={"reset": "1"})
    assert headings() == usual
    browser.post("/lists/mandates/views", data={"view": "姓陈的", "query": "q=陈"})
    assert "/deputies?q=%E9%99%88" in browser.get("/deputies").get_data(as_text=True) or (
        "/deputies?q=陈" in browser.get("/deputies").get_data(as_text=True)
    )
    browser.post("/lists/mandates/views/delete", data={"view": "姓陈的"})
    assert "姓陈的" not in browser.get("/deputies").get_data(as_text=True)


def test_values_as_people_read_them() -> None:
    assert format_value(None) == ""
    assert format_value(0.30649, "percent") == "30.6%"
    assert format_value(123456, "money") == "1,234.56"
    assert format_value(date(2026, 3, 5), "date") == "2026-03-05"
    assert format_value(datetime(2026, 3, 5, 16, 30, tzinfo=_EPOCH.tzinfo)) == "2026-03-06 00:30"
    assert format_value(JobState.DONE) == "已完成"
