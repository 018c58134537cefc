"""Reading notices: an office's rules, what a reader has not read, the log of what was sent to whom."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import RoleGrant, User
from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Action, Actor, Role
from app.kit.database import within
from app.kit.errors import NotFound
from app.kit.i18n import _l
from app.notices.models import Notice, NoticeDelivery
from app.notices.policy import VIEW_LOG
from app.notices.rules import TOPIC, NoticeRules
from app.notices.states import Channel
from app.registry.models import Area, Person
from app.registry.queries import find_rule_set

MISSING = _l("没有找到这条通知，或者它不是发给您的。")
# The bell shows no more than 99+.
COUNTED = 100
PAGE = 30

Email = aliased(NoticeDelivery, name="email")
Sms = aliased(NoticeDelivery, name="sms")


def get_rules(area_code: str) -> NoticeRules:
    """The office's rules of notices in force today; the defaults where it has none."""
    found = find_rule_set(area_code, TOPIC, clock.today())
    return NoticeRules.model_validate(found.content) if found else NoticeRules()


def list_staff(area_code: str) -> list[int]:
    """Users to be told of something that waits for the staff of an area: the township's, else the county's."""
    wanted = select(RoleGrant.area_code, RoleGrant.user_id).join(User, User.id == RoleGrant.user_id)
    rows = db.session.execute(
        wanted.where(
            RoleGrant.role.in_([Role.TOWNSHIP_STAFF, Role.COUNTY_STAFF]),
            RoleGrant.area_code.in_([area_code[:n] for n in (2, 4, 6, 9, 12) if n <= len(area_code)]),
            User.disabled_at.is_(None),
        )
    ).all()
    nearest = max((len(row.area_code) for row in rows), default=0)
    return sorted({row.user_id for row in rows if len(row.area_code) == nearest})


# --- one's own ------------------------------------------------------------------------------------------

_MINE = or_(Notice.user_id == bindparam("user"), Notice.person_id == bindparam("person"))
# Asked on every page: a statement written once costs a third of one put together each time.
_UNREAD = select(func.count()).select_from(
    select(Notice.id).where(_MINE, Notice.read_at.is_(None)).limit(COUNTED).subquery()
)


def mine(actor: Actor) -> ColumnElement[bool]:
    """Notices told to this account or to the person it is bound to."""
    own = Notice.user_id == actor.user_id
    return own if actor.person_id is None else or_(own, Notice.person_id == actor.person_id)


def count_unread(actor: Actor) -> int:
    """How many of their notices the actor has not read; counted up to 100."""
    return db.session.scalar(_UNREAD, {"user": actor.user_id, "person": actor.person_id}) or 0


def list_mine(actor: Actor, *, unread: bool = False, before: int | None = None) -> list[Notice]:
    """A page of the actor's notices, newest first, and one more where there are older ones."""
    wanted = select(Notice).where(mine(actor))
    if unread:
        wanted = wanted.where(Notice.read_at.is_(None))
    if before is not None:
        wanted = wanted.where(Notice.id < before)
    return list(db.session.scalars(wanted.order_by(Notice.id.desc()).limit(PAGE + 1)))


def get_mine(actor: Actor, notice_id: int) -> Notice:
    """One of the actor's notices; NotFound for anybody else's."""
    found = db.session.scalar(select(Notice).where(Notice.id == notice_id, mine(actor)))
    if found is None:
        raise NotFound(MISSING)
    return found


# --- the log --------------------------------------------------------------------------------------------


def select_log(actor: Actor, action: Action = VIEW_LOG) -> Select[Any]:
    """What was told in the actor's areas, with whom it was told to and how each channel went."""
    return (
        select(Notice)
        .outerjoin(Person, Person.id == Notice.person_id)
        .outerjoin(User, User.id == Notice.user_id)
        .outerjoin(Area, Area.code == Notice.area_code)
        .outerjoin(Email, (Email.notice_id == Notice.id) & (Email.channel == Channel.EMAIL))
        .outerjoin(Sms, (Sms.notice_id == Notice.id) & (Sms.channel == Channel.SMS))
        .where(within(Notice.area_code, actor.areas(action)))
    )


def get_logged(actor: Actor, notice_id: int) -> Notice:
    """A notice of the actor's areas with its sendings; NotFound otherwise."""
    wanted = select(Notice).where(Notice.id == notice_id, within(Notice.area_code, actor.areas(VIEW_LOG)))
    found = db.session.scalar(
        wanted.options(joinedload(Notice.person), joinedload(Notice.user), joinedload(Notice.deliveries))
    )
    if found is None:
        raise NotFound(MISSING)
    return found


def list_chosen(statement: Select[Any], limit: int) -> list[int]:
    """Numbers of the notices a list shows under its filters (for "select all")."""
    return list(db.session.scalars(statement.with_only_columns(Notice.id).order_by(Notice.id).limit(limit)))
