"""All rule sets of deadlines at once, for working through many clocks: the one in force by area and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit import workdays
from app.kit.workdays import WorkingDays
from app.registry.models import RuleSet
from app.registry.states import Level
from app.suggestions.clocks.reckoning import Reckoned, reckon
from app.suggestions.states import ClockKind
from app.suggestions.suggestion_rules import TOPIC, ClockRule, SuggestionRules, rules_area


@dataclass(frozen=True)
class Entry:
    """Rules of an area from a day on."""

    area_code: str
    valid_from: date
    rules: SuggestionRules


class RuleBook:
    """Rule sets with the calendar, asked for again and again without a query."""

    def __init__(self, entries: Iterable[Entry], days: WorkingDays) -> None:
        # The nearest area first, and of its rule sets the latest.
        self._entries = sorted(entries, key=lambda e: (len(e.area_code), e.valid_from), reverse=True)
        self.days = days
        self.rules_of = lru_cache(4096)(self._rules_of)
        self.reckon = lru_cache(16384)(self._reckon)

    def _rules_of(self, area_code: str, on: date) -> SuggestionRules:
        """The rules in force for an area on a day: its own, else those of the nearest area above."""
        for entry in self._entries:
            if entry.valid_from <= on and area_code.startswith(entry.area_code):
                return entry.rules
        return NATIONAL

    def rule(self, area_code: str, level: Level, kind: ClockKind, on: date) -> ClockRule | None:
        """The deadline of a kind that starts on a day; None where the rules have none."""
        rules: SuggestionRules = self.rules_of(rules_area(area_code, level), on)
        return rules.clocks_of(level).get(kind)

    def all_rules(self) -> list[SuggestionRules]:
        """Every rule set, and the law's for who has none."""
        return [NATIONAL, *(entry.rules for entry in self._entries)]

    def _reckon(self, started_on: date, rule: ClockRule) -> Reckoned:
        return reckon(started_on, rule, self.days)

    def changed(self, area_code: str, valid_from: date, rules: SuggestionRules) -> RuleBook:
        """The book as it would be with these rules in force."""
        key = (area_code, valid_from)
        kept = [entry for entry in self._entries if (entry.area_code, entry.valid_from) != key]
        return RuleBook([*kept, Entry(area_code, valid_from, rules)], self.days)


NATIONAL = SuggestionRules()


def load_book() -> RuleBook:
    """Every rule set of suggestions, in one statement, and the calendar in another."""
    rows: Any = db.session.execute(
        select(RuleSet.area_code, RuleSet.valid_from, RuleSet.content).where(RuleSet.topic == TOPIC)
    )
    entries = [
        Entry(row.area_code, row.valid_from, SuggestionRules.model_validate(row.content)) for row in rows
    ]
    return RuleBook(entries, workdays.load())
