"""Accounts for a whole roster, and the slips they are handed out with."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import time_machine
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.accounts.models import User
from app.accounts.slips import qr_path
from app.extensions import db
from app.kit import audit, clock
from app.kit.authorisation import Role
from app.kit.jobs import Job, JobState
from app.registry.models import Mandate
from tests.world import COUNTY, LINJIANG, NEIGHBOUR, QINGSHAN, World

SignIn = Callable[[str], FlaskClient]


def _open(browser: FlaskClient, area: str, level: str = "") -> str:
    answer = browser.post("/accounts/roster", data={"area_code": area, "level": level})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location.rsplit("/", 1)[-1]


def _slips(page: str) -> dict[str, tuple[str, str]]:
    found = re.findall(
        r"<h2>(\S+) <small>(\S+)</small></h2>.*?<dd>([^<]+)</dd>.*?<code>(\S+)</code>", page, re.S
    )
    return {login: (name, password) for name, _area, login, password in found}


def test_staff_open_accounts_for_the_deputies_who_have_none(
    app: Flask, sign_in: SignIn, world: World
) -> None:
    """One account for each person; of several mandates the highest level's card number is the login."""
    browser = sign_in("county")
    job = _open(browser, COUNTY)
    assert "已开通 5 个账号" in browser.get(f"/jobs/{job}").get_data(as_text=True)
    with app.app_context():
        made = db.session.scalars(select(User).where(User.id > max(world.users.values()))).all()
        assert sorted(user.login for user in made) == ["C002", "C003", "S001", "T003", "T004"]
        assert all(user.must_change_password and user.person_id for user in made)
        assert {user.login: user.area_code for user in made}["C003"] == QINGSHAN
        assert all([grant.role for grant in user.grants] == [Role.DEPUTY] for user in made)
        assert audit.verify(db.session())[1] == []
    again = _open(browser, COUNTY)
    assert "没有需要开通账号的代表" in browser.get(f"/jobs/{again}").get_data(as_text=True)


def test_level_and_area_narrow_the_run(app: Flask, sign_in: SignIn, world: World) -> None:
    browser = sign_in("county")
    page = browser.get(f"/accounts/roster/{_open(browser, QINGSHAN, 'township')}").get_data(as_text=True)
    assert sorted(_slips(page)) == ["T003", "T004"]


def test_a_slip_lets_its_deputy_in_and_then_is_no_longer_printed(
    app: Flask, sign_in: SignIn, world: World
) -> None:
    browser = sign_in("township")
    job = _open(browser, LINJIANG)
    slips = _slips(browser.get(f"/accounts/roster/{job}").get_data(as_text=True))
    name, password = slips["C002"]
    assert name == "单立春"
    deputy = app.test_client()
    assert deputy.post("/login", data={"login": "C002", "password": password}).status_code == 303
    assert deputy.get("/").location == "/password"
    new = {"current_password": password, "new_password": "Yuehu#2026x", "repeated": "Yuehu#2026x"}
    deputy.post("/password", data=new)
    assert "C002" not in _slips(browser.get(f"/accounts/roster/{job}").get_data(as_text=True))


def test_no_initial_password_is_kept_anywhere(app: Flask, sign_in: SignIn, world: World) -> None:
    browser = sign_in("county")
    job = _open(browser, COUNTY)
    slips = _slips(browser.get(f"/accounts/roster/{job}").get_data(as_text=True))
    with app.app_context():
        row = db.session.get_one(Job, int(job))
        kept = str(row.arguments) + str(row.actor) + row.message
        folder = Path(app.config["DATA_DIR"]) / "jobs" / job
        kept += "".join(path.read_text() for path in folder.iterdir())
        kept += "".join(str(event.after) for event in db.session.scalars(select(audit.AuditEvent)))
    assert not [password for _name, password in slips.values() if password in kept]


def test_slips_can_be_printed_for_a_day_or_until_they_are_handed_out(
    app: Flask, sign_in: SignIn, world: World
) -> None:
    browser = sign_in("county")
    job = _open(browser, LINJIANG)
    assert browser.get(f"/accounts/roster/{job}").status_code == 200
    with app.app_context():
        old = clock.now() - timedelta(hours=24)
        db.session.execute(update(Job).where(Job.id == int(job)).values(finished_at=old))
        db.session.commit()
    late = browser.get(f"/accounts/roster/{job}")
    assert late.status_code == 422
    assert "不再保留" in late.get_data(as_text=True)
    other = _open(browser, QINGSHAN)
    browser.post(f"/accounts/roster/{other}/forget")
    assert browser.get(f"/accounts/roster/{other}").status_code == 422


def test_slips_are_for_whoever_made_the_run(sign_in: SignIn, world: World) -> None:
    job = _open(sign_in("county"), LINJIANG)
    for login in ("township", "secadmin"):
        assert sign_in(login).get(f"/accounts/roster/{job}").status_code == 404
        assert sign_in(login).get(f"/accounts/roster/{job}/slips.docx").status_code == 404
        assert sign_in(login).post(f"/accounts/roster/{job}/forget").status_code == 404


def test_slips_in_word_have_a_qr_code_each(sign_in: SignIn, world: World) -> None:
    browser = sign_in("county")
    job = _open(browser, COUNTY)
    answer = browser.get(f"/accounts/roster/{job}/slips.docx")
    document = Document(io.BytesIO(answer.data))
    text = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    slips = _slips(browser.get(f"/accounts/roster/{job}").get_data(as_text=True))
    assert len(slips) == 5
    assert all(login in text and password in text for login, (_name, password) in slips.items())
    assert len(document.inline_shapes) == 5
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]


def test_a_card_number_that_is_taken_gets_the_offices_code(app: Flask, sign_in: SignIn, world: World) -> None:
    """Card numbers are unique within one office only; the same login cannot be given twice."""
    with app.app_context():
        db.session.execute(update(User).where(User.login == "neighbour").values(login="C002"))
        db.session.execute(update(Mandate).where(Mandate.card_no == "C003").values(card_no=None))
        db.session.commit()
    browser = sign_in("county")
    job = _open(browser, COUNTY, "county")
    page = browser.get(f"/jobs/{job}").get_data(as_text=True)
    assert "1 人没有代表证号，未开通：欧阳谷雨" in page
    assert list(_slips(browser.get(f"/accounts/roster/{job}").get_data(as_text=True))) == [f"{COUNTY}-C002"]


def test_nobody_opens_accounts_outside_their_area(sign_in: SignIn, world: World) -> None:
    township = sign_in("township")
    for area in (COUNTY, QINGSHAN, NEIGHBOUR):
        assert township.post("/accounts/roster", data={"area_code": area}).status_code == 422
    for login in ("auditor", "sysadmin", "leader", "deputy"):
        assert sign_in(login).get("/accounts/roster").status_code == 403


def test_an_ended_mandate_gets_no_account(app: Flask, sign_in: SignIn, world: World) -> None:
    with app.app_context():
        db.session.execute(update(Mandate).where(Mandate.card_no == "T003").values(ended_on=clock.today()))
        db.session.commit()
    browser = sign_in("county")
    page = browser.get(f"/accounts/roster/{_open(browser, QINGSHAN)}").get_data(as_text=True)
    assert "T003" not in _slips(page)


def test_a_run_that_breaks_off_leaves_no_account(
    app: Flask, sign_in: SignIn, world: World, monkeypatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("app.accounts.operations.roster._keep_run", full)
    job = _open(sign_in("county"), COUNTY)
    with app.app_context():
        assert db.session.get_one(Job, int(job)).state is JobState.FAILED
        assert not db.session.scalars(select(User).where(User.login == "C002")).all()


def test_the_qr_code_has_a_quiet_zone() -> None:
    size, path = qr_path("http://127.0.0.1:8000/")
    assert size == 25 + 2 * 2
    assert not re.search(r"M[01] ", path)


def test_progress_is_reported_while_hashes_are_made(app: Flask, sign_in: SignIn, world: World) -> None:
    with time_machine.travel(clock.now(), tick=True):
        browser = sign_in("county")
        job = _open(browser, COUNTY)
    page = browser.get(f"/jobs/{job}/status").get_data(as_text=True)
    assert f"/accounts/roster/{job}" in page
