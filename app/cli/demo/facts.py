"""Four years and more of the invented county's work, up to today and a little beyond."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from app.activities.models import Activity, Attendance
from app.activities.states import (
    ActivityKind,
    ActivityState,
    AttendanceStatus,
    Capacity,
    LeaveState,
    SignInWay,
)
from app.cli.demo.county import UNITS
from app.cli.demo.rows import COUNTY, Maker
from app.duty_reports.models import DutyReport
from app.duty_reports.rules import category_of, default_rules, due_windows
from app.duty_reports.states import ReportMode, addressee_of
from app.kit import clock
from app.ledger.models import DutyEntry
from app.ledger.states import DutyKind, DutyState, EntryOrigin
from app.registry.states import Level
from app.stations.models import Opinion, Reception, ReceptionDeputy
from app.stations.states import OpinionChannel, OpinionRoute
from app.suggestions.models import Cosigner, Suggestion, SuggestionUnit
from app.suggestions.rules import reply_due_on
from app.suggestions.states import Occasion, ReplyClass, ReplyWay, Satisfaction, SuggestionSource, UnitPart

# What people raise: category of a suggestion about it, the unit that handles it, a unit that helps.
MATTERS = {
    "农村饮水": ("民生", "县水利局", "县卫生健康局"),
    "道路破损": ("交通", "县交通运输局", "县住房和城乡建设局"),
    "停车难": ("城建", "县城市管理局", "县住房和城乡建设局"),
    "路灯照明": ("城建", "县城市管理局", "县供电公司"),
    "垃圾清运": ("城建", "县城市管理局", "县生态环境分局"),
    "养老服务": ("民生", "县民政局", "县卫生健康局"),
    "沟渠清淤": ("农业", "县水利局", "县农业农村局"),
    "医保报销": ("民生", "县医疗保障局", "县卫生健康局"),
    "学校课后服务": ("教育", "县教育局", "县民政局"),
    "用电不稳": ("民生", "县供电公司", "县农业农村局"),
    "公交线路": ("交通", "县交通运输局", "县城市管理局"),
    "危桥改造": ("交通", "县交通运输局", "县自然资源局"),
    "村卫生室用药": ("卫生", "县卫生健康局", "县医疗保障局"),
    "机耕道硬化": ("农业", "县农业农村局", "县交通运输局"),
    "污水直排": ("环保", "县生态环境分局", "县水利局"),
    "宅基地审批": ("农业", "县自然资源局", "县农业农村局"),
    "老旧小区改造": ("城建", "县住房和城乡建设局", "县民政局"),
}
TOPICS = tuple(MATTERS)
STUDIES = ("学习贯彻代表法", "乡村振兴专题讲座", "如何撰写代表建议", "预算审查监督专题培训")
INSPECTIONS = ("民生实事项目进展", "农村人居环境整治", "义务教育优质均衡", "优化营商环境", "饮用水水源保护")
DEEDS = ("为困难学生联系助学金", "协调修复机耕道", "组织志愿者清理河道", "为独居老人安装扶手")
LATEST_OUTCOME = 21  # days after which an activity's attendance has normally been entered


def build_facts(maker: Maker) -> None:
    """Activities, receptions, opinions, suggestions, duty reports, visits and self-reports."""
    serving = Serving(maker)
    _activities(maker, serving)
    _receptions(maker, serving)
    _suggestions(maker, serving)
    _duty_reports(maker, serving)
    _entries(maker, serving)


class Serving:
    """Who was in office when, and where."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker
        self.mandates = maker.made["mandate"]
        self.by_group = self._members("group_membership", "group_id")
        self.by_station = self._members("station_assignment", "station_id")
        self.by_area: dict[str, list[dict[str, Any]]] = {}
        for mandate in self.mandates:
            self.by_area.setdefault(mandate["scope_code"], []).append(mandate)

    def _members(self, table: str, key: str) -> dict[int, list[dict[str, Any]]]:
        by_id = {mandate["id"]: mandate for mandate in self.mandates}
        found: dict[int, list[dict[str, Any]]] = {}
        for row in self.maker.made[table]:
            found.setdefault(row[key], []).append(by_id[row["mandate_id"]])
        return found

    def some(self, pool: list[dict[str, Any]], on: date, at_most: int) -> list[dict[str, Any]]:
        """Up to so many deputies of the pool in office that day."""
        there = [m for m in pool if m["began_on"] <= on and (m["ended_on"] is None or m["ended_on"] > on)]
        return self.maker.random.sample(there, min(at_most, len(there)))


def _months(maker: Maker) -> Iterator[tuple[int, int]]:
    for year in range(maker.first_year, maker.today.year + 1):
        for month in range(1, 13):
            if date(year, month, 1) <= maker.today:
                yield year, month


def _activities(maker: Maker, serving: Serving) -> None:
    groups = maker.made["deputy_group"]
    numbers: dict[int, int] = {}
    for year, month in _months(maker):
        for group in maker.random.sample(groups, 9):
            kind = maker.random.choice(
                (ActivityKind.GROUP_ACTIVITY,) * 3
                + (ActivityKind.STUDY, ActivityKind.INSPECTION, ActivityKind.SUGGESTION_SUPERVISION)
            )
            _activity(
                maker, serving, numbers, kind, group, maker.day(date(year, month, 1), date(year, month, 28))
            )
        for kind in maker.random.sample(
            (
                ActivityKind.FIELD_RESEARCH,
                ActivityKind.LAW_ENFORCEMENT_INSPECTION,
                ActivityKind.BRIEFING,
                ActivityKind.OBSERVER_ATTENDANCE,
                ActivityKind.COURT_OBSERVATION,
            ),
            2,
        ):
            _activity(
                maker, serving, numbers, kind, None, maker.day(date(year, month, 1), date(year, month, 28))
            )
        if month == 1:
            _activity(maker, serving, numbers, ActivityKind.SESSION, None, date(year, 1, 8), everyone=True)
    for days in (2, 5, 9, 14, 20, 33, 47):
        group = maker.random.choice(groups[:12])
        _activity(
            maker, serving, numbers, ActivityKind.GROUP_ACTIVITY, group, maker.today + timedelta(days=days)
        )


def _title(maker: Maker, kind: ActivityKind, group: dict[str, Any] | None) -> str:
    if kind is ActivityKind.SESSION:
        return "县人民代表大会会议"
    subject = {
        ActivityKind.STUDY: STUDIES,
        ActivityKind.INSPECTION: INSPECTIONS,
        ActivityKind.FIELD_RESEARCH: INSPECTIONS,
    }.get(kind, TOPICS)
    # A group's own activity is not called 小组小组活动.
    what = kind.label.removeprefix("小组") if group else kind.label
    return f"{group['name'] if group else '县人大常委会'}{what}：{maker.random.choice(subject)}"


def _activity(
    maker: Maker,
    serving: Serving,
    numbers: dict[int, int],
    kind: ActivityKind,
    group: dict[str, Any] | None,
    on: date,
    *,
    everyone: bool = False,
) -> None:
    numbers[on.year] = numbers.get(on.year, 0) + 1
    planned = on > maker.today
    pool = (
        serving.by_group[group["id"]]
        if group
        else [m for m in serving.mandates if m["level"] is Level.COUNTY]
    )
    if everyone:
        invited = serving.some(pool, on, 400)
    else:
        invited = serving.some(pool, on, maker.random.randint(14, 30))
    town = maker.random.choice([row for row in maker.made["area"] if len(row["code"]) == 9])
    if group is not None and group["name"].startswith("第"):
        index = int("".join(c for c in group["name"] if c.isdigit())) - 1
        town = [row for row in maker.made["area"] if len(row["code"]) == 9][index]
    title = _title(maker, kind, group)
    activity = maker.add(
        Activity,
        office_code=COUNTY,
        area_code=town["code"] if group else COUNTY,
        number=f"HD{on.year}{numbers[on.year]:04}",
        kind=kind,
        title=title,
        state=ActivityState.PLANNED if planned else ActivityState.HELD,
        held_on=on,
        starts_at=time(9, 0),
        venue=f"{town['name']}人大代表联络站" if group else "县人大会议室",
        organiser=group["name"] if group else "清澜县人大常委会",
        lead_person=maker.random.choice(maker.made["person"])["name"],
        group_id=group["id"] if group else None,
        content=f"{title}，听取情况介绍，现场察看，座谈交流。",
        form="集中活动",
        goal="形成意见建议，推动问题解决",
        topics=[title.rsplit("：", 1)[-1]],
        levels_invited=["county", "township"],
        need_vehicle="中巴车一辆" if maker.chance(0.3) else "",
        record="" if planned else "与会代表围绕主题发言，形成意见建议若干条。",
        summary="",
        version=1,
        sign_in_token=None,
    )
    recent = maker.today - timedelta(days=LATEST_OUTCOME) < on <= maker.today
    unrecorded = planned or (recent and maker.chance(0.5))
    for index, mandate in enumerate(invited):
        _attendance(maker, activity, mandate, unrecorded=unrecorded, asks_leave=planned and index == 0)


def _attendance(
    maker: Maker, activity: dict[str, Any], mandate: dict[str, Any], *, unrecorded: bool, asks_leave: bool
) -> None:
    status = AttendanceStatus.INVITED
    if not unrecorded:
        roll = maker.random.random()
        status = (
            AttendanceStatus.PRESENT
            if roll < 0.84
            else AttendanceStatus.LEAVE
            if roll < 0.95
            else AttendanceStatus.ABSENT
        )
    present = status is AttendanceStatus.PRESENT
    on_leave = status is AttendanceStatus.LEAVE
    state = LeaveState.REQUESTED if asks_leave else LeaveState.APPROVED if on_leave else None
    maker.add(
        Attendance,
        activity_id=activity["id"],
        mandate_id=mandate["id"],
        status=status,
        capacity=Capacity.LEADER if mandate["leader"] else Capacity.DEPUTY,
        spoke=present and maker.chance(0.25),
        speech="",
        leave_reason="工作冲突" if on_leave or asks_leave else "",
        leave_state=state,
        leave_asked_at=clock.now() if asks_leave else None,
        signed_in_by=SignInWay.LIST if present else None,
    )


def _receptions(maker: Maker, serving: Serving) -> None:
    serial: dict[int, int] = {}
    for year, month in _months(maker):
        on = date(year, month, 15)
        if on > maker.today:
            continue
        for station in maker.made["station"]:
            if not maker.chance(0.55):
                continue
            serial[year] = serial.get(year, 0) + 1
            deputies = serving.some(serving.by_station.get(station["id"], []), on, 3)
            reception = maker.add(
                Reception,
                office_code=COUNTY,
                area_code=station["area_code"],
                number=f"JD{year}{serial[year]:04}",
                station_id=station["id"],
                held_on=on,
                people_received=maker.random.randint(2, 11),
                note="",
                version=1,
            )
            for mandate in deputies:
                maker.add(ReceptionDeputy, reception_id=reception["id"], mandate_id=mandate["id"])
            for _number in range(maker.random.choice((0, 1, 1, 2))):
                _opinion(maker, station, reception, on)


def _opinion(maker: Maker, station: dict[str, Any], reception: dict[str, Any], on: date) -> None:
    year = on.year
    number = sum(1 for row in maker.made.get("opinion", ()) if row["received_on"].year == year) + 1
    topic = maker.random.choice(TOPICS)
    anonymous = maker.chance(0.3)
    solved = maker.chance(0.58)
    # What cannot be solved is explained and closed too; only of late some are still open.
    ended = solved or maker.chance(0.97 if (maker.today - on).days > 100 else 0.2)
    closed = min(on + timedelta(days=maker.random.randint(0, 90)), maker.today) if ended else None
    maker.add(
        Opinion,
        office_code=COUNTY,
        area_code=station["area_code"],
        number=f"YJ{year}{number:04}",
        reception_id=reception["id"],
        station_id=station["id"],
        channel=OpinionChannel.RECEPTION,
        received_on=on,
        anonymous=anonymous,
        citizen_name="" if anonymous else "群众" + maker.random.choice("甲乙丙丁戊"),
        citizen_phone="",
        topic=topic,
        content=f"{maker.random.randint(1, 12)}组村民反映{topic}问题，希望尽快解决。",
        route=maker.random.choice(list(OpinionRoute)),
        solved=solved,
        closed_on=closed,
        outcome="已协调有关单位处理。" if solved else "已向群众解释说明。" if ended else "",
        version=1,
    )


def _suggestions(maker: Maker, serving: Serving) -> None:
    county = [m for m in serving.mandates if m["level"] is Level.COUNTY]
    opinions = maker.made["opinion"]
    for year in range(maker.first_year, maker.today.year + 1):
        number = 0
        for in_session, count in ((True, 110), (False, 45)):
            for _each in range(count):
                on = date(year, 1, 8) if in_session else maker.day(date(year, 2, 1), date(year, 12, 20))
                if on > maker.today:
                    continue
                number += 1
                _suggestion(
                    maker,
                    serving.some(county, on, maker.random.randint(1, 4)),
                    on,
                    number,
                    in_session,
                    opinions,
                )


def _suggestion(
    maker: Maker,
    proposers: list[dict[str, Any]],
    on: date,
    number: int,
    in_session: bool,
    opinions: list[dict[str, Any]],
) -> None:
    topic = maker.random.choice(TOPICS)
    category, lead, helping = MATTERS[topic]
    pleasing = 3 + UNITS.index(lead) % 5  # not every unit answers as well
    town = maker.random.choice([row["name"] for row in maker.made["area"] if len(row["code"]) == 9])
    assigned = on + timedelta(days=maker.random.randint(4, 14))
    replied: date | None = assigned + timedelta(days=maker.random.randint(25, 105))
    assigned_on = assigned if assigned <= maker.today else None
    if assigned_on is None or replied is None or replied > maker.today or maker.chance(0.03):
        replied = None
    from_reception = maker.chance(0.33)
    earlier = [o for o in opinions if o["received_on"] <= on][-60:]
    reply_class = (
        maker.random.choice((ReplyClass.A, ReplyClass.A, ReplyClass.B, ReplyClass.B, ReplyClass.C))
        if replied
        else None
    )
    suggestion = maker.add(
        Suggestion,
        office_code=COUNTY,
        area_code=COUNTY,
        number=f"{on.year}-{number:03}",
        title=f"关于解决{town}{topic}问题的建议",
        body=f"{town}{topic}问题群众反映强烈。建议有关部门实地调查，列入年度计划，明确责任单位和完成时限。",
        category=category,
        lead_mandate_id=proposers[0]["id"],
        raised_on=on,
        occasion=Occasion.IN_SESSION if in_session else Occasion.BETWEEN_SESSIONS,
        source=SuggestionSource.RECEPTION
        if from_reception
        else maker.random.choice(list(SuggestionSource)[1:]),
        source_opinion_id=maker.random.choice(earlier)["id"] if from_reception and earlier else None,
        assigned_on=assigned_on,
        due_on=reply_due_on(assigned) if assigned_on else None,
        replied_on=replied,
        reply_class=reply_class,
        reply_way=maker.random.choice(list(ReplyWay)) if replied else None,
        satisfaction=maker.random.choice(
            (Satisfaction.SATISFIED,) * pleasing + (Satisfaction.BASICALLY, Satisfaction.DISSATISFIED)
        )
        if replied
        else None,
        solved=reply_class is ReplyClass.A,
        version=1,
    )
    for mandate in proposers[1:]:
        maker.add(Cosigner, suggestion_id=suggestion["id"], mandate_id=mandate["id"])
    units = {row["name"]: row["id"] for row in maker.made["handling_unit"]}
    maker.add(SuggestionUnit, suggestion_id=suggestion["id"], unit_id=units[lead], part=UnitPart.LEAD)
    if maker.chance(0.33):
        maker.add(SuggestionUnit, suggestion_id=suggestion["id"], unit_id=units[helping], part=UnitPart.CO)


def _duty_reports(maker: Maker, serving: Serving) -> None:
    rules = default_rules()
    first_years = {term["id"]: term["first_year"] for term in maker.made["term"]}
    for mandate in serving.mandates:
        if mandate["level"] in (Level.NATIONAL, Level.PROVINCE):
            continue
        category = category_of(mandate["re_elected"], mandate["office_holder"], rules)
        windows = due_windows(category, mandate["level"], first_years[mandate["term_id"]], rules)
        window = maker.random.choice(windows)
        last = min(
            window.end,
            maker.today,
            mandate["ended_on"] - timedelta(days=1) if mandate["ended_on"] else window.end,
        )
        first = max(window.start, mandate["began_on"])
        if first > last or not maker.chance(0.92):
            continue
        meeting = maker.chance(0.45) or not mandate["level"].directly_elected
        voters = maker.random.randint(35, 90) if meeting and mandate["level"].directly_elected else None
        votes = voters or (28 if meeting else None)
        doubts, against = maker.random.randint(0, 5), maker.random.choice((0, 0, 1, 1, 2, 3))
        maker.add(
            DutyReport,
            mandate_id=mandate["id"],
            scope_code=mandate["scope_code"],
            reported_on=maker.day(first, last),
            mode=ReportMode.MEETING if meeting else ReportMode.WRITTEN,
            addressee=addressee_of(mandate["level"]),
            meeting="述职评议会" if meeting else "",
            voters_present=voters,
            satisfied=votes - doubts - against if votes else None,
            basically_satisfied=doubts if votes else None,
            dissatisfied=against if votes else None,
            text="",
            note="",
            version=1,
        )


def _entries(maker: Maker, serving: Serving) -> None:
    kinds = (
        (DutyKind.VOTER_VISIT, "人次", 12),
        (DutyKind.PROBLEM_SOLVED, "件", 3),
        (DutyKind.PRACTICAL_DEED, "件", 1),
    )
    local = [m for m in serving.mandates if m["level"].directly_elected]
    for year, month in _months(maker):
        for mandate in serving.some(local, date(year, month, 1), 130):
            kind, unit, most = maker.random.choice((kinds[0], kinds[0], kinds[1], kinds[2]))
            on = maker.day(date(year, month, 1), min(date(year, month, 28), maker.today))
            _entry(
                maker,
                mandate,
                kind,
                on,
                maker.random.randint(1, most),
                unit,
                EntryOrigin.STAFF,
                DutyState.CONFIRMED,
            )
    recent = maker.today - timedelta(days=10)
    for index, mandate in enumerate(serving.some(local, recent, 11)):
        kind, unit, most = kinds[index % 3]
        state = DutyState.PENDING if index < 9 else DutyState.REJECTED
        on = maker.day(max(recent, mandate["began_on"]), maker.today)
        _entry(maker, mandate, kind, on, maker.random.randint(1, most), unit, EntryOrigin.SELF, state)


def _entry(
    maker: Maker,
    mandate: dict[str, Any],
    kind: DutyKind,
    on: date,
    quantity: int,
    unit: str,
    origin: EntryOrigin,
    state: DutyState,
) -> None:
    words = (
        maker.random.choice(DEEDS)
        if kind is DutyKind.PRACTICAL_DEED
        else f"{kind.label}，了解{maker.random.choice(TOPICS)}情况"
    )
    maker.add(
        DutyEntry,
        mandate_id=mandate["id"],
        scope_code=mandate["scope_code"],
        kind=kind,
        happened_on=on,
        quantity=quantity,
        unit=unit,
        place="",
        description=words,
        origin=origin,
        state=state,
        return_reason="请补充走访的具体村组和照片。" if state is DutyState.REJECTED else "",
        version=1,
    )
