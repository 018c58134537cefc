"""Special days (放假、调休): what the State Council announces, and an office's own table over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import extract, select

from app.extensions import db
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError, NotFound
from app.kit.i18n import _, _l
from app.kit.workbook.cells import CellError, choice, date_, text
from app.kit.workbook.reading import Cell, HostileWorkbook, read_sheets
from app.kit.workdays import DayKind, SpecialDay, announced, spoken
from app.registry.policy import EDIT_HOLIDAYS

MOST_DAYS = 1000
_KINDS = {
    "放假": DayKind.HOLIDAY,
    "休息": DayKind.HOLIDAY,
    "节假日": DayKind.HOLIDAY,
    "休": DayKind.HOLIDAY,
    "上班": DayKind.WORKING,
    "调休上班": DayKind.WORKING,
    "调休": DayKind.WORKING,
    "补班": DayKind.WORKING,
    "班": DayKind.WORKING,
}
_kind = choice(_KINDS, accepted=("放假", "上班"))
_name = text(40)


@dataclass(frozen=True)
class CalendarDay:
    """A special day as the page shows it; ``id`` where an office entered it."""

    day: date
    kind: DayKind
    name: str
    id: int | None


def list_special_days(year: int) -> list[CalendarDay]:
    """Special days of a year in order: the announced ones, each replaced by an office's own where there is one."""
    holidays, worked = announced()
    days = {}
    for kind, known in ((DayKind.HOLIDAY, holidays), (DayKind.WORKING, worked)):
        days.update(
            {
                day: CalendarDay(day, kind, spoken(name), None)
                for day, name in known.items()
                if day.year == year
            }
        )
    own = db.session.scalars(select(SpecialDay).where(extract("year", SpecialDay.day) == year))
    days.update({row.day: CalendarDay(row.day, row.kind, spoken(row.name), row.id) for row in own})
    return [days[day] for day in sorted(days)]


def save_special_day(actor: Actor, *, day: date, kind: DayKind, name: str = "") -> SpecialDay:
    """Enters a special day; the same day again is corrected."""
    authorise(actor, EDIT_HOLIDAYS, "")
    found = db.session.scalar(select(SpecialDay).where(SpecialDay.day == day))
    if found is None:
        found = SpecialDay(day=day, kind=kind, name=name)
        db.session.add(found)
    elif (found.kind, found.name) != (kind, name):
        found.kind, found.name = kind, name
    db.session.flush()
    return found


def get_special_day(day_id: int) -> SpecialDay:
    """An entered day; NotFound otherwise."""
    found = db.session.get(SpecialDay, day_id)
    if found is None:
        raise NotFound(_l("没有登记这一天，可能刚被别人删除，请刷新后核对。"))
    return found


def remove_special_day(actor: Actor, day_id: int) -> date:
    """Takes an entered day away: the day is again what was announced, or what its weekday says."""
    authorise(actor, EDIT_HOLIDAYS, "")
    found = get_special_day(day_id)
    db.session.delete(found)
    db.session.flush()
    return found.day


def import_special_days(actor: Actor, path: Path) -> list[date]:
    """Enters the days of a workbook (日期 | 放假/上班 | 名称), all or none; a wrong row is named."""
    authorise(actor, EDIT_HOLIDAYS, "")
    days: dict[date, tuple[DayKind, str]] = {}
    try:
        for sheet in read_sheets([path], seconds=30):
            for row in _rows_of(sheet.rows):
                days[row[0]] = row[1:]
    except HostileWorkbook as error:
        raise DomainError(error, "file") from error
    if not days:
        raise DomainError(
            _l("表里没有找到日期。请用三列：日期、放假或上班、名称，例如“2027-02-06、放假、春节”。"), "file"
        )
    for day, (kind, name) in days.items():
        save_special_day(actor, day=day, kind=kind, name=name)
    return sorted(days)


def _rows_of(rows: Iterator[tuple[Cell, ...]]) -> Iterator[tuple[date, DayKind, str]]:
    begun = False
    for number, row in enumerate(rows, start=1):
        first, second, third = (*row, None, None, None)[:3]
        if first is None and second is None:
            continue
        if number > MOST_DAYS:
            raise DomainError(_l("表里的行数太多，请只保留放假和调休的日子。"), "file")
        try:
            day, kind = date_(first), _kind(second)
            name = _name(third) or ""
        except CellError as error:
            if not begun and not _says_something(first, second):
                # Titles and headings stand above the first day.
                continue
            raise DomainError(_("第 %(n)s 行：%(reason)s", n=number, reason=str(error)), "file") from error
        if day is None or kind is None:
            if begun:
                raise DomainError(_l("第 %(n)s 行缺日期，或没有写放假还是上班。", n=number), "file")
            continue
        begun = True
        yield day, kind, name


def _says_something(first: Cell, second: Cell) -> bool:
    """One of the two cells can be read: a day with something wrong, and no heading."""
    for cell, read in ((first, date_), (second, _kind)):
        try:
            if read(cell) is not None:
                return True
        except CellError:
            continue
    return False
