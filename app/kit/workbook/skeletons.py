"""What every workbook this system writes has in common."""

from __future__ import annotations

import re

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Options of XlsxWriter without which a text beginning with = becomes a live formula."""

FONT: dict[str, object] = {"font_name": "宋体", "font_size": 11}

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def sheet_title(name: str, taken: set[str] | None = None) -> str:
    """A sheet name Excel accepts: at most 31 characters, none of []:*?/\\, unlike those ``taken``."""
    title = _FORBIDDEN.sub(" ", name).strip().strip("'")[:31].strip() or "Sheet"
    if title.casefold() == "history":  # a name Excel keeps for itself
        title = "History_"
    if taken is None:
        return title
    number, base = 1, title
    while title.casefold() in taken:
        number += 1
        title = f"{base[: 28 - len(str(number))]} ({number})"
    taken.add(title.casefold())
    return title
