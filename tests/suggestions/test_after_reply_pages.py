"""Pages of what follows a reply: the deputy's slip on the phone, the office's decision, papers, the year's archive."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from docx import Document

from app.extensions import db
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.kit.database import set_reading
from app.suggestions.models import Suggestion
from app.suggestions.operations import promises
from app.suggestions.states import SuggestionState
from tests.suggestions.building import build

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def records(app: Any, world: Any) -> dict[str, int]:
    """A reply the deputy has not answered, and a promise in it."""
    with app.app_context(), acting_as(operator("tests")):
        set_reading(False)
        made = build(world, SuggestionState.REPLIED)
        promise = promises.add_promise(
            world.actor("county"), made.id, content="修渠三公里", due_on=date(2020, 1, 1).replace(year=2099)
        )
        db.session.commit()
        return {"id": made.id, "promise": promise.id}


def _state(app: Any, suggestion_id: int) -> SuggestionState:
    with app.app_context():
        return db.session.get_one(Suggestion, suggestion_id).state


def _text(answer: Any) -> str:
    word = Document(io.BytesIO(answer.data))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


SLIP = {"attitude": "satisfied", "handling": "satisfied", "result": "dissatisfied", "overall": "dissatisfied"}


def test_from_the_phone_to_another_round(app, sign_in, records):
    """A dissatisfied slip, its reason, another round; the two questions stand apart on every page (0-08, 4-04)."""
    deputy, county = sign_in("deputy"), sign_in("county")
    assert "1 件建议已答复，请您反馈意见" in deputy.get("/").get_data(as_text=True)
    waiting = deputy.get("/suggestions/feedback/waiting").get_data(as_text=True)
    address = f"/suggestions/{records['id']}/feedback"
    assert address in waiting
    form = deputy.get(address).get_data(as_text=True)
    assert "所提的问题解决了吗" in form and "返回日期" not in form
    assert deputy.post(address, data=SLIP).status_code == 422
    refused = deputy.post(address, data={**SLIP, "solved": "0"})
    assert refused.status_code == 422 and "写明理由" in refused.get_data(as_text=True)
    given = {**SLIP, "solved": "0", "reason": "渠尾没有水"}
    assert deputy.post(address, data=given).status_code == 303
    assert _state(app, records["id"]) is SuggestionState.RATED
    page = county.get(f"/suggestions/{records['id']}").get_data(as_text=True)
    assert "渠尾没有水" in page and f"/suggestions/{records['id']}/rehandle" in page
    assert "件建议代表已反馈" in county.get("/").get_data(as_text=True)
    refused = county.post(f"/suggestions/{records['id']}/conclude", data={})
    assert refused.status_code == 422 and "重新办理" in refused.get_data(as_text=True)
    done = county.post(f"/suggestions/{records['id']}/rehandle", data={"reason": "请到现场"})
    assert done.status_code == 303 and _state(app, records["id"]) is SuggestionState.ASSIGNED
    page = deputy.get(f"/suggestions/{records['id']}").get_data(as_text=True)
    assert "第 2 轮办理" in page and "请到现场" in page
    listed = county.get("/suggestions/feedback?overall=dissatisfied&solved=0").get_data(as_text=True)
    assert listed.count('<th scope="row"') == 1


def test_papers(sign_in, records):
    """The sheet in Word and in print, the slip to be filled in by hand, the bundle (forms.md 4.6, 4.7)."""
    county, deputy, unit = sign_in("county"), sign_in("deputy"), sign_in("unit")
    address = f"/suggestions/{records['id']}"
    sheet = _text(county.get(f"{address}/sheet.docx"))
    assert "情况与问题" in sheet and "13900000001" in sheet
    assert "13900000001" in _text(unit.get(f"{address}/sheet.docx"))
    assert "13900000001" not in _text(sign_in("leader").get(f"{address}/sheet.docx"))
    assert deputy.get(f"{address}/sheet.pdf").data[:5] == b"%PDF-"
    assert deputy.get(f"{address}/sheet.odt").status_code == 404
    assert "□满意" in _text(county.get(f"{address}/slip.docx"))
    packed = zipfile.ZipFile(io.BytesIO(county.get(f"{address}/bundle.zip").data))
    assert packed.testzip() is None and "00-目录.pdf" in packed.namelist()
    assert deputy.get(f"{address}/bundle.zip").status_code == 403


def test_the_ledger_and_the_look_back_open_what_they_count(sign_in, records):
    """Each number opens its list; what a look-back found stands on the suggestion's page (4-02)."""
    county, unit = sign_in("county"), sign_in("unit")
    address = f"/suggestions/promises/{records['promise']}"
    sent = {"percent": "60", "note": "已修两公里", "on": str(clock.today()), "state": "open"}
    assert unit.post(f"{address}/progress", data={**sent, "percent": "120"}).status_code == 422
    assert unit.post(f"{address}/progress", data=sent).status_code == 303
    assert unit.get(f"{address}/edit").status_code == 403
    ledger = county.get("/suggestions/promises?state=open&late=0&across=1").get_data(as_text=True)
    assert ledger.count('<th scope="row"') == 1 and "60" in ledger
    made = county.post(
        "/suggestions/look-backs/new",
        data={"area_code": "999001", "title": "回头看一", "opened_on": str(clock.today())},
    )
    assert made.status_code == 303 and made.location.endswith("/gather")
    empty = county.post(
        made.location, data={"choice": "promises_due", "first_year": "2020", "last_year": "2099"}
    )
    page = county.get(empty.location).get_data(as_text=True)
    assert "还没有选取检查对象" in page


def test_a_year_in_one_file(app, sign_in, world):
    """The worker's .zip has a folder for each ended suggestion."""
    with app.app_context(), acting_as(operator("tests")):
        set_reading(False)
        ended = build(world, SuggestionState.CONCLUDED)
        number, year = ended.number, ended.raised_on.year
        db.session.commit()
    county = sign_in("county")
    asked = {"area_code": "999001", "year": str(year), "what": "bundle"}
    job = county.post("/suggestions/archive", data=asked)
    assert job.status_code == 303
    packed = zipfile.ZipFile(io.BytesIO(county.get(f"{job.location}/result").data))
    assert f"{number}/00-目录.docx" in packed.namelist()
    assert county.post("/suggestions/archive", data={**asked, "year": "1999"}).status_code == 422
    assert county.post("/suggestions/archive", data={**asked, "what": "archive"}).status_code == 303
