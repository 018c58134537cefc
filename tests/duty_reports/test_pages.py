"""Pages of reports on duty."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.duty_reports.models import DutyReport
from app.extensions import db
from tests.world import World

SignIn = Callable[[str], FlaskClient]


def reports(app: Flask) -> list[DutyReport]:
    with app.app_context():
        found = list(db.session.scalars(select(DutyReport).order_by(DutyReport.id)))
        db.session.remove()
    return found


def test_a_clerk_records_a_meeting_with_ballots(app: Flask, world: World, sign_in: SignIn) -> None:
    browser = sign_in("county")
    ids = [world.mandates["C001"], world.mandates["T002"]]
    form = {
        "reported_on": "2023.12.1",
        "mode": "meeting",
        "meeting": "选民代表会议",
        "voters_present": "50",
        "mandate_ids": ids,
    }
    asked = browser.post("/duty-reports/new", data={**form, "ballots": "1"})
    page = asked.get_data(as_text=True)
    assert f'name="satisfied-{ids[0]}"' in page and not reports(app)

    ballots = {f"satisfied-{ids[0]}": "48", f"dissatisfied-{ids[0]}": "2", f"satisfied-{ids[1]}": "51"}
    refused = browser.post("/duty-reports/new", data={**form, **ballots})
    assert refused.status_code == 422 and "龑小满" in refused.get_data(as_text=True) and not reports(app)
    assert 'value="48"' in refused.get_data(as_text=True)

    ballots[f"satisfied-{ids[1]}"] = "50"
    assert browser.post("/duty-reports/new", data={**form, **ballots}).status_code == 303
    made = reports(app)
    assert [(r.satisfied, r.dissatisfied, r.voters_present) for r in made] == [(48, 2, 50), (50, None, 50)]

    detail = browser.get(f"/duty-reports/{made[0].id}").get_data(as_text=True)
    assert "选民代表会议" in detail and "96.0%" in detail and "原选区选民" in detail
    listed = browser.get("/duty-reports?mode=meeting").get_data(as_text=True)
    assert "陈秋禾" in listed and "龑小满" in listed
    assert "没有符合条件" in browser.get("/duty-reports?mode=written").get_data(as_text=True)


def test_correcting_and_taking_back(app: Flask, world: World, sign_in: SignIn) -> None:
    browser = sign_in("township")
    form = {"reported_on": "2023-12-01", "mode": "meeting", "mandate_ids": world.mandates["C001"]}
    browser.post("/duty-reports/new", data=form)
    (report,) = reports(app)
    url = f"/duty-reports/{report.id}"
    changed = {"reported_on": "2023-12-02", "mode": "written", "text": "一年来", "version": "1"}
    assert browser.post(f"{url}/edit", data=changed).status_code == 303
    stale = browser.post(f"{url}/edit", data={**changed, "text": "另一份"})
    assert stale.status_code == 422 and "另一份" in stale.get_data(as_text=True)
    assert "一年来" in browser.get(url).get_data(as_text=True)
    assert browser.post(f"{url}/delete").status_code == 303
    assert reports(app) == []


def test_a_deputy_sees_why_and_only_their_own(app: Flask, world: World, sign_in: SignIn) -> None:
    mine, others = world.mandates["C001"], world.mandates["C003"]
    browser = sign_in("deputy")
    page = browser.get(f"/duty-reports/deputies/{mine}?on=2022-11-01").get_data(as_text=True)
    assert "应报告" in page and "连任代表 · 届内第1年" in page
    assert "2022年10月1日至12月31日" in page
    assert browser.get(f"/duty-reports/deputies/{others}").status_code == 404
    assert browser.get("/duty-reports/new").status_code == 403


def test_an_impossible_ballot_is_said(world: World, sign_in: SignIn) -> None:
    mandate = world.mandates["C001"]
    form = {"reported_on": "2023-12-01", "mode": "meeting", "mandate_ids": mandate}
    answer = sign_in("county").post("/duty-reports/new", data={**form, f"satisfied-{mandate}": "许多"})
    assert answer.status_code == 422 and "票数请填写整数" in answer.get_data(as_text=True)
