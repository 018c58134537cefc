"""Pages of activities: what staff and deputies see and do."""

from __future__ import annotations

import io
import re
from datetime import date, time, timedelta

import pytest
from docx import Document
from PIL import Image
from sqlalchemy import func, select

from app.activities import operations
from app.activities.models import Activity, Attendance
from app.activities.states import ActivityKind, ActivityState, AttendanceStatus
from app.extensions import db
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.ledger.models import DutyRecord
from app.ledger.operations import reconcile
from tests.world import COUNTY, World

FORM = {
    "kind": "inspection",
    "title": "视察乡村道路",
    "held_on": "2024.3.5",
    "starts_at": "9：30",
    "area_code": COUNTY,
    "venue": "临江镇",
    "topics": "乡村道路、安全",
    "levels_invited": ["county", "township"],
}


def _text(answer) -> str:
    return answer.get_data(as_text=True)


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match, f"{pattern} not in the page"
    return match[1]


def _make(app, world: World, cards: tuple[str, ...] = (), *, open_sign_in: bool = False, **values) -> int:
    """An activity made behind the pages' back."""
    defaults = {
        "kind": ActivityKind.INSPECTION,
        "title": "视察乡村道路",
        "area_code": COUNTY,
        "held_on": clock.today(),
        "content": "察看村道",
        "form": "视察",
        "goal": "督促完工",
        "lead_person": "单立春",
    }
    with app.app_context(), acting_as(operator("tests")):
        activity = operations.create_activity(operator(), **{**defaults, **values})
        operations.invite(operator(), activity, [world.mandates[card] for card in cards])
        if open_sign_in:
            operations.open_sign_in(operator(), activity)
        db.session.commit()
        return activity.id


def _activity(app, activity_id: int) -> Activity:
    with app.app_context():
        return db.session.get_one(Activity, activity_id)


def _statuses(app) -> dict[str, AttendanceStatus]:
    with app.app_context():
        rows = db.session.scalars(select(Attendance))
        return {row.mandate.card_no or "": row.status for row in rows}


def test_a_clerk_logs_an_activity_with_exceptions(app, world, sign_in):
    browser = sign_in("county")
    answer = browser.post("/activities/new", data={**FORM, "held": "1"})
    assert answer.status_code == 303, _text(answer)
    assert "/activities/1/participants" in answer.location
    group = world.groups["第1代表小组"]
    answer = browser.post(
        "/activities/1/participants",
        data={"group_ids": group, "pasted": "欧阳谷雨、查无此人、陈秋禾", "capacity": "deputy"},
    )
    page = _text(answer)
    assert answer.status_code == 200
    assert "没有找到：查无此人" in page
    assert "“陈秋禾”有同名" in page
    with app.app_context():
        numbers = {a.mandate.card_no: a.id for a in db.session.scalars(select(Attendance))}
    assert set(numbers) == {"C001", "C002", "T002", "C003"}
    page = _text(browser.get("/activities/1/attendance"))
    assert page.count('value="present" data-key="P" checked') == 4
    marks = {f"status-{number}": "present" for number in numbers.values()}
    marks[f"status-{numbers['C002']}"] = "leave"
    marks[f"reason-{numbers['C002']}"] = "出差"
    marks[f"status-{numbers['C003']}"] = "absent"
    marks[f"spoke-{numbers['C001']}"] = "1"
    answer = browser.post("/activities/1/attendance", data=marks)
    assert answer.status_code == 303, _text(answer)
    page = _text(browser.get("/activities/1"))
    assert "应到 4 人，出席 2 人，请假 1 人，缺席 1 人" in page
    assert "出差" in page and "50.0%" in page
    assert _activity(app, 1).state is ActivityState.HELD
    with app.app_context():
        assert db.session.scalar(select(func.count(DutyRecord.id))) == 4
        assert not reconcile()


def test_each_missing_element_of_a_plan_is_an_error_at_its_field(app, world, sign_in):
    """0-06."""
    answer = sign_in("county").post("/activities/new", data=FORM)
    page = _text(answer)
    assert answer.status_code == 422
    for element in ("content", "form", "goal", "lead_person"):
        assert f'id="{element}-error"' in page
    assert "视察乡村道路" in page and "乡村道路、安全" in page
    with app.app_context():
        assert db.session.scalar(select(func.count(Activity.id))) == 0


def test_a_plan_keeps_everything_that_was_typed(app, world, sign_in):
    data = {
        **FORM,
        "content": "察看",
        "form": "视察",
        "goal": "完工",
        "lead_person": "单立春",
        "need_vehicle": "中巴一辆",
    }
    assert (
        sign_in("township").post("/activities/new", data={**data, "area_code": "999001101"}).status_code
        == 303
    )
    activity = _activity(app, 1)
    assert (activity.held_on, activity.starts_at) == (date(2024, 3, 5), time(9, 30))
    assert (activity.topics, activity.levels_invited) == (["乡村道路", "安全"], ["county", "township"])
    assert (activity.need_vehicle, activity.state) == ("中巴一辆", ActivityState.PLANNED)


def test_the_same_form_sent_twice_makes_one_activity(app, world, sign_in):
    browser = sign_in("county")
    page = _text(browser.get("/activities/new?held=1"))
    once = _found(r'name="_once"[^>]*value="([^"]+)"', page)
    for _again in range(2):
        assert browser.post("/activities/new", data={**FORM, "held": "1", "_once": once}).status_code in (
            302,
            303,
        )
    with app.app_context():
        assert db.session.scalar(select(func.count(Activity.id))) == 1


def test_editing_cancelling_and_reopening(app, world, sign_in):
    number = _make(app, world, held_on=clock.today() + timedelta(days=3))
    browser = sign_in("county")
    page = _text(browser.get(f"/activities/{number}/edit"))
    version = _found(r'name="version"[^>]*value="(\d+)"', page)
    data = {
        **FORM,
        "content": "察看",
        "form": "视察",
        "goal": "完工",
        "lead_person": "单立春",
        "version": version,
    }
    assert browser.post(f"/activities/{number}/edit", data={**data, "title": "视察水利"}).status_code == 303
    stale = browser.post(f"/activities/{number}/edit", data={**data, "title": "视察学校"})
    assert stale.status_code == 422
    assert "视察学校" in _text(stale)
    assert browser.post(f"/activities/{number}/cancel", data={"reason": ""}).status_code == 422
    assert browser.post(f"/activities/{number}/cancel", data={"reason": "暴雨"}).status_code == 303
    assert "暴雨" in _text(browser.get(f"/activities/{number}"))
    assert browser.post(f"/activities/{number}/hold").status_code == 409
    assert browser.post(f"/activities/{number}/reopen").status_code == 303
    assert _activity(app, number).state is ActivityState.PLANNED


def test_the_list_filters_searches_and_exports(app, world, sign_in):
    _make(app, world, ("C001",), title="视察水利", held_on=date(2024, 5, 1))
    _make(app, world, title="代表培训", kind=ActivityKind.STUDY, held_on=date(2023, 5, 1))
    browser = sign_in("county")
    assert "代表培训" in _text(browser.get("/activities/"))
    for address, shown in (
        ("kind=study", False),
        ("q=水利", True),
        ("held_on_from=2024-01-01", True),
        ("attended=0", True),
        ("past=0", False),
        ("area=999001", True),
        ("area=999001101", False),
        ("state=planned", True),
        ("q=HD2024", True),
    ):
        page = _text(browser.get(f"/activities/?{address}"))
        assert ("视察水利" in page) is shown, address
    answer = browser.get("/activities/?format=xlsx")
    assert answer.mimetype.endswith("spreadsheetml.sheet")


def test_papers_of_an_activity(app, world, sign_in):
    number = _make(app, world, ("C001", "C002"))
    browser = sign_in("county")
    sheet = _text(browser.get(f"/activities/{number}/sheet"))
    assert "签名" in sheet and "陈秋禾" in sheet and "单立春" in sheet
    answer = browser.get(f"/activities/{number}/record.docx")
    assert answer.status_code == 200
    document = Document(io.BytesIO(answer.data))
    words = "\n".join(
        [p.text for p in document.paragraphs]
        + [c.text for t in document.tables for r in t.rows for c in r.cells]
    )
    assert "视察乡村道路活动记录表" in words and "HD" in words and "察看村道" in words


def test_photographs_stand_on_the_record_as_thumbnails(app, world, sign_in):
    number = _make(app, world, ("C001",))
    browser = sign_in("county")
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), "red").save(picture, "JPEG")
    picture.seek(0)
    data = {"record": "听取汇报", "summary": "", "file": (picture, "现场.jpg")}
    assert browser.post(f"/activities/{number}/record", data=data).status_code == 303
    page = _text(browser.get(f"/activities/{number}"))
    thumbnail = _found(r'src="(/attachments/\d+/thumbnail)"', page)
    assert browser.get(thumbnail).status_code == 200
    assert sign_in("deputy").get(thumbnail).status_code == 200
    assert sign_in("other_deputy").get(thumbnail).status_code == 404
    wrong = {"record": "", "summary": "", "file": (io.BytesIO(b"MZ not a picture"), "a.exe")}
    assert browser.post(f"/activities/{number}/record", data=wrong).status_code == 422
    assert browser.post(f"/activities/{number}/files/1/delete").status_code == 303
    assert "/thumbnail" not in _text(browser.get(f"/activities/{number}"))


def test_sign_in_by_qr_code_and_by_number(app, world, sign_in):
    number = _make(app, world, ("C001", "C002"), open_sign_in=True)
    token, code = _activity(app, number).sign_in_token, _activity(app, number).sign_in_code or ""
    staff, deputy, stranger = sign_in("county"), sign_in("deputy"), sign_in("other_deputy")
    desk = _text(staff.get(f"/activities/{number}/sign-in"))
    assert f"{code[:3]} {code[3:]}" in desk and "已到 0 / 2" in desk
    qr = staff.get(f"/activities/{number}/qr.svg")
    assert qr.mimetype == "image/svg+xml" and b"<svg" in qr.data
    assert "<button" in _text(deputy.get(f"/activities/sign-in/{token}"))
    assert deputy.post(f"/activities/sign-in/{token}").status_code == 303
    assert "已签到" in _text(deputy.get(f"/activities/sign-in/{token}"))
    assert "不在这次活动的应到名单中" in _text(stranger.get(f"/activities/sign-in/{token}"))
    assert stranger.post(f"/activities/sign-in/{token}").status_code == 403
    assert stranger.post("/activities/sign-in", data={"code": code}).status_code == 422
    assert deputy.post("/activities/sign-in", data={"code": "12"}).status_code == 422
    assert deputy.post("/activities/sign-in", data={"code": f" {code[:3]} {code[3:]} "}).status_code == 303
    assert "已到 1 / 2" in _text(staff.get(f"/activities/{number}/signed-in"))
    assert _statuses(app) == {"C001": AttendanceStatus.PRESENT, "C002": AttendanceStatus.INVITED}
    page = _text(staff.get(f"/activities/{number}/attendance"))
    assert "已有 1 人签到" in page and 'value="absent" data-key="A" checked' in page
    assert staff.post(f"/activities/{number}/sign-in/close").status_code == 303
    assert deputy.get(f"/activities/sign-in/{token}").status_code == 404


def test_a_deputy_asks_leave_and_staff_decide(app, world, sign_in):
    number = _make(app, world, ("C001",), held_on=clock.today() + timedelta(days=2))
    deputy, staff = sign_in("deputy"), sign_in("county")
    assert "请假" in _text(deputy.get("/activities/mine"))
    assert deputy.post(f"/activities/{number}/leave", data={"reason": ""}).status_code == 422
    assert deputy.post(f"/activities/{number}/leave", data={"reason": "住院"}).status_code == 303
    assert "住院" in _text(staff.get("/activities/leaves"))
    assert sign_in("other_township").post("/activities/leaves/1/approve").status_code == 404
    assert staff.post("/activities/leaves/1/approve").status_code == 303
    assert _statuses(app) == {"C001": AttendanceStatus.LEAVE}
    assert "state-warn" in _text(deputy.get(f"/activities/{number}"))
    for address in ("/activities/leaves", f"/activities/{number}"):
        page = _text(staff.get(address))
        assert "改为不准假" in page and "改为准假" not in page
    assert staff.post("/activities/leaves/1/refuse").status_code == 303
    assert _statuses(app) == {"C001": AttendanceStatus.INVITED}
    assert "改为准假" in _text(staff.get("/activities/leaves"))
    assert deputy.post(f"/activities/{number}/leave/withdraw").status_code == 303
    assert _statuses(app) == {"C001": AttendanceStatus.INVITED}


def test_the_page_of_leave_says_what_became_of_requests_nobody_decided(app, world, sign_in):
    number = _make(app, world, ("C001",), held_on=clock.today() + timedelta(days=2))
    deputy, staff = sign_in("deputy"), sign_in("county")
    assert deputy.post(f"/activities/{number}/leave", data={"reason": "住院"}).status_code == 303
    cancelled = staff.post(f"/activities/{number}/cancel", data={"reason": "天气", "version": "1"})
    assert cancelled.status_code == 303
    page = _text(staff.get("/activities/leaves"))
    assert "没有等待审批的请假" in page and "住院" in page and "活动已取消" in page
    assert "准假</button>" not in page
    assert "请假：待审批" not in _text(deputy.get(f"/activities/{number}"))


def test_participants_change_capacity_and_leave_the_list(app, world, sign_in):
    number = _make(app, world, ("C001", "C002"))
    browser = sign_in("county")
    address = f"/activities/{number}/participants"
    assert "单立春" in _text(browser.get(address))
    assert browser.post(f"{address}/change", data={"capacity-2": "leader"}).status_code == 303
    assert browser.post(f"{address}/change", data={"remove": "1", "ids": ["1"]}).status_code == 303
    with app.app_context():
        (row,) = db.session.scalars(select(Attendance))
        assert (row.id, row.capacity.value) == (2, "leader")


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("county", 200),
        ("leader", 200),
        ("township", 404),
        ("neighbour", 404),
        ("deputy", 200),
        ("other_deputy", 404),
    ],
)
def test_an_activity_shows_only_to_those_it_concerns(app, world, sign_in, login, expected):
    number = _make(app, world, ("C001", "C002"))
    answer = sign_in(login).get(f"/activities/{number}")
    assert answer.status_code == expected
    if expected == 200:
        assert ("<table" in _text(answer)) is (login != "deputy")


def test_the_deputys_page_tells_of_activities_and_facts(app, world, sign_in):
    number = _make(app, world, ("C001",), held_on=date(2024, 3, 5), title="视察水利")
    browser = sign_in("county")
    browser.post(f"/activities/{number}/attendance", data={"status-1": "present"})
    page = _text(browser.get(f"/persons/{world.persons['陈秋禾']}/work"))
    assert "视察水利" in page and "闭会期间活动" in page
    address = _found(r'href="(/ledger/records[^"]*source=activity[^"]*part=spoke[^"]*)"', page)
    assert "视察水利" in _text(browser.get(address.replace("&amp;", "&")))


@pytest.mark.sqlite_only
def test_the_number_of_queries_does_not_depend_on_the_rows(app, world, sign_in, queries):
    addresses = ["/activities/", "/activities/mine", "/activities/leaves"]
    browsers = {"/activities/mine": sign_in("deputy")}
    staff = sign_in("county")

    def count(address: str) -> int:
        queries.clear()
        assert browsers.get(address, staff).get(address).status_code == 200
        return len(queries)

    def fill(n: int) -> None:
        for _one in range(n):
            number = _make(app, world, ("C001", "C002"), held_on=clock.today() + timedelta(days=1))
            assert browsers["/activities/mine"].post(f"/activities/{number}/leave", data={"reason": "出差"})

    fill(1)
    few = {address: count(address) for address in addresses}
    fill(8)
    assert {address: count(address) for address in addresses} == few


@pytest.mark.sqlite_only
def test_the_page_of_an_activity_asks_the_same_however_many_are_invited(app, world, sign_in, queries):
    few, many = (
        _make(app, world, ("C001",)),
        _make(app, world, ("C001", "C002", "C003", "S001", "T002", "T003")),
    )
    browser = sign_in("county")
    counts = []
    for number in (few, many):
        for page in ("", "/participants", "/attendance", "/sign-in", "/sheet"):
            queries.clear()
            assert browser.get(f"/activities/{number}{page}").status_code == 200
            counts.append(len(queries))
    assert counts[:5] == counts[5:]
