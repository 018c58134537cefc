"""Reading reply letters: drafts are the unit's and the staff's, signed ones everybody's who sees the suggestion."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit import attachments
from app.kit.authorisation import Action, Actor
from app.kit.errors import NotFound
from app.registry.queries import MISSING
from app.suggestions.models import Suggestion, SuggestionClass, SuggestionReply, SuggestionUnit
from app.suggestions.policy import VIEW_SUGGESTIONS
from app.suggestions.queries import visible_suggestions
from app.suggestions.queries.handling import may_handle, visible_parts
from app.suggestions.states import HandlingState, ReplyState, SuggestionState, UnitPart


def get_visible_reply(actor: Actor, reply_id: int) -> SuggestionReply:
    """A letter with its suggestion; a draft only for its unit and the staff. NotFound otherwise."""
    found = db.session.scalar(
        select(SuggestionReply)
        .join(Suggestion, Suggestion.id == SuggestionReply.suggestion_id)
        .where(SuggestionReply.id == reply_id, visible_suggestions(actor, VIEW_SUGGESTIONS))
        .options(joinedload(SuggestionReply.suggestion), joinedload(SuggestionReply.unit))
    )
    if found is None or not _may_read(actor, found):
        raise NotFound(MISSING)
    return found


def _may_read(actor: Actor, reply: SuggestionReply) -> bool:
    return reply.state is ReplyState.SIGNED or may_handle(actor, reply.suggestion_unit)


def get_handled_reply(actor: Actor, reply_id: int, action: Action) -> SuggestionReply:
    """A letter of a part the actor reaches with an action; NotFound otherwise."""
    found = db.session.scalar(
        select(SuggestionReply)
        .join(SuggestionUnit, SuggestionUnit.id == SuggestionReply.suggestion_unit_id)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(SuggestionReply.id == reply_id, visible_parts(actor, action))
        .options(joinedload(SuggestionReply.suggestion), joinedload(SuggestionReply.unit))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def list_replies(actor: Actor, suggestion: Suggestion) -> Sequence[SuggestionReply]:
    """Letters of a suggestion the actor may read, the latest first."""
    wanted = select(SuggestionReply).where(SuggestionReply.suggestion_id == suggestion.id)
    wanted = wanted.options(joinedload(SuggestionReply.unit), joinedload(SuggestionReply.suggestion_unit))
    rows = db.session.scalars(wanted.order_by(SuggestionReply.round.desc(), SuggestionReply.id.desc()))
    return [row for row in rows if _may_read(actor, row)]


def draft_of(part: SuggestionUnit, round_: int) -> SuggestionReply | None:
    """The unit's letter of a round, drafted or signed."""
    return db.session.scalar(
        select(SuggestionReply).where(
            SuggestionReply.suggestion_id == part.suggestion_id,
            SuggestionReply.unit_id == part.unit_id,
            SuggestionReply.round == round_,
        )
    )


def has_answered(part: SuggestionUnit) -> bool:
    """Whether the unit has answered in any round."""
    wanted = exists().where(
        SuggestionReply.suggestion_unit_id == part.id, SuggestionReply.state == ReplyState.SIGNED
    )
    return bool(db.session.scalar(select(wanted)))


def others_of_class(actor: Actor, part: SuggestionUnit, action: Action) -> Sequence[SuggestionUnit]:
    """The same unit's lead parts, still being handled, in the other suggestions of the class (4-24).

    A class may span areas: only the parts the actor reaches with the action.
    """
    class_id = part.suggestion.class_id
    if class_id is None or part.part is not UnitPart.LEAD:
        return []
    wanted = (
        select(SuggestionUnit)
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .join(SuggestionClass, SuggestionClass.id == Suggestion.class_id)
        .where(
            Suggestion.class_id == class_id,
            SuggestionClass.dissolved_on.is_(None),
            Suggestion.state == SuggestionState.ASSIGNED,
            SuggestionUnit.id != part.id,
            SuggestionUnit.unit_id == part.unit_id,
            SuggestionUnit.part == UnitPart.LEAD,
            SuggestionUnit.state == HandlingState.SIGNED,
            visible_parts(actor, action),
        )
    )
    return db.session.scalars(wanted.order_by(SuggestionUnit.id)).all()


def may_see_files(actor: Actor, reply_id: int) -> bool:
    """Files of a letter are seen by who may read it."""
    known = db.session.scalar(select(exists().where(SuggestionReply.id == reply_id)))
    if not known:
        return False
    try:
        get_visible_reply(actor, reply_id)
    except NotFound:
        return False
    return True


attachments.register_subject("suggestion_reply", may_see_files)
