"""Arithmetic of charts: pure functions from figures to shares, steps and places.

Pages draw the results with the macros in ``templates/kit/charts.html``; printed documents use the same
``Bar`` and ``heat_step``, so that a chart on the screen and the one in the file never disagree.
Horizontal places are per cent of the chart's width, so text keeps its size on a phone and on a wide screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEAT_STEPS = 4
"""Shades above "nothing" in a heat map; a fifth could no longer be told apart in black and white."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``value`` out of ``of``; ``note`` stands beside the figure, ``href`` opens its records."""

    label: str
    value: int
    of: int
    note: str = ""
    href: str = ""

    @property
    def share(self) -> float | None:
        """The part of the whole, 0 to 1; None where the whole is nothing."""
        return self.value / self.of if self.of else None

    @property
    def percent(self) -> float:
        """Length of the bar in per cent of the scale, never more than 100."""
        return round(min(self.share or 0.0, 1.0) * 100, 2)

    @property
    def share_text(self) -> str:
        """``55.3%``, or a dash where there is no whole to be a part of."""
        return percent_text(self.share)


def percent_text(share: float | None) -> str:
    """A share (0 to 1) as bulletins print it: one decimal, ``100%`` without; None is a dash."""
    if share is None:
        return "—"
    text = f"{share * 100:.1f}"
    return ("100" if text == "100.0" else text) + "%"


def target_text(target: float) -> str:
    """A target (0 to 1) as people name it: ``30%``, ``33.3%``."""
    return f"{round(target * 100, 1):g}%"


def sorted_bars(bars: Iterable[Bar]) -> list[Bar]:
    """Longest first; bars without a whole at the end; equal ones by size of the whole, then by name."""
    return sorted(bars, key=lambda bar: (bar.share is None, -(bar.share or 0.0), -bar.of, bar.label))


def heat_step(count: int, peak: int) -> int:
    """Shade of a cell: 0 for nothing, else 1 to ``HEAT_STEPS`` by the count's part of the busiest cell."""
    if count <= 0 or peak <= 0:
        return 0
    return min(HEAT_STEPS, -(-count * HEAT_STEPS // peak))


def heat_peak(counts: Iterable[Iterable[int]]) -> int:
    """The busiest cell of a grid; 0 for an empty one."""
    return max((count for row in counts for count in row), default=0)


def busiest(counts: Sequence[Sequence[int]]) -> tuple[int, int] | None:
    """Row and column of the greatest count, the first of equals; None where nothing was counted."""
    cells = [(-count, row, column) for row, line in enumerate(counts) for column, count in enumerate(line)]
    count, row, column = min(cells, default=(0, 0, 0))
    return (row, column) if count else None


def round_ceiling(peak: float) -> int:
    """End of an axis: the smallest of 1, 2, 4, 5, 10, 20, 40, 50 … that holds ``peak``; at least 1."""
    scale = 1
    while True:
        for step in (1, 2, 4, 5):
            if step * scale >= peak:
                return step * scale
        scale *= 10


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a stacked column: what it counts, and its place in the unit of the chart's height."""

    key: str
    value: int
    top: float
    height: float


def stack(parts: Iterable[tuple[str, int]], height: float, total: int) -> list[Piece]:
    """Pieces of one column from the ground up; ``total`` fills ``height``. Empty parts leave no piece."""
    pieces: list[Piece] = []
    ground = height
    for key, value in parts:
        if value <= 0 or total <= 0:
            continue
        size = height * value / total
        ground -= size
        pieces.append(Piece(key, value, round(ground, 2), round(size, 2)))
    return pieces


def band(index: int, count: int, filled: float = 0.6) -> tuple[float, float]:
    """Left edge and width, in per cent, of one of ``count`` columns that fill ``filled`` of their room."""
    room = 100 / max(count, 1)
    return round(room * (index + (1 - filled) / 2), 3), round(room * filled, 3)


def line_points(
    values: Sequence[float], width: float, height: float, margin: float = 3
) -> list[tuple[float, float]]:
    """Points of a small line, left to right, scaled from zero to the greatest value inside the margin."""
    peak = max(values, default=0) or 1
    across = (width - 2 * margin) / max(len(values) - 1, 1)
    up = height - 2 * margin
    return [
        (round(margin + across * place, 2), round(height - margin - up * max(value, 0) / peak, 2))
        for place, value in enumerate(values)
    ]
