"""How long a county's reception rota takes: 51 stations × 12 days × 1,335 deputies, to be done in 20 seconds.

    python -m benchmarks.bench_rota [--shared 0.02] [--seconds 14]

``--shared`` is the share of deputies assigned to a second station.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from datetime import date

from app.stations.calendar.rota import HARD, BreachKind, Problem, Receiver, Slot, breaches, times_served
from app.stations.calendar.solving import SECONDS, draft, solve

STATIONS, DEPUTIES, YEAR = 51, 1335, 2027


def county(shared: float, seed: int = 7) -> Problem:
    """An invented county: one deputy in eight a leader, one in ten away for a while, one in five with a wish."""
    chance = random.Random(seed)
    slots = tuple(
        Slot(station * 100 + month, station, date(YEAR, month, 15))
        for station in range(STATIONS)
        for month in range(1, 13)
    )
    at: dict[int, list[int]] = {}
    people = {}
    for person in range(DEPUTIES):
        leader = chance.random() < 0.125
        level = chance.choices((3, 4, 5), (1, 3, 9))[0]
        people[person] = Receiver(person, f"代表{person}", leader, level, 2 if leader else 1)
        at.setdefault(person % STATIONS, []).append(person)
        if chance.random() < shared:
            at.setdefault(chance.randrange(STATIONS), []).append(person)
    away = {person: chance.randint(1, 10) for person in people if chance.random() < 0.1}
    open_to = {
        slot.key: {
            person: person
            for person in at[slot.station]
            if not 0 <= slot.day.month - away.get(person, 99) <= 2
        }
        for slot in slots
    }
    liked = frozenset(
        (slot.key, person)
        for slot in slots
        for person in open_to[slot.key]
        if person % 5 == 0 and slot.day.month == person % 12 + 1
    )
    return Problem(slots, people, open_to, per_day=2, liked=liked)


def main() -> int:
    """Prints the figures; 1 where a hard rule is broken or the time is over 20 seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=float, default=0.02)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    problem = county(asked.shared)
    began = time.perf_counter()
    first = draft(problem)
    drafted = time.perf_counter() - began
    began = time.perf_counter()
    rota = solve(problem, seconds=asked.seconds, workers=min(2, os.cpu_count() or 1))
    took = time.perf_counter() - began
    found = breaches(problem, rota)
    times = list(times_served(problem, rota).values())
    liked = sum(person in rota[key] for key, person in problem.liked)
    print(f"{STATIONS} stations, {len(problem.slots)} days, {DEPUTIES} deputies, {asked.shared:.0%} at two")
    print(f"draft {drafted:.2f} s, rota {took:.1f} s")
    print(f"served {min(times)} to {max(times)} times; wishes kept {liked} of {len(problem.liked)}")
    print(f"hard rules broken {sum(breach.kind in HARD for breach in found)}", end=", ")
    print(f"days too few {sum(breach.kind is BreachKind.TOO_FEW for breach in found)}", end=", ")
    print(f"below the minimum {sum(breach.kind is BreachKind.BELOW_MINIMUM for breach in found)}")
    print(f"breaches of the draft alone {len(breaches(problem, first))}")
    return int(took > 20 or any(breach.kind in HARD for breach in found))


if __name__ == "__main__":
    sys.exit(main())
