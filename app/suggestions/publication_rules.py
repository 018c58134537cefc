"""What may be made public of a suggestion: taking out what points to a person (0-12)."""

from __future__ import annotations

import re

from app.kit.i18n import _l
from app.kit.states import LabelledEnum
from app.suggestions.states import ENDED, SuggestionState

# Longest first: an identity number holds digits that look like a telephone number.
_NUMBERS = (
    re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"),  # identity number
    re.compile(r"(?<!\d)\d{12,21}(?!\d)"),  # bank card, account
    re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"),  # mobile
    re.compile(r"(?<!\d)0\d{2,3}[-— ]\d{7,8}(?:[-转]\d{1,5})?(?!\d)"),  # telephone with its area
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII),
)
MASK = "***"


class PublicationStanding(LabelledEnum):
    """Where an ended suggestion stands with being made public."""

    WAITING = "waiting", _l("待公开")
    PUBLISHED = "published", _l("已公开")
    KEPT = "kept", _l("不公开")


def without_numbers(text: str) -> str:
    """The text with telephone, identity and account numbers and addresses of mail taken out.

    Names cannot be told from other words: whoever publishes reads the text.
    """
    for pattern in _NUMBERS:
        text = pattern.sub(MASK, text)
    return text


class PublicState(LabelledEnum):
    """Where a suggestion stands, in the words of the public page."""

    HANDLING = "handling", _l("办理中")
    REPLIED = "replied", _l("已答复")
    ENDED = "ended", _l("已办结")


STATES_OF = {
    PublicState.HANDLING: (SuggestionState.ACCEPTED, SuggestionState.ASSIGNED),
    PublicState.REPLIED: (SuggestionState.REPLIED, SuggestionState.RATED),
    PublicState.ENDED: ENDED,
}


def public_state(state: SuggestionState) -> PublicState:
    """The public word for a state; what is not counted is never asked for."""
    return next(word for word, states in STATES_OF.items() if state in states)
