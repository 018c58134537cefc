"""Figures of the computation as people check them by hand: shares, weights, and each line as a sum. Pure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from app.suggestions.evaluation.counting import Line, rounded
from app.suggestions.evaluation.scheme import Scheme


def points_text(value: Fraction | Decimal | None) -> str:
    """Points with two decimals; a dash where there are none."""
    return "—" if value is None else f"{rounded(Fraction(value)):.2f}"


def share_text(value: Fraction | None) -> str:
    """A share in per cent, with two decimals."""
    return "—" if value is None else f"{rounded(value * 100):.2f}%"


def weight_text(value: Fraction | Decimal) -> str:
    """A weight: 50, or 42.86 after reweighting."""
    return f"{rounded(Fraction(value)).normalize():f}"


def weights_text(line: Line) -> str:
    """The weight, and what became of it where something was missing."""
    before, after = weight_text(line.weight), weight_text(line.counted)
    return before if before == after else f"{before} → {after}"


def formula(scheme: Scheme, line: Line) -> str:
    """The line as a sum: (18×1＋6×0.6＋1×0)÷25×50＝43.20."""
    if line.share is None:
        return "—"
    tally, weight = line.tally, weight_text(line.counted)
    item = scheme.item(line.item)
    if item is not None:
        top = (
            f"{weight_text(Fraction(tally.marks, 100))}÷({tally.marked}×{weight_text(Fraction(item.marks))})"
        )
    else:
        factors = scheme.factors
        words = (
            (tally.satisfied, factors.satisfied),
            (tally.basically, factors.basically_satisfied),
            (tally.dissatisfied, factors.dissatisfied),
        )
        parts = "＋".join(f"{count}×{weight_text(Fraction(factor))}" for count, factor in words)
        top = f"({parts})÷{tally.votes}"
    return f"{top}×{weight}＝{points_text(line.points)}"
