"""Urging a slow unit (4-07), and putting changed rules of deadlines in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, authorise
from app.kit.database import chunks
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.kit.numbering import claim_number
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.notices.words import in_chinese
from app.registry.models import RuleSet
from app.registry.operations import save_rule_set
from app.stations.queries.transfers import users_of_unit
from app.suggestions.clock_rules import URGED
from app.suggestions.clocks.preview import Effect, effect_of, recalculated
from app.suggestions.clocks.running import keep_due_day
from app.suggestions.life import write_down
from app.suggestions.models import Suggestion, SuggestionClock, Urge
from app.suggestions.policy import ASSIGN_SUGGESTIONS, EDIT_DEADLINE_RULES
from app.suggestions.queries.clocks import get_visible_clock, list_urgeable
from app.suggestions.register import has_steps
from app.suggestions.states import ClockKind, Step
from app.suggestions.suggestion_rules import TOPIC, SuggestionRules


def urge_unit(actor: Actor, clock_id: int, *, note: str = "") -> Urge:
    """Presses a unit for what a deadline asks of it, due or not, with a letter and a notice (4-07).

    DomainError where the deadline is no unit's to keep, or has been met.
    """
    running = get_visible_clock(actor, clock_id, ASSIGN_SUGGESTIONS)
    if not may_be_urged(running):
        raise DomainError(_l("这个期限已经完成，或者不是由承办单位办理的，不用催办。"))
    return write_urge(actor, running, note=note)


def urge_units(actor: Actor, clock_ids: Sequence[int]) -> list[Urge]:
    """Presses the units of all these deadlines; those nobody can be pressed for are left out."""
    found = [running for running in list_urgeable(actor, clock_ids) if may_be_urged(running)]
    if not found:
        raise DomainError(_l("所选期限里没有可以催办承办单位的。"))
    return [write_urge(actor, running) for running in found]


def may_be_urged(running: SuggestionClock) -> bool:
    """A deadline that runs and that a handling unit must keep."""
    return running.ended_on is None and running.kind in URGED and running.suggestion_unit is not None


def write_urge(
    actor: Actor, running: SuggestionClock, *, note: str = "", occasion: str | None = None
) -> Urge:
    """The letter with its number, the notice to the unit, and the step on record."""
    suggestion, part = running.suggestion, running.suggestion_unit
    if part is None:
        raise DomainError(_l("这件建议还没有承办单位，请先交办。"))
    today = clock.today()
    office = suggestion.office_code
    urge = Urge(
        suggestion=suggestion,
        suggestion_unit=part,
        clock=running,
        unit=part.unit,
        office_code=office,
        number=claim_number(Urge, office, "", prefix=f"CB{today.year}"),
        occasion=occasion,
        on=today,
        by_user_id=actor.user_id,
        by_name=actor.name[:80] if actor.user_id else "",
        note=note.strip()[:500],
    )
    db.session.add(urge)
    # A row of the paper register has no steps; one would make its columns follow from steps it never had.
    if has_steps(suggestion.id):
        said = f"{urge.number} {in_chinese(running.kind)} {running.due_on} {note}".strip()
        write_down(actor, suggestion, Step.URGE, part=part, note=said)
    db.session.flush()
    tell(
        key=f"urge:{urge.id}",
        kind=NoticeKind.URGE,
        area_code=suggestion.area_code,
        user_ids=users_of_unit(part.unit_id),
        title=_l("催办：请尽快办理建议%(number)s", number=suggestion.shown_number),
        body=_l("“%(title)s”的%(kind)s期限是 %(day)s。%(note)s", title=suggestion.title,
                kind=running.kind.label, day=running.due_on, note=note),
        url=f"/suggestions/{suggestion.id}",
    )  # fmt: skip
    return urge


# --- rules ------------------------------------------------------------------------------------------------


def put_rules_in_force(
    actor: Actor, *, area_code: str, valid_from: date, content: dict[str, Any], document: str
) -> tuple[RuleSet, Effect]:
    """Saves rules of deadlines and moves the running ones they change, each with an event of the trail.

    What moves is exactly what :func:`effect_of` showed before.
    """
    authorise(actor, EDIT_DEADLINE_RULES, area_code)
    rules = SuggestionRules.model_validate(content)
    effect = effect_of(area_code, valid_from, rules)
    saved = save_rule_set(
        actor, area_code=area_code, topic=TOPIC, valid_from=valid_from, content=content, document=document
    )
    move_clocks(effect)
    return saved, effect


def recalculate(actor: Actor, area_code: str) -> Effect:
    """Brings running deadlines in line with the rules and the calendar as they stand (after a new holiday table)."""
    authorise(actor, EDIT_DEADLINE_RULES, area_code)
    effect = recalculated(area_code)
    move_clocks(effect)
    return effect


def move_clocks(effect: Effect) -> None:
    """Gives deadlines the due days and the workings an effect says; the suggestion's own due day follows."""
    happenings, replies = [], []
    moved = {move.clock_id: move for move in effect.moves}
    for running in _with_suggestions(list(effect.workings)):
        running.working = effect.workings[running.id]
        move = moved.get(running.id)
        if move is None:
            continue
        if running.first_due_on is not None and move.first_after is not None:
            running.first_due_on = move.first_after
        suggestion = running.suggestion
        running.due_on = move.after
        if running.kind is ClockKind.REPLY:
            replies.append(suggestion)
        happenings.append(_happening(suggestion, running.kind, move.before, move.after))
    db.session.flush()
    keep_due_day(*replies)
    db.session.flush()
    if happenings:
        audit.record(db.session(), happenings)


def _with_suggestions(clock_ids: Sequence[int]) -> Iterator[SuggestionClock]:
    for some in chunks(clock_ids):
        wanted = select(SuggestionClock).where(SuggestionClock.id.in_(some)).order_by(SuggestionClock.id)
        yield from db.session.scalars(wanted.options(joinedload(SuggestionClock.suggestion))).all()


def _happening(suggestion: Suggestion, kind: ClockKind, before: date, after: date) -> audit.Happening:
    return audit.Happening(
        tag=f"{audit.acting().source}:suggestion:update",
        area_code=suggestion.area_code,
        subject_kind="suggestion",
        subject_id=suggestion.id,
        subject_label=suggestion.audit_label,
        before={"deadline": f"{kind.label} {before}"},
        after={"deadline": f"{kind.label} {after}"},
    )
