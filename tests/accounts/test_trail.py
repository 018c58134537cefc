"""The audit trail as the auditor reads it, and its words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.accounts.audit_words import (
    COLUMNS,
    COLUMNS_OF_KIND,
    KINDS,
    column_label,
    happening_label,
    value_text,
)
from app.accounts.history import history_for_template
from app.extensions import db
from app.kit import audit
from app.kit.audit import Audited, AuditEvent, Happening, acting_as
from app.kit.authorisation import operator
from app.kit.database import Base
from app.registry.models import Mandate, Person
from tests.world import COUNTY, LINJIANG, NEIGHBOUR, World

SignIn = Callable[[str], FlaskClient]


def _rename(app: Flask, person_id: int, name: str) -> None:
    with app.app_context(), acting_as(operator("李干事", source="web")):
        db.session.get_one(Person, person_id).name = name
        db.session.commit()


def _newest(app: Flask, tag: str) -> int:
    with app.app_context():
        wanted = select(AuditEvent.id).where(AuditEvent.tag == tag).order_by(AuditEvent.id.desc())
        return db.session.scalars(wanted).first() or 0


def test_every_kind_and_column_of_an_audited_table_has_a_word(app: Flask) -> None:
    """A clerk reads 任职日期, not began_on."""
    missing = []
    for mapper in Base.registry.mappers:
        model: Any = mapper.class_
        if not issubclass(model, Audited):
            continue
        if model.audit_kind not in KINDS:
            missing.append(model.audit_kind)
        for column in mapper.column_attrs:
            if column.key in {"id", "version", "created_at", "updated_at"}:
                continue
            if (model.audit_kind, column.key) not in COLUMNS_OF_KIND and column.key not in COLUMNS:
                missing.append(f"{model.audit_kind}.{column.key}")
    assert missing == []


def test_only_the_auditor_reads_the_trail(sign_in: SignIn, world: World) -> None:
    for login in ("sysadmin", "secadmin", "county", "township", "leader", "deputy"):
        browser = sign_in(login)
        assert browser.get("/audit").status_code == 403
        assert browser.get("/audit/1").status_code == 403
        assert browser.post("/audit/verify").status_code == 403
    assert sign_in("auditor").get("/audit").status_code == 200


def test_an_event_shows_before_and_after_side_by_side(app: Flask, sign_in: SignIn, world: World) -> None:
    _rename(app, world.persons["单立春"], "单立夏")
    browser, event = sign_in("auditor"), _newest(app, "web:person:update")
    listed = browser.get("/audit").get_data(as_text=True)
    assert "修改代表" in listed
    assert f"/audit/{event}" in listed
    page = browser.get(f"/audit/{event}").get_data(as_text=True)
    assert re.search(r"姓名</th><td><del>单立春</del></td><td><ins>单立夏</ins>", page)
    assert "李干事" in page
    # Area and chain by name, the code small behind it; the tag is a technical line under the source.
    assert f'临江镇<small class="reason">{LINJIANG}</small>' in page
    assert f'岳湖县<small class="reason">{COUNTY}</small>' in page
    assert '<small class="reason">web:person:update</small>' in page
    assert 'name="q"' not in browser.get("/").get_data(as_text=True)  # there is nothing they could search


def test_events_of_another_area_are_not_shown(app: Flask, sign_in: SignIn, world: World) -> None:
    _rename(app, world.persons["古丽·夏至"], "古丽·秋分")
    browser, event = sign_in("auditor"), _newest(app, "web:person:update")
    assert "古丽·秋分" not in browser.get("/audit?size=200").get_data(as_text=True)
    assert browser.get(f"/audit/{event}").status_code == 404


def test_filters_of_the_trail(app: Flask, sign_in: SignIn, world: World) -> None:
    _rename(app, world.persons["单立春"], "单立夏")
    browser = sign_in("auditor")

    def rows(query: str) -> int:
        page = browser.get(f"/audit?{query}").get_data(as_text=True)
        return page.count('<th scope="row">')

    assert rows("kind=person&verb=update") == 1
    assert rows("actor=李干事") == 1
    assert rows("q=单立") >= 2
    assert rows("source=web&verb=login") == 1
    assert rows("source=import") == 0
    assert rows("on_from=2000-01-01&on_to=2000-12-31") == 0
    assert rows("on_from=2000-01-01&verb=update&kind=person") == 1


def test_days_of_the_filter_are_days_in_the_office(app: Flask, sign_in: SignIn, world: World) -> None:
    """Half past midnight in the office is still yesterday in UTC."""
    from datetime import UTC, datetime

    with app.app_context():
        late = datetime(2030, 3, 3, 16, 30, tzinfo=UTC)
        happening = Happening("web:area:export", COUNTY, "area", None, "半夜")
        audit.record(db.session(), [happening])
        db.session.execute(update(AuditEvent).where(AuditEvent.subject_label == "半夜").values(at=late))
        db.session.commit()
    browser = sign_in("auditor")
    assert "半夜" in browser.get("/audit?on_from=2030-03-04&on_to=2030-03-04").get_data(as_text=True)
    assert "半夜" not in browser.get("/audit?on_to=2030-03-03").get_data(as_text=True).split("<tbody>")[-1]


def test_the_trail_is_exported(sign_in: SignIn) -> None:
    assert sign_in("auditor").get("/audit?format=xlsx").data[:2] == b"PK"


def test_verify_says_that_everything_holds(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("auditor")
    page = browser.post("/audit/verify", follow_redirects=True).get_data(as_text=True)
    assert "没有发现改动、删除或插入" in page
    assert _newest(app, "web:audit:verify")


def test_verify_names_the_changed_event(app: Flask, sign_in: SignIn, world: World) -> None:
    with app.app_context():
        db.session.execute(
            update(AuditEvent)
            .where(AuditEvent.chain == COUNTY, AuditEvent.seq == 3)
            .values(actor_name="别人")
        )
        db.session.commit()
    browser = sign_in("auditor")
    page = browser.post("/audit/verify", follow_redirects=True).get_data(as_text=True)
    assert f"{COUNTY}：第 3 条记录被改动" in page
    assert _newest(app, "web:audit:verify")


def test_a_break_in_the_neighbours_chain_is_the_neighbours_business(
    app: Flask, sign_in: SignIn, world: World
) -> None:
    with app.app_context():
        db.session.execute(
            update(AuditEvent).where(AuditEvent.chain == NEIGHBOUR, AuditEvent.seq == 1).values(tag="x")
        )
        db.session.commit()
    page = sign_in("auditor").post("/audit/verify", follow_redirects=True).get_data(as_text=True)
    assert NEIGHBOUR not in page


def test_history_is_in_words(session: Any, world: World) -> None:
    with acting_as(operator("李干事", source="web")):
        mandate = session.get_one(Mandate, world.mandates["C001"])
        mandate.re_elected = False
        mandate.delegation_id = None
        session.flush()
    entries = history_for_template("mandate", mandate.id)
    assert [entry.what for entry in entries] == ["修改代表职务", "新增代表职务"]
    assert ("连任", "是", "否") in entries[0].changes
    assert ("代表团", "临江镇代表团", "") in entries[0].changes
    created = {label: after for label, _before, after in entries[1].changes}
    assert created["层级"] == "县级"
    assert created["届次"] == "岳湖县第十八届"
    assert entries[0].who == "李干事"
    assert entries[0].when.startswith("20")


def test_hidden_values_stay_hidden(session: Any, world: World) -> None:
    entries = history_for_template("user", world.users["county"])
    values = {label: after for entry in entries for label, _before, after in entry.changes}
    assert values["密码"] == "（已隐去）"


@pytest.mark.parametrize(
    ("kind", "column", "value", "text"),
    [
        ("mandate", "level", "county", "县级"),
        ("mandate", "level", "of a later version", "of a later version"),
        ("mandate", "re_elected", True, "是"),
        ("mandate", "began_on", "2021-12-28", "2021-12-28"),
        ("user", "disabled_at", "2030-03-04T01:00:00+00:00", "2030-03-04 09:00"),
        ("mandate", "term_id", 999_999, "#999999"),
        ("no_such_kind", "x", 5, "5"),
        ("activity", "topics", ["教育", "医疗"], "教育、医疗"),
        ("person", "note", None, ""),
    ],
)
def test_values_as_people_read_them(session: Any, kind: str, column: str, value: Any, text: str) -> None:
    assert value_text(kind, column, value) == text


def test_unknown_words_fall_back_to_themselves(session: Any) -> None:
    assert column_label("person", "no_such_column") == "no_such_column"
    assert happening_label("web:person:update", "") == "修改代表"
    assert happening_label("web:session:lock", "user") == "锁定登录"
    assert happening_label("odd", "person") == "odd代表"
