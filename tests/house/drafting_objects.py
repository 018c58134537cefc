"""A draft with a file, and a suggestion a deputy is asked to sign, at every place."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from app.kit.attachments import Attachment
from app.registry.models import Mandate
from app.suggestions.models import Cosigner, Suggestion
from app.suggestions.states import CosignState, Occasion, SuggestionState

if TYPE_CHECKING:
    from tests.house.objects import Maker


def keep_drafts(maker: Maker, place: str, area: str, mandate: Mandate) -> None:
    """The draft is the place's deputy's own; the other one a colleague leads."""
    lead = maker.mandates["C003" if place == "here" else "C002"]
    draft, other = (
        Suggestion(
            office_code=area[:6],
            area_code=area,
            state=SuggestionState.DRAFT,
            title=f"草稿-{place}-{leading.card_no}",
            lead_mandate=leading,
            raised_on=date(2025, 5, 6),
            occasion=Occasion.BETWEEN_SESSIONS,
            cosigners=signed,
        )
        for leading, signed in (
            (mandate, []),
            (lead, [Cosigner(mandate=mandate, state=CosignState.INVITED)]),
        )
    )
    maker._save(draft, other)
    file = Attachment(
        subject_kind="suggestion",
        subject_id=draft.id,
        scope_code=area,
        sha256="0" * 64,
        filename="图纸.pdf",
        media_type="application/pdf",
        size=10,
    )
    maker._save(file)
    maker.keep("own_draft", place, suggestion_id=draft.id)
    maker.keep("draft_file", place, suggestion_id=draft.id, attachment_id=file.id)
    maker.keep("cosigned", place, suggestion_id=other.id, change="confirm")
