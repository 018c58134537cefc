"""How fast pages are: ``python -m benchmarks.bench_pages [--full] [--database postgresql]``.

gunicorn (2 processes × 4 threads) on an invented province, wrk with 8 connections beside it on the same
machine. Beside the application runs the least such pages can cost (:mod:`benchmarks.limit`); the ratio to it
holds on any machine. Every page is measured several times in turn, the median is printed. Without ``wrk``
(Debian: ``apt-get install wrk``) there is nothing to measure with.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.kit.listing import write_cursor
from app.ledger.models import DutyRecord
from app.registry.models import Person
from benchmarks import data

ROOT = Path(__file__).resolve().parent.parent
APP, LIMIT = "http://127.0.0.1:8791", "http://127.0.0.1:8792"
PAGE_20_000 = 20_000 * 50


@dataclass(frozen=True)
class Page:
    """A page of the application, the limit's page that does the same work, and what is asked of it
    (requests per second at least, 95th percentile in milliseconds at most)."""

    name: str
    path: str
    limit: str
    rate: float | None
    p95: float | None


@dataclass(frozen=True)
class Figures:
    """One run: requests per second, median and 95th percentile in milliseconds."""

    rate: float
    p50: float
    p95: float


def pages(size: data.Size) -> list[Page]:
    """The pages of design's table."""
    skip = min(PAGE_20_000, size.facts // 2)
    newest_first = DutyRecord.happened_on.desc(), DutyRecord.id.desc()
    deep = db.session.execute(
        select(DutyRecord.happened_on, DutyRecord.id).order_by(*newest_first).offset(skip).limit(1)
    ).one()
    person = db.session.get_one(Person, size.mandates // 2)
    found = urllib.parse.quote(person.name)
    cursor = write_cursor(deep.happened_on, deep.id)
    place = f"v={deep.happened_on}&v={deep.id}"
    words = f"v={person.initials}&v={person.initials}~"
    prefecture = data.county_code(0)[:4]
    return [
        Page("list of deputies", "/deputies", "/deputies", 250, 60),
        Page("list of ledger rows", "/ledger/records", "/ledger", 200, 70),
        Page(
            f"page {skip // 50:,} of it",
            f"/ledger/records?after={cursor}&n={skip + 1}",
            f"/deep?{place}",
            200,
            70,
        ),
        Page("a deputy", f"/persons/{person.id}", f"/person?v={person.id}", 300, 50),
        Page("deputies by initials", f"/deputies?q={person.initials}", f"/search?{words}", 200, 70),
        Page("deputies by name", f"/deputies?q={found}", f"/search?{words}", 200, 70),
        Page(
            "ledger of a deputy", f"/ledger/records?q={person.initials}", f"/ledger_search?{words}", None, 100
        ),
        Page("coverage of a prefecture", f"/coverage?area={prefecture}", "/", None, 100),
        Page("home", "/", "/", None, None),
    ]


@contextmanager
def server(target: str, address: str, environment: dict[str, str]) -> Iterator[None]:
    """gunicorn as ``lvzhi serve`` starts it."""
    command = [
        sys.executable, "-m", "gunicorn", "--bind", address.removeprefix("http://"), "--workers", "2",
        "--threads", "4", "--worker-class", "gthread", "--keep-alive", "30", "--log-level", "error", target,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        for _attempt in range(300):
            time.sleep(0.1)
            try:
                urllib.request.urlopen(f"{address}/static/img/mark.svg").close()
            except urllib.error.HTTPError:
                break
            except OSError:
                continue
            break
        else:
            raise SystemExit(f"{target} did not start")
        yield
    finally:
        process.terminate()
        process.wait()


def sign_in(login: str) -> str:
    """The cookie of a session begun through the form, as a browser does it."""
    cookies = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    with browser.open(f"{APP}/login") as answer:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    assert token, "no form to sign in with"
    form = {"login": login, "password": data.PASSWORD, "csrf_token": token[1]}
    with browser.open(f"{APP}/login", urllib.parse.urlencode(form).encode()) as answer:
        assert "/login" not in answer.url, "not signed in"
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)


def measure(url: str, cookie: str, seconds: int) -> Figures:
    """One run of wrk; a page that fails stops the benchmark."""
    command = [
        "wrk",
        "-t1",
        "-c8",
        f"-d{seconds}s",
        "--timeout",
        "30s",
        "-s",
        str(ROOT / "benchmarks" / "wrk.lua"),
    ]
    done = subprocess.run(
        [*command, "-H", f"Cookie: {cookie}", url], capture_output=True, text=True, check=True
    )
    result = re.search(r"^RESULT (\d+) (\d+) (\d+) (\d+) (\d+)$", done.stdout, re.M)
    assert result, done.stdout
    requests, taken, p50, p95, failed = (int(part) for part in result.groups())
    if failed:
        raise SystemExit(f"{url}: {failed} of {requests} requests failed")
    if not requests:
        return Figures(0, math.inf, math.inf)
    return Figures(requests / taken * 1e6, p50 / 1000, p95 / 1000)


def run(asked: list[Page], cookie: str, rounds: int, seconds: int) -> dict[str, Figures]:
    """Medians of every page and of its limit, measured in turn."""
    addresses = [("hello", f"{LIMIT}/")]
    for page in asked:
        addresses += [(page.name, APP + page.path), (f"limit of {page.name}", LIMIT + page.limit)]
    runs: dict[str, list[Figures]] = {name: [] for name, _url in addresses}
    for _name, url in addresses:
        measure(url, cookie, 2)  # fills the caches
    for _round in range(rounds):
        for name, url in addresses:
            runs[name].append(measure(url, cookie, seconds))
    return {
        name: Figures(*(statistics.median(getattr(f, key) for f in found) for key in ("rate", "p50", "p95")))
        for name, found in runs.items()
    }


def show(asked: list[Page], figures: dict[str, Figures]) -> None:
    """One line per page."""
    print(f"{'':26}{'requests/s':>10}{'p50 ms':>9}{'p95 ms':>9}{'of limit':>10}   asked")
    hello = figures["hello"]
    print(f"{'bare Flask hello':26}{hello.rate:10.0f}{hello.p50:9.1f}{hello.p95:9.1f}")
    for page in asked:
        own, limit = figures[page.name], figures[f"limit of {page.name}"]
        wanted = [f"≥ {page.rate:.0f}/s"] if page.rate else []
        wanted += [f"p95 ≤ {page.p95:.0f} ms"] if page.p95 else []
        missed = (page.rate and own.rate < page.rate) or (page.p95 and own.p95 > page.p95)
        share = f"{own.rate / limit.rate:10.0%}"
        note = "  MISSED" if missed else ""
        print(
            f"{page.name:26}{own.rate:10.0f}{own.p50:9.1f}{own.p95:9.1f}{share}   {', '.join(wanted)}{note}"
        )


def measure_province(app: Flask, size: data.Size, login: str, rounds: int, seconds: int) -> None:
    """Starts both servers on the province and prints the figures."""
    with app.app_context():
        asked = pages(size)
        db.session.remove()
        db.engine.dispose()
        url = db.engine.url.render_as_string(hide_password=False)
    environment = {"DATABASE_URL": url, "LVZHI_DATA_DIR": str(app.config["DATA_DIR"])}
    with ExitStack() as stack:
        stack.enter_context(server("wsgi:app", APP, environment))
        stack.enter_context(server("benchmarks.limit:app", LIMIT, environment))
        show(asked, run(asked, sign_in(login), rounds, seconds))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="100,000 deputies and 2 million ledger rows")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument(
        "--data", type=Path, default=ROOT / "build" / "benchmarks", help="where provinces are kept"
    )
    parser.add_argument("--login", default="province", choices=["province", "county"])
    parser.add_argument("--rounds", type=int, help="runs of each page, 3 with --full")
    parser.add_argument("--seconds", type=int, help="of each run, 10 with --full")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed (Debian: apt-get install wrk): pages are not measured")
        return
    size = data.FULL if options.full else data.SMALL
    rounds = options.rounds or (3 if options.full else 1)
    seconds = options.seconds or (10 if options.full else 2)
    print(f"{options.database}: {size.mandates:,} deputies, {size.facts:,} ledger rows, as {options.login}")
    with data.province(options.data, size, options.database) as app:
        measure_province(app, size, options.login, rounds, seconds)


if __name__ == "__main__":
    main()
