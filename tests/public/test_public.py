"""The public pages of a station: whoever scans the code, and whoever tries something else."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.extensions import db
from app.kit import clock
from app.kit.attachments import Attachment
from app.kit.audit import AuditEvent
from app.public import operations, rules
from app.registry.models import Person
from app.stations.models import Opinion, PublicUse, Station
from app.stations.operations import day
from app.stations.operations.openness import agree_to_show, close_public_page, open_public_page
from app.stations.states import (
    CitizenWord,
    OpinionChannel,
    OpinionOutcome,
    OpinionState,
    PublicDetail,
    ReceptionState,
)

NAME = "临江镇人大代表联络站"
KEY = "public-0123456789abcdef"
SAID = {
    "content": "桥头的路灯坏了半个月",
    "draft_key": KEY,
    "citizen_name": "赵群众",
    "citizen_phone": "13511112222",
}


@pytest.fixture
def code(world, app):
    """The station's public page, with a coming reception, a draft and an official's day."""
    with app.app_context():
        staff = world.actor("township")
        station = db.session.get_one(Station, world.stations[NAME])
        station.address = "临江镇人民路1号"
        made = open_public_page(staff, station)
        days = (("公开的主题", 3), ("草案的主题", 4))
        for topic, ahead in days:
            reception = day.plan_reception(
                staff, station_id=station.id, held_on=clock.today() + timedelta(days=ahead), topic=topic,
                mandate_ids=[world.mandates["C001"]],
            )  # fmt: skip
        reception.state = ReceptionState.DRAFT
        db.session.commit()
        return made


def _one(app):
    with app.app_context():
        return db.session.scalars(select(Opinion)).one()


def _follow_code(page: str) -> str:
    return page.split('receipt-code">')[1].split("<")[0]


def _photo(colour: str = "red") -> tuple[io.BytesIO, str]:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(stream, "JPEG")
    stream.seek(0)
    return stream, "photo.jpg"


# --- the page -----------------------------------------------------------------------------------------


def test_a_station_s_page_shows_what_is_public_and_nothing_else(client, code, world, app):
    answer = client.get(f"/s/{code}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    for seen in (NAME, "临江镇人民路1号", "陈秋禾", "龑小满", "公开的主题"):
        assert seen in page, seen
    for hidden in ("草案的主题", "1390000", "C001", "汉族", "1976"):
        assert hidden not in page, hidden


def test_details_of_a_deputy_only_as_agreed(client, sign_in, code, world, app):
    """2-31, forms.md 4.5: only what the deputy agreed to."""
    with app.app_context():
        person = db.session.get_one(Person, world.persons["龑小满"])
        assert agree_to_show(
            world.actor("other_deputy"), person, [PublicDetail.PHONE], version=person.version
        ).shown_publicly == ["phone"]
        db.session.commit()
    page = client.get(f"/s/{code}").get_data(as_text=True)
    assert "13900000003" in page and "13900000001" not in page
    own = sign_in("other_deputy")
    address = f"/deputies/person/{world.persons['龑小满']}/shown"
    assert "checked" in own.get(address).get_data(as_text=True)
    assert own.post(address, data={"version": ""}).status_code == 303
    assert "13900000003" not in client.get(f"/s/{code}").get_data(as_text=True)
    assert own.get(f"/deputies/person/{world.persons['单立春']}/shown").status_code == 404


@pytest.mark.parametrize("wrong", ["nothing", "x" * 300, "%00", "..", "1", "<script>", "开放"])
def test_codes_nobody_has_are_not_found(client, code, wrong):
    for address in (f"/s/{wrong}", f"/s/{wrong}/opinion"):
        assert client.get(address).status_code in {400, 404}, address
        assert client.post(address, data=SAID).status_code in {400, 404, 405}, address


def test_a_closed_page_is_gone(client, code, world, app):
    with app.app_context():
        close_public_page(world.actor("county"), db.session.get_one(Station, world.stations[NAME]))
        db.session.commit()
    assert client.get(f"/s/{code}").status_code == 404
    with app.app_context():
        station = db.session.get_one(Station, world.stations[NAME])
        again = open_public_page(world.actor("county"), station)
        station.closed_on = clock.today()
        db.session.commit()
    assert again != code and client.get(f"/s/{again}").status_code == 404


# --- handing in ---------------------------------------------------------------------------------------


def test_2_25_a_visitor_hands_in_an_opinion_and_follows_it(client, sign_in, code, app):
    form = client.get(f"/s/{code}/opinion").get_data(as_text=True)
    assert "draft_key" in form and "homepage" in form
    answer = client.post(f"/s/{code}/opinion", data=SAID)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "已收到" in page
    made = _one(app)
    assert (made.channel, made.state) == (OpinionChannel.ONLINE, OpinionState.RECEIVED)
    assert (made.citizen_name, made.anonymous) == ("赵群众", False)
    staff = sign_in("township").get("/opinions?channel=online").get_data(as_text=True)
    assert made.number in staff and "赵群众" not in staff
    followed = client.post("/s/follow", data={"code": _follow_code(page)}).get_data(as_text=True)
    assert made.number in followed and "已收集" in followed
    for hidden in ("赵群众", "13511112222", SAID["content"]):
        assert hidden not in followed, hidden


def test_the_same_form_sent_twice_is_one_opinion_with_one_code(client, code, app):
    codes = {
        _follow_code(client.post(f"/s/{code}/opinion", data=SAID).get_data(as_text=True)) for _n in range(3)
    }
    assert len(codes) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count(PublicUse.id))) == 1
    assert _one(app).content == SAID["content"]


def test_without_name_and_phone_it_is_anonymous(client, code, app):
    client.post(f"/s/{code}/opinion", data={"content": "路不平", "draft_key": KEY})
    assert _one(app).anonymous


def test_photographs_are_drawn_anew_and_nothing_else_is_taken(client, code, app):
    sent = {**SAID, "photos": [_photo(), _photo("blue")]}
    assert client.post(f"/s/{code}/opinion", data=sent).status_code == 200
    with app.app_context():
        assert db.session.scalar(select(func.count(Attachment.id))) == 2
    for name, data in (("a.pdf", b"%PDF-1.4"), ("a.jpg", b"no picture"), ("a.jpg", b"")):
        sent = {**SAID, "draft_key": KEY + name[:1] + "x", "photos": [(io.BytesIO(data), name)]}
        refused = client.post(f"/s/{code}/opinion", data=sent)
        assert refused.status_code == 422 and SAID["content"] in refused.get_data(as_text=True)
    many = {**SAID, "draft_key": KEY + "many", "photos": [_photo() for _n in range(4)]}
    assert client.post(f"/s/{code}/opinion", data=many).status_code == 422
    assert _one(app)


def test_sizes_are_limited(client, code, app):
    long = client.post(f"/s/{code}/opinion", data={**SAID, "content": "长" * 2001})
    assert long.status_code == 422
    body = io.BytesIO(b"0" * (rules.BODY_BYTES + 1))
    huge = client.post(f"/s/{code}/opinion", data={**SAID, "photos": [(body, "a.jpg")]})
    assert huge.status_code == 413
    with app.app_context():
        assert db.session.scalar(select(func.count(Opinion.id))) == 0


def test_the_honeypot_catches_whoever_fills_it(client, code, app):
    answer = client.post(f"/s/{code}/opinion", data={**SAID, "homepage": "http://spam.example"})
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.scalar(select(func.count(Opinion.id))) == 0


def test_one_address_hands_in_six_an_hour(client, code, app):
    answers = [
        client.post(f"/s/{code}/opinion", data={**SAID, "draft_key": f"{KEY}-{n}"}).status_code
        for n in range(8)
    ]
    assert answers == [200] * 6 + [429] * 2
    other = {"REMOTE_ADDR": "10.9.8.7"}
    sent = {**SAID, "draft_key": f"{KEY}-other"}
    assert client.post(f"/s/{code}/opinion", data=sent, environ_overrides=other).status_code == 200


def test_one_station_takes_a_hundred_a_day(client, code, world, app):
    with app.app_context():
        db.session.add_all(
            PublicUse(station_id=world.stations[NAME], address=f"{n}", kind=rules.OPINION) for n in range(100)
        )
        db.session.commit()
    refused = client.post(f"/s/{code}/opinion", data=SAID)
    assert refused.status_code == 429 and SAID["content"] in refused.get_data(as_text=True)


def test_addresses_are_kept_as_digests_for_two_days(client, code, world, app):
    there = {"REMOTE_ADDR": "203.0.113.77"}
    client.post(f"/s/{code}/opinion", data=SAID, environ_overrides=there)
    with app.app_context():
        use = db.session.scalars(select(PublicUse)).one()
        assert use.address == rules.digest_of_address("203.0.113.77", app.config["SECRET_KEY"])
        for event in db.session.scalars(select(AuditEvent)):
            told = f"{event.actor_name} {event.before} {event.after} {getattr(event, 'address', '')}"
            assert "203.0.113.77" not in told and "赵群众" not in told and "13511112222" not in told
        use.at = clock.now() - timedelta(days=2, minutes=1)
        db.session.commit()
        operations.forget_uses()
        db.session.commit()
        assert db.session.scalar(select(func.count(PublicUse.id))) == 0


# --- following ----------------------------------------------------------------------------------------


def test_codes_are_not_to_be_guessed(client, code):
    statuses = [client.post("/s/follow", data={"code": f"{n:012d}"}).status_code for n in range(21)]
    assert statuses == [422] * 20 + [429]


@pytest.mark.parametrize("typed", ["", "abc", "１２３", "\u202e", "9" * 5000, "'; DROP TABLE opinion; --"])
def test_garbage_for_a_code_is_answered_kindly(client, code, typed):
    assert client.post("/s/follow", data={"code": typed}).status_code == 422


def test_the_person_is_told_the_end_and_says_a_word_once(client, code, app):
    page = client.post(f"/s/{code}/opinion", data=SAID).get_data(as_text=True)
    follow = _follow_code(page)
    assert client.post("/s/rate", data={"code": follow, "word": "satisfied"}).status_code == 422
    with app.app_context():
        made = db.session.scalars(select(Opinion)).one()
        made.state, made.ended_as = OpinionState.TOLD, OpinionOutcome.SOLVED
        made.outcome, made.closed_on, made.told_on = "路灯已修好", clock.today(), clock.today()
        db.session.commit()
    told = client.post("/s/follow", data={"code": follow.replace(" ", "")}).get_data(as_text=True)
    assert "路灯已修好" in told and "您对办理结果满意吗" in told
    thanks = client.post("/s/rate", data={"code": follow, "word": "satisfied"}).get_data(as_text=True)
    assert "您对办理结果满意吗" not in thanks
    assert _one(app).citizen_word is CitizenWord.SATISFIED
    for word in ("great", ""):
        assert client.post("/s/rate", data={"code": follow, "word": word}).status_code == 422
    again = client.post("/s/rate", data={"code": follow, "word": "dissatisfied"})
    assert again.status_code == 422 and "已经评价过" in again.get_data(as_text=True)
    assert _one(app).citizen_word is CitizenWord.SATISFIED


def test_codes_are_not_to_be_guessed_by_rating_either(client, code):
    """A try that is refused counts all the same, whatever page it is made on."""
    sent = [{"code": f"{n:012d}", "word": "satisfied"} for n in range(21)]
    assert [client.post("/s/rate", data=data).status_code for data in sent] == [422] * 20 + [429]
    assert client.post("/s/follow", data={"code": "1"}).status_code == 429


def test_refused_hand_ins_count_too(client, code, app):
    """Pictures sent over and over to be refused are not read for ever, and nothing of them is kept."""

    def send(n):
        files = [(io.BytesIO(b"MZ this is no picture"), "a.jpg")]
        data = {**SAID, "draft_key": f"{KEY}-{n}", "photos": files}
        return client.post(f"/s/{code}/opinion", data=data, content_type="multipart/form-data").status_code

    assert [send(n) for n in range(21)] == [422] * 20 + [429]
    with app.app_context():
        assert db.session.scalar(select(func.count(Opinion.id))) == 0
        kept = db.session.scalars(select(PublicUse.kind).distinct()).all()
        assert kept == [rules.REFUSED]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:1:2:3", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("", "unknown", False),
    ],
)
def test_an_ipv6_network_counts_as_one_address(one, other, same):
    assert (rules.counted_as(one) == rules.counted_as(other)) is same


def test_no_login_is_needed_and_reading_sets_down_nothing(client, code, queries):
    for address in (f"/s/{code}", f"/s/{code}/opinion", "/s/follow"):
        queries.clear()
        assert client.get(address).status_code == 200
        assert not [sent for sent in queries if sent.startswith(("INSERT", "UPDATE", "DELETE"))]
