"""Supervision: who must have one, who has none, five parties on site, votes, hearings, groups' picks."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from docx import Document
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from app.activities.years import choose_year
from app.extensions import db
from app.groups.models import DeputyGroup, GroupPost
from app.groups.states import GroupRole
from app.kit import clock
from app.kit.audit import acting_as
from app.kit.authorisation import operator
from app.kit.database import set_reading
from app.kit.errors import DomainError, NotFound
from app.kit.listing import ListQuery
from app.notices.models import Notice
from app.registry.models import Post
from app.registry.states import PostKind
from app.suggestions.columns.supervising import SUPERVISORS
from app.suggestions.models import Suggestion, SuggestionClass, SuggestionStep, Supervision
from app.suggestions.operations import supervising_bodies as bodies
from app.suggestions.operations import supervision as operations
from app.suggestions.operations import visits as on_site
from app.suggestions.queries import get_visible_suggestion
from app.suggestions.queries.supervising_bodies import board_of, workload_of
from app.suggestions.queries.supervision import (
    get_visible_supervision,
    group_cosupervised,
    list_priority,
    list_supervisions_of,
)
from app.suggestions.queries.supervisors import (
    committee_for,
    list_candidates,
    list_supervisors,
    own_supervisors,
)
from app.suggestions.states import Step, SuggestionState, SupervisorKind, VisitKind
from app.suggestions.supervision_rules import (
    committee_of,
    fields_of,
    key_of,
    kind_and_id,
    reference_day,
    vote_share,
)
from tests.suggestions.building import build
from tests.world import BEGAN, COUNTY, LINJIANG, World

K = SupervisorKind
TODAY = clock.today()
YEAR = TODAY.year
FIVE: dict[str, Any] = {
    "leader": "周副县长",
    "proposers": "陈秋禾",
    "units": "城管局",
    "congress": "人大",
    "media": "融媒体",
}


def furnish(world: World) -> None:
    """Posts, bodies and a leader of the world's group."""
    for name, kind in (
        ("解霜降", PostKind.CHAIRPERSONS_MEETING_MEMBER),
        ("陈秋禾", PostKind.STANDING_COMMITTEE_MEMBER),
        ("单立春", PostKind.STANDING_COMMITTEE_MEMBER),
    ):
        db.session.add(Post(area_code=COUNTY, person_id=world.persons[name], kind=kind, began_on=BEGAN))
    db.session.add(
        GroupPost(
            group_id=world.groups["第1代表小组"],
            person_id=world.persons["陈秋禾"],
            role=GroupRole.LEADER,
            began_on=BEGAN,
        )
    )
    county = world.actor("county")
    for body, name, fields in (
        (K.GOVERNMENT, "县长", ""),
        (K.GOVERNMENT, "副县长", ""),
        (K.COMMITTEE, "城乡建设委员会", "交通，水利"),
    ):
        bodies.save_body(
            county,
            None,
            area_code=COUNTY,
            kind=body,
            name=name,
            fields=fields,
            began_on=BEGAN,
            ended_on=None,
        )
    db.session.flush()


@pytest.fixture
def room(app: Any, world: World) -> Any:
    """Those who may be asked to supervise, in the session."""
    with app.app_context(), acting_as(operator("tests")):
        set_reading(False)
        furnish(world)
        yield world
        db.session.rollback()


def who(world: World, kind: SupervisorKind, name: str) -> int:
    """The key of a supervisor by name."""
    return next(one.key for one in list_supervisors([""], TODAY, (kind,)) if one.name == name)


def arrange(world: World, key: int, number: str | None, actor: str = "county") -> Supervision:
    return operations.arrange_supervision(world.actor(actor), who=key, number=number or "", year=YEAR)


def test_the_rules_are_pure_and_exact() -> None:
    """Keys go there and back; the reference day; a vote's share; a committee's field (4-26, 0-11)."""
    for kind in K:
        assert kind_and_id(key_of(kind, 7)) == (kind, 7)
    assert kind_and_id(3) is None and kind_and_id(79) is None
    today = date(2026, 5, 6)
    assert reference_day(2026, today) == today
    assert (reference_day(2024, today), reference_day(2027, today)) == (date(2024, 12, 31), date(2027, 1, 1))
    assert vote_share(None, None, None) is None and vote_share(0, 0, 0) is None
    assert vote_share(20, 10, 10) == 0.75
    assert fields_of(" 交通，水利; 教育、交通\n") == ["交通", "水利", "教育"]
    assert committee_of("水利", [("甲", ["交通"]), ("乙", ["水利"])]) == "乙"
    assert committee_of("", [("甲", [""])]) == ""


def test_who_has_none_this_year(room: World) -> None:
    """4-09, 4-10, 4-23, 4-25, 4-27, 4-30: leaders, members, groups without one; the missing hearing; each opens."""
    one = build(room, SuggestionState.ASSIGNED)
    before = board_of(COUNTY, YEAR)
    expected = {K.CHAIRPERSONS: 1, K.GOVERNMENT: 2, K.MEMBER: 2, K.COMMITTEE: 1, K.GROUP: 1}
    assert {kind: row.supervisors for kind, row in before.kinds.items()} == expected
    assert {kind: row.without for kind, row in before.kinds.items()} == expected
    assert (before.priority, before.priority_wanted, before.hearings) == (0, 8, 0)
    made = [
        arrange(room, who(room, kind, name), one.number)
        for kind, name in ((K.GOVERNMENT, "县长"), (K.MEMBER, "陈秋禾"), (K.CHAIRPERSONS, "解霜降"))
    ]
    bodies.save_hearing(room.actor("county"), None, area_code=COUNTY, on=TODAY, body="县政府常务会议")
    after = board_of(COUNTY, YEAR)
    assert {kind: row.without for kind, row in after.kinds.items()} == {
        **expected, K.CHAIRPERSONS: 0, K.GOVERNMENT: 1, K.MEMBER: 1,
    }  # fmt: skip
    assert (after.priority, after.hearings) == (1, 1)
    assert board_of(COUNTY, YEAR - 1).hearings == 0
    choose_year(str(YEAR))
    rows = ListQuery(SUPERVISORS, room.actor("leader"), MultiDict([("none", "1")])).view().rows
    assert sorted(row.cells[0] for row in rows) == sorted(
        ["副县长", "单立春", "城乡建设委员会", "第1代表小组"]
    )
    assert ListQuery(SUPERVISORS, room.actor("neighbour"), MultiDict()).view().rows == []
    # Told: who supervises and who proposed; in the log of the suggestion (everything is on record).
    told = select(func.count()).where(Notice.key.startswith(f"supervision:{made[1].id}:arranged:p"))
    assert db.session.scalar(told) == 1
    steps = select(func.count()).where(
        SuggestionStep.suggestion_id == one.id, SuggestionStep.step == Step.SUPERVISE
    )
    assert db.session.scalar(steps) == 3


def test_eight_priority_suggestions_and_not_one_more(room: World) -> None:
    """4-23: items or classes; a second member on the same one is no ninth; a class counts once."""
    key = who(room, K.CHAIRPERSONS, "解霜降")
    grouped = SuggestionClass(
        office_code=COUNTY, area_code=COUNTY, number="L-1", title="灌渠", formed_on=TODAY
    )
    db.session.add(grouped)
    db.session.flush()
    numbers = [build(room, SuggestionState.ACCEPTED, title=f"建议{n}").number for n in range(8)]
    inside = build(room, SuggestionState.ACCEPTED, title="灌渠之一", class_id=grouped.id)
    for number in ["L-1", *numbers[:7]]:
        arrange(room, key, number)
    with pytest.raises(DomainError, match="8"):
        arrange(room, key, numbers[7])
    with pytest.raises(DomainError, match="已经督办"):
        arrange(room, key, numbers[0])
    with pytest.raises(DomainError, match="没有编号"):
        arrange(room, key, "X-99")
    assert board_of(COUNTY, YEAR).priority == 8 == len(list_priority(COUNTY, YEAR))
    assert not group_cosupervised(inside.id)
    with pytest.raises(DomainError, match="一件建议"):
        arrange(room, who(room, K.GROUP, "第1代表小组"), "L-1")
    with pytest.raises(NotFound):
        arrange(room, key, numbers[7], "township")


def test_a_group_picks_one_of_its_own_members(room: World) -> None:
    """4-27 on the phone of its leader: only members' suggestions, one a year; G's 30 + 20 follows from it."""
    own = build(room, SuggestionState.ASSIGNED, lead="C002")
    secret = build(room, SuggestionState.ASSIGNED, lead="C002", confidential=True)
    strange = build(room, SuggestionState.ASSIGNED, lead="C003")
    leader = room.actor("deputy")
    mine = {one.kind: one for one in own_supervisors(leader, TODAY)}
    assert set(mine) == {K.MEMBER, K.GROUP}
    group = mine[K.GROUP]
    assert [one.id for one in list_candidates(group, YEAR, "", secret=False)] == [own.id]
    for wrong in (strange.id, secret.id, None, 99_999_999):
        with pytest.raises(DomainError, match="列出的"):
            operations.choose_supervised(leader, who=group.key, suggestion_id=wrong, year=YEAR)
    made = operations.choose_supervised(leader, who=group.key, suggestion_id=own.id, year=YEAR)
    assert (made.group_id, made.kind, made.area_code) == (room.groups["第1代表小组"], K.GROUP, COUNTY)
    assert group_cosupervised(own.id) and not group_cosupervised(strange.id)
    again = build(room, SuggestionState.ASSIGNED, lead="C001")
    with pytest.raises(DomainError, match="已经选定"):
        operations.choose_supervised(leader, who=group.key, suggestion_id=again.id, year=YEAR)
    for other in ("other_deputy", "unit", "neighbour"):
        with pytest.raises(NotFound):
            operations.choose_supervised(room.actor(other), who=group.key, suggestion_id=again.id, year=YEAR)
    with pytest.raises(DomainError, match="现有成员"):
        arrange(room, group.key, strange.number)


def test_a_group_and_a_committee_work_on_the_same_suggestion(room: World) -> None:
    """4-03: the group's research stands beside the committee's supervision, on one suggestion and its page."""
    one = build(room, SuggestionState.ASSIGNED, lead="C002", category="水利")
    bodies.set_committees(room.actor("county"), COUNTY, one.raised_on.year)
    assert one.committee == committee_for(COUNTY, "水利", TODAY) == "城乡建设委员会"
    arrange(room, who(room, K.COMMITTEE, one.committee), one.number)
    deputy, group = room.actor("deputy"), who(room, K.GROUP, "第1代表小组")
    chosen = operations.choose_supervised(deputy, who=group, suggestion_id=one.id, year=YEAR)
    on_site.record_visit(deputy, chosen.id, on=TODAY, kind=VisitKind.RESEARCH, congress="小组和委员会")
    together = {each.kind: [visit.congress for visit in each.visits] for each in list_supervisions_of(one)}
    assert together == {K.COMMITTEE: [], K.GROUP: ["小组和委员会"]}


def test_five_parties_or_it_does_not_count(room: World) -> None:
    """0-10, 4-28: each missing party alone is enough; the share of visits that qualify; who may write them down."""
    made = arrange(room, who(room, K.MEMBER, "陈秋禾"), build(room, SuggestionState.ASSIGNED).number)
    made.began_on = TODAY - timedelta(days=30)
    deputy = room.actor("deputy")

    def visit(**parties: str) -> bool:
        values: dict[str, Any] = {**FIVE, **parties}
        one = on_site.record_visit(deputy, made.id, on=TODAY, kind=VisitKind.SITE_VISIT, **values)
        return one.five_present

    assert visit()
    assert [visit(**{party: " "}) for party in FIVE] == [False] * 5
    board = board_of(COUNTY, YEAR)
    assert (board.visits, board.five) == (6, 1) and board.five_share == pytest.approx(1 / 6)
    for wrong in (TODAY + timedelta(days=1), TODAY - timedelta(days=31)):
        with pytest.raises(DomainError, match="活动日期"):
            on_site.record_visit(deputy, made.id, kind=VisitKind.RESEARCH, on=wrong, **FIVE)
    with pytest.raises(DomainError, match="至少"):
        on_site.record_visit(deputy, made.id, on=TODAY, kind=VisitKind.RESEARCH)
    for other in ("other_deputy", "leader", "township", "neighbour"):
        with pytest.raises(NotFound):
            on_site.record_visit(room.actor(other), made.id, on=TODAY, kind=VisitKind.RESEARCH, **FIVE)
    with pytest.raises(DomainError, match="不能删除"):
        operations.delete_supervision(room.actor("county"), made.id)
    # The township whose deputy proposed it looks at it, but does not change it.
    assert get_visible_supervision(room.actor("township"), made.id).id == made.id
    with pytest.raises(NotFound):
        get_visible_supervision(room.actor("other_township"), made.id)


def test_the_standing_committee_votes_on_priority_ones(room: World) -> None:
    """0-11: report, three counts, share; nothing of the kind for other supervision; an end needs its result."""
    one = build(room, SuggestionState.REPLIED)
    county = room.actor("county")
    priority = arrange(room, who(room, K.CHAIRPERSONS, "解霜降"), one.number)
    adopted = arrange(room, who(room, K.MEMBER, "单立春"), one.number)

    def vote(supervision: Supervision, *votes: int | None, on: date = TODAY) -> Supervision:
        names = ("votes_satisfied", "votes_basically", "votes_dissatisfied")
        counts: dict[str, Any] = dict(zip(names, votes, strict=True))
        return operations.record_vote(county, supervision.id, version=None, reported_on=on, **counts)

    with pytest.raises(DomainError, match="只有主任会议"):
        vote(adopted, 1, 2, 3)
    for wrong in ((0, 0, 0), (-1, 5, 1)):
        with pytest.raises(DomainError, match="票"):
            vote(priority, *wrong)
    with pytest.raises(DomainError, match="报告日期"):
        vote(priority, 1, 1, 1, on=TODAY + timedelta(days=1))
    vote(priority, None, None, None)
    assert (board_of(COUNTY, YEAR).reported, board_of(COUNTY, YEAR).voted) == (1, 0)
    vote(priority, 20, 10, None)
    board = board_of(COUNTY, YEAR)
    assert (board.voted, board.satisfied, priority.votes_dissatisfied) == (1, 1.0, 0)
    days: dict[str, Any] = {"began_on": adopted.began_on, "ended_on": TODAY, "plan": ""}
    with pytest.raises(DomainError, match="结果"):
        operations.update_supervision(county, adopted.id, version=None, result=" ", **days)
    done = operations.update_supervision(county, adopted.id, version=adopted.version, result="已修好", **days)
    assert done.ended_on == TODAY


def test_committees_answer_for_their_field(room: World) -> None:
    """4-26: the committee follows from the category; workload per committee, the rest named too."""
    made = [
        build(room, SuggestionState.ASSIGNED, category=category, raised_on=TODAY)
        for category in ("水利", "交通", "文化")
    ]
    assert committee_for(LINJIANG, "水利", TODAY) == "城乡建设委员会"
    assert committee_for(LINJIANG, "文化", TODAY) == "" == committee_for("999002101", "水利", TODAY)
    assert bodies.set_committees(room.actor("county"), COUNTY, YEAR) == 2
    assert [db.session.get_one(Suggestion, one.id).committee for one in made] == ["城乡建设委员会"] * 2 + [""]
    rows = {
        row.name: (row.total, row.open, row.concluded)
        for row in workload_of(room.actor("county"), COUNTY, YEAR)
    }
    assert rows == {"城乡建设委员会": (2, 2, 0), "": (1, 1, 0)}
    with pytest.raises(NotFound):
        bodies.set_committees(room.actor("township"), COUNTY, YEAR)


def test_a_register_row_keeps_its_columns(room: World) -> None:
    """A row of the paper register has no steps; being supervised must not give it a first one."""
    one = build(room, SuggestionState.ASSIGNED)
    for step in db.session.scalars(select(SuggestionStep).where(SuggestionStep.suggestion_id == one.id)):
        db.session.delete(step)
    db.session.flush()
    arrange(room, who(room, K.GOVERNMENT, "县长"), one.number)
    found = select(func.count()).where(SuggestionStep.suggestion_id == one.id)
    assert db.session.scalar(found) == 0


# --- pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def pages(app: Any, world: World) -> dict[str, int]:
    """Two suggestions, one of them a priority one, committed."""
    with app.app_context(), acting_as(operator("tests")):
        set_reading(False)
        furnish(world)
        one = build(world, SuggestionState.CONCLUDED, title="关于整修灌渠的建议", category="水利")
        other = build(world, SuggestionState.ASSIGNED, lead="C003", title="关于安装路灯的建议")
        made = arrange(world, who(world, K.CHAIRPERSONS, "解霜降"), one.number)
        ids = {"one": one.id, "other": other.id, "made": made.id}
        ids |= {"member": who(world, K.MEMBER, "陈秋禾"), "group": who(world, K.GROUP, "第1代表小组")}
        db.session.commit()
        db.session.remove()
        return ids


def _text(answer: Any) -> str:
    word = Document(io.BytesIO(answer.data))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def _photo() -> tuple[io.BytesIO, str]:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(stream, "JPEG")
    stream.seek(0)
    return stream, "现场.jpg"


@pytest.mark.sqlite_only
def test_from_arranging_to_the_case_on_the_pages(app: Any, sign_in: Any, pages: dict[str, int]) -> None:
    """0-10, 0-11, 2-30, 4-28, 4-29: visit with photograph, vote, papers, candidates; the suggestion's page shows it."""
    county, leader = sign_in("county"), sign_in("leader")
    at = f"/supervision/{pages['made']}"
    form = {"on": str(TODAY), "kind": "site_visit", "place": "东干渠", "note": "渠壁已修补", **FIVE}
    assert county.post(f"{at}/visits/new", data={**form, "files": _photo()}).status_code == 303
    page = leader.get(at).get_data(as_text=True)
    assert "五到场" in page and "周副县长" in page and "/thumbnail" in page and "/visits/new" not in page
    visit = re.search(r'id="visit-(\d+)"', page)
    assert visit is not None
    photo = re.search(r"/attachments/(\d+)", page)
    assert photo is not None
    assert leader.get(photo[0]).status_code == 200
    assert sign_in("neighbour").get(photo[0]).status_code == 404
    votes = {
        "reported_on": str(TODAY),
        "votes_satisfied": "２０",
        "votes_basically": "5",
        "votes_dissatisfied": "5",
    }
    assert county.post(f"{at}/vote", data=votes).status_code == 303
    assert "83.3%" in county.get(at).get_data(as_text=True)
    assert "关于整修灌渠的建议" in county.get("/supervision?candidate=1").get_data(as_text=True)
    assert "关于整修灌渠的建议" not in county.get("/supervision?candidate=0").get_data(as_text=True)
    assert "五方到场 1 次" in county.get(f"/suggestions/{pages['one']}").get_data(as_text=True)
    case, file = _text(leader.get(f"{at}/case.docx")), _text(leader.get(f"{at}/file.docx"))
    assert "渠壁已修补" in case and "解霜降" in case and "83.3%" in file and "融媒体" in file
    query = f"area={COUNTY}&year={YEAR}"
    assert "□" in _text(leader.get(f"/supervision/agenda.docx?{query}"))
    assert "83.3%" in _text(leader.get(f"/supervision/tally.docx?{query}"))
    removed = county.post(f"/supervision/visits/{visit[1]}/photos/{photo[1]}/delete")
    assert removed.status_code == 303 and "/thumbnail" not in county.get(at).get_data(as_text=True)
    changed = {**form, "media": "", "version": "1"}
    assert county.post(f"/supervision/visits/{visit[1]}/edit", data=changed).status_code == 303
    assert county.post(f"/supervision/visits/{visit[1]}/edit", data=changed).status_code == 422
    board = leader.get(f"/supervision/board?{query}").get_data(as_text=True)
    assert "这一年没有听取" in board or "今年还没有听取" in board
    assert county.post(f"/supervision/visits/{visit[1]}/delete").status_code == 303


def test_every_number_of_the_board_opens_as_many_rows(sign_in: Any, pages: dict[str, int]) -> None:
    """4-30: a number of the board is the number of rows of the list behind it."""
    browser = sign_in("leader")
    board = browser.get(f"/supervision/board?area={COUNTY}&year={YEAR}").get_data(as_text=True)
    cells = re.findall(r'<td class="num"[^>]*><a href="([^"]+)">(\d+)</a>', board)
    tiles = re.findall(r'class="stat[^"]*" href="([^"]+)">.*?stat-value">(\d+)', board, re.DOTALL)
    assert len(cells) >= 8 and len(tiles) == 6
    solved = "/supervision?candidate=1&who=" + str(pages["member"])
    for address, number in [*cells, *tiles, (solved, "0")]:
        page = browser.get(address.replace("&amp;", "&")).get_data(as_text=True)
        assert page.count('<th scope="row"') == int(number), address


def test_a_deputy_adopts_on_the_phone(sign_in: Any, pages: dict[str, int]) -> None:
    """4-25, 4-27: the member chooses one, sees it from then on; another deputy has nothing to choose."""
    browser = sign_in("deputy")
    listed = browser.get("/supervision").get_data(as_text=True)
    assert "认领督办的建议" in listed and "选定第1代表小组督办的建议" in listed
    assert browser.get(f"/suggestions/{pages['other']}").status_code == 404
    page = browser.get(f"/supervision/choose?who={pages['member']}").get_data(as_text=True)
    assert "关于安装路灯的建议" in page
    address = f"/supervision/choose?who={pages['member']}"
    assert browser.post(address, data={}).status_code == 422
    assert browser.post(address, data={"suggestion_id": pages["other"]}).status_code == 303
    assert browser.post(address, data={"suggestion_id": pages["one"]}).status_code == 422
    assert browser.get(f"/suggestions/{pages['other']}").status_code == 200
    assert "认领督办的建议" not in browser.get("/supervision").get_data(as_text=True)
    stranger = sign_in("other_deputy")
    assert "不用选定督办" in stranger.get("/supervision/choose").get_data(as_text=True)
    assert stranger.get(address).status_code == 404
    assert sign_in("unit").get("/supervision").status_code == 403


@pytest.mark.sqlite_only
def test_bodies_hearings_and_committees_on_the_pages(sign_in: Any, pages: dict[str, int]) -> None:
    """4-09, 4-10, 4-26: entered, corrected, looked at; the workload's numbers open the suggestions."""
    browser = sign_in("county")
    body = {"area_code": COUNTY, "kind": "government", "name": "常务副县长", "began_on": "2022.1.1"}
    made = browser.post("/supervision/bodies/new", data=body)
    assert made.status_code == 303 and browser.get(made.location).status_code == 200
    refused = browser.post("/supervision/bodies/new", data={**body, "ended_on": "2021.1.1"})
    assert refused.status_code == 422
    edit = {**body, "name": "县长甲", "version": "1"}
    assert browser.post(f"{made.location}/edit", data=edit).status_code == 303
    heard = browser.post(
        "/supervision/hearings/new", data={"area_code": COUNTY, "on": str(TODAY), "body": "常务会议"}
    )
    assert heard.status_code == 303
    assert "常务会议" in browser.get(f"/supervision/hearings?year={YEAR}").get_data(as_text=True)
    late = {"area_code": COUNTY, "on": "2099.1.1", "body": "常务会议"}
    assert browser.post(f"{heard.location}/edit", data=late).status_code == 422
    assert browser.post(f"{heard.location}/delete").status_code == 303
    year = (TODAY - timedelta(days=40)).year
    done = browser.post(f"/supervision/committees/assign?area={COUNTY}&year={year}")
    page = browser.get(done.location).get_data(as_text=True)
    assert "城乡建设委员会" in page and "还没有确定委员会" in page
    arranged = {"number": "无此号", "who": str(pages["member"]), "year": str(YEAR), "began_on": str(TODAY)}
    assert browser.post("/supervision/new", data=arranged).status_code == 422


def test_who_left_the_group_reads_no_more(room: World) -> None:
    """4-27: what a group supervises is read by its members of today, while the supervision runs."""
    one = build(room, SuggestionState.ASSIGNED, lead="C002")
    group = db.session.get_one(DeputyGroup, room.groups["第1代表小组"])
    deputy = room.actor("deputy")
    key = who(room, K.GROUP, group.name)
    made = operations.choose_supervised(deputy, who=key, suggestion_id=one.id, year=YEAR)
    assert get_visible_suggestion(deputy, one.id) is one
    made.ended_on = TODAY
    db.session.flush()
    with pytest.raises(NotFound):
        get_visible_suggestion(deputy, one.id)
    made.ended_on = None
    for post in db.session.scalars(select(GroupPost).where(GroupPost.group_id == group.id)):
        post.ended_on = TODAY
    for membership in group.memberships:
        membership.left_on = TODAY
    db.session.flush()
    with pytest.raises(NotFound):
        get_visible_suggestion(deputy, one.id)
    with pytest.raises(NotFound):
        get_visible_supervision(deputy, made.id)
