"""The profile of an office: what is written wrong is named by line and key; run again it updates."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cli.setup import TOPICS
from app.extensions import db
from app.kit.errors import DomainError
from app.registry.models import Area, RuleSet, Term
from app.registry.profile import Township, parse_profile
from app.registry.states import AreaKind
from tests.commands import lvzhi
from tests.conftest import DATA

SAMPLE = (DATA / "huarong" / "county.yaml").read_text(encoding="utf-8")


def test_the_sample_profile_reads_as_it_is_written() -> None:
    profile = parse_profile("county.yaml", SAMPLE, TOPICS)
    assert profile.area.city is not None and profile.area.city.code == "4306"
    assert len(profile.townships) == 14
    assert [term.number for term in profile.terms] == [9, 18, 19]
    assert profile.rules["duty_reports"]["windows"]["city"] == {"months": [2, 3], "year_offset": 1}
    assert profile.rules["receptions"] == {"day_of_month": 15, "leaders_per_year_min": 2}


@pytest.mark.parametrize(
    ("old", "new", "line", "key"),
    [
        ("{code: \"430623101\"", "{code: \"43062310\"", 4, "townships[2].code"),
        ("{code: \"430623101\"", "{code: \"430624101\"", 4, "townships[2].code"),
        ("{code: \"430623101\"", "{code: \"430623120\"", 4, "townships[2].code"),
        ("name: 三封寺镇", "nam: 三封寺镇", 4, "townships[2].name"),
        ("name: 三封寺镇", "name: 三封寺", 4, "townships[2]"),
        ("level: city", "level: town", 18, "terms[1].level"),
        ("岳阳市第九届", "岳阳市", 18, "terms[1].name"),
        ("\"{township}第十九届\"", "乡镇第十九届", 20, "terms[3]"),
        ("started_on: 2021-12-28, first_year: 2022}\n  - {level: county", "started_on: 昨天, first_year: 2022}\n  - {level: county", 18, "terms[1].started_on"),
        ("meeting_share_min: 0.30", "meeting_share_min: 3", 29, "duty_reports.meeting_share_min"),
        ("precedence: earliest", "precedence: first", 23, "duty_reports.precedence"),
        ("receptions:", "reception:", 30, "reception"),
        ("receptions: {day_of_month: 15", "receptions: {day_of_month: 15, day: 3", 30, "receptions.day"),
        ("receptions:", "area: {}\nreceptions:", 30, "area"),
        ("code: \"430623\", name: 华容县", "code: 430623, name: 华容县", 1, "area.code"),
        ("city: {code: \"4306\"", "city: {code: \"4307\"", 1, "area"),
        ("townships:\n", "townships:\n  - [\n", 4, ""),
    ],
)  # fmt: skip
def test_an_error_names_line_and_key(old: str, new: str, line: int, key: str, app: Flask) -> None:
    assert old in SAMPLE
    with app.app_context(), pytest.raises(DomainError) as refused:
        parse_profile("county.yaml", SAMPLE.replace(old, new, 1), TOPICS)
    with app.app_context():
        sentence = str(refused.value)
    assert sentence.startswith(f"county.yaml 第 {line} 行"), sentence
    assert key in sentence


def test_setup_again_updates_and_never_duplicates(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "county.yaml"
    path.write_text(SAMPLE, encoding="utf-8")
    assert "新建 36 项" in lvzhi(app, "setup", path).output
    assert "新建 0 项，更新 0 项" in lvzhi(app, "setup", path).output
    changed = SAMPLE.replace("三封寺镇", "三封寺新镇").replace("first_year: 2022}", "first_year: 2023}", 1)
    changed = changed.replace("day_of_month: 15", "day_of_month: 20")
    path.write_text(changed, encoding="utf-8")
    # The township, its term's name, the city's term, the rules of receptions.
    assert "新建 0 项，更新 4 项" in lvzhi(app, "setup", path).output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Area)) == 18
        assert db.session.scalar(select(func.count()).select_from(Term)) == 16
        assert db.session.scalar(select(Term.first_year).where(Term.area_code == "4306")) == 2023
        assert db.session.scalar(select(Term.started_on).where(Term.area_code == "4306")) == date(
            2021, 12, 28
        )
        content = db.session.scalar(select(RuleSet.content).where(RuleSet.topic == "receptions"))
        assert content == {"day_of_month": 20, "leaders_per_year_min": 2}
        db.session.remove()


def test_a_wrong_profile_is_exit_2_and_writes_nothing(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "county.yaml"
    path.write_text(SAMPLE.replace("level: city", "level: 市", 1), encoding="utf-8")
    answer = lvzhi(app, "setup", path)
    assert answer.code == 2
    assert "第 18 行 terms[1].level" in answer.errors
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Area)) == 0
        db.session.remove()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("章华镇", AreaKind.TOWN),
        ("团洲乡", AreaKind.TOWNSHIP),
        ("城关街道", AreaKind.SUBDISTRICT),
        ("城关街道办事处", AreaKind.SUBDISTRICT),
        ("三江侗族乡", AreaKind.ETHNIC_TOWNSHIP),
        ("某某民族乡", AreaKind.ETHNIC_TOWNSHIP),
    ],
)
def test_the_kind_follows_from_the_names_ending(name: str, kind: AreaKind) -> None:
    assert Township(code="430623101", name=name).area_kind is kind
    assert (
        Township(code="430623101", name="开发区", kind=AreaKind.SUBDISTRICT).area_kind is AreaKind.SUBDISTRICT
    )
