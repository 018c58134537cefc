"""Drafting, co-signing, handing in, taking back (4-18, 3-34, 3-36; law.md 1.5)."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.extensions import db
from app.kit import attachments, clock
from app.kit.database import set_reading
from app.kit.errors import Conflict, DomainError, NotFound
from app.ledger.models import DutyRecord
from app.notices.models import Notice
from app.registry.models import HandlingUnit, Mandate
from app.registry.states import EndReason
from app.stations.models import Opinion
from app.stations.operations import create_opinion
from app.stations.states import OpinionState
from app.suggestions.drafting_rules import check_draft, find_inadmissible, missing
from app.suggestions.life import take_step, write_down
from app.suggestions.models import Cosigner, Suggestion, SuggestionClock, SuggestionStep
from app.suggestions.operations.assignment import pre_assign
from app.suggestions.operations.conclusion import conclude
from app.suggestions.operations.cosigning import cosign
from app.suggestions.operations.drafting import (
    discard_draft,
    save_draft,
    submit_suggestion,
    withdraw_suggestion,
)
from app.suggestions.operations.telling import tell_lead, tell_proposers
from app.suggestions.queries.assignment import count_without_contact
from app.suggestions.queries.drafting import (
    get_cosigned,
    list_drafts,
    list_invitations,
    list_joinable,
    return_reasons,
)
from app.suggestions.states import (
    CosignState,
    HandlingState,
    Inadmissible,
    Occasion,
    PublicChoice,
    Step,
    SuggestionSource,
    SuggestionState,
)
from tests.suggestions.building import build
from tests.world import LINJIANG, UNITS

S = SuggestionState
TITLE = "关于解决东风路积水问题的建议"
BODY = "今年6月以来东风路三次积水，最深处没过膝盖，周边两百多户居民和一所小学的学生出行困难。"
PROPOSALS = "请县城管局今年汛期前疏通东风路排水管网，并在低洼处增设两处泵站。"
KEY = "draft-on-a-phone-000001"
DRAFT: dict[str, Any] = {
    "title": TITLE,
    "body": BODY,
    "proposals": PROPOSALS,
    "occasion": Occasion.BETWEEN_SESSIONS,
    "source": SuggestionSource.RECEPTION,
    "public_choice": PublicChoice.TITLE,
}


def _draft(world, login="deputy", **changes) -> Suggestion:
    mandate = world.mandates["C001"] if login == "deputy" else None
    return save_draft(world.actor(login), **{"mandate_id": mandate, **DRAFT, **changes}).suggestion


def _told(person_id: int) -> list[str]:
    return list(db.session.scalars(select(Notice.title).where(Notice.person_id == person_id)))


def _ledger() -> int:
    return db.session.scalar(select(func.count()).select_from(DutyRecord)) or 0


# --- rules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "body", "proposals", "lacking"),
    [
        (TITLE, BODY, PROPOSALS, []),
        ("积水", BODY, PROPOSALS, ["title"]),
        (TITLE, "积水严重。", PROPOSALS, ["body"]),
        (TITLE, BODY, "请解决", ["proposals"]),
        ("", "", "", ["title", "body", "proposals"]),
        (TITLE, " \n" * 40, PROPOSALS, ["body"]),
    ],
)
def test_a_draft_has_facts_and_a_proposal(title, body, proposals, lacking):
    """4-18, 代表法 art. 24: concrete, with the actual situation; what is missing is named."""
    assert [each.field for each in missing(title, body, proposals)] == lacking


def test_hints_do_not_keep_a_draft_back():
    """4-18: one matter, facts with figures, a proposal that can be carried out are hints only."""
    good = {each.words: each.good for each in check_draft(TITLE, BODY * 3, PROPOSALS)}
    assert all(good.values())
    vague = check_draft(
        "关于修路以及建学校的建议", "群众反映强烈，希望尽快得到重视和处理，" * 2, "希望有关方面予以关注为盼"
    )
    assert [each.good for each in vague] == [True, True, True, False, False, False]
    assert not any(each.needed for each in vague[3:])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请解决我儿子的工作", Inadmissible.PERSONAL),
        ("该案一审判决不公，请改判", Inadmissible.JUDICIAL),
        ("现代转群众来信一封", Inadmissible.FORWARDED),
        ("推广本产品", Inadmissible.PROMOTION),
        ("举报某局长受贿", Inadmissible.ACCUSATION),
        ("请干预该项目评标，取消中标资格", Inadmissible.TENDER),
        ("请国务院应当修改个人所得税法", Inadmissible.BEYOND_POWERS),
    ],
)
def test_inadmissible_kinds_are_hinted_at(text, kind):
    assert find_inadmissible(text)[0].kind is kind
    assert find_inadmissible(TITLE, BODY, PROPOSALS) == []


# --- drafts -----------------------------------------------------------------------------------------------


def test_one_draft_of_a_phone_is_one_suggestion(session, world):
    first = _draft(world, draft_key=KEY, title="关于东风路")
    again = _draft(world, draft_key=KEY)
    assert (again.id, again.title, again.state) == (first.id, TITLE, S.DRAFT)
    submit_suggestion(world.actor("deputy"), first.id)
    late = save_draft(
        world.actor("deputy"),
        draft_key=KEY,
        mandate_id=world.mandates["C001"],
        **{**DRAFT, "title": "迟到的"},
    )
    assert late.again and late.suggestion.title == TITLE
    with pytest.raises(Conflict):
        _draft(world, "other_deputy", draft_key=KEY)
    with pytest.raises(DomainError):
        _draft(world, draft_key="'; --")
    assert session.scalar(select(func.count()).select_from(Suggestion)) == 1


def test_a_stale_form_does_not_overwrite(session, world):
    draft = _draft(world)
    old = draft.version
    save_draft(world.actor("deputy"), draft.id, version=old, **{**DRAFT, "title": TITLE + "二"})
    with pytest.raises(Conflict):
        save_draft(world.actor("deputy"), draft.id, version=old, **DRAFT)


def test_handing_in_and_being_given_back(session, world):
    """4-18: handed in complete, numbered by nobody yet, no fact of duty; the office's reason is on the draft."""
    deputy = world.actor("deputy")
    short = _draft(world, body="积水。")
    with pytest.raises(DomainError, match="还不能提交"):
        submit_suggestion(deputy, short.id)
    draft = _draft(world)
    handed = submit_suggestion(deputy, draft.id, version=draft.version)
    assert (handed.state, handed.number, handed.submitted_on) == (S.SUBMITTED, None, clock.today())
    assert handed.area_code == LINJIANG and _ledger() == 0
    with pytest.raises(DomainError):
        submit_suggestion(deputy, draft.id)
    with pytest.raises(NotFound):
        save_draft(deputy, draft.id, **DRAFT)
    take_step(world.actor("county"), handed, Step.RETURN, note="请补充受影响户数")
    session.flush()
    assert return_reasons([draft.id]) == {draft.id: "请补充受影响户数"}
    assert draft in list_drafts(deputy)
    with pytest.raises(DomainError, match="不能删除"):
        discard_draft(deputy, draft.id)
    discard_draft(deputy, short.id)
    assert session.get(Suggestion, short.id) is None


def test_drafts_are_nobody_elses_business(session, world):
    draft = _draft(world)
    for login in ("other_deputy", "county", "leader"):
        with pytest.raises((NotFound, DomainError)):
            save_draft(world.actor(login), draft.id, **DRAFT)
        with pytest.raises(NotFound):
            submit_suggestion(world.actor(login), draft.id)
        with pytest.raises(NotFound):
            withdraw_suggestion(world.actor(login), draft.id, note="不要")
    with pytest.raises(DomainError):
        save_draft(world.actor("deputy"), mandate_id=world.mandates["C002"], **DRAFT)


def test_a_delegation_proposes_in_session_only(session, world):
    """law.md 1.5: the delegation's head drafts and signs, and only during the session."""
    with pytest.raises(DomainError, match="会议期间"):
        _draft(world, by_delegation=True)
    made = _draft(world, by_delegation=True, occasion=Occasion.IN_SESSION)
    assert made.delegation is not None and made.delegation.name == "临江镇代表团"
    assert _draft(world, draft_key=KEY).delegation_id is None


def test_it_says_how_it_came_about_down_to_the_opinion(session, world):
    """3-34 ①, 3-36: source, and the very opinion it grew from; withdrawn, the opinion is open again."""
    opinion = create_opinion(
        world.actor("county"),
        area_code=LINJIANG,
        received_on=date(2024, 3, 1),
        content="东风路一下雨就积水",
        mandate_id=world.mandates["C001"],
    )
    draft = _draft(world, opinion_number=opinion.number, source_note="接待日三位群众反映")
    assert (draft.source, draft.source_opinion, draft.source_note) == (
        SuggestionSource.RECEPTION, opinion, "接待日三位群众反映",
    )  # fmt: skip
    with pytest.raises(DomainError, match="没有编号"):
        _draft(world, opinion_number="YJ00000000")
    submit_suggestion(world.actor("deputy"), draft.id)
    withdraw_suggestion(world.actor("deputy"), draft.id, note="已当场解决")
    assert session.get_one(Opinion, opinion.id).state is OpinionState.RECEIVED


# --- co-signers -------------------------------------------------------------------------------------------


def test_cosigners_confirm_before_they_count(session, world):
    """law.md 1.5: who is invited has signed nothing yet; once accepted, who confirms has a row in the ledger."""
    colleague = session.get_one(Mandate, world.mandates["T001"]).term_id
    draft = _draft(world, mandate_id=world.mandates["T001"], cosigner_ids=[world.mandates["T002"]])
    assert draft.lead_mandate.term_id == colleague
    row = draft.cosigners[0]
    other = world.actor("other_deputy")
    assert row.state.value == "invited" and list_invitations(other) == [draft]
    assert _told(world.persons["龑小满"]) == ["陈秋禾代表邀请您附议建议"]
    save_draft(world.actor("deputy"), draft.id, cosigner_ids=[world.mandates["T002"]], **DRAFT)
    assert len(_told(world.persons["龑小满"])) == 1
    cosign(other, draft.id, confirmed=False)
    assert row.state.value == "declined"
    cosign(other, draft.id, confirmed=True)
    assert row.state.value == "confirmed" and row.answered_at is not None and _ledger() == 0
    submit_suggestion(world.actor("deputy"), draft.id)
    take_step(world.actor("county"), draft, Step.ACCEPT)
    cosign(other, draft.id, confirmed=False)
    cosign(other, draft.id, confirmed=True)
    assert _ledger() == 2
    take_step(world.actor("county"), draft, Step.ASSIGN)
    with pytest.raises(DomainError, match="不能再附议"):
        cosign(other, draft.id, confirmed=False)
    steps = session.scalars(select(SuggestionStep.step).where(SuggestionStep.suggestion_id == draft.id)).all()
    assert steps.count(Step.COSIGN) == 4


def test_only_colleagues_of_the_same_congress_are_invited(session, world):
    for card in ("C001", "N001", "T002", "S001"):
        with pytest.raises(DomainError):
            _draft(world, cosigner_ids=[world.mandates[card]])
    draft = _draft(world, draft_key=KEY, cosigner_ids=[world.mandates["C002"], world.mandates["C003"]])
    save_draft(world.actor("deputy"), draft.id, cosigner_ids=[world.mandates["C003"]], **DRAFT)
    assert [each.mandate_id for each in draft.cosigners] == [world.mandates["C003"]]
    with pytest.raises(NotFound):
        cosign(world.actor("other_deputy"), draft.id, confirmed=True)


def test_colleagues_join_what_is_open_to_them(session, world):
    found = build(world, S.SUBMITTED, lead="T001", open_to_cosigners=True)
    closed = build(world, S.SUBMITTED, lead="T001")
    other = world.actor("other_deputy")
    assert list_joinable(other) == [found]
    cosign(other, found.id, confirmed=True)
    assert [row.state for row in found.cosigners] == [CosignState.CONFIRMED] and list_joinable(other) == []
    with pytest.raises(NotFound):
        cosign(other, closed.id, confirmed=True)


# --- taking back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "may"), [(S.SUBMITTED, True), (S.ACCEPTED, True), (S.ASSIGNED, False)])
@pytest.mark.parametrize("login", ["deputy", "county"])
def test_it_is_taken_back_before_it_is_assigned(session, world, state, may, login):
    """law.md 1.5: withdrawal ends handling; staff do it on a request in writing."""
    found = build(world, state)
    counted = _ledger()
    assert counted == (state is not S.SUBMITTED)
    with pytest.raises(DomainError):
        withdraw_suggestion(world.actor(login), found.id, note=" ")
    if not may:
        with pytest.raises(DomainError):
            withdraw_suggestion(world.actor(login), found.id, note="书面申请")
        return
    withdraw_suggestion(world.actor(login), found.id, note="书面申请", version=found.version)
    open_clocks = select(func.count()).select_from(SuggestionClock).where(SuggestionClock.ended_on.is_(None))
    assert (found.state, _ledger(), session.scalar(open_clocks)) == (S.WITHDRAWN, 0, 0)


# --- pages ------------------------------------------------------------------------------------------------


FORM = {
    "title": TITLE,
    "body": BODY,
    "proposals": PROPOSALS,
    "occasion": "between_sessions",
    "source": "reception",
    "public_choice": "full",
    "draft_key": KEY,
}


def test_a_deputy_drafts_on_the_phone(sign_in, world, app):
    """4-18, 3-36, 4-06 (nothing is forced): kept by script with one key, checked while typing, handed in by the form; files with it."""
    with app.app_context():
        set_reading(False)
        build(world, S.ACCEPTED, lead="C002", title="关于改善东风路积水的建议")
        db.session.commit()
        db.session.remove()
    phone = sign_in("deputy")
    form = {**FORM, "mandate_id": world.mandates["C001"]}
    told = phone.post("/suggestions/drafts/keep", data=form).get_json()
    again = phone.post("/suggestions/drafts/keep", data={**form, "version": told["version"]}).get_json()
    assert again["id"] == told["id"] and not again["again"]
    # Opened on another device it has another key there; it is the same draft all the same.
    there = {**form, "draft_key": KEY[::-1], "suggestion_id": told["id"], "version": again["version"]}
    assert phone.post("/suggestions/drafts/keep", data=there).get_json()["id"] == told["id"]
    hints = phone.post("/suggestions/drafts/check", data={"title": "东风路积水", "body": "该案一审判决"}).text
    assert "关于改善东风路积水的建议" in hints and "单立春" in hints and "具体司法案件" in hints
    assert "还缺" in hints and "不强求马上办" in hints and "13900000002" not in hints
    page = phone.get(f"/suggestions/drafts/{told['id']}").text
    assert TITLE in page and KEY in page
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(photo, "JPEG")
    photo.seek(0)
    sent = {**form, "then": "submit", "files": (photo, "路面.jpg")}
    done = phone.post(f"/suggestions/drafts/{told['id']}", data=sent)
    assert done.status_code == 303 and done.location.endswith(f"/suggestions/{told['id']}")
    shown = phone.get(done.location).text
    assert "路面.jpg" in shown and "撤回" in shown and "代表的意愿" in shown
    assert phone.post("/suggestions/drafts/keep", data=form).get_json()["again"]
    assert TITLE in phone.get("/suggestions/mine").text
    with app.app_context():
        file = attachments.list_for("suggestion", told["id"])[0]
    for login, status in (("county", 200), ("deputy", 200), ("other_deputy", 404), ("unit", 404)):
        assert sign_in(login).get(f"/attachments/{file.id}").status_code == status, login


def test_an_incomplete_draft_stays_a_draft(sign_in, world):
    phone = sign_in("deputy")
    form = {**FORM, "mandate_id": world.mandates["C001"], "body": "积水", "then": "submit"}
    answer = phone.post("/suggestions/drafts/new", data=form)
    assert answer.status_code == 422 and "还不能提交" in answer.text and "积水" in answer.text
    assert "草稿" not in re.sub(
        r"(?s)<script.*?</script>", "", phone.get("/suggestions/mine").text.split("<main")[1]
    )
    kept = phone.post("/suggestions/drafts/new", data={**form, "then": "keep"})
    assert kept.status_code == 303
    assert phone.post(kept.location + "/discard").status_code == 303
    assert phone.get(kept.location).status_code == 404


def test_a_colleague_answers_on_the_phone(sign_in, world, app):
    with app.app_context():
        set_reading(False)
        draft = _draft(world, mandate_id=world.mandates["T001"], cosigner_ids=[world.mandates["T002"]])
        identity = draft.id
        db.session.commit()
        db.session.remove()
    phone = sign_in("other_deputy")
    assert TITLE in phone.get("/suggestions/mine").text
    page = phone.get(f"/suggestions/{identity}/cosign").text
    assert BODY in page and PROPOSALS in page and "不附议" in page
    assert phone.post(f"/suggestions/{identity}/cosign/confirm").status_code == 303
    assert "取消附议" in phone.get(f"/suggestions/{identity}/cosign").text
    options = phone.get("/suggestions/colleagues?q=陈秋禾").text
    assert "陈秋禾" in options and "T001" not in options
    pasted = phone.post("/suggestions/colleagues", data={"names": "陈秋禾、查无此人"}).text
    assert "陈秋禾" in pasted and 'data-missing="查无此人"' in pasted


def test_staff_take_back_on_a_request_in_writing(sign_in, world, app):
    with app.app_context():
        set_reading(False)
        identity = build(world, S.SUBMITTED).id
        db.session.commit()
        db.session.remove()
    desk = sign_in("county")
    assert "/withdraw" in desk.get(f"/suggestions/{identity}").text
    form = {"note": "陈秋禾代表6月3日书面申请撤回"}
    assert desk.post(f"/suggestions/{identity}/withdraw", data=form).status_code == 303
    assert "已撤回" in desk.get(f"/suggestions/{identity}").text
    assert sign_in("other_deputy").get(f"/suggestions/{identity}/withdraw").status_code == 404


def test_a_changed_text_is_signed_again(session, world):
    """law.md 1.5: a colleague signs the text as it is handed in; who has left office since signs nothing."""
    draft = _draft(world, mandate_id=world.mandates["T001"], cosigner_ids=[world.mandates["T002"]])
    deputy, other, row = world.actor("deputy"), world.actor("other_deputy"), draft.cosigners[0]
    told = _told(world.persons["龑小满"])
    cosign(other, draft.id, confirmed=True)
    save_draft(deputy, draft.id, **{**DRAFT, "category": "民生"}, mandate_id=world.mandates["T001"])
    assert row.state is CosignState.CONFIRMED
    changed = {**DRAFT, "proposals": PROPOSALS + "另请补助。"}
    save_draft(deputy, draft.id, **changed, mandate_id=world.mandates["T001"])
    assert (row.state, row.answered_at) == (CosignState.INVITED, None)
    assert len(_told(world.persons["龑小满"])) == len(told) + 1
    cosign(other, draft.id, confirmed=True)
    row.mandate.ended_on, row.mandate.end_reason = clock.today(), EndReason.RESIGNED
    session.flush()
    handed = submit_suggestion(deputy, draft.id)
    assert handed.cosigners == []
    note = session.scalar(select(SuggestionStep.note).where(SuggestionStep.step == Step.SUBMIT))
    assert "龑小满" in note


# --- once it was handed over ------------------------------------------------------------------------------


def test_what_was_answered_once_is_not_taken_back(session, world):
    """law.md 1.5: answered, handled again and taken back from its unit, it stays a suggestion and in every figure."""
    found = build(world, S.RATED, lead="T001", replied_on=clock.today(), reference_only=True)
    for step in (Step.REHANDLE, Step.TAKE_BACK):
        take_step(world.actor("county"), found, step)
    found.cosigners.append(Cosigner(mandate_id=world.mandates["T002"], state=CosignState.INVITED))
    session.flush()
    session.refresh(found)
    for login in ("deputy", "county"):
        with pytest.raises(DomainError, match="不能撤回"):
            withdraw_suggestion(world.actor(login), found.id, note="书面申请")
    with pytest.raises(DomainError, match="不能再附议"):
        cosign(world.actor("other_deputy"), found.id, confirmed=True)
    with pytest.raises(DomainError, match="重新交办"):
        conclude(world.actor("county"), found.id, note="代表不再要求")
    assert found.state is S.ACCEPTED and list_invitations(world.actor("other_deputy")) == []


@pytest.mark.parametrize(("state", "reads"), [(S.SUBMITTED, True), (S.ASSIGNED, False)])
def test_who_declined_reads_it_while_it_is_open(session, world, state, reads):
    found = build(world, state, lead="T001")
    found.cosigners.append(Cosigner(mandate_id=world.mandates["T002"], state=CosignState.DECLINED))
    session.flush()
    if reads:
        assert get_cosigned(world.actor("other_deputy"), found.id)[0] is found
    else:
        with pytest.raises(NotFound):
            get_cosigned(world.actor("other_deputy"), found.id)


def test_concluded_for_reference_no_unit_waits_for_it(session, world):
    """4-19: named in advance, the unit is told that nothing is to be done, and its to-do goes."""
    office = world.actor("assigner")
    found = build(world, S.ACCEPTED, occasion=Occasion.IN_SESSION, reference_only=True)
    unit = session.scalar(select(HandlingUnit).where(HandlingUnit.name == UNITS[0]))
    pre_assign(office, found.id, lead_unit_ids=[unit.id])
    assert count_without_contact(office) == 1
    conclude(world.actor("county"), found.id)
    assert [part.state for part in found.units] == [HandlingState.WITHDRAWN]
    assert count_without_contact(office) == 0


@pytest.mark.parametrize("login", ["deputy", "county"])
def test_a_huge_number_in_an_address_is_no_failure(sign_in, login):
    browser, huge = sign_in(login), "9" * 30
    if login == "county":
        assert browser.get(f"/suggestions/new?opinion={huge}").status_code == 200
    else:
        assert browser.get(f"/suggestions/drafts/new?opinion={huge}").status_code == 200
        sent = {"title": "东风路积水", "suggestion_id": huge}
        assert browser.post("/suggestions/drafts/check", data=sent).status_code == 200


def test_each_audience_hears_of_a_step_in_its_own_words(session, world):
    found = build(world, S.ACCEPTED)
    step = write_down(world.actor("county"), found, Step.NOTE)
    for _again in range(2):
        tell_proposers(found, step, "给提出人")
        tell_lead(found, step, "给领衔人")
    session.flush()
    assert sorted(_told(world.persons["陈秋禾"])) == ["给提出人", "给领衔人"]
