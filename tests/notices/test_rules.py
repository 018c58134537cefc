"""3-11: three notices for each reception day, at distances an office sets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.errors import DomainError, NotFound
from app.notices.operations import save_rules
from app.notices.queries import get_rules, list_staff
from app.notices.rules import NoticeRules, receptions_due
from app.notices.states import Channel, NoticeKind
from tests.world import COUNTY, LINJIANG, NEIGHBOUR, QINGSHAN, World

HELD = date(2026, 12, 15)
RULES = NoticeRules()
SENT: dict[str, Any] = {
    "early_days_before": 10,
    "periodic_day_of_month": 5,
    "reminder_days_before": 2,
    "from_hour": 9,
    "channels": [Channel.EMAIL],
    "document": "县人大办通知",
}


def _first_days(rules: NoticeRules, held_on: date) -> dict[NoticeKind, date]:
    """On which day each notice becomes due."""
    first: dict[NoticeKind, date] = {}
    for n in range(-130, 3):
        today = held_on + timedelta(days=n)
        for kind in receptions_due(rules, held_on, today, 12):
            first.setdefault(kind, today)
    return first


def test_3_11_early_periodic_and_reminder() -> None:
    assert _first_days(RULES, HELD) == {
        NoticeKind.RECEPTION_EARLY: date(2026, 11, 15),
        NoticeKind.RECEPTION_PERIODIC: date(2026, 12, 1),
        NoticeKind.RECEPTION_REMINDER: date(2026, 12, 14),
    }
    assert receptions_due(RULES, HELD, date(2026, 12, 14), 7) == []
    assert receptions_due(RULES, HELD, date(2026, 12, 16), 12) == []


@given(
    st.integers(1, 120), st.integers(1, 28), st.integers(0, 30), st.dates(date(2020, 1, 1), date(2040, 1, 1))
)
def test_nothing_is_due_after_the_day_and_the_reminder_always_before_it(
    early: int, periodic: int, reminder: int, held_on: date
) -> None:
    rules = NoticeRules(
        early_days_before=early, periodic_day_of_month=periodic, reminder_days_before=reminder
    )
    first = _first_days(rules, held_on)
    assert all(day <= held_on for day in first.values())
    assert first[NoticeKind.RECEPTION_REMINDER] == held_on - timedelta(days=reminder)
    assert (NoticeKind.RECEPTION_EARLY in first) == (early > reminder)


def test_3_11_distances_are_set_for_each_area(session: Any, world: World) -> None:
    save_rules(world.actor("county"), area_code=COUNTY, **SENT)
    save_rules(world.actor("county"), area_code=LINJIANG, **{**SENT, "early_days_before": 20})
    assert get_rules(COUNTY).early_days_before == 10
    assert get_rules(LINJIANG).early_days_before == 20
    assert get_rules(QINGSHAN).early_days_before == 10
    assert get_rules(NEIGHBOUR) == RULES
    assert get_rules(COUNTY).channels == (Channel.EMAIL,)
    with pytest.raises(NotFound):
        save_rules(world.actor("county"), area_code=NEIGHBOUR, **SENT)


@pytest.mark.parametrize("wrong", [{"early_days_before": 2}, {"periodic_day_of_month": 31}])
def test_distances_that_make_no_sense_are_refused(session: Any, world: World, wrong: dict[str, Any]) -> None:
    with pytest.raises(DomainError):
        save_rules(world.actor("county"), area_code=COUNTY, **{**SENT, **wrong})


def test_the_nearest_staff_are_told(session: Any, world: World) -> None:
    assert list_staff(LINJIANG) == [world.users["township"]]
    assert list_staff(COUNTY) == [world.users["county"]]
    assert list_staff("999002101") == [world.users["neighbour"]]
