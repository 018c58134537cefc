"""Reading supervision: who sees which, who may be asked for one, who has none, what may be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.groups.queries.leading import select_led_groups
from app.kit import attachments, clock
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import Mandate
from app.registry.queries import MISSING
from app.suggestions.models import (
    Cosigner,
    Suggestion,
    SuggestionClass,
    SuggestionReply,
    SuggestionUnit,
    Supervision,
    SupervisionVisit,
)
from app.suggestions.policy import RECORD_VISITS, VIEW_SUGGESTIONS, VIEW_SUPERVISION
from app.suggestions.queries import select_groups_of, supervising, visible_suggestions
from app.suggestions.states import CosignState, ReplyState, SupervisorKind


def visible_supervisions(actor: Actor, action: Action = VIEW_SUPERVISION) -> ColumnElement[bool]:
    """Supervision kept in the actor's areas; to look at, also that of suggestions and classes from there.

    A deputy: what they supervise themselves or through a group they lead; to look at, also what their groups
    supervise and what happens to the suggestions they signed.
    """
    looking = action is VIEW_SUPERVISION
    areas = actor.areas(action)
    seen = [within(Supervision.area_code, areas)]
    if areas and looking:
        here = within(Suggestion.area_code, areas)
        seen += [
            Supervision.suggestion_id.in_(select(Suggestion.id).where(here)),
            Supervision.class_id.in_(
                select(Suggestion.class_id).where(here, Suggestion.class_id.is_not(None))
            ),
        ]
    if actor.owns(action):
        led = select_led_groups(actor.person_id, clock.today())
        seen += [Supervision.person_id == actor.person_id, Supervision.group_id.in_(led)]
        if looking:
            seen += _shown_to_deputy(actor.person_id)
    return or_(*seen)


def _signed(person_id: int | None) -> ColumnElement[bool]:
    own = select(Mandate.id).where(Mandate.person_id == person_id)
    cosigned = select(Cosigner.suggestion_id).where(
        Cosigner.mandate_id.in_(own), Cosigner.state == CosignState.CONFIRMED
    )
    return or_(Suggestion.lead_mandate_id.in_(own), Suggestion.id.in_(cosigned))


def _shown_to_deputy(person_id: int | None) -> list[ColumnElement[bool]]:
    signed = _signed(person_id)
    return [
        Supervision.group_id.in_(select_groups_of(person_id)),
        Supervision.suggestion_id.in_(select(Suggestion.id).where(signed)),
        Supervision.class_id.in_(select(Suggestion.class_id).where(signed, Suggestion.class_id.is_not(None))),
    ]


def get_visible_supervision(
    actor: Actor, supervision_id: int, action: Action = VIEW_SUPERVISION
) -> Supervision:
    """The supervision with its subject and visits; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(Supervision)
        .where(Supervision.id == supervision_id, visible_supervisions(actor, action))
        .options(*_with_subject(), selectinload(Supervision.visits))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def _with_subject() -> tuple[Any, ...]:
    lead = joinedload(Suggestion.lead_mandate).joinedload(Mandate.person)
    units = selectinload(Suggestion.units).joinedload(SuggestionUnit.unit)
    of_class = joinedload(Supervision.suggestion_class).selectinload(SuggestionClass.suggestions)
    return (
        joinedload(Supervision.suggestion).options(lead, units),
        of_class.options(lead, units),
        joinedload(Supervision.person),
        joinedload(Supervision.body),
        joinedload(Supervision.group),
    )


def get_visible_visit(actor: Actor, visit_id: int, action: Action = VIEW_SUPERVISION) -> SupervisionVisit:
    """A visit of a supervision in the actor's scope."""
    found = db.session.scalar(
        select(SupervisionVisit)
        .join(SupervisionVisit.supervision)
        .where(SupervisionVisit.id == visit_id, visible_supervisions(actor, action))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def subjects_of(supervision: Supervision) -> list[Suggestion]:
    """The suggestion it is about, or every one of its class."""
    if supervision.suggestion is not None:
        return [supervision.suggestion]
    return list(supervision.suggestion_class.suggestions) if supervision.suggestion_class else []


def supervision_running(class_id: int) -> Supervision | None:
    """A supervision of the class that has not ended: without the class it would be about nothing."""
    wanted = select(Supervision).where(Supervision.class_id == class_id, supervising())
    return db.session.scalar(wanted.order_by(Supervision.id).limit(1))


def shown_subjects_of(actor: Actor, supervision: Supervision) -> list[Suggestion]:
    """What of it the actor may read: a suggestion of a supervised class does not open the others of it.

    A confidential one only staff of its area, who signed it, and whom staff asked to supervise it.
    """
    subjects = subjects_of(supervision)
    wanted = select(Suggestion.id).where(
        Suggestion.id.in_([one.id for one in subjects]), visible_suggestions(actor)
    )
    asked = supervision.person_id is not None and supervision.person_id == actor.person_id
    if not asked:
        known = [~Suggestion.confidential, within(Suggestion.area_code, actor.areas(VIEW_SUGGESTIONS))]
        if actor.owns(VIEW_SUGGESTIONS):
            known.append(_signed(actor.person_id))
        wanted = wanted.where(or_(*known))
    shown = set(db.session.scalars(wanted))
    return [one for one in subjects if one.id in shown]


def list_supervisions_of(suggestion: Suggestion) -> list[Supervision]:
    """Supervision of a suggestion, its own and that of its class, the latest year first."""
    about = [Supervision.suggestion_id == suggestion.id]
    if suggestion.class_id is not None:
        about.append(Supervision.class_id == suggestion.class_id)
    wanted = (
        select(Supervision)
        .where(or_(*about))
        .options(joinedload(Supervision.person), joinedload(Supervision.body), joinedload(Supervision.group))
        .options(joinedload(Supervision.suggestion_class), selectinload(Supervision.visits))
    )
    return list(db.session.scalars(wanted.order_by(Supervision.year.desc(), Supervision.id)))


def group_cosupervised(suggestion_id: int) -> bool:
    """Whether a deputy group supervised this suggestion or its class (4-27): its evaluation then weighs 30 + 20."""
    of_class = select(Suggestion.class_id).where(
        Suggestion.id == suggestion_id, Suggestion.class_id.is_not(None)
    )
    about = or_(Supervision.suggestion_id == suggestion_id, Supervision.class_id.in_(of_class))
    return bool(db.session.scalar(select(exists().where(Supervision.kind == SupervisorKind.GROUP, about))))


# --- files ------------------------------------------------------------------------------------------------


def _may_see_supervision_files(actor: Actor, supervision_id: int) -> bool:
    seen = exists().where(Supervision.id == supervision_id, visible_supervisions(actor))
    return actor.may(VIEW_SUPERVISION) and bool(db.session.scalar(select(seen)))


def _may_see_photos(actor: Actor, visit_id: int) -> bool:
    about = select(SupervisionVisit.supervision_id).where(SupervisionVisit.id == visit_id)
    seen = exists().where(Supervision.id.in_(about), visible_supervisions(actor))
    return actor.may(VIEW_SUPERVISION) and bool(db.session.scalar(select(seen)))


attachments.register_subject("supervision", _may_see_supervision_files)
attachments.register_subject("supervision_visit", _may_see_photos)


def may_record(actor: Actor, supervision: Supervision) -> bool:
    """Whether the actor writes down what was done on site: staff of the area, or who supervises."""
    seen = exists().where(Supervision.id == supervision.id, visible_supervisions(actor, RECORD_VISITS))
    return actor.may(RECORD_VISITS) and bool(db.session.scalar(select(seen)))


def seen_among(actor: Actor, supervisions: Sequence[Supervision]) -> set[int]:
    """Which of these the actor may open."""
    ids = [one.id for one in supervisions]
    wanted = select(Supervision.id).where(Supervision.id.in_(ids), visible_supervisions(actor))
    return set(db.session.scalars(wanted))


def list_replies_of(suggestions: Sequence[Suggestion]) -> list[SuggestionReply]:
    """Signed replies to these suggestions, in the order they were given."""
    ids = [one.id for one in suggestions]
    wanted = (
        select(SuggestionReply)
        .where(SuggestionReply.suggestion_id.in_(ids), SuggestionReply.state == ReplyState.SIGNED)
        .options(joinedload(SuggestionReply.unit))
    )
    return list(db.session.scalars(wanted.order_by(SuggestionReply.replied_on, SuggestionReply.id)))


def list_priority(area_code: str, year: int) -> list[Supervision]:
    """Priority suggestions of an area in a year, each once though several lead it, in the order they were fixed."""
    wanted = select(Supervision).where(
        within(Supervision.area_code, [area_code]),
        Supervision.year == year,
        Supervision.kind == SupervisorKind.CHAIRPERSONS,
    )
    found: dict[tuple[int | None, int | None], Supervision] = {}
    for one in db.session.scalars(wanted.options(*_with_subject()).order_by(Supervision.id)):
        kept = found.get((one.suggestion_id, one.class_id))
        if kept is None or (kept.reported_on is None and one.reported_on is not None):
            found[one.suggestion_id, one.class_id] = one
    return list(found.values())
