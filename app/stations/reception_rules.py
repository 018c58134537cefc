"""An office's rules for reception days (3-06, 3-07)."""

from datetime import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.kit.i18n import _l
from app.registry.topics import register_topic
from app.stations.states import Shift

TOPIC = "receptions"


class ReceptionRules(BaseModel):
    """The ``receptions:`` part of an office's profile: on which day of the month deputies receive the public and
    what becomes of one on a day off, at what time, how many at once, and how often a year each of them, and each
    leader, takes part. What a new calendar begins with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day_of_month: Annotated[int, Field(ge=1, le=28)] = 15
    shift: Shift = Shift.AFTER
    starts_at: time | None = time(9)
    ends_at: time | None = time(11, 30)
    deputies_per_day: Annotated[int, Field(ge=1, le=30)] = 2
    per_year_min: Annotated[int, Field(ge=0, le=12)] = 1
    leaders_per_year_min: Annotated[int, Field(ge=0, le=12)] = 2
    document: str = ""


register_topic(TOPIC, _l("接待日"), ReceptionRules)
