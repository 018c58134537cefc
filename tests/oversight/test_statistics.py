"""The year's eight lines: counted from confirmed facts, each figure as long as its list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.activities.columns import ACTIVITIES
from app.activities.models import Activity, Attendance
from app.activities.states import ActivityKind, ActivityState, AttendanceStatus
from app.extensions import db
from app.kit.authorisation import Actor
from app.kit.listing import Listing, ListQuery
from app.ledger.columns import RECORDS
from app.ledger.models import DutyEntry, DutyRecord
from app.ledger.operations.posting import post_all
from app.ledger.states import DutyKind, DutyState, EntryOrigin
from app.oversight.queries.statistics import LINES, Statistics, get_statistics, statistics_json
from app.oversight.routes.statistics import line_link
from app.registry.columns import MANDATES
from app.registry.models import Area
from app.stations.columns import RECEPTIONS
from app.stations.columns.opinions import OPINIONS
from app.stations.models import Opinion, Reception
from tests.world import COUNTY, LINJIANG, QINGSHAN, World

SignIn = Callable[[str], FlaskClient]
HELD, PLANNED = ActivityState.HELD, ActivityState.PLANNED


def fill(world: World) -> None:
    """A year's facts beside others that do not count: planned, pending, of another year or county."""
    activities = (
        (ActivityKind.STUDY, HELD, LINJIANG, date(2023, 1, 1)),
        (ActivityKind.STUDY, HELD, COUNTY, date(2023, 12, 31)),
        (ActivityKind.STUDY, PLANNED, LINJIANG, date(2023, 5, 1)),
        (ActivityKind.STUDY, HELD, LINJIANG, date(2022, 12, 31)),
        (ActivityKind.STUDY, HELD, "999002101", date(2023, 5, 1)),
        (ActivityKind.GROUP_ACTIVITY, HELD, QINGSHAN, date(2023, 3, 3)),
        (ActivityKind.INSPECTION, HELD, LINJIANG, date(2023, 3, 4)),
        (ActivityKind.FIELD_RESEARCH, HELD, LINJIANG, date(2023, 3, 4)),
        (ActivityKind.LAW_ENFORCEMENT_INSPECTION, HELD, LINJIANG, date(2023, 3, 4)),
    )
    for number, (kind, state, area, day) in enumerate(activities):
        activity = Activity(
            office_code=area[:6],
            area_code=area,
            number=f"A{number}",
            kind=kind,
            title="活动",
            state=state,
            held_on=day,
        )
        db.session.add(activity)
        db.session.flush()
        for card, status in (("C001", AttendanceStatus.PRESENT), ("T002", AttendanceStatus.LEAVE)):
            db.session.add(
                Attendance(activity_id=activity.id, mandate_id=world.mandates[card], status=status)
            )
    entries = (
        ("C001", DutyKind.VOTER_VISIT, 30, DutyState.CONFIRMED, date(2023, 2, 1)),
        ("T003", DutyKind.VOTER_VISIT, 12, DutyState.CONFIRMED, date(2023, 2, 2)),
        ("T003", DutyKind.VOTER_VISIT, 7, DutyState.PENDING, date(2023, 2, 2)),
        ("N001", DutyKind.VOTER_VISIT, 100, DutyState.CONFIRMED, date(2023, 2, 2)),
        ("C001", DutyKind.PROBLEM_SOLVED, 3, DutyState.CONFIRMED, date(2023, 9, 9)),
    )
    for card, entry_kind, quantity, entry_state, day in entries:
        place = {"C001": LINJIANG, "T003": QINGSHAN, "N001": "999002101"}[card]
        db.session.add(
            DutyEntry(
                mandate_id=world.mandates[card],
                scope_code=place,
                kind=entry_kind,
                happened_on=day,
                quantity=quantity,
                origin=EntryOrigin.STAFF,
                state=entry_state,
            )
        )
    station = world.stations["临江镇人大代表联络站"]
    for number, (people, day) in enumerate(((6, date(2023, 4, 15)), (0, date(2024, 1, 15)))):
        common = {"office_code": COUNTY, "area_code": LINJIANG, "station_id": station}
        db.session.add(Reception(**common, number=f"R{number}", held_on=day, people_received=people))
        db.session.add(
            Opinion(**common, number=f"O{number}", received_on=day, content="路灯不亮", solved=True)
        )
        db.session.add(Opinion(**common, number=f"P{number}", received_on=day, content="桥面破损"))
    db.session.flush()
    post_all("entry")
    post_all("activity")


@pytest.fixture
def found(session: Any, world: World) -> Statistics:
    """The county's year 2023."""
    fill(world)
    return get_statistics(session.get_one(Area, COUNTY), 2023)


def test_what_counts(found: Statistics) -> None:
    assert statistics_json(found) == {
        "area": {"code": COUNTY, "name": "岳湖县"},
        "year": 2023,
        "study": 2,
        "group_activity": 1,
        "inspection": 2,
        "voters_visited": 42,
        "people_received": 6,
        "opinions": 2,
        "opinions_solved": 1,
        "problems_solved": 3,
        "attendance": {"present": 6, "leave": 6, "absent": 0},
    }
    assert (found.deputies, found.stations) == (8, 1)


def test_months_and_townships_add_up(found: Statistics) -> None:
    assert found.months["study"][0] == 1 and found.months["study"][11] == 1
    for line in LINES:
        assert sum(found.months[line]) == found.totals[line]
    townships = {area.code: figures for area, figures in found.townships}
    assert townships[LINJIANG]["study"] == 1  # the other one was the county's own
    assert townships[QINGSHAN]["voters_visited"] == 12


def _count(listing: Listing, actor: Actor, url: str, column: Any = None) -> int:
    query = ListQuery(listing, actor, MultiDict(parse_qsl(urlsplit(url).query)))
    if column is None:
        return query.total()[0]
    ids = query.statement().subquery()
    wanted = select(column).where(listing.identity.in_(select(ids.c[0])))
    return sum(db.session.scalars(wanted))


def test_every_figure_is_its_list(app: Flask, world: World) -> None:
    with app.app_context(), app.test_request_context():
        fill(world)
        found = get_statistics(db.session.get_one(Area, COUNTY), 2023)
        lists: dict[str, tuple[Listing, Any]] = {
            "study": (ACTIVITIES, None),
            "group_activity": (ACTIVITIES, None),
            "inspection": (ACTIVITIES, None),
            "voters_visited": (RECORDS, DutyRecord.quantity),
            "people_received": (RECEPTIONS, Reception.people_received),
            "opinions": (OPINIONS, None),
            "opinions_solved": (OPINIONS, None),
            "problems_solved": (RECORDS, DutyRecord.quantity),
        }
        actor = world.actor("leader")
        for line, (listing, column) in lists.items():
            assert _count(listing, actor, line_link(line, COUNTY, 2023), column) == found.totals[line], line
            for month, figure in enumerate(found.months[line], 1):
                url = line_link(line, COUNTY, 2023, month)
                assert _count(listing, actor, url, column) == figure, (line, month)
            for area, figures in found.townships:
                url = line_link(line, area.code, 2023)
                assert _count(listing, actor, url, column) == figures[line], (line, area.name)
        serving = f"/deputies?area={COUNTY}&serving_on={found.last_day.isoformat()}"
        assert _count(MANDATES, actor, serving) == found.deputies
        db.session.remove()


def test_page_and_files(app: Flask, world: World, sign_in: SignIn) -> None:
    with app.app_context():
        fill(world)
        db.session.commit()
        db.session.remove()
    browser = sign_in("leader")
    page = browser.get("/statistics?year=2023").get_data(as_text=True)
    assert "岳湖县2023年履职统计" in page and "走访选民" in page
    assert browser.get("/statistics?year=2023&format=xlsx").data[:2] == b"PK"
    assert browser.get("/statistics?year=2023&format=docx").data[:2] == b"PK"
    assert sign_in("township").get("/statistics?area=999001").status_code == 404
    assert sign_in("deputy").get("/statistics").status_code == 403
    assert browser.get("/statistics?year=abcd").status_code == 200
