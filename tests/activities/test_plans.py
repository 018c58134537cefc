"""Groups' plans: consulted, handed in, approved complete, returned, revised; planned against done; who has none."""

from __future__ import annotations

import io
from datetime import date, time, timedelta
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select

from app.activities import operations
from app.activities.models import Activity, GroupPlan
from app.activities.queries import plans as plan_queries
from app.activities.queries.activities import get_visible_activity, list_mine
from app.activities.rules import ProposedDate
from app.activities.states import (
    PLAN_TRANSITIONS,
    ActivityKind,
    ActivityState,
    AttendanceStatus,
    PlanAction,
    PlanScope,
    PlanState,
    Progress,
)
from app.extensions import db
from app.groups import operations as group_operations
from app.groups import queries as groups
from app.groups.models import DeputyGroup
from app.groups.states import GroupRole
from app.home.queries import staff_tasks
from app.kit import clock
from app.kit.errors import Conflict, DomainError, Forbidden, NotFound
from app.ledger.operations import reconcile
from app.notices.models import Notice
from app.registry.models import RuleSet
from tests.world import BEGAN, COUNTY

NAME = "第1代表小组"
WHOLE: dict[str, Any] = {"content": "察看村道", "form": "视察", "goal": "督促完工", "lead_person": "单立春"}
CONSULTED = {"consulted_on": date(2024, 1, 5), "consultation": "多数代表建议先看村道。"}


@pytest.fixture
def group(world, session) -> DeputyGroup:
    return session.get_one(DeputyGroup, world.groups[NAME])


@pytest.fixture
def leader(world, session, group) -> Any:
    """The deputy 陈秋禾, now leader of the group by post."""
    group_operations.create_post(
        world.actor("county"),
        group,
        role=GroupRole.LEADER,
        mandate_id=world.mandates["C001"],
        began_on=date(2024, 1, 1),
    )
    return world.actor("deputy")


def _plan(actor: Any, group: DeputyGroup, **values: Any) -> GroupPlan:
    kept = {"scope": PlanScope.YEAR, "year": clock.today().year, **CONSULTED, **values}
    return operations.create_plan(actor, group, **kept)


def _item(actor: Any, plan: GroupPlan, title: str = "视察村道", **values: Any) -> Activity:
    kept = {"kind": ActivityKind.INSPECTION, "held_on": _soon(), **WHOLE, **values}
    return operations.add_item(actor, plan, title=title, **kept)


def _soon() -> date:
    """A day to come in this year (the last of it at the year's end)."""
    return min(clock.today() + timedelta(days=5), date(clock.today().year, 12, 31))


def _approved(actor: Any, staff: Any, group: DeputyGroup, **values: Any) -> tuple[GroupPlan, Activity]:
    plan = _plan(actor, group)
    item = _item(actor, plan, **values)
    operations.submit_plan(actor, plan)
    operations.approve_plan(staff, plan)
    return plan, item


def test_0_06_approval_refuses_incomplete_items_by_name(world, session, group, leader):
    """0-06: an item of a plan without its five elements cannot be approved; the refusal says which lacks what."""
    plan = _plan(leader, group)
    whole, lacking = _item(leader, plan), _item(leader, plan, "走访企业", goal=" ", lead_person="")
    operations.submit_plan(leader, plan)
    with pytest.raises(DomainError) as refused:
        operations.approve_plan(world.actor("county"), plan)
    assert "走访企业" in str(refused.value) and "活动目标、牵头人" in str(refused.value)
    assert whole.title not in str(refused.value)
    operations.return_plan(world.actor("county"), plan, reason="请补齐五要素")
    operations.update_item(
        leader, lacking, version=None, title="走访企业", kind=lacking.kind, held_on=lacking.held_on,
        goal="听取困难", lead_person="单立春",
    )  # fmt: skip
    operations.submit_plan(leader, plan)
    operations.approve_plan(world.actor("county"), plan)
    assert {whole.state, lacking.state} == {ActivityState.PLANNED}
    assert plan.state is PlanState.APPROVED and plan.approved_by == world.users["county"]
    assert reconcile() == []


def test_2_19_a_plan_is_handed_in_after_consulting_the_deputies(world, session, group, leader):
    plan = _plan(leader, group, consulted_on=None, consultation="")
    _item(leader, plan)
    with pytest.raises(DomainError) as refused:
        operations.submit_plan(leader, plan)
    assert refused.value.field == "consultation"
    operations.update_plan(
        leader, plan, version=None, guidelines="少而精、求实效", requirements="", **CONSULTED
    )
    assert operations.submit_plan(leader, plan).state is PlanState.SUBMITTED


def test_0_05_one_term_plan_and_one_annual_plan_for_each_group(world, session, group, leader):
    county = world.actor("county")
    term = operations.create_plan(county, group, scope=PlanScope.TERM, year=1999, guidelines="五年五件事")
    assert (term.year, term.term_id) == (2022, world.terms["岳湖县第十八届"])
    with pytest.raises(DomainError):
        _item(county, term)
    _plan(leader, group)
    for scope in PlanScope:
        with pytest.raises(DomainError) as refused:
            operations.create_plan(leader, group, scope=scope, year=clock.today().year)
        assert refused.value.field == "year"


def _without(scope: PlanScope) -> list[int]:
    today = clock.today()
    return list(
        db.session.scalars(select(DeputyGroup.id).where(plan_queries.lacks_plan(scope, today.year, today)))
    )


def test_0_05_groups_without_a_plan_are_listed_until_it_is_handed_in(world, session, group, leader):
    """A draft alone is not a plan yet."""
    assert _without(PlanScope.YEAR) == [group.id] == _without(PlanScope.TERM)
    plan = _plan(leader, group)
    _item(leader, plan)
    assert _without(PlanScope.YEAR) == [group.id]
    operations.submit_plan(leader, plan)
    assert _without(PlanScope.YEAR) == [] and _without(PlanScope.TERM) == [group.id]


def test_2_19_the_day_by_which_a_plan_is_due_is_a_rule_of_the_office(world, session, group, monkeypatch):
    county = world.actor("county")

    def told(on: date) -> bool:
        return any(task.kind == "missing_plans" for task in staff_tasks(county, on))

    assert not told(date(2024, 1, 31)) and told(date(2024, 2, 1))
    session.add(
        RuleSet(area_code=COUNTY, topic="groups", valid_from=BEGAN, content={"plan_due_month_day": "03-31"})
    )
    session.flush()
    assert not told(date(2024, 2, 1)) and told(date(2024, 4, 1))


def test_a_draft_is_seen_by_its_group_and_nobody_else_invited(world, session, group, leader):
    plan = _plan(leader, group)
    item = _item(leader, plan)
    colleague = world.actor("other_deputy")
    assert get_visible_activity(colleague, item.id) is item, "a member of the group"
    membership = next(
        row for row in groups.list_memberships(group.id) if row.mandate_id == world.mandates["T002"]
    )
    operations.invite(world.actor("county"), item, [world.mandates["T002"]])
    group_operations.remove_members(
        world.actor("county"), group, membership_ids=[membership.id], left_on=clock.today()
    )
    with pytest.raises(NotFound):
        get_visible_activity(colleague, item.id)
    assert list_mine(leader, clock.today(), past=False) == [], "nothing to attend yet"


def test_2_18_the_leader_plans_by_post_and_only_while_holding_it(world, session, group):
    deputy, other = world.actor("deputy"), world.actor("other_deputy")
    with pytest.raises(NotFound):
        _plan(deputy, group)
    post = group_operations.create_post(
        world.actor("county"),
        group,
        role=GroupRole.LEADER,
        mandate_id=world.mandates["C001"],
        began_on=date(2024, 1, 1),
    )
    assert groups.leads(deputy, group.id) and not groups.leads(other, group.id)
    plan = _plan(deputy, group)
    with pytest.raises(NotFound):
        _item(other, plan)
    item = _item(deputy, plan)
    operations.submit_plan(deputy, plan)
    with pytest.raises(Forbidden):
        operations.approve_plan(deputy, plan)
    operations.approve_plan(world.actor("county"), plan)
    # Records of the group's activities are the leader's too; changing or cancelling them the office's.
    operations.invite(deputy, item, [world.mandates["C002"]])
    operations.write_record(deputy, item, version=None, record="看了三条路。", summary="")
    with pytest.raises(Forbidden):
        operations.cancel_activity(deputy, item, reason="下雨")
    group_operations.update_post(
        world.actor("county"), post, began_on=date(2024, 1, 1), ended_on=date(2024, 6, 1)
    )
    assert not groups.leads(deputy, group.id)
    with pytest.raises(NotFound):
        operations.write_record(deputy, item, version=None, record="改。", summary="")


def test_a_township_does_not_plan_for_the_countys_group(world, session, group):
    with pytest.raises(NotFound):
        _plan(world.actor("township"), group)


def test_steps_follow_the_table(world, session, group, leader):
    county = world.actor("county")
    plan, _first = _approved(leader, county, group)
    for refused in (
        lambda: operations.submit_plan(leader, plan),
        lambda: operations.approve_plan(county, plan),
        lambda: operations.return_plan(county, plan, reason="不行"),
        lambda: _item(leader, plan),
    ):
        with pytest.raises(Conflict):
            refused()


def test_revising_takes_back_what_nobody_was_invited_to(world, session, group, leader):
    county = world.actor("county")
    plan = _plan(leader, group)
    free, convened = _item(leader, plan), _item(leader, plan, "专题学习")
    operations.submit_plan(leader, plan)
    operations.approve_plan(county, plan)
    operations.invite(leader, convened, [world.mandates["C002"]])
    operations.revise_plan(leader, plan)
    assert (free.state, convened.state) == (ActivityState.DRAFT, ActivityState.PLANNED)
    operations.remove_item(leader, free)
    with pytest.raises(Conflict):
        operations.remove_item(leader, convened)
    operations.submit_plan(leader, plan)
    assert operations.approve_plan(county, plan).state is PlanState.APPROVED


def test_what_is_struck_from_a_plan_takes_its_proposed_dates_along(world, session, group, leader):
    """Convened, everybody taken off again, the plan revised: the draft goes with all that hangs on it."""
    plan, item = _approved(leader, world.actor("county"), group)
    days = [ProposedDate(clock.today() + timedelta(days=n), time(9, 0)) for n in (3, 4)]
    offered = [world.mandates["C002"]]
    operations.convene(leader, item, mandate_ids=offered, offered=offered, proposed=days)
    operations.remove_participants(leader, item, {item.attendances[0].id})
    session.expire_all()
    operations.revise_plan(leader, plan)
    assert item.state is ActivityState.DRAFT
    with pytest.raises(DomainError):
        operations.open_sign_in(leader, item)
    operations.remove_item(leader, item)
    assert session.scalars(select(Activity.id)).all() == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("state", list(PlanState))
@pytest.mark.parametrize("action", list(PlanAction))
def test_no_step_of_a_plan_leaves_the_table(world, session, group, leader, state, action):
    plan = _plan(leader, group)
    _item(leader, plan)
    plan.state = state
    session.flush()
    county = world.actor("county")
    steps = {
        PlanAction.SUBMIT: lambda: operations.submit_plan(leader, plan),
        PlanAction.APPROVE: lambda: operations.approve_plan(county, plan),
        PlanAction.RETURN: lambda: operations.return_plan(county, plan, reason="补充"),
        PlanAction.REVISE: lambda: operations.revise_plan(leader, plan),
    }
    after = PLAN_TRANSITIONS.after(state, action)
    if after is None:
        with pytest.raises(Conflict):
            steps[action]()
        assert plan.state is state
    else:
        assert steps[action]().state is after


def test_leaders_are_told_of_approval_and_return(world, session, group, leader):
    plan = _plan(leader, group)
    _item(leader, plan)
    operations.submit_plan(leader, plan)
    operations.return_plan(world.actor("county"), plan, reason="少了时间保障")
    operations.submit_plan(leader, plan)
    operations.approve_plan(world.actor("county"), plan)
    told = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [notice.person_id for notice in told] == [world.persons["陈秋禾"]] * 2
    assert "少了时间保障" in told[0].body and "批准" in told[1].title


def test_plan_against_done(world, session, group, leader, monkeypatch):
    """Planned, done, cancelled, late; and what was held beside the plan."""
    county = world.actor("county")
    plan = _plan(leader, group)
    names = ("办完的", "拖着的", "取消的", "还早的")
    items = {name: _item(leader, plan, name, held_on=date(plan.year, 6, 1)) for name in names}
    operations.submit_plan(leader, plan)
    operations.approve_plan(county, plan)
    items["还早的"].held_on = date(plan.year, 12, 1)
    monkeypatch.setattr(clock, "today", lambda: date(plan.year, 7, 1))
    operations.hold_activity(county, items["办完的"])
    operations.cancel_activity(county, items["取消的"], reason="防汛")
    operations.create_activity(
        county, area_code=COUNTY, held=True, kind=ActivityKind.STUDY, title="临时学习",
        held_on=date(plan.year, 5, 1), group_id=group.id,
    )  # fmt: skip
    view = plan_queries.look_at_plan(plan, clock.today())
    assert view.counts == {
        Progress.DRAFT: 0,
        Progress.TO_COME: 1,
        Progress.DONE: 1,
        Progress.CANCELLED: 1,
        Progress.LATE: 1,
    }
    assert view.unplanned == 1
    for progress in Progress:
        counted = select(plan_queries.count_items(progress, clock.today())).where(GroupPlan.id == plan.id)
        assert session.scalar(counted) == view.counts[progress]


# --- pages ------------------------------------------------------------------------------------------------


def _lead(app, world) -> None:
    with app.app_context():
        group = db.session.get_one(DeputyGroup, world.groups[NAME])
        group_operations.create_post(
            world.actor("county"),
            group,
            role=GroupRole.LEADER,
            mandate_id=world.mandates["C001"],
            began_on=date(2024, 1, 1),
        )
        db.session.commit()


def _text(answer) -> str:
    return answer.get_data(as_text=True)


def test_leader_plans_on_the_phone_and_staff_approve(app, world, sign_in):
    _lead(app, world)
    year, group_id = clock.today().year, world.groups[NAME]
    phone, office = sign_in("deputy"), sign_in("county")
    assert "我牵头的第1代表小组" in _text(phone.get("/activities/mine"))
    assert "制定年度计划" in _text(phone.get(f"/activities/groups/{group_id}"))
    answer = phone.post(
        f"/activities/groups/{group_id}/plans/new",
        data={"scope": "year", "year": year, "guidelines": "围绕中心", "consulted_on": "2024.1.5",
              "consulted_way": "小组会议", "consultation": "都同意"},
    )  # fmt: skip
    assert answer.status_code == 303, _text(answer)
    url = answer.location
    item = {"title": "视察村道", "kind": "inspection", "held_on": _soon().isoformat(), "content": "看路"}
    assert phone.post(f"{url}/items/new", data=item).status_code == 303
    assert "有 1 项活动五要素不全" in _text(phone.get(url))
    assert phone.post(f"{url}/submit").status_code == 303
    refused = office.post(f"{url}/approve")
    assert refused.status_code == 422 and "“视察村道”：活动形式、活动目标、牵头人" in _text(refused)
    assert office.post(f"{url}/return", data={"reason": "补齐五要素"}).status_code == 303
    page = _text(phone.get(url))
    assert "补齐五要素" in page
    with app.app_context():
        activity_id = db.session.scalars(select(Activity.id)).one()
    whole = {
        **item,
        "form": "集中视察",
        "goal": "促完工",
        "lead_person": "单立春",
        "need_vehicle": "中巴一辆",
    }
    assert phone.post(f"{url}/items/{activity_id}", data=whole).status_code == 303
    assert phone.post(f"{url}/submit").status_code == 303
    assert phone.post(f"{url}/approve").status_code == 403
    assert office.post(f"{url}/approve").status_code == 303
    listed = _text(office.get(f"/activities/plans?year={year}"))
    assert NAME in listed and "已批准" in listed
    assert office.get("/activities/plans?format=xlsx").status_code == 200
    document = Document(io.BytesIO(phone.get(f"{url}/plan.docx").data))
    words = "\n".join(p.text for p in document.paragraphs) + "".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    for word in ("围绕中心", "都同意", "视察村道", "集中视察", "促完工", "单立春", "中巴一辆"):
        assert word in words


def test_the_group_leader_records_and_uploads(app, world, sign_in):
    """2-18: record and summary are the leader's duty; the page opens, attendance is kept, the activity is held."""
    _lead(app, world)
    with app.app_context():
        activity = operations.create_activity(
            world.actor("county"), area_code=COUNTY, kind=ActivityKind.GROUP_ACTIVITY, title="走访",
            held_on=clock.today(), group_id=world.groups[NAME], **WHOLE,
        )  # fmt: skip
        operations.invite(world.actor("county"), activity, [world.mandates["C002"]])
        db.session.commit()
        activity_id = activity.id
        row_id = activity.attendances[0].id
    phone = sign_in("deputy")
    page = _text(phone.get(f"/activities/{activity_id}"))
    assert "登记考勤" in page and f"/activities/{activity_id}/edit" not in page
    done = phone.post(f"/activities/{activity_id}/attendance", data={f"status-{row_id}": "present"})
    assert done.status_code == 303, _text(done)
    done = phone.post(f"/activities/{activity_id}/record", data={"record": "走访了八户", "summary": ""})
    assert done.status_code == 303
    assert phone.post(f"/activities/{activity_id}/cancel", data={"reason": "x"}).status_code == 403
    with app.app_context():
        kept = db.session.get_one(Activity, activity_id)
        assert kept.state is ActivityState.HELD and kept.record == "走访了八户"
        assert kept.attendances[0].status is AttendanceStatus.PRESENT
        assert reconcile() == []


def test_missing_plans_page(world, sign_in):
    office = sign_in("county")
    page = _text(office.get("/activities/plans/missing"))
    assert NAME in page and "没有计划" in page
    assert NAME in _text(office.get("/activities/plans/missing?lacks=year"))
    assert sign_in("deputy").get("/activities/plans/missing").status_code == 403


def test_2_20_3_40_activities_of_every_form_in_the_bulletins_are_kinds_of_their_own():
    kinds = {str(kind.label) for kind in ActivityKind}
    assert kinds >= {"学习培训", "视察调研", "议案建议督办", "为民办实事", "义诊", "宪法法律宣传"}
    assert kinds >= {"立法协商", "工作评议", "执法检查", "小组活动"}
