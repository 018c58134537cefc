"""Stations from workbooks: named in the roster, or listed on their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, cast

from sqlalchemy import Table, select

from app.kit.i18n import _l
from app.kit.intake.importer import Importer, changes_of, picked, shown
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Change, Decision, SheetRow, Wrong
from app.kit.intake.shelf import Shelf, outcome_of
from app.kit.workbook.cells import (
    choice,
    name,
    phone,
    text,
)
from app.kit.workbook.kinds import Field, SheetKind
from app.registry.directory import Entry, Places
from app.registry.importer.fields import TOWNSHIP, flag
from app.stations.models import Station, StationAssignment
from app.stations.states import StationKind

STATION_COLUMNS = (
    "name",
    "area_code",
    "kind",
    "model",
    "address",
    "opening",
    "head_name",
    "phone",
    "closed_on",
)
_MARKS = (
    (StationKind.SHARED, ("两代表", "一委员")),
    (StationKind.STUDIO, ("工作室",)),
    (StationKind.MARKET, ("市场", "商圈", "园区")),
    (StationKind.COMMUNITY, ("社区",)),
    (StationKind.VILLAGE, ("村",)),
)
STATION = Field(
    "station",
    _l("联络站"),
    (
        "所在联络站",
        "进站情况",
        "所属联络站",
        "代表联络站",
        "编入联络站",
        "入驻联络站",
        "人大代表联络站",
        "所进联络站",
        "站点",
        "接待地点",
        "接待站点",
        "接待联络站",
        "代表之家",
        "活动室",
        "联络站点",
    ),
    text(80),
    example="章华镇第1联络站",
)


class Stations:
    """Stations of the office by name."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.places = intake.share(Places)
        self.shelf = Shelf(intake.writer, Station, STATION_COLUMNS)
        self.ids = {
            values[0]: station_id
            for station_id, values in self.shelf.load(Station.office_code == intake.office)
        }

    def need(self, name: str, key: str) -> int:
        """The station of this name. One not known yet is made where its name tells the township; else
        :class:`Wrong`."""
        found = self.ids.get(name)
        if found is not None:
            return found
        township = self.places.township_in(name)
        if township is None:
            raise Wrong(
                key,
                _l("没有叫“%(name)s”的联络站；请写含乡镇名称的全称，或先导入联络站名单。", name=name),
            )
        return self.make(name, township, {})

    def area_of(self, station_id: int) -> str:
        """The township a station lies in, or the office's area."""
        return str(self.shelf.value(station_id, "area_code"))

    def make(self, name: str, area_code: str | None, values: dict[str, Any]) -> int:
        """A new station, in the township its name tells, else in ``area_code``."""
        area = self.places.township_in(name) or area_code or self.intake.office
        place = self.places.names.get(area, "")
        row = {"name": name, "area_code": area, "kind": kind_of(name.removeprefix(place)), **values}
        self.ids[name] = station_id = self.shelf.add({**row, "office_code": self.intake.office})
        self.intake.made("station", station_id, area, name, row)
        return station_id


def kind_of(name: str) -> StationKind:
    """The kind of a station that its name tells (the township's own name left out)."""
    for kind, marks in _MARKS:
        if any(mark in name for mark in marks):
            return kind
    return StationKind.TOWNSHIP


class RosterStations:
    """The station column of the roster: makes stations, and assigns each mandate to one (2-31)."""

    fields: ClassVar[Sequence[Field]] = (STATION,)

    def __init__(self, intake: Intake) -> None:
        self.today = intake.today
        self.stations = intake.share(Stations)
        self.writer = intake.writer
        table = cast(Table, StationAssignment.__table__)
        of_office = table.c.station_id.in_(select(Station.id).where(Station.office_code == intake.office))
        # The latest assignment of every mandate: (id, station, began, ended). A mandate comes once in a run.
        self.table = table
        self.of_mandate: dict[int, tuple[int, int, date, date | None]] = {}
        wanted = select(
            table.c.mandate_id, table.c.id, table.c.station_id, table.c.began_on, table.c.ended_on
        )
        for mandate_id, *rest in intake.session.execute(wanted.where(of_office).order_by(table.c.began_on)):
            self.of_mandate[mandate_id] = (rest[0], rest[1], rest[2], rest[3])

    def take(self, row: SheetRow, entry: Entry) -> list[Change]:
        """The mandate's station, from the day the mandate began; a move ends the old assignment today."""
        words = row.get("station")
        if words is None:
            return []
        station_id = self.stations.ids.get(words)
        if station_id is None:
            township = entry.scope_code if len(entry.scope_code) == 9 else None
            station_id = self.stations.make(words, township, {})
        known = self.of_mandate.get(entry.mandate_id)
        if known is None:
            self._assign(station_id, entry, entry.began_on)
            return [Change("station", "", words)]
        row_id, standing, began, ended = known
        if standing == station_id:
            ends = max(entry.ended_on, began) if entry.ended_on else ended
            if ends is None or ends == ended:
                return []
            self._end(row_id, ended, ends)
            return [Change("station", shown(ended), shown(ends))]
        self._end(row_id, ended, max(self.today, began))
        self._assign(station_id, entry, max(self.today, entry.began_on))
        return [Change("station", self.stations.shelf.value(standing, "name"), words)]

    def _end(self, row_id: int, ended: date | None, on: date) -> None:
        self.writer.update(self.table, row_id, {"ended_on": ended}, {"ended_on": on}, fresh=False)

    def _assign(self, station_id: int, entry: Entry, on: date) -> None:
        ends = entry.ended_on if entry.ended_on is None or entry.ended_on >= on else on
        values = {"station_id": station_id, "mandate_id": entry.mandate_id, "began_on": on, "ended_on": ends}
        self.writer.insert(self.table, values)


class StationImporter(Importer):
    """A plain list of stations."""

    kind = SheetKind(
        "stations",
        _l("联络站名单"),
        (
            Field(
                "name",
                _l("联络站名称"),
                ("站点名称", "站名", "代表联络站名称"),
                text(80),
                required=True,
                example="章华镇第1联络站",
            ),
            TOWNSHIP,
            Field(
                "kind",
                _l("联络站类型"),
                ("站点类型", "类型", "类别"),
                choice(
                    {kind.label: kind for kind in StationKind}
                    | {
                        "乡镇": StationKind.TOWNSHIP,
                        "街道": StationKind.TOWNSHIP,
                        "社区": StationKind.COMMUNITY,
                        "村": StationKind.VILLAGE,
                        "工作室": StationKind.STUDIO,
                    }
                ),
                choices=("乡镇", "社区", "村", "工作室"),
            ),
            Field("model", _l("是否示范站"), ("示范站", "示范"), flag, choices=("是", "否")),
            Field("address", _l("地址"), ("站点地址", "详细地址"), text(200)),
            Field("opening", _l("开放时间"), ("接待时间",), text(200)),
            Field("head_name", _l("站长"), ("负责人", "站长姓名"), name),
            Field("phone", _l("联系电话"), ("电话",), phone, text=True),
        ),
        ("name", "township"),
        order=20,
    )

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        self.stations = intake.share(Stations)

    def take(self, row: SheetRow) -> Decision:
        """One station."""
        words = row.get("name")
        self.once(words, row, "name")
        area = None
        if row.get("township"):
            area = self.stations.places.township(row.get("township"))
            if area is None:
                raise Wrong(
                    "township", _l("没有叫“%(name)s”的乡镇；请填写乡镇全称。", name=row.get("township"))
                )
        values = {k: v for k, v in picked(row, STATION_COLUMNS[2:]).items() if v is not None}
        if area is not None:
            values["area_code"] = area
        known = self.stations.ids.get(words)
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        if known is not None:
            self.within_scope(self.stations.area_of(known), "name")
        if known is None or area is not None:
            self.within_scope(area or self.intake.office, "township")
        if known is None:
            station_id = self.stations.make(words, area, values)
        else:
            station_id = known
            before, after = self.stations.shelf.change(station_id, values)
        changes = changes_of(before, after, {"area_code": "township"})
        area_code = self.stations.area_of(station_id)
        return Decision(
            outcome_of(known is None, after), "station", station_id, words, area_code, changes, before, after
        )
