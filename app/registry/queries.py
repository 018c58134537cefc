"""Reading the registry. What a person may see is one ``select_visible_…`` per noun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, union
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Action, Actor
from app.kit.database import row_ids, within
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _l
from app.registry.models import Area, Delegation, Mandate, Person, Post, RuleSet, Suspension, Term
from app.registry.policy import LIST_DEPUTIES, VIEW_DEPUTIES
from app.registry.states import Level, MandateStanding

MISSING = _l("没有找到这条记录，或者它不在您的管理范围内。")


def in_office(on: date) -> ColumnElement[bool]:
    """Began by that day, not ended by it, not suspended on it. Denominators count only this."""
    # The few suspended ones are read once, rather than asked for at every mandate.
    suspended = select(Suspension.mandate_id).where(
        Suspension.began_on <= on, or_(Suspension.ended_on.is_(None), Suspension.ended_on > on)
    )
    return and_(
        Mandate.began_on <= on,
        or_(Mandate.ended_on.is_(None), Mandate.ended_on > on),
        Mandate.id.not_in(suspended),
    )


def visible_mandates(actor: Actor, action: Action = VIEW_DEPUTIES) -> ColumnElement[bool]:
    """Mandates the actor may see for this action: kept in their areas, or their own."""
    scope = within(Mandate.scope_code, actor.areas(action))
    if actor.owns(action):
        return or_(scope, Mandate.person_id == actor.person_id)
    return scope


_ENDS_OF_SCOPES = select(
    select(func.min(Mandate.scope_code)).scalar_subquery(),
    select(func.max(Mandate.scope_code)).scalar_subquery(),
)


def hold_every_mandate(prefixes: Sequence[str]) -> bool:
    """Whether no mandate is kept outside these areas: then a list of facts need not look at each one's mandate."""
    ends = [code or "" for code in db.session.execute(_ENDS_OF_SCOPES).one()]
    return any(all(code.startswith(prefix) for code in ends) for prefix in prefixes)


def select_visible_mandates(actor: Actor, action: Action = VIEW_DEPUTIES) -> Select[Any]:
    """Mandates with their persons."""
    return select(Mandate).join(Person, Person.id == Mandate.person_id).where(visible_mandates(actor, action))


def get_visible_mandate(actor: Actor, mandate_id: int, action: Action = VIEW_DEPUTIES) -> Mandate:
    """The mandate; NotFound where it does not exist or lies outside the actor's scope."""
    found = db.session.scalar(select_visible_mandates(actor, action).where(Mandate.id == mandate_id))
    if found is None:
        raise NotFound(MISSING)
    return found  # type: ignore[no-any-return]


def get_visible_person(actor: Actor, person_id: int, action: Action = VIEW_DEPUTIES) -> Person:
    """A person one of whose mandates the actor may see."""
    wanted = select(Mandate.id).where(Mandate.person_id == person_id, visible_mandates(actor, action))
    found = db.session.get(Person, person_id)
    if found is None or db.session.scalar(wanted.limit(1)) is None:
        raise NotFound(MISSING)
    return found


def search_person(q: str) -> ColumnElement[bool]:
    """Finds a deputy by name or given name, by pinyin or initials, by card number or phone.

    Every form is a prefix, written as a range that an index serves.
    """
    text = "".join(q.split())
    if text.isascii() and any(c.isdigit() for c in text):
        cards = select(Mandate.id).where(_begins(Mandate.card_no, text))
        phones = select(Mandate.id).join(Person, Person.id == Mandate.person_id)
        return Mandate.id.in_(union(cards, phones.where(_begins(Person.phone, text))))
    if text.isascii():
        columns, text = (Person.initials, Person.pinyin), text.lower()
    else:
        columns = (Person.name, Person.given_name)
    # Each column has its index; joined by OR neither would be used, and every person read.
    return Mandate.person_id.in_(
        union(*(select(Person.id).where(_begins(column, text)) for column in columns))
    )


def _begins(column: Any, prefix: str) -> ColumnElement[bool]:
    return and_(column >= prefix, column < prefix + chr(0x10FFFF))


def find_area(code: str) -> Area | None:
    """The area with this code."""
    return db.session.get(Area, code)


def get_area(code: str) -> Area:
    """The area with this code; NotFound otherwise."""
    found = find_area(code)
    if found is None:
        raise NotFound(_l("没有代码为“%(code)s”的行政区划，请核对区划代码。", code=code))
    return found


def list_areas(prefixes: Sequence[str]) -> list[Area]:
    """Areas whose code begins with one of the prefixes, by code."""
    return list(db.session.scalars(select(Area).where(within(Area.code, prefixes)).order_by(Area.code)))


def list_area_names(prefixes: Sequence[str], codes: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """(code, name) of the areas whose code begins with one of the prefixes, by code; only those in ``codes``."""
    wanted = select(Area.code, Area.name).where(within(Area.code, prefixes)).order_by(Area.code)
    if codes is not None:
        wanted = wanted.where(Area.code.in_(codes))
    return [(row.code, row.name) for row in db.session.execute(wanted)]


# Asked on every page: a statement written once costs a third of one put together each time.
_AREAS_AROUND = (
    select(Area.code, Area.name)
    .where(
        or_(
            Area.code.in_(bindparam("codes", expanding=True)),
            Area.parent_code.in_(bindparam("parents", expanding=True)),
        )
    )
    .order_by(Area.code)
)


def list_areas_around(prefixes: Sequence[str], around: str) -> list[tuple[str, str]]:
    """(code, name), by code, of an area, those above it, one level below it and beside it, and of ``prefixes``
    themselves; only what lies inside ``prefixes``."""
    above = [around[:n] for n in (0, 2, 4, 6) if n < len(around)]
    wanted = {"codes": [*above, around, *prefixes], "parents": [*above[-1:], around]}
    rows = db.session.execute(_AREAS_AROUND, wanted)
    return [(code, name) for code, name in rows if code and code.startswith(tuple(prefixes))]


def list_townships(area_code: str) -> list[Area]:
    """Townships of an area (or the township itself), by code as the office listed them."""
    wanted = select(Area).where(within(Area.code, [area_code]), func.length(Area.code) == 9)
    return list(db.session.scalars(wanted.order_by(Area.created_at, Area.code)))


def find_term(area_code: str, level: Level, on: date) -> Term | None:
    """The term of an area's congress that runs on a day."""
    return db.session.scalar(
        select(Term)
        .where(Term.area_code == area_code, Term.level == level, Term.started_on <= on)
        .where(or_(Term.ended_on.is_(None), Term.ended_on > on))
        .order_by(Term.started_on.desc())
        .limit(1)
    )


def find_rule_set(area_code: str, topic: str, on: date) -> RuleSet | None:
    """The rules of a topic in force for an area on a day: its own, else those of the nearest area above."""
    codes = [area_code[:n] for n in (0, 2, 4, 6, 9, 12) if n <= len(area_code)]
    return db.session.scalar(
        select(RuleSet)
        .where(RuleSet.topic == topic, RuleSet.area_code.in_(codes), RuleSet.valid_from <= on)
        .order_by(func.length(RuleSet.area_code).desc(), RuleSet.valid_from.desc())
        .limit(1)
    )


def list_delegations(prefixes: Sequence[str], ids: Sequence[str] | None = None) -> list[Delegation]:
    """Delegations of the areas; only those with these numbers."""
    wanted = select(Delegation).where(within(Delegation.area_code, prefixes)).order_by(Delegation.name)
    if ids is not None:
        wanted = wanted.where(Delegation.id.in_(row_ids(ids)))
    return list(db.session.scalars(wanted))


def standing_of(mandate: Mandate, on: date) -> MandateStanding:
    """Where a mandate stands on a day."""
    if mandate.began_on > on:
        return MandateStanding.NOT_BEGUN
    if mandate.ended_on is not None and mandate.ended_on <= on:
        return MandateStanding.ENDED
    for suspension in mandate.suspensions:
        if suspension.began_on <= on and (suspension.ended_on is None or suspension.ended_on > on):
            return MandateStanding.SUSPENDED
    return MandateStanding.IN_OFFICE


# All that a deputy's page says of mandates, in one statement.
_MANDATES_OF_PERSON = (
    select(Mandate)
    .where(Mandate.person_id == bindparam("person_id"))
    .options(
        joinedload(Mandate.person, innerjoin=True),
        joinedload(Mandate.term, innerjoin=True),
        joinedload(Mandate.area, innerjoin=True),
        joinedload(Mandate.electing_unit),
        joinedload(Mandate.electoral_district),
        joinedload(Mandate.delegation),
        selectinload(Mandate.suspensions),
    )
)


def list_visible_mandates(actor: Actor, person_id: int) -> list[Mandate]:
    """A person's mandates the actor may see, those in office first."""
    today = clock.today()
    held = db.session.scalars(_MANDATES_OF_PERSON, {"person_id": person_id})
    found = [mandate for mandate in held if actor.may_in(VIEW_DEPUTIES, mandate.scope_code, person_id)]
    ended = {m.id: m.ended_on is not None and m.ended_on <= today for m in found}
    return sorted(found, key=lambda m: (ended[m.id], m.level.rank, -m.began_on.toordinal()))


def list_posts(person_id: int) -> list[Post]:
    """Posts a person holds or held, latest first."""
    wanted = select(Post).where(Post.person_id == person_id).order_by(Post.began_on.desc())
    return list(db.session.scalars(wanted))


def get_visible_suspension(actor: Actor, suspension_id: int, action: Action) -> Suspension:
    """A suspension of a mandate in the actor's scope."""
    found = db.session.get(Suspension, suspension_id)
    if found is None or not actor.may_in(action, found.mandate.scope_code):
        raise NotFound(MISSING)
    return found


def get_visible_area(actor: Actor, code: str, action: Action) -> Area:
    """An area inside the actor's scope."""
    found = find_area(code)
    if found is None or not actor.may_in(action, found.code):
        raise NotFound(MISSING)
    return found


def get_visible_term(actor: Actor, term_id: int, action: Action) -> Term:
    """A term of a congress inside the actor's scope."""
    found = db.session.get(Term, term_id)
    if found is None or not actor.may_in(action, found.area_code):
        raise NotFound(MISSING)
    return found


def list_terms_for(prefixes: Sequence[str]) -> list[Term]:
    """Terms deputies of these areas sit in: of congresses inside them and above them."""
    above = {prefix[:n] for prefix in prefixes for n in (0, 2, 4, 6) if n < len(prefix)}
    wanted = select(Term).where(or_(within(Term.area_code, prefixes), Term.area_code.in_(above)))
    return list(
        db.session.scalars(wanted.order_by(func.length(Term.area_code), Term.area_code, Term.ordinal.desc()))
    )


def list_rule_sets(prefixes: Sequence[str]) -> list[RuleSet]:
    """Rules of the areas, latest first."""
    wanted = select(RuleSet).where(within(RuleSet.area_code, prefixes))
    return list(
        db.session.scalars(wanted.order_by(RuleSet.area_code, RuleSet.topic, RuleSet.valid_from.desc()))
    )


def list_options(
    actor: Actor, *, q: str = "", ids: Sequence[int] = (), limit: int = 12
) -> list[tuple[int, str, str]]:
    """(mandate, name, note) of deputies in office matching what was typed, or of chosen ones."""
    wanted = _select_options(actor)
    if ids:
        wanted = wanted.where(Mandate.id.in_(ids))
    else:
        wanted = wanted.where(search_person(q), in_office(clock.today())).limit(limit)
    return [_option(row) for row in db.session.execute(wanted)]


def _select_options(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Mandate.id, Person.name, Mandate.level, Area.name, Mandate.card_no)
        .join(Person, Person.id == Mandate.person_id)
        .join(Area, Area.code == Mandate.scope_code)
        .where(visible_mandates(actor, LIST_DEPUTIES))
        .order_by(Person.pinyin, Mandate.level, Mandate.id)
    )


def _option(row: Any) -> tuple[int, str, str]:
    return row[0], row[1], " · ".join(part for part in (row[2].label, row[3], row[4]) if part)


def match_pasted(actor: Actor, names: Sequence[str]) -> dict[str, list[tuple[int, str, str]]]:
    """Deputies in office for each pasted name or card number; several where the name fits several."""
    found: dict[str, list[tuple[int, str, str]]] = {name: [] for name in names}
    wanted = _select_options(actor).where(
        in_office(clock.today()), or_(Person.name.in_(found), Mandate.card_no.in_(found))
    )
    for row in db.session.execute(wanted):
        key = row[4] if row[4] in found else row[1]
        found[key].append(_option(row))
    return found


def get_mandate_by_card(card_no: str, area_code: str | None = None) -> Mandate:
    """The deputy with this card number; where several offices use it, ``area_code`` tells which."""
    wanted = select(Mandate).where(Mandate.card_no == card_no)
    if area_code:
        wanted = wanted.where(within(Mandate.scope_code, [area_code]))
    found = list(db.session.scalars(wanted.order_by(Mandate.id).limit(3)))
    if not found:
        raise NotFound(_l("没有证号为“%(card)s”的代表，请核对证号。", card=card_no))
    if len(found) > 1:
        offices = "、".join(mandate.office_code for mandate in found)
        raise DomainError(
            _l("证号“%(card)s”在几个县重复（%(offices)s），请用 --area 指明。", card=card_no, offices=offices)
        )
    return found[0]
