"""Figures of suggestions as arithmetic: counts in, rates and the time to reply out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.kit.i18n import _l
from app.kit.states import LabelledEnum


class ReplyTime(LabelledEnum):
    """Days from the day a suggestion was handed over to its first reply."""

    WITHIN_30 = "d30", _l("30 天以内")
    WITHIN_60 = "d60", _l("31—60 天")
    WITHIN_90 = "d90", _l("61—90 天")
    WITHIN_180 = "d180", _l("91—180 天")
    LONGER = "longer", _l("超过 180 天")


# The last day of each; a reply on the day itself took no day.
LAST_DAY = {
    ReplyTime.WITHIN_30: 30,
    ReplyTime.WITHIN_60: 60,
    ReplyTime.WITHIN_90: 90,
    ReplyTime.WITHIN_180: 180,
}


def bounds_of(time: ReplyTime) -> tuple[int | None, int | None]:
    """First and last day of a span, both included; None where it has no such end."""
    order = list(ReplyTime)
    before = order[order.index(time) - 1] if time is not order[0] else None
    return (LAST_DAY[before] + 1 if before is not None else None), LAST_DAY.get(time)


def reply_time_of(days: int) -> ReplyTime:
    """The span a number of days falls into."""
    return next((time for time, last in LAST_DAY.items() if days <= last), ReplyTime.LONGER)


@dataclass(frozen=True)
class ReplyTimes:
    """How long replies took: how many suggestions fall into each span, and the day half of them were answered by."""

    counts: Mapping[ReplyTime, int]
    median: int | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def reply_times(by_days: Mapping[int, int]) -> ReplyTimes:
    """From how many suggestions were answered after how many days."""
    counts = dict.fromkeys(ReplyTime, 0)
    for days, amount in by_days.items():
        counts[reply_time_of(days)] += amount
    left = (sum(by_days.values()) + 1) // 2
    median = None
    for days in sorted(by_days):
        left -= by_days[days]
        if left <= 0:
            median = days
            break
    return ReplyTimes(counts, median)


@dataclass(frozen=True)
class Figures:
    """Counts of some suggestions. Two judgements stand apart (0-08, 4-04): whether the deputy is satisfied with the
    reply, and whether the problem is solved. A slip that did not come back is counted as that and as nothing else."""

    total: int = 0
    replied: int = 0
    late: int = 0
    solved: int = 0
    satisfied: int = 0
    basically: int = 0
    dissatisfied: int = 0
    unreturned: int = 0

    @property
    def satisfaction_rate(self) -> float | None:
        """Part of the answered ones with which the deputy is satisfied; unreturned slips do not raise it."""
        return self.satisfied / self.replied if self.replied else None

    @property
    def resolution_rate(self) -> float | None:
        """Part of all whose problem is solved (问题解决率)."""
        return self.solved / self.total if self.total else None


@dataclass(frozen=True)
class FigureRow:
    """A unit, class, field, township, proposer, source or class of reply with its figures.

    ``value`` opens its list; it is empty for suggestions that have none.
    """

    label: str
    value: str
    figures: Figures


def ranked(rows: list[FigureRow]) -> list[FigureRow]:
    """By the rate of solved problems and not by satisfaction (0-08); of equal ones the larger first."""
    return sorted(
        rows, key=lambda row: (-(row.figures.resolution_rate or 0.0), -row.figures.total, row.label)
    )
