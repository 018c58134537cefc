"""Deadlines as data: computed, explained, extended, moved by a change of rules, reminded of and urged (law.md 1.5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.extensions import db
from app.kit import clock
from app.kit.audit import history_of
from app.kit.errors import DomainError, Forbidden, NotFound
from app.kit.workdays import DayKind, SpecialDay, combine
from app.notices.models import Notice
from app.registry.models import RuleSet
from app.registry.states import Level
from app.suggestions import operations as register
from app.suggestions.clock_rules import clock_standing, reminder_due, urge_due
from app.suggestions.clocks.announcing import announce_deadlines
from app.suggestions.clocks.explaining import explain
from app.suggestions.clocks.preview import effect_of
from app.suggestions.clocks.reckoning import furthest, reckon
from app.suggestions.clocks.running import end_clocks, extend_clock, latest_day, start_clock
from app.suggestions.models import Suggestion, SuggestionClock, SuggestionStep, Urge
from app.suggestions.operations import clocks as operations
from app.suggestions.queries import clocks as queries
from app.suggestions.queries.overdue import overdue_board
from app.suggestions.states import (
    ClockKind,
    ClockStanding,
    HandlingState,
    LengthUnit,
    Roll,
    Step,
    SuggestionState,
    UnitPart,
)
from app.suggestions.suggestion_rules import ClockRule, SuggestionRules, examples
from tests.suggestions.building import build, run_clock
from tests.suggestions.test_suggestions import _values
from tests.world import COUNTY, UNITS

# 1–8 October off, the weekend of 26–27 September and 10 October worked.
CALENDAR = combine(
    {date(2026, 10, n): (DayKind.HOLIDAY, "国庆节") for n in range(1, 9)}
    | {date(2026, 10, 10): (DayKind.WORKING, "国庆节调休")}
)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
RULES = st.builds(
    lambda length, more, unit, roll: ClockRule(length=length, longest=length + more, unit=unit, roll=roll),
    st.integers(1, 40),
    st.integers(0, 40),
    st.sampled_from(LengthUnit),
    st.sampled_from(Roll),
)
MONTHS = ClockRule(length=3, unit=LengthUnit.MONTHS, longest=6, document="代表法第五十一条")
TEN = ClockRule(length=10)


# --- pure -----------------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(DAYS, st.integers(0, 40), RULES)
def test_a_later_start_is_never_due_earlier_and_rolling_ends_on_a_working_day(start, later, rule):
    """law.md 1.5: monotone; never on a day off when rolling; an extension never shorter than the rule."""
    due = reckon(start, rule, CALENDAR).due_on
    assert due > start
    assert reckon(start + timedelta(days=later), rule, CALENDAR).due_on >= due
    if rule.unit is LengthUnit.WORKING_DAYS or rule.roll is not Roll.NONE:
        assert CALENDAR.is_working(due)
    last = furthest(start, rule, CALENDAR)
    assert last is not None and last >= due
    skipped = reckon(start, rule, CALENDAR).skipped
    assert not any(CALENDAR.is_working(day) for day, _name in skipped)


@pytest.mark.parametrize(
    ("start", "rule", "due", "rolled"),
    [
        (date(2026, 9, 28), TEN, date(2026, 10, 19), None),
        (date(2026, 11, 30), MONTHS, date(2027, 2, 28), None),
        (date(2026, 7, 3), ClockRule(length=3, unit="months", roll="after"), date(2026, 10, 9), date(2026, 10, 3)),
        (date(2026, 7, 3), ClockRule(length=3, unit="months", roll="before"), date(2026, 9, 30), date(2026, 10, 3)),
        # Brought forward it would be due before it began.
        (date(2026, 9, 30), ClockRule(length=2, unit="days", roll="before"), date(2026, 10, 9), date(2026, 10, 2)),
    ],
)  # fmt: skip
def test_due_days(start, rule, due, rolled):
    reckoned = reckon(start, rule, CALENDAR)
    assert (reckoned.due_on, reckoned.rolled_from) == (due, rolled)
    assert ("国庆节" in {name for _day, name in reckoned.skipped}) is (due.year == 2026)


@pytest.mark.parametrize("example", examples(), ids=lambda e: e.key)
def test_examples_are_rules(example):
    """The shipped rule sets say what law.md 1.5 says; the reply is never later than the law's six months."""
    expected = {
        "national": {ClockKind.REPLY: (3, "months")},
        "chongqing-2017": {ClockKind.ASSIGN: (10, "working_days"), ClockKind.CONTACT: (20, "working_days"),
                           ClockKind.CO_OPINION: (30, "working_days"), ClockKind.REHANDLE: (2, "months")},
        "shanghai-2015": {ClockKind.OBJECT: (7, "working_days"), ClockKind.CO_OPINION: (1, "months")},
        "henan-2017": {ClockKind.FEEDBACK: (10, "working_days"), ClockKind.CO_OPINION: (2, "months")},
        "township": {ClockKind.REPLY: (3, "months")},
    }[example.key]  # fmt: skip
    clocks = example.rules.clocks
    assert {kind: (clocks[kind].length, clocks[kind].unit.value) for kind in expected} == expected
    assert (clocks[ClockKind.REPLY].longest, clocks[ClockKind.REPLY].unit) == (6, LengthUnit.MONTHS)
    township = example.rules.clocks_of(Level.TOWNSHIP)[ClockKind.REPLY]
    assert (township.length, township.longest) == ((2, 4) if example.rules.township_clocks else (3, 6))
    assert example.rules == SuggestionRules.model_validate(example.rules.model_dump(mode="json"))


def test_distances_are_kept_once_and_forgive_a_worker_that_stood_still():
    """4-07."""
    due = date(2026, 6, 30)
    told = [reminder_due(due, [15, 3], due - timedelta(days=n)) for n in (16, 15, 13, 12, 3, 1, 0, -1)]
    assert told == [None, 15, 15, None, 3, 3, None, None]
    urged = [urge_due(due, [1, 15], due + timedelta(days=n)) for n in (0, 1, 3, 4, 15, 17, 18)]
    assert urged == [None, 1, 1, None, 15, 15, None]
    stands = [clock_standing(due, None, due + timedelta(days=n)) for n in (-8, -7, 0, 1)]
    assert stands == [ClockStanding.RUNNING, ClockStanding.SOON, ClockStanding.SOON, ClockStanding.OVERDUE]
    assert clock_standing(due, due, date(2027, 1, 1)) is ClockStanding.ON_TIME
    assert clock_standing(due, due + timedelta(days=1), date(2027, 1, 1)) is ClockStanding.LATE


# --- running --------------------------------------------------------------------------------------------


def _rules(key: str, valid_from: date = date(2020, 1, 1), area: str = COUNTY) -> None:
    content = next(each for each in examples() if each.key == key).rules.model_dump(mode="json")
    db.session.add(RuleSet(area_code=area, topic="suggestions", valid_from=valid_from, content=content))
    db.session.flush()


def test_a_clock_says_how_it_was_computed(world, session):
    """law.md 1.5: start, length, holidays named, rule, document; extended at most to the rule's longest (代表法 51)."""
    _rules("chongqing-2017")
    for n in range(1, 9):
        db.session.add(SpecialDay(day=date(2026, 10, n), kind=DayKind.HOLIDAY, name="国庆节"))
    made = build(world, SuggestionState.ASSIGNED)
    part = made.units[0]
    contact = run_clock(made, ClockKind.CONTACT, date(2026, 9, 28), unit=part)
    said = explain(contact)
    assert "自交办之日 2026-09-28 起 20 个工作日（当日不计）" in said
    assert "周末和国庆节（2026-10-01—2026-10-08）不计" in said and "重庆市" in said
    reply = run_clock(made, ClockKind.REPLY, date(2026, 3, 31), unit=part)
    assert made.due_on == reply.due_on == date(2026, 6, 30)
    assert latest_day(reply) == date(2026, 9, 30)
    for until in (date(2026, 6, 30), date(2026, 10, 1)):
        with pytest.raises(DomainError):
            extend_clock(reply, until)
    extend_clock(reply, date(2026, 8, 15))
    extend_clock(reply, date(2026, 9, 30))
    assert (reply.first_due_on, reply.due_on, made.due_on) == (
        date(2026, 6, 30), date(2026, 9, 30), date(2026, 9, 30)
    )  # fmt: skip
    assert "原定 2026-06-30，经批准延期至 2026-09-30" in explain(reply)
    with pytest.raises(DomainError):  # no extension in this rule
        extend_clock(contact, date(2027, 1, 1))
    end_clocks(made, ClockKind.REPLY, on=date(2026, 3, 1), unit=part)
    assert reply.ended_on == reply.started_on, "never ended before it began"
    with pytest.raises(DomainError):
        extend_clock(reply, date(2026, 9, 30))


@pytest.mark.parametrize(("lead", "due"), [("C001", date(2026, 6, 2)), ("T002", date(2026, 5, 2))])
def test_a_township_congress_has_its_own_time(world, session, lead, due):
    """law.md 1.5: two months in the township, three for the county's deputies kept by the same township."""
    _rules("township")
    made = build(world, SuggestionState.ASSIGNED, lead=lead)
    assert run_clock(made, ClockKind.REPLY, date(2026, 3, 2), unit=made.units[0]).due_on == due
    assert start_clock(made, ClockKind.CONTACT, date(2026, 3, 2), unit=made.units[0]) is None


def _reply_clock(suggestion: Suggestion) -> SuggestionClock:
    return db.session.scalars(select(SuggestionClock).filter_by(suggestion_id=suggestion.id)).one()


def _lead_of(running):
    """Name of the leading unit a clock runs for."""
    part = running.suggestion_unit
    return part.unit.name if part.part is UnitPart.LEAD else ""


def test_rows_of_the_paper_register_have_their_deadline(world, session):
    """4-05: what is overdue is complete; the clock follows the register's columns and goes with the row."""
    actor = world.actor("county")
    given = _values(world, assigned_on=date(2026, 2, 2))
    made = register.create_suggestion(actor, **given)
    running = _reply_clock(made)
    assert (running.due_on, running.ended_on) == (date(2026, 5, 2), None)
    assert _lead_of(running) == "县水利局"
    assert "2026-02-02 起 3 个月" in explain(running) and "代表法第五十一条" in explain(running)
    changed = {**given, "number": "", "lead_unit": "县教育局", "due_on": date(2026, 6, 1)}
    register.update_suggestion(actor, made, version=made.version, **changed)
    session.expire_all()
    running = _reply_clock(made)
    assert _lead_of(running) == "县教育局"
    assert running.due_on == date(2026, 6, 1)
    assert "按登记的期限" in explain(running) and "按规则应为 2026-05-02" in explain(running)
    replied = {**changed, "replied_on": date(2026, 6, 3)}
    register.update_suggestion(actor, made, version=made.version, **replied)
    session.expire_all()
    assert _reply_clock(made).ended_on == date(2026, 6, 3)
    register.delete_suggestion(actor, made)
    assert db.session.scalar(select(func.count()).select_from(SuggestionClock)) == 0


# --- a change of rules ------------------------------------------------------------------------------------


def _running(world, started: date, **changes) -> SuggestionClock:
    made = build(world, SuggestionState.ASSIGNED, **changes)
    return run_clock(made, ClockKind.REPLY, started, unit=made.units[0])


def test_a_change_of_rules_shows_what_moves_and_then_moves_exactly_that(world, session):
    """4-05: before → after, then in force, with an event of the trail each."""
    old, new = _running(world, date(2026, 1, 5)), _running(world, date(2026, 3, 2))
    extended = _running(world, date(2026, 3, 2))
    extend_clock(extended, date(2026, 8, 1))
    shorter = {"clocks": {"reply": {"length": 2, "unit": "months", "longest": 4, "roll": "after"}}}
    effect = effect_of(COUNTY, date(2026, 2, 1), SuggestionRules.model_validate(shorter))
    assert effect.running == 3
    shown = {move.clock_id: (move.before, move.after) for move in effect.moves}
    # 2 May 2026 is a Saturday of the holidays: rolled to the first working day after them.
    assert shown[new.id] == (date(2026, 6, 2), date(2026, 5, 6))
    assert shown[extended.id] == (date(2026, 8, 1), date(2026, 8, 1)), "granted stays granted"
    assert old.id not in shown and new.due_on == date(2026, 6, 2), "nothing has happened yet"
    with pytest.raises(Forbidden):
        operations.put_rules_in_force(
            world.actor("township"),
            area_code=COUNTY,
            valid_from=date(2026, 2, 1),
            content=shorter,
            document="",
        )
    saved, done = operations.put_rules_in_force(
        world.actor("county"), area_code=COUNTY, valid_from=date(2026, 2, 1), content=shorter, document="办法"
    )
    assert saved.document == "办法" and done.moves == effect.moves
    assert new.due_on == new.suggestion.due_on == date(2026, 5, 6)
    assert (extended.first_due_on, extended.due_on) == (date(2026, 5, 6), date(2026, 8, 1))
    assert "顺延到下一个工作日" in explain(new)
    events = history_of(session(), "suggestion", new.suggestion_id)
    assert any("2026-05-06" in str((event.after or {}).get("deadline")) for event in events)
    assert operations.recalculate(world.actor("county"), COUNTY).moves == ()


def test_a_holiday_table_that_comes_later_moves_the_clocks_when_asked(world, session):
    """law.md 1.5: working days follow the calendar as it becomes known."""
    _rules("henan-2017")
    made = build(world, SuggestionState.ASSIGNED)
    running = run_clock(made, ClockKind.OBJECT, date(2029, 9, 25), unit=made.units[0])
    assert running.due_on == date(2029, 10, 9) and "2029 年的放假安排还没有登记" in explain(running)
    for n in range(1, 8):
        db.session.add(SpecialDay(day=date(2029, 10, n), kind=DayKind.HOLIDAY, name="国庆节"))
    db.session.flush()
    effect = operations.recalculate(world.actor("county"), COUNTY)
    assert [(move.before, move.after) for move in effect.moves] == [(date(2029, 10, 9), date(2029, 10, 16))]
    assert running.due_on == date(2029, 10, 16)


# --- who sees, who is urged ---------------------------------------------------------------------------------


def test_everybody_sees_their_own_deadlines(world, session):
    """4-07, 4-20: staff and the assigning office the area's, a deputy theirs, a unit its own and no other's."""
    late = clock.today() - timedelta(days=100)
    own = _running(world, late)
    other = _running(world, late, lead="C003", unit=UNITS[1])
    both = {own.id, other.id}
    expected = {
        "county": both, "assigner": both, "leader": both, "township": {own.id}, "neighbour": set(),
        "deputy": {own.id}, "other_deputy": set(), "unit": {own.id}, "unit_head": {own.id},
        "other_unit": {other.id},
    }  # fmt: skip
    for login, seen in expected.items():
        actor = world.actor(login)
        found = set(db.session.scalars(queries.select_clocks(actor).with_only_columns(SuggestionClock.id)))
        assert found == seen, login
    today = clock.today()
    county = world.actor("county")
    board = overdue_board(county, today)
    assert {row.name: row.count for row in board.units} == dict.fromkeys(UNITS, 1)
    assert {row.key for row in board.proposers} == {"C001", "C003"} and board.kinds == [(ClockKind.REPLY, 2)]
    assert [row.name for row in overdue_board(world.actor("unit"), today).units] == [UNITS[0]]
    assert queries.count_by_standing(world.actor("unit"), today)["overdue"] == 1
    with pytest.raises(NotFound):
        queries.get_visible_clock(world.actor("unit"), other.id)


def test_pressing_a_slow_unit_leaves_a_letter_a_notice_and_a_step(world, session):
    """4-07."""
    running = _running(world, clock.today() - timedelta(days=30))
    [part] = running.suggestion.units
    with pytest.raises(NotFound):
        operations.urge_unit(world.actor("unit"), running.id)
    urge = operations.urge_unit(world.actor("assigner"), running.id, note="请于本周内面商")
    assert (urge.number, urge.unit_id) == (f"CB{clock.today().year}0001", part.unit_id)
    step = db.session.scalars(select(SuggestionStep).filter_by(step=Step.URGE)).one()
    assert step.suggestion_unit_id == part.id and "请于本周内面商" in step.note
    told = set(db.session.scalars(select(Notice.user_id).where(Notice.key.startswith(f"urge:{urge.id}:"))))
    assert told == {world.users["unit"], world.users["unit_head"]}
    assert running.suggestion.state is SuggestionState.ASSIGNED and part.state is HandlingState.SIGNED
    assert queries.get_visible_urge(world.actor("unit"), urge.id) is urge
    with pytest.raises(NotFound):
        queries.get_visible_urge(world.actor("other_unit"), urge.id)
    end_clocks(running.suggestion, ClockKind.REPLY, on=clock.today())
    with pytest.raises(DomainError):
        operations.urge_unit(world.actor("county"), running.id)


def _at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour - 8, tzinfo=UTC)


def test_reminders_and_urging_letters_come_at_their_distances_each_once(world, session):
    """4-07, 4-20: before the day whoever must act, after it the unit by letter and the staff; never twice."""
    running = _running(world, date(2026, 1, 20))
    due = running.due_on
    feedback = run_clock(build(world, SuggestionState.REPLIED), ClockKind.REPLY, date(2026, 1, 20))
    feedback.kind = ClockKind.FEEDBACK
    assign = run_clock(build(world, SuggestionState.ACCEPTED), ClockKind.REPLY, date(2026, 1, 20))
    assign.kind = ClockKind.ASSIGN
    session.flush()

    def told() -> dict[int | None, int]:
        rows = db.session.execute(
            select(func.coalesce(Notice.user_id, -Notice.person_id), func.count()).group_by(
                func.coalesce(Notice.user_id, -Notice.person_id)
            )
        )
        return dict(rows.all())

    assert announce_deadlines(_at(due - timedelta(days=16))) == 0
    before = _at(due - timedelta(days=15))
    assert announce_deadlines(before - timedelta(hours=2, minutes=1)) == 0, "not before office hours"
    announce_deadlines(before)
    once = told()
    users = world.users
    assert once[users["unit"]] == once[users["unit_head"]] == once[users["assigner"]] == 1
    assert once[-world.persons["陈秋禾"]] == 1 and users["other_unit"] not in once
    announce_deadlines(before + timedelta(hours=3))
    assert told() == once
    for _again in range(2):
        announce_deadlines(_at(due + timedelta(days=1)))
    letters = list(db.session.scalars(select(Urge)))
    assert [(letter.clock_id, letter.by_name) for letter in letters] == [(running.id, "")]
    assert db.session.scalar(select(func.count()).where(Notice.kind == "urge")) == 2
    announce_deadlines(_at(due + timedelta(days=15)))
    assert db.session.scalar(select(func.count()).select_from(Urge)) == 2
    end_clocks(running.suggestion, ClockKind.REPLY, on=due)
    announce_deadlines(_at(due + timedelta(days=30)))
    assert db.session.scalar(select(func.count()).select_from(Urge)) == 2


@pytest.mark.sqlite_only
def test_a_pass_in_which_everybody_was_told_costs_the_same_for_many_deadlines(
    world, session, queries: list[str]
):
    """Nothing is written or asked deadline by deadline once all have been told."""
    started, sent = date(2026, 1, 20), []
    for count in (1, 4):
        for _one in range(count):
            due = _running(world, started).due_on
        for day in (due - timedelta(days=15), due + timedelta(days=1)):
            assert announce_deadlines(_at(day)) > 0
            session.expire_all()
            queries.clear()
            assert announce_deadlines(_at(day)) == 0
            sent.append(len(queries))
    assert sent[:2] == sent[2:]


@pytest.mark.sqlite_only
def test_moving_many_deadlines_reads_them_together(world, session, queries: list[str]):
    """A change of rules of a large office reads deadlines and suggestions in one statement for hundreds."""
    shorter = {"clocks": {"reply": {"length": 2, "unit": "months", "longest": 4, "roll": "after"}}}
    read = []
    for count in (1, 4):
        moving = [_running(world, date(2026, 3, 2)) for _one in range(count)]
        effect = effect_of(COUNTY, date(2026, 2, 1), SuggestionRules.model_validate(shorter))
        session.flush()
        session.expire_all()
        queries.clear()
        operations.move_clocks(effect)
        read.append(len([sent for sent in queries if sent.startswith("SELECT")]))
        assert len(effect.moves) >= count and all(one.due_on == date(2026, 5, 6) for one in moving)
    assert read[0] == read[1]
