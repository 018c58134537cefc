"""Who may do what, where: declared per feature, denied by default.

A *grant* gives a user a role on an area code; codes nest by prefix, so a grant on a code covers everything
that begins with it. A feature's ``policy.py`` declares its actions and how far each role *reaches*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from app.kit.errors import Forbidden, NotFound
from app.kit.i18n import _l
from app.kit.states import LabelledEnum


class Role(LabelledEnum):
    """Roles an account may hold. The first three are kept apart: nobody holds two of them (三员分立)."""

    SYSTEM_ADMIN = "system_admin", _l("系统管理员")
    SECURITY_ADMIN = "security_admin", _l("安全管理员")
    AUDITOR = "auditor", _l("审计员")
    COUNTY_STAFF = "county_staff", _l("县级人大工作人员")
    TOWNSHIP_STAFF = "township_staff", _l("乡镇人大工作人员")
    LEADER = "leader", _l("人大常委会领导")
    DEPUTY = "deputy", _l("人大代表")
    HANDLING_UNIT = "handling_unit", _l("承办单位经办人")
    UNIT_HEAD = "unit_head", _l("承办单位负责人")
    ASSIGNMENT_OFFICE = "assignment_office", _l("政府交办督办机构")


SEPARATED_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
STAFF_ROLES = frozenset({Role.COUNTY_STAFF, Role.TOWNSHIP_STAFF})
# Accounts bound to a handling unit: the clerk who handles, the head who signs.
UNIT_ROLES = frozenset({Role.HANDLING_UNIT, Role.UNIT_HEAD})


class Reach(Enum):
    """How far a role reaches with an action."""

    AREA = "area"  # everything whose code begins with the grant's
    OWN = "own"  # what concerns the person, or the handling unit, the account is bound to
    ALL = "all"  # not bound to an area


@dataclass(frozen=True)
class Action:
    """Something that can be done, in words, and who may do it."""

    name: str
    label: Any
    reaches: Mapping[Role, Reach] = field(hash=False, compare=False)


ACTIONS: dict[str, Action] = {}


def action(name: str, label: Any, reaches: Mapping[Role, Reach]) -> Action:
    """Declares an action; its name is unique in the house."""
    if name in ACTIONS:
        raise ValueError(f"action {name} declared twice")
    ACTIONS[name] = declared = Action(name, label, dict(reaches))
    return declared


SIGNED_IN = action("signed_in", _l("登录后使用"), dict.fromkeys(Role, Reach.ALL))


@dataclass(frozen=True)
class Grant:
    """A role on an area; the empty code is the whole country."""

    role: Role
    area_code: str


@dataclass(frozen=True)
class Actor:
    """Who is acting: a signed-in user, or the operator at the command line (``trusted``)."""

    user_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    person_id: int | None = None
    unit_id: int | None = None
    address: str | None = None
    request_id: str | None = None
    source: str = "web"
    trusted: bool = False
    preferences: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def may(self, wanted: Action) -> bool:
        """May do this somewhere, to something."""
        return self.trusted or any(grant.role in wanted.reaches for grant in self.grants)

    def areas(self, wanted: Action) -> tuple[str, ...]:
        """Area prefixes in which the action is allowed by area (or everywhere: the empty prefix)."""
        if self.trusted:
            return ("",)
        prefixes = set()
        for grant in self.grants:
            reach = wanted.reaches.get(grant.role)
            if reach is Reach.ALL:
                prefixes.add("")
            elif reach is Reach.AREA:
                prefixes.add(grant.area_code)
        return tuple(sorted(p for p in prefixes if not any(p != q and p.startswith(q) for q in prefixes)))

    def owns(self, wanted: Action) -> bool:
        """May do this to records about their own person."""
        return self.person_id is not None and any(
            wanted.reaches.get(grant.role) is Reach.OWN for grant in self.grants
        )

    def unit_for(self, wanted: Action) -> int | None:
        """The handling unit the actor may do this for, if any."""
        bound = UNIT_ROLES & self.roles
        return self.unit_id if any(wanted.reaches.get(role) is Reach.OWN for role in bound) else None

    def may_in(self, wanted: Action, area_code: str, person_id: int | None = None) -> bool:
        """May do this to a record kept under ``area_code`` and, if given, about ``person_id``."""
        if any(area_code.startswith(prefix) for prefix in self.areas(wanted)):
            return True
        return person_id is not None and person_id == self.person_id and self.owns(wanted)


def authorise(actor: Actor, wanted: Action, area_code: str, person_id: int | None = None) -> None:
    """Refuses: 403 where the action is not theirs at all, 404 where the record lies outside their scope."""
    if not actor.may(wanted):
        raise Forbidden(
            _l("您的账号没有“%(action)s”的权限，如确有需要请联系安全管理员。", action=wanted.label)
        )
    if not actor.may_in(wanted, area_code, person_id):
        raise NotFound(_l("没有找到这条记录，或者它不在您的管理范围内。"))


def operator(name: str = "operator", source: str = "cli") -> Actor:
    """The operator at this machine's command line, who owns the database file anyway."""
    return Actor(user_id=None, name=name, source=source, trusted=True)
