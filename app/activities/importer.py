"""Activities and attendance from workbooks."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.activities.models import Activity, Attendance
from app.activities.states import ActivityKind, ActivityState, AttendanceStatus, LeaveState, SignInWay
from app.groups.importer import Groups
from app.kit.i18n import _l
from app.kit.intake.importer import Importer, changes_of, picked, shown
from app.kit.intake.intake import Intake
from app.kit.intake.numbers import number_from
from app.kit.intake.rows import Change, Decision, RowOutcome, SheetRow, Wrong
from app.kit.intake.shelf import Shelf, outcome_of
from app.kit.workbook.cells import choice, date_, digits_text, names_list, numbers_list, text
from app.kit.workbook.kinds import Field, SheetKind
from app.registry.directory import Deputies, Entry, Places
from app.registry.importer.fields import REFERENCE, flag

COLUMNS = (
    "number",
    "held_on",
    "title",
    "kind",
    "state",
    "area_code",
    "ends_on",
    "venue",
    "organiser",
    "lead_person",
    "group_id",
    "content",
    "summary",
)
ATTENDANCE_COLUMNS = (
    "activity_id", "mandate_id", "status", "spoke", "leave_reason", "speech",
    "leave_state", "signed_in_at", "signed_in_by",
)  # fmt: skip
# Of somebody who was not there (as :func:`app.activities.operations.attendance.record_attendance`).
_NOT_THERE = {"spoke": False, "speech": "", "signed_in_at": None, "signed_in_by": None}
_KINDS = {
    ActivityKind.STUDY: "学习培训 学习 培训 履职培训 集中学习 学习活动 培训学习 代表培训",
    ActivityKind.GROUP_ACTIVITY: "小组活动 代表小组活动 集中活动 主题活动",
    ActivityKind.INSPECTION: "视察调研 视察 集中视察 调研视察 代表视察 视察活动",
    ActivityKind.FIELD_RESEARCH: "专题调研 调研 专题调查",
    ActivityKind.LAW_ENFORCEMENT_INSPECTION: "执法检查",
    ActivityKind.WORK_APPRAISAL: "工作评议 评议 满意度测评",
    ActivityKind.INQUIRY: "专题询问 询问",
    ActivityKind.OBSERVER_ATTENDANCE: "列席会议 列席 列席常委会会议 列席常委会",
    ActivityKind.COURT_OBSERVATION: "旁听庭审 旁听",
    ActivityKind.BRIEFING: "政情通报 情况通报 政情通报会",
    ActivityKind.LEGISLATIVE_CONSULTATION: "立法协商 立法座谈 立法调研",
    ActivityKind.SUGGESTION_SUPERVISION: "议案建议督办 建议督办 督办",
    ActivityKind.MEETING_OFFICIALS: "约见国家机关负责人 约见",
    ActivityKind.SESSION: "人代会会议 人代会 人民代表大会会议 代表大会 大会",
    ActivityKind.CONSTITUTION_PUBLICITY: "宪法法律宣传 宪法宣传 法律宣传 普法宣传",
    ActivityKind.PRACTICAL_DEED: "为民办实事 办实事",
    ActivityKind.FREE_CLINIC: "义诊 义诊活动",
    ActivityKind.OTHER: "其他活动 其他",
}
_STATUS = {
    AttendanceStatus.PRESENT: "出席 到会 √ 参加 实到 已到 到 出勤 签到 是 ✓ ✔ 参会 已签到 正常",
    AttendanceStatus.LEAVE: "请假 事假 病假 公假 因事请假 因病请假 请假(事假) 请假(病假) 准假 △",
    AttendanceStatus.ABSENT: "缺席 未到 × 旷会 缺勤 未参加 无故缺席 否 ✗ x 未到会 未请假",
}


def _words(table: dict[Any, str]) -> dict[str, Any]:
    return {word: value for value, words in table.items() for word in words.split()}


class Activities:
    """Activities of the office by number, and by day and title; attendance as far as it was asked for."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        writer = intake.writer
        self.shelf = Shelf(writer, Activity, COLUMNS)
        self.attendance = Shelf(writer, Attendance, ATTENDANCE_COLUMNS)
        self.ids: dict[str, int] = {}
        self.by_title: dict[tuple[str, date | None], int] = {}
        self._deputies: dict[int, dict[int, int]] = {}
        for row_id, values in self.shelf.load(Activity.office_code == intake.office):
            self.index(row_id, values[0], values[1], values[2])

    def index(self, row_id: int, number: str, held_on: date, title: str) -> None:
        """Makes an activity findable."""
        self.ids[number] = row_id
        self.by_title[title, held_on] = row_id
        known = self.by_title.setdefault((title, None), row_id)
        if known != row_id:  # a title alone no longer tells which one is meant
            self.by_title[title, None] = 0

    def deputies_of(self, activity_id: int) -> dict[int, int]:
        """Attendance of an activity, by mandate; read when the activity is first asked for."""
        if activity_id not in self._deputies:
            known: dict[int, int] = {}
            if not self.shelf.fresh(activity_id):
                for row_id, values in self.attendance.load(Attendance.activity_id == activity_id):
                    known[values[1]] = row_id
            self._deputies[activity_id] = known
        return self._deputies[activity_id]

    def attend(
        self, activity_id: int, entry: Entry, values: dict[str, Any]
    ) -> tuple[int, bool, list[Change]]:
        """Sets a deputy's attendance: (id, made, what changed)."""
        known = self.deputies_of(activity_id).get(entry.mandate_id)
        status = values.get("status")
        follows: dict[str, Any] = {}
        if status is AttendanceStatus.PRESENT:
            signed_in = known is not None and self.attendance.value(known, "status") is status
            follows = {} if signed_in else {"signed_in_by": SignInWay.WORKBOOK}
        elif status is not None:
            follows = dict(_NOT_THERE)
        if status is AttendanceStatus.LEAVE:
            follows["leave_state"] = LeaveState.APPROVED
        if known is None:
            given = {key: value for key, value in {**values, **follows}.items() if value is not None}
            row_id = self.attendance.add(
                {**given, "activity_id": activity_id, "mandate_id": entry.mandate_id}
            )
            self._deputies[activity_id][entry.mandate_id] = row_id
            self.intake.touch("activity", activity_id)
            return row_id, True, []
        before, after = self.attendance.change(known, {**values, **follows}, clears=tuple(follows))
        if after:
            self.intake.touch("activity", activity_id)
        # What follows from the status goes without saying.
        return known, False, changes_of(before, {key: after[key] for key in after if key in values})


class ActivityImporter(Importer):
    """Activities; where the sheet names who came, their attendance too."""

    kind = SheetKind(
        "activities",
        _l("代表活动登记"),
        (
            Field(
                "number",
                _l("活动编号"),
                ("编号", "活动序号", "登记编号"),
                digits_text,
                text=True,
                example="HD20230001",
            ),
            Field(
                "held_on",
                _l("日期"),
                ("活动日期", "活动时间", "时间", "开展时间", "开展日期", "举办时间", "举办日期", "开始日期"),
                date_,
                required=True,
                example="2023-03-15",
            ),
            Field("ends_on", _l("结束日期"), ("截止日期", "活动结束日期"), date_),
            Field(
                "kind",
                _l("类别"),
                ("活动类别", "活动类型", "类型", "活动种类", "活动形式"),
                choice(_words(_KINDS), accepted=tuple(words.split()[0] for words in _KINDS.values())),
                choices=tuple(words.split()[0] for words in _KINDS.values()),
                example="视察调研",
            ),
            Field(
                "title",
                _l("活动名称"),
                ("活动主题", "名称", "主题", "活动", "活动标题", "标题", "会议名称"),
                text(120),
                required=True,
                example="第1代表小组视察乡村道路",
            ),
            Field(
                "venue",
                _l("地点"),
                ("活动地点", "地址", "活动场所", "举办地点"),
                text(100),
                example="章华镇第1联络站",
            ),
            Field(
                "organiser",
                _l("组织单位"),
                ("主办单位", "组织者", "组织部门", "承办单位", "组织单位名称", "牵头单位"),
                text(80),
            ),
            Field(
                "lead_person",
                _l("牵头人"),
                ("负责人", "组织人", "主持人", "带队领导", "召集人", "牵头领导"),
                text(60),
            ),
            Field("group", _l("代表小组"), ("小组", "所属小组", "小组名称", "组织小组"), text(60)),
            Field("content", _l("活动内容"), ("内容", "主要内容", "活动情况"), text(4000)),
            Field("summary", _l("活动成效"), ("成效", "小结", "活动小结", "总结"), text(4000)),
            Field(
                "present_cards", _l("参加代表证号"), ("参加人员证号", "出席代表证号"), numbers_list, text=True
            ),
            Field(
                "present_names",
                _l("参加代表"),
                ("参加人员", "参加代表姓名", "出席代表", "参与代表", "参加代表名单", "参会代表"),
                names_list,
            ),
            Field("leave_names", _l("请假代表"), ("请假", "请假人员", "请假名单"), names_list),
            Field("absent_names", _l("缺席代表"), ("缺席", "缺席人员", "缺席名单"), names_list),
        ),
        ("held_on", "title"),
        order=60,
    )

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        self.places = intake.share(Places)
        self.groups = intake.share(Groups)
        self.deputies = intake.share(Deputies)
        self.activities = intake.share(Activities)

    def take(self, row: SheetRow) -> Decision:
        """One activity."""
        held_on, title = row.get("held_on"), row.get("title")
        if row.get("ends_on") and row.get("ends_on") < held_on:
            raise Wrong("ends_on", _l("结束日期早于活动日期；请核对这两个日期。"))
        area = self._area(row)
        self.within_scope(area, "organiser")
        values: dict[str, Any] = picked(
            row, ("ends_on", "venue", "organiser", "lead_person", "content", "summary")
        )
        values |= {"held_on": held_on, "title": title, "area_code": area, "kind": row.get("kind")}
        if row.get("group"):
            values["group_id"] = self.groups.need(row.get("group"), "group")
        people = self._people(row, held_on)
        number = row.get("number")
        known = self.activities.ids.get(number) if number else self.activities.by_title.get((title, held_on))
        if known:
            self.within_scope(self.activities.shelf.value(known, "area_code"), "number")
        number = number or number_from("HD", held_on, title)
        self.once(number, row, "number")
        if known is None:
            activity_id = self._make(number, values)
            before: dict[str, Any] = {}
            after: dict[str, Any] = {}
        else:
            activity_id = known
            number = self.activities.shelf.value(known, "number")
            before, after = self.activities.shelf.change(activity_id, values)
        if after:
            self.intake.touch("activity", activity_id)
        changes = self._changes(before, after)
        for entry, status in people:
            _row_id, made, changed = self.activities.attend(activity_id, entry, {"status": status})
            if made or changed:
                old = changed[0].before if changed else ""
                changes.append(
                    Change("present_names", f"{entry.name} {old}".strip(), f"{entry.name} {status.label}")
                )
        return Decision(
            outcome_of(known is None, after, changes),
            "activity",
            activity_id,
            title,
            area,
            changes if known is not None else [],
            before,
            after,
        )

    def _make(self, number: str, values: dict[str, Any]) -> int:
        given = {key: value for key, value in values.items() if value is not None}
        given.setdefault("kind", ActivityKind.OTHER)
        held = values["held_on"] <= self.intake.today
        given["state"] = ActivityState.HELD if held else ActivityState.PLANNED
        activity_id = self.activities.shelf.add(
            {**given, "number": number, "office_code": self.intake.office}
        )
        self.activities.index(activity_id, number, values["held_on"], values["title"])
        return activity_id

    def _area(self, row: SheetRow) -> str:
        """The township of the organiser, else of the place, else the office's area."""
        for key in ("organiser", "venue"):
            found = self.places.township_in(row.get(key))
            if found is not None:
                return found
        return self.intake.office

    def _people(self, row: SheetRow, on: date) -> list[tuple[Entry, AttendanceStatus]]:
        resolve = self.deputies.resolve_all
        people = [
            (entry, AttendanceStatus.PRESENT)
            for entry in resolve(
                row.get("present_cards") or (),
                row.get("present_names") or (),
                keys=("present_cards", "present_names"),
                on=on,
            )
        ]
        for key, status in (
            ("leave_names", AttendanceStatus.LEAVE),
            ("absent_names", AttendanceStatus.ABSENT),
        ):
            people += [(entry, status) for entry in resolve((), row.get(key) or (), keys=(key, key), on=on)]
        return people

    def _changes(self, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
        changes = []
        for column, value in after.items():
            if column == "group_id":
                name_of = self.groups.shelf.value
                old = name_of(before[column], "name") if before[column] else ""
                changes.append(Change("group", old, name_of(value, "name")))
            elif column == "area_code":
                old, new = (self.places.name_of(code) for code in (before[column], value))
                changes.append(Change("organiser", old, new))
            else:
                changes.append(Change(column, shown(before.get(column)), shown(value)))
        return changes


class AttendanceImporter(Importer):
    """Who came to which activity."""

    kind = SheetKind(
        "attendance",
        _l("代表活动签到"),
        (
            Field(
                "activity",
                _l("活动编号"),
                ("编号", "活动名称", "活动", "活动主题", "会议名称", "活动序号"),
                text(120),
                required=True,
                text=True,
                example="HD20230001",
            ),
            Field("held_on", _l("日期"), ("活动日期", "活动时间", "时间"), date_),
            *REFERENCE,
            Field(
                "status",
                _l("出勤情况"),
                (
                    "考勤",
                    "出席情况",
                    "签到情况",
                    "出勤",
                    "到会情况",
                    "考勤情况",
                    "参加情况",
                    "是否出席",
                    "签到",
                    "是否参加",
                    "出缺席情况",
                ),
                choice(_words(_STATUS), accepted=("出席", "请假", "缺席")),
                required=True,
                choices=("出席", "请假", "缺席"),
                example="出席",
            ),
            Field("spoke", _l("是否发言"), ("发言", "发言情况", "是否作发言"), flag, choices=("是", "否")),
            Field("speech", _l("发言内容"), ("发言要点", "发言摘要"), text(1000)),
            Field("leave_reason", _l("请假原因"), ("请假事由", "缺席原因", "备注", "原因"), text(200)),
        ),
        ("activity", "status"),
        order=65,
    )

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        self.places = intake.share(Places)
        self.deputies = intake.share(Deputies)
        self.activities = intake.share(Activities)

    def take(self, row: SheetRow) -> Decision:
        """One deputy at one activity."""
        activity_id = self._activity(row)
        shelf = self.activities.shelf
        entry = self.deputies.resolve(
            row.get("card"),
            row.get("name"),
            level=row.get("level"),
            on=shelf.value(activity_id, "held_on"),
            township=self.places.township(row.get("township") or ""),
        )
        area = shelf.value(activity_id, "area_code")
        self.within_scope(area, "activity")
        self.once((activity_id, entry.mandate_id), row, "name")
        status = row.get("status")
        values = picked(row, ("status", "spoke", "speech", "leave_reason"))
        if values.get("spoke") and status is not AttendanceStatus.PRESENT:
            raise Wrong("spoke", _l("没有出席，不会有发言；请核对出勤情况和是否发言。"))
        _row_id, made, changes = self.activities.attend(activity_id, entry, values)
        outcome = RowOutcome.NEW if made else outcome_of(False, changes)
        before = {change.key: change.before for change in changes}
        after = {change.key: change.after for change in changes}
        label = f"{shelf.value(activity_id, 'title')} {entry.name}"
        return Decision(
            outcome, "activity", activity_id, label, area, changes, before, after, noun="attendance"
        )

    def _activity(self, row: SheetRow) -> int:
        words = row.get("activity")
        found = self.activities.ids.get(words) or self.activities.by_title.get((words, row.get("held_on")))
        if found:
            return found
        if found == 0:
            raise Wrong("activity", _l("叫“%(words)s”的活动不止一个；请填写活动编号。", words=words))
        raise Wrong(
            "activity", _l("没有编号或名称为“%(words)s”的活动；请核对，或先导入活动登记。", words=words)
        )
