"""An office's rules for deputy groups: who may be in how many, which posts are filled, when plans are due."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.groups.states import GroupKind, GroupRole
from app.kit.i18n import _l
from app.registry.topics import register_topic

TOPIC = "groups"


class GroupRules(BaseModel):
    """The ``groups:`` part of an office's profile. What a province or county has not laid down is a default here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Kinds of which a person is in one group only (2-15); a professional group may come on top (3-04).
    once_per_kind: tuple[GroupKind, ...] = (GroupKind.AREA, GroupKind.JOINT, GroupKind.CENTRAL)
    # Posts that count as vacant while nobody holds them (0-04, 2-17, 2-18, 3-09).
    expected_posts: tuple[GroupRole, ...] = tuple(GroupRole)
    members_min: Annotated[int, Field(ge=1, le=500)] = 3
    members_max: Annotated[int, Field(ge=1, le=1000)] = 80
    # Last day of the year by which the annual plan should stand, as MM-DD (2-19).
    plan_due_month_day: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")] = "01-31"
    activities_per_year_min: Annotated[int, Field(ge=0, le=52)] = 2
    # A deputy in difficulty is visited within so many days (0-14: in time).
    care_days: Annotated[int, Field(ge=1, le=365)] = 15
    document: str = ""

    @model_validator(mode="after")
    def _fits(self) -> GroupRules:
        if self.members_max < self.members_min:
            raise ValueError("members_max < members_min")
        self.plan_due(2023)
        return self

    def plan_due(self, year: int) -> date:
        """The last day on which the plan of a year is in time; 29 February counts as the 28th."""
        month, day = (int(part) for part in self.plan_due_month_day.split("-"))
        return date(year, month, 28 if (month, day) == (2, 29) else day)


register_topic(TOPIC, _l("代表小组"), GroupRules)
