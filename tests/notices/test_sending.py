"""3-11: each notice is sent once, ever: under crashes, restarts, and two workers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from app.kit import clock, jobs
from app.notices import announcing, gateways, sending
from app.notices.models import Notice, NoticeDelivery
from app.notices.operations import retry_notices, tell
from app.notices.states import Channel, DeliveryState, NoticeKind
from app.registry.models import Person
from tests.notices.sink import DROP_AFTER, DROP_BEFORE, OK, REFUSE, REFUSE_TEXT, Sink
from tests.world import LINJIANG, World

FIRST_FOUR = ("陈秋禾", "单立春", "龑小满", "欧阳谷雨")


@pytest.fixture
def people(session: Any, world: World) -> list[int]:
    """Four deputies with an address each."""
    ids = [world.persons[name] for name in FIRST_FOUR]
    for number, person_id in enumerate(ids):
        session.get_one(Person, person_id).email = f"d{number}@lvzhi.test"
    session.commit()
    return ids


def _tell(ids: list[int], key: str = "reception:1:reminder", **values: Any) -> int:
    told = {"title": "明天接待日", "body": "请于9:00到站。", "url": "/stations/receptions/1", **values}
    return tell(key=key, kind=NoticeKind.RECEPTION_REMINDER, area_code=LINJIANG, person_ids=ids, **told)


def _states(session: Any) -> list[DeliveryState]:
    session.expire_all()
    return list(session.scalars(select(NoticeDelivery.state).order_by(NoticeDelivery.id)))


def test_3_11_a_notice_told_is_in_the_app_and_in_the_post_once(
    session: Any, people: list[int], sink: Sink
) -> None:
    assert _tell(people) == 4
    session.commit()
    assert sending.send_waiting() == 4
    assert _tell([*people, people[0]], title="换个说法") == 0
    session.commit()
    assert sending.send_waiting() == 0
    assert sink.recipients() == [f"d{n}@lvzhi.test" for n in range(4)]
    assert sink.connections == 1
    message = sink.taken[0]
    assert message["Subject"] == "明天接待日"
    assert "office@lvzhi.test" in message["From"]
    assert "请于9:00到站。" in message.get_content()
    row = session.scalars(select(NoticeDelivery).limit(1)).one()
    assert (row.state, row.tries, row.error) == (DeliveryState.SENT, 1, "")
    assert row.ended_at is not None


def test_where_the_address_of_the_site_is_known_the_mail_leads_there(
    session: Any, people: list[int], sink: Sink, app: Any
) -> None:
    app.config["BASE_URL"] = "https://lvzhi.test/"
    _tell(people[:1])
    session.commit()
    sending.send_waiting()
    assert "https://lvzhi.test/stations/receptions/1" in sink.taken[0].get_content()


def test_without_a_mail_server_or_an_address_it_is_told_in_the_app_only(
    session: Any, people: list[int], sink: Sink, app: Any, world: World
) -> None:
    _tell([world.persons["曾白露"]])
    app.config["SMTP_URL"] = ""
    _tell(people)
    session.commit()
    assert sending.send_waiting() == 0
    assert len(list(session.scalars(select(Notice)))) == 5
    assert _states(session) == []
    # Switched on later, it does not send what is past.
    app.config["SMTP_URL"] = sink.url
    assert sending.send_waiting() == 0


def test_a_title_cannot_smuggle_headers_into_the_mail(session: Any, people: list[int], sink: Sink) -> None:
    _tell(people[:1], title="改期\r\nBcc: other@lvzhi.test")
    session.commit()
    sending.send_waiting()
    assert sink.taken[0]["Bcc"] is None
    assert sink.taken[0]["Subject"] == "改期 Bcc: other@lvzhi.test"


def test_a_server_that_cannot_be_reached_costs_no_attempt(
    session: Any, people: list[int], sink: Sink, app: Any
) -> None:
    app.config["SMTP_URL"] = "smtp://127.0.0.1:1"
    _tell(people)
    session.commit()
    assert sending.send_waiting() == 0
    assert _states(session) == [DeliveryState.WAITING] * 4
    row = session.scalars(select(NoticeDelivery).limit(1)).one()
    assert row.tries == 0
    assert row.error
    app.config["SMTP_URL"] = sink.url
    assert sending.send_waiting() == 4
    session.expire_all()
    assert session.scalars(select(NoticeDelivery.error)).all() == [""] * 4


@pytest.mark.parametrize(
    ("how", "state"),
    [
        (REFUSE, DeliveryState.FAILED),
        (REFUSE_TEXT, DeliveryState.FAILED),
        (DROP_BEFORE, DeliveryState.FAILED),
        (DROP_AFTER, DeliveryState.UNKNOWN),
    ],
)
def test_a_refusal_may_be_tried_again_a_broken_line_never(
    session: Any, people: list[int], sink: Sink, how: str, state: DeliveryState, world: World
) -> None:
    sink.behave = [how]
    _tell(people[:2])
    session.commit()
    assert sending.send_waiting() == 1
    assert _states(session) == [state, DeliveryState.SENT]
    if state is DeliveryState.FAILED:
        ids = list(session.scalars(select(Notice.id)))
        assert retry_notices(world.actor("township"), ids) == 1
        session.commit()
    sending.send_waiting()
    assert sink.recipients() == ["d0@lvzhi.test", "d1@lvzhi.test"]


def test_what_was_refused_is_tried_again_twice_by_itself(
    session: Any, people: list[int], sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink.behave = [REFUSE_TEXT] * 9
    now = clock.now()
    _tell(people[:1])
    session.commit()
    for minutes in (0, 5, 11, 30, 80, 5000):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: now + timedelta(minutes=minutes))
        sending.send_waiting()
    assert _states(session) == [DeliveryState.FAILED]
    assert session.scalars(select(NoticeDelivery.tries)).all() == [3]
    assert session.scalars(select(NoticeDelivery.error)).all() == ["451 come back later"]
    assert len(sink.behave) == 6


def test_what_a_dead_worker_was_sending_is_never_sent_again(
    session: Any, people: list[int], sink: Sink
) -> None:
    _tell(people[:1])
    session.commit()
    steps = sending.send_step_by_step()
    while next(steps) != "claimed":
        pass
    del steps
    assert sending.send_waiting() == 0
    assert _states(session) == [DeliveryState.SENDING]
    sending.lose_interrupted()
    assert _states(session) == [DeliveryState.UNKNOWN]
    assert sending.send_waiting() == 0
    assert sink.taken == []


def test_what_is_being_sent_for_too_long_has_lost_its_sender(
    session: Any, people: list[int], sink: Sink
) -> None:
    _tell(people[:1])
    session.commit()
    steps = sending.send_step_by_step()
    while next(steps) != "claimed":
        pass
    old = clock.now() - sending.LONGEST_ATTEMPT - timedelta(seconds=1)
    session.execute(update(NoticeDelivery).values(claimed_at=old))
    session.commit()
    sending.send_waiting()
    assert _states(session) == [DeliveryState.UNKNOWN]
    # It was only slow: in the end it says what it knows.
    assert "sent" in list(steps)
    assert _states(session) == [DeliveryState.SENT]


def test_an_announcer_that_fails_keeps_nobody_from_being_told(
    session: Any, people: list[int], sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_now: Any) -> None:
        _tell(people, key="lost")
        raise RuntimeError("broken")

    monkeypatch.setattr(announcing, "_announcers", {})
    announcing.register_announcer("broken", broken)
    announcing.register_announcer("works", lambda now: _tell(people[:1], key=f"day:{now:%Y%m%d}"))
    with pytest.raises(ValueError, match="works"):
        announcing.register_announcer("works", broken)
    announcing.announce()
    announcing.announce()
    assert len(list(session.scalars(select(Notice.id)))) == 1


@pytest.mark.sqlite_only
def test_the_worker_of_serve_does_it_by_itself(app: Any) -> None:
    queue = jobs._queue(app)
    names = {task.name for task in queue._registry.periodic_tasks}
    assert {"announce", "send_waiting", "chores"} <= names
    assert sending.lose_interrupted in jobs._chores


def test_a_round_that_fails_takes_back_what_it_began(session: Any, people: list[int]) -> None:
    def broken() -> None:
        _tell(people, key="lost")
        raise RuntimeError("broken")

    jobs.do_round(broken)
    assert list(session.scalars(select(Notice.id))) == []


# --- short messages ---------------------------------------------------------------------------------------

sent_by_gateway: list[tuple[str, str]] = []


def gateway(phone: str, text: str) -> None:
    """An office's gateway, as docs/operators.md describes it."""
    if phone.endswith("2"):
        raise gateways.NotSent("号码不存在")
    if phone.endswith("3"):
        raise TimeoutError
    sent_by_gateway.append((phone, text))


def test_the_plug_for_sms_gateways(session: Any, people: list[int], sink: Sink, app: Any) -> None:
    app.config.update(SMTP_URL="", SMS_GATEWAY="tests.notices.test_sending:gateway")
    from tests.notices import test_sending as loaded

    loaded.sent_by_gateway.clear()
    _tell(people[:3])
    session.commit()
    assert sending.send_waiting() == 1
    assert loaded.sent_by_gateway == [("13900000001", "明天接待日\n请于9:00到站。")]
    assert _states(session) == [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN]
    assert set(session.scalars(select(NoticeDelivery.channel))) == {Channel.SMS}


def test_a_plug_that_cannot_be_loaded_leaves_everything_waiting(
    session: Any, people: list[int], sink: Sink, app: Any
) -> None:
    app.config.update(SMTP_URL="", SMS_GATEWAY="no.such.module:send")
    _tell(people[:1])
    session.commit()
    assert sending.send_waiting() == 0
    assert _states(session) == [DeliveryState.WAITING]
    assert "no.such.module:send" in session.scalars(select(NoticeDelivery.error)).one()


# --- the property -----------------------------------------------------------------------------------------

STEPS = st.lists(st.sampled_from(["tell", "a", "b", "crash a", "crash b", "later"]), min_size=1, max_size=30)
BEHAVIOUR = st.lists(st.sampled_from([OK, OK, OK, REFUSE, REFUSE_TEXT, DROP_BEFORE, DROP_AFTER]), max_size=6)


class Workers:
    """Two workers that stop between any two transactions, on a clock of their own."""

    def __init__(self, people: list[int], session: Any) -> None:
        self.people = people
        self.session = session
        self.running: dict[str, Iterator[str]] = {}

    def do(self, word: str) -> None:
        name = word[-1]
        if word == "tell":
            for half in (self.people[:2], self.people[1:]):
                _tell(half)
            self.session.commit()
        elif word == "later":
            past = clock.now() - timedelta(hours=2)
            self.session.execute(update(NoticeDelivery).values(ended_at=past, claimed_at=past))
            self.session.commit()
        elif word.startswith("crash"):
            # A killed process writes nothing more; what it had not committed is gone. Then it starts again.
            self.session.rollback()
            self.running.pop(name, None)
            sending.lose_interrupted()
        else:
            steps = self.running.setdefault(name, sending.send_step_by_step())
            if next(steps, None) is None:
                self.running.pop(name)

    def finish(self) -> None:
        for steps in self.running.values():
            for _step in steps:
                pass
        for _round in range(4):
            sending.send_waiting()
            self.do("later")


@pytest.mark.sqlite_only
@settings(
    max_examples=60,
)
@given(words=STEPS, behaviour=BEHAVIOUR)
def test_3_11_every_mail_at_most_once_under_any_interleaving_and_once_without_crashes(
    session: Any, people: list[int], sink: Sink, words: list[str], behaviour: list[str]
) -> None:
    for table in (NoticeDelivery, Notice):
        session.execute(delete(table))
    session.commit()
    sink.taken.clear()
    sink.behave = list(behaviour)
    workers = Workers(people, session)
    with contextlib.suppress(StopIteration):
        for word in words:
            workers.do(word)
    workers.finish()
    got = sink.recipients()
    assert len(got) == len(set(got)), got
    told = [f"d{n}@lvzhi.test" for n in range(4)] if "tell" in words else []
    # Three refusals of one message and it waits for a person; a broken line is never tried again.
    clean = not any(word.startswith("crash") for word in words) and set(behaviour) <= {OK}
    if clean:
        assert got == told
    states = _states(session)
    assert states.count(DeliveryState.SENT) <= len(got)
    lost = [state for state in states if state is not DeliveryState.SENT]
    assert set(lost) <= {DeliveryState.UNKNOWN, DeliveryState.FAILED}
