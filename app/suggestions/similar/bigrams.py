"""Chinese text as pairs of neighbouring characters: what the index is made of and asked with. Pure.

Words of two characters are the usual ones, and no index of longer pieces finds them; pairs need no dictionary.
"""

from __future__ import annotations

import re
import unicodedata

_RUN = re.compile(r"[^\W_]+")


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring letters, each once, in the order of the text; signs and blanks part them."""
    found: dict[str, None] = {}
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        for place in range(len(run) - 1):
            found[run[place : place + 2]] = None
    return list(found)
