"""Prints how fast groups are composed, and how evenly: ``python -m benchmarks.bench_compose [seconds …]``.

301 deputies of five levels into 7 groups (2-15) and 1,335 into 24, all invented; two workers of CP-SAT. Time
to the first division that keeps every hard rule, and the balance reached after each of the given times.
"""

from __future__ import annotations

import random
import sys
import time

from app.groups.composing.problem import Member, Problem, score_of
from app.groups.composing.rules import broken_rules
from app.groups.composing.solving import Progress, compose
from app.groups.composing.words import Criterion, Office, Seniority, Trade
from app.registry.states import Level, Sex

# How many of each level: of 2-15, and of a county with its townships (3-04's 24 groups).
SMALL = {Level.NATIONAL: 2, Level.PROVINCE: 4, Level.CITY: 42, Level.COUNTY: 253}
LARGE = {Level.NATIONAL: 1, Level.PROVINCE: 4, Level.CITY: 60, Level.COUNTY: 270, Level.TOWNSHIP: 1000}


def members(levels: dict[Level, int], townships: int, seed: int = 7) -> tuple[Member, ...]:
    """Deputies as a county has them: uneven townships, a quarter women, a third re-elected, a fifth leaders."""
    chance = random.Random(seed)
    weights = [chance.uniform(0.5, 2.0) for _ in range(townships)]
    made: list[Member] = []
    for level, count in levels.items():
        for _ in range(count):
            home = "" if level.rank < 3 else f"{chance.choices(range(townships), weights)[0]:03d}"
            traits = {
                Criterion.TERM: chance.choices(list(Seniority), (0.65, 0.35))[0].value,
                Criterion.OFFICE: chance.choices(list(Office), (0.2, 0.8))[0].value,
                Criterion.LEVEL: level.value,
                Criterion.SEX: chance.choices(list(Sex), (0.73, 0.27))[0].value,
                Criterion.TRADE: chance.choices(list(Trade), (20, 18, 16, 14, 9, 7, 12, 4))[0].value,
            }
            made.append(Member(len(made) + 1, f"代表{len(made) + 1}", home, traits))
    return tuple(made)


def problem(levels: dict[Level, int], townships: int, groups: int) -> Problem:
    """The wishes of the benchmark: sizes within 10 % of the average, a few pairs, both sides in every group."""
    people = members(levels, townships)
    keys = [member.key for member in people]
    average = len(people) / groups
    return Problem(
        people,
        groups,
        least=int(average * 0.9),
        most=int(average * 1.1) + 1,
        together=((keys[10], keys[40]), (keys[11], keys[120], keys[200])),
        apart=((keys[0], keys[1]), (keys[2], keys[3], keys[4]), (keys[50], keys[60])),
        mixed=(Criterion.TERM, Criterion.OFFICE),
        township_names={},
    )


def run(label: str, wanted: Problem, seconds: float) -> None:
    """One run, with its first valid division and what it had at the end."""
    heard: list[Progress] = []
    began = time.monotonic()
    first: list[float] = []

    def heed(progress: Progress) -> None:
        heard.append(progress)
        first.append(time.monotonic() - began)

    outcome = compose(wanted, seconds=seconds, heed=heed)
    assert outcome.division is not None and outcome.progress is not None, outcome.complaints
    assert not broken_rules(wanted, outcome.division, [""] * wanted.groups)
    start, end = heard[0].score, score_of(wanted, outcome.division)
    print(
        f"{label}: {len(wanted.members)} deputies, {wanted.groups} groups; first valid after {first[0]:.2f} s "
        f"(gaps {start.gaps}, extra splits {start.splits}); after {outcome.progress.seconds:.1f} s "
        f"gaps {end.gaps}, extra splits {end.splits}, {outcome.progress.improvements} improvements"
        f"{', proven best' if outcome.progress.best_possible else ''}"
    )


def main() -> None:
    """Both sizes for each of the given times."""
    for seconds in [float(text) for text in sys.argv[1:]] or [10.0]:
        run("2-15", problem(SMALL, 17, 7), seconds)
        run("3-04", problem(LARGE, 51, 24), seconds)


if __name__ == "__main__":
    main()
