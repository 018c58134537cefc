"""Composing groups (2-15, 2-16): proposals keep every hard rule or say truly why not; moves; taking effect."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.groups import operations
from app.groups.composing import changes, effect, reading, rules, working
from app.groups.composing.board import Board
from app.groups.composing.problem import Member, Problem, score_of
from app.groups.composing.solving import compose
from app.groups.composing.trades import trade_of
from app.groups.composing.words import MIXED, Criterion, Office, Seniority, Trade
from app.groups.models import DeputyGroup, GroupComposition, GroupMembership, GroupPost
from app.groups.states import CompositionState, GroupKind, GroupRole
from app.kit.audit import history_of
from app.kit.errors import Conflict, DomainError, Forbidden
from app.kit.jobs import Cancelled, JobContext
from app.kit.states import LabelledEnum
from app.registry.states import Level
from tests.world import BEGAN, COUNTY, LINJIANG

DAY = date(2024, 3, 1)
ALL = {"levels": list(Level), "groups": 2, "least": 2, "most": 4, "mixed": False}


# --- the search: pure ----------------------------------------------------------------------------------------


@st.composite
def problems(draw) -> Problem:
    """A handful of people with any wishes, sensible or not."""
    n = draw(st.integers(1, 7))
    values: dict[Criterion, list[LabelledEnum]] = {
        Criterion.TERM: list(Seniority),
        Criterion.OFFICE: list(Office),
        Criterion.TRADE: [Trade.FARMING, Trade.HEALTH],
    }
    members = tuple(
        Member(
            key,
            f"甲{key}",
            draw(st.sampled_from(["", "东乡", "西乡"])),
            {criterion: draw(st.sampled_from(each)).value for criterion, each in values.items()},
        )
        for key in range(1, n + 1)
    )
    least = draw(st.integers(0, 3))
    blocks = st.lists(st.lists(st.integers(1, n), min_size=2, max_size=3).map(tuple), max_size=2).map(tuple)
    return Problem(
        members,
        groups=draw(st.integers(1, 3)),
        least=least,
        most=draw(st.integers(1, 7)),
        together=draw(blocks),
        apart=draw(blocks),
        whole_townships=draw(st.booleans()),
        mixed=draw(st.sampled_from([(), MIXED, MIXED[:1]])),
    )


def possible(problem: Problem) -> bool:
    """Whether any division at all keeps every hard rule: by trying them all."""
    keys = [member.key for member in problem.members]
    names = [""] * problem.groups
    return any(
        not rules.broken_rules(problem, dict(zip(keys, places, strict=True)), names)
        for places in product(range(problem.groups), repeat=len(keys))
    )


def without_one_wish(problem: Problem) -> list[Problem]:
    eased = [replace(problem, **change) for change in ({"least": 0}, {"most": 99}, {"mixed": ()})]
    eased.append(replace(problem, whole_townships=False))
    for name in ("together", "apart"):
        blocks = getattr(problem, name)
        eased += [replace(problem, **{name: blocks[:n] + blocks[n + 1 :]}) for n in range(len(blocks))]
    return eased


@settings(max_examples=60)
@given(problems())
def test_2_15_a_proposal_keeps_every_hard_rule_or_the_complaint_is_true(problem):
    outcome = compose(problem, seconds=0.3, workers=1)
    if outcome.division is not None:
        assert set(outcome.division) == set(problem.by_key)
        assert rules.broken_rules(problem, outcome.division, [""] * problem.groups) == []
        assert outcome.complaints == []
    else:
        assert outcome.complaints
        assert not possible(problem)
        for sentence in outcome.complaints:
            assert "放弃这一项就可以" not in sentence or any(map(possible, without_one_wish(problem)))


@settings(max_examples=40)
@given(problems())
def test_a_search_never_worsens_and_stops_when_told(problem):
    """2-15: improving while it is left running; stopping keeps what was found."""

    class Enough(Exception):
        pass

    heard = []

    def heed(progress):
        heard.append(progress)
        if len(heard) == 3:
            raise Enough

    try:
        compose(problem, seconds=0.2, heed=heed, workers=1)
    except Enough:
        assert len(heard) == 3
    totals = [progress.score.total for progress in heard]
    assert totals == sorted(totals, reverse=True)
    for progress in heard:
        assert rules.broken_rules(problem, progress.division, [""] * problem.groups) == []


def county(n: int = 60, townships: int = 6) -> tuple[Member, ...]:
    return tuple(
        Member(
            key,
            f"代表{key}",
            f"{key % townships:03d}",
            {
                Criterion.TERM: (Seniority.AGAIN if key % 3 == 0 else Seniority.FIRST).value,
                Criterion.OFFICE: (Office.LEADER if key % 5 == 0 else Office.GRASS_ROOTS).value,
                Criterion.LEVEL: (Level.CITY if key % 7 == 0 else Level.COUNTY).value,
                Criterion.TRADE: list(Trade)[key % 4].value,
            },
        )
        for key in range(1, n + 1)
    )


def test_2_16_every_group_has_new_and_old_leaders_and_grass_roots():
    problem = Problem(county(), 4, 14, 16, mixed=MIXED)
    outcome = compose(problem, seconds=3)
    assert outcome.division is not None
    assert rules.broken_rules(problem, outcome.division, list("甲乙丙丁")) == []
    assert score_of(problem, outcome.division).total <= 40


def test_townships_stay_whole_where_asked():
    problem = Problem(county(), 3, 20, 20, whole_townships=True)
    outcome = compose(problem, seconds=2)
    assert outcome.division is not None
    assert score_of(problem, outcome.division).splits == 0


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"least": 20}, "需要 80 人，只有 60 名"),
        ({"most": 10}, "最多容纳 40 人，却有 60 名"),
        ({"least": 17, "most": 16}, "比最多 16 人还多"),
        ({"together": ((1, 2),), "apart": ((1, 2),)}, "代表1、代表2既要求同组"),
        ({"together": (tuple(range(1, 18)),)}, "等 17 人要求编在一组，超过每组最多的 16 人"),
        ({"apart": ((1, 2, 3, 4, 6),)}, "要求两两不同组，只有 4 个小组"),
        ({"together": ((1, 999),)}, "不在这次编组的范围内"),
        ({"members": ()}, "没有符合条件的在任代表"),
        ({"members": county(60)[:0] + tuple(m for m in county() if m.key % 5), "mixed": MIXED, "least": 0}, "领导干部只有 0 人"),
    ],
)  # fmt: skip
def test_a_wish_nobody_can_keep_is_named(change, word):
    """2-15: infeasible wishes are named in a sentence each."""
    problem = replace(Problem(county(), 4, 14, 16), **change)
    outcome = compose(problem, seconds=1)
    assert outcome.division is None
    assert any(word in sentence for sentence in outcome.complaints), outcome.complaints


def test_wishes_that_only_together_are_impossible_name_which_to_give_up():
    """Six townships of ten cannot stay whole in groups of 14 to 16."""
    outcome = compose(Problem(county(), 4, 14, 16, whole_townships=True), seconds=1)
    assert outcome.division is None
    assert all("放弃这一项就可以" in sentence for sentence in outcome.complaints)
    assert outcome.complaints[0].endswith("乡镇不拆开。")


@pytest.mark.parametrize(
    ("post", "trade"),
    [("乡村医生", Trade.HEALTH), ("村党支部书记", Trade.VILLAGE), ("县教育局局长", Trade.ORGANS), ("小学教师", Trade.EDUCATION),
     ("农民专业合作社理事长", Trade.FARMING), ("企业负责人", Trade.BUSINESS), ("纺织厂职工", Trade.LABOUR), ("", Trade.OTHER),
     (None, Trade.OTHER), ("诗人", Trade.OTHER)],
)  # fmt: skip
def test_a_trade_is_read_from_the_post(post, trade):
    assert trade_of(post) is trade


# --- with the registry -----------------------------------------------------------------------------------------


@pytest.fixture
def composition(world, session) -> GroupComposition:
    return changes.create_composition(
        world.actor("county"), area_code=COUNTY, name="2024年编组", kind=GroupKind.AREA, on=DAY, **ALL
    )


def _propose(world, session, composition) -> GroupComposition:
    changes.request_proposal(world.actor("county"), composition, 2)
    session.commit()
    session.refresh(composition)
    return composition


def test_2_15_one_person_is_one_member_by_the_highest_mandate(world, session, composition):
    seats = reading.list_seats(COUNTY, list(Level), DAY)
    assert len(seats) == len({seat.person_id for seat in seats}) == 7
    seat = next(s for s in seats if s.person_id == world.persons["陈秋禾"])
    assert seat.member.key == world.mandates["C001"]
    assert set(seat.mandates) == {world.mandates["C001"], world.mandates["T001"]}
    assert seat.member.township == LINJIANG
    assert len(reading.list_seats(COUNTY, [Level.TOWNSHIP], DAY)) == 4


def test_a_proposal_is_made_by_a_job_and_kept(world, session, composition):
    _propose(world, session, composition)
    board = Board(composition)
    assert len(board.division) == 7 and board.broken == [] and not board.unplaced
    assert "方案" in changes.last_words(composition)
    assert composition.names[0] == "第1代表小组"
    before = board.before()
    assert before is not None and sum(group.size for group in before.groups) == 3


class Reports(JobContext):
    """Stands in for the job's context: says "stop" at the third report."""

    def __init__(self, world, job_id, stop_at):
        super().__init__(job_id, world.actor("county"), Path())
        self.stop_at = stop_at
        self.said: list[tuple[int, str]] = []

    @contextmanager
    def reading(self):
        yield

    def report(self, percent, message=""):
        self.said.append((percent, str(message)))
        if len(self.said) == self.stop_at:
            raise Cancelled


def test_stopping_the_job_keeps_the_best_division_so_far(world, session, composition):
    """2-15: a proposal improves while it is left running; stopping it loses nothing."""
    composition.job_id = 77
    context = Reports(world, 77, stop_at=2)
    words = working.propose(context, composition.id, 60)
    assert words and len(context.said) == 2
    assert len(composition.division) == 7 and Board(composition).broken == []


def test_stopped_before_anything_is_found_it_counts_as_cancelled(world, session, composition):
    composition.job_id = 77
    with pytest.raises(Cancelled):
        working.propose(Reports(world, 77, stop_at=1), composition.id, 60)
    assert composition.division == {}


def test_a_search_that_was_replaced_writes_nothing(world, session, composition):
    composition.job_id = 78
    working.propose(Reports(world, 77, stop_at=99), composition.id, 1)
    assert composition.division == {}


def test_impossible_wishes_are_kept_with_the_composition(world, session, composition):
    actor = world.actor("county")
    changes.add_rule(
        actor, composition, rule="together", mandate_ids=[world.mandates["C001"], world.mandates["C002"]]
    )
    changes.add_rule(
        actor, composition, rule="apart", mandate_ids=[world.mandates["T001"], world.mandates["C002"]]
    )
    _propose(world, session, composition)
    assert composition.division == {}
    assert "既要求同组" in composition.wishes["complaints"][0]
    changes.remove_rule(actor, composition, rule="apart", place=0)
    _propose(world, session, composition)
    assert composition.wishes["complaints"] == [] and len(composition.division) == 7


def test_moving_by_hand_checks_the_rules_and_is_in_the_trail(world, session, composition):
    """2-15: staff move people, the figures follow."""
    _propose(world, session, composition)
    keys = list(Board(composition).division)
    board = changes.move_members(world.actor("county"), composition, members=keys, place=1)
    assert any("少于每组最少的 2 人" in sentence for sentence in board.broken)
    assert [group.size for group in board.after().groups] == [0, 7]
    assert any(
        event.tag.endswith(":group_composition:move")
        for event in history_of(db.session(), "group_composition", composition.id)
    )
    with pytest.raises(DomainError):
        changes.move_members(world.actor("county"), composition, members=[], place=1)
    with pytest.raises(DomainError):
        changes.move_members(world.actor("county"), composition, members=keys[:1], place=7)


def test_taking_effect_refuses_broken_rules_unless_staff_insist(world, session, composition):
    actor = world.actor("county")
    with pytest.raises(DomainError, match="还没有编组结果"):
        effect.take_effect(actor, composition, effective_on=DAY)
    _propose(world, session, composition)
    changes.move_members(actor, composition, members=list(Board(composition).division), place=0)
    session.commit()
    with pytest.raises(DomainError) as refused:
        effect.take_effect(actor, composition, effective_on=DAY)
    assert refused.value.field == "despite"
    assert effect.take_effect(actor, composition, effective_on=DAY, despite=True).made >= 1


def test_2_15_taking_effect_ends_old_memberships_and_begins_new_ones(world, session, composition):
    actor = world.actor("county")
    old = session.get_one(DeputyGroup, world.groups["第1代表小组"])
    gone = operations.create_group(actor, area_code=COUNTY, name="老组", kind=GroupKind.AREA)
    operations.add_members(actor, gone, mandate_ids=[world.mandates["C003"]], joined_on=BEGAN)
    leader = operations.create_post(
        actor, gone, role=GroupRole.LEADER, mandate_id=world.mandates["C003"], began_on=BEGAN
    )
    other = operations.create_group(actor, area_code=COUNTY, name="法制小组", kind=GroupKind.PROFESSIONAL)
    operations.add_members(actor, other, mandate_ids=[world.mandates["C003"]], joined_on=BEGAN)
    changes.update_composition(
        actor, composition, version=None, name="编组", on=DAY, names=["第1代表小组", "新组"], **ALL
    )
    _propose(world, session, composition)
    done = effect.take_effect(actor, composition, effective_on=DAY)
    assert composition.state is CompositionState.IN_EFFECT and composition.effective_on == DAY
    assert (done.made, done.ended) == (1, 1)
    rows = session.scalars(db.select(GroupMembership).where(GroupMembership.left_on.is_(None))).all()
    persons = [row.mandate.person_id for row in rows if row.group.kind is GroupKind.AREA]
    assert len(persons) == len(set(persons)) == 7
    assert [row.group.name for row in rows if row.group.kind is GroupKind.PROFESSIONAL] == ["法制小组"]
    assert gone.ended_on == DAY and session.get_one(GroupPost, leader.id).ended_on == DAY
    assert old.ended_on is None
    assert done.stayed + done.joined == 7
    ended = session.scalars(db.select(GroupMembership).where(GroupMembership.left_on == DAY)).all()
    assert len(ended) == done.left >= 1
    with pytest.raises(Conflict):
        changes.move_members(actor, composition, members=[rows[0].mandate_id], place=0)


def test_levels_that_are_not_divided_keep_their_groups(world, session):
    actor = world.actor("county")
    wishes = {**ALL, "levels": [Level.COUNTY], "least": 1}
    made = changes.create_composition(
        actor, area_code=COUNTY, name="县代表", kind=GroupKind.AREA, on=DAY, names=["甲组", "乙组"], **wishes
    )
    _propose(world, session, made)
    effect.take_effect(actor, made, effective_on=DAY)
    group = session.get_one(DeputyGroup, world.groups["第1代表小组"])
    running = [row for row in group.memberships if row.left_on is None]
    assert [row.mandate_id for row in running] == [world.mandates["T002"]]
    assert group.ended_on is None


def test_who_may_compose(world, session, composition):
    assert reading.get_composition(world.actor("county"), composition.id) is composition
    for login in ("neighbour", "other_township"):
        with pytest.raises(Exception, match="没有找到"):
            reading.get_composition(world.actor(login), composition.id)
    with pytest.raises(Forbidden):
        changes.create_composition(
            world.actor("leader"), area_code=COUNTY, name="x", kind=GroupKind.AREA, on=DAY, **ALL
        )


def test_a_discarded_one_is_only_looked_at(world, session, composition):
    actor = world.actor("county")
    changes.discard_composition(actor, composition)
    for attempt in (changes.discard_composition, lambda a, c: changes.request_proposal(a, c, 1)):
        with pytest.raises(Conflict):
            attempt(actor, composition)


def test_composing_in_the_browser(world, app, sign_in):
    """2-15: wishes, proposal, figures, moving, taking effect, all over the web."""
    browser = sign_in("county")
    page = browser.get("/groups/compositions/new").get_data(as_text=True)
    assert "新老搭配" in page
    form = {
        "name": "五级联合", "area_code": COUNTY, "kind": "joint", "on": "2024.3.1",
        "levels": ["city", "county", "township"], "criteria": ["term", "office"],
        "groups": "2", "least": "2", "most": "5", "names": "东组\n西组",
    }  # fmt: skip
    refused = browser.post("/groups/compositions/new", data={**form, "least": "6"})
    assert refused.status_code == 422 and "五级联合" in refused.get_data(as_text=True)
    url = browser.post("/groups/compositions/new", data=form).headers["Location"]
    assert "还没有方案" in browser.get(url).get_data(as_text=True)
    assert browser.get(f"{url}/edit").status_code == 200
    ids = [world.mandates["C001"], world.mandates["C002"]]
    browser.post(f"{url}/rules", data={"rule": "together", "mandate_ids": ids})
    assert "必须同组" in browser.get(url).get_data(as_text=True)
    browser.post(f"{url}/propose", data={"seconds": "2"})
    page = browser.get(url).get_data(as_text=True)
    assert "全部要求都已满足" in page and "东组" in page
    assert "HX-Refresh" in browser.get(f"{url}/progress").headers
    answer = browser.post(
        f"{url}/move", data={"member": ids[:1], "place": "0"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200 and "方案中的各组" in answer.get_data(as_text=True)
    answer = browser.post(
        f"{url}/move", data={"member": ids[1:], "place": "1"}, headers={"HX-Request": "true"}
    )
    assert "应当同组" in answer.get_data(as_text=True)
    people = browser.get(f"{url}/people?place=1&criterion=office&value=leader").get_data(as_text=True)
    assert "单立春" in people
    assert "仍然生效" in browser.get(f"{url}/effect").get_data(as_text=True)
    done = browser.post(f"{url}/effect", data={"effective_on": "2024.3.5", "despite": "y"})
    assert done.status_code == 303
    assert "东组" in browser.get("/groups").get_data(as_text=True)
    assert "五级联合" in browser.get("/groups/compositions").get_data(as_text=True)
    assert browser.post(f"{url}/discard").status_code == 409
