"""Finding similar suggestions: few candidates by rare pairs of characters, then ranked by likeness (4-24)."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    String,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.extensions import db
from app.kit.database import within
from app.registry.models import Mandate, Person
from app.suggestions.models import Suggestion, SuggestionWords
from app.suggestions.models.similar import SEARCH_INDEX, VECTOR
from app.suggestions.similar.bigrams import bigrams
from app.suggestions.similar.ranking import COMPARED, likeness
from app.suggestions.states import PublicChoice, SuggestionState

# Less alike than this is another matter.
ALIKE = 55
CANDIDATES = 60
# How much of a text is asked for: the rarest pairs of its title and of its beginning.
_TITLE_PAIRS, _TEXT_PAIRS, _BEGINNING = 12, 6, 160
# Pairs are asked for, the rarest first, until so many rows are in sight.
_ROWS, _FEWEST = 6_000, 4
# Those that share the most, of all areas in this database, are asked whose they are.
_LOOKED_AT = 1_000
# Where few of those are in reach, as in a small area of a large database, so many are.
_WIDER = 50_000
_SAMPLE, _TELLING, _KEPT_SECONDS = 300, 50, 1800
HIDDEN = (SuggestionState.DRAFT, SuggestionState.WITHDRAWN, SuggestionState.DECLINED)


@dataclass(frozen=True)
class Similar:
    """A suggestion that looks like the one asked about."""

    id: int
    number: str | None
    title: str
    lead: str
    raised_on: date
    state: SuggestionState
    score: int


@dataclass
class _Commonness:
    """How common pairs of characters are, by a sample of the register taken now and then."""

    until: float = 0.0
    size: int = 0
    sampled: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def share(self, pair: str) -> float:
        """The part of suggestions that hold it; a handful of suggestions tells nothing."""
        if self.sampled < _TELLING:
            return 0.1
        return (self.seen[pair] + 0.5) / (self.sampled + 1)

    def weight(self, pair: str) -> float:
        """How much it says that two suggestions share it."""
        return -math.log(min(self.share(pair), 0.95))


_known: dict[str, _Commonness] = {}
_sampling = threading.Lock()


def find_similar(
    areas: Sequence[str],
    title: str,
    text: str = "",
    *,
    exclude: Sequence[int] = (),
    limit: int = 5,
    staff: bool = False,
) -> list[Similar]:
    """Suggestions under these area prefixes like this title or text (facts and proposals), the likest first.

    ``staff`` sees those handed in and not meant for others too: confidential ones, and those whose proposer
    wants nothing published.
    """
    pairs = _telling(title, text)
    if not pairs:
        return []
    found = db.session.execute(_candidates(pairs, areas, exclude, staff, _LOOKED_AT)).all()
    if len(found) < CANDIDATES and (not found or found[0].alike > _LOOKED_AT):
        found = db.session.execute(_candidates(pairs, areas, exclude, staff, _WIDER)).all()
    ranked = [
        Similar(
            row.id, row.number, row.title, row.lead, row.raised_on, row.state,
            likeness(title, text, row.title, row.text),
        )
        for row in found
    ]  # fmt: skip
    ranked.sort(key=lambda one: (-one.score, -one.raised_on.toordinal(), -one.id))
    return [one for one in ranked if one.score >= ALIKE][:limit]


def holding_words(typed: str) -> Select[*tuple[Any, ...]] | None:
    """Ids of suggestions in whose title or text every pair of what was typed occurs; None for less than a pair."""
    pairs = bigrams(typed)[:20]
    return _holding(pairs) if pairs else None


def _holding(pairs: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Ids of suggestions that hold all of these pairs, asked of the index as each database has it."""
    if db.session.get_bind().dialect.name == "postgresql":
        asked = cast(" & ".join(f"'{pair}'" for pair in pairs), TSQUERY)
        return select(SuggestionWords.suggestion_id.label("id")).where(
            literal_column(VECTOR).op("@@", is_comparison=True)(asked)
        )
    index = table(SEARCH_INDEX, column("rowid", Integer), column(SEARCH_INDEX, String))
    matched = index.c[SEARCH_INDEX].op("MATCH", is_comparison=True)(
        " AND ".join(f'"{pair}"' for pair in pairs)
    )
    return select(index.c.rowid.label("id")).where(matched)


def _candidates(
    pairs: dict[str, float], areas: Sequence[str], exclude: Sequence[int], staff: bool, looked_at: int
) -> Select[*tuple[Any, ...]]:
    """The suggestions that share the most of these pairs, each by its weight, with what ranking needs."""
    # Weights are ours, not typed by anybody: written out, they keep the statement free of a dozen parameters.
    held = [
        _holding([pair]).add_columns(literal_column(f"{weight:.3f}").label("weight"))
        for pair, weight in pairs.items()
    ]
    rows = union_all(*held).subquery("rows")
    shared = func.sum(rows.c.weight)
    best = (
        select(rows.c.id, shared.label("shared"), func.count().over().label("alike"))
        .group_by(rows.c.id)
        .having(shared >= literal(round(sum(pairs.values()) * 0.2, 3)))
        # A planner that does not know how few these are would read every suggestion instead.
        .order_by(shared.desc(), rows.c.id.desc())
        .limit(looked_at)
        .subquery("best")
    )
    text = func.substr(Suggestion.body, 1, COMPARED).concat(func.substr(Suggestion.proposals, 1, COMPARED))
    wanted = (
        select(
            Suggestion.id,
            Suggestion.number,
            Suggestion.title,
            Suggestion.raised_on,
            Suggestion.state,
            Person.name.label("lead"),
            text.label("text"),
            best.c.alike,
        )
        .join(best, best.c.id == Suggestion.id)
        .join(Mandate, Mandate.id == Suggestion.lead_mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(within(Suggestion.area_code, areas), Suggestion.state.not_in(HIDDEN))
    )
    if not staff:
        wanted = wanted.where(
            Suggestion.confidential.is_(False), Suggestion.public_choice != PublicChoice.NONE
        )
    if exclude:
        wanted = wanted.where(Suggestion.id.not_in(exclude))
    return wanted.order_by(best.c.shared.desc(), Suggestion.id.desc()).limit(CANDIDATES)


def _telling(title: str, text: str) -> dict[str, float]:
    """The pairs that tell this suggestion from others, with their weights: rare ones, of the title before the text."""
    common = _commonness()
    rarest = sorted(bigrams(title), key=common.share)[:_TITLE_PAIRS]
    of_text = [pair for pair in sorted(bigrams(text[:_BEGINNING]), key=common.share) if pair not in rarest]
    chosen: dict[str, float] = {}
    rows = 0.0
    for pair in [*rarest, *of_text[:_TEXT_PAIRS]]:
        rows += common.share(pair) * common.size
        if rows > _ROWS and len(chosen) >= _FEWEST:
            continue
        chosen[pair] = common.weight(pair)
    return chosen


def _commonness() -> _Commonness:
    """By a sample of the register; a small one is read whole."""
    engine = db.session.get_bind().engine
    key = str(engine.url)
    known = _known.get(key)
    if known is not None and known.until > time.monotonic():
        return known
    if known is not None and not _sampling.acquire(blocking=False):
        return known
    try:
        _known[key] = made = _take_sample()
    finally:
        if known is not None:
            _sampling.release()
    return made


def _take_sample() -> _Commonness:
    lowest, highest = db.session.execute(
        select(func.min(SuggestionWords.suggestion_id), func.max(SuggestionWords.suggestion_id))
    ).one()
    if highest is None:
        return _Commonness()
    span = highest - lowest + 1
    ids = sorted({lowest + place * span // _SAMPLE for place in range(_SAMPLE)})
    words = db.session.scalars(
        select(SuggestionWords.words).where(SuggestionWords.suggestion_id.in_(ids))
    ).all()
    seen = Counter(pair for text in words for pair in text.split(" "))
    # A young register changes quickly; a large one is worth reading again only now and then.
    kept = _KEPT_SECONDS if span > _SAMPLE else 5
    return _Commonness(time.monotonic() + kept, span, len(words), seen)
