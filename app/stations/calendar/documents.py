"""The calendar on paper: for the wall (年预告, 3-10), for all stations or for one (forms.md 4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import format_date

from app.kit import clock
from app.kit.documents import Document, Paragraph, Signature, Table
from app.kit.documents.model import Block
from app.kit.i18n import _
from app.stations.calendar.checking import people_on
from app.stations.models import Reception, ReceptionCalendar, Station


def _names(reception: Reception) -> str:
    return "、".join(row.mandate.person.name for row in people_on(reception))


def _hours(reception: Reception) -> str:
    times = [at.strftime("%H:%M") for at in (reception.starts_at, reception.ends_at) if at is not None]
    return "—".join(times)


def _day(day: date) -> str:
    return str(format_date(day, _("M月d日")))


def _weekday(day: date) -> str:
    return str(format_date(day, "EEE"))


def wall_calendar(
    calendar: ReceptionCalendar, days: Sequence[Reception], organ: str, *, large: bool = False
) -> Document:
    """All stations: one line each, one column per month with dates and deputies; A3 where it is large."""
    months = sorted({day.held_on.month for day in days})
    stations: dict[int, list[Reception]] = {}
    for day in days:
        stations.setdefault(day.station_id, []).append(day)
    rows = []
    for held in stations.values():
        cells = []
        for month in months:
            of_month = [day for day in held if day.held_on.month == month]
            cells.append("\n".join(f"{_short(day.held_on)}\n{_stacked(day)}" for day in of_month) or "—")
        rows.append([held[0].station.name, *cells])
    headings = [_("联络站"), *(_("%(n)s月", n=month) for month in months)]
    widths = (2.2, *(1.0 for _month in months))
    align = ("left", *("center" for _month in months))
    hours = {_hours(day) for day in days}
    note = _("接待时间：%(hours)s。", hours=hours.pop()) if len(hours) == 1 and "" not in hours else ""
    return Document(
        title=calendar.name,
        blocks=[
            Table(headings, rows, widths=widths, align=align),  # type: ignore[arg-type]
            Paragraph(note + _("接待日如有变动，以联络站现场公告为准。")),
            Signature([organ, str(format_date(clock.today(), "long"))]),
        ],
        landscape=True,
        paper="a3" if large else "a4",
    )


def _short(day: date) -> str:
    return f"{day.month}/{day.day}"


def _stacked(day: Reception) -> str:
    return "\n".join(row.mandate.person.name for row in people_on(day))


def station_calendar(station: Station, year: int, days: Sequence[Reception]) -> Document:
    """One station: month, date, time, deputies with what they are; for its notice board."""
    rows = [
        [
            _("%(n)s月", n=day.held_on.month),
            _day(day.held_on),
            _weekday(day.held_on),
            _hours(day),
            "、".join(
                _with_level(row.mandate.person.name, row.mandate.level.label) for row in people_on(day)
            ),
        ]
        for day in days
    ]
    where = " ".join(part for part in (station.address, station.phone) if part)
    blocks: list[Block] = [
        Table(
            [_("月份"), _("日期"), _("星期"), _("时间"), _("接待代表")],
            rows,
            widths=(1, 1.6, 1, 2, 6),
            align=("center", "center", "center", "center", "left"),
        ),
        Paragraph(_("接待日如有变动，以联络站现场公告为准。")),
    ]
    if where:
        blocks.insert(1, Paragraph(_("地点和电话：%(where)s", where=where)))
    return Document(
        title=_("%(station)s%(year)s年接待日历", station=station.name, year=year),
        blocks=[*blocks, Signature([station.name, str(format_date(clock.today(), "long"))])],
        landscape=True,
    )


def _with_level(name: str, level: str) -> str:
    return _("%(name)s（%(level)s代表）", name=name, level=level)
