"""Numbers of suggestions: term, session and serial (forms.md 4.6), as the office's rules write them. Pure."""

from __future__ import annotations

from string import Formatter

IN_SESSION = "{area}{term}-{session}-"
BETWEEN_SESSIONS = "{area}{term}-{session}-闭"
PLACES = frozenset({"area", "term", "session", "year"})
# A number has forty characters; the serial needs some of them.
LONGEST = 32


def check_pattern(pattern: str) -> str:
    """The pattern of a number's beginning, if it has no other places than area, term, session and year."""
    for _text, name, spec, conversion in Formatter().parse(pattern):
        if name is not None and (name not in PLACES or spec or conversion):
            raise ValueError(f"unknown place in a number: {name}")
    return pattern


def number_prefix(pattern: str, *, area: str, term: int, session: int, year: int) -> str:
    """The beginning of a number: ``18-2-`` for the second session of the eighteenth congress.

    ``area`` is the township's name where the congress is a township's, else empty.
    """
    return pattern.format(area=area, term=term, session=session, year=year)[:LONGEST]
