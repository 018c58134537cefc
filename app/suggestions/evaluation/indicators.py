"""Grades by plain facts of the handling: how much was signed for, answered and found satisfying. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from app.suggestions.evaluation.scheme import Grade, Indicator, Level, Scheme
from app.suggestions.rules import months_after
from app.suggestions.states import Satisfaction


@dataclass(frozen=True)
class Handled:
    """What is known of one suggestion in the hands of its lead unit."""

    suggestion_id: int
    sent_on: date | None = None
    signed_on: date | None = None
    assigned_on: date | None = None
    due_on: date | None = None
    replied_on: date | None = None
    satisfaction: Satisfaction | None = None


@dataclass(frozen=True)
class Measured:
    """An indicator of a unit: done and gone wrong out of ``of``; ``unknown`` could not be measured."""

    indicator: Indicator
    done: int
    wrong: int
    of: int
    unknown: int

    @property
    def share(self) -> Fraction | None:
        """The share done; None where nothing could be measured."""
        return Fraction(self.done, self.of) if self.of else None

    @property
    def grade(self) -> Grade | None:
        """The best grade whose demands are met; None where nothing could be measured."""
        if not self.of:
            return None
        for grade, level in ((Grade.GOOD, self.indicator.good), (Grade.FAIR, self.indicator.fair)):
            if self._reaches(level):
                return grade
        return Grade.FAILED

    def _reaches(self, level: Level) -> bool:
        return Fraction(self.done, self.of) >= Fraction(level.share) and Fraction(
            self.wrong, self.of
        ) <= Fraction(level.wrong)


@dataclass(frozen=True)
class UnitGrade:
    """A unit's indicators and its grade: one that failed fails it."""

    measured: tuple[Measured, ...]

    @property
    def grade(self) -> Grade | None:
        """The lowest of its indicators; None where none could be measured."""
        given = {one.grade for one in self.measured} - {None}
        return next((grade for grade in reversed(Grade) if grade in given), None)


def grade_unit(scheme: Scheme, handled: Sequence[Handled], on: date) -> UnitGrade:
    """Every indicator of the scheme for a unit, as things stand on a day."""
    return UnitGrade(tuple(measure(indicator, handled, on) for indicator in scheme.indicators))


def measure(indicator: Indicator, handled: Sequence[Handled], on: date) -> Measured:
    """Counts what an indicator asks for: for each suggestion done, wrong, neither, or not (yet) to be told."""
    judge = {
        "signed_within_days": _signed,
        "replied_within_months": _replied,
        "satisfied": _satisfied,
    }[indicator.measure]
    found = [judge(indicator, one, on) for one in handled]
    known = [one for one in found if one is not None]
    done, wrong = sum(one[0] for one in known), sum(one[1] for one in known)
    return Measured(indicator, done, wrong, len(known), len(found) - len(known))


def _signed(indicator: Indicator, one: Handled, on: date) -> tuple[bool, bool] | None:
    if one.sent_on is None:
        return None
    last = one.sent_on + timedelta(days=indicator.within)
    if one.signed_on is None and on <= last:
        return None
    in_time = one.signed_on is not None and one.signed_on <= last
    return in_time, not in_time


def _replied(indicator: Indicator, one: Handled, on: date) -> tuple[bool, bool] | None:
    if one.assigned_on is None:
        return None
    last = months_after(one.assigned_on, indicator.within)
    due = one.due_on or last
    if one.replied_on is None and on <= min(last, due):
        return None
    quick = one.replied_on is not None and one.replied_on <= last
    return quick, (one.replied_on or on) > due


def _satisfied(indicator: Indicator, one: Handled, on: date) -> tuple[bool, bool] | None:
    if one.replied_on is None:
        return None
    pleased = {Satisfaction.SATISFIED} | ({Satisfaction.BASICALLY} if indicator.basically else set())
    # A slip that did not come back says neither: it is among those asked, not among the satisfied.
    return one.satisfaction in pleased, one.satisfaction is Satisfaction.DISSATISFIED
