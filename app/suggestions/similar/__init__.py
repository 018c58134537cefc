"""Similar suggestions: a bigram index in step with the register, candidates from it ranked by likeness."""

from app.suggestions.similar.finding import Similar, find_similar, holding_words

__all__ = ["Similar", "find_similar", "holding_words"]
