"""Is a draft a suggestion the way the law asks for one? Pure; shown while typing and asked again at handing in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from app.kit.i18n import _l
from app.suggestions.draft_words import ASKS, CONCRETE, INADMISSIBLE, SECOND_MATTER
from app.suggestions.states import Inadmissible

TITLE_LEAST, TITLE_MOST = 6, 50
FACTS_LEAST, FACTS_GOOD = 30, 100
PROPOSALS_LEAST, PROPOSALS_GOOD = 10, 30


@dataclass(frozen=True)
class Finding:
    """One thing a draft is looked at for; what is ``needed`` keeps an incomplete draft from being handed in."""

    field: str
    good: bool
    needed: bool
    words: Any


@dataclass(frozen=True)
class Doubt:
    """Words that sound like a matter not made a suggestion; a hint, never a refusal."""

    kind: Inadmissible
    found: tuple[str, ...]


def check_draft(title: str, body: str, proposals: str) -> list[Finding]:
    """Concrete, with facts, with a proposal, one matter (代表法 art. 24; 4-18)."""
    title, body, proposals = (_bare(text) for text in (title, body, proposals))
    return [
        Finding("title", len(title) >= TITLE_LEAST, True, _l("标题写明事项，至少 %(n)s 个字", n=TITLE_LEAST)),
        Finding("body", len(body) >= FACTS_LEAST, True, _l("写明情况和问题，至少 %(n)s 个字", n=FACTS_LEAST)),
        Finding(
            "proposals",
            len(proposals) >= PROPOSALS_LEAST,
            True,
            _l("写明具体建议，至少 %(n)s 个字", n=PROPOSALS_LEAST),
        ),
        Finding(
            "title",
            len(title) <= TITLE_MOST and not SECOND_MATTER.search(title),
            False,
            _l("一事一议：标题只说一件事，不超过 %(n)s 个字", n=TITLE_MOST),
        ),
        Finding(
            "body",
            len(body) >= FACTS_GOOD and bool(CONCRETE.search(body)),
            False,
            _l("有事实：时间、地点、数量，%(n)s 个字以上", n=FACTS_GOOD),
        ),
        Finding(
            "proposals",
            len(proposals) >= PROPOSALS_GOOD and bool(ASKS.search(proposals)),
            False,
            _l("建议可操作：请谁做什么，%(n)s 个字以上", n=PROPOSALS_GOOD),
        ),
    ]


def missing(title: str, body: str, proposals: str) -> list[Finding]:
    """What a draft still needs before it can be handed in."""
    return [each for each in check_draft(title, body, proposals) if each.needed and not each.good]


def find_inadmissible(*texts: str) -> list[Doubt]:
    """Kinds of matters not made suggestions that the words may point to (law.md 1.5), the surest first."""
    text = "\n".join(texts)
    doubts = [
        Doubt(kind, tuple(dict.fromkeys(word for word in words if word in text)))
        for kind, words in INADMISSIBLE.items()
    ]
    return sorted((doubt for doubt in doubts if doubt.found), key=lambda doubt: -len(doubt.found))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
