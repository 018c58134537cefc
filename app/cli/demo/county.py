"""The invented 清澜县: areas, terms, rules, delegations, groups, stations, handling units."""

from __future__ import annotations

from datetime import date

import yaml

from app.cli.demo.rows import CITY, COUNTY, PROVINCE, Maker
from app.duty_reports.rules import default_rules
from app.groups.models import DeputyGroup
from app.groups.states import GroupKind
from app.registry.models import Area, Delegation, ElectingUnit, ElectoralDistrict, HandlingUnit, RuleSet, Term
from app.registry.states import AreaKind, Level
from app.stations.models import Station
from app.stations.states import StationKind

TOWNSHIPS = (
    "澜城街道",
    "滨河街道",
    "白沙镇",
    "石桥镇",
    "柳林镇",
    "双溪镇",
    "云岭镇",
    "茶亭镇",
    "南浦镇",
    "青禾乡",
    "竹山乡",
    "松坪乡",
)
UNITS = (
    "县教育局",
    "县卫生健康局",
    "县交通运输局",
    "县水利局",
    "县农业农村局",
    "县住房和城乡建设局",
    "县自然资源局",
    "县民政局",
    "县医疗保障局",
    "县城市管理局",
    "县生态环境分局",
    "县供电公司",
)


def build_county(maker: Maker) -> None:
    """Everything that stands before the deputies."""
    _areas(maker)
    _terms(maker)
    for code, name in (
        (COUNTY, "清澜县人民代表大会"),
        (CITY, "东湖市人民代表大会"),
        (PROVINCE, "东海省人民代表大会"),
    ):
        maker.add(ElectingUnit, area_code=code, name=name)
    for number, name in enumerate(TOWNSHIPS, 101):
        code = f"{COUNTY}{number}"
        maker.add(Delegation, area_code=code, name=f"{name}代表团")
        for level, count in ((Level.COUNTY, 9), (Level.TOWNSHIP, 18)):
            for district in range(1, count + 1):
                suffix = "县代表" if level is Level.COUNTY else ""
                maker.add(
                    ElectoralDistrict, area_code=code, level=level, name=f"{name}第{district}{suffix}选区"
                )
        for index, (word, kind) in enumerate(
            (
                ("人大代表联络站", StationKind.TOWNSHIP),
                ("社区联络站", StationKind.COMMUNITY),
                ("村级联络站", StationKind.VILLAGE),
            )
        ):
            maker.add(
                Station,
                office_code=COUNTY,
                area_code=code,
                name=f"{name}{word}",
                kind=kind,
                model=index == 0 and number % 3 == 0,
                address=f"{name}文化路{number - 90}号",
                opening="每月15日 9:00—11:30",
                head_name="",
                phone=f"0999-88{number}{index}0",
            )
    maker.add(Delegation, area_code=COUNTY, name="清澜县代表团")
    for number in range(1, 13):
        maker.add(
            DeputyGroup,
            area_code=COUNTY,
            name=f"第{number}代表小组",
            kind=GroupKind.AREA,
            guided_by="",
            began_on=maker.term_began,
        )
    for name, committee in (
        ("农业农村专业小组", "农业与农村委员会"),
        ("教科文卫专业小组", "教育科学文化卫生委员会"),
        ("城建环保专业小组", "环境与资源保护委员会"),
    ):
        maker.add(
            DeputyGroup,
            area_code=COUNTY,
            name=name,
            kind=GroupKind.PROFESSIONAL,
            guided_by=committee,
            began_on=maker.term_began,
        )
    for name in UNITS:
        maker.add(HandlingUnit, area_code=COUNTY, name=name)


def _areas(maker: Maker) -> None:
    rows = [
        ("", "中华人民共和国", AreaKind.COUNTRY, None),
        (PROVINCE, "东海省", AreaKind.PROVINCE, ""),
        (CITY, "东湖市", AreaKind.CITY, PROVINCE),
        (COUNTY, "清澜县", AreaKind.COUNTY, CITY),
    ]
    kinds = {"街道": AreaKind.SUBDISTRICT, "镇": AreaKind.TOWN, "乡": AreaKind.TOWNSHIP}
    for number, name in enumerate(TOWNSHIPS, 101):
        kind = next(kind for ending, kind in kinds.items() if name.endswith(ending))
        rows.append((f"{COUNTY}{number}", name, kind, COUNTY))
    for code, name, kind, parent in rows:
        maker.add(Area, code=code, name=name, kind=kind, parent_code=parent)
    rules = default_rules().model_dump(mode="json", exclude_none=True)
    maker.add(
        RuleSet,
        area_code=COUNTY,
        topic="duty_reports",
        valid_from=date(2000, 1, 1),
        content=rules,
        document="清澜县人大代表报告履职情况办法（试行）",
        version=1,
    )
    receptions = yaml.safe_load("{day_of_month: 15, leaders_per_year_min: 2}")
    maker.add(
        RuleSet,
        area_code=COUNTY,
        topic="receptions",
        valid_from=date(2000, 1, 1),
        content=receptions,
        document="",
        version=1,
    )


def _terms(maker: Maker) -> None:
    # Terms begin with the first session: townships and county before the new year, the city after it, those
    # above a year later.
    year = maker.first_year
    sessions = {
        Level.NATIONAL: date(year + 1, 3, 5),
        Level.PROVINCE: date(year + 1, 1, 12),
        Level.CITY: date(year, 1, 6),
        Level.COUNTY: maker.term_began,
        Level.TOWNSHIP: date(year - 1, 12, 16),
    }
    rows = [
        (Level.NATIONAL, "", "第十四届全国人大", 14),
        (Level.PROVINCE, PROVINCE, "东海省第十四届", 14),
        (Level.CITY, CITY, "东湖市第九届", 9),
        (Level.COUNTY, COUNTY, "清澜县第十八届", 18),
    ]
    rows += [
        (Level.TOWNSHIP, f"{COUNTY}{number}", f"{name}第十九届", 19)
        for number, name in enumerate(TOWNSHIPS, 101)
    ]
    for level, code, name, ordinal in rows:
        maker.add(
            Term,
            level=level,
            area_code=code,
            name=name,
            ordinal=ordinal,
            first_year=max(year, sessions[level].year),
            started_on=sessions[level],
            first_session_on=sessions[level],
            version=1,
        )
