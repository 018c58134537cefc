"""Handing suggestions to units: in advance during a session, to one or several, to others, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.models import HandlingUnit
from app.registry.operations import check_version
from app.suggestions.clocks.running import end_clocks, start_clock
from app.suggestions.life import take_step, take_unit_step, write_down
from app.suggestions.models import Suggestion, SuggestionStep, SuggestionUnit
from app.suggestions.operations.handling import drop_asks
from app.suggestions.operations.replies import finish_replies
from app.suggestions.operations.telling import tell_assigners, tell_proposers, tell_unit
from app.suggestions.policy import ASSIGN_SUGGESTIONS
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.assignment import unit_choices
from app.suggestions.queries.handling import get_visible_part
from app.suggestions.states import (
    GONE,
    IN_HAND,
    ClockKind,
    HandlingState,
    Occasion,
    Step,
    SuggestionState,
    UnitPart,
)

MOST_UNITS = 20


@dataclass(frozen=True)
class Share:
    """What one unit gets: its part, and what of the matter where it is split (分办)."""

    unit: HandlingUnit
    part: UnitPart
    task: str = ""


def assign_suggestion(
    actor: Actor,
    suggestion_id: int,
    *,
    lead_unit_ids: Sequence[int],
    co_unit_ids: Sequence[int] = (),
    tasks: Mapping[int, str] | None = None,
    note: str = "",
    on: date | None = None,
    version: int | None = None,
) -> Suggestion:
    """Hands a suggestion to these units and to no others (3-35); once more, and it is handed to others.

    Several leading units handle it separately (分别办理). A unit that had it and is not named loses it, unless it
    has answered. Deputies are told who handles it. Deadlines start with the day it is sent.
    """
    found = _found(actor, suggestion_id, version)
    shares = _shares([found], lead_unit_ids, co_unit_ids, tasks or {})
    return _assign(actor, found, shares, note, _day(found, on))


def assign_suggestions(
    actor: Actor,
    suggestion_ids: Sequence[int],
    *,
    lead_unit_ids: Sequence[int],
    co_unit_ids: Sequence[int] = (),
    tasks: Mapping[int, str] | None = None,
    note: str = "",
) -> list[Suggestion]:
    """Hands several to the same units at once, all or none."""
    found = [_found(actor, identity, None) for identity in dict.fromkeys(suggestion_ids)]
    if not found:
        raise DomainError(_l("请先选择要交办的建议。"))
    shares = _shares(found, lead_unit_ids, co_unit_ids, tasks or {})
    return [_assign(actor, one, shares, note, clock.today()) for one in found]


def pre_assign(
    actor: Actor,
    suggestion_id: int,
    *,
    lead_unit_ids: Sequence[int],
    co_unit_ids: Sequence[int] = (),
    note: str = "",
    version: int | None = None,
) -> Suggestion:
    """In session the secretariat names the units at once, and these contact the deputy before it ends (4-19)."""
    found = _found(actor, suggestion_id, version)
    if found.state is not SuggestionState.ACCEPTED or found.occasion is not Occasion.IN_SESSION:
        raise DomainError(_l("只有会议期间提出、还没有交办的建议可以预交办。"))
    shares = _shares([found], lead_unit_ids, co_unit_ids, {})
    wanted = {share.unit.id for share in shares}
    for part in found.units:
        if part.state is HandlingState.PRE_ASSIGNED and part.unit_id not in wanted:
            take_unit_step(actor, part, Step.RECALL, note=note)
    for share in shares:
        part = _part_of(found, share)
        if part.state is not HandlingState.PRE_ASSIGNED:
            raise DomainError(
                _l("这件建议已经从%(unit)s退回或收回，请直接交办。", unit=part.unit.name), "lead_unit_ids"
            )
        part.part, part.pre_assigned_at = share.part, part.pre_assigned_at or clock.now()
        db.session.flush()
        step = write_down(actor, found, Step.PRE_ASSIGN, part=part, note=note)
        _tell_unit(found, step, part, _l("预交办建议%(number)s，请在会议期间联系代表", number=found.number))
    return found


def recall_part(actor: Actor, part_id: int, *, note: str = "", version: int | None = None) -> SuggestionUnit:
    """Takes a suggestion back from one unit. Without a leading unit left it waits to be assigned again."""
    part = get_visible_part(actor, part_id, ASSIGN_SUGGESTIONS)
    check_version(part, version)
    _recall(actor, part, note)
    settle_after_leaving(actor, part.suggestion, note=note)
    return part


def take_back(actor: Actor, suggestion_id: int, *, note: str = "", version: int | None = None) -> Suggestion:
    """Takes a suggestion back from every unit that has not answered; it waits to be assigned again."""
    found = _found(actor, suggestion_id, version)
    if any(part.part is UnitPart.LEAD and part.state is HandlingState.ANSWERED for part in found.units):
        raise DomainError(_l("有主办单位已经答复，不能整件收回；可以逐个收回没有答复的单位。"))
    _take_back(actor, found, note)
    return found


def settle_after_leaving(actor: Actor, found: Suggestion, *, note: str = "") -> None:
    """After a unit has left (taken back, or its objection granted): nobody leads it any more, or all who do have
    answered."""
    if found.state is not SuggestionState.ASSIGNED:
        return
    leads = [part for part in found.units if part.part is UnitPart.LEAD and part.state not in GONE]
    if not leads:
        _take_back(actor, found, note)
    else:
        finish_replies(actor, found)


def _take_back(actor: Actor, found: Suggestion, note: str) -> None:
    step = take_step(actor, found, Step.TAKE_BACK, note=note)
    for part in found.units:
        if part.state in IN_HAND:
            _recall(actor, part, note)
    if found.replied_on is None:
        # No deadline for the reply runs until it is handed over again.
        found.due_on = None
    db.session.flush()
    start_clock(found, ClockKind.ASSIGN, step.on)
    tell_assigners(found, step, _l("建议%(number)s已收回，等待重新交办", number=found.shown_number), note)


def _found(actor: Actor, suggestion_id: int, version: int | None) -> Suggestion:
    found = get_visible_suggestion(actor, suggestion_id, ASSIGN_SUGGESTIONS)
    check_version(found, version)
    return found


def _day(found: Suggestion, on: date | None) -> date:
    day = on or clock.today()
    if day > clock.today() or day < found.raised_on:
        raise DomainError(_l("交办日期应在提出之日到今天之间，请核对。"), "on")
    return day


def _shares(
    found: Sequence[Suggestion], leads: Sequence[int], helpers: Sequence[int], tasks: Mapping[int, str]
) -> list[Share]:
    """The units by part, leading ones first; refused where one is unknown, closed or named twice."""
    if not leads:
        raise DomainError(_l("请选择主办单位。"), "lead_unit_ids")
    if set(leads) & set(helpers):
        raise DomainError(_l("主办单位不用再列入协办。"), "co_unit_ids")
    if len(leads) + len(helpers) > MOST_UNITS:
        raise DomainError(_l("承办单位不能超过 %(max)s 个。", max=MOST_UNITS), "co_unit_ids")
    known = {unit.id: unit for unit in unit_choices([one.area_code for one in found])}
    if not known.keys() >= {*leads, *helpers}:
        raise DomainError(_l("选择的单位中有的已撤销，或不承办本地区的建议，请重新选择。"), "lead_unit_ids")
    parts = [(UnitPart.LEAD, one) for one in leads] + [(UnitPart.CO, one) for one in helpers]
    unique = dict.fromkeys(parts)
    return [Share(known[one], part, tasks.get(one, "").strip()[:500]) for part, one in unique]


def _part_of(found: Suggestion, share: Share) -> SuggestionUnit:
    part = next((row for row in found.units if row.unit_id == share.unit.id), None)
    if part is None:
        part = SuggestionUnit(
            suggestion=found, unit=share.unit, part=share.part, state=HandlingState.PRE_ASSIGNED
        )
        db.session.add(part)
        db.session.flush()
    return part


def _assign(actor: Actor, found: Suggestion, shares: Sequence[Share], note: str, day: date) -> Suggestion:
    first = found.assigned_on is None
    wanted = {share.unit.id for share in shares}
    step = take_step(actor, found, Step.ASSIGN, note=note, on=day)
    for part in list(found.units):
        if part.unit_id not in wanted and part.state in IN_HAND:
            _recall(actor, part, note)
    handed = [_send(actor, found, share, note, day) for share in shares]
    if first:
        found.assigned_on = day
    db.session.flush()
    end_clocks(found, ClockKind.ASSIGN, on=day)
    for sent in handed:
        if sent is not None:
            _start_clocks(found, sent, day)
    _tell_who_handles(found, step)
    settle_after_leaving(actor, found, note=note)
    return found


def _send(actor: Actor, found: Suggestion, share: Share, note: str, day: date) -> SuggestionUnit | None:
    """Sends it to a unit that does not have it yet, or had another part in it; None where nothing changes."""
    part = _part_of(found, share)
    if part.task != share.task and share.task:
        part.task = share.task
    answered = part.state is HandlingState.ANSWERED
    if answered and part.part is UnitPart.LEAD and share.part is not UnitPart.LEAD:
        raise DomainError(_l("%(unit)s已经答复，它的分工不能再改。", unit=part.unit.name), "lead_unit_ids")
    has_it = (HandlingState.SENT, HandlingState.SIGNED, HandlingState.OBJECTED, HandlingState.ANSWERED)
    if part.state in has_it and part.part is share.part:
        return None
    if part.state is not HandlingState.PRE_ASSIGNED and part.state not in GONE and not answered:
        _recall(actor, part, note)
    if part.state is not HandlingState.PRE_ASSIGNED:
        # It begins anew, with whom the unit names when it signs; an opinion it gave stays.
        part.handler = part.handler_phone = ""
    part.part, part.sent_on, part.signed_on, part.answered_on = share.part, day, None, None
    step = take_unit_step(actor, part, Step.SEND, note=share.task or note, on=day)
    _tell_unit(found, step, part, _l("收到代表建议%(number)s，请签收办理", number=found.number))
    return part


def _recall(actor: Actor, part: SuggestionUnit, note: str) -> None:
    step = take_unit_step(actor, part, Step.RECALL, note=note)
    db.session.flush()
    drop_asks(part)
    end_clocks(part.suggestion, *ClockKind, on=step.on, unit=part)
    _tell_unit(
        part.suggestion, step, part, _l("建议%(number)s已收回，不用再办理", number=part.suggestion.number)
    )


def _start_clocks(found: Suggestion, part: SuggestionUnit, day: date) -> None:
    kinds = [ClockKind.OBJECT]
    if part.first_contact_on is None:
        kinds.append(ClockKind.CONTACT)
    if part.part is UnitPart.CO:
        kinds.append(ClockKind.CO_OPINION)
    else:
        # In a later round only the time for handling it again runs: the first reply has been given.
        kinds.append(ClockKind.REPLY if found.round == 1 else ClockKind.REHANDLE)
    for kind in kinds:
        start_clock(found, kind, day, unit=part)


def _tell_unit(found: Suggestion, step: SuggestionStep, part: SuggestionUnit, title: Any) -> None:
    tell_unit(found, step, part.unit_id, title, _l("《%(title)s》", title=found.title))


def _tell_who_handles(found: Suggestion, step: SuggestionStep) -> None:
    """After assignment the deputy is told who handles it (law.md 1.5)."""
    held = [part for part in found.units if part.state not in GONE]
    leads = "、".join(part.unit.name for part in held if part.part is UnitPart.LEAD)
    helpers = "、".join(part.unit.name for part in held if part.part is UnitPart.CO)
    words = {"title": found.title, "leads": leads, "helpers": helpers}
    body = (
        _l("《%(title)s》由%(leads)s主办，%(helpers)s协办。", **words)
        if helpers
        else _l("《%(title)s》由%(leads)s主办。", **words)
    )
    title = _l("您的建议%(number)s已交办", number=found.number)
    tell_proposers(found, step, title, body)
