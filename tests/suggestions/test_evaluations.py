"""A year's evaluation from opening to publication: who may judge what, ballots, paper, places, papers."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import openpyxl
import pytest
from docx import Document
from sqlalchemy import func, select

from app.accounts.models import User
from app.extensions import db
from app.groups.models import GroupPost
from app.groups.states import GroupRole
from app.kit import clock
from app.kit.errors import DomainError, NotFound
from app.notices.models import Notice
from app.notices.states import NoticeKind
from app.registry.models import Post
from app.registry.states import PostKind
from app.suggestions.evaluation.counting import Tally
from app.suggestions.models import Ballot, Evaluation, Supervision
from app.suggestions.operations import evaluations as operations
from app.suggestions.operations.ballots import Vote, cast_ballots, count_sheets
from app.suggestions.queries.evaluations import get_visible_evaluation, results_of
from app.suggestions.queries.raters import list_votable, tasks_of, voters_of
from app.suggestions.states import (
    EvaluationState,
    RaterGroup,
    Satisfaction,
    SuggestionState,
    SupervisorKind,
)
from tests.suggestions.building import build
from tests.world import BEGAN, COUNTY, UNITS

D, G, M, C = RaterGroup
WELL, FAIRLY, BADLY = Satisfaction
YEAR = 2025
DAY = date(YEAR, 3, 3)


@pytest.fixture
def year(app, world):
    """Two units: one led a suggestion that a group supervised, the other one that its deputy rates badly."""
    with app.app_context():
        made = _year(world)
        db.session.commit()
        db.session.remove()
    return made


def _year(world) -> dict[str, int]:
    one = build(world, SuggestionState.CONCLUDED, raised_on=DAY, title="关于整修灌渠的建议")
    two = build(world, SuggestionState.RATED, raised_on=DAY, unit=UNITS[1], lead="C002")
    build(world, SuggestionState.ASSIGNED, raised_on=DAY)  # not answered: nobody can judge it yet
    group, people = world.groups["第1代表小组"], world.persons
    supervised = {"area_code": COUNTY, "year": YEAR, "kind": SupervisorKind.GROUP, "began_on": DAY}
    db.session.add_all(
        [
            Supervision(suggestion=one, group_id=group, **supervised),
            GroupPost(group_id=group, person_id=people["陈秋禾"], role=GroupRole.LEADER, began_on=BEGAN),
            GroupPost(group_id=group, person_id=people["龑小满"], role=GroupRole.VICE_LEADER, began_on=BEGAN),
            _post(people["陈秋禾"], PostKind.STANDING_COMMITTEE_MEMBER),
            _post(people["龑小满"], PostKind.SPECIAL_COMMITTEE_CHAIR),
            _post(people["解霜降"], PostKind.STANDING_COMMITTEE_MEMBER),
        ]
    )
    evaluation = operations.open_evaluation(
        world.actor("county"), area_code=COUNTY, year=YEAR, title="2025年测评", scheme="yiyang"
    )
    return {"id": evaluation.id, "one": one.id, "two": two.id}


@pytest.fixture
def voted(app, world, year):
    """The same, with everybody's votes but the proposer's of the second unit."""
    with app.app_context():
        vote_everywhere(world, year)
        db.session.commit()
        db.session.remove()
    return year


def _post(person_id: int, kind: PostKind) -> Post:
    return Post(area_code=COUNTY, person_id=person_id, kind=kind, began_on=BEGAN)


def word(world, rater, unit, suggestion=0, said=WELL) -> Vote:
    return Vote(rater, world.units[UNITS[unit]], suggestion, "", said)


def vote_everywhere(world, year) -> None:
    """The deputy in all three capacities, the chair of a committee, and the members' paper ballots."""
    cast_ballots(
        world.actor("deputy"),
        year["id"],
        [
            word(world, D, 0, year["one"]),
            word(world, G, 0, year["one"], FAIRLY),
            word(world, M, 0),
            word(world, M, 1, said=BADLY),
        ],
    )
    cast_ballots(world.actor("other_deputy"), year["id"], [word(world, C, 0), word(world, C, 1, said=BADLY)])
    paper = {(world.units[UNITS[0]], 0, ""): Tally(18, 1, 0), (world.units[UNITS[1]], 0, ""): Tally(0, 4, 15)}
    assert count_sheets(world.actor("county"), year["id"], M, paper) == 2
    assert count_sheets(world.actor("county"), year["id"], M, paper) == 0


def test_everybody_judges_what_their_capacity_gives_them(session, world, year):
    """4-12: proposers their suggestions, a supervising group's leaders theirs, members and committees the units."""
    found = session.get_one(Evaluation, year["id"])
    mine = tasks_of(found, world.persons["陈秋禾"])
    assert [(task.rater, task.unit) for task in mine] == [
        (D, UNITS[0]),
        (G, UNITS[0]),
        *((M, name) for name in sorted(UNITS)),
    ]
    assert {task.rater for task in tasks_of(found, world.persons["龑小满"])} == {G, C}
    assert tasks_of(found, world.persons["欧阳谷雨"]) == []
    asked = [(one.rater, one.name, one.asked) for one in voters_of(found)]
    assert asked == [
        (D, "陈秋禾", 1),
        (D, "单立春", 1),
        (G, "陈秋禾", 1),
        (G, "龑小满", 1),
        (M, "陈秋禾", 2),
        (M, "解霜降", 2),
        (C, "龑小满", 2),
    ]
    assert operations.invite_voters(world.actor("county"), year["id"]) == 4
    assert operations.invite_voters(world.actor("county"), year["id"]) == 0


def test_nobody_votes_for_others_or_twice(session, world, year):
    deputy, colleague = world.actor("deputy"), world.actor("other_deputy")
    with pytest.raises(NotFound):
        cast_ballots(deputy, year["id"], [word(world, D, 1, year["two"])])
    with pytest.raises(NotFound):
        cast_ballots(deputy, year["id"], [word(world, C, 0)])
    cast_ballots(deputy, year["id"], [word(world, G, 0, year["one"])])
    with pytest.raises(DomainError, match="陈秋禾"):  # the group has one word
        cast_ballots(colleague, year["id"], [word(world, G, 0, year["one"], BADLY)])
    cast_ballots(deputy, year["id"], [word(world, G, 0, year["one"], BADLY)])  # changed until the close
    assert [one.word for one in session.scalars(select(Ballot))] == [BADLY]
    voters = voters_of(session.get_one(Evaluation, year["id"]))
    assert [one.done for one in voters if one.rater is G] == [1, 1]  # whoever of the two said it
    with pytest.raises(DomainError):
        cast_ballots(deputy, year["id"], [])
    found = session.get_one(Evaluation, year["id"])
    found.closes_on = clock.today() - timedelta(days=1)
    session.flush()
    with pytest.raises(DomainError, match="截止"):
        cast_ballots(deputy, year["id"], [word(world, M, 0)])


def test_scores_places_and_the_line(session, world, year):
    """4-13 … 4-17: account and paper together, a missing proposer named and shared out, below 70 flagged."""
    vote_everywhere(world, year)
    results = results_of(session.get_one(Evaluation, year["id"]))
    first, second = results.units
    # 30×1 + 20×0.6 + 30×(19+0.6)/20 + 20×1
    assert (first.subject.name, first.score, first.rank) == (UNITS[0], Decimal("91.40"), 1)
    # nobody of the proposers voted: (30×2.4/20 + 20×0)÷50×100
    assert (second.score, second.rank, second.qualified) == (Decimal("7.20"), 2, False)
    assert results.missing == [(D, 1)] and results.unqualified == [second]


def test_the_close_keeps_what_was_judged(session, world, year):
    county = world.actor("county")
    with pytest.raises(DomainError):
        operations.publish_evaluation(county, year["id"])
    vote_everywhere(world, year)
    content = dict(session.get_one(Evaluation, year["id"]).scheme)
    update = partial(operations.update_evaluation, county, year["id"], version=None, closes_on=None)
    with pytest.raises(DomainError, match="不能再改"):
        update(title="测评", content={**content, "line": 60})
    with pytest.raises(DomainError):
        operations.delete_evaluation(county, year["id"])
    update(title="测评", content=content)
    operations.close_evaluation(county, year["id"])
    build(world, SuggestionState.CONCLUDED, raised_on=DAY, unit=UNITS[1])
    session.flush()
    found = session.get_one(Evaluation, year["id"])
    assert [len(one.subject.judged) for one in results_of(found).units] == [1, 1]
    operations.reopen_evaluation(county, year["id"])
    assert sorted(len(one.subject.judged) for one in results_of(found).units) == [1, 2]
    operations.close_evaluation(county, year["id"])
    operations.publish_evaluation(county, year["id"])
    assert found.state is EvaluationState.PUBLISHED and found.published_on == clock.today()
    with pytest.raises(DomainError):
        operations.reopen_evaluation(county, year["id"])
    told = select(func.count()).select_from(Notice).join(User, User.id == Notice.user_id)
    units = told.where(Notice.kind == NoticeKind.EVALUATION, User.unit_id.is_not(None))
    assert session.scalar(units) == 3  # a clerk and the head of one unit, a clerk of the other


def test_marks_and_indicators_run_on_the_same_rooms(session, world, year):
    """Qingdao and Shenzhen (law.md 1.5): points per item on the phone, grades without any ballot."""
    county, deputy = world.actor("county"), world.actor("deputy")
    made = partial(operations.open_evaluation, county, area_code=COUNTY, year=YEAR)
    marked = made(title="打分", scheme="qingdao")
    keys = {"contact": 1000, "in_person": 1500, "effect": 5000, "follow_up": 0}
    unit = world.units[UNITS[0]]
    cast_ballots(deputy, marked.id, [Vote(D, unit, year["one"], k, marks=m) for k, m in keys.items()])
    with pytest.raises(DomainError, match="沟通"):
        cast_ballots(deputy, marked.id, [Vote(D, unit, year["one"], "contact", marks=1001)])
    count_sheets(county, marked.id, D, {(unit, year["one"], "follow_up"): Tally(marked=1, marks=1000)})
    first = results_of(marked).of(unit)
    assert first is not None and first.score == Decimal("80.00")  # 10 + 15 + 50 + (0+10)÷2
    graded = made(title="指标", scheme="shenzhen")
    units = {one.subject.name: one for one in results_of(graded).units}
    assert units[UNITS[0]].qualified is False  # one of its two is overdue
    assert [evaluation.title for evaluation, *_counts in list_votable(deputy)] == ["打分", "2025年测评"]


def test_pages_open_down_to_the_computation(sign_in, world, voted):
    year = voted
    county, address = sign_in("county"), f"/suggestions/evaluations/{year['id']}"
    unit = world.units[UNITS[1]]
    page = county.get(address).get_data(as_text=True)
    assert f"{address}/units/{unit}" not in page and UNITS[1] in page, "no figures while votes come in"
    for path in (f"units/{unit}", "lines.xlsx", "ranking.docx", "sheets/members.docx"):
        assert county.get(f"{address}/{path}").status_code == 409, path
    page = county.get(f"{address}/voters").get_data(as_text=True)
    assert "单立春" in page and "没有账号" in page and "投了一部分" not in page
    assert "2025年测评" in county.get("/suggestions/evaluations").get_data(as_text=True)
    sheet = f"{address}/sheets/members"
    assert 'value="18"' in county.get(sheet).get_data(as_text=True)
    wrong = county.post(sheet, data={f"c.{unit}.0..satisfied": "许多"})
    assert wrong.status_code == 422 and "许多" in wrong.get_data(as_text=True)
    stale = {f"c.{unit}.0..satisfied": "9", "version": "1"}
    assert "刚刚被别人修改过" in county.post(sheet, data=stale).get_data(as_text=True)
    assert county.get(f"{address}/sheets/nobody").status_code == 404
    for login, status in (
        ("leader", 200),
        ("assigner", 200),
        ("deputy", 403),
        ("unit", 403),
        ("neighbour", 404),
    ):
        assert sign_in(login).get(address).status_code == status, login
    assert sign_in("leader").post(f"{address}/close").status_code == 403
    assert county.post(f"{address}/close").status_code == 303
    page = county.get(address).get_data(as_text=True)
    assert f"{address}/units/{unit}" in page and "提出建议的代表缺 1 个单位的票" in page and "不合格" in page
    page = county.get(f"{address}/units/{unit}").get_data(as_text=True)
    assert "(0×1＋4×0.6＋16×0)÷20×60＝7.20" in page and "30 → 60" in page and "没有票" in page
    leader = sign_in("leader")
    assert leader.get(f"{address}/units/{unit}").status_code == 409
    assert county.post(f"{address}/publish").status_code == 303
    assert leader.get(f"{address}/units/{unit}").status_code == 200
    assert "名次" in sign_in("deputy").get(f"/suggestions/ballots/{year['id']}").get_data(as_text=True)


def test_papers_of_an_evaluation(sign_in, world, voted):
    """0-09, 4-16: the sheet for the appraisal office with 2 %; ballots and the tally on paper."""
    year = voted
    county, address = sign_in("county"), f"/suggestions/evaluations/{year['id']}"
    assert county.post(f"{address}/close").status_code == 303
    book: Any = openpyxl.load_workbook(io.BytesIO(county.get(f"{address}/appraisal.xlsx").data)).active
    rows = [row for row in book.iter_rows(values_only=True) if row[1] in UNITS]
    assert rows == [
        (1, UNITS[0], 2, 91.4, "合格", 1.83, None, None),
        (2, UNITS[1], 1, 7.2, "不合格", 0.14, 0, "提出建议的代表"),
    ]
    lines = openpyxl.load_workbook(io.BytesIO(county.get(f"{address}/lines.xlsx").data)).active
    assert lines is not None and lines.max_row == 2 + 1 + 7
    texts = {}
    for path in ("ranking", "ballots/members", "sheets/members"):
        answer = county.get(f"{address}/{path}.docx")
        assert answer.status_code == 200, path
        word_file = Document(io.BytesIO(answer.data))
        cells = [cell.text for table in word_file.tables for row in table.rows for cell in row.cells]
        texts[path] = "\n".join([*(paragraph.text for paragraph in word_file.paragraphs), *cells])
    assert "提出建议的代表 50" in texts["ranking"] and "缺票情况" in texts["ranking"]
    assert "□" in texts["ballots/members"] and UNITS[1] in texts["ballots/members"]
    assert "监票人" in texts["sheets/members"] and "18" in texts["sheets/members"]


def test_a_ballot_on_the_phone(app, sign_in, world, year):
    deputy, address = sign_in("deputy"), f"/suggestions/ballots/{year['id']}"
    assert "已评 0，共 4" in deputy.get("/suggestions/ballots").get_data(as_text=True)
    name = f"v.deputy.{world.units[UNITS[0]]}.{year['one']}."
    assert f'name="{name}"' in deputy.get(address).get_data(as_text=True)
    assert deputy.post(address, data={}).status_code == 422
    assert deputy.post(address, data={name: "dissatisfied"}).status_code == 303
    assert 'value="dissatisfied" checked' in deputy.get(address).get_data(as_text=True)
    assert deputy.post(address, data={name.replace("deputy", "committee"): "satisfied"}).status_code == 422
    assert sign_in("leader").get(address).status_code == 404
    assert sign_in("county").get(address).status_code == 403
    with app.app_context():
        found = get_visible_evaluation(world.actor("county"), year["id"])
        assert [one.done for one in voters_of(found) if one.rater is D] == [1, 0]
        assert db.session.scalar(select(func.count()).select_from(Ballot)) == 1
