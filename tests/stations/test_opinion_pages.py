"""Pages of an opinion's life: what waits next, the unit's desk, papers, the loop whose every number opens its list."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.audit import AuditEvent, acting_as
from app.kit.authorisation import operator
from app.stations.models import Opinion, OpinionTransfer
from app.stations.operations import opinion_handling as handling
from app.stations.states import OpinionOutcome, OpinionRoute, OpinionState
from app.suggestions.models import Suggestion
from tests.stations.test_opinion_life import DAY, handed, taken


@pytest.fixture
def records(app: Any, world: Any) -> dict[str, int]:
    """An opinion at the start, and one with the unit."""
    with app.app_context(), acting_as(operator("tests")):
        fresh = taken(world, mandate_id=world.mandates["C001"], citizen_address="3组12号")
        slip = handed(world, taken(world, content="水渠垮了一段，稻田没有水", topic="水渠"))
        db.session.commit()
        return {"fresh": fresh.id, "slip": slip.id, "given": slip.opinion_id}


def _state(app: Any, opinion_id: int) -> OpinionState:
    with app.app_context():
        return db.session.get_one(Opinion, opinion_id).state


def _rows(page: str) -> int:
    return page.count('<th scope="row"')


def _text(answer: Any) -> str:
    word = Document(io.BytesIO(answer.data))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def test_the_office_takes_an_opinion_to_its_end(app, sign_in, world, records):
    """Transferred, answered, closed, told: the funnel moves (1-11)."""
    browser, unit = sign_in("county"), sign_in("unit")
    address = f"/opinions/{records['fresh']}"
    page = browser.get(address).get_data(as_text=True)
    assert "交办给单位" in page and "不予受理" in page and "/steps/close" in page

    def step(name: str, **values: Any) -> int:
        return int(browser.post(f"{address}/steps/{name}", data=values).status_code)

    assert step("transfer", unit_id=world.units["岳湖县城管局"], requirement="尽快") == 303
    assert step("close", ended_as="solved", outcome="好了", closed_on=str(DAY)) == 422
    with app.app_context():
        wanted = select(OpinionTransfer.id).where(OpinionTransfer.opinion_id == records["fresh"])
        slip = db.session.scalars(wanted).one()
    assert unit.post(f"/transfers/{slip}/sign", data={"handler": "王科员"}).status_code == 303
    photo = (io.BytesIO(b"not a picture"), "x.exe")
    answered = {"answer": "已修好", "answered_on": "2099.1.1", "files": photo}
    assert unit.post(f"/transfers/{slip}/answer", data=answered).status_code == 422
    done = unit.post(f"/transfers/{slip}/answer", data={"answer": "已修好", "answered_on": _today()})
    assert done.status_code == 303
    assert step("close", ended_as="solved", outcome="路灯已修好", closed_on=_today()) == 303
    assert step("tell", told_on=_today(), told_way="电话") == 303
    assert step("rate", citizen_word="satisfied") == 303
    assert _state(app, records["fresh"]) is OpinionState.TOLD
    page = browser.get(address).get_data(as_text=True)
    assert "岳湖县城管局：已修好" in page and "重新办理" in page
    loop = browser.get("/opinions/loop?year=2026").get_data(as_text=True)
    numbers = re.findall(r'funnel-label">[^<]+</span><strong class="num">(\d+)', loop)
    assert numbers == ["2", "2", "2", "1"]


def _today() -> str:
    return clock.today().isoformat()


def test_a_unit_sees_only_its_slips_and_no_name(sign_in, records):
    unit = sign_in("unit")
    page = unit.get(f"/transfers/{records['slip']}").get_data(as_text=True)
    assert "水渠垮了" in page and "赵" not in page and "13511112222" not in page
    assert "1 张交办单等待签收" in unit.get("/").get_data(as_text=True)
    assert _rows(unit.get("/transfers").get_data(as_text=True)) == 1
    for path in (f"/opinions/{records['given']}", "/opinions", "/opinions/loop", "/deputies", "/stations"):
        assert unit.get(path).status_code == 403, path
    slip = _text(unit.get(f"/transfers/{records['slip']}/slip.docx"))
    assert "代表法第三十一条" in slip and "岳湖县城管局" in slip and "赵" not in slip


def test_a_deputy_follows_up_and_can_do_nothing_else(app, sign_in, records):
    deputy = sign_in("deputy")
    address = f"/opinions/{records['fresh']}"
    page = deputy.get(address).get_data(as_text=True)
    assert "/steps/" not in page and "赵**" in page
    assert deputy.get(f"{address}/steps/close").status_code == 403
    assert (
        deputy.post(f"{address}/follow-up", data={"note": "已反映给镇里"}).status_code == 422
    )  # nobody has it yet
    assert _state(app, records["fresh"]) is OpinionState.RECEIVED
    assert deputy.get(f"/opinions/{records['given']}").status_code == 404


def test_names_in_papers_are_masked_and_each_full_one_is_in_the_trail(app, sign_in, records):
    browser = sign_in("county")
    address = f"/opinions/{records['fresh']}"
    masked = _text(browser.get(f"{address}/registration.docx"))
    assert (
        "赵**" in masked and "赵群众" not in masked and "3组12号" not in masked and "不直接处理问题" in masked
    )
    full = _text(browser.post(f"{address}/registration"))
    assert "赵群众" in full and "3组12号" in full
    with app.app_context():
        tags = db.session.scalars(select(AuditEvent.tag).where(AuditEvent.tag.like("%:reveal"))).all()
    assert len(tags) == 1
    assert sign_in("leader").post(f"{address}/registration").status_code == 403


def test_3_34_a_suggestion_from_an_opinion_moves_it(app, sign_in, world, records):
    """3-34 ①: the button opens the suggestion's form filled; saving it moves the opinion and links both."""
    browser = sign_in("county")
    page = browser.get(f"/suggestions/new?opinion={records['fresh']}").get_data(as_text=True)
    with app.app_context():
        number = db.session.get_one(Opinion, records["fresh"]).number
    assert number in page and "路灯不亮" in page
    data = {
        "title": "关于修复3组路灯的建议",
        "lead_mandate_id": world.mandates["C001"],
        "raised_on": _today(),
        "occasion": "between_sessions",
        "source": "reception",
        "opinion_number": number,
    }
    assert browser.post("/suggestions/new", data=data).status_code == 303
    with app.app_context():
        opinion = db.session.get_one(Opinion, records["fresh"])
        assert (opinion.state, opinion.route) == (OpinionState.SUGGESTED, OpinionRoute.SUGGESTION)
        assert opinion.steps[-1].note.endswith("关于修复3组路灯的建议")
        assert db.session.scalars(select(Suggestion.source_opinion_id)).one() == opinion.id
    assert "关于修复3组路灯的建议" in browser.get(f"/opinions/{records['fresh']}").get_data(as_text=True)


def test_3_13_a_case_is_told_from_beginning_to_end(app, sign_in, world, records):
    with app.app_context(), acting_as(operator("tests")):
        county = world.actor("county")
        handling.answer_opinion(county, records["fresh"], note="已安排维修")
        handling.close_opinion(
            county, records["fresh"], ended_as=OpinionOutcome.SOLVED, outcome="路灯修复，全镇路灯排查一遍"
        )
        db.session.commit()
    text = _text(sign_in("leader").get(f"/opinions/{records['fresh']}/case.docx"))
    assert "路灯不亮半年" in text and "已安排维修" in text and "全镇路灯排查一遍" in text and "赵" not in text


def test_0_15_the_quarters_digest_for_the_chairpersons_meeting(sign_in, records):
    text = _text(sign_in("leader").get("/opinions/digest.docx?year=2026&quarter=1"))
    assert "2026年第1季度群众意见办理情况专报" in text
    assert "共收集群众意见 2 条" in text and "临江镇" in text and "超期停留" in text
    assert "赵" not in text


def test_every_number_of_the_loop_opens_a_list_of_so_many(sign_in, records):
    browser = sign_in("county")
    for by in ("township", "station", "topic", "deputy", "channel"):
        page = browser.get(f"/opinions/loop?year=2026&by={by}").get_data(as_text=True)
        table = page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""
        links = re.findall(r'<td class="num"[^>]*><a href="([^"]+)">(\d+)</a>', table)
        assert links or by == "station"
        for url, number in links:
            listed = browser.get(url.replace("&amp;", "&")).get_data(as_text=True)
            assert _rows(listed) == int(number), (by, url)


def test_hints_put_the_same_matter_together(app, sign_in, world, records):
    with app.app_context(), acting_as(operator("tests")):
        again = taken(world, content="3组路灯半年不亮了，晚上出门看不见路").id
        db.session.commit()
    browser = sign_in("county")
    page = browser.get(f"/opinions/{again}").get_data(as_text=True)
    assert "可能是同一问题" in page
    number = re.findall(r'name="into_number" value="([^"]+)"', page)[0]
    assert browser.post(f"/opinions/{again}/steps/merge", data={"into_number": number}).status_code == 303
    assert _state(app, again) is OpinionState.MERGED
    assert browser.post(f"/opinions/{again}/unmerge").status_code == 303
    assert _state(app, again) is OpinionState.RECEIVED


def test_3_16_the_deputys_page_counts_what_came_of_what_they_took(sign_in, world, records):
    page = sign_in("county").get(f"/persons/{world.persons['陈秋禾']}/work").get_data(as_text=True)
    assert "收集群众意见" in page and "转交办理" in page


def test_the_security_administrator_opens_a_units_account(app, sign_in, world):
    browser = sign_in("secadmin")
    data = {
        "login": "shuili", "name": "水利局", "grants-0-role": "handling_unit", "grants-0-area_code": "999001",
        "unit_id": str(world.units["岳湖县水利局"]),
    }  # fmt: skip
    assert "岳湖县水利局" in browser.get("/accounts/new").get_data(as_text=True)
    assert browser.post("/accounts/new", data={**data, "unit_id": ""}).status_code == 422
    assert browser.post("/accounts/new", data={**data, "grants-0-role": "county_staff"}).status_code == 422
    both = {**data, "grants-1-role": "county_staff", "grants-1-area_code": "999001"}
    assert browser.post("/accounts/new", data=both).status_code == 422
    assert browser.post("/accounts/new", data=data).status_code == 200
