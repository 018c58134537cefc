"""Plans of the invented county's groups, a poll of dates, links between levels, visits to deputies in difficulty."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from app.activities.models import Activity, DateOption, DateReply, GroupPlan
from app.activities.states import ActivityKind, ActivityState, DateAnswer, PlanScope, PlanState
from app.cli.demo.rows import COUNTY, Maker
from app.groups.models import CareNote, DeputyLink, GroupPost
from app.groups.states import GroupRole
from app.kit import clock
from app.registry.states import Level

GUIDELINES = "围绕县委中心工作和群众关切，少而精、求实效，每次活动解决一两个具体问题。"
REQUIREMENTS = "每次活动提前一周通知，代表因故不能参加的事先请假；活动后三日内整理记录和意见建议。"
TERM_GUIDELINES = "五年内每名代表至少参加小组活动十次，每年集中推动一件民生实事。"
CONSULTATION = "多数代表建议增加夜间走访和专题学习，已采纳；建议增加外出考察的，因经费所限未列入。"
PROPOSED = (
    ("走访养老服务机构", "走访两家养老院，听取老人意见。", "走访、座谈", "推动助餐点建设"),
    ("督办道路破损建议", "察看建议办理现场，听取承办单位汇报。", "现场督办", ""),
    ("学习代表法", "集中学习修改后的代表法。", "", "提高依法履职能力"),
)
HARDSHIPS = ("因病住院手术", "家中房屋受灾", "企业停产，经营困难", "意外受伤休养", "家人重病")


def add_plans(maker: Maker) -> None:
    """Everything of groups' work that plans, invitations and links show."""
    _leader(maker)
    _linked_posts(maker)
    numbers = _last_numbers(maker)
    for place, group in enumerate(maker.made["deputy_group"]):
        _plans_of(maker, group, place, numbers)
    maker.write_before(GroupPlan, Activity)
    _poll(maker)
    _links(maker)
    _care(maker)
    _one_leader_leaves(maker)


def _deputy(maker: Maker) -> int:
    return int(next(row["person_id"] for row in maker.made["user"] if row["login"] == "daibiao"))


def _groups_of(maker: Maker, person: int) -> set[int]:
    mandates = {row["id"] for row in maker.made["mandate"] if row["person_id"] == person}
    rows = maker.made["group_membership"]
    return {row["group_id"] for row in rows if row["mandate_id"] in mandates and row["left_on"] is None}


def _leader(maker: Maker) -> None:
    """The deputy who has an account leads a group, so that the leader's pages can be tried."""
    person = _deputy(maker)
    group = min(_groups_of(maker, person))
    names = {row["id"]: row["name"] for row in maker.made["person"]}
    for post in maker.made["group_post"]:
        if post["group_id"] == group and post["role"] is GroupRole.LEADER:
            post["person_id"], post["holder_name"] = person, names[person]


def _linked_posts(maker: Maker) -> None:
    heads = [row["person_id"] for row in maker.made["post"][:7]]
    names = {row["id"]: row["name"] for row in maker.made["person"]}
    for place, group in enumerate(maker.made["deputy_group"]):
        for role, share in ((GroupRole.LINKED_MEMBER, 0.85), (GroupRole.LIAISON_HEAD, 0.7)):
            if maker.chance(share):
                person = heads[(place + (role is GroupRole.LIAISON_HEAD)) % len(heads)]
                maker.add(
                    GroupPost,
                    group_id=group["id"],
                    person_id=person,
                    holder_name=names[person],
                    role=role,
                    began_on=maker.term_began,
                )


def _last_numbers(maker: Maker) -> dict[int, int]:
    last: dict[int, int] = {}
    for row in maker.made["activity"]:
        year, serial = int(row["number"][2:6]), int(row["number"][6:])
        last[year] = max(last.get(year, 0), serial)
    return last


def _plans_of(maker: Maker, group: dict[str, Any], place: int, numbers: dict[int, int]) -> None:
    """Plans of the last two years and of this one: most are approved, one waits, one is a draft, some are missing."""
    this = maker.today.year
    if place % 4 != 3:
        _plan(maker, group, PlanScope.TERM, maker.first_year, PlanState.APPROVED)
    for year in (this - 2, this - 1):
        _take_in(maker, group, _plan(maker, group, PlanScope.YEAR, year, PlanState.APPROVED))
    led = any(
        post["group_id"] == group["id"]
        and post["role"] is GroupRole.LEADER
        and post["person_id"] == _deputy(maker)
        for post in maker.made["group_post"]
    )
    if place % 9 == 7 and not led:
        return
    state = {3: PlanState.SUBMITTED, 5: PlanState.DRAFT}.get(place % 9, PlanState.APPROVED)
    plan = _plan(maker, group, PlanScope.YEAR, this, PlanState.APPROVED if led else state)
    _take_in(maker, group, plan)
    if plan["state"] is PlanState.APPROVED:
        return
    handed_in = plan["state"] is PlanState.SUBMITTED
    for place_in_year, (title, content, form, goal) in enumerate(PROPOSED, 1):
        on = min(maker.today + timedelta(days=20 * place_in_year), date(this, 12, 31))
        if handed_in and place_in_year < len(PROPOSED):
            # What is handed in lacks an element in one place only.
            form, goal = form or "集中活动", goal or "推动解决问题"
        _proposal(maker, group, plan, numbers, on, (title, content, form, goal))


def _plan(
    maker: Maker, group: dict[str, Any], scope: PlanScope, year: int, state: PlanState
) -> dict[str, Any]:
    term = next(row for row in maker.made["term"] if row["level"] is Level.COUNTY)
    approved = state is PlanState.APPROVED
    consulted = date(year, 1, 4 + group["id"] % 9)
    return maker.add(
        GroupPlan,
        area_code=group["area_code"],
        group_id=group["id"],
        scope=scope,
        year=year,
        term_id=term["id"] if scope is PlanScope.TERM else None,
        state=state,
        guidelines=TERM_GUIDELINES if scope is PlanScope.TERM else GUIDELINES,
        requirements=REQUIREMENTS,
        consulted_on=None if state is PlanState.DRAFT else consulted,
        consulted_way="" if state is PlanState.DRAFT else "小组会议",
        consulted_who="" if state is PlanState.DRAFT else "全体组员",
        consultation="" if state is PlanState.DRAFT else CONSULTATION,
        returned_reason="请补齐活动目标和形式，写明征求代表意见的情况。" if state is PlanState.DRAFT else "",
        submitted_at=None if state is PlanState.DRAFT else clock.now(),
        approved_at=clock.now() if approved else None,
        version=1,
    )


def _take_in(maker: Maker, group: dict[str, Any], plan: dict[str, Any]) -> None:
    """Most of what the group did in the year had been planned; a little was not, a little came to nothing."""
    for activity in maker.made["activity"]:
        if activity["group_id"] != group["id"] or activity["held_on"].year != plan["year"]:
            continue
        if plan["state"] is PlanState.APPROVED and maker.chance(0.85):
            activity["plan_id"] = plan["id"]


def _proposal(
    maker: Maker,
    group: dict[str, Any],
    plan: dict[str, Any],
    numbers: dict[int, int],
    on: date,
    texts: tuple[str, str, str, str],
) -> None:
    numbers[on.year] = numbers.get(on.year, 0) + 1
    title, content, form, goal = texts
    maker.add(
        Activity,
        office_code=COUNTY,
        area_code=group["area_code"],
        number=f"HD{on.year}{numbers[on.year]:04}",
        kind=ActivityKind.GROUP_ACTIVITY,
        title=title,
        state=ActivityState.DRAFT,
        held_on=on,
        organiser=group["name"],
        lead_person=maker.random.choice(maker.made["person"])["name"],
        group_id=group["id"],
        plan_id=plan["id"],
        content=content,
        form=form,
        goal=goal,
        topics=[],
        levels_invited=[],
        need_funds="2000元" if maker.chance(0.5) else "",
        version=1,
        sign_in_token=None,
    )


def _poll(maker: Maker) -> None:
    """The next activity of the deputy's group: dates are proposed, some have answered."""
    groups = _groups_of(maker, _deputy(maker))
    coming = [
        row
        for row in maker.made["activity"]
        if row["group_id"] in groups
        and row["state"] is ActivityState.PLANNED
        and row["held_on"] > maker.today + timedelta(days=3)
    ]
    for activity in coming[:1]:
        asked = [
            row["mandate_id"] for row in maker.made["attendance"] if row["activity_id"] == activity["id"]
        ]
        for days, hour in ((0, 9), (1, 15), (4, 9)):
            option = maker.add(
                DateOption,
                activity_id=activity["id"],
                day=activity["held_on"] + timedelta(days=days),
                starts_at=time(hour, 0),
            )
            for mandate in asked[: max(len(asked) - 4, 0)]:
                answer = maker.random.choice(
                    (DateAnswer.YES, DateAnswer.YES, DateAnswer.MAYBE, DateAnswer.NO)
                )
                maker.add(DateReply, option_id=option["id"], mandate_id=mandate, answer=answer)


def _links(maker: Maker) -> None:
    """In each township two county deputies keep in touch with some of its own."""
    serving = [row for row in maker.made["mandate"] if row["ended_on"] is None]
    towns = sorted({row["scope_code"] for row in serving if len(row["scope_code"]) == 9})
    for place, town in enumerate(towns):
        here = [row for row in serving if row["scope_code"] == town]
        uppers = [row for row in here if row["level"] is Level.COUNTY][:2]
        lowers = [row for row in here if row["level"] is Level.TOWNSHIP]
        lowers = lowers[: len(lowers) * (place % 4 + 1) // 4]
        for number, lower in enumerate(lowers):
            if uppers:
                maker.add(
                    DeputyLink,
                    area_code=town,
                    upper_id=uppers[number % len(uppers)]["id"],
                    lower_id=lower["id"],
                    began_on=max(date(maker.first_year, 3, 1), lower["began_on"]),
                )


def _care(maker: Maker) -> None:
    serving = [
        row for row in maker.made["mandate"] if row["ended_on"] is None and len(row["scope_code"]) == 9
    ]
    for days, reason in zip((4, 22, 40, 95, 200), HARDSHIPS, strict=True):
        mandate = maker.random.choice(serving)
        visited = maker.today - timedelta(days=days - 6) if days > 30 else None
        maker.add(
            CareNote,
            area_code=mandate["scope_code"],
            mandate_id=mandate["id"],
            reason=reason,
            noted_on=maker.today - timedelta(days=days),
            visited_on=visited,
            visitors="乡镇人大主席、代表小组组长" if visited else "",
            help_given="送去慰问金，联系县医院专家会诊。" if visited else "",
            version=1,
        )


def _one_leader_leaves(maker: Maker) -> None:
    """A leading cadre who changed posts has no group at the moment (3-04)."""
    deputy = _deputy(maker)
    holders = {row["person_id"] for row in maker.made["group_post"]}
    for mandate in maker.made["mandate"]:
        away = mandate["leader"] and mandate["ended_on"] is None and mandate["person_id"] not in holders
        if away and mandate["person_id"] != deputy:
            own = {row["id"] for row in maker.made["mandate"] if row["person_id"] == mandate["person_id"]}
            for row in maker.made["group_membership"]:
                if row["mandate_id"] in own and row["left_on"] is None:
                    row["left_on"] = max(maker.today - timedelta(days=60), row["joined_on"])
            return
