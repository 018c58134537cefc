"""3-06, 3-10, 3-37: a year's calendar from its rules to paper and phones; changes by hand are checked."""

from __future__ import annotations

import io
from datetime import date, time, timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.extensions import db
from app.kit import clock
from app.kit.database import set_reading
from app.kit.errors import DomainError, NotFound
from app.notices.models import Notice
from app.notices.states import NoticeKind
from app.registry.models import Mandate, Person, Post
from app.registry.states import PostKind
from app.stations.calendar import queries
from app.stations.calendar.checking import people_on, proposals
from app.stations.calendar.dates import DateRule
from app.stations.calendar.loading import load_problem, rota_of
from app.stations.calendar.queries import calendar_job
from app.stations.calendar.rota import HARD, breaches
from app.stations.calendar.settings import CalendarRules, rules_of
from app.stations.models import Reception, ReceptionCalendar, ReceptionDeputy
from app.stations.operations import calendars, feeds, requests, roster, wishes
from app.stations.states import (
    CalendarState,
    DateKind,
    DutyStanding,
    ReceptionKind,
    ReceptionState,
    RequestKind,
    WishKind,
)
from tests.world import COUNTY, LINJIANG

STATION = "临江镇人大代表联络站"


def next_year() -> int:
    return clock.today().year + 1


def rules(world, **changes) -> CalendarRules:
    given = {
        "station_ids": (world.stations[STATION],),
        "from_on": date(next_year(), 1, 1),
        "starts_at": time(9),
        "ends_at": time(11, 30),
        "per_day": 1,
        **changes,
    }
    return CalendarRules(**given)


def make(world, login: str = "county", **changes) -> ReceptionCalendar:
    kind = changes.pop("kind", ReceptionKind.PUBLIC)
    made = calendars.create_calendar(
        world.actor(login),
        area_code=changes.pop("area_code", COUNTY),
        year=next_year(),
        name=changes.pop("name", "接待日历"),
        kind=kind,
        rules=rules(world, **changes),
    )
    db.session.commit()  # the job runs
    set_reading(False)
    db.session.expire_all()
    return made


def days_of(calendar: ReceptionCalendar) -> list[Reception]:
    return sorted(calendar.receptions, key=lambda day: day.held_on)


def names(day: Reception) -> list[str]:
    return [row.mandate.person.name for row in people_on(day)]


def test_3_06_3_10_twelve_days_with_everyone_on_the_rota(world, session):
    calendar = make(world)
    days = days_of(calendar)
    assert len(days) == 12
    assert {day.state for day in days} == {ReceptionState.DRAFT}
    assert {day.starts_at for day in days} == {time(9)}
    status = queries.calendar_job(calendar)
    assert status is not None
    assert (status.job.state.value, status.job.error) == ("done", None)
    problem, rota = load_problem(calendar), rota_of(calendar)
    assert breaches(problem, rota) == []
    assert all(len(there) == 1 for there in rota.values())
    served = {person: sum(person in there for there in rota.values()) for person in problem.people}
    assert len(served) == 3
    assert max(served.values()) - min(served.values()) <= 1


def test_3_07_leaders_are_asked_twice(world, session):
    """单立春 is an office holder and leader: twice at least where the others serve once."""
    calendar = make(world, dates=DateRule(days=(15,), months="odd"))
    problem = load_problem(calendar)
    leader = world.persons["单立春"]
    assert {problem.people[leader].minimum} == {2}
    assert sum(leader in there for there in rota_of(calendar).values()) >= 2


def test_wishes_made_beforehand_are_kept(world, session):
    deputy = world.actor("other_deputy")
    first = date(next_year(), 1, 1)
    wishes.add_wish(
        deputy, mandate_id=world.mandates["T002"], kind=WishKind.ABSENT,
        from_on=first, until_on=date(next_year(), 11, 30),
    )  # fmt: skip
    calendar = make(world)
    december = days_of(calendar)[-1]
    assert names(december) == ["龑小满"]
    assert sum("龑小满" in names(day) for day in days_of(calendar)) == 1


def test_wishes_that_cannot_be_met_are_named(world, session):
    wishes.add_wish(
        world.actor("county"), mandate_id=world.mandates["T002"], kind=WishKind.ABSENT,
        from_on=date(next_year(), 1, 1), until_on=date(next_year(), 12, 31),
    )  # fmt: skip
    calendar = make(world)
    assert any("龑小满" in note and "0 个月可排" in note for note in calendar.notes)


def test_a_wish_is_the_deputy_s_own_or_in_the_staff_s_area(world, session):
    values: dict[str, Any] = {
        "kind": WishKind.ABSENT,
        "from_on": date(2027, 1, 1),
        "until_on": date(2027, 1, 2),
    }
    with pytest.raises(NotFound):
        wishes.add_wish(world.actor("other_deputy"), mandate_id=world.mandates["C001"], **values)
    with pytest.raises(NotFound):
        wishes.add_wish(world.actor("township"), mandate_id=world.mandates["C003"], **values)
    made = wishes.add_wish(world.actor("township"), mandate_id=world.mandates["C001"], **values)
    with pytest.raises(NotFound):
        queries.get_wish(world.actor("other_deputy"), made.id)
    wishes.delete_wish(world.actor("deputy"), queries.get_wish(world.actor("deputy"), made.id))


def test_rows_put_there_by_hand_survive_a_new_rota_and_new_rules(world, session):
    county = world.actor("county")
    calendar = make(world)
    day = days_of(calendar)[0]
    there = people_on(day)[0].mandate_id
    other = next(p.mandate.id for p in proposals(day))
    roster.take_off(county, day, mandate_id=there, confirmed=True)
    roster.put_on(county, day, mandate_id=other, confirmed=True)
    calendars.update_calendar(
        county, calendar, version=calendar.version, name="改过的日历", rules=rules(world, per_day=2)
    )
    session.commit()
    session.expire_all()
    assert other in {row.mandate_id for row in people_on(days_of(calendar)[0])}
    assert not {b.kind for b in breaches(load_problem(calendar), rota_of(calendar))} & HARD


def test_rules_that_change_dates_keep_those_that_stay(world, session):
    county = world.actor("county")
    calendar = make(world)
    kept = {day.held_on: day.id for day in days_of(calendar)}
    rule = DateRule(months="odd")
    calendars.update_calendar(
        county, calendar, version=calendar.version, name=calendar.name, rules=rules(world, dates=rule)
    )
    session.commit()
    session.expire_all()
    days = days_of(calendar)
    assert len(days) == 6
    assert all(kept[day.held_on] == day.id for day in days)


def test_nobody_is_on_the_rota_twice_in_a_month_over_calendars(world, session):
    """3-49: one person; a second calendar of the same station leaves the months of the first alone."""
    first = make(world)
    second = make(world, name="晚间接待日历", dates=DateRule(days=(25,)))
    taken = {(row.mandate.person_id, day.held_on.month) for day in days_of(first) for row in people_on(day)}
    again = {(row.mandate.person_id, day.held_on.month) for day in days_of(second) for row in people_on(day)}
    assert not taken & again


def test_3_37_members_of_the_chairpersons_meeting_in_rotation(world, session):
    for name in ("解霜降", "欧阳谷雨"):
        person = session.get_one(Person, world.persons[name])
        session.add(
            Post(
                area_code=COUNTY, person=person, kind=PostKind.CHAIRPERSONS_MEETING_MEMBER,
                began_on=date(2022, 1, 1),
            )
        )  # fmt: skip
    session.flush()
    calendar = make(
        world,
        name="主任接待日",
        kind=ReceptionKind.CHAIRPERSONS,
        dates=DateRule(kind=DateKind.DAYS_A_MONTH, per_month=2),
        leaders_min=1,
    )
    days = days_of(calendar)
    assert len(days) == 24
    assert {name for day in days for name in names(day)} == {"解霜降", "欧阳谷雨"}
    for month in range(1, 13):
        of_month = [name for day in days if day.held_on.month == month for name in names(day)]
        assert sorted(of_month) == ["欧阳谷雨", "解霜降"]


def test_a_change_by_hand_warns_or_is_refused(world, session):
    county = world.actor("county")
    day, following = days_of(make(world))[:2]
    there = people_on(day)[0].mandate
    refused = roster.check_change(county, day, mandate_id=there.id, leaving=None, off=False)
    assert "已经排在" in refused.refusals[0]
    absent = next(p.mandate for p in proposals(following))
    wishes.add_wish(
        county, mandate_id=absent.id, kind=WishKind.ABSENT,
        from_on=following.held_on, until_on=following.held_on,
    )  # fmt: skip
    found = roster.check_change(county, following, mandate_id=absent.id, leaving=None, off=False)
    assert found.refusals == []
    assert any("不能来" in warning for warning in found.warnings)
    with pytest.raises(roster.NeedsConfirmation):
        roster.put_on(county, following, mandate_id=absent.id)
    roster.put_on(county, following, mandate_id=absent.id, confirmed=True)
    row = next(row for row in people_on(following) if row.mandate_id == absent.id)
    assert row.fixed


def test_twice_in_a_month_and_out_of_office_are_noticed(world, session):
    county = world.actor("county")
    calendar = make(world, dates=DateRule(days=(8, 22)))
    first, second = days_of(calendar)[:2]
    one = people_on(first)[0].mandate
    found = roster.check_change(county, second, mandate_id=one.id, leaving=None, off=False)
    assert any("接待两次" in warning for warning in found.warnings)
    moved = roster.check_change(county, second, mandate_id=one.id, leaving=first, off=False)
    assert not any("接待两次" in warning for warning in moved.warnings)
    one.ended_on = second.held_on
    session.flush()
    found = roster.check_change(county, second, mandate_id=one.id, leaving=first, off=False)
    assert "不在任" in found.refusals[0]


def test_moving_somebody_takes_them_from_one_day_to_the_other(world, session):
    county = world.actor("county")
    calendar = make(world, dates=DateRule(days=(8, 22)))
    first, second = days_of(calendar)[:2]
    one = people_on(first)[0].mandate_id
    roster.put_on(county, second, mandate_id=one, leaving=first, confirmed=True)
    assert one not in {row.mandate_id for row in people_on(first)}
    assert one in {row.mandate_id for row in people_on(second)}


def test_publishing_shows_the_days_and_tells_everyone_once(world, session):
    """3-10 年预安排、年预告."""
    county = world.actor("county")
    calendar = make(world)
    assert queries.list_days_of_person(world.persons["龑小满"], date(next_year(), 1, 1)) == []
    assert calendars.publish_calendar(county, calendar) == 3
    assert calendar.state is CalendarState.PUBLISHED
    assert {day.state for day in calendar.receptions} == {ReceptionState.PLANNED}
    assert queries.list_days_of_person(world.persons["龑小满"], date(next_year(), 1, 1)) != []
    for refused in (calendars.publish_calendar, calendars.compute_rota, calendars.delete_calendar):
        with pytest.raises(DomainError):
            refused(county, calendar)


def test_unpublishing_goes_back_unless_a_day_was_held(world, session):
    county = world.actor("county")
    calendar = make(world)
    calendars.publish_calendar(county, calendar)
    calendars.unpublish_calendar(county, calendar)
    assert {day.state for day in calendar.receptions} == {ReceptionState.DRAFT}
    calendars.publish_calendar(county, calendar)
    held = days_of(calendar)[0]
    held.state, held.number = ReceptionState.HELD, "JD1"
    session.flush()
    with pytest.raises(DomainError):
        calendars.unpublish_calendar(county, calendar)


def test_a_calendar_people_have_come_to_is_not_taken_back(world, session):
    county = world.actor("county")
    calendar = make(world)
    calendars.publish_calendar(county, calendar)
    people_on(days_of(calendar)[0])[0].standing = DutyStanding.PRESENT
    session.flush()
    with pytest.raises(DomainError, match="现场登记"):
        calendars.unpublish_calendar(county, calendar)


def test_taken_back_after_a_substitute_the_rota_counts_who_comes(world, session):
    """Who was replaced is neither counted on that day nor put back there; the draft can still be thrown away."""
    county = world.actor("county")
    calendar = make(world, per_day=2)
    calendars.publish_calendar(county, calendar)
    day = next(day for day in days_of(calendar) if world.persons["陈秋禾"] in persons(day))
    request = requests.ask(world.actor("deputy"), day, kind=RequestKind.LEAVE, reason="出差")
    requests.approve_requests(county, [request.id])
    calendars.unpublish_calendar(county, calendar)
    calendars.compute_rota(county, calendar)
    db.session.commit()
    set_reading(False)
    db.session.expire_all()
    status = calendar_job(calendar)
    assert status is not None and status.job.error is None
    assert world.persons["陈秋禾"] not in persons(day)
    assert len(persons(day)) == 2
    calendars.delete_calendar(county, calendar)
    assert session.scalar(select(func.count(Reception.id))) == 0


def persons(day: Reception) -> set[int]:
    return {row.mandate.person_id for row in people_on(day)}


def test_whose_published_day_changes_is_told(world, session):
    county = world.actor("county")
    calendar = make(world)
    calendars.publish_calendar(county, calendar)
    day = days_of(calendar)[3]
    gone = people_on(day)[0].mandate
    roster.take_off(county, day, mandate_id=gone.id, confirmed=True)
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.RECEPTION_CHANGED)).all()
    assert [notice.person_id for notice in told] == [gone.person_id]


def test_the_township_arranges_its_own_days_of_the_county_s_calendar(world, session):
    calendar = make(world)
    township, elsewhere = world.actor("township"), world.actor("other_township")
    assert queries.get_visible_calendar(township, calendar.id) is calendar
    with pytest.raises(NotFound):
        queries.get_editable_calendar(township, calendar.id)
    day = days_of(calendar)[0]
    assert queries.get_planned_day(township, day.id) is day
    for refused in (queries.get_visible_calendar, queries.get_planned_day):
        with pytest.raises(NotFound):
            refused(elsewhere, calendar.id if refused is queries.get_visible_calendar else day.id)


def test_stations_take_turns_where_the_rule_says(world, session):
    made = make(world, take_turns=True, station_ids=(world.stations[STATION],))
    assert len(made.receptions) == 12
    assert rules_of(made).take_turns
    with pytest.raises(DomainError):
        make(world, name="错的", station_ids=(99_999,))


def test_deleting_a_draft_leaves_nothing(world, session):
    calendar = make(world)
    calendars.delete_calendar(world.actor("county"), calendar)
    assert session.scalar(select(func.count(Reception.id))) == 0
    assert session.scalar(select(func.count(ReceptionDeputy.id))) == 0


# --- pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def published(world, app):
    """A published calendar of next year; its number and its days'."""
    with app.app_context():
        set_reading(False)
        calendar = make(world)
        calendars.publish_calendar(world.actor("county"), calendar)
        db.session.commit()
        found = calendar.id, [day.id for day in days_of(calendar)]
        db.session.remove()
    return found


def test_pages_of_the_calendar(world, sign_in, published):
    calendar_id, days = published
    county = sign_in("county")
    page = county.get(f"/calendars/{calendar_id}").get_data(as_text=True)
    assert page.count("data-day=") == 12
    assert "每人接待次数" in page
    filtered = county.get(f"/calendars/{calendar_id}?deputy=龑小满").get_data(as_text=True)
    assert 0 < filtered.count("data-day=") < 12
    assert county.get(f"/receptions/{days[0]}/roster").status_code == 200
    mandate = world.mandates["T002"]
    answer = county.get(f"/receptions/{days[0]}/roster/check?mandate={mandate}&leaving={days[1]}").get_json()
    assert set(answer) == {"refusals", "warnings"}
    assert sign_in("leader").get(f"/calendars/{calendar_id}").status_code == 200
    assert sign_in("deputy").get(f"/calendars/{calendar_id}").status_code == 403


def test_a_warning_must_be_confirmed_on_the_page(world, sign_in, published):
    _calendar, days = published
    county = sign_in("county")
    there = None
    with county.application.app_context():
        there = db.session.scalar(
            select(ReceptionDeputy.mandate_id).where(ReceptionDeputy.reception_id == days[0])
        )
    form = {"mandate": there, "off": "1"}
    answer = county.post(f"/receptions/{days[0]}/roster", data=form)
    assert answer.status_code == 422
    assert "仍要调整" in answer.get_data(as_text=True)
    assert county.post(f"/receptions/{days[0]}/roster", data={**form, "confirmed": "1"}).status_code == 303


def test_a_calendar_is_made_on_the_page(world, sign_in):
    county = sign_in("county")
    assert county.get("/calendars/new").status_code == 200
    year = next_year()
    form = {
        "area_code": COUNTY, "year": year, "kind": "public", "name": "全县接待日历",
        "station_ids": world.stations[STATION], "dates_kind": "month_days", "days": "9、19",
        "months": "all", "shift": "before", "from_on": f"{year}-01-01", "starts_at": "9:00",
        "ends_at": "11：30", "per_day": 2, "times_min": 1, "leaders_min": 2,
    }  # fmt: skip
    refused = county.post("/calendars/new", data={**form, "days": "40"})
    assert refused.status_code == 422
    made = county.post("/calendars/new", data=form)
    assert made.status_code == 303, made.get_data(as_text=True)
    page = county.get(made.location).get_data(as_text=True)
    assert page.count("data-day=") == 24
    edit = county.get(f"{made.location}/edit").get_data(as_text=True)
    assert "9、19" in edit


def test_3_10_the_wall_calendar_prints(world, sign_in, published):
    calendar_id, _days = published
    county = sign_in("county")
    for name, magic in (("wall.pdf", b"%PDF"), ("wall.pdf?paper=a3", b"%PDF"), ("wall.docx", b"PK")):
        answer = county.get(f"/calendars/{calendar_id}/{name}")
        assert answer.status_code == 200
        assert answer.data.startswith(magic)
    station = world.stations[STATION]
    assert county.get(f"/stations/{station}/calendar?year={next_year()}").status_code == 200
    answer = county.get(f"/stations/{station}/calendar.docx?year={next_year()}")
    from docx import Document as open_word

    tables = open_word(io.BytesIO(answer.data)).tables
    assert len(tables[0].rows) == 13


def test_a_feed_is_read_by_its_address_alone_until_it_is_revoked(world, sign_in, published, client):
    deputy = sign_in("other_deputy")
    assert deputy.post("/reception-duty/feed").status_code == 303
    page = deputy.get("/reception-duty").get_data(as_text=True)
    path = "/feeds/" + page.split("/feeds/")[1].split(".ics")[0] + ".ics"
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert events
    assert all(str(event["summary"]).endswith(STATION) for event in events)
    assert events[0].decoded("dtstart").tzinfo is not None
    deputy.post("/reception-duty/feed")
    assert client.get(path).status_code == 404
    page = deputy.get("/reception-duty").get_data(as_text=True)
    path = "/feeds/" + page.split("/feeds/")[1].split(".ics")[0] + ".ics"
    deputy.post("/reception-duty/feed/revoke")
    assert client.get(path).status_code == 404
    assert client.get("/feeds/none.ics").status_code == 404


def test_a_deputy_s_feed_ends_with_their_account_and_begins_as_the_office_s_address_does(
    world, sign_in, published, client, app
):
    app.config["BASE_URL"] = "https://lvzhi.test/"
    try:
        deputy = sign_in("other_deputy")
        deputy.post("/reception-duty/feed")
        page = deputy.get("/reception-duty").get_data(as_text=True)
    finally:
        app.config["BASE_URL"] = ""
    assert "https://lvzhi.test/feeds/" in page
    path = "/feeds/" + page.split("/feeds/")[1].split(".ics")[0] + ".ics"
    assert client.get(path).status_code == 200
    with app.app_context():
        set_reading(False)
        user = db.session.get_one(User, world.users["other_deputy"])
        user.disabled_at = clock.now()
        db.session.commit()
    assert client.get(path).status_code == 404


def test_a_station_s_feed_says_nothing_of_visitors(world, sign_in, published, client, app):
    from app.stations.models import Visitor

    _calendar, days = published
    with app.app_context():
        set_reading(False)
        db.session.add(Visitor(reception_id=days[0], name="赵来访", phone="13500000000", matter="低保"))
        from app.stations.models import Station

        feed = feeds.renew_feed(world.actor("county"), db.session.get_one(Station, world.stations[STATION]))
        token = feed.token
        db.session.commit()
    body = client.get(f"/feeds/{token}.ics").get_data(as_text=True)
    assert body.count("BEGIN:VEVENT") == 12
    for secret in ("赵来访", "13500000000", "低保"):
        assert secret not in body


def test_3_37_missed_days_and_3_07_leaders_lists(world, sign_in, app):
    with app.app_context():
        set_reading(False)
        mandate = db.session.get_one(Mandate, world.mandates["C001"])
        for days_ago, state in ((3, ReceptionState.PLANNED), (-3, ReceptionState.PLANNED)):
            db.session.add(
                Reception(
                    office_code=COUNTY, area_code=LINJIANG, station_id=world.stations[STATION], state=state,
                    held_on=clock.today() - timedelta(days=days_ago),
                    deputies=[ReceptionDeputy(mandate=mandate, standing=DutyStanding.ASSIGNED)],
                )
            )  # fmt: skip
        db.session.commit()
    county = sign_in("county")
    page = county.get("/receptions/missed").get_data(as_text=True)
    assert str(clock.today() - timedelta(days=3)) in page
    assert str(clock.today() + timedelta(days=3)) not in page
    leaders = county.get("/receptions/leaders?held=0&held=1").get_data(as_text=True)
    assert "单立春" in leaders
    assert "陈秋禾" not in leaders


TOO_LONG = "9" * 30


@pytest.mark.parametrize(
    "path",
    [
        f"/receptions/%s/roster/check?mandate={TOO_LONG}",
        f"/receptions/%s/roster/check?mandate=1&leaving={TOO_LONG}",
        f"/opinions/new?reception={TOO_LONG}",
        f"/receptions/plan?station={TOO_LONG}",
        f"/groups/care/new?deputy={TOO_LONG}",
    ],
)
def test_numbers_no_record_has_are_no_crash(world, sign_in, published, path):
    browser = sign_in("county")
    day = published[1][0]
    assert browser.get(path % day if "%s" in path else path).status_code in (200, 404)
    assert browser.post(f"/receptions/{day}/roster", data={"mandate": TOO_LONG}).status_code in (404, 422)
