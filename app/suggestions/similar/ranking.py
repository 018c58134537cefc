"""How alike two suggestions are, from 0 to 100, by title and by text. Pure."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz

# Every title has these: they say nothing about what it is about.
_FRAME = re.compile(r"^(?:关于|对|就)?(?:进一步)?|(?:的)?(?:几点)?(?:建议|意见|批评|议案)+$|问题|情况|工作")
_SIGNS = re.compile(r"[\W_]+")
COMPARED = 600
# A short title inside a longer one is nearly the same matter, not quite.
_INSIDE = 0.85
_SHORTEST_INSIDE = 4


def plain_title(title: str) -> str:
    """What a title is about, without “关于……的建议”."""
    bare = _SIGNS.sub("", unicodedata.normalize("NFKC", title)).lower()
    return _FRAME.sub("", bare) or bare


def likeness(title: str, text: str, other_title: str, other_text: str) -> int:
    """The better of both likenesses; texts count only where both have one."""
    ours, theirs = plain_title(title), plain_title(other_title)
    score = fuzz.ratio(ours, theirs)
    if min(len(ours), len(theirs)) >= _SHORTEST_INSIDE:
        score = max(score, fuzz.partial_ratio(ours, theirs) * _INSIDE)
    ours, theirs = _SIGNS.sub("", text)[:COMPARED], _SIGNS.sub("", other_text)[:COMPARED]
    if len(ours) >= 20 and len(theirs) >= 20:
        # Texts of very different length are compared as far as the shorter one goes.
        length = min(len(ours), len(theirs))
        score = max(score, fuzz.ratio(ours[: length + length // 3], theirs[: length + length // 3]))
    return round(score)
