"""Reading compositions: who sees which, who is to be divided, how they are grouped now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, select

from app.extensions import db
from app.groups.composing.problem import Division, Member, Problem
from app.groups.composing.trades import trade_of
from app.groups.composing.wishes import Wishes
from app.groups.composing.words import MIXED, Criterion, Office, Seniority
from app.groups.models import DeputyGroup, GroupComposition, GroupMembership
from app.groups.policy import COMPOSE_GROUPS
from app.groups.queries import TOWNSHIP_PREFIX, running
from app.groups.states import GroupKind
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.kit.jobs import JobStatus, job_status
from app.registry.models import Mandate, Person
from app.registry.queries import MISSING, in_office, list_area_names
from app.registry.states import Level


def visible_compositions(actor: Actor) -> ColumnElement[bool]:
    """Compositions of the actor's areas."""
    return within(GroupComposition.area_code, actor.areas(COMPOSE_GROUPS))


def get_composition(actor: Actor, composition_id: int) -> GroupComposition:
    """The composition; NotFound where it does not exist or lies outside the actor's scope."""
    wanted = select(GroupComposition).where(GroupComposition.id == composition_id)
    found = db.session.scalar(wanted.where(visible_compositions(actor)))
    if found is None:
        raise NotFound(MISSING)
    return found


def running_job(composition: GroupComposition) -> JobStatus | None:
    """The job that is looking for a division now."""
    status = job_status(composition.job_id) if composition.job_id is not None else None
    return None if status is None or status.finished else status


@dataclass(frozen=True)
class Seat:
    """A person to be divided, by one mandate: of the highest level they hold. ``mandates`` are all of theirs."""

    member: Member
    person_id: int
    level: Level
    township_name: str
    post: str
    mandates: tuple[int, ...]


def list_seats(area_code: str, levels: Sequence[Level], on: date) -> list[Seat]:
    """Everyone of these levels in office on the day in the area, each person once (2-15)."""
    rows = db.session.execute(
        select(
            Mandate.id,
            Mandate.person_id,
            Mandate.level,
            Mandate.area_code,
            Mandate.scope_code,
            Mandate.re_elected,
            Mandate.leader,
            Mandate.office_holder,
            Person.name,
            Person.sex,
            Person.work_unit_post,
        )
        .join(Person, Person.id == Mandate.person_id)
        .where(within(Mandate.scope_code, [area_code]), Mandate.level.in_(levels), in_office(on))
        .order_by(Mandate.id)
    ).all()
    names = dict(list_area_names([area_code]))
    held: dict[int, list[object]] = {}
    for row in sorted(rows, key=lambda row: (row.level.rank, row.id)):
        held.setdefault(row.person_id, []).append(row)
    return [_seat(mandates, names) for mandates in held.values()]


def _seat(rows: list, names: dict[str, str]) -> Seat:  # type: ignore[type-arg]
    """One person; facts of the highest mandate, a leader by any, at home where any of them says so."""
    first = rows[0]
    homes = [code[:TOWNSHIP_PREFIX] for row in rows for code in (row.area_code, row.scope_code)]
    township = next((code for code in homes if len(code) == TOWNSHIP_PREFIX), "")
    leads = any(row.leader or row.office_holder for row in rows)
    traits = {
        Criterion.TERM: (Seniority.AGAIN if first.re_elected else Seniority.FIRST).value,
        Criterion.OFFICE: (Office.LEADER if leads else Office.GRASS_ROOTS).value,
        Criterion.LEVEL: first.level.value,
        Criterion.TRADE: trade_of(first.work_unit_post).value,
    }
    if first.sex is not None:
        traits[Criterion.SEX] = first.sex.value
    member = Member(first.id, first.name, township, traits)
    ids = tuple(row.id for row in rows)
    return Seat(
        member, first.person_id, first.level, names.get(township, ""), first.work_unit_post or "", ids
    )


def problem_of(composition: GroupComposition, seats: Sequence[Seat]) -> Problem:
    """The problem that a composition's wishes pose for these people."""
    wishes = Wishes.read(composition.wishes)
    named = {key for block in (*wishes.together, *wishes.apart) for key in block}
    person_of = _persons_of(named)
    seat_of = {seat.person_id: seat.member.key for seat in seats}

    def members(blocks: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(seat_of.get(person_of.get(key, 0), -key) for key in block) for block in blocks)

    return Problem(
        members=tuple(seat.member for seat in seats),
        groups=wishes.groups,
        least=wishes.least,
        most=wishes.most,
        criteria=wishes.criteria,
        together=members(wishes.together),
        apart=members(wishes.apart),
        whole_townships=wishes.whole_townships,
        mixed=tuple(each for each in MIXED if wishes.mixed and each in wishes.criteria),
        township_names={seat.member.township: seat.township_name for seat in seats},
    )


def _persons_of(mandate_ids: set[int]) -> dict[int, int]:
    rows = db.session.execute(select(Mandate.id, Mandate.person_id).where(Mandate.id.in_(mandate_ids)))
    return {row.id: row.person_id for row in rows}


def division_of(composition: GroupComposition) -> Division:
    """Who is in which group of the composition."""
    return {int(key): place for key, place in composition.division.items()}


def list_present_groups(area_code: str, kind: GroupKind, on: date) -> list[DeputyGroup]:
    """Groups of this kind that the area itself keeps, not ended by the day, as they were made."""
    wanted = select(DeputyGroup).where(DeputyGroup.area_code == area_code, DeputyGroup.kind == kind)
    rows = db.session.scalars(wanted.order_by(DeputyGroup.id))
    return [group for group in rows if group.ended_on is None or group.ended_on > on]


def present_division(groups: Sequence[DeputyGroup], seats: Sequence[Seat], on: date) -> Division:
    """In which of these groups the people sit on the day, whatever the mandate; who sits in none is left out."""
    place_of = {group.id: place for place, group in enumerate(groups)}
    seat_of = {seat.person_id: seat.member.key for seat in seats}
    rows = db.session.execute(
        select(GroupMembership.group_id, Mandate.person_id)
        .join(Mandate, Mandate.id == GroupMembership.mandate_id)
        .where(
            GroupMembership.group_id.in_(place_of),
            running(GroupMembership.joined_on, GroupMembership.left_on, on),
        )
        .order_by(GroupMembership.joined_on, GroupMembership.id)
    )
    return {seat_of[person]: place_of[group] for group, person in rows if person in seat_of}


def as_present(problem: Problem, groups: int) -> Problem:
    """The same people with the number of groups there are now, for the figures before."""
    return replace(problem, groups=max(groups, 1))


def fitted_to_present(division: Division, present: Division, groups: int) -> Division:
    """The same division with its groups numbered so that most people keep theirs where a present group goes on."""
    shared: dict[tuple[int, int], int] = {}
    for key, place in division.items():
        if key in present and present[key] < groups:
            pair = (place, present[key])
            shared[pair] = shared.get(pair, 0) + 1
    number: dict[int, int] = {}
    for (place, old), _count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if place not in number and old not in number.values():
            number[place] = old
    free = iter(sorted(set(range(groups)) - set(number.values())))
    for place in range(groups):
        if place not in number:
            number[place] = next(free)
    return {key: number[place] for key, place in division.items()}
