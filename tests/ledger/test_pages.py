"""Pages of the ledger: every fact opening its source, the register, reports from the phone, their review."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.extensions import db
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.ledger import operations
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.states import KINDS_WITH_REGISTER, DutyKind, DutyState
from tests.world import World

DAY = date(2024, 3, 5)


def _text(answer) -> str:
    return answer.get_data(as_text=True)


def _report_form(world: World, **changes: Any) -> dict[str, Any]:
    values = {
        "mandate_id": world.mandates["C001"],
        "kind": "voter_visit",
        "happened_on": "2024.3.5",
        "quantity": "4",
    }
    return {**values, **changes}


def _states(app) -> dict[int, DutyState]:
    with app.app_context():
        return {entry.id: entry.state for entry in db.session.scalars(select(DutyEntry))}


def _reports(app, world: World, n: int) -> None:
    with app.app_context(), acting_as(operator("tests")):
        for offset in range(n):
            operations.report_entry(
                world.actor("deputy"),
                mandate_id=world.mandates["C001"],
                kind=DutyKind.VOTER_VISIT,
                happened_on=DAY + timedelta(days=offset),
                description=f"走访第{offset}组",
            )
        db.session.commit()


def test_a_deputy_reports_a_visit_and_staff_confirm_it(app, world, sign_in):
    deputy, staff = sign_in("deputy"), sign_in("township")
    assert "走访选民" in _text(deputy.get("/ledger/report"))
    form = _text(deputy.get("/ledger/report/new?kind=voter_visit"))
    assert clock.today().isoformat() in form and "县级人大代表（岳湖县第十八届）" in form
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "green").save(picture, "PNG")
    picture.seek(0)
    answer = deputy.post(
        "/ledger/report/new",
        data=_report_form(world, description="走访江边村", money_fen="1.2万", file=(picture, "入户.png")),
    )
    assert answer.status_code == 303, _text(answer)
    page = _text(staff.get("/ledger/review"))
    assert "走访江边村" in page and "/thumbnail" in page
    assert "待确认" in _text(deputy.get("/ledger/mine?year=2024"))
    answer = staff.post("/ledger/review/confirm", data={"ids": ["1"]})
    assert answer.status_code == 303
    page = _text(staff.get("/ledger/review"))
    undo = re.search(r'action="(/ledger/review/undo[^"]+)"', page)
    assert undo
    assert "1</span>" in _text(deputy.get("/ledger/mine?year=2024"))
    assert staff.post(undo[1].replace("&amp;", "&")).status_code == 303
    assert _states(app) == {1: DutyState.PENDING}


def test_the_same_visit_twice_is_asked_about(app, world, sign_in):
    """3-49."""
    deputy = sign_in("deputy")
    assert deputy.post("/ledger/report/new", data=_report_form(world)).status_code == 303
    answer = deputy.post("/ledger/report/new", data=_report_form(world))
    assert answer.status_code == 422
    assert 'name="allow_same"' in _text(answer)
    assert deputy.post("/ledger/report/new", data=_report_form(world, allow_same="y")).status_code == 303
    assert "同一天已有" in _text(sign_in("county").get("/ledger/review"))


def test_returning_asks_for_the_reason_and_the_deputy_reads_it(app, world, sign_in):
    _reports(app, world, 2)
    deputy, staff = sign_in("deputy"), sign_in("county")
    asked = staff.post("/ledger/review/return", data={"ids": ["1", "2"]})
    assert asked.status_code == 200 and 'name="reason"' in _text(asked)
    assert staff.post("/ledger/review/return", data={"ids": ["1"], "reason": ""}).status_code == 422
    assert (
        staff.post("/ledger/review/return", data={"ids": ["1", "2"], "reason": "请写明村名"}).status_code
        == 303
    )
    assert set(_states(app).values()) == {DutyState.REJECTED}
    assert "请写明村名" in _text(deputy.get("/ledger/mine"))
    assert "请写明村名" in _text(deputy.get("/ledger/report/1"))
    answer = deputy.post("/ledger/report/1", data=_report_form(world, place="江边村"))
    assert answer.status_code == 303, _text(answer)
    assert deputy.post("/ledger/report/2/withdraw").status_code == 303
    assert _states(app) == {1: DutyState.PENDING}


def test_all_under_the_filters_are_confirmed_at_once(app, world, sign_in):
    _reports(app, world, 60)
    staff = sign_in("county")
    data = {"all": "1", "happened_on_from": "2024-03-06", "happened_on_to": ""}
    assert staff.post("/ledger/review/confirm", data=data).status_code == 303
    states = _states(app)
    assert states.pop(1) is DutyState.PENDING
    assert set(states.values()) == {DutyState.CONFIRMED}
    assert staff.post("/ledger/review/confirm", data={"ids": ["2"]}).status_code == 409
    assert staff.post("/ledger/review/confirm?only=1").status_code == 303


def test_a_clerk_registers_corrects_and_deletes(app, world, sign_in):
    staff = sign_in("township")
    data = _report_form(
        world, kind="practical_deed", place="江边村", persons_helped="30", money_fen="5,000.50"
    )
    answer = staff.post("/ledger/entries/new", data={**data, "again": "1"})
    assert answer.location.endswith("/ledger/entries/new?kind=practical_deed")
    page = _text(staff.get("/ledger/entries/1"))
    assert "5,000.50" in page and "陈秋禾" in page
    page = _text(staff.get("/ledger/entries/1/edit"))
    assert 'value="5000.50"' in page
    stale = staff.post("/ledger/entries/1/edit", data={**data, "version": "7"})
    assert stale.status_code == 422
    assert (
        staff.post("/ledger/entries/1/edit", data={**data, "version": "1", "quantity": "2"}).status_code
        == 303
    )
    assert staff.post("/ledger/entries/1/delete", data={"version": "2"}).status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count(DutyRecord.id))) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"money_fen": "五千"}, "money_fen"),
        ({"quantity": "0"}, "quantity"),
        ({"happened_on": "2024-13-01"}, "happened_on"),
        ({"kind": "reception"}, "kind"),
        ({"mandate_id": "999999"}, "mandate_id"),
    ],
)
def test_what_cannot_be_is_an_error_at_its_field(app, world, sign_in, changes, field):
    answer = sign_in("county").post("/ledger/entries/new", data=_report_form(world, **changes))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in _text(answer)


def test_every_fact_opens_its_source(app, world, sign_in):
    _reports(app, world, 1)
    staff = sign_in("county")
    page = _text(staff.get("/ledger/records"))
    assert "走访第0组" in page and "陈秋禾" in page
    answer = staff.get("/ledger/records/1")
    assert answer.status_code == 302 and answer.location == "/ledger/entries/1"
    assert sign_in("other_township").get("/ledger/records/1").status_code == 404


def test_the_ledger_filters_searches_and_exports(app, world, sign_in):
    _reports(app, world, 1)
    browser = sign_in("county")
    for address, shown in (
        ("heading=contact", True),
        ("heading=in_session", False),
        ("kind=voter_visit", True),
        ("state=confirmed", False),
        ("part=did", True),
        ("level=township", False),
        ("area=999001101", True),
        ("area=999001102", False),
        ("happened_on_to=2024-03-04", False),
        ("q=陈秋禾", True),
        ("q=cqh", True),
        ("q=C001", True),
        ("q=单立春", False),
    ):
        for page in ("/ledger/records", "/ledger/entries"):
            if page.endswith("entries") and address.startswith(("part", "heading")):
                continue
            assert ("2024-03-05" in _text(browser.get(f"{page}?{address}"))) is shown, (page, address)
    for page in ("records", "entries", "review"):
        assert browser.get(f"/ledger/{page}?format=xlsx").mimetype.endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("county", 200),
        ("township", 200),
        ("other_township", 404),
        ("leader", 200),
        ("deputy", 200),
        ("other_deputy", 404),
    ],
)
def test_an_entry_shows_only_to_those_it_concerns(app, world, sign_in, login, expected):
    _reports(app, world, 1)
    assert sign_in(login).get("/ledger/entries/1").status_code == expected


def test_a_deputy_goes_from_the_lists_to_their_own_record(app, world, sign_in):
    browser = sign_in("deputy")
    for page in ("/ledger/records", "/ledger/entries"):
        assert browser.get(page).location == "/ledger/mine"
    assert browser.get("/ledger/review").status_code == 403


@pytest.mark.sqlite_only
def test_the_number_of_queries_does_not_depend_on_the_rows(app, world, sign_in, queries):
    pages = {
        "/ledger/records": "county",
        "/ledger/entries": "county",
        "/ledger/review": "county",
        "/ledger/mine?year=2024": "deputy",
    }
    browsers = {login: sign_in(login) for login in set(pages.values())}

    def count() -> dict[str, int]:
        counts = {}
        for page, login in pages.items():
            queries.clear()
            assert browsers[login].get(page).status_code == 200
            counts[page] = len(queries)
        return counts

    _reports(app, world, 2)
    few = count()
    with app.app_context(), acting_as(operator("tests")):
        for card in ("C002", "C003", "T002"):
            for offset in range(8):
                operations.create_entry(
                    world.actor("county"),
                    mandate_id=world.mandates[card],
                    kind=DutyKind.PRACTICAL_DEED,
                    happened_on=DAY + timedelta(days=offset),
                )
        db.session.commit()
    assert count() == few


def test_the_deputys_home_shows_every_kind_with_a_figure(app, world, sign_in):
    kinds = [kind for kind in DutyKind if kind not in KINDS_WITH_REGISTER][:8]
    with app.app_context(), acting_as(operator("tests")):
        for kind in kinds:
            operations.create_entry(
                world.actor("county"),
                mandate_id=world.mandates["C001"],
                kind=kind,
                happened_on=clock.today(),
            )
        db.session.commit()
    page = _text(sign_in("deputy").get("/"))
    assert [kind.label for kind in kinds if f'"stat-label">{kind.label}' not in page] == []


def test_units_are_read_in_the_readers_language(app, world, sign_in):
    _reports(app, world, 1)
    staff = sign_in("county")
    assert "1 人次" in _text(staff.get("/ledger/review"))
    assert "1 人次" not in _text(staff.get("/ledger/review", headers={"Accept-Language": "en"}))
