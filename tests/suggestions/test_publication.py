"""Making process and result public (0-12): every ended one, nothing the proposer or a secret forbids."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html
from sqlalchemy import select

from app.extensions import db
from app.kit.database import set_reading
from app.kit.errors import DomainError
from app.public.pace import Pace
from app.registry.models import Person
from app.suggestions import operations as register
from app.suggestions.models import Cosigner, Publication, Suggestion, SuggestionReply, SuggestionStep
from app.suggestions.operations import publication as operations
from app.suggestions.publication_rules import PublicationStanding, public_state, without_numbers
from app.suggestions.queries.public import Asked, find_public, list_public
from app.suggestions.queries.publication import count_standings
from app.suggestions.states import (
    NOT_COUNTED,
    CosignState,
    HandlingState,
    Occasion,
    PublicChoice,
    PublishedPart,
    ReplyClass,
    ReplyState,
    Step,
    SuggestionSource,
    SuggestionState,
)
from tests.suggestions.building import build
from tests.world import UNITS

S, P = SuggestionState, PublishedPart
EVERYTHING = {P.TEXT: "灌渠年久失修。", P.PROCESS: "", P.RESULT: "已经修好。"}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("请致电13900000001或+86 139-0000-0001联系", "请致电***或***联系"),
        ("座机0730-5551234转，身份证430623199001011234。", "座机***转，身份证***。"),
        ("账号6222021234567890123，邮箱a.b@example.com", "账号***，邮箱***"),
        ("2024年投入1200000元，修渠3公里，惠及12345人", "2024年投入1200000元，修渠3公里，惠及12345人"),
    ],
)
def test_numbers_that_point_to_people_are_taken_out(said, shown):
    """0-12: redaction."""
    assert without_numbers(said) == shown


def test_every_counted_state_has_a_public_word():
    assert {public_state(state) for state in S if state not in NOT_COUNTED}


def _shown(suggestion_id: int):
    return find_public(suggestion_id)


@pytest.mark.parametrize(
    ("columns", "refusal"),
    [
        ({"confidential": True}, "不宜公开"),
        ({"public_choice": PublicChoice.NONE}, "不同意公开"),
    ],
)
def test_what_is_kept_back_is_never_public(world, session, columns, refusal):
    """0-12: confidentiality, and the proposer's wish; also where it was public before."""
    actor = world.actor("county")
    kept = build(world, S.CONCLUDED, **columns)
    with pytest.raises(DomainError, match=refusal):
        operations.publish(actor, kept, EVERYTHING)
    assert operations.publish_many(actor, [kept]) == (0, 1)
    db.session.add(Publication(suggestion=kept, part=P.RESULT, on=kept.raised_on, redacted="漏出"))
    db.session.flush()
    assert _shown(kept.id) is None and list_public(Asked()).lines == []
    assert count_standings(actor)[PublicationStanding.KEPT] == 1


def test_the_title_alone_where_no_more_was_agreed_to(world, session):
    """0-12, systems.md 3.1: full text or title only."""
    actor = world.actor("county")
    made = build(world, S.CONCLUDED, public_choice=PublicChoice.TITLE)
    operations.publish(actor, made, EVERYTHING)
    found = _shown(made.id)
    assert (found.text, found.result.text, found.result.reply_class) == ("", "", ReplyClass.A)
    operations.set_openness(
        actor, made, public_choice=PublicChoice.FULL, confidential=False, version=made.version
    )
    operations.publish(actor, made, EVERYTHING)
    assert _shown(made.id).text == "灌渠年久失修。"
    operations.set_openness(actor, made, public_choice=PublicChoice.TITLE, confidential=False)
    assert (_shown(made.id).text, _shown(made.id).result.text) == ("", "")
    with pytest.raises(DomainError, match="理由"):
        operations.set_openness(actor, made, public_choice=PublicChoice.TITLE, confidential=True)
    operations.set_openness(
        actor, made, public_choice=PublicChoice.TITLE, confidential=True, note="涉及商业秘密"
    )
    assert _shown(made.id) is None
    # Allowed again, it does not come back by itself.
    operations.set_openness(actor, made, public_choice=PublicChoice.FULL, confidential=False)
    assert _shown(made.id) is None


def test_only_published_parts_and_the_record_of_them(world, session):
    """0-12: the record with date, medium and link; taken down it stays on record."""
    actor = world.actor("county")
    made = build(world, S.CONCLUDED)
    (process,) = operations.publish(actor, made, {P.PROCESS: ""})
    found = _shown(made.id)
    assert (found.text, found.result) == ("", None)
    assert [word for _day, word in found.process] == [
        "代表提出",
        "审查立案",
        "交办",
        "答复",
        "代表反馈",
        "办结",
    ]
    assert found.line.state is not None and found.line.units == (UNITS[0],)
    assert count_standings(actor)[PublicationStanding.WAITING] == 1
    operations.publish(actor, made, {P.RESULT: ""}, medium="县融媒体中心", link="https://example.com/1")
    assert count_standings(actor)[PublicationStanding.PUBLISHED] == 1
    assert _shown(made.id).result is None  # elsewhere is not here
    operations.take_down(actor, process)
    assert _shown(made.id) is None and process.ended_on is not None
    steps = session.scalars(select(SuggestionStep.note).where(SuggestionStep.step == Step.PUBLISH)).all()
    assert steps == ["办理过程", "办理结果（县融媒体中心）", "撤下：办理过程"]
    with pytest.raises(DomainError, match="立案"):
        operations.publish(actor, build(world, S.SUBMITTED), EVERYTHING)


def test_a_row_of_the_paper_register_stays_one(world, session):
    """Its columns go on saying where it stands: publishing it begins no life in the system."""
    actor = world.actor("county")
    made = register.create_suggestion(
        actor, lead_mandate_id=world.mandates["C001"], cosigner_ids=[], raised_on=build(world, S.DRAFT).raised_on,
        title="纸质登记的建议", occasion=Occasion.BETWEEN_SESSIONS, source=SuggestionSource.OTHER,
    )  # fmt: skip
    operations.publish(actor, made, {P.PROCESS: ""})
    steps = select(SuggestionStep.id).where(SuggestionStep.suggestion_id == made.id)
    assert session.scalars(steps).all() == []
    assert [word for _day, word in _shown(made.id).process] == ["代表提出"]


# --- pages ------------------------------------------------------------------------------------------------


@pytest.fixture
def ended(world, app):
    """An ended suggestion with a letter that holds a telephone number, and a co-signer."""
    with app.app_context():
        set_reading(False)
        made = build(world, S.CONCLUDED, title="关于整修灌渠的建议", body="村民请拨13511112222。")
        part = made.units[0]
        db.session.add(
            SuggestionReply(
                suggestion=made,
                suggestion_unit=part,
                unit_id=part.unit_id,
                state=ReplyState.SIGNED,
                reply_class=ReplyClass.A,
                body="已经修好，联系人0730-5551234。",
                handler="钱经办",
            )
        )
        build(world, S.DRAFT, title="没有立案的建议")
        build(world, S.CONCLUDED, title="还没有公开的建议")
        number = made.id
        db.session.commit()
        db.session.remove()
    return number


def _form(page: str) -> dict[str, str]:
    fields = html.fromstring(page).forms
    form = next(one for one in fields if "text" in one.fields)
    return {"text": form.fields["text"], "result": form.fields["result"]}


def test_from_the_list_of_the_unpublished_to_the_public_page(client, sign_in, ended, world, app):
    """0-12: the office sees who waits, reads the masked texts, publishes; everybody finds it."""
    staff = sign_in("county")
    waiting = staff.get("/suggestions/publication?standing=waiting").get_data(as_text=True)
    assert "关于整修灌渠的建议" in waiting and "没有立案的建议" not in waiting
    offered = _form(staff.get(f"/suggestions/{ended}/publish").get_data(as_text=True))
    assert "13511112222" not in str(offered) and "0730" not in str(offered) and "***" in offered["result"]
    sent = {**offered, "parts": [part.value for part in PublishedPart]}
    unread = staff.post(f"/suggestions/{ended}/publish", data=sent)
    assert unread.status_code == 422 and "先通读" in unread.get_data(as_text=True)
    assert staff.post(f"/suggestions/{ended}/publish", data={**sent, "read": "y"}).status_code == 303
    answer = client.get(f"/public/suggestions/{ended}")
    page = answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store" and 'content="noindex"' in page
    for seen in ("关于整修灌渠的建议", "陈秋禾", UNITS[0], "已经修好", "满意", "A 类"):
        assert seen in page, seen
    for hidden in ("1351111", "5551234", "钱经办", "1390000", "C001", "tests"):
        assert hidden not in page, hidden
    with app.app_context():
        phone = db.session.get_one(Person, world.persons["陈秋禾"]).phone
    assert phone not in page
    panel = staff.get(f"/suggestions/{ended}").get_data(as_text=True)
    assert f"/public/suggestions/{ended}" in panel and "已公开" in panel


SEARCHES = {
    "": True, "q=灌渠": True, "q=已经修好": True, "q=没有这个词": False, "year=1999": False, "q=%25": False,
    f"unit={UNITS[0]}": True, f"unit={UNITS[1]}": False, "state=ended": True, "state=handling": False,
    "area=999001": True, "area=999002": False, "after=1999-01-01.5": False, "after=x&year=x&state=x&area=x": True,
}  # fmt: skip


def test_the_public_list_is_searched(client, ended, world, app):
    """0-12: by words, unit, year and state; what is not public is in no list and on no page."""
    with app.app_context():
        set_reading(False)
        made = db.session.get_one(Suggestion, ended)
        operations.publish(world.actor("county"), made, EVERYTHING)
        hidden = db.session.scalar(select(Suggestion.id).where(Suggestion.title == "还没有公开的建议"))
        db.session.commit()
        db.session.remove()
    for query, found in SEARCHES.items():
        answer = client.get(f"/public/suggestions?{query}")
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200, query
        assert ("关于整修灌渠的建议" in page) is found, query
        assert "还没有公开的建议" not in page, query
    assert client.get(f"/public/suggestions/{hidden}").status_code == 404


def test_pages_of_the_public_list_follow_each_other(world, session):
    actor = world.actor("county")
    made = [build(world, S.CONCLUDED, title=f"第{n}件") for n in range(23)]
    assert operations.publish_many(actor, made) == (23, 0)
    assert operations.publish_many(actor, made) == (0, 0)
    first = list_public(Asked())
    rest = list_public(Asked(), (first.lines[-1].raised_on, first.lines[-1].id))
    assert (len(first.lines), first.more, first.total, first.beyond) == (20, True, 23, False)
    assert (len(rest.lines), rest.more, rest.total) == (3, False, None)
    assert {line.id for line in [*first.lines, *rest.lines]} == {row.id for row in made}


def test_several_at_once_without_their_texts(sign_in, ended, app):
    """0-12: the quick way shows title, process and figures; texts somebody must read first."""
    staff = sign_in("county")
    answer = staff.post("/suggestions/publication/batch", data={"all": "1", "standing": "waiting"})
    assert answer.status_code == 303
    with app.app_context():
        rows = db.session.scalars(select(Publication)).all()
        assert len(rows) == 6 and not any(row.redacted for row in rows)
        assert _shown(ended).result.text == ""
    assert staff.post("/suggestions/publication/batch", data={}).status_code == 422


@pytest.mark.sqlite_only
def test_offices_publish_their_own(sign_in, ended):
    browser = sign_in("other_township")
    for address in ("publish", "publication/new", "openness"):
        assert browser.get(f"/suggestions/{ended}/{address}").status_code == 404
    assert browser.post("/suggestions/publication/batch", data={"ids": [ended]}).status_code == 422


def test_declined_cosigners_are_not_counted(world, session):
    made = build(world, S.CONCLUDED)
    for card, state in (("C002", CosignState.CONFIRMED), ("C003", CosignState.DECLINED)):
        made.cosigners.append(Cosigner(mandate_id=world.mandates[card], state=state))
    operations.publish(world.actor("county"), made, {P.PROCESS: ""})
    assert _shown(made.id).line.cosigners == 1


def test_the_public_list_tells_nothing_that_is_not_published(world, session):
    """0-12: neither who handles it, where the process is not public, nor a number taken out of the title."""
    made = build(world, S.CONCLUDED, title="请拨13511112222咨询2024年修渠")
    operations.publish(world.actor("county"), made, {P.TEXT: ""})
    asked = ("2024年", "1351", "2222咨询", "修渠")
    found = {words: bool(list_public(Asked(words=words)).lines) for words in asked}
    assert found == {"2024年": True, "1351": False, "2222咨询": False, "修渠": True}
    assert list_public(Asked(unit=UNITS[0])).lines == []
    operations.publish(world.actor("county"), made, {P.PROCESS: ""})
    assert len(list_public(Asked(unit=UNITS[0])).lines) == 1
    made.units[0].state = HandlingState.RETURNED
    session.flush()
    assert list_public(Asked(unit=UNITS[0])).lines == []


def test_what_is_marked_secret_in_the_register_is_taken_down(world, session):
    """0-12: unmarked again, the texts do not come back unread."""
    actor = world.actor("county")
    made = build(world, S.CONCLUDED)
    operations.publish(actor, made, EVERYTHING)
    values: dict[str, Any] = {
        "lead_mandate_id": made.lead_mandate_id,
        "cosigner_ids": [],
        "raised_on": made.raised_on,
        "number": made.number,
    }
    for secret in (True, False):
        register.correct_suggestion(actor, made, version=made.version, confidential=secret, **values)
        assert _shown(made.id) is None


def test_after_several_at_once_the_texts_are_offered_to_be_read(sign_in, ended):
    """0-12: the quick way shows none; the form goes on from there."""
    staff = sign_in("county")
    staff.post("/suggestions/publication/batch", data={"all": "1", "standing": "waiting"})
    offered = _form(staff.get(f"/suggestions/{ended}/publish").get_data(as_text=True))
    assert "***" in offered["result"] and "村民" in offered["text"]


@pytest.mark.sqlite_only
def test_searching_in_public_has_a_limit_for_each_address(client, world, monkeypatch):
    monkeypatch.setattr("app.public.suggestions._searches", Pace(most=2))
    answers = [client.get(f"/public/suggestions?q={word}").status_code for word in ("灌", "灌渠", "路灯")]
    assert answers == [200, 200, 429]
    assert client.get("/public/suggestions").status_code == 200
    pace = Pace(most=1, within=60)
    asked = [("2001:db8::1", 0), ("2001:db8::2", 1), ("192.0.2.1", 2), ("2001:db8::1", 60)]
    assert [pace.allows(address, at) for address, at in asked] == [True, False, True, True]
