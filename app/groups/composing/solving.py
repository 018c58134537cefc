"""Dividing by OR-Tools CP-SAT: a first division that keeps every hard rule, then better ones.

The whole model of 1,335 deputies in 24 groups has 32,000 choices and is slow to improve as one piece. So a
quick division by townships (:mod:`start`) comes first and is evened out by small exchanges
(:mod:`levelling`); then a few groups at a time are taken apart and divided anew by CP-SAT, all others
staying as they are. Every step keeps every hard rule and never worsens the score, so the work can be
stopped at any moment. Small problems are solved as a whole in the end, which can prove that nothing better
exists. Where the quick start fails, CP-SAT looks for any valid division of the whole, and where it proves
that there is none, for the fewest wishes to give up.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from app.groups.composing.levelling import Levelling
from app.groups.composing.model import Model
from app.groups.composing.problem import (
    Division,
    Problem,
    Score,
    gaps_of,
    members_of,
    score_of,
    splits_of,
)
from app.groups.composing.rules import broken_rules, impossible_wishes, names_of, units_of
from app.groups.composing.start import Start
from app.kit.i18n import _l

LEVELLING_SECONDS = 4.0
LEVELLING_SHARE = 0.4
LEVELLING_CHOICES = 1_000  # choices (units × groups) worth a second of exchanges
LEVELLING_STEPS = 10
ROUND_SECONDS = 1.5
LAST_ROUND_SECONDS = 6.0
FIRST_SECONDS = 8.0
EASING_SECONDS = 3.0
MOST_CHOICES = 700  # choices (units × groups) of a round, at first
WHOLE_CHOICES = 4_000  # up to here the whole is solved as one when smaller rounds find nothing more
WORKERS = 2


@dataclass(frozen=True)
class Progress:
    """The best division so far."""

    division: Division
    score: Score
    seconds: float
    improvements: int
    best_possible: bool = False


@dataclass
class Outcome:
    """What came of a search: a division that keeps every rule, or the wishes that stand in the way."""

    division: Division | None
    complaints: list[str] = field(default_factory=list)
    progress: Progress | None = None


Heed = Callable[[Progress], None]


def compose(
    problem: Problem, *, seconds: float, heed: Heed | None = None, seed: int = 1, workers: int = WORKERS
) -> Outcome:
    """Divides the members, keeping every hard rule, as evenly as the time allows.

    ``heed`` hears of the first valid division and after every round; what it raises ends the search.
    """
    complaints = impossible_wishes(problem)
    if complaints:
        return Outcome(None, complaints)
    began = time.monotonic()
    first = _first(problem, workers)
    if isinstance(first, list):
        return Outcome(None, first)
    search = _Search(problem, first, began, seed, workers)
    progress = search.run(seconds, heed)
    return Outcome(progress.division, progress=progress)


def _first(problem: Problem, workers: int) -> Division | list[str]:
    """Any division that keeps the rules, or sentences why there is none."""
    names = [""] * problem.groups
    quick = Start(problem).division()
    if not broken_rules(problem, quick, names):
        return quick
    whole = Model(problem, range(problem.groups), quick)
    status, found = whole.solve(FIRST_SECONDS, workers)
    if found is not None:
        return found
    if status != "INFEASIBLE":
        return [
            str(
                _l(
                    "在限定的时间内没有找到符合全部要求的方案，也不能断定没有；请放宽人数或减少同组、不同组的要求后再试。"
                )
            )
        ]
    return _wishes_to_give_up(problem, quick, workers)


def _wishes_to_give_up(problem: Problem, quick: Division, workers: int) -> list[str]:
    """Wishes without which there is a division, each in a sentence: any single one, or else the fewest together."""
    single = [sentence for sentence, eased in _eased(problem) if _quickly_possible(eased)]
    if single:
        return [_give_up(wish, alone=True) for wish in single]
    relaxed = Model(problem, range(problem.groups), quick, relaxed=True)
    _status, found = relaxed.solve(FIRST_SECONDS, workers)
    if found is None:
        sentence = _l("各项要求合在一起没有任何方案能够做到，请放宽人数或减少同组、不同组的要求后再试。")
        return [str(sentence)]
    return [_give_up(wish, alone=len(relaxed.given_up) == 1) for wish in relaxed.given_up]


def _give_up(wish: str, *, alone: bool) -> str:
    if alone:
        return str(_l("各项要求合在一起做不到；放弃这一项就可以：%(wish)s", wish=wish))
    return str(_l("各项要求合在一起做不到；其中要放弃：%(wish)s", wish=wish))


def _quickly_possible(problem: Problem) -> bool:
    return not broken_rules(problem, Start(problem).division(), [""] * problem.groups)


def _eased(problem: Problem) -> Iterator[tuple[str, Problem]]:
    """(wish, the problem without it) for every wish, as many as a few seconds allow."""
    began = time.monotonic()
    if problem.whole_townships:
        yield str(_l("乡镇不拆开。")), replace(problem, whole_townships=False)
    if problem.mixed:
        yield str(_l("新老搭配、官兵交叉。")), replace(problem, mixed=())
    if problem.least:
        yield str(_l("每组至少 %(n)s 人。", n=problem.least)), replace(problem, least=0)
    yield str(_l("每组至多 %(n)s 人。", n=problem.most)), replace(problem, most=len(problem.members))
    for place, block in enumerate(problem.together):
        if time.monotonic() - began > EASING_SECONDS:
            return
        rest = (*problem.together[:place], *problem.together[place + 1 :])
        yield str(_l("%(names)s同组。", names=names_of(problem, block))), replace(problem, together=rest)
    for place, block in enumerate(problem.apart):
        if time.monotonic() - began > EASING_SECONDS:
            return
        rest = (*problem.apart[:place], *problem.apart[place + 1 :])
        yield str(_l("%(names)s不同组。", names=names_of(problem, block))), replace(problem, apart=rest)


class _Search:
    """Rounds of taking some groups apart and dividing them anew."""

    def __init__(self, problem: Problem, first: Division, began: float, seed: int, workers: int) -> None:
        self.problem = problem
        self.division = first
        self.score = score_of(problem, first)
        self.began = began
        self.random = random.Random(seed)  # noqa: S311 - chooses what to try next, nothing secret
        self.workers = workers
        self.improvements = 0
        self.choices = MOST_CHOICES
        self.idle = 0
        self.best_possible = self.score.total == 0
        self.units = len(units_of(problem))

    def run(self, seconds: float, heed: Heed | None) -> Progress:
        ends = self.began + seconds
        self._tell(heed)
        if not self.best_possible:
            worth = self.units * self.problem.groups / LEVELLING_CHOICES
            self._level(min(LEVELLING_SECONDS, seconds * LEVELLING_SHARE, worth), heed)
        while not self.best_possible and time.monotonic() < ends:
            self._round(ends)
            self._tell(heed)
        return self._progress()

    def _progress(self) -> Progress:
        seconds = time.monotonic() - self.began
        return Progress(self.division, self.score, seconds, self.improvements, self.best_possible)

    def _tell(self, heed: Heed | None) -> None:
        if heed is not None:
            heed(self._progress())

    def _level(self, seconds: float, heed: Heed | None) -> None:
        levelling = Levelling(self.problem, self.division, self.random.randrange(1 << 30))
        for step in range(LEVELLING_STEPS):
            levelling.run(seconds / LEVELLING_STEPS, 1 - (step + 1) / LEVELLING_STEPS)
            self._take(levelling.division)
            self._tell(heed)

    def _take(self, found: Division) -> bool:
        """Goes on with this division unless it is worse; whether it is better."""
        score = score_of(self.problem, found)
        better = score.total < self.score.total
        if score.total <= self.score.total:
            self.division, self.score = found, score
        self.improvements += better
        self.best_possible = self.score.total == 0
        return better

    def _round(self, ends: float) -> None:
        groups = self._groups()
        whole = len(groups) == self.problem.groups
        limit = LAST_ROUND_SECONDS if whole else ROUND_SECONDS
        left = max(min(limit, ends - time.monotonic()), 0.1)
        model = Model(self.problem, groups, self.division, balanced=True)
        status, found = model.solve(left, self.workers, self.random.randrange(1 << 30))
        better = found is not None and self._take(found)
        self.best_possible = self.best_possible or (whole and status == "OPTIMAL")
        self.idle = 0 if better else self.idle + 1
        if self.idle > 2 * self.problem.groups // max(len(groups), 1) + 2:
            self.choices, self.idle = min(self.choices * 2, WHOLE_CHOICES), 0

    def _groups(self) -> list[int]:
        """The groups of the next round: an uneven one, and others it could exchange with."""
        total = self.problem.groups
        size = max(2, min(total, int((self.choices * total / max(self.units, 1)) ** 0.5)))
        if size == total:
            return list(range(total))
        members = members_of(self.division, total)
        uneven = [gaps_of(self.problem, keys) + 1 for keys in members]
        chosen = self.random.choices(range(total), weights=uneven)
        chosen += self._neighbours(chosen[0]) if self.random.random() < 0.5 else []
        while len(chosen) < size:
            chosen += self.random.choices(range(total), weights=uneven)
            chosen = list(dict.fromkeys(chosen))
        return sorted(chosen[:size])

    def _neighbours(self, place: int) -> list[int]:
        """Groups among which a township of this group is torn apart."""
        torn = splits_of(self.problem, self.division)
        shared = [
            {self.division[key] for key in self.problem.townships[code]}
            for code in torn
            if any(self.division[key] == place for key in self.problem.townships[code])
        ]
        return sorted(self.random.choice(shared) - {place}) if shared else []
