"""Receptions: numbers given once, deputies posted to the ledger with every change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.kit import clock
from app.kit.database import set_reading
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.ledger.models import DutyRecord
from app.ledger.operations.posting import reconcile
from app.ledger.states import DutyKind
from app.stations import operations, queries
from app.stations.models import Reception

DAY = date(2024, 3, 15)


def _reception(world, **values) -> Reception:
    given = {
        "station_id": world.stations["临江镇人大代表联络站"],
        "held_on": DAY,
        "mandate_ids": [world.mandates["C001"], world.mandates["T002"]],
        "people_received": 6,
        **values,
    }
    return operations.create_reception(world.actor("county"), **given)


def _values(reception: Reception, **changes):
    return {
        "station_id": reception.station_id,
        "held_on": reception.held_on,
        "mandate_ids": [row.mandate_id for row in reception.deputies],
        "people_received": reception.people_received,
        "note": reception.note,
        "number": reception.number,
        **changes,
    }


def _posted(reception_id: int) -> dict[int, date]:
    rows = db.session.execute(
        select(DutyRecord.mandate_id, DutyRecord.happened_on).where(
            DutyRecord.source_kind == "reception", DutyRecord.source_id == reception_id
        )
    )
    return {row[0]: row[1] for row in rows}


def test_each_deputy_gets_a_ledger_row(world, session):
    """3-06: deputies receive the public; 3-49 the fact belongs to the mandate."""
    made = _reception(world)
    assert made.number == "JD20240001"
    assert _posted(made.id) == {world.mandates["C001"]: DAY, world.mandates["T002"]: DAY}
    assert session.scalars(select(DutyRecord.kind).distinct()).all() == [DutyKind.RECEPTION]
    assert reconcile() == []


def test_the_ledger_follows_every_correction(world, session):
    made = _reception(world)
    county = world.actor("county")
    changed = _values(made, mandate_ids=[world.mandates["C002"]], held_on=DAY + timedelta(days=1))
    operations.update_reception(county, made, version=made.version, **changed)
    assert _posted(made.id) == {world.mandates["C002"]: DAY + timedelta(days=1)}
    assert reconcile() == []
    identity = made.id
    operations.delete_reception(county, made)
    assert _posted(identity) == {}
    assert reconcile() == []


def test_deputies_alone_changing_makes_an_older_form_stale(world, session):
    made = _reception(world)
    opened = made.version
    county = world.actor("county")
    operations.update_reception(
        county, made, version=opened, **_values(made, mandate_ids=[world.mandates["C001"]])
    )
    with pytest.raises(Conflict):
        operations.update_reception(county, made, version=opened, **_values(made, people_received=9))


def test_numbers_go_on_from_the_paper_register(world, session):
    _reception(world, number="JD20240096")
    assert _reception(world).number == "JD20240097"
    assert _reception(world, held_on=date(2023, 5, 15)).number == "JD20230001"
    with pytest.raises(DomainError) as refused:
        _reception(world, number="JD20240096")
    assert refused.value.field == "number"


def test_clerks_at_once_get_different_numbers(world, app):
    def enter(_turn: int) -> str:
        with app.app_context():
            set_reading(False)
            made = _reception(world)
            number = made.number
            assert number is not None
            db.session.commit()
            db.session.remove()
            return number

    with ThreadPoolExecutor(4) as clerks:
        numbers = list(clerks.map(enter, range(12)))
    assert sorted(numbers) == [f"JD2024{n:04d}" for n in range(1, 13)]


def test_what_cannot_be_is_refused_at_its_field(world, session):
    for values, field in (
        ({"held_on": clock.today() + timedelta(days=1)}, "held_on"),
        ({"held_on": date(2020, 1, 15)}, "mandate_ids"),
        ({"people_received": -1}, "people_received"),
        ({"mandate_ids": [world.mandates["N001"]]}, "mandate_ids"),
    ):
        with pytest.raises(DomainError) as refused:
            _reception(world, **values)
        assert refused.value.field == field


def test_a_deputy_from_elsewhere_stays_when_the_township_corrects(world, session):
    made = _reception(world, mandate_ids=[world.mandates["C001"], world.mandates["C003"]])
    township = world.actor("township")
    operations.update_reception(township, made, version=None, **_values(made, people_received=9))
    assert {row.mandate_id for row in made.deputies} == {world.mandates["C001"], world.mandates["C003"]}
    with pytest.raises(DomainError):
        operations.update_reception(
            township, made, version=None, **_values(made, mandate_ids=[world.mandates["T003"]])
        )


def test_with_opinions_a_reception_stays(world, session):
    made = _reception(world)
    county = world.actor("county")
    operations.create_opinion(county, reception_id=made.id, content="路灯不亮")
    with pytest.raises(DomainError):
        operations.delete_reception(county, made)
    elsewhere = operations.create_station(county, area_code=made.area_code, name="另一站")
    with pytest.raises(DomainError) as refused:
        operations.update_reception(county, made, version=None, **_values(made, station_id=elsewhere.id))
    assert refused.value.field == "station_id"


def test_who_sees_and_who_changes_a_reception(world, session):
    made = _reception(world, mandate_ids=[world.mandates["C001"]])
    for login in ("county", "township", "leader", "deputy"):
        assert queries.get_visible_reception(world.actor(login), made.id) is made
    for login in ("other_township", "neighbour", "other_deputy"):
        with pytest.raises(NotFound):
            queries.get_visible_reception(world.actor(login), made.id)
    for login, refusal in (("other_township", NotFound), ("leader", Forbidden), ("deputy", Forbidden)):
        with pytest.raises(refusal):
            operations.update_reception(world.actor(login), made, version=None, **_values(made))
        with pytest.raises(refusal):
            operations.delete_reception(world.actor(login), made)
