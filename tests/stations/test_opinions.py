"""Opinions: in the citizen's own words, routed and closed by staff; who brought them is masked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.kit import clock
from app.kit.audit import history_of
from app.kit.authorisation import Actor
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.stations import operations, queries
from app.stations.models import Opinion
from app.stations.rules import mask_name, mask_phone
from app.stations.states import OpinionChannel, OpinionRoute
from tests.world import LINJIANG, QINGSHAN

DAY = date(2024, 3, 15)


def _reception(world, *cards: str):
    return operations.create_reception(
        world.actor("county"),
        station_id=world.stations["临江镇人大代表联络站"],
        held_on=DAY,
        mandate_ids=[world.mandates[card] for card in cards or ("C001",)],
        people_received=3,
    )


def _opinion(actor: Actor, **values) -> Opinion:
    given = {
        "area_code": LINJIANG,
        "received_on": DAY,
        "content": "3组的路灯不亮半年了",
        "citizen_name": "李伟",
        "citizen_phone": "13911112222",
        "topic": "路灯",
        **values,
    }
    return operations.create_opinion(actor, **given)


def _update(actor: Actor, opinion: Opinion, **changes) -> Opinion:
    names = (
        "content",
        "station_id",
        "received_on",
        "channel",
        "topic",
        "route",
        "solved",
        "closed_on",
        "outcome",
    )
    values = {name: getattr(opinion, name) for name in names}
    return operations.update_opinion(
        actor, opinion, **{"version": None, "area_code": opinion.area_code, **values, **changes}
    )


def test_place_and_day_follow_from_the_reception(world, session):
    made = operations.create_opinion(
        world.actor("county"),
        reception_id=_reception(world).id,
        content="路灯不亮",
        channel=OpinionChannel.RECEPTION,
    )
    assert (made.area_code, made.received_on, made.number) == (LINJIANG, DAY, "YJ20240001")
    assert made.station_id == world.stations["临江镇人大代表联络站"]


def test_the_three_routes_and_the_end(world, session):
    """3-34: answered on the spot, made a suggestion, transferred; 0-15 the record has its steps."""
    county = world.actor("county")
    made = _opinion(county)
    for route in OpinionRoute:
        assert _update(county, made, route=route).route is route
    _update(county, made, solved=True, closed_on=DAY + timedelta(days=9), outcome="已修好")
    for changes, field in (
        ({"closed_on": DAY - timedelta(days=1)}, "closed_on"),
        ({"closed_on": clock.today() + timedelta(days=1)}, "closed_on"),
        ({"received_on": clock.today() + timedelta(days=1)}, "received_on"),
    ):
        with pytest.raises(DomainError) as refused:
            _update(county, made, **changes)
        assert refused.value.field == field


def test_an_empty_name_keeps_what_is_known_and_anonymous_erases_it(world, session):
    county = world.actor("county")
    made = _opinion(county)
    _update(county, made, citizen_name="", citizen_phone="", anonymous=False)
    assert (made.citizen_name, made.citizen_phone) == ("李伟", "13911112222")
    _update(county, made, citizen_name="李卫", anonymous=True)
    assert (made.citizen_name, made.citizen_phone, made.anonymous) == ("", "", True)


def test_a_look_at_the_citizen_is_in_the_trail_and_the_trail_holds_no_name(world, session):
    county = world.actor("county")
    made = _opinion(county)
    assert operations.reveal_citizen(county, made) == ("李伟", "13911112222", "")
    events = history_of(session, "opinion", made.id)
    assert events[0].tag.endswith(":opinion:reveal")
    assert "李伟" not in str([(event.before, event.after) for event in events])
    for login, refusal in (("leader", Forbidden), ("deputy", Forbidden), ("other_township", NotFound)):
        with pytest.raises(refusal):
            operations.reveal_citizen(world.actor(login), made)


@pytest.mark.parametrize(("name", "masked"), [("李伟", "李**"), ("欧阳谷雨", "欧**"), ("", "")])
def test_a_masked_name_keeps_the_surname(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(("phone", "masked"), [("13911112222", "139******22"), ("12345", "*****"), ("", "")])
def test_a_masked_phone_finds_nobody(phone, masked):
    assert mask_phone(phone) == masked


def test_who_sees_an_opinion(world, session):
    """A deputy sees what was said at receptions they took part in, nothing else."""
    made = operations.create_opinion(
        world.actor("county"), reception_id=_reception(world).id, content="路灯不亮"
    )
    elsewhere = _opinion(world.actor("county"))
    for login in ("county", "township", "leader", "deputy"):
        assert queries.get_visible_opinion(world.actor(login), made.id) is made
    for login, opinion in (
        ("other_deputy", made),
        ("deputy", elsewhere),
        ("other_township", made),
        ("neighbour", made),
    ):
        with pytest.raises(NotFound):
            queries.get_visible_opinion(world.actor(login), opinion.id)


def test_only_staff_of_the_area_take_and_close_opinions(world, session):
    """代表法 art. 31: a deputy does not close a citizen's matter."""
    made = _opinion(world.actor("township"))
    for login, refusal in (
        ("other_township", NotFound),
        ("neighbour", NotFound),
        ("leader", Forbidden),
        ("deputy", Forbidden),
    ):
        with pytest.raises(refusal):
            _update(world.actor(login), made, solved=True)
    with pytest.raises(NotFound):
        _opinion(world.actor("township"), area_code=QINGSHAN)


def test_a_stale_form_is_refused(world, session):
    county = world.actor("county")
    made = _opinion(county)
    _update(county, made, version=made.version, topic="照明")
    with pytest.raises(Conflict):
        _update(county, made, version=1, topic="道路")
