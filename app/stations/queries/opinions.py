"""Reading the life of opinions: steps, what is stuck, what may be the same matter, who took them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Action, Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.registry.models import HandlingUnit, Mandate, Person, RuleSet
from app.registry.queries import MISSING, find_rule_set
from app.stations.models import Opinion, OpinionStep, OpinionTransfer, ReceptionDeputy
from app.stations.opinion_rules import TOPIC, OpinionRules
from app.stations.queries import visible_opinions
from app.stations.rules import OPEN
from app.stations.states import (
    DutyStanding,
    LoopStage,
    OpinionAction,
    OpinionRoute,
    OpinionState,
    TransferState,
)

IN_HAND = (TransferState.SENT, TransferState.SIGNED)
LIKE = 60  # of 100: two texts at least so alike may be the same matter
MOST_HINTS = 5
MOST_COMPARED = 400


def opinion_rules(area_code: str, on: date) -> OpinionRules:
    """The rules of an area's office in force on a day."""
    found = find_rule_set(area_code, TOPIC, on)
    return OpinionRules.model_validate(found.content) if found is not None else OpinionRules()


# --- the page of an opinion -------------------------------------------------------------------------------


def list_steps(opinion_id: int) -> list[OpinionStep]:
    """What was done with an opinion, in order."""
    wanted = select(OpinionStep).where(OpinionStep.opinion_id == opinion_id)
    return list(db.session.scalars(wanted.order_by(OpinionStep.id)))


def has_steps(opinion_id: int) -> bool:
    """Whether its life has begun in the system: its columns then follow from the steps."""
    return db.session.scalar(select(exists().where(OpinionStep.opinion_id == opinion_id))) or False


def list_transfers_of(opinion_id: int) -> list[OpinionTransfer]:
    """Slips of an opinion, in order, with their units."""
    wanted = select(OpinionTransfer).where(OpinionTransfer.opinion_id == opinion_id)
    loaded = wanted.options(joinedload(OpinionTransfer.unit)).order_by(OpinionTransfer.id)
    return list(db.session.scalars(loaded))


def list_merged_into(opinion_id: int) -> list[Opinion]:
    """Opinions put together with this one."""
    wanted = select(Opinion).where(Opinion.merged_into_id == opinion_id)
    return list(db.session.scalars(wanted.order_by(Opinion.number)))


def transfer_in_hand(opinion_id: int) -> OpinionTransfer | None:
    """The slip a unit has not answered yet."""
    wanted = select(OpinionTransfer).where(
        OpinionTransfer.opinion_id == opinion_id, OpinionTransfer.state.in_(IN_HAND)
    )
    return db.session.scalar(wanted.order_by(OpinionTransfer.id.desc()).limit(1))


def get_followed_opinion(actor: Actor, opinion_id: int, action: Action) -> Opinion:
    """The opinion, to look at or to follow up; NotFound outside the actor's scope."""
    wanted = select(Opinion).where(Opinion.id == opinion_id, visible_opinions(actor, action))
    found = db.session.scalar(
        wanted.options(
            joinedload(Opinion.reception),
            joinedload(Opinion.station),
            joinedload(Opinion.merged_into),
            joinedload(Opinion.mandate).joinedload(Mandate.person),
        )
    )
    if found is None:
        raise NotFound(MISSING)
    return found


# --- the same matter --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Likeness:
    """An opinion that may be about the same matter, and how alike the texts are (0–100)."""

    opinion: Opinion
    score: int


def likely_the_same(actor: Actor, opinion: Opinion) -> list[Likeness]:
    """Open opinions of the same place, received near in time, whose words are like this one's; likest first."""
    days = timedelta(days=opinion_rules(opinion.area_code, clock.today()).duplicate_days)
    near = Opinion.received_on.between(opinion.received_on - days, opinion.received_on + days)
    place = [Opinion.area_code == opinion.area_code]
    if opinion.station_id is not None:
        place.append(Opinion.station_id == opinion.station_id)
    others = (
        select(Opinion)
        .where(Opinion.id != opinion.id, near, or_(*place), Opinion.state.in_(OPEN))
        .where(visible_opinions(actor))
        .order_by(Opinion.received_on.desc(), Opinion.id.desc())
        .limit(MOST_COMPARED)
    )
    scored = [Likeness(other, _likeness(opinion, other)) for other in db.session.scalars(others)]
    alike = [found for found in scored if found.score >= LIKE]
    return sorted(alike, key=lambda found: -found.score)[:MOST_HINTS]


def _likeness(one: Opinion, other: Opinion) -> int:
    """Words in any order and one inside the other; the same topic tells a little more."""
    words = max(fuzz.ratio(one.content, other.content), 0.95 * fuzz.partial_ratio(one.content, other.content))
    return min(100, round(words + (8 if one.topic and one.topic == other.topic else 0)))


# --- who took it ------------------------------------------------------------------------------------------


def taken_by(values: Sequence[str]) -> ColumnElement[bool]:
    """SQL: taken down by deputies of these card numbers or names, or at a reception they were present at."""
    named = (
        select(Mandate.id)
        .join(Person, Person.id == Mandate.person_id)
        .where(or_(Mandate.card_no.in_(values), Person.name.in_(values)))
    )
    return taken_by_mandates(named)


def taken_by_mandates(mandate_ids: Any) -> ColumnElement[bool]:
    """SQL: taken down by one of these mandates, or at a reception it was present at."""
    present = select(ReceptionDeputy.reception_id).where(
        ReceptionDeputy.mandate_id.in_(mandate_ids), ReceptionDeputy.standing == DutyStanding.PRESENT
    )
    return or_(Opinion.mandate_id.in_(mandate_ids), Opinion.reception_id.in_(present))


@dataclass(frozen=True)
class Counters:
    """What came of the opinions a deputy took (3-16)."""

    collected: int
    on_the_spot: int
    suggested: int
    transferred: int
    solved: int


def counters_of(actor: Actor, mandate_ids: Sequence[int]) -> Counters:
    """Opinions these mandates took, as far as the actor may see them."""
    counts: Sequence[int] = db.session.execute(
        select(
            func.count(Opinion.id),
            *(
                func.count(Opinion.id).filter(Opinion.route == route)
                for route in (OpinionRoute.ON_THE_SPOT, OpinionRoute.SUGGESTION, OpinionRoute.TRANSFER)
            ),
            func.count(Opinion.id).filter(Opinion.solved),
        ).where(visible_opinions(actor), taken_by_mandates(mandate_ids))
    ).one()
    return Counters(counts[0], counts[1], counts[2], counts[3], counts[4])


# --- where it stands --------------------------------------------------------------------------------------


def stage() -> ColumnElement[str]:
    """SQL of :func:`app.stations.rules.stage_of`."""
    return case(
        (Opinion.solved, literal(LoopStage.SOLVED.value)),
        (Opinion.state == OpinionState.MERGED, literal(LoopStage.COLLECTED.value)),
        (
            and_(Opinion.state == OpinionState.RECEIVED, Opinion.topic == ""),
            literal(LoopStage.CONTACTED.value),
        ),
        (Opinion.state == OpinionState.RECEIVED, literal(LoopStage.COLLECTED.value)),
        else_=literal(LoopStage.SUPERVISED.value),
    )


def reached(wanted: LoopStage) -> ColumnElement[bool]:
    """SQL: has come to this stage or further (1-11)."""
    stages = list(LoopStage)
    return stage().in_([later.value for later in stages[stages.index(wanted) :]])


def since() -> ColumnElement[date]:
    """SQL: the day on which the opinion came to the step it is at."""
    moved = (
        select(func.max(OpinionStep.on))
        .where(
            OpinionStep.opinion_id == Opinion.id,
            or_(OpinionStep.before != OpinionStep.after, OpinionStep.action == OpinionAction.TRANSFER),
        )
        .correlate(Opinion)
        .scalar_subquery()
    )
    return func.coalesce(moved, Opinion.closed_on, Opinion.received_on)


def due_on() -> ColumnElement[Any]:
    """SQL: until when the unit that has it must answer."""
    return (
        select(func.max(OpinionTransfer.due_on))
        .where(OpinionTransfer.opinion_id == Opinion.id, OpinionTransfer.state.in_(IN_HAND))
        .correlate(Opinion)
        .scalar_subquery()
    )


def unit_name() -> ColumnElement[str]:
    """SQL: the unit that has it in hand, or had it last."""
    return (
        select(HandlingUnit.name)
        .join(OpinionTransfer, OpinionTransfer.unit_id == HandlingUnit.id)
        .where(OpinionTransfer.opinion_id == Opinion.id, OpinionTransfer.state != TransferState.WITHDRAWN)
        .order_by(OpinionTransfer.id.desc())
        .limit(1)
        .correlate(Opinion)
        .scalar_subquery()
    )


def stuck(today: date) -> ColumnElement[bool]:
    """SQL: longer at its step than the office's rules allow, or with a unit after the due day (0-15)."""
    made = select(RuleSet.area_code).where(RuleSet.topic == TOPIC, RuleSet.valid_from <= today).distinct()
    codes = sorted(db.session.scalars(made), key=len, reverse=True)
    usual = _stuck_by(OpinionRules(), today)
    places = [
        (within(Opinion.area_code, [code]), _stuck_by(opinion_rules(code, today), today)) for code in codes
    ]
    return case(*places, else_=usual) if places else usual


def _stuck_by(rules: OpinionRules, today: date) -> ColumnElement[bool]:
    limits = {
        OpinionState.RECEIVED: rules.stuck_received_days,
        OpinionState.SUGGESTED: rules.stuck_suggested_days,
        OpinionState.ANSWERED: rules.stuck_answered_days,
        OpinionState.TRANSFERRED: rules.stuck_transferred_days,
    }
    long = [
        and_(Opinion.state == state, since() < today - timedelta(days=days)) for state, days in limits.items()
    ]
    late = and_(Opinion.state == OpinionState.TRANSFERRED, due_on() < today)
    # Ended is not the end while the person has not been told, where there is somebody to tell.
    untold = and_(
        Opinion.state == OpinionState.CLOSED,
        Opinion.citizen_phone != "",
        since() < today - timedelta(days=rules.stuck_closed_days),
    )
    return or_(*long, late, untold)


def count_stuck(actor: Actor, action: Action, today: date, area_code: str = "") -> int:
    """How many opinions of the actor's areas, or of one area inside them, are stuck."""
    scope = within(Opinion.area_code, actor.areas(action))
    wanted = select(func.count(Opinion.id)).where(scope, stuck(today))
    if area_code:
        wanted = wanted.where(within(Opinion.area_code, [area_code]))
    return db.session.scalar(wanted) or 0


def count_waiting(actor: Actor, action: Action) -> int:
    """How many opinions of the actor's areas nobody has decided about."""
    scope = within(Opinion.area_code, actor.areas(action))
    wanted = select(func.count(Opinion.id)).where(scope, Opinion.state == OpinionState.RECEIVED)
    return db.session.scalar(wanted) or 0


def list_stuck(area_code: str, actor: Actor, today: date, limit: int = 200) -> list[tuple[Opinion, date]]:
    """(opinion, since when) of an area, the longest waiting first."""
    came = since()
    wanted = (
        select(Opinion, came)
        .where(within(Opinion.area_code, [area_code]), visible_opinions(actor), stuck(today))
        .order_by(came, Opinion.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(wanted)]
