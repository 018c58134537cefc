"""Accounts of others: separated administrators, areas that fit, passwords shown once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.operations import users
from app.accounts.queries import get_visible_user
from app.accounts.rules import area_fits, roles_conflict
from app.extensions import db
from app.kit import audit
from app.kit.audit import AuditEvent
from app.kit.authorisation import Grant, Role
from app.kit.errors import Conflict, DomainError, Forbidden
from tests.world import COUNTY, LINJIANG, NEIGHBOUR, PASSWORD, QINGSHAN, World

SignIn = Callable[[str], FlaskClient]
COUNTY_STAFF = Grant(Role.COUNTY_STAFF, COUNTY)


def _form(login: str, name: str, *grants: tuple[str, str], person: int | None = None) -> dict[str, str]:
    data = {"login": login, "name": name, "person_id": str(person or "")}
    for place, (role, area) in enumerate(grants):
        data |= {f"grants-{place}-role": role, f"grants-{place}-area_code": area}
    return data


def test_security_administrator_makes_an_account_whose_password_is_shown_once(
    app: Flask, sign_in: SignIn
) -> None:
    browser = sign_in("secadmin")
    page = browser.post("/accounts/new", data=_form("zhangsan", "张三", ("county_staff", COUNTY)))
    assert page.status_code == 200
    password = re.search(r"<code>([a-z2-9]{10})</code>", page.get_data(as_text=True))
    assert password is not None
    assert password[1] not in browser.get("/accounts").get_data(as_text=True)
    newcomer = app.test_client()
    answer = newcomer.post("/login", data={"login": "zhangsan", "password": password[1]})
    assert answer.status_code == 303
    assert newcomer.get("/").location == "/password"


def test_the_same_form_sent_twice_makes_one_account(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("secadmin")
    data = _form("zhangsan", "张三", ("county_staff", COUNTY)) | {"_once": "one-form"}
    for _click in range(2):
        browser.post("/accounts/new", data=data)
    with app.app_context():
        assert len(db.session.scalars(select(User).where(User.login == "zhangsan")).all()) == 1


def test_list_shows_the_administrators_area_only(sign_in: SignIn) -> None:
    page = sign_in("secadmin").get("/accounts?size=200").get_data(as_text=True)
    for login in ("sysadmin", "auditor", "county", "township", "deputy"):
        assert f">{login}</a>" in page
    assert ">neighbour</a>" not in page
    assert "县级人大工作人员" in page
    only = sign_in("secadmin").get("/accounts?role=auditor").get_data(as_text=True)
    assert ">auditor</a>" in only
    assert ">county</a>" not in only


def test_another_areas_account_is_not_found(sign_in: SignIn, world: World) -> None:
    browser, other = sign_in("secadmin"), world.users["neighbour"]
    assert browser.get(f"/accounts/{other}").status_code == 404
    for verb in ("disable", "enable", "reset-password"):
        assert browser.post(f"/accounts/{other}/{verb}").status_code == 404


def test_only_the_security_administrator_manages_accounts(sign_in: SignIn, world: World) -> None:
    for login in ("sysadmin", "auditor", "county", "township", "leader", "deputy"):
        browser = sign_in(login)
        assert browser.get("/accounts").status_code == 403
        assert browser.post("/accounts/new", data=_form("x", "x", ("leader", COUNTY))).status_code == 403
        assert browser.get("/accounts/people?q=c").status_code == 403


@pytest.mark.parametrize(
    ("grants", "sentence"),
    [
        ([], "请至少授予一个角色"),
        ([(Role.SYSTEM_ADMIN, COUNTY), (Role.AUDITOR, COUNTY)], "三个账号分别担任"),
        ([(Role.SECURITY_ADMIN, COUNTY), (Role.SYSTEM_ADMIN, COUNTY)], "三个账号分别担任"),
        ([(Role.AUDITOR, COUNTY), (Role.COUNTY_STAFF, COUNTY)], "三个账号分别担任"),
        ([(Role.COUNTY_STAFF, NEIGHBOUR)], "只能在自己管理的地区内授权"),
        ([(Role.COUNTY_STAFF, "9990")], "只能在自己管理的地区内授权"),
        ([(Role.COUNTY_STAFF, LINJIANG)], "要授权到县"),
        ([(Role.TOWNSHIP_STAFF, COUNTY)], "只能授权到某个乡镇"),
        ([(Role.LEADER, "999009")], "没有代码为“999009”的行政区划"),
        ([(Role.LEADER, COUNTY), (Role.LEADER, COUNTY)], "只能授予一次"),
        ([(Role.DEPUTY, LINJIANG)], "代表的账号要绑定到本人"),
    ],
)
def test_grants_that_are_refused(
    session: Any, world: World, grants: list[tuple[Role, str]], sentence: str
) -> None:
    """The three administrators exclude each other and all other roles (三员分立); areas fit the role."""
    made = [Grant(role, area) for role, area in grants]
    with pytest.raises(DomainError) as refusal:
        users.create_user(world.actor("secadmin"), login="new", name="新人", grants=made)
    assert sentence in str(refusal.value)


def test_the_form_says_at_the_field_why_grants_are_refused(sign_in: SignIn) -> None:
    data = _form("x", "某人", ("auditor", COUNTY), ("county_staff", COUNTY))
    page = sign_in("secadmin").post("/accounts/new", data=data)
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    assert "三个账号分别担任" in text
    assert 'value="某人"' in text
    assert '<option selected value="auditor">' in text


def test_own_grants_and_own_account_are_left_to_another_administrator(session: Any, world: World) -> None:
    actor = world.actor("secadmin")
    own = get_visible_user(actor, world.users["secadmin"])
    with pytest.raises(DomainError, match="不能修改自己的角色"):
        users.update_user(
            actor, own, version=own.version, name="我", grants=[Grant(Role.SECURITY_ADMIN, LINJIANG)]
        )
    for act in (users.disable_user, users.enable_user, users.reset_password):
        with pytest.raises(Forbidden):
            act(actor, own)
    held = [Grant(grant.role, grant.area_code) for grant in own.grants]
    assert users.update_user(actor, own, version=own.version, name="新名字", grants=held).name == "新名字"


def test_one_person_has_one_account(session: Any, world: World) -> None:
    """A deputy's account is bound to the person, over all the person's mandates (3-49)."""
    actor = world.actor("secadmin")
    grants = [Grant(Role.DEPUTY, LINJIANG)]
    with pytest.raises(DomainError, match="已有账号“deputy”"):
        users.create_user(
            actor, login="C001", name="陈秋禾", grants=grants, person_id=world.persons["陈秋禾"]
        )
    with pytest.raises(DomainError, match="没有找到这位代表"):
        users.create_user(
            actor, login="N001", name="古丽", grants=grants, person_id=world.persons["古丽·夏至"]
        )
    made, _password = users.create_user(
        actor, login="C002", name="单立春", grants=grants, person_id=world.persons["单立春"]
    )
    assert made.person_id == world.persons["单立春"]


def test_an_account_is_kept_under_the_area_that_covers_its_grants() -> None:
    township, county = Grant(Role.TOWNSHIP_STAFF, LINJIANG), Grant(Role.LEADER, COUNTY)
    assert users.home_area([township]) == LINJIANG
    assert users.home_area([township, county]) == COUNTY
    assert users.home_area([township, Grant(Role.TOWNSHIP_STAFF, QINGSHAN)]) == COUNTY
    assert users.home_area([county, Grant(Role.LEADER, NEIGHBOUR)]) == "9990"
    assert users.home_area([county, Grant(Role.LEADER, "110101")]) == ""


def test_a_stale_save_of_an_account_is_refused(session: Any, world: World) -> None:
    actor = world.actor("secadmin")
    found = get_visible_user(actor, world.users["county"])
    stale = found.version
    users.update_user(actor, found, version=stale, name="甲", grants=[COUNTY_STAFF])
    with pytest.raises(Conflict):
        users.update_user(actor, found, version=stale, name="乙", grants=[COUNTY_STAFF])


def test_the_second_of_two_editors_sees_both_versions_and_may_then_save(
    app: Flask, sign_in: SignIn, world: World
) -> None:
    first, second, number = sign_in("secadmin"), sign_in("secadmin"), world.users["county"]
    leader = _form("", "李四", ("leader", COUNTY)) | {"version": "1"}
    staff = _form("", "王五", ("county_staff", COUNTY)) | {"version": "1"}
    assert first.post(f"/accounts/{number}", data=leader).status_code == 303
    refused = second.post(f"/accounts/{number}", data=staff)
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert re.search(r"姓名</th><td>李四</td><td><ins>王五</ins>", page)
    assert f"人大常委会领导 {COUNTY}</td><td><ins>县级人大工作人员 {COUNTY}" in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version is not None
    assert second.post(f"/accounts/{number}", data=staff | {"version": version[1]}).status_code == 303


def test_changing_an_account_shows_in_its_history(app: Flask, sign_in: SignIn, world: World) -> None:
    browser, number = sign_in("secadmin"), world.users["county"]
    opened = browser.get(f"/accounts/{number}").get_data(as_text=True)
    version = re.search(r'name="version"[^>]*value="(\d+)"', opened)
    assert version is not None
    data = _form("", "李四", ("leader", COUNTY), ("township_staff", QINGSHAN)) | {"version": version[1]}
    assert browser.post(f"/accounts/{number}", data=data).status_code == 303
    page = browser.get(f"/accounts/{number}").get_data(as_text=True)
    history = page[page.index('class="panel history"') :]
    assert "修改账号" in history
    assert "新增授权" in history
    assert "删除授权" in history
    assert "<del>" in history
    assert "李四" in history
    assert "人大常委会领导" in history


def test_disabling_ends_the_sessions_and_enabling_opens_again(
    app: Flask, sign_in: SignIn, world: World
) -> None:
    victim, browser, number = sign_in("county"), sign_in("secadmin"), world.users["county"]
    browser.post(f"/accounts/{number}/disable")
    assert victim.get("/account").status_code == 302
    credentials = {"login": "county", "password": PASSWORD}
    assert app.test_client().post("/login", data=credentials).status_code == 422
    browser.post(f"/accounts/{number}/enable")
    assert app.test_client().post("/login", data=credentials).status_code == 303
    assert victim.get("/account").status_code == 302


def test_a_reset_password_lifts_the_lock_and_ends_sessions(app: Flask, sign_in: SignIn, world: World) -> None:
    victim, browser, number = sign_in("county"), sign_in("secadmin"), world.users["county"]
    for _attempt in range(5):
        app.test_client().post("/login", data={"login": "county", "password": "wrong"})
    page = browser.post(f"/accounts/{number}/reset-password").get_data(as_text=True)
    password = re.search(r"<code>([a-z2-9]{10})</code>", page)
    assert password is not None
    assert victim.get("/account").status_code == 302
    newcomer = app.test_client()
    assert newcomer.post("/login", data={"login": "county", "password": password[1]}).status_code == 303
    assert newcomer.get("/account").location == "/password"


def test_password_hashes_never_reach_the_trail(app: Flask, sign_in: SignIn, world: World) -> None:
    browser = sign_in("secadmin")
    browser.post(f"/accounts/{world.users['county']}/reset-password")
    with app.app_context():
        for event in db.session.scalars(select(AuditEvent)):
            assert "argon2" not in str(event.before) + str(event.after)
        assert audit.verify(db.session())[1] == []


def test_people_are_found_by_name_initials_pinyin_or_card(sign_in: SignIn, world: World) -> None:
    browser = sign_in("secadmin")
    for q in ("陈秋", "cqh", "chenqiu", "C001"):
        page = browser.get("/accounts/people", query_string={"q": q}).get_data(as_text=True)
        assert "陈秋禾" in page
        assert f'data-id="{world.persons["陈秋禾"]}"' in page
    assert "古丽" not in browser.get("/accounts/people?q=古丽").get_data(as_text=True)
    assert browser.get("/accounts/people?ids=1,x,99999999999999999999").status_code == 200


def test_rules_of_roles() -> None:
    assert roles_conflict([Role.SYSTEM_ADMIN, Role.DEPUTY])
    assert not roles_conflict([Role.COUNTY_STAFF, Role.LEADER, Role.DEPUTY])
    assert not roles_conflict([Role.AUDITOR, Role.AUDITOR])
    assert area_fits(Grant(Role.COUNTY_STAFF, "99"))
    assert not area_fits(Grant(Role.COUNTY_STAFF, ""))
    assert area_fits(Grant(Role.AUDITOR, ""))


def test_columns_and_saved_filters_of_a_list_are_remembered(
    app: Flask, sign_in: SignIn, world: World
) -> None:
    browser = sign_in("secadmin")
    browser.post("/lists/users/columns", data={"column": ["name", "login", "no_such"], "next": "/accounts"})
    page = browser.get("/accounts").get_data(as_text=True)
    head = page[page.index("<thead>") : page.index("</thead>")]
    assert "角色" not in head
    assert head.index("姓名") < head.index("登录名")
    saved = browser.post(
        "/lists/users/views", data={"view": "停用的", "query": "standing=disabled", "next": "/accounts"}
    )
    assert saved.location == "/accounts"
    assert "/accounts?standing=disabled" in browser.get("/accounts").get_data(as_text=True)
    browser.post("/lists/users/views/delete", data={"view": "停用的"})
    assert "standing=disabled" not in browser.get("/accounts").get_data(as_text=True)
    browser.post("/lists/users/columns", data={"reset": "1"})
    assert "角色" in browser.get("/accounts").get_data(as_text=True)
    with app.app_context():
        user = db.session.get_one(User, world.users["secadmin"])
        assert user.preferences["lists"]["users"] == {"views": {}}
        assert user.version == 1


def test_preferences_refuse_what_cannot_be_kept(sign_in: SignIn) -> None:
    browser = sign_in("secadmin")
    assert browser.post("/lists/no-such-list/columns").status_code == 404
    for data in ({"view": "", "query": "a=1"}, {"view": "长" * 31}, {"view": "a", "query": "x" * 2000}):
        assert browser.post("/lists/users/views", data=data).status_code == 422
    for number in range(30):
        assert browser.post("/lists/users/views", data={"view": f"第{number}个"}).status_code == 303
    assert browser.post("/lists/users/views", data={"view": "再多一个"}).status_code == 422


def test_the_list_is_exported_as_it_is_on_screen(sign_in: SignIn) -> None:
    answer = sign_in("secadmin").get("/accounts?role=auditor&format=xlsx")
    assert answer.data[:2] == b"PK"
