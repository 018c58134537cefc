"""An invented county to test in: 东湖市岳湖县 with two townships, a neighbour, a few deputies, one user per role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache

from app.accounts.models import RoleGrant, User
from app.extensions import db
from app.groups.models import DeputyGroup, GroupMembership
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import UNIT_ROLES, Actor, Grant, Role, operator
from app.registry.models import (
    Area,
    Delegation,
    ElectingUnit,
    ElectoralDistrict,
    HandlingUnit,
    Mandate,
    Person,
    RuleSet,
    Term,
)
from app.registry.names import name_columns
from app.registry.states import AreaKind, Level, Sex
from app.stations.models import Station, StationAssignment

PASSWORD = "Lvzhi-2026!"
COUNTY, NEIGHBOUR = "999001", "999002"
LINJIANG, QINGSHAN = "999001101", "999001102"
BEGAN = date(2021, 12, 28)

DUTY_REPORT_RULES = {
    "due_years": {"re_elected": [1], "office_holder": [2], "other": [3, 4]},
    "precedence": "earliest",
    "windows": {
        "city": {"months": [2, 3], "year_offset": 1},
        "county": {"months": [10, 12], "year_offset": 0},
        "township": {"months": [10, 12], "year_offset": 0},
    },
    "addressee": {"city": "standing_committee", "county": "voters", "township": "voters"},
    "meeting_share_min": 0.30,
}


@dataclass
class World:
    """Numbers of the records that were made."""

    persons: dict[str, int] = field(default_factory=dict)
    mandates: dict[str, int] = field(default_factory=dict)  # by card number
    groups: dict[str, int] = field(default_factory=dict)
    stations: dict[str, int] = field(default_factory=dict)
    terms: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)  # by login

    def actor(self, login: str) -> Actor:
        """The user as the one who acts in an operation."""
        user = db.session.get_one(User, self.users[login])
        grants = tuple(Grant(grant.role, grant.area_code) for grant in user.grants)
        return Actor(
            user.id,
            user.name,
            grants,
            person_id=user.person_id,
            unit_id=user.unit_id,
            preferences=user.preferences,
        )


# login, role, area, person
USERS = (
    ("sysadmin", Role.SYSTEM_ADMIN, COUNTY, None),
    ("secadmin", Role.SECURITY_ADMIN, COUNTY, None),
    ("auditor", Role.AUDITOR, COUNTY, None),
    ("county", Role.COUNTY_STAFF, COUNTY, None),
    ("township", Role.TOWNSHIP_STAFF, LINJIANG, None),
    ("other_township", Role.TOWNSHIP_STAFF, QINGSHAN, None),
    ("neighbour", Role.COUNTY_STAFF, NEIGHBOUR, None),
    ("leader", Role.LEADER, COUNTY, None),
    ("deputy", Role.DEPUTY, COUNTY, "陈秋禾"),
    ("other_deputy", Role.DEPUTY, COUNTY, "龑小满"),
    ("unit", Role.HANDLING_UNIT, COUNTY, None),
    ("unit_head", Role.UNIT_HEAD, COUNTY, None),
    ("other_unit", Role.HANDLING_UNIT, COUNTY, None),
    ("assigner", Role.ASSIGNMENT_OFFICE, COUNTY, None),
)
UNITS = ("岳湖县城管局", "岳湖县水利局")

# name, sex, born, phone, [(card, level, area, re-elected, office holder)]
DEPUTIES = (
    ("陈秋禾", Sex.FEMALE, "1976-04", "13900000001", [("C001", Level.COUNTY, LINJIANG, True, False), ("T001", Level.TOWNSHIP, LINJIANG, True, False)]),
    ("单立春", Sex.MALE, "1969-11", "13900000002", [("C002", Level.COUNTY, LINJIANG, False, True)]),
    ("龑小满", Sex.MALE, "1988-02-03", "13900000003", [("T002", Level.TOWNSHIP, LINJIANG, False, False)]),
    ("欧阳谷雨", Sex.FEMALE, "1990", "13900000004", [("C003", Level.COUNTY, QINGSHAN, False, False)]),
    ("曾白露", Sex.FEMALE, "1982-09", "13900000005", [("T003", Level.TOWNSHIP, QINGSHAN, False, True)]),
    ("解霜降", Sex.MALE, "1971-10-23", "13900000006", [("S001", Level.CITY, COUNTY, True, True)]),
    ("陈秋禾", Sex.MALE, "1993-07", "13900000007", [("T004", Level.TOWNSHIP, QINGSHAN, False, False)]),
    ("古丽·夏至", Sex.FEMALE, "1985-06-21", "13900000008", [("N001", Level.COUNTY, "999002101", False, False)]),
)  # fmt: skip


@cache
def _hash() -> str:
    from app.accounts.passwords import hash_password

    return hash_password(PASSWORD)


def build() -> World:
    """Makes the world in the current session, without committing."""
    world = World()
    with acting_as(operator("tests")):
        _areas()
        terms = _terms(world)
        _deputies(world, terms)
        _groups_and_stations(world)
        _units(world)
        _users(world)
        db.session.flush()
    return world


def _areas() -> None:
    rows = (
        ("", "中华人民共和国", AreaKind.COUNTRY, None),
        ("99", "东海省", AreaKind.PROVINCE, ""),
        ("9990", "东湖市", AreaKind.CITY, "99"),
        (COUNTY, "岳湖县", AreaKind.COUNTY, "9990"),
        (LINJIANG, "临江镇", AreaKind.TOWN, COUNTY),
        (QINGSHAN, "青山乡", AreaKind.TOWNSHIP, COUNTY),
        (NEIGHBOUR, "邻水县", AreaKind.COUNTY, "9990"),
        ("999002101", "河口镇", AreaKind.TOWN, NEIGHBOUR),
    )
    for code, name, kind, parent in rows:
        db.session.add(Area(code=code, name=name, kind=kind, parent_code=parent))
        db.session.flush()
    db.session.add(
        RuleSet(
            area_code=COUNTY, topic="duty_reports", valid_from=date(2000, 1, 1), content=DUTY_REPORT_RULES
        )
    )


def _terms(world: World) -> dict[tuple[str, Level], Term]:
    terms = {}
    for code, level, name, ordinal in (
        ("9990", Level.CITY, "东湖市第九届", 9),
        (COUNTY, Level.COUNTY, "岳湖县第十八届", 18),
        (NEIGHBOUR, Level.COUNTY, "邻水县第十八届", 18),
        (LINJIANG, Level.TOWNSHIP, "临江镇第十九届", 19),
        (QINGSHAN, Level.TOWNSHIP, "青山乡第十九届", 19),
    ):
        term = Term(
            level=level, area_code=code, name=name, ordinal=ordinal, first_year=2022, started_on=BEGAN
        )
        db.session.add(term)
        db.session.flush()
        terms[code, level] = term
        world.terms[name] = term.id
    return terms


def _deputies(world: World, terms: dict[tuple[str, Level], Term]) -> None:
    unit = ElectingUnit(area_code=COUNTY, name="岳湖县人民代表大会")
    districts: dict[tuple[str, Level], ElectoralDistrict] = {}
    delegation = Delegation(area_code=COUNTY, name="临江镇代表团")
    db.session.add_all([unit, delegation])
    for name, sex, born, phone, mandates in DEPUTIES:
        area = mandates[0][2]
        person = Person(**name_columns(name), area_code=area, sex=sex, born=born, phone=phone, nation="汉族")
        db.session.add(person)
        db.session.flush()
        world.persons.setdefault(name, person.id)
        for card, level, code, re_elected, office_holder in mandates:
            term_area = {Level.CITY: code[:4], Level.COUNTY: code[:6], Level.TOWNSHIP: code}[level]
            district = None
            if level.directly_elected:
                district = districts.get((code, level))
                if district is None:
                    district = ElectoralDistrict(
                        area_code=code, level=level, name=f"第{len(districts) + 1}选区"
                    )
                    districts[code, level] = district
            mandate = Mandate(
                person=person,
                office_code=code[:6],
                area_code=code,
                scope_code=code,
                card_no=card,
                level=level,
                term=terms[term_area, level],
                electoral_district=district,
                electing_unit=None if district else unit,
                delegation=delegation,
                re_elected=re_elected,
                office_holder=office_holder,
                leader=office_holder,
                began_on=BEGAN,
            )
            db.session.add(mandate)
            db.session.flush()
            world.mandates[card] = mandate.id


def _groups_and_stations(world: World) -> None:
    group = DeputyGroup(area_code=COUNTY, name="第1代表小组")
    station = Station(office_code=COUNTY, area_code=LINJIANG, name="临江镇人大代表联络站")
    db.session.add_all([group, station])
    db.session.flush()
    world.groups[group.name] = group.id
    world.stations[station.name] = station.id
    for card in ("C001", "C002", "T002"):
        db.session.add(GroupMembership(group=group, mandate_id=world.mandates[card], joined_on=BEGAN))
        db.session.add(StationAssignment(station=station, mandate_id=world.mandates[card], began_on=BEGAN))


def _units(world: World) -> None:
    for name in UNITS:
        unit = HandlingUnit(area_code=COUNTY, name=name)
        db.session.add(unit)
        db.session.flush()
        world.units[name] = unit.id


def _users(world: World) -> None:
    for login, role, area, person in USERS:
        user = User(
            login=login,
            name=person or role.label,
            password_hash=_hash(),
            must_change_password=False,
            password_changed_at=clock.now(),
            area_code=area,
            person_id=world.persons[person] if person else None,
            unit_id=world.units[UNITS[login == "other_unit"]] if role in UNIT_ROLES else None,
            grants=[RoleGrant(role=role, area_code=area)],
            preferences={},
        )
        db.session.add(user)
        db.session.flush()
        world.users[login] = user.id
