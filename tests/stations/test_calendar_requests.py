"""3-37: leave, swap and substitute after publishing; 3-11: three notices for each reception day, each once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.extensions import db
from app.kit import clock
from app.kit.database import set_reading
from app.kit.errors import DomainError, NotFound
from app.notices.models import Notice
from app.notices.states import NoticeKind
from app.registry.models import Mandate
from app.stations.calendar import queries
from app.stations.calendar.announcing import announce_receptions, remind_leaders
from app.stations.calendar.checking import people_on, proposals
from app.stations.models import Reception, ReceptionDeputy, ReceptionRequest
from app.stations.operations import requests
from app.stations.states import (
    REQUEST_TRANSITIONS,
    DutyStanding,
    ReceptionState,
    RequestAction,
    RequestKind,
    RequestState,
)
from tests.world import COUNTY, LINJIANG

STATION = "临江镇人大代表联络站"
YEAR = clock.today().year + 1
FIRST, SECOND = date(YEAR, 3, 15), date(YEAR, 4, 15)


def planned(world, card: str, day: date) -> Reception:
    mandate = db.session.get_one(Mandate, world.mandates[card])
    reception = Reception(
        office_code=COUNTY, area_code=LINJIANG, station_id=world.stations[STATION], held_on=day,
        state=ReceptionState.PLANNED,
        deputies=[ReceptionDeputy(mandate=mandate, standing=DutyStanding.ASSIGNED)],
    )  # fmt: skip
    db.session.add(reception)
    db.session.flush()
    return reception


def on(reception: Reception) -> set[str]:
    return {row.mandate.card_no or "" for row in people_on(reception)}


def told(session, kind: NoticeKind) -> set[int]:
    return set(session.scalars(select(Notice.person_id).where(Notice.kind == kind)))


def test_a_substitute_agrees_and_staff_approve(world, session):
    """Both are told, the replaced one stays as a trace."""
    day = planned(world, "C001", FIRST)
    deputy, other = world.actor("deputy"), world.actor("other_deputy")
    best = proposals(day, without=deputy.person_id)
    assert {one.mandate.card_no for one in best} == {"C002", "T002"}
    request = requests.ask(
        deputy, day, kind=RequestKind.SUBSTITUTE, reason="出差", colleague_id=world.mandates["T002"]
    )
    assert (request.state, on(day)) == (RequestState.ASKED, {"C001"})
    with pytest.raises(DomainError):
        requests.approve_requests(world.actor("township"), [request.id])
    requests.answer_request(other, request, agreed=True)
    requests.approve_requests(world.actor("township"), [request.id])
    assert (request.state, on(day)) == (RequestState.APPROVED, {"T002"})
    assert {row.standing for row in day.deputies} == {DutyStanding.REPLACED, DutyStanding.ASSIGNED}
    assert told(session, NoticeKind.RECEPTION_REQUEST) >= {deputy.person_id, other.person_id}


def test_the_proposed_substitute_is_free_that_month_and_serves_least(world, session):
    day = planned(world, "C001", FIRST)
    planned(world, "T002", date(YEAR, 3, 20))
    planned(world, "C002", date(YEAR, 6, 15))
    found = proposals(day, without=world.persons["陈秋禾"])
    assert [one.mandate.card_no for one in found] == ["C002", "T002"]
    assert found[1].against


def test_a_swap_exchanges_both_dates(world, session):
    mine, theirs = planned(world, "C001", FIRST), planned(world, "T002", SECOND)
    deputy, other = world.actor("deputy"), world.actor("other_deputy")
    assert [(e.colleague.card_no, e.other.id) for e in requests.list_exchanges(deputy, mine)] == [
        ("T002", theirs.id)
    ]
    request = requests.ask(
        deputy, mine, kind=RequestKind.SWAP, reason="出差",
        colleague_id=world.mandates["T002"], other=theirs,
    )  # fmt: skip
    requests.answer_request(other, request, agreed=True)
    requests.approve_requests(world.actor("county"), [request.id])
    assert (on(mine), on(theirs)) == ({"T002"}, {"C001"})


def test_no_swap_is_offered_that_would_have_somebody_twice_in_a_month(world, session):
    mine = planned(world, "C001", FIRST)
    planned(world, "T002", SECOND)
    planned(world, "T002", FIRST + timedelta(days=5))
    offered = requests.list_exchanges(world.actor("deputy"), mine)
    assert [one.other.held_on for one in offered] == [FIRST + timedelta(days=5)]


def test_leave_needs_no_colleague_and_staff_may_name_a_substitute(world, session):
    day = planned(world, "C001", FIRST)
    request = requests.ask(world.actor("deputy"), day, kind=RequestKind.LEAVE, reason="住院")
    assert request.state is RequestState.AGREED
    requests.approve_requests(world.actor("county"), [request.id], substitute_id=world.mandates["C002"])
    assert on(day) == {"C002"}
    assert {row.standing for row in day.deputies} == {DutyStanding.LEAVE, DutyStanding.ASSIGNED}


def test_asked_once_and_only_for_days_to_come(world, session):
    deputy = world.actor("deputy")
    day = planned(world, "C001", FIRST)
    requests.ask(deputy, day, kind=RequestKind.LEAVE, reason="出差")
    with pytest.raises(DomainError):
        requests.ask(deputy, day, kind=RequestKind.LEAVE, reason="出差")
    past = planned(world, "C001", clock.today() - timedelta(days=2))
    with pytest.raises(DomainError):
        requests.ask(deputy, past, kind=RequestKind.LEAVE, reason="出差")
    with pytest.raises(DomainError):
        requests.ask(world.actor("other_deputy"), day, kind=RequestKind.LEAVE)


def test_only_the_colleague_answers_and_only_the_asker_withdraws(world, session):
    day = planned(world, "C001", FIRST)
    deputy, other = world.actor("deputy"), world.actor("other_deputy")
    request = requests.ask(
        deputy, day, kind=RequestKind.SUBSTITUTE, reason="", colleague_id=world.mandates["T002"]
    )
    with pytest.raises(NotFound):
        requests.answer_request(deputy, request, agreed=True)
    with pytest.raises(NotFound):
        requests.withdraw_request(other, request)
    with pytest.raises(NotFound):
        queries.get_request_for(deputy, request.id, colleague=True)
    requests.answer_request(other, request, agreed=False)
    assert on(day) == {"C001"}


@given(steps=st.lists(st.sampled_from(RequestAction), max_size=5))
@settings(max_examples=12)
@pytest.mark.sqlite_only
def test_any_order_of_steps_follows_the_table_or_is_refused(world, session, steps):
    day = planned(world, "C001", FIRST)
    deputy, other, county = (world.actor(name) for name in ("deputy", "other_deputy", "county"))
    request = requests.ask(
        deputy, day, kind=RequestKind.SUBSTITUTE, reason="", colleague_id=world.mandates["T002"]
    )
    do = {
        RequestAction.AGREE: lambda: requests.answer_request(other, request, agreed=True),
        RequestAction.DECLINE: lambda: requests.answer_request(other, request, agreed=False),
        RequestAction.APPROVE: lambda: requests.approve_requests(county, [request.id]),
        RequestAction.REFUSE: lambda: requests.refuse_request(county, request, words="人手不够"),
        RequestAction.WITHDRAW: lambda: requests.withdraw_request(deputy, request),
    }
    for step in steps:
        expected = REQUEST_TRANSITIONS.after(request.state, step)
        before = request.state
        try:
            do[step]()
        except DomainError:
            assert expected is None
        assert request.state is (expected or before)
    assert on(day) == ({"T002"} if request.state is RequestState.APPROVED else {"C001"})
    db.session.rollback()


# --- notices --------------------------------------------------------------------------------------------


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.SHANGHAI).astimezone(UTC)


def counts(session) -> dict[str, int]:
    rows = session.execute(select(Notice.kind, func.count()).group_by(Notice.kind))
    return {kind.value: n for kind, n in rows}


def test_3_11_three_notices_for_each_reception_day_each_once(world, session):
    planned(world, "C001", FIRST)
    for back in range(45, -1, -1):
        for _twice in range(2):
            announce_receptions(at(FIRST - timedelta(days=back)))
    assert counts(session) == {"reception_early": 1, "reception_periodic": 1, "reception_reminder": 1}


def test_3_11_nobody_is_told_at_night_nor_of_drafts_nor_when_replaced(world, session):
    day = planned(world, "C001", FIRST)
    eve = FIRST - timedelta(days=1)
    announce_receptions(at(eve, 5))
    day.state = ReceptionState.DRAFT
    session.flush()
    announce_receptions(at(eve))
    day.state = ReceptionState.PLANNED
    day.deputies[0].standing = DutyStanding.REPLACED
    session.flush()
    announce_receptions(at(eve))
    assert counts(session) == {}


def test_3_11_a_day_moved_is_announced_anew(world, session):
    day = planned(world, "C001", FIRST)
    announce_receptions(at(FIRST - timedelta(days=1)))
    day.held_on = SECOND
    session.flush()
    announce_receptions(at(SECOND - timedelta(days=1)))
    keys = session.scalars(select(Notice.key).where(Notice.kind == NoticeKind.RECEPTION_REMINDER)).all()
    assert len(keys) == 2


def test_3_07_leaders_who_fall_behind_are_reminded_in_the_second_half(world, session):
    today = clock.today()
    remind_leaders(at(date(today.year, 6, 30)))
    assert counts(session) == {}
    for _twice in range(2):
        remind_leaders(at(date(today.year, 7, 1)))
    leader = world.persons["单立春"]
    assert leader in told(session, NoticeKind.RECEPTION_REMINDER)
    keys = session.scalars(select(Notice.key)).all()
    assert len(keys) == len(set(keys))


# --- on the phone ---------------------------------------------------------------------------------------


def test_a_deputy_asks_and_a_colleague_agrees_on_the_phone(world, sign_in, app):
    with app.app_context():
        set_reading(False)
        first, second = planned(world, "C001", FIRST).id, planned(world, "T002", SECOND).id
        db.session.commit()
    deputy, other, county = sign_in("deputy"), sign_in("other_deputy"), sign_in("county")
    assert "临江镇" in deputy.get("/reception-duty").get_data(as_text=True)
    assert other.get(f"/reception-duty/{first}/request").status_code == 404
    page = deputy.get(f"/reception-duty/{first}/request").get_data(as_text=True)
    choice = f"{world.mandates['T002']}:{second}"
    assert choice in page
    form = {"kind": "swap", "swap": choice, "reason": "出差"}
    assert deputy.post(f"/reception-duty/{first}/request", data={**form, "swap": ""}).status_code == 422
    assert deputy.post(f"/reception-duty/{first}/request", data=form).status_code == 303
    assert "同意" in other.get("/reception-duty").get_data(as_text=True)
    with app.app_context():
        number = db.session.scalar(select(ReceptionRequest.id))
    answer = f"/reception-duty/requests/{number}/answer"
    assert deputy.post(answer, data={"agreed": "1"}).status_code == 404
    assert other.post(answer, data={"agreed": "1"}).status_code == 303
    assert county.get(f"/reception-requests/{number}").status_code == 200
    assert county.post("/reception-requests/approve", data={"ids": str(number)}).status_code == 303
    with app.app_context():
        assert on(db.session.get_one(Reception, first)) == {"T002"}
        assert on(db.session.get_one(Reception, second)) == {"C001"}


def test_staff_refuse_with_a_reason(world, sign_in, app):
    with app.app_context():
        set_reading(False)
        day = planned(world, "C001", FIRST)
        number = requests.ask(world.actor("deputy"), day, kind=RequestKind.LEAVE, reason="出差").id
        db.session.commit()
    county = sign_in("county")
    page = f"/reception-requests/{number}"
    assert county.post(page, data={"decision": "refuse"}).status_code == 422
    assert county.post(page, data={"decision": "refuse", "words": "人手不够"}).status_code == 303


def test_wishes_on_the_phone(world, sign_in):
    deputy = sign_in("deputy")
    form = {"kind": "absent", "from_on": "2030-07-01", "until_on": "2030-08-31", "weekday": ""}
    assert deputy.get("/reception-wishes/new").status_code == 200
    assert deputy.post("/reception-wishes/new", data=form).status_code == 303
    page = deputy.get("/reception-duty").get_data(as_text=True)
    assert "2030-07-01" in page
    assert sign_in("other_deputy").get("/reception-wishes/1").status_code == 404
    assert sign_in("county").get("/reception-wishes").status_code == 200
    assert deputy.post("/reception-wishes/1/delete").status_code == 303
