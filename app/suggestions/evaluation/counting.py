"""From ballots to points, line by line. Pure: figures in, figures out, exact until the last rounding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.suggestions.evaluation.scheme import FULL, Missing, Rater, Scheme, Several
from app.suggestions.states import RaterGroup, Satisfaction

# The unit as a whole, where a suggestion's number would stand.
WHOLE = 0


@dataclass(frozen=True)
class Tally:
    """Ballots counted: words, or how many marked and the sum of their marks in hundredths of a point."""

    satisfied: int = 0
    basically: int = 0
    dissatisfied: int = 0
    marked: int = 0
    marks: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.satisfied + other.satisfied,
            self.basically + other.basically,
            self.dissatisfied + other.dissatisfied,
            self.marked + other.marked,
            self.marks + other.marks,
        )

    @property
    def votes(self) -> int:
        """How many ballots these are."""
        return self.satisfied + self.basically + self.dissatisfied + self.marked


# Ballots on one unit: by rater group, item and suggestion (or WHOLE).
Votes = Mapping[tuple[RaterGroup, str, int], Tally]


@dataclass(frozen=True)
class Case:
    """A suggestion the unit led; whether a deputy group supervised it too."""

    suggestion_id: int
    cosupervised: bool = False


@dataclass(frozen=True)
class Line:
    """One line of the computation: ballots × factor × weight. ``share`` is None where nobody voted."""

    rater: RaterGroup
    item: str
    tally: Tally
    share: Fraction | None
    weight: Fraction
    # The weight after what was missing has been shared out among the others.
    counted: Fraction
    points: Fraction


@dataclass(frozen=True)
class Sheet:
    """The lines of one suggestion, or of the unit as a whole; no points where nobody voted at all."""

    suggestion_id: int
    cosupervised: bool
    lines: tuple[Line, ...]
    points: Fraction | None

    @property
    def missing(self) -> list[Line]:
        """Lines without a ballot."""
        return [line for line in self.lines if line.share is None]


@dataclass(frozen=True)
class UnitScore:
    """What a unit got, and how."""

    sheets: tuple[Sheet, ...]
    score: Decimal | None

    @property
    def missing(self) -> list[RaterGroup]:
        """Groups of raters without a ballot somewhere: named wherever the score is shown."""
        found = {line.rater for sheet in self.sheets for line in sheet.missing}
        return [group for group in RaterGroup if group in found]


def score_unit(scheme: Scheme, cases: Sequence[Case], votes: Votes) -> UnitScore:
    """The unit's score by the scheme, with every line that leads to it (4-13, 4-14)."""
    if scheme.several is Several.POOLED:
        numbers = [WHOLE, *(case.suggestion_id for case in cases)]
        cosupervised = any(case.cosupervised for case in cases)
        sheets: tuple[Sheet, ...] = (_sheet(scheme, WHOLE, cosupervised, numbers, votes),)
    else:
        sheets = tuple(
            _sheet(scheme, case.suggestion_id, case.cosupervised, [WHOLE, case.suggestion_id], votes)
            for case in cases
        )
    return UnitScore(sheets, _total(scheme, sheets))


def _total(scheme: Scheme, sheets: Sequence[Sheet]) -> Decimal | None:
    """The mean of the sheets. Sheets without any ballot are left out, or count nothing, as the scheme says."""
    given = [sheet.points for sheet in sheets if sheet.points is not None]
    if not given:
        return None
    return rounded(sum(given, Fraction()) / (len(sheets) if scheme.missing is Missing.ZERO else len(given)))


def _sheet(
    scheme: Scheme, suggestion_id: int, cosupervised: bool, numbers: Iterable[int], votes: Votes
) -> Sheet:
    numbers = list(numbers)
    open_lines = [
        (rater, key, tally, share_of(scheme, key, tally), _weight(scheme, rater, key, cosupervised))
        for rater in scheme.groups(cosupervised)
        for key in scheme.item_keys
        for tally in [sum((votes.get((rater.group, key, n), Tally()) for n in numbers), Tally())]
    ]
    present = sum((weight for *_rest, share, weight in open_lines if share is not None), Fraction())
    stretch = FULL / present if present and scheme.missing is Missing.REWEIGHT else Fraction(1)
    lines = []
    for rater, key, tally, share, weight in open_lines:
        counts = share is not None or scheme.missing is Missing.ZERO
        counted = weight * stretch if counts else Fraction()
        lines.append(Line(rater.group, key, tally, share, weight, counted, counted * (share or 0)))
    points = sum((line.points for line in lines), Fraction()) if present else None
    return Sheet(suggestion_id, cosupervised, tuple(lines), points)


def _weight(scheme: Scheme, rater: Rater, key: str, cosupervised: bool) -> Fraction:
    item = scheme.item(key)
    part = Fraction(item.marks) / FULL if item is not None else Fraction(1)
    return rater.weight_where(cosupervised) * part


def share_of(scheme: Scheme, key: str, tally: Tally) -> Fraction | None:
    """What part of the full marks these ballots give; None where there are none."""
    item = scheme.item(key)
    if item is not None:
        if not tally.marked:
            return None
        return Fraction(tally.marks, 100) / (tally.marked * Fraction(item.marks))
    words = tally.satisfied + tally.basically + tally.dissatisfied
    if not words:
        return None
    factor = scheme.factors.of
    full = (
        tally.satisfied * factor(Satisfaction.SATISFIED)
        + tally.basically * factor(Satisfaction.BASICALLY)
        + tally.dissatisfied * factor(Satisfaction.DISSATISFIED)
    )
    return full / words


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """Half up, as offices round. What is shown is what is compared with the line."""
    scale = 10**places
    return Decimal(int(value * scale + Fraction(1, 2))).scaleb(-places)


def appraisal_points(scheme: Scheme, score: Decimal) -> Decimal:
    """What the score is worth in the unit's appraisal (2 % of the total: 0-09, 4-16)."""
    return rounded(Fraction(score) * Fraction(scheme.appraisal_percent) / FULL)


def qualified(scheme: Scheme, score: Decimal) -> bool:
    """Not below the line (4-17)."""
    return score >= scheme.line


def ranks(scores: Mapping[int, Decimal]) -> dict[int, int]:
    """Places from the highest score down; equal scores share a place (4-15)."""
    best_first = sorted(scores.values(), reverse=True)
    return {unit: best_first.index(score) + 1 for unit, score in scores.items()}
