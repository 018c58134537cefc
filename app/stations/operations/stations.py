"""Stations and who is assigned to them: dated, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.kit.authorisation import Actor, authorise
from app.kit.errors import DomainError
from app.kit.i18n import _l
from app.registry.choosing import choose_mandates
from app.registry.models import Mandate
from app.registry.operations import check_version, office_of
from app.registry.queries import get_area
from app.stations.models import Station, StationAssignment
from app.stations.operations.setting import assign_values
from app.stations.policy import EDIT_STATIONS
from app.stations.queries import count_planned, find_station, list_running_assignments, list_unassigned


def create_station(actor: Actor, *, area_code: str, name: str, **details: Any) -> Station:
    """A station (地方组织法 art. 60).

    ``details``: kind, model, address, opening, head_name, phone, closed_on.
    """
    authorise(actor, EDIT_STATIONS, area_code)
    station = Station()
    _fill_station(station, area_code, name, details)
    db.session.add(station)
    db.session.flush()
    return station


def update_station(
    actor: Actor, station: Station, *, version: int | None, area_code: str, name: str, **details: Any
) -> Station:
    """Corrects a station. Receptions held so far stay in the area they were held in."""
    authorise(actor, EDIT_STATIONS, station.area_code)
    authorise(actor, EDIT_STATIONS, area_code)
    check_version(station, version)
    _check_nothing_planned(station, details.get("closed_on"))
    _fill_station(station, area_code, name, details)
    db.session.flush()
    return station


def _check_nothing_planned(station: Station, closed_on: date | None) -> None:
    """A station is closed once nobody is expected there any more."""
    if closed_on is None or closed_on == station.closed_on:
        return
    planned = count_planned(station.id, closed_on)
    if planned:
        raise DomainError(
            _l("撤销日期之后还安排了 %(n)s 次接待，请先取消或改到别的站。", n=planned), "closed_on"
        )


def _fill_station(station: Station, area_code: str, name: str, details: dict[str, Any]) -> None:
    get_area(area_code)
    office = office_of(area_code)
    other = find_station(office, name)
    if other is not None and other is not station:
        raise DomainError(_l("已经有叫“%(name)s”的联络站，请换一个名称。", name=name), "name")
    assign_values(station, {"area_code": area_code, "office_code": office, "name": name, **details})


def assign_deputies(
    actor: Actor,
    station: Station,
    *,
    mandate_ids: Sequence[int],
    began_on: date,
    all_unassigned: bool = False,
) -> list[StationAssignment]:
    """Deputies are assigned to a station from a day on.

    With ``all_unassigned`` also everyone of the station's area who has none (2-31: all of them).
    """
    authorise(actor, EDIT_STATIONS, station.area_code)
    if station.closed_on is not None and began_on >= station.closed_on:
        raise DomainError(_l("联络站已于%(day)s撤销，不能再派驻代表。", day=station.closed_on), "began_on")
    wanted = list(mandate_ids)
    if all_unassigned:
        wanted += list_unassigned(actor, station.area_code, began_on)
    mandates = choose_mandates(actor, wanted, on=began_on, field="mandate_ids")
    if not mandates:
        raise DomainError(_l("请选择要派驻的代表。"), "mandate_ids")
    there = {row.mandate_id for row in list_running_assignments(station.id, began_on)}
    names = [mandate.person.name for mandate in mandates if mandate.id in there]
    if names:
        raise DomainError(
            _l("已经派驻本站：%(names)s。请从名单中去掉。", names="、".join(names[:10])), "mandate_ids"
        )
    made = [_assign(station, mandate, began_on) for mandate in mandates]
    db.session.flush()
    return made


def _assign(station: Station, mandate: Mandate, began_on: date) -> StationAssignment:
    key = {"station_id": station.id, "mandate_id": mandate.id, "began_on": began_on}
    # Ended on the very day it began, and taken up again: the same assignment goes on.
    assignment = db.session.scalar(select(StationAssignment).filter_by(**key))
    if assignment is None:
        assignment = StationAssignment(station=station, mandate=mandate, began_on=began_on)
        db.session.add(assignment)
    assignment.ended_on = None
    return assignment


def end_assignments(
    actor: Actor, station: Station, *, assignment_ids: Sequence[int], ended_on: date
) -> list[StationAssignment]:
    """Assignments end from a day on; what was stays on record."""
    authorise(actor, EDIT_STATIONS, station.area_code)
    running = {row.id: row for row in list_running_assignments(station.id, date.min) if row.ended_on is None}
    chosen = [running[identity] for identity in dict.fromkeys(assignment_ids) if identity in running]
    if not chosen or len(chosen) != len(set(assignment_ids)):
        raise DomainError(_l("请选择要移出的代表；有人可能已经移出，请刷新后重选。"), "assignment_ids")
    for row in chosen:
        if ended_on < row.began_on:
            name = row.mandate.person.name
            raise DomainError(
                _l("%(name)s于%(day)s派驻，移出日期不能更早。", name=name, day=row.began_on), "ended_on"
            )
        row.ended_on = ended_on
    db.session.flush()
    return chosen
