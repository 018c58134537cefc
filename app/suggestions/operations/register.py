"""Changing suggestions and handling units: check, change, flush, post to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, update

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.kit.numbering import claim_number, correct_number
from app.ledger.operations.posting import post
from app.registry.models import HandlingUnit, Mandate
from app.registry.operations import check_version
from app.registry.units import find_unit, unit_named
from app.suggestions.clocks.running import latest_reply_day, usual_due_day
from app.suggestions.models import Promise, Suggestion, SuggestionClock, SuggestionUnit
from app.suggestions.operations.proposing import (
    find_cosigners,
    find_lead,
    lead_opinion_here,
    let_opinion_go,
    opinion_numbered,
    parts_of,
    record_parts,
    sign,
)
from app.suggestions.operations.publication import withdraw_texts
from app.suggestions.policy import EDIT_SUGGESTIONS
from app.suggestions.postings import SOURCE
from app.suggestions.queries.records import is_on_record
from app.suggestions.register import has_steps, settle
from app.suggestions.rules import latest_due_on
from app.suggestions.states import UnitPart

MAX_UNIT_NAME = 80


def create_suggestion(
    actor: Actor,
    *,
    lead_mandate_id: int,
    cosigner_ids: Sequence[int] = (),
    raised_on: date,
    number: str = "",
    opinion_number: str = "",
    lead_unit: str = "",
    co_units: Sequence[str] = (),
    **details: Any,
) -> Suggestion:
    """A suggestion of a deputy, kept under the area of the one who leads it (代表法 art. 24, 36).

    ``details``: title, body, category, occasion, source, assigned_on, due_on, replied_on, reply_class,
    reply_way, satisfaction, solved. Without ``due_on`` the reply is due three months after assignment.
    """
    lead = find_lead(actor, lead_mandate_id, raised_on)
    authorise(actor, EDIT_SUGGESTIONS, lead.scope_code)
    suggestion = Suggestion(office_code=lead.office_code, cosigners=[], units=[])
    _fill(suggestion, lead, raised_on, details)
    suggestion.source_opinion = opinion_numbered(actor, lead.office_code, opinion_number)
    sign(suggestion, find_cosigners(actor, suggestion, lead, cosigner_ids, raised_on))
    suggestion.number = claim_number(
        Suggestion, lead.office_code, number, prefix=f"{raised_on.year}-", digits=3
    )
    _hand_to(suggestion, lead_unit, co_units)
    db.session.add(suggestion)
    lead_opinion_here(actor, suggestion)
    db.session.flush()
    settle([suggestion.id])
    record_parts(suggestion, {})
    post(SOURCE, [suggestion.id])
    return suggestion


def update_suggestion(
    actor: Actor,
    suggestion: Suggestion,
    *,
    version: int | None,
    lead_mandate_id: int,
    cosigner_ids: Sequence[int],
    raised_on: date,
    number: str,
    opinion_number: str,
    lead_unit: str,
    co_units: Sequence[str],
    **details: Any,
) -> Suggestion:
    """Corrects a suggestion or records its handling; the ledger follows. Conflict from a stale form.

    Only for one of the paper register: what has steps is moved on by further steps alone.
    """
    authorise(actor, EDIT_SUGGESTIONS, suggestion.area_code)
    check_version(suggestion, version)
    if has_steps(suggestion.id):
        raise DomainError(_l("这件建议已在系统里办理，办理情况请按步骤登记，这里只能更正内容。"))
    before = parts_of(suggestion)
    lead, cosigners = _proposers(actor, suggestion, lead_mandate_id, cosigner_ids, raised_on)
    _fill(suggestion, lead, raised_on, details)
    _grown_from(actor, suggestion, opinion_number)
    sign(suggestion, cosigners)
    suggestion.number = correct_number(suggestion, number)
    _hand_to(suggestion, lead_unit, co_units)
    lead_opinion_here(actor, suggestion)
    # Signers or units alone changing is a change of the suggestion too: its version moves on.
    suggestion.updated_at = clock.now()
    withdraw_texts(suggestion)
    db.session.flush()
    settle([suggestion.id])
    record_parts(suggestion, before)
    post(SOURCE, [suggestion.id])
    return suggestion


def correct_suggestion(
    actor: Actor,
    suggestion: Suggestion,
    *,
    version: int | None,
    lead_mandate_id: int,
    cosigner_ids: Sequence[int],
    raised_on: date,
    number: str = "",
    opinion_number: str = "",
    **details: Any,
) -> Suggestion:
    """Corrects what a suggestion with steps says; who handles it, until when and how it ended stay with its steps.

    ``details``: title, body, proposals, category, occasion, source, source_note, session_ordinal, committee,
    confidential.
    """
    authorise(actor, EDIT_SUGGESTIONS, suggestion.area_code)
    check_version(suggestion, version)
    before = parts_of(suggestion)
    lead, cosigners = _proposers(actor, suggestion, lead_mandate_id, cosigner_ids, raised_on)
    if suggestion.assigned_on is not None and raised_on > suggestion.assigned_on:
        raise DomainError(_l("交办日期早于提出日期，请核对。"), "raised_on")
    values = {**details, "lead_mandate": lead, "area_code": lead.scope_code, "raised_on": raised_on}
    for key, value in values.items():
        if getattr(suggestion, key) != value:
            setattr(suggestion, key, value)
    _grown_from(actor, suggestion, opinion_number)
    sign(suggestion, cosigners)
    if suggestion.number is not None:
        suggestion.number = correct_number(suggestion, number)
    _move_along(suggestion)
    suggestion.updated_at = clock.now()
    withdraw_texts(suggestion)
    db.session.flush()
    record_parts(suggestion, before)
    post(SOURCE, [suggestion.id])
    return suggestion


def _move_along(suggestion: Suggestion) -> None:
    """Deadlines and promises are kept where their suggestion is."""
    for model in (SuggestionClock, Promise):
        elsewhere = (model.suggestion_id == suggestion.id, model.area_code != suggestion.area_code)
        db.session.execute(update(model).where(*elsewhere).values(area_code=suggestion.area_code))


def _proposers(
    actor: Actor, suggestion: Suggestion, lead_id: int, cosigner_ids: Sequence[int], raised_on: date
) -> tuple[Mandate, list[Mandate]]:
    moved = raised_on != suggestion.raised_on
    lead = find_lead(actor, lead_id, raised_on, [suggestion.lead_mandate_id], ask_again=moved)
    authorise(actor, EDIT_SUGGESTIONS, lead.scope_code)
    if lead.office_code != suggestion.office_code:
        raise DomainError(_l("领衔代表不属于登记这件建议的机关，请另行登记。"), "lead_mandate_id")
    return lead, find_cosigners(actor, suggestion, lead, cosigner_ids, raised_on, ask_again=moved)


def _grown_from(actor: Actor, suggestion: Suggestion, opinion_number: str) -> None:
    former = suggestion.source_opinion
    suggestion.source_opinion = opinion_numbered(actor, suggestion.office_code, opinion_number)
    if former is not suggestion.source_opinion:
        let_opinion_go(actor, former, suggestion)


def delete_suggestion(actor: Actor, suggestion: Suggestion, *, version: int | None = None) -> None:
    """Deletes a suggestion entered by mistake; its rows leave the ledger."""
    authorise(actor, EDIT_SUGGESTIONS, suggestion.area_code)
    check_version(suggestion, version)
    identity = suggestion.id
    if is_on_record(identity):
        raise DomainError(
            _l("这件建议已有办理、督办、测评或公开的记录，不能删除；代表不再提出的，请办理撤回。")
        )
    let_opinion_go(actor, suggestion.source_opinion, suggestion)
    db.session.execute(delete(SuggestionClock).where(SuggestionClock.suggestion_id == identity))
    db.session.delete(suggestion)
    db.session.flush()
    post(SOURCE, [identity])


def _fill(suggestion: Suggestion, lead: Mandate, raised_on: date, details: dict[str, Any]) -> None:
    values = {**details, "lead_mandate": lead, "area_code": lead.scope_code, "raised_on": raised_on}
    assigned_on = values.get("assigned_on")
    if assigned_on is not None and values.get("due_on") is None:
        values["due_on"] = usual_due_day(lead.scope_code, lead.level, assigned_on)
    _check_handling(values, lead)
    for key, value in values.items():
        if getattr(suggestion, key) != value:
            setattr(suggestion, key, value)


def _check_handling(values: dict[str, Any], lead: Mandate) -> None:
    """Raised, assigned, replied follow each other; class, way and verdict come with the reply."""
    raised_on, assigned_on = values["raised_on"], values.get("assigned_on")
    due_on, replied_on = values.get("due_on"), values.get("replied_on")
    if assigned_on is None and due_on is not None:
        raise DomainError(_l("先填写交办日期，答复期限从交办之日算起。"), "assigned_on")
    if assigned_on is not None:
        if assigned_on < raised_on:
            raise DomainError(_l("交办日期早于提出日期，请核对。"), "assigned_on")
        last = latest_reply_day(lead.scope_code, lead.level, assigned_on)
        if due_on is None or not assigned_on <= due_on <= last:
            raise DomainError(
                _l(
                    "答复期限应在交办之日到 %(day)s 之间（代表法第五十一条：三个月，难度大的六个月）。",
                    day=last,
                )
                if last == latest_due_on(assigned_on)
                else _l("答复期限应在交办之日到 %(day)s 之间（本级规则中最长的期限）。", day=last),
                "due_on",
            )
    if replied_on is None:
        answered = [name for name in ("reply_class", "reply_way", "satisfaction") if values.get(name)]
        if answered:
            raise DomainError(_l("填写了答复情况，请同时填写答复日期。"), "replied_on")
        return
    if replied_on > clock.today():
        raise DomainError(_l("日期不能晚于今天。"), "replied_on")
    if assigned_on is None:
        raise DomainError(_l("已经答复的建议，请填写交办日期。"), "assigned_on")
    if replied_on < assigned_on:
        raise DomainError(_l("答复日期早于交办日期，请核对。"), "replied_on")


def _hand_to(suggestion: Suggestion, lead_unit: str, co_units: Sequence[str]) -> None:
    """The units that handle it: one leads, others help (3-35); unknown names become units of the office."""
    parts = dict.fromkeys(co_units, UnitPart.CO)
    if lead_unit in parts:
        raise DomainError(_l("“%(name)s”已是主办单位，不用再列入协办。", name=lead_unit), "co_units")
    if lead_unit:
        parts[lead_unit] = UnitPart.LEAD
    elif parts:
        raise DomainError(_l("有协办单位，请先填写主办单位。"), "lead_unit")
    too_long = next((name for name in parts if len(name) > MAX_UNIT_NAME), None)
    if too_long is not None:
        raise DomainError(_l("单位名称不能超过 %(max)s 个字，请缩短。", max=MAX_UNIT_NAME), "co_units")
    for row in list(suggestion.units):
        part = parts.pop(row.unit.name, None)
        if part is None:
            # The deadline of the register stands on the unit that leads; it is given the new one's afterwards.
            parted = update(SuggestionClock).where(SuggestionClock.suggestion_unit_id == row.id)
            db.session.execute(parted.values(suggestion_unit_id=None))
            suggestion.units.remove(row)
        elif row.part is not part:
            row.part = part
    for name, part in parts.items():
        suggestion.units.append(SuggestionUnit(unit=unit_named(suggestion.office_code, name), part=part))


def update_unit(
    actor: Actor, unit: HandlingUnit, *, version: int | None, name: str, closed_on: date | None
) -> HandlingUnit:
    """Renames a handling unit, or closes it after a reform of the organs."""
    authorise(actor, EDIT_SUGGESTIONS, unit.area_code)
    check_version(unit, version)
    other = find_unit(unit.area_code, name)
    if other is not None and other is not unit:
        raise DomainError(_l("已经有叫“%(name)s”的承办单位，请换一个名称。", name=name), "name")
    if unit.name != name:
        unit.name = name
    if unit.closed_on != closed_on:
        unit.closed_on = closed_on
    db.session.flush()
    return unit
