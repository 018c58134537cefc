"""Steps of a suggestion's life: what the tables allow, each written down once."""

from __future__ import annotations

from datetime import date

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.suggestions.models import Suggestion, SuggestionStep, SuggestionUnit
from app.suggestions.states import HANDLING_TRANSITIONS, SUGGESTION_TRANSITIONS, Step


def take_step(
    actor: Actor, suggestion: Suggestion, step: Step, *, note: str = "", on: date | None = None
) -> SuggestionStep:
    """Moves a suggestion on as SUGGESTION_TRANSITIONS says, and writes the step down.

    What else belongs to the step the caller sets; who may take it the caller has checked. DomainError where the
    table has no such step.
    """
    before = suggestion.state
    after = SUGGESTION_TRANSITIONS.after(before, step)
    if after is None:
        raise DomainError(
            _l("这件建议现在是“%(state)s”，不能“%(step)s”。", state=before.label, step=step.label)
        )
    if after is not before:
        suggestion.state = after
    return _write(actor, suggestion, step, before, after, note=note, on=on)


def take_unit_step(
    actor: Actor, part: SuggestionUnit, step: Step, *, note: str = "", on: date | None = None
) -> SuggestionStep:
    """Moves a unit's part in a suggestion on as HANDLING_TRANSITIONS says, and writes the step down."""
    before = part.state
    after = HANDLING_TRANSITIONS.after(before, step)
    if after is None:
        raise DomainError(
            _l("%(unit)s的办理现在是“%(state)s”，不能“%(step)s”。", unit=part.unit.name, state=before.label,
               step=step.label)
        )  # fmt: skip
    if after is not before:
        part.state = after
    return _write(actor, part.suggestion, step, before, after, part=part, note=note, on=on)


def write_down(
    actor: Actor,
    suggestion: Suggestion,
    step: Step,
    *,
    part: SuggestionUnit | None = None,
    note: str = "",
    on: date | None = None,
) -> SuggestionStep:
    """Writes down something that moves nothing: a talk, a plan, an urging letter."""
    state = part.state if part is not None else suggestion.state
    return _write(actor, suggestion, step, state, state, part=part, note=note, on=on)


def _write(
    actor: Actor,
    suggestion: Suggestion,
    step: Step,
    before: str,
    after: str,
    *,
    part: SuggestionUnit | None = None,
    note: str,
    on: date | None,
) -> SuggestionStep:
    written = SuggestionStep(
        suggestion=suggestion,
        suggestion_unit_id=part.id if part is not None else None,
        unit_id=part.unit_id if part is not None else None,
        step=step,
        before=str(before),
        after=str(after),
        on=on or clock.today(),
        by_user_id=actor.user_id,
        by_name=actor.name[:80],
        note=note.strip()[:1000],
    )
    db.session.add(written)
    # A step alone is a change of the suggestion too: its version moves on.
    suggestion.updated_at = clock.now()
    return written
