"""After the reply: the slip, another round, the conclusion; promises across years; look-backs; the bundle."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.extensions import db
from app.kit import attachments, clock
from app.kit.authorisation import operator
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.notices.models import Notice
from app.registry.models import RuleSet
from app.suggestions.archive_bundle import write_bundle
from app.suggestions.clocks.running import start_clock
from app.suggestions.models import (
    Cosigner,
    FeedbackSlip,
    LookBackItem,
    Promise,
    Suggestion,
    SuggestionClock,
    SuggestionReply,
    SuggestionStep,
)
from app.suggestions.operations import archiving, conclusion, look_backs, promises
from app.suggestions.operations.feedback import conclude_content, give_feedback
from app.suggestions.operations.replies import Letter, draft_reply, sign_reply
from app.suggestions.promise_rules import PromiseFigures
from app.suggestions.queries import figures as figure_queries
from app.suggestions.queries.feedback import select_awaiting
from app.suggestions.queries.look_backs import Choice, findings_of
from app.suggestions.queries.promises import count_overdue, promise_figures
from app.suggestions.states import (
    ClockKind,
    CosignState,
    HandlingState,
    LookBackResult,
    PromiseState,
    ReplyClass,
    ReplyState,
    Satisfaction,
    Step,
    SuggestionState,
)
from tests.suggestions.building import build
from tests.world import COUNTY, UNITS, World

S = SuggestionState
GOOD, FAIR, BAD = Satisfaction
PDF = b"%PDF-1.4\n%%EOF\n"


RULES = {
    "clocks": {
        "reply": {"length": 3, "unit": "months", "longest": 6},
        "feedback": {"length": 20, "unit": "working_days"},
        "rehandle": {"length": 2, "unit": "months"},
    }
}


@pytest.fixture(autouse=True)
def _office_rules(request: pytest.FixtureRequest) -> None:
    """An office that waits for slips and gives a second round a deadline, as Chongqing's rules do."""
    if "session" in request.fixturenames and "world" in request.fixturenames:
        request.getfixturevalue("world")
        request.getfixturevalue("session").add(
            RuleSet(area_code=COUNTY, topic="suggestions", valid_from=date(2000, 1, 1), content=RULES)
        )


def words(overall: Satisfaction = GOOD, **more: Any) -> dict[str, Any]:
    """A slip of one grade throughout."""
    reason = "还是没有水" if overall is BAD else ""
    given = {
        "attitude": overall,
        "handling": overall,
        "result": overall,
        "overall": overall,
        "reason": reason,
    }
    return {**given, **more}


def replied(world: World, **more: Any) -> Suggestion:
    """An answered suggestion with its letter and the slip's deadline running."""
    made = build(world, S.REPLIED, **more)
    for part in made.units:
        db.session.add(
            SuggestionReply(
                suggestion=made, suggestion_unit=part, unit=part.unit, state=ReplyState.SIGNED,
                reply_class=ReplyClass.B, body="列入明年计划。", number="岳水函〔2026〕3号", replied_on=made.replied_on,
                signed_by="局长",
            )
        )  # fmt: skip
    start_clock(made, ClockKind.FEEDBACK, clock.today())
    db.session.flush()
    return made


def cosigned(made: Suggestion, world: World, card: str, state: CosignState = CosignState.CONFIRMED) -> None:
    made.cosigners.append(Cosigner(mandate_id=world.mandates[card], state=state))
    db.session.flush()


def running(made: Suggestion) -> list[ClockKind]:
    wanted = select(SuggestionClock.kind).where(
        SuggestionClock.suggestion_id == made.id, SuggestionClock.ended_on.is_(None)
    )
    return list(db.session.scalars(wanted))


def answer_again(world: World, made: Suggestion) -> None:
    """The lead unit's letter of the present round, by the operations."""
    part = made.units[0]
    letter = Letter(ReplyClass.A, "渠已修好。", number="岳水函〔2026〕9号")
    draft_reply(world.actor("unit"), part.id, letter)
    drafted = db.session.scalars(
        select(SuggestionReply).where(
            SuggestionReply.suggestion_id == made.id, SuggestionReply.round == made.round
        )
    ).one()
    sign_reply(world.actor("unit_head"), drafted.id, signed_by="局长", number="岳水函〔2026〕9号")


# --- the slip -------------------------------------------------------------------------------------------


def test_satisfied_and_solved_are_two_answers(world, session):
    """0-08, 4-04: the lead's slip moves on and stops the clock; solved is what the deputy says of the problem."""
    made = replied(world)
    asked = select_awaiting(world.actor("deputy"))
    assert session.scalars(asked).all() == [made.id]
    slip = give_feedback(world.actor("deputy"), made.id, **words(GOOD, solved=False))
    assert (made.state, made.satisfaction, made.solved) == (S.RATED, GOOD, False)
    assert slip.returned_on == clock.today()
    assert ClockKind.FEEDBACK not in running(made)
    assert session.scalars(asked).all() == []
    # Corrected while nobody has concluded: one slip, the state stays.
    give_feedback(world.actor("deputy"), made.id, **words(FAIR, solved=True))
    assert (made.state, made.satisfaction, made.solved) == (S.RATED, FAIR, True)
    assert session.scalars(select(FeedbackSlip)).all() == [slip]


def test_a_dissatisfied_word_needs_its_reason(world, session):
    made = replied(world)
    with pytest.raises(DomainError, match="写明理由") as refused:
        give_feedback(world.actor("deputy"), made.id, **words(GOOD, result=BAD))
    assert refused.value.field == "reason"
    give_feedback(world.actor("deputy"), made.id, **words(BAD))
    told = session.scalars(select(Notice.user_id).where(Notice.title.contains("不满意"))).all()
    assert {world.users["unit"], world.users["county"]} - set(told) <= {world.users["county"]}


def test_cosigners_speak_for_themselves_and_nobody_for_others(world, session):
    made = replied(world)
    cosigned(made, world, "T002")
    cosigned(made, world, "C002", CosignState.INVITED)
    give_feedback(world.actor("other_deputy"), made.id, **words(BAD))
    # A colleague's word is kept; the leading proposer's is still missing.
    assert (made.state, made.satisfaction) == (S.REPLIED, None)
    with pytest.raises(DomainError, match="请选择"):
        give_feedback(world.actor("other_deputy"), made.id, mandate_id=made.lead_mandate_id, **words())
    with pytest.raises(DomainError, match="请选择"):
        give_feedback(world.actor("county"), made.id, mandate_id=world.mandates["C002"], **words())
    stranger = replied(world, lead="C003")
    with pytest.raises(NotFound):
        give_feedback(world.actor("deputy"), stranger.id, **words())
    with pytest.raises(NotFound):
        give_feedback(world.actor("unit"), made.id, **words())
    paper = give_feedback(
        world.actor("county"), made.id, returned_on=clock.today() - timedelta(days=1), **words(FAIR)
    )
    assert paper.mandate_id == made.lead_mandate_id and made.state is S.RATED
    assert paper.returned_on == clock.today() - timedelta(days=1)


@pytest.mark.parametrize("state", [S.SUBMITTED, S.ACCEPTED, S.ASSIGNED, S.ARCHIVED])
@pytest.mark.sqlite_only
def test_no_slip_before_the_reply_and_none_in_the_archive(world, session, state):
    made = build(world, state)
    with pytest.raises(DomainError):
        give_feedback(world.actor("deputy"), made.id, **words())


def test_an_unreturned_slip_is_counted_as_unreturned(world, session):
    """0-08: concluded without a slip is neither satisfied nor solved; a late slip is still taken down."""
    silent, content = replied(world), replied(world, title="关于路灯的建议")
    with pytest.raises(DomainError, match="还没有到") as refused:
        conclusion.conclude(world.actor("county"), silent.id)
    assert refused.value.field == "note"
    conclusion.conclude(world.actor("county"), silent.id, note="代表因病，电话同意办结")
    assert running(silent) == []
    give_feedback(world.actor("deputy"), content.id, **words(GOOD, solved=True))
    year = silent.raised_on.year
    county = world.actor("county")
    found = figure_queries.figures_of(county, COUNTY, year, clock.today())
    # The replies call both solved (class A): that is what reports count, the deputies' words stand beside it.
    assert (found.replied, found.unreturned, found.satisfied, found.solved) == (2, 1, 1, 2)
    give_feedback(world.actor("deputy"), silent.id, **words(BAD))
    assert (silent.state, silent.satisfaction) == (S.CONCLUDED, BAD)
    found = figure_queries.figures_of(county, COUNTY, year, clock.today())
    assert (found.unreturned, found.satisfied, found.dissatisfied, found.solved) == (0, 1, 1, 2)
    with pytest.raises(DomainError, match="已经办结"):
        give_feedback(world.actor("deputy"), silent.id, **words(GOOD))


# --- another round ----------------------------------------------------------------------------------------


def test_dissatisfied_then_a_second_round_then_satisfied(world, session):
    """Handled again with a deadline of its own; the first slip stays, the second one counts (0-08, 4-04)."""
    made = replied(world)
    first_reply = made.replied_on
    give_feedback(world.actor("deputy"), made.id, **words(BAD))
    with pytest.raises(DomainError, match="重新办理"):
        conclusion.conclude(world.actor("county"), made.id)
    with pytest.raises((Forbidden, NotFound)):
        conclusion.rehandle(world.actor("unit"), made.id, reason="再办")
    version = made.version
    conclusion.rehandle(world.actor("county"), made.id, reason="请到现场看", version=version)
    assert (made.state, made.round, made.satisfaction) == (S.ASSIGNED, 2, BAD)
    assert made.units[0].state is HandlingState.SIGNED
    assert running(made) == [ClockKind.REHANDLE]
    with pytest.raises((Conflict, DomainError)):
        conclusion.rehandle(world.actor("county"), made.id, reason="再办", version=version)
    answer_again(world, made)
    assert (made.state, made.replied_on, made.satisfaction) == (S.REPLIED, first_reply, None)
    give_feedback(world.actor("deputy"), made.id, **words(GOOD, solved=True))
    conclusion.conclude(world.actor("county"), made.id)
    slips = session.scalars(select(FeedbackSlip).order_by(FeedbackSlip.round)).all()
    assert [(slip.round, slip.overall) for slip in slips] == [(1, BAD), (2, GOOD)]
    assert (made.state, made.satisfaction, made.solved) == (S.CONCLUDED, GOOD, True)


def test_twice_dissatisfied_may_be_concluded_and_is_flagged(world, session, app):
    made = replied(world)
    give_feedback(world.actor("deputy"), made.id, **words(BAD))
    conclusion.rehandle(world.actor("county"), made.id, reason="再办")
    answer_again(world, made)
    give_feedback(world.actor("deputy"), made.id, **words(BAD))
    conclusion.conclude(world.actor("county"), made.id)
    assert made.state is S.CONCLUDED


@pytest.mark.sqlite_only
def test_only_what_asked_for_no_reply_is_concluded_without_one(world, session):
    asked, reference = build(world, S.ACCEPTED), build(world, S.ACCEPTED, reference_only=True)
    with pytest.raises(DomainError, match="仅供参考"):
        conclusion.conclude(world.actor("county"), asked.id)
    conclusion.conclude(world.actor("county"), reference.id)
    assert reference.state is S.CONCLUDED
    with pytest.raises(DomainError, match="主办单位"):
        conclusion.rehandle(world.actor("county"), reference.id, reason="请答复")


@pytest.mark.sqlite_only
def test_content_ones_are_concluded_together(world, session):
    content, unhappy = replied(world), replied(world, title="关于路灯的建议")
    slips = [
        give_feedback(world.actor("deputy"), content.id, **words(GOOD)).id,
        give_feedback(world.actor("deputy"), unhappy.id, **words(BAD)).id,
    ]
    assert conclude_content(world.actor("county"), slips) == (1, 1)
    assert (content.state, unhappy.state) == (S.CONCLUDED, S.RATED)


# --- promises ---------------------------------------------------------------------------------------------


def upload() -> FileStorage:
    return FileStorage(io.BytesIO(PDF), "竣工验收单.pdf")


def test_a_promise_is_followed_until_it_is_kept(world, session):
    """The ledger across years: progress with proof, told to the proposer; overdue until it is kept (4-04)."""
    made = replied(world)
    due = clock.today() - timedelta(days=1)
    promise = promises.add_promise(world.actor("unit"), made.id, content="修渠三公里", due_on=due)
    assert (promise.promised_on, promise.unit.name) == (made.replied_on, UNITS[0])
    assert count_overdue(world.actor("unit"), clock.today()) == 1
    assert count_overdue(world.actor("other_unit"), clock.today()) == 0
    with pytest.raises(NotFound):
        promises.record_progress(world.actor("other_unit"), promise.id, percent=50, note="已修一半")
    with pytest.raises(DomainError, match="百分之百"):
        promises.record_progress(
            world.actor("unit"), promise.id, percent=90, note="快好了", state=PromiseState.KEPT
        )
    row = promises.record_progress(
        world.actor("unit"), promise.id, percent=60, note="已修两公里", files=[upload()]
    )
    (file,) = attachments.list_for("promise_progress", row.id)
    assert attachments.get_visible_attachment(world.actor("deputy"), file.id) is file
    with pytest.raises(NotFound):
        attachments.get_visible_attachment(world.actor("other_deputy"), file.id)
    told = session.scalars(select(Notice.person_id).where(Notice.title.contains("承诺事项进展"))).all()
    assert told == [made.lead_mandate.person_id]
    promises.record_progress(
        world.actor("unit"), promise.id, percent=100, note="全部完工", state=PromiseState.KEPT
    )
    assert promise_figures(world.actor("county"), clock.today()) == PromiseFigures(kept=1)
    with pytest.raises(Forbidden):
        promises.update_promise(world.actor("unit"), promise.id, content="修渠", due_on=due)


@pytest.mark.sqlite_only
def test_the_implementation_rate_waits_for_nothing_that_is_in_time():
    """4-04: 落实率 is what is kept of what was due; a reason in writing keeps nothing."""
    assert PromiseFigures(running=5).implementation_rate is None
    assert PromiseFigures(running=5, overdue=1, kept=2, not_possible=1).implementation_rate == 0.5


# --- look-backs -------------------------------------------------------------------------------------------


def campaign(world: World) -> Any:
    return look_backs.open_look_back(
        world.actor("county"), area_code=COUNTY, title="2026年回头看", opened_on=clock.today()
    )


def test_a_look_back_takes_up_again_what_was_not_kept(world, session):
    """4-02: concluded suggestions and promises, looked at again; what is not done is handled again."""
    made = replied(world)
    promise = promises.add_promise(world.actor("unit"), made.id, content="修渠三公里", due_on=clock.today())
    promises.record_progress(
        world.actor("unit"), promise.id, percent=100, note="报完工", state=PromiseState.KEPT
    )
    give_feedback(world.actor("deputy"), made.id, **words(GOOD))
    conclusion.conclude(world.actor("county"), made.id)
    look_back, year = campaign(world), made.raised_on.year
    county = world.actor("county")
    for choice, expected in ((Choice.PROMISES_KEPT, 1), (Choice.PROMISES_KEPT, 0), (Choice.UNSOLVED, 1)):
        years = {"first_year": year, "last_year": year}
        assert look_backs.gather(county, look_back.id, choice=choice, **years) == expected
    with pytest.raises(DomainError, match="NO-1"):
        look_backs.add_by_number(county, look_back.id, numbers="NO-1")
    of_promise, of_suggestion = session.scalars(select(LookBackItem).order_by(LookBackItem.id)).all()
    seen: dict[str, Any] = {"checked_on": clock.today(), "note": "渠尾仍不通水"}
    look_backs.record_result(county, of_promise.id, result=LookBackResult.NOT_KEPT, **seen)
    assert (promise.state, promise.percent) == (PromiseState.OPEN, 0)
    look_backs.record_result(county, of_suggestion.id, result=LookBackResult.PARTLY, again=True, **seen)
    assert (made.state, made.round, made.units[0].state) == (S.ASSIGNED, 2, HandlingState.SIGNED)
    findings = findings_of(look_back.id)
    assert (findings.items, findings.checked, findings.kept_share) == (2, 2, 0)
    look_backs.close_look_back(county, look_back.id)
    with pytest.raises(DomainError, match="重新打开"):
        look_backs.record_result(county, of_promise.id, result=LookBackResult.KEPT, **seen)
    with pytest.raises(NotFound):
        look_backs.gather(
            world.actor("unit"), look_back.id, choice=Choice.CLASS_A, first_year=year, last_year=year
        )


# --- the bundle ---------------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_the_bundle_holds_every_paper_and_names_it(world, session):
    """The archive of one suggestion: index and sheet in print, letters, slips, the course, every file (4-21)."""
    made = replied(world)
    give_feedback(world.actor("deputy"), made.id, **words(GOOD, solved=True))
    attachments.store(
        upload(), subject_kind="suggestion", subject_id=made.id, scope_code=COUNTY, actor=operator("tests")
    )
    conclusion.conclude(world.actor("county"), made.id)
    number = archiving.archive_year(world.actor("county"), COUNTY, made.raised_on.year)
    assert (number, made.state) == (1, S.ARCHIVED)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        listed = write_bundle(packed, made)
    names = zipfile.ZipFile(stream).namelist()
    assert {"00-目录.docx", "00-目录.pdf", "01-代表建议专用纸.docx", "01-代表建议专用纸.pdf"} <= set(names)
    for part in ("答复函", "征询意见表", "办理情况记录", "附件/01-竣工验收单.pdf"):
        assert any(part in name for name in names), part
    assert listed == 5
    conclusion.take_out(world.actor("county"), made.id, reason="补充材料")
    assert made.state is S.CONCLUDED


@pytest.mark.sqlite_only
def test_every_step_is_on_record(world, session):
    made = replied(world)
    give_feedback(world.actor("deputy"), made.id, **words(BAD))
    conclusion.rehandle(world.actor("county"), made.id, reason="再办")
    rows = session.scalars(select(SuggestionStep).order_by(SuggestionStep.id)).all()
    assert [row.step for row in rows][-3:] == [Step.RATE, Step.REHANDLE, Step.REHANDLE]
    assert "还是没有水" in rows[-3].note and "不满意" in rows[-2].note


@pytest.mark.sqlite_only
def test_a_promise_across_years(world, session):
    """law.md 1.5 (Shanghai): what is not done within the year is followed into the next ones."""
    made = replied(world)
    later = date(clock.today().year + 2, 6, 30)
    promise = promises.add_promise(world.actor("county"), made.id, content="修渠十公里", due_on=later)
    assert session.get(Promise, promise.id).state is PromiseState.OPEN
    assert promise_figures(world.actor("county"), clock.today()).running == 1
