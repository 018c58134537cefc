"""The list of reports on duty, declared once for page and export."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float, Integer, Select, case, cast, func, select

from app.duty_reports.models import DutyReport
from app.duty_reports.policy import EDIT_REPORTS, VIEW_REPORTS
from app.duty_reports.queries import visible_reports
from app.duty_reports.states import Addressee, ReportMode
from app.kit.authorisation import Actor
from app.kit.database import row_ids
from app.kit.i18n import _, _l
from app.kit.listing import Column, Filter, Listing, dates_filter, enum_filter
from app.registry.columns import area_filter
from app.registry.models import Area, Mandate, Person
from app.registry.queries import search_person
from app.registry.states import Level


def _select(actor: Actor) -> Select[Any]:
    return (
        select(DutyReport.id)
        .select_from(DutyReport)
        .join(Mandate, Mandate.id == DutyReport.mandate_id)
        .join(Person, Person.id == Mandate.person_id)
        .join(Area, Area.code == DutyReport.scope_code)
        .where(visible_reports(actor))
    )


_BALLOTS = (
    func.coalesce(DutyReport.satisfied, 0)
    + func.coalesce(DutyReport.basically_satisfied, 0)
    + func.coalesce(DutyReport.dissatisfied, 0)
)
_CONTENT = func.coalesce(DutyReport.satisfied, 0) + func.coalesce(DutyReport.basically_satisfied, 0)
RATE: Any = case((_BALLOTS > 0, cast(_CONTENT, Float) / cast(_BALLOTS, Float)))
"""Satisfied and basically satisfied ballots among all; NULL without ballots."""


def _empty(actor: Actor) -> tuple[str, str, str]:
    if actor.areas(EDIT_REPORTS):
        return _("还没有述职记录。代表报告履职情况后在这里登记。"), "/duty-reports/new", _("登记述职")
    return _("还没有述职记录。"), "", ""


def _numbers(values: list[str]) -> list[int]:
    return row_ids(values)[:50] or [0]


def _count(column: Any) -> Any:
    return func.coalesce(cast(column, Integer), -1)


DUTY_REPORTS = Listing(
    name="duty_reports",
    title=_l("述职"),
    noun=_l("述职记录"),
    select_visible=_select,
    identity=DutyReport.id,
    url=lambda identity: f"/duty-reports/{identity}",
    search=search_person,
    search_hint=_l("姓名、拼音首字母、证号或手机"),
    order="-reported_on",
    columns=(
        Column("name", _l("姓名"), Person.name, sort=Person.pinyin),
        Column("reported_on", _l("报告日期"), DutyReport.reported_on, "date", sort=DutyReport.reported_on),
        Column("card", _l("代表证号"), Mandate.card_no, sort=func.coalesce(Mandate.card_no, "")),
        Column("level", _l("层级"), Mandate.level, "enum", sort=Mandate.level),
        Column("area", _l("所在地区"), Area.name, sort=DutyReport.scope_code),
        Column("mode", _l("报告方式"), DutyReport.mode, "enum", sort=DutyReport.mode),
        Column("addressee", _l("报告对象"), DutyReport.addressee, "enum"),
        Column("meeting", _l("会议"), DutyReport.meeting),
        Column(
            "voters", _l("参会选民"), DutyReport.voters_present, "number", _count(DutyReport.voters_present)
        ),
        Column("satisfied", _l("满意"), DutyReport.satisfied, "number", _count(DutyReport.satisfied)),
        Column("basically", _l("基本满意"), DutyReport.basically_satisfied, "number", visible=False),
        Column("dissatisfied", _l("不满意"), DutyReport.dissatisfied, "number", visible=False),
        Column("rate", _l("满意率"), RATE, "percent", func.coalesce(RATE, -1.0)),
        Column("reason", _l("书面报告原因"), DutyReport.mode_reason, visible=False),
        Column("note", _l("备注"), DutyReport.note, visible=False),
    ),
    filters=(
        dates_filter("reported_on", _l("报告日期"), DutyReport.reported_on),
        enum_filter("mode", _l("报告方式"), DutyReport.mode, ReportMode),
        enum_filter("level", _l("层级"), Mandate.level, Level),
        enum_filter("addressee", _l("报告对象"), DutyReport.addressee, Addressee),
        area_filter(DutyReport.scope_code, VIEW_REPORTS),
        Filter(
            "batch",
            _l("导入批次"),
            "hidden",
            lambda values: DutyReport.import_batch_id.in_(_numbers(values)),
        ),
    ),
    empty=_empty,
)
