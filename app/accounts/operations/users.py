"""Accounts of others: made, changed, disabled, given a new password."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.accounts.models import RoleGrant, User
from app.accounts.operations.entry import end_sessions
from app.accounts.passwords import check_new_password, hash_password, matches, random_password
from app.accounts.policy import MANAGE_ACCOUNTS
from app.accounts.queries import visible_persons
from app.accounts.rules import area_fits, roles_conflict, unit_conflict
from app.extensions import db
from app.kit import clock
from app.kit.authorisation import Actor, Grant, Role, authorise
from app.kit.errors import Conflict, DomainError, Forbidden
from app.kit.i18n import _l
from app.registry.models import HandlingUnit, Person
from app.registry.queries import get_area
from app.registry.states import LEVEL_OF_CODE_LENGTH
from app.registry.units import visible_units


def create_user(
    actor: Actor,
    *,
    login: str,
    name: str,
    grants: Sequence[Grant],
    person_id: int | None = None,
    unit_id: int | None = None,
    password: str | None = None,
) -> tuple[User, str]:
    """A new account and its first password, which must be changed at the first log-in."""
    _check_grants(actor, grants, person_id)
    _check_unit(actor, grants, person_id, unit_id)
    area_code = home_area(grants)
    authorise(actor, MANAGE_ACCOUNTS, area_code)
    _check_login(login)
    if password is not None:
        check_new_password(password, login)
    first = password or random_password()
    user = User(
        login=login,
        name=name,
        password_hash=hash_password(first),
        must_change_password=True,
        person_id=person_id,
        unit_id=unit_id,
        area_code=area_code,
        preferences={},
    )
    user.grants = [RoleGrant(role=grant.role, area_code=grant.area_code) for grant in grants]
    db.session.add(user)
    db.session.flush()
    return user, first


def update_user(
    actor: Actor,
    user: User,
    *,
    version: int | None,
    name: str,
    grants: Sequence[Grant],
    person_id: int | None = None,
    unit_id: int | None = None,
) -> User:
    """Changes an account's name, roles, and the person or unit it belongs to; works from the next request on."""
    authorise(actor, MANAGE_ACCOUNTS, user.area_code)
    if version != user.version:
        raise Conflict(_l("这个账号刚刚被别人修改过，请对照最新内容后再保存。"))
    held = {Grant(grant.role, grant.area_code): grant for grant in user.grants}
    if user.id == actor.user_id and set(grants) != set(held):
        raise DomainError(_l("不能修改自己的角色，请由另一位安全管理员修改。"), "grants")
    _check_grants(actor, grants, person_id, of_user=user.id)
    _check_unit(actor, grants, person_id, unit_id)
    user.unit_id = unit_id
    user.name, user.person_id, user.area_code = name, person_id, home_area(grants)
    for grant, row in held.items():
        if grant not in grants:
            db.session.delete(row)
    for grant in grants:
        if grant not in held:
            user.grants.append(RoleGrant(role=grant.role, area_code=grant.area_code))
    db.session.flush()
    db.session.expire(user, ["grants"])
    return user


def disable_user(actor: Actor, user: User) -> User:
    """Closes an account: its sessions end at once."""
    authorise(actor, MANAGE_ACCOUNTS, user.area_code)
    _refuse_own(actor, user)
    if user.disabled_at is None:
        user.disabled_at = clock.now()
    end_sessions(user.id)
    db.session.flush()
    return user


def enable_user(actor: Actor, user: User) -> User:
    """Opens a disabled account again."""
    authorise(actor, MANAGE_ACCOUNTS, user.area_code)
    _refuse_own(actor, user)
    user.disabled_at = None
    db.session.flush()
    return user


def reset_password(actor: Actor, user: User, password: str | None = None) -> str:
    """A new first password, shown this once; sessions end, a lock-out is lifted."""
    authorise(actor, MANAGE_ACCOUNTS, user.area_code)
    _refuse_own(actor, user)
    if password is not None:
        check_new_password(password, user.login)
    first = password or random_password()
    user.password_hash = hash_password(first)
    user.must_change_password = True
    user.password_changed_at = clock.now()
    end_sessions(user.id)
    db.session.flush()
    return first


def change_own_password(actor: Actor, *, current_password: str, new_password: str) -> User:
    """The person's own new password; every session ends, the caller begins a new one."""
    user = db.session.get_one(User, actor.user_id)
    if not matches(user.password_hash, current_password):
        raise DomainError(_l("现在的密码不正确，请重新输入。"), "current_password")
    check_new_password(new_password, user.login)
    if new_password == current_password:
        raise DomainError(_l("新密码不能和现在的一样，请换一个。"), "new_password")
    user.password_hash = hash_password(new_password)
    user.must_change_password = False
    user.password_changed_at = clock.now()
    end_sessions(user.id)
    db.session.flush()
    return user


def home_area(grants: Sequence[Grant]) -> str:
    """The area an account is kept under: the smallest one that covers all its grants."""
    codes = [grant.area_code for grant in grants] or [""]
    shared = min(codes, key=len)
    lengths = [n for n in LEVEL_OF_CODE_LENGTH if n <= len(shared)]
    shorter = (shared[:n] for n in sorted(lengths, reverse=True))
    return next(area for area in shorter if all(code.startswith(area) for code in codes))


def _refuse_own(actor: Actor, user: User) -> None:
    if user.id == actor.user_id:
        raise Forbidden(_l("不能对自己的账号这样做，请由另一位安全管理员操作。"))


def _check_login(login: str) -> None:
    if not login or any(c.isspace() for c in login):
        raise DomainError(_l("登录名不能为空，也不能有空格。"), "login")
    if db.session.scalar(select(User.id).where(User.login == login)) is not None:
        raise DomainError(_l("登录名“%(login)s”已有人使用，请换一个。", login=login), "login")


def _check_grants(
    actor: Actor, grants: Sequence[Grant], person_id: int | None, of_user: int | None = None
) -> None:
    if not grants:
        raise DomainError(_l("请至少授予一个角色。"), "grants")
    if len(set(grants)) < len(grants):
        raise DomainError(_l("同一个角色在同一地区只能授予一次，请去掉重复的一行。"), "grants")
    if roles_conflict([grant.role for grant in grants]):
        raise DomainError(
            _l("系统管理员、安全管理员、审计员必须由三个账号分别担任，也不能再兼其他角色。"), "grants"
        )
    for grant in grants:
        _check_grant(actor, grant)
    if person_id is not None or any(grant.role is Role.DEPUTY for grant in grants):
        _check_person(actor, person_id, of_user)


def _check_unit(actor: Actor, grants: Sequence[Grant], person_id: int | None, unit_id: int | None) -> None:
    if unit_conflict([grant.role for grant in grants], unit_id):
        raise DomainError(
            _l("承办单位的账号要选择所属单位，并且不能再兼其他角色；其他账号不选单位。"), "unit_id"
        )
    if unit_id is None:
        return
    if person_id is not None:
        raise DomainError(_l("承办单位的账号不绑定代表。"), "person_id")
    wanted = select(HandlingUnit.id).where(HandlingUnit.id == unit_id, HandlingUnit.closed_on.is_(None))
    if db.session.scalar(wanted.where(visible_units(actor, MANAGE_ACCOUNTS))) is None:
        raise DomainError(_l("没有找到这个单位，或者它不在您的管理范围内，请重新选择。"), "unit_id")


def _check_grant(actor: Actor, grant: Grant) -> None:
    area = get_area(grant.area_code)
    if not actor.may_in(MANAGE_ACCOUNTS, grant.area_code):
        raise DomainError(_l("只能在自己管理的地区内授权，%(area)s不在其中。", area=area.name), "grants")
    if not area_fits(grant):
        sentence = (
            _l("乡镇人大工作人员只能授权到某个乡镇（街道），请选择乡镇。")
            if grant.role is Role.TOWNSHIP_STAFF
            else _l("县级人大工作人员要授权到县（市、区）或更大的地区，请重新选择。")
        )
        raise DomainError(sentence, "grants")


def _check_person(actor: Actor, person_id: int | None, of_user: int | None) -> None:
    if person_id is None:
        raise DomainError(_l("代表的账号要绑定到本人，请选择代表。"), "person_id")
    # Held, so that of two who open an account for one person at once the second sees the first's.
    wanted = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    if not actor.trusted:
        wanted = wanted.where(visible_persons(actor))
    if db.session.scalar(wanted) is None:
        raise DomainError(_l("没有找到这位代表，或者不在您的管理范围内，请重新选择。"), "person_id")
    taken = select(User.login).where(User.person_id == person_id, User.id != (of_user or 0))
    login = db.session.scalar(taken.limit(1))
    if login is not None:
        raise DomainError(_l("这位代表已有账号“%(login)s”，一人只用一个账号。", login=login), "person_id")
