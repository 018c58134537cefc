"""Whatever a stranger puts into an address or a form, the answer is a page and never an accident."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import html
from werkzeug.datastructures import MultiDict

from tests.house.authorisation import RIGHTS, ROLES, Right
from tests.house.conftest import Answer, House
from tests.house.test_authorisation import reaches, send, targets

HOSTILE = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\r\nSet-Cookie: a=b",
    "²",
    "٣",
    "９",
    "-1",
    "0",
    "1e5",
    "NaN",
    str(2**31),
    str(2**63),
    "9" * 400,
    "9" * 5000,
    "龑䶮𬭎\U00020bb7",
    "\u202e\u200b\ufeff",
    "e\u0301",
    "%s%(x)s{0}{{7*7}}",
    "'; DROP TABLE person; --",
    "<script>alert(1)</script>",
    "=1+1",
    "../../etc/passwd",
    "//evil.example",
    "W10",
    "WzEsMV0",
    "2024-02-30",
    "0001-01-01",
    "9999-12-31",
    "99991231",
    "2024-01-01T00:00:00+00:00",
    "[1, 2",
    "a: [",
    "&x *x",
    "长" * 3000,
)
PARAMETERS = (
    *("q", "sort", "after", "before", "last", "size", "n", "format", "exact", "ids", "choices", "only", "at"),
    *(
        "area",
        "on",
        "year",
        "level",
        "status",
        "mode",
        "page",
        "outcome",
        "kind",
        "group",
        "mandate",
        "member",
    ),
    *("role", "station", "reception", "held", "next", "all", "past", "view", "query", "column", "names"),
)
# More of the same for a long night: LVZHI_THOROUGH=50 pytest tests/house/test_strangers.py
THOROUGH = int(os.environ.get("LVZHI_THOROUGH", "1"))
anything = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8"), max_size=30)
quickly = settings(
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def first_allowed(house: House, right: Right) -> tuple[str, dict[str, Any]]:
    """Somebody who may, and an object they may do it to."""
    for role, login in ROLES.items():
        if right.words[role] in {"-", "none"}:
            continue
        for thing in targets(house, right, role):
            if reaches(house, right, role, thing):
                return login, dict(thing.args) if thing else {}
    raise AssertionError(f"nobody reaches {right}")


Fields = dict[str, list[str]]


def fields_of(page: Answer) -> Fields:
    """Names of a page's form fields, with values that are offered for them."""
    found: Fields = {}
    if page.status != 200 or not page.headers["Content-Type"].startswith("text/html") or not page.body:
        return found
    for element in html.fromstring(page.text).iter("input", "select", "textarea", "button"):
        name = element.get("name")
        if not name or name in {"csrf_token", "_once"}:
            continue
        options = [option.get("value") or option.text or "" for option in element.iter("option")]
        found.setdefault(name, []).extend([*options, element.get("value") or ""])
    return found


_known: dict[str, Fields] = {}
PAGES = 6


def _pages_of(house: House, right: Right, args: dict[str, Any]) -> list[Right]:
    """The page that shows the form; else those from which it may be sent: with addresses most like its own."""
    pages = [page for page in RIGHTS if page.method == "GET"]
    own = [page for page in pages if (page.endpoint, page.object) == (right.endpoint, right.object)]
    if own:
        return own
    path = {key: value for key, value in args.items() if ":" not in key}
    url = house.url(right.endpoint, path, "POST")
    feature = right.endpoint.split(".")[0]
    near = [
        (page, house.url(page.endpoint, path if page.object != "-" else {}))
        for page in pages
        if page.object == right.object or (page.object == "-" and page.endpoint.startswith(feature))
    ]
    near.sort(key=lambda one: -len(os.path.commonpath([one[1], url])))
    return [page for page, _url in near[:PAGES]]


def fields(house: House, right: Right) -> Fields:
    """Fields a form has: as its own page shows it, or any field of the pages from which it may be sent."""
    if str(right) in _known:
        return _known[str(right)]
    login, args = first_allowed(house, right)
    every: Fields = {}
    for page in _pages_of(house, right, args):
        every |= fields_of(send(house, login, page, args if page.object != "-" else {}))
    _known[str(right)] = {"ids": ["1", "2"], "names": ["单立春"], **every}
    return _known[str(right)]


@st.composite
def forms(draw: st.DrawFn, known: Fields) -> MultiDict[str, str]:
    """A form filled in by somebody: most fields as offered, some missing, doubled, or full of anything."""
    sent: MultiDict[str, str] = MultiDict()
    for name, offered in known.items():
        times = draw(st.sampled_from([0, 1, 1, 1, 1, 1, 2]))
        for _time in range(times):
            usual = st.sampled_from(offered) if offered else anything
            sent.add(name, draw(usual if draw(st.integers(0, 3)) else anything))
    for name in draw(st.lists(st.sampled_from(PARAMETERS), max_size=2)):
        sent.add(name, draw(anything))
    return sent


def assert_no_accident(house: House, login: str | None, method: str, url: str, **request: Any) -> None:
    answer = house.ask(login, method, url, **request)
    assert answer.status < 500, f"{login} {method} {url} {request}: {answer.status}"
    assert not re.search(r"Traceback|sqlalchemy|psycopg|sqlite3\.", answer.body.decode(errors="replace"))
    if answer.location:
        assert urlsplit(answer.location).netloc in {"", "localhost"}, answer.location


def fuzz_form(house: House, right: Right, examples: int) -> None:
    login, args = first_allowed(house, right)
    known = fields(house, right)
    path = {key: value for key, value in args.items() if ":" not in key}
    url = house.url(right.endpoint, path, "POST")

    @settings(quickly, max_examples=examples)
    @given(sent=forms(known))
    def run(sent: MultiDict[str, str]) -> None:
        assert_no_accident(house, login, "POST", url, data=sent)

    run()


def fuzz_address(house: House, right: Right, examples: int) -> None:
    login, args = first_allowed(house, right)
    path = {key: value for key, value in args.items() if ":" not in key}
    url = house.url(right.endpoint, path)
    page = house.ask(login, "GET", url)
    links = re.findall(rb'href="[^"?]*\?([^"#]+)"', page.body)
    linked = dict(pair for link in links for pair in parse_qsl(unescape(link.decode())))
    names = sorted({*PARAMETERS, *linked, *fields_of(page)})
    usual = sorted(set(linked.values())) or [""]
    value = st.sampled_from(usual) | anything

    @settings(quickly, max_examples=examples)
    @given(query=st.lists(st.tuples(st.sampled_from(names), value), max_size=6))
    def run(query: list[tuple[str, str]]) -> None:
        assert_no_accident(house, login, "GET", url, query_string=MultiDict(query))

    run()


POSTS = [right for right in RIGHTS if right.method == "POST"]
GETS = [right for right in RIGHTS if right.method == "GET" and right.object != "static"]


@pytest.mark.parametrize("right", POSTS, ids=str)
def test_any_form(house: House, right: Right) -> None:
    fuzz_form(house, right, 4 * THOROUGH)


@pytest.mark.parametrize("right", GETS, ids=str)
def test_any_address(house: House, right: Right) -> None:
    fuzz_address(house, right, 3 * THOROUGH)


@pytest.mark.parametrize("right", POSTS[::8], ids=str)
def test_any_form_on_postgresql(house_on_postgresql: House, right: Right) -> None:
    fuzz_form(house_on_postgresql, right, 4 * THOROUGH)


@pytest.mark.parametrize("right", GETS[::8], ids=str)
def test_any_address_on_postgresql(house_on_postgresql: House, right: Right) -> None:
    fuzz_address(house_on_postgresql, right, 3 * THOROUGH)


def _paths() -> Iterator[str]:
    yield from ("/%00", "/deputies/%00", "/deputies/²", "/settings/areas/%00", "/settings/areas/%F0%9F%92%A9")
    yield from ("/settings/rules/%00/%00", "/settings/rules/999001/nothing", "/activities/sign-in/%00")
    yield from ("/lists/%00/columns", "/static/%00", "/static/../config.py", "/static/..%2fconfig.py")
    yield from (
        "/imports/templates/%00.xlsx",
        "/imports/1/sheets/%00",
        "/%ff%fe",
        "/" + "a" * 5000,
        "//",
        "/.",
    )


@pytest.mark.parametrize("path", list(_paths()))
def test_any_path(house: House, house_on_postgresql: House, path: str) -> None:
    for one in (house, house_on_postgresql):
        for login in ("county", "sysadmin", "deputy", None):
            for method in ("GET", "POST", "HEAD", "OPTIONS", "DELETE"):
                assert_no_accident(one, login, method, path)
