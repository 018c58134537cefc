"""An office's rules for reception days (3-06)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

TOPIC = "receptions"


class ReceptionRules(BaseModel):
    """The ``receptions:`` part of an office's profile: on which day of the month deputies receive the public,
    and how often a year deputies who are party or government leaders must take part."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day_of_month: Annotated[int, Field(ge=1, le=28)] = 15
    leaders_per_year_min: Annotated[int, Field(ge=0, le=12)] = 2
    document: str = ""
