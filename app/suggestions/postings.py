"""Ledger rows of suggestions: one for the leading proposer, one for each co-signer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, literal, null, select, union_all

from app.kit.i18n import _l
from app.ledger.sources import LedgerSource, Rows, register
from app.ledger.states import DutyKind, DutyState, Part
from app.suggestions.models import Cosigner, Suggestion
from app.suggestions.states import NOT_COUNTED, CosignState, Occasion

SOURCE = "suggestion"


def select_rows(ids: Sequence[int] | None) -> Rows:
    """Leading proposers by the occasion of the suggestion; co-signers apart. Drafts are no duty done yet."""
    led = select(
        Suggestion.lead_mandate_id.label("mandate_id"),
        case(
            (Suggestion.occasion == Occasion.IN_SESSION, DutyKind.SESSION_SUGGESTION.value),
            else_=DutyKind.SUGGESTION.value,
        ).label("kind"),
        Suggestion.raised_on.label("happened_on"),
        literal(1).label("quantity"),
        literal(Part.LED.value).label("part"),
        literal(SOURCE).label("source_kind"),
        Suggestion.id.label("source_id"),
        literal(DutyState.CONFIRMED.value).label("state"),
        null().label("recorded_by"),
    ).where(Suggestion.state.not_in(NOT_COUNTED))
    cosigned = select(
        Cosigner.mandate_id,
        literal(DutyKind.COSIGNED_SUGGESTION.value),
        Suggestion.raised_on,
        literal(1),
        literal(Part.COSIGNED.value),
        literal(SOURCE),
        Suggestion.id,
        literal(DutyState.CONFIRMED.value),
        null(),
    ).join(Suggestion, Suggestion.id == Cosigner.suggestion_id)
    cosigned = cosigned.where(Cosigner.state == CosignState.CONFIRMED, Suggestion.state.not_in(NOT_COUNTED))
    if ids is not None:
        led = led.where(Suggestion.id.in_(ids))
        cosigned = cosigned.where(Suggestion.id.in_(ids))
    rows = union_all(led, cosigned).subquery()
    return select(*rows.c)


def select_titles(ids: Sequence[int]) -> Rows:
    """(id, title) of these suggestions."""
    return select(Suggestion.id, Suggestion.title).where(Suggestion.id.in_(ids))


register(LedgerSource(SOURCE, _l("代表建议"), select_rows, "suggestions.detail", select_titles))
