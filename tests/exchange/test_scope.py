"""A township imports for itself only: records of others are neither moved nor changed, whatever the sheet says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.registry.models import Mandate, Person
from app.registry.states import Level
from tests.commands import lvzhi
from tests.exchange.workbooks import roster, roster_row, save
from tests.world import BEGAN, COUNTY, LINJIANG, NEIGHBOUR, QINGSHAN, World

STATION = "青山乡第1联络站"
OWN_STATION = "临江镇人大代表联络站"
TABLES: dict[str, tuple[Sequence[str], Sequence[Any], Sequence[Any]]] = {
    "activities": (
        ("活动编号", "日期", "类别", "活动名称", "组织单位"),
        ("HD20230001", "2023-03-15", "视察调研", "视察道路", "青山乡人大"),
        ("HD20230001", "2023-03-15", "视察调研", "改了名", "临江镇人大"),
    ),
    "receptions": (
        ("接待编号", "联络站", "接待日期", "代表证号", "接待人次"),
        ("JD20230001", STATION, "2023-01-15", "T003", 5),
        ("JD20230001", OWN_STATION, "2023-01-15", "T001", 6),
    ),
    "opinions": (
        ("意见编号", "联络站", "收到日期", "反映内容"),
        ("YJ20230001", STATION, "2023-01-15", "路灯不亮"),
        ("YJ20230001", OWN_STATION, "2023-01-15", "另一件事"),
    ),
    "suggestions": (
        ("建议编号", "建议标题", "领衔代表证号", "领衔代表", "提出日期"),
        ("JY20230001", "修路的建议", "T003", "曾白露", "2023-01-07"),
        ("JY20230001", "改了名的建议", "T001", "陈秋禾", "2023-01-07"),
    ),
    "stations": (
        ("联络站名称", "所在乡镇", "联络站类型"),
        ("第9联络站", "青山乡", "乡镇"),
        ("第9联络站", "临江镇", "村"),
    ),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_township_cannot_take_over_a_record_of_another(
    app: Flask, world: World, tmp_path: Path, kind: str
) -> None:
    heading, theirs, taken = TABLES[kind]
    path = save(tmp_path / "本乡.xlsx", ("表", [heading, theirs]))
    assert lvzhi(app, "import", path, "--area", COUNTY).code == 0
    path = save(tmp_path / "外乡.xlsx", ("表", [heading, taken]))
    answer = lvzhi(app, "import", path, "--area", LINJIANG, "--json")
    sheet = answer.json["sheets"][0]
    assert (answer.code, sheet["kind"], sheet["updated"]) == (3, kind, 0)
    assert "不在您的管理范围内" in sheet["errors"][0]["message"]
    assert lvzhi(app, "import", path, "--area", COUNTY).code == 0


@pytest.mark.parametrize("card", ["T003", ""])
def test_a_township_cannot_take_over_a_deputy_of_another(
    app: Flask, world: World, tmp_path: Path, card: str
) -> None:
    cells = {"手机号码": "13900000005", "出生年月": "1982.09"}
    if not card:
        cells |= {"届次": "岳湖县第十八届", "代表层级": "县", "手机号码": "13900000004", "出生年月": "1990"}
    path = roster(tmp_path / "名册.xlsx", roster_row(card, "曾白露" if card else "欧阳谷雨", **cells))
    answer = lvzhi(app, "import", path, "--area", LINJIANG, "--json")
    assert answer.code == 3
    assert "不在您的管理范围内" in answer.json["sheets"][0]["errors"][0]["message"]


def test_a_person_whose_mandates_lie_elsewhere_stays_as_known(
    app: Flask, world: World, tmp_path: Path
) -> None:
    path = roster(
        tmp_path / "名册.xlsx",
        roster_row("T801", "欧阳谷雨", 手机号码="13900000004", 出生年月="1990-05-06", 性别=""),
    )
    answer = lvzhi(app, "import", path, "--area", LINJIANG, "--json")
    assert (answer.code, answer.json["sheets"][0]["created"]) == (0, 1)
    with app.app_context():
        person = db.session.get_one(Person, world.persons["欧阳谷雨"])
        known = (person.born, sorted(mandate.scope_code for mandate in person.mandates))
        db.session.remove()
    assert known == ("1990", [LINJIANG, QINGSHAN])


def test_a_deputy_whom_another_county_registered(app: Flask, world: World, tmp_path: Path) -> None:
    with app.app_context(), acting_as(operator("tests")):
        stranger = db.session.scalars(select(Person).where(Person.name == "古丽·夏至")).one()
        assert stranger.area_code[:6] == NEIGHBOUR
        mandate = Mandate(
            person=stranger, office_code=COUNTY, area_code=LINJIANG, scope_code=LINJIANG, card_no="T701",
            level=Level.TOWNSHIP, term_id=world.terms["临江镇第十九届"], began_on=BEGAN,
        )  # fmt: skip
        db.session.add(mandate)
        db.session.commit()
        db.session.remove()
    path = roster(
        tmp_path / "名册.xlsx",
        roster_row("T701", "古丽·夏至", 手机号码="13900000008", 出生年月="1985-06-21", 备注="已核对"),
    )
    answer = lvzhi(app, "import", path, "--area", COUNTY, "--json")
    assert (answer.code, answer.json["sheets"][0]["updated"]) == (0, 1)
