"""What a reception calendar is made by: its days, its stations, how many deputies, how often each."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.kit import clock
from app.registry.queries import find_rule_set
from app.stations.calendar.dates import DateRule
from app.stations.models import ReceptionCalendar
from app.stations.reception_rules import TOPIC, ReceptionRules


class CalendarRules(BaseModel):
    """The ``rules`` of a calendar as they are kept with it.

    ``take_turns``: each date belongs to one station, the stations following one another; else each station has
    them all. ``per_day_max``: None lets a day grow as far as the station's people need to serve their times.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dates: DateRule = DateRule()
    station_ids: tuple[int, ...]
    take_turns: bool = False
    from_on: date
    starts_at: time | None = None
    ends_at: time | None = None
    per_day: Annotated[int, Field(ge=1, le=30)] = 2
    per_day_max: Annotated[int | None, Field(ge=1, le=60)] = None
    times_min: Annotated[int, Field(ge=0, le=12)] = 1
    leaders_min: Annotated[int, Field(ge=0, le=12)] = 2


def rules_of(calendar: ReceptionCalendar) -> CalendarRules:
    """The rules a calendar was made by."""
    return CalendarRules.model_validate(calendar.rules)


def office_rules(area_code: str, on: date | None = None) -> ReceptionRules:
    """The rules for reception days in force for an area; the defaults where an office has none."""
    found = find_rule_set(area_code, TOPIC, on or clock.today())
    return ReceptionRules.model_validate(found.content) if found else ReceptionRules()
