"""Changing suggestions and handling units: check, change, flush, post to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.kit.numbering import claim_number, correct_number
from app.ledger.operations.posting import post
from app.registry.choosing import choose_mandates
from app.registry.models import HandlingUnit, Mandate
from app.registry.operations import check_version
from app.registry.units import find_unit, unit_named
from app.stations.models import Opinion
from app.stations.operations.opinion_life import take_step
from app.stations.queries import find_opinion
from app.stations.states import OpinionAction, OpinionState
from app.suggestions.models import Cosigner, Suggestion, SuggestionUnit
from app.suggestions.policy import EDIT_SUGGESTIONS
from app.suggestions.postings import SOURCE
from app.suggestions.register import settle
from app.suggestions.rules import latest_due_on, reply_due_on
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
    lead = _lead(actor, lead_mandate_id, raised_on)
    authorise(actor, EDIT_SUGGESTIONS, lead.scope_code)
    suggestion = Suggestion(office_code=lead.office_code, cosigners=[], units=[])
    _fill(suggestion, lead, raised_on, details)
    suggestion.source_opinion = _opinion(actor, lead.office_code, opinion_number)
    _sign(suggestion, _cosigners(actor, suggestion, lead, cosigner_ids, raised_on))
    suggestion.number = claim_number(
        Suggestion, lead.office_code, number, prefix=f"{raised_on.year}-", digits=3
    )
    _hand_to(suggestion, lead_unit, co_units)
    db.session.add(suggestion)
    _lead_opinion_here(actor, suggestion)
    db.session.flush()
    settle([suggestion.id])
    _record_parts(suggestion, {})
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
    """Corrects a suggestion or records its handling; the ledger follows. Conflict from a stale form."""
    authorise(actor, EDIT_SUGGESTIONS, suggestion.area_code)
    check_version(suggestion, version)
    before = _parts(suggestion)
    moved = raised_on != suggestion.raised_on
    lead = _lead(actor, lead_mandate_id, raised_on, [suggestion.lead_mandate_id], ask_again=moved)
    authorise(actor, EDIT_SUGGESTIONS, lead.scope_code)
    if lead.office_code != suggestion.office_code:
        raise DomainError(_l("领衔代表不属于登记这件建议的机关，请另行登记。"), "lead_mandate_id")
    cosigners = _cosigners(actor, suggestion, lead, cosigner_ids, raised_on, ask_again=moved)
    _fill(suggestion, lead, raised_on, details)
    former = suggestion.source_opinion
    suggestion.source_opinion = _opinion(actor, suggestion.office_code, opinion_number)
    if former is not suggestion.source_opinion:
        _let_opinion_go(actor, former, suggestion)
    _sign(suggestion, cosigners)
    suggestion.number = correct_number(suggestion, number)
    _hand_to(suggestion, lead_unit, co_units)
    _lead_opinion_here(actor, suggestion)
    # Signers or units alone changing is a change of the suggestion too: its version moves on.
    suggestion.updated_at = clock.now()
    db.session.flush()
    settle([suggestion.id])
    _record_parts(suggestion, before)
    post(SOURCE, [suggestion.id])
    return suggestion


def delete_suggestion(actor: Actor, suggestion: Suggestion, *, version: int | None = None) -> None:
    """Deletes a suggestion entered by mistake; its rows leave the ledger."""
    authorise(actor, EDIT_SUGGESTIONS, suggestion.area_code)
    check_version(suggestion, version)
    identity = suggestion.id
    _let_opinion_go(actor, suggestion.source_opinion, suggestion)
    db.session.delete(suggestion)
    db.session.flush()
    post(SOURCE, [identity])


def _lead(
    actor: Actor, mandate_id: int, raised_on: date, kept: Sequence[int] = (), *, ask_again: bool = False
) -> Mandate:
    if raised_on > clock.today():
        raise DomainError(_l("日期不能晚于今天。"), "raised_on")
    chosen = choose_mandates(
        actor, [mandate_id], on=raised_on, kept=kept, ask_again=ask_again, field="lead_mandate_id"
    )
    return chosen[0]


def _cosigners(
    actor: Actor,
    suggestion: Suggestion,
    lead: Mandate,
    ids: Sequence[int],
    raised_on: date,
    *,
    ask_again: bool = False,
) -> list[Mandate]:
    kept = [row.mandate_id for row in suggestion.cosigners]
    chosen = choose_mandates(actor, ids, on=raised_on, kept=kept, ask_again=ask_again, field="cosigner_ids")
    if any(mandate.person_id == lead.person_id for mandate in chosen):
        raise DomainError(_l("领衔代表不用再列入附议代表。"), "cosigner_ids")
    return chosen


def _fill(suggestion: Suggestion, lead: Mandate, raised_on: date, details: dict[str, Any]) -> None:
    values = {**details, "lead_mandate": lead, "area_code": lead.scope_code, "raised_on": raised_on}
    assigned_on = values.get("assigned_on")
    if assigned_on is not None and values.get("due_on") is None:
        values["due_on"] = reply_due_on(assigned_on)
    _check_handling(values)
    for key, value in values.items():
        if getattr(suggestion, key) != value:
            setattr(suggestion, key, value)


def _check_handling(values: dict[str, Any]) -> None:
    """Raised, assigned, replied follow each other; class, way and verdict come with the reply."""
    raised_on, assigned_on = values["raised_on"], values.get("assigned_on")
    due_on, replied_on = values.get("due_on"), values.get("replied_on")
    if assigned_on is None and due_on is not None:
        raise DomainError(_l("先填写交办日期，答复期限从交办之日算起。"), "assigned_on")
    if assigned_on is not None:
        if assigned_on < raised_on:
            raise DomainError(_l("交办日期早于提出日期，请核对。"), "assigned_on")
        if due_on is None or not assigned_on <= due_on <= latest_due_on(assigned_on):
            raise DomainError(
                _l("答复期限应在交办之日到 %(day)s 之间（代表法第五十一条：三个月，难度大的六个月）。",
                   day=latest_due_on(assigned_on)),
                "due_on",
            )  # fmt: skip
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


def _opinion(actor: Actor, office_code: str, number: str) -> Opinion | None:
    """The opinion a suggestion grew from (3-34 ①, 3-36)."""
    if not number:
        return None
    found = find_opinion(actor, office_code, number)
    if found is None:
        raise DomainError(_l("没有编号为“%(number)s”的群众意见，请核对。", number=number), "opinion_number")
    return found


def _lead_opinion_here(actor: Actor, suggestion: Suggestion) -> None:
    """An opinion nobody had decided about goes the way of the suggestion that grew from it."""
    opinion = suggestion.source_opinion
    if opinion is not None and opinion.state is OpinionState.RECEIVED:
        take_step(actor, opinion, OpinionAction.SUGGEST, note=f"{suggestion.number} {suggestion.title}")


def _let_opinion_go(actor: Actor, opinion: Opinion | None, suggestion: Suggestion) -> None:
    """An opinion from which no suggestion grows any more waits to be decided about again."""
    if opinion is None or opinion.state is not OpinionState.SUGGESTED:
        return
    others = select(Suggestion.id).where(
        Suggestion.source_opinion_id == opinion.id, Suggestion.id != suggestion.id
    )
    if db.session.scalar(others.limit(1)) is None:
        take_step(actor, opinion, OpinionAction.LET_GO, note=f"{suggestion.number} {suggestion.title}")


def _sign(suggestion: Suggestion, cosigners: Sequence[Mandate]) -> None:
    wanted = {mandate.id: mandate for mandate in cosigners}
    for row in list(suggestion.cosigners):
        if row.mandate_id not in wanted:
            suggestion.cosigners.remove(row)
        wanted.pop(row.mandate_id, None)
    suggestion.cosigners += [Cosigner(mandate=mandate) for mandate in wanted.values()]


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
            suggestion.units.remove(row)
        elif row.part is not part:
            row.part = part
    for name, part in parts.items():
        suggestion.units.append(SuggestionUnit(unit=unit_named(suggestion.office_code, name), part=part))


def _parts(suggestion: Suggestion) -> dict[str, str]:
    """Signers and units by name, as the trail keeps them."""
    units = {part: [row.unit.name for row in suggestion.units if row.part is part] for part in UnitPart}
    return {
        "cosigners": "、".join(sorted(row.mandate.person.name for row in suggestion.cosigners)),
        "lead_units": "、".join(sorted(units[UnitPart.LEAD])),
        "co_units": "、".join(sorted(units[UnitPart.CO])),
    }


def _record_parts(suggestion: Suggestion, before: dict[str, str]) -> None:
    after = _parts(suggestion)
    changed = [key for key in after if after[key] != before.get(key, "")]
    if not changed:
        return
    happening = audit.Happening(
        tag=f"{audit.acting().source}:suggestion:update",
        area_code=suggestion.area_code,
        subject_kind="suggestion",
        subject_id=suggestion.id,
        subject_label=suggestion.audit_label,
        before={key: before.get(key, "") for key in changed},
        after={key: after[key] for key in changed},
    )
    audit.record(db.session(), [happening])


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
