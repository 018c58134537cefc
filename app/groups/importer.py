"""Deputy groups from workbooks: named in the roster, or listed on their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, cast

from sqlalchemy import Table, select

from app.groups.models import DeputyGroup, GroupMembership
from app.groups.states import GroupKind
from app.kit.database import within
from app.kit.i18n import _l
from app.kit.intake.importer import Importer, changes_of, picked, shown
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Change, Decision, SheetRow, Wrong
from app.kit.intake.shelf import Shelf, outcome_of
from app.kit.workbook.cells import choice, date_, text
from app.kit.workbook.kinds import Field, SheetKind
from app.registry.directory import Entry

COLUMNS = ("name", "kind", "guided_by", "began_on", "ended_on", "note")
_KINDS = choice(
    {
        "区域": GroupKind.AREA,
        "区域小组": GroupKind.AREA,
        "区域代表小组": GroupKind.AREA,
        "片区": GroupKind.AREA,
        "专业": GroupKind.PROFESSIONAL,
        "专业小组": GroupKind.PROFESSIONAL,
        "专业代表小组": GroupKind.PROFESSIONAL,
        "联合": GroupKind.JOINT,
        "联合小组": GroupKind.JOINT,
        "五级代表联合小组": GroupKind.JOINT,
        "中心": GroupKind.CENTRAL,
        "中心小组": GroupKind.CENTRAL,
        "中心代表小组": GroupKind.CENTRAL,
    }
)


class Groups:
    """Groups of the office by name."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.shelf = Shelf(intake.writer, DeputyGroup, COLUMNS)
        self.ids = {
            values[0]: group_id
            for group_id, values in self.shelf.load(within(DeputyGroup.area_code, [intake.office]))
        }

    def need(self, name: str, key: str) -> int:
        """The group of this name; :class:`Wrong` where there is none."""
        if name not in self.ids:
            raise Wrong(
                key, _l("没有叫“%(name)s”的代表小组；请核对名称，或先导入名册或小组名单。", name=name)
            )
        return self.ids[name]

    def make(self, name: str, values: dict[str, object]) -> int:
        """A new group of the office."""
        office = self.intake.office
        row = {"name": name, "area_code": office, "kind": kind_of(name), **values}
        self.ids[name] = group_id = self.shelf.add(row)
        self.intake.made("deputy_group", group_id, office, name, row)
        return group_id


def kind_of(name: str) -> GroupKind:
    """The kind of a group that its name tells."""
    if "专业" in name:
        return GroupKind.PROFESSIONAL
    if "联合" in name or "五级" in name:
        return GroupKind.JOINT
    return GroupKind.CENTRAL if "中心" in name else GroupKind.AREA


class RosterGroups:
    """The group column of the roster: makes groups, and each mandate's membership."""

    fields: ClassVar[Sequence[Field]] = (
        Field(
            "group",
            _l("代表小组"),
            (
                "小组",
                "所在小组",
                "所属小组",
                "所在代表小组",
                "代表小组名称",
                "所属代表小组",
                "编入小组",
                "小组名称",
            ),
            text(60),
            example="第1代表小组",
        ),
    )

    def __init__(self, intake: Intake) -> None:
        self.today = intake.today
        self.groups = intake.share(Groups)
        self.writer = intake.writer
        table = cast(Table, GroupMembership.__table__)
        of_office = table.c.group_id.in_(
            select(DeputyGroup.id).where(within(DeputyGroup.area_code, [intake.office]))
        )
        # The latest membership of every mandate: (id, group, joined, left). A mandate comes once in a run.
        self.table = table
        self.of_mandate: dict[int, tuple[int, int, date, date | None]] = {}
        wanted = select(table.c.mandate_id, table.c.id, table.c.group_id, table.c.joined_on, table.c.left_on)
        for mandate_id, *rest in intake.session.execute(wanted.where(of_office).order_by(table.c.joined_on)):
            self.of_mandate[mandate_id] = (rest[0], rest[1], rest[2], rest[3])

    def take(self, row: SheetRow, entry: Entry) -> list[Change]:
        """The mandate's group: joined with the mandate, left with it; a move ends the old one today."""
        name = row.get("group")
        if name is None:
            return []
        group_id = self.groups.ids.get(name)
        if group_id is None:
            group_id = self.groups.make(name, {})
        known = self.of_mandate.get(entry.mandate_id)
        if known is None:
            self._join(group_id, entry, entry.began_on)
            return [Change("group", "", name)]
        row_id, standing, joined, left = known
        if standing == group_id:
            ends = max(entry.ended_on, joined) if entry.ended_on else left
            if ends is None or ends == left:
                return []
            self._leave(row_id, left, ends)
            return [Change("group", shown(left), shown(ends))]
        self._leave(row_id, left, max(self.today, joined))
        self._join(group_id, entry, max(self.today, entry.began_on))
        return [Change("group", self.groups.shelf.value(standing, "name"), name)]

    def _leave(self, row_id: int, left: date | None, on: date) -> None:
        self.writer.update(self.table, row_id, {"left_on": left}, {"left_on": on}, fresh=False)

    def _join(self, group_id: int, entry: Entry, on: date) -> None:
        ends = entry.ended_on if entry.ended_on is None or entry.ended_on >= on else on
        values = {"group_id": group_id, "mandate_id": entry.mandate_id, "joined_on": on, "left_on": ends}
        self.writer.insert(self.table, values)


class GroupImporter(Importer):
    """A plain list of groups."""

    kind = SheetKind(
        "groups",
        _l("代表小组名单"),
        (
            Field("name", _l("小组名称"), ("代表小组名称",), text(60), required=True, example="第1代表小组"),
            Field(
                "kind",
                _l("小组类型"),
                ("小组类别", "小组性质"),
                _KINDS,
                choices=("区域", "专业", "联合", "中心"),
            ),
            Field("guided_by", _l("联系领导"), ("指导领导", "联系指导领导", "联系主任会议成员"), text(60)),
            Field("began_on", _l("成立日期"), ("成立时间", "设立时间"), date_),
            Field("ended_on", _l("撤销日期"), ("撤销时间",), date_),
            Field("note", _l("备注"), ("说明",), text(500)),
        ),
        ("name", "kind"),
        order=30,
    )

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        self.groups = intake.share(Groups)

    def take(self, row: SheetRow) -> Decision:
        """One group."""
        name = row.get("name")
        self.once(name, row, "name")
        self.within_scope(self.intake.office, "name")
        values = picked(row, COLUMNS[1:])
        given = {key: value for key, value in values.items() if value is not None}
        known = self.groups.ids.get(name)
        before: dict[str, object] = {}
        after: dict[str, object] = {}
        if known is None:
            group_id = self.groups.make(name, given)
        else:
            group_id = known
            before, after = self.groups.shelf.change(group_id, given)
        return Decision(
            outcome_of(known is None, after),
            "deputy_group",
            group_id,
            name,
            self.intake.office,
            changes_of(before, after),
            before,
            after,
        )
