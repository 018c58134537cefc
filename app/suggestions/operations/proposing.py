"""Who proposes a suggestion, from which opinion it grew, who handles it: what every entry of one is checked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.choosing import choose_mandates
from app.registry.models import Mandate
from app.stations.models import Opinion
from app.stations.operations.opinion_life import take_step
from app.stations.queries import find_opinion
from app.stations.states import OpinionAction, OpinionState
from app.suggestions.models import Cosigner, Suggestion
from app.suggestions.states import CosignState, UnitPart


def find_lead(
    actor: Actor, mandate_id: int, raised_on: date, kept: Sequence[int] = (), *, ask_again: bool = False
) -> Mandate:
    """The deputy who leads it, in office on the day it was raised."""
    if raised_on > clock.today():
        raise DomainError(_l("日期不能晚于今天。"), "raised_on")
    chosen = choose_mandates(
        actor, [mandate_id], on=raised_on, kept=kept, ask_again=ask_again, field="lead_mandate_id"
    )
    return chosen[0]


def find_cosigners(
    actor: Actor,
    suggestion: Suggestion,
    lead: Mandate,
    ids: Sequence[int],
    raised_on: date,
    *,
    ask_again: bool = False,
) -> list[Mandate]:
    """Those who sign it too, in office on the day it was raised."""
    kept = [row.mandate_id for row in suggestion.cosigners]
    chosen = choose_mandates(actor, ids, on=raised_on, kept=kept, ask_again=ask_again, field="cosigner_ids")
    if any(mandate.person_id == lead.person_id for mandate in chosen):
        raise DomainError(_l("领衔代表不用再列入附议代表。"), "cosigner_ids")
    return chosen


def sign(suggestion: Suggestion, cosigners: Sequence[Mandate]) -> None:
    """These have signed it; who was only asked, or would not, stays as they answered. Who leads it signs once."""
    wanted = {mandate.id: mandate for mandate in cosigners}
    for row in list(suggestion.cosigners):
        if row.mandate.person_id == suggestion.lead_mandate.person_id:
            suggestion.cosigners.remove(row)
        elif row.mandate_id in wanted:
            row.state = CosignState.CONFIRMED
        elif row.state is CosignState.CONFIRMED:
            suggestion.cosigners.remove(row)
        wanted.pop(row.mandate_id, None)
    suggestion.cosigners += [Cosigner(mandate=mandate) for mandate in wanted.values()]


def opinion_numbered(actor: Actor, office_code: str, number: str) -> Opinion | None:
    """The opinion a suggestion grew from (3-34 ①, 3-36)."""
    if not number:
        return None
    found = find_opinion(actor, office_code, number)
    if found is None:
        raise DomainError(_l("没有编号为“%(number)s”的群众意见，请核对。", number=number), "opinion_number")
    return found


def lead_opinion_here(actor: Actor, suggestion: Suggestion) -> None:
    """An opinion nobody had decided about goes the way of the suggestion that grew from it."""
    opinion = suggestion.source_opinion
    if opinion is not None and opinion.state is OpinionState.RECEIVED:
        take_step(actor, opinion, OpinionAction.SUGGEST, note=suggestion.audit_label)


def let_opinion_go(actor: Actor, opinion: Opinion | None, suggestion: Suggestion) -> None:
    """An opinion from which no suggestion grows any more waits to be decided about again."""
    if opinion is None or opinion.state is not OpinionState.SUGGESTED:
        return
    others = select(Suggestion.id).where(
        Suggestion.source_opinion_id == opinion.id, Suggestion.id != suggestion.id
    )
    if db.session.scalar(others.limit(1)) is None:
        take_step(actor, opinion, OpinionAction.LET_GO, note=suggestion.audit_label)


def parts_of(suggestion: Suggestion) -> dict[str, str]:
    """Signers and units by name, as the trail keeps them."""
    signed = [row for row in suggestion.cosigners if row.state is CosignState.CONFIRMED]
    units = {part: [row.unit.name for row in suggestion.units if row.part is part] for part in UnitPart}
    return {
        "cosigners": "、".join(sorted(row.mandate.person.name for row in signed)),
        "lead_units": "、".join(sorted(units[UnitPart.LEAD])),
        "co_units": "、".join(sorted(units[UnitPart.CO])),
    }


def record_parts(suggestion: Suggestion, before: dict[str, str]) -> None:
    """Puts a change of signers or units into the trail: they are rows of their own, but read as its own."""
    after = parts_of(suggestion)
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
