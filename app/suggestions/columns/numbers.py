"""The number of a suggestion as a column of the lists about suggestions; a draft has none."""

from __future__ import annotations

from sqlalchemy import func

from app.kit.i18n import _l
from app.kit.listing import Column
from app.suggestions.models import Suggestion

NUMBER = Column("number", _l("建议编号"), Suggestion.number, kind="code")
SORTED_NUMBER = Column(
    "number", _l("建议编号"), Suggestion.number, sort=func.coalesce(Suggestion.number, ""), kind="code"
)
