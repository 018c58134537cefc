"""Colleagues asked to sign too: they confirm or decline on their phone (law.md 1.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.ledger.operations.posting import post
from app.notices.operations import tell
from app.notices.states import NoticeKind
from app.notices.words import in_chinese
from app.registry.models import Mandate
from app.registry.queries import in_office
from app.suggestions.life import write_down
from app.suggestions.models import Cosigner, Suggestion
from app.suggestions.operations.telling import tell_lead
from app.suggestions.postings import SOURCE
from app.suggestions.queries.drafting import colleagues, get_cosigned, is_open, own_mandates
from app.suggestions.states import CosignState, Step, SuggestionState


def invite(actor: Actor, draft: Suggestion, mandate_ids: Sequence[int]) -> list[Cosigner]:
    """Asks these colleagues to sign and no others; who has answered already keeps their answer."""
    wanted = list(dict.fromkeys(mandate_ids))
    present = {row.mandate_id: row for row in draft.cosigners}
    new = [identity for identity in wanted if identity not in present]
    found = {
        mandate.id: mandate
        for mandate in db.session.scalars(select(Mandate).where(Mandate.id.in_(new), colleagues(actor)))
    }
    if len(found) != len(new):
        raise DomainError(_l("只能邀请同一届的在任代表附议，请重新选择。"), "cosigner_ids")
    if any(mandate.term_id != draft.lead_mandate.term_id for mandate in found.values()):
        raise DomainError(_l("附议代表应与您同属一级人大，请重新选择。"), "cosigner_ids")
    for identity, row in present.items():
        if identity not in wanted and row.state is CosignState.INVITED:
            draft.cosigners.remove(row)
    asked = [Cosigner(mandate=found[identity], state=CosignState.INVITED) for identity in new]
    draft.cosigners += asked
    db.session.flush()
    for row in asked:
        _ask(draft, row, "", _l("%(name)s代表邀请您附议建议", name=draft.lead_mandate.person.name))
    return asked


def ask_again(draft: Suggestion) -> None:
    """Who has signed another text signs this one too, or does not."""
    for row in draft.cosigners:
        if row.state is CosignState.CONFIRMED:
            signed = f":{row.answered_at:%Y%m%d%H%M%S%f}" if row.answered_at else ":0"
            row.state, row.answered_at = CosignState.INVITED, None
            name = draft.lead_mandate.person.name
            _ask(draft, row, signed, _l("%(name)s代表修改了您附议的建议，请重新确认", name=name))
    db.session.flush()


def leave_out(draft: Suggestion, on: date) -> list[str]:
    """Takes colleagues who are not in office on a day off the list; their names."""
    ids = [row.mandate_id for row in draft.cosigners]
    sitting = set(db.session.scalars(select(Mandate.id).where(Mandate.id.in_(ids), in_office(on))))
    left = [row for row in draft.cosigners if row.mandate_id not in sitting]
    for row in left:
        draft.cosigners.remove(row)
    return [row.mandate.person.name for row in left if row.state is not CosignState.DECLINED]


def _ask(draft: Suggestion, row: Cosigner, after: str, title: Any) -> None:
    tell(
        key=f"suggestion:{draft.id}:invite:{row.mandate_id}{after}",
        kind=NoticeKind.SUGGESTION,
        area_code=draft.area_code,
        person_ids=[row.mandate.person_id],
        title=title,
        body=_l("《%(title)s》，请查看全文后确认。", title=draft.title),
        url=f"/suggestions/{draft.id}/cosign",
    )


def cosign(actor: Actor, suggestion_id: int, *, confirmed: bool) -> Suggestion:
    """A colleague signs, or does not; until the suggestion is handed over they may think otherwise.

    Who signs one that was accepted already has a row in the ledger from now on.
    """
    found, row = get_cosigned(actor, suggestion_id)
    if not is_open(found):
        raise DomainError(_l("这件建议现在是“%(state)s”，不能再附议或取消附议。", state=found.state.label))
    state = CosignState.CONFIRMED if confirmed else CosignState.DECLINED
    if row is None:
        mandates = own_mandates(actor, clock.today())
        term_id = found.lead_mandate.term_id
        mandate = next((each for each in mandates if each.term_id == term_id), None)
        if mandate is None or not confirmed:
            raise DomainError(_l("附议代表应与领衔代表同属一级人大，并且在任。"))
        row = Cosigner(mandate=mandate, state=CosignState.INVITED)
        found.cosigners.append(row)
    elif row.state is state:
        return found
    row.state, row.answered_at = state, clock.now()
    step = write_down(actor, found, Step.COSIGN, note=f"{row.mandate.person.name}：{in_chinese(state)}")
    db.session.flush()
    if found.state is SuggestionState.ACCEPTED:
        post(SOURCE, [found.id])
    words = {"name": row.mandate.person.name, "title": found.title}
    tell_lead(
        found,
        step,
        _l("%(name)s代表附议了您的建议", **words)
        if confirmed
        else _l("%(name)s代表没有附议您的建议", **words),
        _l("《%(title)s》", **words),
    )
    return found
