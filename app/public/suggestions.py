"""Deputies' suggestions as everybody may read them: what was proposed, how it went, what came of it (0-12)."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kit import clock
from app.kit.errors import NotFound
from app.kit.i18n import _l
from app.kit.web import public
from app.public.operations import TooMany
from app.public.pace import Pace
from app.public.routes import bp
from app.suggestions.publication_rules import PublicState
from app.suggestions.queries.public import (
    Asked,
    PublicLine,
    find_public,
    list_public,
    list_public_areas,
    list_public_units,
)

MOST_WORDS = 40
YEARS_SHOWN = 10
_searches = Pace()


def _sent(name: str, most: int = MOST_WORDS) -> str:
    return request.args.get(name, "").strip()[:most]


def _asked() -> Asked:
    year, state, area = _sent("year"), _sent("state"), _sent("area", 12)
    known = {member.value for member in PublicState}
    plain = year.isascii() and year.isdigit() and len(year) == 4 and "1990" <= year <= "2200"
    return Asked(
        words=_sent("q"),
        area=area if area.isascii() and area.isdigit() else "",
        unit=_sent("unit", 80),
        year=int(year) if plain else None,
        state=PublicState(state) if state in known else None,
    )


def _after() -> tuple[date, int] | None:
    """Where the page goes on from: the day and number of the last line above it."""
    on, _dot, identity = _sent("after").partition(".")
    try:
        day = date.fromisoformat(on)
    except ValueError:
        return None
    fits = identity.isascii() and identity.isdigit() and len(identity) < 18
    return (day, int(identity)) if fits else None


def _place_of(line: PublicLine) -> str:
    return f"{line.raised_on}.{line.id}"


def _address(asked: Asked, **more: Any) -> str:
    """The list with these filters."""
    kept: dict[str, Any] = {
        "q": asked.words,
        "area": asked.area,
        "unit": asked.unit,
        "year": asked.year,
        "state": asked.state.value if asked.state else None,
    }
    return url_for("public.suggestions", **{key: value for key, value in kept.items() if value}, **more)


@bp.get("/public/suggestions")
@public
def suggestions() -> ResponseReturnValue:
    """Published suggestions, by words, unit, year and state; the latest first."""
    asked, after = _asked(), _after()
    # Words are looked for in every published text: the one thing here that costs something.
    if asked.words and not _searches.allows(request.remote_addr or "", time.monotonic()):
        raise TooMany(_l("查找过于频繁，请稍后再试。"))
    page = list_public(asked, after)
    this_year = clock.today().year
    return render_template(
        "public/suggestions.html",
        asked=asked,
        page=page,
        next_url=_address(asked, after=_place_of(page.lines[-1])) if page.more else "",
        first_url=_address(asked) if after else "",
        areas=list_public_areas(),
        units=list_public_units(asked.area),
        states=PublicState.choices(),
        years=list(range(this_year, this_year - YEARS_SHOWN, -1)),
    )


@bp.get("/public/suggestions/<int:suggestion_id>")
@public
def suggestion(suggestion_id: int) -> ResponseReturnValue:
    """One published suggestion: its text as far as agreed, its process, its result."""
    found = find_public(suggestion_id)
    if found is None:
        raise NotFound(_l("没有找到这件建议，或者它没有公开。"))
    return render_template("public/suggestion.html", found=found)
