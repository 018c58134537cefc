"""An office's rules for suggestions: deadlines, reminders, priority suggestions. Data, entered as YAML."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.kit.i18n import _l
from app.registry.queries import find_rule_set
from app.registry.states import Level
from app.registry.topics import register_topic
from app.suggestions.numbers import BETWEEN_SESSIONS, IN_SESSION, check_pattern
from app.suggestions.states import ClockKind, LengthUnit, Roll

TOPIC = "suggestions"
OFFICE_DIGITS = 6
EXAMPLES = Path(__file__).parent / "clocks" / "examples"
DEFAULT = "national"
Count = Annotated[int, Field(ge=1, le=3660)]
NumberBeginning = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(check_pattern)]


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

    @model_validator(mode="after")
    def _longest_is_longer(self) -> ClockRule:
        if self.longest is not None and self.longest < self.length:
            raise ValueError(str(_l("延期后的总期限 longest 不能短于 length")))
        return self


Clocks = dict[ClockKind, ClockRule]


class SuggestionRules(_Part):
    """The ``suggestions:`` part of an office's profile. Without one, only what the Law on Deputies says holds."""

    clocks: Clocks = Field(default_factory=lambda: _national_clocks())
    # For suggestions made to a township's congress, instead of those above (law.md 1.5: often 2 and 4 months).
    township_clocks: Clocks = {}
    # Days before a due day on which whoever must act is reminded; days after it on which they are urged.
    remind_before: list[Count] = [15, 3]
    urge_after: list[Count] = [1, 15, 30]
    # How many priority suggestions (items or classes) the chairpersons' meeting fixes a year (4-23).
    priority_count: Count = 8
    # How numbers begin, with {area} (a township's name), {term}, {session} and {year}; the serial follows.
    number_in_session: NumberBeginning = IN_SESSION
    number_between: NumberBeginning = BETWEEN_SESSIONS
    document: str = ""

    def clocks_of(self, level: Level) -> Clocks:
        """The deadlines of suggestions made to a congress of this level."""
        return {**self.clocks, **self.township_clocks} if level is Level.TOWNSHIP else self.clocks


class Example(_Part):
    """A rule set that ships as an example: of the law, or of a place's regulation."""

    key: str
    title: str
    text: str
    rules: SuggestionRules


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    return text, yaml.safe_load(text)


def _national_clocks() -> Clocks:
    _text, content = _read(EXAMPLES / f"{DEFAULT}.yaml")
    return {ClockKind(kind): ClockRule.model_validate(rule) for kind, rule in content["clocks"].items()}


def examples() -> list[Example]:
    """The shipped examples, the law first; the first line of each file says what it is."""
    found = []
    for path in sorted(EXAMPLES.glob("*.yaml"), key=lambda each: (each.stem != DEFAULT, each.stem)):
        text, content = _read(path)
        title = text.splitlines()[0].lstrip("# ")
        found.append(
            Example(key=path.stem, title=title, text=text, rules=SuggestionRules.model_validate(content))
        )
    return found


register_topic(
    TOPIC,
    _l("代表建议办理"),
    SuggestionRules,
    (EXAMPLES / f"{DEFAULT}.yaml").read_text(encoding="utf-8"),
)


def rules_area(area_code: str, level: Level) -> str:
    """Whose rules hold for a suggestion kept under an area, made to a congress of a level.

    A township's own rules are for its own congress: deputies of a higher one are under their office's, though they
    are kept by the township.
    """
    return area_code if level is Level.TOWNSHIP else area_code[:OFFICE_DIGITS]


def suggestion_rules(area_code: str, on: date) -> SuggestionRules:
    """The rules of an area's office in force on a day."""
    found = find_rule_set(area_code, TOPIC, on)
    return SuggestionRules.model_validate(found.content) if found is not None else SuggestionRules()
