"""Reading suggestions and handling units: who sees which, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.groups.models import DeputyGroup, GroupMembership
from app.groups.queries.groups import running
from app.kit import clock
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import HandlingUnit, Mandate, Person
from app.registry.queries import MISSING
from app.suggestions.models import Cosigner, Suggestion, SuggestionUnit, Supervision
from app.suggestions.policy import VIEW_SUGGESTIONS
from app.suggestions.states import (
    GONE,
    NOT_COUNTED,
    CosignState,
    ReplyClass,
    SuggestionStanding,
    SuggestionState,
    UnitPart,
)


def counted() -> ColumnElement[bool]:
    """SQL: a suggestion that reports and the ledger count: accepted, and not taken back."""
    return Suggestion.state.not_in(NOT_COUNTED)


def visible_suggestions(actor: Actor, action: Action = VIEW_SUGGESTIONS) -> ColumnElement[bool]:
    """Suggestions led by deputies of the actor's areas, once they are handed in.

    A deputy sees those they lead, co-sign or are asked to co-sign, and those that they or their groups supervise; a
    unit those that are in its hands or were
    answered by it.
    """
    seen = [
        and_(within(Suggestion.area_code, actor.areas(action)), Suggestion.state != SuggestionState.DRAFT)
    ]
    if actor.owns(action):
        own = select(Mandate.id).where(Mandate.person_id == actor.person_id)
        cosigned = select(Cosigner.suggestion_id).where(
            Cosigner.mandate_id.in_(own), Cosigner.state != CosignState.DECLINED
        )
        seen += [Suggestion.lead_mandate_id.in_(own), Suggestion.id.in_(cosigned)]
        if action is VIEW_SUGGESTIONS:
            seen += _supervised_by(actor.person_id)
    unit_id = actor.unit_for(action)
    if unit_id is not None:
        in_hands = select(SuggestionUnit.suggestion_id).where(
            SuggestionUnit.unit_id == unit_id, SuggestionUnit.state.not_in(GONE)
        )
        seen.append(Suggestion.id.in_(in_hands))
    return or_(*seen)


def select_groups_of(person_id: int | None) -> Select[int]:
    """Numbers of the running groups a person sits in today."""
    today = clock.today()
    return (
        select(GroupMembership.group_id)
        .join(Mandate, Mandate.id == GroupMembership.mandate_id)
        .join(DeputyGroup, DeputyGroup.id == GroupMembership.group_id)
        .where(
            Mandate.person_id == person_id,
            running(GroupMembership.joined_on, GroupMembership.left_on, today),
            or_(DeputyGroup.ended_on.is_(None), DeputyGroup.ended_on > today),
        )
    )


def supervising() -> ColumnElement[bool]:
    """SQL: a supervision that has not ended."""
    return or_(Supervision.ended_on.is_(None), Supervision.ended_on > clock.today())


def _supervised_by(person_id: int | None) -> list[ColumnElement[bool]]:
    """Suggestions and classes that a person, or a group they sit in, supervises now (4-25, 4-27)."""
    whose = and_(
        or_(Supervision.person_id == person_id, Supervision.group_id.in_(select_groups_of(person_id))),
        supervising(),
    )
    return [
        Suggestion.id.in_(select(Supervision.suggestion_id).where(whose)),
        Suggestion.class_id.in_(select(Supervision.class_id).where(whose)),
    ]


def get_visible_suggestion(actor: Actor, suggestion_id: int, action: Action = VIEW_SUGGESTIONS) -> Suggestion:
    """The suggestion with its signers and units; NotFound outside the actor's scope."""
    found = db.session.scalar(
        select(Suggestion)
        .where(Suggestion.id == suggestion_id, visible_suggestions(actor, action))
        .options(
            joinedload(Suggestion.lead_mandate).joinedload(Mandate.person),
            joinedload(Suggestion.source_opinion),
        )
        .options(
            joinedload(Suggestion.cosigners).joinedload(Cosigner.mandate).joinedload(Mandate.person),
            joinedload(Suggestion.units).joinedload(SuggestionUnit.unit),
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def standing(on: Any) -> ColumnElement[Any]:
    """SQL: where a suggestion stands with its reply on a day (as :func:`rules.standing_of`)."""
    replied, due = Suggestion.replied_on, Suggestion.due_on
    return case(
        (replied > due, SuggestionStanding.REPLIED_LATE.value),
        (replied.is_not(None), SuggestionStanding.REPLIED.value),
        # Taken back from its units it waits to be handed over again, and no deadline runs.
        (
            or_(
                Suggestion.assigned_on.is_(None),
                and_(Suggestion.state == SuggestionState.ACCEPTED, due.is_(None)),
            ),
            SuggestionStanding.UNASSIGNED.value,
        ),
        (due < on, SuggestionStanding.OVERDUE.value),
        else_=SuggestionStanding.OPEN.value,
    )


def reply_late(on: Any) -> ColumnElement[bool]:
    """SQL: the reply is late on a day: given after its day, or not given although that is over.

    The one meaning of late: in lists, figures, boards and in what other programs read.
    """
    replied, due = Suggestion.replied_on, Suggestion.due_on
    return and_(due.is_not(None), func.coalesce(replied, on) > due)


def problem_solved(of: Any = Suggestion) -> ColumnElement[bool]:
    """SQL: the problem is solved, as :attr:`Suggestion.problem_solved` has it; never NULL.

    The one meaning of solved: in lists, figures, boards and in what other programs read. What the proposer says
    of it stands beside it, on their slip (0-08).
    """
    return or_(of.solved, and_(of.reply_class.is_not(None), of.reply_class == ReplyClass.A))


def unit_names_of(part: UnitPart) -> Any:
    """SQL: names of the units that lead, or help, in handling a suggestion."""
    return (
        select(func.aggregate_strings(HandlingUnit.name, "、"))
        .select_from(SuggestionUnit)
        .join(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .where(
            SuggestionUnit.suggestion_id == Suggestion.id,
            SuggestionUnit.part == part,
            SuggestionUnit.state.not_in(GONE),
        )
        .correlate(Suggestion)
        .scalar_subquery()
    )


def cosigner_names() -> Any:
    """SQL: names of the deputies who co-signed a suggestion."""
    return (
        select(func.aggregate_strings(Person.name, "、"))
        .select_from(Cosigner)
        .join(Mandate, Mandate.id == Cosigner.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .where(Cosigner.suggestion_id == Suggestion.id, Cosigner.state == CosignState.CONFIRMED)
        .correlate(Suggestion)
        .scalar_subquery()
    )


def _known_as(values: Sequence[str]) -> Select[int]:
    return (
        select(Mandate.id)
        .join(Person, Person.id == Mandate.person_id)
        .where(or_(Mandate.card_no.in_(values), Person.name.in_(values)))
    )


def _cosigned_by(mandate_ids: Any) -> Select[int]:
    """Suggestions that these confirmed; who was only asked, or would not, has not signed."""
    return select(Cosigner.suggestion_id).where(
        Cosigner.mandate_id.in_(mandate_ids), Cosigner.state == CosignState.CONFIRMED
    )


def signed_by(values: Sequence[str]) -> ColumnElement[bool]:
    """Led or co-signed by deputies of these card numbers or names."""
    known = _known_as(values)
    return or_(Suggestion.lead_mandate_id.in_(known), Suggestion.id.in_(_cosigned_by(known)))


def led_by(values: Sequence[str]) -> ColumnElement[bool]:
    """Led by deputies of these card numbers or names."""
    return Suggestion.lead_mandate_id.in_(_known_as(values))


def handled_by(values: Sequence[str], part: UnitPart) -> ColumnElement[bool]:
    """Handled by units of these names in this part; not those that gave it back."""
    handled = (
        select(SuggestionUnit.suggestion_id)
        .join(HandlingUnit, HandlingUnit.id == SuggestionUnit.unit_id)
        .where(HandlingUnit.name.in_(values), SuggestionUnit.part == part, SuggestionUnit.state.not_in(GONE))
    )
    return Suggestion.id.in_(handled)


def list_suggestions_of(actor: Actor, mandate_ids: Sequence[int], limit: int) -> tuple[list[Suggestion], int]:
    """The latest suggestions these mandates led or co-signed, and how many there are."""
    condition = and_(
        visible_suggestions(actor),
        counted(),
        or_(Suggestion.lead_mandate_id.in_(mandate_ids), Suggestion.id.in_(_cosigned_by(mandate_ids))),
    )
    latest = (
        select(Suggestion, func.count().over())
        .where(condition)
        .order_by(Suggestion.raised_on.desc(), Suggestion.id.desc())
    )
    rows = db.session.execute(latest.limit(limit)).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def list_categories(actor: Actor) -> list[str]:
    """Categories used so far in the actor's areas, the most frequent first."""
    wanted = select(Suggestion.category).where(within(Suggestion.area_code, actor.areas(VIEW_SUGGESTIONS)))
    grouped = wanted.where(Suggestion.category != "").group_by(Suggestion.category)
    return list(db.session.scalars(grouped.order_by(func.count().desc()).limit(30)))


# --- units ----------------------------------------------------------------------------------------------


def unit_counts(actor: Actor, on: Any) -> Subquery:
    """SQL: per unit, how many suggestions the actor sees it lead, help with, and is late with."""
    late = reply_late(on)
    leads = SuggestionUnit.part == UnitPart.LEAD
    counts: Select[*tuple[Any, ...]] = (
        select(
            SuggestionUnit.unit_id.label("unit_id"),
            func.count(Suggestion.id).filter(leads).label("leads"),
            func.count(Suggestion.id).filter(~leads).label("helps"),
            func.count(Suggestion.id)
            .filter(and_(leads, Suggestion.replied_on.is_not(None)))
            .label("replied"),
            func.count(Suggestion.id).filter(and_(leads, late)).label("late"),
        )
        .join(Suggestion, Suggestion.id == SuggestionUnit.suggestion_id)
        .where(visible_suggestions(actor), counted(), SuggestionUnit.state.not_in(GONE))
        .group_by(SuggestionUnit.unit_id)
    )
    return counts.subquery("unit_counts")


def figures_of_unit(actor: Actor, unit_id: int, on: Any) -> dict[str, int]:
    """The same figures of one unit, by name."""
    counts = unit_counts(actor, on)
    row = db.session.execute(select(counts).where(counts.c.unit_id == unit_id)).mappings().first()
    names = ("leads", "helps", "replied", "late")
    return {name: row[name] if row is not None else 0 for name in names}
