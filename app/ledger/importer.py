"""Facts of duty that have no other source, from workbooks: visits, problems settled, deeds."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import and_, select

from app.kit.i18n import _l
from app.kit.intake.importer import Importer, changes_of, picked
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Change, Decision, SheetRow, Wrong
from app.kit.intake.shelf import Shelf, outcome_of
from app.kit.workbook.cells import choice, date_, money, text, whole_number
from app.kit.workbook.kinds import Field, SheetKind
from app.ledger.models import DutyEntry
from app.ledger.states import OPEN_STATES, DutyKind, DutyState, EntryOrigin
from app.registry.directory import Deputies, Entry, Places
from app.registry.importer.fields import REFERENCE
from app.registry.models import Mandate

COLUMNS = (
    "mandate_id",
    "kind",
    "happened_on",
    "place",
    "description",
    "quantity",
    "unit",
    "persons_helped",
    "money_fen",
)
_ITEMS = {
    DutyKind.VOTER_VISIT: "走访选民 走访 走访群众 联系选民 走访联系选民 入户走访 走访慰问选民"
    " 联系群众 走访联系群众",
    DutyKind.PROBLEM_SOLVED: "督促解决问题 解决问题 督促解决 推动解决问题 帮助解决问题"
    " 协调解决问题 督促问题解决",
    DutyKind.PRACTICAL_DEED: "为民办实事 办实事 办好事 为群众办实事 为民办好事 办实事好事 为民办实事好事",
    DutyKind.FREE_CLINIC: "义诊 义诊活动 健康义诊",
    DutyKind.CONSTITUTION_PUBLICITY: "宪法法律宣传 宪法宣传 法律宣传 普法宣传 政策宣讲 法治宣传"
    " 宣传宪法法律 宣讲",
    DutyKind.HELP_NEEDY: "帮扶困难群众 结对帮扶 帮扶 慰问 走访慰问 扶贫帮困 帮扶慰问 困难帮扶",
    DutyKind.PUBLIC_WELFARE: "公益事业 公益活动 志愿服务 捐款捐物 捐资助学 捐赠",
    DutyKind.CARD_INSPECTION: "持证视察",
    DutyKind.OBSERVER_ATTENDANCE: "列席会议 列席 列席常委会会议",
    DutyKind.DELIBERATION_SPEECH: "审议发言",
    DutyKind.MOTION: "提出议案 议案",
    DutyKind.OPINION: "收集意见建议 收集意见 收集民意 反映民意",
    DutyKind.STUDY: "学习培训 学习 培训",
    DutyKind.INSPECTION: "视察调研 视察",
    DutyKind.FIELD_RESEARCH: "专题调研 调研",
    DutyKind.LAW_ENFORCEMENT_INSPECTION: "执法检查",
    DutyKind.COURT_OBSERVATION: "旁听庭审",
    DutyKind.MEDIA: "接受媒体采访 媒体采访 媒体报道",
    DutyKind.AWARD: "受到表彰 表彰 获奖 表彰奖励",
    DutyKind.OTHER: "其他履职 其他",
}
_WORDS = {word: kind for kind, words in _ITEMS.items() for word in words.split()}
_FIRST = tuple(words.split()[0] for words in _ITEMS.values())
_UNITS = {DutyKind.VOTER_VISIT: "人次", DutyKind.PROBLEM_SOLVED: "件", DutyKind.PRACTICAL_DEED: "件"}


class EntryImporter(Importer):
    """Rows have no number: the same deputy, kind, day, place and words mean the same fact. Where several rows
    agree in all that, the first means the first fact, the second the second."""

    kind = SheetKind(
        "entries",
        _l("走访选民和办实事登记"),
        (
            Field(
                "happened_on",
                _l("日期"),
                ("时间", "走访日期", "走访时间", "履职日期", "履职时间", "办理日期", "开展日期", "发生日期"),
                date_,
                required=True,
                example="2023-03-15",
            ),
            *REFERENCE,
            Field(
                "item",
                _l("事项"),
                (
                    "履职事项",
                    "事项类别",
                    "履职类别",
                    "履职内容",
                    "项目",
                    "履职项目",
                    "类别",
                    "类型",
                    "履职类型",
                    "活动类别",
                ),
                choice(_WORDS, accepted=_FIRST),
                required=True,
                choices=_FIRST,
                example="走访选民",
            ),
            Field(
                "quantity",
                _l("数量"),
                ("次数", "人次", "件数", "人数", "户数", "数目", "走访人次"),
                whole_number,
                example="5",
            ),
            Field("unit", _l("单位"), ("计量单位", "数量单位", "计数单位"), text(10), example="人次"),
            Field("place", _l("地点"), ("走访地点", "地址", "履职地点"), text(100)),
            Field(
                "description",
                _l("内容"),
                ("具体内容", "情况说明", "主要内容", "简要情况", "备注", "说明", "事项内容"),
                text(2000),
            ),
            Field(
                "persons_helped",
                _l("受益人数"),
                ("受益群众人数", "受益群众", "惠及人数", "帮扶人数"),
                whole_number,
            ),
            Field("money_fen", _l("金额（元）"), ("金额", "捐款金额", "投入资金", "资金"), money),
        ),
        ("happened_on", "item"),
        order=90,
    )

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        self.places = intake.share(Places)
        self.deputies = intake.share(Deputies)
        self.shelf = Shelf(intake.writer, DutyEntry, COLUMNS)
        self._ids: dict[tuple[Any, ...], list[int]] = {}
        self._met: dict[tuple[Any, ...], int] = {}
        self._months: set[tuple[int, int]] = set()

    def take(self, row: SheetRow) -> Decision:
        """One fact."""
        happened_on: date = row.get("happened_on")
        self.not_in_future(row, "happened_on")
        entry = self.deputies.resolve(
            row.get("card"),
            row.get("name"),
            level=row.get("level"),
            on=happened_on,
            township=self.places.township(row.get("township") or ""),
        )
        self.within_scope(entry.scope_code, "name")
        quantity = row.get("quantity")
        if quantity == 0:
            raise Wrong("quantity", _l("数量是 0；请填写不小于 1 的整数，没有发生的事项请删去这一行。"))
        kind: DutyKind = row.get("item")
        values = picked(row, ("quantity", "unit", "persons_helped", "money_fen"))
        place, description = row.get("place") or "", row.get("description") or ""
        known = self._next_known((entry.mandate_id, kind, happened_on, place, description))
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        if known is None:
            given = {key: value for key, value in values.items() if value is not None}
            given.setdefault("unit", _UNITS.get(kind, "次"))
            fixed = {"happened_on": happened_on, "kind": kind, "place": place, "description": description}
            who = {"mandate_id": entry.mandate_id, "scope_code": entry.scope_code}
            how = {
                "origin": EntryOrigin.WORKBOOK,
                "state": DutyState.CONFIRMED,
                "recorded_by": self.intake.actor.user_id,
            }
            entry_id = self.shelf.add({**given, **fixed, **who, **how})
        else:
            entry_id = known
            before, after = self.shelf.change(known, values)
        if known is None or after:
            self.intake.touch("entry", entry_id)
        label = f"{entry.name} {kind.label} {happened_on}"
        return Decision(
            outcome_of(known is None, after),
            "duty_entry",
            entry_id,
            label,
            entry.scope_code,
            changes_of(before, after),
            before,
            after,
        )

    def _next_known(self, key: tuple[Any, ...]) -> int | None:
        """The next of the facts known under this key that no row of this run has meant yet."""
        self._load_month(key[2])
        number = self._met.get(key, 0)
        self._met[key] = number + 1
        known = self._ids.get(key, [])
        return known[number] if number < len(known) else None

    def _load_month(self, day: date) -> None:
        month = (day.year, day.month)
        if month in self._months:
            return
        self._months.add(month)
        first, last = day.replace(day=1), day.replace(day=monthrange(*month)[1])
        of_office = DutyEntry.mandate_id.in_(
            select(Mandate.id).where(Mandate.office_code == self.intake.office)
        )
        for row_id, values in self.shelf.load(and_(DutyEntry.happened_on.between(first, last), of_office)):
            self._ids.setdefault(tuple(values[:5]), []).append(row_id)
        for ids in self._ids.values():
            ids.sort()


class RosterReports:
    """What deputies reported and nobody has confirmed follows the roster: it is reviewed where they now are."""

    fields: ClassVar[Sequence[Field]] = ()

    def __init__(self, intake: Intake) -> None:
        self.shelf = Shelf(intake.writer, DutyEntry, ("mandate_id", "scope_code"))
        of_office = select(Mandate.id).where(Mandate.office_code == intake.office)
        waiting = and_(DutyEntry.state.in_(OPEN_STATES), DutyEntry.mandate_id.in_(of_office))
        self.of_mandate: dict[int, list[int]] = {}
        for entry_id, values in self.shelf.load(waiting):
            self.of_mandate.setdefault(values[0], []).append(entry_id)

    def take(self, _row: SheetRow, entry: Entry) -> list[Change]:
        """Moves the mandate's open reports; nothing to tell beside the mandate's own change."""
        for entry_id in self.of_mandate.get(entry.mandate_id, ()):
            self.shelf.change(entry_id, {"scope_code": entry.scope_code})
        return []
