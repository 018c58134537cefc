"""Stations: kinds, dated assignment of every deputy, who sees which."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.ledger.operations.posting import reconcile
from app.stations import operations, queries
from app.stations.models import Reception, Station
from app.stations.policy import VIEW_STATIONS
from app.stations.states import ReceptionKind, ReceptionState, StationKind
from tests.world import BEGAN, COUNTY, LINJIANG, QINGSHAN

DAY = date(2024, 3, 1)


@pytest.fixture
def station(world, session) -> Station:
    return session.get_one(Station, world.stations["临江镇人大代表联络站"])


def test_stations_of_every_kind(world, session):
    """3-41, 0-19: township, community, village, market, studio, shared."""
    for kind in StationKind:
        made = operations.create_station(
            world.actor("county"), area_code=QINGSHAN, name=f"{kind.label}一", kind=kind, model=True
        )
        assert (made.office_code, made.kind) == (COUNTY, kind)
    assert len(queries.list_stations(world.actor("county"), VIEW_STATIONS)) == len(StationKind) + 1


def test_a_name_is_used_once_in_an_office(world, session, station):
    with pytest.raises(DomainError) as refused:
        operations.create_station(world.actor("county"), area_code=QINGSHAN, name=station.name)
    assert refused.value.field == "name"


def test_a_stale_form_is_refused(world, session, station):
    county = world.actor("county")
    values = {"area_code": LINJIANG, "name": station.name}
    operations.update_station(county, station, version=1, **values, address="解放路1号")
    with pytest.raises(Conflict):
        operations.update_station(county, station, version=1, **values, address="解放路2号")


def test_deputies_without_station_are_found_and_assigned_at_once(world, session, station):
    """2-31: every deputy is assigned to a station; a person is in once, by any of their mandates."""
    county = world.actor("county")
    before = queries.station_coverage(county, DAY)
    assert (before.in_office, before.with_station) == (7, 3)
    made = operations.create_station(county, area_code=QINGSHAN, name="青山乡联络站")
    operations.assign_deputies(county, made, mandate_ids=[], began_on=DAY, all_unassigned=True)
    operations.assign_deputies(county, station, mandate_ids=[world.mandates["S001"]], began_on=DAY)
    after = queries.station_coverage(county, DAY)
    assert (after.without, after.rate) == (0, 1.0)
    assert reconcile() == []


def test_nobody_is_assigned_twice_at_a_time_and_history_stays(world, session, station):
    county = world.actor("county")
    with pytest.raises(DomainError):
        operations.assign_deputies(county, station, mandate_ids=[world.mandates["C001"]], began_on=DAY)
    row = next(a for a in queries.list_assignments(station.id) if a.mandate_id == world.mandates["C001"])
    with pytest.raises(DomainError):
        operations.end_assignments(county, station, assignment_ids=[row.id], ended_on=date(2020, 1, 1))
    session.rollback()
    operations.end_assignments(county, station, assignment_ids=[row.id], ended_on=DAY)
    operations.assign_deputies(county, station, mandate_ids=[row.mandate_id], began_on=DAY)
    both = [a for a in queries.list_assignments(station.id) if a.mandate_id == row.mandate_id]
    assert [(a.began_on, a.ended_on) for a in both] == [(BEGAN, DAY), (DAY, None)]


def test_a_closed_station_takes_nobody(world, session, station):
    county = world.actor("county")
    operations.update_station(
        county, station, version=None, area_code=LINJIANG, name=station.name, closed_on=DAY
    )
    with pytest.raises(DomainError):
        operations.assign_deputies(county, station, mandate_ids=[world.mandates["C003"]], began_on=DAY)


def test_a_station_is_not_closed_while_somebody_is_expected_there(world, session, station):
    county = world.actor("county")
    planned = Reception(
        office_code=COUNTY, area_code=LINJIANG, station=station, held_on=DAY + timedelta(days=9),
        kind=ReceptionKind.PUBLIC, state=ReceptionState.PLANNED,
    )  # fmt: skip
    session.add(planned)
    session.flush()
    values = {"version": None, "area_code": LINJIANG, "name": station.name}
    with pytest.raises(DomainError, match="1 次接待"):
        operations.update_station(county, station, **values, closed_on=DAY)
    operations.update_station(county, station, **values, closed_on=DAY + timedelta(days=10))
    assert station.closed_on == DAY + timedelta(days=10)


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("county", True),
        ("township", True),
        ("leader", True),
        ("deputy", True),
        ("other_township", False),
        ("neighbour", False),
    ],
)
def test_who_sees_a_station(world, session, station, login, seen):
    if seen:
        assert queries.get_visible_station(world.actor(login), station.id) is station
    else:
        with pytest.raises(NotFound):
            queries.get_visible_station(world.actor(login), station.id)


def test_only_staff_of_the_area_change_a_station(world, session, station):
    for login, refusal in (
        ("other_township", NotFound),
        ("neighbour", NotFound),
        ("leader", Forbidden),
        ("deputy", Forbidden),
    ):
        with pytest.raises(refusal):
            operations.update_station(
                world.actor(login), station, version=None, area_code=LINJIANG, name="改名"
            )
