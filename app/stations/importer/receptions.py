"""Receptions from workbooks: a station, a day, several deputies."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, select

from app.kit.i18n import _l
from app.kit.intake.importer import Importer, changes_of, picked
from app.kit.intake.intake import Intake
from app.kit.intake.numbers import number_from
from app.kit.intake.rows import Change, Decision, SheetRow, Wrong
from app.kit.intake.shelf import Shelf, outcome_of
from app.kit.workbook.cells import (
    date_,
    digits_text,
    names_list,
    numbers_list,
    text,
    whole_number,
)
from app.kit.workbook.kinds import Field, SheetKind
from app.registry.directory import Deputies, Entry
from app.stations.importer.stations import STATION, Stations
from app.stations.models import Reception, ReceptionDeputy
from app.stations.states import DutyStanding, ReceptionState


class Receptions:
    """Receptions of the office by number, and by station and day: held, or planned and now told of."""

    columns = ("number", "station_id", "held_on", "area_code", "people_received", "note", "state")

    def __init__(self, intake: Intake) -> None:
        self.shelf = Shelf(intake.writer, Reception, self.columns)
        self.ids: dict[str, int] = {}
        self.by_day: dict[tuple[int, date], int] = {}
        told = (ReceptionState.HELD, ReceptionState.PLANNED)
        of_office = and_(Reception.office_code == intake.office, Reception.state.in_(told))
        for row_id, values in self.shelf.load(of_office):
            self.index(row_id, values[0], values[1], values[2])

    def index(self, row_id: int, number: str | None, station_id: int, held_on: date) -> None:
        """Makes a reception findable; a planned one has no number yet."""
        if number is not None:
            self.ids[number] = row_id
        self.by_day.setdefault((station_id, held_on), row_id)


class ReceptionImporter(Importer):
    """Receptions: a station, a day, several deputies in one cell."""

    kind = SheetKind(
        "receptions",
        _l("联络站接待登记"),
        (
            Field(
                "number",
                _l("接待编号"),
                ("编号", "接待序号", "登记编号"),
                digits_text,
                text=True,
                example="JD20230001",
            ),
            STATION,
            Field(
                "held_on",
                _l("接待日期"),
                ("接待时间", "日期", "接待日"),
                date_,
                required=True,
                example="2023-01-15",
            ),
            Field(
                "cards",
                _l("接待代表证号"),
                ("代表证号", "证号", "代表证号码", "接待代表证号码", "参加代表证号"),
                numbers_list,
                text=True,
                example="0623400001、0623400002",
            ),
            Field(
                "names",
                _l("接待代表"),
                ("代表姓名", "接待代表姓名", "参加代表", "代表", "姓名", "接待人"),
                names_list,
                example="王波、石成",
            ),
            Field(
                "people_received",
                _l("接待群众人次"),
                (
                    "接待人次",
                    "接待人数",
                    "接待群众人数",
                    "接待群众",
                    "群众人次",
                    "人次",
                    "人数",
                    "接待选民人次",
                    "接待选民人数",
                ),
                whole_number,
                example="5",
            ),
            Field("note", _l("备注"), ("说明", "情况说明"), text(500)),
        ),
        ("station", "held_on"),
        order=70,
    )

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        self.deputies = intake.share(Deputies)
        self.stations = intake.share(Stations)
        self.receptions = intake.share(Receptions)
        self.present = Shelf(
            intake.writer,
            ReceptionDeputy,
            ("reception_id", "mandate_id", "standing", "import_batch_id"),
        )
        of_office = select(Reception.id).where(Reception.office_code == intake.office)
        self.deputies_of: dict[int, dict[int, int]] = {}
        for row_id, (reception_id, mandate_id, _standing, _batch) in self.present.load(
            ReceptionDeputy.reception_id.in_(of_office)
        ):
            self.deputies_of.setdefault(reception_id, {})[mandate_id] = row_id

    def take(self, row: SheetRow) -> Decision:
        """One reception."""
        if not row.get("station"):
            raise Wrong("station", _l("请填写联络站。"))
        self.not_in_future(row, "held_on")
        held_on = row.get("held_on")
        entries = self.deputies.resolve_all(
            row.get("cards") or (), row.get("names") or (), keys=("cards", "names"), on=held_on
        )
        station_id = self.stations.need(row.get("station"), "station")
        area = self.stations.area_of(station_id)
        self.within_scope(area, "station")
        number = row.get("number")
        known = self._known(number, station_id, held_on)
        if known is not None:
            self.within_scope(self.receptions.shelf.value(known, "area_code"), "number")
        number = number or number_from("JD", held_on, row.get("station"))
        self.once(number, row, "number")
        values = {"station_id": station_id, "held_on": held_on, "area_code": area} | picked(
            row, ("people_received", "note")
        )
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        if known is None:
            given = {key: value for key, value in values.items() if value is not None}
            reception_id = self.receptions.shelf.add(
                {**given, "number": number, "office_code": self.intake.office}
            )
            self.receptions.index(reception_id, number, station_id, held_on)
        else:
            reception_id = known
            if self.receptions.shelf.value(known, "state") is ReceptionState.PLANNED:
                values |= {"state": ReceptionState.HELD, "number": number}
                self.receptions.ids[number] = known
            else:
                number = self.receptions.shelf.value(known, "number")
            before, after = self.receptions.shelf.change(known, values)
        changed = self._set_deputies(reception_id, entries, told="state" in after)
        changes = (
            changes_of(before, after, {"area_code": "station", "station_id": "station", "state": "held_on"})
            + changed
        )
        outcome = outcome_of(known is None, after, changed)
        if known is None or after or changed:
            self.intake.touch("reception", reception_id)
        return Decision(
            outcome, "reception", reception_id, number, area, changes if known else [], before, after
        )

    def _known(self, number: str | None, station_id: int, held_on: date) -> int | None:
        """The reception a row tells of: by its number, or the station's on that day, planned ones too."""
        if number and number in self.receptions.ids:
            return self.receptions.ids[number]
        by_day = self.receptions.by_day.get((station_id, held_on))
        if by_day is None or not number:
            return by_day
        planned = self.receptions.shelf.value(by_day, "state") is ReceptionState.PLANNED
        return by_day if planned else None

    def _set_deputies(self, reception_id: int, entries: list[Entry], *, told: bool) -> list[Change]:
        """Brings the deputies of a reception in line with the cell; an empty cell leaves them.

        ``told``: it was planned and is now told of: who was assigned was there, or as the cell says.
        """
        rows = self.deputies_of.setdefault(reception_id, {})
        received = (DutyStanding.ASSIGNED, DutyStanding.PRESENT)
        there = {key: row for key, row in rows.items() if self.present.value(row, "standing") in received}
        wanted = {entry.mandate_id for entry in entries} or set(there)
        if wanted == there.keys() and not told:
            return []
        before = self._named(there)
        for mandate_id in there.keys() - wanted:
            if told:
                self.present.change(there[mandate_id], {"standing": DutyStanding.ABSENT})
            else:
                self.present.remove(rows.pop(mandate_id), {})
        for mandate_id in sorted(wanted):
            if mandate_id in rows:
                self.present.change(rows[mandate_id], {"standing": DutyStanding.PRESENT})
            else:
                rows[mandate_id] = self.present.add({"reception_id": reception_id, "mandate_id": mandate_id})
        after = self._named(dict.fromkeys(wanted, 0))
        return [Change("cards", before, after)] if before != after else []

    def _named(self, mandate_ids: dict[int, int]) -> str:
        return "、".join(sorted(self.deputies.by_id[each].name for each in mandate_ids))
