"""Reading accounts, sessions and the audit trail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from app.accounts.models import LoginSession, User
from app.accounts.policy import CREATE_DEPUTY_ACCOUNTS, MANAGE_ACCOUNTS, READ_AUDIT
from app.extensions import db
from app.kit import clock
from app.kit.audit import AuditChain, AuditEvent
from app.kit.authorisation import Actor
from app.kit.database import within
from app.kit.errors import NotFound
from app.kit.i18n import _l
from app.registry.models import Area, HandlingUnit, Mandate, Person
from app.registry.queries import find_area, in_office
from app.registry.states import Level
from app.registry.units import visible_units

SESSION_LIFE = timedelta(hours=12)


def select_visible_users(actor: Actor) -> Select[Any]:
    """Accounts whose area lies in the actor's."""
    return select(User).where(within(User.area_code, actor.areas(MANAGE_ACCOUNTS)))


def get_visible_user(actor: Actor, user_id: int) -> User:
    """The account; NotFound where it does not exist or is kept elsewhere."""
    found = db.session.scalar(select_visible_users(actor).where(User.id == user_id))
    if found is None:
        raise NotFound(_l("没有找到这个账号，或者它不在您的管理范围内。"))
    return found  # type: ignore[no-any-return]


def find_user(login: str) -> User | None:
    """The account with this login."""
    return db.session.scalar(select(User).where(User.login == login))


def get_own_user(actor: Actor) -> User:
    """The account of the person acting."""
    return db.session.get_one(User, actor.user_id)


def list_open_sessions(user_id: int) -> list[LoginSession]:
    """Sessions of a user that have not ended, newest first."""
    wanted = select(LoginSession).where(
        LoginSession.user_id == user_id,
        LoginSession.ended_at.is_(None),
        LoginSession.began_at > clock.now() - SESSION_LIFE,
    )
    return list(db.session.scalars(wanted.order_by(LoginSession.id.desc())))


def list_grantable_areas(actor: Actor, limit: int = 400) -> list[Area] | None:
    """Areas the actor may grant on; None where there are too many to choose from a list."""
    wanted = select(Area).where(within(Area.code, actor.areas(MANAGE_ACCOUNTS)))
    found = list(db.session.scalars(wanted.order_by(Area.code).limit(limit + 1)))
    return found if len(found) <= limit else None


def list_roster_areas(actor: Actor) -> list[Area]:
    """Counties and townships for whose deputies the actor may open accounts."""
    wanted = select(Area).where(within(Area.code, actor.areas(CREATE_DEPUTY_ACCOUNTS)))
    return list(db.session.scalars(wanted.where(Area.code >= "1").order_by(Area.code).limit(2000)))


def list_unit_choices(actor: Actor) -> list[tuple[int, str]]:
    """(unit, name) of the handling units an account can be bound to."""
    wanted = select(HandlingUnit.id, HandlingUnit.name, Area.name).join(
        Area, Area.code == HandlingUnit.area_code
    )
    known = wanted.where(visible_units(actor, MANAGE_ACCOUNTS), HandlingUnit.closed_on.is_(None))
    rows = db.session.execute(known.order_by(HandlingUnit.area_code, HandlingUnit.name).limit(2000))
    return [(row[0], f"{row[1]}（{row[2]}）") for row in rows]


def visible_persons(actor: Actor) -> ColumnElement[bool]:
    """Persons one of whose mandates is kept where the actor manages accounts."""
    scope = within(Mandate.scope_code, actor.areas(MANAGE_ACCOUNTS))
    return Person.id.in_(select(Mandate.person_id).where(scope))


def list_person_options(
    actor: Actor, *, q: str = "", ids: tuple[int, ...] = ()
) -> list[tuple[int, str, str]]:
    """(person, name, card numbers) for binding an account: those chosen, or those whose name begins so."""
    wanted = select(Person.id, Person.name).where(visible_persons(actor))
    if ids:
        wanted = wanted.where(Person.id.in_(ids))
    else:
        text = "".join(q.split())
        lowered = text.lower()
        cards = select(Mandate.person_id).where(Mandate.card_no == text)
        wanted = wanted.where(
            or_(
                _begins(Person.name, text),
                _begins(Person.initials, lowered),
                _begins(Person.pinyin, lowered),
                Person.id.in_(cards),
            )
        )
    rows = db.session.execute(wanted.order_by(Person.pinyin, Person.id).limit(20)).all()
    found = select(Mandate.person_id, Mandate.card_no).where(Mandate.person_id.in_([row.id for row in rows]))
    cards_of: dict[int, list[str]] = {}
    for person_id, card in db.session.execute(found.order_by(Mandate.id)):
        cards_of.setdefault(person_id, []).append(card or "")
    return [(row.id, row.name, "、".join(filter(None, cards_of.get(row.id, [])))) for row in rows]


def _begins(column: Any, prefix: str) -> ColumnElement[bool]:
    return and_(column >= prefix, column < prefix + chr(0x10FFFF))


def select_without_account(actor: Actor, area_code: str, level: Level | None) -> Select[*tuple[Any, ...]]:
    """Deputies in office today, kept in an area, whose person has no account yet, with the card number."""
    has_account = select(User.person_id).where(User.person_id.is_not(None))
    wanted = (
        select(
            Person.id, Person.name, Mandate.card_no, Mandate.office_code, Mandate.scope_code, Mandate.level
        )
        .join(Person, Person.id == Mandate.person_id)
        .where(
            within(Mandate.scope_code, [area_code]),
            within(Mandate.scope_code, actor.areas(CREATE_DEPUTY_ACCOUNTS)),
            in_office(clock.today()),
            Person.id.not_in(has_account),
        )
    )
    if level is not None:
        wanted = wanted.where(Mandate.level == level)
    return wanted.order_by(Mandate.scope_code, Mandate.card_no, Mandate.id)


def list_initial_accounts(user_ids: list[int]) -> list[Row[Any]]:
    """Accounts of a run whose initial password still holds: (id, login, name, card number, area name)."""
    rows: list[Row[Any]] = []
    for start in range(0, len(user_ids), 500):
        wanted = (
            select(User.id, User.login, User.name, Area.name.label("area"))
            .outerjoin(Area, Area.code == User.area_code)
            .where(
                User.id.in_(user_ids[start : start + 500]),
                User.must_change_password,
                User.password_changed_at.is_(None),
                User.disabled_at.is_(None),
            )
        )
        rows.extend(db.session.execute(wanted.order_by(User.id)))
    return rows


def select_visible_events(actor: Actor) -> Select[Any]:
    """Events of the audit trail about the auditor's area."""
    return select(AuditEvent).where(within(AuditEvent.area_code, actor.areas(READ_AUDIT)))


def get_visible_event(actor: Actor, event_id: int) -> AuditEvent:
    """The event; NotFound outside the auditor's area."""
    found = db.session.scalar(select_visible_events(actor).where(AuditEvent.id == event_id))
    if found is None:
        raise NotFound(_l("没有找到这条审计记录，或者它不在您的管理范围内。"))
    return found  # type: ignore[no-any-return]


def area_name(code: str) -> str:
    """What an area is called; its code where it is not known."""
    area = find_area(code)
    return area.name if area is not None else code


def list_chain_heads() -> list[Row[Any]]:
    """Where each chain of the trail ends now: (chain, seq, head)."""
    wanted = select(AuditChain.chain, AuditChain.seq, AuditChain.head).order_by(AuditChain.chain)
    return list(db.session.execute(wanted))


def find_event_hash(chain: str, seq: int) -> str | None:
    """Hash of one event of a chain."""
    wanted = select(AuditEvent.hash).where(AuditEvent.chain == chain, AuditEvent.seq == seq)
    return db.session.scalar(wanted)
