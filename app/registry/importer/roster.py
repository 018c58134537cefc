"""One roster row: a person, a mandate in a term, and what other features add (groups, stations)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar, Protocol

from sqlalchemy import true

from app.kit.database import within
from app.kit.i18n import _l
from app.kit.intake.importer import Importer, changes_of, picked, shown
from app.kit.intake.intake import Intake
from app.kit.intake.rows import Change, Decision, SheetRow, Wrong
from app.kit.intake.shelf import Names, Shelf, outcome_of
from app.kit.workbook.kinds import Field, SheetKind
from app.registry.directory import Deputies, Entry, Places
from app.registry.importer.fields import ROSTER_FIELDS, end_reason_of
from app.registry.importer.persons import COLUMNS as PERSON_COLUMNS
from app.registry.importer.persons import Persons
from app.registry.importer.terms import Terms
from app.registry.models import Delegation, ElectingUnit, ElectoralDistrict, Mandate
from app.registry.states import ElectedHow, Level

COLUMNS = (
    "person_id",
    "area_code",
    "scope_code",
    "card_no",
    "level",
    "term_id",
    "electing_unit_id",
    "electoral_district_id",
    "delegation_id",
    "elected_how",
    "re_elected",
    "office_holder",
    "leader",
    "began_on",
    "ended_on",
    "end_reason",
    "end_note",
    "note",
)
BY_ELECTION = "补选"
# Which field of the sheet a changed column comes from.
_FIELDS = {
    "card_no": "card",
    "term_id": "term",
    "electing_unit_id": "district",
    "electoral_district_id": "district",
    "delegation_id": "delegation",
    "elected_how": "by_election",
    "area_code": "township",
    "end_note": "end_reason",
}
_UNSEEN = frozenset({"scope_code", "person_id"})


class RosterExtension(Protocol):
    """What a feature above the registry takes from a roster row."""

    fields: ClassVar[Sequence[Field]]

    def __init__(self, intake: Intake) -> None: ...

    def take(self, row: SheetRow, entry: Entry) -> list[Change]:
        """Takes its part of the row in, for the mandate; what it changed."""
        ...


def roster_kind(extensions: Sequence[type[RosterExtension]]) -> SheetKind:
    """The roster's columns, with those of other features before the closing remark."""
    added = tuple(field for extension in extensions for field in extension.fields)
    fields = (*ROSTER_FIELDS[:-1], *added, ROSTER_FIELDS[-1])
    return SheetKind("roster", _l("代表名册"), fields, ("name", "level"), order=10)


class RosterImporter(Importer):
    """Takes the roster in. A subclass names the extensions and the kind that results."""

    extensions: Sequence[type[RosterExtension]] = ()

    def __init__(self, intake: Intake) -> None:
        super().__init__(intake)
        writer = intake.writer
        self.places = intake.share(Places)
        self.deputies = intake.share(Deputies)
        self.terms = intake.share(Terms)
        self.persons = intake.share(Persons)
        self.units = Names(writer, ElectingUnit, ("area_code", "name"))
        self.units.load(true())
        key = ("area_code", "level", "name")
        self.districts = Names(writer, ElectoralDistrict, key)
        self.districts.load(within(ElectoralDistrict.area_code, [intake.office]))
        self.delegations = Names(writer, Delegation, ("area_code", "name"))
        self.delegations.load(within(Delegation.area_code, [intake.office]))
        self.mandates = Shelf(writer, Mandate, COLUMNS)
        self.of_person: dict[int, tuple[int, ...]] = {}
        for mandate_id, values in self.mandates.load(Mandate.office_code == intake.office):
            self._index(values[0], mandate_id)
        self.parts = [extension(intake) for extension in self.extensions]

    def _index(self, person_id: int, mandate_id: int) -> None:
        self.of_person[person_id] = (*self.of_person.get(person_id, ()), mandate_id)

    def take(self, row: SheetRow) -> Decision:
        """A deputy's row: finds or makes the person, then the mandate, then what hangs on it.

        Whatever can be wrong is looked at before anything is made.
        """
        level: Level = row.get("level")
        township = self._township(row, level)
        card = row.get("card")
        if card:
            self.once(card, row, "card")
        area = self._area(row, level, township)
        values = self._mandate_values(row, level, township, area)
        self.within_scope(values["scope_code"], "district")
        known = self.deputies.with_card(card) if card else None
        if known:
            self.within_scope(known.scope_code, "card")
        person_id = self._person_of(row, known)
        if known:
            mandate_id: int | None = known.mandate_id
            values["card_no"] = known.card  # a numeric cell may have lost its leading zeros
        else:
            mandate_id = self._mandate_of(person_id, row, values, area)
            if mandate_id is not None:
                self.within_scope(self.mandates.value(mandate_id, "scope_code"), "name")
        values |= self._body(row.get("district"), level, area)
        values["delegation_id"] = self._delegation(row.get("delegation"))
        told = picked(row, PERSON_COLUMNS) if self._may_change(person_id) else {}
        person_id, *person = self.persons.put(person_id, told)
        the_id, mandate = self._put_mandate(mandate_id, person_id, values, row)
        entry = self._entry(the_id, person_id)
        self.deputies.put(entry)
        return self._decide(row, entry, (person[0], person[1]), mandate)

    def _decide(
        self,
        row: SheetRow,
        entry: Entry,
        person: tuple[dict[str, Any], dict[str, Any]],
        mandate: tuple[dict[str, Any], dict[str, Any]] | None,
    ) -> Decision:
        fresh = mandate is None
        changes = [change for part in self.parts for change in part.take(row, entry)]
        before, after = dict(person[0]), dict(person[1])
        if mandate:
            before |= mandate[0]
            after |= mandate[1]
        if not fresh:
            changes = [*changes_of(*person), *self._mandate_changes(before, mandate), *changes]
        return Decision(
            outcome_of(fresh, after, changes),
            "mandate",
            entry.mandate_id,
            f"{entry.name} {entry.card or ''}".strip(),
            entry.scope_code,
            [] if fresh else changes,
            before,
            after | {change.key: change.after for change in changes if change.key not in after},
        )

    # --- where and when ------------------------------------------------------------------------------

    def _township(self, row: SheetRow, level: Level) -> str | None:
        words = row.get("township")
        if words is not None:
            code = self.places.township(words)
            if code is None:
                raise Wrong(
                    "township",
                    _l(
                        "没有叫“%(name)s”的乡镇；请填写%(place)s的乡镇（街道）全称。",
                        name=words,
                        place=self.places.name_of(self.intake.office),
                    ),
                )
            return code
        if level is Level.TOWNSHIP:
            if len(self.intake.office) == 6 and not row.has("township"):
                found = self.places.township_in(row.get("district")) or self.places.township_in(
                    row.get("term")
                )
                if found is not None:
                    return found
            raise Wrong("township", _l("乡镇级代表须写明所在乡镇，请填写。"))
        return self.places.township_in(row.get("district")) if level is Level.COUNTY else None

    def _area(self, row: SheetRow, level: Level, township: str | None) -> str:
        """The area in which the mandate counts: that of its district or electing unit."""
        if level.directly_elected:
            return township or self.intake.office
        return self._electing_area(row.get("district"), level)

    def _body(self, name: str | None, level: Level, area: str) -> dict[str, Any]:
        """The district or unit that elected the deputy, made where it is new."""
        column = "electoral_district_id" if level.directly_elected else "electing_unit_id"
        if name is None:
            return {column: None}
        known, key = self._body_key(name, level, area)
        found = known.find(*key)
        if found is None:
            found = known.make(key)
            self.intake.made(column.removesuffix("_id"), found, area, name, {"name": name, "level": level})
        return {column: found}

    def _body_key(self, name: str, level: Level, area: str) -> tuple[Names, tuple[Any, ...]]:
        if level.directly_elected:
            return self.districts, (area, level, name)
        return self.units, (area, name)

    def _electing_area(self, name: str | None, level: Level) -> str:
        below = {Level.NATIONAL: 2, Level.PROVINCE: 4, Level.CITY: 6}[level]
        if name is None:
            return self.intake.office[:below]
        found = self.places.area_in(name)
        if found is None:
            raise Wrong(
                "district",
                _l(
                    "看不出“%(name)s”是哪里的人民代表大会；请写选举单位全称，如“%(example)s人民代表大会”。",
                    name=name,
                    example=self.places.name_of(self.intake.office[:below]),
                ),
            )
        return found

    def _mandate_values(self, row: SheetRow, level: Level, township: str | None, area: str) -> dict[str, Any]:
        term = self.terms.find(level, township, row.get("term"), has_column=row.has("term"))
        began = row.get("began_on") or self._began(row, term)
        ended, reason = row.get("ended_on"), row.get("end_reason")
        if ended is not None and ended < began:
            raise Wrong(
                "ended_on",
                _l(
                    "终止日期 %(ended)s 早于当选日期 %(began)s；请核对这两个日期。",
                    ended=ended.isoformat(),
                    began=began.isoformat(),
                ),
            )
        if reason and ended is None and row.has("ended_on"):
            raise Wrong("ended_on", _l("填写了终止原因，但没有终止日期；请补上终止日期。"))
        inside = area.startswith(self.intake.office)
        return {
            "area_code": area,
            "scope_code": area if inside else self.intake.office,
            "card_no": row.get("card"),
            "level": level,
            "term_id": term,
            "began_on": began,
            "ended_on": ended,
            "end_reason": end_reason_of(reason) if reason else None,
            "end_note": reason,
            **self._flags(row),
        }

    def _flags(self, row: SheetRow) -> dict[str, Any]:
        note = row.get("note")
        values: dict[str, Any] = picked(row, ("re_elected", "office_holder", "leader"))
        if "leader" not in values and "office_holder" in values:
            values["leader"] = values["office_holder"]
        if row.get("by_election") or (note and BY_ELECTION in note):
            values["elected_how"] = ElectedHow.BY_ELECTION
        elif row.has("by_election"):
            values["elected_how"] = ElectedHow.GENERAL
        values["note"] = None if note == BY_ELECTION else note
        return values

    def _began(self, row: SheetRow, term: int) -> date:
        started = self.terms.started[term]
        by_election = row.get("by_election") or BY_ELECTION in (row.get("note") or "")
        if isinstance(started, date) and not by_election:
            return started
        raise Wrong("began_on", _l("请填写当选日期。"))

    def _delegation(self, name: str | None) -> int | None:
        if name is None:
            return None
        key = (self.intake.office, name)
        found = self.delegations.find(*key)
        if found is None:
            found = self.delegations.make(key)
            self.intake.made("delegation", found, self.intake.office, name, {"name": name})
        return found

    # --- who -----------------------------------------------------------------------------------------

    def _person_of(self, row: SheetRow, known: Entry | None) -> int | None:
        if known is None:
            return self.persons.find(row)
        if known.name == row.get("name"):
            return known.person_id
        values = self.persons.shelf.rows[known.person_id]
        position = self.persons.shelf.position
        for key in ("phone", "born"):
            if row.get(key) and row.get(key) == values[position[key]]:
                return known.person_id
        raise Wrong(
            "name",
            _l(
                "证号“%(card)s”登记的姓名是“%(known)s”，这里写的是“%(name)s”；请核对证号和姓名。",
                card=known.card,
                known=known.name,
                name=row.get("name"),
            ),
        )

    def _may_change(self, person_id: int | None) -> bool:
        """Whether what is known of the person may change: not where all mandates lie outside one's areas."""
        mandates = self.of_person.get(person_id, ()) if person_id is not None else ()
        scopes = [self.mandates.value(each, "scope_code") for each in mandates]
        return not scopes or any(map(self.intake.allows, scopes))

    def _mandate_of(
        self, person_id: int | None, row: SheetRow, values: dict[str, Any], area: str
    ) -> int | None:
        """The person's mandate of this level and term, where no card number tells."""
        if person_id is None:
            return None
        card, shelf = values["card_no"], self.mandates
        found = [
            each
            for each in self.of_person.get(person_id, ())
            if shelf.value(each, "level") is values["level"]
            and shelf.value(each, "term_id") == values["term_id"]
            and (card is None or shelf.value(each, "card_no") is None)
        ]
        if name := row.get("district"):
            known, key = self._body_key(name, values["level"], area)
            column = "electoral_district_id" if known is self.districts else "electing_unit_id"
            found = [each for each in found if shelf.value(each, column) == known.find(*key)] or found
        chosen = next(iter(found), None)
        if chosen is not None and card is None:
            self.once(("mandate", chosen), row, "name")
        return chosen

    def _put_mandate(
        self, mandate_id: int | None, person_id: int, values: dict[str, Any], row: SheetRow
    ) -> tuple[int, tuple[dict[str, Any], dict[str, Any]] | None]:
        if mandate_id is None:
            mandate_id = self.mandates.add(
                {**values, "person_id": person_id, "office_code": self.intake.office}
            )
            self._index(person_id, mandate_id)
            if values["card_no"] is None:
                self.once(("mandate", mandate_id), row, "name")
            return mandate_id, None
        before, after = self.mandates.change(mandate_id, values)
        return mandate_id, (before, after)

    def _entry(self, mandate_id: int, person_id: int) -> Entry:
        value = self.mandates.value
        return Entry(
            mandate_id,
            person_id,
            value(mandate_id, "card_no"),
            self.persons.shelf.value(person_id, "name"),
            value(mandate_id, "level"),
            value(mandate_id, "area_code"),
            value(mandate_id, "scope_code"),
            value(mandate_id, "began_on"),
            value(mandate_id, "ended_on"),
        )

    def _mandate_changes(
        self, before: dict[str, Any], mandate: tuple[dict[str, Any], dict[str, Any]] | None
    ) -> list[Change]:
        if mandate is None:
            return []
        names: dict[str, Callable[[Any], str]] = {
            "term_id": lambda i: self.terms.names.get(i, ""),
            "electing_unit_id": self.units.name_of,
            "electoral_district_id": self.districts.name_of,
            "delegation_id": self.delegations.name_of,
            "area_code": self.places.name_of,
        }
        changes = []
        for column, value in mandate[1].items():
            if column in _UNSEEN:
                continue
            show = names.get(column, shown)
            old = before.get(column)
            changes.append(
                Change(_FIELDS.get(column, column), show(old) if old is not None else "", show(value))
            )
        return changes
