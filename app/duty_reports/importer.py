"""Reports on duty from workbooks (述职登记)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.duty_reports.models import DutyReport
from app.duty_reports.states import Addressee, ReportMode, addressee_of
from app.kit.i18n import _l
from app.kit.intake.importer import Importer, changes_of, picked
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Decision, SheetRow, Wrong
from app.kit.intake.shelf import Shelf, outcome_of
from app.kit.workbook.cells import choice, date_, text, whole_number
from app.kit.workbook.kinds import Field, SheetKind
from app.registry.directory import Deputies, Entry, Places
from app.registry.importer.fields import REFERENCE
from app.registry.models import Mandate

BALLOTS = ("satisfied", "basically_satisfied", "dissatisfied")
COLUMNS = (
    "mandate_id",
    "scope_code",
    "reported_on",
    "mode",
    "mode_reason",
    "addressee",
    "meeting",
    "voters_present",
    *BALLOTS,
    "note",
)
_MODES = choice(
    {
        "会议": ReportMode.MEETING,
        "会议报告": ReportMode.MEETING,
        "会议述职": ReportMode.MEETING,
        "口头": ReportMode.MEETING,
        "口头述职": ReportMode.MEETING,
        "口头报告": ReportMode.MEETING,
        "现场": ReportMode.MEETING,
        "现场述职": ReportMode.MEETING,
        "会议形式": ReportMode.MEETING,
        "书面": ReportMode.WRITTEN,
        "书面报告": ReportMode.WRITTEN,
        "书面述职": ReportMode.WRITTEN,
        "书面形式": ReportMode.WRITTEN,
    },
    accepted=("会议", "书面"),
)


class DutyReportImporter(Importer):
    """Reports on duty; one per deputy and day. The addressee follows from the mandate, never the sheet."""

    kind = SheetKind(
        "duty_reports",
        _l("报告履职情况登记表"),
        (
            *REFERENCE,
            Field(
                "reported_on",
                _l("报告日期"),
                (
                    "述职日期",
                    "述职时间",
                    "报告时间",
                    "报告履职日期",
                    "报告履职时间",
                    "日期",
                    "报告履职情况日期",
                ),
                date_,
                required=True,
                example="2023-10-12",
            ),
            Field(
                "mode",
                _l("报告方式"),
                ("述职方式", "形式", "方式", "述职形式", "报告形式", "报告履职方式"),
                _MODES,
                required=True,
                choices=("会议", "书面"),
                example="会议",
            ),
            Field("mode_reason", _l("书面报告原因"), ("书面原因", "未参会原因"), text(200)),
            Field("addressee", _l("报告对象"), ("述职对象", "向谁报告", "对象"), text(80)),
            Field("meeting", _l("会议名称"), ("述职会议", "报告会议", "会议", "述职会议名称"), text(120)),
            Field(
                "voters_present",
                _l("参会选民人数"),
                ("参会人数", "到会选民人数", "到会人数", "参加选民人数", "选民人数", "参会选民", "到会选民"),
                whole_number,
            ),
            Field(
                "satisfied",
                _l("满意"),
                ("满意票", "满意票数", "评议满意", "测评满意", "满意数"),
                whole_number,
            ),
            Field(
                "basically_satisfied",
                _l("基本满意"),
                ("基本满意票", "基本满意票数", "评议基本满意", "测评基本满意", "基本满意数"),
                whole_number,
            ),
            Field(
                "dissatisfied",
                _l("不满意"),
                ("不满意票", "不满意票数", "评议不满意", "测评不满意", "不满意数"),
                whole_number,
            ),
            Field("note", _l("备注"), ("说明",), text(500)),
        ),
        ("reported_on", "mode"),
        order=50,
    )

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        self.places = intake.share(Places)
        self.deputies = intake.share(Deputies)
        self.shelf = Shelf(intake.writer, DutyReport, COLUMNS)
        of_office = select(Mandate.id).where(Mandate.office_code == intake.office)
        self.ids: dict[tuple[int, date], int] = {}
        for row_id, values in self.shelf.load(DutyReport.mandate_id.in_(of_office)):
            self.ids[values[0], values[2]] = row_id

    def take(self, row: SheetRow) -> Decision:
        """One report."""
        reported_on: date = row.get("reported_on")
        self.not_in_future(row, "reported_on")
        entry = self.deputies.resolve(
            row.get("card"),
            row.get("name"),
            level=row.get("level"),
            on=reported_on,
            township=self.places.township(row.get("township") or ""),
        )
        self.within_scope(entry.scope_code, "name")
        self.once((entry.mandate_id, reported_on), row, "reported_on")
        values = self._values(row, entry)
        known = self.ids.get((entry.mandate_id, reported_on))
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        if known is None:
            given = {key: value for key, value in values.items() if value is not None}
            report_id = self.shelf.add({**given, "mandate_id": entry.mandate_id, "reported_on": reported_on})
            self.ids[entry.mandate_id, reported_on] = report_id
        else:
            report_id = known
            before, after = self.shelf.change(known, values)
        if known is None or after:
            self.intake.touch("duty_report", report_id)
        return Decision(
            outcome_of(known is None, after),
            "duty_report",
            report_id,
            f"{entry.name} {reported_on}",
            entry.scope_code,
            changes_of(before, after),
            before,
            after,
        )

    def _values(self, row: SheetRow, entry: Entry) -> dict[str, Any]:
        addressee = addressee_of(entry.level)
        present = row.get("voters_present")
        counts = [row.get(key) for key in BALLOTS]
        if addressee is Addressee.VOTERS and present is not None:
            total = sum(count or 0 for count in counts)
            if total > present:
                raise Wrong(
                    "satisfied",
                    _l(
                        "测评票合计 %(total)d 票，多于参会选民人数 %(present)d 人；请核对票数和人数。",
                        total=total,
                        present=present,
                    ),
                )
        values = picked(row, ("mode", "mode_reason", "meeting", "voters_present", *BALLOTS, "note"))
        return {**values, "addressee": addressee, "scope_code": entry.scope_code}
