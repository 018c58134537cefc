"""What a deputy has in the making: drafts, invitations to co-sign, what they handed in; and who may be invited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit import attachments, clock
from app.kit.authorisation import Actor
from app.kit.errors import NotFound
from app.registry.models import Area, Mandate, Person
from app.registry.queries import MISSING, in_office, search_person
from app.suggestions.models import Cosigner, Suggestion, SuggestionStep
from app.suggestions.policy import DRAFT_SUGGESTIONS
from app.suggestions.queries import visible_suggestions
from app.suggestions.states import CosignState, Step, SuggestionState

FILES = "suggestion"
# Until it is handed over, colleagues may still sign, and its proposer may take it back (law.md 1.5).
OPEN = (SuggestionState.DRAFT, SuggestionState.SUBMITTED, SuggestionState.ACCEPTED)
HANDED_IN = (SuggestionState.SUBMITTED, SuggestionState.ACCEPTED)
SHOWN = 30


def is_open(suggestion: Suggestion) -> bool:
    """Whether it was never in a unit's hands; taken back from one it may have been answered before."""
    return suggestion.state in OPEN and suggestion.assigned_on is None


def _open() -> ColumnElement[bool]:
    """SQL: the same."""
    return and_(Suggestion.state.in_(OPEN), Suggestion.assigned_on.is_(None))


def own_mandates(actor: Actor, on: date) -> list[Mandate]:
    """Mandates in office of the deputy who acts, the highest first."""
    if actor.person_id is None or not actor.owns(DRAFT_SUGGESTIONS):
        return []
    wanted = (
        select(Mandate)
        .where(Mandate.person_id == actor.person_id, in_office(on))
        .options(joinedload(Mandate.person), joinedload(Mandate.delegation), joinedload(Mandate.term))
    )
    return sorted(db.session.scalars(wanted), key=lambda mandate: (mandate.level.rank, mandate.id))


def _own(actor: Actor) -> Select[int]:
    return select(Mandate.id).where(Mandate.person_id == actor.person_id)


def get_own(actor: Actor, suggestion_id: int, *states: SuggestionState) -> Suggestion:
    """A suggestion the deputy leads, in one of these states; NotFound for anybody else's."""
    wanted = select(Suggestion).where(
        Suggestion.id == suggestion_id, Suggestion.lead_mandate_id.in_(_own(actor))
    )
    if states:
        wanted = wanted.where(Suggestion.state.in_(states))
    found = db.session.scalar(wanted) if actor.owns(DRAFT_SUGGESTIONS) else None
    if found is None:
        raise NotFound(MISSING)
    return found


def find_by_key(draft_key: str) -> Suggestion | None:
    """The suggestion a draft on a device has become, if it was sent before."""
    return db.session.scalar(select(Suggestion).where(Suggestion.draft_key == draft_key))


def get_cosigned(actor: Actor, suggestion_id: int) -> tuple[Suggestion, Cosigner | None]:
    """What the deputy is asked to sign, or may sign because its proposer lets colleagues join, and their row."""
    found = db.session.scalar(
        select(Suggestion).where(Suggestion.id == suggestion_id, or_(_invited(actor), _joinable(actor)))
    )
    if found is None or not actor.owns(DRAFT_SUGGESTIONS):
        raise NotFound(MISSING)
    own = set(db.session.scalars(_own(actor)))
    return found, next((row for row in found.cosigners if row.mandate_id in own), None)


def _invited(actor: Actor) -> ColumnElement[bool]:
    """Asked to sign; who declined may think otherwise while that is possible, and reads it no longer after."""
    asked = select(Cosigner.suggestion_id).where(Cosigner.mandate_id.in_(_own(actor)))
    kept = asked.where(Cosigner.state != CosignState.DECLINED)
    return or_(Suggestion.id.in_(kept), and_(_open(), Suggestion.id.in_(asked)))


def _joinable(actor: Actor) -> ColumnElement[bool]:
    """Handed in by a deputy of the same congress, open to co-signers, not handed over yet."""
    terms = select(Mandate.term_id).where(Mandate.person_id == actor.person_id, in_office(clock.today()))
    leads = select(Mandate.id).where(Mandate.term_id.in_(terms), Mandate.person_id != actor.person_id)
    return and_(
        Suggestion.open_to_cosigners.is_(True),
        Suggestion.confidential.is_(False),
        Suggestion.state.in_(HANDED_IN),
        Suggestion.assigned_on.is_(None),
        Suggestion.lead_mandate_id.in_(leads),
    )


_SHOWN = (joinedload(Suggestion.lead_mandate).joinedload(Mandate.person),)


def list_drafts(actor: Actor) -> list[Suggestion]:
    """The deputy's own drafts, the one worked on last first."""
    wanted = select(Suggestion).where(
        Suggestion.lead_mandate_id.in_(_own(actor)), Suggestion.state == SuggestionState.DRAFT
    )
    return list(db.session.scalars(wanted.order_by(Suggestion.updated_at.desc()).limit(SHOWN)))


def select_given_back(actor: Actor) -> Select[int]:
    """The deputy's own drafts the office has given back to be changed."""
    given_back = exists().where(
        SuggestionStep.suggestion_id == Suggestion.id, SuggestionStep.step == Step.RETURN
    )
    return select(Suggestion.id).where(
        Suggestion.lead_mandate_id.in_(_own(actor)), Suggestion.state == SuggestionState.DRAFT, given_back
    )


def select_invitations(actor: Actor) -> Select[int]:
    """What colleagues ask the deputy to sign, not answered yet and still open."""
    asked = select(Cosigner.suggestion_id).where(
        Cosigner.mandate_id.in_(_own(actor)), Cosigner.state == CosignState.INVITED
    )
    return select(Suggestion.id).where(Suggestion.id.in_(asked), _open())


def list_invitations(actor: Actor) -> list[Suggestion]:
    """What colleagues ask the deputy to sign, not answered yet."""
    wanted = select(Suggestion).where(Suggestion.id.in_(select_invitations(actor))).options(*_SHOWN)
    return list(db.session.scalars(wanted.order_by(Suggestion.id.desc()).limit(SHOWN)))


def list_joinable(actor: Actor) -> list[Suggestion]:
    """Colleagues' suggestions that are open to co-signers and that the deputy has not signed."""
    signed = select(Cosigner.suggestion_id).where(Cosigner.mandate_id.in_(_own(actor)))
    wanted = select(Suggestion).where(_joinable(actor), Suggestion.id.not_in(signed)).options(*_SHOWN)
    return list(db.session.scalars(wanted.order_by(Suggestion.raised_on.desc()).limit(SHOWN)))


def list_handed_in(actor: Actor) -> list[Suggestion]:
    """What the deputy leads and has handed in, the latest first."""
    wanted = select(Suggestion).where(
        Suggestion.lead_mandate_id.in_(_own(actor)), Suggestion.state != SuggestionState.DRAFT
    )
    latest = wanted.order_by(Suggestion.raised_on.desc(), Suggestion.id.desc())
    return list(db.session.scalars(latest.limit(SHOWN)))


def list_cosigned(actor: Actor) -> list[Suggestion]:
    """What colleagues lead and the deputy has signed, the latest first."""
    signed = select(Cosigner.suggestion_id).where(
        Cosigner.mandate_id.in_(_own(actor)), Cosigner.state == CosignState.CONFIRMED
    )
    wanted = select(Suggestion).where(Suggestion.id.in_(signed)).options(*_SHOWN)
    latest = wanted.order_by(Suggestion.raised_on.desc(), Suggestion.id.desc())
    return list(db.session.scalars(latest.limit(SHOWN)))


def return_reasons(ids: Sequence[int]) -> dict[int, str]:
    """Why the office gave drafts back, the last time it did."""
    steps = db.session.scalars(
        select(SuggestionStep)
        .where(SuggestionStep.suggestion_id.in_(ids), SuggestionStep.step == Step.RETURN)
        .order_by(SuggestionStep.id)
    )
    return {step.suggestion_id: step.note for step in steps}


def was_handed_in(suggestion_id: int) -> bool:
    """Whether a draft was in the office's hands before."""
    handed = exists().where(SuggestionStep.suggestion_id == suggestion_id, SuggestionStep.step == Step.SUBMIT)
    return bool(db.session.scalar(select(handed)))


def colleagues(actor: Actor) -> ColumnElement[bool]:
    """SQL: deputies in office of a congress the actor sits in, without the actor."""
    today = clock.today()
    terms = select(Mandate.term_id).where(Mandate.person_id == actor.person_id, in_office(today))
    return and_(Mandate.term_id.in_(terms), Mandate.person_id != actor.person_id, in_office(today))


def _select_colleagues(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Mandate.id, Person.name, Mandate.level, Area.name)
        .join(Person, Person.id == Mandate.person_id)
        .join(Area, Area.code == Mandate.scope_code)
        .where(colleagues(actor))
        .order_by(Person.pinyin, Mandate.id)
    )


def _option(row: Any) -> tuple[int, str, str]:
    return row[0], row[1], f"{row[2].label} · {row[3]}"


def list_colleagues(
    actor: Actor, *, q: str = "", ids: Sequence[int] = (), limit: int = 12
) -> list[tuple[int, str, str]]:
    """(mandate, name, note) of colleagues matching what was typed, or of chosen ones; no card numbers or phones."""
    wanted = _select_colleagues(actor)
    chosen = wanted.where(Mandate.id.in_(ids)) if ids else wanted.where(search_person(q)).limit(limit)
    return [_option(row) for row in db.session.execute(chosen)]


def match_colleagues(actor: Actor, names: Sequence[str]) -> list[tuple[str, list[tuple[int, str, str]]]]:
    """Colleagues of each pasted name, in the order pasted."""
    rows = db.session.execute(_select_colleagues(actor).where(Person.name.in_(names)))
    options = [_option(row) for row in rows]
    return [(name, [each for each in options if each[1] == name]) for name in dict.fromkeys(names)]


def visible_among(actor: Actor, ids: Sequence[int]) -> set[int]:
    """Those of these suggestions the actor may open."""
    wanted = select(Suggestion.id).where(Suggestion.id.in_(ids), visible_suggestions(actor))
    return set(db.session.scalars(wanted)) if ids else set()


def _may_see_files(actor: Actor, suggestion_id: int) -> bool:
    seen = exists().where(Suggestion.id == suggestion_id, visible_suggestions(actor))
    return bool(db.session.scalar(select(seen)))


attachments.register_subject(FILES, _may_see_files)
