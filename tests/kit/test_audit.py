"""The audit trail: every change is an event, and any change, removal or insertion of an event is found."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, event, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.extensions import db
from app.kit import audit, clock
from app.kit.audit import GENESIS, AuditChain, AuditEvent, Happening, acting_as
from app.kit.authorisation import Actor, operator
from app.kit.database import prepare_engine, read_only, set_reading
from app.registry.models import Area, Delegation, Mandate, Person
from app.stations.models import Opinion
from app.stations.states import OpinionChannel
from tests.world import COUNTY, LINJIANG, NEIGHBOUR, World

CLERK = Actor(7, "李干事", address="10.0.0.1", request_id="r1")
EVENTS: Any = AuditEvent.__table__


def _happen(count: int, chain: str = COUNTY) -> None:
    tag = "web:area:update"
    happenings = [Happening(tag, chain, "area", n, f"第{n}件", {"n": n}) for n in range(count)]
    audit.record(db.session(), happenings, CLERK)


def _of_person(session: Any, person_id: int) -> list[AuditEvent]:
    return audit.history_of(session(), "person", person_id)


def test_a_change_is_recorded_with_who_when_where_before_and_after(session: Any, world: World) -> None:
    with acting_as(CLERK):
        person = session.get_one(Person, world.persons["单立春"])
        person.phone, person.nation = "13911112222", "回族"
        session.flush()
    event = _of_person(session, person.id)[0]
    assert event.tag == "web:person:update"
    assert event.before == {"phone": "13900000002", "nation": "汉族"}
    assert event.after == {"phone": "13911112222", "nation": "回族"}
    who = (event.actor_id, event.actor_name, event.address, event.request_id)
    assert who == (7, "李干事", "10.0.0.1", "r1")
    assert (event.area_code, event.chain, event.subject_label) == (LINJIANG, COUNTY, "单立春")


def test_creating_and_deleting_are_recorded_with_all_values(session: Any, world: World) -> None:
    made = Delegation(area_code=COUNTY, name="青山乡代表团")
    session.add(made)
    session.flush()
    number = made.id
    session.delete(made)
    session.flush()
    deleted, created = audit.history_of(session(), "delegation", number)
    assert (created.tag, created.before, created.after) == (
        "system:delegation:create",
        None,
        {"area_code": COUNTY, "name": "青山乡代表团"},
    )
    assert (deleted.tag, deleted.after) == ("system:delegation:delete", None)
    assert deleted.before == created.after


def test_a_save_that_changes_nothing_is_no_event(session: Any, world: World) -> None:
    person = session.get_one(Person, world.persons["单立春"])
    before = len(_of_person(session, person.id))
    person.name = "单立春"
    person.note = person.note
    session.flush()
    assert len(_of_person(session, person.id)) == before


def test_what_is_rolled_back_leaves_no_event(session: Any, world: World) -> None:
    person = session.get_one(Person, world.persons["单立春"])
    person.name = "别名"
    session.flush()
    session.rollback()
    assert [event.tag.rsplit(":", 1)[1] for event in _of_person(session, person.id)] == ["create"]
    assert audit.verify(session())[1] == []


def test_a_flush_that_fails_leaves_no_event_for_the_next_one(session: Any, world: World) -> None:
    person = session.get_one(Person, world.persons["单立春"])
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(Delegation(area_code=COUNTY, name="临江镇代表团"))
        session.add(Person(area_code=COUNTY, name=None))
        session.flush()
    person.phone = "13911112222"
    session.flush()
    tags = session.scalars(select(AuditEvent.tag).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert tags[0] == "system:person:update"
    assert tags[1] != "system:delegation:create" and not tags[1].startswith("system:")
    assert audit.verify(session())[1] == []


def test_a_citizens_name_and_phone_never_reach_the_trail(session: Any, world: World) -> None:
    opinion = Opinion(
        office_code=COUNTY,
        area_code=LINJIANG,
        number="1",
        channel=OpinionChannel.RECEPTION,
        received_on=clock.today(),
        citizen_name="张三丰",
        citizen_phone="13800138000",
        content="路灯不亮",
    )
    session.add(opinion)
    session.flush()
    opinion.citizen_phone = "13800138001"
    session.flush()
    events = audit.history_of(session(), "opinion", opinion.id)
    assert events[0].before == events[0].after == {"citizen_phone": "***"}
    assert (events[1].after or {})["citizen_name"] == "***"
    assert "张三丰" not in str([event.after for event in events])


def test_a_detail_rows_change_shows_at_its_owner(session: Any, world: World) -> None:
    from app.registry.models import Suspension
    from app.registry.states import SuspensionReason

    mandate = session.get_one(Mandate, world.mandates["C001"])
    session.add(Suspension(mandate=mandate, reason=SuspensionReason.DETAINED, began_on=clock.today()))
    session.flush()
    event = audit.history_of(session(), "mandate", mandate.id)[0]
    assert event.tag.endswith(":suspension:create")
    assert event.area_code == LINJIANG


def test_counties_have_chains_of_their_own(session: Any, world: World) -> None:
    """One county's clerks do not wait for the other's."""
    _happen(3, LINJIANG)
    _happen(2, NEIGHBOUR)
    _happen(1, "99")
    chains = dict(session.execute(select(AuditChain.chain, AuditChain.seq)).all())
    assert {COUNTY, NEIGHBOUR, "99"} <= set(chains)
    for chain, seq in chains.items():
        wanted = select(AuditEvent.seq).where(AuditEvent.chain == chain).order_by(AuditEvent.seq)
        held = session.scalars(wanted)
        assert list(held) == list(range(1, seq + 1))
    checked, breaks = audit.verify(session())
    assert (checked, breaks) == (sum(chains.values()), [])


def _change(column: str, value: Any) -> Callable[[], None]:
    def tamper() -> None:
        db.session.execute(update(AuditEvent).where(AuditEvent.seq == 5).values({column: value}))

    return tamper


def _remove(seq: int) -> Callable[[], None]:
    def tamper() -> None:
        db.session.execute(delete(AuditEvent).where(AuditEvent.seq == seq))

    return tamper


def _remove_and_close_up() -> None:
    db.session.execute(delete(AuditEvent).where(AuditEvent.seq == 5))
    for seq in range(6, 11):
        db.session.execute(update(AuditEvent).where(AuditEvent.seq == seq).values(seq=seq - 1))


def _insert() -> None:
    row = dict(db.session.execute(select(EVENTS).where(EVENTS.c.seq == 10)).mappings().one())
    del row["id"]
    db.session.execute(insert(EVENTS), [row | {"seq": 11, "previous_hash": row["hash"], "hash": "f" * 64}])


def _swap() -> None:
    for old, new in ((5, 0), (6, 5), (0, 6)):
        db.session.execute(update(AuditEvent).where(AuditEvent.seq == old).values(seq=new))


def _cut_all() -> None:
    db.session.execute(delete(AuditEvent))


def _cut_head() -> None:
    db.session.execute(delete(AuditChain))


@pytest.mark.parametrize(
    ("tamper", "at"),
    [
        pytest.param(_change("actor_name", "别人"), 5, id="actor"),
        pytest.param(_change("tag", "web:area:create"), 5, id="tag"),
        pytest.param(_change("after", {"n": 6}), 5, id="after"),
        pytest.param(_change("before", None), 5, id="before"),
        pytest.param(_change("area_code", NEIGHBOUR), 5, id="area"),
        pytest.param(_change("address", None), 5, id="address"),
        pytest.param(_change("subject_id", 77), 5, id="subject"),
        pytest.param(_change("hash", "0" * 64), 5, id="hash"),
        pytest.param(_change("previous_hash", GENESIS), 5, id="previous"),
        pytest.param(_remove(5), 5, id="removed"),
        pytest.param(_remove(1), 1, id="first-removed"),
        pytest.param(_remove(10), 10, id="last-removed"),
        pytest.param(_remove_and_close_up, 5, id="removed-and-closed-up"),
        pytest.param(_insert, 11, id="inserted"),
        pytest.param(_swap, 5, id="swapped"),
        pytest.param(_cut_all, 1, id="all-removed"),
        pytest.param(_cut_head, 1, id="head-removed"),
    ],
)
def test_any_tampering_is_found_and_located(session: Any, tamper: Callable[[], None], at: int) -> None:
    _happen(10)
    session.flush()
    assert audit.verify(session()) == (10, [])
    tamper()
    _checked, breaks = audit.verify(session())
    assert [(found.chain, found.seq) for found in breaks] == [(COUNTY, at)]
    assert str(breaks[0].reason)


def test_events_written_during_the_check_are_no_tampering(app: Flask) -> None:
    """An office that works on while its trail is read."""
    written: list[Any] = []

    def write(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "audit_event" in statement and "SELECT" in statement and len(written) < 5:
            written.append(1)
            with Session(db.engine) as other, other.begin():
                happenings = [Happening("web:area:update", chain, "area", 1) for chain in (COUNTY, NEIGHBOUR)]
                audit.record(other, happenings[: len(written)], CLERK)

    with app.app_context():
        set_reading(False)
        _happen(3)
        db.session.commit()
        event.listen(db.engine, "before_cursor_execute", write)
        try:
            with read_only():
                _checked, breaks = audit.verify(db.session())
        finally:
            event.remove(db.engine, "before_cursor_execute", write)
        assert breaks == [] and written
        db.session.remove()


def test_every_byte_of_an_event_counts(session: Any) -> None:
    _happen(1)
    row = dict(session.execute(select(EVENTS)).mappings().one())
    whole = audit.digest("sha256", row)
    assert whole == row["hash"]
    changed = row | {"at": row["at"].replace(microsecond=(row["at"].microsecond + 1) % 1_000_000)}
    assert audit.digest("sha256", changed) != whole
    assert audit.digest("sha256", row | {"subject_label": "第0件 "}) != whole


def test_sm3_where_the_office_asks_for_it(session: Any) -> None:
    """A chain keeps the digest it began with."""
    _happen(1, NEIGHBOUR)
    audit.use_algorithm("sm3")
    try:
        _happen(2)
        _happen(1, NEIGHBOUR)
    finally:
        audit.use_algorithm("sha256")
    _happen(1)
    kept = dict(session.execute(select(AuditChain.chain, AuditChain.algorithm)).all())
    assert kept == {COUNTY: "sm3", NEIGHBOUR: "sha256"}
    assert audit.verify(session()) == (5, [])


def test_an_unknown_digest_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="crc"):
        audit.use_algorithm("crc")


def test_a_bulk_of_events_is_one_chain(session: Any) -> None:
    _happen(4500)
    assert audit.verify(session()) == (4500, [])
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == 4500


def test_the_business_write_fails_where_the_event_cannot_be_written(
    session: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is changed without a trace."""

    def full(*_arguments: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(audit, "record", full)
    session.add(Delegation(area_code=COUNTY, name="无痕代表团"))
    with pytest.raises(OSError, match="disk full"):
        session.flush()
    session.rollback()
    assert session.scalar(select(Delegation.id).where(Delegation.name == "无痕代表团")) is None


def test_an_operator_is_named_as_such(session: Any, world: World) -> None:
    with acting_as(operator("王工")):
        session.get_one(Area, COUNTY).name = "岳湖新县"
        session.flush()
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.tag, event.actor_name, event.actor_id) == ("cli:area:update", "王工", None)


def _write_from_a_process(url: str, count: int) -> None:
    engine = create_engine(url)
    prepare_engine(engine)
    for number in range(count):
        with Session(engine) as session, session.begin():
            audit.record(session, [Happening("web:area:update", COUNTY, "area", number)], CLERK)


def test_processes_writing_at_once_make_one_unbroken_chain(app: Flask) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_write_from_a_process, args=(url, 25)) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    with app.app_context():
        assert audit.verify(db.session()) == (100, [])
