"""A proposed division of the invented county's deputies into groups, to look at and change."""

from __future__ import annotations

from app.cli.demo.rows import COUNTY, Maker
from app.groups.composing.levelling import Levelling
from app.groups.composing.reading import (
    fitted_to_present,
    list_present_groups,
    list_seats,
    present_division,
    problem_of,
)
from app.groups.composing.start import Start
from app.groups.composing.wishes import Wishes
from app.groups.models import GroupComposition
from app.groups.states import GroupKind
from app.registry.states import Level

EXCHANGES = 40_000


def add_composition(maker: Maker) -> None:
    """One draft with its division, as the quick part of a search leaves it; the same every time."""
    maker.flush()
    session, on = maker.session, maker.today
    groups = list_present_groups(COUNTY, GroupKind.AREA, on)
    count = len(groups) or 7
    levels = tuple(level for level in Level if level is not Level.TOWNSHIP)
    seats = list_seats(COUNTY, levels, on)
    average = len(seats) / count
    wishes = Wishes(
        levels,
        count,
        int(average * 0.85),
        int(average * 1.15) + 1,
        together=(tuple(seat.member.key for seat in seats[30:32]),),
        apart=(tuple(seat.member.key for seat in seats[:2]),),
    )
    numbered = (f"第{n}代表小组" for n in range(1, 2 * count + 1))
    names = [group.name for group in groups]
    names += [name for name in numbered if name not in names][: count - len(names)]
    composition = GroupComposition(
        area_code=COUNTY,
        name=f"{on.year}年调整编组",
        kind=GroupKind.AREA,
        on=on,
        wishes={**wishes.write(), "complaints": []},
        names=names,
        division={},
    )
    problem = problem_of(composition, seats)
    levelling = Levelling(problem, Start(problem).division(), seed=1)
    for step in range(10):
        levelling.exchange(EXCHANGES // 10, 1 - (step + 1) / 10)
    present = present_division(groups, seats, on)
    fitted = fitted_to_present(levelling.division, present, count)
    composition.division = {str(key): place for key, place in fitted.items()}
    session.add(composition)
    session.flush()
