"""Whether anything else stands on a suggestion."""

from __future__ import annotations

from sqlalchemy import exists, or_, select

from app.extensions import db
from app.suggestions.models import Suggestion

# Made with it and gone with it: signers, units of the paper register, its deadline, the words it is found by.
_PARTS = frozenset({"cosigner", "suggestion_unit", "suggestion_clock", "suggestion_words"})


def is_on_record(suggestion_id: int) -> bool:
    """Steps, contacts, replies, supervision, ballots, publications: it cannot go without them."""
    key = Suggestion.__table__.c.id
    standing = [
        exists().where(column == suggestion_id)
        for table in db.metadata.tables.values()
        if table.name not in _PARTS
        for column in table.c
        if any(foreign.column is key for foreign in column.foreign_keys)
    ]
    return bool(db.session.scalar(select(or_(*standing))))
