"""The invented county's deputies, their places, and one account per role."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from app.accounts.models import RoleGrant, User
from app.accounts.passwords import hash_password
from app.activities.models import Attendance
from app.activities.states import AttendanceStatus, Capacity
from app.cli.demo.rows import COUNTY, Maker
from app.groups.models import GroupMembership, GroupPost
from app.groups.states import GroupRole
from app.kit import clock
from app.kit.authorisation import UNIT_ROLES, Role
from app.registry.models import Mandate, Person, Post, Suspension
from app.registry.names import name_columns
from app.registry.states import ElectedHow, EndReason, Level, PostKind, Sex, SuspensionReason
from app.stations.models import StationAssignment

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢单解仇区覃"
GIVEN = [
    "文",
    "远",
    "秋",
    "禾",
    "立",
    "春",
    "晓",
    "岚",
    "建",
    "业",
    "海",
    "燕",
    "志",
    "明",
    "月",
    "华",
    "国",
    "强",
    "丽",
    "娟",
    "永",
    "昌",
    "家",
    "宁",
    "思",
    "源",
    "雨",
    "桐",
    "长",
    "河",
    "桂",
    "兰",
    "新",
    "民",
    "成",
    "林",
    "玉",
    "梅",
    "一",
    "鸣",
    "若",
    "水",
    "景",
    "行",
]
WORK = (
    "县教育局局长",
    "乡村医生",
    "村党支部书记",
    "社区居委会主任",
    "农民专业合作社理事长",
    "中学教师",
    "企业负责人",
    "县医院主治医师",
    "个体工商户",
    "种植大户",
    "乡镇长",
    "县发改局副局长",
    "律师",
    "环卫工人",
)
PARTIES = ("中共党员", "中共党员", "中共党员", "群众", "群众", "民盟盟员", "无党派人士")
EDUCATION = ("研究生", "大学", "大学", "大专", "高中", "初中")
ENDS = (EndReason.MOVED, EndReason.RESIGNED, EndReason.DIED)


def build_deputies(maker: Maker) -> None:
    """About nine hundred deputies of five levels; some sit in several congresses."""
    areas = [row["code"] for row in maker.made["area"] if len(row["code"]) == 9]
    persons: list[dict[str, Any]] = []
    serial = 0
    plan = [(Level.NATIONAL, "99", 1), (Level.PROVINCE, "9990", 4), (Level.CITY, COUNTY, 36)]
    plan += [(Level.COUNTY, code, 18) for code in areas] + [(Level.TOWNSHIP, code, 52) for code in areas]
    for level, code, count in plan:
        for _number in range(count):
            serial += 1
            person = None
            if level in (Level.COUNTY, Level.TOWNSHIP) and persons and maker.chance(0.04):
                known = {row["person_id"] for row in maker.made["mandate"] if row["level"] is level}
                person = next(
                    (
                        p
                        for p in maker.random.sample(persons, 12)
                        if p["id"] not in known and p["area_code"] in (COUNTY, code)
                    ),
                    None,
                )
            if person is None:
                person = _person(maker, code if len(code) == 9 else COUNTY, serial)
                persons.append(person)
            _mandate(maker, person, level, code, serial)
    _places(maker)
    _posts(maker)


def _person(maker: Maker, area_code: str, serial: int) -> dict[str, Any]:
    pick = maker.random.choice
    name = pick(SURNAMES) + "".join(maker.random.sample(GIVEN, pick((1, 2, 2, 2))))
    return maker.add(
        Person,
        area_code=area_code,
        **name_columns(name),
        sex=pick((Sex.MALE, Sex.MALE, Sex.FEMALE)),
        nation=pick(("汉族",) * 12 + ("土家族", "苗族", "瑶族", "侗族")),
        born=f"{maker.random.randint(1958, 1998)}-{maker.random.randint(1, 12):02}",
        party=pick(PARTIES),
        education=pick(EDUCATION),
        phone=f"199{serial:08}",
        work_unit_post=pick(WORK),
        has_fixed_income=maker.chance(0.6),
        version=1,
    )


def _mandate(maker: Maker, person: dict[str, Any], level: Level, code: str, serial: int) -> None:
    term_area = {
        Level.NATIONAL: "",
        Level.PROVINCE: "99",
        Level.CITY: "9990",
        Level.COUNTY: COUNTY,
        Level.TOWNSHIP: code,
    }[level]
    term = next(t for t in maker.made["term"] if t["area_code"] == term_area and t["level"] is level)
    districts = [
        d for d in maker.made["electoral_district"] if d["area_code"] == code and d["level"] is level
    ]
    units = {row["area_code"]: row["id"] for row in maker.made["electing_unit"]}
    delegations = {row["area_code"]: row["id"] for row in maker.made["delegation"]}
    by_election = maker.chance(0.02)
    began = (
        maker.day(date(term["first_year"] + 1, 1, 1), date(term["first_year"] + 2, 12, 1))
        if by_election
        else term["started_on"]
    )
    ended = (
        maker.day(began + timedelta(days=200), maker.today - timedelta(days=30))
        if maker.chance(0.02)
        else None
    )
    office_holder = maker.chance(0.22 if level is not Level.TOWNSHIP else 0.07)
    maker.add(
        Mandate,
        person_id=person["id"],
        office_code=COUNTY,
        area_code=code,
        scope_code=code if code.startswith(COUNTY) else COUNTY,
        card_no=f"QL{level.rank}{serial:05}",
        level=level,
        term_id=term["id"],
        electing_unit_id=None if districts else units[code],
        electoral_district_id=maker.random.choice(districts)["id"] if districts else None,
        delegation_id=delegations.get(code, delegations[COUNTY]),
        elected_how=ElectedHow.BY_ELECTION if by_election else ElectedHow.GENERAL,
        re_elected=maker.chance(0.33) and not by_election,
        office_holder=office_holder,
        leader=office_holder and maker.chance(0.7),
        began_on=began,
        ended_on=ended,
        end_reason=maker.random.choice(ENDS) if ended else None,
        version=1,
    )


def _places(maker: Maker) -> None:
    """Everyone into a station (2-31) and a group of their area, some into a professional one too (3-04)."""
    stations: dict[str, list[int]] = {}
    for station in maker.made["station"]:
        stations.setdefault(station["area_code"], []).append(station["id"])
    groups = [row["id"] for row in maker.made["deputy_group"]]
    areas = sorted(stations)
    for mandate in maker.made["mandate"]:
        home = mandate["scope_code"] if mandate["scope_code"] in stations else maker.random.choice(areas)
        maker.add(
            StationAssignment,
            station_id=maker.random.choice(stations[home]),
            mandate_id=mandate["id"],
            began_on=mandate["began_on"],
            ended_on=mandate["ended_on"],
        )
        maker.add(
            GroupMembership,
            group_id=groups[areas.index(home)],
            mandate_id=mandate["id"],
            joined_on=mandate["began_on"],
            left_on=mandate["ended_on"],
        )
        if maker.chance(0.08):
            maker.add(
                GroupMembership,
                group_id=maker.random.choice(groups[12:]),
                mandate_id=mandate["id"],
                joined_on=mandate["began_on"],
                left_on=mandate["ended_on"],
            )


def _posts(maker: Maker) -> None:
    names = {row["id"]: row["name"] for row in maker.made["person"]}
    persons = {row["id"]: row["person_id"] for row in maker.made["mandate"]}
    members: dict[int, list[int]] = {}
    for membership in maker.made["group_membership"]:
        members.setdefault(membership["group_id"], []).append(persons[membership["mandate_id"]])
    for group in maker.made["deputy_group"]:
        chosen = list(dict.fromkeys(members[group["id"]]))[:3]
        for role, person in zip(
            (GroupRole.LEADER, GroupRole.VICE_LEADER, GroupRole.LIAISON_OFFICER), chosen, strict=False
        ):
            if role is GroupRole.VICE_LEADER and maker.chance(0.2):
                continue
            maker.add(
                GroupPost,
                group_id=group["id"],
                person_id=person,
                holder_name=names[person],
                role=role,
                began_on=maker.term_began,
            )
    leaders = [row for row in maker.made["mandate"] if row["level"] is Level.COUNTY and row["leader"]][:7]
    for mandate in leaders:
        maker.add(
            Post,
            area_code=COUNTY,
            person_id=mandate["person_id"],
            kind=PostKind.CHAIRPERSONS_MEETING_MEMBER,
            title="县人大常委会主任会议成员",
            began_on=maker.term_began,
            version=1,
        )
    for area in (row for row in maker.made["area"] if len(row["code"]) == 9):
        mandate = next(
            row
            for row in maker.made["mandate"]
            if row["scope_code"] == area["code"] and row["level"] is Level.COUNTY
        )
        maker.add(
            Post,
            area_code=area["code"],
            person_id=mandate["person_id"],
            kind=PostKind.TOWNSHIP_CHAIR,
            title=f"{area['name']}人大主席",
            began_on=maker.term_began,
            version=1,
        )
    serving = [
        row for row in maker.made["mandate"] if row["ended_on"] is None and row["level"] is Level.TOWNSHIP
    ]
    maker.add(
        Suspension,
        mandate_id=serving[-1]["id"],
        reason=SuspensionReason.DETAINED,
        began_on=maker.today - timedelta(days=120),
        note="",
    )


def build_accounts(maker: Maker) -> tuple[str, list[tuple[str, str]]]:
    """One account per role, all with one password made for this installation."""
    password = f"Ql-{secrets.token_hex(4)}-{secrets.randbelow(90) + 10}"
    hashed = hash_password(password)
    township = next(row for row in maker.made["area"] if len(row["code"]) == 9)
    active = max(
        (
            row
            for row in maker.made["mandate"]
            if row["level"] is Level.COUNTY
            and row["ended_on"] is None
            and row["scope_code"] == township["code"]
        ),
        key=lambda row: sum(a["mandate_id"] == row["id"] for a in maker.made["attendance"]),
    )
    deputy = next(row for row in maker.made["person"] if row["id"] == active["person_id"])
    unit = maker.made["handling_unit"][0]
    users: list[tuple[str, str, Role, str, int | None]] = [
        ("xitong", "系统管理员", Role.SYSTEM_ADMIN, COUNTY, None),
        ("anquan", "安全管理员", Role.SECURITY_ADMIN, COUNTY, None),
        ("shenji", "审计员", Role.AUDITOR, COUNTY, None),
        ("xianren", "县人大代表工委", Role.COUNTY_STAFF, COUNTY, None),
        ("xiangzhen", f"{township['name']}人大专干", Role.TOWNSHIP_STAFF, township["code"], None),
        ("lingdao", "县人大常委会领导", Role.LEADER, COUNTY, None),
        ("daibiao", deputy["name"], Role.DEPUTY, COUNTY, deputy["id"]),
        ("danwei", unit["name"], Role.HANDLING_UNIT, COUNTY, None),
        ("juzhang", f"{unit['name']}负责人", Role.UNIT_HEAD, COUNTY, None),
        ("zhengfuban", "县政府督查室", Role.ASSIGNMENT_OFFICE, COUNTY, None),
    ]
    for login, name, role, area, person in users:
        user = maker.add(
            User,
            login=login,
            name=name,
            password_hash=hashed,
            must_change_password=False,
            password_changed_at=clock.now(),
            area_code=area,
            person_id=person,
            unit_id=unit["id"] if role in UNIT_ROLES else None,
            preferences={},
            version=1,
        )
        maker.add(RoleGrant, user_id=user["id"], role=role, area_code=area)
    _invite(maker, active)
    return password, [(login, f"{role.label}（{name}）") for login, name, role, _area, _person_id in users]


def _invite(maker: Maker, mandate: dict[str, Any]) -> None:
    """The deputy who has an account is asked to what their own group plans next."""
    invited = {row["activity_id"] for row in maker.made["attendance"] if row["mandate_id"] == mandate["id"]}
    groups = {row["group_id"] for row in maker.made["group_membership"] if row["mandate_id"] == mandate["id"]}
    for activity in maker.made["activity"]:
        if (
            activity["held_on"] > maker.today
            and activity["group_id"] in groups
            and activity["id"] not in invited
        ):
            maker.add(
                Attendance,
                activity_id=activity["id"],
                mandate_id=mandate["id"],
                capacity=Capacity.DEPUTY,
                status=AttendanceStatus.INVITED,
                spoke=False,
                speech="",
                leave_reason="",
            )
