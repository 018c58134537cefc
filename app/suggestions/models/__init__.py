"""Tables of suggestions: what deputies propose, who handles it until when, who watches, what came of it."""

from app.suggestions.models.evaluation import Ballot, CountedSheet, Evaluation
from app.suggestions.models.handling import (
    FeedbackSlip,
    LookBack,
    LookBackItem,
    MonthItem,
    Promise,
    PromiseProgress,
    SuggestionClock,
    SuggestionContact,
    SuggestionReply,
    UnitAsk,
    Urge,
)
from app.suggestions.models.publication import (
    ExcellentSuggestion,
    FundAllocation,
    Publication,
    SuggestionFund,
)
from app.suggestions.models.similar import SuggestionWords
from app.suggestions.models.suggestions import (
    Cosigner,
    Suggestion,
    SuggestionClass,
    SuggestionStep,
    SuggestionUnit,
)
from app.suggestions.models.supervision import Hearing, SupervisingBody, Supervision, SupervisionVisit

__all__ = [
    "Ballot",
    "Cosigner",
    "CountedSheet",
    "Evaluation",
    "ExcellentSuggestion",
    "FeedbackSlip",
    "FundAllocation",
    "Hearing",
    "LookBack",
    "LookBackItem",
    "MonthItem",
    "Promise",
    "PromiseProgress",
    "Publication",
    "Suggestion",
    "SuggestionClass",
    "SuggestionClock",
    "SuggestionContact",
    "SuggestionFund",
    "SuggestionReply",
    "SuggestionStep",
    "SuggestionUnit",
    "SuggestionWords",
    "SupervisingBody",
    "Supervision",
    "SupervisionVisit",
    "UnitAsk",
    "Urge",
]
