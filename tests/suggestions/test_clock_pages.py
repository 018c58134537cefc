"""Pages of deadlines: lists, the board, letters, rules whose effect is shown first."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from docx import Document
from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.suggestions.models import Suggestion, SuggestionClock, Supervision, Urge
from app.suggestions.states import ClockKind, SuggestionState, SupervisorKind
from tests.suggestions.building import build, run_clock
from tests.world import COUNTY, UNITS

SHORTER = "clocks:\n  reply: {length: 2, unit: months, longest: 4}\n"


@pytest.fixture
def deadlines(app, world) -> dict[str, int]:
    """One overdue deadline of each of two units, the first's suggestion supervised."""
    with app.app_context():
        started = clock.today() - timedelta(days=120)
        first = build(world, SuggestionState.ASSIGNED, title="关于修路的建议")
        second = build(world, SuggestionState.ASSIGNED, title="关于路灯的建议", lead="C003", unit=UNITS[1])
        made: dict[str, int] = {}
        for name, suggestion in (("own", first), ("other", second)):
            running = run_clock(suggestion, ClockKind.REPLY, started, unit=suggestion.units[0])
            made |= {name: running.id, f"{name}_suggestion": suggestion.id}
        db.session.add(
            Supervision(
                area_code=COUNTY, year=started.year, kind=SupervisorKind.GROUP, suggestion=first,
                group_id=world.groups["第1代表小组"], began_on=started,
            )
        )  # fmt: skip
        db.session.commit()
    return made


def _text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


@pytest.mark.sqlite_only
def test_lists_and_board_open_each_other(world, sign_in, deadlines):
    """4-07, 4-20: overdue by unit, proposer, supervisor; every number opens its list; a unit sees only its own."""
    county = sign_in("county")
    board = _text(county.get("/suggestions/overdue"))
    links = re.findall(r'href="(/suggestions/deadlines\?[^"]+)">(\d+)</a>', board)
    assert len(links) == 5  # two units, two proposers, one supervisor
    for url, count in links:
        page = _text(county.get(url.replace("&amp;", "&")))
        assert page.count('<th scope="row">') == int(count), url
    assert "第1代表小组" in board
    unit = sign_in("unit")
    listed = _text(unit.get("/suggestions/deadlines"))
    assert "关于修路的建议" in listed and "关于路灯的建议" not in listed
    assert "催办所选" not in listed and "催办所选" in _text(county.get("/suggestions/deadlines"))
    assert unit.get(f"/suggestions/deadlines/{deadlines['other']}").status_code == 404
    page = _text(sign_in("deputy").get(f"/suggestions/{deadlines['own_suggestion']}"))
    assert "自交办之日" in page and "代表法第五十一条" in page and "逾期" in page


@pytest.mark.sqlite_only
def test_urging_by_hand_one_and_many_with_the_letter(app, world, sign_in, deadlines):
    """4-07: letters as .docx, the log of them."""
    office = sign_in("assigner")
    assert "催办" in _text(office.get(f"/suggestions/deadlines/{deadlines['own']}"))
    url = f"/suggestions/deadlines/{deadlines['own']}/urge"
    assert office.get(url).status_code == 200
    assert office.post(url, data={"note": "请尽快面商"}).status_code == 303
    many = {"ids": [deadlines["own"], deadlines["other"]]}
    assert office.post("/suggestions/deadlines/urge", data=many).status_code == 303
    assert office.post("/suggestions/deadlines/urge", data={"ids": ["99999"]}).status_code in (409, 422)
    log = _text(office.get("/suggestions/urges"))
    year = clock.today().year
    assert log.count('<th scope="row">') == 3 and f"CB{year}0003" in log
    with app.app_context():
        first = db.session.scalars(select(Urge.id).order_by(Urge.id)).first()
    answer = office.get(f"/suggestions/urges/{first}/letter.docx")
    document = Document(io.BytesIO(answer.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    words = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    for said in (f"CB{year}0001", UNITS[0], "请尽快面商", "3 个月", "已逾期"):
        assert said in words, said
    assert office.get(f"/suggestions/urges/{first}").status_code == 200
    unit = sign_in("unit")
    assert _text(unit.get("/suggestions/urges")).count('<th scope="row">') == 2
    assert unit.post(url, data={"note": ""}).status_code == 403


@pytest.mark.sqlite_only
def test_rules_show_their_effect_before_they_take_effect(app, world, sign_in, deadlines):
    """4-05: example chosen, effect shown, only then put in force; changed words are shown again first."""
    county = sign_in("county")
    table = _text(county.get("/suggestions/deadline-table"))
    assert "3 个月" in table and "没有规定" in table and "没有另行规定，按代表法" in table
    url = f"/suggestions/deadline-rules/{COUNTY}"
    assert "co_opinion" in _text(county.get(f"{url}?example=chongqing-2017"))
    form = {"content": SHORTER, "valid_from": "2020-01-01", "document": "本县办法"}
    wrong = county.post(url, data={**form, "content": "clocks:\n  reply: {length: 2, longest: 1}\n"})
    assert wrong.status_code == 422 and "longest" in wrong.get_data(as_text=True)
    shown = county.post(url, data=form)
    page = shown.get_data(as_text=True)
    assert "其中 2 个会变动" in page and "确认施行" in page
    [seen] = re.findall(r'name="seen"[^>]*value="(\w+)"', page)
    again = county.post(url, data={**form, "content": SHORTER.replace("4", "5"), "seen": seen})
    assert again.status_code == 422 and "会变动" in again.get_data(as_text=True)

    def due() -> date:
        with app.app_context():
            running = db.session.get_one(SuggestionClock, deadlines["own"])
            assert db.session.get_one(Suggestion, running.suggestion_id).due_on == running.due_on
            return running.due_on

    before = due()
    assert county.post(url, data={**form, "seen": seen}).status_code == 303
    assert due() < before
    table = _text(county.get("/suggestions/deadline-table"))
    assert "2 个月" in table and "本县办法" in table
    assert "都与现行规则和放假安排一致" in _text(county.get(f"{url}?check=1"))
    assert county.post(f"{url}/recalculate").status_code == 303
    assert url in _text(county.get("/settings"))
    for login, status in (("township", 403), ("unit", 403), ("neighbour", 404)):
        assert sign_in(login).get(url).status_code == status
    for login in ("unit", "deputy", "assigner", "leader"):
        assert "2 个月" in _text(sign_in(login).get("/suggestions/deadline-table")), login
