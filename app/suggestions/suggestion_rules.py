"""An office's rules for suggestions: deadlines, reminders, numbers, priority suggestions."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.kit.i18n import _l
from app.registry.queries import find_rule_set
from app.registry.topics import register_topic
from app.suggestions.states import ClockKind, LengthUnit, Roll

TOPIC = "suggestions"
Count = Annotated[int, Field(ge=1, le=3660)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClockRule(_Part):
    """One deadline: so many days, working days or months after the event it starts from."""

    length: Count
    unit: LengthUnit = LengthUnit.WORKING_DAYS
    # With an extension, at most so long in all, in the same unit.
    longest: Count | None = None
    roll: Roll = Roll.NONE
    document: str = ""


def _national() -> dict[ClockKind, ClockRule]:
    law = "代表法第五十一条"
    return {
        ClockKind.REPLY: ClockRule(length=3, unit=LengthUnit.MONTHS, longest=6, document=law),
    }


class SuggestionRules(_Part):
    """The ``suggestions:`` part of an office's profile. Without one, only what the Law on Deputies says holds."""

    clocks: dict[ClockKind, ClockRule] = Field(default_factory=_national)
    # Days before a due day on which whoever must act is reminded; days after it on which they are urged.
    remind_before: list[Count] = [15, 3]
    urge_after: list[Count] = [1, 15, 30]
    # How many priority suggestions (items or classes) the chairpersons' meeting fixes a year (4-23).
    priority_count: Count = 8
    document: str = ""


register_topic(TOPIC, _l("代表建议办理"), SuggestionRules)


def suggestion_rules(area_code: str, on: date) -> SuggestionRules:
    """The rules of an area's office in force on a day."""
    found = find_rule_set(area_code, TOPIC, on)
    return SuggestionRules.model_validate(found.content) if found is not None else SuggestionRules()
