"""The roster: persons recognised, terms in any spelling, areas derived, references resolved."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.exchange.models import ImportBatch
from app.exchange.operations import undo_batch
from app.extensions import db
from app.kit.authorisation import operator
from app.kit.errors import DomainError
from app.registry.importer.fields import end_reason_of, level
from app.registry.models import Mandate, Person, Post, Term
from app.registry.states import ElectedHow, EndReason, Level, PostKind
from tests.commands import lvzhi
from tests.exchange.workbooks import ROSTER, roster, roster_row, save
from tests.world import COUNTY, LINJIANG, World


def _import(app: Flask, path: Path, *options: str) -> Any:
    answer = lvzhi(app, "import", path, "--area", COUNTY, "--json", *options)
    return answer.code, answer.json["sheets"][0]


def _errors(sheet: Any) -> list[tuple[int, str]]:
    return [(error["row"], error["column"]) for error in sheet["errors"]]


def _mandate(app: Flask, card: str) -> dict[str, Any]:
    with app.app_context():
        found = db.session.scalar(select(Mandate).where(Mandate.card_no == card))
        assert found is not None
        row: dict[str, Any] = {c.key: getattr(found, c.key) for c in Mandate.__table__.columns}
        row |= {"name": found.person.name, "born": found.person.born, "term": found.term.name}
        db.session.remove()
    return row


COUNTY_ROW = {"代表层级": "县", "届次": "岳湖县第十八届", "所在乡镇": ""}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("县", Level.COUNTY), ("县级", Level.COUNTY), ("县人大代表", Level.COUNTY), ("县（市、区）", Level.COUNTY),
        ("区", Level.COUNTY), ("岳湖县人大代表", Level.COUNTY), ("乡镇", Level.TOWNSHIP), ("乡", Level.TOWNSHIP),
        ("镇人大代表", Level.TOWNSHIP), ("乡级", Level.TOWNSHIP), ("临江镇人大代表", Level.TOWNSHIP),
        ("市级", Level.CITY), ("省", Level.PROVINCE), ("全国", Level.NATIONAL), ("全国级", Level.NATIONAL),
        (" 县　级 ", Level.COUNTY), (None, None),
    ],
)  # fmt: skip
def test_levels_in_every_spelling(words: str | None, expected: Level | None) -> None:
    assert level(words) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("去世", EndReason.DIED), ("因病去世", EndReason.DIED), ("辞去代表职务", EndReason.RESIGNED),
        ("责令辞职", EndReason.ORDERED_RESIGNATION), ("调离本行政区域", EndReason.MOVED), ("被罢免", EndReason.RECALLED),
        ("到龄退出", EndReason.OTHER),
    ],
)  # fmt: skip
def test_reasons_for_an_end(words: str, expected: EndReason) -> None:
    assert end_reason_of(words) is expected


def test_one_person_in_several_rows(app: Flask, world: World, tmp_path: Path) -> None:
    path = roster(
        tmp_path / "名册.xlsx",
        roster_row("X1", "唐立春", 出生年月="1980.05", 手机号码="13812345678"),
        roster_row("X2", "唐　立　春", 出生年月="1980年5月6日", 手机号码=13812345678.0, **COUNTY_ROW),
        roster_row("X3", "唐立春", 出生年月="1980.05", 手机号码="13812345679", **COUNTY_ROW),
    )
    code, sheet = _import(app, path)
    assert (code, sheet["created"]) == (0, 3)
    one, other, third = (_mandate(app, card) for card in ("X1", "X2", "X3"))
    assert one["person_id"] == other["person_id"] != third["person_id"]
    assert one["born"] == "1980-05-06"
    assert _import(app, path)[1]["unchanged"] == 3


def test_a_doubtful_person_is_an_error_that_says_what_to_do(app: Flask, world: World, tmp_path: Path) -> None:
    path = roster(
        tmp_path / "名册.xlsx",
        roster_row("X1", "唐立春", 出生年月="1980.05", 手机号码="13812345678"),
        roster_row("X2", "唐立春", 出生年月="1981.05", 手机号码="13812345678"),
        roster_row("X3", "唐雨水", 出生年月="1980-05-06", 手机号码="13812345677"),
        roster_row("X4", "唐雨水", 出生年月="1980-05-06", 手机号码="13812345676"),
    )
    code, sheet = _import(app, path)
    assert code == 3
    assert _errors(sheet) == [(5, "姓名"), (7, "姓名")]
    assert "核对两处的手机号码和出生年月" in sheet["errors"][0]["message"]


@pytest.mark.parametrize(
    "words",
    ["岳湖县第十八届", "第十八届", "18届", "县第18届人大", "第18届", "岳湖县第十八届人民代表大会", "十八届"],
)
def test_terms_in_any_spelling(app: Flask, world: World, tmp_path: Path, words: str) -> None:
    path = roster(tmp_path / "名册.xlsx", roster_row("X1", "唐立春", **{**COUNTY_ROW, "届次": words}))
    assert _import(app, path)[0] == 0
    assert _mandate(app, "X1")["term"] == "岳湖县第十八届"


def test_terms_that_are_not_there(app: Flask, world: World, tmp_path: Path) -> None:
    path = roster(
        tmp_path / "名册.xlsx",
        roster_row("X1", "唐立春", **{**COUNTY_ROW, "届次": "岳湖县第十七届"}),
        roster_row("X2", "唐雨水", **{**COUNTY_ROW, "届次": "东湖市第九届"}),
        roster_row("X3", "唐惊蛰", **{**COUNTY_ROW, "届次": "本届"}),
        roster_row(
            "X4",
            "唐春分",
            代表层级="省级",
            届次="东海省第十四届",
            **{"选区（选举单位）": "东湖市人民代表大会"},
        ),
        roster_row(
            "X5",
            "唐清明",
            代表层级="全国",
            届次="第十四届全国人大",
            **{"选区（选举单位）": "东海省人民代表大会"},
        ),
    )
    code, sheet = _import(app, path, "--skip-bad-rows")
    assert code == 3
    assert _errors(sheet) == [(4, "届次"), (5, "届次"), (6, "届次")]
    assert "岳湖县第十八届" in sheet["errors"][0]["message"]
    provincial, national = _mandate(app, "X4"), _mandate(app, "X5")
    assert (provincial["area_code"], provincial["scope_code"]) == ("9990", COUNTY)
    assert (national["area_code"], national["scope_code"]) == ("99", COUNTY)
    with app.app_context():
        made = db.session.execute(select(Term.level, Term.area_code, Term.ordinal).where(Term.ordinal == 14))
        assert set(map(tuple, made)) == {(Level.PROVINCE, "99", 14), (Level.NATIONAL, "", 14)}
        db.session.remove()


def test_where_a_mandate_counts(app: Flask, world: World, tmp_path: Path) -> None:
    path = roster(
        tmp_path / "名册.xlsx",
        roster_row("X1", "唐立春", 备注="补选", 当选日期="2023-01-08"),
        roster_row("X2", "唐雨水", **{**COUNTY_ROW, "选区（选举单位）": "临江镇第3选区"}),
        roster_row("X3", "唐惊蛰", 代表层级="市级", 届次="东湖市第九届", 所在乡镇="",
                   **{"选区（选举单位）": "岳湖县人民代表大会"}),
        roster_row("X4", "唐春分", 所在乡镇="临江"),
    )  # fmt: skip
    assert _import(app, path)[0] == 0
    first = _mandate(app, "X1")
    assert first["elected_how"] is ElectedHow.BY_ELECTION
    assert first["note"] is None
    assert first["area_code"] == first["scope_code"] == LINJIANG
    assert _mandate(app, "X2")["area_code"] == LINJIANG
    assert _mandate(app, "X3")["area_code"] == COUNTY
    assert _mandate(app, "X4")["area_code"] == LINJIANG


def test_a_roster_without_card_numbers_matches_by_person_level_and_term(
    app: Flask, world: World, tmp_path: Path
) -> None:
    rows = [roster_row("", "唐立春"), roster_row("", "唐雨水", 手机号码="13812345678")]
    path = roster(tmp_path / "名册.xlsx", *rows)
    assert _import(app, path)[1]["created"] == 2
    assert _import(app, path)[1]["unchanged"] == 2
    rows[0][ROSTER.index("是否连任")] = "是"
    assert _import(app, roster(path, *rows))[1]["updated"] == 1
    code, sheet = _import(app, roster(path, rows[0], rows[0]))
    assert code == 3
    assert _errors(sheet) == [(5, "姓名")]


def test_a_card_of_somebody_else(app: Flask, world: World, tmp_path: Path) -> None:
    path = roster(tmp_path / "名册.xlsx", roster_row("T002", "唐立春"))
    code, sheet = _import(app, path)
    assert (code, _errors(sheet)) == (3, [(4, "姓名")])
    assert "登记的姓名是“龑小满”" in sheet["errors"][0]["message"]
    corrected = roster(
        path, roster_row("T002", "龑小曼", 手机号码="13900000003", 出生年月="1988-02-03", 性别="男")
    )
    assert _import(app, corrected)[1]["updated"] == 1
    with app.app_context():
        person = db.session.get_one(Person, world.persons["龑小满"])
        assert (person.name, person.pinyin, person.initials) == ("龑小曼", "yanxiaoman", "yxm")
        db.session.remove()


def test_references_by_name(app: Flask, world: World, tmp_path: Path) -> None:
    heading = ["日期", "姓名", "代表层级", "所在乡镇", "事项", "数量"]
    rows = [
        ["2023-03-01", "陈秋禾", "乡镇", "", "走访选民", 1],
        ["2023-03-01", "陈秋禾", "乡镇", "青山乡", "走访选民", 1],
        ["2023-03-01", "陈秋禾", "县", "", "走访选民", 1],
        ["2023-03-01", "单立春", "", "", "走访选民", 1],
        ["2023-03-01", "单立春", "乡镇", "", "走访选民", 1],
        ["2023-03-01", "无此人", "乡镇", "", "走访选民", 1],
    ]
    path = save(tmp_path / "走访.xlsx", ("走访", [heading, *rows]))
    code, sheet = _import(app, path, "--skip-bad-rows")
    assert code == 3
    assert _errors(sheet) == [(2, "姓名"), (6, "姓名"), (7, "姓名")]
    assert "T001" in sheet["errors"][0]["message"] and "T004" in sheet["errors"][0]["message"]
    assert sheet["created"] == 3


def test_rare_characters_are_kept(app: Flask, world: World, tmp_path: Path) -> None:
    names = ["龑䶮", "𬭎𫖯", "㛃𬀩𬱖", "买买提·吐尔逊"]
    rows = [roster_row(f"R{n}", name) for n, name in enumerate(names)]
    assert _import(app, roster(tmp_path / "名册.xlsx", *rows))[0] == 0
    assert [_mandate(app, f"R{n}")["name"] for n in range(len(names))] == names


def test_a_numeric_card_finds_the_one_with_leading_zeros(app: Flask, world: World, tmp_path: Path) -> None:
    _import(app, roster(tmp_path / "名册.xlsx", roster_row("0099001", "唐立春", 手机号码="13812345678")))
    rows = [["日期", "代表证号", "事项", "数量"], ["2023-03-01", 99001, "走访选民", 2]]
    assert _import(app, save(tmp_path / "走访.xlsx", ("走访", rows)))[0] == 0
    path = roster(tmp_path / "名册二.xlsx", roster_row("99001", "唐立春", 手机号码="13812345678"))
    assert _import(app, path)[1]["unchanged"] == 1
    with app.app_context():
        assert (
            db.session.scalar(select(func.count()).select_from(Mandate).where(Mandate.card_no.like("%99001")))
            == 1
        )
        db.session.remove()


def test_posts_are_listed_once_and_undone_with_their_batch(app: Flask, world: World, tmp_path: Path) -> None:
    heading = ["姓名", "代表层级", "人大职务", "任职日期", "免职日期"]
    rows = [
        ["单立春", "县级", "岳湖县人大常委会副主任", "2021-12-28", ""],
        ["曾白露", "乡镇", "青山乡人大主席", "2022.1.5", ""],
    ]
    path = save(tmp_path / "职务.xlsx", ("职务", [heading, *rows]))
    assert _import(app, path)[1]["created"] == 2
    assert _import(app, path)[1]["unchanged"] == 2
    rows[1][4] = "2023-02-01"
    assert _import(app, save(path, ("职务", [heading, *rows])))[1]["updated"] == 1
    with app.app_context():
        found = db.session.execute(select(Post.kind, Post.area_code, Post.ended_on).order_by(Post.id))
        assert list(map(tuple, found)) == [
            (PostKind.CHAIRPERSONS_MEETING_MEMBER, COUNTY, None),
            (PostKind.TOWNSHIP_CHAIR, "999001102", date(2023, 2, 1)),
        ]
        db.session.rollback()
        second, first = db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc()))
        with pytest.raises(DomainError):
            undo_batch(operator(), first)
        db.session.rollback()
        undo_batch(operator(), db.session.get_one(ImportBatch, second.id))
        undo_batch(operator(), db.session.get_one(ImportBatch, first.id))
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(Post)) == 0
        db.session.remove()
