"""A reception on its day: check-in, visitors, opinions from the phone, and the record that follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.kit import clock
from app.kit.audit import history_of
from app.kit.authorisation import operator
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.ledger.models import DutyRecord
from app.ledger.operations.posting import reconcile
from app.ledger.states import Part
from app.notices.models import Notice
from app.notices.states import NoticeKind
from app.stations import operations, queries
from app.stations.models import Opinion, Partner, Reception, ReceptionDeputy, Station
from app.stations.operations import day, openness
from app.stations.operations.taking import Words, digest_of, take_opinion
from app.stations.queries.day import list_duties
from app.stations.queries.kinds import count_kinds
from app.stations.states import (
    DutyStanding,
    OpinionChannel,
    OpinionState,
    PartnerKind,
    ReceptionKind,
    ReceptionState,
    StationKind,
    StationRole,
)
from tests.world import LINJIANG, QINGSHAN

NAME = "临江镇人大代表联络站"
KEY = "draft-0123456789abcdef"


def _planned(world, *cards, **values) -> Reception:
    given = {
        "station_id": world.stations[NAME],
        "held_on": clock.today(),
        "mandate_ids": [world.mandates[card] for card in cards or ("C001", "T002")],
        **values,
    }
    return day.plan_reception(world.actor("township"), **given)


def _duty(reception, world, card) -> ReceptionDeputy:
    return next(row for row in reception.deputies if row.mandate_id == world.mandates[card])


def _posted(reception_id: int) -> dict[int, Part]:
    rows = db.session.execute(
        select(DutyRecord.mandate_id, DutyRecord.part).where(
            DutyRecord.source_kind == "reception", DutyRecord.source_id == reception_id
        )
    )
    return {row[0]: row[1] for row in rows}


def _hold(actor, reception, **values):
    given = {"version": reception.version, "people_received": 3, "standings": {}, **values}
    return day.hold_reception(actor, reception, **given)


# --- only what was held counts ---------------------------------------------------------------------------


def test_planned_days_are_no_facts(world, session):
    """3-06: a day in the calendar is in nobody's figures and not in the ledger until it was held."""
    made = _planned(world)
    county = world.actor("county")
    assert made.state is ReceptionState.PLANNED and made.number is None
    assert queries.figures_of(county, station_id=made.station_id).receptions == 0
    assert _posted(made.id) == {}
    assert reconcile() == []
    _hold(world.actor("township"), made, standings={row.id: DutyStanding.PRESENT for row in made.deputies})
    figures = queries.figures_of(county, station_id=made.station_id)
    assert (figures.receptions, figures.people) == (1, 3)
    assert reconcile() == []


def test_drafts_are_seen_by_staff_of_the_area_only(world, session):
    made = _planned(world)
    made.state = ReceptionState.DRAFT
    session.flush()
    for login in ("county", "township"):
        assert queries.get_visible_reception(world.actor(login), made.id) is made
    for login in ("deputy", "leader", "other_township"):
        with pytest.raises(NotFound):
            queries.get_visible_reception(world.actor(login), made.id)


# --- check-in ------------------------------------------------------------------------------------------


def test_3_06_the_deputy_on_duty_checks_in_and_counts_and_staff_record(world, session):
    """The deputy on duty takes people down from the phone; that the day was held is for staff to say."""
    made = _planned(world)
    deputy = world.actor("deputy")
    assert list_duties(deputy, clock.today()) == [made]
    row = _duty(made, world, "C001")
    day.check_in(deputy, made, row.id)
    day.check_in(deputy, made, row.id)
    assert (row.standing, row.checked_in_at is None) == (DutyStanding.PRESENT, False)
    day.undo_check_in(deputy, made, row.id)
    assert (row.standing, row.checked_in_at is None) == (DutyStanding.ASSIGNED, True)
    day.check_in(deputy, made, row.id)
    for change in (1, 1, -1):
        day.count_visitors(deputy, made, change)
    visitor = day.add_visitor(deputy, made, name="李某", phone="", matter="路灯")
    assert made.people_received == 2
    day.remove_visitor(deputy, made, visitor.id)
    assert made.people_received == 1
    with pytest.raises(Forbidden):
        _hold(deputy, made)
    assert made.state is ReceptionState.PLANNED and _posted(made.id) == {}
    held = _hold(world.actor("township"), made, people_received=made.people_received)
    year = clock.today().year
    assert (held.state, held.number) == (ReceptionState.HELD, f"JD{year}0001")
    posted = _posted(made.id)
    assert posted[world.mandates["C001"]] is Part.TOOK_PART
    assert posted[world.mandates["T002"]] is Part.ABSENT
    assert reconcile() == []
    with pytest.raises(Conflict):
        _hold(world.actor("township"), made)


def test_nobody_else_records_it(world, session):
    made = _planned(world, "C002")
    for login, refusal in (("deputy", NotFound), ("other_township", NotFound), ("leader", Forbidden)):
        with pytest.raises(refusal):
            day.check_in(world.actor(login), made, made.deputies[0].id)
        with pytest.raises(Forbidden if login == "deputy" else refusal):
            _hold(world.actor(login), made)


def test_who_was_replaced_is_on_duty_no_more(world, session):
    made = _planned(world)
    _duty(made, world, "C001").standing = DutyStanding.REPLACED
    session.flush()
    with pytest.raises(NotFound):
        queries.get_visible_reception(world.actor("deputy"), made.id)
    with pytest.raises(NotFound):
        day.count_visitors(world.actor("deputy"), made, 1)


def test_the_count_stays_at_nought(world, session):
    made = _planned(world)
    day.count_visitors(world.actor("township"), made, -1)
    assert made.people_received == 0


def test_not_before_its_day_and_not_without_a_deputy(world, session):
    early = _planned(world, held_on=clock.today() + timedelta(days=1))
    with pytest.raises(DomainError, match="当天"):
        day.check_in(world.actor("township"), early, early.deputies[0].id)
    today = _planned(world)
    with pytest.raises(DomainError, match="没有代表到站"):
        _hold(world.actor("township"), today)


def test_cancelling_says_why_and_can_be_taken_back(world, session):
    made = _planned(world)
    staff = world.actor("township")
    with pytest.raises(DomainError):
        day.cancel_reception(staff, made, version=made.version, reason="")
    day.cancel_reception(staff, made, version=made.version, reason="防汛")
    with pytest.raises(Conflict):
        day.check_in(staff, made, made.deputies[0].id)
    day.restore_reception(staff, made)
    assert made.state is ReceptionState.PLANNED


def test_whoever_was_to_come_is_told_of_a_cancelled_day(world, session):
    """And when it takes place after all; of a day that is over nobody is told."""
    made, staff = _planned(world), world.actor("township")
    day.cancel_reception(staff, made, version=made.version, reason="防汛")
    session.flush()
    day.restore_reception(staff, made)
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.RECEPTION_CHANGED)).all()
    assert {notice.person_id for notice in told} == {row.mandate.person_id for row in made.deputies}
    assert ["已取消" in notice.title for notice in told] == [True, True, False, False]
    assert told[0].body.endswith("防汛")
    made.held_on = clock.today() - timedelta(days=1)
    day.cancel_reception(staff, made, version=made.version, reason="没有开展")
    count = select(func.count(Notice.id)).where(Notice.kind == NoticeKind.RECEPTION_CHANGED)
    assert session.scalar(count) == len(told)


def test_correcting_keeps_leave_and_absence(world, session):
    made = _planned(world, "C001", "C002", "T002")
    staff = world.actor("township")
    standings = {
        _duty(made, world, "C001").id: DutyStanding.PRESENT,
        _duty(made, world, "C002").id: DutyStanding.LEAVE,
        _duty(made, world, "T002").id: DutyStanding.ABSENT,
    }
    _hold(staff, made, standings=standings)
    assert made.number is not None
    operations.update_reception(
        staff, made, version=made.version, station_id=made.station_id, held_on=made.held_on,
        mandate_ids=[world.mandates["C001"], world.mandates["T002"]], people_received=4, note="",
        number=made.number,
    )  # fmt: skip
    posted = _posted(made.id)
    assert posted == {
        world.mandates["C001"]: Part.TOOK_PART,
        world.mandates["C002"]: Part.ON_LEAVE,
        world.mandates["T002"]: Part.TOOK_PART,
    }
    assert reconcile() == []


# --- who receives whom ----------------------------------------------------------------------------------


def test_1_22_an_official_receives_deputies_and_nobody_s_duty_is_counted(world, session):
    with pytest.raises(DomainError):
        _planned(world, kind=ReceptionKind.OFFICIALS)
    made = _planned(world, kind=ReceptionKind.OFFICIALS, host="镇长")
    _hold(world.actor("township"), made, standings={row.id: DutyStanding.PRESENT for row in made.deputies})
    assert made.number is not None and _posted(made.id) == {}
    assert queries.figures_of(world.actor("county"), station_id=made.station_id).receptions == 0
    assert reconcile() == []


def test_1_23_every_reception_of_voters_is_in_the_deputy_s_figures(world, session):
    made = _planned(world)
    mine = [world.mandates["C001"]]
    deputy = world.actor("deputy")
    assert queries.figures_of(deputy, mandate_ids=mine).receptions == 0
    day.check_in(deputy, made, _duty(made, world, "C001").id)
    _hold(world.actor("township"), made)
    assert queries.figures_of(deputy, mandate_ids=mine).receptions == 1
    absent = [world.mandates["T002"]]
    assert queries.figures_of(world.actor("other_deputy"), mandate_ids=absent).receptions == 0


# --- opinions from the phone ------------------------------------------------------------------------------


def test_a_draft_sent_twice_is_one_opinion(world, session):
    made = _planned(world)
    deputy = world.actor("deputy")
    words = Words("3组的路灯坏了半个月。", topic="照明", anonymous=True, citizen_name="李某")
    first = take_opinion(deputy, made, words, draft_key=KEY, secret="s")
    second = take_opinion(deputy, made, words, draft_key=KEY, secret="s")
    assert (first.again, second.again) == (False, True)
    assert first.opinion is second.opinion and first.code == second.code
    opinion = first.opinion
    assert (opinion.state, opinion.channel) == (OpinionState.RECEIVED, OpinionChannel.RECEPTION)
    assert (opinion.citizen_name, opinion.mandate_id) == ("", world.mandates["C001"])
    assert opinion.follow_code == digest_of(first.code) and first.code.replace(" ", "").isdigit()
    assert session.scalar(select(func.count(Opinion.id))) == 1
    other = _planned(world)
    with pytest.raises(Conflict):
        take_opinion(deputy, other, words, draft_key=KEY, secret="s")


def test_an_opinion_needs_words_a_key_and_a_deputy_of_the_day(world, session):
    made = _planned(world)
    staff = world.actor("township")
    for words, key, mandate in (
        (Words("  "), KEY, None),
        (Words("x"), "short", None),
        (Words("x"), KEY, world.mandates["C003"]),
    ):
        with pytest.raises(DomainError):
            take_opinion(staff, made, words, draft_key=key, secret="s", mandate_id=mandate)
    with pytest.raises(NotFound):
        take_opinion(world.actor("other_township"), made, Words("x"), draft_key=KEY, secret="s")


# --- stations -------------------------------------------------------------------------------------------


def test_0_19_3_41_3_44_stations_by_kind_and_townships_without_a_studio(world, session):
    county = world.actor("county")
    for kind in (StationKind.SHARED, StationKind.MARKET):
        operations.create_station(county, area_code=QINGSHAN, name=f"青山{kind.value}", kind=kind)
    rows = {row.area.code: row for row in count_kinds(county, clock.today())}
    assert rows[QINGSHAN].has_studio and not rows[LINJIANG].has_studio
    assert rows[QINGSHAN].counts == {StationKind.SHARED: 1, StationKind.MARKET: 1}
    assert rows[LINJIANG].total == 1
    assert [row.area.code for row in count_kinds(world.actor("township"), clock.today())] == [LINJIANG]


def test_2_31_3_28_everyone_has_a_station(world, session):
    county = world.actor("county")
    before = queries.station_coverage(county, clock.today())
    assert before.without > 0
    made = operations.create_station(county, area_code="999001", name="全员站")
    operations.assign_deputies(county, made, mandate_ids=[], began_on=clock.today(), all_unassigned=True)
    assert queries.station_coverage(county, clock.today()).rate == 1.0


def test_2_24_partners_are_paired_once(world, session):
    from app.registry.models import Mandate

    county = world.actor("county")
    mandate = session.get_one(Mandate, world.mandates["C001"])
    given: dict[str, Any] = {"name": "周网格", "kind": PartnerKind.GRID_WORKER, "began_on": clock.today()}
    made = openness.add_partner(county, mandate, **given)
    with pytest.raises(DomainError):
        openness.add_partner(county, mandate, **given)
    openness.end_partner(county, made)
    assert session.get_one(Partner, made.id).ended_on == clock.today()
    with pytest.raises(NotFound):
        openness.add_partner(world.actor("other_township"), mandate, **given)


def test_posts_of_a_station(world, session):
    station = session.get_one(Station, world.stations[NAME])
    staff = world.actor("township")
    made = openness.add_post(
        staff, station, role=StationRole.HEAD, began_on=clock.today(), holder_name="周站长"
    )
    assert made.holder == "周站长"
    with pytest.raises(DomainError):
        openness.add_post(staff, station, role=StationRole.HEAD, began_on=clock.today())
    openness.end_post(staff, station, made.id, ended_on=clock.today())
    with pytest.raises(NotFound):
        openness.end_post(operator(), station, 999, ended_on=clock.today())


# --- pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def planned(world, app):
    with app.app_context():
        made = _planned(world)
        db.session.commit()
        return made.id, {row.mandate_id: row.id for row in made.deputies}


def test_the_day_on_the_phone(sign_in, world, planned):
    reception, duties = planned
    browser = sign_in("deputy")
    page = browser.get(f"/receptions/{reception}/day").get_data(as_text=True)
    assert "签到" in page and "龑小满" in page
    own = duties[world.mandates["C001"]]
    assert browser.post(f"/receptions/{reception}/duty/{own}/in").status_code == 303
    assert browser.post(f"/receptions/{reception}/people/more").status_code == 303
    sent = {"content": "水管漏水", "draft_key": KEY, "topic": "用水", "anonymous": "y"}
    script = {"Accept": "application/json"}
    answers = [
        browser.post(f"/receptions/{reception}/take", data=sent, headers=script).get_json() for _n in range(2)
    ]
    assert [answer["again"] for answer in answers] == [False, True]
    assert answers[0]["number"] == answers[1]["number"] and answers[0]["code"] == answers[1]["code"]
    refused = browser.post(f"/receptions/{reception}/take", data={"draft_key": KEY}, headers=script)
    assert refused.status_code == 422 and refused.get_json()["errors"]
    assert "由工作人员登记开展情况" in page and "/hold" not in page
    assert "/hold" not in browser.get(f"/receptions/{reception}").get_data(as_text=True)
    form = {"people_received": "1", f"standing_{own}": "present"}
    form |= {f"standing_{duty}": "leave" for duty in duties.values() if duty != own}
    assert browser.post(f"/receptions/{reception}/hold", data=form).status_code == 403
    browser = sign_in("township")
    page = browser.get(f"/receptions/{reception}/day").get_data(as_text=True)
    assert f"/receptions/{reception}/hold" in page
    assert browser.post(f"/receptions/{reception}/hold", data=form).status_code == 303
    record = browser.get(f"/receptions/{reception}").get_data(as_text=True)
    assert "JD" in record and "请假" in record and "水管漏水" in record


def test_visitors_are_masked_until_staff_look_and_the_look_is_on_record(sign_in, planned, app):
    reception, _duties = planned
    address = f"/receptions/{reception}"
    deputy, staff = sign_in("deputy"), sign_in("township")
    sent = {"name": "李来访", "phone": "13911112222", "matter": "路灯"}
    assert deputy.post(f"{address}/visitors/new", data=sent).status_code == 303
    page = deputy.get(f"{address}/day").get_data(as_text=True)
    assert "李**" in page and f"{address}/visitors/reveal" not in page
    page = staff.get(f"{address}/day").get_data(as_text=True)
    assert "李来访" not in page and "13911112222" not in page and f"{address}/visitors/reveal" in page
    shown = staff.post(f"{address}/visitors/reveal").get_data(as_text=True)
    assert "李来访" in shown and "13911112222" in shown
    assert "李来访" not in staff.get(f"{address}/day").get_data(as_text=True)
    with app.app_context():
        events = history_of(db.session(), "reception", reception)
        looks = [event for event in events if event.tag == "web:reception:reveal"]
        assert len(looks) == 1 and looks[0].before is None and looks[0].after is None
        made = db.session.get_one(Reception, reception)
        made.state, made.number = ReceptionState.HELD, "JD20260001"
        db.session.commit()
    assert f"{address}/day" in staff.get(address).get_data(as_text=True)
    for login, status in (("deputy", 403), ("leader", 403), ("other_township", 404)):
        assert sign_in(login).post(f"{address}/visitors/reveal").status_code == status


def test_staff_plan_and_print(sign_in, world, app):
    browser = sign_in("township")
    station = world.stations[NAME]
    sent = {
        "kind": "public",
        "station_id": station,
        "held_on": clock.today().isoformat(),
        "starts_at": "08:30",
        "mandate_ids": [world.mandates["C001"]],
    }
    planned = browser.post("/receptions/plan", data=sent)
    assert planned.status_code == 303
    assert "开展后编号" in browser.get(planned.location).get_data(as_text=True)
    assert browser.get(f"/stations/{station}/poster.pdf").status_code == 404
    browser.post(f"/stations/{station}/public/open")
    for paper in ("poster", "board"):
        made = browser.get(f"/stations/{station}/{paper}.pdf")
        assert made.status_code == 200 and made.data.startswith(b"%PDF-"), paper
    assert b"<svg" in browser.get(f"/stations/{station}/qr.svg").data
    assert browser.get("/stations/kinds").status_code == 200
    assert browser.get("/partners").status_code == 200


def test_an_import_tells_of_a_planned_day(world, session, tmp_path):
    """The register brings the record of a day that stood in the calendar: it is that day, not another."""
    from openpyxl import Workbook

    from app.exchange.operations import import_workbooks
    from app.exchange.sheets import look_at

    made = _planned(world, held_on=clock.today())
    session.commit()
    book = Workbook()
    sheet = book.create_sheet("联络站接待登记", 0)
    sheet.append(["联络站", "接待日期", "接待代表", "接待群众人次"])
    sheet.append([NAME, clock.today().isoformat(), "龑小满", 7])
    book.save(tmp_path / "接待.xlsx")
    refs = look_at([tmp_path / "接待.xlsx"])
    outcome = import_workbooks(operator(source="import"), office="999001", areas=("999001",), refs=refs)
    assert not outcome.wrong
    session.commit()
    session.expire_all()
    found = session.get_one(Reception, made.id)
    assert (found.state, found.people_received) == (ReceptionState.HELD, 7)
    assert found.number and session.scalar(select(func.count(Reception.id))) == 1
    standings = {row.mandate_id: row.standing for row in found.deputies}
    assert standings[world.mandates["T002"]] is DutyStanding.PRESENT
    assert standings[world.mandates["C001"]] is DutyStanding.ABSENT
    assert reconcile() == []
