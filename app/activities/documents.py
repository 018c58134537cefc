"""Papers of an activity in the layout of official documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import format_date

from app.activities.models import Activity, Attendance, GroupPlan
from app.activities.queries import person_times, turnout_of
from app.activities.queries.plans import Item
from app.activities.states import AttendanceStatus, PlanScope
from app.kit import clock
from app.kit.documents import Cell, Document, Heading, KeyValues, Paragraph, Signature, Table
from app.kit.i18n import _


def _day(day: date) -> str:
    return str(format_date(day, "long"))


def _when(activity: Activity) -> str:
    parts = [_day(activity.held_on)]
    if activity.starts_at:
        parts.append(activity.starts_at.strftime("%H:%M"))
    if activity.ends_on and activity.ends_on != activity.held_on:
        parts.append(_("至 %(day)s", day=_day(activity.ends_on)))
    return " ".join(parts)


def _names(attendances: Sequence[Attendance], status: AttendanceStatus) -> str:
    return "、".join(row.mandate.person.name for row in attendances if row.status is status)


def record_document(activity: Activity, attendances: Sequence[Attendance]) -> Document:
    """活动记录表: group, time, place, lead, attendance by name, content, speeches, what came of it (4.3)."""
    turnout = turnout_of(attendances)
    capacities = person_times(attendances)
    facts: list[tuple[str, Cell]] = [
        (_("活动编号"), activity.number),
        (_("类别"), activity.kind.label),
        (_("时间"), _when(activity)),
        (_("地点"), activity.venue),
        (_("组织单位"), activity.organiser),
        (_("牵头人"), activity.lead_person),
        (_("代表小组"), activity.group.name if activity.group else ""),
        (_("活动形式"), activity.form),
        (_("活动目标"), activity.goal),
        (_("主题"), "、".join(activity.topics or [])),
        (_("应到"), turnout.expected),
        (_("出席"), turnout.present),
        (_("请假"), turnout.leave),
        (_("缺席"), turnout.absent),
        (_("参加身份"), "、".join(f"{capacity.label} {n}" for capacity, n in capacities.items() if n)),
        (_("出席人员"), _names(attendances, AttendanceStatus.PRESENT)),
        (_("请假人员"), _names(attendances, AttendanceStatus.LEAVE)),
        (_("缺席人员"), _names(attendances, AttendanceStatus.ABSENT)),
    ]
    blocks: list[Heading | KeyValues | Paragraph | Table | Signature] = [KeyValues(facts, columns=4)]
    for title, text in (
        (_("一、活动内容"), activity.content),
        (_("二、活动记录"), activity.record),
        (_("三、成效和形成的意见建议"), activity.summary),
    ):
        blocks += [Heading(1, title), Paragraph(text or _("（未填写）"))]
    speeches = [(row.mandate.person.name, row.speech) for row in attendances if row.spoke]
    if speeches:
        blocks += [
            Heading(1, _("四、代表发言要点")),
            Table([_("代表"), _("发言要点")], speeches, widths=(1, 4)),
        ]
    blocks.append(Signature([_("记录人："), _("审核人："), _day(clock.today())]))
    return Document(
        title=_("%(title)s活动记录表", title=activity.title), organ=activity.organiser, blocks=blocks
    )


def plan_document(plan: GroupPlan, items: Sequence[Item]) -> Document:
    """A group's plan as it is printed: guiding ideas, activities with their five elements, support,
    consultation, requirements (forms.md 4.3)."""
    yearly = plan.scope is PlanScope.YEAR
    blocks: list[Heading | KeyValues | Paragraph | Table | Signature] = [
        Heading(1, _("一、指导思想和重点")),
        Paragraph(plan.guidelines or _("（未填写）")),
    ]
    if yearly:
        blocks += [Heading(1, _("二、活动安排")), _plan_table(items)]
    blocks += [
        Heading(1, _("三、征求代表意见情况") if yearly else _("二、征求代表意见情况")),
        Paragraph(_consultation(plan)),
        Heading(1, _("四、工作要求") if yearly else _("三、工作要求")),
        Paragraph(plan.requirements or _("（未填写）")),
    ]
    blocks.append(Signature([plan.group.name, _day(plan_day(plan))]))
    scope = plan.scope.label
    title = _("%(group)s%(year)s年%(scope)s", group=plan.group.name, year=plan.year, scope=scope)
    if plan.scope is PlanScope.TERM:
        term = plan.term.name if plan.term else ""
        title = _("%(group)s%(term)s%(scope)s", group=plan.group.name, term=term, scope=scope)
    note = "" if plan.approved_at else _("（%(state)s，未批准）", state=plan.state.label)
    return Document(title=title, subtitle=note, organ=plan.group.name, blocks=blocks, landscape=True)


def plan_day(plan: GroupPlan) -> date:
    """The day a plan bears: of its approval, else of its handing in, else today."""
    instant = plan.approved_at or plan.submitted_at
    return clock.local(instant).date() if instant else clock.today()


def _plan_table(items: Sequence[Item]) -> Table:
    headings = [
        *(_("序号"), _("活动时间"), _("活动名称"), _("活动内容"), _("活动形式"), _("活动目标")),
        *(_("地点"), _("牵头人"), _("需要的保障")),
    ]
    rows: list[list[Cell]] = []
    for place, item in enumerate(items, 1):
        one = item.activity
        needs = [one.need_time, one.need_funds, one.need_vehicle, one.need_venue]
        texts = (one.title, one.content, one.form, one.goal, one.venue, one.lead_person)
        rows.append([place, one.held_on.isoformat(), *texts, "；".join(need for need in needs if need)])
    return Table(headings, rows, widths=(1, 2.6, 4, 6, 2.6, 4, 3, 2, 3))


def _consultation(plan: GroupPlan) -> str:
    facts = [
        _day(plan.consulted_on) if plan.consulted_on else "",
        plan.consulted_way,
        plan.consulted_who,
    ]
    head = "，".join(fact for fact in facts if fact)
    return "\n".join(part for part in (head, plan.consultation) if part) or _("（未填写）")
